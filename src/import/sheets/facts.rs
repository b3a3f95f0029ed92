//! `Dữ kiện`: dated statements about officials, each with the paper that proves it.

use crate::days;
use crate::fields::Fields;
use crate::figures;
use crate::number::Figure;
use crate::report::{self, Report};
use crate::schema::{Column, Layout, Need, Schema, Shape, labels};
use crate::sheets::NUMBER;
use crate::sheets::directory::{Directory, Unresolved};
use crate::table::SheetRecord;
use domain::council::Council;
use domain::decimal::Decimal;
use domain::fact::{Fact, FactKind, Figures, Period, Source, Status};
use domain::official::{Field, OfficialNo};

pub(crate) const OFFICIALS: Column = Column::required("Người được lấy phiếu", Shape::List)
    .decides()
    .named(&["can bo", "nguoi", "ho ten", "ho va ten", "nguoi phu trach", "nguoi lien quan", "ten"])
    .help("họ tên như ở trang Người được lấy phiếu; nhiều người cách nhau bằng dấu «;».")
    .example("Nguyễn Văn A")
    .width(24);
pub(crate) const FIELD: Column = Column::required("Lĩnh vực", Shape::Text)
    .named(&["linh vuc cong tac", "nganh", "mang cong viec"])
    .help("lĩnh vực công tác mà dữ kiện nói đến.")
    .example("Ngân sách")
    .width(16);
pub(crate) const KIND: Column = Column::required("Loại", Shape::Choice(labels::<FactKind>))
    .named(&["loai du kien", "phan loai", "nhom du kien"])
    .help("chọn trong danh sách.")
    .example("Chỉ tiêu")
    .width(20);
pub(crate) const PERIOD: Column = Column::required("Thời gian", Shape::Period)
    .named(&["ngay", "ngay hoac ky", "ky", "nam", "thoi ky", "thoi diem", "ngay hoac giai doan"])
    .help("ngày, tháng, quý, năm hoặc khoảng: 05/12/2023; tháng 5/2023; Quý I/2023; 2023; 01/01/2023 - 30/6/2023.")
    .example("2022")
    .width(22);
pub(crate) const TEXT: Column = Column::required("Nội dung", Shape::Text)
    .named(&["noi dung du kien", "mo ta", "dien giai", "ket qua"])
    .help("một câu nêu sự việc, không nhận xét.")
    .example("Thu ngân sách trên địa bàn")
    .width(48);
pub(crate) const PLANNED: Column = Column::optional("Kế hoạch", Shape::Figure)
    .named(&["so ke hoach", "chi tieu ke hoach", "chi tieu giao", "ke hoach giao"])
    .help("số kế hoạch, dấu phẩy thập phân.")
    .example("12.500")
    .width(12);
pub(crate) const ACTUAL: Column = Column::optional("Thực hiện", Shape::Figure)
    .named(&["so thuc hien", "ket qua thuc hien", "dat duoc", "thuc hien duoc"])
    .help("số thực hiện, cùng đơn vị với kế hoạch.")
    .example("13.120,5")
    .width(12);
pub(crate) const UNIT: Column = Column::optional("Đơn vị tính", Shape::Text)
    .named(&["don vi", "dvt"])
    .help("đơn vị của hai số bên trái.")
    .example("tỷ đồng")
    .width(12);
pub(crate) const STATUS: Column = Column::optional("Tình trạng", Shape::Choice(labels::<Status>))
    .named(&["trang thai", "tinh trang thuc hien", "tien do", "muc do hoan thanh"])
    .help("chọn trong danh sách.")
    .example("Đạt")
    .width(15);
pub(crate) const DUE: Column = Column::optional("Hạn", Shape::Date)
    .named(&["thoi han", "han hoan thanh", "ngay den han", "han thuc hien"])
    .help("ngày phải hoàn thành.")
    .example("31/12/2022")
    .width(12);
pub(crate) const SOURCE_NUMBER: Column = Column::required("Số văn bản nguồn", Shape::Text)
    .named(&[
        "so van ban",
        "so ky hieu",
        "so hieu",
        "nguon so",
        "so nguon",
        "so ky hieu van ban",
        "nguon so van ban",
        "tai lieu nguon so",
    ])
    .help("số, ký hiệu của tài liệu chứng minh; tài liệu không có số thì ghi «không số».")
    .example("245/BC-UBND")
    .width(18);
pub(crate) const SOURCE_DATE: Column = Column::required("Ngày văn bản", Shape::Date)
    .named(&[
        "ngay van ban nguon",
        "nguon ngay",
        "ngay nguon",
        "ngay ban hanh",
        "nguon ngay van ban",
        "tai lieu nguon ngay",
    ])
    .help("ngày của tài liệu.")
    .example("05/12/2022")
    .width(13);
pub(crate) const ISSUER: Column = Column::required("Cơ quan ban hành", Shape::Text)
    .named(&["noi ban hanh", "nguon co quan", "nguon co quan ban hanh", "co quan", "nguon", "tai lieu nguon co quan"])
    .help("cơ quan ban hành tài liệu.")
    .example("UBND tỉnh")
    .width(20);
pub(crate) const PAGE: Column = Column::optional("Trang", Shape::Text)
    .named(&["so trang", "trang so", "nguon trang"])
    .help("trang trong tài liệu.")
    .example("4")
    .width(8);
pub(crate) const REPLY: Column = Column::optional("Giải trình", Shape::Text)
    .named(&["y kien giai trinh", "phan hoi", "tra loi", "giai trinh cua nguoi duoc lay phieu"])
    .help("ý kiến của người được lấy phiếu về dữ kiện này.")
    .width(30);

pub(crate) const SHEET: Schema = Schema {
    title: "Dữ kiện",
    names: &["du lieu", "so lieu", "ho so", "facts", "danh sach du kien", "bang du kien"],
    need: Need::Wanted,
    layout: Layout::Table,
    columns: &[
        NUMBER,
        OFFICIALS,
        FIELD,
        KIND,
        PERIOD,
        TEXT,
        PLANNED,
        ACTUAL,
        UNIT,
        STATUS,
        DUE,
        SOURCE_NUMBER,
        SOURCE_DATE,
        ISSUER,
        PAGE,
        REPLY,
    ],
    help: "Mỗi dữ kiện một dòng, có tài liệu chứng minh: số, ngày và cơ quan ban hành. Không có tài liệu thì không ghi.",
};

/// The facts in order.
pub(crate) fn read(
    records: &[SheetRecord<'_>],
    council: Option<&Council>,
    directory: &Directory<'_>,
    report: &mut Report,
) -> Vec<Fact> {
    days::say_exchanged(records, &[PERIOD, DUE, SOURCE_DATE], report);
    let convention = figures::Conventions::of(records, &[PLANNED, ACTUAL]);
    let read_one = |record: &SheetRecord<'_>| {
        convention.say_contrary(record, report);
        let mut fields = Fields::new(record, report);
        let (officials, field, kind) = (officials(&mut fields, directory), fields.text(&FIELD), fields.choice(&KIND));
        let (period, text, figures) = (fields.period(&PERIOD), fields.text(&TEXT), figures(&mut fields));
        let (status, due) = (fields.choice(&STATUS), fields.date(&DUE));
        let (source, reply) = (source(&mut fields, record), fields.text(&REPLY));
        if let Some(council) = council {
            check_time(&mut fields, council, period, source.as_ref());
        }
        Some(Fact {
            officials: Some(officials).filter(|ids| !ids.is_empty())?,
            field: Field(field?),
            kind: kind?,
            period: period?,
            text: text?,
            figures,
            status,
            due,
            source: source?,
            reply,
        })
    };
    records.iter().filter_map(read_one).collect()
}

fn officials(fields: &mut Fields<'_, '_>, directory: &Directory<'_>) -> Vec<OfficialNo> {
    let mut found = Vec::new();
    for item in fields.list(&OFFICIALS) {
        // A comma may part two people, or stand inside the post that tells two namesakes apart.
        let whole = directory.find(&item);
        let pieces: Vec<&str> = if whole.is_err() { item.split(',').collect() } else { vec![item.as_str()] };
        for piece in pieces {
            match directory.find(piece.trim()) {
                Ok(id) if !found.contains(&id) => found.push(id),
                Ok(_) => {}
                Err(unresolved) => say_unresolved(fields, &OFFICIALS, piece.trim(), &unresolved),
            }
        }
    }
    found
}

/// Says that a name is on no list, or fits several, and what to write instead.
pub(crate) fn say_unresolved(fields: &mut Fields<'_, '_>, column: &Column, name: &str, why: &Unresolved) {
    match why {
        // The sheet of officials is missing or empty: that was said once, and is not said again for every name.
        Unresolved::NobodyKnown => {}
        Unresolved::Unknown(near) => {
            let what = format!("«{name}» không có trong danh sách người được lấy phiếu.");
            let remedy = if near.is_empty() {
                "Ghi họ tên đúng như ở trang Người được lấy phiếu, hoặc bổ sung người này vào trang đó.".to_owned()
            } else {
                format!("Có phải là: {}?", near.join("; "))
            };
            fields.find(report::OFFICIAL_UNKNOWN, column, what, remedy);
            fields.offer(column, name, near);
        }
        Unresolved::Ambiguous(labels) => {
            let what = format!("«{name}» chưa rõ là ai trong {} người cùng tên.", labels.len());
            fields.find(report::OFFICIAL_AMBIGUOUS, column, what, format!("Ghi một trong: {}.", labels.join("; ")));
            fields.offer(column, name, labels);
        }
    }
}

fn figures(fields: &mut Fields<'_, '_>) -> Option<Figures> {
    let (planned, actual, unit) = (fields.figure(&PLANNED), fields.figure(&ACTUAL), fields.text(&UNIT));
    for (column, figure) in [(PLANNED, planned), (ACTUAL, actual)] {
        let percent =
            figure.is_some_and(|figure| figure.percent) || unit.as_deref().is_some_and(|unit| unit.contains('%'));
        figures::say_thousands_of_percent(fields, &column, percent);
    }
    let percent = [planned, actual].into_iter().flatten().any(|figure| figure.percent);
    let unit = match unit {
        None if percent => Some("%".to_owned()),
        Some(unit) if percent && !unit.contains('%') => {
            let what = format!("Số ghi kèm dấu % nhưng đơn vị tính là «{unit}».");
            fields.find(report::UNIT_DISAGREES, &UNIT, what, "Sửa đơn vị tính hoặc bỏ dấu %.");
            Some(unit)
        }
        Some(unit) if unit == "%" && look_like_shares(&[planned, actual]) => {
            let what = "Số nhỏ hơn 1 với đơn vị tính «%»: có thể là 0,95 thay cho 95 %.";
            fields.find(
                report::UNIT_DISAGREES,
                &UNIT,
                what,
                "Nếu là 95 % thì ghi 95; nếu đúng là dưới 1 % thì giữ nguyên.",
            );
            Some(unit)
        }
        unit => unit,
    };
    let value = |figure: Option<Figure>| -> Option<Decimal> { figure.map(|f| f.value) };
    let (planned, actual) = (value(planned), value(actual));
    (planned.is_some() || actual.is_some() || unit.is_some()).then(|| Figures {
        planned,
        actual,
        unit: unit.unwrap_or_default(),
        lower_is_better: false,
    })
}

/// Whether bare numbers in per cent are all as small as the shares that a sheet stores: .xls files do not tell which
/// numbers they show with `%`.
fn look_like_shares(figures: &[Option<Figure>]) -> bool {
    let below_one = |figure: &Figure| {
        let one = 10_i64.checked_pow(u32::from(figure.value.scale()));
        one.is_some_and(|one| (1..one).contains(&figure.value.mantissa()))
    };
    let mut present = figures.iter().flatten().peekable();
    present.peek().is_some() && present.all(below_one)
}

/// The paper behind a fact: one finding says all that it lacks.
fn source(fields: &mut Fields<'_, '_>, record: &SheetRecord<'_>) -> Option<Source> {
    let needed = [SOURCE_NUMBER, SOURCE_DATE, ISSUER];
    let missing: Vec<&Column> = needed.iter().filter(|column| record.cell(column).is_none()).collect();
    if let Some(first) = missing.first() {
        let titles: Vec<String> = missing.iter().map(|column| format!("«{}»", column.title)).collect();
        if missing.iter().any(|column| record.has(column)) {
            let what = format!("Dữ kiện thiếu tài liệu nguồn: chưa ghi {}.", titles.join(", "));
            let remedy = "Ghi số, ngày và cơ quan ban hành của tài liệu chứng minh, hoặc bỏ dữ kiện này.";
            fields.find(report::NO_SOURCE, first, what, remedy);
        }
    }
    let present = |column: &Column| record.cell(column).is_some();
    let number = present(&SOURCE_NUMBER).then(|| fields.text(&SOURCE_NUMBER)).flatten();
    let date = present(&SOURCE_DATE).then(|| fields.date(&SOURCE_DATE)).flatten();
    let issuer = present(&ISSUER).then(|| fields.text(&ISSUER)).flatten();
    let page = fields.text(&PAGE);
    Some(Source { number: number?, date: date?, issuer: issuer?, page, file: None })
}

fn check_time(fields: &mut Fields<'_, '_>, council: &Council, period: Option<Period>, source: Option<&Source>) {
    let (term, votes_on) = (&council.term, council.sitting.votes_on);
    if let Some(period) = period {
        if period.end() < term.from || period.start() > term.to {
            let what = format!("Dữ kiện ({}) nằm ngoài nhiệm kỳ {}.", period.text(), term.years());
            fields.find(report::OUT_OF_TERM, &PERIOD, what, "Kiểm tra lại thời gian; hồ sơ chỉ tính từ đầu nhiệm kỳ.");
        } else if period.start() > votes_on {
            let what = format!("Dữ kiện ({}) xảy ra sau ngày lấy phiếu.", period.text());
            fields.find(
                report::AFTER_VOTE,
                &PERIOD,
                what,
                "Kiểm tra lại thời gian; hồ sơ kết thúc vào ngày lấy phiếu.",
            );
        }
    }
    if source.is_some_and(|source| source.date > votes_on) {
        let what = "Ngày của tài liệu nguồn sau ngày lấy phiếu.";
        fields.find(report::AFTER_VOTE, &SOURCE_DATE, what, "Kiểm tra lại ngày của tài liệu.");
    }
}
