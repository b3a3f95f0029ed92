//! Tables and columns of a database as it says of itself, so that a table which a later migration adds is read too.

use std::collections::{BTreeMap, BTreeSet};

use crate::db::Tx;
use crate::error::StoreError;

/// Tables whose rows stay behind.
const LEFT_OUT: &[&str] = &["schema_steps", "sessions"];

/// Table, column, type, whether the database derives it, its place in the primary key (0 for none).
const COLUMNS_OF_SQLITE: &str = "\
    SELECT t.name, c.name, lower(c.type), FALSE, c.pk FROM sqlite_schema AS t, pragma_table_info(t.name) AS c \
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE 'search\\_words%' ESCAPE '\\'";
const COLUMNS_OF_POSTGRES: &str = "\
    SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), \
    a.attgenerated <> '' OR a.attidentity <> '', \
    coalesce((SELECT array_position(i.indkey::int2[], a.attnum) + 1 FROM pg_index i \
    WHERE i.indrelid = c.oid AND i.indisprimary), 0)::bigint \
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'";
/// Table, and a table to whose rows its rows refer.
const PARENTS_IN_SQLITE: &str =
    "SELECT t.name, f.\"table\" FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table'";
const PARENTS_IN_POSTGRES: &str = "\
    SELECT t.relname::text, p.relname::text FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
    JOIN pg_class p ON p.oid = c.confrelid WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace";

type ColumnRow = (String, String, String, bool, i64);

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Truth,
    Bytes,
}

/// A column that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
}

/// A table, its columns in the order in which they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Columns of the primary key, in its order.
    key: Vec<Column>,
}

/// All tables, parents first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape(pub Vec<Table>);

fn kind(table: &str, name: &str, stored: &str) -> Result<Kind, StoreError> {
    Ok(match stored {
        "text" => Kind::Text,
        "integer" | "bigint" => Kind::Integer,
        "boolean" => Kind::Truth,
        "blob" | "bytea" => Kind::Bytes,
        _ => return Err(StoreError::corrupt(format!("{table}.{name}"))),
    })
}

impl Table {
    fn of(name: String, mut rows: Vec<ColumnRow>) -> Result<Self, StoreError> {
        rows.sort_by(|one, other| one.1.cmp(&other.1));
        let column = |row: &ColumnRow| Ok(Column { name: row.1.clone(), kind: kind(&name, &row.1, &row.2)? });
        let mut keyed: Vec<&ColumnRow> = rows.iter().filter(|row| row.4 > 0).collect();
        keyed.sort_by_key(|row| row.4);
        let key = keyed.iter().map(|row| column(row)).collect::<Result<Vec<_>, StoreError>>()?;
        // SQLite gives an integer that is the whole key by itself.
        let given = match key.as_slice() {
            [Column { name, kind: Kind::Integer }] => Some(name.clone()),
            _ => None,
        };
        let kept = rows.iter().filter(|row| !row.3 && given.as_ref() != Some(&row.1));
        let mut columns = kept.map(column).collect::<Result<Vec<_>, StoreError>>()?;
        columns.sort_by_key(|column| column.name != "council_id");
        Ok(Self { name, columns, key })
    }

    /// All rows of one council, in an order that no collation of a server changes.
    pub fn select(&self, is_postgres: bool) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let by_bytes = |column: &Column| match column.kind {
            Kind::Text if is_postgres => format!("{} COLLATE \"C\"", column.name),
            _ => column.name.clone(),
        };
        let key: Vec<String> = self.key.iter().map(by_bytes).collect();
        format!("SELECT {} FROM {} WHERE council_id = $1 ORDER BY {}", columns.join(", "), self.name, key.join(", "))
    }

    /// One row.
    pub fn insert(&self) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", self.name, columns.join(", "), places.join(", "))
    }

    /// Where a column stands.
    pub fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|one| one.name == column)
    }
}

impl Shape {
    /// That of the database in this transaction.
    pub async fn read(tx: &mut Tx) -> Result<Self, StoreError> {
        let (columns, parents): (Vec<ColumnRow>, Vec<(String, String)>) = match tx {
            Tx::Sqlite(tx) => (
                sqlx::query_as(COLUMNS_OF_SQLITE).fetch_all(&mut **tx).await?,
                sqlx::query_as(PARENTS_IN_SQLITE).fetch_all(&mut **tx).await?,
            ),
            Tx::Postgres(tx) => (
                sqlx::query_as(COLUMNS_OF_POSTGRES).fetch_all(&mut **tx).await?,
                sqlx::query_as(PARENTS_IN_POSTGRES).fetch_all(&mut **tx).await?,
            ),
        };
        let mut tables: BTreeMap<String, Vec<ColumnRow>> = BTreeMap::new();
        for row in columns.into_iter().filter(|row| !LEFT_OUT.contains(&row.0.as_str())) {
            tables.entry(row.0.clone()).or_default().push(row);
        }
        let mut ordered = Vec::new();
        let mut done = BTreeSet::new();
        while let Some(name) = next(&tables, &parents, &done) {
            let rows = tables.remove(&name).unwrap_or_default();
            ordered.push(Table::of(name.clone(), rows)?);
            done.insert(name);
        }
        if tables.is_empty() { Ok(Self(ordered)) } else { Err(StoreError::corrupt("bảng tham chiếu vòng tròn")) }
    }
}

/// The first table by name all of whose parents are done.
fn next(
    tables: &BTreeMap<String, Vec<ColumnRow>>,
    parents: &[(String, String)],
    done: &BTreeSet<String>,
) -> Option<String> {
    let is_ready = |name: &&String| {
        let of_name = parents.iter().filter(|(child, _)| child == *name);
        of_name.map(|(_, parent)| parent).all(|parent| parent == *name || done.contains(parent))
    };
    tables.keys().find(is_ready).cloned()
}
