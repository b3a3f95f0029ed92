//! Lists of facts: filtered, counted and paged by the database.

use super::error::StoreError;
use super::facts::{FactRow, StoredFact, fact_columns, facts};
use super::scope::CouncilTx;
use super::sql::{row, rows};
use domain::fact::{FactKind, FactState};
use domain::id::{AccountId, FactId, OfficialId};
use domain::text::fold;

/// Which facts a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactFilter {
    /// About this official, alone or with others.
    pub official: Option<OfficialId>,
    /// In this field of work, exactly.
    pub field: Option<String>,
    /// Of this kind.
    pub kind: Option<FactKind>,
    /// Of the year under which a dossier counts it.
    pub year: Option<i16>,
    /// In this state.
    pub state: Option<FactState>,
    /// Entered, verified or changed last by somebody of this full name.
    pub by: Option<String>,
    /// Says this in its statement, its source or its reply, whatever the accents; nothing when empty.
    pub text: String,
    /// Waits to be verified, and this account did not state it last.
    pub waits_for: Option<AccountId>,
}

impl FactFilter {
    /// What `folded` must hold. Folded text has letters, digits and spaces only: no wildcard is left to escape.
    fn pattern(&self) -> Option<String> {
        let text = fold(&self.text);
        (!text.is_empty()).then(|| format!("%{text}%"))
    }
}

/// By what a list is ordered, the newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FactOrder {
    /// Its last change.
    #[default]
    Changed,
    /// The last day that it speaks of.
    Day,
}

/// Rows of the facts that a filter selects, whatever their state; arguments of `$rest` follow from `$9`.
macro_rules! filtered {
    ($tx:expr, $row:ty, $filter:expr, $columns:expr, $rest:literal $(, $argument:expr)* $(,)?) => {
        rows!(
            $tx,
            $row,
            concat!(
                "SELECT ",
                $columns,
                " FROM facts WHERE council_id = $1 AND ($2 IS NULL OR field = $2) \
                 AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR year = $4) \
                 AND ($5 IS NULL OR entered_by = $5 OR verified_by = $5 OR changed_by = $5) \
                 AND ($6 IS NULL OR folded LIKE $6) AND ($7 IS NULL OR fact_id IN (SELECT fact_id FROM fact_officials \
                 WHERE council_id = $1 AND official_id = $7)) AND ($8 IS NULL OR (state = 'entered' \
                 AND (entered_account IS NULL OR entered_account <> $8))) ",
                $rest
            ),
            $filter.field.clone(),
            $filter.kind.map(FactKind::code),
            $filter.year.map(i64::from),
            $filter.by.clone(),
            $filter.pattern(),
            $filter.official.map(|id| id.to_string()),
            $filter.waits_for.map(|id| id.to_string()),
            $($argument),*
        )
    };
}

/// Facts of a filter in order, without the first `skip`.
///
/// # Errors
/// When a row cannot be read.
pub async fn page(
    tx: &mut CouncilTx,
    filter: &FactFilter,
    order: FactOrder,
    skip: u64,
    limit: u32,
) -> Result<Vec<StoredFact>, StoreError> {
    let found = filtered!(
        tx,
        FactRow,
        filter,
        fact_columns!(),
        "AND ($9 IS NULL OR state = $9) ORDER BY CASE WHEN $10 THEN day ELSE changed_at END DESC, fact_id DESC \
         LIMIT $11 OFFSET $12",
        filter.state.map(FactState::code),
        order == FactOrder::Day,
        i64::from(limit),
        i64::try_from(skip).unwrap_or(i64::MAX),
    )?;
    found.into_iter().map(FactRow::stored).collect()
}

/// How many facts of a filter are in each state, whatever state the filter asks for.
///
/// # Errors
/// When the database does not answer.
pub async fn states(tx: &mut CouncilTx, filter: &FactFilter) -> Result<[(FactState, u64); 3], StoreError> {
    let found = filtered!(tx, (String, i64), filter, "state, count(*)", "GROUP BY state")?;
    let count = |state: FactState| found.iter().find(|(code, _)| code == state.code()).map_or(0, |(_, count)| *count);
    Ok(FactState::ALL.map(|state| (state, u64::try_from(count(state)).unwrap_or(0))))
}

/// What a filter can choose from, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactChoices {
    /// Fields of work, in order.
    pub fields: Vec<String>,
    /// Years, the newest first.
    pub years: Vec<i64>,
    /// Full names of who entered, verified or changed facts, in order.
    pub people: Vec<String>,
}

/// What a filter of this council's facts can choose from.
///
/// # Errors
/// When the database does not answer.
pub async fn choices(tx: &mut CouncilTx) -> Result<FactChoices, StoreError> {
    let fields = rows!(tx, (String,), "SELECT DISTINCT field FROM facts WHERE council_id = $1 ORDER BY field")?;
    let years = rows!(tx, (i64,), "SELECT DISTINCT year FROM facts WHERE council_id = $1 ORDER BY year DESC")?;
    let people = rows!(
        tx,
        (String,),
        "SELECT entered_by FROM facts WHERE council_id = $1 UNION SELECT changed_by FROM facts WHERE council_id = $1 \
         UNION SELECT verified_by FROM facts WHERE council_id = $1 AND verified_by IS NOT NULL ORDER BY 1"
    )?;
    let texts = |rows: Vec<(String,)>| rows.into_iter().map(|(text,)| text).collect();
    Ok(FactChoices { fields: texts(fields), years: years.into_iter().map(|(y,)| y).collect(), people: texts(people) })
}

/// The facts of these ids, in the order in which they were entered; an id that is none is left out.
///
/// # Errors
/// When a row cannot be read.
pub async fn some(tx: &mut CouncilTx, ids: &[FactId]) -> Result<Vec<StoredFact>, StoreError> {
    let ids = serde_json::to_string(ids).map_err(StoreError::corrupt)?;
    if tx.is_postgres() {
        facts!(tx, "AND fact_id IN (SELECT json_array_elements_text($2::json)) ORDER BY fact_id", ids)
    } else {
        facts!(tx, "AND fact_id IN (SELECT value FROM json_each($2)) ORDER BY fact_id", ids)
    }
}

/// The facts that wait for an account before and after one, in the order in which they were entered.
///
/// # Errors
/// When an id cannot be read.
pub async fn neighbours(
    tx: &mut CouncilTx,
    account: AccountId,
    id: FactId,
) -> Result<(Option<FactId>, Option<FactId>), StoreError> {
    let found = row!(
        tx,
        (Option<String>, Option<String>),
        "SELECT max(CASE WHEN fact_id < $3 THEN fact_id END), min(CASE WHEN fact_id > $3 THEN fact_id END) FROM facts \
         WHERE council_id = $1 AND state = 'entered' AND (entered_account IS NULL OR entered_account <> $2)",
        account.to_string(),
        id.to_string(),
    )?;
    let (before, after) = found.unwrap_or_default();
    let read = |id: Option<String>| id.map(|id| id.parse()).transpose().map_err(StoreError::corrupt);
    Ok((read(before)?, read(after)?))
}
