//! `Ban kiểm phiếu`: who counts, checked against who votes.

use std::collections::BTreeSet;

use crate::fields::Fields;
use crate::report::{self, Code, Report};
use crate::schema::{Column, Layout, Need, Schema, Shape, labels};
use crate::sheets::NUMBER;
use crate::table::SheetRecord;
use domain::council::{Council, CouncilKind};
use domain::names::person_key;
use domain::roster::{Delegate, Teller, TellerRole};

pub(crate) const NAME: Column = Column::required("Họ và tên", Shape::Text)
    .decides()
    .named(&["ho ten", "ten", "ho ten thanh vien", "ho va ten thanh vien", "thanh vien", "full name"])
    .help("họ tên như ở trang Đại biểu.")
    .example("Lê Văn C")
    .width(30);
pub(crate) const ROLE: Column = Column::required("Nhiệm vụ", Shape::Choice(labels::<TellerRole>))
    .named(&["vai tro", "chuc danh", "chuc vu", "nhiem vu trong ban", "phan cong"])
    .help("Trưởng ban, Thư ký hoặc Ủy viên.")
    .example("Trưởng ban")
    .width(18);

pub(crate) const SHEET: Schema = Schema {
    title: "Ban kiểm phiếu",
    names: &["to kiem phieu", "danh sach ban kiem phieu", "kiem phieu", "thanh vien ban kiem phieu", "tellers"],
    need: Need::Wanted,
    layout: Layout::Table,
    columns: &[NUMBER, NAME, ROLE],
    help: "Thành viên Ban kiểm phiếu: một Trưởng ban, Thư ký và các Ủy viên; là đại biểu không có tên trong danh sách lấy phiếu.",
};

/// The board in order. Whether it is complete, and whether a member is voted on, the rule set decides:
/// [`readiness`](domain::readiness::readiness) says it.
pub(crate) fn read(
    records: &[SheetRecord<'_>],
    council: Option<&Council>,
    delegates: &[Delegate],
    report: &mut Report,
) -> Vec<Teller> {
    let bar = Bar::of(council);
    let known: BTreeSet<String> = delegates.iter().map(|delegate| person_key(&delegate.name)).collect();
    let mut tellers: Vec<Teller> = Vec::new();
    for record in records {
        let mut fields = Fields::new(record, report);
        let (name, role) = (fields.name(&NAME), fields.choice(&ROLE));
        let Some(name) = name else { continue };
        let key = person_key(&name);
        if tellers.iter().any(|teller| person_key(&teller.name) == key) {
            fields.find(report::BOARD_TWICE, &NAME, format!("{name} đã có trong Ban kiểm phiếu."), "Bỏ dòng thừa.");
        }
        let heads = tellers.iter().filter(|teller| teller.role == TellerRole::Head).count();
        if role == Some(TellerRole::Head) && heads > 0 {
            let remedy = "Chỉ giữ một Trưởng ban; người khác ghi Thư ký hoặc Ủy viên.";
            fields.find(report::BOARD_TWICE, &ROLE, "Ban kiểm phiếu có hai Trưởng ban.", remedy);
        }
        if !known.is_empty() && !known.contains(&key) {
            let what = format!("{name} không có ở trang Đại biểu.");
            let remedy = "Kiểm tra cách viết họ tên; thành viên Ban kiểm phiếu phải là đại biểu.";
            report.add_by_law(bar.code, record.place(&NAME), what, remedy, bar.law);
        }
        tellers.push(Teller { account: None, name, role: role.unwrap_or(TellerRole::Member) });
    }
    tellers
}

/// What keeps a person from the board, and how surely. Only the National Assembly's own rule speaks of this vote; the
/// councils' is written for the first session of a term and carried over.
struct Bar {
    code: Code,
    law: &'static str,
}

impl Bar {
    fn of(council: Option<&Council>) -> Self {
        if council.is_some_and(|council| council.kind == CouncilKind::NationalAssembly) {
            Self { code: report::TELLER_BARRED, law: "NQ 71/2022/QH15, Điều 29" }
        } else {
            Self { code: report::TELLER_DOUBTFUL, law: "HD 883/HD-UBTVQH14, điểm 5a" }
        }
    }
}
