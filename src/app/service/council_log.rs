//! The tables of a council that steps of two rest on, held against the council's own log: proposals, statements about rules, and
//! records with every version of them. A step is not taken on a row that the log does not tell of.

use std::collections::BTreeMap;

use crate::service::error::AppError;
use crate::service::held::{Differs, RowDifference, Told, Want, is_time_of};
use crate::service::record_versions::ToldRevision;
use crate::service::{record_rows, record_versions};
use domain::audit::canonical::from_text;
use domain::audit::entry::EntryReader;
use domain::audit::{Actor, CouncilCourse, CouncilEvent, Digest, LogEntry, UtcTime};
use domain::id::{AttestationId, CouncilId};
use domain::proposal::SignOff;
use domain::rules::Statement;
use store::checks::{self, StatementCheckRow};
use store::tables::{Table, lines};
use store::{CouncilTx, log_tags, logs};

/// What the own log of a council tells.
struct Replay {
    course: CouncilCourse,
    /// By the numbers of their entries.
    revised: BTreeMap<u64, ToldRevision>,
}

/// Refuses proposals and statements about rules that are not what the council's log says of them; gives what it says.
///
/// # Errors
/// [`AppError::Changed`] with the row, and [`store::StoreError::Rewritten`].
pub(crate) async fn hold_steps(tx: &mut CouncilTx) -> Result<CouncilCourse, AppError> {
    Ok(replayed(tx).await?.course)
}

/// The same, and refuses records that are other than their newest version, and versions that are other than the log says.
///
/// # Errors
/// As [`hold_steps`].
pub(crate) async fn hold_all(tx: &mut CouncilTx) -> Result<CouncilCourse, AppError> {
    let Replay { course, revised } = replayed(tx).await?;
    if let Err((seq, cause)) = record_versions::check(tx, &revised).await? {
        return Err(AppError::ChangedEntry { seq: seq.unwrap_or_default(), cause });
    }
    for told in record_rows::of(tx).await?.tables {
        let stored = lines(tx, told.table).await?;
        refuse(told.differences(stored))?;
    }
    Ok(course)
}

/// What the texts of a council's own log tell, whoever wrote them.
///
/// # Errors
/// When one cannot be read, or cannot stand where it stands.
pub(crate) fn course(council: CouncilId, texts: &[String]) -> Result<CouncilCourse, AppError> {
    Ok(read(council, texts)?.course)
}

async fn replayed(tx: &mut CouncilTx) -> Result<Replay, AppError> {
    let log = logs::own(tx).await?;
    let (_, texts) = log_tags::whole(tx, log).await?;
    let replay = read(tx.council(), &texts)?;
    let steps = lines(tx, Table::Proposals).await?;
    refuse(proposals(&replay.course, |_| true).differences(steps))?;
    refuse(statements(&replay.course, checks::statements(tx).await?).err())?;
    Ok(replay)
}

fn read(council: CouncilId, texts: &[String]) -> Result<Replay, AppError> {
    let mut course = CouncilCourse::new(council);
    let (mut reader, mut revised) = (EntryReader::default(), BTreeMap::new());
    for text in texts {
        let entry: LogEntry<CouncilEvent> = reader.read(text).map_err(|e| AppError::internal("đọc nhật ký", e))?;
        let (seq, at) = (entry.seq, entry.at);
        if let CouncilEvent::RecordsRevised(event) = &entry.event {
            let (event, actor) = (event.clone(), Actor::clone(&entry.actor));
            revised.insert(seq, ToldRevision { event, actor, at, has_waited: true });
        }
        let accepted = course.accept_by(&entry.actor, at, entry.event);
        accepted.map_err(|e| AppError::ChangedEntry { seq, cause: e.to_string() })?;
    }
    Ok(Replay { course, revised })
}

fn refuse(found: impl IntoIterator<Item = RowDifference>) -> Result<(), AppError> {
    found.into_iter().next().map_or(Ok(()), |difference| Err(AppError::Changed(Box::new(difference))))
}

/// The rows of proposals that the log tells of; `has_waited` says of which times a row may be a little earlier.
pub(crate) fn proposals(course: &CouncilCourse, has_waited: impl Fn(UtcTime) -> bool) -> Told {
    let mut told = Told::new(Table::Proposals, &["proposal_id"]);
    let at = |at: UtcTime| Want::At(at, has_waited(at));
    for (id, said) in course.proposals() {
        let (proposed, decided) = (said.proposed.as_ref(), said.decided.as_ref());
        told.row([
            ("proposal_id", id.to_string().into()),
            ("poll_id", said.poll.to_string().into()),
            ("kind", said.kind.code().into()),
            ("about", said.about.as_str().into()),
            ("content", Want::Sha256(said.content_sha256)),
            ("state", said.state.code().into()),
            ("proposed_at", proposed.map_or(Want::Null, |by| at(by.at))),
            ("proposed_account", Want::text(proposed.map(|by| by.account))),
            ("proposed_by", Want::text(proposed.map(|by| &by.name))),
            ("proposed_role", Want::text(proposed.map(|by| by.role.code()))),
            ("decided_at", decided.map_or(Want::Null, |by| at(by.at))),
            ("decided_account", Want::text(decided.map(|by| by.account))),
            ("decided_by", Want::text(decided.map(|by| &by.name))),
            ("decided_role", Want::text(decided.map(|by| by.role.code()))),
            ("note", Want::text(decided.map(|_| &said.note))),
        ]);
    }
    told
}

/// What was said of rules, word for word, by whom: the effective set of a council follows from these rows.
///
/// # Errors
/// The first row that is other than the log says.
pub(crate) fn statements(told: &CouncilCourse, stored: Vec<StatementCheckRow>) -> Result<(), RowDifference> {
    let differs = |row: &str, is| RowDifference { table: Table::RuleStatements.name(), row: row.to_owned(), is };
    let mut left = told.statements().clone();
    for row in stored {
        let id: Option<AttestationId> = row.attestation_id.parse().ok();
        let said = id.and_then(|id| left.remove(&id));
        let said = said.ok_or_else(|| differs(&row.attestation_id, Differs::Untold))?;
        let statement: Option<Statement> = from_text(&row.content).ok();
        let copies = statement.map(|statement| (statement.ruleset, statement.file.map(|file| file.sha256.to_string())));
        let hand = |by: &SignOff| [by.account.to_string(), by.name.clone(), by.role.code().into()];
        let is_at = |stored: &str, told: UtcTime| stored.parse().is_ok_and(|stored| is_time_of(stored, told, true));
        let proposed = [&row.proposed_account, &row.proposed_by, &row.proposed_role].map(String::clone);
        let decided = [&row.decided_account, &row.decided_by, &row.decided_role];
        let decided: Vec<String> = decided.into_iter().flatten().cloned().collect();
        let decided_at = match (&row.decided_at, &said.decided) {
            (Some(stored), Some(told)) => is_at(stored, told.at),
            (stored, told) => stored.is_none() && told.is_none(),
        };
        let as_said = [
            (said.statement_sha256 == Digest::of(row.content.as_bytes()), "content"),
            (copies == Some((row.ruleset.clone(), row.file.clone())), "ruleset, file"),
            (hand(&said.proposed) == proposed && is_at(&row.proposed_at, said.proposed.at), "proposed_…"),
            (said.decided.as_ref().map(hand).map(Vec::from).unwrap_or_default() == decided && decided_at, "decided_…"),
            (said.state.code() == row.state, "state"),
            (said.decided_place == row.decided_place, "decided_place"),
            (said.decided.as_ref().map(|_| said.note.as_str()) == row.note.as_deref(), "note"),
        ];
        if let Some((_, column)) = as_said.iter().find(|(holds, _)| !holds) {
            return Err(differs(&row.attestation_id, Differs::Column((*column).to_owned())));
        }
    }
    match left.keys().next() {
        Some(id) => Err(differs(&id.to_string(), Differs::Missing)),
        None => Ok(()),
    }
}
