//! Everything that papers and pages of a counting day show, loaded from the database at once.

use crate::polls::results::Provenance;
use crate::polls::{decide_result, entries, held};
use crate::preparing::{NO_POLL, PreparedPoll};
use crate::service::error::AppError;
use crate::service::held::{Differs, RowDifference};
use domain::audit::event::poll::SealedForm;
use domain::audit::merkle::Tree;
use domain::audit::{Checkpoint, LogEntry, Moment, PollEvent, VerifierKey};
use domain::day_record::DayRecord;
use domain::decided::DecidedOfficial;
use domain::document::{CheckpointBox, Frame};
use domain::id::{LogId, PollId};
use domain::occasion::Occasion;
use domain::official::Block;
use domain::poll_state::{ClosedCount, Refusal, Stage};
use domain::result::{Listed, OfficialResult, PollResult};
use domain::roster::Teller;
use store::{CouncilTx, logs, polls};

/// A poll with its log.
#[derive(Debug)]
pub(crate) struct DayData {
    /// Book, plan, rules, state.
    pub prepared: PreparedPoll,
    /// Every entry of the poll's log.
    pub entries: Vec<LogEntry>,
    /// The list as it was decided, in ballot order; empty until then.
    pub list: Vec<DecidedOfficial>,
    /// The board as it was appointed last; empty until then.
    pub tellers: Vec<Teller>,
    /// The forms as they were sealed; empty until then.
    pub forms: Vec<SealedForm>,
    /// What the log records of the day.
    pub day: DayRecord,
    counted: Option<ClosedCount>,
    log: LogId,
}

impl DayData {
    /// Loads a poll with its log.
    ///
    /// # Errors
    /// When there is no such poll, or a stored value cannot be read.
    pub(crate) async fn load(tx: &mut CouncilTx, poll: PollId) -> Result<Self, AppError> {
        let mut prepared = PreparedPoll::load(tx, poll).await?;
        let log = polls::find(tx, poll).await?.ok_or(NO_POLL)?.log;
        let entries = entries(tx, log).await?;
        // No page and no paper of a day tells what the tables say and the log does not.
        let replay = held::agrees(tx, (poll, log), entries.iter().cloned()).await?;
        let decided = prepared.decided_list()?;
        if decided.as_ref().is_some_and(|list| list.listed() != replay.course().list()) {
            let (table, row, is) = ("proposals", poll.to_string(), Differs::Column("content".to_owned()));
            return Err(AppError::Changed(Box::new(RowDifference { table, row, is })));
        }
        let list = decided.map(|list| list.officials).unwrap_or_default();
        let sealed = entries.iter().rev().find_map(|entry| match &entry.event {
            PollEvent::FormsSealed(sealed) => Some(sealed.forms.clone()),
            _ => None,
        });
        let day = DayRecord::of(&entries);
        // Papers tell the day on which it happened; the plan, from which the forms are made, keeps the planned one.
        let sitting = &mut prepared.poll_book.book.council.sitting;
        sitting.votes_on = day.day(sitting.votes_on);
        Ok(Self {
            list,
            tellers: polls::tellers(tx, poll).await?,
            forms: sealed.unwrap_or_default(),
            day,
            counted: ClosedCount::of_log(entries.iter().map(|entry| &entry.event))
                .map_err(|e| AppError::internal("đọc kết quả", e))?,
            prepared,
            entries,
            log,
        })
    }

    /// How far the poll has come.
    pub(crate) const fn stage(&self) -> Stage {
        self.prepared.stage()
    }

    /// Whether the poll is a rehearsal.
    pub(crate) const fn is_rehearsal(&self) -> bool {
        self.prepared.state.poll().created.rehearsal
    }

    /// The occasion that papers of this poll name, with the watermark of a rehearsal.
    pub(crate) fn occasion(&self) -> Occasion<'_> {
        self.prepared.poll_book.occasion()
    }

    /// What the sealed forms know: the day that was planned stands on them, wherever the vote went.
    pub(crate) fn sealed_occasion(&self) -> Occasion<'_> {
        let poll_book = &self.prepared.poll_book;
        Occasion { council: &poll_book.plan.council, ..poll_book.occasion() }
    }

    /// The frame of the poll's papers, dated with the day of the vote.
    pub(crate) fn frame(&self) -> Frame<'_> {
        Frame { occasion: self.occasion(), date: self.prepared.poll_book.book.council.sitting.votes_on, foot: None }
    }

    /// Whether the figures are those of a rehearsal, or simulated.
    pub(crate) const fn provenance(&self) -> Provenance {
        let created = &self.prepared.state.poll().created;
        Provenance { rehearsal: created.rehearsal, simulated: created.simulated }
    }

    /// The current figures, once the count is closed; never those of a vote that was called off.
    ///
    /// # Errors
    /// Before the close.
    pub(crate) fn counted(&self, doing: &'static str) -> Result<&ClosedCount, AppError> {
        let refused = Refusal::NotNow { doing, stage: self.stage() };
        self.counted.as_ref().filter(|_| self.stage().is_open()).ok_or_else(|| refused.into())
    }

    /// The result that the poll's rules give for the current figures.
    ///
    /// # Errors
    /// Before the close, and when they do not fit the list.
    pub(crate) fn result(&self) -> Result<PollResult, AppError> {
        let counted = self.counted("xem kết quả")?;
        let list: Vec<Listed> = self.list.iter().map(listed).collect();
        let created = &self.prepared.state.poll().created;
        decide_result(&self.prepared.poll_book.rules, created, &list, &self.forms, counted)
    }

    /// The result line by line, each with its official on the decided list.
    pub(crate) fn people<'r>(
        &'r self,
        result: &'r PollResult,
    ) -> impl Iterator<Item = (&'r DecidedOfficial, &'r OfficialResult)> {
        result.forms.iter().flat_map(|form| {
            let on_form = self.list.iter().filter(|person| person.block == form.count.block.0);
            on_form.zip(&form.officials)
        })
    }

    /// The log's head over its first `size` entries, unsigned; `None` where it has fewer.
    pub(crate) fn head_at(&self, size: u64) -> Option<(u64, domain::audit::Digest)> {
        let mut tree = Tree::default();
        for entry in &self.entries {
            tree.push(entry.leaf);
            if tree.size() == size {
                return Some((size, tree.root()));
            }
        }
        None
    }

    /// The log's head right after the first entry that `wanted` takes, unsigned; `None` when there is no such entry.
    pub(crate) fn head_after(&self, wanted: impl Fn(&PollEvent) -> bool) -> Option<(u64, domain::audit::Digest)> {
        let mut tree = Tree::default();
        for entry in &self.entries {
            tree.push(entry.leaf);
            if wanted(&entry.event) {
                return Some((tree.size(), tree.root()));
            }
        }
        None
    }
}

fn listed(person: &DecidedOfficial) -> Listed {
    Listed {
        name: person.name.clone(),
        honorific: Some(person.honorific),
        post: person.posts.clone(),
        block: Block(person.block.clone()),
    }
}

/// A signed head of a poll's log.
#[derive(Debug)]
pub(crate) struct SignedHead {
    /// The head.
    pub head: Checkpoint,
    /// The signed text.
    pub note: String,
    /// The key that signed it.
    pub key: VerifierKey,
}

impl SignedHead {
    /// The head as papers print it.
    pub(crate) fn boxed(&self, moment: Moment) -> CheckpointBox {
        head_box(&format!("Điểm chốt khi {}", moment.label()), &self.head, &self.key)
    }
}

/// A head as papers print it, with the caption `what`.
pub(crate) fn head_box(what: &str, head: &Checkpoint, key: &VerifierKey) -> CheckpointBox {
    CheckpointBox {
        caption: format!("{what}: {} bản ghi", head.size),
        groups: head.root.groups().to_vec(),
        key: key.fingerprint().grouped(),
        qr: head.to_text(),
    }
}

/// The key that signs a poll's heads, with the name of its log.
///
/// # Errors
/// When there is no such log, or its key cannot be read.
pub(crate) async fn key_of(tx: &mut CouncilTx, log: LogId) -> Result<VerifierKey, AppError> {
    let damaged = |cause: String| AppError::internal("đọc điểm chốt", cause);
    let heads = logs::heads(tx).await?;
    let head = heads.into_iter().find(|head| head.log == log);
    let head = head.ok_or_else(|| damaged("không có nhật ký này".to_owned()))?;
    VerifierKey::parse(&head.public_key).map_err(|e| damaged(e.to_string()))
}

/// The head that was signed at a moment, the last one if several were; `None` until then.
///
/// # Errors
/// When a stored value cannot be read.
pub(crate) async fn signed_head(
    tx: &mut CouncilTx,
    day_data: &DayData,
    moment: Moment,
) -> Result<Option<SignedHead>, AppError> {
    let rows = logs::checkpoints(tx, day_data.log).await?;
    let Some(row) = rows.into_iter().rfind(|row| row.moment == moment.code()) else { return Ok(None) };
    let key = key_of(tx, day_data.log).await?;
    let head = Checkpoint::open(&row.note, &key).map_err(|e| AppError::internal("đọc điểm chốt", e))?;
    Ok(Some(SignedHead { head, note: row.note, key }))
}

impl DayData {
    /// The id of the poll's log.
    pub(crate) const fn log(&self) -> LogId {
        self.log
    }
}
