//! The whole job from a workbook, without questions: list, dossiers, ballots, a count, minutes, resolution, results and a
//! bundle. The order is that of the day itself; every step is a use case of the service, on a database of its own.

mod counting;
mod papers;
mod people;
mod prepare;
pub(crate) mod sample;
mod stage;
mod summary;

use std::path::{Path, PathBuf};

pub use jiff::civil::Date as Day;

use crate::polls::results;
use crate::rules::sets as rules;
use crate::service::clock;
use crate::service::error::AppError;
use crate::service::files::{self, OutFolder};
use crate::service::progress::Progress;
use crate::trail::scenarios::{self, Scenario};
use domain::book::Book;
use domain::eligibility::Enabled;
use domain::finding::Finding;
use domain::poll::PollKind;
use domain::rules::LoadedRules;
use domain::signing::usual_copies;
use domain::workbook_answer::WorkbookAnswer;
use import::{self, Imported};
use stage::{Home, RehearsalStage};
use summary::Summary;

/// Seed when nobody gives one.
pub const DEFAULT_SEED: u64 = 2026;

/// Largest number of ballots that a rehearsal prints and simulates.
pub const MAX_BALLOTS: i64 = 100_000;

/// A workbook that takes over a second to read.
const LONG_READ_BYTES: usize = 1 << 20;

/// What the caller may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// Seed of the simulated delegates, of nonces and of the signing key.
    pub seed: u64,
    /// Ballots to print and simulate; all delegates when `None`.
    pub ballots: Option<u32>,
    /// Which vote; a `Kết quả` sheet of the other kind wins.
    pub kind: PollKind,
    /// The day by which dossiers are judged and warnings given; today when `None`.
    pub as_of: Option<Day>,
    /// Bodies that the rule set leaves out and the office switched on, with the legal basis.
    pub enabled: Vec<Enabled>,
    /// What somebody says of the workbook where its reader asks.
    pub answers: Vec<WorkbookAnswer>,
}

impl Default for Options {
    fn default() -> Self {
        let (enabled, answers) = (Vec::new(), Vec::new());
        Self { seed: DEFAULT_SEED, ballots: None, kind: PollKind::Rating, as_of: None, enabled, answers }
    }
}

/// A day as the command line takes it, `2026-11-29`.
///
/// # Errors
/// A sentence for whoever typed something else.
pub fn day(typed: &str) -> Result<Day, String> {
    typed.parse().map_err(|_| "hãy ghi ngày theo dạng năm-tháng-ngày, ví dụ 2026-11-29".to_owned())
}

/// The answers in a file; none without one.
///
/// # Errors
/// When the file cannot be read as a table of answers.
pub fn answers(file: Option<&Path>) -> Result<Vec<WorkbookAnswer>, AppError> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let name = file.display().to_string();
    import::read_answers(&files::read(file)?, &name).map_err(|findings| AppError::Findings { file: name, findings })
}

/// What a run made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Warnings and notes about the input and the rules.
    pub findings: Vec<Finding>,
    /// What was made and where to look, Vietnamese.
    pub summary: String,
}

/// Does the job from the workbook or folder `book` into `out`.
///
/// # Errors
/// When the input has errors, the rule set is unknown, or `out` can't be written; nothing is written then.
pub fn from_file(
    book: &Path,
    out: &Path,
    rules_folder: Option<&Path>,
    options: &Options,
    progress: &mut Progress<'_>,
) -> Result<Made, AppError> {
    let name = book.display().to_string();
    let imported = if book.is_dir() {
        import::answered::csv_folder(csv_files(book)?, &options.answers)
    } else {
        let bytes = files::read(book)?;
        if bytes.len() > LONG_READ_BYTES {
            progress.begin(&format!("Đang đọc {name}…"));
        }
        import::answered::xlsx(&bytes, &name, &options.answers)
    };
    let input = Input::new(name, imported)?;
    let rules = rules::available(rules_folder)?;
    let folder = OutFolder::begin(out)?;
    let done = run(&input, &rules, options, (&folder, Home::passing()?), progress)?;
    folder.finish()?;
    Ok(done.made(out, false))
}

/// Does the job for the built-in sample council; its database stays in `out` when somebody is to look at it there.
///
/// # Errors
/// When `out` can't be written.
pub fn demo(
    out: &Path,
    options: &Options,
    keeps_database: bool,
    progress: &mut Progress<'_>,
) -> Result<Made, AppError> {
    let input = Input::new("hội đồng mẫu".to_owned(), import::read_csv_folder(sample::files()))?;
    let rules = rules::available(None)?;
    let folder = OutFolder::begin(out)?;
    let workbook = import::book_xlsx(&input.book).map_err(|e| AppError::internal("ghi bảng tính mẫu", e))?;
    folder.put("sample.xlsx", &workbook)?;
    let home = if keeps_database { Home::kept(&folder)? } else { Home::passing()? };
    let done = run(&input, &rules, options, (&folder, home), progress)?;
    folder.finish()?;
    Ok(done.made(out, true))
}

/// Writes bundles with known lies, made of two counts of the sample council; see [`scenarios::write`].
///
/// # Errors
/// When nothing can be written.
pub fn scenarios(out: &Path, seed: u64) -> Result<Vec<Scenario>, AppError> {
    files::require_empty(out)?;
    let work = tempfile::tempdir().map_err(|e| AppError::internal("lập thư mục tạm", e))?;
    let mut bundles = Vec::new();
    for (name, seed) in [("honest", seed), ("other", seed.wrapping_add(1))] {
        let folder = work.path().join(name);
        let mut print = |_: &str| {};
        demo(&folder, &Options { seed, ..Options::default() }, false, &mut Progress::new(&mut print))?;
        bundles.push(folder.join("bundle"));
    }
    match bundles.as_slice() {
        [honest, other] => scenarios::write(honest, other, out, seed),
        _ => Ok(Vec::new()),
    }
}

/// A workbook that was read without errors.
struct Input {
    name: String,
    book: Book,
    findings: Vec<Finding>,
}

impl Input {
    fn new(name: String, imported: Imported) -> Result<Self, AppError> {
        match imported.book {
            Some(book) => Ok(Self { name, book, findings: imported.findings }),
            None => Err(AppError::Findings { file: name, findings: imported.findings }),
        }
    }
}

fn csv_files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, AppError> {
    let paths = files::with_extension(folder, "csv")?;
    if paths.is_empty() {
        return Err(AppError::Input(format!(
            "{}: thư mục không có tệp .csv nào; mỗi trang của bảng tính là một tệp CSV, ví dụ hoi-dong.csv.",
            folder.display()
        )));
    }
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, files::read(&path)?))
    };
    paths.into_iter().map(read).collect()
}

/// What a finished run knows about itself.
struct Done {
    findings: Vec<Finding>,
    summary: Summary,
}

impl Done {
    fn made(self, out: &Path, sample: bool) -> Made {
        Made { findings: self.findings, summary: self.summary.text(out, sample) }
    }
}

fn run(
    input: &Input,
    rules: &[LoadedRules],
    options: &Options,
    (folder, home): (&OutFolder, Home),
    progress: &mut Progress<'_>,
) -> Result<Done, AppError> {
    let (plan, findings) = prepare::plan(input, rules, options, options.as_of.unwrap_or_else(clock::today))?;
    let mut stage = RehearsalStage::begin(&plan, home)?;
    papers::list(&plan, folder)?;
    let dossiers = papers::dossiers(&plan, folder, progress)?;
    stage.dossiers_released(&dossiers)?;
    let ballots = papers::ballots(&plan, folder, progress)?;
    stage.forms_sealed(&plan, &ballots)?;
    stage.voting_opened(plan.issued, plan.book.council.sitting.votes_on)?;
    let counted = counting::count(&plan)?;
    stage.counted(&counted, plan.issued)?;
    let result = counting::decide(&plan, &counted)?;
    let minutes = papers::minutes(&plan, &counted, &result, (&stage.day()?, stage.head_box()?))?;
    let results = results::json_text(&plan.rules.set, plan.provenance, &result)?;
    stage.result_declared(&results)?;
    stage.minutes_signed(&minutes, usual_copies(&plan.rules.set), &plan.book.tellers)?;
    let resolution = papers::resolution(&plan, &result, stage.head_box()?)?;
    stage.resolution_issued(&resolution, plan.rules.set.resolution.is_some())?;
    for paper in [&minutes, &resolution] {
        folder.put(&paper.name, &paper.pdf.bytes)?;
    }
    papers::results(&plan, &result, &results, folder)?;
    let summary = Summary::new(&plan, &dossiers, &ballots, &result, stage.root());
    stage.write_bundle(folder, [minutes, resolution])?;
    Ok(Done { findings, summary })
}
