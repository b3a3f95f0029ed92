//! Whole tables of a council with all their columns, for their comparison with the logs. Columns are read as the database has
//! them, so that one which nobody thought of is seen.

use std::collections::BTreeMap;
use std::fmt;

use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{ReadRow, Row, rows};
use domain::id::PollId;
use macros::boxed;

/// One value; a truth value is 0 or 1.
#[derive(Clone, PartialEq, Eq)]
pub enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row: its values by column, without the council's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(pub BTreeMap<String, Cell>);

impl fmt::Debug for Cell {
    /// What sort of value, never which one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Integer(_) => "Integer",
            Self::Text(_) => "Text",
            Self::Bytes(_) => "Bytes",
        })
    }
}

impl ReadRow for Line {
    fn read(row: &Row) -> Result<Self, sqlx::Error> {
        let columns: Vec<(String, String)> = match row {
            Row::Sqlite(row) => {
                let kind = |place| Ok::<_, sqlx::Error>(row.try_get_raw(place)?.type_info().name().to_owned());
                row.columns()
                    .iter()
                    .map(|c| Ok((c.name().to_owned(), kind(c.ordinal())?)))
                    .collect::<Result<_, sqlx::Error>>()?
            }
            Row::Postgres(row) => {
                row.columns().iter().map(|c| (c.name().to_owned(), c.type_info().name().to_owned())).collect()
            }
        };
        let mut cells = BTreeMap::new();
        for (place, (name, kind)) in columns.into_iter().enumerate().filter(|(_, (name, _))| name != "council_id") {
            let cell = match kind.as_str() {
                "NULL" => Cell::Null,
                "TEXT" => row.get::<Option<String>, usize>(place)?.map_or(Cell::Null, Cell::Text),
                "BOOL" | "BOOLEAN" => {
                    row.get::<Option<bool>, usize>(place)?.map_or(Cell::Null, |truth| Cell::Integer(i64::from(truth)))
                }
                "BYTEA" | "BLOB" => row.get::<Option<Vec<u8>>, usize>(place)?.map_or(Cell::Null, Cell::Bytes),
                _ => row.get::<Option<i64>, usize>(place)?.map_or(Cell::Null, Cell::Integer),
            };
            cells.insert(name, cell);
        }
        Ok(Self(cells))
    }
}

macro_rules! tables {
    (of polls { $( $of_poll:ident $poll_name:literal, )+ } of councils { $( $table:ident $name:literal, )+ }) => {
        /// A table that is read as a whole.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Table { $( $table, )+ $( $of_poll, )+ }

        impl Table {
            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$table => $name, )+ $( Self::$of_poll => $poll_name, )+ }
            }
        }

        /// All rows of the council.
        #[boxed]
        pub async fn lines(tx: &mut CouncilTx, table: Table) -> Result<Vec<Line>, StoreError> {
            match table {
                $( Table::$table => rows!(tx, Line, concat!("SELECT * FROM ", $name, " WHERE council_id = $1")), )+
                $( Table::$of_poll => rows!(tx, Line, concat!("SELECT * FROM ", $poll_name, " WHERE council_id = $1")), )+
            }
        }

        /// The rows of a poll; none of a table whose rows are no poll's.
        #[boxed]
        pub async fn lines_of_poll(tx: &mut CouncilTx, table: Table, poll: PollId) -> Result<Vec<Line>, StoreError> {
            match table {
                $( Table::$table => Ok(Vec::new()), )+
                $( Table::$of_poll => rows!(
                    tx,
                    Line,
                    concat!("SELECT * FROM ", $poll_name, " WHERE council_id = $1 AND poll_id = $2"),
                    poll.to_string()
                ), )+
            }
        }
    };
}

tables! {
    of polls {
        Polls "polls",
        PollOfficials "poll_officials",
        PollTellers "poll_tellers",
        PollForms "poll_forms",
        PollPapers "poll_papers",
        PollResults "poll_results",
        PollRecords "poll_records",
        Batches "batches",
        Proposals "proposals",
        Releases "releases",
        ReleasedFiles "released_files",
    }
    of councils {
        Councils "councils",
        Accounts "accounts",
        Slips "slips",
        Officials "officials",
        Delegates "delegates",
        Facts "facts",
        FactOfficials "fact_officials",
        Questions "questions",
        GroupSummaries "group_summaries",
        Attachments "attachments",
        RuleStatements "rule_statements",
    }
}
