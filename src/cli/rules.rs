//! `tinnhiem rules`: the rule sets and where each parameter comes from.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::attesting::sheet;
use app::rules::sets as rules;

/// List the rule sets, or print one with its citations and marks
#[derive(clap::Args)]
pub struct Args {
    /// Rule set to print, such as NQ96-2023-QH15
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Folder of rule files that add to the built-in ones or replace them by id
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// What the office of a council attested instead: parameter by parameter, by whom, on which day
    #[arg(long, requires = "council", conflicts_with_all = ["id", "rules"])]
    attested: bool,
    /// Folder of the service's database; `DATABASE_URL` names another database
    #[arg(long, value_name = "DIR", default_value = "data", requires = "attested")]
    data: PathBuf,
    /// Name of the council in addresses
    #[arg(long, value_name = "SLUG", requires = "attested")]
    council: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    if let Some(council) = args.council.as_deref().filter(|_| args.attested) {
        let url = std::env::var("DATABASE_URL").ok();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| AppError::internal("khởi động", e))?;
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
