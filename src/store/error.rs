//! Errors of the database: a Vietnamese sentence for users, the cause for the log.

use std::path::PathBuf;
use std::sync::Arc;

use super::figures;
use domain::audit::UtcTime;
use domain::audit::batches::BatchFault;
use domain::audit::canonical::ReadError;
use domain::audit::row_tag::TaggedTable;
use domain::record::Subject;

/// An error of the store. The text is Vietnamese and says what to do; the cause is its `source`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL's scheme is neither `sqlite:` nor `postgres:`.
    #[error("DATABASE_URL bắt đầu bằng «{0}:», mà chương trình chỉ dùng được sqlite: hoặc postgres:; hãy sửa lại.")]
    UnknownScheme(String),
    /// The URL has a known scheme and does not parse.
    #[error(
        "DATABASE_URL viết chưa đúng mẫu; ví dụ: sqlite:data/tinnhiem.db hoặc postgres://tinnhiem@localhost/tinnhiem."
    )]
    Url(#[source] sqlx::Error),
    /// A server on another machine that is not asked for its certificate.
    #[error(
        "DATABASE_URL: máy chủ PostgreSQL {0} ở máy khác mà kết nối không đòi chứng thư của nó, nên ai trên đường truyền cũng đọc hoặc giả được dữ liệu; hãy thêm ?sslmode=verify-full&sslrootcert=TỆP_CHỨNG_THƯ vào cuối DATABASE_URL (xem README, phần «Connections»)."
    )]
    Unproven(String),
    /// The database holds tables of another program.
    #[error(
        "{0} là cơ sở dữ liệu của chương trình khác; hãy chỉ sang tệp hoặc cơ sở dữ liệu khác. Chưa ghi gì vào đó."
    )]
    NotOurs(String),
    /// The file is not a SQLite database.
    #[error("{} không phải tệp cơ sở dữ liệu SQLite; hãy chỉ sang tệp khác.", .0.display())]
    NotADatabase(PathBuf),
    /// No permission for the file or its folder, or the folder cannot be created.
    #[error("Không mở hay tạo được {}; hãy kiểm tra đường dẫn và quyền đọc, ghi của thư mục đó.", .0.display())]
    CannotOpen(PathBuf, #[source] sqlx::Error),
    /// There is no database of this program at the target.
    #[error("{0}: chưa có cơ sở dữ liệu của tinnhiem ở đây; hãy xem lại --data hoặc DATABASE_URL.")]
    Missing(String),
    /// Something is in a database that is to be filled.
    #[error(
        "{0}: ở đây đã có dữ liệu hoặc bảng của một bước lược đồ khác, không ghi đè; hãy chỉ sang cơ sở dữ liệu trống (tệp chưa có, \
         hoặc một cơ sở dữ liệu PostgreSQL vừa tạo) rồi chạy lại. Chưa ghi gì cả."
    )]
    NotEmpty(String),
    /// What is to be put in is none of the schema that it says.
    #[error("Nội dung của bảng «{0}» không đúng lược đồ mà bản sao ghi; hãy dùng bản sao lưu khác. Chưa ghi gì cả.")]
    Unreadable(String),
    /// Migrations of this program have not run.
    #[error(
        "Cơ sở dữ liệu chưa được nâng cấp (lược đồ {found}, bản này cần {known}); hãy chạy «tinnhiem serve» một lần để nâng cấp."
    )]
    OlderSchema { found: i64, known: i64 },
    /// The database has migrations that this program does not know.
    #[error(
        "Cơ sở dữ liệu đã được một bản tinnhiem mới hơn nâng cấp (lược đồ {found}, bản này biết đến {known}); hãy cài bản mới hơn rồi chạy lại."
    )]
    NewerSchema { found: i64, known: i64 },
    /// A migration was changed after it had run.
    #[error(
        "Lược đồ của cơ sở dữ liệu không khớp với chương trình ở bước {0}; hãy khôi phục từ bản sao lưu hoặc báo người bảo trì."
    )]
    BrokenSchema(i64),
    /// Another process holds the lock.
    #[error("Cơ sở dữ liệu đang bận; hãy thử lại sau ít giây.")]
    Busy(#[source] sqlx::Error),
    /// The database is read-only.
    #[error("Cơ sở dữ liệu chỉ cho đọc; hãy cấp quyền ghi cho tài khoản chạy chương trình.")]
    ReadOnly(#[source] sqlx::Error),
    /// The disk is full.
    #[error("Ổ đĩa của cơ sở dữ liệu đã đầy; hãy giải phóng chỗ trống rồi thử lại.")]
    DiskFull(#[source] sqlx::Error),
    /// The disk failed in another way: nobody knows what of a commit got there.
    #[error(
        "Ổ đĩa của cơ sở dữ liệu không đọc hay ghi được (hỏng, mất kết nối hoặc đầy); hãy kiểm tra ổ đĩa, rồi mở lại trang xem việc này đã được ghi chưa trước khi gửi lại."
    )]
    Disk(#[source] sqlx::Error),
    /// Somebody renamed, removed or replaced the file while it was served.
    #[error(
        "Tệp cơ sở dữ liệu {} đã bị đổi tên, xóa hoặc thay bằng tệp khác trong lúc chương trình đang chạy nên chưa ghi gì cả; hãy dừng chương trình, đưa đúng tệp trở lại chỗ cũ rồi chạy lại.", .0.display()
    )]
    Moved(PathBuf),
    /// The connection cannot be made, or was lost.
    #[error(
        "Không kết nối được cơ sở dữ liệu; hãy kiểm tra máy chủ cơ sở dữ liệu rồi thử lại. Việc đang làm chưa được ghi."
    )]
    Gone(#[source] sqlx::Error),
    /// The connection was lost during a commit: it is unknown whether the commit succeeded.
    #[error(
        "Mất kết nối cơ sở dữ liệu đúng lúc đang ghi, chưa biết đã ghi được hay chưa; hãy mở lại trang để xem, rồi gửi lại nếu chưa có. Gửi lại cùng biểu mẫu đó không bị ghi hai lần."
    )]
    Unsure(#[source] sqlx::Error),
    /// A constraint or trigger refused the change.
    #[error("Cơ sở dữ liệu từ chối thay đổi này vì trái với ràng buộc dữ liệu; chưa ghi gì cả.")]
    Refused(#[source] sqlx::Error),
    /// Another person changed the row since it was read.
    #[error("Người khác vừa sửa mục này; hãy xem lại bản mới rồi sửa tiếp.")]
    Stale,
    /// A stored value does not parse: the database was changed outside the program.
    #[error("Dữ liệu đã lưu không đúng mẫu ({0}); hãy chạy «tinnhiem doctor» và báo người bảo trì.")]
    Corrupt(String),
    /// The rule set that a poll froze is not the one whose hash its log holds: the row was changed outside the program.
    #[error(
        "Bộ quy tắc của cuộc bỏ phiếu này không còn đúng bản đã chốt: SHA-256 của văn bản trong cơ sở dữ liệu khác với số ghi trong nhật ký, nghĩa là dữ liệu đã bị sửa từ bên ngoài. Cuộc bỏ phiếu dừng ở đây; hãy chạy «tinnhiem doctor», khôi phục từ bản sao lưu rồi làm tiếp."
    )]
    ChangedRules,
    /// The counts of a batch under seal are not those whose commitment the poll's log holds.
    #[error(
        "Số liệu đã niêm phong của tập phiếu số {batch}, mẫu phiếu {form} {}: dữ liệu đã bị sửa từ bên ngoài. Chưa ghi gì cả; hãy giữ nguyên cơ sở dữ liệu, chạy «tinnhiem verify --db», rồi khôi phục từ bản sao lưu hoặc mở lại tập phiếu này và đếm lại từ giấy.",
        .fault.label()
    )]
    ForgedBatch { form: String, batch: u32, fault: BatchFault },
    /// The counts of a batch under seal do not open: the installation's key is not the one that sealed them.
    #[error(
        "Số liệu đã niêm phong của tập phiếu số {batch}, mẫu phiếu {form} không mở được: thiếu khóa bí mật đã dùng khi đếm. Chưa ghi gì cả; hãy đặt đúng tệp khóa đó (bản sao lưu cơ sở dữ liệu không có khóa) vào thư mục dữ liệu rồi làm lại; nếu khóa đã đúng thì dòng này bị sửa từ bên ngoài, hãy mở lại tập phiếu này và đếm lại từ giấy."
    )]
    LockedBatch { form: String, batch: u32 },
    /// A log is not what the program wrote: its head has not the tag of the installation's key, or its entries not that head.
    #[error(
        "Nhật ký «{origin}» đã bị sửa từ bên ngoài chương trình: nội dung không còn khớp mã xác thực mà chương trình ghi bằng khóa bí mật. Chưa ghi gì cả và không bước nào được ghi tiếp; hãy giữ nguyên cơ sở dữ liệu, chạy «tinnhiem verify --db», rồi khôi phục từ bản sao lưu."
    )]
    Rewritten { origin: String },
    /// A row that says who somebody is was not written by the program: it has not the tag of the installation's key.
    #[error("{}", forged_sentence(*table, row))]
    Forged { table: TaggedTable, row: String },
    /// A row of a record is other than its newest version: somebody changed it past the program.
    #[error(
        "Dữ liệu đang lưu ({} {record}) đã bị sửa từ bên ngoài chương trình: không còn đúng phiên bản mới nhất của nó. Chưa ghi gì cả; hãy giữ nguyên cơ sở dữ liệu, chạy «tinnhiem verify --db», rồi khôi phục từ bản sao lưu.",
        subject.code()
    )]
    ForgedRecord { subject: Subject, record: String },
    /// The clock is too far behind the last entry of a log.
    #[error(
        "Đồng hồ máy chủ ({now}, giờ UTC) chậm hơn bản ghi cuối của nhật ký ({last}) nên chưa ghi gì cả. Hãy chỉnh đồng hồ máy \
         chủ cho đúng rồi làm lại; nếu giờ máy đang đúng mà nhật ký mang giờ sai, hai người hãy xác nhận giờ máy bằng lệnh \
         «tinnhiem clock» trên máy chủ."
    )]
    ClockBehind { now: UtcTime, last: UtcTime },
    /// The clock jumped ahead.
    #[error(
        "Đồng hồ máy chủ ({now}, giờ UTC) nhảy vượt quá xa so với bản ghi cuối của nhật ký ({last}) nên chưa ghi gì cả. Hãy \
         chỉnh đồng hồ máy chủ cho đúng rồi làm lại; nếu giờ máy đang đúng, hai người hãy xác nhận giờ máy bằng lệnh \
         «tinnhiem clock» trên máy chủ."
    )]
    ClockAhead { now: UtcTime, last: UtcTime },
    /// An entry cannot be appended to the log.
    #[error("Không ghi được nhật ký: {0}.")]
    Log(String),
    /// The work panicked, or went on after a refused statement.
    #[error("Việc này bị ngắt giữa chừng do lỗi của chương trình, chưa ghi gì cả; hãy báo người bảo trì.")]
    BrokeOff,
    /// The writing task has ended.
    #[error("Chương trình đang dừng; việc này chưa được ghi, hãy thử lại sau khi chương trình chạy lại.")]
    Stopping,
    /// The error of a group commit, shared by all its jobs.
    #[error(transparent)]
    Shared(#[from] Arc<StoreError>),
    /// Any other error of the database.
    #[error("Cơ sở dữ liệu gặp lỗi; hãy thử lại, nếu vẫn lỗi thì chạy «tinnhiem doctor» và báo người bảo trì.")]
    Other(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let known = Self::of(error);
        // A refusal is caused by the input, not by the database.
        if !matches!(known, Self::Refused(_)) {
            figures::count_error();
        }
        known
    }
}

impl StoreError {
    fn of(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::Gone(error)
            }
            // What [`Row::get`](crate::sql::Row::get) refuses.
            sqlx::Error::Decode(cause) => Self::Corrupt(cause.to_string()),
            sqlx::Error::Database(cause) => match cause.code().as_deref() {
                // SQLite result codes (sqlite.org/rescode.html), extended ones by their low byte.
                Some("5" | "6" | "261" | "517" | "262") => Self::Busy(error),
                Some("8" | "264" | "520" | "776" | "1032" | "1288" | "1544" | "25006") => Self::ReadOnly(error),
                Some("13" | "53100") => Self::DiskFull(error),
                Some("58030") => Self::Disk(error),
                Some(code) if is_sqlite_io(code) => Self::Disk(error),
                // PostgreSQL SQLSTATE: 08 connection, 57P administrator, 53300 too many connections.
                Some("57P01" | "57P02" | "57P03" | "53300") => Self::Gone(error),
                Some("55P03" | "40001" | "40P01") => Self::Busy(error),
                Some(code) if code.starts_with("08") => Self::Gone(error),
                Some(code) if code.starts_with("23") => Self::Refused(error),
                // A trigger of ours said no.
                Some("1811") => Self::Refused(error),
                _ if cause.is_unique_violation() || cause.is_foreign_key_violation() || cause.is_check_violation() => {
                    Self::Refused(error)
                }
                _ => Self::Other(error),
            },
            _ => Self::Other(error),
        }
    }
}

/// What somebody reads whose account, session or slip is none that the program wrote.
fn forged_sentence(table: TaggedTable, row: &str) -> String {
    let (what, now) = match table {
        TaggedTable::Accounts => ("Tài khoản", "không ai đăng nhập hay làm gì bằng tài khoản này được"),
        TaggedTable::Sessions => ("Phiên đăng nhập", "phiên này không dùng được, hãy đăng nhập lại"),
        TaggedTable::Slips => ("Thẻ truy cập", "thẻ này không dùng được, hãy xin văn phòng thẻ mới"),
    };
    format!(
        "{what} {row} đã bị sửa từ bên ngoài chương trình: dữ liệu không còn khớp mã xác thực ghi bằng khóa bí mật. Lần này chưa \
         ghi gì cả và {now}; hãy báo ngay người vận hành hệ thống để giữ nguyên cơ sở dữ liệu, chạy «tinnhiem verify --db» rồi \
         khôi phục từ bản sao lưu."
    )
}

/// `SQLITE_IOERR`, whatever failed. PostgreSQL's codes have five letters.
fn is_sqlite_io(code: &str) -> bool {
    code.len() < 5 && code.parse::<u16>().is_ok_and(|code| code & 0xff == 10)
}

impl From<ReadError> for StoreError {
    fn from(error: ReadError) -> Self {
        Self::Log(error.to_string())
    }
}

impl StoreError {
    /// Whether a retry may succeed.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Busy(_) | Self::Gone(_) | Self::Unsure(_) | Self::Stopping => true,
            Self::DiskFull(_) | Self::Disk(_) | Self::Moved(_) => true,
            Self::Shared(cause) => cause.is_passing(),
            _ => false,
        }
    }

    /// Whether the disk of the database refused something.
    pub fn is_of_disk(&self) -> bool {
        match self {
            Self::DiskFull(_) | Self::Disk(_) => true,
            Self::Shared(cause) => cause.is_of_disk(),
            _ => false,
        }
    }

    /// Whether the file of the database is no longer where it was opened.
    pub fn is_moved(&self) -> bool {
        match self {
            Self::Moved(_) => true,
            Self::Shared(cause) => cause.is_moved(),
            _ => false,
        }
    }

    /// Whether somebody changed what the log vouches for: no retry helps, and nobody but the office can put it right.
    pub fn is_tampering(&self) -> bool {
        match self {
            Self::ChangedRules | Self::ForgedBatch { .. } | Self::Forged { .. } | Self::ForgedRecord { .. } => true,
            Self::Shared(cause) => cause.is_tampering(),
            _ => false,
        }
    }

    /// Whether nothing is written until somebody sets the clock of the machine right.
    pub fn is_of_clock(&self) -> bool {
        match self {
            Self::ClockBehind { .. } | Self::ClockAhead { .. } => true,
            Self::Shared(cause) => cause.is_of_clock(),
            _ => false,
        }
    }

    /// The error of a failed commit: [`Self::Unsure`] where the connection was lost.
    pub(super) fn of_commit(error: sqlx::Error) -> Self {
        match Self::from(error) {
            Self::Gone(cause) => Self::Unsure(cause),
            known => known,
        }
    }

    /// A stored value does not parse; `what` names the column.
    pub(super) fn corrupt(what: impl ToString) -> Self {
        Self::Corrupt(what.to_string())
    }
}
