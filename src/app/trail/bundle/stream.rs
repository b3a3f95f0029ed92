//! Reads a log of any length in pieces: entries are checked on all cores, and handed on in their order.

use std::io::{self, Read};
use std::num::NonZero;
use std::thread;

use crate::service::error::io_sentence;
use domain::audit::LogEntry;
use domain::audit::entry::{EntryReader, MAX_ENTRY_BYTES};

/// Bytes that one core checks at a time.
const PIECE_BYTES: usize = 1 << 20;

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

/// Entries of one piece up to the first line that is no entry.
struct Piece {
    entries: Vec<LogEntry>,
    fault: Option<String>,
}

/// Reads one entry a line from `input` and hands each to `take`, in order.
///
/// # Errors
/// The first line that is no entry, that `take` refuses, or that has no end.
pub fn read_log(mut input: impl Read, take: &mut dyn FnMut(LogEntry) -> Result<(), String>) -> Result<(), LogFault> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let wanted = u64::try_from(PIECE_BYTES * workers).unwrap_or(u64::MAX);
    let mut line = 0;
    let mut buffer = Vec::with_capacity(PIECE_BYTES * workers + MAX_ENTRY_BYTES);
    // While the cores check one buffer, this thread takes the entries of the buffer before.
    let mut checked: Vec<Piece> = Vec::new();
    loop {
        let read = input.by_ref().take(wanted).read_to_end(&mut buffer)?;
        let end = buffer.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let (whole, rest) = buffer.split_at(end);
        let before = std::mem::take(&mut checked);
        let (pieces, taken) = thread::scope(|scope| {
            let running: Vec<_> = split_lines(whole, workers).map(|part| scope.spawn(|| check_lines(part))).collect();
            let taken = hand_on(before, &mut line, take);
            let pieces: Vec<Piece> =
                running.into_iter().map(|worker| worker.join().unwrap_or_else(|_| lost())).collect();
            (pieces, taken)
        });
        taken?;
        checked = pieces;
        let unfinished = rest.len() > MAX_ENTRY_BYTES || (read == 0 && !rest.is_empty());
        if unfinished || read == 0 {
            hand_on(checked, &mut line, take)?;
            let what = "dòng quá dài hoặc thiếu dấu xuống dòng ở cuối".to_owned();
            return if unfinished { Err(LogFault::Line { line: line + 1, what }) } else { Ok(()) };
        }
        buffer.drain(..end);
    }
}

/// `text`, which ends a line, in up to `parts` parts that end lines.
fn split_lines(text: &[u8], parts: usize) -> impl Iterator<Item = &[u8]> {
    let size = text.len().div_ceil(parts);
    let mut rest = text;
    std::iter::from_fn(move || {
        let from = size.min(rest.len()).checked_sub(1)?;
        let tail = rest.get(from..)?;
        let end = from + tail.iter().position(|&b| b == b'\n')? + 1;
        let (part, after) = rest.split_at(end);
        rest = after;
        Some(part)
    })
}

/// Stands for a worker that did not come back, so that none of its lines counts as checked.
fn lost() -> Piece {
    Piece { entries: Vec::new(), fault: Some("không kiểm tra được vì lỗi bên trong chương trình".into()) }
}

fn check_lines(text: &[u8]) -> Piece {
    let mut entries = Vec::with_capacity(text.len() / 256);
    let mut reader = EntryReader::default();
    for line in text.split_inclusive(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let entry = std::str::from_utf8(line).map_err(|_| "không phải văn bản UTF-8".to_owned());
        match entry.and_then(|text| reader.read(text).map_err(|e| e.to_string())) {
            Ok(entry) => entries.push(entry),
            Err(fault) => return Piece { entries, fault: Some(fault) },
        }
    }
    Piece { entries, fault: None }
}

fn hand_on(
    pieces: Vec<Piece>,
    line: &mut u64,
    take: &mut dyn FnMut(LogEntry) -> Result<(), String>,
) -> Result<(), LogFault> {
    for piece in pieces {
        for entry in piece.entries {
            *line += 1;
            take(entry).map_err(|what| LogFault::Line { line: *line, what })?;
        }
        if let Some(what) = piece.fault {
            return Err(LogFault::Line { line: *line + 1, what });
        }
    }
    Ok(())
}
