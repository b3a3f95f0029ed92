//! Deadlines as a list, as months, as a calendar file and as a paper.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{LIST, PDF, file, is_clerk, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::preparing::{DeadlineLine, DeadlinePage, TypedMark};
use app::{AppError, Caller};
use domain::deadline::DeadlineStatus;
use domain::rules::Attested;
use domain::text::date_dmy;

/// A day of a month.
struct Day {
    number: i8,
    is_today: bool,
    /// What falls on it: id of a deadline where it is one, and what it is called.
    events: Vec<(Option<String>, String)>,
}

/// A month in weeks from Monday; what lies outside is empty.
struct Month {
    title: String,
    weeks: Vec<Vec<Option<Day>>>,
}

#[derive(Template)]
#[template(path = "preparing/deadlines.html")]
struct List {
    poll: String,
    page: DeadlinePage,
    months: Vec<Month>,
}

#[derive(Template)]
#[template(path = "preparing/deadline.html")]
struct Edit {
    poll: String,
    sitting: String,
    line: DeadlineLine,
    form: Form,
    may_mark: bool,
}

impl List {
    fn tag(&self, line: &DeadlineLine) -> &'static str {
        status_tag(line.status)
    }

    fn due(&self, line: &DeadlineLine) -> String {
        date_dmy(line.due)
    }

    fn has_doubts(&self) -> bool {
        self.page.lines.iter().any(|line| line.attested == Attested::Unverified)
    }
}

impl Edit {
    fn due(&self) -> String {
        date_dmy(self.line.due)
    }
}

const fn status_tag(status: DeadlineStatus) -> &'static str {
    match status {
        DeadlineStatus::Done(_) => "tag good",
        DeadlineStatus::DoneLate { .. } | DeadlineStatus::DueIn { .. } => "tag",
        DeadlineStatus::LateBy { .. } => "tag bad",
    }
}

/// The months that the deadlines and the sitting touch.
fn months(page: &DeadlinePage) -> Vec<Month> {
    let mut events: Vec<(Date, Option<String>, String)> =
        page.lines.iter().map(|line| (line.due, Some(line.id.clone()), line.what.clone())).collect();
    events.push((page.opens_on, None, "Khai mạc".to_owned()));
    events.push((page.votes_on, None, "Bỏ phiếu".to_owned()));
    let mut firsts: Vec<Date> = events.iter().map(|(day, ..)| day.first_of_month()).collect();
    firsts.sort_unstable();
    firsts.dedup();
    firsts.into_iter().map(|first| month(first, page.today, &events)).collect()
}

fn month(first: Date, today: Date, events: &[(Date, Option<String>, String)]) -> Month {
    let offset = usize::try_from(first.weekday().to_monday_zero_offset()).unwrap_or(0);
    let mut cells: Vec<Option<Day>> = (0..offset).map(|_| None).collect();
    for number in 0..first.days_in_month() {
        let date = first.saturating_add(i64::from(number).days());
        let of_day = events.iter().filter(|(day, ..)| *day == date);
        cells.push(Some(Day {
            number: number + 1,
            is_today: date == today,
            events: of_day.map(|(_, id, what)| (id.clone(), what.clone())).collect(),
        }));
    }
    while !cells.len().is_multiple_of(7) {
        cells.push(None);
    }
    let mut weeks: Vec<Vec<Option<Day>>> = Vec::new();
    for (place, cell) in cells.into_iter().enumerate() {
        if place.is_multiple_of(7) {
            weeks.push(Vec::new());
        }
        if let Some(week) = weeks.last_mut() {
            week.push(cell);
        }
    }
    Month { title: format!("Tháng {}/{}", first.month(), first.year()), weeks }
}

/// `GET /ky/{poll}/thoi-han`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let page = site.app.deadline_page(&caller, read_poll(&poll)?).await?;
    let months = months(&page);
    Ok(Page::new(List { poll, page, months }))
}

/// `GET /ky/{poll}/thoi-han/thoi-han.ics`
pub async fn calendar(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let paper = site.app.deadline_calendar(&caller, read_poll(&poll)?).await?;
    Ok(file(paper, "text/calendar; charset=utf-8"))
}

/// `GET /ky/{poll}/thoi-han/thoi-han.pdf`
pub async fn paper(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let paper = site.app.deadline_paper(&caller, read_poll(&poll)?).await?;
    Ok(file(paper, PDF))
}

async fn page(site: &Site, caller: &Caller, (poll, id): (&str, &str), form: Option<Form>) -> Result<Page, AppError> {
    let (sitting, line) = site.app.deadline(caller, read_poll(poll)?, id).await?;
    let stored = || {
        let done_on = line.mark.done_on.map(|day| day.to_string()).unwrap_or_default();
        let version = line.version.to_string();
        Form::filled([("version", version), ("done_on", done_on), ("note", line.mark.note.clone())])
    };
    let form = form.unwrap_or_else(stored);
    Ok(Page::new(Edit { poll: poll.to_owned(), sitting, line, form, may_mark: is_clerk(caller) }))
}

/// `GET /ky/{poll}/thoi-han/{deadline}`
pub async fn edit(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
) -> Answer<Page> {
    Ok(page(&site, &caller, (&poll, &id), None).await?)
}

/// `POST /ky/{poll}/thoi-han/{deadline}`
pub async fn mark(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let ask = form.ask(&caller)?;
    let typed = TypedMark { done_on: form.value("done_on").to_owned(), note: form.value("note").to_owned() };
    let marked = site.app.mark_deadline(ask, read_poll(&poll)?, id.clone(), form.version()?, typed).await;
    let next = |_| Done::Saved.at(&format!("{LIST}/{poll}/thoi-han"));
    form.answered(marked, next, |form| page(&site, &caller, (&poll, &id), Some(form))).await
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_begins_on_its_weekday_and_every_day_stands_once() {
        let events = vec![(date(2023, 12, 5), None, "Khai mạc".to_owned())];
        let month = month(date(2023, 12, 1), date(2023, 12, 5), &events);
        assert_eq!((month.title.as_str(), month.weeks.len()), ("Tháng 12/2023", 5));
        // 1 December 2023 was a Friday.
        assert!(month.weeks[0][3].is_none() && month.weeks[0][4].as_ref().is_some_and(|day| day.number == 1));
        let days: Vec<i8> = month.weeks.iter().flatten().flatten().map(|day| day.number).collect();
        assert_eq!(days, (1..=31).collect::<Vec<_>>());
        let opening = month.weeks[1][1].as_ref().expect("the fifth");
        assert!(opening.is_today && opening.events[0].1 == "Khai mạc");
    }
}
