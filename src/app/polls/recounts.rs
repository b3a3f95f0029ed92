//! What two people found when they counted a line again: written down where it is the figure that stands, proposed to a
//! third person where it is another.

use super::proposals::{self, Offer};
use super::steps::still_open;
use super::{NO_POLL, WriteContext, actor_in, listed, rules_of, take};
use crate::Caller;
use crate::polls::Sent;
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::canonical::to_text;
use domain::audit::event::poll::Stands;
use domain::batch::Reader;
use domain::day_step::DayStep;
use domain::id::{PollId, ProposalId, RequestId};
use domain::poll::LevelCounts;
use domain::poll_state::{LineRecount, PollState, Refusal};
use domain::proposal::{Proposal, ProposalKind, ProposalState};
use domain::recount;
use domain::role::Role;
use store::{CouncilTx, polls, preparation, requests};

/// Who counts a line again.
const READERS: &[Role] = &[Role::Teller, Role::HeadTeller];
/// Why the figure of a recount stands: two people found it who knew neither each other's nor the one before.
const BOTH_FOUND: &str = "hai người kiểm lại độc lập cùng đếm ra số này";

/// What two people found on a line.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct FoundLine {
    /// Id of the form.
    pub form: String,
    /// Number of the line on it, from 1.
    pub line: u32,
    /// What both counted.
    pub counts: LevelCounts,
    /// Who counted.
    pub readers: [Reader; 2],
}

impl std::fmt::Debug for FoundLine {
    /// Which line, never what was found.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FoundLine").field("form", &self.form).field("line", &self.line).finish_non_exhaustive()
    }
}

impl FoundLine {
    pub(crate) fn recount(self, before: LevelCounts) -> LineRecount {
        let Self { form, line, counts, readers } = self;
        let reason = if counts == before { String::new() } else { BOTH_FOUND.to_owned() };
        LineRecount { form, line, counts, stands: Stands::Recounted, reason, readers }
    }
}

impl App {
    /// Takes what two people found, with everything that was sent for it. The caller is one of them.
    ///
    /// # Errors
    /// When the poll refuses it, or the line waits for a confirmation already.
    pub(crate) async fn commit_recount(
        &self,
        caller: &Caller,
        poll: PollId,
        found: FoundLine,
        (opened, sent): (RequestId, Vec<Sent>),
    ) -> Result<(), AppError> {
        let (caller, at, keys) = (caller.clone(), self.now_text()?, self.keys.clone());
        let id = ProposalId::new(self.clock.now(), &self.chance.for_id()?);
        let written = self.store.write(caller.council, move |tx| {
            Box::pin(async move {
                let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
                let actor = actor_in(&caller, stored.state.poll(), READERS)?;
                listed::is_free(tx, poll, caller.account.id).await?;
                still_open(tx, poll, opened).await?;
                for Sent { by, id } in sent {
                    if !requests::claim(tx, id, Some(by), at).await? {
                        return Err(AppError::AlreadyDone);
                    }
                }
                let before = standing(&stored.state, &found.form, found.line)?;
                if found.counts == before {
                    let rules = rules_of(tx, poll).await?;
                    let step = stored.state.recount_line(&rules, found.recount(before), None)?;
                    return take(tx, WriteContext { poll, log: stored.log, at }, &actor, step, &keys).await.map(drop);
                }
                let step = proposed(tx, poll, &stored.state, found).await?;
                let content = to_text(&step).map_err(|e| AppError::internal("ghi đề xuất", e))?;
                let offer = Offer { poll, kind: ProposalKind::LineRecounted, about: step.about(), content };
                proposals::propose(tx, id, at, &actor, offer).await.map(drop)
            })
        });
        written.await
    }
}

/// The figure that stands on a line.
fn standing(state: &PollState, form: &str, line: u32) -> Result<LevelCounts, AppError> {
    let PollState::Closed(_, counted) = state else {
        return Err(Refusal::NotNow { doing: "kiểm lại một dòng", stage: state.stage() }.into());
    };
    let no_line = || Refusal::Line { form: form.to_owned(), line };
    Ok(counted.line(form, line).ok_or_else(no_line)?)
}

/// The text of the step by which what two people found takes the place of what stands.
///
/// # Errors
/// When the count is not closed, or has no such line.
pub(crate) async fn proposed(
    tx: &mut CouncilTx,
    poll: PollId,
    state: &PollState,
    found: FoundLine,
) -> Result<DayStep, AppError> {
    let counted = standing(state, &found.form, found.line)?;
    let name = official_on(tx, poll, &found.form, found.line).await?;
    let rules = rules_of(tx, poll).await?;
    let PollState::Closed(of, count) = state else { return Err(NO_POLL) };
    let due = recount::due(&rules, &of.created, count.forms())
        .map_err(|e| AppError::internal("xét dòng phải kiểm lại", e))?;
    let why = due.iter().find(|due| due.form == found.form && due.line == found.line).map(recount::DueLine::why);
    let LineRecount { form, line, counts, reason, readers, .. } = found.recount(counted);
    Ok(DayStep::LineRecounted {
        counted,
        form,
        line,
        name,
        readers,
        reason,
        recounted: counts,
        why: why.unwrap_or_default(),
    })
}

/// Refuses a result while a proposal about a recount waits: confirmed, it could give another result.
///
/// # Errors
/// With a sentence that names what waits.
pub(crate) async fn are_decided(tx: &mut CouncilTx, poll: PollId) -> Result<(), AppError> {
    let is_about = |kind| matches!(kind, ProposalKind::RecountOrdered | ProposalKind::LineRecounted);
    let all = preparation::proposals(tx, poll).await?;
    let waits = all.iter().find(|proposal| is_about(proposal.kind) && proposal.state == ProposalState::Open);
    let Some(Proposal { kind, about, .. }) = waits else { return Ok(()) };
    let (what, place) = (kind.label(), about.replace('/', ", dòng "));
    Err(AppError::Input(format!(
        "Đề xuất «{what}» của mẫu phiếu {place} đang chờ quyết định; hãy xác nhận, không chấp nhận hoặc rút đề xuất đó trước \
         khi ghi kết quả."
    )))
}

/// Who stands on a line of a form.
///
/// # Errors
/// When there is no such line.
pub(crate) async fn official_on(tx: &mut CouncilTx, poll: PollId, form: &str, line: u32) -> Result<String, AppError> {
    let no_line = || Refusal::Line { form: form.to_owned(), line };
    let sealed = polls::forms(tx, poll).await?.into_iter().find(|progress| progress.form.id == form);
    let block = sealed.ok_or_else(no_line)?.form.block;
    let officials = polls::officials(tx, poll).await?;
    let mut own = officials.into_iter().filter(|official| official.block == block);
    let place = recount::index(line).ok_or_else(no_line)?;
    Ok(own.nth(place).ok_or_else(no_line)?.name)
}
