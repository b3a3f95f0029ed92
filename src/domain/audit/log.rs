//! Nhật ký: an append-only list of entries with its tree.

use jiff::Timestamp;

use super::canonical::ReadError;
use super::checkpoint::Checkpoint;
use super::digest::Digest;
use super::entry::{EntryError, LogEntry, MAX_ENTRY_BYTES, entry_text, may_follow};
use super::event::{Actor, LogEvent};
use super::merkle::{Tree, leaf_hash};
use super::note::KeyName;
use super::time::{TimeError, UtcTime};

/// Why an entry cannot be appended. The log is then as it was.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("bản ghi mới ({at}) sớm hơn bản ghi cuối ({last})")]
    TimeBack { at: UtcTime, last: UtcTime },
    /// A time outside the range of [`super::time::UtcTime`].
    #[error(transparent)]
    Time(#[from] TimeError),
    /// Over [`MAX_ENTRY_BYTES`].
    #[error("bản ghi dài quá {MAX_ENTRY_BYTES} byte")]
    TooLong,
    /// A figure that canonical JSON cannot write.
    #[error(transparent)]
    Text(#[from] ReadError),
    /// A stored text that does not parse as an entry.
    #[error("bản ghi {seq}: {cause}")]
    Entry { seq: u64, cause: EntryError },
    /// A stored text whose number is not its position.
    #[error("bản ghi {seq} mang số {found}")]
    Gap { seq: u64, found: u64 },
}

/// What was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its number, from 0.
    pub seq: u64,
    /// Its [`leaf_hash`].
    pub leaf: Digest,
}

/// A log: exact texts of its entries, in order, and the tree over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    origin: KeyName,
    entries: Vec<String>,
    tree: Tree,
    last: Option<UtcTime>,
}

impl Log {
    /// An empty log.
    pub fn new(origin: KeyName) -> Self {
        Self { origin, entries: Vec::new(), tree: Tree::default(), last: None }
    }

    /// The log of stored texts, each checked as [`Self::append`] would have made it.
    ///
    /// # Errors
    /// The first text that is no entry, is out of its place, or goes back in time.
    pub fn restore<E: LogEvent>(origin: KeyName, texts: impl IntoIterator<Item = String>) -> Result<Self, LogError> {
        let mut log = Self::new(origin);
        for text in texts {
            let seq = log.size();
            let entry = LogEntry::<E>::parse(&text).map_err(|cause| LogError::Entry { seq, cause })?;
            if entry.seq != seq {
                return Err(LogError::Gap { seq, found: entry.seq });
            }
            log.check_time(&entry.event, entry.at)?;
            log.push(text, entry.at, entry.leaf);
        }
        Ok(log)
    }

    /// Appends one event; its number is the size before.
    ///
    /// # Errors
    /// When `at` is before the last entry, or the entry has no canonical text of at most [`MAX_ENTRY_BYTES`].
    pub fn append<E: LogEvent>(&mut self, at: Timestamp, actor: &Actor, event: &E) -> Result<Appended, LogError> {
        let at = UtcTime::try_from(at)?;
        self.check_time(event, at)?;
        let seq = self.size();
        let text = entry_text(seq, at, actor, event)?;
        if text.len() > MAX_ENTRY_BYTES {
            return Err(LogError::TooLong);
        }
        let leaf = leaf_hash(text.as_bytes());
        self.push(text, at, leaf);
        Ok(Appended { seq, leaf })
    }

    fn check_time<E: LogEvent>(&self, event: &E, at: UtcTime) -> Result<(), LogError> {
        match self.last {
            Some(last) if !may_follow(event, at, Some(last)) => Err(LogError::TimeBack { at, last }),
            _ => Ok(()),
        }
    }

    fn push(&mut self, text: String, at: UtcTime, leaf: Digest) {
        self.entries.push(text);
        self.tree.push(leaf);
        self.last = Some(at);
    }

    /// Entries.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Which log.
    pub const fn origin(&self) -> &KeyName {
        &self.origin
    }

    /// Exact texts, in order, without ends of line.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// The tree over all entries, for proofs.
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Head of the log as it is now, unsigned.
    pub fn head(&self) -> Checkpoint {
        Checkpoint { origin: self.origin.clone(), size: self.size(), root: self.tree.root() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::PollEvent;
    use super::super::event::poll::PaperIssued;
    use super::super::merkle::empty_root;
    use super::*;
    use crate::role::Role;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("time")
    }

    fn log_of(moments: &[&str]) -> Result<Log, LogError> {
        let actor = Actor { account: None, name: "Trần Thị B".into(), role: Role::Clerk };
        let event = PollEvent::from(PaperIssued { name: "minutes.pdf".into(), pages: 3, sha256: Digest::of(b"") });
        let mut log = Log::new(KeyName::new("tinnhiem/mau").expect("name"));
        for moment in moments {
            log.append(time(moment), &actor, &event)?;
        }
        Ok(log)
    }

    #[test]
    fn entries_are_numbered_from_zero_and_time_goes_one_way() {
        let log = log_of(&["2023-12-13T01:00:00Z", "2023-12-13T01:00:00.9Z", "2023-12-13T02:00:00Z"]).expect("log");
        assert_eq!(log.size(), 3);
        assert!(log.entries()[2].ends_with(r#""seq":2,"v":1}"#));
        let back = log_of(&["2023-12-13T01:00:01Z", "2023-12-13T01:00:00Z"]);
        assert!(matches!(back, Err(LogError::TimeBack { .. })));
    }

    #[test]
    fn the_head_of_an_empty_log_is_the_hash_of_nothing() {
        let head = log_of(&[]).expect("log").head();
        assert_eq!((head.size, head.root), (0, empty_root()));
    }

    #[test]
    fn a_stored_log_comes_back_whole_or_not_at_all() {
        let log = log_of(&["2023-12-13T01:00:00Z", "2023-12-13T02:00:00Z"]).expect("log");
        let texts = log.entries().to_vec();
        assert_eq!(Log::restore::<PollEvent>(log.origin().clone(), texts.clone()).expect("log"), log);
        assert!(matches!(
            Log::restore::<PollEvent>(log.origin().clone(), texts[1..].to_vec()),
            Err(LogError::Gap { .. })
        ));
    }
}
