//! `tinnhiem transfer`: from SQLite to PostgreSQL, or back.

use super::{Answer, machine, out};
use app::{AppError, backup};

/// Chuyển toàn bộ dữ liệu giữa SQLite và PostgreSQL, nhật ký giống từng byte; đọc lại cả hai bên và đối chiếu.
///
/// Hãy dừng dịch vụ trước khi chuyển, rồi chạy lại với DATABASE_URL mới: những gì ghi thêm vào nơi cũ không sang nơi mới. Khóa bí
/// mật và tệp điểm neo ở lại thư mục dữ liệu. Mật khẩu PostgreSQL nên để ở PGPASSWORD hoặc ~/.pgpass, không ghi trên dòng lệnh.
#[derive(clap::Args)]
pub struct Args {
    /// Nơi đang có dữ liệu: sqlite:TỆP hoặc postgres://…
    #[arg(value_name = "TỪ")]
    from: String,
    /// Cơ sở dữ liệu trống để chuyển tới
    #[arg(value_name = "ĐẾN")]
    to: String,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let (from, to) = (backup::place_of(&args.from)?, backup::place_of(&args.to)?);
    let done = machine::runtime_with_worker()?.block_on(backup::transfer(&from, &to))?;
    for log in &done.logs {
        out::data(&format!(
            "  {}: {} bản ghi, mã gốc {}",
            log.head.origin.as_str(),
            log.head.size,
            log.head.root.grouped()
        ));
    }
    out::data(&format!(
        "Đã chuyển {} dòng của {} bảng từ {from} sang {to}; đọc lại hai bên giống nhau từng byte.",
        done.rows, done.tables
    ));
    out::message("Mọi người phải đăng nhập lại: phiên đăng nhập không được chuyển.");
    Ok(Answer::Yes)
}
