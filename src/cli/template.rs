//! `tinnhiem template`: the blank workbook.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::facts::template;

/// Ghi bảng tính trống có hướng dẫn, danh sách chọn và ví dụ
#[derive(clap::Args)]
pub struct Args {
    /// Tệp sẽ ghi; tệp đã có thì giữ nguyên
    #[arg(value_name = "TỆP.xlsx")]
    out: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    template::write(&args.out)?;
    out::message(&format!(
        "Đã ghi {}. Mở bằng Excel hoặc LibreOffice, điền theo trang “Hướng dẫn”, rồi chạy: tinnhiem rehearse {} --out THƯ_MỤC",
        args.out.display(),
        args.out.display()
    ));
    Ok(Answer::Yes)
}
