//! Councils of the installation.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, row_struct};
use super::work::InstallationTx;
use domain::audit::UtcTime;
use domain::id::CouncilId;
use macros::boxed;

row_struct! {
    /// A council, or the installation itself.
    CouncilRow {
        council_id: String,
        /// Name of the council in URLs.
        slug: String,
        name: String,
        /// `province_council`; `None` for the installation.
        kind: Option<String>,
        /// Whether a sign-in needs a second factor.
        second_factor_required: bool,
        /// From 1; goes up with every change.
        version: i64,
        /// Time at which the council was added to this installation.
        founded_at: String,
        /// Time of the last change of the name.
        changed_at: String,
        /// Full name of the person who made the last change.
        changed_by: String,
    }
}

impl CouncilRow {
    /// Its id.
    ///
    /// # Errors
    /// When the stored text is none.
    pub fn id(&self) -> Result<CouncilId, StoreError> {
        self.council_id.parse().map_err(StoreError::corrupt)
    }
}

/// All councils by name; the installation itself is not among them.
#[boxed]
pub async fn list(tx: &mut InstallationTx<'_>) -> Result<Vec<CouncilRow>, StoreError> {
    let own = tx.own().await?;
    // The one statement that spans councils; `InstallationTx` is what may say it.
    super::sql::rows!(
        own,
        CouncilRow,
        "SELECT council_id, slug, name, kind, second_factor_required, version, founded_at, changed_at, changed_by \
         FROM councils \
         WHERE NOT council_id = $1 ORDER BY name, council_id"
    )
}

/// The council of this transaction.
#[boxed]
pub async fn own(tx: &mut CouncilTx) -> Result<Option<CouncilRow>, StoreError> {
    row!(
        tx,
        CouncilRow,
        "SELECT council_id, slug, name, kind, second_factor_required, version, founded_at, changed_at, changed_by \
         FROM councils \
         WHERE council_id = $1"
    )
}

/// Adds the council of this transaction.
///
/// # Errors
/// [`StoreError::Refused`] when its id or its name in addresses is taken.
#[boxed]
pub async fn add(
    tx: &mut CouncilTx,
    slug: &str,
    name: &str,
    kind: Option<&str>,
    founded_at: UtcTime,
) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO councils (council_id, slug, name, kind, second_factor_required, version, founded_at, changed_at, \
         changed_by) VALUES ($1, $2, $3, $4, FALSE, 1, $5, $5, '')",
        slug.to_owned(),
        name.to_owned(),
        kind.map(str::to_owned),
        founded_at.to_string(),
    );
    added.map(drop)
}

/// Writes whether a password alone is enough, over version `before`.
///
/// # Errors
/// [`StoreError::Stale`] when the council is no longer at `before`.
#[boxed]
pub async fn require_second_factor(tx: &mut CouncilTx, required: bool, before: i64) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE councils SET second_factor_required = $2, version = version + 1 WHERE council_id = $1 AND version = $3",
        required,
        before,
    )?;
    one_changed(changed)
}

/// Gives the council of this transaction another name and another name in addresses, over version `before`.
///
/// # Errors
/// [`StoreError::Refused`] when the name in addresses is taken, [`StoreError::Stale`] when it is no longer at `before`.
#[boxed]
pub async fn rename(
    tx: &mut CouncilTx,
    slug: &str,
    name: &str,
    before: u64,
    at: UtcTime,
    by: &str,
) -> Result<(), StoreError> {
    let before = i64::try_from(before).map_err(StoreError::corrupt)?;
    let renamed = execute!(
        tx,
        "UPDATE councils SET slug = $2, name = $3, version = version + 1, changed_at = $4, changed_by = $5 \
         WHERE council_id = $1 AND version = $6",
        slug.to_owned(),
        name.to_owned(),
        at.to_string(),
        by.to_owned(),
        before,
    )?;
    one_changed(renamed)
}
