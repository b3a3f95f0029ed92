//! Deadlines of a poll: who owes what to whom by when, and what was done about it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::plan::put;
use super::{NO_POLL, OFFICE, PREPARERS, Paper};
use crate::Caller;
use crate::preparing::poll_book::PollBook;
use crate::service::app::{App, Ask};
use crate::service::clock::{day_in_vietnam, in_vietnam};
use crate::service::drawn;
use crate::service::error::{AppError, Conflict, FieldError};
use domain::audit::UtcTime;
use domain::calendar::Calendar;
use domain::deadline::{self, DeadlineStatus};
use domain::document::{Frame, deadline_table};
use domain::ics::{self, DayEvent};
use domain::id::PollId;
use domain::preparation::{DeadlineMark, Part};
use domain::rules::Attested;
use domain::text::{clean, date_dmy, read_day};
use macros::boxed;
use store::preparation::StoredPart;
use store::{CouncilTx, preparation};

/// Longest note, in characters.
const MAX_NOTE: usize = 500;
/// Days before a deadline at which a calendar program reminds of it.
const REMIND_DAYS: u8 = 7;
const NO_DEADLINE: AppError = AppError::NotFound("thời hạn này");

/// One deadline, and what was done about it.
#[derive(Clone, Debug)]
pub struct DeadlineLine {
    /// Id of its rule.
    pub id: String,
    /// Last day in time.
    pub due: Date,
    /// The person or body that owes it.
    pub from: String,
    /// To whom.
    pub to: String,
    /// What.
    pub what: String,
    /// Article.
    pub cite: String,
    /// The weaker mark of the rule and of the days off.
    pub attested: Attested,
    /// Why the day moved.
    pub moved: Option<String>,
    /// What makes the day doubtful.
    pub doubts: Vec<String>,
    /// Its status today.
    pub status: DeadlineStatus,
    /// What was written of it.
    pub mark: DeadlineMark,
    /// The version that the next change replaces; 0 before the first.
    pub version: u64,
}

/// All deadlines of a poll.
#[derive(Clone, Debug)]
pub struct DeadlinePage {
    /// Name of the sitting.
    pub sitting: String,
    /// Earliest first.
    pub lines: Vec<DeadlineLine>,
    /// Today in Vietnam.
    pub today: Date,
    /// Opening day.
    pub opens_on: Date,
    /// Day of the vote.
    pub votes_on: Date,
}

/// What was done about a deadline, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedMark {
    /// The day on which it was done; empty opens it again.
    pub done_on: String,
    /// Number of the paper, or why it is late.
    pub note: String,
}

/// Deadlines with their parts, and when any of it was changed last.
pub(super) struct Dated {
    page: DeadlinePage,
    poll_book: PollBook,
    stamp: UtcTime,
}

pub(super) async fn load(tx: &mut CouncilTx, poll: PollId, today: Date) -> Result<Dated, AppError> {
    let poll_book = PollBook::load(tx, poll, Vec::new()).await?;
    let parts = preparation::parts(tx, poll).await?;
    let stamp = parts.iter().map(|part| part.changed_at).max().ok_or(NO_POLL)?;
    let marks = marks(&parts)?;
    let calendar = builtin()?;
    let council = &poll_book.book.council;
    let all = deadline::deadlines(&poll_book.rules, council, poll_book.plan.kind, &calendar);
    let line = |deadline: deadline::Deadline<'_>| {
        let rule = deadline.rule;
        let (mark, version) = marks.get(&rule.id).cloned().unwrap_or_default();
        DeadlineLine {
            status: deadline::status(&deadline, today, mark.done_on),
            id: rule.id.clone(),
            due: deadline.due,
            from: rule.from.clone(),
            to: rule.to.clone(),
            what: rule.what.clone(),
            cite: rule.cite.clone(),
            attested: deadline.attested,
            moved: deadline.moved,
            doubts: deadline.doubts,
            mark,
            version,
        }
    };
    let page = DeadlinePage {
        sitting: council.sitting.name.clone(),
        lines: all.into_iter().map(line).collect(),
        today,
        opens_on: council.sitting.opens_on,
        votes_on: council.sitting.votes_on,
    };
    Ok(Dated { page, poll_book, stamp })
}

impl Dated {
    /// In all, done, late.
    pub(super) fn figures(&self) -> (usize, usize, usize) {
        let lines = &self.page.lines;
        let late = lines.iter().filter(|line| matches!(line.status, DeadlineStatus::LateBy { .. })).count();
        (lines.len(), lines.iter().filter(|line| line.mark.done_on.is_some()).count(), late)
    }
}

fn builtin() -> Result<Calendar, AppError> {
    Calendar::builtin().map_err(|e| AppError::internal("đọc lịch ngày nghỉ", e))
}

fn marks(parts: &[StoredPart]) -> Result<BTreeMap<String, (DeadlineMark, u64)>, AppError> {
    let mut marks = BTreeMap::new();
    for part in parts {
        if let Part::Deadline(id) = &part.part {
            let mark = serde_json::from_str(&part.content).map_err(|e| AppError::internal("đọc thời hạn", e))?;
            marks.insert(id.clone(), (mark, part.version));
        }
    }
    Ok(marks)
}

impl App {
    /// All deadlines of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not prepare votes.
    #[boxed]
    pub async fn deadline_page(&self, caller: &Caller, poll: PollId) -> Result<DeadlinePage, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        Ok(load(&mut tx, poll, day_in_vietnam(self.clock.now())).await?.page)
    }

    /// The deadlines as a calendar file. Nothing in it depends on the current time: the same data give the same bytes.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not prepare votes.
    #[boxed]
    pub async fn deadline_calendar(&self, caller: &Caller, poll: PollId) -> Result<Paper, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let dated = load(&mut tx, poll, day_in_vietnam(self.clock.now())).await?;
        let event = |line: &DeadlineLine| {
            let mut description =
                format!("Người thực hiện: {}\nNơi nhận: {}\nCăn cứ: {}", line.from, line.to, line.cite);
            for sentence in line.doubts.iter().chain(&line.moved) {
                description.push_str(&format!("\n{sentence}"));
            }
            if line.mark.done_on.is_some() {
                description.push_str(&format!("\n{}", line.status.text()));
            }
            DayEvent {
                uid: format!("{poll}.{}@tinnhiem", line.id),
                day: line.due,
                summary: line.what.clone(),
                description,
                remind_days: REMIND_DAYS,
            }
        };
        let page = &dated.page;
        let events: Vec<DayEvent> = page.lines.iter().map(event).collect();
        let name = format!("Thời hạn {}, {}", dated.poll_book.plan.kind.label(), page.sitting);
        let text = ics::calendar(&name, dated.stamp, &events);
        Ok(Paper { name: "thoi-han.ics".to_owned(), bytes: text.into_bytes() })
    }

    /// The deadlines as a paper, with what was done about each.
    ///
    /// # Errors
    /// When there is no such poll, or a character cannot be printed.
    #[boxed]
    pub async fn deadline_paper(&self, caller: &Caller, poll: PollId) -> Result<Paper, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let today = day_in_vietnam(self.clock.now());
        let Dated { page, poll_book, .. } = load(&mut tx, poll, today).await?;
        let calendar = builtin()?;
        let all = deadline::deadlines(&poll_book.rules, &poll_book.book.council, poll_book.plan.kind, &calendar);
        let mark = |line: &DeadlineLine| {
            let note = if line.mark.note.is_empty() { String::new() } else { format!(" ({})", line.mark.note) };
            line.mark.done_on.map(|_| (line.id.clone(), format!("{}{note}", line.status.text())))
        };
        let marks = page.lines.iter().filter_map(mark).collect();
        let frame = Frame { occasion: poll_book.occasion(), date: today, foot: None };
        let paper = drawn::document(&deadline_table(&all, &marks, &frame));
        let paper = paper.map_err(|e| AppError::Input(e.to_string()))?;
        Ok(Paper { name: "thoi-han.pdf".to_owned(), bytes: paper.bytes })
    }

    /// One deadline, with the name of the sitting.
    ///
    /// # Errors
    /// When there is none of this id.
    #[boxed]
    pub async fn deadline(&self, caller: &Caller, poll: PollId, id: &str) -> Result<(String, DeadlineLine), AppError> {
        let page = self.deadline_page(caller, poll).await?;
        let line = page.lines.into_iter().find(|line| line.id == id).ok_or(NO_DEADLINE)?;
        Ok((page.sitting, line))
    }

    /// Records what was done about a deadline; without a day it is open again.
    ///
    /// # Errors
    /// When a field is wrong, or somebody else changed it since `version`.
    #[boxed]
    pub async fn mark_deadline(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        id: String,
        version: u64,
        typed: TypedMark,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(PREPARERS)?;
        let (at, today) = (self.now_text()?, day_in_vietnam(self.clock.now()));
        let mark = read(&typed, today)?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let dated = load(tx, poll, today).await?;
                let line = dated.page.lines.into_iter().find(|line| line.id == id).ok_or(NO_DEADLINE)?;
                let part = Part::Deadline(id);
                if line.version != version {
                    let stored = preparation::part(tx, poll, &part).await?.ok_or(NO_DEADLINE)?;
                    return Err(AppError::Stale(conflict(&stored, &line.mark, &mark)));
                }
                if line.mark == mark {
                    return Ok(());
                }
                put(tx, poll, part, version + 1, &mark, at, &actor).await
            })
        })
        .await
    }
}

fn read(typed: &TypedMark, today: Date) -> Result<DeadlineMark, AppError> {
    let mut wrong = Vec::new();
    let done_on = match typed.done_on.trim() {
        "" => None,
        text => match read_day(text) {
            Some(day) if day <= today => Some(day),
            Some(_) => {
                let sentence = "Ngày hoàn thành không được sau hôm nay.".to_owned();
                wrong.push(FieldError { field: "done_on", sentence });
                None
            }
            None => {
                let sentence = "Hãy ghi ngày, ví dụ 20/10/2028; để trống thì thời hạn này chưa xong.".to_owned();
                wrong.push(FieldError { field: "done_on", sentence });
                None
            }
        },
    };
    let note = clean(&typed.note);
    if note.chars().count() > MAX_NOTE {
        let sentence = format!("Ghi chú không dài quá {MAX_NOTE} ký tự.");
        wrong.push(FieldError { field: "note", sentence });
    }
    if wrong.is_empty() { Ok(DeadlineMark { done_on, note }) } else { Err(AppError::Fields { fields: wrong }) }
}

fn conflict(stored: &StoredPart, before: &DeadlineMark, typed: &DeadlineMark) -> Conflict {
    let day = |mark: &DeadlineMark| mark.done_on.map_or_else(|| "chưa xong".to_owned(), date_dmy);
    let conflict = Conflict {
        what: "thời hạn",
        by: stored.changed_by.clone(),
        at: in_vietnam(stored.changed_at),
        version: stored.version,
        differences: Vec::new(),
    };
    let (was, is) = (day(before), day(typed));
    conflict.with_fields([("Ngày hoàn thành", &was, &is), ("Ghi chú", &before.note, &typed.note)])
}
