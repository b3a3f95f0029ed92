//! `tinnhiem doctor`: what is wrong and what to do.

use std::path::PathBuf;

use super::{Answer, machine, out};
use app::AppError;
use app::installation::doctor::{self, Verdict};

/// Xem cơ sở dữ liệu, ổ đĩa, đồng hồ, phông chữ, khóa và bộ quy tắc mà không sửa gì; 1 khi có chỗ hỏng
#[derive(clap::Args)]
pub struct Args {
    /// Thư mục có khóa bí mật và cơ sở dữ liệu SQLite
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
    /// In JSON thay cho từng dòng
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let url = machine::database_url();
    let runtime = machine::runtime_with_worker()?;
    let checks = runtime.block_on(doctor::examine_all(&args.data, url.as_deref()));
    if args.json {
        out::data(&serde_json::to_string_pretty(&checks).map_err(|e| AppError::internal("ghi JSON", e))?);
    } else {
        for check in &checks {
            out::data(&format!("{:<9} {:<9} {}", check.verdict.label(), check.subject, check.sentence));
        }
    }
    let is_well = checks.iter().all(|check| check.verdict != Verdict::Error);
    Ok(if is_well { Answer::Yes } else { Answer::No })
}
