//! Which of several processes leads the table of a poll's counting room.
//!
//! The table is memory of one process. On PostgreSQL several processes may share a database, so the one that leads a poll's
//! table holds an advisory lock of the server for it. All these locks are on one connection of the process that is in no
//! pool: they end with it, whether the process ends, is killed, or loses the server. A SQLite database has one process.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions as _, Connection as _, PgPool};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::Store;
use super::db::Db;
use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::row;
use domain::audit::Digest;
use domain::id::{CouncilId, PollId};
use domain::poll_state::Stage;
use macros::boxed;

/// First key of these advisory locks: the letters `TNHL`. The second is [`key_of`].
pub(super) const CLASS: i32 = 0x544E_484C;
/// Longest wait for an answer on the connection of the locks; afterwards it counts as lost.
const WAIT: Duration = Duration::from_secs(5);

/// What a process hears that wants to lead the table of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// It leads, and has led since it was asked before.
    Kept,
    /// It leads from now on; another process may have led since.
    Taken,
    /// Another process leads.
    Elsewhere,
}

/// The leases of this process.
#[derive(Debug, Default)]
pub(super) struct Leases(Mutex<Option<Held>>);

#[derive(Debug)]
struct Held {
    connection: PgConnection,
    polls: BTreeSet<(CouncilId, PollId)>,
}

/// Second key of a poll's lock. Two polls with the same key are led by the same process, which harms neither.
pub(super) fn key_of(council: CouncilId, poll: PollId) -> i32 {
    let digest = Digest::of(format!("{council}/{poll}").as_bytes());
    let [a, b, c, d, ..] = *digest.as_bytes();
    i32::from_be_bytes([a, b, c, d])
}

impl Held {
    /// The server notices within half a minute when the machine of this process is gone; it notices the end of the process
    /// itself at once.
    async fn connect(pool: &PgPool) -> Result<Self, StoreError> {
        let name = format!("tinnhiem counting table, process {}", std::process::id());
        let alive = [("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3")];
        let options = pool.connect_options().as_ref().clone().application_name(&name).options(alive);
        Ok(Self { connection: options.connect().await?, polls: BTreeSet::new() })
    }

    /// Whether the connection, and every lock on it, still lives.
    async fn lives(&mut self) -> bool {
        let asked = sqlx::query("SELECT 1").execute(&mut self.connection);
        timeout(WAIT, asked).await.is_ok_and(|answer| answer.is_ok())
    }

    async fn take(&mut self, council: CouncilId, poll: PollId) -> Result<Lease, StoreError> {
        if self.polls.contains(&(council, poll)) {
            return Ok(Lease::Kept);
        }
        let (is_ours,): (bool,) = sqlx::query_as("SELECT pg_try_advisory_lock($1, $2)")
            .bind(CLASS)
            .bind(key_of(council, poll))
            .fetch_one(&mut self.connection)
            .await?;
        if !is_ours {
            return Ok(Lease::Elsewhere);
        }
        self.polls.insert((council, poll));
        Ok(Lease::Taken)
    }

    async fn give_back(&mut self, council: CouncilId, poll: PollId) -> Result<(), StoreError> {
        if self.polls.remove(&(council, poll)) {
            let give_back = sqlx::query("SELECT pg_advisory_unlock($1, $2)").bind(CLASS).bind(key_of(council, poll));
            give_back.execute(&mut self.connection).await?;
        }
        Ok(())
    }
}

impl Leases {
    async fn take(
        &self,
        pool: &PgPool,
        (council, poll): (CouncilId, PollId),
        changed: impl FnOnce() + Send,
    ) -> Result<Lease, StoreError> {
        let mut held = self.0.lock().await;
        let lives = match held.as_mut() {
            Some(held) => held.lives().await,
            None => false,
        };
        if !lives {
            // The old connection is closed before the new one asks for the same locks.
            drop(held.take());
            *held = Some(Held::connect(pool).await?);
        }
        let Some(connected) = held.as_mut() else { return Err(StoreError::BrokeOff) };
        let lease = connected.take(council, poll).await?;
        if lease != Lease::Kept {
            // While nobody else can ask: what follows an answer `Kept` is not undone by it.
            changed();
        }
        Ok(lease)
    }

    /// Ends all leases of this process.
    pub(super) async fn end(&self) {
        let held = self.0.lock().await.take();
        if let Some(Held { connection, .. }) = held {
            // Where the server does not answer any more, it has ended them itself.
            drop(timeout(WAIT, connection.close()).await);
        }
    }
}

/// How far a poll has come, without the rest of it; `None` when there is no such poll.
#[boxed]
pub async fn stage(tx: &mut CouncilTx, poll: PollId) -> Result<Option<Stage>, StoreError> {
    let row = row!(tx, (String,), "SELECT state FROM polls WHERE council_id = $1 AND poll_id = $2", poll.to_string())?;
    row.map(|(state,)| Stage::from_code(&state).ok_or_else(|| StoreError::corrupt("polls.state"))).transpose()
}

impl Store {
    /// Whether several processes may share this database.
    pub const fn is_shared(&self) -> bool {
        matches!(self.db, Db::Postgres(_))
    }

    /// Takes the lease of a poll, or makes sure that it is still held: each time the server is asked. `changed` is called
    /// before anybody else hears an answer, unless it is [`Lease::Kept`]: what this process knows of the table is not
    /// the table any more.
    ///
    /// # Errors
    /// When the server does not answer.
    #[boxed]
    pub async fn lease<F: FnOnce() + Send + 'static>(
        &self,
        council: CouncilId,
        poll: PollId,
        changed: F,
    ) -> Result<Lease, StoreError> {
        let Db::Postgres(pool) = &self.db else { return Ok(Lease::Kept) };
        let (leases, pool) = (Arc::clone(&self.leases), pool.clone());
        // A task of its own: a browser that closes its connection must not leave a question half asked.
        let asked = tokio::spawn(async move { leases.take(&pool, (council, poll), changed).await });
        asked.await.map_err(|_| StoreError::BrokeOff)?
    }

    /// Ends the lease of a poll, if this process holds it.
    ///
    /// # Errors
    /// When the server does not answer.
    #[boxed]
    pub async fn end_lease(&self, council: CouncilId, poll: PollId) -> Result<(), StoreError> {
        let leases = Arc::clone(&self.leases);
        let ended = tokio::spawn(async move {
            match leases.0.lock().await.as_mut() {
                Some(held) => held.give_back(council, poll).await,
                None => Ok(()),
            }
        });
        ended.await.map_err(|_| StoreError::BrokeOff)?
    }

    /// Polls of a council whose table some process leads now, each with what the server says of that process: its name,
    /// and the address of its machine.
    ///
    /// # Errors
    /// When the server does not answer.
    #[boxed]
    pub async fn leaders(&self, council: CouncilId, polls: &[PollId]) -> Result<Vec<(PollId, String)>, StoreError> {
        let Db::Postgres(pool) = &self.db else { return Ok(Vec::new()) };
        let held: Vec<(i32, String)> = sqlx::query_as(
            "SELECT l.objid::bigint::bit(32)::int, a.application_name || coalesce(', ' || host(a.client_addr), '') \
             FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted \
             AND l.objsubid = 2 AND l.classid = $1::bigint::oid \
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .bind(i64::from(CLASS))
        .fetch_all(pool)
        .await?;
        let leader = |poll: &PollId| {
            let key = key_of(council, *poll);
            held.iter().find(|(lock, _)| *lock == key).map(|(_, process)| (*poll, process.clone()))
        };
        Ok(polls.iter().filter_map(leader).collect())
    }
}
