//! The blank workbook.

use std::path::Path;

use crate::service::error::AppError;
use crate::service::files;
use import;

/// Writes the blank workbook to `out`.
///
/// # Errors
/// When there is a file already, which an office may have filled in, or the folder can't be written.
pub fn write(out: &Path) -> Result<(), AppError> {
    files::require_free(out)?;
    let bytes = import::template_xlsx().map_err(|e| AppError::internal("tạo bảng tính mẫu", e))?;
    files::write(out, &bytes)
}
