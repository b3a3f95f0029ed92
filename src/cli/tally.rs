//! `tinnhiem tally`: recompute a published table.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::rehearse;
use app::rules::tally;

/// Tính lại một bảng đã công bố và nêu từng con số không suy ra được từ số đếm
#[derive(clap::Args)]
pub struct Args {
    /// CSV có các cột name,post,high,mid,low và tùy chọn high_pct,mid_pct,low_pct; ô trống là không in
    #[arg(value_name = "TỆP")]
    file: PathBuf,
    /// Bộ quy tắc, ví dụ NQ96-2023-QH15
    #[arg(long = "rules", value_name = "MÃ")]
    ruleset: String,
    /// Số phiếu thu về
    #[arg(long, value_name = "N")]
    returned: u32,
    /// Tổng số đại biểu; cần khi bộ quy tắc tính tỷ lệ trên số này
    #[arg(long, value_name = "N")]
    delegates: Option<u32>,
    /// Bảng trả lời (các cột Nơi; Đang ghi; Trả lời; Nội dung) cho những chỗ mà lần đọc trước hỏi
    #[arg(long, value_name = "TỆP")]
    answers: Option<PathBuf>,
    /// In JSON thay cho bảng
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let answers = rehearse::answers(args.answers.as_deref())?;
    let outcome = tally::published((&args.file, &answers), &args.ruleset, args.returned, args.delegates)?;
    out::findings(&outcome.findings);
    out::data(if args.json { &outcome.json } else { &outcome.text });
    Ok(if outcome.follows { Answer::Yes } else { Answer::No })
}
