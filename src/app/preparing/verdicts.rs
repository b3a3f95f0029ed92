//! The verdicts on who is voted on: by the rules, or as two people decide otherwise.

use super::OFFICE;
use super::prepared::{PreparedPoll, content, text_of};
use crate::Caller;
use crate::polls::proposals::{self, Offer};
use crate::service::app::{App, Ask};
use crate::service::error::{AppError, FieldError};
use domain::decided::EligibilityOverride;
use domain::eligibility::{Standing, Verdict, findings};
use domain::finding::Finding;
use domain::id::{OfficialId, PollId, ProposalId};
use domain::poll_state::Stage;
use domain::proposal::{Proposal, ProposalKind};
use domain::text::clean;
use macros::boxed;
use store::CouncilTx;

/// Longest reason, in characters; it is printed on the list.
const MAX_REASON: usize = 500;
const NO_OFFICIAL: AppError = AppError::NotFound("người này");

/// One official with the verdict.
#[derive(Clone, Debug)]
pub struct VerdictLine {
    /// The record.
    pub official: OfficialId,
    /// `Ông Nguyễn Văn A`.
    pub name: String,
    /// All posts.
    pub posts: String,
    /// What becomes of the person, and why.
    pub standing: Standing,
    /// The open proposal about it.
    pub open: Option<ProposalId>,
}

/// All verdicts of a poll.
#[derive(Clone, Debug)]
pub struct Verdicts {
    /// Name of the sitting.
    pub sitting: String,
    /// In the order of the roster.
    pub lines: Vec<VerdictLine>,
    /// What the office must know of the list.
    pub findings: Vec<Finding>,
    /// Whether verdicts may still change.
    pub is_open: bool,
}

impl App {
    /// All verdicts of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not prepare votes.
    #[boxed]
    pub async fn verdicts(&self, caller: &Caller, poll: PollId) -> Result<Verdicts, AppError> {
        caller.may(OFFICE)?;
        let prepared = PreparedPoll::load(&mut self.store.read(caller.council).await?, poll).await?;
        let lines = prepared.standings.iter().filter_map(|standing| line(&prepared, standing)).collect();
        let book = &prepared.poll_book.book;
        let findings = if book.officials.is_empty() { Vec::new() } else { findings(book, &prepared.standings) };
        let sitting = book.council.sitting.name.clone();
        Ok(Verdicts { sitting, lines, findings, is_open: prepared.stage() == Stage::Created })
    }

    /// Proposes another verdict on an official than that of the rules.
    ///
    /// # Errors
    /// When the reason is missing, nothing would change, one is open already, or the list is decided.
    #[boxed]
    pub async fn propose_verdict(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        official: OfficialId,
        verdict: &str,
        reason: &str,
    ) -> Result<ProposalId, AppError> {
        let actor = ask.caller.may(OFFICE)?;
        let mut wrong = Vec::new();
        let verdict = Verdict::from_code(verdict);
        if verdict.is_none() {
            wrong.push(FieldError { field: "verdict", sentence: "Hãy chọn quyết định.".to_owned() });
        }
        let reason = clean(reason);
        if reason.is_empty() || reason.chars().count() > MAX_REASON {
            let sentence =
                format!("Hãy ghi lý do bằng văn bản, không dài quá {MAX_REASON} ký tự; lý do được in trên danh sách.");
            wrong.push(FieldError { field: "reason", sentence });
        }
        let (Some(verdict), true) = (verdict, wrong.is_empty()) else { return Err(AppError::Fields { fields: wrong }) };
        let (at, id) = (self.now_text()?, ProposalId::new(self.clock.now(), &self.chance.for_id()?));
        let proposed = self.write_once(ask, move |tx| {
            Box::pin(async move {
                let prepared = PreparedPoll::load(tx, poll).await?;
                require_open(&prepared)?;
                let now = prepared
                    .poll_book
                    .place(official)
                    .and_then(|no| prepared.standings.get(no.0))
                    .ok_or(NO_OFFICIAL)?;
                if now.verdict == verdict {
                    return Err(AppError::field("verdict", "Người này đang ở diện đó rồi; hãy chọn quyết định khác."));
                }
                let content = text_of(&override_now(&prepared, official, verdict, reason)?)?;
                let offer =
                    Offer { poll, kind: ProposalKind::EligibilityOverride, about: official.to_string(), content };
                proposals::propose(tx, id, at, &actor, offer).await.map(drop)
            })
        });
        proposed.await?;
        Ok(id)
    }
}

fn line(prepared: &PreparedPoll, standing: &Standing) -> Option<VerdictLine> {
    let (official, person) =
        (prepared.poll_book.id(standing.official)?, prepared.poll_book.book.official(standing.official)?);
    let open = prepared.open(ProposalKind::EligibilityOverride, &official.to_string());
    Some(VerdictLine {
        official,
        name: person.addressed(),
        posts: person.posts_text(),
        standing: standing.clone(),
        open: open.map(|proposal| proposal.id),
    })
}

fn require_open(prepared: &PreparedPoll) -> Result<(), AppError> {
    if prepared.stage() == Stage::Created {
        return Ok(());
    }
    Err(AppError::Input("Danh sách đã chốt nên không xét lại diện lấy phiếu được nữa.".to_owned()))
}

fn override_now(
    prepared: &PreparedPoll,
    official: OfficialId,
    verdict: Verdict,
    reason: String,
) -> Result<EligibilityOverride, AppError> {
    let no = prepared.poll_book.place(official).ok_or(NO_OFFICIAL)?;
    let (person, given) = (prepared.poll_book.book.official(no), prepared.given.get(no.0));
    let (Some(person), Some(given)) = (person, given) else { return Err(NO_OFFICIAL) };
    let first = given.reasons.first();
    Ok(EligibilityOverride {
        given: given.verdict,
        given_reason: first.map(|r| format!("{} ({})", r.text, r.cite)).unwrap_or_default(),
        name: person.addressed(),
        posts: person.posts_text(),
        reason,
        verdict,
    })
}

/// What confirming the proposal would decide now.
pub(crate) async fn content_now(tx: &mut CouncilTx, proposal: &Proposal) -> Result<String, AppError> {
    let prepared = PreparedPoll::load(tx, proposal.poll).await?;
    require_open(&prepared)?;
    let EligibilityOverride { verdict, reason, .. } = content(&proposal.content)?;
    let official = proposal.about.parse().map_err(|_| NO_OFFICIAL)?;
    text_of(&override_now(&prepared, official, verdict, reason)?)
}
