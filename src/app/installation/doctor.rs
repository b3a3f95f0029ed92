//! `tinnhiem doctor`: checks what the service depends on without changing it, and says what is wrong and what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;

use crate::installation::data_folder;
use crate::rules::sets;
use crate::service::anchors::{AnchorFile, ForgedRows, compare, forged_rows, was_served};
use crate::service::backups::{self, BackupLine, BackupOutcome};
use crate::service::clock::{self, Chance, Clock, in_vietnam};
use crate::service::error::AppError;
use crate::service::keys::Keys;
use domain::audit::{Anchors, UtcTime};
use domain::id::PollId;
use domain::rules::Attested;
use macros::boxed;
use pdf::fonts;
use store::row_tags::ForgedRow;
use store::{Examination, Store, StoreError, Target, examine, polls};

/// How a check turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing to do.
    Good,
    /// The service runs, but somebody should look.
    Warning,
    /// The service does not run, or must not.
    Error,
}

impl Verdict {
    /// As the report prints it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Good => "tốt",
            Self::Warning => "cảnh báo",
            Self::Error => "lỗi",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// `database`, `key`, …: a name for programs.
    pub subject: &'static str,
    /// How the check turned out.
    pub verdict: Verdict,
    /// What was found, and what to do about it.
    pub sentence: String,
}

fn check(subject: &'static str, verdict: Verdict, sentence: impl Into<String>) -> Check {
    Check { subject, verdict, sentence: sentence.into() }
}

/// Bits of a mode that others than the owner have.
const OF_OTHERS: u32 = 0o077;

/// A backup that is older, in days, is told as a weakness.
const OLDEST_BACKUP_DAYS: i64 = 7;
/// Least free disk space, in MiB: enough for a council's term with its papers.
const LEAST_FREE_MIB: u64 = 1024;

/// Looks at everything. Never fails: what cannot be looked at is a finding.
#[boxed]
pub async fn examine_all(data: &Path, database_url: Option<&str>) -> Vec<Check> {
    let mut all = Vec::from_iter(folder(data));
    let keys = key(data, &mut all);
    match data_folder::target(data, database_url) {
        Ok(target) => {
            all.extend(rights(data, &target));
            let anchors = anchors(data, keys.as_ref(), &mut all);
            let file = AnchorFile::in_folder(data);
            database(&target, keys.as_ref(), (&file, anchors.as_ref()), &mut all).await;
        }
        Err(problem) => all.push(check("database", Verdict::Error, problem.to_string())),
    }
    all.push(backup(data));
    all.push(disk(data));
    all.push(zone());
    all.push(font_digests());
    all.push(rule_sets());
    all
}

/// A folder that is not there: before the first start, or where somebody typed another one.
fn folder(data: &Path) -> Option<Check> {
    let sentence = || {
        format!(
            "{}: chưa có thư mục này nên ở đây chưa có hệ thống nào; nếu đã chạy «tinnhiem serve», hãy xem lại --data.",
            data.display()
        )
    };
    (!data.exists()).then(|| check("folder", Verdict::Warning, sentence()))
}

/// How old the newest verified backup is, and whether it is still where it was put.
fn backup(data: &Path) -> Check {
    let (lines, now) = match backups::list(data).and_then(|lines| Ok((lines, clock::now_text()?))) {
        Ok(found) => found,
        Err(problem) => return check("backup", Verdict::Warning, problem.to_string()),
    };
    let verified = backups::last_verified(&lines);
    let Some(BackupLine { at, outcome: BackupOutcome::Verified { file, bytes, .. } }) = verified else {
        let sentence = "chưa có bản sao lưu nào; hãy chạy «tinnhiem backup --help», sao lưu và giữ một bản ở máy khác.";
        return check("backup", Verdict::Warning, sentence);
    };
    let (when, show) = (in_vietnam(*at), file.display());
    let days = backups::days_between(*at, now);
    let last = lines.last().map(|line| &line.outcome);
    let (verdict, rest) = match (last, fs::metadata(file)) {
        (Some(BackupOutcome::Failed(cause)), _) => {
            (Verdict::Warning, format!("lần sao lưu sau đó không thành: {cause}"))
        }
        _ if days > OLDEST_BACKUP_DAYS => (
            Verdict::Warning,
            format!("đã {days} ngày; hãy chạy «tinnhiem backup» hoặc đặt lịch cho «tinnhiem serve»."),
        ),
        (_, Ok(about)) if about.len() == *bytes => (Verdict::Good, "tệp còn nguyên chỗ.".to_owned()),
        _ => (Verdict::Warning, "tệp không còn ở đó hoặc đã khác; nếu đã chuyển đi nơi khác thì không sao.".to_owned()),
    };
    check("backup", verdict, format!("bản sao lưu gần nhất lúc {when}, đã đọc lại và đối chiếu: {show}; {rest}"))
}

fn key(data: &Path, all: &mut Vec<Check>) -> Option<Keys> {
    let path = data_folder::key_file(data);
    match data_folder::read_key(&path) {
        Ok(keys) => {
            let sentence = format!("{}: khóa bí mật đọc được, chỉ chủ sở hữu có quyền.", path.display());
            all.push(check("key", Verdict::Good, sentence));
            Some(keys)
        }
        Err(AppError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            let sentence = format!(
                "{}: chưa có khóa bí mật; «tinnhiem serve» sẽ tạo ở lần chạy đầu. Nếu cơ sở dữ liệu đã có nhật ký, hãy \
                 chép khóa cũ vào đây trước.",
                path.display()
            );
            all.push(check("key", Verdict::Warning, sentence));
            None
        }
        Err(problem) => {
            all.push(check("key", Verdict::Error, problem.to_string()));
            None
        }
    }
}

/// Whether other users of the machine get at the folder or at the database file; nothing where neither is there yet.
fn rights(data: &Path, target: &Target) -> Option<Check> {
    let mode = |path: &Path| fs::metadata(path).ok().map(|about| about.permissions().mode() & 0o777);
    let folder = target.file().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(data);
    let open_file = target.file().and_then(|file| Some((file, mode(file).filter(|mode| mode & OF_OTHERS != 0)?)));
    if let Some((file, mode)) = open_file {
        let file = file.display();
        let sentence = format!(
            "{file}: người dùng khác trên máy đọc được tệp (quyền {mode:o}); «tinnhiem serve» tự sửa khi chạy, hoặc hãy chạy \
             «chmod 600 {file}»."
        );
        return Some(check("rights", Verdict::Error, sentence));
    }
    let show = folder.display();
    Some(match mode(folder)? {
        mode if mode & OF_OTHERS == 0 => check("rights", Verdict::Good, format!("{show}: chỉ chủ sở hữu vào được.")),
        mode => {
            let sentence = format!(
                "{show}: người dùng khác trên máy vào được thư mục này (quyền {mode:o}), dù tệp cơ sở dữ liệu chỉ chủ sở hữu \
                 đọc được; hãy chạy «chmod 700 {show}»."
            );
            check("rights", Verdict::Warning, sentence)
        }
    })
}

/// What the file of anchors says, and where it is.
fn anchors(data: &Path, keys: Option<&Keys>, all: &mut Vec<Check>) -> Option<(PathBuf, Anchors)> {
    let file = AnchorFile::in_folder(data);
    let path = file.path().display();
    let Some(keys) = keys else {
        if file.path().exists() {
            let sentence = format!(
                "{path}: có tệp điểm neo mà không có khóa đã ký nó; hãy chép lại khóa từ nơi cất riêng (bản sao lưu không có khóa)."
            );
            all.push(check("anchors", Verdict::Error, sentence));
        }
        return None;
    };
    match file.read(keys) {
        Ok(Some(anchors)) => return Some((file.path().to_owned(), anchors)),
        Ok(None) => {
            let sentence = format!(
                "{path}: chưa có tệp điểm neo; «tinnhiem serve» sẽ ghi. Nếu trước đây đã có, hãy tìm lại tệp đó: không có nó \
                 thì không biết cơ sở dữ liệu có bị thay bằng bản cũ hay không."
            );
            all.push(check("anchors", Verdict::Warning, sentence));
        }
        Err(problem) => all.push(check("anchors", Verdict::Error, problem.to_string())),
    }
    None
}

/// Whether the database is what the anchors say.
async fn anchored(store: &Store, (path, anchors): &(PathBuf, Anchors)) -> Result<Check, AppError> {
    Ok(match compare(store, Some(anchors)).await? {
        Ok(_) => {
            let (count, at) = (anchors.logs.len(), in_vietnam(anchors.at));
            let sentence = format!("{count} nhật ký có đủ những gì tệp điểm neo ghi lúc {at}.");
            check("anchors", Verdict::Good, sentence)
        }
        Err(differences) => check("anchors", Verdict::Error, differences.sentence(path)),
    })
}

async fn database(
    target: &Target,
    keys: Option<&Keys>,
    (file, anchors): (&AnchorFile, Option<&(PathBuf, Anchors)>),
    all: &mut Vec<Check>,
) {
    let found = match examine(target).await {
        Ok(Examination::Missing) if anchors.is_some() => {
            let sentence = format!(
                "{target}: không thấy cơ sở dữ liệu mà tệp điểm neo nói đến; hãy trả tệp về chỗ cũ hoặc khôi phục từ bản sao lưu."
            );
            all.push(check("anchors", Verdict::Error, sentence));
            Examination::Missing
        }
        Ok(found) => found,
        Err(problem) => {
            all.push(check("database", Verdict::Error, format!("{target}: {problem}")));
            return;
        }
    };
    describe(target, &found, all);
    let current = found.schema() == Some(Examination::KNOWN_SCHEMA);
    all.push(schema(&found));
    if !current {
        return;
    }
    match Store::open(target).await {
        Ok(store) => {
            match log_checks(&store, keys).await {
                Ok(checks) => all.extend(checks),
                Err(problem) => all.push(check("log", Verdict::Error, problem.to_string())),
            }
            if let Some(anchors) = anchors {
                let told = anchored(&store, anchors).await;
                all.push(told.unwrap_or_else(|problem| check("anchors", Verdict::Error, problem.to_string())));
            }
            if !file.path().exists() && keys.is_some() && was_served(&store).await.unwrap_or_default() {
                // The service refuses it, so it is more than the warning of a first start.
                all.retain(|check| check.subject != "anchors");
                all.push(check("anchors", Verdict::Error, file.absent()));
            }
            if let Some(keys) = keys {
                store.tag_with(keys.tag_keys());
                let told = rows(&store).await;
                all.push(told.unwrap_or_else(|problem| check("rows", Verdict::Error, problem.to_string())));
            }
            store.close().await;
        }
        Err(problem) => all.push(check("database", Verdict::Error, problem.to_string())),
    }
}

/// Rows that are told one by one.
const SHOWN: usize = 20;

/// Whether accounts, sessions and slips were written by the program.
async fn rows(store: &Store) -> Result<Check, AppError> {
    let of_council = |ForgedRows { name, rows, .. }: ForgedRows| -> Vec<String> {
        rows.iter().map(|row| format!("{name}: {}", named(row))).collect()
    };
    let mut found: Vec<String> = forged_rows(store).await?.into_iter().flat_map(of_council).collect();
    if found.is_empty() {
        let sentence = "tài khoản, phiên và thẻ truy cập đều mang đúng mã xác thực của khóa.";
        return Ok(check("rows", Verdict::Good, sentence));
    }
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    let more = if more > 0 { format!(" và {more} dòng khác") } else { String::new() };
    let sentence = format!(
        "có dòng không do chương trình ghi bằng khóa này, dữ liệu đã bị sửa từ bên ngoài: {}{more}; không ai đăng nhập hay làm gì \
         bằng các dòng đó được, hãy giữ nguyên cơ sở dữ liệu, chạy «tinnhiem verify --db» rồi khôi phục từ bản sao lưu.",
        found.join("; ")
    );
    Ok(check("rows", Verdict::Error, sentence))
}

/// `bảng accounts, dòng 0194… (quan.tri)`.
fn named(forged: &ForgedRow) -> String {
    let login = forged.login.as_ref().map(|login| format!(" ({login})")).unwrap_or_default();
    format!("bảng {}, dòng {}{login}", forged.table.name(), forged.row)
}

fn describe(target: &Target, found: &Examination, all: &mut Vec<Check>) {
    let mut say = |verdict, sentence: String| all.push(check("database", verdict, format!("{target}: {sentence}")));
    match found {
        Examination::Missing => say(Verdict::Warning, "chưa có tệp; «tinnhiem serve» sẽ tạo ở lần chạy đầu.".into()),
        Examination::Sqlite { damage, .. } if damage.is_empty() => {
            say(Verdict::Good, "mở được, tệp nguyên vẹn.".into());
        }
        Examination::Sqlite { damage, .. } => say(
            Verdict::Error,
            format!("tệp bị hỏng ở {} chỗ; hãy dừng dịch vụ và khôi phục từ bản sao lưu.", damage.len()),
        ),
        Examination::Postgres { server, passes_walls, open_tables, is_durable, .. } => {
            say(Verdict::Good, format!("kết nối được, PostgreSQL {server}."));
            if *passes_walls {
                say(
                    Verdict::Error,
                    "tài khoản này là superuser hoặc có BYPASSRLS nên bức tường giữa các hội đồng không có tác dụng; hãy \
                     dùng một tài khoản thường (xem templates/deploy/postgresql.sql)."
                        .into(),
                );
            }
            if !open_tables.is_empty() {
                say(
                    Verdict::Error,
                    format!(
                        "bảng {} không bật row-level security; hãy khôi phục lược đồ hoặc báo người bảo trì.",
                        open_tables.join(", ")
                    ),
                );
            }
            if !is_durable {
                say(
                    Verdict::Error,
                    "máy chủ tắt fsync hoặc synchronous_commit: mất điện sẽ mất dữ liệu đã ghi; hãy bật cả hai.".into(),
                );
            }
        }
    }
}

fn schema(found: &Examination) -> Check {
    let known = Examination::KNOWN_SCHEMA;
    match found.schema() {
        Some(schema) if schema == known => check("schema", Verdict::Good, format!("lược đồ {known}, đúng bản này.")),
        Some(schema) if schema > known => check(
            "schema",
            Verdict::Error,
            format!("lược đồ {schema} mới hơn bản này (biết đến {known}); hãy cài bản tinnhiem mới hơn."),
        ),
        Some(schema) => check(
            "schema",
            Verdict::Warning,
            format!("lược đồ {schema}; hãy sao lưu, rồi «tinnhiem serve» sẽ nâng lên {known}."),
        ),
        None if *found == Examination::Missing => check("schema", Verdict::Good, "chưa có, sẽ được tạo."),
        None => {
            check("schema", Verdict::Warning, "cơ sở dữ liệu không có lược đồ của tinnhiem; hãy xem có chỉ nhầm không.")
        }
    }
}

/// Whether the key is the one behind the logs, and whether the clock fits their last entries.
async fn log_checks(store: &Store, keys: Option<&Keys>) -> Result<Vec<Check>, AppError> {
    let mut checks = Vec::new();
    if let Some(keys) = keys {
        checks.push(match data_folder::foreign_log(store, keys).await? {
            None => check("key", Verdict::Good, "khóa khớp với mọi nhật ký."),
            Some(origin) => {
                let sentence = format!("không phải khóa đã lập nhật ký «{origin}»; hãy chép đúng khóa từ nơi cất riêng (bản sao lưu không có khóa).");
                check("key", Verdict::Error, sentence)
            }
        });
    }
    let now = UtcTime::try_from(Clock::System.now()).map_err(|e| AppError::internal("đọc đồng hồ", e))?;
    let (mut frozen, mut changed, mut led) = (0_usize, Vec::new(), Vec::new());
    for row in store.read_installation().await? {
        let mut tx = store.read(row.id()?).await?;
        let known = polls::list(&mut tx).await?;
        let ids: Vec<PollId> = known.iter().map(|poll| poll.id).collect();
        for (id, process) in store.leaders(row.id()?, &ids).await? {
            let sitting = known.iter().find(|poll| poll.id == id).map_or("", |poll| &poll.sitting);
            led.push(format!("{sitting} ({}): {process}", row.name));
        }
        for poll in known {
            match polls::ruleset_text(&mut tx, poll.id).await {
                Ok(_) => frozen += 1,
                Err(StoreError::ChangedRules) => changed.push(format!("{} ({})", poll.sitting, row.name)),
                Err(other) => return Err(other.into()),
            }
        }
    }
    checks.push(frozen_rules(frozen, &changed));
    checks.extend(processes(store.is_shared(), &led));
    store.watch_clock(clock::steady());
    checks.push(match store.check_clock(now).await {
        Ok(()) => check("clock", Verdict::Good, format!("{now}, khớp với nhật ký.")),
        Err(problem) if problem.is_of_clock() => check("clock", Verdict::Error, problem.to_string()),
        Err(other) => return Err(other.into()),
    });
    Ok(checks)
}

/// What somebody has to know who lets several processes share a database; nothing where only one can.
fn processes(is_shared: bool, led: &[String]) -> Option<Check> {
    let open = if led.is_empty() {
        "chưa có phòng kiểm phiếu nào đang mở".to_owned()
    } else {
        format!("phòng kiểm phiếu đang mở ở: {}", led.join("; "))
    };
    let sentence = format!(
        "nhiều máy chủ có thể dùng chung cơ sở dữ liệu này, nhưng mỗi phòng kiểm phiếu chỉ mở ở một máy chủ, máy khác trả lời \
         503; {open}. Khi chạy từ hai máy chủ trở lên, hãy để nginx chuyển yêu cầu 503 sang máy kế tiếp (xem \
         templates/deploy/nginx-several.conf), và nối thẳng tới PostgreSQL, không qua PgBouncer kiểu transaction."
    );
    is_shared.then(|| check("processes", Verdict::Good, sentence))
}

/// Whether every poll still has the rule set that it froze.
fn frozen_rules(held: usize, changed: &[String]) -> Check {
    if changed.is_empty() {
        let sentence = format!("bộ quy tắc đã chốt của {held} cuộc bỏ phiếu khớp với nhật ký.");
        return check("frozen_rules", Verdict::Good, sentence);
    }
    let sentence = format!(
        "bộ quy tắc đã chốt không khớp với nhật ký, dữ liệu đã bị sửa từ bên ngoài: {}; hãy khôi phục từ bản sao lưu, \
         các cuộc này không làm tiếp được.",
        changed.join("; ")
    );
    check("frozen_rules", Verdict::Error, sentence)
}

fn zone() -> Check {
    // systemd-timesyncd makes this file when the clock was set from the network.
    if Path::new("/run/systemd/timesync/synchronized").exists() {
        check("ntp", Verdict::Good, "đồng hồ được chỉnh theo mạng.")
    } else {
        let sentence =
            "không biết đồng hồ có được chỉnh theo mạng không; hãy bật NTP (timedatectl set-ntp true, chrony).";
        check("ntp", Verdict::Warning, sentence)
    }
}

fn disk(data: &Path) -> Check {
    let there = data.ancestors().find(|folder| folder.is_dir()).unwrap_or_else(|| Path::new("."));
    let show = there.display();
    if let Err(problem) = try_to_write(there) {
        return check("disk", Verdict::Error, format!("{show}: không ghi được ({problem}); hãy cấp quyền ghi."));
    }
    match free_mib(there) {
        None => check("disk", Verdict::Warning, format!("{show}: ghi được; không đo được chỗ trống.")),
        Some(free) if free < LEAST_FREE_MIB => {
            let sentence = format!("{show}: chỉ còn {free} MiB trống; hãy dọn bớt, cần ít nhất {LEAST_FREE_MIB} MiB.");
            check("disk", Verdict::Warning, sentence)
        }
        Some(free) => check("disk", Verdict::Good, format!("{show}: ghi được, còn {free} MiB trống.")),
    }
}

fn try_to_write(folder: &Path) -> Result<(), AppError> {
    let chance = Chance::System.for_id()?;
    let name: String = chance.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = folder.join(format!(".doctor-{name}"));
    let written = fs::write(&path, b"x").map_err(|e| AppError::file(&path, e));
    drop(fs::remove_file(&path));
    written
}

/// From `df`, which every system has: the standard library does not report free space.
fn free_mib(folder: &Path) -> Option<u64> {
    let said = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    let kib: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kib / 1024)
}

fn font_digests() -> Check {
    match fonts::Face::ALL.into_iter().find(|face| face.parsed().is_err()) {
        None => check("fonts", Verdict::Good, "bốn phông chữ đi kèm đọc được."),
        Some(face) => {
            let sentence = format!("phông {} trong chương trình bị hỏng; hãy cài lại tinnhiem.", face.name());
            check("fonts", Verdict::Error, sentence)
        }
    }
}

fn rule_sets() -> Check {
    match sets::available(None) {
        Ok(sets) => {
            let cited = sets.iter().flat_map(|rules| rules.set.parameters());
            let open = cited.filter(|cited| cited.attested != Attested::Verified).count();
            let verdict = if open == 0 { Verdict::Good } else { Verdict::Warning };
            let sentence = format!(
                "{} bộ quy tắc đọc được; {open} thông số chưa đối chiếu với văn bản chính thức{}",
                sets.len(),
                if open == 0 {
                    "."
                } else {
                    "; hãy chạy «tinnhiem rules ID» và nhờ pháp chế đối chiếu."
                }
            );
            check("rules", verdict, sentence)
        }
        Err(problem) => check("rules", Verdict::Error, problem.to_string()),
    }
}
