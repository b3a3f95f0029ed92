//! The one text of a dossier's version. Its SHA-256 names the version; two versions differ line by line.
//!
//! Holds what was *stated* (person, days, facts), not what the program works out of it: a new way of counting must not
//! change the hash of a released version. One statement a line, cells apart by tabs; a tab, line break or backslash in a
//! cell is escaped, so that no two dossiers share a text.

use super::{Coverage, Dossier, FieldDossier};
use crate::fact::{Fact, Figures, Period};
use crate::official::{Birth, Official};

/// Text of the version of a person's dossier.
pub fn canonical_text(dossier: &Dossier<'_>) -> String {
    let mut text = Text::default();
    text.line(&["tinnhiem-dossier/1", "official"]);
    text.line(&["council", &dossier.council.name]);
    text.official(dossier.official);
    text.coverage(dossier.coverage);
    for fact in &dossier.gathered.facts {
        text.fact("", fact);
    }
    text.0
}

/// Text of the version of a field's dossier.
pub fn canonical_field_text(dossier: &FieldDossier<'_>) -> String {
    let mut text = Text::default();
    text.line(&["tinnhiem-dossier/1", "field"]);
    text.line(&["council", &dossier.council.name]);
    text.line(&["field", &dossier.field.0]);
    for (_, official) in &dossier.officials {
        text.official(official);
    }
    text.coverage(dossier.coverage);
    for fact in &dossier.gathered.facts {
        // Names, not positions: a person added to the list must not change what is stated of the others.
        let named = dossier.officials.iter().filter(|(id, _)| fact.officials.contains(id));
        let names: Vec<&str> = named.map(|(_, official)| official.name.as_str()).collect();
        text.fact(&names.join("; "), fact);
    }
    text.0
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, cells: &[&str]) {
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                self.0.push('\t');
            }
            for c in cell.chars() {
                match c {
                    '\\' => self.0.push_str("\\\\"),
                    '\t' => self.0.push_str("\\t"),
                    '\n' => self.0.push_str("\\n"),
                    '\r' => self.0.push_str("\\r"),
                    c => self.0.push(c),
                }
            }
        }
        self.0.push('\n');
    }

    fn official(&mut self, official: &Official) {
        self.line(&["name", official.honorific.label(), &official.name]);
        match official.birth {
            Some(Birth::Day(day)) => self.line(&["birth", &day.to_string()]),
            Some(Birth::Year(year)) => self.line(&["birth", &year.to_string()]),
            None => {}
        }
        for post in &official.posts {
            let since = post.elected_on.map(|d| d.to_string()).unwrap_or_default();
            self.line(&["post", &post.title, &since]);
        }
        for field in &official.fields {
            self.line(&["of-field", &field.0]);
        }
    }

    fn coverage(&mut self, coverage: Coverage) {
        self.line(&["from", &coverage.from.to_string()]);
        self.line(&["to", &coverage.to.to_string()]);
    }

    /// `officials`: whom it is about, where the dossier is not of one person.
    fn fact(&mut self, officials: &str, fact: &Fact) {
        let period = match fact.period {
            Period::Year(year) => year.to_string(),
            Period::Day(day) => day.to_string(),
            Period::Span(from, to) => format!("{from}/{to}"),
        };
        let value = |pick: fn(&Figures) -> Option<String>| fact.figures.as_ref().and_then(pick).unwrap_or_default();
        let source = &fact.source;
        // An absent reply and an empty one are two statements; a leading mark keeps them apart.
        let reply = fact.reply.as_deref().map(|reply| format!("={reply}")).unwrap_or_default();
        let mut cells = vec![
            "fact".to_owned(),
            officials.to_owned(),
            fact.field.0.clone(),
            fact.kind.label().to_owned(),
            period,
            fact.text.clone(),
            value(|f| f.planned.map(|d| d.to_string())),
            value(|f| f.actual.map(|d| d.to_string())),
            value(|f| Some(f.unit.clone())),
            fact.status.map_or("", |s| s.label()).to_owned(),
            fact.due.map(|d| d.to_string()).unwrap_or_default(),
            source.number.clone(),
            source.date.to_string(),
            source.issuer.clone(),
            source.page.clone().unwrap_or_default(),
            reply,
        ];
        cells.extend(source.file.map(|file| file.to_string()));
        self.line(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::book::Book;
    use crate::dossier::{Days, compile};
    use crate::fact::{FactKind, Status};
    use crate::fixture::{self, fact};
    use crate::official::OfficialNo;

    fn text(book: &Book) -> String {
        canonical_text(&compile(book, OfficialNo(0), Days::at(date(2023, 12, 7))).expect("official"))
    }

    #[test]
    fn a_change_of_any_statement_changes_one_line_and_nothing_else() {
        let one = fact(FactKind::AssignedTask, Period::Day(date(2023, 5, 1)), "xây trạm y tế");
        let book = |fact| {
            fixture::book()
                .with_official("Trần Văn B", &[("Giám đốc Sở Y tế", Some(date(2021, 6, 30)))])
                .with_fact(fact)
        };
        let before = text(&book(one.clone()));
        let changes: [fn(&mut Fact); 6] = [
            |f| f.text.push('.'),
            |f| f.status = Some(Status::Late),
            |f| f.due = Some(date(2023, 6, 1)),
            |f| f.source.page = Some("4".into()),
            |f| f.reply = Some(String::new()),
            |f| f.period = Period::Span(date(2023, 5, 1), date(2023, 5, 1)),
        ];
        for change in changes {
            let mut other = one.clone();
            change(&mut other);
            let after = text(&book(other));
            let differing = before.lines().zip(after.lines()).filter(|(a, b)| a != b).count();
            assert_eq!((differing, before.lines().count()), (1, after.lines().count()));
        }
    }

    #[test]
    fn a_tab_or_line_break_in_a_cell_cannot_pass_for_another_cell_or_fact() {
        let mut text = Text::default();
        text.line(&["a\tb\\", "c\nd"]);
        assert_eq!(text.0, "a\\tb\\\\\tc\\nd\n");
    }
}
