//! Tables, triggers, policies and functions of a database, held against what the migrations make: whoever may write to the
//! database may also take away what protects its rows.

use std::collections::BTreeMap;
use std::fmt;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::Store;
use super::db::Tx;
use super::error::StoreError;
use super::migrations;
use macros::boxed;

/// What the migrations make of PostgreSQL: a test writes it anew from an empty database.
pub const POSTGRES: &str = include_str!("postgres_schema.txt");

/// Without the tables that the index of the search keeps for itself.
const OF_SQLITE: &str = "SELECT type || ' ' || name, tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema \
                         WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'search\\_words\\_%' ESCAPE '\\'";

/// Definitions of the schema's own objects, without those of extensions.
const OF_POSTGRES: &str = "\
    SELECT 'trigger ' || t.tgname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid, true) \
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
    WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace \
    UNION ALL SELECT 'function ' || p.proname, p.prorettype::regtype::text || ' ' || md5(p.prosrc) FROM pg_proc p \
    WHERE p.pronamespace = current_schema()::regnamespace \
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') \
    UNION ALL SELECT 'policy ' || tablename || '.' || policyname, \
    permissive || ' ' || cmd || ' ' || coalesce(qual, '') || ' ' || coalesce(with_check, '') \
    FROM pg_policies WHERE schemaname = current_schema() \
    UNION ALL SELECT 'table ' || c.relname, c.relkind::text || ' ' || c.relrowsecurity || ' ' || c.relforcerowsecurity \
    || ' ' || (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) \
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, ', ' ORDER BY a.attnum) \
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) \
    FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v', 'm', 'f', 'p') \
    UNION ALL SELECT 'constraint ' || conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid, true) \
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype IN ('p', 'f', 'u', 'c') \
    UNION ALL SELECT 'rule ' || tablename || '.' || rulename, definition FROM pg_rules \
    WHERE schemaname = current_schema()";

/// How an object of the schema is not what the migrations make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaDiffers {
    Missing,
    Untold,
    Changed,
}

/// An object of the schema that is not what the migrations make. One sentence without its end, Vietnamese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaDifference {
    /// Sort and name: `trigger logs_stay`.
    pub object: String,
    pub is: SchemaDiffers,
}

impl fmt::Display for SchemaDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = &self.object;
        match self.is {
            SchemaDiffers::Missing => write!(f, "lược đồ thiếu «{object}» mà chương trình đã tạo"),
            SchemaDiffers::Untold => write!(f, "lược đồ có «{object}» mà chương trình không tạo"),
            SchemaDiffers::Changed => write!(f, "«{object}» trong lược đồ khác với bản mà chương trình đã tạo"),
        }
    }
}

type Objects = BTreeMap<String, String>;

impl Store {
    /// Every object of the schema that is not what the migrations make.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn schema_differences(&self) -> Result<Vec<SchemaDifference>, StoreError> {
        let mut tx = self.db.begin_read().await?;
        let stored = objects(&mut tx).await?;
        let told = match &tx {
            Tx::Sqlite(_) => made_anew().await?,
            Tx::Postgres(_) => read(POSTGRES),
        };
        let mut found = compare(&told, &stored);
        if let Some(version) = migrations::misnamed(&mut tx).await? {
            let object = format!("bảng schema_steps, dòng {version}: cột name");
            found.push(SchemaDifference { object, is: SchemaDiffers::Changed });
        }
        Ok(found)
    }

    /// The objects of the schema, one a line.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn schema_text(&self) -> Result<String, StoreError> {
        let objects = objects(&mut self.db.begin_read().await?).await?;
        Ok(objects.into_iter().map(|(object, definition)| format!("{object}\t{definition}\n")).collect())
    }
}

fn compare(told: &Objects, stored: &Objects) -> Vec<SchemaDifference> {
    let of_told = told.iter().filter_map(|(object, definition)| {
        let is = match stored.get(object) {
            None => SchemaDiffers::Missing,
            Some(other) if other != definition => SchemaDiffers::Changed,
            Some(_) => return None,
        };
        Some(SchemaDifference { object: object.clone(), is })
    });
    let untold = stored.keys().filter(|object| !told.contains_key(*object));
    let untold = untold.map(|object| SchemaDifference { object: object.clone(), is: SchemaDiffers::Untold });
    of_told.chain(untold).collect()
}

fn read(text: &str) -> Objects {
    let parts = text.lines().filter_map(|line| line.split_once('\t'));
    parts.map(|(object, definition)| (object.to_owned(), definition.to_owned())).collect()
}

async fn objects(tx: &mut Tx) -> Result<Objects, StoreError> {
    let rows: Vec<(String, String)> = match tx {
        Tx::Sqlite(tx) => sqlx::query_as(OF_SQLITE).fetch_all(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(OF_POSTGRES).fetch_all(&mut **tx).await?,
    };
    Ok(rows.into_iter().map(|(object, definition)| (object, definition.replace(['\n', '\t'], " "))).collect())
}

/// What the migrations make, in a database of its own that is nowhere on a disk.
async fn made_anew() -> Result<Objects, StoreError> {
    let mut connection = SqliteConnectOptions::new().in_memory(true).connect().await?;
    for statement in migrations::of_sqlite() {
        sqlx::raw_sql(statement).execute(&mut connection).await?;
    }
    let rows: Vec<(String, String)> = sqlx::query_as(OF_SQLITE).fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(rows.into_iter().map(|(object, definition)| (object, definition.replace(['\n', '\t'], " "))).collect())
}
