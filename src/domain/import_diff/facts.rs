//! Facts of a workbook, each with the stored one that states the same thing about the same people.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Changed, MAX_FACTS, Named, Person, Section, Stored};
use crate::fact::{Fact, FactKind, FactState, Figures, KeptFact, Period, Source};
use crate::finding::{Finding, Severity};
use crate::id::{FactId, OfficialId};
use crate::roster::name_key;
use crate::text::clean;

/// Key that distinguishes facts: officials, field, kind, period and text.
type Key = (BTreeSet<Person<OfficialId>>, String, FactKind, Period, String);

fn key<O>(officials: BTreeSet<Person<OfficialId>>, fact: &Fact<O>) -> Key {
    (officials, name_key(&fact.field.0), fact.kind, fact.period, clean(&fact.text))
}

/// The facts, when there are not too many of them: that was said already.
pub(super) fn compare(
    file: Option<&[Fact<Named>]>,
    of_file: &[Person<OfficialId>],
    stored: &Stored<'_>,
    findings: &mut Vec<Finding>,
) -> Section<FactId, KeptFact, Fact<Person<OfficialId>>> {
    let mut section = Section::default();
    let Some(file) = file.filter(|facts| facts.len() <= MAX_FACTS && !findings.iter().any(Finding::is_error)) else {
        return section;
    };
    let here: Vec<OfficialId> =
        stored.officials.iter().filter(|(_, kept)| !kept.withdrawn).map(|(id, _)| *id).collect();
    let counting: BTreeSet<OfficialId> = here.iter().copied().collect();
    let mut by_key: BTreeMap<Key, VecDeque<usize>> = BTreeMap::new();
    for (at, (_, kept)) in stored.facts.iter().enumerate() {
        // A workbook names those who count only.
        let about = kept.fact.officials.iter().filter(|id| counting.contains(id)).map(|id| Person::Known(*id));
        by_key.entry(key(about.collect(), &kept.fact)).or_default().push_back(at);
    }
    let person = |named: &Named| match named {
        Named::OfFile(at) => of_file.get(*at).copied(),
        Named::OfStore(at) => here.get(*at).copied().map(Person::Known),
    };
    let (mut met, mut answered) = (BTreeSet::new(), 0_usize);
    for fact in file {
        let about: Vec<Person<OfficialId>> = fact.officials.iter().filter_map(person).collect();
        let own = key(about.iter().copied().collect(), fact);
        let open = by_key.get_mut(&own);
        // Of several that state the same, the one that says all the same comes first.
        let same = |at: &usize| stored.facts.get(*at).is_some_and(|(_, kept)| merged(kept, fact) == **kept);
        let found = open.and_then(|open| {
            let at = open.iter().position(same).unwrap_or(0);
            open.remove(at)
        });
        let Some((id, kept)) = found.and_then(|at| stored.facts.get(at)) else {
            section.added.push(fact.clone().about(about));
            continue;
        };
        met.insert(*id);
        let says_else = |(own, typed): (&String, &String)| clean(own) != clean(typed);
        answered += usize::from(kept.fact.reply.as_ref().zip(fact.reply.as_ref()).is_some_and(says_else));
        let after = merged(kept, fact);
        if after == **kept {
            section.same += 1;
        } else {
            section.changed.push(Changed { id: *id, before: (*kept).clone(), after });
        }
    }
    if answered > 0 {
        let what =
            format!("{answered} dữ kiện đã có giải trình khác trong hệ thống; giải trình trong tệp không được nhập.");
        let remedy = "Người được lấy phiếu tự sửa giải trình của mình ở trang dữ kiện.";
        findings.push(Finding::new("DIF-009", Severity::Note, "Dữ kiện", what, remedy));
    }
    section.kept = stored.facts.iter().map(|(id, _)| *id).filter(|id| !met.contains(id)).collect();
    section
}

/// What is stored, unless the workbook says it in other words than blanks.
fn text(stored: &str, file: &str) -> String {
    if clean(stored) == clean(file) { stored.to_owned() } else { file.to_owned() }
}

fn maybe(stored: Option<&String>, file: Option<&String>) -> Option<String> {
    match (stored, file) {
        (Some(stored), Some(file)) => Some(text(stored, file)),
        (stored, file) => file.or(stored).cloned(),
    }
}

/// The stored fact with what the workbook says over it; one that says anything else is checked again by a second
/// person.
fn merged(kept: &KeptFact, file: &Fact<Named>) -> KeptFact {
    let stored = &kept.fact;
    let figures = match (&stored.figures, &file.figures) {
        (Some(before), Some(now)) => Some(Figures {
            planned: now.planned.or(before.planned),
            actual: now.actual.or(before.actual),
            // A workbook has no column for it: what was ticked stays.
            lower_is_better: before.lower_is_better,
            unit: if now.unit.is_empty() { before.unit.clone() } else { text(&before.unit, &now.unit) },
        }),
        (before, now) => now.clone().or_else(|| before.clone()),
    };
    let (old, new) = (&stored.source, &file.source);
    let source = Source {
        number: text(&old.number, &new.number),
        date: new.date,
        issuer: text(&old.issuer, &new.issuer),
        page: maybe(old.page.as_ref(), new.page.as_ref()),
        file: old.file,
    };
    let fact = Fact {
        figures,
        status: file.status.or(stored.status),
        due: file.due.or(stored.due),
        source,
        // What the official answered is the official's own.
        reply: stored.reply.clone().or_else(|| file.reply.clone()),
        ..stored.clone()
    };
    let state = if fact == *stored { kept.state } else { FactState::Entered };
    KeptFact { fact, state, ..kept.clone() }
}
