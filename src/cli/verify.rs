//! `tinnhiem verify`: check a bundle with nothing but the bundle, and the paper if it is at hand; or the database of the
//! service.

use std::path::{Path, PathBuf};

use super::{Answer, out};
use app::AppError;
use app::trail::{verify, verify_db};

/// Kiểm tra mọi thứ trong gói kiểm chứng hoặc cơ sở dữ liệu; 0 và những gì đã kiểm, hoặc 1 và điều đầu tiên không đạt
#[derive(clap::Args)]
pub struct Args {
    /// Thư mục của gói, hoặc tệp .zip của nó
    #[arg(value_name = "GÓI", required_unless_present = "db", conflicts_with = "db")]
    bundle: Option<PathBuf>,
    /// 16 nhóm 4 chữ số in trên giấy đã ký; dấu cách và chữ hoa, thường không quan trọng
    #[arg(long, value_name = "MÃ", conflicts_with = "db")]
    root: Option<String>,
    /// Kiểm tra cơ sở dữ liệu của dịch vụ: từng bản ghi của mọi nhật ký, và các bảng mà nhật ký mô tả
    #[arg(long)]
    db: bool,
    /// Thư mục có khóa và cơ sở dữ liệu của dịch vụ; `DATABASE_URL` chỉ cơ sở dữ liệu khác
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data", requires = "db")]
    data: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    match &args.bundle {
        Some(bundle) => Ok(told(verify::bundle(bundle, args.root.as_deref())?)),
        None => database(&args.data),
    }
}

fn database(data: &Path) -> Result<Answer, AppError> {
    let url = std::env::var("DATABASE_URL").ok();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| AppError::internal("khởi động", e))?;
    Ok(told(runtime.block_on(verify_db::of_folder(data, url.as_deref()))?))
}

fn told<R: ToString, F: ToString>(outcome: Result<R, F>) -> Answer {
    match outcome {
        Ok(report) => {
            out::data(&report.to_string());
            Answer::Yes
        }
        Err(failure) => {
            out::message(&failure.to_string());
            Answer::No
        }
    }
}
