//! `tinnhiem doctor`: checks what the service depends on without changing it, and says what is wrong and what to do.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Serialize;

use crate::installation::data_folder;
use crate::rules::sets;
use crate::service::clock::{self, Chance, Clock};
use crate::service::error::AppError;
use crate::service::keys::Keys;
use domain::audit::UtcTime;
use domain::id::PollId;
use domain::rules::Attested;
use macros::boxed;
use pdf::fonts;
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

/// Least free disk space, in MiB: enough for a council's term with its papers.
const LEAST_FREE_MIB: u64 = 1024;

/// Looks at everything. Never fails: what cannot be looked at is a finding.
#[boxed]
pub async fn examine_all(data: &Path, database_url: Option<&str>) -> Vec<Check> {
    let mut all = Vec::new();
    let keys = key(data, &mut all);
    match data_folder::target(data, database_url) {
        Ok(target) => database(&target, keys.as_ref(), &mut all).await,
        Err(problem) => all.push(check("database", Verdict::Error, problem.to_string())),
    }
    all.push(disk(data));
    all.push(zone());
    all.push(font_digests());
    all.push(rule_sets());
    all
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

async fn database(target: &Target, keys: Option<&Keys>, all: &mut Vec<Check>) {
    let found = match examine(target).await {
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
            store.close().await;
        }
        Err(problem) => all.push(check("database", Verdict::Error, problem.to_string())),
    }
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
                let sentence = format!("không phải khóa đã lập nhật ký «{origin}»; hãy chép đúng khóa từ bản sao lưu.");
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
