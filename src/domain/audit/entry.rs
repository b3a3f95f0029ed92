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

/// Reads entries one after another; knows actors and a moment again without reading them again.
#[derive(Clone, Debug, Default)]
pub struct EntryReader<'a> {
    /// Those of the last entries, with their texts.
    actors: Vec<(&'a str, Arc<Actor>)>,
    last_at: Option<UtcTime>,
}

/// Letters of a moment.
const MOMENT: usize = 20;
/// Actors that are known again: those who count side by side.
const ACTORS: usize = 8;

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
        if text.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::TooLong);
        }
        match self.at_once(text) {
            Some(entry) => Ok(entry),
            None => self.step_by_step(text),
        }
    }

    /// An entry whose parts are what they are by [`canonical::at_once`]; `None` says nothing of the text. What stands behind
    /// `data` is read from the end, so that the event's kind is known before its data is read.
    fn at_once<E: LogEvent>(&mut self, text: &'a str) -> Option<LogEntry<E>> {
        let (actor, rest) = self.actor_at_once(text.strip_prefix("{\"actor\":")?)?;
        let (at, rest) = rest.strip_prefix(",\"at\":\"")?.split_at_checked(MOMENT)?;
        let data = rest.strip_prefix("\",\"data\":")?;
        let (data, seq) = data.strip_suffix(",\"v\":1}")?.rsplit_once(':')?;
        let (data, kind) = data.strip_suffix("\",\"seq\"")?.rsplit_once('"')?;
        let data = data.strip_suffix(",\"kind\":")?;
        Some(LogEntry {
            seq: canonical::at_once(seq)?,
            at: self.moment(at).ok()?,
            actor,
            event: E::at_once(kind, data)?,
            leaf: leaf_hash(text.as_bytes()),
        })
    }

    /// The actor with which `text` begins, and what follows.
    fn actor_at_once(&mut self, text: &'a str) -> Option<(Arc<Actor>, &'a str)> {
        // A text that is one value is not the beginning of another.
        let known = self.actors.iter().find_map(|(known, actor)| Some((actor, text.strip_prefix(known)?)));
        if let Some((actor, rest)) = known {
            return Some((Arc::clone(actor), rest));
        }
        let (actor, rest) = canonical::start_at_once(text)?;
        let own = text.strip_suffix(rest)?;
        Some((self.knows(own, actor), rest))
    }

    fn knows(&mut self, text: &'a str, actor: Actor) -> Arc<Actor> {
        if self.actors.len() == ACTORS {
            self.actors.clear();
        }
        let actor = Arc::new(actor);
        self.actors.push((text, Arc::clone(&actor)));
        actor
    }

    fn moment(&mut self, text: &str) -> Result<UtcTime, TimeError> {
        match self.last_at {
            Some(last) if last.is(text) => Ok(last),
            _ => {
                let at = text.parse()?;
                self.last_at = Some(at);
                Ok(at)
            }
        }
    }

    /// The same for every entry, with the name of what is wrong.
    fn step_by_step<E: LogEvent>(&mut self, text: &'a str) -> Result<LogEntry<E>, EntryError> {
        const SHAPE: &str = "bản ghi phải có đúng các khóa actor, at, data, kind, seq, v theo thứ tự này";
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
            at: self.moment(at)?,
            actor: self.actor(actor)?,
            event: E::from_canonical(kind, data)?,
            leaf: leaf_hash(text.as_bytes()),
        })
    }

    /// [`Self::read`] for a poll's log, compiled with this layer and not with each that calls it: logs of a million entries
    /// are read by it.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_of_poll(&mut self, text: &'a str) -> Result<LogEntry, EntryError> {
        self.read(text)
    }

    fn actor(&mut self, text: &'a str) -> Result<Arc<Actor>, EntryError> {
        match self.actors.iter().find(|(known, _)| *known == text) {
            Some((_, actor)) => Ok(Arc::clone(actor)),
            None => Ok(self.knows(text, canonical::from_canonical(text).map_err(EntryError::Actor)?)),
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

/// The kind that an entry's text names, read from its end: after the kind stand only its number and version. `None` when the
/// text is no entry; what stands before the kind is not checked.
pub fn kind_of(text: &str) -> Option<&str> {
    let (_, rest) = text.rsplit_once(r#""kind":""#)?;
    rest.split_once('"').map(|(kind, _)| kind)
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
    use proptest::prelude::*;

    use super::super::event::poll::{
        BatchCommitted, CountingClosed, FormTotals, ListDecided, ListedOfficial, PaperIssued, VotingOpened,
    };
    use super::super::pedersen::{BatchCommitments, Hex32, Levels, LinePoints};
    use super::*;
    use crate::batch::Reader;
    use crate::count::BatchCounts;
    use crate::poll::PollKind;
    use crate::role::Role;

    fn sample() -> String {
        let account = Some("0190b6a4-5c3d-7e2f-8a1b-0c2d3e4f5a6b".parse().expect("id"));
        let actor = Actor { account, name: "Nguyễn Văn \"A\"".into(), role: Role::Teller };
        let event = PollEvent::from(BatchCommitted {
            accounts: None,
            batch: 3,
            commitment: Digest::of(b""),
            commitments: None,
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
        assert_eq!(kind_of(&text), Some("batch.committed"));
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

    /// Names, reasons, ids: mostly plain, some with what has to be escaped.
    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![4 => "[A-Za-zĐđÀ-ỹ 0-9/.-]{0,20}", 1 => any::<String>()]
    }

    fn any_actor() -> impl Strategy<Value = Actor> {
        let account = "0190b6a4-5c3d-7e2f-8a1b-0c2d3e4f5a6b".parse().ok();
        let role = prop_oneof![Just(Role::Teller), Just(Role::HeadTeller), Just(Role::Program)];
        (prop::option::of(Just(account)), any_text(), role).prop_map(|(account, name, role)| Actor {
            account: account.flatten(),
            name,
            role,
        })
    }

    fn any_commitments() -> impl Strategy<Value = BatchCommitments> {
        let line = any::<[[u8; 32]; 4]>().prop_map(|[not_counted, high, medium, low]| LinePoints {
            levels: Levels::Rating([high, medium, low].map(Hex32)),
            not_counted: Hex32(not_counted),
        });
        let invalid = prop::collection::btree_map("[a-zé_]{1,8}", any::<[u8; 32]>().prop_map(Hex32), 0..3);
        (invalid, prop::collection::vec(line, 0..3)).prop_map(|(invalid, lines)| BatchCommitments { invalid, lines })
    }

    fn any_batch() -> impl Strategy<Value = BatchCommitted> {
        let reader = any_actor().prop_map(|actor| Reader { account: actor.account, name: actor.name });
        (
            prop::option::of(prop::collection::vec(any_actor(), 0..3)),
            prop::option::of(any_commitments()),
            prop::option::of(prop::collection::vec(reader, 0..3)),
            (any_text(), prop::collection::vec(any_text(), 0..3)),
            any::<[u32; 4]>(),
        )
            .prop_map(|(accounts, commitments, earlier, (form, readers), [batch, decided, papers, reread])| {
                let accounts = accounts.map(|actors| actors.into_iter().filter_map(|actor| actor.account).collect());
                let commitment = Digest::of(form.as_bytes());
                BatchCommitted {
                    accounts,
                    batch,
                    commitment,
                    commitments,
                    decided,
                    earlier,
                    form,
                    papers,
                    readers,
                    reread,
                }
            })
    }

    fn any_event() -> impl Strategy<Value = PollEvent> {
        let totals = (any_text(), any::<[u32; 2]>(), 0..3_usize).prop_map(|(form, [issued, returned], lines)| {
            let counts = BatchCounts::zero(PollKind::Confidence, lines);
            FormTotals { blindings: None, counts, form, issued, returned }
        });
        let listed = |(block, name, posts)| ListedOfficial { block, name, posts };
        let officials = prop::collection::vec((any_text(), any_text(), any_text()).prop_map(listed), 0..4);
        let opened = (any_actor(), prop::option::of(any_text()), prop::option::of(any::<u32>()));
        prop_oneof![
            3 => any_batch().prop_map(PollEvent::from),
            1 => (prop::collection::vec(totals, 0..3), any_actor())
                .prop_map(|(forms, proposed_by)| CountingClosed { forms, proposed_by, shares: None }.into()),
            1 => (officials, any_text())
                .prop_map(|(officials, resolution)| ListDecided { officials, resolution }.into()),
            1 => (any_text(), any::<u32>())
                .prop_map(|(name, pages)| PaperIssued { sha256: Digest::of(name.as_bytes()), name, pages }.into()),
            1 => opened.prop_map(|(proposed_by, reason, quorum)| {
                let at = "2024-02-29T23:59:59Z".parse().expect("time");
                let planned = quorum.map(|_| jiff::civil::date(2024, 2, 29));
                VotingOpened { at, planned, present: 3, proposed_by, quorum, reason }.into()
            }),
        ]
    }

    fn any_entry() -> impl Strategy<Value = String> {
        (0_u64..1 << 53, any_actor(), any_event()).prop_map(|(seq, actor, event)| {
            entry_text(seq, "2023-12-13T01:00:00Z".parse().expect("time"), &actor, &event).expect("entry")
        })
    }

    /// What damage puts into a text, in place of up to three characters.
    fn any_damage() -> impl Strategy<Value = (prop::sample::Index, usize, String)> {
        let pieces = [
            "", "\"", "\\", "\\\"", "{", "}", "[", "]", ",", ":", " ", "0", "-", "1.5", "null", "true", "\u{1}", "é",
            "A",
        ];
        let keys =
            ["\"account\":null,", ",\"v\":1}", "\"kind\":\"", ",\"seq\":4", "\"accounts\":null,", "{\"rating\":null}"];
        let piece = prop::sample::select([pieces.as_slice(), keys.as_slice()].concat());
        (any::<prop::sample::Index>(), 0..4_usize, piece.prop_map(str::to_owned))
    }

    fn damaged(text: &str, damage: &[(prop::sample::Index, usize, String)]) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for (place, taken, piece) in damage {
            let from = place.index(letters.len() + 1);
            let to = letters.len().min(from + taken);
            letters.splice(from..to, piece.chars());
        }
        letters.into_iter().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// What one pass takes, the steps take with the same outcome, and where there is nothing rare it takes all that they
        /// take: on texts of entries, and on those after damage.
        #[test]
        fn one_pass_takes_nothing_that_the_steps_refuse(
            before in any_entry(),
            text in any_entry(),
            damage in prop::collection::vec(any_damage(), 0..4),
        ) {
            let text = damaged(&text, &damage);
            let (mut one, mut steps) = (EntryReader::default(), EntryReader::default());
            // A reader knows the actor and the time of the entry before.
            let known = (one.read::<PollEvent>(&before), steps.step_by_step::<PollEvent>(&before));
            prop_assert_eq!(known.0.expect("entry"), known.1.expect("entry"));
            let (quick, slow) = (one.at_once::<PollEvent>(&text), steps.step_by_step::<PollEvent>(&text).ok());
            let is_rare = text.contains('\\') || text.contains("é");
            if quick.is_some() || !is_rare {
                prop_assert_eq!(quick, slow, "{}", text);
            }
        }
    }
}
