//! `tinnhiem verify`: check a bundle with nothing but the bundle, and the paper if it is at hand.

use std::path::PathBuf;

use super::{Answer, out};
use crate::app::{AppError, verify};

/// Check everything in a bundle; 0 and what was checked, or 1 and the first thing that does not hold
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the bundle
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// The 16 groups of 4 hex digits that a signed paper carries; spaces and case do not matter
    #[arg(long, value_name = "HEX")]
    root: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    match verify::bundle(&args.bundle, args.root.as_deref())? {
        Ok(report) => {
            out::data(&report.to_string());
            Ok(Answer::Yes)
        }
        Err(failure) => {
            out::message(&failure.to_string());
            Ok(Answer::No)
        }
    }
}
