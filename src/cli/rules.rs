//! `tinnhiem rules`: the rule sets and where each parameter comes from.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::rules::{cases, sets as rules};

/// List the rule sets, print one with its citations and marks, or answer a table of situations
#[derive(clap::Args)]
pub struct Args {
    /// Rule set to print, such as NQ96-2023-QH15
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Table of situations with expected answers, xlsx or CSV: prints each with the answer of the rule sets; 1 when one differs
    #[arg(long, value_name = "FILE", conflicts_with = "id")]
    cases: Option<PathBuf>,
    /// Folder of rule files that add to the built-in ones or replace them by id
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    if let Some(file) = &args.cases {
        let outcome = cases::answered(file, args.rules.as_deref())?;
        out::findings(&outcome.findings);
        out::data(&outcome.text);
        return Ok(if outcome.agrees { Answer::Yes } else { Answer::No });
    }
    let sets = rules::available(args.rules.as_deref())?;
    match &args.id {
        None => out::data(&rules::list_text(&sets)),
        Some(id) => out::data(&rules::show_text(&rules::find(&sets, id)?.set)),
    }
    Ok(Answer::Yes)
}
