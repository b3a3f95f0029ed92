//! Polls as rows: stage, list of officials, forms, batches, papers. Nothing here is finer than a batch; the counts of a
//! batch are in [`super::sealed`].

use super::error::StoreError;
use super::logs;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, row_struct, rows, to_u32, to_u64};
use domain::audit::event::poll::{ListedOfficial, PaperIssued, PollAmended, PollCreated, SealedForm};
use domain::audit::{Digest, LogEntry, PollEvent, UtcTime};
use domain::counters::Counters;
use domain::id::{LogId, PollId};
use domain::poll::PollKind;
use domain::poll_state::{ClosedCount, FormProgress, Poll, PollState, ProposedMinutes, Stage};
use domain::presence::{HallFigures, Presence};
use domain::roster::{Teller, TellerRole};
use macros::boxed;

row_struct! {
    /// A row of `polls`, without the text of its rule set.
    PollRow {
        poll_id: String,
        log_id: String,
        /// Code of its stage.
        state: String,
        /// `rating` or `confidence`.
        kind: String,
        /// Name of the council at the time of creation.
        council_name: String,
        sitting: String,
        delegates: i64,
        /// Officials on the decided list; 0 before.
        officials: i64,
        ruleset: String,
        /// SHA-256 of the rule set's text.
        ruleset_sha256: String,
        /// Delegates present when the vote was opened; `None` before.
        present: Option<i64>,
        /// Delegates who were there at any time; `None` before, and where nobody came or went under an older program.
        attended: Option<i64>,
        /// Delegates who are there now; `None` likewise.
        present_now: Option<i64>,
        /// Whether the poll is a rehearsal (diễn tập).
        rehearsal: bool,
        /// Whether the ballots were drawn by the program.
        simulated: bool,
        /// Time of the last change of the stage.
        changed_at: String,
    }
}

row_struct! {
    /// A row of `poll_forms` with the sums of its batches.
    FormRow {
        /// Id printed on the form.
        form_id: String,
        /// Block of officials (khối).
        block: String,
        /// Lines on the form.
        lines: i64,
        /// Sheets of one ballot.
        sheets: i64,
        /// SHA-256 of one copy.
        sha256: String,
        /// Ballots issued (phát ra); `None` before they are announced.
        issued: Option<i64>,
        /// Ballots returned (thu về); `None` before the account is written.
        returned: Option<i64>,
        /// Committed batches.
        batches: i64,
        /// Papers in the committed batches.
        papers: i64,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPoll {
    pub log: LogId,
    /// State of the poll.
    pub state: PollState,
}

/// A poll in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollSummary {
    pub id: PollId,
    pub log: LogId,
    /// Stage of the poll.
    pub stage: Stage,
    /// Rating (lấy phiếu) or confidence (bỏ phiếu).
    pub kind: PollKind,
    pub sitting: String,
    /// Officials on the list.
    pub officials: u32,
    /// Whether the poll is a rehearsal (diễn tập).
    pub rehearsal: bool,
    /// Time of the last change of the stage.
    pub changed_at: UtcTime,
}

impl PollRow {
    fn stage(&self) -> Result<Stage, StoreError> {
        Stage::from_code(&self.state).ok_or_else(|| StoreError::corrupt("polls.state"))
    }

    fn kind(&self) -> Result<PollKind, StoreError> {
        PollKind::from_code(&self.kind).ok_or_else(|| StoreError::corrupt("polls.kind"))
    }

    /// Who is in the hall; an error before the vote is open.
    fn hall(&self) -> Result<Presence, StoreError> {
        let present = self.present.ok_or_else(|| StoreError::corrupt("polls.present"))?;
        let (attended, now) = (self.attended.unwrap_or(present), self.present_now.unwrap_or(present));
        let figures = HallFigures { attended: to_u32(attended)?, now: to_u32(now)?, opened: to_u32(present)? };
        Ok(Presence { delegates: to_u32(self.delegates)?, figures })
    }

    fn summary(self) -> Result<PollSummary, StoreError> {
        Ok(PollSummary {
            id: self.poll_id.parse().map_err(StoreError::corrupt)?,
            log: self.log_id.parse().map_err(StoreError::corrupt)?,
            stage: self.stage()?,
            kind: self.kind()?,
            officials: to_u32(self.officials)?,
            changed_at: self.changed_at.parse().map_err(StoreError::corrupt)?,
            sitting: self.sitting,
            rehearsal: self.rehearsal,
        })
    }

    fn poll(self) -> Result<Poll, StoreError> {
        let created = PollCreated {
            again_of: None,
            program: None,
            kind: self.kind()?,
            council: self.council_name,
            delegates: to_u32(self.delegates)?,
            rehearsal: self.rehearsal,
            ruleset: self.ruleset,
            ruleset_sha256: self.ruleset_sha256.parse().map_err(|_| StoreError::corrupt("polls.ruleset_sha256"))?,
            simulated: self.simulated,
            sitting: self.sitting,
        };
        Ok(Poll::begun(self.poll_id.parse().map_err(StoreError::corrupt)?, created))
    }
}

impl FormRow {
    fn progress(self) -> Result<FormProgress, StoreError> {
        let form = SealedForm {
            block: self.block,
            id: self.form_id,
            lines: to_u32(self.lines)?,
            sha256: self.sha256.parse().map_err(|_| StoreError::corrupt("poll_forms.sha256"))?,
            sheets: to_u32(self.sheets)?,
        };
        let (issued, returned) = (self.issued.map(to_u32).transpose()?, self.returned.map(to_u32).transpose()?);
        let papers = to_u64(self.papers)?;
        Ok(FormProgress { form, issued, ballots: issued.zip(returned), batches: to_u32(self.batches)?, papers })
    }
}

/// Adds a poll that was just created, whose log is `log`.
///
/// # Errors
/// When its id is taken or the log is not this council's.
#[boxed]
pub async fn add(
    tx: &mut CouncilTx,
    poll: &Poll,
    log: LogId,
    ruleset_text: String,
    at: UtcTime,
) -> Result<(), StoreError> {
    let created = &poll.created;
    let added = execute!(
        tx,
        "INSERT INTO polls (council_id, poll_id, log_id, state, kind, council_name, sitting, delegates, officials, \
         ruleset, ruleset_sha256, ruleset_text, rehearsal, simulated, version, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12, $13, 1, $14)",
        poll.id.to_string(),
        log.to_string(),
        Stage::Created.code(),
        created.kind.code(),
        created.council.clone(),
        created.sitting.clone(),
        i64::from(created.delegates),
        created.ruleset.clone(),
        created.ruleset_sha256.to_string(),
        ruleset_text.clone(),
        created.rehearsal,
        created.simulated,
        at.to_string(),
    );
    added.map(drop)
}

/// All polls of the council, the newest first.
#[boxed]
pub async fn list(tx: &mut CouncilTx) -> Result<Vec<PollSummary>, StoreError> {
    let rows = rows!(
        tx,
        PollRow,
        "SELECT poll_id, log_id, state, kind, council_name, sitting, delegates, officials, ruleset, ruleset_sha256, \
         present, attended, present_now, rehearsal, simulated, changed_at FROM polls WHERE council_id = $1 ORDER BY poll_id DESC"
    )?;
    rows.into_iter().map(PollRow::summary).collect()
}

/// How far a poll has come.
#[boxed]
pub async fn find(tx: &mut CouncilTx, poll: PollId) -> Result<Option<StoredPoll>, StoreError> {
    let row = row!(
        tx,
        PollRow,
        "SELECT poll_id, log_id, state, kind, council_name, sitting, delegates, officials, ruleset, ruleset_sha256, \
         present, attended, present_now, rehearsal, simulated, changed_at FROM polls WHERE council_id = $1 AND poll_id = $2",
        poll.to_string()
    )?;
    let Some(row) = row else { return Ok(None) };
    let (stage, log) = (row.stage()?, row.log_id.parse().map_err(StoreError::corrupt)?);
    let (hall, mut poll) = (row.hall(), row.poll()?);
    let board = if stage == Stage::Created { Vec::new() } else { tellers(tx, poll.id).await? };
    poll.counters = Counters::of(&board, poll.created.rehearsal);
    poll.shares = super::shares::of(tx, log, &board).await?;
    let state = match stage {
        Stage::Created => PollState::Created(poll),
        Stage::Listed => {
            let list = officials(tx, poll.id).await?;
            PollState::Listed(poll, list, board)
        }
        Stage::Sealed => {
            PollState::Sealed(poll.clone(), sealed_forms(tx, poll.id).await?, logs::deck_trials(tx, log).await?)
        }
        Stage::Tested => PollState::Tested(poll.clone(), forms(tx, poll.id).await?, logs::deck_trials(tx, log).await?),
        Stage::Waived => PollState::Waived(poll.clone(), forms(tx, poll.id).await?, logs::deck_trials(tx, log).await?),
        Stage::Zeroed => PollState::Zeroed(poll.clone(), sealed_forms(tx, poll.id).await?),
        Stage::Voting => PollState::Voting(poll.clone(), hall?, forms(tx, poll.id).await?),
        Stage::Counting => PollState::Counting(poll.clone(), hall?, forms(tx, poll.id).await?),
        Stage::Closed => PollState::Closed(poll, counted(tx, log).await?),
        Stage::Declared => PollState::Declared(poll),
        Stage::Proposed => PollState::Proposed(poll, proposed_minutes(tx, log).await?),
        Stage::Minuted => PollState::Minuted(poll),
        Stage::Confirmed => PollState::Confirmed(poll),
        Stage::Published => PollState::Published(poll),
        Stage::Archived => PollState::Archived(poll),
        Stage::Cancelled => PollState::Cancelled(poll),
    };
    Ok(Some(StoredPoll { log, state }))
}

/// Whether a poll is a rehearsal; `None` when there is no such poll.
#[boxed]
pub async fn is_rehearsal(tx: &mut CouncilTx, poll: PollId) -> Result<Option<bool>, StoreError> {
    let row =
        row!(tx, (bool,), "SELECT rehearsal FROM polls WHERE council_id = $1 AND poll_id = $2", poll.to_string())?;
    Ok(row.map(|(rehearsal,)| rehearsal))
}

async fn sealed_forms(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<SealedForm>, StoreError> {
    Ok(forms(tx, poll).await?.into_iter().map(|progress| progress.form).collect())
}

/// Entries of these kinds in the poll's log, from which the parts of a state that no table holds are read.
async fn entries_of_kinds(
    tx: &mut CouncilTx,
    log: LogId,
    kinds: [&'static str; 2],
) -> Result<Vec<LogEntry>, StoreError> {
    let texts = logs::of_kinds(tx, log, kinds).await?;
    texts.iter().map(|text| LogEntry::parse(text).map_err(StoreError::corrupt)).collect()
}

/// The totals of a closed count after all recounts.
async fn counted(tx: &mut CouncilTx, log: LogId) -> Result<ClosedCount, StoreError> {
    let mut entries = entries_of_kinds(tx, log, ["counting.closed", "line.recounted"]).await?;
    entries.extend(entries_of_kinds(tx, log, ["recount.ordered", "recount.ordered"]).await?);
    // A recount before the order is not the one that was ordered.
    entries.sort_by_key(|entry| entry.seq);
    let count = ClosedCount::of_log(entries.iter().map(|entry| &entry.event)).map_err(StoreError::corrupt)?;
    count.ok_or_else(|| StoreError::corrupt("log_entries: thiếu counting.closed"))
}

/// The totals of a closed count after recounts; `None` while they are sealed, and for a cancelled poll.
///
/// # Errors
/// [`StoreError::Corrupt`] when the log contradicts itself.
#[boxed]
pub async fn closed_count(tx: &mut CouncilTx, poll: &StoredPoll) -> Result<Option<ClosedCount>, StoreError> {
    let Some(_) = poll.state.may_open() else { return Ok(None) };
    counted(tx, poll.log).await.map(Some)
}

/// The version of a poll's row, which goes up with every step.
#[boxed]
pub async fn version(tx: &mut CouncilTx, poll: PollId) -> Result<Option<u64>, StoreError> {
    let row = row!(tx, (i64,), "SELECT version FROM polls WHERE council_id = $1 AND poll_id = $2", poll.to_string())?;
    row.map(|(version,)| to_u64(version)).transpose()
}

/// The minutes that were proposed last.
async fn proposed_minutes(tx: &mut CouncilTx, log: LogId) -> Result<ProposedMinutes, StoreError> {
    let kind = "minutes.proposed";
    match entries_of_kinds(tx, log, [kind, kind]).await?.pop() {
        Some(LogEntry { event: PollEvent::MinutesProposed(minutes), actor, .. }) => {
            Ok(ProposedMinutes { by: (*actor).clone(), sha256: minutes.sha256 })
        }
        _ => Err(StoreError::corrupt("log_entries: thiếu minutes.proposed")),
    }
}

/// Writes the stage that a poll has reached.
///
/// # Errors
/// When there is no such poll.
#[boxed]
pub async fn reach(tx: &mut CouncilTx, poll: PollId, stage: Stage, at: UtcTime) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE polls SET state = $3, version = version + 1, changed_at = $4 WHERE council_id = $1 AND poll_id = $2",
        poll.to_string(),
        stage.code(),
        at.to_string(),
    )?;
    one_changed(changed)
}

/// Exact text of the rule set that a poll goes by, held against the hash that the poll's log froze last: whoever reads the
/// text decides by the rules that were frozen, or not at all.
///
/// # Errors
/// [`StoreError::ChangedRules`] when the text is another one.
#[boxed]
pub async fn ruleset_text(tx: &mut CouncilTx, poll: PollId) -> Result<Option<String>, StoreError> {
    tx.flush_logs().await?;
    let found = row!(
        tx,
        (String, Option<String>),
        "SELECT polls.ruleset_text, log_entries.entry FROM polls LEFT JOIN log_entries \
         ON log_entries.council_id = polls.council_id AND log_entries.log_id = polls.log_id \
         AND log_entries.seq >= 0 AND log_entries.kind IN ('poll.created', 'rules.frozen') \
         WHERE polls.council_id = $1 AND polls.poll_id = $2 ORDER BY log_entries.seq DESC LIMIT 1",
        poll.to_string()
    )?;
    let Some((text, entry)) = found else { return Ok(None) };
    let entry = entry.ok_or_else(|| StoreError::corrupt("log_entries: thiếu poll.created"))?;
    let frozen = match LogEntry::parse(&entry).map_err(StoreError::corrupt)?.event {
        PollEvent::PollCreated(created) => created.ruleset_sha256,
        PollEvent::RulesFrozen(frozen) => frozen.ruleset_sha256,
        _ => return Err(StoreError::corrupt("log_entries.kind")),
    };
    if Digest::of(text.as_bytes()) == frozen { Ok(Some(text)) } else { Err(StoreError::ChangedRules) }
}

/// Adds the list that was decided.
///
/// # Errors
/// When there is one already.
#[boxed]
pub async fn add_officials(tx: &mut CouncilTx, poll: PollId, list: &[ListedOfficial]) -> Result<(), StoreError> {
    for (position, official) in (1_i64..).zip(list) {
        execute!(
            tx,
            "INSERT INTO poll_officials (council_id, poll_id, position, block, name, posts) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            poll.to_string(),
            position,
            official.block.clone(),
            official.name.clone(),
            official.posts.clone(),
        )?;
    }
    let listed = i64::try_from(list.len()).map_err(StoreError::corrupt)?;
    let counted = execute!(
        tx,
        "UPDATE polls SET officials = $3 WHERE council_id = $1 AND poll_id = $2",
        poll.to_string(),
        listed,
    );
    counted.map(drop)
}

/// Writes what is expected of the sitting now.
///
/// # Errors
/// When there is no such poll.
#[boxed]
pub async fn amend(tx: &mut CouncilTx, poll: PollId, amended: &PollAmended) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE polls SET delegates = $3, sitting = $4 WHERE council_id = $1 AND poll_id = $2",
        poll.to_string(),
        i64::from(amended.delegates),
        amended.sitting.clone(),
    )?;
    one_changed(changed)
}

/// Writes the text of the rule set by which the poll goes from now on.
///
/// # Errors
/// When there is no such poll.
#[boxed]
pub async fn freeze_rules(tx: &mut CouncilTx, poll: PollId, text: String) -> Result<(), StoreError> {
    let sha256 = Digest::of(text.as_bytes());
    let changed = execute!(
        tx,
        "UPDATE polls SET ruleset_sha256 = $3, ruleset_text = $4 WHERE council_id = $1 AND poll_id = $2",
        poll.to_string(),
        sha256.to_string(),
        text,
    )?;
    one_changed(changed)
}

/// Puts a board of tellers in the place of the one before.
#[boxed]
pub async fn set_tellers(tx: &mut CouncilTx, poll: PollId, board: &[Teller]) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM poll_tellers WHERE council_id = $1 AND poll_id = $2", poll.to_string())?;
    for (position, teller) in (1_i64..).zip(board) {
        execute!(
            tx,
            "INSERT INTO poll_tellers (council_id, poll_id, position, name, part, account_id) VALUES ($1, $2, $3, $4, $5, $6)",
            poll.to_string(),
            position,
            teller.name.clone(),
            teller.role.code(),
            teller.account.map(|account| account.to_string()),
        )?;
    }
    Ok(())
}

/// The board of tellers, head first; empty before it is appointed.
#[boxed]
pub async fn tellers(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<Teller>, StoreError> {
    let rows = rows!(
        tx,
        (String, String, Option<String>),
        "SELECT name, part, account_id FROM poll_tellers WHERE council_id = $1 AND poll_id = $2 ORDER BY position",
        poll.to_string()
    )?;
    let teller = |(name, part, account): (String, String, Option<String>)| {
        let role = TellerRole::from_code(&part).ok_or_else(|| StoreError::corrupt("poll_tellers.part"))?;
        let account = account.map(|id| id.parse()).transpose().map_err(StoreError::corrupt)?;
        Ok(Teller { account, name, role })
    };
    rows.into_iter().map(teller).collect()
}

/// Who is voted on, in ballot order; empty before the list is decided.
#[boxed]
pub async fn officials(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<ListedOfficial>, StoreError> {
    let rows = rows!(
        tx,
        (String, String, String),
        "SELECT block, name, posts FROM poll_officials WHERE council_id = $1 AND poll_id = $2 ORDER BY position",
        poll.to_string()
    )?;
    Ok(rows.into_iter().map(|(block, name, posts)| ListedOfficial { block, name, posts }).collect())
}

/// Adds the forms that were sealed.
///
/// # Errors
/// When one of them is there already.
#[boxed]
pub async fn add_forms(tx: &mut CouncilTx, poll: PollId, forms: &[SealedForm]) -> Result<(), StoreError> {
    for (position, form) in (1_i64..).zip(forms) {
        execute!(
            tx,
            "INSERT INTO poll_forms (council_id, poll_id, form_id, position, block, lines, sheets, sha256, issued, returned) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL)",
            poll.to_string(),
            form.id.clone(),
            position,
            form.block.clone(),
            i64::from(form.lines),
            i64::from(form.sheets),
            form.sha256.to_string(),
        )?;
    }
    Ok(())
}

/// Sealed forms in the order of their blocks, with what came back and what is in batches.
#[boxed]
pub async fn forms(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<FormProgress>, StoreError> {
    let rows = rows!(
        tx,
        FormRow,
        "SELECT f.form_id, f.block, f.lines, f.sheets, f.sha256, f.issued, f.returned, count(b.number) AS batches, \
         CAST(coalesce(sum(b.papers), 0) AS BIGINT) AS papers FROM poll_forms f LEFT JOIN batches b \
         ON b.council_id = f.council_id AND b.poll_id = f.poll_id AND b.form_id = f.form_id \
         WHERE f.council_id = $1 AND f.poll_id = $2 \
         GROUP BY f.form_id, f.position, f.block, f.lines, f.sheets, f.sha256, f.issued, f.returned ORDER BY f.position",
        poll.to_string()
    )?;
    rows.into_iter().map(FormRow::progress).collect()
}

/// Writes what went out of a form; what came back of it is to be written again.
///
/// # Errors
/// When there is no such form.
#[boxed]
pub async fn set_issued(tx: &mut CouncilTx, poll: PollId, form: &str, issued: u32) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE poll_forms SET issued = $4, returned = NULL WHERE council_id = $1 AND poll_id = $2 AND form_id = $3",
        poll.to_string(),
        form.to_owned(),
        i64::from(issued),
    )?;
    one_changed(changed)
}

/// Writes what went out and came back of a form, in the place of what was written before.
///
/// # Errors
/// When there is no such form.
#[boxed]
pub async fn set_returned(
    tx: &mut CouncilTx,
    poll: PollId,
    form: &str,
    issued: u32,
    returned: u32,
) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE poll_forms SET issued = $4, returned = $5 WHERE council_id = $1 AND poll_id = $2 AND form_id = $3",
        poll.to_string(),
        form.to_owned(),
        i64::from(issued),
        i64::from(returned),
    )?;
    one_changed(changed)
}

/// Adds a paper that left the program with entry `seq` of the poll's log.
///
/// # Errors
/// When an entry issues two.
#[boxed]
pub async fn add_paper(tx: &mut CouncilTx, poll: PollId, seq: u64, paper: &PaperIssued) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO poll_papers (council_id, poll_id, seq, name, pages, sha256) VALUES ($1, $2, $3, $4, $5, $6)",
        poll.to_string(),
        i64::try_from(seq).map_err(StoreError::corrupt)?,
        paper.name.clone(),
        i64::from(paper.pages),
        paper.sha256.to_string(),
    );
    added.map(drop)
}

/// Papers that left the program, in the order of the log.
#[boxed]
pub async fn papers(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<PaperIssued>, StoreError> {
    let rows = rows!(
        tx,
        (String, i64, String),
        "SELECT name, pages, sha256 FROM poll_papers WHERE council_id = $1 AND poll_id = $2 ORDER BY seq",
        poll.to_string()
    )?;
    let paper = |(name, pages, sha256): (String, i64, String)| {
        let sha256: Digest = sha256.parse().map_err(|_| StoreError::corrupt("poll_papers.sha256"))?;
        Ok(PaperIssued { name, pages: to_u32(pages)?, sha256 })
    };
    rows.into_iter().map(paper).collect()
}

/// Adds the text of the result that was declared.
///
/// # Errors
/// When there is one already.
#[boxed]
pub async fn add_results(tx: &mut CouncilTx, poll: PollId, results: String) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO poll_results (council_id, poll_id, results) VALUES ($1, $2, $3)",
        poll.to_string(),
        results.clone(),
    );
    added.map(drop)
}

/// The text of the result that was declared.
#[boxed]
pub async fn results(tx: &mut CouncilTx, poll: PollId) -> Result<Option<String>, StoreError> {
    let row = row!(
        tx,
        (String,),
        "SELECT results FROM poll_results WHERE council_id = $1 AND poll_id = $2",
        poll.to_string()
    )?;
    Ok(row.map(|(results,)| results))
}
