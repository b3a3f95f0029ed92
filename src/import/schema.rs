//! Description of sheets and columns, as data that drives reading, the template and the messages.

use domain::council::CouncilKind;
use domain::fact::{FactKind, Status};
use domain::official::Honorific;
use domain::roster::TellerRole;
use domain::text::fold;

/// Whether a sheet, a column or a cell may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Must be present: an error otherwise.
    Required,
    /// Papers show a gap without it: a warning otherwise.
    Wanted,
    /// May be absent.
    Optional,
    /// Not read: running numbers.
    Ignored,
}

/// What the cells of a column hold; decides formats and drop-downs of the template.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// One line of text.
    Text,
    /// Items separated by `;` or by line breaks.
    List,
    /// Whole number from 0.
    Count,
    /// Exact decimal figure.
    Figure,
    Date,
    /// Days separated by `;`, one for each item of a list.
    Dates,
    /// A day or a year.
    Birth,
    /// Day, month, quarter, year or span.
    Period,
    /// One of these words.
    Choice(fn() -> Vec<&'static str>),
    /// Usually one of these words.
    Suggested(fn() -> Vec<&'static str>),
}

/// One column of a table, or one line of a form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Heading in the template; the column's name in messages. Unique in its sheet.
    pub title: &'static str,
    /// Other headings, folded.
    pub names: &'static [&'static str],
    /// Whether a cell may be empty, and the column absent.
    pub need: Need,
    /// What its cells hold.
    pub shape: Shape,
    /// One sentence for the person who fills the sheet.
    pub help: &'static str,
    /// A filled cell, for the example rows.
    pub example: &'static str,
    /// Width in the template, in characters.
    pub width: u8,
    /// What it says decides: who is voted on and who votes, counts, days of election, retirement. A doubt is an error then.
    pub decides: bool,
}

impl Column {
    const fn new(title: &'static str, need: Need, shape: Shape) -> Self {
        let decides = matches!(shape, Shape::Count | Shape::Dates);
        Self { title, names: &[], need, shape, help: "", example: "", width: 16, decides }
    }

    pub(super) const fn required(title: &'static str, shape: Shape) -> Self {
        Self::new(title, Need::Required, shape)
    }

    pub(super) const fn wanted(title: &'static str, shape: Shape) -> Self {
        Self::new(title, Need::Wanted, shape)
    }

    pub(super) const fn optional(title: &'static str, shape: Shape) -> Self {
        Self::new(title, Need::Optional, shape)
    }

    pub(super) const fn ignored(title: &'static str) -> Self {
        Self::new(title, Need::Ignored, Shape::Text)
    }

    pub(super) const fn named(self, names: &'static [&'static str]) -> Self {
        Self { names, ..self }
    }

    pub(super) const fn help(self, help: &'static str) -> Self {
        Self { help, ..self }
    }

    pub(super) const fn example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    pub(super) const fn decides(self) -> Self {
        Self { decides: true, ..self }
    }

    pub(super) const fn width(self, width: u8) -> Self {
        Self { width, ..self }
    }

    /// Whether its cells are numbers.
    pub(super) const fn is_number(&self) -> bool {
        matches!(self.shape, Shape::Count | Shape::Figure)
    }

    /// Whether a day may stand in its cells: the day of a paper may stand for its number.
    pub(super) fn may_be_day(&self) -> bool {
        !matches!(self.shape, Shape::Text | Shape::List) || self.decides
    }

    /// Whether a folded heading is this column's.
    pub(super) fn is_named(&self, key: &str) -> bool {
        fold(self.title) == key || self.names.contains(&key)
    }
}

/// How a sheet is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One record, a line for each field, or a header with one row.
    Form,
    /// A header, and a row for each record.
    Table,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Schema {
    /// Name in the template and in messages.
    pub title: &'static str,
    /// Other names, folded.
    pub names: &'static [&'static str],
    /// Whether a workbook may lack the sheet.
    pub need: Need,
    pub layout: Layout,
    /// Columns in the order of the template.
    pub columns: &'static [Column],
    /// Purpose of the sheet, for the person who fills it.
    pub help: &'static str,
}

impl Schema {
    /// Whether a sheet of this name is this sheet: `1. Danh sách đại biểu` is `Đại biểu`.
    pub(super) fn is_named(&self, sheet_name: &str) -> bool {
        let title = fold(self.title);
        heading_keys(sheet_name).iter().any(|key| *key == title || self.names.contains(&key.as_str()))
    }

    /// The column that a heading names; the whole heading counts before a part of it.
    pub(super) fn column_of(&self, heading: &str) -> Option<&'static Column> {
        heading_keys(heading).iter().find_map(|key| self.columns.iter().find(|column| column.is_named(key)))
    }
}

/// The words under which a heading may be known: whole, without a number before it, without what stands in brackets.
pub(super) fn heading_keys(heading: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let outside = heading.split(['(', '[']).next().unwrap_or_default();
    for whole in [fold(heading), fold(outside)].map(|text| in_full(&text)) {
        let numbered = whole.split_once(' ').filter(|(first, _)| first.bytes().all(|b| b.is_ascii_digit()));
        let rest = numbered.map(|(_, rest)| rest.to_owned());
        keys.extend([Some(whole), rest].into_iter().flatten());
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// `DS đại biểu` is `Danh sách đại biểu`.
fn in_full(folded: &str) -> String {
    let words: Vec<&str> = folded.split(' ').map(|word| if word == "ds" { "danh sach" } else { word }).collect();
    words.join(" ")
}

/// A closed set of words of the field.
pub(super) trait Choice: Copy + 'static {
    /// All values in the order of drop-downs.
    const ALL: &'static [Self];
    /// The word in the template.
    fn label(self) -> &'static str;
    /// Other words for it, folded.
    fn names(self) -> &'static [&'static str];

    /// The value that a text names.
    fn of(text: &str) -> Option<Self> {
        // The very words of the drop-down, as in most cells, need no folding.
        if let Some(exact) = Self::ALL.iter().find(|choice| choice.label() == text) {
            return Some(*exact);
        }
        let key = fold(text);
        let matches = |choice: &&Self| fold(choice.label()) == key || choice.names().contains(&key.as_str());
        Self::ALL.iter().find(matches).copied()
    }
}

/// All words of a set, for drop-downs and messages.
pub(super) fn labels<T: Choice>() -> Vec<&'static str> {
    T::ALL.iter().map(|choice| choice.label()).collect()
}

impl Choice for CouncilKind {
    const ALL: &'static [Self] = &Self::ALL;

    fn label(self) -> &'static str {
        self.label()
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::NationalAssembly => &["qh", "trung uong"],
            Self::ProvinceCouncil => &[
                "tinh",
                "cap tinh",
                "hdnd tinh",
                "hdnd thanh pho",
                "hoi dong nhan dan cap tinh",
                "hoi dong nhan dan tinh",
            ],
            Self::DistrictCouncil => &[
                "huyen",
                "cap huyen",
                "hdnd huyen",
                "hoi dong nhan dan cap huyen",
                "hoi dong nhan dan huyen",
                "hdnd quan",
                "hdnd thi xa",
            ],
            Self::CommuneCouncil => &[
                "xa",
                "cap xa",
                "hdnd xa",
                "hdnd phuong",
                "hdnd dac khu",
                "hoi dong nhan dan cap xa",
                "hoi dong nhan dan xa",
                "hoi dong nhan dan phuong",
            ],
            Self::PartyCommittee => &["cap uy", "dang", "ban chap hanh", "tap the lanh dao", "ban thuong vu"],
        }
    }
}

impl Choice for Honorific {
    const ALL: &'static [Self] = &Self::ALL;

    fn label(self) -> &'static str {
        self.label()
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Mr => &["nam", "o"],
            Self::Ms => &["nu", "b"],
            Self::Comrade => &["d c", "dc"],
        }
    }
}

impl Choice for TellerRole {
    const ALL: &'static [Self] = &Self::ALL;

    fn label(self) -> &'static str {
        self.label()
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Head => &["truong ban kiem phieu", "truong"],
            Self::Secretary => &["thu ky ban", "thu ky ban kiem phieu"],
            Self::Member => &["thanh vien", "uy vien ban kiem phieu", "uv"],
        }
    }
}

impl Choice for Status {
    const ALL: &'static [Self] = &Self::ALL;

    fn label(self) -> &'static str {
        self.label()
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Met => &["dat ke hoach", "hoan thanh", "vuot", "vuot ke hoach"],
            Self::NotMet => &["chua dat", "khong hoan thanh"],
            Self::OnTime => &["hoan thanh dung han", "da hoan thanh", "dung tien do"],
            Self::Late => &["hoan thanh cham", "qua han", "tre han", "cham tien do"],
            Self::Open => &["chua xong", "dang lam", "chua hoan thanh", "dang giai quyet"],
        }
    }
}

impl Choice for FactKind {
    const ALL: &'static [Self] = &Self::ALL;

    fn label(self) -> &'static str {
        self.label()
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Target => &["chi tieu ke hoach", "chi tieu kinh te xa hoi"],
            Self::AssignedTask => &["nhiem vu"],
            Self::Questioning => &["chat van", "loi hua", "tra loi chat van", "chat van va loi hua"],
            Self::Supervision => &["giam sat", "ket luan giam sat kien nghi", "kien nghi giam sat"],
            Self::Petition => &["kien nghi cua cu tri", "y kien kien nghi cua cu tri"],
            Self::Complaint => &["khieu nai", "to cao", "khieu nai to cao don thu", "don thu"],
            Self::CitizenReception => &["tiep dan"],
            Self::YearlyRating => &["xep loai", "xep loai hang nam", "danh gia xep loai", "danh gia can bo"],
            Self::Award => &["thi dua khen thuong"],
            Self::Discipline => &["xu ly ky luat"],
            Self::AssetDeclaration => &["ke khai tai san thu nhap"],
            Self::ReportSection => &["bao cao", "bao cao cua nguoi duoc lay phieu", "tu danh gia"],
            Self::VotersOpinion => &["y kien cu tri", "mttq tong hop", "y kien cu tri va nhan dan"],
            Self::Attendance => &["tham du", "tham du ky hop", "du hop"],
        }
    }
}
