//! `Đại biểu`: who votes.

use std::collections::BTreeSet;

use crate::fields::Fields;
use crate::report::{self, Report};
use crate::schema::{Column, Layout, Need, Schema, Shape};
use crate::sheets::NUMBER;
use crate::table::SheetRecord;
use domain::council::Council;
use domain::names::person_key;
use domain::roster::Delegate;
use domain::text::fold;

pub(crate) const NAME: Column = Column::required("Họ và tên", Shape::Text)
    .decides()
    .named(&["ho ten", "ten", "ho ten dai bieu", "ho va ten dai bieu", "dai bieu", "ten dai bieu", "full name"])
    .help("họ tên đầy đủ của đại biểu.")
    .example("Trần Thị B")
    .width(30);
pub(crate) const GROUP: Column = Column::optional("Tổ đại biểu", Shape::Text)
    .named(&["to", "doan", "doan dai bieu", "don vi bau cu", "to dai bieu hdnd", "nhom"])
    .help("tổ hoặc đoàn đại biểu, nếu có.")
    .example("Tổ số 1")
    .width(24);

pub(crate) const SHEET: Schema = Schema {
    title: "Đại biểu",
    names: &[
        "danh sach dai bieu",
        "dai bieu hdnd",
        "danh sach dai bieu hdnd",
        "thanh vien",
        "dai bieu quoc hoi",
        "delegates",
    ],
    need: Need::Wanted,
    layout: Layout::Table,
    columns: &[NUMBER, NAME, GROUP],
    help: "Toàn bộ đại biểu của Hội đồng, mỗi người một dòng, kể cả người vắng mặt.",
};

/// The delegates in order.
pub(crate) fn read(records: &[SheetRecord<'_>], council: Option<&Council>, report: &mut Report) -> Vec<Delegate> {
    let mut delegates: Vec<Delegate> = Vec::new();
    let mut seen = BTreeSet::new();
    for record in records {
        let mut fields = Fields::new(record, report);
        let (name, group) = (fields.name(&NAME), fields.text(&GROUP));
        let Some(name) = name else { continue };
        let (key, bare) = (person_key(&name), fold(&name));
        let near = |other: &&Delegate| fold(&other.name) == bare && person_key(&other.name) != key;
        if let Some(other) = delegates.iter().find(near) {
            let what = format!("«{name}» và «{}» ở phía trên chỉ khác dấu: có phải là một người?", other.name);
            fields.find(report::MAY_BE_ONE, &NAME, what, "Nếu là một người, bỏ một dòng.");
        }
        if !seen.insert((key, group.as_ref().map(|group| fold(group)))) {
            let what = format!("Đại biểu {name} đã có ở một dòng phía trên.");
            let remedy = "Bỏ dòng thừa; nếu là hai người trùng tên, ghi thêm năm sinh sau họ tên.";
            fields.find(report::DELEGATE_TWICE, &NAME, what, remedy);
        }
        delegates.push(Delegate { name, group });
    }
    let total = council.and_then(|council| usize::try_from(council.delegates_total).ok());
    if let Some(total) = total.filter(|total| !delegates.is_empty() && *total != delegates.len()) {
        let what = format!("Trang có {} đại biểu, còn trang Hội đồng ghi tổng số {total}.", delegates.len());
        let remedy = "Sửa danh sách hoặc tổng số; tỷ lệ theo tổng số đại biểu dùng số ghi ở trang Hội đồng.";
        report.add(report::DELEGATES_TOTAL, SHEET.title, what, remedy);
    }
    delegates
}
