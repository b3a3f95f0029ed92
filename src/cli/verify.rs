//! `tinnhiem verify`: check a bundle with nothing but the bundle, and the paper if it is at hand; or the database of the
//! service.

use std::path::{Path, PathBuf};

use super::{Answer, out};
use app::AppError;
use app::trail::{verify, verify_db};

/// Check everything in a bundle, or in the database; 0 and what was checked, or 1 and the first thing that does not hold
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the bundle
    #[arg(value_name = "BUNDLE", required_unless_present = "db", conflicts_with = "db")]
    bundle: Option<PathBuf>,
    /// The 16 groups of 4 hex digits that a signed paper carries; spaces and case do not matter
    #[arg(long, value_name = "HEX", conflicts_with = "db")]
    root: Option<String>,
    /// Check the service's database instead: every log entry by entry, and the tables that the logs describe
    #[arg(long)]
    db: bool,
    /// Folder of the service's database and key; `DATABASE_URL` names another database
    #[arg(long, value_name = "DIR", default_value = "data", requires = "db")]
    data: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    match &args.bundle {
        Some(bundle) => Ok(told(verify::bundle(bundle, args.root.as_deref())?)),
        None => database(&args.data),
    }
}

fn database(data: &Path) -> Result<Answer, AppError> {
    let url = std::env::var("DATABASE_URL").ok();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| AppError::internal("khởi động", e))?;
    Ok(told(runtime.block_on(verify_db::of_folder(data, url.as_deref()))?))
}

fn told<R: ToString, F: ToString>(outcome: Result<R, F>) -> Answer {
    match outcome {
        Ok(report) => {
            out::data(&report.to_string());
            Answer::Yes
        }
        Err(failure) => {
            out::message(&failure.to_string());
            Answer::No
        }
    }
}
