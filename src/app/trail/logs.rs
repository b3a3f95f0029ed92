//! Logs of a council: read, proved, and signed.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::polls;
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::clock::VIETNAM;
use crate::service::error::AppError;
use domain::audit::course::Moment;
use domain::audit::merkle::{Tree, leaf_hash};
use domain::audit::{Checkpoint, Digest, UtcTime};
use domain::id::LogId;
use domain::role::Role;
use macros::boxed;
use store::logs::{self, EntryFilter, EntryRow};
use store::{CouncilTx, StoreError};

pub use store::logs::LogHead;

/// Roles that read logs. An auditor reads all logs of the council; an account manager reads only the council's own log,
/// which says what was done with accounts, and none of a poll.
pub const READERS: &[Role] = &[Role::Auditor, Role::Admin, Role::Operator];

/// Entries on one page.
pub const PAGE: u32 = 50;
/// Entries that are read at once from a whole log.
const CHUNK: u32 = 2_000;

/// Which entries, as a form asks for them. Days are days of Vietnam, both included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// `session.started`.
    pub kind: Option<String>,
    /// Full name, exactly as one of [`LogPage::actors`].
    pub actor: Option<String>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// From 1; one that is too large is the last.
    pub page: u64,
}

/// One entry as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownEntry {
    /// Number in the log, from 0.
    pub seq: u64,
    /// When.
    pub at: UtcTime,
    /// Full name of who did it.
    pub actor: String,
    /// What happened.
    pub kind: String,
    /// Canonical text of its data.
    pub data: String,
    /// The text that is hashed.
    pub text: String,
}

/// One page of a log, the newest entry first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPage {
    /// The log.
    pub log: LogHead,
    /// At most [`PAGE`].
    pub entries: Vec<ShownEntry>,
    /// Entries that the filter lets through.
    pub found: u64,
    /// Number of this page, from 1.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// Kinds that the log has, to choose from.
    pub kinds: Vec<String>,
    /// Names that the log has, to choose from.
    pub actors: Vec<String>,
}

/// That one entry is in a log, for anybody who has the root on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogProof {
    /// The log.
    pub log: LogHead,
    /// The entry.
    pub entry: ShownEntry,
    /// Its leaf in the tree.
    pub leaf: Digest,
    /// From the leaf up to the root of `head` (RFC 9162, 2.1.3.1).
    pub hashes: Vec<Digest>,
    /// What the proof leads to: the newest signed head that covers the entry, or else the current head.
    pub head: Checkpoint,
    /// `head` as a signed note, if it was signed.
    pub note: Option<String>,
}

/// A signed head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// Entries that it covers.
    pub size: u64,
    /// At which moment; `None` is one that somebody asked for.
    pub moment: Option<Moment>,
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub signed_at: UtcTime,
}

impl App {
    /// All logs that the caller may read, the council's own first.
    ///
    /// # Errors
    /// When the caller is none of [`READERS`].
    #[boxed]
    pub async fn logs(&self, caller: &Caller) -> Result<Vec<LogHead>, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let mut heads = logs::heads(&mut tx).await?;
        heads.retain(|head| may_read(caller, head));
        Ok(heads)
    }

    /// One page of a log.
    ///
    /// # Errors
    /// When the caller may not read it, or there is none of that id.
    #[boxed]
    pub async fn log_entries(&self, caller: &Caller, log: LogId, filter: &LogFilter) -> Result<LogPage, AppError> {
        let mut tx = self.store.read(caller.council).await?;
        let head = readable(&mut tx, caller, log).await?;
        let stored = EntryFilter {
            kind: filter.kind.clone(),
            actor: filter.actor.clone(),
            from: filter.from.map(start_of).transpose()?,
            before: filter.to.map(|day| day.tomorrow().map_err(outside).and_then(start_of)).transpose()?,
        };
        let found = logs::count(&mut tx, log, &stored).await?;
        let pages = found.div_ceil(u64::from(PAGE)).max(1);
        let page = filter.page.clamp(1, pages);
        let rows = logs::find(&mut tx, log, &stored, (page - 1) * u64::from(PAGE), PAGE).await?;
        let entries = rows.into_iter().map(shown).collect::<Result<_, _>>()?;
        let (kinds, actors) = logs::choices(&mut tx, log).await?;
        Ok(LogPage { log: head, entries, found, page, pages, kinds, actors })
    }

    /// The proof of one entry.
    ///
    /// # Errors
    /// When the caller may not read the log, or it has no such entry.
    #[boxed]
    pub async fn log_proof(&self, caller: &Caller, log: LogId, seq: u64) -> Result<LogProof, AppError> {
        let mut tx = self.store.read(caller.council).await?;
        let head = readable(&mut tx, caller, log).await?;
        let row = logs::rows_from(&mut tx, log, seq, 1).await?.into_iter().next().map(shown).transpose()?;
        let entry = row.filter(|entry| entry.seq == seq).ok_or(AppError::NotFound("bản ghi"))?;
        let newest = signed(&mut tx, log).await?.into_iter().rev().find(|signed| signed.size > seq);
        let size = newest.as_ref().map_or(head.head.size, |signed| signed.size);
        let tree = tree(&mut tx, log, size).await?;
        let hashes = tree.inclusion_proof(seq, size).ok_or(AppError::NotFound("bản ghi"))?;
        let proved = Checkpoint { origin: head.head.origin.clone(), size, root: tree.root() };
        let leaf = leaf_hash(entry.text.as_bytes());
        Ok(LogProof { log: head, entry, leaf, hashes, head: proved, note: newest.map(|signed| signed.note) })
    }

    /// Signed heads of a log, the smallest first.
    ///
    /// # Errors
    /// When the caller may not read the log.
    #[boxed]
    pub async fn checkpoints(&self, caller: &Caller, log: LogId) -> Result<Vec<SignedHead>, AppError> {
        let mut tx = self.store.read(caller.council).await?;
        readable(&mut tx, caller, log).await?;
        Ok(signed(&mut tx, log).await?)
    }

    /// Signs the current head of a log, because the caller asks for it.
    ///
    /// # Errors
    /// When the caller may not read the log.
    #[boxed]
    pub async fn sign_checkpoint(&self, caller: &Caller, log: LogId) -> Result<SignedHead, AppError> {
        let mut tx = self.store.read(caller.council).await?;
        readable(&mut tx, caller, log).await?;
        drop(tx);
        let (app, at) = (self.clone(), self.now_text()?);
        self.store
            .write(caller.council, move |tx| Box::pin(async move { app.sign_within(tx, log, None, at).await }))
            .await
    }

    /// Signs the head of a log in the transaction of what leads to it: with `moment`, one of those at which it goes onto
    /// paper. It covers all that the transaction appended so far.
    ///
    /// # Errors
    /// When the log is not one of this council, or its key is no longer the one that it began with.
    #[boxed]
    pub async fn sign_within(
        &self,
        tx: &mut CouncilTx,
        log: LogId,
        moment: Option<Moment>,
        at: UtcTime,
    ) -> Result<SignedHead, AppError> {
        let head = find(tx, log).await?;
        if !self.keys.began(&head) {
            if polls::is_rehearsal(tx, head.poll).await? {
                return Err(AppError::Input(
                    "Nhật ký này của một buổi diễn tập ở dòng lệnh, ký bằng khóa riêng không giữ lại; các điểm chốt của nó \
                     đã đủ, không ký thêm được."
                        .to_owned(),
                ));
            }
            return Err(AppError::Input(
                "Khóa ký của hệ thống không phải khóa đã mở nhật ký này; hãy đặt lại đúng tệp khóa trong thư mục dữ \
                 liệu, hoặc khôi phục nó từ bản sao lưu."
                    .to_owned(),
            ));
        }
        let signer = self.keys.signer(&head.head.origin);
        let note = head.head.sign(&signer).map_err(|e| AppError::internal("ký điểm chốt", e))?;
        logs::add_checkpoint(tx, log, head.head.size, moment, &note, at).await?;
        Ok(SignedHead { size: head.head.size, moment, note, signed_at: at })
    }
}

fn may_read(caller: &Caller, head: &LogHead) -> bool {
    head.poll.is_none() || caller.account.roles.has(Role::Auditor)
}

async fn find(tx: &mut CouncilTx, log: LogId) -> Result<LogHead, AppError> {
    let heads = logs::heads(tx).await?;
    heads.into_iter().find(|head| head.log == log).ok_or(AppError::NotFound("nhật ký"))
}

async fn readable(tx: &mut CouncilTx, caller: &Caller, log: LogId) -> Result<LogHead, AppError> {
    caller.may(READERS)?;
    let head = find(tx, log).await?;
    // One that may not be read is not known to be there.
    if may_read(caller, &head) { Ok(head) } else { Err(AppError::NotFound("nhật ký")) }
}

async fn signed(tx: &mut CouncilTx, log: LogId) -> Result<Vec<SignedHead>, StoreError> {
    let rows = logs::checkpoints(tx, log).await?;
    let read = |row: logs::CheckpointRow| {
        Ok(SignedHead {
            size: u64::try_from(row.size).map_err(|_| corrupt("checkpoints.size"))?,
            moment: Moment::from_code(&row.moment),
            note: row.note,
            signed_at: row.signed_at.parse().map_err(|_| corrupt("checkpoints.signed_at"))?,
        })
    };
    rows.into_iter().map(read).collect()
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

/// The tree over the first `size` entries.
///
/// # Errors
/// When there are not so many.
pub(super) async fn tree(tx: &mut CouncilTx, log: LogId, size: u64) -> Result<Tree, StoreError> {
    let mut tree = Tree::default();
    while tree.size() < size {
        let wanted = u32::try_from(size - tree.size()).map_or(CHUNK, |left| left.min(CHUNK));
        let texts = logs::entries(tx, log, tree.size(), wanted).await?;
        if texts.is_empty() {
            return Err(corrupt("log_entries"));
        }
        texts.iter().for_each(|text| tree.push(leaf_hash(text.as_bytes())));
    }
    Ok(tree)
}

fn shown(row: EntryRow) -> Result<ShownEntry, StoreError> {
    let inner = |text: &str| Some(text.split_once(r#","data":"#)?.1.rsplit_once(r#","kind":""#)?.0.to_owned());
    Ok(ShownEntry {
        seq: u64::try_from(row.seq).map_err(|_| corrupt("log_entries.seq"))?,
        at: row.at.parse().map_err(|_| corrupt("log_entries.at"))?,
        actor: row.actor,
        kind: row.kind,
        data: inner(&row.entry).ok_or_else(|| corrupt("log_entries.entry"))?,
        text: row.entry,
    })
}

fn outside(error: jiff::Error) -> AppError {
    AppError::internal("đọc ngày", error)
}

/// The first moment of a day in Vietnam.
fn start_of(day: Date) -> Result<UtcTime, AppError> {
    let start = day.to_zoned(TimeZone::fixed(VIETNAM)).map_err(outside)?;
    UtcTime::try_from(start.timestamp()).map_err(|e| AppError::internal("đọc ngày", e))
}
