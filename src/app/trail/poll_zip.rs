//! The bundle of a poll as one file to download, from the declared result on. A bundle that is fetched before the
//! publication has what the log then has.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::poll_bundle::{BundleKind, PollRecord, bundle_problem, record};
use crate::Caller;
use crate::counting::outcome::{PublicFile, issued_papers};
use crate::polls::NO_POLL;
use crate::preparing::Paper;
use crate::service::app::App;
use crate::service::error::AppError;
use crate::service::files;
use crate::trail::bundle;
use domain::id::{CouncilId, PollId};
use domain::poll_state::Refusal;
use domain::role::Role;
use macros::boxed;
use store::polls::{self, PollSummary};

/// Who takes the bundle of a poll, published or not.
pub const BUNDLERS: &[Role] = &[Role::Auditor, Role::Leader, Role::Clerk];

/// Who takes the bundle that has the counts of each batch.
pub const UNSEALERS: &[Role] = &[Role::Leader, Role::HeadTeller];

/// Name of the file with the counts of each batch.
pub const SEALED_FILE: &str = "goi-niem-phong.zip";

/// Name of the file.
pub const BUNDLE_FILE: &str = "goi-kiem-chung.zip";

const DOING: &str = "ghi gói kiểm chứng";

/// The bundle that everybody asked for last: a link in the press brings many who ask for the same.
#[derive(Debug, Default)]
struct LastBundle(Mutex<Option<MadeBundle>>);

/// A bundle, and the poll and the number of log entries that it was made of.
#[derive(Debug)]
struct MadeBundle {
    poll: PollId,
    size: u64,
    bytes: Arc<Vec<u8>>,
}

impl App {
    /// The bundle of a poll.
    ///
    /// # Errors
    /// When the caller may not have it, there is no result yet, or another installation's key signs the poll's log.
    #[boxed]
    pub async fn bundle_file(&self, caller: &Caller, poll: PollId) -> Result<Paper, AppError> {
        caller.may(BUNDLERS)?;
        let bytes = self.bundle_of(caller.council, poll, BundleKind::Public).await?;
        Ok(Paper { name: BUNDLE_FILE.to_owned(), bytes })
    }

    /// Every poll of every council with the council's name in addresses, for whoever sits at the machine.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn all_polls(&self) -> Result<Vec<(String, PollSummary)>, AppError> {
        let mut all = Vec::new();
        for (slug, council) in self.bodies().await? {
            let polls = polls::list(&mut self.store.read(council).await?).await?;
            all.extend(polls.into_iter().map(|poll| (slug.clone(), poll)));
        }
        Ok(all)
    }

    /// The bundle of a poll with the counts of each batch, for a recount or a court.
    ///
    /// # Errors
    /// As [`Self::bundle_file`], and when a batch is too small to be opened or its counts do not open.
    #[boxed]
    pub async fn sealed_bundle_file(&self, caller: &Caller, poll: PollId) -> Result<Paper, AppError> {
        caller.may(UNSEALERS)?;
        let bytes = self.bundle_of(caller.council, poll, BundleKind::Sealed).await?;
        Ok(Paper { name: SEALED_FILE.to_owned(), bytes })
    }

    /// The bundle of a poll whose result everybody may see.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when nobody may, or there is none.
    #[boxed]
    pub async fn public_bundle(&self, slug: &str, poll: PollId) -> Result<PublicFile, AppError> {
        let (council, size) = self.public_log_size(slug, poll).await?;
        let last = self.memory.of::<LastBundle>();
        // Whoever asks while it is made waits for the one that is made.
        let mut last = last.0.lock().await;
        let bytes = match &*last {
            Some(made) if (made.poll, made.size) == (poll, size) => Arc::clone(&made.bytes),
            _ => {
                let bytes = Arc::new(self.bundle_of(council, poll, BundleKind::Public).await?);
                *last = Some(MadeBundle { poll, size, bytes: Arc::clone(&bytes) });
                bytes
            }
        };
        Ok(PublicFile { name: BUNDLE_FILE.to_owned(), bytes: bytes.as_ref().clone() })
    }

    /// Writes the bundle of a poll to a file, for whoever sits at the machine.
    ///
    /// # Errors
    /// When there is no such poll in any council, `out` is there already or cannot be written, and as [`Self::bundle_file`].
    #[boxed]
    pub async fn bundle_to_file(&self, poll: PollId, kind: BundleKind, out: &Path) -> Result<(), AppError> {
        files::require_free(out)?;
        for (_, council) in self.bodies().await? {
            let found = polls::find(&mut self.store.read(council).await?, poll).await?;
            if found.is_some() {
                let bytes = self.bundle_of(council, poll, kind).await?;
                return match kind {
                    BundleKind::Public => files::write(out, &bytes),
                    BundleKind::Sealed => files::write_private(out, &bytes),
                };
            }
        }
        Err(AppError::Input(format!(
            "Không có cuộc bỏ phiếu {poll} trong cơ sở dữ liệu này; «tinnhiem bundle» không kèm --poll in mã của mọi cuộc."
        )))
    }

    async fn bundle_of(&self, council: CouncilId, poll: PollId, kind: BundleKind) -> Result<Vec<u8>, AppError> {
        let mut tx = self.store.read(council).await?;
        let stage = polls::find(&mut tx, poll).await?.ok_or(NO_POLL)?.state.stage();
        if !stage.has_result() {
            return Err(Refusal::NotNow { doing: DOING, stage }.into());
        }
        let papers = issued_papers(&mut tx, poll).await?;
        let record = record(&mut tx, poll, (&self.keys, kind)).await?;
        drop(tx);
        let app = self.clone();
        let packed = spawn_blocking(move || app.packed(&record, &papers)).await;
        packed.map_err(|e| AppError::internal(DOING, e))?
    }

    fn packed(&self, record: &PollRecord, papers: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, AppError> {
        let signer = self.signer_of(record)?;
        let packed = bundle::files(&record.parts(&signer, papers)?).map_err(bundle_problem)?;
        let packed = packed.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
        import::pack(packed).map_err(|e| AppError::internal(DOING, e))
    }
}
