//! Puts content into an empty database, in one transaction: all of it is there in the end, or nothing.

use std::path::PathBuf;

use sqlx::AssertSqlSafe;

use super::shape::{Kind, Shape, Table};
use super::{Piece, line};
use crate::db::{Db, Tx};
use crate::disk::beside;
use crate::error::StoreError;
use crate::migrations;
use crate::scope::CouncilTx;
use crate::sql::{Argument, bind_all};
use crate::target::Target;
use domain::id::CouncilId;
use macros::boxed;

/// A database that is being filled. Whoever does not [finish](Self::finish) [gives it up](Self::give_up).
pub struct Filler {
    db: Db,
    tx: CouncilTx,
    shape: Shape,
    /// Which table's rows are put in, and with what statement.
    table: Option<(usize, String)>,
    /// The file, where there was none before.
    made: Option<PathBuf>,
}

impl Filler {
    /// Begins on a database that has no row, and makes the schema of step `schema`.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], [`StoreError::NewerSchema`], and those of opening. Then nothing was written.
    #[boxed]
    pub async fn begin(target: &Target, schema: i64) -> Result<Self, StoreError> {
        migrations::require_known(schema)?;
        let made = target.file().filter(|path| !path.exists()).map(ToOwned::to_owned);
        let db = Db::connect(target).await?;
        match Self::begin_in(&db, target, schema).await {
            Ok((tx, shape)) => Ok(Self { db, tx, shape, table: None, made }),
            Err(cause) => {
                throw_away(&db, made).await;
                Err(cause)
            }
        }
    }

    async fn begin_in(db: &Db, target: &Target, schema: i64) -> Result<(CouncilTx, Shape), StoreError> {
        let mut tx = CouncilTx::enter(db.begin_write().await?, CouncilId::INSTALLATION).await?;
        migrations::make_empty(&mut tx.tx, target, schema).await?;
        let shape = Shape::read(&mut tx.tx).await?;
        Ok((tx, shape))
    }

    /// Puts the next part in.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] when it is none of this schema; the database may refuse it.
    #[boxed]
    pub async fn put(&mut self, piece: Piece) -> Result<(), StoreError> {
        match piece {
            Piece::Table { name, columns } => self.turn_to(&name, &columns),
            Piece::Rows(lines) => {
                for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                    self.put_line(line).await?;
                }
                Ok(())
            }
        }
    }

    fn turn_to(&mut self, name: &str, columns: &[String]) -> Result<(), StoreError> {
        let wrong = || StoreError::Unreadable(name.to_owned());
        let place = self.shape.0.iter().position(|table| table.name == name).ok_or_else(wrong)?;
        let table = self.shape.0.get(place).ok_or_else(wrong)?;
        if !table.columns.iter().map(|column| &column.name).eq(columns) {
            return Err(wrong());
        }
        self.table = Some((place, table.insert()));
        Ok(())
    }

    async fn put_line(&mut self, text: &[u8]) -> Result<(), StoreError> {
        let unknown = || StoreError::Unreadable("?".to_owned());
        let (place, insert) = self.table.as_ref().ok_or_else(unknown)?;
        let table = self.shape.0.get(*place).ok_or_else(unknown)?;
        let mut values = line::read(text, table)?;
        let council = council_of(&values, table)?;
        if self.tx.council != council {
            self.tx.council = council;
            self.tx.set_row_scope().await?;
        }
        let grown = if table.name == "logs" { grown(&mut values, table)? } else { None };
        run(&mut self.tx.tx, insert.clone(), values).await?;
        if let Some(values) = grown {
            let grow = "UPDATE logs SET size = $3 WHERE council_id = $1 AND log_id = $2";
            run(&mut self.tx.tx, grow.to_owned(), values).await?;
        }
        Ok(())
    }

    /// Puts a chunk of a file in, whose description is there.
    ///
    /// # Errors
    /// When the database refuses it.
    #[boxed]
    pub async fn put_chunk(
        &mut self,
        (council, sha256): (CouncilId, domain::audit::Digest),
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<(), StoreError> {
        if self.tx.council != council {
            self.tx.council = council;
            self.tx.set_row_scope().await?;
        }
        crate::attachments::add_chunk(&mut self.tx, sha256, number, bytes).await
    }

    /// Runs the migrations that came after, and makes everything durable.
    ///
    /// # Errors
    /// When a migration or the commit is refused; then nothing was written.
    #[boxed]
    pub async fn finish(mut self) -> Result<(), StoreError> {
        let outcome = match migrations::go_on(&mut self.tx.tx).await {
            Ok(()) => self.tx.tx.commit().await,
            refused => refused,
        };
        match outcome {
            Ok(()) => {
                self.db.close().await;
                Ok(())
            }
            Err(cause) => {
                throw_away(&self.db, self.made).await;
                Err(cause)
            }
        }
    }

    /// Undoes everything.
    #[boxed]
    pub async fn give_up(self) {
        let Self { db, tx, made, .. } = self;
        drop(tx);
        throw_away(&db, made).await;
    }
}

/// Closes a database, and removes its file where it was made for this.
async fn throw_away(db: &Db, made: Option<PathBuf>) {
    db.close().await;
    for file in made.iter().flat_map(|path| [path.clone(), beside(path, "-wal"), beside(path, "-shm")]) {
        if let Err(cause) = std::fs::remove_file(&file)
            && cause.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(file = %file.display(), %cause, "a half filled database could not be removed");
        }
    }
}

fn council_of(values: &[Argument], table: &Table) -> Result<CouncilId, StoreError> {
    let wrong = || StoreError::Unreadable(table.name.clone());
    match (table.columns.first().map(|column| (column.name.as_str(), column.kind)), values.first()) {
        (Some(("council_id", Kind::Text)), Some(Argument::Text(Some(id)))) => id.parse().map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// A log begins empty and grows: what makes it as long as it is, after its row was put in without entries.
fn grown(values: &mut [Argument], table: &Table) -> Result<Option<Vec<Argument>>, StoreError> {
    let wrong = || StoreError::Unreadable(table.name.clone());
    let text = |column: &str| match table.place(column).and_then(|place| values.get(place)) {
        Some(Argument::Text(Some(text))) => Ok(Argument::from(text.clone())),
        _ => Err(wrong()),
    };
    let (council, log) = (text("council_id")?, text("log_id")?);
    let size = table.place("size").and_then(|place| values.get_mut(place)).ok_or_else(wrong)?;
    let Argument::Integer(Some(entries)) = size else { return Err(wrong()) };
    let entries = *entries;
    *size = Argument::from(0_i64);
    Ok((entries != 0).then(|| vec![council, log, Argument::from(entries)]))
}

async fn run(tx: &mut Tx, statement: String, values: Vec<Argument>) -> Result<(), StoreError> {
    let statement = AssertSqlSafe(statement);
    match tx {
        Tx::Sqlite(tx) => bind_all!(statement, values).execute(&mut **tx).await.map(drop)?,
        Tx::Postgres(tx) => bind_all!(statement, values).execute(&mut **tx).await.map(drop)?,
    }
    Ok(())
}
