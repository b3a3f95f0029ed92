//! The facts of a dossier: tables by kind, and the person's own report as running text.

use super::dossier_words::result_text;
use super::parts::{compact, heading, table};
use super::{Block, Cell, Span, Statement, Table};
use crate::dossier::{Coverage, FactNo, Gathered, Group};
use crate::fact::{Fact, FactKind, Period};
use crate::official::{Official, OfficialNo};
use crate::text::date_dmy;

/// Longest lead of a section of a report; a colon later than that is one of its text.
const MOST_LEAD: usize = 200;

/// Which columns a table of facts has: a field's names the person, a person's does not.
pub(super) enum Columns<'a> {
    Person(Coverage),
    Field(&'a [(OfficialNo, &'a Official)]),
}

/// Which columns the facts of one kind fill.
struct Shape<'a> {
    columns: &'a Columns<'a>,
    has_result: bool,
}

impl Shape<'_> {
    fn heads(&self) -> Vec<(u16, &'static str)> {
        let mut heads = vec![(8, "TT"), (20, "Thời gian")];
        if matches!(self.columns, Columns::Field(_)) {
            heads.push((22, "Người"));
        }
        heads.push((if self.has_result { 58 } else { 92 }, "Nội dung"));
        if self.has_result {
            heads.push((34, "Kết quả, tình trạng"));
        }
        heads.push((44, "Nguồn"));
        heads
    }

    fn row(&self, number: &str, time: Cell, fact: &Fact, content: Cell, result: &str, source: &str) -> Vec<Cell> {
        let mut row = vec![Cell::center(number), time];
        if let Columns::Field(officials) = self.columns {
            let named = officials.iter().filter(|(id, _)| fact.officials.contains(id));
            let names: Vec<&str> = named.map(|(_, o)| o.name.as_str()).collect();
            row.push(Cell::left(names.join("; ")));
        }
        row.push(content);
        if self.has_result {
            row.push(Cell::left(result));
        }
        row.push(Cell::left(source));
        row
    }

    /// A figure of a whole year is marked where the person took office in its middle.
    fn time(&self, fact: &Fact) -> String {
        let since = match (self.columns, fact.period) {
            (Columns::Person(coverage), Period::Year(year)) => coverage.took_office_in(year),
            _ => None,
        };
        match since {
            Some(day) => format!("{} (nhận chức {})", fact.period.text(), date_dmy(day)),
            None => fact.period.text(),
        }
    }

    /// The statement with its source, and the reply in a row of its own under it.
    fn rows(&self, fact: &Fact, number: usize) -> Vec<Vec<Cell>> {
        let time = Cell::center(self.time(fact));
        let (text, source) = (Cell::left(&fact.text), fact.source.text());
        let mut rows = vec![self.row(&number.to_string(), time, fact, text, &result_text(fact), &source)];
        if let Some(reply) = &fact.reply {
            let lead = Cell { spans: vec![Span::italic("Trả lời")], ..Cell::center("") };
            let text = Cell { spans: vec![Span::italic(reply)], ..Cell::left("") };
            rows.push(self.row("", lead, fact, text, "", ""));
        }
        rows
    }
}

/// Tables of facts by field and kind, without what is text and no row.
pub(super) fn fact_blocks(gathered: &Gathered<'_>, columns: &Columns<'_>) -> Vec<Block> {
    let is_person = matches!(columns, Columns::Person(_));
    let is_table = |group: &&Group| !(is_person && group.kind == FactKind::ReportSection);
    let mut blocks = Vec::new();
    let with_tables = gathered.sections.iter().filter(|section| section.groups.iter().any(|group| is_table(&group)));
    for (i, section) in with_tables.enumerate() {
        // A field's dossier is of one field: its name stands in the title already.
        if is_person {
            blocks.push(heading(2, format!("{}. Lĩnh vực {}", i + 1, section.field.0)));
        }
        for group in section.groups.iter().filter(is_table) {
            let Some(facts) = gathered.facts.get(group.facts.clone()) else { continue };
            let shape = Shape { columns, has_result: facts.iter().any(|fact| !result_text(*fact).is_empty()) };
            let numbered = facts.iter().zip(group.facts.start + 1..);
            let rows = numbered.flat_map(|(fact, number)| shape.rows(fact, number)).collect();
            let level = if is_person { 3 } else { 2 };
            blocks.push(heading(level, format!("{} ({})", group.kind.label(), facts.len())));
            blocks.push(fact_table(&shape, rows));
        }
    }
    blocks
}

/// Facts in rows that a page can lead to: `dk-12`.
fn fact_table(shape: &Shape<'_>, rows: Vec<Vec<Cell>>) -> Block {
    match compact(table(&shape.heads(), rows)) {
        Block::Table(facts) => Block::Table(Table { anchor: Some("dk".to_owned()), ..facts }),
        other => other,
    }
}

/// The sections of the person's own report, in full width.
pub(super) fn report_blocks(gathered: &Gathered<'_>, columns: &Columns<'_>) -> Vec<Block> {
    if !matches!(columns, Columns::Person(_)) {
        return Vec::new();
    }
    let sections = gathered.numbered().filter(|(_, fact)| fact.kind == FactKind::ReportSection);
    sections.map(|(number, fact)| Block::Statement(statement(number, fact))).collect()
}

fn statement(number: FactNo, fact: &Fact) -> Statement {
    let (title, body) = match fact.text.split_once(':') {
        Some((title, body))
            if title.chars().count() <= MOST_LEAD && !title.contains('\n') && body.len() > title.len() =>
        {
            (title.trim().to_owned(), body)
        }
        _ => (format!("{} {}", fact.kind.label(), fact.period.text()), fact.text.as_str()),
    };
    let lines = body.lines().chain(fact.reply.iter().flat_map(|reply| reply.lines()));
    let lines = lines.map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    Statement { number: number.0, title, lines, source: fact.source.text() }
}
