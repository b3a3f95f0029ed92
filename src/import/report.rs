//! Findings of reading: the stable codes, and the list that collects findings.

use std::collections::{BTreeMap, BTreeSet};

use domain::finding::{Finding, Severity};

use super::grid::Spot;

/// A stable code of a finding, with its severity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    id: &'static str,
    severity: Severity,
}

impl Code {
    pub(super) const fn id(self) -> &'static str {
        self.id
    }
}

const fn error(id: &'static str) -> Code {
    Code { id, severity: Severity::Error }
}

const fn warning(id: &'static str) -> Code {
    Code { id, severity: Severity::Warning }
}

const fn note(id: &'static str) -> Code {
    Code { id, severity: Severity::Note }
}

// Files.
/// Not a spreadsheet, cut off or damaged.
pub(super) const UNREADABLE: Code = error("IMP-001");
/// Protected with a password.
pub(super) const ENCRYPTED: Code = error("IMP-002");
/// Over a limit on size, rows or text.
pub(super) const TOO_LARGE: Code = error("IMP-003");
/// An old code page was converted.
pub(super) const OLD_ENCODING: Code = warning("IMP-004");
/// TCVN3 or VNI text was converted.
pub(super) const LEGACY_FONT: Code = warning("IMP-005");
/// Records of a CSV file with more or fewer fields than the others.
pub(super) const UNEVEN: Code = warning("IMP-007");
/// What separates the fields of a CSV file was guessed.
pub(super) const SEPARATOR: Code = note("IMP-056");
/// The same, where another sign fits as well.
pub(super) const SEPARATOR_DOUBTFUL: Code = warning("IMP-057");
/// A formula ended in an error, or was never computed.
pub(super) const BROKEN_FORMULA: Code = error("IMP-006");

// Sheets and columns.
/// A sheet without which there is no vote.
pub(super) const SHEET_MISSING: Code = error("IMP-010");
/// A sheet that the work can go on without.
pub(super) const SHEET_ABSENT: Code = warning("IMP-011");
/// Two sheets claim one part.
pub(super) const SHEET_TWICE: Code = error("IMP-012");
/// A sheet that is not in the template.
pub(super) const SHEET_UNKNOWN: Code = note("IMP-013");
/// No row looks like the header.
pub(super) const HEADER_MISSING: Code = error("IMP-014");
/// A column without which rows mean nothing.
pub(super) const COLUMN_MISSING: Code = error("IMP-015");
/// Two columns claim one meaning.
pub(super) const COLUMN_TWICE: Code = error("IMP-016");
/// A column that is not in the template.
pub(super) const COLUMN_UNKNOWN: Code = note("IMP-017");
/// Hidden sheet, rows or columns, read all the same.
pub(super) const HIDDEN: Code = warning("IMP-018");
/// Rows or cells that are no data: titles, sums, captions.
pub(super) const PASSED_OVER: Code = note("IMP-019");

// Cells.
/// A cell that must be filled.
pub(super) const CELL_MISSING: Code = error("IMP-020");
/// A cell that papers want filled.
pub(super) const CELL_WANTED: Code = warning("IMP-021");
/// Not a date, period or year.
pub(super) const BAD_DATE: Code = error("IMP-022");
/// A two-digit year that can mean one century only.
pub(super) const SHORT_YEAR: Code = warning("IMP-023");
/// Not a number.
pub(super) const BAD_NUMBER: Code = error("IMP-024");
/// Not a whole number of ballots or people.
pub(super) const BAD_COUNT: Code = error("IMP-025");
/// Not one of the accepted words.
pub(super) const BAD_CHOICE: Code = error("IMP-026");
/// A figure with more decimals than are stored.
pub(super) const ROUNDED: Code = note("IMP-027");
/// `%` in a figure whose unit says otherwise.
pub(super) const UNIT_DISAGREES: Code = warning("IMP-028");
/// A row marked as the template's example that holds something else.
pub(super) const EXAMPLE_FILLED: Code = warning("IMP-029");

// People.
/// One official twice.
pub(super) const OFFICIAL_TWICE: Code = error("IMP-030");
/// A name that is on no list.
pub(super) const OFFICIAL_UNKNOWN: Code = error("IMP-031");
/// A name that fits several officials.
pub(super) const OFFICIAL_AMBIGUOUS: Code = error("IMP-032");
/// Dates of election do not line up with posts.
pub(super) const DATES_UNALIGNED: Code = error("IMP-033");
/// One delegate twice.
pub(super) const DELEGATE_TWICE: Code = error("IMP-034");
/// The sheet of delegates and the total disagree.
pub(super) const DELEGATES_TOTAL: Code = warning("IMP-035");
/// One teller twice, or two heads.
pub(super) const BOARD_TWICE: Code = error("IMP-036");
/// The National Assembly's rule: a teller must be a deputy.
pub(super) const TELLER_BARRED: Code = error("IMP-038");
/// The same for councils, where the rule is carried over.
pub(super) const TELLER_DOUBTFUL: Code = warning("IMP-039");

// Time.
/// Days in the wrong order.
pub(super) const DAYS_REVERSED: Code = error("IMP-040");
/// A day outside the term.
pub(super) const OUT_OF_TERM: Code = warning("IMP-041");
/// A day after the vote.
pub(super) const AFTER_VOTE: Code = warning("IMP-042");

// Letters.
/// A letter that nobody sees, or that only looks like one of a name.
pub(super) const BAD_LETTER: Code = error("IMP-045");

// What is seen.
/// A cell that is seen otherwise than it is stored.
pub(super) const SEEN_OTHERWISE: Code = warning("IMP-060");
/// The same, where it decides: who, how many, since when.
pub(super) const SEEN_DECIDES: Code = error("IMP-061");
/// Digits that the format leaves out.
pub(super) const SEEN_ROUNDED: Code = note("IMP-062");
/// Rows with letters that are struck through.
pub(super) const STRUCK: Code = warning("IMP-063");
/// Cells that hold nothing but a comment.
pub(super) const COMMENT_ONLY: Code = warning("IMP-064");
/// A column in which day and month may be exchanged.
pub(super) const DAYS_EXCHANGED: Code = warning("IMP-065");
/// The same, in a column that decides.
pub(super) const DAYS_DECIDE: Code = error("IMP-067");
/// An answer that does not fit the file.
pub(super) const ANSWER_UNFIT: Code = error("IMP-070");
/// What was read otherwise because somebody said so.
pub(super) const ANSWERED: Code = note("IMP-071");
/// Figures of two conventions.
pub(super) const SEPARATORS: Code = warning("IMP-066");
/// A name with a title, in capitals alone, or with a mark before it.
pub(super) const NAME_DRESSED: Code = warning("IMP-046");
/// Two lines that may be one person.
pub(super) const MAY_BE_ONE: Code = warning("IMP-047");
/// A quotation mark that is never closed.
pub(super) const QUOTE_OPEN: Code = error("IMP-008");
/// Bytes that are none of the file's code page.
pub(super) const BAD_BYTES: Code = warning("IMP-009");

// Facts and results.
/// A fact without the paper behind it.
pub(super) const NO_SOURCE: Code = error("IMP-050");
/// Counts that do not add up.
pub(super) const IDENTITY: Code = error("IMP-051");
/// Counts that are there in part only.
pub(super) const RESULT_PARTIAL: Code = error("IMP-052");
/// Both kinds of poll in one sheet.
pub(super) const RESULT_MIXED: Code = error("IMP-053");
/// A share that is negative or not a number.
pub(super) const BAD_PERCENT: Code = error("IMP-055");

/// Whether a note is of a row that was passed over, or of what separates the fields.
pub(super) fn is_of_whole_rows(finding: &Finding) -> bool {
    finding.code == SEPARATOR.id || finding.code == PASSED_OVER.id && finding.place.contains("dòng")
}

/// Whether a finding is of a column whose days and months may have changed places.
pub(super) fn is_of_days(finding: &Finding) -> bool {
    [DAYS_EXCHANGED.id, DAYS_DECIDE.id].contains(&finding.code)
}

/// Findings in the order of reading, and which cells of each sheet were read.
#[derive(Debug, Default)]
pub(super) struct Report {
    findings: Vec<Finding>,
    /// By the titles of the sheets.
    layouts: BTreeMap<String, TableLayout>,
    /// Who or what may be meant at a place.
    choices: BTreeMap<String, Vec<String>>,
}

/// Which cells of a sheet were read.
#[derive(Clone, Debug, Default)]
pub(super) struct TableLayout {
    /// Cells that name columns or lines.
    pub heads: BTreeSet<Spot>,
    /// Columns that are read.
    pub columns: BTreeSet<u32>,
    /// Rows that are read.
    pub rows: BTreeSet<u32>,
    /// Cells that are read besides: of a form.
    pub cells: BTreeSet<Spot>,
}

impl Report {
    /// Adds one finding.
    pub(super) fn add(
        &mut self,
        code: Code,
        place: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.findings.push(Finding::new(code.id, code.severity, place, what, remedy));
    }

    /// Adds one finding with the article of the law behind it.
    pub(super) fn add_by_law(
        &mut self,
        code: Code,
        place: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
        law: &str,
    ) {
        self.findings.push(Finding::new(code.id, code.severity, place, what, remedy).by_law(law));
    }

    /// Keeps which cells of a sheet were read.
    pub(super) fn lay_out(&mut self, title: &str, layout: TableLayout) {
        self.layouts.insert(title.to_owned(), layout);
    }

    pub(super) const fn layouts(&self) -> &BTreeMap<String, TableLayout> {
        &self.layouts
    }

    /// Keeps who or what may be meant at a place, besides a finding there.
    pub(super) fn offer(&mut self, place: &str, choices: Vec<String>) {
        self.choices.entry(place.to_owned()).or_default().extend(choices);
    }

    pub(super) fn choices(&self, place: &str) -> &[String] {
        self.choices.get(place).map_or(&[], Vec::as_slice)
    }

    pub(super) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether anything stops the work.
    pub(super) fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    /// All findings.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
