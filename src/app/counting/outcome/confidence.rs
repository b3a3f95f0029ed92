//! Lập kỳ bỏ phiếu tín nhiệm: the Confidence poll that a result calls for, on the officials whom it concerns. It is a
//! poll like any other from then on: plan, list, board, forms, day.

use super::day_data::DayData;
use super::{READERS, WRITERS, follow_up};
use crate::Caller;
use crate::polls;
use crate::preparing::{Begun, NO_POLL, Purpose, TypedPlan, new_poll, put_part, read_plan};
use crate::service::app::{App, Ask};
use crate::service::error::{AppError, FieldError};
use domain::id::{LogId, OfficialId, PollId};
use domain::poll::PollKind;
use domain::poll_state::Stage;
use domain::preparation::{Named, Part};
use domain::rules::{LoadedRules, RuleSet, RuleText};
use domain::text::date_dmy;
use macros::boxed;
use store::{CouncilTx, councils, preparation};

/// The officials on whom a Confidence poll may be held after a result.
#[derive(Clone, Debug)]
pub struct ConfidenceOffer {
    /// Name of the sitting whose result calls for it.
    pub sitting: String,
    /// The officials, each named with all posts.
    pub people: Vec<(OfficialId, String)>,
    /// Articles by which it is held, with their marks.
    pub grounds: Vec<String>,
    /// The form, filled in with everybody and the same sitting.
    pub typed: TypedConfidence,
    /// Confidence polls that were begun from this result, with their sittings.
    pub begun: Vec<(PollId, String)>,
}

/// The poll that is to begin, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedConfidence {
    /// Ids of those on whom it is held.
    pub officials: Vec<String>,
    /// Name of the sitting.
    pub sitting: String,
    /// Opening day.
    pub opens_on: String,
    /// Day of the vote.
    pub votes_on: String,
}

/// The officials on whom the result calls for a Confidence poll, with the articles.
struct Brought {
    people: Vec<(OfficialId, String)>,
    grounds: Vec<String>,
}

fn brought(day_data: &DayData) -> Result<Brought, AppError> {
    let lines = follow_up::lines(day_data, &day_data.result()?, &follow_up::Marks::new());
    let mut brought = Brought { people: Vec::new(), grounds: Vec::new() };
    for line in lines.into_iter().filter(|line| line.confidence_poll) {
        let ground = if line.mark.is_empty() { line.cite } else { format!("{} [{}]", line.cite, line.mark) };
        if !brought.grounds.contains(&ground) {
            brought.grounds.push(ground);
        }
        brought.people.push((line.official, line.name));
    }
    if brought.people.is_empty() {
        return Err(AppError::NotFound("người phải đưa ra bỏ phiếu tín nhiệm"));
    }
    // A line that still has to be counted again may leave the band.
    if day_data.stage() == Stage::Closed {
        let sentence = "Chưa có kết quả: phải kiểm lại các dòng sát ngưỡng và ghi kết quả trước khi lập kỳ bỏ phiếu.";
        return Err(AppError::Input(sentence.to_owned()));
    }
    Ok(brought)
}

/// Confidence polls that were begun from the result of `poll`.
pub(super) async fn begun(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<(PollId, String)>, AppError> {
    let mut begun = Vec::new();
    for summary in store::polls::list(tx).await? {
        if summary.kind != PollKind::Confidence {
            continue;
        }
        let Some(part) = preparation::part(tx, summary.id, &Part::Named).await? else { continue };
        let named: Named =
            serde_json::from_str(&part.content).map_err(|e| AppError::internal("đọc kỳ bỏ phiếu tín nhiệm", e))?;
        if named.from == poll {
            begun.push((summary.id, summary.sitting));
        }
    }
    Ok(begun)
}

impl App {
    /// The officials on whom a Confidence poll may be held after the result of `poll`.
    ///
    /// # Errors
    /// When the result calls for no Confidence poll, or is not declared yet.
    #[boxed]
    pub async fn confidence_offer(&self, caller: &Caller, poll: PollId) -> Result<ConfidenceOffer, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let day_data = DayData::load(&mut tx, poll).await?;
        let Brought { people, grounds } = brought(&day_data)?;
        let sitting = &day_data.prepared.poll_book.book.council.sitting;
        let typed = TypedConfidence {
            officials: people.iter().map(|(id, _)| id.to_string()).collect(),
            sitting: sitting.name.clone(),
            opens_on: sitting.opens_on.to_string(),
            votes_on: sitting.votes_on.to_string(),
        };
        let begun = begun(&mut tx, poll).await?;
        Ok(ConfidenceOffer { sitting: sitting.name.clone(), people, grounds, typed, begun })
    }

    /// Begins a Confidence poll on some of the officials for whom the result of `poll` calls for one, under the same
    /// rules.
    ///
    /// # Errors
    /// When the caller is no clerk, a field is wrong, or the result calls for no Confidence poll.
    #[boxed]
    pub async fn begin_confidence(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        typed: TypedConfidence,
    ) -> Result<Begun, AppError> {
        let actor = ask.caller.may(WRITERS)?;
        let mut tx = self.store.read(ask.caller.council).await?;
        let day_data = DayData::load(&mut tx, poll).await?;
        let named = read(&day_data, poll, &typed);
        let rules_text = store::polls::ruleset_text(&mut tx, poll).await?.ok_or(NO_POLL)?;
        let slug = councils::own(&mut tx).await?.ok_or(NO_POLL)?.slug;
        drop(tx);
        let (poll_book, TypedConfidence { sitting, opens_on, votes_on, .. }) = (&day_data.prepared.poll_book, typed);
        let council = &poll_book.plan.council;
        let kind = PollKind::Confidence.code().to_owned();
        let plan = TypedPlan { kind, sitting, opens_on, votes_on, ..TypedPlan::from(&poll_book.plan) };
        let plan = read_plan(&plan, (&council.name, council.kind), &poll_book.rules);
        let (named, plan) = match (named, plan) {
            (Ok(named), Ok(plan)) => (named, plan),
            (Err(AppError::Fields { mut fields }), Err(AppError::Fields { fields: more })) => {
                fields.extend(more);
                return Err(AppError::Fields { fields });
            }
            (Err(problem), _) | (_, Err(problem)) => return Err(problem),
        };
        let rules = LoadedRules {
            source: RuleText::new(format!("{}.toml", poll_book.rules.id), rules_text),
            set: RuleSet::clone(&poll_book.rules),
        };
        let (at, now) = (self.now_text()?, self.clock.now());
        let id = PollId::new(now, &self.chance.for_id()?);
        let log = LogId::new(now, &self.chance.for_id()?);
        // What follows from a rehearsal is one.
        let purpose = Purpose::of(&day_data.prepared.state.poll().created);
        let new = new_poll(&plan, &rules, &slug, id, purpose)?.by(self.program());
        let public_key = self.keys.poll_signer(&new.origin, new.created.rehearsal).verifier().to_text();
        let begun = self.write_once(ask, move |tx| {
            Box::pin(async move {
                polls::begin(tx, new, id, log, public_key, at, &actor).await?;
                put_part(tx, id, Part::Plan, 1, &plan, at, &actor).await?;
                put_part(tx, id, Part::Named, 1, &named, at, &actor).await
            })
        });
        begun.await?;
        Ok(Begun { poll: id })
    }
}

/// Reads on whom the poll is held and why, or says which fields are wrong.
fn read(day_data: &DayData, poll: PollId, typed: &TypedConfidence) -> Result<Named, AppError> {
    let Brought { people, grounds } = brought(day_data)?;
    let chosen = |(id, _): &&(OfficialId, String)| typed.officials.contains(&id.to_string());
    let officials: Vec<OfficialId> = people.iter().filter(chosen).map(|(id, _)| *id).collect();
    if officials.is_empty() {
        let sentence = "Hãy chọn ít nhất một người đưa ra bỏ phiếu tín nhiệm.".to_owned();
        return Err(AppError::Fields { fields: vec![FieldError { field: "officials", sentence }] });
    }
    let sitting = &day_data.prepared.poll_book.book.council.sitting;
    let reason = format!(
        "Theo kết quả {} tại {}, ngày {} ({}).",
        day_data.prepared.poll_book.plan.kind.label(),
        sitting.name,
        date_dmy(sitting.votes_on),
        grounds.join("; ")
    );
    Ok(Named { from: poll, officials, reason })
}
