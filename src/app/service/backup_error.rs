//! Why a backup cannot be made or put back.

use std::path::PathBuf;

/// One sentence each: what is wrong, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database says that it is of an older step than it was served at.
    #[error(
        "Cơ sở dữ liệu ghi lược đồ ở bước {found}, mà máy này đã dùng nó ở bước {least} trở lên: có người sửa từ bên ngoài chương trình. Chưa sao lưu gì cả; hãy giữ nguyên cơ sở dữ liệu và khôi phục từ bản sao lưu trước."
    )]
    StepLowered { found: i64, least: i64 },
    /// None of the stanzas opens with the passphrase.
    #[error(
        "{}: mật khẩu của bản sao lưu không đúng (hoặc phần đầu của tệp đã bị sửa); hãy gõ lại mật khẩu đã dùng khi sao lưu.", .0.display()
    )]
    WrongPassphrase(PathBuf),
    /// It was made for other keys.
    #[error(
        "{}: khóa giải mã này không mở được bản sao lưu (hoặc phần đầu của tệp đã bị sửa); hãy dùng tệp khóa của đúng người nhận \
         (age1…) đã ghi khi sao lưu.", .0.display()
    )]
    WrongIdentity(PathBuf),
    #[error("{}: bản sao lưu này được khóa bằng mật khẩu; hãy bỏ --identity và nhập mật khẩu ở dòng đầu của stdin.", .0.display())]
    NeedsPassphrase(PathBuf),
    #[error("{}: bản sao lưu này được khóa cho người nhận age1…; hãy chỉ tệp khóa giải mã bằng --identity.", .0.display())]
    NeedsIdentity(PathBuf),
    /// It ends too early, or its last part was changed.
    #[error(
        "{}: tệp bị cắt cụt, hoặc đoạn cuối đã bị sửa; chưa ghi gì cả, hãy chép lại tệp hoặc dùng bản sao lưu khác.", .0.display()
    )]
    Cut(PathBuf),
    /// A byte is not the one that was written.
    #[error("{}: nội dung tệp đã bị sửa hoặc hỏng; chưa ghi gì cả, hãy chép lại tệp hoặc dùng bản sao lưu khác.", .0.display())]
    Changed(PathBuf),
    #[error("{}: không phải bản sao lưu của tinnhiem; hãy chỉ đúng tệp .age mà «tinnhiem backup» đã ghi.", .0.display())]
    NotABackup(PathBuf),
    #[error(
        "{}: bản sao lưu theo định dạng {found}, mà bản này đọc được đến định dạng {known}; hãy cài bản tinnhiem mới hơn rồi chạy lại.", .path.display()
    )]
    UnknownFormat { path: PathBuf, found: u64, known: u64 },
    /// The secret key is kept apart from every backup.
    #[error(
        "{}: chưa có khóa bí mật của hệ thống. Khóa không bao giờ nằm trong bản sao lưu: hãy chép tệp khóa được giữ riêng (và \
         tệp anchors.txt, nếu giữ) vào chỗ này với quyền 600 rồi chạy lại. Chưa ghi gì cả.", .0.display()
    )]
    NoKey(PathBuf),
    #[error(
        "{}: khóa bí mật này không phải khóa đã lập nhật ký «{origin}» trong bản sao lưu; hãy dùng đúng tệp khóa của hệ thống \
         đã sao lưu. Chưa ghi gì cả.", .path.display()
    )]
    OtherKey { path: PathBuf, origin: String },
    #[error(
        "{}: thiếu tệp đính kèm {sha256} mà bản sao lưu dùng; hãy chép cả thư mục tệp đính kèm nằm cạnh bản sao lưu rồi chạy lại. \
         Chưa ghi gì cả.", .folder.display()
    )]
    MissingFile { folder: PathBuf, sha256: String },
    #[error(
        "Tệp đính kèm {0} trong cơ sở dữ liệu không còn đúng mã băm của nó nên chưa ghi được vào thư mục sao lưu; hãy chạy «tinnhiem \
         verify --db» để biết, và dùng --out để sao lưu nguyên trạng."
    )]
    DamagedFile(String),
    #[error("{}: ổ đĩa đã đầy nên bản sao lưu này bị bỏ, không để lại gì dở dang; hãy giải phóng chỗ trống rồi chạy lại.", .0.display())]
    DiskFull(PathBuf),
    #[error("{}: đã có tệp này, không ghi đè; hãy chọn tên khác.", .0.display())]
    Exists(PathBuf),
    /// What was read back is not what was written.
    #[error(
        "{}: đọc lại bản sao lưu vừa ghi thì thấy khác với dữ liệu đã đọc nên đã bỏ bản này; hãy kiểm tra ổ đĩa rồi chạy lại.", .0.display()
    )]
    NotTheSame(PathBuf),
    #[error(
        "«{0}» không phải khóa người nhận dạng age1…; hãy chép lại nguyên khóa, hoặc lập khóa bằng «tinnhiem backup --new-key TỆP»."
    )]
    BadRecipient(String),
    #[error("{}: không có khóa giải mã dạng AGE-SECRET-KEY-1…; hãy chỉ đúng tệp khóa.", .0.display())]
    BadIdentity(PathBuf),
    #[error(
        "Mật khẩu của bản sao lưu phải có ít nhất {0} ký tự; hãy chọn mật khẩu dài hơn và giữ ở nơi khác với bản sao lưu."
    )]
    ShortPassphrase(usize),
    #[error(
        "Sao lưu nhiều lần vào một thư mục cần khóa người nhận (--recipient age1…), vì tệp đính kèm đã có không được ghi lại; muốn \
         khóa bằng mật khẩu thì sao lưu ra một tệp bằng --out."
    )]
    FolderNeedsRecipient,
    /// Both sides of a transfer are read in the end.
    #[error("Đọc lại {0} thì thấy khác với nơi chuyển đi; hãy bỏ cơ sở dữ liệu mới này và chuyển lại.")]
    TransferDiffers(String),
}
