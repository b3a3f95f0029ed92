//! `tinnhiem verify --db`: every log of every council recomputed entry by entry, and the tables compared with what the
//! logs say about them. Nothing is written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use super::{verify_records, verify_releases};
use crate::installation::data_folder::{key_file, read_key, target};
use crate::service::error::AppError;
use crate::service::keys::Keys;
use domain::account::{Account, AccountState};
use domain::audit::canonical::from_text;
use domain::audit::entry::may_follow;
use domain::audit::event::poll::PollCreated;
use domain::audit::merkle::Frontier;
use domain::audit::{
    Checkpoint, CouncilCourse, CouncilEvent, Course, Digest, LogEntry, LogEvent, PollEvent, UtcTime, VerifierKey,
};
use domain::id::{AccountId, AttestationId, CouncilId, LogId, ProposalId, SlipId};
use domain::proposal::SignOff;
use domain::reset::{self, Proofs, Reset};
use domain::roster::Teller;
use domain::rules::Statement;
use macros::boxed;
use store::checks::{self, PollCheckRow, ProposalCheckRow, SlipRow, StatementCheckRow};
use store::councils::CouncilRow;
use store::logs::{self, EntryRow, LogHead};
use store::{CouncilTx, Store, StoreError, Target, accounts, polls, resets};

/// Entries that are read at once.
const CHUNK: u32 = 2_000;

/// The first thing that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbFailure {
    /// Name of the council.
    pub council: String,
    /// Name of the log, when it is one.
    pub log: Option<String>,
    /// Number of the entry, when it is one.
    pub seq: Option<u64>,
    /// What is wrong.
    pub cause: String,
}

impl fmt::Display for DbFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KHÔNG KHỚP: {}", self.council)?;
        if let Some(log) = &self.log {
            write!(f, ", nhật ký {log}")?;
        }
        if let Some(seq) = self.seq {
            write!(f, ", bản ghi {seq}")?;
        }
        write!(f, ": {}. Dừng ở đây; hãy giữ nguyên cơ sở dữ liệu và đối chiếu với bản sao lưu.", self.cause)
    }
}

/// What was checked of one council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouncilReport {
    /// Its name.
    pub name: String,
    /// Accounts that are as the log says.
    pub accounts: usize,
    /// Slips that are as the log says.
    pub slips: usize,
    /// Records that are as the log says, with all their versions.
    pub records: usize,
    /// Released dossiers that are as their polls' logs say.
    pub dossiers: usize,
    /// Its logs: origin (which says so where a rehearsal's own key signs), entries, signed heads, root.
    pub logs: Vec<(String, u64, usize, Digest)>,
}

/// What was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbReport {
    /// By name, the installation last.
    pub councils: Vec<CouncilReport>,
}

impl fmt::Display for DbReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for council in &self.councils {
            let CouncilReport { name, accounts, slips, records, dossiers, logs } = council;
            write!(f, "{name}: {accounts} tài khoản, {slips} thẻ truy cập")?;
            writeln!(f, " và {records} bản ghi dữ liệu cùng mọi phiên bản đúng như nhật ký")?;
            if *dossiers > 0 {
                writeln!(f, "  {dossiers} hồ sơ đã phát hành đúng mã băm trong nhật ký")?;
            }
            for (origin, entries, heads, root) in logs {
                writeln!(f, "  {origin}: {entries} bản ghi, {heads} điểm chốt, mã gốc {}", root.groups().join(" "))?;
            }
        }
        write!(
            f,
            "KHỚP. Cơ sở dữ liệu khớp với chính nó; muốn biết có ai thay cả nhật ký hay không, hãy so mã gốc với bản giấy \
             hoặc với điểm chốt giữ ở nơi khác."
        )
    }
}

/// Checks the database of the data folder `data`, or the one that `database_url` names, with the key if it is there.
///
/// # Errors
/// As [`database`], and when the key cannot be read.
#[boxed]
pub async fn of_folder(data: &Path, database_url: Option<&str>) -> Result<Result<DbReport, DbFailure>, AppError> {
    let key = key_file(data);
    let keys = if key.exists() { Some(read_key(&key)?) } else { None };
    database(&target(data, database_url)?, keys.as_ref()).await
}

/// Checks the database behind `target`; with the installation's key, also that its logs began with that key. Otherwise
/// somebody who can write to the database alone could put another key and its signatures in their place.
///
/// # Errors
/// When it cannot be read: then nothing was checked. The inner error is the first thing that does not hold.
#[boxed]
pub async fn database(target: &Target, keys: Option<&Keys>) -> Result<Result<DbReport, DbFailure>, AppError> {
    let store = Store::open_to_look(target).await?;
    let outcome = every_council(&store, keys).await;
    store.close().await;
    match outcome {
        Ok(councils) => Ok(Ok(DbReport { councils })),
        Err(Stop::Wrong(failure)) => Ok(Err(failure)),
        Err(Stop::Store(error)) => Err(error.into()),
    }
}

/// Why the check ended early.
enum Stop {
    Wrong(DbFailure),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Where the check is.
#[derive(Clone)]
struct Location {
    council: String,
    log: Option<String>,
}

impl Location {
    fn wrong(&self, seq: Option<u64>, cause: impl ToString) -> Stop {
        let cause = cause.to_string();
        Stop::Wrong(DbFailure { council: self.council.clone(), log: self.log.clone(), seq, cause })
    }
}

async fn every_council(store: &Store, keys: Option<&Keys>) -> Result<Vec<CouncilReport>, Stop> {
    let mut reports = Vec::new();
    for row in store.read_installation().await? {
        let id = row.id()?;
        reports.push(council(&mut store.read(id).await?, id, &row, keys).await?);
    }
    Ok(reports)
}

async fn council(
    tx: &mut CouncilTx,
    id: CouncilId,
    row: &CouncilRow,
    keys: Option<&Keys>,
) -> Result<CouncilReport, Stop> {
    let place = Location { council: row.name.clone(), log: None };
    let heads = damaged(&place, logs::heads(tx).await)?;
    let mut told = CouncilCourse::new(id);
    let mut revised = BTreeMap::new();
    let mut proofs = BTreeMap::new();
    let mut report =
        CouncilReport { name: row.name.clone(), accounts: 0, slips: 0, records: 0, dossiers: 0, logs: Vec::new() };
    one_own_log(&place, &heads)?;
    for head in &heads {
        let place = Location { log: Some(head.head.origin.as_str().to_owned()), ..place.clone() };
        let is_ours = keys.is_none_or(|keys| keys.began(head));
        let foreign = || place.wrong(None, "khóa công khai không phải của khóa bí mật trong thư mục dữ liệu");
        let mut name = head.head.origin.as_str().to_owned();
        let checked = if head.poll.is_none() {
            if !is_ours {
                return Err(foreign());
            }
            let mut accept = |entry: LogEntry<CouncilEvent>| {
                if let CouncilEvent::RecordsRevised(event) = &entry.event {
                    revised.insert(entry.seq, event.clone());
                }
                note_proofs(&mut proofs, &entry);
                told.accept_by(&entry.actor, entry.at, entry.event).map_err(|e| e.to_string())
            };
            log(tx, &place, head, &mut accept).await?
        } else {
            let (checked, is_rehearsal, dossiers) = poll_log(tx, &place, head).await?;
            report.dossiers += dossiers;
            // What the log says of itself, not the table: a rehearsal may have a key of its own, nothing else may.
            if !is_ours && !is_rehearsal {
                return Err(foreign());
            }
            if !is_ours {
                name.push_str(" (diễn tập, ký bằng khóa riêng)");
            }
            checked
        };
        report.logs.push((name, head.head.size, checked, head.head.root));
    }
    let own = heads.iter().find(|head| head.poll.is_none());
    let place = Location { log: own.map(|head| head.head.origin.as_str().to_owned()), ..place };
    check_council(&place, &told, row, &heads)?;
    check_resets(&place, &proofs, &damaged(&place, resets::list(tx).await)?)?;
    report.accounts = check_accounts(&place, &told, &damaged(&place, accounts::list(tx).await)?)?;
    report.slips = check_slips(&place, &told, checks::slips(tx).await?)?;
    check_proposals(&place, &told, checks::proposals(tx).await?)?;
    check_statements(&place, &told, checks::statements(tx).await?)?;
    let records = verify_records::check(tx, &revised).await?;
    report.records = records.map_err(|(seq, cause)| place.wrong(seq, cause))?;
    Ok(report)
}

fn one_own_log(place: &Location, heads: &[LogHead]) -> Result<(), Stop> {
    let own = heads.iter().filter(|head| head.poll.is_none()).count();
    if own == 1 {
        return Ok(());
    }
    Err(place.wrong(None, format!("hội đồng phải có đúng một nhật ký riêng, ở đây có {own}")))
}

/// Recomputes the log of a poll and compares rules and dossiers with it: the number of its signed heads, whether it says
/// that it is of a rehearsal, the number of dossiers.
async fn poll_log(tx: &mut CouncilTx, place: &Location, head: &LogHead) -> Result<(usize, bool, usize), Stop> {
    let mut course = Course::default();
    let mut told = Vec::new();
    let mut accept = |entry: LogEntry<PollEvent>| {
        if let PollEvent::DossiersReleased(event) = &entry.event {
            told.push((entry.seq, event.files.clone()));
        }
        course.accept(entry).map_err(|e| e.to_string())
    };
    let checked = log(tx, place, head, &mut accept).await?;
    let is_rehearsal = course.poll().is_some_and(|poll| poll.rehearsal);
    let Some(poll) = head.poll else { return Ok((checked, is_rehearsal, 0)) };
    check_board(place, &course, damaged(place, polls::tellers(tx, poll).await)?)?;
    if let Some(told) = course.poll() {
        check_poll(place, told, head.log, checks::poll(tx, poll).await?)?;
    }
    let held = verify_releases::check(tx, poll, &told, is_rehearsal).await;
    let dossiers = damaged(place, held)?.map_err(|(seq, cause)| place.wrong(seq, cause))?;
    Ok((checked, is_rehearsal, dossiers))
}

/// A stored text that cannot be read is a failed check, not a database that does not answer.
fn damaged<T>(place: &Location, read: Result<T, StoreError>) -> Result<T, Stop> {
    read.map_err(|error| match error {
        StoreError::Corrupt(what) => place.wrong(None, format!("dữ liệu đã lưu không đúng mẫu: {what}")),
        other => Stop::Store(other),
    })
}

/// Recomputes one log and gives the number of its signed heads.
async fn log<E: LogEvent>(
    tx: &mut CouncilTx,
    place: &Location,
    head: &LogHead,
    accept: &mut (dyn FnMut(LogEntry<E>) -> Result<(), String> + Send),
) -> Result<usize, Stop> {
    let signed = checkpoints(tx, place, head).await?;
    let mut frontier = Frontier::default();
    let mut last: Option<UtcTime> = None;
    loop {
        let rows = logs::rows_from(tx, head.log, frontier.size(), CHUNK).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let seq = frontier.size();
            let entry = entry::<E>(row, seq, last).map_err(|cause| place.wrong(Some(seq), cause))?;
            last = Some(entry.at);
            frontier.push(entry.leaf);
            accept(entry).map_err(|cause| place.wrong(Some(seq), cause))?;
            let root = || frontier.root();
            if let Some(other) = signed.get(&frontier.size()).filter(|other| **other != root()) {
                let cause = format!(
                    "điểm chốt của {} bản ghi đầu có mã gốc {}, tính lại ra {}",
                    frontier.size(),
                    other.groups().join(" "),
                    root().groups().join(" ")
                );
                return Err(place.wrong(Some(seq), cause));
            }
        }
    }
    let found = (frontier.size(), frontier.root(), last);
    if found != (head.head.size, head.head.root, head.last_at) {
        let cause = format!(
            "bảng logs ghi {} bản ghi với mã gốc {}, tính lại ra {} bản ghi với mã gốc {}",
            head.head.size,
            head.head.root.groups().join(" "),
            found.0,
            found.1.groups().join(" ")
        );
        return Err(place.wrong(None, cause));
    }
    if let Some((size, _)) = signed.range(found.0 + 1..).next() {
        let cause = format!("có điểm chốt của {size} bản ghi, mà nhật ký chỉ còn {}", found.0);
        return Err(place.wrong(None, cause));
    }
    Ok(signed.len())
}

/// Roots of the signed heads by size, each of which its key signed.
async fn checkpoints(tx: &mut CouncilTx, place: &Location, head: &LogHead) -> Result<BTreeMap<u64, Digest>, Stop> {
    let key = VerifierKey::parse(&head.public_key).map_err(|e| place.wrong(None, e))?;
    if key.name() != &head.head.origin {
        return Err(place.wrong(None, "khóa công khai mang tên nhật ký khác"));
    }
    let mut roots = BTreeMap::new();
    for row in logs::checkpoints(tx, head.log).await? {
        let wrong = |cause: String| place.wrong(None, format!("điểm chốt {} ({}): {cause}", row.size, row.moment));
        let opened = Checkpoint::open(&row.note, &key).map_err(|e| wrong(e.to_string()))?;
        if i64::try_from(opened.size) != Ok(row.size) {
            return Err(wrong(format!("văn bản đã ký nói {} bản ghi", opened.size)));
        }
        if roots.insert(opened.size, opened.root).is_some_and(|other| other != opened.root) {
            return Err(wrong("hai điểm chốt cùng số bản ghi mà khác mã gốc".to_owned()));
        }
    }
    Ok(roots)
}

/// The entry of a row, in its place.
fn entry<E: LogEvent>(row: &EntryRow, seq: u64, last: Option<UtcTime>) -> Result<LogEntry<E>, String> {
    let entry = LogEntry::<E>::parse(&row.entry).map_err(|e| e.to_string())?;
    if entry.seq != seq || i64::try_from(seq) != Ok(row.seq) {
        return Err(format!("mang số {} và đứng ở dòng {}, đúng ra phải là {seq}", entry.seq, row.seq));
    }
    if let Some(last) = last.filter(|last| !may_follow(&entry.event, entry.at, Some(*last))) {
        return Err(format!("ghi lúc {}, sớm hơn bản ghi liền trước ({last})", entry.at));
    }
    let copies = (entry.at.as_str(), entry.event.kind(), entry.actor.name.as_str());
    if copies != (row.at.as_str(), row.kind.as_str(), row.actor.as_str()) {
        return Err("các cột at, kind, actor không chép đúng văn bản của bản ghi".to_owned());
    }
    Ok(entry)
}

/// The row of a poll is what its log says of it, and the rules in it are those that were frozen last.
fn check_poll(place: &Location, told: &PollCreated, log: LogId, row: Option<PollCheckRow>) -> Result<(), Stop> {
    let row = row.ok_or_else(|| place.wrong(None, "đợt có nhật ký mà không có trong bảng polls"))?;
    let as_told = [
        (row.log_id == log.to_string(), "log_id"),
        (row.council_name == told.council, "council_name"),
        (row.sitting == told.sitting, "sitting"),
        (row.kind == told.kind.code(), "kind"),
        (row.delegates == i64::from(told.delegates), "delegates"),
        ((row.rehearsal, row.simulated) == (told.rehearsal, told.simulated), "rehearsal, simulated"),
        (row.ruleset == told.ruleset, "ruleset"),
        (row.ruleset_sha256 == told.ruleset_sha256.to_string(), "ruleset_sha256"),
        (Digest::of(row.ruleset_text.as_bytes()) == told.ruleset_sha256, "ruleset_text"),
    ];
    match as_told.iter().find(|(holds, _)| !holds) {
        Some((_, column)) => Err(place.wrong(None, format!("bảng polls (cột {column}) khác nhật ký của đợt"))),
        None => Ok(()),
    }
}

fn check_council(place: &Location, told: &CouncilCourse, row: &CouncilRow, heads: &[LogHead]) -> Result<(), Stop> {
    let said = told.council().ok_or_else(|| place.wrong(None, "nhật ký chưa có bản ghi council.founded"))?;
    let stored = (row.name.as_str(), row.slug.as_str(), row.second_factor_required);
    if stored != (said.name.as_str(), said.slug.as_str(), said.is_second_factor_required) {
        let cause =
            format!("bảng councils ghi «{}» ({}), nhật ký nói «{}» ({})", row.name, row.slug, said.name, said.slug);
        return Err(place.wrong(None, cause));
    }
    let stored: BTreeMap<_, _> =
        heads.iter().filter_map(|head| Some((head.poll?, head.head.origin.as_str()))).collect();
    let said: BTreeMap<_, _> = told.polls().iter().map(|(poll, origin)| (*poll, origin.as_str())).collect();
    if stored != said {
        return Err(place.wrong(None, "nhật ký của các đợt không đúng như các bản ghi poll.begun"));
    }
    Ok(())
}

fn check_accounts(place: &Location, told: &CouncilCourse, stored: &[Account]) -> Result<usize, Stop> {
    for account in stored {
        let wrong = |what: &str| place.wrong(None, format!("tài khoản {} ({}): {what}", account.login, account.id));
        let said = told.accounts().get(&account.id);
        let said = said.ok_or_else(|| wrong("có trong bảng accounts mà nhật ký không mở"))?;
        let as_said = [
            (said.login == account.login.as_str(), "tên đăng nhập"),
            (said.name == account.name, "họ tên"),
            (said.roles.iter().copied().eq(account.roles.iter()), "vai trò"),
            (said.is_open == (account.state == AccountState::Open), "trạng thái"),
        ];
        if let Some((_, what)) = as_said.iter().find(|(holds, _)| !holds) {
            return Err(wrong(&format!("{what} trong bảng accounts khác nhật ký")));
        }
    }
    let missing = told.accounts().iter().find(|(id, _)| !stored.iter().any(|account| account.id == **id));
    match missing {
        Some((id, said)) => Err(place
            .wrong(None, format!("tài khoản {} ({id}) có trong nhật ký mà không có trong bảng accounts", said.login))),
        None => Ok(stored.len()),
    }
}

/// Who counts depends on the table of the board.
fn check_board(place: &Location, told: &Course, stored: Vec<Teller>) -> Result<(), Stop> {
    if told.board() == stored {
        return Ok(());
    }
    Err(place.wrong(None, "Ban kiểm phiếu trong bảng poll_tellers khác bản ghi board.appointed"))
}

fn note_proofs(proofs: &mut BTreeMap<AccountId, Proofs>, entry: &LogEntry<CouncilEvent>) {
    if let Some(account) = reset::of_account(&entry.event) {
        proofs.entry(account).or_default().take(&entry.event, &entry.actor, entry.at);
    }
}

/// Who was reset and not vouched for: whoever may confirm depends on it.
fn check_resets(
    place: &Location,
    told: &BTreeMap<AccountId, Proofs>,
    stored: &[(AccountId, Reset)],
) -> Result<(), Stop> {
    let said: BTreeMap<AccountId, &Reset> =
        told.iter().filter_map(|(id, proofs)| Some((*id, proofs.reset.as_ref()?))).collect();
    let stored: BTreeMap<AccountId, &Reset> = stored.iter().map(|(id, reset)| (*id, reset)).collect();
    let differs = said.keys().chain(stored.keys()).find(|id| said.get(id) != stored.get(id));
    match differs {
        Some(id) => Err(place.wrong(None, format!("tài khoản {id}: lần đặt lại trong bảng accounts khác nhật ký"))),
        None => Ok(()),
    }
}

fn check_slips(place: &Location, told: &CouncilCourse, stored: Vec<SlipRow>) -> Result<usize, Stop> {
    let count = stored.len();
    let mut left = told.slips().clone();
    for row in stored {
        let wrong = |what: &str| place.wrong(None, format!("thẻ truy cập {}: {what}", row.slip_id));
        let id: Option<SlipId> = row.slip_id.parse().ok();
        let said = id.and_then(|id| left.remove(&id));
        let said = said.ok_or_else(|| wrong("có trong bảng slips mà nhật ký không ghi đã in"))?;
        if said.account.to_string() != row.account_id || said.expires_at.as_str() != row.expires_at {
            return Err(wrong("người nhận hoặc hạn dùng trong bảng slips khác nhật ký"));
        }
        // A used one need not be revoked any more.
        if said.is_void && row.revoked_at.is_none() && row.used_at.is_none() {
            return Err(wrong("nhật ký nói đã hết hiệu lực mà bảng slips vẫn cho dùng"));
        }
        if !said.is_void && row.revoked_at.is_some() {
            return Err(wrong("bị thu hồi trong bảng slips mà nhật ký không ghi"));
        }
    }
    match left.keys().next() {
        Some(id) => Err(place.wrong(None, format!("thẻ truy cập {id} có trong nhật ký mà không có trong bảng slips"))),
        None => Ok(count),
    }
}

/// What was proposed and what became of it, word for word: a step is taken by what another person saw.
fn check_proposals(place: &Location, told: &CouncilCourse, stored: Vec<ProposalCheckRow>) -> Result<(), Stop> {
    let mut left = told.proposals().clone();
    for row in stored {
        let wrong = |what: &str| place.wrong(None, format!("đề xuất {}: {what}", row.proposal_id));
        let id: Option<ProposalId> = row.proposal_id.parse().ok();
        let said = id.and_then(|id| left.remove(&id));
        let said = said.ok_or_else(|| wrong("có trong bảng proposals mà nhật ký không ghi"))?;
        let as_said = [
            (said.poll.to_string() == row.poll_id, "cuộc bỏ phiếu"),
            (said.content_sha256 == Digest::of(row.content.as_bytes()), "nội dung"),
            (said.state.code() == row.state, "trạng thái"),
        ];
        if let Some((_, what)) = as_said.iter().find(|(holds, _)| !holds) {
            return Err(wrong(&format!("{what} trong bảng proposals khác nhật ký")));
        }
    }
    match left.keys().next() {
        Some(id) => Err(place.wrong(None, format!("đề xuất {id} có trong nhật ký mà không có trong bảng proposals"))),
        None => Ok(()),
    }
}

/// What was said of rules, word for word, by whom: the effective set of a council follows from these rows.
fn check_statements(place: &Location, told: &CouncilCourse, stored: Vec<StatementCheckRow>) -> Result<(), Stop> {
    let mut left = told.statements().clone();
    for row in stored {
        let wrong = |what: &str| place.wrong(None, format!("đề xuất về quy định {}: {what}", row.attestation_id));
        let id: Option<AttestationId> = row.attestation_id.parse().ok();
        let said = id.and_then(|id| left.remove(&id));
        let said = said.ok_or_else(|| wrong("có trong bảng rule_statements mà nhật ký không ghi"))?;
        let statement: Option<Statement> = from_text(&row.content).ok();
        let copies = statement.map(|statement| (statement.ruleset, statement.file.map(|file| file.sha256.to_string())));
        let hand = |by: &SignOff| [by.account.to_string(), by.name.clone(), by.role.code().into(), by.at.to_string()];
        let proposed =
            [&row.proposed_account, &row.proposed_by, &row.proposed_role, &row.proposed_at].map(String::clone);
        let decided = [&row.decided_account, &row.decided_by, &row.decided_role, &row.decided_at];
        let decided: Vec<String> = decided.into_iter().flatten().cloned().collect();
        let said_decided = said.decided.as_ref().map(hand).map(Vec::from).unwrap_or_default();
        let as_said = [
            (said.statement_sha256 == Digest::of(row.content.as_bytes()), "nội dung"),
            (copies == Some((row.ruleset.clone(), row.file.clone())), "bộ quy tắc hoặc tệp"),
            (hand(&said.proposed) == proposed, "người đề xuất"),
            (said_decided == decided, "người quyết định"),
            (said.state.code() == row.state, "trạng thái"),
            (said.decided_place == row.decided_place, "thứ tự"),
            (said.note == row.note.clone().unwrap_or_default(), "lý do"),
        ];
        if let Some((_, what)) = as_said.iter().find(|(holds, _)| !holds) {
            return Err(wrong(&format!("{what} trong bảng rule_statements khác nhật ký")));
        }
    }
    match left.keys().next() {
        Some(id) => {
            let cause = format!("đề xuất về quy định {id} có trong nhật ký mà không có trong bảng rule_statements");
            Err(place.wrong(None, cause))
        }
        None => Ok(()),
    }
}
