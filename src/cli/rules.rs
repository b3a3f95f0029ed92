//! `tinnhiem rules`: the rule sets and where each parameter comes from.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::rules::sets as rules;

/// Liệt kê bộ quy tắc, hoặc in một bộ kèm điều khoản và mức kiểm chứng
#[derive(clap::Args)]
pub struct Args {
    /// Bộ quy tắc cần in, ví dụ NQ96-2023-QH15
    #[arg(value_name = "MÃ")]
    id: Option<String>,
    /// Thư mục tệp quy tắc, thêm vào hoặc thay bộ đi kèm theo mã
    #[arg(long, value_name = "THƯ_MỤC")]
    rules: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let sets = rules::available(args.rules.as_deref())?;
    match &args.id {
        None => out::data(&rules::list_text(&sets)),
        Some(id) => out::data(&rules::show_text(&rules::find(&sets, id)?.set)),
    }
    Ok(Answer::Yes)
}
