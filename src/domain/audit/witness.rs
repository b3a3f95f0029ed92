//! Đồng chứng: one installation says of another's log that it saw it grow and never change.
//!
//! Formats and checks are those of C2SP, read at commit 5ba5ee83 of github.com/C2SP/C2SP: tlog-cosignature (cosignature/v1,
//! Ed25519, signature type 0x04) and tlog-witness (`add-checkpoint`), with files in place of HTTP: the request's body is one
//! file, the response's body another. A cosignature is a note signature line over the lines `cosignature/v1` and
//! `time <POSIX seconds>` and the text of the checkpoint, with the time in 8 bytes before the signature.
//!
//! tlog-cosignature prefers ML-DSA-44 for new deployments; there is none among the crates that are built already, so this
//! is the Ed25519 type. Checkpoints are those of this program: one signature line, no extension lines; a witness here does not
//! cosign other programs' logs. The message of a cosignature does not bind the witness's name, so each name has a key of its own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::canonical::MAX_INTEGER;
use super::checkpoint::{Checkpoint, CheckpointError};
use super::digest::Digest;
use super::merkle::{empty_root, verify_consistency};
use super::note::{KeyName, NoteError, VerifierKey, key_id, key_text, read_key};

/// Signature type of a timestamped Ed25519 cosignature.
const COSIGNATURE: u8 = 0x04;
/// Most hashes of a consistency proof in a request.
const MAX_PROOF: usize = 63;

/// A witness's public key with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessKey {
    name: KeyName,
    key: VerifyingKey,
}

/// A witness's private key. It is wiped from memory when dropped, and never printed.
pub struct Cosigner {
    key: SigningKey,
    public: WitnessKey,
}

/// A signature line of somebody, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    pub name: KeyName,
    id: [u8; 4],
    /// When, in POSIX seconds.
    pub time: u64,
    signature: [u8; 64],
}

/// What goes to a witness: a head, and that it follows the one that the witness cosigned last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadRequest {
    /// Size of the head that the witness cosigned last; 0 for none.
    pub old: u64,
    /// Consistency proof from there (RFC 6962, 2.1.2).
    pub proof: Vec<Digest>,
    /// The head as the log signed it.
    pub note: String,
}

/// Why a witness does not cosign, or a cosignature is refused. One sentence without its end, Vietnamese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    #[error(
        "tệp không đúng mẫu: dòng đầu là «old» và một số, rồi các mã băm base64, một dòng trống, và điểm chốt đã ký"
    )]
    Form,
    /// The log's signature.
    #[error("điểm chốt không do khóa của nhật ký ký: {0}")]
    Log(#[from] CheckpointError),
    #[error("tệp nói điểm chốt trước có {old} bản ghi, nhiều hơn {size} bản ghi của điểm chốt này")]
    Backwards { old: u64, size: u64 },
    /// The request begins where the witness does not stand.
    #[error(
        "lần trước đã đồng chứng {last} bản ghi của nhật ký này, tệp này bắt đầu từ {old}; hãy làm lại tệp với --from {last}"
    )]
    Conflict { last: u64, old: u64 },
    /// Fewer entries than before, another history, or a proof that proves nothing.
    #[error("nhật ký không phải bản mà lần trước đã đồng chứng, chỉ dài thêm: chứng minh chỉ ghi thêm không đúng")]
    Forked,
    /// The empty tree with another root.
    #[error("điểm chốt không có bản ghi nào mà mang mã gốc khác")]
    Empty,
    #[error("không phải chữ ký đồng chứng (một dòng «— tên base64»)")]
    Line,
    #[error("khóa đồng chứng không đúng mẫu: {0}")]
    Key(#[from] NoteError),
    /// Name or id of another key.
    #[error("chữ ký đồng chứng của khóa khác")]
    OtherKey,
    #[error("chữ ký đồng chứng không khớp với điểm chốt này")]
    Signature,
}

impl WitnessKey {
    /// Reads `name+id+base64` with signature type 0x04.
    ///
    /// # Errors
    /// When a letter of it is wrong.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, key) = read_key(text, COSIGNATURE)?;
        Ok(Self { name, key })
    }

    /// What [`Self::parse`] reads.
    pub fn to_text(&self) -> String {
        key_text(&self.name, COSIGNATURE, &self.key)
    }

    /// Who.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    fn id(&self) -> [u8; 4] {
        key_id(&self.name, COSIGNATURE, self.key.as_bytes())
    }

    /// Whether the line has this key's name and id.
    pub fn is_of(&self, cosignature: &Cosignature) -> bool {
        self.name == cosignature.name && self.id() == cosignature.id
    }

    /// Checks what this witness said of `head`.
    ///
    /// # Errors
    /// When it is another key's, or of another head.
    pub fn check(&self, cosignature: &Cosignature, head: &Checkpoint) -> Result<(), WitnessError> {
        if !self.is_of(cosignature) {
            return Err(WitnessError::OtherKey);
        }
        let signature = Signature::from_bytes(&cosignature.signature);
        let message = message(head, cosignature.time);
        self.key.verify_strict(message.as_bytes(), &signature).map_err(|_| WitnessError::Signature)
    }
}

fn message(head: &Checkpoint, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{}", head.to_text())
}

impl Cosignature {
    /// Reads one signature line, with or without its line feed.
    ///
    /// # Errors
    /// When it is no line of a timestamped Ed25519 signature.
    pub fn parse(line: &str) -> Result<Self, WitnessError> {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let rest = line.strip_prefix("— ").ok_or(WitnessError::Line)?;
        let (name, value) = rest.split_once(' ').ok_or(WitnessError::Line)?;
        let bytes: [u8; 76] = STANDARD.decode(value).ok().and_then(|b| b.try_into().ok()).ok_or(WitnessError::Line)?;
        let [a, b, c, d, rest @ ..] = bytes;
        let (time, signature) = rest.split_first_chunk::<8>().ok_or(WitnessError::Line)?;
        let time = u64::from_be_bytes(*time);
        let signature = signature.try_into().map_err(|_| WitnessError::Line)?;
        if i64::try_from(time).is_err() {
            return Err(WitnessError::Line);
        }
        Ok(Self { name: KeyName::new(name)?, id: [a, b, c, d], time, signature })
    }

    /// The line, with its line feed.
    pub fn to_line(&self) -> String {
        let bytes = [&self.id[..], &self.time.to_be_bytes(), &self.signature].concat();
        format!("— {} {}\n", self.name.as_str(), STANDARD.encode(bytes))
    }
}

impl Cosigner {
    /// The key of 32 secret bytes that the caller drew for this name alone.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let public = WitnessKey { name, key: key.verifying_key() };
        Self { key, public }
    }

    /// What checks its cosignatures.
    pub const fn key(&self) -> &WitnessKey {
        &self.public
    }

    /// Cosigns what a log asks for, if it is the log that was cosigned last, longer or the same: the checks of tlog-witness, in
    /// their order. `last` is the head that was cosigned last. The caller keeps the head before it hands out the cosignature.
    ///
    /// # Errors
    /// The first check that does not hold; nothing is to be kept then.
    pub fn cosign(
        &self,
        request: &HeadRequest,
        log: &VerifierKey,
        last: Option<&Checkpoint>,
        time: u64,
    ) -> Result<(Checkpoint, Cosignature), WitnessError> {
        let head = Checkpoint::open(&request.note, log)?;
        if request.old > head.size {
            return Err(WitnessError::Backwards { old: request.old, size: head.size });
        }
        let (stands, root) = last.map_or_else(|| (0, empty_root()), |last| (last.size, last.root));
        if request.old != stands {
            return Err(WitnessError::Conflict { last: stands, old: request.old });
        }
        if head.size == 0 && head.root != empty_root() {
            return Err(WitnessError::Empty);
        }
        if !verify_consistency(stands, root, head.size, head.root, &request.proof) {
            return Err(WitnessError::Forked);
        }
        let signature = self.key.sign(message(&head, time).as_bytes()).to_bytes();
        let (name, id) = (self.public.name.clone(), self.public.id());
        Ok((head, Cosignature { name, id, time, signature }))
    }
}

impl std::fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cosigner").field("public", &self.public.to_text()).finish_non_exhaustive()
    }
}

impl HeadRequest {
    /// The body of `add-checkpoint`.
    pub fn to_text(&self) -> String {
        let hash = |hash: &Digest| format!("{}\n", STANDARD.encode(hash.as_bytes()));
        let proof: String = self.proof.iter().map(hash).collect();
        format!("old {}\n{proof}\n{}", self.old, self.note)
    }

    /// Strict inverse of [`Self::to_text`].
    ///
    /// # Errors
    /// On any other spelling.
    pub fn parse(text: &str) -> Result<Self, WitnessError> {
        let (asked, note) = text.split_once("\n\n").ok_or(WitnessError::Form)?;
        let mut lines = asked.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).ok_or(WitnessError::Form)?;
        let number: u64 = old.parse().map_err(|_| WitnessError::Form)?;
        let hash = |line: &str| {
            let bytes = STANDARD.decode(line).ok().and_then(|bytes| bytes.try_into().ok());
            bytes.map(Digest::from_bytes).ok_or(WitnessError::Form)
        };
        let proof = lines.map(hash).collect::<Result<Vec<_>, _>>()?;
        let read = Self { old: number, proof, note: note.to_owned() };
        let is_small = number <= MAX_INTEGER && read.proof.len() <= MAX_PROOF;
        if is_small && read.to_text() == text { Ok(read) } else { Err(WitnessError::Form) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::merkle::{Tree, leaf_hash};
    use super::super::note::Signer;
    use super::*;

    fn name(text: &str) -> KeyName {
        KeyName::new(text).expect("name")
    }

    struct World {
        log: Signer,
        tree: Tree,
        witness: Cosigner,
    }

    fn world() -> World {
        let mut tree = Tree::default();
        (0..9_u8).for_each(|number| tree.push(leaf_hash(&[number])));
        let log = Signer::from_seed(name("tinnhiem/xa"), &[7; 32]);
        World { log, tree, witness: Cosigner::from_seed(name("tinh.example.vn/chung"), &[9; 32]) }
    }

    impl World {
        fn head(&self, size: u64) -> Checkpoint {
            let root = self.tree.root_at(size).expect("root");
            Checkpoint { origin: self.log.verifier().name().clone(), size, root }
        }

        fn request(&self, old: u64, size: u64) -> HeadRequest {
            let proof = self.tree.consistency_proof(old, size).unwrap_or_default();
            HeadRequest { old, proof, note: self.head(size).sign(&self.log).expect("note") }
        }

        fn asks(&self, request: &HeadRequest, last: Option<u64>) -> Result<(Checkpoint, Cosignature), WitnessError> {
            let last = last.map(|size| self.head(size));
            self.witness.cosign(request, self.log.verifier(), last.as_ref(), 1_679_315_147)
        }
    }

    #[test]
    fn a_head_that_follows_is_cosigned_and_the_line_holds_for_that_head_alone() {
        let world = world();
        let request = HeadRequest::parse(&world.request(3, 9).to_text()).expect("request");
        let (head, cosignature) = world.asks(&request, Some(3)).expect("cosigned");
        assert_eq!(head, world.head(9));
        let line = Cosignature::parse(&cosignature.to_line()).expect("line");
        assert_eq!((line.time, line.to_line()), (1_679_315_147, cosignature.to_line()));
        let key = WitnessKey::parse(&world.witness.key().to_text()).expect("key");
        assert_eq!(key.check(&line, &head), Ok(()));
        assert_eq!(key.check(&line, &world.head(8)), Err(WitnessError::Signature));
        assert_eq!(key.check(&Cosignature { time: 1, ..line.clone() }, &head), Err(WitnessError::Signature));
        let other = Cosigner::from_seed(name("tinh.example.vn/chung"), &[8; 32]);
        assert_eq!(other.key().check(&line, &head), Err(WitnessError::OtherKey));
        assert_eq!(VerifierKey::parse(&key.to_text()), Err(NoteError::KeyForm), "no key of a log");
        // The first head needs no proof, the same head may be cosigned again.
        assert!(world.asks(&world.request(0, 3), None).is_ok());
        assert!(world.asks(&world.request(9, 9), Some(9)).is_ok());
    }

    #[test]
    fn nothing_smaller_forked_or_unproved_is_cosigned() {
        let world = world();
        let refused = |request: &HeadRequest, last| world.asks(request, last).map(drop).expect_err("refused");
        assert_eq!(refused(&world.request(3, 9), None), WitnessError::Conflict { last: 0, old: 3 });
        assert_eq!(refused(&world.request(0, 3), Some(9)), WitnessError::Conflict { last: 9, old: 0 });
        let smaller = HeadRequest { old: 9, proof: Vec::new(), ..world.request(0, 3) };
        assert_eq!(refused(&smaller, Some(9)), WitnessError::Backwards { old: 9, size: 3 });
        let unproved = HeadRequest { proof: Vec::new(), ..world.request(3, 9) };
        assert_eq!(refused(&unproved, Some(3)), WitnessError::Forked);
        let padded = HeadRequest { proof: vec![Digest::of(b"x")], ..world.request(0, 9) };
        assert_eq!(refused(&padded, None), WitnessError::Forked);
        let fork = Checkpoint { root: Digest::of(b"fork"), ..world.head(9) }.sign(&world.log).expect("note");
        let forked = HeadRequest { note: fork.clone(), ..world.request(3, 9) };
        assert_eq!(refused(&forked, Some(3)), WitnessError::Forked);
        assert_eq!(refused(&HeadRequest { note: fork, ..world.request(9, 9) }, Some(9)), WitnessError::Forked);
        let stranger = Signer::from_seed(name("tinnhiem/xa"), &[6; 32]);
        let foreign = HeadRequest { note: world.head(9).sign(&stranger).expect("note"), ..world.request(3, 9) };
        assert!(matches!(refused(&foreign, Some(3)), WitnessError::Log(_)));
        let empty = Checkpoint { size: 0, root: Digest::of(b"x"), ..world.head(9) }.sign(&world.log).expect("note");
        assert_eq!(refused(&HeadRequest { old: 0, proof: vec![], note: empty }, None), WitnessError::Empty);
    }

    #[test]
    fn there_is_one_spelling_of_a_request_and_of_a_line() {
        let text = world().request(3, 9).to_text();
        for (old, new) in [("old 3", "old 03"), ("old 3", "old -3"), ("=\n", "=\n\n"), ("old 3\n", "old 3\r\n")] {
            let wrong = text.replacen(old, new, 1);
            assert!(wrong != text && HeadRequest::parse(&wrong) != HeadRequest::parse(&text), "{wrong:?}");
        }
        for line in ["", "— a b", "- a AAAA", "— tinnhiem/xa AAAA"] {
            assert_eq!(Cosignature::parse(line), Err(WitnessError::Line), "{line}");
        }
    }

    /// The example of tlog-cosignature has this line; its key stands nowhere, so it is only taken apart.
    #[test]
    fn the_published_line_is_read() {
        let line = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==";
        let read = Cosignature::parse(line).expect("line");
        assert_eq!((read.name.as_str(), read.time), ("witness.example.com/w1", 1_679_315_147));
        assert_eq!(read.to_line(), format!("{line}\n"));
    }
}
