//! The six sheets of a workbook, one file each: its columns as data, and its records as domain values.

pub(super) mod council;
pub(super) mod delegates;
pub(super) mod directory;
pub(super) mod facts;
pub(super) mod officials;
pub(super) mod results;
pub(super) mod tellers;

use super::schema::{Column, Schema};

/// Running number; also the cell that marks example lines.
pub(super) const NUMBER: Column = Column::ignored("STT").named(&["so tt", "tt", "so thu tu", "stt tt"]).width(11);

/// All sheets, in the order of the template.
pub(super) const ALL: [&Schema; 6] =
    [&council::SHEET, &officials::SHEET, &delegates::SHEET, &tellers::SHEET, &facts::SHEET, &results::SHEET];
