//! `Người được lấy phiếu`: one row for each official, all posts in one cell.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::days;
use crate::fields::Fields;
use crate::report::{self, Report};
use crate::schema::{Column, Layout, Need, Schema, Shape, labels};
use crate::sheets::NUMBER;
use crate::table::SheetRecord;
use domain::council::Council;
use domain::names::person_key;
use domain::official::{Birth, Block, Field, Honorific, Official, Post, RetirementNotice};
use domain::text::{date_dmy, fold};

pub(crate) const NAME: Column = Column::required("Họ và tên", Shape::Text)
    .decides()
    .named(&["ho ten", "ten", "ho va ten nguoi duoc lay phieu", "ho ten can bo", "ho va ten can bo", "full name"])
    .help("họ tên đầy đủ, không kèm chức danh hay học vị.")
    .example("Nguyễn Văn A")
    .width(26);
pub(crate) const HONORIFIC: Column = Column::required("Ông/Bà", Shape::Choice(labels::<Honorific>))
    .named(&["ong ba", "xung ho", "danh xung", "gioi tinh"])
    .help("Ông hoặc Bà; văn bản của Đảng dùng Đồng chí.")
    .example("Ông")
    .width(10);
pub(crate) const BIRTH: Column = Column::optional("Ngày sinh", Shape::Birth)
    .named(&["nam sinh", "ngay thang nam sinh", "sinh ngay", "ngay sinh nam sinh"])
    .help("ngày/tháng/năm sinh hoặc chỉ năm sinh; cần có khi hai người trùng tên.")
    .example("19/08/1965")
    .width(13);
pub(crate) const POSTS: Column = Column::required("Chức vụ", Shape::List)
    .named(&["chuc danh", "chuc vu chuc danh", "chuc vu hien nay", "chuc vu do hdnd bau", "chuc vu dam nhiem"])
    .help("chức vụ được lấy phiếu; nhiều chức vụ cách nhau bằng dấu «;» trong cùng một ô.")
    .example("Phó Chủ tịch HĐND tỉnh; Trưởng Ban Pháp chế")
    .width(44);
pub(crate) const BLOCK: Column = Column::required("Khối", Shape::Text)
    .named(&["khoi co quan", "nhom", "phieu", "khoi phieu", "thuoc khoi"])
    .help("những người cùng khối được in trên cùng một mẫu phiếu.")
    .example("Hội đồng nhân dân tỉnh")
    .width(26);
pub(crate) const ELECTED_ON: Column = Column::optional("Ngày bầu", Shape::Dates)
    .named(&[
        "ngay duoc bau",
        "ngay bau phe chuan",
        "ngay bo nhiem",
        "thoi diem bau",
        "ngay bau bo nhiem",
        "ngay phe chuan",
    ])
    .help("một ngày cho mọi chức vụ, hoặc mỗi chức vụ một ngày theo thứ tự, cách nhau bằng dấu «;».")
    .example("29/06/2021; 10/12/2022")
    .width(24);
pub(crate) const FIELDS: Column = Column::optional("Lĩnh vực", Shape::List)
    .named(&["linh vuc phu trach", "linh vuc cong tac", "cac linh vuc", "phu trach"])
    .help("các lĩnh vực công tác, cách nhau bằng dấu «;».")
    .example("Pháp chế; Ngân sách")
    .width(28);
pub(crate) const RETIREMENT: Column = Column::optional("Thông báo nghỉ hưu", Shape::Text)
    .decides()
    .named(&[
        "nghi huu",
        "thong bao nghi cong tac cho nghi huu",
        "cho nghi huu",
        "thong bao cho nghi huu",
        "thong bao nghi cong tac",
    ])
    .help("số, ngày của thông báo nghỉ công tác chờ nghỉ hưu; để trống nếu không có.")
    .width(22);

pub(crate) const SHEET: Schema = Schema {
    title: "Người được lấy phiếu",
    names: &[
        "danh sach nguoi duoc lay phieu",
        "nguoi duoc lay phieu tin nhiem",
        "danh sach lay phieu",
        "can bo",
        "danh sach can bo",
        "danh sach nguoi duoc lay phieu tin nhiem",
        "nguoi duoc bo phieu",
        "officials",
    ],
    need: Need::Required,
    layout: Layout::Table,
    columns: &[NUMBER, NAME, HONORIFIC, BIRTH, POSTS, BLOCK, ELECTED_ON, FIELDS, RETIREMENT],
    help: "Mỗi người một dòng, theo thứ tự in trên phiếu; một người nhiều chức vụ vẫn chỉ một dòng.",
};

/// Answers that mean that there is no notice.
const NO_NOTICE: [&str; 5] = ["khong", "chua", "0", "khong co", "chua co"];

/// The officials in order. A row with an error keeps its name, so that facts about the person can still be read; the
/// report then has an error, and nobody gets to see the rest of the row.
pub(crate) fn read(records: &[SheetRecord<'_>], council: Option<&Council>, report: &mut Report) -> Vec<Official> {
    days::say_exchanged(records, &[BIRTH, ELECTED_ON], report);
    let mut officials: Vec<Official> = Vec::new();
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for record in records {
        let mut fields = Fields::new(record, report);
        let Some(official) = official(&mut fields) else { continue };
        for elected_on in official.posts.iter().filter_map(|post| post.elected_on) {
            check_election(&mut fields, elected_on, council);
        }
        say_near(&mut fields, &official, &officials);
        let namesakes = by_name.entry(person_key(&official.name)).or_default();
        if namesakes.iter().filter_map(|i| officials.get(*i)).any(|other| !told_apart(other, &official)) {
            let what = format!("{} đã có ở một dòng phía trên.", official.name);
            let remedy = "Một người nhiều chức vụ: gộp vào một dòng, chức vụ cách nhau bằng «;». Hai người trùng tên: ghi \
                ngày sinh của cả hai.";
            fields.find(report::OFFICIAL_TWICE, &NAME, what, remedy);
        }
        namesakes.push(officials.len());
        officials.push(official);
    }
    if records.is_empty() {
        report.add(report::CELL_MISSING, SHEET.title, "Chưa có người nào trong danh sách.", "Ghi mỗi người một dòng.");
    }
    officials
}

/// A name that differs in accents alone from one above may be the same person, unless births tell them apart.
fn say_near(fields: &mut Fields<'_, '_>, official: &Official, above: &[Official]) {
    let (key, bare) = (person_key(&official.name), fold(&official.name));
    let near =
        |other: &&Official| fold(&other.name) == bare && person_key(&other.name) != key && !told_apart(other, official);
    if let Some(other) = above.iter().find(near) {
        let what = format!("«{}» và «{}» ở phía trên chỉ khác dấu: có phải là một người?", official.name, other.name);
        let remedy = "Nếu là một người, bỏ một dòng; nếu là hai người, ghi ngày sinh của cả hai.";
        fields.find(report::MAY_BE_ONE, &NAME, what, remedy);
    }
}

fn official(fields: &mut Fields<'_, '_>) -> Option<Official> {
    let name = fields.name(&NAME);
    let honorific = fields.choice(&HONORIFIC).unwrap_or(Honorific::Mr);
    let birth = fields.birth(&BIRTH);
    let titles = fields.list(&POSTS);
    let block = Block(fields.text(&BLOCK).unwrap_or_default());
    let elected_on = fields.dates(&ELECTED_ON, titles.len());
    let posts = titles.into_iter().zip(elected_on).map(|(title, elected_on)| Post { title, elected_on }).collect();
    let official_fields = fields.list(&FIELDS).into_iter().map(Field).collect();
    let notice = fields.text(&RETIREMENT).filter(|text| !NO_NOTICE.contains(&fold(text).as_str()));
    let retirement_notice = notice.map(|text| RetirementNotice { text });
    Some(Official { name: name?, honorific, birth, posts, block, fields: official_fields, retirement_notice })
}

fn check_election(fields: &mut Fields<'_, '_>, elected_on: Date, council: Option<&Council>) {
    let Some(council) = council else { return };
    let day = date_dmy(elected_on);
    if elected_on > council.sitting.votes_on {
        let what = format!("Ngày bầu {day} sau ngày lấy phiếu.");
        fields.find(report::AFTER_VOTE, &ELECTED_ON, what, "Kiểm tra lại ngày bầu.");
    } else if elected_on < council.term.from {
        let what = format!("Ngày bầu {day} trước khi nhiệm kỳ bắt đầu.");
        fields.find(report::OUT_OF_TERM, &ELECTED_ON, what, "Ghi ngày bầu hoặc phê chuẩn trong nhiệm kỳ này.");
    }
}

/// Whether birth dates show that two people of one name are two.
fn told_apart(a: &Official, b: &Official) -> bool {
    match (a.birth, b.birth) {
        (Some(Birth::Day(a)), Some(Birth::Day(b))) => a != b,
        (Some(a), Some(b)) => year_of(a) != year_of(b),
        _ => false,
    }
}

/// Year of birth.
pub(crate) fn year_of(birth: Birth) -> i16 {
    match birth {
        Birth::Day(day) => day.year(),
        Birth::Year(year) => year,
    }
}
