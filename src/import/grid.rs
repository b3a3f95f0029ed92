//! One sheet, independent of the file format: cells with their addresses.

use std::collections::BTreeMap;
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
        /// Shown with `%`: the file holds the hundredth part.
        percent: bool,
    },
    Date(Date),
    Bool(bool),
    /// The error in which a formula ended: `#REF!`.
    Broken(String),
    /// A formula whose result the file does not hold: written by a program that does not compute.
    Uncomputed,
}

impl Cell {
    /// The cell as a reader of the sheet sees it, for messages and for columns of text.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Broken(text) => clean(text),
            Self::Number { plain, percent: false } => plain.replace('.', ","),
            Self::Number { plain, percent: true } => {
                super::number::hundredfold(plain).map_or_else(|| plain.clone(), |d| format!("{d}%"))
            }
            Self::Date(date) => domain::text::date_dmy(*date),
            Self::Bool(true) => "Có".to_owned(),
            Self::Bool(false) => "Không".to_owned(),
            Self::Uncomputed => "công thức chưa tính".to_owned(),
        }
    }
}

/// A cell in its place, and the upper left cell whose merged area it lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub cell: Cell,
    /// Upper left cell of the merged area; set on copies of its value.
    pub copy_of: Option<Spot>,
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
        }
    }

    /// Puts a cell in its place; text of white space only is an empty cell.
    pub(super) fn put(&mut self, (row, column): Spot, cell: Cell) {
        if matches!(&cell, Cell::Text(text) if clean(text).is_empty()) {
            return;
        }
        self.rows.entry(row).or_default().insert(column, Placed { cell, copy_of: None });
    }

    /// The cell at a spot.
    pub(super) fn at(&self, (row, column): Spot) -> Option<&Placed> {
        self.rows.get(&row)?.get(&column)
    }

    /// Changes every cell of an area that holds something.
    pub(super) fn change(&mut self, area: &Area, change: impl Fn(&mut Cell)) {
        let bottom = area.to.0.max(area.from.0);
        for cells in self.rows.range_mut(area.from.0..=bottom).map(|(_, cells)| cells) {
            let right = area.to.1.max(area.from.1);
            cells.range_mut(area.from.1..=right).for_each(|(_, placed)| change(&mut placed.cell));
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
                        let copy = Placed { cell: value.clone(), copy_of: Some(area.from) };
                        cells.entry(column).or_insert(copy);
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
