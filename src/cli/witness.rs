//! `tinnhiem witness`: cosigns the head of another installation's log, if that log only grew.

use std::fs;
use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::trail::witnessing::cosign;

/// Đồng chứng điểm chốt của nơi khác: ký rằng nhật ký của họ chỉ dài thêm từ lần trước; không bao giờ ký bản ngắn hơn hay khác
#[derive(clap::Args)]
pub struct Args {
    /// Tệp mà nơi kia ghi bằng «tinnhiem head»
    #[arg(value_name = "TỆP")]
    head: PathBuf,
    /// Tên của nơi đồng chứng, dạng địa chỉ không có https://, ví dụ tinh.example.gov.vn/chung; mỗi tên một khóa riêng
    #[arg(long, value_name = "TÊN")]
    name: String,
    /// Dòng khóa của nhật ký; cần ở lần đầu, sau đó được nhớ
    #[arg(long, value_name = "KHÓA")]
    log_key: Option<String>,
    /// Tệp chữ ký đồng chứng sẽ ghi, gửi lại nơi kia
    #[arg(long, value_name = "TỆP")]
    out: PathBuf,
    /// Thư mục có khóa bí mật của nơi đồng chứng; nhớ ở đó đã ký đến đâu
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let text = fs::read_to_string(&args.head).map_err(|e| AppError::file(&args.head, e))?;
    let given = cosign(&args.data, &args.name, &text, args.log_key.as_deref())?;
    fs::write(&args.out, &given.line).map_err(|e| AppError::file(&args.out, e))?;
    out::data(&given.key);
    out::message(&format!(
        "Đã đồng chứng nhật ký {} ở {} bản ghi, ghi {}. Dòng trên là khóa của nơi đồng chứng; hãy công bố hoặc đưa tận tay.",
        given.origin,
        given.size,
        args.out.display()
    ));
    Ok(Answer::Yes)
}
