//! A comparison as people look at it before anything is written. It says all that would be written, so that two
//! comparisons that look the same do the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Comparison, Person, Stored};
use crate::audit::Digest;
use crate::fact::{Fact, KeptFact};
use crate::finding::{Finding, Severity};
use crate::id::{DelegateId, OfficialId};
use crate::text::{clean, date_dmy};
use crate::words::{FieldChange, Words, differences, filled};
use crate::workbook_answer::{Question, SheetPicture, WorkbookAnswer};

/// Findings stored for display; the rest is only counted.
const MAX_TOLD: usize = 500;

/// A finding as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Stable code.
    pub code: String,
    /// `LỖI`, `CẢNH BÁO`, `LƯU Ý`.
    pub severity: String,
    pub place: String,
    pub what: String,
    /// What to do, with the article behind it.
    pub remedy: String,
    /// What can be answered there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
}

/// One record of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub title: String,
    /// What differs; of a new record all that it says.
    pub fields: Vec<FieldChange>,
}

/// What becomes of the records of one sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// In addresses: `can-bo`.
    pub code: String,
    /// For people.
    pub label: String,
    pub added: Vec<Item>,
    /// Stored records with other contents.
    pub changed: Vec<Item>,
    /// Count of records equal to the stored ones.
    pub same: usize,
    /// How many are stored and not in the workbook.
    pub kept: usize,
    pub kept_names: Vec<String>,
}

/// Who wrote an import, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// As pages write it.
    pub at: String,
    pub by: String,
}

/// All that there is to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    /// The first findings, errors before warnings before notes.
    pub findings: Vec<Told>,
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
    /// By sort; none when the workbook has errors.
    pub groups: Vec<Group>,
    /// How the sheet `Hội đồng` differs from the poll's plan.
    pub council: Vec<FieldChange>,
    pub written: Option<Written>,
    /// Over the bytes that were read; `None` in a preview of an older program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_sha256: Option<Digest>,
    /// What somebody said where the reader asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<WorkbookAnswer>,
    /// The sheets as they were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<SheetPicture>,
}

impl Preview {
    /// A workbook that has errors: nothing is compared.
    pub fn refused(findings: &[Finding]) -> Self {
        let mut preview = Self::default();
        preview.tell(findings);
        preview
    }

    /// What a comparison would do, with the findings of the reading.
    pub fn of(comparison: &Comparison, stored: &Stored<'_>, read: &[Finding]) -> Self {
        let all: Vec<Finding> = read.iter().chain(&comparison.findings).cloned().collect();
        let mut preview = Self::refused(&all);
        if preview.errors == 0 {
            preview.groups =
                vec![officials(comparison, stored), delegates(comparison, stored), facts(comparison, stored)];
            preview.groups.extend(board(comparison, stored));
            preview.council.clone_from(&comparison.council);
        }
        preview
    }

    fn tell(&mut self, findings: &[Finding]) {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        (self.errors, self.warnings) = (count(Severity::Error), count(Severity::Warning));
        self.notes = count(Severity::Note);
        let mut sorted: Vec<&Finding> = findings.iter().collect();
        sorted.sort_by_key(|finding| finding.severity);
        self.findings = sorted.into_iter().take(MAX_TOLD).map(told).collect();
    }

    /// The same with what can be answered, by the places of findings; a place that has several findings is asked about once.
    #[must_use]
    pub fn asking(mut self, questions: &BTreeMap<String, Question>) -> Self {
        let mut asked = BTreeSet::new();
        for told in &mut self.findings {
            let is_open = told.severity != Severity::Note.label() && asked.insert(told.place.clone());
            told.question = questions.get(&told.place).filter(|_| is_open).cloned();
        }
        self
    }

    /// Whether somebody can answer something.
    pub fn asks(&self) -> bool {
        self.findings.iter().any(|told| told.question.is_some())
    }

    /// How many records would be written.
    pub fn writes(&self) -> usize {
        self.groups.iter().map(|group| group.added.len() + group.changed.len()).sum()
    }

    /// Whether both would write the same.
    pub fn does_the_same(&self, other: &Self) -> bool {
        (self.errors, &self.groups) == (other.errors, &other.groups)
    }
}

fn told(finding: &Finding) -> Told {
    let law = finding.law.as_ref().map_or_else(String::new, |law| format!(" ({law})"));
    Told {
        code: finding.code.to_owned(),
        severity: finding.severity.label().to_owned(),
        place: finding.place.clone(),
        what: finding.what.clone(),
        remedy: format!("{}{law}", finding.remedy),
        question: None,
    }
}

fn group(code: &str, label: &str) -> Group {
    Group {
        code: code.to_owned(),
        label: label.to_owned(),
        added: Vec::new(),
        changed: Vec::new(),
        same: 0,
        kept: 0,
        kept_names: Vec::new(),
    }
}

fn officials(comparison: &Comparison, stored: &Stored<'_>) -> Group {
    let section = &comparison.officials;
    let name = |id: &OfficialId| official_name(stored, *id);
    let added =
        section.added.iter().map(|new| Item { title: new.official.name.clone(), fields: filled(&new.words("")) });
    let changed = section.changed.iter().map(|changed| Item {
        title: changed.after.official.name.clone(),
        fields: differences(&changed.before.words(""), &changed.after.words("")),
    });
    Group {
        added: added.collect(),
        changed: changed.collect(),
        same: section.same,
        kept: section.kept.len(),
        kept_names: section.kept.iter().map(name).collect(),
        ..group("can-bo", "Người được lấy phiếu")
    }
}

fn official_name(stored: &Stored<'_>, id: OfficialId) -> String {
    let found = stored.officials.iter().find(|(other, _)| *other == id);
    found.map_or_else(String::new, |(_, kept)| kept.official.name.clone())
}

fn delegate_name(stored: &Stored<'_>, id: DelegateId) -> String {
    let found = stored.delegates.iter().find(|(other, _)| *other == id);
    found.map_or_else(String::new, |(_, kept)| kept.delegate.name.clone())
}

fn delegates(comparison: &Comparison, stored: &Stored<'_>) -> Group {
    let section = &comparison.delegates;
    let added =
        section.added.iter().map(|new| Item { title: new.delegate.name.clone(), fields: filled(&new.words("")) });
    let changed = section.changed.iter().map(|changed| Item {
        title: changed.after.delegate.name.clone(),
        fields: differences(&changed.before.words(""), &changed.after.words("")),
    });
    Group {
        added: added.collect(),
        changed: changed.collect(),
        same: section.same,
        kept: section.kept.len(),
        kept_names: section.kept.iter().map(|id| delegate_name(stored, *id)).collect(),
        ..group("dai-bieu", "Đại biểu")
    }
}

fn facts(comparison: &Comparison, stored: &Stored<'_>) -> Group {
    let section = &comparison.facts;
    let person = |person: &Person<OfficialId>| match person {
        Person::Known(id) => official_name(stored, *id),
        Person::Added(at) => {
            comparison.officials.added.get(*at).map_or_else(String::new, |new| new.official.name.clone())
        }
    };
    let names = |names: Vec<String>| names.join("; ");
    let added = section.added.iter().map(|fact| Item {
        title: names(fact.officials.iter().map(person).collect()),
        fields: filled(&fact_words(fact)),
    });
    let changed = section.changed.iter().map(|changed| Item {
        title: fact_title(&changed.before, |id| official_name(stored, id)),
        fields: fact_changes(&changed.before, &changed.after),
    });
    Group {
        added: added.collect(),
        changed: changed.collect(),
        same: section.same,
        kept: section.kept.len(),
        ..group("du-kien", "Dữ kiện")
    }
}

fn fact_title(kept: &KeptFact, name: impl Fn(OfficialId) -> String) -> String {
    let names: Vec<String> = kept.fact.officials.iter().map(|id| name(*id)).collect();
    format!("{}: {} ({})", names.join("; "), clean(&kept.fact.text), kept.fact.period.text())
}

fn fact_changes(before: &KeptFact, after: &KeptFact) -> Vec<FieldChange> {
    let words = |kept: &KeptFact| {
        let mut words = fact_words(&kept.fact);
        words.push(("Đối chiếu", kept.state.label().to_owned()));
        words
    };
    differences(&words(before), &words(after))
}

fn fact_words<O>(fact: &Fact<O>) -> Words {
    let figure = |value: Option<crate::decimal::Decimal>| value.map(|value| value.to_string());
    let figures = fact.figures.as_ref();
    let figure = |of: fn(&crate::fact::Figures) -> Option<crate::decimal::Decimal>| {
        figures.and_then(|figures| figure(of(figures))).unwrap_or_default()
    };
    vec![
        ("Lĩnh vực", fact.field.0.clone()),
        ("Loại", fact.kind.label().to_owned()),
        ("Thời gian", fact.period.text()),
        ("Nội dung", fact.text.clone()),
        ("Kế hoạch", figure(|figures| figures.planned)),
        ("Thực hiện", figure(|figures| figures.actual)),
        ("Đơn vị tính", figures.map(|figures| figures.unit.clone()).unwrap_or_default()),
        ("Tình trạng", fact.status.map(|status| status.label().to_owned()).unwrap_or_default()),
        ("Hạn", fact.due.map(date_dmy).unwrap_or_default()),
        ("Nguồn", fact.source.text()),
        ("Giải trình", fact.reply.clone().unwrap_or_default()),
    ]
}

/// The board, when it changes: seats of those who are new or play another part.
fn board(comparison: &Comparison, stored: &Stored<'_>) -> Option<Group> {
    let before = stored.board?;
    let mut group = group("ban-kiem-phieu", "Ban kiểm phiếu");
    let Some(after) = &comparison.board else {
        group.same = before.seats.len();
        return Some(group);
    };
    for (person, role) in after {
        let (name, old) = match person {
            Person::Known(id) => {
                let seat = before.seats.iter().find(|seat| seat.delegate == *id);
                (delegate_name(stored, *id), seat.map(|seat| seat.role))
            }
            Person::Added(at) => {
                let new = comparison.delegates.added.get(*at);
                (new.map_or_else(String::new, |new| new.delegate.name.clone()), None)
            }
        };
        let change = FieldChange {
            after: role.label().to_owned(),
            before: old.map_or_else(String::new, |role| role.label().to_owned()),
            label: "Nhiệm vụ".to_owned(),
        };
        let item = Item { title: name, fields: vec![change] };
        match old {
            None => group.added.push(item),
            Some(old) if old != *role => group.changed.push(item),
            Some(_) => group.same += 1,
        }
    }
    Some(group)
}
