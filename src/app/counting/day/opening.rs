//! Opening the vote: what quorum and day say to it, and the day to which a vote is moved.

use jiff::civil::Date;

use super::Day;
use crate::polls::rules_of;
use crate::preparing::poll_book::PollBook;
use crate::service::error::{AppError, FieldError};
use domain::audit::UtcTime;
use domain::day_step::DayStep;
use domain::finding::Finding;
use domain::id::PollId;
use domain::opening::{Opening, OpeningFault};
use domain::preparation::Plan;
use store::CouncilTx;

/// What the page of opening says before anything is typed.
#[derive(Clone, Debug)]
pub struct OpeningOutlook {
    /// The day on which the vote is to be held.
    pub planned: Option<Date>,
    /// The smallest number present that is enough.
    pub quorum: u32,
    /// Its article.
    pub quorum_cite: String,
    /// That today is another day.
    pub findings: Vec<Finding>,
}

/// What opening would meet today, with everybody present.
pub(super) async fn outlook(tx: &mut CouncilTx, day: &Day, at: UtcTime) -> Result<OpeningOutlook, AppError> {
    let rules = rules_of(tx, day.poll).await?;
    let delegates = day.state.poll().created.delegates;
    let planned = day.planned(tx).await?;
    let everybody = Opening { at, planned, present: delegates, reason: String::new() };
    Ok(OpeningOutlook {
        planned,
        quorum: rules.quorum.value.least(delegates),
        quorum_cite: rules.quorum.cite.clone(),
        findings: everybody.faults(&rules, delegates).into_iter().map(|fault| fault.finding(&rules)).collect(),
    })
}

/// The text of the step, with what stands against it.
pub(super) async fn step(tx: &mut CouncilTx, day: &Day, opening: Opening) -> Result<DayStep, AppError> {
    let rules = rules_of(tx, day.poll).await?;
    let delegates = day.state.poll().created.delegates;
    let told = |fault: OpeningFault| {
        let Finding { what, law, .. } = fault.finding(&rules);
        law.map_or_else(|| what.clone(), |law| format!("{what} ({law})"))
    };
    let against: Vec<String> = opening.faults(&rules, delegates).into_iter().map(told).collect();
    let Opening { planned, present, reason, .. } = opening;
    // Where nothing stands against it, there is nothing to give a reason for.
    let reason = if against.is_empty() { String::new() } else { reason };
    let quorum = Some(rules.quorum.value.least(delegates));
    Ok(DayStep::VotingOpened { against, delegates, planned, present, quorum, reason })
}

/// The day, once nothing of the plan contradicts it.
pub(super) async fn new_day(tx: &mut CouncilTx, poll: PollId, day: Date) -> Result<Date, AppError> {
    let PollBook { plan, rules, .. } = PollBook::load(tx, poll, Vec::new()).await?;
    let mut moved: Plan = plan;
    moved.council.sitting.votes_on = day;
    let of_day = |(field, _): &(&'static str, _)| matches!(*field, "votes_on" | "ruleset");
    let faults = moved.faults(&rules).into_iter().filter(of_day);
    let wrong: Vec<FieldError> =
        faults.map(|(_, fault)| FieldError { field: "day", sentence: fault.to_string() }).collect();
    if wrong.is_empty() { Ok(day) } else { Err(AppError::Fields { fields: wrong }) }
}
