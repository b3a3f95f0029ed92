//! `tinnhiem verify`: check a bundle with nothing but the bundle, and the paper if it is at hand; or the database of the
//! service.

use std::path::{Path, PathBuf};

use super::{Answer, machine, out};
use app::AppError;
use app::trail::verify_db::Asked;
use app::trail::{verify, verify_db};
use domain::audit::Digest;

/// Kiểm tra mọi thứ trong gói kiểm chứng hoặc cơ sở dữ liệu; 0 và những gì đã kiểm, hoặc 1 và điều đầu tiên không đạt
#[derive(clap::Args)]
pub struct Args {
    /// Thư mục của gói, hoặc tệp .zip của nó
    #[arg(value_name = "GÓI", required_unless_present = "db", conflicts_with = "db")]
    bundle: Option<PathBuf>,
    /// 16 nhóm 4 chữ số in trên giấy đã ký; dấu cách và chữ hoa, thường không quan trọng
    #[arg(long, value_name = "MÃ")]
    root: Option<String>,
    /// Dòng khóa của nơi đồng chứng, nhắc lại được: nơi đó phải đã đồng chứng ít nhất một điểm chốt trong gói
    #[arg(long, value_name = "KHÓA", conflicts_with = "db")]
    witness: Vec<String>,
    /// Kiểm tra cơ sở dữ liệu của dịch vụ: từng bản ghi của mọi nhật ký, từng cột của các bảng mà nhật ký mô tả; không ghi gì
    #[arg(long)]
    db: bool,
    /// Chỉ kiểm tra một hội đồng, theo tên của nó trong địa chỉ
    #[arg(long, value_name = "TÊN", requires = "db")]
    council: Option<String>,
    /// Thư mục có khóa và cơ sở dữ liệu của dịch vụ; `DATABASE_URL` chỉ cơ sở dữ liệu khác
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data", requires = "db")]
    data: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    match &args.bundle {
        Some(bundle) => Ok(told(verify::bundle_with(bundle, args.root.as_deref(), &args.witness)?)),
        None => {
            let root = args.root.as_deref().map(Digest::from_paper).transpose();
            let root = root.map_err(|slip| AppError::Input(format!("--root: {slip}; hãy chép lại từ giấy.")))?;
            database(&args.data, &Asked { council: args.council.clone(), root, ..Asked::default() })
        }
    }
}

fn database(data: &Path, asked: &Asked) -> Result<Answer, AppError> {
    let url = machine::database_url();
    let runtime = machine::runtime()?;
    Ok(told(runtime.block_on(verify_db::of_folder(data, url.as_deref(), asked))?))
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
