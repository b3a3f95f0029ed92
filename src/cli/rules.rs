//! `tinnhiem rules`: the rule sets and where each parameter comes from.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
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
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let sets = rules::available(args.rules.as_deref())?;
    match &args.id {
        None => out::data(&rules::list_text(&sets)),
        Some(id) => out::data(&rules::show_text(&rules::find(&sets, id)?.set)),
    }
    Ok(Answer::Yes)
}
