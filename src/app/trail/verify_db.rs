//! `tinnhiem verify --db`: every log of every council recomputed entry by entry, every table that the logs describe compared
//! with what they say, every copied column computed again, every file hashed, and the schema held against what the migrations
//! make. What no log tells of stands in `tests/reviewed/uncovered.txt`. Nothing is written.

mod council;
mod files;
mod findings;
mod heads;
mod log;
mod people;
mod releases;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::installation::data_folder::{key_file, read_key, target};
use crate::service::anchors::{AnchorFile, was_served};
use crate::service::clock::{Stopwatch, in_vietnam};
use crate::service::error::AppError;
use crate::service::keys::Keys;
use domain::audit::{Anchors, Digest, UtcTime};
use findings::{Findings, Place};
use macros::boxed;
use store::{Store, StoreError, Target, logs};

pub use findings::{DbFailure, DbFault, DbFindings};

/// What is to be checked besides everything.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// One council alone, by its name in addresses.
    pub council: Option<String>,
    /// A root on paper: some log had it at some size.
    pub root: Option<Digest>,
    /// Where the logs stood by the file beside the key.
    pub anchors: Option<Anchors>,
    /// What is said where a database that was served has no anchors beside its key.
    pub absent: Option<String>,
}

/// What was checked of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogReport {
    pub origin: String,
    /// Its origin, which says so where a rehearsal's own key signs.
    pub name: String,
    pub entries: u64,
    /// Signed heads.
    pub heads: usize,
    pub root: Digest,
    /// How many entries it had when its root was the one on paper.
    pub on_paper: Option<u64>,
}

/// What was checked of one council.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CouncilReport {
    /// Its name.
    pub name: String,
    /// Accounts that are as the log says.
    pub accounts: usize,
    /// Slips that are as the log says.
    pub slips: usize,
    /// Rows of records that are as their versions say.
    pub records: usize,
    /// Versions of records that are as the log says.
    pub versions: u64,
    /// Rows of polls and proposals that are as the logs say.
    pub rows: usize,
    /// Batches whose counts lie under seal and were not opened, because the key was not there.
    pub locked: usize,
    /// Batches that lie under the shares of their board until the close.
    pub under_shares: usize,
    /// Files that have the hash by which they are named.
    pub files: usize,
    /// Released dossiers that are as their polls' logs say, and that come out again.
    pub dossiers: usize,
    /// Its logs, its own first.
    pub logs: Vec<LogReport>,
}

/// What was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbReport {
    /// By name, the installation last.
    pub councils: Vec<CouncilReport>,
    /// A root on paper was asked for.
    pub paper: Option<Digest>,
    /// Anchors that the logs have: how many, of what time.
    pub anchored: Option<(usize, UtcTime)>,
    /// How long it took.
    pub took: Duration,
}

impl fmt::Display for DbReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for council in &self.councils {
            let CouncilReport {
                name,
                accounts,
                slips,
                records,
                versions,
                rows,
                locked,
                under_shares,
                files,
                dossiers,
                logs,
            } = council;
            write!(f, "{name}: {accounts} tài khoản, {slips} thẻ truy cập")?;
            writeln!(f, " và {records} bản ghi dữ liệu cùng {versions} phiên bản đúng như nhật ký")?;
            if *rows > 0 {
                writeln!(f, "  {rows} dòng về các đợt và đề xuất đúng như nhật ký")?;
            }
            if *locked > 0 {
                writeln!(
                    f,
                    "  {locked} tập phiếu niêm phong chưa mở ra so với nhật ký, vì không có khóa bí mật: mới biết là còn đủ"
                )?;
            }
            if *under_shares > 0 {
                writeln!(
                    f,
                    "  {under_shares} tập phiếu nằm dưới mảnh khóa của Ban kiểm phiếu đến khi đóng kiểm phiếu: mới biết là còn đủ"
                )?;
            }
            if *dossiers > 0 {
                writeln!(
                    f,
                    "  {dossiers} hồ sơ đã phát hành đúng mã băm trong nhật ký, in lại ra đúng tệp đã phát hành"
                )?;
            }
            if *files > 0 {
                writeln!(f, "  {files} tệp nguồn đúng mã băm")?;
            }
            for LogReport { name, entries, heads, root, on_paper, .. } in logs {
                writeln!(f, "  {name}: {entries} bản ghi, {heads} điểm chốt, mã gốc {}", root.grouped())?;
                if let Some(size) = on_paper {
                    writeln!(f, "  mã gốc trên giấy là của nhật ký này khi có {size} bản ghi")?;
                }
            }
        }
        if let Some((logs, at)) = self.anchored {
            writeln!(f, "{logs} nhật ký có đủ những gì tệp điểm neo ghi lúc {}", in_vietnam(at))?;
        }
        let took = self.took;
        writeln!(f, "Đã kiểm trong {},{:02} giây.", took.as_secs(), took.subsec_millis() / 10)?;
        if self.paper.is_some() {
            return write!(f, "KHỚP, và khớp với mã gốc trên giấy.");
        }
        write!(
            f,
            "KHỚP. Cơ sở dữ liệu khớp với chính nó; muốn biết có ai thay cả nhật ký hay không, hãy so mã gốc với bản giấy \
             (--root) hoặc với điểm chốt giữ ở nơi khác."
        )
    }
}

/// Checks the database of the data folder `data`, or the one that `database_url` names, with the key if it is there.
///
/// # Errors
/// As [`database_as`], and when the key cannot be read.
#[boxed]
pub async fn of_folder(
    data: &Path,
    database_url: Option<&str>,
    asked: &Asked,
) -> Result<Result<DbReport, DbFindings>, AppError> {
    let key = key_file(data);
    let keys = if key.exists() { Some(read_key(&key)?) } else { None };
    let file = AnchorFile::in_folder(data);
    let anchors = keys.as_ref().map(|keys| file.read(keys)).transpose()?.flatten();
    let absent = (keys.is_some() && anchors.is_none()).then(|| file.absent());
    let asked = Asked { anchors, absent, ..asked.clone() };
    database_as(&target(data, database_url)?, keys.as_ref(), &asked).await
}

/// Checks the whole database behind `target`.
///
/// # Errors
/// As [`database_as`].
#[boxed]
pub async fn database(target: &Target, keys: Option<&Keys>) -> Result<Result<DbReport, DbFindings>, AppError> {
    database_as(target, keys, &Asked::default()).await
}

/// Checks the database behind `target`; with the installation's key, also that its logs began with that key. Otherwise
/// somebody who can write to the database alone could put another key and its signatures in their place.
///
/// # Errors
/// When it cannot be read, or has no council of the name that was asked for: then nothing was checked. The inner error is
/// what does not hold.
#[boxed]
pub async fn database_as(
    target: &Target,
    keys: Option<&Keys>,
    asked: &Asked,
) -> Result<Result<DbReport, DbFindings>, AppError> {
    let watch = Stopwatch::start();
    let store = Store::open_to_look(target).await?;
    if let Some(keys) = keys {
        store.tag_with(keys.tag_keys());
    }
    let mut findings = Findings::default();
    let outcome = every_council(&store, (keys, asked), &mut findings).await;
    store.close().await;
    let councils = outcome?;
    if let (Some(slug), true) = (&asked.council, councils.is_empty()) {
        let sentence = format!("Không có hội đồng nào mang tên «{slug}» trong địa chỉ; hãy xem lại --council.");
        return Err(AppError::Input(sentence));
    }
    let mut logs = councils.iter().flat_map(|council| &council.logs);
    if asked.root.is_some() && !logs.any(|log| log.on_paper.is_some()) {
        findings.add(&Place::default(), None, "không nhật ký nào từng có mã gốc trên giấy, dù ở số bản ghi nào");
    }
    let anchored = asked.anchors.as_ref().map(|anchors| {
        let is_anchored = |log: &&LogReport| anchors.logs.keys().any(|origin| origin.as_str() == log.origin);
        let logs = councils.iter().flat_map(|council| &council.logs);
        (logs.filter(is_anchored).count(), anchors.at)
    });
    Ok(match findings.told() {
        Some(findings) => Err(findings),
        None => Ok(DbReport { councils, paper: asked.root, anchored, took: watch.elapsed() }),
    })
}

async fn every_council(
    store: &Store,
    (keys, asked): (Option<&Keys>, &Asked),
    findings: &mut Findings,
) -> Result<Vec<CouncilReport>, StoreError> {
    let (mut reports, mut there) = (Vec::new(), BTreeSet::new());
    for row in store.read_installation().await? {
        if asked.council.as_ref().is_some_and(|slug| *slug != row.slug) {
            continue;
        }
        let id = row.id()?;
        let mut tx = store.read(id).await?;
        if asked.anchors.is_some() {
            // A head that cannot be read is found below.
            there.extend(logs::heads(&mut tx).await.unwrap_or_default().into_iter().map(|log| log.head.origin));
        }
        reports.push(council::check(&mut tx, (id, &row), (keys, asked), findings).await?);
    }
    let anchored = asked.anchors.as_ref().filter(|_| asked.council.is_none());
    for origin in anchored.into_iter().flat_map(|anchors| anchors.logs.keys()).filter(|origin| !there.contains(*origin))
    {
        let place = Place { council: String::new(), log: Some(origin.as_str().to_owned()) };
        findings.add(&place, None, "không có nhật ký này trong cơ sở dữ liệu, mà tệp điểm neo ghi nó");
    }
    if let Some(sentence) = &asked.absent
        && was_served(store).await?
    {
        findings.add(&Place::default(), None, sentence.clone());
    }
    for difference in store.schema_differences().await? {
        findings.add(&Place::default(), None, DbFault::Schema(difference));
    }
    Ok(reports)
}
