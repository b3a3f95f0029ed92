//! One SQL text for both databases, with the council as its first argument.
//!
//! A statement that does not name the council does not compile; a row struct names its columns once.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Postgres, Row as _, Sqlite};

use super::db::Tx;
use super::error::StoreError;
use super::scope::CouncilTx;

/// Whether a statement keeps to one council: it compares `council_id` with `$1`, or writes it as the first column.
pub(super) const fn names_council(sql: &str) -> bool {
    contains(sql, "council_id = $1") || contains(sql, "(council_id,")
}

const fn contains(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let mut from = 0;
    while from + part.len() <= text.len() {
        let mut same = 0;
        while same < part.len() && text[from + same] == part[same] {
            same += 1;
        }
        if same == part.len() {
            return true;
        }
        from += 1;
    }
    false
}

/// The value of one placeholder of a statement.
pub(super) enum Argument {
    Text(Option<String>),
    Integer(Option<i64>),
    Truth(bool),
    Bytes(Option<Vec<u8>>),
}

macro_rules! arguments {
    ($($type:ty => |$value:ident| $argument:expr,)+) => { $(
        impl From<$type> for Argument {
            fn from($value: $type) -> Self {
                $argument
            }
        }
    )+ };
}

arguments! {
    String => |text| Self::Text(Some(text)),
    Option<String> => |text| Self::Text(text),
    &str => |text| Self::Text(Some(text.to_owned())),
    Option<&str> => |text| Self::Text(text.map(str::to_owned)),
    i64 => |number| Self::Integer(Some(number)),
    Option<i64> => |number| Self::Integer(number),
    bool => |truth| Self::Truth(truth),
    Vec<u8> => |bytes| Self::Bytes(Some(bytes)),
    Option<Vec<u8>> => |bytes| Self::Bytes(bytes),
}

/// Checks that a statement changed one row; none means that the row is no longer in the state that the statement names.
///
/// # Errors
/// [`StoreError::Stale`].
pub(super) const fn one_changed(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// A stored figure that is at least 0.
///
/// # Errors
/// [`StoreError::Corrupt`] when it is negative or too large.
pub(super) fn to_u32(stored: i64) -> Result<u32, StoreError> {
    u32::try_from(stored).map_err(StoreError::corrupt)
}

/// A stored figure that is at least 0.
///
/// # Errors
/// [`StoreError::Corrupt`] when it is negative.
pub(super) fn to_u64(stored: i64) -> Result<u64, StoreError> {
    u64::try_from(stored).map_err(StoreError::corrupt)
}

/// A row of either database. Values are read from it in code that is not async: the futures of both drivers are compiled
/// once, in [`CouncilTx::fetch`] and [`CouncilTx::run`], not in every function of the store.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The value of a column, by its name or its position. SQLite holds truth values as numbers, of which the driver takes all
    /// but 0 for true: one that is neither 0 nor 1 was not written by this program, and is refused.
    pub(super) fn get<T, I>(&self, column: I) -> Result<T, sqlx::Error>
    where
        T: for<'r> sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
        T: for<'r> sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>,
        I: sqlx::ColumnIndex<SqliteRow> + sqlx::ColumnIndex<PgRow> + Copy,
    {
        match self {
            Self::Sqlite(row) => {
                if <T as sqlx::Type<Sqlite>>::type_info() == <bool as sqlx::Type<Sqlite>>::type_info()
                    && let Some(number) =
                        row.try_get::<Option<i64>, I>(column)?.filter(|number| !(0..=1).contains(number))
                {
                    return Err(sqlx::Error::Decode(format!("{number} không phải đúng (1) hay sai (0)").into()));
                }
                row.try_get(column)
            }
            Self::Postgres(row) => row.try_get(column),
        }
    }
}

/// A value that is read from a whole row.
pub(super) trait ReadRow: Sized {
    fn read(row: &Row) -> Result<Self, sqlx::Error>;
}

macro_rules! tuples {
    ($( ($($type:ident $position:tt),+) )+) => { $(
        impl<$($type),+> ReadRow for ($($type,)+)
        where
            $( $type: for<'r> sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>
                + for<'r> sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>, )+
        {
            fn read(row: &Row) -> Result<Self, sqlx::Error> {
                Ok(($(row.get::<$type, usize>($position)?,)+))
            }
        }
    )+ };
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
}

macro_rules! bind_all {
    ($sql:expr, $arguments:expr) => {{
        let mut query = sqlx::query($sql);
        for argument in $arguments {
            query = match argument {
                Argument::Text(text) => query.bind(text),
                Argument::Integer(number) => query.bind(number),
                Argument::Truth(truth) => query.bind(truth),
                Argument::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }};
}

impl CouncilTx {
    /// Runs a statement and reads all rows that it returns.
    pub(super) async fn fetch<R: ReadRow>(
        &mut self,
        sql: &'static str,
        arguments: Vec<Argument>,
    ) -> Result<Vec<R>, StoreError> {
        let found = self.fetch_rows(sql, arguments).await?;
        let read = found.iter().map(R::read).collect();
        self.checked_answer(read)
    }

    async fn fetch_rows(&mut self, sql: &'static str, arguments: Vec<Argument>) -> Result<Vec<Row>, StoreError> {
        let found = match self.ready().await? {
            Tx::Sqlite(connection) => {
                let found = bind_all!(sql, arguments).fetch_all(&mut **connection).await;
                found.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Tx::Postgres(connection) => {
                let found = bind_all!(sql, arguments).fetch_all(&mut **connection).await;
                found.map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        self.checked_answer(found)
    }

    /// Runs a statement and returns the number of rows that it changed.
    pub(super) async fn run(&mut self, sql: &'static str, arguments: Vec<Argument>) -> Result<u64, StoreError> {
        let done = match self.ready().await? {
            Tx::Sqlite(connection) => {
                let done = bind_all!(sql, arguments).execute(&mut **connection).await;
                done.map(|done| done.rows_affected())
            }
            Tx::Postgres(connection) => {
                let done = bind_all!(sql, arguments).execute(&mut **connection).await;
                done.map(|done| done.rows_affected())
            }
        };
        self.checked_answer(done)
    }
}

/// Runs a statement in a [`CouncilTx`], whose council is `$1`; other arguments follow from `$2`. `rows!` returns all rows,
/// `row!` the first if any, `execute!` the number of rows changed.
macro_rules! statement {
    ($tx:expr, $run:ident $(::<$row:ty>)?, $sql:expr $(, $argument:expr)*) => {{
        const { assert!($crate::sql::names_council($sql), "the statement does not name its council") };
        let tx: &mut $crate::CouncilTx = $tx;
        let council = $crate::sql::Argument::from(tx.council().to_string());
        let arguments = vec![council $(, $crate::sql::Argument::from($argument))*];
        tx.$run$(::<$row>)?($sql, arguments).await
    }};
}

macro_rules! rows {
    ($tx:expr, $row:ty, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::sql::statement!($tx, fetch::<$row>, $sql $(, $argument)*)
    };
}

macro_rules! row {
    ($tx:expr, $row:ty, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::sql::statement!($tx, fetch::<$row>, $sql $(, $argument)*)
            .map(|found| found.into_iter().next())
    };
}

macro_rules! execute {
    ($tx:expr, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::sql::statement!($tx, run, $sql $(, $argument)*)
    };
}

/// Declares a row: its fields are its columns, by name, in both databases.
macro_rules! row_struct {
    ($( #[doc = $doc:literal] )+ $name:ident { $( $( #[doc = $field_doc:literal] )* $field:ident: $type:ty, )+ }) => {
        $( #[doc = $doc] )+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $( $( #[doc = $field_doc] )* pub $field: $type, )+ }

        impl $crate::sql::ReadRow for $name {
            fn read(row: &$crate::sql::Row) -> Result<Self, sqlx::Error> {
                Ok(Self { $( $field: row.get(stringify!($field))?, )+ })
            }
        }
    };
}

pub(super) use {bind_all, execute, row, row_struct, rows, statement};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_names_its_council() {
        assert!(names_council("SELECT name FROM accounts WHERE council_id = $1 AND login = $2"));
        assert!(names_council("INSERT INTO accounts (council_id, account_id) VALUES ($1, $2)"));
        assert!(!names_council("SELECT name FROM accounts WHERE login = $1"));
        assert!(!names_council("SELECT council_id FROM accounts"));
    }
}
