//! From one database into another, of whatever sort: every row as it is, read back in the end.

use std::collections::BTreeMap;

use tokio::sync::mpsc;

use super::format::{Sums, TableSum};
use super::make::QUEUE;
use crate::service::backup_error::BackupError;
use crate::service::error::AppError;
use macros::boxed;
use store::content::{Filler, LogStand, Snapshot};
use store::{SCHEMA, StoreError, Target};

/// What went over.
#[derive(Clone, Debug)]
pub struct Transferred {
    /// Rows of all tables.
    pub rows: u64,
    /// Tables that have rows.
    pub tables: usize,
    /// Where every log stands, on both sides.
    pub logs: Vec<LogStand>,
}

/// The database that somebody names: `sqlite:PATH` or `postgres://…`.
///
/// # Errors
/// When it is neither.
pub fn place_of(url: &str) -> Result<Target, AppError> {
    Ok(Target::parse(url.trim())?)
}

/// Copies everything from one database into another that is empty, in one transaction, and reads it back.
///
/// # Errors
/// One sentence; nothing was written, but for [`BackupError::TransferDiffers`].
#[boxed]
pub async fn transfer(from: &Target, to: &Target) -> Result<Transferred, AppError> {
    let mut snapshot = Snapshot::at(from).await?;
    if snapshot.schema() != SCHEMA {
        return Err(StoreError::OlderSchema { found: snapshot.schema(), known: SCHEMA }.into());
    }
    let logs = snapshot.logs().await?;
    let mut filler = Filler::begin(to, SCHEMA).await?;
    let sent = match pass(snapshot, Some(&mut filler)).await {
        Ok(sent) => {
            filler.finish().await?;
            sent
        }
        Err(cause) => {
            filler.give_up().await;
            return Err(cause);
        }
    };
    let mut there = Snapshot::at(to).await?;
    let is_same = there.logs().await? == logs && pass(there, None).await? == sent;
    if !is_same {
        return Err(BackupError::TransferDiffers(to.to_string()).into());
    }
    let (rows, tables) = (sent.values().map(|sum| sum.rows).sum(), sent.values().filter(|sum| sum.rows > 0).count());
    Ok(Transferred { rows, tables, logs })
}

/// Reads everything, and puts it into a database if there is one.
async fn pass(mut snapshot: Snapshot, mut into: Option<&mut Filler>) -> Result<BTreeMap<String, TableSum>, AppError> {
    let (sender, mut receiver) = mpsc::channel(QUEUE);
    let sending = tokio::spawn(async move { snapshot.send(true, &sender).await });
    let mut sums = Sums::default();
    while let Some(piece) = receiver.recv().await {
        sums.count_piece(&piece)?;
        if let Some(filler) = &mut into {
            filler.put(piece).await?;
        }
    }
    sending.await.map_err(|e| AppError::internal("chuyển dữ liệu", e))??;
    Ok(sums.end())
}
