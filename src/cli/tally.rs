//! `tinnhiem tally`: recompute a published table.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::rules::tally;

/// Recompute a published table and name every figure that does not follow from its count
#[derive(clap::Args)]
pub struct Args {
    /// CSV with the columns name,post,high,mid,low and optional high_pct,mid_pct,low_pct; an empty cell was not printed
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Rule set, such as NQ96-2023-QH15
    #[arg(long = "rules", value_name = "ID")]
    ruleset: String,
    /// Ballots returned
    #[arg(long, value_name = "N")]
    returned: u32,
    /// All delegates of the council; needed where the rule set takes shares of them
    #[arg(long, value_name = "N")]
    delegates: Option<u32>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let outcome = tally::published(&args.file, &args.ruleset, args.returned, args.delegates)?;
    out::findings(&outcome.findings);
    out::data(if args.json { &outcome.json } else { &outcome.text });
    Ok(if outcome.follows { Answer::Yes } else { Answer::No })
}
