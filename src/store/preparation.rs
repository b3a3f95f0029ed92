//! Parts of a poll's preparation, and what is proposed for it.

use super::error::StoreError;
use super::records::is_its_version;
use super::revisions;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, row_struct, rows, to_u64};
use domain::audit::UtcTime;
use domain::id::{PollId, ProposalId};
use domain::preparation::Part;
use domain::proposal::{Proposal, ProposalKind, ProposalState, SignOff};
use domain::record::Subject;
use domain::role::Role;
use macros::boxed;

row_struct! {
    /// A row of `poll_records`.
    PartRow {
        part: String,
        /// Canonical JSON text (RFC 8785).
        content: String,
        /// From 1; goes up with every change.
        version: i64,
        /// Time of the last change.
        changed_at: String,
        /// Full name of the person who made the last change.
        changed_by: String,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPart {
    pub part: Part,
    /// Canonical JSON text (RFC 8785).
    pub content: String,
    /// From 1; goes up with every change.
    pub version: u64,
    /// Time of the last change.
    pub changed_at: UtcTime,
    /// Full name of the person who made the last change.
    pub changed_by: String,
}

impl PartRow {
    fn stored(self) -> Result<StoredPart, StoreError> {
        Ok(StoredPart {
            part: Part::from_code(&self.part).ok_or_else(|| StoreError::corrupt("poll_records.part"))?,
            content: self.content,
            version: to_u64(self.version)?,
            changed_at: self.changed_at.parse().map_err(StoreError::corrupt)?,
            changed_by: self.changed_by,
        })
    }
}

/// All parts of a poll's preparation.
#[boxed]
pub async fn parts(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<StoredPart>, StoreError> {
    let rows = rows!(
        tx,
        PartRow,
        "SELECT part, content, version, changed_at, changed_by FROM poll_records \
         WHERE council_id = $1 AND poll_id = $2 ORDER BY part",
        poll.to_string()
    )?;
    rows.into_iter().map(PartRow::stored).collect()
}

/// One part of a poll's preparation.
#[boxed]
pub async fn part(tx: &mut CouncilTx, poll: PollId, part: &Part) -> Result<Option<StoredPart>, StoreError> {
    let row = row!(
        tx,
        PartRow,
        "SELECT part, content, version, changed_at, changed_by FROM poll_records \
         WHERE council_id = $1 AND poll_id = $2 AND part = $3",
        poll.to_string(),
        part.code(),
    )?;
    row.map(PartRow::stored).transpose()
}

/// Adds a part (version 1), or writes it over the version before its own.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at that version.
#[boxed]
pub async fn put_part(tx: &mut CouncilTx, poll: PollId, stored: &StoredPart) -> Result<(), StoreError> {
    let put = execute!(
        tx,
        concat!(
            "INSERT INTO poll_records (council_id, poll_id, part, content, version, changed_at, changed_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (council_id, poll_id, part) DO UPDATE SET content = $4, \
         version = $5, changed_at = $6, changed_by = $7 WHERE poll_records.version = $5 - 1",
            is_its_version!("poll_records", "poll_records.poll_id || '/' || poll_records.part", "preparation")
        ),
        poll.to_string(),
        stored.part.code(),
        stored.content.as_str(),
        i64::try_from(stored.version).map_err(StoreError::corrupt)?,
        stored.changed_at.to_string(),
        stored.changed_by.as_str(),
    )?;
    let record = format!("{poll}/{}", stored.part.code());
    revisions::over_the_last(tx, put, (Subject::Preparation, &record), stored.version).await
}

row_struct! {
    /// A row of `proposals`.
    ProposalRow {
        proposal_id: String,
        poll_id: String,
        /// Code of the [`ProposalKind`].
        kind: String,
        /// Key of the thing that the proposal concerns.
        about: String,
        /// Canonical JSON text (RFC 8785).
        content: String,
        /// Code of the state.
        state: String,
        proposed_at: String,
        /// Account of that person.
        proposed_account: String,
        /// Full name of that person.
        proposed_by: String,
        /// Code of the role in which the person acted.
        proposed_role: String,
        /// Time of the decision; `None` while the proposal is open.
        decided_at: Option<String>,
        /// Account of that person.
        decided_account: Option<String>,
        /// Full name of that person.
        decided_by: Option<String>,
        /// Code of the role in which the person acted.
        decided_role: Option<String>,
        /// Reason for the decision.
        note: Option<String>,
    }
}

impl ProposalRow {
    fn proposal(self) -> Result<Proposal, StoreError> {
        let sign_off = |account: String, name: String, role: String, at: String| {
            let account = account.parse().map_err(StoreError::corrupt)?;
            let role = Role::from_code(&role).ok_or_else(|| StoreError::corrupt("proposals: role"))?;
            Ok::<_, StoreError>(SignOff { account, name, role, at: at.parse().map_err(StoreError::corrupt)? })
        };
        let decided = match (self.decided_account, self.decided_by, self.decided_role, self.decided_at) {
            (Some(account), Some(name), Some(role), Some(at)) => Some(sign_off(account, name, role, at)?),
            _ => None,
        };
        Ok(Proposal {
            id: self.proposal_id.parse().map_err(StoreError::corrupt)?,
            poll: self.poll_id.parse().map_err(StoreError::corrupt)?,
            kind: ProposalKind::from_code(&self.kind).ok_or_else(|| StoreError::corrupt("proposals.kind"))?,
            about: self.about,
            content: self.content,
            state: ProposalState::from_code(&self.state).ok_or_else(|| StoreError::corrupt("proposals.state"))?,
            proposed: sign_off(self.proposed_account, self.proposed_by, self.proposed_role, self.proposed_at)?,
            decided,
            note: self.note.unwrap_or_default(),
        })
    }
}

/// All proposals for a poll, the newest first.
#[boxed]
pub async fn proposals(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<Proposal>, StoreError> {
    let rows = rows!(
        tx,
        ProposalRow,
        "SELECT proposal_id, poll_id, kind, about, content, state, proposed_at, proposed_account, proposed_by, \
         proposed_role, decided_at, decided_account, decided_by, decided_role, note FROM proposals WHERE council_id = $1 AND poll_id = $2 \
         ORDER BY proposal_id DESC",
        poll.to_string()
    )?;
    rows.into_iter().map(ProposalRow::proposal).collect()
}

/// One proposal.
#[boxed]
pub async fn proposal(tx: &mut CouncilTx, id: ProposalId) -> Result<Option<Proposal>, StoreError> {
    let row = row!(
        tx,
        ProposalRow,
        "SELECT proposal_id, poll_id, kind, about, content, state, proposed_at, proposed_account, proposed_by, \
         proposed_role, decided_at, decided_account, decided_by, decided_role, note FROM proposals WHERE council_id = $1 AND proposal_id = $2",
        id.to_string()
    )?;
    row.map(ProposalRow::proposal).transpose()
}

/// Adds an open proposal.
///
/// # Errors
/// [`StoreError::Refused`] when one of the same kind about the same is open.
#[boxed]
pub async fn add_proposal(tx: &mut CouncilTx, proposal: &Proposal) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO proposals (council_id, proposal_id, poll_id, kind, about, content, state, proposed_at, \
         proposed_account, proposed_by, proposed_role) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        proposal.id.to_string(),
        proposal.poll.to_string(),
        proposal.kind.code(),
        proposal.about.as_str(),
        proposal.content.as_str(),
        proposal.state.code(),
        proposal.proposed.at.to_string(),
        proposal.proposed.account.to_string(),
        proposal.proposed.name.as_str(),
        proposal.proposed.role.code(),
    );
    added.map(drop)
}

/// Writes what became of an open proposal.
///
/// # Errors
/// [`StoreError::Stale`] when it is not open any more.
#[boxed]
pub async fn decide_proposal(tx: &mut CouncilTx, proposal: &Proposal) -> Result<(), StoreError> {
    let decided = proposal.decided.as_ref();
    let changed = execute!(
        tx,
        "UPDATE proposals SET state = $3, decided_at = $4, decided_account = $5, decided_by = $6, \
         decided_role = $7, note = $8 \
         WHERE council_id = $1 AND proposal_id = $2 AND state = 'open'",
        proposal.id.to_string(),
        proposal.state.code(),
        decided.map(|sign_off| sign_off.at.to_string()),
        decided.map(|sign_off| sign_off.account.to_string()),
        decided.map(|sign_off| sign_off.name.clone()),
        decided.map(|sign_off| sign_off.role.code()),
        proposal.note.as_str(),
    )?;
    one_changed(changed)
}

row_struct! {
    /// Counts of a poll's preparation.
    CountRow {
        /// Facts that are not withdrawn.
        facts: i64,
        /// Facts among them that nobody has verified.
        unverified: i64,
        releases: i64,
    }
}

/// Number of facts and releases for a poll's preparation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Facts of the council that are not withdrawn.
    pub facts: usize,
    /// Facts among them that no second person has verified.
    pub unverified: usize,
    /// Releases of dossiers for the poll.
    pub releases: usize,
}

/// Counts facts and releases, without reading them.
#[boxed]
pub async fn counts(tx: &mut CouncilTx, poll: PollId) -> Result<Counts, StoreError> {
    let row = row!(
        tx,
        CountRow,
        "SELECT (SELECT count(*) FROM facts WHERE council_id = $1 AND state <> 'withdrawn') AS facts, \
         (SELECT count(*) FROM facts WHERE council_id = $1 AND state = 'entered') AS unverified, \
         (SELECT count(*) FROM releases WHERE council_id = $1 AND poll_id = $2) AS releases",
        poll.to_string()
    )?;
    let CountRow { facts, unverified, releases } = row.ok_or_else(|| StoreError::corrupt("facts"))?;
    let figure = |n: i64| usize::try_from(n).map_err(StoreError::corrupt);
    Ok(Counts { facts: figure(facts)?, unverified: figure(unverified)?, releases: figure(releases)? })
}
