//! The file of anchors in the data folder: where every log stood, signed, outside the database. It is written after each
//! signed head, each minute in which a log grew, once a day and at a clean stop; a database that does not begin with what
//! it says is refused.
//!
//! What a comparison costs: of a log that did not grow one comparison of two roots, of one that grew the hashes of the
//! entries that came since. 1,000,000 entries that were anchored are not read again; `tinnhiem verify --db` reads them.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::service::clock::in_vietnam;
use crate::service::council_log;
use crate::service::error::AppError;
use crate::service::files;
use crate::service::keys::Keys;
use domain::audit::event::council::AcceptedLog;
use domain::audit::event::poll::CouncilLogNoted;
use domain::audit::merkle::{Frontier, empty_root, leaf_hash};
use domain::audit::{Anchor, AnchorFault, Anchors, Checkpoint, KeyName, LoggedAccount, UtcTime};
use domain::id::{AccountId, CouncilId};
use store::logs::{self, LogHead};
use store::row_tags::{self, ForgedRow};
use store::{CouncilTx, Store, StoreError, log_tags};

const FILE: &str = "anchors.txt";
/// Entries that are read at once.
const CHUNK: u32 = 2_000;

/// The file of a data folder.
#[derive(Debug)]
pub struct AnchorFile {
    path: PathBuf,
    /// Whoever compares and writes, one after the other.
    pub(crate) turn: tokio::sync::Mutex<()>,
}

/// One log that is other than its anchor.
#[derive(Clone, Debug)]
struct Difference {
    origin: KeyName,
    anchor: Anchor,
    fault: AnchorFault,
    /// What there is of it.
    found: Option<Checkpoint>,
}

/// How a database is other than the anchors say; at least one log is.
#[derive(Clone, Debug)]
pub struct Differences {
    at: UtcTime,
    first: Difference,
    more: Vec<Difference>,
    /// Not one of the logs is there.
    is_all_missing: bool,
}

impl AnchorFile {
    /// The file of this folder, whether it is there or not.
    pub fn in_folder(data: &Path) -> Self {
        Self { path: data.join(FILE), turn: tokio::sync::Mutex::default() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is said where the database was served before and the file is not there.
    pub(crate) fn absent(&self) -> String {
        format!(
            "{}: không thấy tệp điểm neo, mà cơ sở dữ liệu đã từng được dùng với khóa này: không có tệp đó thì không biết cơ sở \
             dữ liệu có bị thay bằng bản cũ hoặc bị viết lại hay không; hãy chép tệp anchors.txt vào đây từ máy chủ khác của hệ \
             thống hoặc từ nơi cất riêng cùng với khóa, nếu không còn tệp nào thì hai người xác nhận bằng lệnh «tinnhiem anchor --first TÊN \
             --second TÊN --reason LÝ_DO».",
            self.path.display()
        )
    }

    /// What it says; `None` when there is no file.
    ///
    /// # Errors
    /// When it cannot be read, or another key signed it.
    pub fn read(&self, keys: &Keys) -> Result<Option<Anchors>, AppError> {
        let note = match fs::read_to_string(&self.path) {
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|source| AppError::file(&self.path, source))?,
        };
        let signer = keys.anchor_signer().map_err(|e| AppError::internal("đọc điểm neo", e))?;
        let opened = Anchors::open(&note, signer.verifier()).map_err(|cause| {
            AppError::Anchors(format!(
                "{}: tệp điểm neo đã bị sửa hoặc không do khóa bí mật của thư mục này ký ({cause}); hãy trả lại đúng tệp khóa \
                 và tệp điểm neo của hệ thống này từ nơi cất riêng, bản sao lưu không có hai tệp đó.",
                self.path.display()
            ))
        })?;
        Ok(Some(opened))
    }

    pub(crate) fn sign_and_write(&self, keys: &Keys, anchors: &Anchors) -> Result<(), AppError> {
        let signer = keys.anchor_signer().map_err(|e| AppError::internal("ghi điểm neo", e))?;
        let note = anchors.sign(&signer).map_err(|e| AppError::internal("ghi điểm neo", e))?;
        files::write_private(&self.path, note.as_bytes())
    }
}

impl Difference {
    fn sentence(&self) -> String {
        let (origin, anchored) = (self.origin.as_str(), self.anchor.frontier.size());
        match self.fault {
            AnchorFault::Missing => format!("không có nhật ký «{origin}», mà điểm neo ghi {anchored} bản ghi"),
            AnchorFault::Behind { size } => format!(
                "nhật ký «{origin}» chỉ có {size} bản ghi, thiếu {} bản ghi so với {anchored} bản ghi ở điểm neo",
                anchored.saturating_sub(size)
            ),
            AnchorFault::Rewritten => {
                format!("nhật ký «{origin}» đã bị viết lại, không còn bắt đầu bằng {anchored} bản ghi của điểm neo")
            }
            AnchorFault::HeadsGone { heads } => format!(
                "nhật ký «{origin}» thiếu {} điểm chốt đã ký so với điểm neo",
                self.anchor.heads.saturating_sub(heads)
            ),
        }
    }
}

impl Differences {
    /// One sentence: which log, how far, what to do.
    pub fn sentence(&self, path: &Path) -> String {
        let more =
            if self.more.is_empty() { String::new() } else { format!(" (và {} nhật ký khác)", self.more.len()) };
        let go_on = if self.is_all_missing {
            "muốn lập một hệ thống mới thì dùng thư mục dữ liệu khác"
        } else {
            "nếu phải dùng tiếp cơ sở dữ liệu này thì hai người xác nhận bằng lệnh «tinnhiem anchor --first TÊN --second TÊN \
             --reason LÝ_DO»"
        };
        format!(
            "Cơ sở dữ liệu không phải bản mà tệp điểm neo {} (ghi lúc {}) đã ký: {}{more}; hãy trả lại đúng cơ sở dữ liệu \
             hoặc khôi phục bản sao lưu mới hơn, {go_on}.",
            path.display(),
            in_vietnam(self.at),
            self.first.sentence()
        )
    }

    /// The logs, as the installation's log tells of them.
    pub(crate) fn accepted(&self) -> Vec<AcceptedLog> {
        let told = |one: &Difference| AcceptedLog {
            anchored: one.anchor.frontier.size(),
            anchored_root: one.anchor.frontier.root(),
            origin: one.origin.as_str().to_owned(),
            root: one.found.as_ref().map_or_else(empty_root, |found| found.root),
            size: one.found.as_ref().map_or(0, |found| found.size),
        };
        std::iter::once(&self.first).chain(&self.more).map(told).collect()
    }
}

/// Holds the database against what was anchored; gives where its logs stand now.
///
/// # Errors
/// When the database does not answer. The inner error is how it differs.
pub(crate) async fn compare(
    store: &Store,
    before: Option<&Anchors>,
) -> Result<Result<BTreeMap<KeyName, Anchor>, Differences>, StoreError> {
    let (mut now, mut differences) = (BTreeMap::new(), Vec::new());
    for row in store.read_installation().await? {
        let mut tx = store.read(row.id()?).await?;
        let signed = logs::signed(&mut tx).await?;
        for head in logs::heads(&mut tx).await? {
            let (heads, newest) = signed.get(&head.log).copied().unwrap_or_default();
            let origin = head.head.origin.clone();
            if let Some(anchor) = before.and_then(|before| before.logs.get(&origin))
                && let Some(fault) = fault(&mut tx, &head, anchor, heads).await?
            {
                let found = Some(head.head.clone());
                differences.push(Difference { origin: origin.clone(), anchor: anchor.clone(), fault, found });
            }
            now.insert(origin, Anchor { frontier: head.frontier, heads, newest });
        }
    }
    let Some(before) = before else { return Ok(Ok(now)) };
    let gone = before.logs.iter().filter(|(origin, _)| !now.contains_key(*origin));
    let missing = |(origin, anchor): (&KeyName, &Anchor)| Difference {
        origin: origin.clone(),
        anchor: anchor.clone(),
        fault: AnchorFault::Missing,
        found: None,
    };
    let gone: Vec<Difference> = gone.map(missing).collect();
    let is_all_missing = gone.len() == before.logs.len();
    differences.extend(gone);
    let mut differences = differences.into_iter();
    Ok(match differences.next() {
        None => Ok(now),
        Some(first) => Err(Differences { at: before.at, first, more: differences.collect(), is_all_missing }),
    })
}

async fn fault(
    tx: &mut CouncilTx,
    head: &LogHead,
    anchor: &Anchor,
    heads: u64,
) -> Result<Option<AnchorFault>, StoreError> {
    if let Some(fault) = anchor.shortfall(head.head.size, heads) {
        return Ok(Some(fault));
    }
    let mut frontier: Frontier = anchor.frontier.clone();
    while frontier.size() < head.head.size {
        let wanted = u32::try_from(head.head.size - frontier.size()).map_or(CHUNK, |left| left.min(CHUNK));
        let texts = logs::entries(tx, head.log, frontier.size(), wanted).await?;
        if texts.is_empty() {
            break;
        }
        texts.iter().for_each(|text| frontier.push(leaf_hash(text.as_bytes())));
    }
    Ok((frontier.root() != head.head.root).then_some(AnchorFault::Rewritten))
}

/// Signs the head of the council's own log that a poll's log notes, in the transaction that notes it.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn sign_noted(
    tx: &mut CouncilTx,
    keys: &Keys,
    noted: &CouncilLogNoted,
    at: UtcTime,
) -> Result<(), AppError> {
    let origin = KeyName::new(noted.origin.clone()).map_err(|e| AppError::internal("ký điểm chốt", e))?;
    let Some(own) = own(tx, keys).await?.filter(|own| own.head.origin == origin) else { return Ok(()) };
    let head = Checkpoint { origin, size: noted.size, root: noted.root };
    sign(tx, keys, (&own, &head), logs::NOTED, at).await
}

/// Whether there is a log in this database: then it was served before, and a program of this schema wrote anchors.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn was_served(store: &Store) -> Result<bool, StoreError> {
    for row in store.read_installation().await? {
        if !logs::heads(&mut store.read(row.id()?).await?).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Tags the rows of accounts, sessions and slips of all councils, if not one of them has a tag: then they are of an older
/// program. All of them or none, in one transaction.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn tag_older_rows(store: &Store) -> Result<(), AppError> {
    let councils = council_ids(store).await?;
    let tagged = store.write_installation(move |mut tx| {
        Box::pin(async move {
            for council in &councils {
                if row_tags::is_any_tagged(tx.within(*council).await?).await? {
                    return Ok(0);
                }
            }
            let mut count = 0;
            for council in &councils {
                count += row_tags::tag_again(tx.within(*council).await?).await?;
            }
            Ok::<_, StoreError>(count)
        })
    });
    let count = tagged.await?;
    if count > 0 {
        tracing::info!(rows = count, "accounts, sessions and slips without the tag of this key were tagged");
    }
    Ok(())
}

async fn council_ids(store: &Store) -> Result<Vec<CouncilId>, StoreError> {
    store.read_installation().await?.into_iter().map(|row| row.id()).collect()
}

/// Rows of accounts, sessions and slips of one council that the program did not write; at least one.
pub(crate) struct ForgedRows {
    pub council: CouncilId,
    /// Name of the council.
    pub name: String,
    pub rows: Vec<ForgedRow>,
}

/// Of every council that has some, the rows that the program did not write.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn forged_rows(store: &Store) -> Result<Vec<ForgedRows>, StoreError> {
    let mut found = Vec::new();
    for row in store.read_installation().await? {
        let council = row.id()?;
        let rows = row_tags::forged(&mut store.read(council).await?).await?;
        if !rows.is_empty() {
            found.push(ForgedRows { council, name: row.name, rows });
        }
    }
    Ok(found)
}

/// Puts the accounts that the program did not write back to what `logged` says of them, by council, for two people who vouch for
/// that; sessions and slips that the program did not write are gone.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn vouch_for_rows(store: &Store, logged: LoggedAccounts) -> Result<(), AppError> {
    let vouched = store.write_installation(move |mut tx| {
        Box::pin(async move {
            let mut count = 0;
            for (council, accounts) in &logged {
                count += row_tags::vouch(tx.within(*council).await?, accounts).await?;
            }
            Ok::<_, StoreError>(count)
        })
    });
    let count = vouched.await?;
    tracing::info!(rows = count, "two people vouched for rows without the tag of this key");
    Ok(())
}

/// Accounts as the logs of their councils give them.
pub(crate) type LoggedAccounts = BTreeMap<CouncilId, BTreeMap<AccountId, LoggedAccount>>;

/// What the logs of these councils say of their accounts.
///
/// # Errors
/// When a log cannot be read: nobody knows then what an account was.
pub(crate) async fn logged_accounts(store: &Store, of: &[ForgedRows]) -> Result<LoggedAccounts, AppError> {
    let mut all = LoggedAccounts::new();
    for ForgedRows { council, name, .. } in of {
        let accounts = accounts_in_log(&mut store.read(*council).await?).await?;
        let unreadable = || {
            AppError::Anchors(format!(
                "{name}: không đọc được nhật ký riêng nên không biết tài khoản nào đúng; hãy chạy «tinnhiem verify --db» rồi khôi \
                 phục từ bản sao lưu."
            ))
        };
        all.insert(*council, accounts.ok_or_else(unreadable)?);
    }
    Ok(all)
}

/// The accounts that a council's own log gives, whoever wrote it; `None` when the log cannot be read.
async fn accounts_in_log(tx: &mut CouncilTx) -> Result<Option<BTreeMap<AccountId, LoggedAccount>>, StoreError> {
    let log = logs::own(tx).await?;
    let (mut texts, mut read): (Vec<String>, u64) = (Vec::new(), 0);
    loop {
        let page = logs::entries(tx, log, read, CHUNK).await?;
        if page.is_empty() {
            return Ok(council_log::course(tx.council(), &texts).ok().map(|course| course.accounts().clone()));
        }
        read += u64::try_from(page.len()).unwrap_or(u64::MAX);
        texts.extend(page);
    }
}

/// Tags every log as it is now, for whoever vouches for it.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn tag_logs_again(store: &Store) -> Result<(), AppError> {
    for row in store.read_installation().await? {
        store.write(row.id()?, |tx| Box::pin(log_tags::tag_again(tx))).await?;
    }
    Ok(())
}

/// The council's own log, if our key signs it.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn own(tx: &mut CouncilTx, keys: &Keys) -> Result<Option<LogHead>, StoreError> {
    let heads = logs::heads(tx).await?;
    Ok(heads.into_iter().find(|head| head.poll.is_none() && keys.began(head)))
}

/// Stores the signed head of a council's own log.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn sign(
    tx: &mut CouncilTx,
    keys: &Keys,
    (own, head): (&LogHead, &Checkpoint),
    moment: &'static str,
    at: UtcTime,
) -> Result<(), AppError> {
    let note = head.sign(&keys.signer(&head.origin)).map_err(|e| AppError::internal("ký điểm chốt", e))?;
    // Never before the last entry that it covers: another machine's clock may have been a little ahead.
    let at = own.last_at.map_or(at, |last| last.max(at));
    Ok(logs::add_checkpoint_as(tx, own.log, head.size, moment, &note, at).await?)
}
