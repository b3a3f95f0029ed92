//! The log of a rehearsal and the bundle made of it. Time, nonces and the key come from the plan, so that the same
//! input gives the same trail.
//!
//! The seed is no secret: minutes of a simulated count print it, and its default stands in the source. Whoever knows it
//! can open every commitment and sign as the rehearsal does, so its commitments hide nothing and its signatures name
//! nobody; the bundle's README.txt says so. Never for a real poll.

use std::collections::BTreeMap;

use super::counting::CountedForm;
use super::papers::{NamedPdf, PrintedForm};
use super::prepare::Plan;
use crate::app::bundle::{self, BundleParts};
use crate::app::clock::RehearsalClock;
use crate::app::error::AppError;
use crate::app::files::OutFolder;
use crate::domain::audit::event::poll::{
    BallotsReturned, BatchCommitted, CountingClosed, DossiersReleased, FileHash, FormTotals, FormsSealed, ListDecided,
    ListedOfficial, PaperIssued, PollCreated, ResultDeclared, SealedForm, VotingOpened,
};
use crate::domain::audit::{
    Actor, Checkpoint, Digest, KeyName, Log, Moment, Nonce, Opening, PollEvent, Signer, UtcTime,
};
use crate::domain::count::BatchCounts;
use crate::domain::document::CheckpointBox;
use crate::domain::role::Role;
use crate::domain::simulate::SeededStream;
use crate::domain::text::slug;

/// The log so far, with its heads at the moments that have come.
pub(super) struct Trail {
    log: Log,
    signer: Signer,
    clock: RehearsalClock,
    actor: Actor,
    nonces: SeededStream,
    heads: Vec<Checkpoint>,
    openings: Vec<Opening>,
}

impl Trail {
    /// Starts the log: the poll, the list.
    pub(super) fn begin(plan: &Plan<'_>) -> Result<Self, AppError> {
        let council = &plan.book.council;
        let day = council.sitting.votes_on;
        let name = format!("tinnhiem/dien-tap/{}/{day}", slug(&council.name));
        let name = KeyName::new(name).map_err(|e| AppError::internal("đặt tên nhật ký", e))?;
        let mut trail = Self {
            log: Log::new(name.clone()),
            signer: Signer::from_seed(name, &SeededStream::new(plan.seed, "signing key").block()),
            clock: RehearsalClock::on(day),
            actor: Actor { account: None, name: "tinnhiem".to_owned(), role: Role::Program },
            nonces: SeededStream::new(plan.seed, "nonces"),
            heads: Vec::new(),
            openings: Vec::new(),
        };
        let officials = plan.list();
        trail.append(PollCreated {
            council: council.name.clone(),
            delegates: council.delegates_total,
            kind: plan.kind,
            officials: u32::try_from(officials.len()).unwrap_or(u32::MAX),
            rehearsal: plan.provenance.rehearsal,
            ruleset: plan.rules.set.id.clone(),
            ruleset_sha256: plan.rules.source.sha256,
            simulated: plan.provenance.simulated,
            sitting: council.sitting.name.clone(),
        })?;
        let listed = officials.into_iter().map(|o| ListedOfficial { block: o.block.0, name: o.name, posts: o.post });
        trail.append(ListDecided { officials: listed.collect() })?;
        Ok(trail)
    }

    fn append(&mut self, event: impl Into<PollEvent>) -> Result<(), AppError> {
        let at = self.clock.tick();
        let appended = self.log.append(at, &self.actor, &event.into());
        appended.map(drop).map_err(|e| AppError::internal("ghi nhật ký", e))
    }

    /// The head as it is now belongs to the next moment.
    fn checkpoint(&mut self) {
        self.heads.push(self.log.head());
    }

    pub(super) fn dossiers_released(&mut self, dossiers: &[NamedPdf]) -> Result<(), AppError> {
        let hash = |d: &NamedPdf| FileHash { name: d.name.clone(), sha256: Digest::of(&d.pdf.bytes) };
        self.append(DossiersReleased { files: dossiers.iter().map(hash).collect() })
    }

    pub(super) fn forms_sealed(&mut self, plan: &Plan<'_>, printed: &[PrintedForm]) -> Result<(), AppError> {
        let sealed = plan.forms.iter().zip(printed).map(|(form, printed)| SealedForm {
            block: form.block.0.clone(),
            id: form.id.clone(),
            lines: u32::try_from(form.lines.len()).unwrap_or(u32::MAX),
            sha256: Digest::of(&printed.single.bytes),
            sheets: printed.single.pages,
        });
        self.append(FormsSealed { forms: sealed.collect() })?;
        self.checkpoint();
        Ok(())
    }

    pub(super) fn voting_opened(&mut self) -> Result<(), AppError> {
        let at = UtcTime::try_from(self.clock.tick()).map_err(|e| AppError::internal("ghi nhật ký", e))?;
        self.append(VotingOpened { at })?;
        self.checkpoint();
        Ok(())
    }

    /// Ballots out and back, every batch as a commitment, and at the end the totals.
    pub(super) fn counted(&mut self, counted: &[CountedForm]) -> Result<(), AppError> {
        let mut totals = Vec::new();
        for CountedForm { form, batches, .. } in counted {
            let (issued, returned) = (form.issued, form.counts.papers);
            self.append(BallotsReturned { form: form.form.clone(), issued, returned })?;
            for (number, counts) in (1..).zip(batches) {
                self.commit(&form.form, number, counts)?;
            }
            totals.push(FormTotals { counts: form.counts.clone(), form: form.form.clone(), issued, returned });
        }
        self.append(CountingClosed { forms: totals })?;
        self.checkpoint();
        Ok(())
    }

    fn commit(&mut self, form: &str, batch: u32, counts: &BatchCounts) -> Result<(), AppError> {
        let nonce = Nonce::from_bytes(self.nonces.block());
        let opening = Opening { batch, counts: counts.clone(), form: form.to_owned(), nonce };
        let commitment = opening.commitment().map_err(|e| AppError::internal("cam kết tập phiếu", e))?;
        self.append(BatchCommitted { batch, commitment, form: form.to_owned(), papers: counts.papers })?;
        self.openings.push(opening);
        Ok(())
    }

    pub(super) fn result_declared(&mut self, results_json: &str) -> Result<(), AppError> {
        self.append(ResultDeclared { results_sha256: Digest::of(results_json.as_bytes()) })
    }

    /// Minutes, then resolution: each closes a moment.
    pub(super) fn paper_issued(&mut self, paper: &NamedPdf) -> Result<(), AppError> {
        let (name, sha256) = (paper.name.clone(), Digest::of(&paper.pdf.bytes));
        self.append(PaperIssued { name, pages: paper.pdf.pages, sha256 })?;
        self.checkpoint();
        Ok(())
    }

    /// The newest head as papers print it.
    pub(super) fn head_box(&self) -> CheckpointBox {
        let head = self.log.head();
        let moment = self.heads.len().checked_sub(1).and_then(|i| Moment::ALL.get(i)).map_or("", |m| m.label());
        CheckpointBox {
            caption: format!("Điểm chốt khi {moment}: {} bản ghi", head.size),
            groups: head.root.groups().to_vec(),
            key: self.signer.verifier().fingerprint().grouped(),
            qr: head.to_text(),
        }
    }

    /// Root over the whole log, as 16 groups.
    pub(super) fn root(&self) -> String {
        self.log.head().root.grouped()
    }

    pub(super) fn write_bundle(
        self,
        plan: &Plan<'_>,
        folder: &OutFolder,
        results: &str,
        papers: impl IntoIterator<Item = NamedPdf>,
    ) -> Result<(), AppError> {
        let papers: BTreeMap<String, Vec<u8>> = papers.into_iter().map(|p| (p.name, p.pdf.bytes)).collect();
        let checkpoints =
            self.heads.try_into().map_err(|_| AppError::internal("ghi gói kiểm chứng", "thiếu điểm chốt"))?;
        let parts = BundleParts {
            signer: &self.signer,
            log: &self.log,
            checkpoints: &checkpoints,
            openings: &self.openings,
            ruleset: &plan.rules.source.text,
            results,
            papers: &papers,
        };
        bundle::write(&folder.path().join("bundle"), &parts).map_err(|e| AppError::internal("ghi gói kiểm chứng", e))
    }
}
