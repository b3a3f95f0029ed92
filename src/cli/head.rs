//! `tinnhiem head`: the head of a log as a file for a witness, and what the witness said of it taken in.

use std::fs;
use std::path::PathBuf;

use super::{Answer, machine, out, user};
use app::AppError;
use app::installation::data_folder::open_existing;
use app::trail::witnessing::LogOf;
use domain::audit::witness::WitnessKey;
use domain::id::PollId;

/// Ghi điểm chốt của một nhật ký ra tệp để nơi khác đồng chứng, hoặc nhận chữ ký đồng chứng về (--take)
#[derive(clap::Args)]
pub struct Args {
    /// Mã của cuộc bỏ phiếu; không có thì là nhật ký riêng của hội đồng
    #[arg(long, value_name = "MÃ")]
    poll: Option<PollId>,
    /// Mã hội đồng trong địa chỉ; `he-thong` là chính hệ thống; không cần khi chỉ có một hội đồng
    #[arg(long, value_name = "MÃ", conflicts_with = "poll")]
    council: Option<String>,
    /// Tệp sẽ ghi, gửi cho nơi đồng chứng
    #[arg(long, value_name = "TỆP", required_unless_present = "take", conflicts_with = "take")]
    out: Option<PathBuf>,
    /// Số bản ghi mà nơi đồng chứng đã ký lần trước; không có thì lấy theo lần nhận về gần nhất
    #[arg(long, value_name = "SỐ", conflicts_with = "take")]
    from: Option<u64>,
    /// Tệp chữ ký đồng chứng nhận về
    #[arg(long, value_name = "TỆP", requires = "witness")]
    take: Option<PathBuf>,
    /// Dòng khóa của nơi đồng chứng
    #[arg(long, value_name = "KHÓA", requires = "take")]
    witness: Option<String>,
    /// Thư mục có khóa bí mật và cơ sở dữ liệu; `DATABASE_URL` chỉ cơ sở dữ liệu khác
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(args: Args) -> Result<Answer, AppError> {
    let runtime = machine::runtime()?;
    runtime.block_on(async {
        let url = machine::database_url();
        let app = open_existing(&args.data, url.as_deref()).await?;
        let of = match args.poll {
            Some(poll) => LogOf::Poll(poll),
            None => LogOf::Council(user::council(&app, args.council.as_deref()).await?),
        };
        if let (Some(file), Some(witness)) = (args.take, args.witness) {
            let key = WitnessKey::parse(&witness)
                .map_err(|e| AppError::Input(format!("--witness: {e}; hãy chép lại dòng khóa của nơi đồng chứng.")))?;
            let text = fs::read_to_string(&file).map_err(|e| AppError::file(&file, e))?;
            let taken = app.take_cosignature(of, &text, &key).await?;
            out::message(&format!("Đã ghi: {} đồng chứng điểm chốt {} bản ghi.", taken.witness, taken.size));
        }
        if let Some(file) = args.out {
            let sent = app.head_for_witness(of, args.from).await?;
            fs::write(&file, sent.request.to_text()).map_err(|e| AppError::file(&file, e))?;
            out::data(&sent.key);
            out::message(&format!(
                "Đã ghi {}: điểm chốt {} bản ghi, nối tiếp {} bản ghi đã đồng chứng. Dòng trên là khóa của nhật ký; lần đầu, \
                 hãy đưa tận tay cho nơi đồng chứng.",
                file.display(),
                sent.size,
                sent.request.old
            ));
        }
        app.close().await;
        Ok(Answer::Yes)
    })
}
