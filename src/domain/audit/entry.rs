//! Bản ghi: the one text of a log entry, and its strict reader.

use std::sync::Arc;

use super::canonical::{self, CanonicalError, ReadError, Scanner};
use super::digest::Digest;
use super::event::{Actor, EventError, LogEvent, PollEvent};
use super::merkle::leaf_hash;
use super::time::{TimeError, UtcTime};

/// Longest entry: a list of 120 officials with long posts takes a twentieth of it.
pub const MAX_ENTRY_BYTES: usize = 1 << 20;

/// Version of the entry's shape.
pub const VERSION: u8 = 1;

/// One entry, as read from its text; of a poll's log, unless `E` says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry<E = PollEvent> {
    /// Number in the log, from 0, without gaps.
    pub seq: u64,
    pub at: UtcTime,
    /// Who; shared, since one person writes many entries.
    pub actor: Arc<Actor>,
    pub event: E,
    pub leaf: Digest,
}

/// A text is no entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Over [`MAX_ENTRY_BYTES`].
    #[error("bản ghi dài quá {MAX_ENTRY_BYTES} byte")]
    TooLong,
    /// Another spelling than the canonical one, or another shape than an entry's.
    #[error("{0}")]
    Canonical(#[from] CanonicalError),
    #[error("at: {0}")]
    Time(#[from] TimeError),
    #[error("actor không đúng mẫu: {0}")]
    Actor(ReadError),
    #[error(transparent)]
    Event(#[from] EventError),
}

/// Reads entries one after another; knows an actor again without reading it again.
#[derive(Clone, Debug, Default)]
pub struct EntryReader<'a> {
    last_actor: Option<(&'a str, Arc<Actor>)>,
}

impl<E: LogEvent> LogEntry<E> {
    /// Reads one entry; [`EntryReader::read`] describes what is accepted.
    ///
    /// # Errors
    /// As [`EntryReader::read`].
    pub fn parse(text: &str) -> Result<Self, EntryError> {
        EntryReader::default().read(text)
    }
}

impl<'a> EntryReader<'a> {
    /// Reads the exact text of an entry, without the end of line.
    ///
    /// # Errors
    /// When the text is not the one that [`entry_text`] writes for some entry.
    pub fn read<E: LogEvent>(&mut self, text: &'a str) -> Result<LogEntry<E>, EntryError> {
        const SHAPE: &str = "bản ghi phải có đúng các khóa actor, at, data, kind, seq, v theo thứ tự này";
        if text.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::TooLong);
        }
        let mut scanner = Scanner::new(text);
        scanner.literal("{\"actor\":", SHAPE)?;
        let actor = scanner.value()?;
        scanner.literal(",\"at\":", SHAPE)?;
        let at = scanner.string()?;
        scanner.literal(",\"data\":", SHAPE)?;
        let data = scanner.value()?;
        scanner.literal(",\"kind\":", SHAPE)?;
        let kind = scanner.string()?;
        scanner.literal(",\"seq\":", SHAPE)?;
        let seq_at = scanner.at();
        let seq = scanner.integer()?;
        scanner.literal(",\"v\":1}", SHAPE)?;
        scanner.end()?;
        let seq = seq.parse().map_err(|_| CanonicalError { at: seq_at, what: "seq phải là số không âm" })?;
        Ok(LogEntry {
            seq,
            at: at.parse()?,
            actor: self.actor(actor)?,
            event: E::from_canonical(kind, data)?,
            leaf: leaf_hash(text.as_bytes()),
        })
    }

    fn actor(&mut self, text: &'a str) -> Result<Arc<Actor>, EntryError> {
        match &self.last_actor {
            Some((last, actor)) if *last == text => Ok(Arc::clone(actor)),
            _ => {
                let actor = Arc::new(canonical::from_canonical(text).map_err(EntryError::Actor)?);
                self.last_actor = Some((text, Arc::clone(&actor)));
                Ok(actor)
            }
        }
    }
}

/// Kind of the entries by which two people confirm the clock of the machine.
pub const CLOCK_CONFIRMED: &str = "clock.confirmed";

/// The time of the entry before, as an entry says it by which two people confirm the clock; `None` for any other.
pub fn clock_before<E: LogEvent>(event: &E) -> Option<UtcTime> {
    #[derive(serde::Deserialize)]
    struct Told {
        last: UtcTime,
    }
    if event.kind() != CLOCK_CONFIRMED {
        return None;
    }
    serde_json::from_str::<Told>(&event.data_text().ok()?).ok().map(|told| told.last)
}

/// Whether an entry at `at` may follow one at `last`: time goes back only where two people said which time was wrong.
pub fn may_follow<E: LogEvent>(event: &E, at: UtcTime, last: Option<UtcTime>) -> bool {
    match clock_before(event) {
        Some(before) => last == Some(before),
        None => last.is_none_or(|last| at >= last),
    }
}

/// The canonical text of an entry.
///
/// # Errors
/// When a figure is beyond what canonical JSON holds.
pub fn entry_text<E: LogEvent>(seq: u64, at: UtcTime, actor: &Actor, event: &E) -> Result<String, ReadError> {
    let (actor, data, kind) = (canonical::to_text(actor)?, event.data_text()?, event.kind());
    // Kinds and moments are plain letters; the other two are canonical already.
    let text = format!(r#"{{"actor":{actor},"at":"{at}","data":{data},"kind":"{kind}","seq":{seq},"v":{VERSION}}}"#);
    canonical::check(&text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::event::poll::BatchCommitted;
    use super::*;
    use crate::role::Role;

    fn sample() -> String {
        let account = Some("0190b6a4-5c3d-7e2f-8a1b-0c2d3e4f5a6b".parse().expect("id"));
        let actor = Actor { account, name: "Nguyễn Văn \"A\"".into(), role: Role::Teller };
        let event = PollEvent::from(BatchCommitted {
            accounts: None,
            batch: 3,
            commitment: Digest::of(b""),
            decided: 1,
            earlier: None,
            form: "F1-3F9A2C".into(),
            papers: 25,
            readers: vec!["C".into(), "D".into()],
            reread: 2,
        });
        entry_text(41, "2023-12-13T01:00:00Z".parse().expect("time"), &actor, &event).expect("entry")
    }

    #[test]
    fn an_entry_is_one_line_that_reads_back() {
        let text = sample();
        assert_eq!(
            text,
            r#"{"actor":{"account":"0190b6a4-5c3d-7e2f-8a1b-0c2d3e4f5a6b","name":"Nguyễn Văn \"A\"","role":"teller"},"at":"2023-12-13T01:00:00Z","data":{"batch":3,"commitment":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","decided":1,"form":"F1-3F9A2C","papers":25,"readers":["C","D"],"reread":2},"kind":"batch.committed","seq":41,"v":1}"#
        );
        let entry = LogEntry::<PollEvent>::parse(&text).expect("entry");
        assert_eq!((entry.seq, entry.actor.name.as_str()), (41, "Nguyễn Văn \"A\""));
        assert_eq!(entry_text(entry.seq, entry.at, &entry.actor, &entry.event).expect("entry"), text);
    }

    #[test]
    fn every_other_shape_is_refused() {
        let text = sample();
        for (old, new) in [
            ("\"seq\":41,\"v\":1", "\"v\":1,\"seq\":41"),
            ("\"v\":1}", "\"v\":2}"),
            ("\"v\":1}", "\"v\":1,\"x\":1}"),
            ("\"seq\":41", "\"seq\":\"41\""),
            ("\"seq\":41", "\"seq\":-1"),
            ("\"seq\":41", "\"seq\":041"),
            ("\"batch\":3", "\"batch\":3 "),
            ("\"batch\":3", "\"batch\":3,\"ballots\":[1]"),
            ("\"papers\":25", "\"papers\":4294967296"),
            ("batch.committed", "batch.\\u0063ommitted"),
            ("teller", "voter"),
            ("0190b6a4", "0190B6A4"),
            ("\"account\":\"0190b6a4-5c3d-7e2f-8a1b-0c2d3e4f5a6b\",", ""),
            ("2023-12-13", "2023-13-13"),
            ("ễ", "\\u1ec5"),
            ("{\"actor\"", "[\"actor\""),
        ] {
            let wrong = text.replacen(old, new, 1);
            assert!(wrong != text && LogEntry::<PollEvent>::parse(&wrong).is_err(), "{wrong}");
        }
        assert!(LogEntry::<PollEvent>::parse(&format!("{text}\n")).is_err());
        assert!(LogEntry::<PollEvent>::parse("").is_err());
    }
}
