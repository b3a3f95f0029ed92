//! A plan, run step by step.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use app::AppError;
use app::counting::room::table::BatchProgress;
use domain::poll_state::Stage;
use domain::proposal::{ProposalKind, ProposalState};
use domain::simulate::SeededStream;
use jiff::SignedDuration;
use store::faults::CrashPoint;
use store::{StoreError, requests};

use super::hands::Hall;
use super::invariants::{self, Broken, May, Watch};
use super::papers::BallotBox;
use super::plan::{Act, Net, Plan, Step, pick};
use super::sending::{Answer, Op, Sent};
use super::world::{Hand, SHAPES, World};

/// Undisturbed steps in which a vote must come to its end.
const PATIENCE: usize = 600;

/// A vote that kept every promise.
#[derive(Clone, Debug, Default)]
pub struct Vote {
    /// Hash of all heads of all logs after every step, as 64 digits.
    pub trace: String,
    /// The plan's steps and those to the end.
    pub steps: usize,
    pub crashes: usize,
    pub batches: usize,
    /// Called off, and not published.
    pub is_cancelled: bool,
    /// How often each operation was refused, by its sentence.
    pub refusals: BTreeMap<String, usize>,
}

/// A promise that does not hold.
#[derive(Clone, Debug)]
pub struct Failure {
    pub seed: u64,
    /// From 0; those behind the plan are the undisturbed ones.
    pub step: usize,
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, step {}: {}", self.seed, self.step, self.what)
    }
}

/// A vote that is running.
struct Running {
    world: World,
    hall: Hall,
    watch: Watch,
    /// Messages on their way.
    late: Vec<Sent>,
    /// Answers of the network's and the people's dice beside the plan.
    told: Vote,
    /// What the last steps were.
    trail: Vec<String>,
}

/// Runs a plan; a panic is a failure too.
pub fn runs(plan: &Plan) -> Result<Vote, Failure> {
    let mut at = 0;
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        runtime.block_on(whole(plan, &mut at))
    }));
    let what = match ran {
        Ok(Ok(vote)) => return Ok(vote),
        Ok(Err(what)) => what,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            format!(
                "panic: {}",
                text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default()
            )
        }
    };
    Err(Failure { seed: plan.seed, step: at, what })
}

async fn whole(plan: &Plan, at: &mut usize) -> Result<Vote, Broken> {
    let mut running = Running::begins(plan).await;
    let done = running.reaches_its_end(plan, at).await;
    running.world.ends().await;
    done.map_err(|what| format!("{what}\n  after: {}", running.trail.join("\n         ")))?;
    running.told.trace = running.watch.trace.to_string();
    Ok(running.told)
}

impl Running {
    async fn begins(plan: &Plan) -> Self {
        let mut dice = SeededStream::new(plan.seed, "papers of a simulated vote");
        let world = World::of(plan.seed, plan.shape % SHAPES.len()).await;
        let boxes = world.forms.iter().map(|(form, lines)| {
            let reasons = world.rules.ballot_reasons(*lines).count();
            BallotBox::filled(form, *lines, reasons, &mut dice)
        });
        let boxes = boxes.collect();
        let keys_deck = dice.below(2) == 0;
        let hall = Hall { boxes, keys_deck };
        Self { world, hall, watch: Watch::new(), late: Vec::new(), told: Vote::default(), trail: Vec::new() }
    }

    async fn reaches_its_end(&mut self, plan: &Plan, at: &mut usize) -> Result<(), Broken> {
        self.watch.holds(&self.world, &mut self.hall, &May::default()).await?;
        for step in &plan.steps {
            self.takes(*step, plan.seed).await?;
            *at += 1;
            // The whole check is slow: at random moments.
            if step.dice.is_multiple_of(24) {
                invariants::database_holds(&self.world).await?;
            }
        }
        for turn in 0..PATIENCE {
            if matches!(self.world.stage().await, Stage::Published | Stage::Cancelled) {
                return self.is_over().await;
            }
            let dice = u32::try_from(turn).expect("few");
            let step = Step { act: Act::Next, dice, net: Net::Good, crash: None, clock: 20 };
            self.takes(step, plan.seed).await?;
            *at += 1;
        }
        Err(format!("the vote comes to no end: {:?}", self.world.stage().await))
    }

    async fn is_over(&mut self) -> Result<(), Broken> {
        self.told.is_cancelled = self.world.stage().await == Stage::Cancelled;
        self.told.batches = self.watch.standing.len();
        // What is still on its way changes nothing any more.
        for sent in std::mem::take(&mut self.late) {
            self.arrives(&sent, false).await?;
        }
        self.watch.holds(&self.world, &mut self.hall, &May::default()).await?;
        if !self.told.is_cancelled {
            invariants::totals_are_true(&self.world, &self.hall).await?;
            invariants::bundle_holds(&self.world).await?;
        }
        invariants::database_holds(&self.world).await
    }

    /// One step, with everything that goes wrong in it; then everything has to hold.
    async fn takes(&mut self, step: Step, seed: u64) -> Result<(), Broken> {
        self.told.steps += 1;
        self.world.clock.advance(SignedDuration::from_secs(step.clock));
        let mut dice = SeededStream::new(seed ^ u64::from(step.dice), "a step of a simulated vote");
        let mut may = May::default();
        let sent = match step.act {
            Act::Restart => {
                self.world.starts_again().await;
                None
            }
            Act::Peek if self.world.stage().await < Stage::Closed => {
                invariants::peeks(&self.world).await?;
                None
            }
            Act::Late if !self.late.is_empty() => Some(self.late.remove(pick(&mut dice, self.late.len()))),
            Act::Next => {
                self.world.next(&self.hall, &mut dice).await.map_err(|e| unexpected(&e, "looks what is next"))?
            }
            Act::ConfirmOwn | Act::Stranger => {
                self.alone(step.act, &mut dice).await?;
                None
            }
            act => {
                self.world.tries(act, &self.hall, &mut dice).await.map_err(|e| unexpected(&e, "looks what to try"))?
            }
        };
        if let Some(sent) = sent {
            self.note(&step, &sent);
            self.allow(&sent, &mut may).await;
            self.is_sent(&step, sent, &mut dice).await?;
        }
        self.watch.holds(&self.world, &mut self.hall, &may).await
    }

    fn note(&mut self, step: &Step, sent: &Sent) {
        let crash = step.crash.map_or_else(String::new, |(at, later)| format!(", {at:?} {later}"));
        self.trail.push(format!("{:?}: {:?} {} ({:?}{crash})", step.act, sent.by, sent.op.name(), step.net));
        if self.trail.len() > 12 {
            self.trail.remove(0);
        }
    }

    /// What this message may change of the committed batches.
    async fn allow(&self, sent: &Sent, may: &mut May) {
        if let Some((form, number)) = sent.op.batch() {
            may.come.insert((form.to_owned(), number));
        }
        if let Op::Confirm(id) = sent.op {
            let reopens = |kind| kind == ProposalKind::BatchReopened;
            let found = self.world.proposals_now().await.into_iter().find(|p| p.id == id && reopens(p.kind));
            let about =
                found.and_then(|p| p.about.rsplit_once('/').map(|(form, number)| (form.to_owned(), number.parse())));
            if let Some((form, Ok(number))) = about {
                may.go.insert((form, number));
            }
        }
    }

    /// A message goes through the network to a program that may die under it.
    async fn is_sent(&mut self, step: &Step, sent: Sent, dice: &mut SeededStream) -> Result<(), Broken> {
        match step.net {
            Net::LosesRequest => return Ok(()),
            Net::Delays => {
                self.late.push(sent);
                return Ok(());
            }
            Net::Good | Net::LosesAnswer | Net::Doubles => {}
        }
        let before = self.watch.entries();
        if let Some((point, later)) = step.crash {
            self.world.store.faults().arm(point, later);
        }
        let answer = self.arrives(&sent, step.act == Act::Next && step.net == Net::Good).await?;
        if self.world.store.faults().has_crashed() {
            self.told.crashes += 1;
            self.world.starts_again().await;
            self.after_crash(step, &sent, answer.as_ref(), before).await?;
            // Whoever heard nothing sends again, or looks first.
            if dice.below(2) == 0 {
                self.arrives(&sent, false).await?;
            }
            return Ok(());
        }
        self.world.store.faults().disarm();
        if step.net != Net::Good {
            self.arrives(&sent, false).await?;
        }
        Ok(())
    }

    /// The program takes a message; what it says "done" to is in the database.
    async fn arrives(&mut self, sent: &Sent, is_fresh: bool) -> Result<Option<Answer>, Broken> {
        match self.world.takes(sent).await {
            Ok(answer) => {
                self.is_durable(sent, &answer, is_fresh).await?;
                Ok(Some(answer))
            }
            Err(_) if self.world.store.faults().has_crashed() => Ok(None),
            Err(error) => {
                let said = refusal(&error).ok_or_else(|| unexpected(&error, &sent.op.name()))?;
                if is_fresh {
                    let what = format!("{}: {said}", sent.op.name().split(" of ").next().unwrap_or_default());
                    *self.told.refusals.entry(what).or_default() += 1;
                }
                Ok(None)
            }
        }
    }

    async fn is_durable(&self, sent: &Sent, answer: &Answer, is_fresh: bool) -> Result<(), Broken> {
        let mut tx = self.world.store.read(self.world.council).await.map_err(|e| e.to_string())?;
        let is_claimed = requests::is_claimed(&mut tx, sent.request).await.map_err(|e| e.to_string())?;
        if sent.op.is_form() && !is_claimed {
            return Err(format!("{} was answered with done, and nothing of it is in the database", sent.op.name()));
        }
        drop(tx);
        let is_taken = *answer == Answer::Stands(Some(BatchProgress::Taken));
        if is_taken && is_fresh && self.world.stage().await == Stage::Counting {
            let (form, number) = sent.op.batch().ok_or("no batch")?;
            let mut tx = self.world.store.read(self.world.council).await.map_err(|e| e.to_string())?;
            let rows = store::batches::list(&mut tx, self.world.poll).await.map_err(|e| e.to_string())?;
            if !rows.iter().any(|row| row.form == form && row.number == number) {
                return Err(format!("batch {form}/{number} was acknowledged, and is not in the database"));
            }
        }
        Ok(())
    }

    /// What was answered before the process died is in the database; of a commit that had not begun nothing is.
    async fn after_crash(
        &mut self,
        step: &Step,
        sent: &Sent,
        answer: Option<&Answer>,
        before: u64,
    ) -> Result<(), Broken> {
        if let Some(answer) = answer {
            self.is_durable(sent, answer, step.act == Act::Next).await?;
        }
        let mut may = May::default();
        self.allow(sent, &mut may).await;
        self.watch.holds(&self.world, &mut self.hall, &may).await?;
        if step.crash == Some((CrashPoint::BeforeCommit, 0)) {
            let mut tx = self.world.store.read(self.world.council).await.map_err(|e| e.to_string())?;
            let is_claimed = requests::is_claimed(&mut tx, sent.request).await.map_err(|e| e.to_string())?;
            if is_claimed || self.watch.entries() != before {
                return Err(format!("{} is there by half: its commit had not begun", sent.op.name()));
            }
        }
        Ok(())
    }

    /// Somebody does alone what takes two, or what their role does not let them do.
    async fn alone(&mut self, act: Act, dice: &mut SeededStream) -> Result<(), Broken> {
        let sent = if act == Act::ConfirmOwn {
            let open = self.world.proposals_now().await.into_iter().find(|p| p.state == ProposalState::Open);
            open.and_then(|open| {
                Some(self.world.sent(self.world.hand_of(open.proposed.account)?, Op::Confirm(open.id)))
            })
        } else {
            let next = self.world.next(&self.hall, dice).await.map_err(|e| unexpected(&e, "looks what is next"))?;
            let stranger = [Hand::Admin, Hand::Observer, Hand::Auditor][pick(dice, 3)];
            next.map(|next| Sent { by: stranger, ..next })
        };
        let Some(sent) = sent else { return Ok(()) };
        match self.world.takes(&sent).await {
            Ok(_) => Err(format!("{:?} could {} alone", sent.by, sent.op.name())),
            Err(error) => refusal(&error).map(drop).ok_or_else(|| unexpected(&error, &sent.op.name())),
        }
    }
}

/// The sentence of a refusal; `None` for an error that no input explains.
fn refusal(error: &AppError) -> Option<String> {
    match error {
        AppError::Internal { .. }
        | AppError::Anchors(_)
        | AppError::Changed(_)
        | AppError::ChangedLog { .. }
        | AppError::File { .. }
        | AppError::Backup(_)
        | AppError::Undrawn
        | AppError::Crowded
        | AppError::Elsewhere { .. } => None,
        AppError::Store(StoreError::ClockBehind { .. } | StoreError::ClockAhead { .. }) => Some(error.to_string()),
        AppError::Store(_) => None,
        said => Some(said.to_string()),
    }
}

fn unexpected(error: &AppError, doing: &str) -> Broken {
    format!("{doing}: an error that is no refusal: {error}")
}

/// The shortest plan that is found to fail too, by leaving out steps.
pub fn shortened(plan: &Plan) -> Plan {
    let mut short = plan.clone();
    let mut length = short.steps.len() / 2;
    while length > 0 {
        let mut from = 0;
        while from < short.steps.len() {
            let mut less = short.clone();
            less.steps.drain(from..(from + length).min(less.steps.len()));
            if runs(&less).is_err() {
                short = less;
            } else {
                from += length;
            }
        }
        length /= 2;
    }
    short
}
