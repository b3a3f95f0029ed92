//! Questions of delegates to officials, through the Standing Committee: who asks is named to both, the reply is read by
//! all delegates.

use std::collections::BTreeMap;

use crate::rules::parsed::parsed;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::{AppError, Conflict};
use crate::service::records::Revised;
use domain::audit::{Actor, UtcTime};
use domain::calendar::Calendar;
use domain::deadline::deadlines;
use domain::id::{OfficialId, PollId, QuestionId};
use domain::poll_state::Stage;
use domain::preparation::{Part, Plan};
use domain::question::{self, Due, Question, QuestionError, Stamp, State, Stepped};
use domain::record::{Action, Subject};
use domain::role::Role;
use macros::boxed;
use store::questions::StoredQuestion;
use store::{CouncilTx, polls, preparation, questions, roster};

/// Roles that ask.
pub const ASKERS: &[Role] = &[Role::Delegate];
/// Roles that send a question on or give it back.
pub const FORWARDERS: &[Role] = &[Role::Leader];
/// Roles that see all questions of a vote on their way.
pub const QUEUE_READERS: &[Role] = &[Role::Leader, Role::Clerk];
/// Roles that reply.
pub const REPLIERS: &[Role] = &[Role::Official];

const NO_QUESTION: AppError = AppError::NotFound("câu hỏi");
const NO_OFFICIAL: AppError = AppError::NotFound("người được lấy phiếu");
const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu");

/// A question for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its id.
    pub id: QuestionId,
    /// The version that the next step replaces.
    pub version: u64,
    /// All that became of it.
    pub question: Question,
    /// `Ông Nguyễn Văn A`.
    pub official: String,
    /// The official owes the reply after its last day.
    pub is_late: bool,
    /// Whether the caller asked it.
    pub is_own: bool,
}

/// Questions that somebody may read, with the days that the rules set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questions {
    /// Name of the sitting.
    pub sitting: String,
    /// The first asked first.
    pub asked: Vec<Asked>,
    /// Last day to ask; `None` when the rules set none.
    pub ask_by: Option<Due>,
    /// Last day to reply; `None` when the rules set none.
    pub reply_by: Option<Due>,
    /// The last day to ask is over.
    pub is_after_ask_by: bool,
}

/// Name of the sitting, and the last days for questions and replies before its vote.
async fn days(tx: &mut CouncilTx, poll: PollId) -> Result<(String, Option<Due>, Option<Due>), AppError> {
    let damaged = |cause: String| AppError::internal("đọc phần chuẩn bị", cause);
    let stored = preparation::part(tx, poll, &Part::Plan).await?.ok_or(NO_POLL)?;
    let plan: Plan = serde_json::from_str(&stored.content).map_err(|e| damaged(e.to_string()))?;
    let text = polls::ruleset_text(tx, poll).await?.ok_or(NO_POLL)?;
    let rules = parsed(&plan.council.ruleset, &text).map_err(|e| damaged(e.to_string()))?;
    let calendar = Calendar::builtin().map_err(|e| AppError::internal("đọc lịch ngày nghỉ", e))?;
    let all = deadlines(&rules, &plan.council, plan.kind, &calendar);
    let days = (question::ask_by(&all), question::reply_by(&all));
    Ok((plan.council.sitting.name, days.0, days.1))
}

/// How officials are addressed, by id.
async fn names(tx: &mut CouncilTx) -> Result<BTreeMap<OfficialId, String>, AppError> {
    let all = roster::officials(tx).await?;
    Ok(all.into_iter().map(|kept| (kept.id, kept.value.official.addressed())).collect())
}

impl App {
    pub(crate) fn shown(&self, caller: &Caller, kept: StoredQuestion, names: &BTreeMap<OfficialId, String>) -> Asked {
        Asked {
            is_late: kept.value.is_late(self.today()),
            is_own: kept.value.account == caller.account.id,
            official: names.get(&kept.value.official).cloned().unwrap_or_default(),
            id: kept.id,
            version: kept.version,
            question: kept.value,
        }
    }

    /// What a delegate reads of the questions before a vote: all own ones, and all that were answered.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such poll.
    #[boxed]
    pub async fn questions_for_delegate(&self, caller: &Caller, poll: PollId) -> Result<Questions, AppError> {
        caller.may(ASKERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let (sitting, ask_by, reply_by) = days(&mut tx, poll).await?;
        let names = names(&mut tx).await?;
        let found = questions::of_poll(&mut tx, poll).await?;
        let asked = found.into_iter().map(|kept| self.shown(caller, kept, &names));
        let asked = asked.filter(|asked| asked.is_own || asked.question.answer().is_some()).collect();
        let is_after_ask_by = ask_by.as_ref().is_some_and(|due| due.on < self.today());
        Ok(Questions { sitting, asked, ask_by, reply_by, is_after_ask_by })
    }

    /// All questions before a vote, for the Standing Committee and its office: those that wait for it first, then those
    /// whose reply is due, then the rest.
    ///
    /// # Errors
    /// When the caller is neither, or there is no such poll.
    #[boxed]
    pub async fn question_queue(&self, caller: &Caller, poll: PollId) -> Result<Questions, AppError> {
        caller.may(QUEUE_READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let (sitting, ask_by, reply_by) = days(&mut tx, poll).await?;
        let names = names(&mut tx).await?;
        let found = questions::of_poll(&mut tx, poll).await?;
        let mut asked: Vec<Asked> = found.into_iter().map(|kept| self.shown(caller, kept, &names)).collect();
        asked.sort_by_key(|asked| match asked.question.state {
            State::Asked => 0_u8,
            State::Forwarded { .. } => 1,
            State::Answered { .. } | State::Returned { .. } | State::Withdrawn { .. } => 2,
        });
        let is_after_ask_by = ask_by.as_ref().is_some_and(|due| due.on < self.today());
        Ok(Questions { sitting, asked, ask_by, reply_by, is_after_ask_by })
    }

    /// Questions that went on to the official who asks, before whichever vote, the newest first. None for somebody who is
    /// linked to no official of the roster.
    ///
    /// # Errors
    /// When the caller is no official.
    #[boxed]
    pub async fn questions_for_official(&self, caller: &Caller) -> Result<Vec<Asked>, AppError> {
        caller.may(REPLIERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let Some(own) = roster::official_of(&mut tx, caller.account.id).await? else { return Ok(Vec::new()) };
        let names = BTreeMap::from([(own.id, own.value.official.addressed())]);
        let found = questions::to_official(&mut tx, own.id).await?;
        Ok(found.into_iter().map(|kept| self.shown(caller, kept, &names)).collect())
    }

    /// Asks an official, in the caller's name.
    ///
    /// # Errors
    /// On field `question`; when the official is withdrawn, or voting has begun.
    #[boxed]
    pub async fn ask_question(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        official: OfficialId,
        text: &str,
    ) -> Result<QuestionId, AppError> {
        let actor = ask.caller.may(ASKERS)?;
        let text = question::typed(text).map_err(|e| AppError::field("question", e))?;
        let (id, at) = (QuestionId::new(self.clock.now(), &self.chance.for_id()?), self.now_text()?);
        let asked = Stamp { at, by: actor.name.clone() };
        let question = Question { account: ask.caller.account.id, asked, official, poll, state: State::Asked, text };
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
                if stored.state.stage() >= Stage::Voting {
                    let sentence = "Đã bắt đầu bỏ phiếu nên không gửi câu hỏi mới được nữa.";
                    return Err(AppError::Input(sentence.to_owned()));
                }
                let about = roster::official(tx, official).await?.filter(|kept| !kept.value.withdrawn);
                about.ok_or(NO_OFFICIAL)?;
                keep(tx, (id, 1), (at, &actor), (question, Action::Added)).await?;
                Ok(id)
            })
        })
        .await
    }

    /// The delegate takes an own question back.
    ///
    /// # Errors
    /// When it is somebody else's, has gone on, or was changed since `version`.
    #[boxed]
    pub async fn withdraw_question(&self, ask: Ask<'_>, id: QuestionId, version: u64) -> Result<(), AppError> {
        let actor = ask.caller.may(ASKERS)?;
        let account = ask.caller.account.id;
        self.question_step(ask, actor, (id, version), "question", move |question, hand, _| {
            question.withdraw(account, hand)
        })
        .await
    }

    /// The Standing Committee sends a question on to the official.
    ///
    /// # Errors
    /// When it was handled before, or was changed since `version`.
    #[boxed]
    pub async fn forward_question(&self, ask: Ask<'_>, id: QuestionId, version: u64) -> Result<(), AppError> {
        let actor = ask.caller.may(FORWARDERS)?;
        self.question_step(ask, actor, (id, version), "question", |question, hand, due| question.forward(hand, due))
            .await
    }

    /// The Standing Committee gives a question back to the delegate.
    ///
    /// # Errors
    /// On field `reason`; when it was handled before, or was changed since `version`.
    #[boxed]
    pub async fn return_question(
        &self,
        ask: Ask<'_>,
        id: QuestionId,
        version: u64,
        reason: &str,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(FORWARDERS)?;
        let reason = reason.to_owned();
        self.question_step(ask, actor, (id, version), "reason", move |question, hand, _| {
            question.give_back(hand, &reason)
        })
        .await
    }

    /// The official replies to a question; from here on all delegates read both.
    ///
    /// # Errors
    /// On field `reply`; when the question is not the caller's to answer, or was changed since `version`.
    #[boxed]
    pub async fn reply_question(&self, ask: Ask<'_>, id: QuestionId, version: u64, text: &str) -> Result<(), AppError> {
        let actor = ask.caller.may(REPLIERS)?;
        let own = roster::official_of(&mut self.store.read(ask.caller.council).await?, ask.caller.account.id).await?;
        let own = own.ok_or(NO_QUESTION)?.id;
        let found = questions::find(&mut self.store.read(ask.caller.council).await?, id).await?;
        // What has not gone on to the official is not there for them.
        let theirs = |kept: &StoredQuestion| {
            kept.value.official == own && (kept.value.is_open() || kept.value.answer().is_some())
        };
        found.filter(theirs).ok_or(NO_QUESTION)?;
        let text = text.to_owned();
        self.question_step(ask, actor, (id, version), "reply", move |question, hand, _| question.reply(hand, &text))
            .await
    }

    /// One step of a question, decided by the domain. `field` is the field of what was typed.
    async fn question_step<F>(
        &self,
        ask: Ask<'_>,
        actor: Actor,
        (id, version): (QuestionId, u64),
        field: &'static str,
        decide: F,
    ) -> Result<(), AppError>
    where
        F: FnOnce(Question, Stamp, Option<Due>) -> Result<Stepped, QuestionError> + Send + 'static,
    {
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let kept = questions::find(tx, id).await?.ok_or(NO_QUESTION)?;
                let (_, _, due) = days(tx, kept.value.poll).await?;
                let hand = Stamp { at, by: actor.name.clone() };
                let decided = match decide(kept.value.clone(), hand, due) {
                    Ok(stepped) if kept.version == version => stepped,
                    Err(error @ (QuestionError::Empty | QuestionError::TooLong)) => {
                        return Err(AppError::field(field, error));
                    }
                    // How far it has come says more than that it changed.
                    Err(error) => return Err(AppError::Input(error.to_string())),
                    Ok(_) => return Err(AppError::Stale(conflict(&kept))),
                };
                keep(tx, (id, version + 1), (at, &actor), decided).await
            })
        })
        .await
    }
}

fn conflict(kept: &StoredQuestion) -> Conflict {
    Conflict {
        what: "câu hỏi",
        by: kept.changed_by.clone(),
        at: kept.changed_at.in_vietnam(),
        version: kept.version,
        differences: Vec::new(),
    }
}

/// Writes the row of a question, its version and the entry of the log.
async fn keep(
    tx: &mut CouncilTx,
    (id, version): (QuestionId, u64),
    (at, actor): (UtcTime, &Actor),
    (question, action): Stepped,
) -> Result<(), AppError> {
    let revised = Revised::one(Subject::Question, action, id, version, &question)?;
    let kept = StoredQuestion { id, value: question, version, changed_at: at, changed_by: actor.name.clone() };
    questions::put(tx, &kept).await?;
    revised.write(tx, at, actor).await
}
