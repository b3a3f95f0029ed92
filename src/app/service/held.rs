//! Tables held against what the logs say: what must stand in each column of each row, and the differences.
//!
//! Values are never told, only where they differ: a row may hold what nobody is to see yet.

use std::collections::BTreeMap;
use std::fmt;

use domain::audit::{Digest, UtcTime};
use store::tables::{Cell, Line, Table};

/// What must stand in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    Null,
    Integer(i64),
    Text(String),
    /// A text of this hash.
    Sha256(Digest),
    /// The time of an entry, and whether it waited for the clock of another machine.
    At(UtcTime, bool),
    /// This number, or nothing in rows of an older program.
    IntegerOrNull(i64),
    /// No log tells of it.
    Free,
}

impl Want {
    /// A text, or nothing.
    pub(crate) fn text(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.to_string()))
    }

    /// A number, or nothing.
    pub(crate) fn integer(number: Option<u32>) -> Self {
        number.map_or(Self::Null, Self::from)
    }

    fn is_met(&self, cell: &Cell) -> bool {
        match (self, cell) {
            (Self::Free, _) | (Self::Null | Self::IntegerOrNull(_), Cell::Null) => true,
            (Self::Integer(told) | Self::IntegerOrNull(told), Cell::Integer(stored)) => told == stored,
            (Self::Text(told), Cell::Text(stored)) => told == stored,
            (Self::Sha256(told), Cell::Text(stored)) => *told == Digest::of(stored.as_bytes()),
            (Self::At(told, has_waited), Cell::Text(stored)) => {
                stored.parse().is_ok_and(|stored| is_time_of(stored, *told, *has_waited))
            }
            _ => false,
        }
    }
}

/// Whether a row of this time belongs to an entry of time `told`: one that waited for the clock of another machine may be a
/// little later.
pub(crate) fn is_time_of(stored: UtcTime, told: UtcTime, has_waited: bool) -> bool {
    let most = i64::try_from(store::MOST_BEHIND.as_secs()).unwrap_or_default();
    stored == told || (has_waited && (1..=most).contains(&stored.seconds_until(told)))
}

impl From<u32> for Want {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Want {
    fn from(truth: bool) -> Self {
        Self::Integer(truth.into())
    }
}

impl From<&str> for Want {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Want {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// How a table is not what the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Differs {
    /// A row that the log tells of is not there.
    Missing,
    /// There is a row that the log does not tell of.
    Untold,
    /// This column of the row is another.
    Column(String),
    /// This column is none that the program knows.
    Unknown(String),
}

/// One place in which a table is not what the log says. One sentence, Vietnamese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDifference {
    pub table: &'static str,
    /// The key of the row, part by part.
    pub row: String,
    pub is: Differs,
}

impl fmt::Display for RowDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, row, is } = self;
        match is {
            Differs::Missing => write!(f, "bảng {table} thiếu dòng {row} mà nhật ký có ghi"),
            Differs::Untold => write!(f, "bảng {table} có dòng {row} mà nhật ký không ghi"),
            Differs::Column(column) => write!(f, "bảng {table}, dòng {row}: cột {column} khác nhật ký"),
            Differs::Unknown(column) => {
                write!(f, "bảng {table}, dòng {row}: cột {column} không có trong lược đồ của chương trình")
            }
        }
    }
}

/// The rows that a table must hold.
#[derive(Debug)]
pub(crate) struct Told {
    pub table: Table,
    /// Columns of the key.
    key: &'static [&'static str],
    lines: BTreeMap<Vec<String>, BTreeMap<&'static str, Want>>,
}

impl Told {
    /// No row yet.
    pub(crate) const fn new(table: Table, key: &'static [&'static str]) -> Self {
        Self { table, key, lines: BTreeMap::new() }
    }

    /// One more row: all its columns but the council's.
    pub(crate) fn row(&mut self, columns: impl IntoIterator<Item = (&'static str, Want)>) {
        let columns: BTreeMap<&str, Want> = columns.into_iter().collect();
        let part = |column: &&str| match columns.get(*column) {
            Some(Want::Text(text)) => text.clone(),
            Some(Want::Integer(number)) => number.to_string(),
            _ => String::new(),
        };
        self.lines.insert(self.key.iter().map(part).collect(), columns);
    }

    /// How many rows there must be.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Every place in which the stored rows are others.
    pub(crate) fn differences(mut self, stored: Vec<Line>) -> Vec<RowDifference> {
        let mut found = Vec::new();
        let table = self.table.name();
        for Line(cells) in stored {
            let key: Vec<String> = self.key.iter().map(|column| part(cells.get(*column))).collect();
            let row = key.join("/");
            let Some(told) = self.lines.remove(&key) else {
                found.push(RowDifference { table, row, is: Differs::Untold });
                continue;
            };
            for (column, cell) in &cells {
                match told.get(column.as_str()) {
                    None => found.push(RowDifference { table, row: row.clone(), is: Differs::Unknown(column.clone()) }),
                    Some(want) if !want.is_met(cell) => {
                        found.push(RowDifference { table, row: row.clone(), is: Differs::Column(column.clone()) });
                    }
                    Some(_) => {}
                }
            }
        }
        let missing =
            self.lines.into_keys().map(|key| RowDifference { table, row: key.join("/"), is: Differs::Missing });
        found.extend(missing);
        found
    }
}

fn part(cell: Option<&Cell>) -> String {
    match cell {
        Some(Cell::Text(text)) => text.clone(),
        Some(Cell::Integer(number)) => number.to_string(),
        Some(Cell::Null | Cell::Bytes(_)) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[(&str, Cell)]) -> Line {
        Line(cells.iter().map(|(column, cell)| ((*column).to_owned(), cell.clone())).collect())
    }

    #[test]
    fn a_row_too_many_one_too_few_another_value_and_a_new_column_are_each_told() {
        let mut told = Told::new(Table::PollForms, &["form_id"]);
        for form in ["F1", "F2"] {
            told.row([("form_id", form.into()), ("issued", Want::integer(Some(3)))]);
        }
        let text = |text: &str| Cell::Text(text.to_owned());
        let stored = vec![
            line(&[("form_id", text("F1")), ("issued", Cell::Integer(4)), ("new", Cell::Null)]),
            line(&[("form_id", text("F3")), ("issued", Cell::Integer(3))]),
        ];
        let found: Vec<String> = told.differences(stored).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "bảng poll_forms, dòng F1: cột issued khác nhật ký",
                "bảng poll_forms, dòng F1: cột new không có trong lược đồ của chương trình",
                "bảng poll_forms có dòng F3 mà nhật ký không ghi",
                "bảng poll_forms thiếu dòng F2 mà nhật ký có ghi",
            ]
        );
    }
}
