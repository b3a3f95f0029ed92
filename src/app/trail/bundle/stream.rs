//! Reads a log of any length in pieces, on all cores. Whoever has read a piece waits for its turn and hands its entries on, so
//! that they come in the order of the log, and none goes from one core to another.

use std::io::{self, Read};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::service::error::io_sentence;
use domain::audit::LogEntry;
use domain::audit::entry::{EntryReader, MAX_ENTRY_BYTES};

/// Bytes that one core reads at a time: few enough that what is made of them is at hand when its turn comes.
const PIECE_BYTES: usize = 1 << 17;

/// Where a log stops being one.
#[derive(Debug, thiserror::Error)]
pub enum LogFault {
    /// The file cannot be read.
    #[error("{}", io_sentence(.0))]
    Io(#[from] io::Error),
    /// A line is no entry, or cannot follow.
    #[error("dòng {line}: {what}")]
    Line {
        /// Number of the line, from 1.
        line: u64,
        /// Why, Vietnamese.
        what: String,
    },
}

/// What takes the entries of a log.
pub type TakeEntry<'t> = dyn FnMut(LogEntry) -> Result<(), String> + Send + 't;

/// Reads one entry a line from `input` and hands each to `take`, in order.
///
/// # Errors
/// The first line that is no entry, that `take` refuses, or that has no end.
pub fn read_log(input: impl Read + Send, take: &mut TakeEntry<'_>) -> Result<(), LogFault> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let source = Mutex::new(Source { input, rest: Vec::new(), pieces: 0, is_over: false });
    let turns = Turns { state: Mutex::new(State { take, next: 0, line: 0, fault: None }), passed: Condvar::new() };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| read_pieces(&source, &turns));
        }
    });
    let state = turns.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.fault.map_or(Ok(()), Err)
}

/// Why a log ends before its last line.
enum Fault {
    Io(io::Error),
    /// Of the line after those that were read, Vietnamese.
    Line(String),
}

/// Entries of one piece up to the first line that is no entry.
struct Piece {
    entries: Vec<LogEntry>,
    fault: Option<Fault>,
}

fn read_pieces(source: &Mutex<Source<impl Read>>, turns: &Turns<'_, '_>) {
    let mut buffer = Vec::with_capacity(2 * PIECE_BYTES);
    loop {
        let Some((number, after)) = lock(source).fill(&mut buffer) else { return };
        // The others wait for this piece, whatever becomes of it.
        let read = catch_unwind(AssertUnwindSafe(|| read_lines(&buffer, after)));
        if !turns.hand_on(number, read.unwrap_or_else(|_| lost())) {
            return;
        }
    }
}

/// Stands for a piece that was not read to its end, so that none of its lines counts as checked.
fn lost() -> Piece {
    Piece { entries: Vec::new(), fault: Some(Fault::Line(LOST.to_owned())) }
}

const LOST: &str = "không kiểm tra được vì lỗi bên trong chương trình";

/// The entries of whole lines, which `after` follows.
fn read_lines(lines: &[u8], after: Option<Fault>) -> Piece {
    let (text, after) = match std::str::from_utf8(lines) {
        Ok(text) => (text, after),
        Err(damage) => {
            let whole = lines.get(..damage.valid_up_to()).unwrap_or_default();
            let end = whole.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
            let before = std::str::from_utf8(whole.get(..end).unwrap_or_default()).unwrap_or_default();
            (before, Some(Fault::Line("không phải văn bản UTF-8".to_owned())))
        }
    };
    let mut entries = Vec::with_capacity(text.len() / 256);
    let mut reader = EntryReader::default();
    for line in text.split_terminator('\n') {
        match reader.read_of_poll(line) {
            Ok(entry) => entries.push(entry),
            Err(fault) => return Piece { entries, fault: Some(Fault::Line(fault.to_string())) },
        }
    }
    Piece { entries, fault: after }
}

/// The text of a log, as far as it was given out.
struct Source<R> {
    input: R,
    /// The beginning of a line.
    rest: Vec<u8>,
    /// How many were given out.
    pieces: u64,
    is_over: bool,
}

impl<R: Read> Source<R> {
    /// Puts the next whole lines into `buffer`; gives their number among the pieces, and what is wrong after them. `None` when
    /// there is nothing more.
    fn fill(&mut self, buffer: &mut Vec<u8>) -> Option<(u64, Option<Fault>)> {
        if self.is_over {
            return None;
        }
        buffer.clear();
        buffer.append(&mut self.rest);
        let fault = self.read(buffer).unwrap_or_else(|cause| {
            buffer.clear();
            Some(Fault::Io(cause))
        });
        self.is_over |= fault.is_some();
        let number = self.pieces;
        self.pieces += 1;
        Some((number, fault))
    }

    fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<Fault>> {
        let wanted = u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX);
        let mut end = 0;
        while end == 0 && buffer.len() <= MAX_ENTRY_BYTES && !self.is_over {
            let from = buffer.len();
            self.is_over = self.input.by_ref().take(wanted).read_to_end(buffer)? == 0;
            let new = buffer.get(from..).unwrap_or_default();
            end = new.iter().rposition(|&b| b == b'\n').map_or(0, |at| from + at + 1);
        }
        self.rest.extend_from_slice(buffer.get(end..).unwrap_or_default());
        buffer.truncate(end);
        let is_unfinished = self.rest.len() > MAX_ENTRY_BYTES || (self.is_over && !self.rest.is_empty());
        let what = "dòng quá dài hoặc thiếu dấu xuống dòng ở cuối";
        Ok(is_unfinished.then(|| Fault::Line(what.to_owned())))
    }
}

/// Lets whoever has read a piece hand it on after the one before.
struct Turns<'t, 'e> {
    state: Mutex<State<'t, 'e>>,
    passed: Condvar,
}

struct State<'t, 'e> {
    take: &'t mut TakeEntry<'e>,
    /// Number of the piece whose turn it is.
    next: u64,
    /// Lines that were taken.
    line: u64,
    fault: Option<LogFault>,
}

impl Turns<'_, '_> {
    /// Hands a piece on when its turn comes; whether the log goes on.
    fn hand_on(&self, number: u64, piece: Piece) -> bool {
        let is_early = |state: &mut State<'_, '_>| state.next != number && state.fault.is_none();
        let waited = self.passed.wait_while(lock(&self.state), is_early);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.fault.is_none() {
            let taken = catch_unwind(AssertUnwindSafe(|| state.take(piece)));
            let line = state.line;
            state.fault = taken.unwrap_or_else(|_| Err(LogFault::Line { line, what: LOST.to_owned() })).err();
            state.next += 1;
        }
        let goes_on = state.fault.is_none();
        drop(state);
        self.passed.notify_all();
        goes_on
    }
}

impl State<'_, '_> {
    fn take(&mut self, piece: Piece) -> Result<(), LogFault> {
        for entry in piece.entries {
            self.line += 1;
            (self.take)(entry).map_err(|what| LogFault::Line { line: self.line, what })?;
        }
        match piece.fault {
            None => Ok(()),
            Some(Fault::Io(cause)) => Err(cause.into()),
            Some(Fault::Line(what)) => Err(LogFault::Line { line: self.line + 1, what }),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
