//! `tinnhiem bundle`: the bundle of one vote as a file.

use std::path::PathBuf;

use super::{Answer, machine, out};
use app::AppError;
use app::installation::data_folder::open_existing;
use app::trail::BundleKind;
use domain::id::PollId;

/// Ghi gói kiểm chứng của một cuộc bỏ phiếu đã có kết quả thành một tệp .zip; chạy được trong khi dịch vụ đang chạy
#[derive(clap::Args)]
pub struct Args {
    /// Mã của cuộc bỏ phiếu: phần sau «/ky/» trong địa chỉ trang của cuộc đó
    #[arg(long, value_name = "MÃ")]
    poll: PollId,
    /// Ghi gói niêm phong: thêm số liệu của từng tập phiếu, chỉ để kiểm lại hoặc giải quyết khiếu nại, không đăng
    #[arg(long)]
    sealed: bool,
    /// Tệp .zip sẽ ghi; tệp đã có thì giữ nguyên
    #[arg(long, value_name = "TỆP")]
    out: PathBuf,
    /// Thư mục có khóa bí mật và cơ sở dữ liệu; `DATABASE_URL` chỉ cơ sở dữ liệu khác
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let runtime = machine::runtime()?;
    runtime.block_on(async {
        let url = machine::database_url();
        let app = open_existing(&args.data, url.as_deref()).await?;
        let kind = if args.sealed { BundleKind::Sealed } else { BundleKind::Public };
        app.bundle_to_file(args.poll, kind, &args.out).await
    })?;
    let file = args.out.display();
    out::message(&format!("Đã ghi {file}; kiểm tra bằng: tinnhiem verify {file}"));
    Ok(Answer::Yes)
}
