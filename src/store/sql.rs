//! One SQL text for both databases, with the council as its first argument.
//!
//! A statement that does not name the council does not compile; a row struct names its columns once.

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

/// Runs a statement in a [`CouncilTx`](super::CouncilTx), whose council is `$1`; other arguments follow from `$2`.
/// `rows!` gives all rows, `row!` at most one, `execute!` the number of rows that it changed.
macro_rules! statement {
    ($tx:expr, $fetch:ident, $row:ty, $sql:literal $(, $argument:expr)*) => {{
        const { assert!($crate::store::sql::names_council($sql), "the statement does not name its council") };
        let tx: &mut $crate::store::CouncilTx = $tx;
        let council = tx.council().to_string();
        match tx.ready().await {
            Ok($crate::store::db::Tx::Sqlite(connection)) => {
                let query = sqlx::query_as::<sqlx::Sqlite, $row>($sql).bind(council)$(.bind($argument))*;
                let found = query.$fetch(&mut **connection).await;
                tx.heard(found)
            }
            Ok($crate::store::db::Tx::Postgres(connection)) => {
                let query = sqlx::query_as::<sqlx::Postgres, $row>($sql).bind(council)$(.bind($argument))*;
                let found = query.$fetch(&mut **connection).await;
                tx.heard(found)
            }
            Err(error) => Err(error),
        }
    }};
}

macro_rules! rows {
    ($tx:expr, $row:ty, $sql:literal $(, $argument:expr)* $(,)?) => {
        $crate::store::sql::statement!($tx, fetch_all, $row, $sql $(, $argument)*)
    };
}

macro_rules! row {
    ($tx:expr, $row:ty, $sql:literal $(, $argument:expr)* $(,)?) => {
        $crate::store::sql::statement!($tx, fetch_optional, $row, $sql $(, $argument)*)
    };
}

macro_rules! execute {
    ($tx:expr, $sql:literal $(, $argument:expr)* $(,)?) => {{
        const { assert!($crate::store::sql::names_council($sql), "the statement does not name its council") };
        let tx: &mut $crate::store::CouncilTx = $tx;
        let council = tx.council().to_string();
        match tx.ready().await {
            Ok($crate::store::db::Tx::Sqlite(connection)) => {
                let query = sqlx::query::<sqlx::Sqlite>($sql).bind(council)$(.bind($argument))*;
                let done = query.execute(&mut **connection).await.map(|done| done.rows_affected());
                tx.heard(done)
            }
            Ok($crate::store::db::Tx::Postgres(connection)) => {
                let query = sqlx::query::<sqlx::Postgres>($sql).bind(council)$(.bind($argument))*;
                let done = query.execute(&mut **connection).await.map(|done| done.rows_affected());
                tx.heard(done)
            }
            Err(error) => Err(error),
        }
    }};
}

/// Declares a row: its fields are its columns, by name, in both databases.
macro_rules! row_struct {
    ($( #[doc = $doc:literal] )+ $name:ident { $( #[doc = $field_doc:literal] $field:ident: $type:ty, )+ }) => {
        $( #[doc = $doc] )+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $( #[doc = $field_doc] pub $field: $type, )+ }

        $crate::store::sql::row_struct!(@from sqlx::sqlite::SqliteRow, $name, $($field),+);
        $crate::store::sql::row_struct!(@from sqlx::postgres::PgRow, $name, $($field),+);
    };
    (@from $row:ty, $name:ident, $($field:ident),+) => {
        impl sqlx::FromRow<'_, $row> for $name {
            fn from_row(row: &$row) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                Ok(Self { $( $field: row.try_get(stringify!($field))?, )+ })
            }
        }
    };
}

pub(super) use {execute, row, row_struct, rows, statement};

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
