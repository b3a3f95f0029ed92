//! `Hội đồng`: who votes, when, under which rules. One record, as a form or as a table of one row.

use jiff::civil::Date;

use crate::fields::Fields;
use crate::report::{self, Report};
use crate::schema::{Column, Layout, Need, Schema, Shape, labels};
use crate::table::SheetRecord;
use domain::council::{Council, CouncilKind, Sitting, Term};
use domain::rules::builtin_texts;

pub(crate) const NAME: Column = Column::required("Tên cơ quan", Shape::Text)
    .named(&["ten hoi dong", "ten hdnd", "hoi dong", "hoi dong nhan dan", "co quan", "ten"])
    .help("tên đầy đủ của Hội đồng như in trên văn bản.")
    .example("Hội đồng nhân dân tỉnh A");
pub(crate) const KIND: Column = Column::required("Loại và cấp", Shape::Choice(labels::<CouncilKind>))
    .named(&["loai", "cap", "loai hoi dong", "loai co quan", "loai cap", "cap hanh chinh"])
    .help("chọn trong danh sách; quyết định ai thuộc diện lấy phiếu.")
    .example("HĐND cấp tỉnh");
pub(crate) const LEGISLATURE: Column = Column::required("Khóa", Shape::Text)
    .named(&["khoa hoi dong", "khoa hdnd", "khoa quoc hoi", "khoa thu", "nhiem ky khoa"])
    .help("số của khóa, ví dụ XVII.")
    .example("XVII");
pub(crate) const TERM_FROM: Column = Column::required("Ngày bắt đầu nhiệm kỳ", Shape::Date)
    .decides()
    .named(&["bat dau nhiem ky", "nhiem ky tu", "nhiem ky tu ngay", "tu ngay", "dau nhiem ky"])
    .help("ngày đầu của nhiệm kỳ; hồ sơ tính từ ngày này.")
    .example("29/06/2021");
pub(crate) const TERM_TO: Column = Column::required("Ngày kết thúc nhiệm kỳ", Shape::Date)
    .decides()
    .named(&["ket thuc nhiem ky", "nhiem ky den", "nhiem ky den ngay", "den ngay", "cuoi nhiem ky"])
    .help("ngày cuối của nhiệm kỳ (dự kiến).")
    .example("30/06/2026");
pub(crate) const SITTING: Column = Column::required("Kỳ họp", Shape::Text)
    .named(&["ten ky hop", "hoi nghi", "ky hop hoi nghi", "ky hop thu"])
    .help("tên kỳ họp hoặc hội nghị như in trên văn bản.")
    .example("Kỳ họp thứ 13");
pub(crate) const OPENS_ON: Column = Column::required("Ngày khai mạc", Shape::Date)
    .decides()
    .named(&["khai mac", "ngay khai mac ky hop", "ngay khai mac hoi nghi"])
    .help("các thời hạn được tính lùi từ ngày này.")
    .example("12/12/2023");
pub(crate) const VOTES_ON: Column = Column::required("Ngày lấy phiếu", Shape::Date)
    .decides()
    .named(&["ngay bo phieu", "ngay lay phieu tin nhiem", "ngay bo phieu tin nhiem", "lay phieu ngay"])
    .help("ngày ghi phiếu; hồ sơ kết thúc vào ngày này.")
    .example("13/12/2023");
pub(crate) const DELEGATES_TOTAL: Column = Column::required("Tổng số đại biểu", Shape::Count)
    .named(&["so dai bieu", "tong so dai bieu hdnd", "tong so thanh vien", "tong dai bieu"])
    .help("toàn bộ đại biểu của Hội đồng, kể cả người vắng mặt.")
    .example("47");
pub(crate) const RULESET: Column = Column::required("Bộ quy tắc", Shape::Suggested(rule_sets))
    .named(&["ma bo quy tac", "quy tac", "can cu", "van ban ap dung", "ruleset"])
    .help("mã của văn bản áp dụng, chọn trong danh sách (xem lệnh «tinnhiem rules»).")
    .example("NQ96-2023-QH15");
pub(crate) const PLACE: Column = Column::required("Địa danh", Shape::Text)
    .named(&["noi ky", "dia danh ghi tren van ban", "dia diem", "noi ban hanh"])
    .help("địa danh đứng trước ngày tháng trên văn bản.")
    .example("Tỉnh A");
pub(crate) const CHAIR: Column = Column::wanted("Chủ tọa", Shape::Text)
    .named(&["chu toa ky hop", "chu tri", "nguoi chu tri", "chu tich"])
    .help("họ tên người chủ tọa, ký nghị quyết.")
    .example("Nguyễn Văn A");
pub(crate) const SECRETARY: Column = Column::wanted("Thư ký", Shape::Text)
    .named(&["thu ky ky hop", "thu ky hoi nghi", "truong doan thu ky"])
    .help("họ tên thư ký kỳ họp.")
    .example("Trần Thị B");

/// The rule sets that the program carries; a folder of rule files may add others.
fn rule_sets() -> Vec<&'static str> {
    builtin_texts().iter().map(|(id, _)| *id).collect()
}

pub(crate) const SHEET: Schema = Schema {
    title: "Hội đồng",
    names: &["thong tin chung", "hdnd", "thong tin hoi dong", "hoi dong nhan dan", "thong tin ky hop", "council"],
    need: Need::Required,
    layout: Layout::Form,
    columns: &[
        NAME,
        KIND,
        LEGISLATURE,
        TERM_FROM,
        TERM_TO,
        SITTING,
        OPENS_ON,
        VOTES_ON,
        DELEGATES_TOTAL,
        RULESET,
        PLACE,
        CHAIR,
        SECRETARY,
    ],
    help: "Thông tin chung: ai lấy phiếu, ở kỳ họp nào, theo văn bản nào. Mỗi mục một dòng, ghi vào cột «Nội dung».",
};

/// The council; `None` after the findings that say what is missing.
pub(crate) fn read(records: &[SheetRecord<'_>], report: &mut Report) -> Option<Council> {
    let record = records.first().or_else(|| {
        report.add(report::CELL_MISSING, SHEET.title, "Trang chưa có nội dung.", "Ghi các mục theo tệp mẫu.");
        None
    })?;
    for extra in records.iter().skip(1) {
        let remedy = "Mỗi tệp chỉ ghi một Hội đồng và một kỳ họp; bỏ dòng thừa.";
        report.add(report::COLUMN_TWICE, extra.place_of_record(), "Có hơn một dòng thông tin Hội đồng.", remedy);
    }
    let mut fields = Fields::new(record, report);
    // Every field is read before any is required: all findings come at once.
    let (name, kind, legislature) = (fields.text(&NAME), fields.choice(&KIND), fields.text(&LEGISLATURE));
    let (from, to) = (fields.date(&TERM_FROM), fields.date(&TERM_TO));
    let (sitting, opens_on, votes_on) = (fields.text(&SITTING), fields.date(&OPENS_ON), fields.date(&VOTES_ON));
    let (delegates_total, ruleset) = (fields.count(&DELEGATES_TOTAL), fields.text(&RULESET));
    let (place, chair, secretary) = (fields.text(&PLACE), fields.text(&CHAIR), fields.text(&SECRETARY));
    if let (Some(from), Some(to), Some(opens_on), Some(votes_on)) = (from, to, opens_on, votes_on) {
        check_days(&mut fields, [from, to, opens_on, votes_on]);
    }
    Some(Council {
        name: name?,
        kind: kind?,
        term: Term { legislature: legislature?, from: from?, to: to? },
        sitting: Sitting { name: sitting?, opens_on: opens_on?, votes_on: votes_on? },
        delegates_total: delegates_total?,
        ruleset: ruleset?,
        place: place?,
        chair: chair.unwrap_or_default(),
        secretary: secretary.unwrap_or_default(),
    })
}

fn check_days(fields: &mut Fields<'_, '_>, [from, to, opens_on, votes_on]: [Date; 4]) {
    let shown = domain::text::date_dmy;
    if to <= from {
        let what = format!("Nhiệm kỳ kết thúc ({}) trước khi bắt đầu ({}).", shown(to), shown(from));
        fields.find(report::DAYS_REVERSED, &TERM_TO, what, "Sửa ngày bắt đầu hoặc ngày kết thúc nhiệm kỳ.");
    }
    if votes_on < opens_on {
        let what = format!("Ngày lấy phiếu ({}) trước ngày khai mạc ({}).", shown(votes_on), shown(opens_on));
        fields.find(report::DAYS_REVERSED, &VOTES_ON, what, "Sửa ngày khai mạc hoặc ngày lấy phiếu.");
    }
    for (column, day) in [(OPENS_ON, opens_on), (VOTES_ON, votes_on)] {
        if from < to && !(from..=to).contains(&day) {
            let what = format!("{} ({}) nằm ngoài nhiệm kỳ {} - {}.", column.title, shown(day), shown(from), shown(to));
            fields.find(report::OUT_OF_TERM, &column, what, "Kiểm tra lại ngày và nhiệm kỳ.");
        }
    }
}
