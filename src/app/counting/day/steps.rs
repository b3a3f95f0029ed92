//! Steps for two people on counting day: the page that proposes one, the text of what would be done now, and the step
//! itself once it is confirmed.

use super::evidence::Evidence;
use super::opening::OpeningOutlook;
use super::wish::{TypedStep, Wish};
use super::{Day, HALL, opening, papers};
use crate::Caller;
use crate::counting::outcome::{Corrigendum, correctable_papers, figures};
use crate::counting::room::no_open_recount;
use crate::polls::proposals::{self, Offer};
use crate::polls::{self, Act, FoundLine, recounts};
use crate::preparing::{Confirmation, content, text_of};
use crate::service::app::{App, Ask};
use crate::service::drawn::{Drawn, TRIES};
use crate::service::error::AppError;
use crate::service::keys::Keys;
use domain::audit::event::poll::PaperIssued;
use domain::audit::{Actor, Digest, UtcTime};
use domain::ballot_account::BallotAccount;
use domain::day_step::{ClosingForm, DayStep};
use domain::id::{PollId, ProposalId};
use domain::opening::Opening;
use domain::poll_state::{FormProgress, Pair, PollState, Refusal, Stage, StandingBatch};
use domain::presence::Presence;
use domain::proposal::{Proposal, ProposalKind, ProposalState};
use domain::role::Role;
use domain::turn::DayTaskId;
use macros::boxed;
use store::{self, CouncilTx, preparation};

/// Roles that propose steps of the count itself.
const OF_COUNT: &[Role] = &[Role::HeadTeller, Role::Leader];
/// Roles that propose steps that concern its papers.
const OF_PAPERS: &[Role] = &[Role::Clerk, Role::Leader];
const NO_PLAN: AppError = AppError::NotFound("kế hoạch của cuộc bỏ phiếu này");
const NO_BATCH: AppError = AppError::NotFound("tập phiếu này");
const NO_RESULT: AppError = AppError::NotFound("kết quả đã ghi");

/// Roles that may propose a step.
pub const fn proposers(kind: ProposalKind) -> &'static [Role] {
    match kind {
        ProposalKind::DeckWaived
        | ProposalKind::VotingOpened
        | ProposalKind::IssuedCorrected
        | ProposalKind::BallotsCorrected
        | ProposalKind::BatchReopened
        | ProposalKind::CountingClosed
        | ProposalKind::RecountOrdered
        | ProposalKind::ResultDeclared
        | ProposalKind::MinutesReopened => OF_COUNT,
        // The two who counted a line again bring what they found; no page proposes it.
        ProposalKind::LineRecounted => &[],
        ProposalKind::PollMoved | ProposalKind::PresenceCorrected | ProposalKind::PollCancelled => HALL,
        ProposalKind::ResultConfirmed
        | ProposalKind::ResultPublished
        | ProposalKind::CorrigendumIssued
        | ProposalKind::PollArchived
        | ProposalKind::EligibilityOverride
        | ProposalKind::ListDecided
        | ProposalKind::BoardAppointed
        | ProposalKind::DossiersReleased
        | ProposalKind::FormsSealed
        | ProposalKind::RulesFrozen
        | ProposalKind::BadLineChosen => OF_PAPERS,
    }
}

/// The step for two people that carries out a task of the day; `None` for a task of one person.
pub(super) const fn kind_of(task: DayTaskId) -> Option<ProposalKind> {
    match task {
        DayTaskId::Opening => Some(ProposalKind::VotingOpened),
        DayTaskId::Closing => Some(ProposalKind::CountingClosed),
        DayTaskId::Recounts => Some(ProposalKind::LineRecounted),
        DayTaskId::Result => Some(ProposalKind::ResultDeclared),
        DayTaskId::Resolution => Some(ProposalKind::ResultConfirmed),
        DayTaskId::Publishing => Some(ProposalKind::ResultPublished),
        DayTaskId::Archive => Some(ProposalKind::PollArchived),
        DayTaskId::Deck
        | DayTaskId::Zero
        | DayTaskId::Issued
        | DayTaskId::Ballots
        | DayTaskId::Batches
        | DayTaskId::Minutes => None,
    }
}

/// Whether the caller may propose a step.
pub fn may_propose(caller: &Caller, kind: ProposalKind) -> bool {
    caller.may(proposers(kind)).is_ok()
}

/// The page on which a step for two people is proposed.
#[derive(Clone, Debug)]
pub struct StepPage {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// Which step.
    pub kind: ProposalKind,
    /// What the step is about, as far as nothing has to be typed for it.
    pub evidence: Evidence,
    /// Why it cannot be taken now.
    pub obstacle: Option<String>,
    /// Open proposals of this kind.
    pub open: Vec<ProposalId>,
    /// Whether the caller may propose it.
    pub may_propose: bool,
    /// Number of all delegates.
    pub delegates: u32,
    /// Batches that can be reopened.
    pub batches: Vec<StandingBatch>,
    /// Papers that a corrigendum can put right, by name and title.
    pub papers: Vec<(String, String)>,
    /// The day that is planned, what the quorum is, and what stands against opening today; of opening and moving alone.
    pub opening: Option<OpeningOutlook>,
    /// Who is in the hall, from the opening to the close.
    pub hall: Option<Presence>,
}

impl App {
    /// The page of a step.
    ///
    /// # Errors
    /// When there is no such poll, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn step_page(&self, caller: &Caller, poll: PollId, kind: ProposalKind) -> Result<StepPage, AppError> {
        let proposer = caller.may(HALL)?;
        let at = self.now_text()?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let batches = store::batches::standing(&mut tx, poll).await?;
        let papers = store::polls::papers(&mut tx, poll).await?;
        let opening = match kind {
            ProposalKind::VotingOpened | ProposalKind::PollMoved => Some(opening::outlook(&mut tx, &day, at).await?),
            _ => None,
        };
        let (evidence, obstacle) = match sample(kind) {
            Some(wish) => {
                let is_whole = matches!(wish, Wish::CountingClosed | Wish::ResultDeclared | Wish::ResultPublished);
                match ready(&mut tx, &day, wish, (proposer, at, &self.keys), &Drawn::default()).await {
                    Ok(step) if is_whole => (Evidence::of(&mut tx, &day, &step).await?, None),
                    Ok(_) => (Evidence::default(), None),
                    Err(problem @ (AppError::Input(_) | AppError::NotFound(_))) => {
                        (Evidence::default(), Some(problem.to_string()))
                    }
                    Err(other) => return Err(other),
                }
            }
            None => match not_now(kind, &day.state, &batches, &papers) {
                None if kind == ProposalKind::ResultConfirmed => (Evidence::of_result(&mut tx, &day).await?, None),
                obstacle => (Evidence::default(), obstacle),
            },
        };
        let is_correction = kind == ProposalKind::CorrigendumIssued && obstacle.is_none();
        let papers = if is_correction { correctable_papers(&mut tx, poll).await? } else { Vec::new() };
        let proposals = preparation::proposals(&mut tx, poll).await?;
        let waits = |p: &&Proposal| p.kind == kind && p.state == ProposalState::Open;
        Ok(StepPage {
            sitting: day.sitting(),
            stage: day.state.stage(),
            kind,
            evidence,
            obstacle,
            open: proposals.iter().filter(waits).map(|proposal| proposal.id).collect(),
            may_propose: day.admits_proposal(caller, kind),
            delegates: day.state.poll().created.delegates,
            batches,
            papers,
            opening,
            hall: day.state.hall(),
        })
    }

    /// Proposes a step for two people.
    ///
    /// # Errors
    /// When a field is wrong, the poll would refuse the step now, one of its kind waits already, or the caller may not
    /// propose it.
    #[boxed]
    pub async fn propose_step(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        kind: ProposalKind,
        typed: &TypedStep,
    ) -> Result<ProposalId, AppError> {
        ask.caller.may(proposers(kind))?;
        let caller = ask.caller.clone();
        let wish = typed.read(kind)?.ok_or(AppError::NotFound("bước này"))?;
        let (at, id) = (self.now_text()?, ProposalId::new(self.clock.now(), &self.chance.for_id()?));
        let (drawn, keys) = (Drawn::default(), self.keys.clone());
        let mut proposed = Err(AppError::Undrawn);
        for _ in 0..TRIES {
            if kind.issues_paper() || kind == ProposalKind::CountingClosed {
                let mut tx = self.store.read(caller.council).await?;
                // What stands in the way is told by the transaction that writes.
                drop(looked_at(&mut tx, &caller, (poll, kind), wish.clone(), (at, &keys), &drawn).await);
            }
            let (caller, wish, drawn, keys) = (caller.clone(), wish.clone(), drawn.clone(), keys.clone());
            proposed = self
                .write_once(ask, move |tx| {
                    Box::pin(async move {
                        let (step, actor) = looked_at(tx, &caller, (poll, kind), wish, (at, &keys), &drawn).await?;
                        let offer = Offer { poll, kind, about: step.about(), content: text_of(&step)? };
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

/// The step that the caller would propose, and who the caller is in it.
async fn looked_at(
    tx: &mut CouncilTx,
    caller: &Caller,
    (poll, kind): (PollId, ProposalKind),
    wish: Wish,
    (at, keys): (UtcTime, &Keys),
    drawn: &Drawn,
) -> Result<(DayStep, Actor), AppError> {
    let day = Day::load(tx, poll).await?;
    let actor = polls::actor_in(caller, day.state.poll(), proposers(kind))?;
    let step = ready(tx, &day, wish, (actor.clone(), at, keys), drawn).await?;
    Ok((step, actor))
}

/// A sample request that shows whether a step could be taken now, for the kinds where that does not depend on what is
/// typed.
fn sample(kind: ProposalKind) -> Option<Wish> {
    let text = || "–".to_owned();
    Some(match kind {
        ProposalKind::DeckWaived => Wish::DeckWaived { reason: text() },
        ProposalKind::VotingOpened => Wish::VotingOpened { present: 1, reason: text() },
        ProposalKind::CountingClosed => Wish::CountingClosed,
        ProposalKind::ResultDeclared => Wish::ResultDeclared,
        ProposalKind::MinutesReopened => Wish::MinutesReopened { reason: text() },
        ProposalKind::ResultPublished => Wish::ResultPublished,
        ProposalKind::PollArchived => Wish::PollArchived { place: text() },
        ProposalKind::PollCancelled => Wish::PollCancelled { reason: text() },
        _ => return None,
    })
}

/// Why a step about one of several things (a form, a batch, a paper) cannot be taken now.
fn not_now(kind: ProposalKind, state: &PollState, batches: &[StandingBatch], papers: &[PaperIssued]) -> Option<String> {
    let stage = state.stage();
    let refused = |doing| Some(Refusal::NotNow { doing, stage }.to_string());
    match kind {
        ProposalKind::PollMoved if !matches!(stage, Stage::Sealed | Stage::Tested | Stage::Waived | Stage::Zeroed) => {
            refused("chuyển ngày bỏ phiếu")
        }
        ProposalKind::PresenceCorrected if state.hall().is_none() => refused("sửa số đại biểu có mặt"),
        ProposalKind::IssuedCorrected if stage != Stage::Voting => refused("sửa số phiếu phát ra đã công bố"),
        ProposalKind::BallotsCorrected if stage != Stage::Counting => refused("sửa số phiếu phát ra, thu về"),
        ProposalKind::BatchReopened if stage != Stage::Counting => refused("mở lại tập phiếu"),
        ProposalKind::RecountOrdered if stage != Stage::Closed => refused("cho kiểm lại một dòng"),
        ProposalKind::BatchReopened if batches.is_empty() => Some("Chưa có tập phiếu nào đã chốt.".to_owned()),
        ProposalKind::ResultConfirmed if stage != Stage::Minuted => refused("ghi nghị quyết xác nhận kết quả"),
        ProposalKind::CorrigendumIssued if !matches!(stage, Stage::Published | Stage::Archived) => {
            refused("đính chính")
        }
        ProposalKind::CorrigendumIssued if papers.is_empty() => Some("Chưa có văn bản nào được phát hành.".to_owned()),
        _ => None,
    }
}

/// The text of a step in the current state, after a check that the poll would take it.
async fn ready(
    tx: &mut CouncilTx,
    day: &Day,
    wish: Wish,
    (proposer, at, keys): (Actor, UtcTime, &Keys),
    drawn: &Drawn,
) -> Result<DayStep, AppError> {
    // Before anything is drawn from the tables: what stands in them is what the log says.
    if !matches!(wish, Wish::PollCancelled { .. } | Wish::BatchReopened { .. }) {
        polls::held::check(tx, day.poll).await?;
    }
    if matches!(wish, Wish::ResultDeclared) {
        no_open_recount(tx, day.poll).await?;
    }
    let step = draw(tx, day, wish, at, drawn).await?;
    // The shares are given when the close is confirmed; until then nothing is opened.
    if matches!(step, DayStep::CountingClosed { .. }) && day.state.poll().shares.are_needed() && keys.shares().is_none()
    {
        day.state.clone().close()?;
        return Ok(step);
    }
    let act = act_of(tx, day, step.clone()).await?;
    // Who will confirm is not known yet; it must be somebody else.
    let other = Actor { account: None, name: String::new(), role: Role::Program };
    let pair = Pair::new(proposer, other);
    polls::decide(tx, day.poll, day.state.clone(), &act, (pair, at, keys), drawn).await?;
    Ok(step)
}

/// The text of a step in the current state.
async fn draw(tx: &mut CouncilTx, day: &Day, wish: Wish, at: UtcTime, drawn: &Drawn) -> Result<DayStep, AppError> {
    Ok(match wish {
        Wish::DeckWaived { reason } => DayStep::DeckWaived { reason },
        Wish::PollMoved { day: new, reason } => {
            let before = day.planned(tx).await?.ok_or(NO_PLAN)?;
            DayStep::PollMoved { before, day: opening::new_day(tx, day.poll, new).await?, reason }
        }
        Wish::VotingOpened { present, reason } => {
            let planned = day.planned(tx).await?;
            opening::step(tx, day, Opening { at, planned, present, reason }).await?
        }
        Wish::PresenceCorrected { figures, reason } => {
            let refused = Refusal::NotNow { doing: "sửa số đại biểu có mặt", stage: day.state.stage() };
            let before = day.state.hall().ok_or(refused)?.figures;
            DayStep::PresenceCorrected { after: figures, before, reason }
        }
        Wish::IssuedCorrected { form, papers, reason } => {
            let before = day.record(tx).await?.issued(&form).ok_or(Refusal::NotIssued(form.clone()))?;
            DayStep::IssuedCorrected { after: papers, before, form, reason }
        }
        Wish::BallotsCorrected { form, account, reason } => {
            let before = day.record(tx).await?.account(&form).ok_or(Refusal::NotReturned(form.clone()))?;
            DayStep::BallotsCorrected { after: account.told(form.clone()), before: before.told(form), reason }
        }
        Wish::BatchReopened { form, batch, reason } => {
            let standing = store::batches::standing(tx, day.poll).await?;
            let standing = standing.into_iter().find(|standing| standing.form == form && standing.batch == batch);
            let StandingBatch { form, batch, commitment, papers } = standing.ok_or(NO_BATCH)?;
            DayStep::BatchReopened { batch, commitment, form, papers, reason }
        }
        Wish::RecountOrdered { form, line, reason } => {
            let name = recounts::official_on(tx, day.poll, &form, line).await?;
            DayStep::RecountOrdered { form, line, name, reason }
        }
        Wish::LineRecounted(found) => recounts::proposed(tx, day.poll, &day.state, found).await?,
        Wish::CountingClosed => DayStep::CountingClosed { forms: closing(&day.state) },
        Wish::ResultDeclared => {
            recounts::are_decided(tx, day.poll).await?;
            let results_sha256 = Digest::of(result(tx, day).await?.as_bytes());
            DayStep::ResultDeclared { results_sha256: as_shown(tx, day, results_sha256).await? }
        }
        Wish::MinutesReopened { reason } => {
            let refused = Refusal::NotNow { doing: "hủy việc ký biên bản", stage: day.state.stage() };
            let signed = day.record(tx).await?.signed.ok_or(refused)?;
            DayStep::MinutesReopened { reason, sha256: signed.sha256 }
        }
        Wish::ResultConfirmed { resolution } => {
            declared(tx, day).await?;
            DayStep::ResultConfirmed { paper: papers::resolution(tx, day.poll, drawn).await?, resolution }
        }
        Wish::ResultPublished => DayStep::ResultPublished { results_sha256: declared(tx, day).await? },
        Wish::CorrigendumIssued(wish) => {
            let paper = papers::corrigendum(tx, day.poll, &wish, drawn).await?;
            let Corrigendum { corrects, day, wrong: reason, right } = wish;
            DayStep::CorrigendumIssued { corrects, day, paper, reason, right }
        }
        Wish::PollArchived { place } => DayStep::PollArchived { place },
        Wish::PollCancelled { reason } => DayStep::PollCancelled { reason },
    })
}

fn closing(state: &PollState) -> Vec<ClosingForm> {
    let PollState::Counting(_, _, forms) = state else { return Vec::new() };
    let form = |progress: &FormProgress| ClosingForm {
        batches: progress.batches,
        form: progress.form.id.clone(),
        issued: progress.ballots.map(|(issued, _)| issued),
        returned: progress.ballots.map_or(0, |(_, returned)| returned),
    };
    forms.iter().map(form).collect()
}

/// The text that would be declared now.
async fn result(tx: &mut CouncilTx, day: &Day) -> Result<String, AppError> {
    let PollState::Closed(poll, counted) = &day.state else {
        return Err(Refusal::NotNow { doing: "ghi kết quả", stage: day.state.stage() }.into());
    };
    polls::results_text(tx, poll, counted).await
}

/// The hash of the result that was declared, once the log still gives that very text.
async fn declared(tx: &mut CouncilTx, day: &Day) -> Result<Digest, AppError> {
    let results = store::polls::results(tx, day.poll).await?.ok_or(NO_RESULT)?;
    as_shown(tx, day, Digest::of(results.as_bytes())).await
}

/// Refuses a result that is another one than the pages show, which draw it from the log and from the list that was decided:
/// what is confirmed is what is seen. A poll that was not prepared here has no such list, and no page of a result.
async fn as_shown(tx: &mut CouncilTx, day: &Day, results_sha256: Digest) -> Result<Digest, AppError> {
    match figures(tx, day.poll).await {
        Ok(figures) if figures.results_sha256 == results_sha256 => Ok(results_sha256),
        Ok(_) => {
            let sentence = "Kết quả này khác với kết quả tính lại từ nhật ký; hãy dừng lại và báo người bảo trì chạy \
                            «tinnhiem verify --db».";
            Err(AppError::Input(sentence.to_owned()))
        }
        Err(AppError::NotFound(_)) => Ok(results_sha256),
        Err(other) => Err(other),
    }
}

/// The act of a step, with what its text only names.
async fn act_of(tx: &mut CouncilTx, day: &Day, step: DayStep) -> Result<Act, AppError> {
    Ok(match step {
        DayStep::DeckWaived { reason } => Act::WaiveDeck { reason },
        DayStep::PollMoved { before, day, reason } => Act::MoveDay { before, day, reason },
        DayStep::VotingOpened { planned, present, reason, .. } => Act::OpenVoting { planned, present, reason },
        DayStep::PresenceCorrected { after, reason, .. } => Act::CorrectPresence { figures: after, reason },
        DayStep::IssuedCorrected { after, form, reason, .. } => Act::CorrectIssued { form, papers: after, reason },
        DayStep::BallotsCorrected { after, reason, .. } => {
            let account = BallotAccount::from(&after);
            Act::CorrectBallots { form: after.form, account, reason }
        }
        DayStep::BatchReopened { batch, commitment, form, papers, reason } => {
            Act::ReopenBatch { batch: StandingBatch { form, batch, commitment, papers }, reason }
        }
        DayStep::RecountOrdered { form, line, reason, .. } => Act::OrderRecount { form, line, reason },
        DayStep::LineRecounted { counted, form, line, readers, recounted: counts, .. } => {
            Act::RecountLine { found: FoundLine { form, line, counts, readers }.recount(counted) }
        }
        DayStep::CountingClosed { .. } => Act::CloseCounting,
        DayStep::ResultDeclared { .. } => Act::DeclareResult { results: result(tx, day).await? },
        DayStep::MinutesReopened { reason, .. } => Act::ReopenMinutes { reason },
        DayStep::ResultConfirmed { paper, resolution } => Act::ConfirmResult { paper, resolution },
        DayStep::ResultPublished { .. } => Act::Publish,
        DayStep::CorrigendumIssued { paper, reason, .. } => Act::IssueCorrigendum { paper, reason },
        DayStep::PollArchived { place } => Act::Archive { place },
        DayStep::PollCancelled { reason } => Act::Cancel { reason },
    })
}

/// The person who proposed something, as the poll's log names them.
fn proposer(proposal: &Proposal) -> Actor {
    let by = &proposal.proposed;
    Actor { account: Some(by.account), name: by.name.clone(), role: by.role }
}

/// What a proposal is about, as its page shows it.
///
/// # Errors
/// When there is no such poll, or what is stored does not read.
pub(crate) async fn evidence_of(tx: &mut CouncilTx, proposal: &Proposal) -> Result<Evidence, AppError> {
    let day = Day::load(tx, proposal.poll).await?;
    Evidence::of(tx, &day, &content(&proposal.content)?).await
}

/// What confirming the proposal would do now.
///
/// # Errors
/// When the poll would refuse it.
pub(crate) async fn content_now(
    tx: &mut CouncilTx,
    proposal: &Proposal,
    (at, keys): (UtcTime, &Keys),
    drawn: &Drawn,
) -> Result<String, AppError> {
    let day = Day::load(tx, proposal.poll).await?;
    let proposed: DayStep = content(&proposal.content)?;
    text_of(&ready(tx, &day, proposed.into(), (proposer(proposal), at, keys), drawn).await?)
}

/// Takes the step that was confirmed.
///
/// # Errors
/// When the poll refuses it.
pub(crate) async fn take(tx: &mut CouncilTx, proposal: &Proposal, step: &Confirmation) -> Result<(), AppError> {
    let day = Day::load(tx, proposal.poll).await?;
    let act = act_of(tx, &day, content(&proposal.content)?).await?;
    let pair = Pair::new(proposer(proposal), step.actor.clone());
    polls::take_act(tx, proposal.poll, (step.at, &step.keys, &step.drawn), pair, act).await.map(drop)
}
