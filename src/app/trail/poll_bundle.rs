//! What a closed poll leaves: its log, its signed heads, its openings. A bundle is written from these.

use std::collections::BTreeMap;
use std::path::Path;

use crate::polls::openings::unseal;
use crate::polls::{NO_POLL, Requester};
use crate::service::app::App;
use crate::service::error::AppError;
use crate::service::keys::Keys;
use crate::trail::bundle::{self, BundleError, BundleParts};
use crate::trail::witnessing;
use domain::audit::{Checkpoint, Log, Moment, PollEvent, SealedCounts, Signer, VerifierKey};
use domain::id::{LogId, PollId};
use domain::poll_state::{Refusal, Stage};
use domain::role::Role;
use macros::boxed;
use store::{CouncilTx, log_tags, logs, polls, sealed};

/// What of a poll is in its bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleKind {
    /// Nothing that tells of one batch: for everybody.
    Public,
    /// The counts and nonces of every batch besides: for a recount or a court.
    Sealed,
}

/// Everything that the database holds of a poll whose count is closed.
#[derive(Debug)]
pub struct PollRecord {
    /// Its log, checked entry by entry.
    pub log: Log,
    /// Key that signs its heads.
    pub key: VerifierKey,
    /// Signed heads, in the order of their moments; signatures are checked.
    pub heads: Vec<(Moment, Checkpoint)>,
    /// Lines of witnesses by the size of the head.
    pub cosignatures: BTreeMap<u64, Vec<String>>,
    /// Counts and nonces of all batches; `None` where they stay sealed.
    pub openings: Option<Vec<SealedCounts>>,
    /// Exact text of the rule set.
    pub ruleset: String,
    /// Exact text of results.json, once it is declared.
    pub results: Option<String>,
    /// Whether it is a rehearsal.
    pub rehearsal: bool,
}

impl App {
    /// The whole record of a poll.
    ///
    /// # Errors
    /// When the caller may not read it, counting is not closed, or what is stored does not hold together.
    #[boxed]
    pub async fn poll_record(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        kind: BundleKind,
    ) -> Result<PollRecord, AppError> {
        requester.may(&[Role::Auditor, Role::Leader, Role::Clerk])?;
        let mut tx = self.store.read(requester.council()).await?;
        record(&mut tx, poll, (&self.keys, kind)).await
    }

    /// Who signs the heads of a poll.
    ///
    /// # Errors
    /// When another installation's key did.
    pub(super) fn signer_of(&self, record: &PollRecord) -> Result<Signer, AppError> {
        let signer = self.keys.poll_signer(record.log.origin(), record.rehearsal);
        if *signer.verifier() == record.key {
            return Ok(signer);
        }
        Err(AppError::Input(format!(
            "Nhật ký {} do khóa khác ký; hãy dùng đúng thư mục dữ liệu có khóa đó.",
            record.log.origin().as_str()
        )))
    }

    /// Writes the bundle of a poll with a declared result into `dir`, with `papers` by their names.
    ///
    /// # Errors
    /// As [`Self::poll_record`], and when the result is not declared yet, its key is another installation's, or the disk
    /// refuses.
    #[boxed]
    pub async fn write_bundle(
        &self,
        requester: Requester<'_>,
        (poll, kind): (PollId, BundleKind),
        dir: &Path,
        papers: &BTreeMap<String, Vec<u8>>,
    ) -> Result<(), AppError> {
        let record = self.poll_record(requester, poll, kind).await?;
        let signer = self.signer_of(&record)?;
        bundle::write(dir, &record.parts(&signer, papers)?).map_err(bundle_problem)
    }
}

impl PollRecord {
    /// What a bundle of it is made of.
    ///
    /// # Errors
    /// Before the result is declared.
    pub(super) fn parts<'p>(
        &'p self,
        signer: &'p Signer,
        papers: &'p BTreeMap<String, Vec<u8>>,
    ) -> Result<BundleParts<'p>, AppError> {
        let missing = || AppError::internal("ghi gói kiểm chứng", "thiếu kết quả");
        Ok(BundleParts {
            signer,
            log: &self.log,
            heads: &self.heads,
            cosignatures: &self.cosignatures,
            openings: self.openings.as_deref(),
            ruleset: &self.ruleset,
            results: self.results.as_deref().ok_or_else(missing)?,
            papers,
        })
    }
}

/// The whole record of a poll.
///
/// # Errors
/// When counting is not closed, or what is stored does not hold together.
pub(super) async fn record(
    tx: &mut CouncilTx,
    poll: PollId,
    (keys, kind): (&Keys, BundleKind),
) -> Result<PollRecord, AppError> {
    let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
    let closed = stored.state.may_open();
    let stage = stored.state.stage();
    let leave = closed.ok_or(Refusal::NotNow { doing: "mở số liệu các tập phiếu", stage })?;
    let openings = match kind {
        BundleKind::Public if adds_up(tx, poll).await? => None,
        BundleKind::Public | BundleKind::Sealed => {
            Some(sealed::openings(tx, leave, &unseal(keys, &stored.state.poll().shares)).await?)
        }
    };
    let (log, key) = read_log(tx, stored.log).await?;
    Ok(PollRecord {
        cosignatures: witnessing::lines(tx, stored.log).await?,
        heads: read_heads(tx, stored.log, &key, stage).await?,
        ruleset: polls::ruleset_text(tx, poll).await?.ok_or(NO_POLL)?,
        results: polls::results(tx, poll).await?,
        rehearsal: stored.state.poll().created.rehearsal,
        log,
        key,
        openings,
    })
}

/// Whether the totals of the poll show themselves from its log. Where a batch was committed by an older program they do not,
/// and every bundle has the openings.
async fn adds_up(tx: &mut CouncilTx, poll: PollId) -> Result<bool, AppError> {
    Ok(sealed::told(tx, poll).await?.values().all(|batch| batch.commitments.is_some()))
}

/// What whoever asked for a bundle is told.
pub(super) fn bundle_problem(error: BundleError) -> AppError {
    match error {
        small @ BundleError::SmallBatch { .. } => AppError::Input(format!("Không ghi được gói kiểm chứng: {small}.")),
        other => AppError::internal("ghi gói kiểm chứng", other),
    }
}

async fn read_log(tx: &mut CouncilTx, log: LogId) -> Result<(Log, VerifierKey), AppError> {
    let damaged = |cause: &dyn ToString| AppError::internal("đọc nhật ký", cause.to_string());
    let (found, texts) = log_tags::whole(tx, log).await?;
    let key = VerifierKey::parse(&found.public_key).map_err(|e| damaged(&e))?;
    let read = Log::restore::<PollEvent>(found.head.origin, texts).map_err(|e| damaged(&e))?;
    Ok((read, key))
}

/// The heads of the moments that have come. Where two people undid the signing of the minutes, the head that was signed with
/// it is of no moment any more.
async fn read_heads(
    tx: &mut CouncilTx,
    log: LogId,
    key: &VerifierKey,
    stage: Stage,
) -> Result<Vec<(Moment, Checkpoint)>, AppError> {
    let notes = logs::checkpoints(tx, log).await?;
    let mut heads = Vec::new();
    for moment in Moment::ALL {
        if moment == Moment::Minutes && stage < Stage::Minuted {
            continue;
        }
        // A corrigendum and the archive are entries too, and the head over the whole log is signed again with them.
        let signed = notes.iter().rfind(|row| row.moment == moment.code());
        if let Some(signed) = signed {
            let head = Checkpoint::open(&signed.note, key).map_err(|e| AppError::internal("đọc điểm chốt", e))?;
            heads.push((moment, head));
        }
    }
    Ok(heads)
}
