//! Group commit: one task writes; all that arrives while it commits goes into its next transaction.
//!
//! A durable commit costs a write to the disk, and a log lets one writer at a time continue it; so forty writers would
//! wait for forty writes. Here they share one. Each runs behind a savepoint of its own: one that fails takes back its own
//! changes and nobody else's. Nobody hears "done" before the shared commit is on the disk.
//!
//! Who stops waiting (a browser that is closed) does not stop the work: it is done whole or not at all.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::{mpsc, oneshot};

use super::db::Db;
use super::error::StoreError;
use super::figures;
use super::scope::CouncilTx;
use crate::domain::id::CouncilId;

/// Most that one commit takes together: bounds how long the first waits for the last.
const GROUP: usize = 64;
/// Most that may wait; who comes then waits to wait.
const QUEUE: usize = 1024;

/// Work in a transaction.
pub type Work<'t, T> = Pin<Box<dyn Future<Output = T> + Send + 't>>;

type Tell = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// How one piece of work ended, and how to tell whoever asked for it.
struct Ran {
    keep: bool,
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
            let result = work(tx).await;
            let keep = result.is_ok();
            let tell = move |committed: Result<(), StoreError>| {
                let answer = committed.map_err(E::from).and(result);
                // Nobody may be waiting any more; the work is done all the same.
                drop(asker.send(answer));
            };
            Ran { keep, tell: Box::new(tell) }
        })
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        drop(self.asker.send(Err(error.into())));
    }
}

/// Where work is handed in.
#[derive(Clone, Debug)]
pub(super) struct Writer(mpsc::Sender<Box<dyn Job>>);

impl Writer {
    /// Starts the task; it ends when the last handle is dropped, after the work that was handed in.
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
        self.0.send(Box::new(Typed { council, work, asker })).await.map_err(|_| StoreError::Stopping)?;
        answer.await.map_err(|_| StoreError::Stopping)?
    }
}

async fn serve(db: Db, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    while let Some(first) = queue.recv().await {
        let mut kept = Vec::new();
        let committed = group(&db, first, &mut queue, &mut kept).await.map_err(Arc::new);
        if committed.is_ok() && !kept.is_empty() {
            figures::count_commit(kept.len());
        }
        for tell in kept {
            tell(committed.clone().map_err(StoreError::Shared));
        }
    }
}

/// One transaction with all the work that is waiting. What is in `kept` at the end shares its outcome.
async fn group(
    db: &Db,
    first: Box<dyn Job>,
    queue: &mut mpsc::Receiver<Box<dyn Job>>,
    kept: &mut Vec<Tell>,
) -> Result<(), StoreError> {
    let begun = match db.begin_write().await {
        Ok(tx) => CouncilTx::enter(tx, first.council()).await,
        Err(error) => Err(error),
    };
    let mut tx = match begun {
        Ok(tx) => tx,
        Err(error) => {
            first.refuse(error);
            return Ok(());
        }
    };
    let mut waiting = Some(first);
    while let Some(job) = waiting {
        one(&mut tx, job, kept).await?;
        waiting = if kept.len() < GROUP { queue.try_recv().ok() } else { None };
    }
    tx.commit().await
}

async fn one(tx: &mut CouncilTx, job: Box<dyn Job>, kept: &mut Vec<Tell>) -> Result<(), StoreError> {
    let ready = match tx.turn_to(job.council()).await {
        Ok(()) => tx.connection().run("SAVEPOINT work").await,
        lost => lost,
    };
    if let Err(error) = ready {
        let error = Arc::new(error);
        job.refuse(StoreError::Shared(Arc::clone(&error)));
        return Err(error.into());
    }
    let logs = tx.logs.clone();
    match AssertUnwindSafe(job.run(tx)).catch_unwind().await {
        Ok(ran) if ran.keep => {
            kept.push(ran.tell);
            tx.connection().run("RELEASE SAVEPOINT work").await
        }
        failed => {
            if let Ok(ran) = failed {
                (ran.tell)(Ok(()));
            }
            tx.logs = logs;
            tx.connection().run("ROLLBACK TO SAVEPOINT work").await
        }
    }
}
