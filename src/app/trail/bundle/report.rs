//! What a verification says: every check that held with its figures, or the first that did not.

use std::fmt;

use domain::audit::{Digest, Moment};
use domain::text::{full_stop, shown};

/// The first thing that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("KHÔNG ĐẠT [{check}] {}: {} {remedy}", shown(file), shown(what))]
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
pub const CHECKS: [&str; 13] = [
    "key",
    "manifest",
    "files",
    "checkpoints",
    "log",
    "proofs",
    "commitments",
    "openings",
    "ruleset",
    "papers",
    "witness",
    "expected-root",
    "results",
];

/// The bytes are not those that were signed.
const DAMAGED: &str = "Lấy lại bản sao nguyên vẹn của gói từ nơi phát hành rồi kiểm tra lại.";
/// A file that a system made by itself lies in the folder.
const LITTERED: &str = "Xóa tệp này rồi kiểm tra lại.";
/// The bytes are those that were signed, and contradict each other.
const DISPUTED: &str = "Không dùng gói này làm căn cứ; đề nghị Ban kiểm phiếu giải trình và phát hành gói đúng.";
/// What was typed is not what this bundle says: a slip of the finger, or another bundle.
const UNMATCHED: &str = "Gõ lại đủ 16 nhóm theo bản giấy; nếu vẫn không khớp thì gói này không phải gói của bản giấy đó, \
                         không dùng làm căn cứ.";

/// A witness whose key was given cosigned nothing of this bundle.
const UNWITNESSED: &str = "Hỏi nơi đồng chứng đã ký đến đâu, và lấy gói ghi sau khi chữ ký của họ được nhận về.";

impl Failure {
    /// The file is not the one that was signed.
    pub(super) fn damaged(check: &'static str, file: &str, what: impl Into<String>) -> Self {
        Self { check, file: file.to_owned(), what: sentence(what.into()), remedy: DAMAGED.into() }
    }

    /// A system left a file of its own beside those of the bundle, all of which are as they were signed.
    pub(super) fn littered(file: &str) -> Self {
        let what = "tệp rác do máy tính (macOS, Windows) tự tạo khi mở thư mục, không phải của gói; \
                    các tệp của gói vẫn nguyên vẹn";
        Self { check: "files", file: file.to_owned(), what: sentence(what.into()), remedy: LITTERED.into() }
    }

    /// The file is the one that was signed, and what it says does not hold.
    pub(super) fn disputed(check: &'static str, file: &str, what: impl Into<String>) -> Self {
        Self { check, file: file.to_owned(), what: sentence(what.into()), remedy: DISPUTED.into() }
    }

    /// A witness that was asked for said nothing.
    pub(super) fn unwitnessed(what: impl Into<String>) -> Self {
        let (check, file) = ("witness", "cosignatures/".to_owned());
        Self { check, file, what: sentence(what.into()), remedy: UNWITNESSED.into() }
    }

    /// The root on paper is of no checkpoint.
    pub(super) fn unmatched(what: impl Into<String>) -> Self {
        let (check, file) = ("expected-root", "checkpoints/".to_owned());
        Self { check, file, what: sentence(what.into()), remedy: UNMATCHED.into() }
    }
}

/// With a full stop at its end.
fn sentence(mut text: String) -> String {
    text.push_str(full_stop(&text));
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
    /// Roots of the heads with their moments, in their order; the last is over the whole log, and of no moment where the
    /// log still went on.
    pub roots: Vec<(Option<Moment>, Digest)>,
    /// Name of the log.
    pub origin: String,
    /// The same heads with their sizes.
    pub heads: Vec<(Option<Moment>, u64, Digest)>,
    /// The checkpoint whose root was read off paper, if any was.
    pub on_paper: Option<Moment>,
    /// SHA-256 of the text of the key that signed everything.
    pub key_fingerprint: Digest,
    /// Id of the rule set, and SHA-256 of its text: a reader who knows the rule sets can tell whether it is one of
    /// them.
    pub ruleset: (String, Digest),
    /// What a reader should know although nothing is wrong, a Vietnamese sentence each.
    pub notes: Vec<String>,
    /// Whether it has the counts of each batch.
    pub is_sealed: bool,
    /// Diễn tập: nothing in the bundle has legal weight.
    pub rehearsal: bool,
    /// Key and nonces of it follow from a seed that everybody may know.
    pub is_seeded: bool,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Passed { check, what } in &self.passed {
            writeln!(f, "ĐẠT [{check}] {}", shown(what))?;
        }
        writeln!(f, "\nMã gốc của nhật ký ở từng điểm chốt; bản giấy ghi điểm chốt nào thì phải đúng mã gốc ở đó:")?;
        for (moment, root) in &self.roots {
            let label = moment.map_or("cả nhật ký khi ghi gói", Moment::label);
            writeln!(f, "  {label}:\n    {}", root.grouped())?;
        }
        writeln!(f, "Dấu vân tay của khóa ký:\n    {}", self.key_fingerprint.grouped())?;
        writeln!(f, "\nGói này tự nó không cho biết:")?;
        for gap in paper_gap(self.on_paper).into_iter().chain(GAPS) {
            writeln!(f, "  - {gap}")?;
        }
        for note in &self.notes {
            writeln!(f, "LƯU Ý: {}", shown(note))?;
        }
        if self.is_sealed {
            writeln!(f, "LƯU Ý: {SEALED}")?;
        }
        if self.rehearsal {
            writeln!(f, "LƯU Ý: {}", if self.is_seeded { SEEDED_REHEARSAL } else { REHEARSAL })?;
        }
        Ok(())
    }
}

/// What no file can show about itself, whatever was checked.
const GAPS: [&str; 3] = [
    "Khóa ký là của ai: so dấu vân tay ở trên với dấu vân tay do chính cơ quan công bố ở nơi khác.",
    "Lá phiếu giấy có được đọc và nhập đúng không: chỉ kiểm lại phiếu giấy mới biết.",
    "Chữ in trong các tệp PDF có đúng với results.json không: chương trình chỉ so mã băm của tệp, hãy đọc và so bằng mắt.",
];

/// Of a bundle that has openings.
const SEALED: &str = "gói có số liệu từng tập phiếu (gói niêm phong): chỉ dùng để kiểm lại hoặc giải quyết khiếu nại, không đăng; \
                      bản để đăng là gói công khai.";

const REHEARSAL: &str = "đây là gói DIỄN TẬP, không có giá trị pháp lý; số phiếu không phải của đại biểu.";

const SEEDED_REHEARSAL: &str = "đây là gói DIỄN TẬP, không có giá trị pháp lý; khóa ký và các số ngẫu nhiên suy ra từ hạt giống \
                         công khai, nên ai cũng làm lại được gói này.";

/// How far the paper reaches: what was logged after its checkpoint can still be made anew by who holds the key.
const fn paper_gap(on_paper: Option<Moment>) -> Option<&'static str> {
    Some(match on_paper {
        None => {
            "Gói có bị làm lại toàn bộ không: người giữ khóa làm được, chỉ mã gốc trên bản giấy đã ký phát hiện được. Chạy \
             lại với --root \"16 nhóm chữ số trên biên bản\"."
        }
        Some(Moment::FormsSealed | Moment::VotingOpened) => {
            "Số đếm có bị làm lại không: bản giấy này có trước khi đếm. Chạy lại với mã gốc trên biên bản hoặc nghị quyết."
        }
        Some(Moment::CountingClosed | Moment::Minutes) => {
            "Những gì ghi sau điểm chốt trên bản giấy có bị làm lại không; số đếm ghi trước điểm chốt đó nên không thể."
        }
        Some(Moment::Published) => return None,
    })
}
