//! What was released, held against the poll's log each time somebody reads it: the paper of every dossier is an entry by its
//! hash, and what pages show of it is the document from which that very paper comes out.

use std::sync::{Arc, Mutex, PoisonError};

use super::compile::NO_DOSSIER;
use crate::service::bounded::Bounded;
use crate::service::drawn::document as print;
use crate::service::error::AppError;
use crate::service::held::{Differs, RowDifference};
use domain::audit::event::poll::FileHash;
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

/// A release with what the poll's log says of its papers; the log is read once for all of them.
pub(crate) struct HeldRelease {
    poll: PollId,
    number: u32,
    /// As they are stored.
    pub dossiers: Vec<ReleasedDossier>,
    /// Papers of the release by the log; none when it tells of no such release.
    files: Vec<FileHash>,
}

impl HeldRelease {
    /// # Errors
    /// When there is no such poll, or its log is not what the program wrote.
    pub(crate) async fn load(tx: &mut CouncilTx, poll: PollId, number: u32) -> Result<Self, AppError> {
        let dossiers = releases::dossiers(tx, poll, number).await?;
        let log = logs::of_poll(tx, poll).await?.ok_or(NO_DOSSIER)?;
        log_tags::check_whole(tx, log).await?;
        let texts = logs::of_kinds(tx, log, ["dossiers.released"; 2]).await?;
        let place = usize::try_from(number).unwrap_or_default().checked_sub(1);
        let event = place.and_then(|place| LogEntry::parse(texts.get(place)?).ok()).map(|entry| entry.event);
        let files = if let Some(PollEvent::DossiersReleased(told)) = event { told.files } else { Vec::new() };
        Ok(Self { poll, number, dossiers, files })
    }

    /// The row of a dossier whose paper is the one in the poll's log.
    fn told(&self, about: &About) -> Result<&ReleasedDossier, AppError> {
        let dossier = self.dossiers.iter().find(|dossier| dossier.about == *about).ok_or(NO_DOSSIER)?;
        let is_told = |file: &FileHash| (&file.name, file.sha256) == (&dossier.name, dossier.pdf_sha256);
        if self.files.iter().any(is_told) { Ok(dossier) } else { Err(self.changed(dossier, "pdf_sha256")) }
    }

    /// The document of a released dossier.
    ///
    /// # Errors
    /// [`AppError::Changed`] where it is not the one from which the released paper came.
    pub(crate) async fn document(&self, tx: &mut CouncilTx, about: &About) -> Result<Document, AppError> {
        let dossier = self.told(about)?;
        let text = releases::document(tx, self.poll, self.number, about).await?.ok_or(NO_DOSSIER)?;
        let drawn = tokio::task::spawn_blocking(move || drawn(&text)).await;
        let drawn = drawn.map_err(|e| AppError::internal("in lại hồ sơ", e))?;
        match drawn.filter(|(_, paper)| *paper == dossier.pdf_sha256) {
            Some((document, _)) => Ok(document),
            None => Err(self.changed(dossier, "document")),
        }
    }

    /// The paper of a released dossier, with its row.
    ///
    /// # Errors
    /// [`AppError::Changed`] where it is not the one that was released.
    pub(crate) async fn paper(
        &self,
        tx: &mut CouncilTx,
        about: &About,
    ) -> Result<(&ReleasedDossier, Vec<u8>), AppError> {
        let dossier = self.told(about)?;
        let bytes = releases::pdf(tx, self.poll, self.number, about).await?.ok_or(NO_DOSSIER)?;
        if Digest::of(&bytes) == dossier.pdf_sha256 { Ok((dossier, bytes)) } else { Err(self.changed(dossier, "pdf")) }
    }

    fn changed(&self, dossier: &ReleasedDossier, column: &str) -> AppError {
        let row = format!("{}/{}/{}", self.poll, self.number, dossier.position);
        let is = Differs::Column(column.to_owned());
        AppError::Changed(Box::new(RowDifference { table: "dossiers", row, is }))
    }
}

/// The document of one released dossier, as [`HeldRelease::document`].
///
/// # Errors
/// As there.
pub(crate) async fn document(
    tx: &mut CouncilTx,
    poll: PollId,
    number: u32,
    about: &About,
) -> Result<Document, AppError> {
    HeldRelease::load(tx, poll, number).await?.document(tx, about).await
}

/// The paper of one released dossier, as [`HeldRelease::paper`].
///
/// # Errors
/// As there.
pub(crate) async fn paper(
    tx: &mut CouncilTx,
    poll: PollId,
    number: u32,
    about: &About,
) -> Result<(ReleasedDossier, Vec<u8>), AppError> {
    let release = HeldRelease::load(tx, poll, number).await?;
    let (dossier, bytes) = release.paper(tx, about).await?;
    Ok((dossier.clone(), bytes))
}
