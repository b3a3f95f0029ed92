//! `tinnhiem rehearse`: the whole job from a workbook, without questions.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::rehearse::{self, Options};
use app::service::progress::Progress;
use domain::council::CouncilKind;
use domain::eligibility::Enabled;
use domain::poll::PollKind;

/// The vote, as the command line names it.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// Lấy phiếu tín nhiệm, three levels
    Rating,
    /// Bỏ phiếu tín nhiệm, two levels
    Confidence,
}

impl From<Kind> for PollKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Rating => Self::Rating,
            Kind::Confidence => Self::Confidence,
        }
    }
}

/// Do the whole job from a workbook: dossiers, ballots, a simulated count, minutes, resolution, results, bundle
#[derive(clap::Args)]
pub struct Args {
    /// Workbook (.xlsx, .xls, .ods) or a folder of CSV files, one per sheet
    #[arg(value_name = "BOOK")]
    book: PathBuf,
    /// Folder for the papers; one that an earlier run made is replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Ballots to print and to simulate; all delegates when left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=rehearse::MAX_BALLOTS))]
    ballots: Option<u32>,
    /// Seed of the simulated delegates; the same seed gives the same papers
    #[arg(long, value_name = "S", default_value_t = rehearse::DEFAULT_SEED)]
    seed: u64,
    /// Which vote: three levels or two; the counts in a `Kết quả` sheet decide it by themselves
    #[arg(long, value_enum, default_value_t = Kind::Rating)]
    kind: Kind,
    /// Legal basis on which a commune's council holds the vote; without one the rule set leaves communes out
    #[arg(long, value_name = "TEXT")]
    commune_basis: Option<String>,
    /// Folder of rule files that add to the built-in ones or replace them by id
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let mut print = out::message;
    let mut progress = Progress::new(&mut print);
    let basis = args.commune_basis.iter();
    let enabled = basis.map(|basis| Enabled { kind: CouncilKind::CommuneCouncil, basis: basis.clone() }).collect();
    let options = Options { seed: args.seed, ballots: args.ballots, kind: args.kind.into(), enabled };
    let made = rehearse::from_file(&args.book, &args.out, args.rules.as_deref(), &options, &mut progress)?;
    out::findings(&made.findings);
    out::data(&made.summary);
    Ok(Answer::Yes)
}
