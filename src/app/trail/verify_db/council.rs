//! One council: its logs, and every table that they describe.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::{DbFault, Findings, Place};
use super::log::{self, LogRead, Wanted};
use super::people::{self, ToldSlips};
use super::releases::{self, ToldRelease};
use super::{Asked, CouncilReport, LogReport, files, heads};
use crate::dossiers::OfferedRelease;
use crate::polls::held::{self, PollReplay};
use crate::polls::openings::unseal;
use crate::service::keys::Keys;
use crate::service::record_versions::ToldRevision;
use crate::service::{council_log, record_rows, record_versions};
use crate::trail::sums::check_sums;
use domain::audit::canonical::from_text;
use domain::audit::event::council::SignInBy;
use domain::audit::event::poll::CouncilLogNoted;
use domain::audit::pedersen::sums::SumsCheck;
use domain::audit::{Actor, CouncilCourse, CouncilEvent, Digest, LogEntry, PollEvent, UtcTime};
use domain::id::{AccountId, CouncilId, PollId};
use domain::proposal::{ProposalKind, ProposalState};
use domain::reset::{self, Proofs};
use domain::rules::Statement;
use store::checks::{self, StatementCheckRow};
use store::councils::CouncilRow;
use store::logs::{self, LogHead, NOTED};
use store::tables::{Cell, Line, Table, lines};
use store::{CouncilTx, StoreError, accounts, resets, row_tags, sealed};

/// What the council's own log tells.
struct Own {
    course: CouncilCourse,
    proofs: BTreeMap<AccountId, Proofs>,
    revised: BTreeMap<u64, ToldRevision>,
    slips: ToldSlips,
    /// Kind and time of the founding; time and hand of the last change of the name.
    founded: Option<(Option<String>, UtcTime)>,
    renamed: Option<(UtcTime, String)>,
    /// When each account was signed in with last.
    last_sign_ins: BTreeMap<AccountId, UtcTime>,
    /// Times of entries that may have waited for the clock.
    waited: BTreeSet<UtcTime>,
}

/// A head of the council's log that a poll's log notes.
struct Noted {
    place: Place,
    seq: u64,
    told: CouncilLogNoted,
    /// The head was signed with it: older programs, which do not name themselves, did not.
    is_signed: bool,
}

impl Own {
    fn new(council: CouncilId) -> Self {
        Self {
            course: CouncilCourse::new(council),
            proofs: BTreeMap::new(),
            revised: BTreeMap::new(),
            slips: ToldSlips::default(),
            founded: None,
            renamed: None,
            last_sign_ins: BTreeMap::new(),
            waited: BTreeSet::new(),
        }
    }

    fn accept(&mut self, entry: LogEntry<CouncilEvent>, has_waited: bool) -> Result<(), String> {
        let (at, actor): (UtcTime, &Actor) = (entry.at, &entry.actor);
        if has_waited {
            self.waited.insert(at);
        }
        if let Some(account) = reset::of_account(&entry.event) {
            self.proofs.entry(account).or_default().take(&entry.event, actor, at);
        }
        if let CouncilEvent::SessionStarted(started) = &entry.event {
            self.last_sign_ins.insert(started.account, at);
        }
        match &entry.event {
            CouncilEvent::RecordsRevised(event) => {
                let (event, actor) = (event.clone(), actor.clone());
                self.revised.insert(entry.seq, ToldRevision { event, actor, at, has_waited });
            }
            CouncilEvent::CouncilFounded(founded) => {
                self.founded = Some((founded.kind.map(|kind| kind.code().to_owned()), at));
            }
            CouncilEvent::CouncilRenamed(_) => self.renamed = Some((at, actor.name.clone())),
            CouncilEvent::SlipsIssued(issued) => {
                self.slips.issued.extend(issued.slips.iter().map(|slip| (slip.slip, at)));
                self.slips.ended.insert(at);
            }
            CouncilEvent::SlipsRevoked(_) | CouncilEvent::AccountDisabled(_) | CouncilEvent::AccountChanged(_) => {
                self.slips.ended.insert(at);
            }
            CouncilEvent::SessionStarted(started) if started.by == SignInBy::Slip => {
                self.slips.used.entry(started.account).or_default().insert(at);
            }
            _ => {}
        }
        self.course.accept_by(&entry.actor, at, entry.event).map_err(|e| e.to_string())
    }

    /// The row of the council itself.
    fn council(&self, row: &CouncilRow) -> Option<&'static str> {
        let said = self.course.council()?;
        let (kind, founded_at) = self.founded.as_ref()?;
        let (changed_at, changed_by) = match &self.renamed {
            Some((at, by)) => (*at, by.as_str()),
            None => (*founded_at, ""),
        };
        let as_told = [
            (row.name == said.name, "name"),
            (row.slug == said.slug, "slug"),
            (row.second_factor_required == said.is_second_factor_required, "second_factor_required"),
            (row.kind == *kind, "kind"),
            (row.founded_at == founded_at.as_str(), "founded_at"),
            (row.changed_at == changed_at.as_str(), "changed_at"),
            (row.changed_by == changed_by, "changed_by"),
        ];
        as_told.into_iter().find(|(holds, _)| !holds).map(|(_, column)| column)
    }
}

/// Checks one council and all its logs.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn check(
    tx: &mut CouncilTx,
    (id, row): (CouncilId, &CouncilRow),
    (keys, asked): (Option<&Keys>, &Asked),
    findings: &mut Findings,
) -> Result<CouncilReport, StoreError> {
    let place = Place { council: row.name.clone(), log: None };
    let mut report = CouncilReport { name: row.name.clone(), ..CouncilReport::default() };
    let Some(all) = findings.read(&place, logs::heads(tx).await)? else { return Ok(report) };
    let (own, polls): (Vec<&LogHead>, Vec<&LogHead>) = all.iter().partition(|head| head.poll.is_none());
    let [own] = own.as_slice() else {
        let cause = format!("hội đồng phải có đúng một nhật ký riêng, ở đây có {}", own.len());
        findings.add(&place, None, cause);
        return Ok(report);
    };
    let proposals = lines(tx, Table::Proposals).await?;
    let mut noted = Vec::new();
    for head in polls {
        let place = Place { log: Some(head.head.origin.as_str().to_owned()), ..place.clone() };
        let offers = offers(&proposals, head.poll);
        let checked = poll(tx, (&mut *findings, &place), head, (keys, asked), (&offers, &mut noted)).await?;
        report.dossiers += checked.dossiers;
        report.locked += checked.locked;
        report.under_shares += checked.under_shares;
        report.rows += checked.rows;
        report.logs.extend(checked.log);
    }
    let place = Place { log: Some(own.head.origin.as_str().to_owned()), ..place };
    if keys.is_some_and(|keys| !keys.began(own)) {
        findings.add(&place, None, "khóa công khai không phải của khóa bí mật trong thư mục dữ liệu");
        return Ok(report);
    }
    let mut told = Own::new(id);
    let anchor = heads::anchor_of(asked.anchors.as_ref(), own);
    let sizes = noted.iter().map(|noted| noted.told.size).chain(anchor.map(|anchor| anchor.frontier.size())).collect();
    let wanted = Wanted { sizes, paper: asked.root };
    let mut accept = |entry: LogEntry<CouncilEvent>, has_waited: bool| told.accept(entry, has_waited);
    let read = log::read(tx, (&mut *findings, &place), own, &wanted, &mut accept).await?;
    heads::anchored((&mut *findings, &place), anchor, read.as_ref(), own);
    let Some(read) = read else { return Ok(report) };
    heads::times((&mut *findings, &place), &read, false);
    heads::cosigned(tx, (&mut *findings, &place), own, &read).await?;
    for Noted { place, seq, told, is_signed } in noted {
        let holds = told.origin == own.head.origin.as_str() && read.roots.get(&told.size) == Some(&told.root);
        if !holds {
            findings.add(&place, Some(seq), "điểm của nhật ký hội đồng ghi ở đây không còn đúng nhật ký hội đồng");
        }
        let has_head = read.heads.iter().any(|row| row.moment == NOTED && u64::try_from(row.size) == Ok(told.size));
        if is_signed && !has_head {
            findings.add(&place, Some(seq), "bảng checkpoints thiếu điểm chốt của nhật ký hội đồng ghi ở đây");
        }
    }
    report.logs.insert(0, report_of(own, &read, None));
    tables(tx, (findings, &place), (&told, row, &all, keys), proposals, &mut report).await?;
    Ok(report)
}

/// Every table of the council that its own log tells of.
async fn tables(
    tx: &mut CouncilTx,
    (findings, place): (&mut Findings, &Place),
    (told, row, heads, keys): (&Own, &CouncilRow, &[LogHead], Option<&Keys>),
    proposals: Vec<Line>,
    report: &mut CouncilReport,
) -> Result<(), StoreError> {
    if told.course.council().is_none() {
        findings.add(place, None, "nhật ký chưa có bản ghi council.founded");
    }
    if let Some(column) = told.council(row) {
        findings.add(place, None, format!("bảng councils, dòng {}: cột {column} khác nhật ký", row.council_id));
    }
    let stored: BTreeMap<_, _> =
        heads.iter().filter_map(|head| Some((head.poll?, head.head.origin.as_str()))).collect();
    let said: BTreeMap<_, _> = told.course.polls().iter().map(|(poll, origin)| (*poll, origin.as_str())).collect();
    if stored != said {
        findings.add(place, None, "nhật ký của các đợt không đúng như các bản ghi poll.begun");
    }
    if let Some(signed) = findings.read(place, logs::signed(tx).await)? {
        for log in signed.keys().filter(|log| !heads.iter().any(|head| head.log == **log)) {
            findings.add(
                place,
                None,
                format!("bảng checkpoints có điểm chốt của nhật ký {log}, mà không có nhật ký đó"),
            );
        }
    }
    polls_are_begun(tx, (&mut *findings, place), &said).await?;
    if let Some(stored) = findings.read(place, resets::list(tx).await)? {
        held_or(findings, place, people::resets(&told.proofs, &stored));
    }
    if let Some(stored) = findings.read(place, accounts::list_as_stored(tx).await)? {
        let held = people::accounts(&told.course, (&told.proofs, &told.last_sign_ins), &stored);
        report.accounts = held_or(findings, place, held).unwrap_or_default();
    }
    let held = people::slips(&told.course, &told.slips, checks::slips(tx).await?);
    report.slips = held_or(findings, place, held).unwrap_or_default();
    if keys.is_some() {
        let forged = row_tags::forged(tx).await?;
        forged.into_iter().for_each(|row| findings.add(place, None, DbFault::Forged(row)));
    }
    let statements = checks::statements(tx).await?;
    let mut named = statement_files(&statements);
    if let Err(difference) = council_log::statements(&told.course, statements) {
        findings.rows(place, vec![difference]);
    }
    let steps = council_log::proposals(&told.course, |at| told.waited.contains(&at));
    report.rows += steps.len();
    findings.rows(place, steps.differences(proposals));
    match record_versions::check(tx, &told.revised).await? {
        Ok(versions) => report.versions = versions,
        Err((seq, cause)) => findings.add(place, seq, cause),
    }
    if let Some(copies) = findings.read(place, record_rows::of(tx).await)? {
        for table in copies.tables {
            report.records += table.len();
            let stored = lines(tx, table.table).await?;
            findings.rows(place, table.differences(stored));
        }
        named.extend(copies.files);
    }
    report.files = files::check(tx, (findings, place), &named).await?;
    Ok(())
}

fn held_or<T>(findings: &mut Findings, place: &Place, held: Result<T, String>) -> Option<T> {
    held.map_err(|cause| findings.add(place, None, cause)).ok()
}

/// A poll without a log, or rows of a poll that was never begun.
async fn polls_are_begun(
    tx: &mut CouncilTx,
    (findings, place): (&mut Findings, &Place),
    begun: &BTreeMap<PollId, &str>,
) -> Result<(), StoreError> {
    const OF_POLLS: [Table; 9] = [
        Table::Polls,
        Table::PollOfficials,
        Table::PollTellers,
        Table::PollForms,
        Table::PollPapers,
        Table::PollResults,
        Table::Batches,
        Table::Releases,
        Table::ReleasedFiles,
    ];
    for table in OF_POLLS {
        let name = table.name();
        let mut strange = BTreeSet::new();
        for Line(cells) in lines(tx, table).await? {
            let Some(Cell::Text(poll)) = cells.get("poll_id") else { continue };
            let is_begun = poll.parse().is_ok_and(|poll: PollId| begun.contains_key(&poll));
            if !is_begun {
                strange.insert(poll.clone());
            }
        }
        for poll in strange {
            findings.add(place, None, format!("bảng {name} có dòng của đợt {poll} mà nhật ký không ghi"));
        }
    }
    Ok(())
}

/// Files that prove what was said of rules.
fn statement_files(rows: &[StatementCheckRow]) -> Vec<Digest> {
    let file = |row: &StatementCheckRow| from_text::<Statement>(&row.content).ok()?.file.map(|file| file.sha256);
    rows.iter().filter_map(file).collect()
}

/// Releases of a poll that two people confirmed, by number. That their texts are those of the log is checked for all
/// proposals.
fn offers(proposals: &[Line], poll: Option<PollId>) -> BTreeMap<u32, OfferedRelease> {
    let poll = poll.map(|poll| poll.to_string()).unwrap_or_default();
    let is = |cells: &BTreeMap<String, Cell>, column: &str, text: &str| matches!(cells.get(column), Some(Cell::Text(stored)) if stored == text);
    let offer = |Line(cells): &Line| {
        let of_poll = is(cells, "poll_id", &poll) && is(cells, "kind", ProposalKind::DossiersReleased.code());
        let Some(Cell::Text(content)) = cells.get("content") else { return None };
        let confirmed = of_poll && is(cells, "state", ProposalState::Confirmed.code());
        confirmed.then(|| from_text::<OfferedRelease>(content).ok()).flatten()
    };
    proposals.iter().filter_map(offer).map(|offer| (offer.number, offer)).collect()
}

#[derive(Default)]
struct CheckedPoll {
    log: Option<LogReport>,
    rows: usize,
    locked: usize,
    under_shares: usize,
    dossiers: usize,
}

/// Recomputes the log of a poll and compares its tables, heads and releases with it.
async fn poll(
    tx: &mut CouncilTx,
    (findings, place): (&mut Findings, &Place),
    head: &LogHead,
    (keys, asked): (Option<&Keys>, &Asked),
    (offers, noted): (&BTreeMap<u32, OfferedRelease>, &mut Vec<Noted>),
) -> Result<CheckedPoll, StoreError> {
    let Some(id) = head.poll else { return Ok(CheckedPoll::default()) };
    let (mut replay, mut released, mut steps) = (PollReplay::default(), Vec::new(), 0);
    let mut heads_noted = Vec::new();
    let mut accept = |entry: LogEntry<PollEvent>, has_waited: bool| {
        match &entry.event {
            PollEvent::DossiersReleased(event) => {
                let (files, by) = (event.files.clone(), entry.actor.name.clone());
                released.push(ToldRelease { seq: entry.seq, files, at: entry.at, has_waited, by });
            }
            PollEvent::CouncilLogNoted(told) => {
                heads_noted.push((entry.seq, told.clone()));
            }
            _ => {}
        }
        if !matches!(entry.event, PollEvent::ClockConfirmed(_)) {
            steps = entry.seq + 1;
        }
        replay.accept(entry).map_err(|e| e.to_string())
    };
    let anchor = heads::anchor_of(asked.anchors.as_ref(), head);
    let wanted = Wanted { sizes: anchor.map(|anchor| anchor.frontier.size()).into_iter().collect(), paper: asked.root };
    let read = log::read(tx, (&mut *findings, place), head, &wanted, &mut accept).await?;
    heads::anchored((&mut *findings, place), anchor, read.as_ref(), head);
    let Some(read) = read else { return Ok(CheckedPoll::default()) };
    heads::cosigned(tx, (&mut *findings, place), head, &read).await?;
    let is_signed = replay.course().poll().is_some_and(|poll| poll.program.is_some());
    noted.extend(heads_noted.into_iter().map(|(seq, told)| Noted { place: place.clone(), seq, told, is_signed }));
    let is_rehearsal = replay.course().poll().is_some_and(|poll| poll.rehearsal);
    // What the log says of itself, not the table: a rehearsal may have a key of its own, nothing else may.
    let is_ours = keys.is_none_or(|keys| keys.began(head));
    if !is_ours && !is_rehearsal {
        findings.add(place, None, "khóa công khai không phải của khóa bí mật trong thư mục dữ liệu");
    }
    heads::check((&mut *findings, place), replay.course(), &read, steps);
    heads::times((&mut *findings, place), &read, true);
    // Before the close they open with the board's shares alone: then it is only known that all are there.
    let (shares, is_open) = (replay.course().shares(), !replay.course().totals().is_empty());
    let under_shares = if shares.are_needed() && !is_open { replay.batches().len() } else { 0 };
    let opener = keys.filter(|_| under_shares == 0).map(|keys| unseal(keys, shares));
    let unseal = opener.as_ref().map(|opener| -> &sealed::Unseal<'_> { opener });
    if let Some((form, batch, fault)) = sealed::fault(tx, id, replay.batches(), unseal).await? {
        findings.add(place, None, DbFault::Batch { form, batch, fault });
    }
    let course = replay.course();
    let sums = SumsCheck::of(head.head.origin.as_str(), course.forms(), course.totals());
    if let Err(fault) = check_sums(&sums) {
        findings.add(place, None, fault.to_string());
    }
    let (rows, differences) = held::differences(tx, &replay, (id, head.log)).await?;
    findings.rows(place, differences);
    let dossiers = releases::check(tx, (&mut *findings, place), id, &released, offers, is_rehearsal).await?;
    let note = (!is_ours).then_some(" (diễn tập, ký bằng khóa riêng)");
    let locked = if keys.is_none() && under_shares == 0 { replay.batches().len() } else { 0 };
    Ok(CheckedPoll { log: Some(report_of(head, &read, note)), rows, locked, under_shares, dossiers })
}

fn report_of(head: &LogHead, read: &LogRead, note: Option<&str>) -> LogReport {
    LogReport {
        origin: head.head.origin.as_str().to_owned(),
        name: format!("{}{}", head.head.origin.as_str(), note.unwrap_or_default()),
        entries: head.head.size,
        heads: read.heads.len(),
        root: head.head.root,
        on_paper: read.on_paper,
    }
}
