//! The rows that hold records: every column beside the content is computed from it again, or from the hand that wrote the
//! version.

use std::collections::BTreeMap;

use crate::service::held::{Told, Want};
use domain::audit::Digest;
use domain::fact::{FactState, KeptFact};
use domain::group_summary::GroupSummary;
use domain::preparation::Part;
use domain::question::Question;
use domain::record::Subject;
use domain::roster::{RosterDelegate, RosterOfficial};
use store::checks::{self, VersionRow};
use store::facts::folded;
use store::tables::Table;
use store::{CouncilTx, StoreError};

/// The rows that the tables of records must hold, by the newest version of each.
pub(crate) struct Copies {
    pub tables: Vec<Told>,
    /// Files that facts name as their source.
    pub files: Vec<Digest>,
}

/// Who stated a fact last, and who checked it last.
struct Hands {
    stated: BTreeMap<String, VersionRow>,
    checked: BTreeMap<String, VersionRow>,
}

/// The rows that follow from the newest versions.
///
/// # Errors
/// [`StoreError::Corrupt`] when a version cannot be read.
pub(crate) async fn of(tx: &mut CouncilTx) -> Result<Copies, StoreError> {
    let stated = checks::newest_facts_of(tx, ["added", "changed", "filed"]).await?;
    let checked = checks::newest_facts_of(tx, ["verified"; 3]).await?;
    let by_id = |rows: Vec<VersionRow>| rows.into_iter().map(|row| (row.record_id.clone(), row)).collect();
    let hands = Hands { stated: by_id(stated), checked: by_id(checked) };
    let mut tables = Tables::new();
    for row in checks::newest_versions(tx).await? {
        let subject = Subject::from_code(&row.subject).ok_or_else(|| damaged(&row))?;
        match subject {
            Subject::Official => tables.official(&row)?,
            Subject::Delegate => tables.delegate(&row)?,
            Subject::Fact => tables.fact(&row, &hands)?,
            Subject::Preparation => tables.part(&row)?,
            Subject::Question => tables.question(&row)?,
            Subject::GroupSummary => tables.summary(&row)?,
        }
    }
    let Tables { officials, delegates, facts, fact_officials, parts, questions, summaries, files } = tables;
    Ok(Copies { tables: vec![officials, delegates, facts, fact_officials, parts, questions, summaries], files })
}

fn damaged(row: &VersionRow) -> StoreError {
    StoreError::Corrupt(format!("bảng revisions, dòng {}/{}/{}", row.subject, row.record_id, row.version))
}

fn read<T: serde::de::DeserializeOwned>(row: &VersionRow) -> Result<T, StoreError> {
    serde_json::from_str(&row.content).map_err(|_| damaged(row))
}

struct Tables {
    officials: Told,
    delegates: Told,
    facts: Told,
    fact_officials: Told,
    parts: Told,
    questions: Told,
    summaries: Told,
    files: Vec<Digest>,
}

impl Tables {
    fn new() -> Self {
        Self {
            officials: Told::new(Table::Officials, &["official_id"]),
            delegates: Told::new(Table::Delegates, &["delegate_id"]),
            facts: Told::new(Table::Facts, &["fact_id"]),
            fact_officials: Told::new(Table::FactOfficials, &["fact_id", "official_id"]),
            parts: Told::new(Table::PollRecords, &["poll_id", "part"]),
            questions: Told::new(Table::Questions, &["question_id"]),
            summaries: Told::new(Table::GroupSummaries, &["summary_id"]),
            files: Vec::new(),
        }
    }

    fn official(&mut self, row: &VersionRow) -> Result<(), StoreError> {
        let told: RosterOfficial = read(row)?;
        let own = [
            ("official_id", row.record_id.as_str().into()),
            ("position", told.position.into()),
            ("name", told.official.name.as_str().into()),
            ("account_id", Want::text(told.account)),
            ("withdrawn", told.withdrawn.into()),
        ];
        self.officials.row(own.into_iter().chain(saved(row)));
        Ok(())
    }

    fn delegate(&mut self, row: &VersionRow) -> Result<(), StoreError> {
        let told: RosterDelegate = read(row)?;
        let own = [
            ("delegate_id", row.record_id.as_str().into()),
            ("position", told.position.into()),
            ("name", told.delegate.name.as_str().into()),
            ("group_name", Want::text(told.delegate.group)),
            ("is_secretary", told.is_secretary.into()),
            ("account_id", Want::text(told.account)),
            ("withdrawn", told.withdrawn.into()),
        ];
        self.delegates.row(own.into_iter().chain(saved(row)));
        Ok(())
    }

    fn fact(&mut self, row: &VersionRow, hands: &Hands) -> Result<(), StoreError> {
        let told: KeptFact = read(row)?;
        let fact = &told.fact;
        let stated = hands.stated.get(&row.record_id).ok_or_else(|| damaged(row))?;
        // Sample facts come with both hands at once.
        let checked = hands.checked.get(&row.record_id).unwrap_or(stated);
        let checked = Some(checked).filter(|_| told.state == FactState::Verified);
        self.files.extend(fact.source.file);
        let own = [
            ("fact_id", row.record_id.as_str().into()),
            ("field", fact.field.0.as_str().into()),
            ("kind", fact.kind.code().into()),
            ("year", Want::Integer(fact.period.year().into())),
            ("day", fact.period.end().to_string().into()),
            ("state", told.state.code().into()),
            ("folded", folded(fact).into()),
            ("file", Want::text(fact.source.file)),
            ("entered_account", Want::text(stated.account_id.as_ref())),
            ("entered_by", stated.by_name.as_str().into()),
            ("verified_account", Want::text(checked.and_then(|by| by.account_id.as_ref()))),
            ("verified_by", Want::text(checked.map(|by| &by.by_name))),
            ("verified_at", Want::text(checked.map(|by| &by.at))),
            ("sent_on", Want::text(told.sent_on)),
        ];
        self.facts.row(own.into_iter().chain(saved(row)));
        for official in &fact.officials {
            let official = official.to_string().into();
            self.fact_officials.row([("fact_id", row.record_id.as_str().into()), ("official_id", official)]);
        }
        Ok(())
    }

    fn part(&mut self, row: &VersionRow) -> Result<(), StoreError> {
        let (poll, part) = row.record_id.split_once('/').ok_or_else(|| damaged(row))?;
        if Part::from_code(part).is_none() {
            return Err(damaged(row));
        }
        let own = [("poll_id", poll.into()), ("part", part.into())];
        self.parts.row(own.into_iter().chain(saved(row)));
        Ok(())
    }

    fn question(&mut self, row: &VersionRow) -> Result<(), StoreError> {
        let told: Question = read(row)?;
        let own = [
            ("question_id", row.record_id.as_str().into()),
            ("poll_id", told.poll.to_string().into()),
            ("official_id", told.official.to_string().into()),
            ("asked_account", told.account.to_string().into()),
            ("state", told.state.code().into()),
        ];
        self.questions.row(own.into_iter().chain(saved(row)));
        Ok(())
    }

    fn summary(&mut self, row: &VersionRow) -> Result<(), StoreError> {
        let told: GroupSummary = read(row)?;
        let own = [
            ("summary_id", row.record_id.as_str().into()),
            ("poll_id", told.poll.to_string().into()),
            ("group_name", told.group.as_str().into()),
            ("state", told.state.code().into()),
        ];
        self.summaries.row(own.into_iter().chain(saved(row)));
        Ok(())
    }
}

/// What every table of records has of the newest version of a record.
fn saved(row: &VersionRow) -> [(&'static str, Want); 4] {
    [
        ("content", row.content.as_str().into()),
        ("version", Want::Integer(row.version)),
        ("changed_at", row.at.as_str().into()),
        ("changed_by", row.by_name.as_str().into()),
    ]
}
