//! The folder of a demo's database: only a demo replaces it, and only while no demo serves it.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use crate::service::error::AppError;

/// The folder of key and database among the papers.
pub const DATA: &str = "data";
/// Tells a demo's folder from that of a service, which nothing replaces, and is locked while the demo serves.
const MARKER: &str = "DIEN-TAP.txt";
const MARKER_TEXT: &str = "Cơ sở dữ liệu mẫu của «tinnhiem demo». Lần chạy «tinnhiem demo» sau vào cùng thư mục sẽ xóa và \
                           thay cả thư mục này; đừng dùng nó cho việc thật.\n";

/// Says in the folder `data` that it is a demo's.
pub(crate) fn mark(data: &Path) -> Result<(), AppError> {
    let marker = data.join(MARKER);
    fs::write(&marker, MARKER_TEXT).map_err(|e| AppError::file(&marker, e))
}

/// Whether the folder `data` is a demo's.
pub(crate) fn is_marked(data: &Path) -> bool {
    data.join(MARKER).is_file()
}

/// Refuses to replace the folder `data`, unless it is a demo's that nobody serves.
pub(crate) fn may_replace(data: &Path) -> Result<(), AppError> {
    if is_marked(data) {
        return lock(data).map(drop);
    }
    Err(AppError::Input(format!(
        "{}: không phải cơ sở dữ liệu của «tinnhiem demo», không ghi đè; hãy chọn thư mục khác bằng --out.",
        data.display()
    )))
}

/// Locks the folder until the file is dropped.
///
/// # Errors
/// When another demo holds the lock.
pub(crate) fn lock(data: &Path) -> Result<File, AppError> {
    let marker = data.join(MARKER);
    let file = File::open(&marker).map_err(|e| AppError::file(&marker, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(AppError::Input(format!(
            "{}: một «tinnhiem demo» khác đang phục vụ từ thư mục này; hãy dừng nó bằng Ctrl+C, hoặc chọn thư mục khác bằng \
             --out.",
            data.display()
        ))),
        Err(TryLockError::Error(e)) => Err(AppError::file(&marker, e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_replaced_when_it_is_a_demos_and_nobody_serves_it() {
        let home = tempfile::tempdir().expect("folder");
        let refused = |says: &str| {
            let refusal = may_replace(home.path()).expect_err("refused").to_string();
            assert!(refusal.contains(says), "{refusal}");
        };
        refused("không phải cơ sở dữ liệu của «tinnhiem demo»");
        mark(home.path()).expect("marked");
        may_replace(home.path()).expect("a demo's");
        let held = lock(home.path()).expect("lock");
        refused("đang phục vụ");
        drop(held);
        may_replace(home.path()).expect("it ended");
    }
}
