//! `tinnhiem demo`: a sample council, the whole job.

use std::path::PathBuf;

use super::{Answer, out};
use crate::app::AppError;
use crate::app::progress::Progress;
use crate::app::rehearse::{self, Options};

/// Make all papers of a built-in sample council (30 officials, 60 delegates, placeholder names)
#[derive(clap::Args)]
pub struct Args {
    /// Folder for the papers; one that an earlier run made is replaced
    #[arg(long, value_name = "DIR", default_value = "demo")]
    out: PathBuf,
    /// Seed of the simulated delegates; the same seed gives the same papers
    #[arg(long, value_name = "S", default_value_t = rehearse::DEFAULT_SEED)]
    seed: u64,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let mut print = out::message;
    let mut progress = Progress::new(&mut print);
    let options = Options { seed: args.seed, ..Options::default() };
    let made = rehearse::demo(&args.out, &options, &mut progress)?;
    out::findings(&made.findings);
    out::data(&made.summary);
    Ok(Answer::Yes)
}
