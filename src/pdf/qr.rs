//! QR codes as filled areas.

use qrcodegen::{QrCode, QrCodeEcc};

use super::error::PdfError;
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

/// A QR code as an SVG path.
pub struct QrPath {
    /// Modules from edge to edge, with the quiet zone.
    pub edge: i32,
    /// The dark modules, as data of an SVG path.
    pub dark: String,
}

/// `text` as a QR code for a page on the screen; error correction M or better.
///
/// # Errors
/// More text than the largest code holds.
pub fn path(text: &str) -> Result<QrPath, PdfError> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| PdfError::QrTooLong { length: text.len() })?;
    let mut dark = String::new();
    for row in 0..code.size() {
        for column in (0..code.size()).filter(|column| code.get_module(*column, row)) {
            dark.push_str(&format!("M{} {}h1v1h-1z", column + QUIET_ZONE, row + QUIET_ZONE));
        }
    }
    Ok(QrPath { edge: code.size() + QUIET_ZONE * 2, dark })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_covered_and_no_light_one() {
        let area = Rect::square(Length::mm(18), Length::mm(268), Length::mm(20));
        let Ok(Shape::Fill { areas, grey: BLACK }) = code("F1-3F9A2C/1", area) else { panic!("a short text") };
        let expected = QrCode::encode_text("F1-3F9A2C/1", QrCodeEcc::Medium).expect("short");
        let modules = expected.size() + QUIET_ZONE * 2;
        for row in 0..modules {
            for column in 0..modules {
                let middle =
                    |start: Length, n: i32| start + area.width.share(i64::from(n) * 2 + 1, i64::from(modules) * 2);
                let (x, y) = (middle(area.x, column), middle(area.y, row));
                let covered = areas.iter().filter(|a| a.x <= x && x < a.right() && a.y <= y && y < a.bottom()).count();
                let dark = expected.get_module(column - QUIET_ZONE, row - QUIET_ZONE);
                assert_eq!(covered, usize::from(dark), "module {column}, {row}");
            }
        }
    }
}
