//! The text inside a backup: written line by line, read line by line, counted and hashed on both ways.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::service::backup_error::BackupError;
use crate::service::error::AppError;
use domain::audit::{Digest, UtcTime};
use store::content::{LogStand, Piece};

/// Version of the format that this program writes, and the newest that it reads.
pub(super) const FORMAT: u64 = 1;
/// Longest line that is read: the longest row is a file that waits for its import.
const MAX_LINE_BYTES: u64 = 512 * 1024 * 1024;
/// Bytes of rows that go together.
const PIECE_BYTES: usize = 256 * 1024;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of the format.
    pub tinnhiem_backup: u64,
    /// Version of the program that made it.
    pub program: String,
    /// Number of the newest migration of the database.
    pub schema: i64,
    /// When it was made.
    pub at: UtcTime,
    /// Names of the councils, the installation among them.
    pub councils: Vec<String>,
    /// Where every log stood.
    pub logs: Vec<LogLine>,
    /// The folder beside the backup that holds the files; `None` where they are inside.
    pub files: Option<String>,
}

/// Where a log stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    /// Its name.
    pub origin: String,
    /// Number of its entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Digest,
    /// Public key that signs it.
    pub key: String,
    /// Whether it is a council's own.
    pub own: bool,
}

impl From<LogStand> for LogLine {
    fn from(stand: LogStand) -> Self {
        let LogStand { head, public_key, is_own } = stand;
        Self { origin: head.origin.as_str().to_owned(), size: head.size, root: head.root, key: public_key, own: is_own }
    }
}

/// What was counted of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSum {
    /// Its rows.
    pub rows: u64,
    /// Of the line that names it and of its rows' lines.
    pub sha256: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableLine {
    table: String,
    columns: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndLine {
    end: BTreeMap<String, TableSum>,
}

/// Counts and hashes what goes by.
#[derive(Default)]
pub(super) struct Sums {
    done: BTreeMap<String, TableSum>,
    open: Option<(String, u64, Sha256)>,
}

impl Sums {
    /// Counts a piece.
    pub fn count_piece(&mut self, piece: &Piece) -> Result<(), AppError> {
        match piece {
            Piece::Table { name, columns } => self.begin(name, columns).map(drop),
            Piece::Rows(lines) => {
                self.count(lines);
                Ok(())
            }
        }
    }

    /// Begins a table; gives the line that names it.
    fn begin(&mut self, name: &str, columns: &[String]) -> Result<Vec<u8>, AppError> {
        let line = line_of(&TableLine { table: name.to_owned(), columns: columns.to_vec() })?;
        self.close();
        self.open = Some((name.to_owned(), 0, Sha256::new_with_prefix(&line)));
        Ok(line)
    }

    fn count(&mut self, lines: &[u8]) {
        if let Some((_, rows, hash)) = &mut self.open {
            let ends = lines.iter().filter(|byte| **byte == b'\n').count();
            *rows = rows.saturating_add(u64::try_from(ends).unwrap_or(u64::MAX));
            hash.update(lines);
        }
    }

    fn close(&mut self) {
        if let Some((name, rows, hash)) = self.open.take() {
            self.done.insert(name, TableSum { rows, sha256: Digest::from_bytes(hash.finalize().into()) });
        }
    }

    /// What was counted, after the last piece.
    pub fn end(mut self) -> BTreeMap<String, TableSum> {
        self.close();
        self.done
    }
}

fn line_of(value: &impl Serialize) -> Result<Vec<u8>, AppError> {
    let mut line = serde_json::to_vec(value).map_err(|e| AppError::internal("sao lưu", e))?;
    line.push(b'\n');
    Ok(line)
}

/// Writes the text of a backup.
pub(super) struct Writer<W> {
    to: W,
    sums: Sums,
}

impl<W: Write> Writer<W> {
    /// Begins with the header. The inner error is the disk's.
    pub fn begin(mut to: W, header: &Header) -> Result<io::Result<Self>, AppError> {
        let line = line_of(header)?;
        Ok(to.write_all(&line).map(|()| Self { to, sums: Sums::default() }))
    }

    /// The next part.
    pub fn put(&mut self, piece: &Piece) -> Result<io::Result<()>, AppError> {
        match piece {
            Piece::Table { name, columns } => {
                let line = self.sums.begin(name, columns)?;
                Ok(self.to.write_all(&line))
            }
            Piece::Rows(lines) => {
                self.sums.count(lines);
                Ok(self.to.write_all(lines))
            }
        }
    }

    /// Ends with the counts; gives back what was written to, and them.
    pub fn end(self) -> Result<io::Result<Ended<W>>, AppError> {
        let Self { mut to, sums } = self;
        let end = sums.end();
        let line = line_of(&EndLine { end: end.clone() })?;
        Ok(to.write_all(&line).map(|()| (to, end)))
    }
}

/// What was written to, and the counts of its tables by name.
type Ended<W> = (W, BTreeMap<String, TableSum>);

/// What a backup holds, by its own counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    pub header: Header,
    pub tables: BTreeMap<String, TableSum>,
}

impl Counted {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|sum| sum.rows).sum()
    }
}

/// Reads the text of a backup at `path` and gives each part to `each`. What was counted is what the end says.
///
/// # Errors
/// The first fault of the file, or that of `each`.
pub(super) fn read(
    path: &Path,
    text: impl BufRead,
    each: &mut dyn FnMut(Piece) -> Result<(), AppError>,
) -> Result<Counted, AppError> {
    let mut lines = Lines { path, text };
    let header = header(path, &lines.next()?)?;
    let (mut sums, mut rows) = (Sums::default(), Vec::new());
    loop {
        let line = lines.next()?;
        match line.first() {
            Some(b'[') => {
                rows.extend_from_slice(&line);
                if rows.len() < PIECE_BYTES {
                    continue;
                }
            }
            Some(b'{') => {}
            _ => return Err(lines.faulty()),
        }
        if !rows.is_empty() {
            sums.count(&rows);
            each(Piece::Rows(std::mem::take(&mut rows)))?;
        }
        if line.first() == Some(&b'[') {
            continue;
        }
        if let Ok(TableLine { table, columns }) = serde_json::from_slice(&line) {
            let piece = Piece::Table { name: table, columns };
            sums.count_piece(&piece)?;
            each(piece)?;
            continue;
        }
        let EndLine { end } = serde_json::from_slice(&line).map_err(|_| lines.faulty())?;
        let is_all = lines.is_at_end()?;
        let tables = sums.end();
        return if is_all && tables == end { Ok(Counted { header, tables }) } else { Err(lines.faulty()) };
    }
}

fn header(path: &Path, line: &[u8]) -> Result<Header, AppError> {
    let not = || BackupError::NotABackup(path.to_owned());
    let said: serde_json::Value = serde_json::from_slice(line).map_err(|_| not())?;
    let found = said.get("tinnhiem_backup").and_then(serde_json::Value::as_u64).ok_or_else(not)?;
    if found != FORMAT {
        return Err(BackupError::UnknownFormat { path: path.to_owned(), found, known: FORMAT }.into());
    }
    Ok(serde_json::from_value(said).map_err(|_| BackupError::Changed(path.to_owned()))?)
}

struct Lines<'a, R> {
    path: &'a Path,
    text: R,
}

impl<R: BufRead> Lines<'_, R> {
    /// The next line with its end.
    fn next(&mut self) -> Result<Vec<u8>, AppError> {
        let mut line = Vec::new();
        let mut bounded = self.text.by_ref().take(MAX_LINE_BYTES);
        bounded.read_until(b'\n', &mut line).map_err(|cause| super::lock::faulty(self.path, cause))?;
        if line.last() == Some(&b'\n') { Ok(line) } else { Err(self.faulty()) }
    }

    fn is_at_end(&mut self) -> Result<bool, AppError> {
        let left = self.text.fill_buf().map_err(|cause| super::lock::faulty(self.path, cause))?;
        Ok(left.is_empty())
    }

    /// The text is not what the program writes, although it was decrypted.
    fn faulty(&self) -> AppError {
        BackupError::Changed(self.path.to_owned()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            tinnhiem_backup: FORMAT,
            program: "0.1.0".into(),
            schema: 12,
            at: "2026-12-01T01:00:00Z".parse().expect("time"),
            councils: vec!["Hội đồng".into()],
            logs: Vec::new(),
            files: None,
        }
    }

    fn table(name: &str) -> Piece {
        Piece::Table { name: name.into(), columns: vec!["council_id".into(), "name".into()] }
    }

    fn text() -> String {
        let mut writer = Writer::begin(Vec::new(), &header()).expect("begun").expect("written");
        for piece in [table("councils"), Piece::Rows(b"[\"a\",\"b\"]\n[\"c\",null]\n".to_vec()), table("slips")] {
            writer.put(&piece).expect("put").expect("written");
        }
        let (bytes, end) = writer.end().expect("end").expect("written");
        assert_eq!(end.values().map(|sum| sum.rows).collect::<Vec<_>>(), [2, 0]);
        String::from_utf8(bytes).expect("text")
    }

    fn read_text(text: &str) -> Result<Counted, String> {
        read(Path::new("a.age"), text.as_bytes(), &mut |_| Ok(())).map_err(|refused| refused.to_string())
    }

    #[test]
    fn what_was_written_is_read() {
        let counted = read_text(&text()).expect("whole");
        assert_eq!((counted.header.clone(), counted.rows()), (header(), 2));
    }

    #[test]
    fn other_versions_and_other_counts_are_refused() {
        let newer = text().replacen("\"tinnhiem_backup\":1", "\"tinnhiem_backup\":2", 1);
        assert!(read_text(&newer).expect_err("newer").contains("định dạng 2"));
        assert!(read_text("{}\n").expect_err("another file").contains("không phải bản sao lưu"));
        let whole = text();
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        for left_out in 1..lines.len() {
            let less: String =
                lines.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, line)| *line).collect();
            let refused = read_text(&less).expect_err("a line is missing");
            assert!(refused.contains("đã bị sửa"), "{left_out}: {refused}");
        }
        let more = format!("{whole}[\"d\",\"e\"]\n");
        assert!(read_text(&more).expect_err("after the end").contains("đã bị sửa"));
        let other = whole.replacen("[\"a\",\"b\"]", "[\"a\",\"x\"]", 1);
        assert!(read_text(&other).expect_err("another value").contains("đã bị sửa"));
    }
}
