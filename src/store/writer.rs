//! Group commit: one task writes; all that arrives while it commits goes into its next transaction.
//!
//! A durable commit costs a write to the disk, and a log lets one writer at a time continue it; so forty writers would
//! wait for forty writes. Here they share one. Each can be taken back by itself: one that fails takes back its own
//! changes and nobody else's. Nobody hears anything before the shared commit is on the disk, not even a refusal: it may
//! rest on what another in the group did, and the group may still fail.
//!
//! Who stops waiting (a browser that is closed) does not stop the work: it is done whole or not at all. Stopping the
//! service waits for the work that was handed in.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::{mpsc, oneshot};

use super::db::Db;
use super::error::StoreError;
use super::figures;
use super::scope::CouncilTx;
use domain::id::CouncilId;

/// Most that one commit takes together: bounds how long the first waits for the last.
const GROUP: usize = 64;
/// Most that may wait; who comes then waits to wait.
const QUEUE: usize = 1024;

/// Work in a transaction.
pub type Work<'t, T> = Pin<Box<dyn Future<Output = T> + Send + 't>>;

/// Tells whoever asked how it ended, given how the commit did.
type Tell = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// How one piece of work ended, before the commit.
struct Ran {
    is_done: bool,
    tell: Tell,
}

/// Work of any result.
trait Job: Send {
    fn council(&self) -> CouncilId;
    fn run<'t>(self: Box<Self>, tx: &'t mut CouncilTx) -> Work<'t, Ran>;
    /// It never ran: there was no transaction to run it in.
    fn refuse(self: Box<Self>, error: StoreError);
}

struct Typed<T, E, F> {
    council: CouncilId,
    work: F,
    asker: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Typed<T, E, F>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, E>> + Send + 'static,
{
    fn council(&self) -> CouncilId {
        self.council
    }

    fn run<'t>(self: Box<Self>, tx: &'t mut CouncilTx) -> Work<'t, Ran> {
        Box::pin(async move {
            let Self { work, asker, .. } = *self;
            // The work may break off before its first statement too.
            let whole = AssertUnwindSafe(async { work(tx).await });
            let result = whole.catch_unwind().await.unwrap_or_else(|_| Err(StoreError::BrokeOff.into()));
            let is_done = result.is_ok();
            let tell = move |committed: Result<(), StoreError>| {
                let answer = committed.map_err(E::from).and(result);
                // Nobody may be waiting any more; the work is done all the same.
                drop(asker.send(answer));
            };
            Ran { is_done, tell: Box::new(tell) }
        })
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        drop(self.asker.send(Err(error.into())));
    }
}

/// What the task is asked for.
enum Ask {
    Run(Box<dyn Job>),
    /// Finish what was handed in before, take nothing more, and say so.
    Stop(oneshot::Sender<()>),
}

/// Where work is handed in.
#[derive(Clone, Debug)]
pub(super) struct Writer(mpsc::Sender<Ask>);

impl Writer {
    /// Starts the task; it ends when it is stopped, or when the last handle is dropped.
    pub(super) fn start(db: Db) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(serve(db, receiver));
        Self(sender)
    }

    /// How much waits for its turn.
    pub(super) fn waiting(&self) -> usize {
        self.0.max_capacity() - self.0.capacity()
    }

    /// Runs `work` in a transaction for `council`, and gives its result once that is durable.
    pub(super) async fn write<T, E, F>(&self, council: CouncilId, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, E>> + Send + 'static,
    {
        let (asker, answer) = oneshot::channel();
        let job = Ask::Run(Box::new(Typed { council, work, asker }));
        self.0.send(job).await.map_err(|_| StoreError::Stopping)?;
        answer.await.map_err(|_| StoreError::Stopping)?
    }

    /// Comes back when the work that was handed in is done; what comes later is refused.
    pub(super) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.0.send(Ask::Stop(done)).await.is_ok() {
            drop(stopped.await);
        }
    }
}

async fn serve(db: Db, mut queue: mpsc::Receiver<Ask>) {
    let mut stopping = Vec::new();
    while let Some(asked) = queue.recv().await {
        match asked {
            Ask::Run(first) => {
                let mut ran = Vec::new();
                let outcome = group(&db, first, &mut queue, &mut ran, &mut stopping).await.map_err(Arc::new);
                if outcome.is_ok() && !ran.is_empty() {
                    figures::count_commit(ran.len());
                }
                for tell in ran {
                    tell(outcome.clone().map_err(StoreError::Shared));
                }
            }
            Ask::Stop(done) => stopping.push(done),
        }
        if !stopping.is_empty() {
            // What is in the queue is still taken.
            queue.close();
        }
    }
    for done in stopping {
        done.send(()).ok();
    }
}

/// One transaction with all the work that is waiting. Those in `ran` at the end share its outcome.
async fn group(
    db: &Db,
    first: Box<dyn Job>,
    queue: &mut mpsc::Receiver<Ask>,
    ran: &mut Vec<Tell>,
    stopping: &mut Vec<oneshot::Sender<()>>,
) -> Result<(), StoreError> {
    let begun = match db.begin_write().await {
        Ok(tx) => CouncilTx::enter_to_write(tx, first.council()).await,
        Err(error) => Err(error),
    };
    let mut tx = match begun {
        Ok(tx) => tx,
        Err(error) => {
            first.refuse(error);
            return Ok(());
        }
    };
    one(&mut tx, first, ran).await?;
    while ran.len() < GROUP {
        match queue.try_recv() {
            Ok(Ask::Run(job)) => one(&mut tx, job, ran).await?,
            Ok(Ask::Stop(done)) => {
                stopping.push(done);
                break;
            }
            Err(_) => break,
        }
    }
    tx.commit().await
}

/// Runs one piece of work, and takes it back when it failed. An error is the group's: it cannot go on.
async fn one(tx: &mut CouncilTx, job: Box<dyn Job>, ran: &mut Vec<Tell>) -> Result<(), StoreError> {
    if let Err(error) = tx.begin_work(job.council()).await {
        let error = Arc::new(error);
        job.refuse(StoreError::Shared(Arc::clone(&error)));
        return Err(error.into());
    }
    let logs = tx.logs.clone();
    let Ran { is_done, tell } = job.run(tx).await;
    if is_done && tx.can_keep() {
        tx.keep_work();
        ran.push(tell);
        return Ok(());
    }
    let undone = tx.undo_work(logs).await;
    if is_done {
        // It went on after a statement that was refused; on PostgreSQL nothing after that could be kept.
        tell(Err(StoreError::BrokeOff));
    } else {
        ran.push(tell);
    }
    undone
}
