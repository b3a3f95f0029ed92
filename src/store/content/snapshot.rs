//! Reads all that a database holds in one transaction, while others write.

use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use sqlx::AssertSqlSafe;
use tokio::sync::mpsc::Sender;

use super::shape::{Shape, Table};
use super::{CHUNKS, Piece, line};
use crate::councils::{self, CouncilRow};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::CouncilTx;
use crate::sql::{Row, to_u64};
use crate::target::Target;
use crate::work::InstallationTx;
use crate::{Store, attachments, logs, migrations};
use domain::audit::{Checkpoint, Digest};
use domain::id::CouncilId;
use macros::boxed;

/// Bytes of rows that go together; a single row may be longer.
const PIECE_BYTES: usize = 256 * 1024;

/// Where a log stands in what is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogStand {
    pub head: Checkpoint,
    pub public_key: String,
    /// Whether it is a council's own log, and not that of a poll.
    pub is_own: bool,
}

/// A file that is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHeld {
    pub council: CouncilId,
    pub sha256: Digest,
    /// In bytes.
    pub size: u64,
}

/// One state of a whole database. It ends when it is dropped.
pub struct Snapshot {
    tx: CouncilTx,
    shape: Shape,
    schema: i64,
    councils: Vec<CouncilRow>,
    /// Holds the folder of a copy, where one is read.
    _db: Db,
}

impl Snapshot {
    /// Of a database that is open.
    #[boxed]
    pub async fn of(store: &Store) -> Result<Self, StoreError> {
        Self::begin(store.db.clone()).await
    }

    /// Of a database that may have an older schema; nothing in it is changed.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::NewerSchema`], and those of opening.
    #[boxed]
    pub async fn at(target: &Target) -> Result<Self, StoreError> {
        let db = Db::connect_to_look(target).await?;
        migrations::require_any(&db, target).await?;
        Self::begin(db).await
    }

    async fn begin(db: Db) -> Result<Self, StoreError> {
        let mut tx = CouncilTx::enter(db.begin_long_read().await?, CouncilId::INSTALLATION).await?;
        let schema = migrations::step_of(&mut tx.tx).await?;
        let shape = Shape::read(&mut tx.tx).await?;
        let mut found = councils::own(&mut tx).await?.into_iter().collect::<Vec<_>>();
        found.extend(councils::list(&mut InstallationTx::new(&mut tx)).await?);
        found.sort_by(|one, other| one.council_id.cmp(&other.council_id));
        Ok(Self { tx, shape, schema, councils: found, _db: db })
    }

    /// Number of its newest migration.
    pub const fn schema(&self) -> i64 {
        self.schema
    }

    /// Names of its councils, the installation among them.
    pub fn councils(&self) -> Vec<String> {
        self.councils.iter().map(|council| council.name.clone()).collect()
    }

    /// Where every log stands, by name.
    #[boxed]
    pub async fn logs(&mut self) -> Result<Vec<LogStand>, StoreError> {
        let mut stands = Vec::new();
        for council in &self.councils {
            let tx = turn(&mut self.tx, council.id()?).await?;
            let found = logs::untagged_heads(tx).await?.into_iter();
            stands.extend(found.map(|log| LogStand {
                head: log.head,
                public_key: log.public_key,
                is_own: log.poll.is_none(),
            }));
        }
        stands.sort_by(|one, other| one.head.origin.cmp(&other.head.origin));
        Ok(stands)
    }

    /// All files that are attached.
    #[boxed]
    pub async fn files(&mut self) -> Result<Vec<FileHeld>, StoreError> {
        let mut held = Vec::new();
        for council in &self.councils {
            let council = council.id()?;
            for (sha256, size) in attachments::sizes(turn(&mut self.tx, council).await?).await? {
                let sha256 = sha256.parse().map_err(StoreError::corrupt)?;
                held.push(FileHeld { council, sha256, size: to_u64(size)? });
            }
        }
        Ok(held)
    }

    /// Chunk `number`, from 0, of a file; `None` after the last.
    #[boxed]
    pub async fn chunk(&mut self, file: &FileHeld, number: u32) -> Result<Option<Vec<u8>>, StoreError> {
        attachments::chunk(turn(&mut self.tx, file.council).await?, file.sha256, number).await
    }

    /// Sends everything, the bytes of files where they are wanted. Little of it is in memory at once.
    ///
    /// # Errors
    /// [`StoreError::BrokeOff`] when nobody receives it any more.
    #[boxed]
    pub async fn send(&mut self, with_chunks: bool, to: &Sender<Piece>) -> Result<(), StoreError> {
        for table in self.shape.0.iter().filter(|table| with_chunks || table.name != CHUNKS) {
            let columns = table.columns.iter().map(|column| column.name.clone()).collect();
            pass(to, Piece::Table { name: table.name.clone(), columns }).await?;
            for council in &self.councils {
                rows(turn(&mut self.tx, council.id()?).await?, table, to).await?;
            }
        }
        Ok(())
    }
}

/// Turns the transaction to the rows of a council.
async fn turn(tx: &mut CouncilTx, council: CouncilId) -> Result<&mut CouncilTx, StoreError> {
    InstallationTx::new(&mut *tx).within(council).await?;
    Ok(tx)
}

async fn pass(to: &Sender<Piece>, piece: Piece) -> Result<(), StoreError> {
    to.send(piece).await.map_err(|_| StoreError::BrokeOff)
}

async fn rows(tx: &mut CouncilTx, table: &Table, to: &Sender<Piece>) -> Result<(), StoreError> {
    let (council, select) = (tx.council.to_string(), AssertSqlSafe(table.select(tx.is_postgres())));
    let mut found: BoxStream<'_, Result<Row, sqlx::Error>> = match &mut tx.tx {
        Tx::Sqlite(tx) => sqlx::query(select).bind(council).fetch(&mut **tx).map_ok(Row::Sqlite).boxed(),
        Tx::Postgres(tx) => sqlx::query(select).bind(council).fetch(&mut **tx).map_ok(Row::Postgres).boxed(),
    };
    let mut lines = Vec::new();
    while let Some(row) = found.try_next().await? {
        line::write(&row, table, &mut lines)?;
        if lines.len() >= PIECE_BYTES {
            pass(to, Piece::Rows(std::mem::take(&mut lines))).await?;
        }
    }
    if lines.is_empty() { Ok(()) } else { pass(to, Piece::Rows(lines)).await }
}
