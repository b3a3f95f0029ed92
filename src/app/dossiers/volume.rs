//! All dossiers of a release at once: one PDF with contents and bookmarks, or one archive of the files as they were released.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::READERS;
use super::compile::NO_DOSSIER;
use super::held::HeldRelease;
use crate::service::app::App;
use crate::service::bounded::Bounded;
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::document::{Document, Volume};
use domain::id::{CouncilId, PollId};
use macros::boxed;
use store::{CouncilTx, polls};

/// Most bytes of volumes in memory: those of one council of 40 officials and 8,000 facts, in both forms, take about half.
const MOST_BYTES: usize = 32 * 1024 * 1024;

const DOING: &str = "ghép các hồ sơ";

/// The form in which all dossiers are taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VolumeForm {
    /// One file to read and print.
    Pdf,
    /// The released files.
    Zip,
}

impl VolumeForm {
    const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Zip => "zip",
        }
    }
}

/// A release in one form.
type Key = (CouncilId, PollId, u32, VolumeForm);

/// The volumes that were asked for last. Whoever asks for one that is being made waits for it: in the minutes after a
/// release, hundreds ask.
#[derive(Debug)]
struct Volumes(Mutex<Bounded<Key, Vec<u8>>>);

impl Default for Volumes {
    fn default() -> Self {
        Self(Mutex::new(Bounded::new(MOST_BYTES)))
    }
}

/// A file with its name.
pub type NamedFile = (String, Arc<Vec<u8>>);

impl App {
    /// All dossiers of a release, for the office.
    ///
    /// # Errors
    /// When there is no such release, what was released was changed, or the caller may not see it.
    #[boxed]
    pub async fn released_volume(
        &self,
        caller: &Caller,
        poll: PollId,
        number: u32,
        form: VolumeForm,
    ) -> Result<NamedFile, AppError> {
        caller.may(READERS)?;
        self.volume(&mut self.store.read(caller.council).await?, poll, number, form).await
    }

    /// All dossiers of a release. Callers check first that they may be seen.
    pub(crate) async fn volume(
        &self,
        tx: &mut CouncilTx,
        poll: PollId,
        number: u32,
        form: VolumeForm,
    ) -> Result<NamedFile, AppError> {
        let name = format!("ho-so-ban-{number}.{}", form.ending());
        let key = (tx.council(), poll, number, form);
        let volumes = self.memory.of::<Volumes>();
        let mut kept = volumes.0.lock().await;
        if let Some(bytes) = kept.get(&key) {
            return Ok((name, bytes));
        }
        let release = HeldRelease::load(tx, poll, number).await?;
        if release.dossiers.is_empty() {
            return Err(NO_DOSSIER);
        }
        let bytes = match form {
            VolumeForm::Pdf => joined(tx, poll, number, &release).await?,
            VolumeForm::Zip => packed(tx, &release).await?,
        };
        let bytes = Arc::new(bytes);
        kept.put(key, bytes.len(), Arc::clone(&bytes));
        Ok((name, bytes))
    }
}

async fn joined(tx: &mut CouncilTx, poll: PollId, number: u32, release: &HeldRelease) -> Result<Vec<u8>, AppError> {
    let stored = polls::find(tx, poll).await?.ok_or(crate::preparing::NO_POLL)?;
    let created = &stored.state.poll().created;
    let title = format!("Hồ sơ {}, {}", created.kind.label(), created.sitting);
    let mut papers: Vec<Document> = Vec::with_capacity(release.dossiers.len());
    for dossier in &release.dossiers {
        papers.push(release.document(tx, &dossier.about).await?);
    }
    let first = papers.first().ok_or(NO_DOSSIER)?;
    let volume = Volume {
        author: first.author.clone(),
        title,
        edition: format!("Bản phát hành {number}"),
        date: first.date,
        watermark: first.watermark.clone(),
    };
    let drawn = spawn_blocking(move || pdf::volume(&volume, &papers)).await;
    let drawn = drawn.map_err(|e| AppError::internal(DOING, e))?.map_err(|e| AppError::internal(DOING, e))?;
    Ok(drawn.bytes)
}

async fn packed(tx: &mut CouncilTx, release: &HeldRelease) -> Result<Vec<u8>, AppError> {
    let mut files = Vec::with_capacity(release.dossiers.len());
    for dossier in &release.dossiers {
        let (told, bytes) = release.paper(tx, &dossier.about).await?;
        files.push((told.name.clone(), bytes));
    }
    let pack = move || import::pack(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
    let packed = spawn_blocking(pack).await.map_err(|e| AppError::internal(DOING, e))?;
    packed.map_err(|e| AppError::internal(DOING, e))
}
