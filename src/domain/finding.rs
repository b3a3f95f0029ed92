//! Phát hiện: something wrong or doubtful, where it is, what to do about it, and the law behind it.
//!
//! A code names one kind of finding for good: offices write it into their own instructions. It stands in the sources
//! once, beside the decision that it names, and a number that is given up is not used again. The families:
//!
//! | family | about | decided in |
//! |---|---|---|
//! | `IMP` | what a workbook or table says: files, sheets, columns, cells | `import::report` |
//! | `ELI` | who is on the list and who is not | [`eligibility`](super::eligibility) |
//! | `DLN` | deadlines that were missed, are near, or rest on a doubtful rule | [`deadline`](super::deadline) |
//! | `RDY` | whether sitting, board and ballots fit the rule set | [`readiness`](super::readiness) |
//! | `DIF` | what a workbook says against what is stored | [`import_diff`](super::import_diff) |
//! | `OPN` | whether the vote may be opened: quorum and day | [`opening`](super::opening) |
//! | `ACC` | whether the papers of a form add up: printed, issued, exchanged, unused, returned | [`ballot_account`](super::ballot_account) |
//! | `DIS` | what a result that is made public tells of single ballots | [`disclosure`](super::disclosure) |
//! | `BAT` | whether the ballots are enough to keep the vote secret | [`batch`](super::batch) |

use std::fmt;

use serde::Serialize;

use super::text::full_stop;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Stops the work; nothing is written.
    Error,
    /// The work goes on; a person must look.
    Warning,
    /// Something was changed or left out for a good reason; the old and the new are shown.
    Note,
}

impl Severity {
    /// `LỖI`, `CẢNH BÁO`, `LƯU Ý`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Error => "LỖI",
            Self::Warning => "CẢNH BÁO",
            Self::Note => "LƯU Ý",
        }
    }
}

/// One finding. Texts are Vietnamese, for the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable short code, `IMP-007`, `ELI-002`; unique over the program.
    pub code: &'static str,
    pub severity: Severity,
    /// Where: `Dữ kiện!C14`, `Ban kiểm phiếu`, `resolution`.
    pub place: String,
    /// What is wrong, one sentence.
    pub what: String,
    /// What to do, one sentence.
    pub remedy: String,
    /// Article behind it, where there is one: `NQ 96/2023/QH15, Điều 2.5`.
    pub law: Option<String>,
}

impl Finding {
    /// A finding without a law behind it.
    pub fn new(
        code: &'static str,
        severity: Severity,
        place: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { code, severity, place: place.into(), what: what.into(), remedy: remedy.into(), law: None }
    }

    /// The same with the article behind it.
    #[must_use]
    pub fn by_law(mut self, law: impl Into<String>) -> Self {
        self.law = Some(law.into());
        self
    }

    /// Whether it stops the work.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stop = full_stop(&self.what);
        write!(f, "{} {} [{}] {}{stop} {}", self.severity.label(), self.code, self.place, self.what, self.remedy)?;
        match &self.law {
            Some(law) => write!(f, " ({law})"),
            None => Ok(()),
        }
    }
}
