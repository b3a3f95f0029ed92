//! A fact as labelled lines for people: what a history, a notice to the second of two editors and a download compare.

use super::decimal::Decimal;
use super::fact::Fact;
use super::id::OfficialId;
use super::text::date_dmy;

/// Labels of [`lines`], in their order.
pub const LABELS: [&str; 17] = [
    "Người được lấy phiếu",
    "Lĩnh vực",
    "Loại",
    "Thời gian",
    "Nội dung",
    "Kế hoạch",
    "Thực hiện",
    "Đơn vị tính",
    "Tình trạng",
    "Hạn",
    "Số văn bản nguồn",
    "Ngày văn bản",
    "Cơ quan ban hành",
    "Trang",
    "Tệp đính kèm (SHA-256)",
    "Giải trình",
    "Càng thấp càng tốt",
];

/// The text of a fact under each of [`LABELS`]; empty where it has none. `name` gives the name of an official.
pub fn lines(fact: &Fact<OfficialId>, name: impl Fn(OfficialId) -> String) -> [String; 17] {
    let figures = fact.figures.as_ref();
    let number = |value: Option<Decimal>| value.map_or_else(String::new, |value| value.to_string());
    let source = &fact.source;
    [
        fact.officials.iter().map(|id| name(*id)).collect::<Vec<_>>().join("; "),
        fact.field.0.clone(),
        fact.kind.label().to_owned(),
        fact.period.text(),
        fact.text.clone(),
        number(figures.and_then(|figures| figures.planned)),
        number(figures.and_then(|figures| figures.actual)),
        figures.map_or_else(String::new, |figures| figures.unit.clone()),
        fact.status.map_or_else(String::new, |status| status.label().to_owned()),
        fact.due.map_or_else(String::new, date_dmy),
        source.number.clone(),
        date_dmy(source.date),
        source.issuer.clone(),
        source.page.clone().unwrap_or_default(),
        source.file.map_or_else(String::new, |file| file.to_string()),
        fact.reply.clone().unwrap_or_default(),
        figures.filter(|figures| figures.lower_is_better).map_or_else(String::new, |_| "Có".to_owned()),
    ]
}

/// A line in which two facts differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineChange {
    /// One of [`LABELS`].
    pub label: &'static str,
    pub before: String,
    pub after: String,
}

/// Lines in which `after` says something else than `before`.
pub fn changes(
    before: &Fact<OfficialId>,
    after: &Fact<OfficialId>,
    name: impl Fn(OfficialId) -> String,
) -> Vec<LineChange> {
    let pairs = lines(before, &name).into_iter().zip(lines(after, &name));
    let changed = LABELS.into_iter().zip(pairs).filter(|(_, (before, after))| before != after);
    changed.map(|(label, (before, after))| LineChange { label, before, after }).collect()
}
