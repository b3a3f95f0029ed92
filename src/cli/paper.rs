//! `tinnhiem paper`: whether a bundle is the one on a signed paper, by two of the paper's groups.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::trail::verify;

/// So bản giấy đã ký với gói kiểm chứng: hai nhóm 4 chữ số trở lên, cả 16 nhóm, hoặc nội dung mã QR; 0 khi khớp
#[derive(clap::Args)]
pub struct Args {
    /// Thư mục của gói, hoặc tệp .zip của nó
    #[arg(value_name = "GÓI")]
    bundle: PathBuf,
    /// Các nhóm theo thứ tự trên giấy, nên kèm số thứ tự: 3:9f2a 11:07bc
    #[arg(value_name = "NHÓM", required = true)]
    typed: Vec<String>,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    match verify::paper(&args.bundle, &args.typed.join(" "))? {
        Ok(told) => {
            out::data(&told);
            Ok(Answer::Yes)
        }
        Err(told) => {
            out::message(&told);
            Ok(Answer::No)
        }
    }
}
