//! The ballot forms: made from the list that was decided, looked at as the very file that is sealed, sealed by two.

use super::prepared::{PreparedPoll, text_of};
use super::{Confirmation, OFFICE, Paper};
use crate::Caller;
use crate::polls;
use crate::polls::proposals::{self, Offer};
use crate::rules::attested;
use crate::service::app::{App, Ask};
use crate::service::drawn::{Drawn, TRIES};
use crate::service::error::AppError;
use domain::audit::event::poll::SealedForm;
use domain::audit::{Checkpoint, Digest, Moment, VerifierKey};
use domain::decided::{DecidedForms, Decision};
use domain::finding::Finding;
use domain::id::{LogId, PollId, ProposalId};
use domain::poll_state::{PollState, Refusal, Stage};
use domain::proposal::{Proposal, ProposalKind};
use macros::boxed;
use pdf::Pdf;
use store::{CouncilTx, logs};

const DOING: &str = "in mẫu phiếu";
pub(crate) const NO_FORM: AppError = AppError::NotFound("mẫu phiếu này");

/// The head that was signed when the forms were sealed.
#[derive(Clone, Debug)]
pub struct SealedHead {
    /// Entries of the poll's log under it.
    pub size: u64,
    /// Root as 16 groups of 4 hex digits.
    pub groups: Vec<String>,
    /// The signed text.
    pub note: String,
}

/// The forms of a poll.
#[derive(Clone, Debug)]
pub struct FormsPage {
    /// Name of the sitting.
    pub sitting: String,
    /// As they are sealed, or as they would be; none before the list is decided.
    pub forms: Vec<SealedForm>,
    /// Whether the list is decided: forms are made from nothing else.
    pub is_listed: bool,
    /// Whether a board is appointed.
    pub has_board: bool,
    /// Findings to look at; errors prevent the sealing.
    pub findings: Vec<Finding>,
    /// Why they cannot be sealed as the rules stand: a sentence; the page of the rules says more.
    pub unattested: Option<String>,
    /// The same where the board has not made its choice.
    pub unchosen: Option<String>,
    /// The proposal that waits.
    pub open: Option<ProposalId>,
    /// Set once they are sealed.
    pub head: Option<SealedHead>,
}

impl App {
    /// The forms of a poll.
    ///
    /// # Errors
    /// When there is no such poll, a character cannot be printed, or what was sealed does not come out again.
    #[boxed]
    pub async fn forms_page(&self, caller: &Caller, poll: PollId) -> Result<FormsPage, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let prepared = PreparedPoll::load(&mut tx, poll).await?;
        let is_sealed = prepared.stage().is_sealed();
        let forms = if prepared.stage() >= Stage::Listed {
            let printed = printed(&prepared, &Drawn::default()).await?;
            check_sealed(&mut tx, poll, is_sealed, &printed).await?;
            printed.into_iter().map(|(form, _)| form).collect()
        } else {
            Vec::new()
        };
        let stopped = if is_sealed { None } else { gate(&mut tx, poll, &prepared).await.err() };
        let (unchosen, unattested) = match stopped {
            Some(problem @ AppError::Unchosen { .. }) => (Some(problem.to_string()), None),
            other => (None, other.map(|problem| problem.to_string())),
        };
        Ok(FormsPage {
            unattested,
            unchosen,
            sitting: prepared.poll_book.book.council.sitting.name.clone(),
            is_listed: prepared.stage() >= Stage::Listed,
            has_board: matches!(&prepared.state, PollState::Listed(_, _, board) if !board.is_empty()) || is_sealed,
            findings: if is_sealed { Vec::new() } else { findings(&prepared)? },
            open: prepared.open(ProposalKind::FormsSealed, "").map(|proposal| proposal.id),
            head: if is_sealed { sealed_head(&mut tx, prepared.log).await? } else { None },
            forms,
        })
    }

    /// One form as the very file that is sealed.
    ///
    /// # Errors
    /// When there is no such form, or what was sealed does not come out again.
    #[boxed]
    pub async fn form_paper(&self, caller: &Caller, poll: PollId, form: &str) -> Result<Paper, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let prepared = PreparedPoll::load(&mut tx, poll).await?;
        if prepared.stage() < Stage::Listed {
            return Err(NO_FORM);
        }
        let printed = printed(&prepared, &Drawn::default()).await?;
        check_sealed(&mut tx, poll, prepared.stage().is_sealed(), &printed).await?;
        let (form, pdf) = printed.into_iter().find(|(sealed, _)| sealed.id == form).ok_or(NO_FORM)?;
        Ok(Paper { name: format!("{}.pdf", form.id), bytes: pdf.bytes })
    }

    /// The head that was signed when the forms were sealed.
    ///
    /// # Errors
    /// When there is no such poll, or its forms are not sealed.
    #[boxed]
    pub async fn sealed_head(&self, caller: &Caller, poll: PollId) -> Result<SealedHead, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let prepared = PreparedPoll::load(&mut tx, poll).await?;
        sealed_head(&mut tx, prepared.log).await?.ok_or(AppError::NotFound("điểm chốt khi chốt mẫu phiếu"))
    }

    /// Proposes to seal the forms.
    ///
    /// # Errors
    /// When a finding is an error, the board is not appointed, or they are proposed already.
    #[boxed]
    pub async fn propose_forms(&self, ask: Ask<'_>, poll: PollId) -> Result<ProposalId, AppError> {
        let actor = ask.caller.may(OFFICE)?;
        let (at, id) = (self.now_text()?, ProposalId::new(self.clock.now(), &self.chance.for_id()?));
        let drawn = Drawn::default();
        let mut proposed = Err(AppError::Undrawn);
        for _ in 0..TRIES {
            let mut tx = self.store.read(ask.caller.council).await?;
            // What stands in the way is told by the transaction that writes.
            drop(sealable(&mut tx, poll, &drawn).await);
            drop(tx);
            let (actor, drawn) = (actor.clone(), drawn.clone());
            proposed = self
                .write_once(ask, move |tx| {
                    Box::pin(async move {
                        let content = sealable(tx, poll, &drawn).await?;
                        let offer = Offer { poll, kind: ProposalKind::FormsSealed, about: String::new(), content };
                        proposals::propose(tx, id, at, &actor, offer).await.map(drop)
                    })
                })
                .await;
            if !matches!(proposed, Err(AppError::Undrawn)) {
                break;
            }
        }
        proposed.map(|()| id)
    }
}

/// One copy of each form of the decided list, with what the log says of it. Some milliseconds of work: the faces are cut
/// down to the letters that a form uses.
pub(crate) async fn printed(prepared: &PreparedPoll, drawn: &Drawn) -> Result<Vec<(SealedForm, Pdf)>, AppError> {
    let list = prepared.decided_list()?.ok_or_else(|| AppError::internal(DOING, "không có danh sách đã chốt"))?;
    let occasion = prepared.poll_book.occasion();
    let day = occasion.council.sitting.votes_on;
    let mut printed = Vec::new();
    for form in list.forms(&occasion) {
        let pdf = drawn.ballot(form.clone(), day).await?;
        let sealed = SealedForm {
            block: form.block.0,
            id: form.id,
            lines: u32::try_from(form.lines.len()).unwrap_or(u32::MAX),
            sha256: Digest::of(&pdf.bytes),
            sheets: pdf.pages,
        };
        printed.push((sealed, pdf));
    }
    Ok(printed)
}

/// What was sealed comes out again to the byte, or nothing is shown.
pub(crate) async fn check_sealed(
    tx: &mut CouncilTx,
    poll: PollId,
    is_sealed: bool,
    printed: &[(SealedForm, Pdf)],
) -> Result<(), AppError> {
    if !is_sealed {
        return Ok(());
    }
    let sealed = store::polls::forms(tx, poll).await?;
    let same = sealed.iter().map(|progress| &progress.form).eq(printed.iter().map(|(form, _)| form));
    if same { Ok(()) } else { Err(AppError::internal(DOING, "mẫu phiếu in lại khác mẫu đã chốt")) }
}

fn findings(prepared: &PreparedPoll) -> Result<Vec<Finding>, AppError> {
    let mut findings = Vec::new();
    if let Some(list) = prepared.decided_list()? {
        let now = prepared.list_now(Decision { ..list.decision.clone() });
        findings.extend(list.difference(&now));
    }
    findings.extend(prepared.readiness());
    Ok(findings)
}

/// The forms that may be sealed now.
async fn ready(prepared: &PreparedPoll, drawn: &Drawn) -> Result<DecidedForms, AppError> {
    let PollState::Listed(_, _, board) = &prepared.state else {
        return Err(Refusal::NotNow { doing: "chốt mẫu phiếu", stage: prepared.stage() }.into());
    };
    if board.is_empty() {
        return Err(Refusal::NoBoard.into());
    }
    if let Some(error) = findings(prepared)?.iter().find(|finding| finding.is_error()) {
        return Err(AppError::Input(format!("Chưa chốt được mẫu phiếu: {} {}", error.what, error.remedy)));
    }
    let printed = printed(prepared, drawn).await?;
    Ok(DecidedForms { forms: printed.into_iter().map(|(form, _)| form).collect() })
}

async fn sealed_head(tx: &mut CouncilTx, log: LogId) -> Result<Option<SealedHead>, AppError> {
    let damaged = |cause: String| AppError::internal("đọc điểm chốt", cause);
    let rows = logs::checkpoints(tx, log).await?;
    let Some(row) = rows.into_iter().find(|row| row.moment == Moment::FormsSealed.code()) else { return Ok(None) };
    let heads = logs::heads(tx).await?;
    let head = heads.into_iter().find(|head| head.log == log);
    let head = head.ok_or_else(|| damaged("không có nhật ký này".to_owned()))?;
    let key = VerifierKey::parse(&head.public_key).map_err(|e| damaged(e.to_string()))?;
    let signed = Checkpoint::open(&row.note, &key).map_err(|e| damaged(e.to_string()))?;
    Ok(Some(SealedHead { size: signed.size, groups: signed.root.groups().to_vec(), note: row.note }))
}

/// What confirming the proposal would seal now.
pub(crate) async fn content_now(tx: &mut CouncilTx, proposal: &Proposal, drawn: &Drawn) -> Result<String, AppError> {
    sealable(tx, proposal.poll, drawn).await
}

/// The forms that may be sealed now, as a proposal says it.
async fn sealable(tx: &mut CouncilTx, poll: PollId, drawn: &Drawn) -> Result<String, AppError> {
    let prepared = PreparedPoll::load(tx, poll).await?;
    let content = text_of(&ready(&prepared, drawn).await?)?;
    gate(tx, poll, &prepared).await?;
    Ok(content)
}

/// A poll that is no rehearsal is not sealed while a parameter decides in it of which the office has said nothing.
async fn gate(tx: &mut CouncilTx, poll: PollId, prepared: &PreparedPoll) -> Result<(), AppError> {
    if prepared.state.poll().created.rehearsal {
        return Ok(());
    }
    let plan = &prepared.poll_book.plan;
    attested::gate(tx, poll, &prepared.poll_book.rules, plan.kind, plan.council.sitting.votes_on).await
}

/// Takes the step that was confirmed: the head is signed with it.
pub(crate) async fn take(tx: &mut CouncilTx, proposal: &Proposal, step: &Confirmation) -> Result<(), AppError> {
    let DecidedForms { forms } = super::prepared::content(&proposal.content)?;
    let council = polls::council_log(tx).await?;
    let seal = |state: PollState| state.seal_forms(forms, council);
    polls::take_step(tx, proposal.poll, (step.at, &step.actor), &step.keys, seal).await.map(drop)
}
