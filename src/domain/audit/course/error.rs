//! What a verifier has against an entry.

/// An event that the entries before it exclude.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CourseError {
    /// An entry before one that it depends on.
    #[error("bản ghi {kind} phải đứng sau {needs}")]
    Early { kind: &'static str, needs: &'static str },
    /// An entry after one that excludes it.
    #[error("bản ghi {kind} không được đứng sau {ended_by}")]
    Late { kind: &'static str, ended_by: &'static str },
    #[error("bản ghi {kind} chỉ được có một lần")]
    Twice { kind: &'static str },
    #[error("mẫu phiếu {form} không có trong forms.sealed")]
    UnknownForm { form: String },
    #[error("mẫu phiếu {form}: {what} bị ghi hai lần")]
    Repeated { form: String, what: String },
    #[error("bản ghi {kind} phải do hai người khác nhau, một người đề xuất và một người xác nhận")]
    OnePerson { kind: &'static str },
    /// Lists, forms or figures that contradict each other.
    #[error("{0}")]
    Contradiction(String),
    #[error("nhật ký chưa có bản ghi {kind}")]
    Unfinished { kind: &'static str },
}
