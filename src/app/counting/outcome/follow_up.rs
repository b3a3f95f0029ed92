//! What has to be done after a result, official by official, and what has been done.

use std::collections::BTreeMap;

use super::day_data::DayData;
use super::{READERS, WRITERS};
use crate::Caller;
use crate::preparing::put_part;
use crate::service::app::{App, Ask};
use crate::service::clock::{day_in_vietnam, in_vietnam};
use crate::service::error::{AppError, Conflict, FieldError};
use domain::follow_up::{FollowUpMark, of_official};
use domain::id::{OfficialId, PollId};
use domain::preparation::Part;
use domain::result::PollResult;
use domain::rules::Attested;
use domain::text::{clean, date_dmy, read_day, upper_first};
use macros::boxed;
use store::preparation::{self, StoredPart};

/// Longest note, in characters.
const MAX_NOTE: usize = 500;
const NO_DUTY: AppError = AppError::NotFound("việc này");

/// One duty, and what was done about it.
#[derive(Clone, Debug)]
pub struct FollowUpLine {
    /// The official whom it concerns.
    pub official: OfficialId,
    /// Id of its rule.
    pub id: String,
    /// `Ông Nguyễn Văn A, Chủ tịch …`.
    pub name: String,
    /// Who has to do it, in the law's words.
    pub who: String,
    /// What has to be done.
    pub what: String,
    /// The deadline, in the law's words.
    pub by: String,
    /// Article.
    pub cite: String,
    /// Mark of the article; empty where it was verified.
    pub mark: &'static str,
    /// A note of the rule for readers; empty when there is none.
    pub note: String,
    /// It is done by holding a Confidence poll.
    pub confidence_poll: bool,
    /// What was recorded about it.
    pub done: FollowUpMark,
    /// The version that the next change replaces; 0 before the first.
    pub version: u64,
}

impl FollowUpLine {
    /// `Còn phải làm`, or when it was done.
    pub fn state(&self) -> String {
        self.done.done_on.map_or_else(|| "Còn phải làm".to_owned(), |day| format!("Đã xong ngày {}", date_dmy(day)))
    }
}

/// What was done about a duty, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedFollowUp {
    /// The day on which it was done; empty reopens the duty.
    pub done_on: String,
    /// Number of the paper, or what came of it.
    pub note: String,
}

/// By official and rule: what was done, and its version.
pub(super) type Marks = BTreeMap<(OfficialId, String), (FollowUpMark, u64)>;

/// What was recorded about the duties of a poll.
///
/// # Errors
/// When a stored part cannot be read.
pub(super) fn marks(parts: &[StoredPart]) -> Result<Marks, AppError> {
    let mut marks = Marks::new();
    for part in parts {
        if let Part::FollowUp(official, rule) = &part.part {
            let mark = serde_json::from_str(&part.content).map_err(|e| AppError::internal("đọc việc phải làm", e))?;
            marks.insert((*official, rule.clone()), (mark, part.version));
        }
    }
    Ok(marks)
}

/// Everything that has to be done after a result.
pub(super) fn lines(day_data: &DayData, result: &PollResult, marks: &Marks) -> Vec<FollowUpLine> {
    let poll_book = &day_data.prepared.poll_book;
    let body_and_day = (poll_book.plan.council.kind, poll_book.plan.council.sitting.votes_on);
    let mut lines = Vec::new();
    for (person, official) in day_data.people(result) {
        for duty in of_official(&poll_book.rules, body_and_day, official) {
            let rule = duty.rule;
            let (done, version) = marks.get(&(person.official, rule.id.clone())).cloned().unwrap_or_default();
            lines.push(FollowUpLine {
                official: person.official,
                id: rule.id.clone(),
                name: format!("{}, {}", official.listed.addressed(), official.listed.post),
                who: upper_first(&rule.who),
                what: rule.what.clone(),
                by: rule.by.clone(),
                cite: rule.cite.clone(),
                mark: if rule.attested == Attested::Verified { "" } else { rule.attested.label() },
                note: rule.note.clone().unwrap_or_default(),
                confidence_poll: rule.confidence_poll,
                done,
                version,
            });
        }
    }
    lines
}

impl App {
    /// One duty, with the name of the sitting.
    ///
    /// # Errors
    /// When there is none, or the count is not closed.
    #[boxed]
    pub async fn follow_up(
        &self,
        caller: &Caller,
        poll: PollId,
        (official, id): (OfficialId, &str),
    ) -> Result<(String, FollowUpLine), AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let day_data = DayData::load(&mut tx, poll).await?;
        let marks = marks(&preparation::parts(&mut tx, poll).await?)?;
        let line = find(&day_data, &marks, official, id)?;
        Ok((day_data.prepared.poll_book.book.council.sitting.name.clone(), line))
    }

    /// Records what was done about a duty; without a day the duty is open again.
    ///
    /// # Errors
    /// When the caller is no clerk, a field is wrong, or somebody else changed it since `version`.
    #[boxed]
    pub async fn mark_follow_up(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        (official, id): (OfficialId, String),
        version: u64,
        typed: TypedFollowUp,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(WRITERS)?;
        let (at, today) = (self.now_text()?, day_in_vietnam(self.clock.now()));
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let day_data = DayData::load(tx, poll).await?;
                let marks = marks(&preparation::parts(tx, poll).await?)?;
                let line = find(&day_data, &marks, official, &id)?;
                let mark = read(&typed, today)?;
                let part = Part::FollowUp(official, id);
                if line.version != version {
                    let stored = preparation::part(tx, poll, &part).await?.ok_or(NO_DUTY)?;
                    return Err(AppError::Stale(conflict(&stored, &line.done, &mark)));
                }
                if line.done == mark {
                    return Ok(());
                }
                put_part(tx, poll, part, version + 1, &mark, at, &actor).await
            })
        })
        .await
    }
}

fn find(day_data: &DayData, marks: &Marks, official: OfficialId, id: &str) -> Result<FollowUpLine, AppError> {
    let lines = lines(day_data, &day_data.result()?, marks);
    lines.into_iter().find(|line| line.official == official && line.id == id).ok_or(NO_DUTY)
}

fn read(typed: &TypedFollowUp, today: jiff::civil::Date) -> Result<FollowUpMark, AppError> {
    let mut wrong = Vec::new();
    let mut refuse = |field, sentence: String| wrong.push(FieldError { field, sentence });
    let done_on = match typed.done_on.trim() {
        "" => None,
        text => {
            let day = read_day(text);
            match day {
                None => {
                    refuse("done_on", "Hãy ghi ngày, ví dụ 20/12/2028; để trống thì việc này chưa xong.".to_owned())
                }
                Some(day) if day > today => refuse("done_on", "Ngày làm xong không được sau hôm nay.".to_owned()),
                Some(_) => {}
            }
            day
        }
    };
    let note = clean(&typed.note);
    if note.chars().count() > MAX_NOTE {
        refuse("note", format!("Ghi chú không dài quá {MAX_NOTE} ký tự."));
    } else if done_on.is_some() && note.is_empty() {
        refuse("note", "Hãy ghi số văn bản hoặc kết quả của việc này.".to_owned());
    }
    if wrong.is_empty() { Ok(FollowUpMark { done_on, note }) } else { Err(AppError::Fields { fields: wrong }) }
}

fn conflict(stored: &StoredPart, before: &FollowUpMark, typed: &FollowUpMark) -> Conflict {
    let day = |mark: &FollowUpMark| mark.done_on.map_or_else(|| "còn phải làm".to_owned(), date_dmy);
    let conflict = Conflict {
        what: "việc phải làm",
        by: stored.changed_by.clone(),
        at: in_vietnam(stored.changed_at),
        version: stored.version,
        differences: Vec::new(),
    };
    let (was, is) = (day(before), day(typed));
    conflict.with_fields([("Ngày làm xong", &was, &is), ("Ghi chú", &before.note, &typed.note)])
}
