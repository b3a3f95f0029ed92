//! `tinnhiem rules`: the rule sets and where each parameter comes from.

use std::path::PathBuf;

use super::{Answer, machine, out};
use app::AppError;
use app::attesting::sheet;
use app::rules::{cases, sets as rules};

/// Liệt kê bộ quy tắc, in một bộ kèm điều khoản và mức kiểm chứng, hoặc trả lời một bảng tình huống
#[derive(clap::Args)]
pub struct Args {
    /// Bộ quy tắc cần in, ví dụ NQ96-2023-QH15
    #[arg(value_name = "MÃ")]
    id: Option<String>,
    /// Bảng tình huống kèm câu trả lời mong đợi, xlsx hoặc CSV: in từng tình huống với câu trả lời của các bộ quy tắc; mã thoát 1 khi có câu khác
    #[arg(long, value_name = "TỆP", conflicts_with = "id")]
    cases: Option<PathBuf>,
    /// Thư mục tệp quy tắc, thêm vào hoặc thay bộ đi kèm theo mã
    #[arg(long, value_name = "THƯ_MỤC")]
    rules: Option<PathBuf>,
    /// In thay vào đó những gì văn phòng của hội đồng đã đối chiếu: từng tham số, ai, ngày nào
    #[arg(long, requires = "council", conflicts_with_all = ["id", "rules", "cases"])]
    attested: bool,
    /// Thư mục cơ sở dữ liệu của dịch vụ; `DATABASE_URL` chỉ cơ sở dữ liệu khác
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data", requires = "attested")]
    data: PathBuf,
    /// Tên của hội đồng trong địa chỉ
    #[arg(long, value_name = "TÊN", requires = "attested")]
    council: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    if let Some(file) = &args.cases {
        let outcome = cases::answered(file, args.rules.as_deref())?;
        out::findings(&outcome.findings);
        out::data(&outcome.text);
        return Ok(if outcome.agrees { Answer::Yes } else { Answer::No });
    }
    if let Some(council) = args.council.as_deref().filter(|_| args.attested) {
        let url = machine::database_url();
        let runtime = machine::runtime()?;
        out::data(&runtime.block_on(sheet::attested_of_folder(&args.data, url.as_deref(), council))?);
        return Ok(Answer::Yes);
    }
    let sets = rules::available(args.rules.as_deref())?;
    match &args.id {
        None => out::data(&rules::list_text(&sets)),
        Some(id) => out::data(&rules::show_text(&rules::find(&sets, id)?.set)),
    }
    Ok(Answer::Yes)
}
