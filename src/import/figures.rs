//! Figures that were typed by two conventions: `12.500` and `12,500` are both twelve thousand to somebody.

use domain::text::clean;

use super::fields::Fields;
use super::grid::Cell;
use super::report::{self, Report};
use super::schema::Column;
use super::table::SheetRecord;

/// What the separators of a typed figure say about who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    /// `1.234,5`, `1.234.567`, `12,5`.
    Vietnamese,
    /// `1,234.5`, `1,234,567`, `12.5`.
    American,
    /// `12,500`: twelve and a half, or thousands.
    LoneComma,
    /// `12.500`.
    LonePoint,
    /// No separator.
    None,
}

fn habit(text: &str) -> Habit {
    let text = clean(text);
    let digits = text.trim_end_matches('%').trim().trim_start_matches(['-', '+']);
    if !digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.' | b' ')) {
        return Habit::None;
    }
    let (commas, points) = (digits.matches(',').count(), digits.matches('.').count());
    let three_behind = |separator: char| digits.rsplit(separator).next().is_some_and(|last| last.len() == 3);
    let zero = digits.starts_with("0,") || digits.starts_with("0.");
    match (commas, points) {
        (0, 0) => Habit::None,
        (1, 0) if three_behind(',') && !zero => Habit::LoneComma,
        (0, 1) if three_behind('.') && !zero => Habit::LonePoint,
        (1, 0) => Habit::Vietnamese,
        (0, 1) => Habit::American,
        (0, _) => Habit::Vietnamese,
        (_, 0) => Habit::American,
        _ if digits.rfind(',') > digits.rfind('.') => Habit::Vietnamese,
        _ => Habit::American,
    }
}

/// The conventions of the figures of a sheet.
#[derive(Debug)]
pub(super) struct Conventions {
    columns: Vec<Column>,
    vietnamese: Option<String>,
    american: Option<String>,
}

fn typed<'g>(record: &SheetRecord<'g>, column: &Column) -> Option<&'g str> {
    if let Some(Cell::Text(text)) = record.cell(column) { Some(text) } else { None }
}

impl Conventions {
    pub(super) fn of(records: &[SheetRecord<'_>], columns: &[Column]) -> Self {
        let mut own = Self { columns: columns.to_vec(), vietnamese: None, american: None };
        for text in records.iter().flat_map(|record| columns.iter().filter_map(|column| typed(record, column))) {
            match habit(text) {
                Habit::Vietnamese => drop(own.vietnamese.get_or_insert_with(|| clean(text))),
                // A lone point before one or two digits is what a foreign keyboard makes, among Vietnamese figures too.
                Habit::American if text.contains(',') => drop(own.american.get_or_insert_with(|| clean(text))),
                _ => {}
            }
        }
        own
    }

    /// Tells of each figure of a row that the other figures of the sheet make doubtful.
    pub(super) fn say_contrary(&self, record: &SheetRecord<'_>, report: &mut Report) {
        for column in &self.columns {
            let Some(text) = typed(record, column) else { continue };
            let other = match habit(text) {
                Habit::LoneComma | Habit::LonePoint => self.american.as_deref(),
                Habit::American if text.contains(',') => self.vietnamese.as_deref(),
                _ => None,
            };
            let Some(other) = other else { continue };
            let what = format!(
                "«{}» và «{other}» trên cùng trang dùng dấu phẩy, dấu chấm theo hai cách trái nhau: phần thập phân hay hàng nghìn?",
                clean(text)
            );
            let remedy =
                "Ghi lại theo cách Việt Nam: dấu chấm giữa hàng nghìn, dấu phẩy trước phần thập phân (1.234,5).";
            report.add(report::SEPARATORS, record.place(column), what, remedy);
        }
    }
}

/// `6.125 %` reads as six thousand per cent.
pub(super) fn say_thousands_of_percent(fields: &mut Fields<'_, '_>, column: &Column, percent: bool) {
    let Some(text) = fields.typed(column).map(clean) else { return };
    if percent && habit(&text) == Habit::LonePoint {
        let what = format!(
            "«{text}» với đơn vị % được hiểu là hàng nghìn: có phải là {}%?",
            text.replace('.', ",").trim_end_matches(['%', ' '])
        );
        fields.find(report::SEPARATORS, column, what, "Ghi phần thập phân sau dấu phẩy, ví dụ 6,125.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_tell_who_typed_them() {
        for (text, expected) in [
            ("12,500", Habit::LoneComma),
            ("6.125 %", Habit::LonePoint),
            ("13,120.5", Habit::American),
            ("1.234,5", Habit::Vietnamese),
            ("1.234.567", Habit::Vietnamese),
            ("1,234,567", Habit::American),
            ("12,5%", Habit::Vietnamese),
            ("0,125", Habit::Vietnamese),
            ("120", Habit::None),
            ("mười", Habit::None),
        ] {
            assert_eq!(habit(text), expected, "{text}");
        }
    }
}
