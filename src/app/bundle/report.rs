//! What a verification says: every check that held with its figures, or the first that did not.

use std::fmt;

use crate::domain::audit::Digest;

/// The first thing that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("KHÔNG ĐẠT [{check}] {file}: {what} {remedy}")]
pub struct Failure {
    /// Stable name of the check, one of [`CHECKS`].
    pub check: &'static str,
    /// File at fault, by its path in the bundle.
    pub file: String,
    /// What is wrong, one sentence, Vietnamese.
    pub what: String,
    /// What to do, one sentence, Vietnamese.
    pub remedy: String,
}

/// Names of the checks, in the order in which they run.
pub const CHECKS: [&str; 11] = [
    "key",
    "manifest",
    "files",
    "checkpoints",
    "log",
    "proofs",
    "openings",
    "ruleset",
    "papers",
    "expected-root",
    "results",
];

/// The bytes are not those that were signed.
const DAMAGED: &str = "Lấy lại bản sao nguyên vẹn của gói từ nơi phát hành rồi kiểm tra lại.";
/// The bytes are those that were signed, and contradict each other.
const DISPUTED: &str = "Không dùng gói này làm căn cứ; đề nghị Ban kiểm phiếu giải trình và phát hành gói đúng.";

impl Failure {
    /// The file is not the one that was signed.
    pub(super) fn damaged(check: &'static str, file: &str, what: impl Into<String>) -> Self {
        Self { check, file: file.to_owned(), what: sentence(what.into()), remedy: DAMAGED.into() }
    }

    /// The file is the one that was signed, and what it says does not hold.
    pub(super) fn disputed(check: &'static str, file: &str, what: impl Into<String>) -> Self {
        Self { check, file: file.to_owned(), what: sentence(what.into()), remedy: DISPUTED.into() }
    }
}

/// With a full stop at its end.
fn sentence(mut text: String) -> String {
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

/// A check that held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Stable name, one of [`CHECKS`].
    pub check: &'static str,
    /// What was found, with its figures, Vietnamese.
    pub what: String,
}

/// Everything held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// In the order in which they ran.
    pub passed: Vec<Passed>,
    /// Root of the last checkpoint, over the whole log.
    pub root: Digest,
    /// SHA-256 of the text of the key that signed everything.
    pub key_fingerprint: Digest,
    /// Diễn tập: nothing in the bundle has legal weight.
    pub rehearsal: bool,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Passed { check, what } in &self.passed {
            writeln!(f, "ĐẠT [{check}] {what}")?;
        }
        writeln!(f, "Mã gốc của nhật ký (đối chiếu với bản giấy):")?;
        writeln!(f, "    {}", self.root.grouped())?;
        writeln!(f, "Dấu vân tay của khóa ký (đối chiếu với bản giấy):")?;
        writeln!(f, "    {}", self.key_fingerprint.grouped())?;
        if self.rehearsal {
            writeln!(f, "LƯU Ý: đây là gói DIỄN TẬP, không có giá trị pháp lý.")?;
        }
        Ok(())
    }
}
