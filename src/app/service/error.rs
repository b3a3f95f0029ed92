//! What a use case can refuse, in the words of the person who asked.

use std::io;
use std::path::{Path, PathBuf};

use domain::finding::Finding;
use domain::id::PollId;
use store::StoreError;

use super::backup_error::BackupError;
use super::held::RowDifference;

/// Why a use case stopped. The text says what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The input has errors; all of them are listed, nothing was written.
    #[error("{file}: có {} lỗi phải sửa; chưa ghi gì cả.", findings.iter().filter(|f| f.is_error()).count())]
    Findings {
        /// The input.
        file: String,
        /// Errors together with warnings and notes, in the order in which they were met.
        findings: Vec<Finding>,
    },
    /// One sentence of bad input that belongs to no cell.
    #[error("{0}")]
    Input(String),
    /// Forms are not sealed while parameters decide of which the office has said nothing.
    #[error(
        "Chưa chốt được mẫu phiếu: còn {count} tham số của bộ quy tắc quyết định đợt này chưa được đối chiếu (trước hết: \
         {first}); hãy đối chiếu với văn bản gốc, hoặc chấp nhận có lý do bằng hai người, tại trang «Quy định áp dụng»."
    )]
    Unattested {
        /// Of which poll.
        poll: PollId,
        /// How many.
        count: usize,
        /// The first of them, in words.
        first: String,
    },
    /// Forms are not sealed while the board of tellers has not chosen between two readings of the rules.
    #[error(
        "Chưa chốt được mẫu phiếu: Ban kiểm phiếu chưa chọn cách tính dòng bỏ trống hoặc đánh dấu nhiều ô; hãy ghi lựa chọn \
         của Ban, một người đề xuất và một người khác xác nhận."
    )]
    Unchosen {
        /// Of which poll.
        poll: PollId,
    },
    /// Another process leads the table of this poll's counting room.
    #[error(
        "Phòng kiểm phiếu của cuộc bỏ phiếu này đang mở ở một máy chủ khác của hệ thống; trang này tự thử lại. Nếu vẫn thấy \
         câu này sau một phút, hãy báo người vận hành chạy «tinnhiem doctor»."
    )]
    Elsewhere {
        /// Of which poll.
        poll: PollId,
    },
    /// A table of a poll is not what the poll's log says: it was changed outside the program.
    #[error(
        "Dữ liệu của cuộc bỏ phiếu này đã bị sửa từ bên ngoài: {0}. Chưa ghi gì cả và cuộc bỏ phiếu dừng ở đây; hãy giữ \
         nguyên cơ sở dữ liệu, chạy «tinnhiem verify --db», rồi khôi phục từ bản sao lưu."
    )]
    Changed(Box<RowDifference>),
    /// An entry of a council's log cannot stand where it stands, or what it records is other.
    #[error(
        "Dữ liệu của hội đồng đã bị sửa từ bên ngoài: nhật ký riêng của hội đồng, bản ghi {seq}: {cause}. Chưa ghi gì cả; hãy giữ \
         nguyên cơ sở dữ liệu, chạy «tinnhiem verify --db», rồi khôi phục từ bản sao lưu."
    )]
    ChangedEntry { seq: u64, cause: String },
    /// An entry of a poll's log cannot stand where it stands.
    #[error(
        "Nhật ký của cuộc bỏ phiếu này đã bị sửa từ bên ngoài: bản ghi {seq}: {cause}. Chưa ghi gì cả và cuộc bỏ phiếu dừng \
         ở đây; hãy giữ nguyên cơ sở dữ liệu, chạy «tinnhiem verify --db», rồi khôi phục từ bản sao lưu."
    )]
    ChangedLog {
        /// Number of the entry.
        seq: u64,
        /// What is wrong with it.
        cause: String,
    },
    /// A file or folder could not be read or written.
    #[error("{}: {}", path.display(), io_sentence(source))]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What somebody typed, field by field; nothing was written.
    #[error("{}", fields.iter().map(|field| field.sentence.as_str()).collect::<Vec<_>>().join(" "))]
    Fields {
        /// In the order of the form.
        fields: Vec<FieldError>,
    },
    /// Not one of the roles that may do this.
    #[error(
        "Tài khoản này không có quyền làm việc đó; hãy nhờ người có vai trò phù hợp hoặc người quản trị tài khoản."
    )]
    Forbidden,
    /// No such thing in this council.
    #[error("Không tìm thấy {0} trong hội đồng này; có thể đường dẫn đã cũ, hãy quay lại danh sách.")]
    NotFound(&'static str),
    /// The second of two editors.
    #[error("{0}")]
    Stale(Conflict),
    /// What a paper says was changed each time while it was drawn.
    #[error("Nội dung của văn bản vừa được người khác sửa trong lúc in; chưa ghi gì cả, hãy mở lại trang rồi làm lại.")]
    Undrawn,
    /// The same form was sent before, and done.
    #[error("Biểu mẫu này đã được gửi và đã thực hiện xong; không làm lại lần nữa.")]
    AlreadyDone,
    /// Another form was sent under the same id before, and done: somebody went back and changed what they had typed.
    #[error(
        "Biểu mẫu này đã được gửi một lần và đã ghi xong với nội dung khác; lần gửi này chưa ghi gì cả. Hãy mở lại trang, xem nội \
         dung đang lưu rồi sửa tiếp."
    )]
    OtherContent,
    /// More people wait for the same work than there is room for.
    #[error("Đang có quá nhiều người chờ việc này cùng một lúc nên lần này chưa làm gì; hãy đợi vài giây rồi gửi lại.")]
    Crowded,
    /// The database is not what the anchors beside the key say.
    #[error("{0}")]
    Anchors(String),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something inside went wrong that no input explains.
    #[error(
        "Chương trình gặp lỗi khi {doing}: {cause}. Hãy báo nguyên văn câu này cho người bảo trì, không kèm dữ liệu cá nhân; chưa ghi gì cả."
    )]
    Internal {
        /// `in biên bản`.
        doing: String,
        /// For the log.
        cause: String,
    },
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub sentence: String,
}

/// What the second of two editors needs to know. The form is shown again with everything typed, at the version that is
/// stored now: sent again, it is saved on top.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{by} vừa sửa {what} này lúc {at}; những gì bạn gõ còn nguyên, hãy đối chiếu rồi lưu lại.")]
pub struct Conflict {
    /// `tài khoản`.
    pub what: &'static str,
    /// Name of the person who changed it.
    pub by: String,
    /// When, as pages write it.
    pub at: String,
    /// What is stored now.
    pub version: u64,
    /// Fields in which what is stored differs from what was typed.
    pub differences: Vec<Difference>,
}

/// A field of which two editors think differently, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What the form calls it.
    pub label: &'static str,
    /// What the other one saved.
    pub stored: String,
    /// What was typed.
    pub typed: String,
}

impl Conflict {
    /// Keeps of `fields` (label, stored, typed) those that differ.
    #[must_use]
    pub fn with_fields<const N: usize>(mut self, fields: [(&'static str, &str, &str); N]) -> Self {
        let differing = fields.into_iter().filter(|(_, stored, typed)| stored != typed);
        let difference =
            |(label, stored, typed): (_, &str, &str)| Difference { label, stored: stored.into(), typed: typed.into() };
        self.differences = differing.map(difference).collect();
        self
    }
}

impl AppError {
    /// One field that is wrong.
    pub fn field(field: &'static str, sentence: impl ToString) -> Self {
        Self::Fields { fields: vec![FieldError { field, sentence: sentence.to_string() }] }
    }

    /// A file that could not be read or written.
    pub fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }

    /// Something that no input explains.
    pub fn internal(doing: impl Into<String>, cause: impl ToString) -> Self {
        Self::Internal { doing: doing.into(), cause: cause.to_string() }
    }
}

/// What the system said, as a sentence with a next step.
pub(crate) fn io_sentence(error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::NotFound => "không tìm thấy; hãy kiểm tra lại đường dẫn",
        io::ErrorKind::PermissionDenied => "không có quyền; hãy chọn nơi khác hoặc xin quyền ghi, đọc",
        io::ErrorKind::StorageFull => "ổ đĩa đã đầy; hãy giải phóng chỗ trống rồi chạy lại",
        io::ErrorKind::ReadOnlyFilesystem => "ổ đĩa chỉ cho đọc; hãy chọn nơi khác",
        io::ErrorKind::IsADirectory => "là thư mục, không phải tệp; hãy chỉ đúng tệp",
        io::ErrorKind::NotADirectory => "có phần không phải thư mục trong đường dẫn; hãy kiểm tra lại",
        io::ErrorKind::AlreadyExists => "đã có; không ghi đè, hãy chọn tên khác",
        _ => {
            tracing::warn!(%error, "a file is not read or written");
            let code =
                error.raw_os_error().map_or_else(String::new, |code| format!(" (mã lỗi {code} của hệ điều hành)"));
            return format!("không đọc hoặc ghi được{code}; hãy kiểm tra ổ đĩa rồi chạy lại");
        }
    };
    known.to_owned()
}
