//! `tinnhiem restore`: a backup back into an empty database.

use std::path::PathBuf;

use super::{Answer, machine, out};
use app::AppError;
use app::backup::{self, Anchored, Header, Opener, Restored};
use app::service::clock;

/// Khôi phục một bản sao lưu vào cơ sở dữ liệu trống, kiểm chứng, và cho biết nó còn thiếu gì so với tệp điểm neo.
///
/// Trước khi chạy, hãy chép khóa bí mật được giữ riêng (và anchors.txt) vào thư mục dữ liệu. Không bao giờ ghi đè: nơi đến mà có
/// dữ liệu thì dừng. Ghi trong một giao dịch: có đủ hoặc không có gì. Trả về 1 khi dữ liệu không khớp nhật ký hoặc cũ hơn điểm neo.
#[derive(clap::Args)]
pub struct Args {
    /// Bản sao lưu; thư mục tệp đính kèm, nếu có, phải nằm bên cạnh
    #[arg(value_name = "TỆP")]
    file: PathBuf,
    /// Tệp khóa giải mã (AGE-SECRET-KEY-1…); không có thì mật khẩu ở dòng đầu của stdin
    #[arg(long, value_name = "TỆP")]
    identity: Option<PathBuf>,
    /// Chỉ đọc và kiểm tra toàn bộ bản sao lưu, không ghi gì
    #[arg(long)]
    check: bool,
    /// Thư mục có khóa bí mật; cơ sở dữ liệu được lập ở đây, trừ khi DATABASE_URL chỉ nơi khác
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let opener = match &args.identity {
        Some(path) => Opener::of_file(path)?,
        None => Opener::Passphrase(out::secret("Mật khẩu của bản sao lưu:")?),
    };
    let url = machine::database_url();
    let runtime = machine::runtime_with_worker()?;
    if args.check {
        let (header, rows) = runtime.block_on(backup::check(&args.file, &opener))?;
        shown(&header, rows);
        out::data("Bản sao lưu nguyên vẹn.");
        return Ok(Answer::Yes);
    }
    let restored = runtime.block_on(backup::restore(&args.file, opener, &args.data, url.as_deref()))?;
    Ok(told(&restored))
}

fn shown(header: &Header, rows: u64) {
    out::data(&format!(
        "Bản sao lưu lúc {} của tinnhiem {}, lược đồ bước {}: {rows} dòng dữ liệu",
        clock::in_vietnam(header.at),
        header.program,
        header.schema
    ));
    header.councils.iter().for_each(|council| out::data(&format!("  {council}")));
    for log in &header.logs {
        out::data(&format!("  {}: {} bản ghi, mã gốc {}", log.origin, log.size, log.root.grouped()));
    }
}

fn told(restored: &Restored) -> Answer {
    let Restored { header, rows, held, anchored } = restored;
    shown(header, *rows);
    let mut answer = Answer::Yes;
    match held {
        Ok(report) => out::data(&report.to_string()),
        Err(found) => {
            out::message(&found.to_string());
            answer = Answer::No;
        }
    }
    match anchored {
        Anchored::NoFile => out::data(
            "Đã khôi phục. Không có tệp điểm neo anchors.txt cạnh khóa nên không ai biết sau bản sao lưu này còn bản mới hơn \
             hay không; đã ghi điểm neo mới theo bản này.",
        ),
        Anchored::Holds(at) => {
            out::data(&format!("Đã khôi phục. Có đủ những gì tệp điểm neo ghi lúc {}.", clock::in_vietnam(*at)))
        }
        Anchored::Differs(sentence) => {
            out::data(&format!("Đã khôi phục, nhưng chưa dùng được ngay. {sentence}"));
            answer = Answer::No;
        }
    }
    answer
}
