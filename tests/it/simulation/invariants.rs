//! What must hold after every step of a simulated vote, whatever was tried and whatever broke.

use std::collections::{BTreeMap, BTreeSet};

use app::trail::{verify, verify_db};
use domain::audit::merkle::Frontier;
use domain::audit::{Checkpoint, CouncilEvent, Course, Digest, LogEntry, Moment, VerifierKey};
use domain::batch::Pile;
use domain::id::LogId;
use domain::poll_state::Stage;
use domain::proposal::{ProposalKind, ProposalState};
use store::{batches, logs, open_batches, polls};

use super::hands::Hall;
use super::world::{Hand, World};

/// A promise that does not hold, in a sentence.
pub type Broken = String;

/// What was seen up to the last step.
pub struct Watch {
    /// What was read of each log. It is never read again: a log that does not go on from there has another root.
    read: BTreeMap<LogId, Frontier>,
    course: Course,
    /// Batches that somebody was told to be in, or that were seen to be: papers by form and number.
    pub standing: BTreeMap<(String, u32), u32>,
    /// Hash of all heads after every step: the same for the same seed.
    pub trace: Digest,
}

/// What a step may have changed.
#[derive(Default)]
pub struct May {
    /// Batches that may have come.
    pub come: BTreeSet<(String, u32)>,
    /// Batches that may have gone back.
    pub go: BTreeSet<(String, u32)>,
}

fn broken<T>(sentence: impl Into<String>) -> Result<T, Broken> {
    Err(sentence.into())
}

fn or(cause: impl std::fmt::Display) -> Broken {
    cause.to_string()
}

/// The steps that only two people take, with the stage that each leads to.
const BY_TWO: [(Stage, ProposalKind); 5] = [
    (Stage::Voting, ProposalKind::VotingOpened),
    (Stage::Closed, ProposalKind::CountingClosed),
    (Stage::Declared, ProposalKind::ResultDeclared),
    (Stage::Confirmed, ProposalKind::ResultConfirmed),
    (Stage::Published, ProposalKind::ResultPublished),
];

/// Each stage from which on the head of a moment is signed.
const SIGNED: [(Stage, Moment); 5] = [
    (Stage::Sealed, Moment::FormsSealed),
    (Stage::Voting, Moment::VotingOpened),
    (Stage::Closed, Moment::CountingClosed),
    (Stage::Minuted, Moment::Minutes),
    (Stage::Published, Moment::Published),
];

impl Watch {
    pub fn new() -> Self {
        let trace = Digest::of(b"");
        Self { read: BTreeMap::new(), course: Course::default(), standing: BTreeMap::new(), trace }
    }

    /// Entries of all logs that were read.
    pub fn entries(&self) -> u64 {
        self.read.values().map(Frontier::size).sum()
    }

    /// Looks at everything; the papers of `hall` lie then as the database says.
    pub async fn holds(&mut self, world: &World, hall: &mut Hall, may: &May) -> Result<(), Broken> {
        let stage = self.logs(world).await?;
        self.signed(world, stage).await?;
        self.two_people(world, stage).await?;
        self.batches(world, hall, stage, may).await?;
        if stage < Stage::Closed {
            no_total(world).await?;
        }
        Ok(())
    }

    /// Every log goes on from where it was, entry by entry, and its head has its tag; the poll's log is a course that may
    /// be, and the poll's row is where that course is.
    async fn logs(&mut self, world: &World) -> Result<Stage, Broken> {
        let mut tx = world.store.read(world.council).await.map_err(or)?;
        let mut seen = vec![self.trace];
        for head in logs::heads(&mut tx).await.map_err(or)? {
            tx.check_tag(&head).map_err(or)?;
            let read = self.read.entry(head.log).or_default();
            if read.size() > head.head.size {
                return broken(format!(
                    "{} lost entries: {} of {}",
                    head.head.origin.as_str(),
                    head.head.size,
                    read.size()
                ));
            }
            for row in logs::rows_from(&mut tx, head.log, read.size(), 2_000).await.map_err(or)? {
                if head.poll.is_some() {
                    let entry: LogEntry = LogEntry::parse(&row.entry).map_err(or)?;
                    read.push(entry.leaf);
                    self.course.accept(entry).map_err(or)?;
                } else {
                    read.push(LogEntry::<CouncilEvent>::parse(&row.entry).map_err(or)?.leaf);
                }
            }
            if read.root() != head.head.root || read.size() != head.head.size {
                return broken(format!("{}: its entries have another root than its head", head.head.origin.as_str()));
            }
            seen.push(head.head.root);
        }
        let parts: Vec<&[u8]> = seen.iter().map(|digest| digest.as_bytes().as_slice()).collect();
        self.trace = Digest::of_parts(&parts);
        let stored = polls::find(&mut tx, world.poll).await.map_err(or)?.ok_or("no poll")?;
        let stage = stored.state.stage();
        if stage != self.course.stage() {
            return broken(format!("the poll's row is {stage:?}, its log {:?}", self.course.stage()));
        }
        Ok(stage)
    }

    /// The heads of all moments that came are signed by the log's key.
    async fn signed(&self, world: &World, stage: Stage) -> Result<(), Broken> {
        if stage == Stage::Cancelled {
            return Ok(());
        }
        let mut tx = world.store.read(world.council).await.map_err(or)?;
        let log = logs::of_poll(&mut tx, world.poll).await.map_err(or)?.ok_or("no log")?;
        let key = logs::head_of(&mut tx, log).await.map_err(or)?.ok_or("no log")?.public_key;
        let key = VerifierKey::parse(&key).map_err(or)?;
        let rows = logs::checkpoints(&mut tx, log).await.map_err(or)?;
        let mut moments = BTreeSet::new();
        for row in &rows {
            Checkpoint::open(&row.note, &key).map_err(or)?;
            moments.insert(row.moment.clone());
        }
        for (from, moment) in SIGNED {
            if stage >= from && !moments.contains(moment.code()) {
                return broken(format!("{stage:?} without the signed head of {moment:?}"));
            }
        }
        Ok(())
    }

    /// No step that takes two people was taken by one.
    async fn two_people(&self, world: &World, stage: Stage) -> Result<(), Broken> {
        let proposals = world.proposals_now().await;
        let confirmed: Vec<_> = proposals.iter().filter(|p| p.state == ProposalState::Confirmed).collect();
        for proposal in &confirmed {
            let decided = proposal.decided.as_ref().map(|by| by.account);
            if decided.is_none() || decided == Some(proposal.proposed.account) {
                return broken(format!("{:?} is confirmed by whoever proposed it", proposal.kind));
            }
        }
        for (from, kind) in BY_TWO {
            let is_there = confirmed.iter().any(|proposal| proposal.kind == kind);
            if stage >= from && stage != Stage::Cancelled && !is_there {
                return broken(format!("{stage:?} and nobody confirmed {kind:?}"));
            }
        }
        Ok(())
    }

    /// The committed batches are those that were acknowledged and no others, each once, of no more papers than came back.
    async fn batches(&mut self, world: &World, hall: &mut Hall, stage: Stage, may: &May) -> Result<(), Broken> {
        let mut tx = world.store.read(world.council).await.map_err(or)?;
        let rows = batches::list(&mut tx, world.poll).await.map_err(or)?;
        let open = open_batches::list(&mut tx, world.poll).await.map_err(or)?;
        let forms = polls::forms(&mut tx, world.poll).await.map_err(or)?;
        drop(tx);
        let mut now = BTreeMap::new();
        for row in &rows {
            let key = (row.form.clone(), row.number);
            if !self.standing.contains_key(&key) && !may.come.contains(&key) {
                return broken(format!("batch {}/{} came, and nobody sent it", row.form, row.number));
            }
            if now.insert(key, row.papers).is_some() {
                return broken(format!("batch {}/{} is there twice", row.form, row.number));
            }
            if row.readers[0].account == row.readers[1].account {
                return broken(format!("one person read batch {}/{} twice", row.form, row.number));
            }
        }
        for (form, number) in self.standing.keys() {
            let key = (form.clone(), *number);
            if !now.contains_key(&key) && !may.go.contains(&key) {
                return broken(format!("batch {form}/{number} was acknowledged, and is gone"));
            }
        }
        for own in &mut hall.boxes {
            let form = forms.iter().find(|form| form.form.id == own.form).ok_or("a form is gone")?;
            let counted: u32 = rows.iter().filter(|row| row.form == own.form).map(|row| row.papers).sum();
            let back = form.ballots.map_or(0, |(_, returned)| returned);
            if counted > back {
                return broken(format!("{counted} papers of {} are counted, {back} came back", own.form));
            }
            let of_form = open.iter().filter(|row| row.form == own.form && row.pile == Pile::Ballots);
            let open: Vec<_> = of_form.map(|row| (row.number, row.opened, row.papers)).collect();
            let of_form = rows.iter().filter(|row| row.form == own.form);
            let committed: Vec<_> = of_form.map(|row| (row.number, row.papers)).collect();
            if stage >= Stage::Counting && stage < Stage::Cancelled {
                own.lie(&open, &committed);
            }
        }
        self.standing = now;
        Ok(())
    }
}

/// Nobody reads a total before the count is closed.
async fn no_total(world: &World) -> Result<(), Broken> {
    let page = world.app.result_page(&world.caller(Hand::Leader), world.poll).await;
    if page.is_ok_and(|page| page.view.is_some()) {
        return broken("a total is shown before the close");
    }
    Ok(())
}

/// Everybody tries everything that shows totals, before the count is closed.
pub async fn peeks(world: &World) -> Result<(), Broken> {
    for hand in Hand::ALL {
        let caller = world.caller(hand);
        let page = world.app.result_page(&caller, world.poll).await;
        if page.is_ok_and(|page| page.view.is_some()) {
            return broken(format!("{hand:?} sees a total before the close"));
        }
        if world.app.bundle_file(&caller, world.poll).await.is_ok() {
            return broken(format!("{hand:?} gets a bundle before the close"));
        }
        if world.app.sealed_bundle_file(&caller, world.poll).await.is_ok() {
            return broken(format!("{hand:?} gets the openings before the close"));
        }
    }
    if world.app.public_result("mau", world.poll).await.is_ok()
        || world.app.public_bundle("mau", world.poll).await.is_ok()
    {
        return broken("everybody sees a result before the close");
    }
    Ok(())
}

/// `verify --db`: every log replays, every row follows from it.
pub async fn database_holds(world: &World) -> Result<(), Broken> {
    match verify_db::database(&world.target(), Some(&World::keys())).await.map_err(or)? {
        Ok(_) => Ok(()),
        Err(findings) => broken(format!("verify --db: {findings}")),
    }
}

/// The totals are those of the papers.
pub async fn totals_are_true(world: &World, hall: &Hall) -> Result<(), Broken> {
    let mut tx = world.store.read(world.council).await.map_err(or)?;
    let stored = polls::find(&mut tx, world.poll).await.map_err(or)?.ok_or("no poll")?;
    let Some(counted) = polls::closed_count(&mut tx, &stored).await.map_err(or)? else {
        return broken("there are no totals");
    };
    for own in &hall.boxes {
        let total = counted.forms().iter().find(|total| total.form == own.form).ok_or("a form has no total")?;
        let invalid: u32 = total.counts.invalid.values().sum();
        if total.counts.lines != own.truth() || total.counts.papers != own.len() || invalid != own.invalid() {
            return broken(format!("the totals of {} are not what stands on its {} papers", own.form, own.len()));
        }
    }
    Ok(())
}

/// The bundle that everybody may have verifies.
pub async fn bundle_holds(world: &World) -> Result<(), Broken> {
    let paper = world.app.bundle_file(&world.caller(Hand::Auditor), world.poll).await.map_err(or)?;
    let file = world.folder().join("goi-kiem-chung.zip");
    std::fs::write(&file, &paper.bytes).map_err(or)?;
    match verify::bundle(&file, None).map_err(or)? {
        Ok(_) => Ok(()),
        Err(failure) => broken(format!("the bundle: {failure}")),
    }
}
