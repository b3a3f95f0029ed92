//! Why a workbook cannot be written.

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("không ghi được bảng tính: {0}")]
pub struct ImportError(#[from] rust_xlsxwriter::XlsxError);
