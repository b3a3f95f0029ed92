//! Lists of facts: filtered, counted and paged by the database.

use super::error::StoreError;
use super::facts::{FactRow, StoredFact, fact_columns, facts};
use super::scope::CouncilTx;
use super::sql::{row, rows};
use domain::fact::{FactKind, FactState};
use domain::id::{AccountId, FactId, OfficialId};
use domain::text::fold;
use macros::boxed;

/// A filter of facts; an empty field selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactFilter {
    /// Facts about this official, alone or with others.
    pub official: Option<OfficialId>,
    /// Facts in this field of work, exactly.
    pub field: Option<String>,
    pub kind: Option<FactKind>,
    /// Facts of the year under which a dossier counts them.
    pub year: Option<i16>,
    pub state: Option<FactState>,
    /// Facts entered, verified or last changed by a person of this full name.
    pub by: Option<String>,
    /// Words of the statement, the source or the reply, without regard to accents; empty selects all.
    pub text: String,
    /// Facts that this account may verify: not verified yet, and last stated by another account.
    pub waits_for: Option<AccountId>,
}

impl FactFilter {
    /// `LIKE` pattern for the column `folded`. Folded text has letters, digits and spaces only: no wildcard needs
    /// escaping.
    fn pattern(&self) -> Option<String> {
        let text = fold(&self.text);
        (!text.is_empty()).then(|| format!("%{text}%"))
    }
}

/// Order of a list, newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FactOrder {
    /// Time of the last change.
    #[default]
    Changed,
    /// Last day of the fact's period.
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
#[boxed]
pub async fn page(
    tx: &mut CouncilTx,
    filter: &FactFilter,
    order: FactOrder,
    skip: u64,
    limit: u32,
) -> Result<Vec<StoredFact>, StoreError> {
    let rows = filtered!(
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
    rows.into_iter().map(FactRow::stored).collect()
}

/// Number of facts in each state that a filter selects; the filter's own state is ignored.
#[boxed]
pub async fn states(tx: &mut CouncilTx, filter: &FactFilter) -> Result<[(FactState, u64); 3], StoreError> {
    let rows = filtered!(tx, (String, i64), filter, "state, count(*)", "GROUP BY state")?;
    let count = |state: FactState| rows.iter().find(|(code, _)| code == state.code()).map_or(0, |(_, count)| *count);
    Ok(FactState::ALL.map(|state| (state, u64::try_from(count(state)).unwrap_or(0))))
}

/// Distinct values that a filter can choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactChoices {
    /// Fields of work, in order.
    pub fields: Vec<String>,
    /// Years, the newest first.
    pub years: Vec<i64>,
    /// Full names of people who entered, verified or changed facts, sorted.
    pub people: Vec<String>,
}

/// What a filter of this council's facts can choose from.
#[boxed]
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

/// The facts of these ids in order of entry; unknown ids are left out.
#[boxed]
pub async fn some(tx: &mut CouncilTx, ids: &[FactId]) -> Result<Vec<StoredFact>, StoreError> {
    let ids = serde_json::to_string(ids).map_err(StoreError::corrupt)?;
    if tx.is_postgres() {
        facts!(tx, "AND fact_id IN (SELECT json_array_elements_text($2::json)) ORDER BY fact_id", ids)
    } else {
        facts!(tx, "AND fact_id IN (SELECT value FROM json_each($2)) ORDER BY fact_id", ids)
    }
}

/// The facts before and after one, in order of entry, among those that an account may verify.
#[boxed]
pub async fn neighbours(
    tx: &mut CouncilTx,
    account: AccountId,
    id: FactId,
) -> Result<(Option<FactId>, Option<FactId>), StoreError> {
    let row = row!(
        tx,
        (Option<String>, Option<String>),
        "SELECT max(CASE WHEN fact_id < $3 THEN fact_id END), min(CASE WHEN fact_id > $3 THEN fact_id END) FROM facts \
         WHERE council_id = $1 AND state = 'entered' AND (entered_account IS NULL OR entered_account <> $2)",
        account.to_string(),
        id.to_string(),
    )?;
    let (before, after) = row.unwrap_or_default();
    let read = |id: Option<String>| id.map(|id| id.parse()).transpose().map_err(StoreError::corrupt);
    Ok((read(before)?, read(after)?))
}
