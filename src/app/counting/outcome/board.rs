//! A result as tables of words and figures, as pages draw it: for the office and for everybody.

use super::day_data::DayData;
use crate::service::error::AppError;
use domain::audit::PollEvent;
use domain::day_record::DayRecord;
use domain::document::margins;
use domain::occasion::Occasion;
use domain::poll::{BallotTotals, Level};
use domain::poll_state::ClosedCount;
use domain::recount;
use domain::result::{FormResult, OfficialResult, PollResult};
use domain::rules::Attested;
use domain::tally::TallyError;
use domain::text::upper_first;

/// Wholly invalid ballots of one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidLine {
    /// Why, in the rule set's words.
    pub reason: String,
    /// Article; empty when the papers give no reason.
    pub cite: String,
    /// Ballots.
    pub ballots: u32,
}

/// One official.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficialLine {
    /// Number of the line on its form, from 1.
    pub number: u32,
    /// `Ông Nguyễn Văn A`.
    pub name: String,
    /// All posts.
    pub post: String,
    /// Label, count and share of each level, in ballot order.
    pub levels: Vec<(&'static str, u32, String)>,
    /// Ballots returned on which the line does not count.
    pub not_counted: u32,
    /// Of these, spoiled on this line alone.
    pub spoiled: u32,
    /// The band in words, with its consequence; `None` where nothing follows.
    pub band: Option<BandWords>,
    /// `quá nửa: vượt 1 phiếu; cách mức từ hai phần ba trở lên 7 phiếu`.
    pub margins: String,
}

/// What follows from a band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandWords {
    /// `quá nửa đến dưới hai phần ba tổng số phiếu thu về`.
    pub range: String,
    /// In the law's words.
    pub consequence: String,
    /// Article.
    pub cite: String,
    /// The mark of an article that is not verified; empty for one that is.
    pub mark: &'static str,
}

/// One form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormTable {
    /// Id on the form.
    pub id: String,
    /// Khối.
    pub block: String,
    /// Ballots issued, returned, valid and invalid.
    pub ballots: BallotTotals,
    /// Denominator of its shares.
    pub base: u32,
    /// Invalid ballots by reason, where any are.
    pub invalid: Vec<InvalidLine>,
    /// In ballot order.
    pub officials: Vec<OfficialLine>,
    /// Why the form has no result; `None` where it has one.
    pub void: Option<String>,
}

/// A line that had to be counted again, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecountLine {
    /// Id of the form.
    pub form: String,
    /// Number on the form, from 1.
    pub line: u32,
    /// Name of the official.
    pub name: String,
    /// Why it had to be recounted; `None` when it was recounted without need.
    pub why: Option<String>,
    /// What the recount gave; `None` before the recount.
    pub done: Option<RecountFigures>,
}

/// What a recount gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecountFigures {
    /// Label, figure before, figure of the recount, level by level.
    pub levels: Vec<(&'static str, u32, u32)>,
    /// Which figure is used, and why.
    pub verdict: String,
    /// Names of the people who recounted.
    pub readers: String,
}

/// The mark of a rule that is not verified; empty for one that is.
const fn mark(attested: Attested) -> &'static str {
    match attested {
        Attested::Verified => "",
        Attested::Single | Attested::Unverified => attested.label(),
    }
}

/// The result, form by form.
pub(super) fn tables(occasion: &Occasion<'_>, result: &PollResult) -> Vec<FormTable> {
    result.forms.iter().map(|form| table(occasion, form)).collect()
}

fn table(occasion: &Occasion<'_>, form: &FormResult) -> FormTable {
    let rules = occasion.rules;
    let invalid = form.count.counts.invalid.iter().filter(|(_, ballots)| **ballots > 0).map(|(id, ballots)| {
        let reason = rules.spoils_ballot.iter().find(|reason| reason.id == *id);
        InvalidLine {
            reason: reason.map_or_else(|| "Không ghi lý do".to_owned(), |reason| reason.text.clone()),
            cite: reason.map(|reason| reason.cite.clone()).unwrap_or_default(),
            ballots: *ballots,
        }
    });
    let officials = (1..).zip(&form.officials).map(|(number, official)| line(occasion, form, number, official));
    FormTable {
        id: form.count.form.clone(),
        block: form.count.block.0.clone(),
        ballots: form.ballots,
        base: form.base.value,
        invalid: invalid.collect(),
        officials: if form.is_void() { Vec::new() } else { officials.collect() },
        void: form.void_words(),
    }
}

fn line(occasion: &Occasion<'_>, form: &FormResult, number: u32, official: &OfficialResult) -> OfficialLine {
    let (tally, rules) = (&official.tally, occasion.rules);
    let band = tally.band.rule(rules).map(|band| BandWords {
        range: rules.range_words(occasion.kind, band),
        consequence: upper_first(&band.consequence),
        cite: band.cite.clone(),
        mark: mark(band.attested),
    });
    let level = |(level, count, share): (Level, u32, &str)| (level.label(), count, share.to_owned());
    OfficialLine {
        number,
        name: official.listed.addressed(),
        post: official.listed.post.clone(),
        levels: official.levels().map(level).collect(),
        not_counted: tally.not_counted,
        spoiled: tally.not_counted.saturating_sub(form.ballots.invalid),
        band,
        margins: margins(occasion, official),
    }
}

/// Every line that has to be recounted by the figures at the close or by the current ones, and every line that was
/// recounted, in the order of the forms.
///
/// # Errors
/// When the rule set does not decide this vote.
pub(super) fn recounts(
    day_data: &DayData,
    counted: &ClosedCount,
    result: &PollResult,
) -> Result<Vec<RecountLine>, AppError> {
    let created = &day_data.prepared.state.poll().created;
    let rules = &day_data.prepared.poll_book.rules;
    let at_close = day_data.entries.iter().find_map(|entry| match &entry.event {
        PollEvent::CountingClosed(closed) => Some(closed.forms.as_slice()),
        _ => None,
    });
    // A line that was counted again was due by its figure before.
    let mut due = recount::due(rules, created, at_close.unwrap_or_default()).map_err(not_decided)?;
    due.extend(recount::due(rules, created, counted.forms()).map_err(not_decided)?);
    let mut lines = Vec::new();
    for form in &result.forms {
        for (line, official) in (1..).zip(&form.officials) {
            let id = &form.count.form;
            let why = due.iter().find(|due| (&due.form, due.line) == (id, line)).map(recount::DueLine::why);
            let done = done(&day_data.day, id, line);
            if why.is_some() || done.is_some() {
                lines.push(RecountLine { form: id.clone(), line, name: official.listed.addressed(), why, done });
            }
        }
    }
    Ok(lines)
}

fn not_decided(problem: TallyError) -> AppError {
    AppError::Input(format!("Không xét được dòng nào phải kiểm lại: {problem}."))
}

fn done(day: &DayRecord, form: &str, line: u32) -> Option<RecountFigures> {
    let told = day.recount(form, line)?;
    let levels = told.counted.each().into_iter().zip(told.recounted.each());
    let levels = levels.map(|((level, before), (_, again))| (level.label(), before, again)).collect();
    Some(RecountFigures { levels, verdict: told.verdict(), readers: told.readers.join("; ") })
}
