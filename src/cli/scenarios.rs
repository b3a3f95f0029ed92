//! `tinnhiem scenarios`: bundles and databases with known lies, for whoever writes or judges a verifier.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::demo::lies;
use app::rehearse;
use app::trail::scenarios::SHEET;

/// Lập năm mươi gói kiểm chứng và hai mươi cơ sở dữ liệu, mỗi cái bị làm sai một điều, và bảng điểm để chấm chương trình kiểm tra
#[derive(clap::Args)]
pub struct Args {
    /// Thư mục cho các gói và bảng điểm
    #[arg(value_name = "THƯ_MỤC")]
    out: PathBuf,
    /// Hạt giống; cùng hạt giống cho cùng các gói
    #[arg(long, value_name = "S", default_value_t = rehearse::DEFAULT_SEED)]
    seed: u64,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let count = rehearse::scenarios(&args.out, args.seed)?.len();
    out::message(&format!("Đã ghi {count} gói bị làm sai, một gói nguyên vẹn và {}.", args.out.join(SHEET).display()));
    let count = lies::write(&args.out, args.seed)?;
    let sheet = args.out.join(lies::FOLDER).join(SHEET);
    out::message(&format!("Đã ghi một cơ sở dữ liệu nguyên vẹn, {count} tệp sửa nó và {}.", sheet.display()));
    Ok(Answer::Yes)
}
