//! `tinnhiem template`: the blank workbook.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::facts::template;

/// Write the blank workbook with its instructions, drop-downs and examples
#[derive(clap::Args)]
pub struct Args {
    /// File to write; an existing one is kept
    #[arg(value_name = "OUT.xlsx")]
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
