//! The tag of a log: a code beside its head that only who has the installation's key can make. Somebody who writes to the
//! database alone can forge an entry and the head over it, but not the tag, so the program goes by no such log and adds nothing
//! to it. It is in no bundle: what a stranger goes by are signed heads and the paper.
//!
//! HMAC-SHA-256 (RFC 2104) over seven lines: `tinnhiem log head v1`, council, log, origin, public key, size in decimal, root in
//! hex. Rows of accounts, sessions and slips have tags of another sort: [`row_tag`](super::row_tag).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::checkpoint::Checkpoint;
use super::digest::Digest;
use super::row_tag::RowKey;
use crate::id::{CouncilId, LogId};

/// What makes and checks tags: 32 secret bytes, filled up with zeros to a block of SHA-256, as RFC 2104 has it.
pub struct TagKey(Zeroizing<[u8; 64]>);

/// The keys of an installation that make tags.
#[derive(Debug)]
pub struct TagKeys {
    /// For heads of logs.
    pub logs: TagKey,
    /// For rows of accounts, sessions and slips.
    pub rows: RowKey,
}

/// Whose head is tagged.
#[derive(Clone, Copy, Debug)]
pub struct TaggedLog<'a> {
    pub council: CouncilId,
    pub log: LogId,
    /// Text of the key that signs its heads.
    pub public_key: &'a str,
}

impl TagKey {
    /// The key of 32 bytes that are used for nothing else.
    pub fn new(secret: &Zeroizing<[u8; 32]>) -> Self {
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(secret.iter()).for_each(|(to, from)| *to = *from);
        Self(block)
    }

    fn over(&self, log: TaggedLog<'_>, head: &Checkpoint) -> Hmac<Sha256> {
        let TaggedLog { council, log, public_key } = log;
        let (origin, size, root) = (head.origin.as_str(), head.size, head.root);
        let text = format!("tinnhiem log head v1\n{council}\n{log}\n{origin}\n{public_key}\n{size}\n{root}\n");
        let mut mac = Hmac::<Sha256>::new(&(*self.0).into());
        mac.update(text.as_bytes());
        mac
    }

    /// The tag of a head.
    pub fn tag(&self, log: TaggedLog<'_>, head: &Checkpoint) -> Digest {
        Digest::from_bytes(self.over(log, head).finalize().into_bytes().into())
    }

    /// Whether a tag is that of this head; takes the same time whatever the tag is.
    pub fn holds(&self, log: TaggedLog<'_>, head: &Checkpoint, tag: &Digest) -> bool {
        self.over(log, head).verify_slice(tag.as_bytes()).is_ok()
    }
}

impl std::fmt::Debug for TagKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TagKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::KeyName;

    #[test]
    fn a_tag_is_of_one_log_one_head_and_one_key() {
        let (key, other) = (TagKey::new(&Zeroizing::new([7; 32])), TagKey::new(&Zeroizing::new([8; 32])));
        let council: CouncilId = "01940000-0000-7000-8000-000000000001".parse().expect("id");
        let log: LogId = "01940000-0000-7000-8000-000000000002".parse().expect("id");
        let of = TaggedLog { council, log, public_key: "mau+00000000+AA==" };
        let head = Checkpoint { origin: KeyName::new("mau").expect("name"), size: 3, root: Digest::of(b"root") };
        let tag = key.tag(of, &head);
        assert!(key.holds(of, &head, &tag) && !other.holds(of, &head, &tag));
        assert!(!key.holds(of, &Checkpoint { size: 4, ..head.clone() }, &tag));
        assert!(!key.holds(of, &Checkpoint { root: Digest::of(b"x"), ..head.clone() }, &tag));
        assert!(!key.holds(TaggedLog { public_key: "mau+00000000+AQ==", ..of }, &head, &tag));
        let elsewhere: LogId = "01940000-0000-7000-8000-000000000003".parse().expect("id");
        assert!(!key.holds(TaggedLog { log: elsewhere, ..of }, &head, &tag));
        assert!(!key.holds(TaggedLog { council: CouncilId::INSTALLATION, ..of }, &head, &tag));
        assert_eq!(format!("{key:?}"), "TagKey(…)");
    }
}
