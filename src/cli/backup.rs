//! `tinnhiem backup`: everything in one encrypted file, while the service goes on.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use super::{Answer, machine, out};
use app::AppError;
use app::backup::{self, Asked, Lock, Made, Place};
use app::installation::data_folder::{key_file, target};
use app::service::backup_error::BackupError;
use app::service::backups::{self, BackupLine};
use app::service::clock;

/// Sao lưu toàn bộ cơ sở dữ liệu và tệp đính kèm ra tệp mã hóa, dịch vụ vẫn chạy; đọc lại và đối chiếu xong mới đặt tên.
///
/// Khóa bí mật của hệ thống (secret.key) KHÔNG bao giờ nằm trong bản sao lưu: hãy giữ một bản riêng, ở nơi khác. Mất khóa thì vẫn
/// đọc và kiểm chứng được nhật ký, nhưng không ký tiếp được, không mở được số liệu đang niêm phong và mã xác thực phải lập lại.
/// Phiên đăng nhập không được sao lưu.
#[derive(clap::Args)]
pub struct Args {
    /// Ghi tất cả ra một tệp mới
    #[arg(long, value_name = "TỆP", required_unless_present_any = ["to", "new_key"], conflicts_with_all = ["to", "new_key"])]
    out: Option<PathBuf>,
    /// Ghi vào thư mục các bản sao lưu; tệp đính kèm đã có ở đó thì không ghi lại
    #[arg(long, value_name = "THƯ_MỤC", requires = "recipient", conflicts_with = "new_key")]
    to: Option<PathBuf>,
    /// Khóa người nhận age1…, nhắc lại được; không có thì khóa bằng mật khẩu ở dòng đầu của stdin
    #[arg(long, value_name = "KHÓA")]
    recipient: Vec<String>,
    /// Chỉ lập một cặp khóa: khóa giải mã vào tệp này, khóa người nhận in ra stdout
    #[arg(long, value_name = "TỆP", conflicts_with = "recipient")]
    new_key: Option<PathBuf>,
    /// Thư mục có khóa bí mật và, trừ khi DATABASE_URL chỉ nơi khác, cơ sở dữ liệu
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    if let Some(path) = &args.new_key {
        let public = backup::new_identity(path)?;
        out::message(&format!(
            "{}: khóa giải mã các bản sao lưu, hãy cất ở nơi khác với máy chủ và với bản sao lưu. Khóa người nhận:",
            path.display()
        ));
        out::data(&public);
        return Ok(Answer::Yes);
    }
    let place = match (&args.out, &args.to) {
        (Some(file), _) => Place::File(file.clone()),
        (None, Some(folder)) => Place::Folder(folder.clone()),
        (None, None) => return Err(AppError::Input("Hãy thêm --out hoặc --to.".to_owned())),
    };
    let lock = if args.recipient.is_empty() {
        let passphrase = out::secret("Mật khẩu của bản sao lưu:")?;
        if std::io::stdin().is_terminal() && out::secret("Nhập lại mật khẩu:")? != passphrase {
            return Err(AppError::Input("Hai lần nhập mật khẩu khác nhau; hãy chạy lại.".to_owned()));
        }
        Lock::passphrase(passphrase)?
    } else {
        Lock::recipients(&args.recipient)?
    };
    let url = machine::database_url();
    let target = target(&args.data, url.as_deref())?;
    let at = clock::now_text()?;
    let least_step = backup::least_step(&args.data)?;
    let made = machine::runtime_with_worker()?.block_on(backup::make(&target, Asked { place, lock, at, least_step }));
    // A name that is taken is a slip of whoever typed it, and no backup that failed.
    if !matches!(made, Err(AppError::Backup(BackupError::Exists(_)))) {
        note(&args.data, BackupLine { at, outcome: backup::outcome_of(&made) });
    }
    told(&made?);
    Ok(Answer::Yes)
}

/// A backup is one whether its line is written or not. Nothing is written into a folder that is none of an installation.
fn note(data: &Path, line: BackupLine) {
    if data.is_dir()
        && key_file(data).exists()
        && let Err(cause) = backups::add(data, line)
    {
        out::message(&cause.to_string());
    }
}

fn told(made: &Made) {
    let Made { file, bytes, sha256, header, rows, files } = made;
    out::data(&format!("{}\n  {bytes} byte, SHA-256 {sha256}", file.display()));
    out::data(&format!(
        "  lúc {}; lược đồ bước {}; {} nhật ký; {rows} dòng dữ liệu",
        clock::in_vietnam(header.at),
        header.schema,
        header.logs.len()
    ));
    if let Some(name) = &header.files {
        out::data(&format!(
            "  tệp đính kèm ở thư mục {name} bên cạnh: {} tệp mới, {} tệp đã có, phải giữ cùng bản sao lưu",
            files.new, files.kept
        ));
    }
    out::data("  đã đọc lại, giải mã, đếm và đối chiếu mã băm: đúng như dữ liệu đã đọc");
    out::message(
        "Khóa bí mật của hệ thống (secret.key) không nằm trong bản sao lưu: hãy giữ một bản riêng cùng tệp anchors.txt. Mất khóa \
         thì không ký tiếp được nhật ký và không mở được số liệu đang niêm phong.",
    );
}
