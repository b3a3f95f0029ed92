//! Connections that are open: so many in all, so many from one address. When there are more, the one that has carried no
//! request for the longest time makes room, of the address that has most: a sender who opens a thousand closes its own.

use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower::Service;

use super::address::network;

/// How many connections are open at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub all: usize,
    /// From one address.
    pub of_address: usize,
}

impl Limits {
    /// Most connections, however many files the process may open: each takes some memory.
    const MOST: usize = 2048;
    /// Most from one address: all browsers of a hall behind one, six connections each.
    const MOST_OF_ADDRESS: usize = 768;
    /// Files that connections leave to the database, to papers and to uploads.
    const OTHER_FILES: usize = 192;

    /// For a process that may open `files` files. Behind a proxy all connections come from one address.
    pub fn of_files(files: u64, has_proxy: bool) -> Self {
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        let all = files.saturating_sub(Self::OTHER_FILES).clamp(16, Self::MOST);
        Self { all, of_address: if has_proxy { all } else { Self::MOST_OF_ADDRESS.min(all / 2) } }
    }
}

/// One connection, as the table knows it.
struct Connection {
    address: IpAddr,
    /// Requests that are being answered.
    running: AtomicUsize,
    /// Goes up with each use of any connection, so that the least is the one that was used longest ago.
    used: AtomicU64,
    is_closed: AtomicBool,
    waker: AtomicWaker,
}

impl Connection {
    fn is_idle(&self) -> bool {
        self.running.load(Ordering::Relaxed) == 0
    }

    fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.waker.wake();
    }
}

/// All connections, by number.
#[derive(Default)]
struct Table {
    open: Mutex<BTreeMap<u64, Arc<Connection>>>,
    clock: AtomicU64,
}

impl Table {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes a connection in; closes another where there are too many. `None` when every one of them is busy.
    fn admit(self: &Arc<Self>, address: IpAddr, limits: Limits) -> Option<Arc<Entry>> {
        let address = network(address);
        let mut open = self.lock();
        let mut counts: BTreeMap<IpAddr, usize> = BTreeMap::new();
        for connection in open.values() {
            *counts.entry(connection.address).or_default() += 1;
        }
        let own = counts.get(&address).copied().unwrap_or(0);
        let crowded = if own >= limits.of_address {
            Some(address)
        } else if open.len() >= limits.all {
            counts.into_iter().max_by_key(|(_, count)| *count).map(|(address, _)| address)
        } else {
            None
        };
        if let Some(crowded) = crowded {
            let idle = open.iter().filter(|(_, other)| other.address == crowded && other.is_idle());
            let oldest = idle.min_by_key(|(_, other)| other.used.load(Ordering::Relaxed)).map(|(number, _)| *number)?;
            if let Some(closed) = open.remove(&oldest) {
                closed.close();
            }
        }
        let number = self.tick();
        let connection = Arc::new(Connection {
            address,
            running: AtomicUsize::new(0),
            used: AtomicU64::new(number),
            is_closed: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        });
        open.insert(number, Arc::clone(&connection));
        drop(open);
        Some(Arc::new(Entry { table: Arc::clone(self), number, connection }))
    }
}

/// A connection in the table; it leaves when it is dropped.
struct Entry {
    table: Arc<Table>,
    number: u64,
    connection: Arc<Connection>,
}

impl Entry {
    fn is_used(&self) {
        self.connection.used.store(self.table.tick(), Ordering::Relaxed);
    }

    /// Fails once the connection was closed; otherwise closing it wakes `cx`.
    fn check(&self, cx: &Context<'_>) -> io::Result<()> {
        self.connection.waker.register(cx.waker());
        if self.connection.is_closed.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.table.lock().remove(&self.number);
    }
}

/// Lets connections in.
#[derive(Clone)]
pub(super) struct Doorkeeper {
    table: Arc<Table>,
    limits: Limits,
}

impl Doorkeeper {
    pub(super) fn new(limits: Limits) -> Self {
        Self { table: Arc::default(), limits }
    }
}

impl<S> Accept<TcpStream, S> for Doorkeeper {
    type Stream = Watched<TcpStream>;
    type Service = Counted<S>;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let address = stream.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
        let Some(entry) = self.table.admit(address, self.limits) else {
            return ready(Err(io::ErrorKind::ConnectionRefused.into()));
        };
        let counted = Counted { service, entry: Arc::clone(&entry) };
        ready(stream.set_nodelay(true).map(|()| (Watched { stream, entry }, counted)))
    }
}

/// A stream that ends when its connection is closed from here.
pub(super) struct Watched<I> {
    stream: I,
    entry: Arc<Entry>,
}

impl<I: AsyncRead + Unpin> AsyncRead for Watched<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.entry.check(cx)?;
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.entry.is_used();
        }
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Watched<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.entry.check(cx)?;
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if written.is_ready() {
            self.entry.is_used();
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.entry.check(cx)?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        if written.is_ready() {
            self.entry.is_used();
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The service of a connection: while it answers, the connection is not idle.
#[derive(Clone)]
pub(super) struct Counted<S> {
    service: S,
    entry: Arc<Entry>,
}

/// A request that is being answered.
struct Running(Arc<Entry>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.connection.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<S, R> Service<R> for Counted<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.entry.connection.running.fetch_add(1, Ordering::Relaxed);
        let running = Running(Arc::clone(&self.entry));
        let answer = self.service.call(request);
        Box::pin(async move {
            let _running = running;
            answer.await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { all: 6, of_address: 4 };

    fn address(last: u8) -> IpAddr {
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
    }

    fn is_open(entry: &Arc<Entry>) -> bool {
        !entry.connection.is_closed.load(Ordering::Relaxed)
    }

    #[test]
    fn the_oldest_idle_connection_of_the_address_that_has_most_makes_room() {
        let table = Arc::new(Table::default());
        let admit = |last| table.admit(address(last), LIMITS);
        let flood: Vec<_> = (0..4).map(|_| admit(1).expect("room")).collect();
        flood[0].is_used();
        flood[1].connection.running.fetch_add(1, Ordering::Relaxed);
        let fifth = admit(1).expect("in place of the third");
        let open = |entries: &[Arc<Entry>]| entries.iter().map(is_open).collect::<Vec<_>>();
        assert_eq!(open(&flood), [true, true, false, true]);

        let others: Vec<_> = (2..4).map(|last| admit(last).expect("room")).collect();
        let late = admit(4).expect("in place of the fourth");
        assert_eq!(open(&flood), [true, true, false, false]);
        assert!(is_open(&fifth) && is_open(&late) && open(&others).iter().all(|open| *open));
        assert_eq!(table.lock().len(), 6);
        drop((flood, fifth, others, late));
        assert_eq!(table.lock().len(), 0);
    }

    #[test]
    fn nobody_is_let_in_while_all_of_an_address_are_busy() {
        let table = Arc::new(Table::default());
        let busy: Vec<_> = (0..4).map(|_| table.admit(address(1), LIMITS).expect("room")).collect();
        busy.iter().for_each(|entry| {
            entry.connection.running.fetch_add(1, Ordering::Relaxed);
        });
        assert!(table.admit(address(1), LIMITS).is_none());
        assert!(table.admit(address(2), LIMITS).is_some());
    }

    #[test]
    fn limits_follow_the_files_that_may_be_open() {
        assert_eq!(Limits::of_files(1024, false), Limits { all: 832, of_address: 416 });
        assert_eq!(Limits::of_files(65_536, false), Limits { all: 2048, of_address: 768 });
        assert_eq!(Limits::of_files(8192, true), Limits { all: 2048, of_address: 2048 });
    }
}
