//! Điểm neo: where every log of an installation stood when somebody looked last, in a signed note that is kept outside the
//! database. A database that does not begin with what stands there was put back, exchanged or rewritten.
//!
//! The text of the note, a line each: `tinnhiem anchors v3` (`v2` before every row of an account had a tag, `v1` before every
//! log had one); the time; and for each log, sorted by origin,
//! `size root peaks heads newest origin`: its entries in decimal, base64 of its root, base64 of its peaks (RFC 9162 calls
//! them the roots of the complete subtrees, the largest first; `-` for an empty log), how many signed heads it has, the size
//! of the newest of them. The peaks make a comparison cheap: the entries that came since are added to them, and the root
//! that comes out is compared with the log's, so nothing that was anchored is read again.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::digest::Digest;
use super::merkle::Frontier;
use super::note::{KeyName, NoteError, Signer, VerifierKey};
use super::time::UtcTime;

const NO_PEAKS: &str = "-";

/// Where one log stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Its entries, and what the root over them is made of.
    pub frontier: Frontier,
    /// Signed heads that it had.
    pub heads: u64,
    /// Size of the newest signed head; 0 without one.
    pub newest: u64,
}

/// What had a tag when the anchors were written. What has none afterwards is not of an older program any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tagged {
    Nothing,
    /// Every [log](super::tag).
    Logs,
    /// Also every [row](super::row_tag) of an account, a session or a slip.
    Rows,
}

impl Tagged {
    const ALL: [Self; 3] = [Self::Nothing, Self::Logs, Self::Rows];

    const fn title(self) -> &'static str {
        match self {
            Self::Nothing => "tinnhiem anchors v1",
            Self::Logs => "tinnhiem anchors v2",
            Self::Rows => "tinnhiem anchors v3",
        }
    }
}

/// Where every log stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchors {
    pub at: UtcTime,
    pub tagged: Tagged,
    pub logs: BTreeMap<KeyName, Anchor>,
}

/// Why a text is no note of anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    #[error("dòng đầu phải là «tinnhiem anchors v3», v2 hoặc v1, dòng sau là thời điểm ghi")]
    Form,
    /// Number of the line, from 1.
    #[error("dòng {0} không đúng mẫu")]
    Line(usize),
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// How a log is other than its anchor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorFault {
    /// There is no such log.
    Missing,
    /// It has fewer entries.
    Behind { size: u64 },
    /// It has as many or more, and does not begin with those that were anchored.
    Rewritten,
    /// Signed heads are gone.
    HeadsGone { heads: u64 },
}

impl Anchors {
    /// What is signed.
    fn text(&self) -> String {
        let title = self.tagged.title();
        let mut text = format!("{title}\n{}\n", self.at);
        for (origin, Anchor { frontier, heads, newest }) in &self.logs {
            let bytes = frontier.peaks().iter().flat_map(|peak| *peak.as_bytes()).collect::<Vec<u8>>();
            let peaks = if bytes.is_empty() { NO_PEAKS.to_owned() } else { STANDARD.encode(bytes) };
            let (size, root) = (frontier.size(), STANDARD.encode(frontier.root().as_bytes()));
            text.push_str(&format!("{size} {root} {peaks} {heads} {newest} {}\n", origin.as_str()));
        }
        text
    }

    /// The signed note.
    ///
    /// # Errors
    /// Never for names and times that are what their types say.
    pub fn sign(&self, signer: &Signer) -> Result<String, AnchorError> {
        Ok(signer.sign(&self.text())?)
    }

    /// Reads a note that `key` signed.
    ///
    /// # Errors
    /// When the note does not open, or has another spelling.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, AnchorError> {
        let text = key.open(note)?;
        let mut lines = text.lines().enumerate();
        let title = lines.next().map(|(_, line)| line).ok_or(AnchorError::Form)?;
        let known = Tagged::ALL.into_iter().find(|tagged| tagged.title() == title);
        let tagged = known.ok_or(AnchorError::Form)?;
        let at = lines.next().and_then(|(_, line)| line.parse().ok()).ok_or(AnchorError::Form)?;
        let mut logs = BTreeMap::new();
        for (number, line) in lines {
            let (origin, anchor) = log(line).ok_or(AnchorError::Line(number + 1))?;
            logs.insert(origin, anchor);
        }
        let read = Self { at, tagged, logs };
        if read.text() == text { Ok(read) } else { Err(AnchorError::Form) }
    }
}

fn log(line: &str) -> Option<(KeyName, Anchor)> {
    let parts: Vec<&str> = line.split(' ').collect();
    let [size, root, peaks, heads, newest, origin] = parts.as_slice() else { return None };
    let bytes = if *peaks == NO_PEAKS { Vec::new() } else { STANDARD.decode(peaks).ok()? };
    let (whole, rest) = bytes.as_chunks::<32>();
    let peaks = whole.iter().map(|bytes| Digest::from_bytes(*bytes)).collect();
    let frontier = Frontier::restore(size.parse().ok()?, peaks).filter(|_| rest.is_empty())?;
    if STANDARD.encode(frontier.root().as_bytes()) != *root {
        return None;
    }
    let anchor = Anchor { frontier, heads: heads.parse().ok()?, newest: newest.parse().ok()? };
    Some((KeyName::new(*origin).ok()?, anchor))
}

impl Anchor {
    /// How a log of `size` entries with `heads` signed heads falls short of the anchor, before anything is hashed.
    pub const fn shortfall(&self, size: u64, heads: u64) -> Option<AnchorFault> {
        if size < self.frontier.size() {
            return Some(AnchorFault::Behind { size });
        }
        if heads < self.heads {
            return Some(AnchorFault::HeadsGone { heads });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::merkle::leaf_hash;
    use super::*;

    fn anchors() -> Anchors {
        let mut frontier = Frontier::default();
        (0..5_u8).for_each(|number| frontier.push(leaf_hash(&[number])));
        let name = |text| KeyName::new(text).expect("name");
        let grown = Anchor { frontier, heads: 2, newest: 3 };
        let empty = Anchor { frontier: Frontier::default(), heads: 0, newest: 0 };
        let logs = BTreeMap::from([(name("tinnhiem/mau"), grown), (name("tinnhiem/an-khe"), empty)]);
        Anchors { at: "2026-12-01T01:00:00Z".parse().expect("time"), tagged: Tagged::Rows, logs }
    }

    #[test]
    fn a_note_of_anchors_reads_as_it_was_written_and_in_no_other_spelling() {
        let signer = Signer::from_seed(KeyName::new("tinnhiem/neo").expect("name"), &[7; 32]);
        let note = anchors().sign(&signer).expect("note");
        assert_eq!(Anchors::open(&note, signer.verifier()), Ok(anchors()));
        let text = anchors().text();
        assert!(text.contains("\n5 ") && text.contains(" 2 3 tinnhiem/mau\n"), "{text}");
        for (old, new) in [("5 ", "05 "), ("v3", "v4"), ("2 3 t", "2 3  t"), ("01:00", "25:00"), (" 2 3 ", " 2 ")] {
            let wrong = text.replacen(old, new, 1);
            let signed = signer.sign(&wrong).expect("note");
            assert!(wrong != text && Anchors::open(&signed, signer.verifier()).is_err(), "{wrong}");
        }
        // What older programs wrote is read, and says what had no tag then.
        for (title, tagged) in [("v2", Tagged::Logs), ("v1", Tagged::Nothing)] {
            let older = signer.sign(&text.replacen("v3", title, 1)).expect("note");
            assert_eq!(Anchors::open(&older, signer.verifier()), Ok(Anchors { tagged, ..anchors() }));
        }
        let other = Signer::from_seed(KeyName::new("tinnhiem/neo").expect("name"), &[8; 32]);
        assert_eq!(Anchors::open(&note, other.verifier()), Err(NoteError::OtherKey.into()));
    }

    #[test]
    fn a_shorter_log_and_one_without_its_heads_fall_short() {
        let anchor = anchors().logs.into_values().next_back().expect("a log");
        assert_eq!(anchor.shortfall(4, 2), Some(AnchorFault::Behind { size: 4 }));
        assert_eq!(anchor.shortfall(9, 1), Some(AnchorFault::HeadsGone { heads: 1 }));
        assert_eq!(anchor.shortfall(5, 2), None);
    }
}
