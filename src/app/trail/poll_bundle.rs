//! What a closed poll leaves: its log, its signed heads, its openings. A bundle is written from these.

use std::collections::BTreeMap;
use std::path::Path;

use crate::polls::{NO_POLL, Requester};
use crate::service::app::App;
use crate::service::error::AppError;
use crate::trail::bundle::{self, BundleError, BundleParts};
use domain::audit::{Checkpoint, Log, Moment, PollEvent, SealedCounts, Signer, VerifierKey};
use domain::id::{LogId, PollId};
use domain::poll_state::{Refusal, Stage};
use domain::role::Role;
use macros::boxed;
use store::{CouncilTx, logs, polls, sealed};

/// Entries that are read at a time.
const PAGE: u32 = 1_000;

/// Everything that the database holds of a poll whose count is closed.
#[derive(Debug)]
pub struct PollRecord {
    /// Its log, checked entry by entry.
    pub log: Log,
    /// Key that signs its heads.
    pub key: VerifierKey,
    /// Signed heads, in the order of their moments; signatures are checked.
    pub heads: Vec<(Moment, Checkpoint)>,
    /// Counts and nonces of all batches.
    pub openings: Vec<SealedCounts>,
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
    pub async fn poll_record(&self, requester: Requester<'_>, poll: PollId) -> Result<PollRecord, AppError> {
        requester.may(&[Role::Auditor, Role::Leader, Role::Clerk])?;
        let mut tx = self.store.read(requester.council()).await?;
        record(&mut tx, poll).await
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
        poll: PollId,
        dir: &Path,
        papers: &BTreeMap<String, Vec<u8>>,
    ) -> Result<(), AppError> {
        let record = self.poll_record(requester, poll).await?;
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
            openings: &self.openings,
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
pub(super) async fn record(tx: &mut CouncilTx, poll: PollId) -> Result<PollRecord, AppError> {
    let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
    let closed = stored.state.may_open();
    let stage = stored.state.stage();
    let leave = closed.ok_or(Refusal::NotNow { doing: "mở số liệu các tập phiếu", stage })?;
    let openings = sealed::openings(tx, leave).await?;
    let (log, key) = read_log(tx, stored.log).await?;
    Ok(PollRecord {
        heads: read_heads(tx, stored.log, &key, stage).await?,
        ruleset: polls::ruleset_text(tx, poll).await?.ok_or(NO_POLL)?,
        results: polls::results(tx, poll).await?,
        rehearsal: stored.state.poll().created.rehearsal,
        log,
        key,
        openings,
    })
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
    let heads = logs::heads(tx).await?;
    let found = heads.into_iter().find(|head| head.log == log).ok_or_else(|| damaged(&"không có nhật ký này"))?;
    let mut texts: Vec<String> = Vec::new();
    loop {
        let from = u64::try_from(texts.len()).unwrap_or(u64::MAX);
        let page = logs::entries(tx, log, from, PAGE).await?;
        if page.is_empty() {
            break;
        }
        texts.extend(page);
    }
    let key = VerifierKey::parse(&found.public_key).map_err(|e| damaged(&e))?;
    let read = Log::restore::<PollEvent>(found.head.origin.clone(), texts).map_err(|e| damaged(&e))?;
    if read.head() != found.head {
        return Err(damaged(&"các bản ghi không khớp với mã gốc đã lưu"));
    }
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
