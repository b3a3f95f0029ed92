//! Group commit: one task writes; all jobs that arrive while it commits share its next transaction.
//!
//! A durable commit costs a write to the disk, and only one writer at a time can append to a log; so forty writers would
//! wait for forty writes. Here they share one. Each job can be undone by itself: one that fails undoes its own changes
//! and no others. No job is answered before the shared commit is on the disk, not even with a refusal: a refusal may
//! depend on what another job in the group did, and the group may still fail.
//!
//! A caller that stops waiting (a closed browser) does not cancel its job: it is done as a whole or not at all. Stopping
//! the service waits for the queued jobs.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{mpsc, oneshot, watch};

use super::clock::Stopwatch;
use super::db::Db;
use super::disk::LastWrite;
use super::error::StoreError;
#[cfg(feature = "fixture")]
use super::faults::{CrashPoint, Faults};
use super::figures;
use super::scope::{CouncilTx, Guards};
use domain::id::CouncilId;

/// Largest number of jobs in one commit: bounds how long the first waits for the last.
const GROUP: usize = 64;
/// Queue length; a sender beyond it blocks.
const QUEUE: usize = 1024;

/// The future of a piece of work in a transaction.
pub type Work<'t, T> = Pin<Box<dyn Future<Output = T> + Send + 't>>;

/// Sends the caller the result of its job, given the result of the commit.
type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The result of one job before the commit.
struct Finished {
    is_done: bool,
    reply: Reply,
}

/// Time in a transaction after which a job is named in the service's log: all other writers waited that long.
const SLOW: Duration = Duration::from_millis(250);

/// Name of the function that encloses the closure `F`, which names its transaction in the service's log.
pub fn name_of<F>() -> &'static str {
    let path = std::any::type_name::<F>();
    // What follows a bracket are the types with which a generic function was called.
    let path = path.split_once('<').filter(|(before, _)| !before.is_empty()).map_or(path, |(before, _)| before);
    path.split("::{{closure}}").next().and_then(|path| path.rsplit("::").find(|part| !part.is_empty())).unwrap_or(path)
}

/// A queued piece of work, whatever its result type.
trait Job: Send {
    /// See [`name_of`].
    fn name(&self) -> &'static str;
    fn council(&self) -> CouncilId;
    fn run<'t>(self: Box<Self>, tx: &'t mut CouncilTx) -> Work<'t, Finished>;
    /// Answers a job that did not run because there was no transaction.
    fn refuse(self: Box<Self>, error: StoreError);
}

struct Typed<T, E, F> {
    name: &'static str,
    council: CouncilId,
    work: F,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Typed<T, E, F>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, E>> + Send + 'static,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn council(&self) -> CouncilId {
        self.council
    }

    fn run<'t>(self: Box<Self>, tx: &'t mut CouncilTx) -> Work<'t, Finished> {
        Box::pin(async move {
            let Self { work, caller, .. } = *self;
            // The closure itself may panic, before it returns a future.
            let whole = AssertUnwindSafe(async { work(tx).await });
            let result = whole.catch_unwind().await.unwrap_or_else(|_| Err(StoreError::BrokeOff.into()));
            let is_done = result.is_ok();
            let reply = move |committed: Result<(), StoreError>| {
                let answer = committed.map_err(E::from).and(result);
                // The caller may have stopped waiting; the work is done all the same.
                drop(caller.send(answer));
            };
            Finished { is_done, reply: Box::new(reply) }
        })
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        drop(self.caller.send(Err(error.into())));
    }
}

tokio::task_local! {
    /// Set while a piece of work runs.
    static WRITING: ();
}

/// Whether this is called by a piece of work of [`super::Store::write`], for which all other writers wait.
pub fn is_writing() -> bool {
    WRITING.try_with(|()| ()).is_ok()
}

/// A message to the writing task.
enum Message {
    Run(Box<dyn Job>),
    /// Finish the queued jobs, accept no more, and confirm.
    Stop(oneshot::Sender<()>),
}

/// Handle of the queue of the writing task.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    last: LastWrite,
    signed: watch::Receiver<u64>,
    #[cfg(feature = "fixture")]
    faults: Faults,
}

impl Writer {
    /// Starts the writing task; it ends when it is stopped or the last handle is dropped.
    pub(super) fn start(db: Db, guards: Guards) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let last = LastWrite::default();
        let (tell_signed, signed) = watch::channel(0);
        #[cfg(feature = "fixture")]
        let faults = Faults::default();
        let database = Database {
            db,
            guards,
            #[cfg(feature = "fixture")]
            faults: faults.clone(),
        };
        tokio::spawn(serve(database, (last.clone(), tell_signed), receiver));
        Self {
            queue: sender,
            last,
            signed,
            #[cfg(feature = "fixture")]
            faults,
        }
    }

    /// The crash that a simulation wants.
    #[cfg(feature = "fixture")]
    pub(super) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// How the last transaction ended.
    pub(super) const fn last_write(&self) -> &LastWrite {
        &self.last
    }

    /// Changes after each commit of a signed head.
    pub(super) fn signed(&self) -> watch::Receiver<u64> {
        self.signed.clone()
    }

    /// Number of jobs in the queue.
    pub(super) fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Runs `work` in a transaction for `council` and returns its result once the commit is durable.
    pub(super) async fn write<T, E, F>(&self, name: &'static str, council: CouncilId, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, E>> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Message::Run(Box::new(Typed { name, council, work, caller }));
        self.queue.send(job).await.map_err(|_| StoreError::Stopping)?;
        answer.await.map_err(|_| StoreError::Stopping)?
    }

    /// Returns when the queued jobs are done; later jobs are refused.
    pub(super) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.queue.send(Message::Stop(done)).await.is_ok() {
            drop(stopped.await);
        }
    }
}

/// What the writing task writes to.
struct Database {
    db: Db,
    guards: Guards,
    #[cfg(feature = "fixture")]
    faults: Faults,
}

async fn serve(
    database: Database,
    (last, signed): (LastWrite, watch::Sender<u64>),
    mut queue: mpsc::Receiver<Message>,
) {
    let mut stopping = Vec::new();
    while let Some(message) = queue.recv().await {
        match message {
            Message::Run(first) => {
                let mut replies = Vec::new();
                let outcome = run_group(&database, first, &mut queue, &mut replies, &mut stopping).await;
                #[cfg(feature = "fixture")]
                if database.faults.has_crashed() {
                    // Nobody is answered, and what is queued is lost with the process.
                    return;
                }
                let has_signed = matches!(outcome, Ok(true));
                let outcome = outcome.map(drop).map_err(Arc::new);
                if outcome.is_err() || !replies.is_empty() {
                    last.ended(outcome.as_ref().copied());
                }
                if outcome.is_ok() && !replies.is_empty() {
                    figures::count_commit(replies.len());
                }
                for reply in replies {
                    reply(outcome.clone().map_err(StoreError::Shared));
                }
                if has_signed {
                    signed.send_modify(|count| *count = count.wrapping_add(1));
                }
            }
            Message::Stop(done) => stopping.push(done),
        }
        if !stopping.is_empty() {
            // Queued jobs are still received.
            queue.close();
        }
    }
    for done in stopping {
        done.send(()).ok();
    }
}

/// Runs the waiting jobs in one transaction, and says whether a head was signed in it. All in `replies` at the end share its
/// result.
async fn run_group(
    database: &Database,
    first: Box<dyn Job>,
    queue: &mut mpsc::Receiver<Message>,
    replies: &mut Vec<Reply>,
    stopping: &mut Vec<oneshot::Sender<()>>,
) -> Result<bool, StoreError> {
    let begun = match database.db.begin_write().await {
        Ok(tx) => CouncilTx::enter_to_write(tx, first.council(), database.guards.clone()).await,
        Err(error) => Err(error),
    };
    let mut tx = match begun {
        Ok(tx) => tx,
        Err(error) => {
            let error = Arc::new(error);
            first.refuse(StoreError::Shared(Arc::clone(&error)));
            return Err(StoreError::Shared(error));
        }
    };
    run_in(&mut tx, first, replies).await?;
    while replies.len() < GROUP {
        match queue.try_recv() {
            Ok(Message::Run(job)) => run_in(&mut tx, job, replies).await?,
            Ok(Message::Stop(done)) => {
                stopping.push(done);
                break;
            }
            Err(_) => break,
        }
    }
    // Whatever was renamed meanwhile: nobody hears "done" of what lies in a file that nobody finds.
    database.db.check_file()?;
    let (has_signed, heads) = (tx.has_signed, tx.new_heads());
    #[cfg(feature = "fixture")]
    if database.faults.ends_at(CrashPoint::BeforeCommit) {
        return Err(StoreError::Stopping);
    }
    tx.commit().await?;
    database.guards.heads.committed(heads);
    #[cfg(feature = "fixture")]
    if database.faults.ends_at(CrashPoint::AfterCommit) {
        return Err(StoreError::Stopping);
    }
    Ok(has_signed)
}

/// Runs one job; an error that ends the group is told by its reason.
async fn run_in(tx: &mut CouncilTx, job: Box<dyn Job>, replies: &mut Vec<Reply>) -> Result<(), StoreError> {
    let ran = run_job(tx, job, replies).await;
    ran.map_err(|error| tx.reason(error))
}

/// Runs one job and undoes it when it fails. An error means that the whole group cannot go on.
async fn run_job(tx: &mut CouncilTx, job: Box<dyn Job>, replies: &mut Vec<Reply>) -> Result<(), StoreError> {
    if let Err(error) = tx.begin_work(job.council()).await {
        let error = Arc::new(error);
        job.refuse(StoreError::Shared(Arc::clone(&error)));
        return Err(error.into());
    }
    let logs = tx.logs.clone();
    let (name, watch) = (job.name(), Stopwatch::start());
    let Finished { is_done, reply } = WRITING.scope((), job.run(tx)).await;
    let took = watch.elapsed();
    if took > SLOW {
        tracing::warn!(transaction = name, milliseconds = took.as_millis(), "slow transaction");
    }
    if is_done && tx.can_keep() {
        tx.keep_work();
        replies.push(reply);
        return Ok(());
    }
    let undone = tx.undo_work(logs).await;
    if is_done {
        // The job went on after a refused statement; PostgreSQL keeps nothing that follows one.
        reply(Err(StoreError::BrokeOff));
    } else {
        replies.push(reply);
    }
    undone
}

#[cfg(test)]
mod tests {
    use super::name_of;

    fn name<F>(_: &F) -> &'static str {
        name_of::<F>()
    }

    struct Office;

    impl Office {
        fn signs<T: Copy>(&self, value: T) -> &'static str {
            name(&move || value)
        }
    }

    #[test]
    fn a_transaction_has_the_name_of_the_function_that_opened_it() {
        assert_eq!(name(&|| ()), "a_transaction_has_the_name_of_the_function_that_opened_it");
        assert_eq!(Office.signs(1), "signs");
        assert_eq!(Office.signs(name_of::<Office>()), "signs");
    }
}
