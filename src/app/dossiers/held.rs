//! What was released, held against the poll's log each time somebody reads it: the paper of every dossier is an entry by its
//! hash, and what pages show of it is the document from which that very paper comes out.

use std::sync::{Arc, Mutex, PoisonError};

use super::compile::NO_DOSSIER;
use crate::service::bounded::Bounded;
use crate::service::drawn::document as print;
use crate::service::error::AppError;
use crate::service::held::{Differs, RowDifference};
use domain::audit::{Digest, LogEntry, PollEvent};
use domain::document::Document;
use domain::id::PollId;
use domain::release::About;
use store::releases::{self, ReleasedDossier};
use store::{CouncilTx, log_tags, logs};

/// Documents whose papers are known. A council releases some dozens at a time.
const MAX_DOCUMENTS: usize = 4_096;

/// SHA-256 of papers that this process has drawn, by that of their documents.
static DRAWN: Mutex<Bounded<Digest, Digest>> = Mutex::new(Bounded::new(MAX_DOCUMENTS));

/// A document from its canonical text, with the SHA-256 of the paper that comes out of it; `None` when none does.
pub(crate) fn drawn(text: &str) -> Option<(Document, Digest)> {
    let document: Document = serde_json::from_str(text).ok()?;
    let sha256 = Digest::of(text.as_bytes());
    let known = DRAWN.lock().unwrap_or_else(PoisonError::into_inner).get(&sha256);
    let paper = match known {
        Some(paper) => *paper,
        None => {
            let paper = Digest::of(&print(&document).ok()?.bytes);
            DRAWN.lock().unwrap_or_else(PoisonError::into_inner).put(sha256, 1, Arc::new(paper));
            paper
        }
    };
    Some((document, paper))
}

/// The document of a released dossier.
///
/// # Errors
/// [`AppError::Changed`] where it is not the one from which the released paper came.
pub(crate) async fn document(
    tx: &mut CouncilTx,
    poll: PollId,
    number: u32,
    about: &About,
) -> Result<Document, AppError> {
    let dossier = told(tx, poll, number, about).await?;
    let text = releases::document(tx, poll, number, about).await?.ok_or(NO_DOSSIER)?;
    let drawn = tokio::task::spawn_blocking(move || drawn(&text)).await;
    let drawn = drawn.map_err(|e| AppError::internal("in lại hồ sơ", e))?;
    match drawn.filter(|(_, paper)| *paper == dossier.pdf_sha256) {
        Some((document, _)) => Ok(document),
        None => Err(changed((poll, number), &dossier, "document")),
    }
}

/// The paper of a released dossier, with its row.
///
/// # Errors
/// [`AppError::Changed`] where it is not the one that was released.
pub(crate) async fn paper(
    tx: &mut CouncilTx,
    poll: PollId,
    number: u32,
    about: &About,
) -> Result<(ReleasedDossier, Vec<u8>), AppError> {
    let dossier = told(tx, poll, number, about).await?;
    let bytes = releases::pdf(tx, poll, number, about).await?.ok_or(NO_DOSSIER)?;
    if Digest::of(&bytes) == dossier.pdf_sha256 {
        Ok((dossier, bytes))
    } else {
        Err(changed((poll, number), &dossier, "pdf"))
    }
}

/// The row of a dossier whose paper is the one in the poll's log.
async fn told(tx: &mut CouncilTx, poll: PollId, number: u32, about: &About) -> Result<ReleasedDossier, AppError> {
    let all = releases::dossiers(tx, poll, number).await?;
    let dossier = all.into_iter().find(|dossier| dossier.about == *about).ok_or(NO_DOSSIER)?;
    let log = logs::of_poll(tx, poll).await?.ok_or(NO_DOSSIER)?;
    log_tags::check_whole(tx, log).await?;
    let texts = logs::of_kinds(tx, log, ["dossiers.released"; 2]).await?;
    let place = usize::try_from(number).unwrap_or_default().checked_sub(1);
    let event = place.and_then(|place| LogEntry::parse(texts.get(place)?).ok()).map(|entry| entry.event);
    let is_told = match event {
        Some(PollEvent::DossiersReleased(told)) => {
            told.files.iter().any(|file| (&file.name, file.sha256) == (&dossier.name, dossier.pdf_sha256))
        }
        _ => false,
    };
    if is_told { Ok(dossier) } else { Err(changed((poll, number), &dossier, "pdf_sha256")) }
}

fn changed((poll, number): (PollId, u32), dossier: &ReleasedDossier, column: &str) -> AppError {
    let row = format!("{poll}/{number}/{}", dossier.position);
    let is = Differs::Column(column.to_owned());
    AppError::Changed(Box::new(RowDifference { table: "dossiers", row, is }))
}
