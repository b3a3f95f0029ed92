//! `tinnhiem bundle`: the bundle of one vote as a file.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::installation::data_folder::open_app;
use domain::id::PollId;

/// Ghi gói kiểm chứng của một cuộc bỏ phiếu đã có kết quả thành một tệp .zip; chạy được trong khi dịch vụ đang chạy
#[derive(clap::Args)]
pub struct Args {
    /// Mã của cuộc bỏ phiếu: phần sau «/ky/» trong địa chỉ trang của cuộc đó
    #[arg(long, value_name = "MÃ")]
    poll: PollId,
    /// Tệp .zip sẽ ghi
    #[arg(long, value_name = "TỆP")]
    out: PathBuf,
    /// Thư mục có khóa bí mật và cơ sở dữ liệu; `DATABASE_URL` chỉ cơ sở dữ liệu khác
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| AppError::internal("khởi động", e))?;
    runtime.block_on(async {
        let url = std::env::var("DATABASE_URL").ok();
        let app = open_app(&args.data, url.as_deref()).await?;
        app.bundle_to_file(args.poll, &args.out).await
    })?;
    let file = args.out.display();
    out::message(&format!("Đã ghi {file}; kiểm tra bằng: tinnhiem verify {file}"));
    Ok(Answer::Yes)
}
