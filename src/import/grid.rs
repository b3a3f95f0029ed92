//! One sheet, independent of the file format: cells with their addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::civil::Date;

use domain::text::clean;

/// Largest number of copies of merged values in one sheet.
const MERGE_BUDGET: usize = 1_000_000;

/// What a cell holds; an empty cell is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// As typed: not yet cleaned, because a line break separates items of a list.
    Text(String),
    /// A number, as its shortest decimal text.
    Number {
        /// `-12.5`.
        plain: String,
        /// Shown with `%`: the file holds the hundredth part; `plain` is what is shown.
        percent: bool,
        /// The text that is seen where it is more than the number: `84/BC-UBND`, `007`.
        shown: Option<String>,
    },
    Date(Date),
    /// A day of which only month and year are shown.
    Month(Date),
    Bool(bool),
    /// The error in which a formula ended: `#REF!`.
    Broken(String),
    /// A formula whose result the file does not hold: written by a program that does not compute.
    Uncomputed,
    /// A formula whose stored result is another than its cells give.
    Stale {
        stored: String,
        computed: String,
    },
}

impl Cell {
    /// The cell as a reader of the sheet sees it, for messages and for columns of text.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Broken(text) => clean(text),
            Self::Number { shown: Some(shown), .. } => clean(shown),
            Self::Number { plain, percent, .. } => {
                format!("{}{}", plain.replace('.', ","), if *percent { "%" } else { "" })
            }
            Self::Month(date) => format!("{}/{}", date.month(), date.year()),
            Self::Date(date) => domain::text::date_dmy(*date),
            Self::Bool(true) => "Có".to_owned(),
            Self::Bool(false) => "Không".to_owned(),
            Self::Uncomputed => "công thức chưa tính".to_owned(),
            Self::Stale { stored, .. } => stored.replace('.', ","),
        }
    }
}

/// Why what is read of a cell may be another thing than a person sees there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Under a merged area the cell keeps this value of its own.
    Covered(String),
    /// A number that is shown otherwise than it is stored.
    ShownAs {
        shown: String,
        stored: String,
        /// Only digits behind are left out.
        rounded: bool,
    },
    /// Words that the format writes beside a number.
    Beside { shown: String, literal: String },
    /// The format puts the month before the day.
    MonthFirst { shown: String, day: Date },
    /// The year is not shown.
    NoYear { day: Date },
    /// A day with a time just before midnight, or at the midnight of Vietnam elsewhere.
    NearMidnight { time: String },
    /// A formula that takes from another file.
    External,
    /// A result in a file that asks to be computed, and that cannot be computed here.
    Uncomputed,
    /// Letters in the colour of the paper or too small, or a format that shows nothing.
    Unseen,
}

impl Doubt {
    /// What is told of the cell, and what to do.
    pub(super) fn told(&self) -> (String, &'static str) {
        let number = |plain: &str| {
            domain::decimal::Decimal::parse_plain(plain).map_or_else(|| plain.to_owned(), |d| d.to_string())
        };
        match self {
            Self::Covered(own) => (
                format!(
                    "Ô nằm dưới vùng gộp nhưng còn giữ giá trị riêng «{own}» không nhìn thấy; đã đọc giá trị hiện trên vùng gộp."
                ),
                "Bỏ gộp ô rồi ghi đúng giá trị của từng dòng.",
            ),
            Self::ShownAs { shown, stored, .. } => (
                format!("Ô hiện «{shown}» nhưng tệp lưu {}.", number(stored)),
                "Ghi vào ô đúng số cần dùng, không để định dạng đổi số.",
            ),
            Self::Beside { shown, literal } => (
                format!("Ô hiện «{shown}», trong đó chữ «{literal}» do định dạng thêm vào, không có trong dữ liệu."),
                "Kiểm tra lại; đơn vị ghi ở cột riêng.",
            ),
            Self::MonthFirst { shown, day } => (
                format!(
                    "Ô hiện «{shown}» theo kiểu tháng đứng trước ngày; đã hiểu là ngày {}.",
                    domain::text::date_dmy(*day)
                ),
                "Kiểm tra ngày và tháng với văn bản gốc; đổi định dạng ô thành ngày/tháng/năm.",
            ),
            Self::NoYear { day } => (
                format!(
                    "Ô không hiện năm; tệp lưu ngày {}, có thể do bảng tính tự đổi thành ngày.",
                    domain::text::date_dmy(*day)
                ),
                "Kiểm tra lại; nếu không phải ngày, định dạng ô là văn bản rồi gõ lại.",
            ),
            Self::NearMidnight { time } => (
                format!("Ngày kèm giờ {time}, sát nửa đêm hoặc lệch 7 giờ: có thể bị lùi một ngày khi đổi múi giờ."),
                "Đối chiếu với văn bản gốc rồi ghi lại ngày, không kèm giờ.",
            ),
            Self::External => {
                ("Công thức lấy số từ một tệp khác nên không kiểm tra được.".to_owned(), "Ghi trực tiếp giá trị vào ô.")
            }
            Self::Uncomputed => (
                "Công thức ở ô này chưa chắc đã được tính: tệp do chương trình không tính công thức ghi ra.".to_owned(),
                "Mở tệp bằng Excel hoặc LibreOffice, lưu lại rồi nhập; hoặc ghi trực tiếp giá trị.",
            ),
            Self::Unseen => (
                "Ô có nội dung không nhìn thấy: chữ cùng màu nền, chữ quá nhỏ hoặc định dạng không hiện gì.".to_owned(),
                "Đổi màu chữ hoặc định dạng để kiểm tra; xóa nếu không dùng.",
            ),
        }
    }
}

/// A cell in its place, and the upper left cell whose merged area it lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub cell: Cell,
    /// Upper left cell of the merged area; set on copies of its value.
    pub copy_of: Option<Spot>,
    /// Told where the cell is used.
    pub doubts: Vec<Doubt>,
}

/// Row and column, both from 0; rows of a CSV file are lines of the file.
pub(super) type Spot = (u32, u32);

/// A rectangle, both corners included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    /// Upper left.
    pub from: Spot,
    /// Lower right.
    pub to: Spot,
}

/// Kind of file, which decides how messages write addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A sheet of a workbook: `Dữ kiện!C14`.
    Workbook,
    /// A file of its own: `du-lieu.csv, dòng 14, cột C`.
    Csv,
}

#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Name of the sheet, or of the CSV file with its ending.
    pub title: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Cells that are not empty, by row and column.
    pub rows: BTreeMap<u32, BTreeMap<u32, Placed>>,
    /// Whether the sheet itself is hidden.
    pub hidden: bool,
    pub hidden_rows: Vec<RangeInclusive<u32>>,
    pub hidden_columns: Vec<RangeInclusive<u32>>,
    /// Cells with letters that are struck through.
    pub struck: BTreeSet<Spot>,
    /// Cells that hold nothing but a comment.
    pub comments: Vec<Spot>,
    /// Days are counted from 01/01/1904.
    pub counts_from_1904: bool,
}

impl Grid {
    /// A sheet without cells.
    pub(super) fn new(title: &str, origin: Origin) -> Self {
        Self {
            title: clean(title),
            origin,
            rows: BTreeMap::new(),
            hidden: false,
            hidden_rows: Vec::new(),
            hidden_columns: Vec::new(),
            struck: BTreeSet::new(),
            comments: Vec::new(),
            counts_from_1904: false,
        }
    }

    /// Puts a cell in its place; text of white space only is an empty cell.
    pub(super) fn put(&mut self, (row, column): Spot, cell: Cell) {
        if matches!(&cell, Cell::Text(text) if clean(text).is_empty()) {
            return;
        }
        self.rows.entry(row).or_default().insert(column, Placed { cell, copy_of: None, doubts: Vec::new() });
    }

    /// The cell at a spot.
    pub(super) fn at(&self, (row, column): Spot) -> Option<&Placed> {
        self.rows.get(&row)?.get(&column)
    }

    /// Adds doubts to the cell at a spot.
    pub(super) fn doubt(&mut self, (row, column): Spot, doubts: Vec<Doubt>) {
        if doubts.is_empty() {
            return;
        }
        if let Some(placed) = self.rows.get_mut(&row).and_then(|cells| cells.get_mut(&column)) {
            placed.doubts.extend(doubts);
        }
    }

    /// Whether no cell holds anything.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Gives every cell of a merged area the value of its upper left cell. Only rows that hold something are filled: a
    /// merged area makes no rows.
    pub(super) fn spread(&mut self, areas: &[Area]) {
        let Some(last) = self.rows.values().filter_map(|row| row.keys().next_back()).max().copied() else { return };
        let mut budget = MERGE_BUDGET;
        for area in areas {
            let Some(value) = self.at(area.from).map(|placed| placed.cell.clone()) else { continue };
            let (top, bottom) = (area.from.0, area.to.0.max(area.from.0));
            for (&row, cells) in self.rows.range_mut(top..=bottom) {
                for column in area.from.1..=area.to.1.min(last) {
                    if budget == 0 {
                        return;
                    }
                    budget -= 1;
                    if (row, column) != area.from {
                        let mut copy = Placed { cell: value.clone(), copy_of: Some(area.from), doubts: Vec::new() };
                        // What lies underneath is not seen.
                        if let Some(covered) = cells.get(&column).filter(|covered| covered.cell != value) {
                            copy.doubts.push(Doubt::Covered(covered.cell.shown()));
                        }
                        cells.insert(column, copy);
                    }
                }
            }
        }
    }

    /// Address of a cell, as the office finds it.
    pub(super) fn place(&self, (row, column): Spot) -> String {
        let (line, letters) = (u64::from(row) + 1, column_letters(column));
        match self.origin {
            Origin::Workbook => format!("{}!{letters}{line}", self.title),
            Origin::Csv => format!("{}, dòng {line}, cột {letters}", self.title),
        }
    }

    /// Address of a row.
    pub(super) fn place_of_row(&self, row: u32) -> String {
        format!("{}, dòng {}", self.title, u64::from(row) + 1)
    }

    /// Address of a column.
    pub(super) fn place_of_column(&self, column: u32) -> String {
        format!("{}, cột {}", self.title, column_letters(column))
    }
}

/// What an address names on a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Cell(Spot),
    Row(u32),
}

impl Grid {
    /// What an address of [`Self::place`] or [`Self::place_of_row`] names; `None` when it is of another sheet or of no cell or row.
    pub(super) fn target(&self, place: &str) -> Option<Target> {
        let rest = place.strip_prefix(self.title.as_str())?;
        let row = |line: &str| line.parse::<u32>().ok()?.checked_sub(1);
        if let (Origin::Workbook, Some(address)) = (self.origin, rest.strip_prefix('!')) {
            let digits = address.find(|c: char| c.is_ascii_digit())?;
            let (letters, line) = address.split_at(digits);
            return Some(Target::Cell((row(line)?, column_number(letters)?)));
        }
        let line = rest.strip_prefix(", dòng ")?;
        match line.split_once(", cột ") {
            Some((line, letters)) => Some(Target::Cell((row(line)?, column_number(letters)?))),
            None => Some(Target::Row(row(line)?)),
        }
    }

    /// The texts of a row that are its own, for messages.
    pub(super) fn row_text(&self, row: u32) -> String {
        let own = self.rows.get(&row).into_iter().flat_map(|cells| cells.values()).filter(|p| p.copy_of.is_none());
        own.map(|placed| placed.cell.shown()).collect::<Vec<_>>().join("; ")
    }
}

/// Inverse of [`column_letters`], for columns that a spreadsheet has.
fn column_number(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let number = letters.bytes().fold(0, |number, byte| number * 26 + u32::from(byte - b'A') + 1);
    Some(number - 1)
}

/// `C` for 2, `AA` for 26.
pub(super) fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_in_excel() {
        let named: Vec<String> = [0, 25, 26, 51, 701, 702, 16_383].map(column_letters).into();
        assert_eq!(named, ["A", "Z", "AA", "AZ", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn an_address_names_what_it_was_made_from() {
        let (book, csv) = (Grid::new("Dữ kiện, dòng 2", Origin::Workbook), Grid::new("du-kien.csv", Origin::Csv));
        for spot in [(0, 0), (13, 2), (59_999, 701)] {
            assert_eq!(book.target(&book.place(spot)), Some(Target::Cell(spot)));
            assert_eq!(csv.target(&csv.place(spot)), Some(Target::Cell(spot)));
            assert_eq!(book.target(&book.place_of_row(spot.0)), Some(Target::Row(spot.0)));
            assert_eq!(csv.target(&csv.place_of_row(spot.0)), Some(Target::Row(spot.0)));
        }
        for other in
            ["Dữ kiện, dòng 2", "Dữ kiện!A1", "Dữ kiện, dòng 2!A0", "Dữ kiện, dòng 2!1", "Dữ kiện, dòng 2!ABCD1"]
        {
            assert_eq!(book.target(other), None, "{other}");
        }
    }

    #[test]
    fn a_merged_value_reaches_the_rows_that_exist_and_makes_none() {
        let mut grid = Grid::new("Danh sách", Origin::Workbook);
        grid.put((0, 0), Cell::Text("Khối UBND".into()));
        for row in [0, 1, 3] {
            grid.put((row, 1), Cell::Text("Nguyễn Văn A".into()));
        }
        grid.spread(&[Area { from: (0, 0), to: (9, 0) }]);
        let filled: Vec<u32> = grid.rows.iter().filter(|(_, row)| row.contains_key(&0)).map(|(&r, _)| r).collect();
        assert_eq!(filled, [0, 1, 3]);
        assert_eq!(grid.at((3, 0)).and_then(|p| p.copy_of), Some((0, 0)));
    }
}
