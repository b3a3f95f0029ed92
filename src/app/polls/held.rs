//! The tables of a poll, held against its log: what a step reads out of them is what two people put into the log, or the step
//! is not taken.

use super::{NO_POLL, entries};
use crate::service::council_log;
use crate::service::error::AppError;
use crate::service::held::{Differs, RowDifference, Told, Want};
use domain::audit::batches::{self, ToldBatches};
use domain::audit::canonical::to_text;
use domain::audit::course::CourseError;
use domain::audit::{Course, Digest, LogEntry, LoggedProposal, PollEvent, UtcTime};
use domain::counters::told_readers;
use domain::id::{LogId, PollId};
use domain::proposal::Proposal;
use store::tables::{Table, lines_of_poll};
use store::{CouncilTx, StoreError, logs, sealed};

/// A poll's log, read to its end.
#[derive(Debug, Default)]
pub(crate) struct PollReplay {
    course: Course,
    batches: ToldBatches,
    /// Time of the last entry that changed the poll, and whether it waited for the clock.
    changed: Option<(UtcTime, bool)>,
    last: Option<UtcTime>,
}

impl PollReplay {
    /// Takes the next entry.
    ///
    /// # Errors
    /// When its event cannot stand there.
    pub(crate) fn accept(&mut self, entry: LogEntry) -> Result<(), CourseError> {
        batches::take(&mut self.batches, &entry.event);
        if !matches!(entry.event, PollEvent::ClockConfirmed(_)) {
            self.changed = Some((entry.at, self.last == Some(entry.at)));
        }
        self.last = Some(entry.at);
        self.course.accept(entry)
    }

    /// What the log tells.
    pub(crate) const fn course(&self) -> &Course {
        &self.course
    }

    /// The batches that stand.
    pub(crate) const fn batches(&self) -> &ToldBatches {
        &self.batches
    }

    /// The rows that the tables of the poll must hold.
    pub(crate) fn tables(&self, poll: PollId, log: LogId) -> Vec<Told> {
        vec![
            self.poll(poll, log),
            self.list(poll),
            self.board(poll),
            self.forms(poll),
            self.committed(poll),
            self.papers(poll),
            self.results(poll),
        ]
    }

    fn poll(&self, poll: PollId, log: LogId) -> Told {
        let mut told = Told::new(Table::Polls, &["poll_id"]);
        let Some(created) = self.course.poll() else { return told };
        let figures = self.course.presence().map(|hall| hall.figures);
        let hall = |figure: Option<u32>| match (figures, figure) {
            // A poll of an older program in whose hall nobody came and nobody left has no figures of its own.
            (Some(all), Some(figure)) if all.attended == all.opened && all.now == all.opened => {
                Want::IntegerOrNull(figure.into())
            }
            (_, figure) => Want::integer(figure),
        };
        let listed = u32::try_from(self.course.list().len()).unwrap_or(u32::MAX);
        let changed_at = self.changed.map_or(Want::Null, |(at, has_waited)| Want::At(at, has_waited));
        told.row([
            ("poll_id", poll.to_string().into()),
            ("log_id", log.to_string().into()),
            ("state", self.course.stage().code().into()),
            ("kind", created.kind.code().into()),
            ("council_name", created.council.as_str().into()),
            ("sitting", created.sitting.as_str().into()),
            ("delegates", created.delegates.into()),
            ("officials", listed.into()),
            ("ruleset", created.ruleset.as_str().into()),
            ("ruleset_sha256", created.ruleset_sha256.to_string().into()),
            ("ruleset_text", Want::Sha256(created.ruleset_sha256)),
            ("rehearsal", created.rehearsal.into()),
            ("simulated", created.simulated.into()),
            ("present", Want::integer(figures.map(|all| all.opened))),
            ("attended", hall(figures.map(|all| all.attended))),
            ("present_now", hall(figures.map(|all| all.now))),
            // Counts saves of the row, so that the second of two editors is told.
            ("version", Want::Free),
            // What the hall looks at.
            ("screen_page", Want::Free),
            ("changed_at", changed_at),
        ]);
        told
    }

    fn list(&self, poll: PollId) -> Told {
        let mut told = Told::new(Table::PollOfficials, &["position"]);
        for (position, official) in (1_u32..).zip(self.course.list()) {
            told.row([
                ("poll_id", poll.to_string().into()),
                ("position", position.into()),
                ("block", official.block.as_str().into()),
                ("name", official.name.as_str().into()),
                ("posts", official.posts.as_str().into()),
            ]);
        }
        told
    }

    fn board(&self, poll: PollId) -> Told {
        let mut told = Told::new(Table::PollTellers, &["position"]);
        for (position, teller) in (1_u32..).zip(self.course.board()) {
            told.row([
                ("poll_id", poll.to_string().into()),
                ("position", position.into()),
                ("name", teller.name.as_str().into()),
                ("part", teller.role.code().into()),
                ("account_id", Want::text(teller.account)),
            ]);
        }
        told
    }

    fn forms(&self, poll: PollId) -> Told {
        let mut told = Told::new(Table::PollForms, &["form_id"]);
        for (position, course) in (1_u32..).zip(self.course.forms()) {
            let form = &course.form;
            told.row([
                ("poll_id", poll.to_string().into()),
                ("form_id", form.id.as_str().into()),
                ("position", position.into()),
                ("block", form.block.as_str().into()),
                ("lines", form.lines.into()),
                ("sheets", form.sheets.into()),
                ("sha256", form.sha256.to_string().into()),
                ("issued", Want::integer(course.went_out())),
                ("returned", Want::integer(course.returned.as_ref().map(|back| back.returned))),
            ]);
        }
        told
    }

    fn committed(&self, poll: PollId) -> Told {
        let mut told = Told::new(Table::Batches, &["form_id", "number"]);
        for batch in self.batches.values() {
            let readers = told_readers(&batch.readers, batch.accounts.as_deref());
            let reader = |place: usize| readers.as_ref().and_then(|both| both.get(place));
            let earlier = to_text(&batch.earlier.clone().unwrap_or_default()).unwrap_or_default();
            told.row([
                ("poll_id", poll.to_string().into()),
                ("form_id", batch.form.as_str().into()),
                ("number", batch.batch.into()),
                ("papers", batch.papers.into()),
                ("commitment", batch.commitment.to_string().into()),
                ("first_reader", Want::text(reader(0).map(|reader| &reader.name))),
                ("first_account", Want::text(reader(0).and_then(|reader| reader.account))),
                ("second_reader", Want::text(reader(1).map(|reader| &reader.name))),
                ("second_account", Want::text(reader(1).and_then(|reader| reader.account))),
                ("earlier_readers", earlier.into()),
            ]);
        }
        told
    }

    fn papers(&self, poll: PollId) -> Told {
        let mut told = Told::new(Table::PollPapers, &["seq"]);
        for issued in self.course.papers() {
            let seq = i64::try_from(issued.seq).unwrap_or(i64::MAX);
            told.row([
                ("poll_id", poll.to_string().into()),
                ("seq", Want::Integer(seq)),
                ("name", issued.paper.name.as_str().into()),
                ("pages", issued.paper.pages.into()),
                ("sha256", issued.paper.sha256.to_string().into()),
            ]);
        }
        told
    }

    fn results(&self, poll: PollId) -> Told {
        let mut told = Told::new(Table::PollResults, &["poll_id"]);
        if let Some(sha256) = self.course.results_sha256() {
            told.row([("poll_id", poll.to_string().into()), ("results", Want::Sha256(sha256))]);
        }
        told
    }
}

/// Every place in which the tables of a poll are not what its log says, and how many rows are.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn differences(
    tx: &mut CouncilTx,
    replay: &PollReplay,
    (poll, log): (PollId, LogId),
) -> Result<(usize, Vec<RowDifference>), StoreError> {
    let (mut rows, mut found) = (0, Vec::new());
    for told in replay.tables(poll, log) {
        rows += told.len();
        let stored = lines_of_poll(tx, told.table, poll).await?;
        found.extend(told.differences(stored));
    }
    Ok((rows, found))
}

/// Refuses to go on where a table of the poll is not what its log says, in the transaction that would go by it.
///
/// # Errors
/// [`AppError::Changed`] with the first difference; [`StoreError::ForgedBatch`] where it is under seal.
pub(crate) async fn check(tx: &mut CouncilTx, poll: PollId) -> Result<(), AppError> {
    replayed(tx, poll).await.map(drop)
}

/// The same; gives the log, and what it tells.
///
/// # Errors
/// As [`check`].
pub(crate) async fn replayed(tx: &mut CouncilTx, poll: PollId) -> Result<(LogId, PollReplay), AppError> {
    let log = logs::of_poll(tx, poll).await?.ok_or(NO_POLL)?;
    let entries = entries(tx, log).await?;
    Ok((log, agrees(tx, (poll, log), entries).await?))
}

/// The same for whoever has read the log; gives what it tells.
///
/// # Errors
/// As [`check`].
pub(crate) async fn agrees(
    tx: &mut CouncilTx,
    (poll, log): (PollId, LogId),
    entries: impl IntoIterator<Item = LogEntry> + Send,
) -> Result<PollReplay, AppError> {
    let replay = read(entries)?;
    // What is sealed is opened where it is needed, by the close and by a sealed bundle; before that it only has to be there.
    if let Some((form, batch, fault)) = sealed::fault(tx, poll, replay.batches(), None).await? {
        return Err(StoreError::ForgedBatch { form, batch, fault }.into());
    }
    match differences(tx, &replay, (poll, log)).await?.1.into_iter().next() {
        Some(difference) if difference.is == Differs::Column("ruleset_text".to_owned()) => {
            Err(StoreError::ChangedRules.into())
        }
        Some(difference) => Err(AppError::Changed(Box::new(difference))),
        None => Ok(replay),
    }
}

/// Refuses a proposal that is not open by the council's log, or whose row is other than the log says of it: who proposed it decides
/// who may confirm it. With it, every other row that a step of two rests on is held.
///
/// # Errors
/// [`AppError::Changed`] with the row.
pub(crate) async fn proposal(tx: &mut CouncilTx, stored: &Proposal) -> Result<(), AppError> {
    let course = council_log::hold_all(tx).await?;
    let is = match course.proposals().get(&stored.id) {
        None => Differs::Untold,
        Some(told) => match column_of(stored, told) {
            Some(column) => Differs::Column(column.to_owned()),
            None => return Ok(()),
        },
    };
    Err(AppError::Changed(Box::new(RowDifference { table: Table::Proposals.name(), row: stored.id.to_string(), is })))
}

/// The first column of a proposal that is not what the log says. Its row was read in this transaction, or before it.
fn column_of(stored: &Proposal, told: &LoggedProposal) -> Option<&'static str> {
    let by = told.proposed.as_ref();
    let is_proposer = by.is_some_and(|by| {
        let proposed = &stored.proposed;
        (proposed.account, &proposed.name, proposed.role) == (by.account, &by.name, by.role)
    });
    let as_told = [
        (stored.poll == told.poll, "poll_id"),
        (stored.kind == told.kind, "kind"),
        (stored.about == told.about, "about"),
        (Digest::of(stored.content.as_bytes()) == told.content_sha256, "content"),
        (is_proposer, "proposed_account"),
        (stored.state == told.state, "state"),
    ];
    as_told.into_iter().find(|(holds, _)| !holds).map(|(_, column)| column)
}

fn read(entries: impl IntoIterator<Item = LogEntry>) -> Result<PollReplay, AppError> {
    let mut replay = PollReplay::default();
    for entry in entries {
        let seq = entry.seq;
        replay.accept(entry).map_err(|fault| AppError::ChangedLog { seq, cause: fault.to_string() })?;
    }
    Ok(replay)
}
