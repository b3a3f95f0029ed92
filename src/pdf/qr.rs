//! QR codes as filled areas.

use qrcodegen::{QrCode, QrCodeEcc};

use super::PdfError;
use super::layout::{BLACK, Shape};
use super::length::{Length, Rect};

/// Light modules around a code (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: i32 = 4;

/// `text` as a QR code that fills `area` with its quiet zone; error correction M or better. Dark modules that lie side
/// by side are one area.
///
/// # Errors
/// More text than the largest code holds.
pub fn code(text: &str, area: Rect) -> Result<Shape, PdfError> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| PdfError::QrTooLong { length: text.len() })?;
    let modules = i64::from(code.size() + QUIET_ZONE * 2);
    let edge = |start: Length, module: i32| start + area.width.share(i64::from(module + QUIET_ZONE), modules);
    let mut areas = Vec::new();
    for row in 0..code.size() {
        let (top, bottom) = (edge(area.y, row), edge(area.y, row + 1));
        let mut column = 0;
        while column < code.size() {
            let from = column;
            while code.get_module(column, row) {
                column += 1;
            }
            if column > from {
                let x = edge(area.x, from);
                areas.push(Rect { x, y: top, width: edge(area.x, column) - x, height: bottom - top });
            }
            column += 1;
        }
    }
    Ok(Shape::Fill { areas, grey: BLACK })
}
