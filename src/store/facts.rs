//! Facts of a council, over its whole term.

use serde::Serialize;

use super::error::StoreError;
use super::records::is_its_version;
use super::revisions;
use super::scope::CouncilTx;
use super::sql::{execute, row_struct, rows, to_u64};
use domain::audit::UtcTime;
use domain::audit::canonical::to_text;
use domain::fact::{Fact, FactKind, KeptFact};
use domain::fact_state::By;
use domain::id::{FactId, OfficialId};
use domain::official::Field;
use domain::record::Subject;
use domain::release::About;
use domain::text::fold;
use macros::boxed;

row_struct! {
    /// A row of `facts`.
    FactRow {
        fact_id: String,
        /// Canonical JSON text (RFC 8785).
        content: String,
        /// Account of the person who entered the fact.
        entered_account: Option<String>,
        /// Full name of the person who entered the fact.
        entered_by: String,
        /// Account of the person who verified the fact.
        verified_account: Option<String>,
        /// Full name of the person who verified the fact.
        verified_by: Option<String>,
        verified_at: Option<String>,
        /// From 1; goes up with every change.
        version: i64,
        /// Time of the last change.
        changed_at: String,
        /// Full name of the person who made the last change.
        changed_by: String,
    }
}

/// A fact with its id, its version and its verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFact {
    pub id: FactId,
    /// The fact and its state.
    pub kept: KeptFact,
    /// The person who entered the fact or last changed its statement.
    pub entered: By,
    /// The person who verified the fact, and the time.
    pub verified: Option<(By, UtcTime)>,
    /// From 1; goes up with every change.
    pub version: u64,
    /// Time of the last change.
    pub changed_at: UtcTime,
    /// Full name of the person who made the last change.
    pub changed_by: String,
}

/// The values of a fact that a dossier needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionedFact {
    pub id: FactId,
    /// Version of the fact, from 1.
    pub version: u64,
    /// The fact and its state.
    pub kept: KeptFact,
}

impl From<StoredFact> for VersionedFact {
    fn from(fact: StoredFact) -> Self {
        let StoredFact { id, version, kept, .. } = fact;
        Self { id, version, kept }
    }
}

impl FactRow {
    pub(super) fn stored(self) -> Result<StoredFact, StoreError> {
        let account = |id: Option<String>| id.map(|id| id.parse()).transpose().map_err(StoreError::corrupt);
        let verified = match (self.verified_by, self.verified_at) {
            (Some(name), Some(at)) => {
                let by = By { account: account(self.verified_account)?, name };
                Some((by, at.parse().map_err(StoreError::corrupt)?))
            }
            _ => None,
        };
        Ok(StoredFact {
            id: self.fact_id.parse().map_err(StoreError::corrupt)?,
            kept: serde_json::from_str(&self.content).map_err(StoreError::corrupt)?,
            entered: By { account: account(self.entered_account)?, name: self.entered_by },
            verified,
            version: to_u64(self.version)?,
            changed_at: self.changed_at.parse().map_err(StoreError::corrupt)?,
            changed_by: self.changed_by,
        })
    }
}

/// Columns of [`FactRow`].
macro_rules! fact_columns {
    () => {
        "fact_id, content, entered_account, entered_by, verified_account, verified_by, verified_at, version, changed_at, \
         changed_by"
    };
}

/// The council's facts that `$condition`, which follows the council in the statement, selects.
macro_rules! facts {
    ($tx:expr, $condition:literal $(, $argument:expr)* $(,)?) => {{
        let rows = $crate::sql::rows!(
            $tx,
            $crate::facts::FactRow,
            concat!("SELECT ", $crate::facts::fact_columns!(), " FROM facts WHERE council_id = $1 ", $condition)
            $(, $argument)*
        );
        rows.and_then(|rows| rows.into_iter().map($crate::facts::FactRow::stored).collect::<Result<Vec<_>, _>>())
    }};
}

pub(super) use {fact_columns, facts};

/// One fact.
#[boxed]
pub async fn find(tx: &mut CouncilTx, id: FactId) -> Result<Option<StoredFact>, StoreError> {
    Ok(facts!(tx, "AND fact_id = $2", id.to_string())?.into_iter().next())
}

/// All facts that are not withdrawn, in order of entry.
#[boxed]
pub async fn all(tx: &mut CouncilTx) -> Result<Vec<StoredFact>, StoreError> {
    facts!(tx, "AND state <> 'withdrawn' ORDER BY fact_id")
}

/// All verified facts in order of entry. There may be thousands: only the columns that dossiers need are fetched.
#[boxed]
pub async fn verified(tx: &mut CouncilTx) -> Result<Vec<VersionedFact>, StoreError> {
    let rows = rows!(
        tx,
        (String, i64, String),
        "SELECT fact_id, version, content FROM facts WHERE council_id = $1 AND state = 'verified' ORDER BY fact_id"
    )?;
    let read = |(id, version, content): (String, i64, String)| {
        Ok(VersionedFact {
            id: id.parse().map_err(StoreError::corrupt)?,
            version: to_u64(version)?,
            kept: serde_json::from_str(&content).map_err(StoreError::corrupt)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Number of facts to be verified per official and per field, where there is any.
#[boxed]
pub async fn waiting(tx: &mut CouncilTx) -> Result<Vec<(About, u64)>, StoreError> {
    let rows = rows!(
        tx,
        (String, String, i64),
        // No join: SQLite would go through all officials of all facts once for each fact that waits.
        "SELECT 'official', official_id, count(*) FROM fact_officials WHERE council_id = $1 AND fact_id IN \
         (SELECT fact_id FROM facts WHERE council_id = $1 AND state = 'entered') GROUP BY official_id \
         UNION ALL SELECT 'field', field, count(*) FROM facts WHERE council_id = $1 AND state = 'entered' GROUP BY field"
    )?;
    let read = |(kind, key, count): (String, String, i64)| {
        let about = About::from_parts(&kind, &key).ok_or_else(|| StoreError::corrupt("facts.official_id"))?;
        Ok((about, to_u64(count)?))
    };
    rows.into_iter().map(read).collect()
}

/// All facts about an official that are not withdrawn, in order of entry.
#[boxed]
pub async fn about(tx: &mut CouncilTx, official: OfficialId) -> Result<Vec<StoredFact>, StoreError> {
    facts!(
        tx,
        "AND state <> 'withdrawn' AND fact_id IN \
         (SELECT fact_id FROM fact_officials WHERE council_id = $1 AND official_id = $2) ORDER BY fact_id",
        official.to_string()
    )
}

/// All facts of a kind that are not withdrawn, in order of entry.
#[boxed]
pub async fn of_kind(tx: &mut CouncilTx, kind: FactKind) -> Result<Vec<StoredFact>, StoreError> {
    facts!(tx, "AND kind = $2 AND state <> 'withdrawn' ORDER BY fact_id", kind.code())
}

/// All facts of a field that are not withdrawn, in order of entry.
#[boxed]
pub async fn of_field(tx: &mut CouncilTx, field: &Field) -> Result<Vec<StoredFact>, StoreError> {
    facts!(
        tx,
        "AND state <> 'withdrawn' AND field = $2 \
         ORDER BY fact_id",
        field.0.as_str()
    )
}

/// What a fact is looked for by: its words, and those of its source and its reply, without accents and capitals.
pub fn folded(fact: &Fact<OfficialId>) -> String {
    let source = &fact.source;
    fold(&[fact.text.as_str(), &source.number, &source.issuer, fact.reply.as_deref().unwrap_or_default()].join(" "))
}

/// A fact in the JSON list that one statement inserts.
#[derive(Serialize)]
struct Given {
    fact_id: String,
    field: String,
    kind: &'static str,
    year: i64,
    day: String,
    state: &'static str,
    content: String,
    folded: String,
    file: Option<String>,
    entered_account: Option<String>,
    entered_by: String,
    verified_account: Option<String>,
    verified_by: Option<String>,
    verified_at: Option<String>,
    sent_on: Option<String>,
    version: u64,
    changed_at: String,
    changed_by: String,
    officials: Vec<String>,
}

impl Given {
    fn new(fact: &StoredFact) -> Result<Self, StoreError> {
        let KeptFact { fact: stated, sent_on, state } = &fact.kept;
        let source = &stated.source;
        let (verified, verified_at) = fact.verified.clone().unzip();
        Ok(Self {
            fact_id: fact.id.to_string(),
            field: stated.field.0.clone(),
            kind: stated.kind.code(),
            year: i64::from(stated.period.year()),
            day: stated.period.end().to_string(),
            state: state.code(),
            content: to_text(&fact.kept)?,
            folded: folded(stated),
            file: source.file.map(|file| file.to_string()),
            entered_account: fact.entered.account.map(|id| id.to_string()),
            entered_by: fact.entered.name.clone(),
            verified_account: verified.as_ref().and_then(|by| by.account).map(|id| id.to_string()),
            verified_by: verified.map(|by| by.name),
            verified_at: verified_at.map(|at| at.to_string()),
            sent_on: sent_on.map(|day| day.to_string()),
            version: fact.version,
            changed_at: fact.changed_at.to_string(),
            changed_by: fact.changed_by.clone(),
            officials: stated.officials.iter().map(ToString::to_string).collect(),
        })
    }
}

/// Adds facts (version 1) or writes each over the version before its own, any number in few statements.
///
/// # Errors
/// [`StoreError::Stale`] when one is no longer at that version.
#[boxed]
pub async fn put(tx: &mut CouncilTx, facts: &[StoredFact]) -> Result<(), StoreError> {
    let given = facts.iter().map(Given::new).collect::<Result<Vec<_>, _>>()?;
    let json = serde_json::to_string(&given).map_err(StoreError::corrupt)?;
    let put = put_rows(tx, json.clone()).await?;
    if usize::try_from(put) != Ok(facts.len()) {
        for fact in facts {
            revisions::over_the_last(tx, 0, (Subject::Fact, &fact.id.to_string()), fact.version)
                .await
                .or_else(stale)?;
        }
        return Err(StoreError::Stale);
    }
    put_officials(tx, json).await
}

/// Inserts the facts that `$select` gives, or updates the version before each.
macro_rules! put_facts {
    ($select:literal) => {
        concat!(
            "INSERT INTO facts (council_id, fact_id, field, kind, year, day, state, content, folded, file, entered_account, \
             entered_by, verified_account, verified_by, verified_at, sent_on, version, changed_at, changed_by) ",
            $select,
            "ON CONFLICT (council_id, fact_id) DO UPDATE SET field = excluded.field, kind = excluded.kind, \
             year = excluded.year, day = excluded.day, state = excluded.state, content = excluded.content, folded = excluded.folded, \
             file = excluded.file, entered_account = excluded.entered_account, entered_by = excluded.entered_by, \
             verified_account = excluded.verified_account, verified_by = excluded.verified_by, \
             verified_at = excluded.verified_at, sent_on = excluded.sent_on, version = excluded.version, \
             changed_at = excluded.changed_at, changed_by = excluded.changed_by WHERE facts.version = excluded.version - 1",
            is_its_version!("facts", "facts.fact_id", "fact")
        )
    };
}

/// Passes on what is worse than a version that somebody else wrote.
fn stale(error: StoreError) -> Result<(), StoreError> {
    if matches!(error, StoreError::Stale) { Ok(()) } else { Err(error) }
}

async fn put_rows(tx: &mut CouncilTx, given: String) -> Result<u64, StoreError> {
    if tx.is_postgres() {
        execute!(
            tx,
            put_facts!(
                "SELECT $1, fact_id, field, kind, year, day, state, content, folded, file, entered_account, entered_by, \
                 verified_account, verified_by, verified_at, sent_on, version, changed_at, changed_by \
                 FROM json_to_recordset($2::json) AS given (fact_id TEXT, field TEXT, kind TEXT, year BIGINT, day TEXT, state TEXT, \
                 content TEXT, folded TEXT, file TEXT, entered_account TEXT, entered_by TEXT, verified_account TEXT, \
                 verified_by TEXT, verified_at TEXT, sent_on TEXT, version BIGINT, changed_at TEXT, changed_by TEXT) \
                 "
            ),
            given,
        )
    } else {
        execute!(
            tx,
            put_facts!(
                "SELECT $1, value ->> 'fact_id', value ->> 'field', value ->> 'kind', value ->> 'year', value ->> 'day', value ->> 'state', \
                 value ->> 'content', value ->> 'folded', value ->> 'file', value ->> 'entered_account', \
                 value ->> 'entered_by', value ->> 'verified_account', value ->> 'verified_by', value ->> 'verified_at', \
                 value ->> 'sent_on', value ->> 'version', value ->> 'changed_at', value ->> 'changed_by' \
                 FROM json_each($2) WHERE true "
            ),
            given,
        )
    }
}

/// Replaces the officials whom the facts are about.
async fn put_officials(tx: &mut CouncilTx, given: String) -> Result<(), StoreError> {
    if tx.is_postgres() {
        execute!(
            tx,
            "DELETE FROM fact_officials WHERE council_id = $1 AND fact_id IN \
             (SELECT fact_id FROM json_to_recordset($2::json) AS given (fact_id TEXT))",
            given.clone(),
        )?;
        execute!(
            tx,
            "INSERT INTO fact_officials (council_id, fact_id, official_id) \
             SELECT DISTINCT $1, given.fact_id, official_id FROM json_to_recordset($2::json) \
             AS given (fact_id TEXT, officials JSON), json_array_elements_text(given.officials) AS official_id",
            given,
        )?;
    } else {
        execute!(
            tx,
            "DELETE FROM fact_officials WHERE council_id = $1 AND fact_id IN \
             (SELECT value ->> 'fact_id' FROM json_each($2))",
            given.clone(),
        )?;
        execute!(
            tx,
            "INSERT INTO fact_officials (council_id, fact_id, official_id) \
             SELECT DISTINCT $1, given.value ->> 'fact_id', official.value FROM json_each($2) AS given, \
             json_each(given.value, '$.officials') AS official",
            given,
        )?;
    }
    Ok(())
}
