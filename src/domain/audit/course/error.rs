//! What a verifier has against an entry.

/// An event that cannot stand where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CourseError {
    /// Before something that must come first.
    #[error("bản ghi {kind} phải đứng sau {needs}")]
    Early {
        /// What came.
        kind: &'static str,
        /// What is missing before it.
        needs: &'static str,
    },
    /// After something that ends its time.
    #[error("bản ghi {kind} không được đứng sau {ended_by}")]
    Late {
        /// What came.
        kind: &'static str,
        /// What had come already.
        ended_by: &'static str,
    },
    /// Said once and for all.
    #[error("bản ghi {kind} chỉ được có một lần")]
    Twice {
        /// What came again.
        kind: &'static str,
    },
    /// Not one of the sealed forms.
    #[error("mẫu phiếu {form} không có trong forms.sealed")]
    UnknownForm {
        /// Its id.
        form: String,
    },
    /// Said twice of one form.
    #[error("mẫu phiếu {form}: {what} bị ghi hai lần")]
    Repeated {
        /// Its id.
        form: String,
        /// What was said twice.
        what: String,
    },
    /// One person where there must be two.
    #[error("bản ghi {kind} phải do hai người khác nhau, một người đề xuất và một người xác nhận")]
    OnePerson {
        /// What came.
        kind: &'static str,
    },
    /// Lists, forms or figures that contradict each other.
    #[error("{0}")]
    Contradiction(String),
    /// The log ends too early.
    #[error("nhật ký chưa có bản ghi {kind}")]
    Unfinished {
        /// What is missing.
        kind: &'static str,
    },
}
