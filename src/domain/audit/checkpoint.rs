//! Điểm chốt: the head of a log at one size, as a C2SP tlog-checkpoint.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::canonical::MAX_INTEGER;
use super::digest::Digest;
use super::note::{KeyName, NoteError, Signer, VerifierKey};

/// Origin, size and root of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log; also the name of the key that signs it.
    pub origin: KeyName,
    pub size: u64,
    /// Root of the tree over them; [`Digest::groups`] is what paper carries.
    pub root: Digest,
}

/// A text is no checkpoint, or nobody we know signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not three lines: origin, size, root.
    #[error("điểm chốt phải gồm đúng ba dòng: tên nhật ký, số bản ghi, mã gốc base64")]
    Form,
    /// Another spelling of the size, or one that is too large.
    #[error("số bản ghi của điểm chốt viết không đúng")]
    Size,
    /// Not base64 of 32 bytes.
    #[error("mã gốc của điểm chốt không đúng mẫu base64")]
    Root,
    /// The origin is not the name of the key.
    #[error("điểm chốt của nhật ký khác")]
    Origin,
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// Three lines: origin, size, base64 of the root.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin.as_str(), self.size, self.root.to_base64())
    }

    /// Strict inverse of [`Self::to_text`].
    ///
    /// # Errors
    /// On any other spelling.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or(CheckpointError::Form)?.split('\n').collect();
        let [origin, size, root] = lines.as_slice() else { return Err(CheckpointError::Form) };
        let number: u64 = size.parse().map_err(|_| CheckpointError::Size)?;
        if number > MAX_INTEGER || number.to_string() != *size {
            return Err(CheckpointError::Size);
        }
        let root = STANDARD.decode(root).ok().and_then(|bytes| bytes.try_into().ok());
        let root = Digest::from_bytes(root.ok_or(CheckpointError::Root)?);
        Ok(Self { origin: KeyName::new(*origin)?, size: number, root })
    }

    /// The checkpoint as a signed note.
    ///
    /// # Errors
    /// When `signer` is not the key of this log.
    pub fn sign(&self, signer: &Signer) -> Result<String, CheckpointError> {
        if signer.verifier().name() != &self.origin {
            return Err(CheckpointError::Origin);
        }
        Ok(signer.sign(&self.to_text())?)
    }

    /// Reads a checkpoint that `key` signed for its own log.
    ///
    /// # Errors
    /// When the note does not open, or its text is no checkpoint of that log.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let checkpoint = Self::parse(key.open(note)?)?;
        if &checkpoint.origin == key.name() { Ok(checkpoint) } else { Err(CheckpointError::Origin) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::merkle::empty_root;
    use super::*;

    fn name(text: &str) -> KeyName {
        KeyName::new(text).expect("name")
    }

    #[test]
    fn a_checkpoint_is_three_lines_and_a_signature() {
        let signer = Signer::from_seed(name("tinnhiem/mau"), &[7; 32]);
        let head = Checkpoint { origin: name("tinnhiem/mau"), size: 0, root: empty_root() };
        assert_eq!(head.to_text(), "tinnhiem/mau\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
        let note = head.sign(&signer).expect("note");
        assert_eq!(Checkpoint::open(&note, signer.verifier()), Ok(head.clone()));
        let stranger = Signer::from_seed(name("tinnhiem/khac"), &[7; 32]);
        assert_eq!(head.sign(&stranger), Err(CheckpointError::Origin));
        assert_eq!(Checkpoint::open(&note, stranger.verifier()), Err(NoteError::OtherKey.into()));
        let foreign = stranger.sign(&head.to_text()).expect("note");
        assert_eq!(Checkpoint::open(&foreign, stranger.verifier()), Err(CheckpointError::Origin));
    }

    #[test]
    fn there_is_one_spelling_of_a_checkpoint() {
        let right = Checkpoint { origin: name("a"), size: 12, root: empty_root() }.to_text();
        assert!(Checkpoint::parse(&right).is_ok());
        for (old, new) in
            [("12", "012"), ("12", "+12"), ("12", "9007199254740992"), ("=\n", "=\nx\n"), ("=\n", "="), ("FU=", "FV=")]
        {
            let wrong = right.replacen(old, new, 1);
            assert!(wrong != right && Checkpoint::parse(&wrong).is_err(), "{wrong}");
        }
    }
}
