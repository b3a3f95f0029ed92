//! `tinnhiem bundle`: the bundle of one vote as a file.

use std::path::PathBuf;

use super::{Answer, machine, out};
use app::installation::data_folder::open_existing;
use app::trail::BundleKind;
use app::{App, AppError};
use domain::id::PollId;

/// Ghi gói kiểm chứng của một cuộc bỏ phiếu đã có kết quả thành một tệp .zip; không có --poll thì in mã của mọi cuộc. Chạy được trong khi dịch vụ đang chạy
#[derive(clap::Args)]
pub struct Args {
    /// Mã của cuộc bỏ phiếu: phần sau «/ky/» trong địa chỉ trang của cuộc đó
    #[arg(long, value_name = "MÃ", requires = "out")]
    poll: Option<PollId>,
    /// Ghi gói niêm phong: thêm số liệu của từng tập phiếu, chỉ để kiểm lại hoặc giải quyết khiếu nại, không đăng
    #[arg(long, requires = "poll")]
    sealed: bool,
    /// Tệp .zip sẽ ghi; tệp đã có thì giữ nguyên
    #[arg(long, value_name = "TỆP", requires = "poll")]
    out: Option<PathBuf>,
    /// Thư mục có khóa bí mật và cơ sở dữ liệu; `DATABASE_URL` chỉ cơ sở dữ liệu khác
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let runtime = machine::runtime()?;
    runtime.block_on(async {
        let url = machine::database_url();
        let app = open_existing(&args.data, url.as_deref()).await?;
        let (Some(poll), Some(file)) = (args.poll, &args.out) else { return list(&app).await };
        let kind = if args.sealed { BundleKind::Sealed } else { BundleKind::Public };
        app.bundle_to_file(poll, kind, file).await?;
        let file = file.display();
        out::message(&format!("Đã ghi {file}; kiểm tra bằng: tinnhiem verify {file}"));
        Ok(())
    })?;
    Ok(Answer::Yes)
}

/// Prints every vote with its id.
async fn list(app: &App) -> Result<(), AppError> {
    let polls = app.all_polls().await?;
    if polls.is_empty() {
        out::message("Chưa có cuộc bỏ phiếu nào trong cơ sở dữ liệu này.");
        return Ok(());
    }
    for (slug, poll) in polls {
        let rehearsal = if poll.rehearsal { "\tdiễn tập" } else { "" };
        out::data(&format!("{}\t{slug}\t{}\t{}{rehearsal}", poll.id, poll.sitting, poll.stage.label()));
    }
    out::message("Cột đầu là mã cho --poll; ghi gói của một cuộc bằng: tinnhiem bundle --poll MÃ --out TỆP.zip");
    Ok(())
}
