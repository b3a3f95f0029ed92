//! A book to the rows of its workbook: the mirror of `sheets/*`.

use std::collections::BTreeMap;

use domain::book::{Book, DeclaredLine};
use domain::council::Council;
use domain::fact::{Fact, Period};
use domain::official::{Birth, Official};
use domain::poll::LevelCounts;
use domain::roster::{Delegate, Teller};
use domain::text::date_dmy;

use super::schema::Column;
use super::sheets::directory::Directory;
use super::sheets::{council, delegates, facts, officials, results, tellers};
use super::write::{Out, Row};

/// All rows of a book, by title of their sheet.
pub(super) fn rows(book: &Book) -> BTreeMap<&'static str, Vec<Row>> {
    let Book { council, officials, delegates, tellers, facts, declared } = book;
    let mut rows = kept_rows(Some(council), officials, delegates, tellers, facts);
    let directory = Directory::new(officials);
    let declared = declared.iter().flatten();
    rows.insert(results::SHEET.title, declared.map(|line| result_row(line, &directory)).collect());
    rows
}

/// The rows of the sheets that the store keeps between votes.
pub(super) fn kept_rows(
    council: Option<&Council>,
    officials: &[Official],
    delegates: &[Delegate],
    tellers: &[Teller],
    facts: &[Fact],
) -> BTreeMap<&'static str, Vec<Row>> {
    let directory = Directory::new(officials);
    BTreeMap::from([
        (council::SHEET.title, council.into_iter().map(council_row).collect()),
        (officials::SHEET.title, officials.iter().map(official_row).collect()),
        (delegates::SHEET.title, delegates.iter().map(delegate_row).collect()),
        (tellers::SHEET.title, tellers.iter().map(teller_row).collect()),
        (facts::SHEET.title, facts.iter().map(|fact| fact_row(fact, &directory)).collect()),
    ])
}

/// The cells that are not empty.
fn row<const N: usize>(cells: [(Column, Option<Out>); N]) -> Row {
    cells.into_iter().filter_map(|(column, out)| Some((column.title, out?))).collect()
}

fn text(text: &str) -> Option<Out> {
    (!text.is_empty()).then(|| Out::Text(text.to_owned()))
}

fn maybe(value: Option<&String>) -> Option<Out> {
    value.and_then(|value| text(value))
}

fn council_row(council: &Council) -> Row {
    row([
        (council::NAME, text(&council.name)),
        (council::KIND, text(council.kind.label())),
        (council::LEGISLATURE, text(&council.term.legislature)),
        (council::TERM_FROM, Some(Out::Date(council.term.from))),
        (council::TERM_TO, Some(Out::Date(council.term.to))),
        (council::SITTING, text(&council.sitting.name)),
        (council::OPENS_ON, Some(Out::Date(council.sitting.opens_on))),
        (council::VOTES_ON, Some(Out::Date(council.sitting.votes_on))),
        (council::DELEGATES_TOTAL, Some(Out::Count(council.delegates_total))),
        (council::RULESET, text(&council.ruleset)),
        (council::PLACE, text(&council.place)),
        (council::CHAIR, text(&council.chair)),
        (council::SECRETARY, text(&council.secretary)),
    ])
}

fn official_row(official: &Official) -> Row {
    let titles: Vec<&str> = official.posts.iter().map(|post| post.title.as_str()).collect();
    let fields: Vec<&str> = official.fields.iter().map(|field| field.0.as_str()).collect();
    let birth = official.birth.map(|birth| match birth {
        Birth::Day(day) => Out::Text(date_dmy(day)),
        Birth::Year(year) => Out::Text(year.to_string()),
    });
    row([
        (officials::NAME, text(&official.name)),
        (officials::HONORIFIC, text(official.honorific.label())),
        (officials::BIRTH, birth),
        (officials::POSTS, text(&titles.join("; "))),
        (officials::BLOCK, text(&official.block.0)),
        (officials::ELECTED_ON, elected_on(official)),
        (officials::FIELDS, text(&fields.join("; "))),
        (officials::RETIREMENT, official.retirement_notice.as_ref().and_then(|notice| text(&notice.text))),
    ])
}

/// One day when all posts share it, else one for each, an unknown one left empty between its semicolons.
fn elected_on(official: &Official) -> Option<Out> {
    let first = official.posts.first()?.elected_on;
    if official.posts.iter().all(|post| post.elected_on == first) {
        return first.map(|day| Out::Text(date_dmy(day)));
    }
    let days = official.posts.iter().map(|post| post.elected_on.map(date_dmy).unwrap_or_default());
    Some(Out::Text(days.collect::<Vec<_>>().join("; ")))
}

fn delegate_row(delegate: &Delegate) -> Row {
    row([(delegates::NAME, text(&delegate.name)), (delegates::GROUP, maybe(delegate.group.as_ref()))])
}

fn teller_row(teller: &Teller) -> Row {
    row([(tellers::NAME, text(&teller.name)), (tellers::ROLE, text(teller.role.label()))])
}

fn fact_row(fact: &Fact, directory: &Directory<'_>) -> Row {
    let names: Vec<String> = fact.officials.iter().map(|id| directory.label(*id)).collect();
    let period = match fact.period {
        Period::Year(year) => year.to_string(),
        day_or_span => day_or_span.text(),
    };
    let figures = fact.figures.as_ref();
    row([
        (facts::OFFICIALS, text(&names.join("; "))),
        (facts::FIELD, text(&fact.field.0)),
        (facts::KIND, text(fact.kind.label())),
        (facts::PERIOD, text(&period)),
        (facts::TEXT, text(&fact.text)),
        (facts::PLANNED, figures.and_then(|f| f.planned).map(Out::Figure)),
        (facts::ACTUAL, figures.and_then(|f| f.actual).map(Out::Figure)),
        (facts::UNIT, figures.and_then(|f| text(&f.unit))),
        (facts::STATUS, fact.status.and_then(|status| text(status.label()))),
        (facts::DUE, fact.due.map(Out::Date)),
        (facts::SOURCE_NUMBER, text(&fact.source.number)),
        (facts::SOURCE_DATE, Some(Out::Date(fact.source.date))),
        (facts::ISSUER, text(&fact.source.issuer)),
        (facts::PAGE, maybe(fact.source.page.as_ref())),
        (facts::REPLY, maybe(fact.reply.as_ref())),
    ])
}

fn result_row(line: &DeclaredLine, directory: &Directory<'_>) -> Row {
    let mut cells = row([
        (results::OFFICIAL, text(&directory.label(line.official))),
        (results::ISSUED, Some(Out::Count(line.ballots.issued))),
        (results::RETURNED, Some(Out::Count(line.ballots.returned))),
        (results::VALID, Some(Out::Count(line.ballots.valid))),
        (results::INVALID, Some(Out::Count(line.ballots.invalid))),
    ]);
    let counts = match line.counts {
        LevelCounts::Rating { high, medium, low } => {
            vec![(results::HIGH, high), (results::MEDIUM, medium), (results::LOW, low)]
        }
        LevelCounts::Confidence { confidence, no_confidence } => {
            vec![(results::CONFIDENCE, confidence), (results::NO_CONFIDENCE, no_confidence)]
        }
    };
    cells.extend(counts.into_iter().map(|(column, count)| (column.title, Out::Count(count))));
    cells
}
