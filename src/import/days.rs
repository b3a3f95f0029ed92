//! Columns in which day and month may be exchanged: a spreadsheet set to American dates makes days of what it can read as
//! month first, and leaves the rest as text.

use domain::text::{clean, date_dmy};

use super::grid::Cell;
use super::report::{self, Report};
use super::schema::Column;
use super::table::SheetRecord;

/// Tells of a column with stored days, all of them up to the twelfth, beside texts with later days.
pub(super) fn say_exchanged(records: &[SheetRecord<'_>], columns: &[Column], report: &mut Report) {
    for column in columns {
        let (mut stored, mut all_small, mut late) = (Vec::new(), true, None);
        for record in records {
            match record.cell(column) {
                Some(Cell::Date(day)) => {
                    all_small &= day.day() <= 12;
                    stored.push((record.place(column), *day));
                }
                Some(Cell::Text(text)) => late = late.or_else(|| later_than_12(text).then(|| clean(text))),
                _ => {}
            }
        }
        let (Some(text), Some((place, day)), true) = (late, stored.first(), all_small) else { continue };
        let what = format!(
            "Cột «{}» có {} ô là ngày thật, ngày đều không quá 12 (như {}), còn ngày lớn hơn 12 lại là chữ (như «{text}»): \
             có thể bảng tính đã đổi chỗ ngày và tháng.",
            column.title,
            stored.len(),
            date_dmy(*day)
        );
        let remedy = "Đối chiếu các ô ngày thật với văn bản gốc; định dạng cột là văn bản rồi gõ lại ngày/tháng/năm.";
        let code = if column.decides { report::DAYS_DECIDE } else { report::DAYS_EXCHANGED };
        report.add(code, place.clone(), what, remedy);
    }
}

/// `25/07/2022`.
fn later_than_12(text: &str) -> bool {
    let text = clean(text);
    let parts: Vec<&str> = text.split(['/', '-', '.']).map(str::trim).collect();
    let [day, month, year, ..] = parts.as_slice() else { return false };
    let number = |part: &str| part.parse::<u16>().ok();
    let has_year = year.bytes().next().is_some_and(|digit| digit.is_ascii_digit());
    has_year
        && number(day).is_some_and(|day| (13..=31).contains(&day))
        && number(month).is_some_and(|month| month <= 12)
}
