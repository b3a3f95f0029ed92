//! The installation's secret key, and what is derived from it.
//!
//! # All keys and algorithms of the program
//!
//! † is derived from `secret.key`: SHA-256 over a tag of its purpose, the key, and what it is for; ‡ by HKDF-SHA-256 (RFC 5869).
//! No key serves two purposes.
//!
//! | what | algorithm | where it is kept | until |
//! |---|---|---|---|
//! | `secret.key` | 256 bits of the operating system | a file of its owner alone; in no database and no backup | the installation ends: it cannot be replaced |
//! | heads of logs †, a key for each log | Ed25519, checked strictly | nowhere; the public key in `logs` and in each bundle | as `secret.key` |
//! | heads of rehearsals at the command line | Ed25519, from the seed, which everybody may know | nowhere | that run |
//! | anchors †; cosignatures of a witness †, a key for each name | Ed25519 | nowhere | as `secret.key` |
//! | where a witness stands † | Ed25519 | nowhere | as `secret.key` |
//! | tags of logs in the database † and of rows of accounts, sessions and slips ‡ | HMAC-SHA-256 | nowhere | as `secret.key` |
//! | shares of the board, where the close needs two | 128 bits by chance; a lock of its own for each batch, Shamir 2 of n and hashed ElGamal on ristretto255 (`domain::share_lock`) | the members' paper; public keys in the log | the close, after which counts lie under the installation's key alone |
//! | second factors †, counts under seal †, forms on their way †, browsers that are known † | XChaCha20-Poly1305, nonces by chance, bound to purpose and owner (`seal.rs`) | what is sealed: in the database, in a form, in a cookie | counts: the close; forms: 5 minutes, or their session; browsers: 180 days |
//! | addresses of the network †, forms by their content † | SHA-256 | in memory and in `requests` | the process; as the row |
//! | entries, files, rules, trees of logs | SHA-256 (RFC 6962) | in the database, in bundles, on paper | for good |
//! | counts of batches, so that they add up | Pedersen on ristretto255; blindings by SHA-512 from the nonce under seal | commitments in the log | for good; openings of batches until the close |
//! | passwords | argon2id, 19 MiB, two passes, salt by chance | PHC string in the database | the next password |
//! | seeds of second factors | HMAC-SHA-1 of RFC 6238, 160 bits | sealed, as above | the owner or an administrator takes it away |
//! | sessions | 256 bits by chance | the cookie; SHA-256 in the database | 12 hours |
//! | codes of slips | 80 bits by chance | the paper; SHA-256 in the database | one use, 30 days at most |
//! | link of the first set-up | 256 bits by chance | the console; SHA-256 in memory | one use, the process |
//! | private notes, a key for each owner | XChaCha20-Poly1305; the key by chance, wrapped with argon2id, 64 MiB, three passes (`reading/notes`) | the wrapped key in the database, the key in the owner's cookie | the session; the wrapped key until it is forgotten |
//! | backups | age: X25519 or scrypt (2^18), ChaCha20-Poly1305 | the recipient's key with its owner | as the office keeps them |
//! | TLS | 1.2 and 1.3 of rustls with ring | certificate and key in files of the office | as the certificate says |

use zeroize::Zeroizing;

use domain::audit::hkdf;
use domain::audit::note::NoteError;
use domain::audit::row_tag::RowKey;
use domain::audit::tag::{TagKey, TagKeys};
use domain::audit::witness::Cosigner;
use domain::audit::{Digest, KeyName, Signer};
use domain::id::{AccountId, CouncilId};
use domain::shares::GivenShares;
use store::logs::LogHead;

/// 32 secret bytes. Logs are signed with keys derived from it, so a backup of the database alone signs nothing.
///
/// A rehearsal at the command line signs its poll's log with a key of its own, drawn from its seed: the same seed has to
/// give the same bundle, and everybody may know it. That key never signs anything but the log of a poll that says of
/// itself that it is a rehearsal, and it is not kept: a service that later opens the same database (`tinnhiem demo`) has a
/// secret of its own and can read and verify such a log, but not sign it again.
#[derive(Clone)]
pub struct Keys {
    secret: Zeroizing<[u8; 32]>,
    rehearsal: Option<Zeroizing<[u8; 32]>>,
    shares: Option<GivenShares>,
}

impl Keys {
    /// The key of 32 bytes that the caller drew or read.
    pub const fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self { secret, rehearsal: None, shares: None }
    }

    /// The same, with a seed for the logs of rehearsed polls.
    #[must_use]
    pub fn rehearsing(self, seed: [u8; 32]) -> Self {
        Self { rehearsal: Some(Zeroizing::new(seed)), ..self }
    }

    /// The same, with the shares that two of a board gave to close a count; for as long as one request lasts.
    #[must_use]
    pub(crate) fn with_shares(self, given: GivenShares) -> Self {
        Self { shares: Some(given), ..self }
    }

    /// The shares of two of a board, where they were given.
    pub(crate) const fn shares(&self) -> Option<&GivenShares> {
        self.shares.as_ref()
    }

    /// What signs the checkpoints of a poll's log.
    pub fn poll_signer(&self, origin: &KeyName, rehearsal: bool) -> Signer {
        match &self.rehearsal {
            Some(seed) if rehearsal => Signer::from_seed(origin.clone(), seed),
            _ => self.signer(origin),
        }
    }

    /// What signs the checkpoints of the log `origin`.
    pub fn signer(&self, origin: &KeyName) -> Signer {
        let seed = Zeroizing::new(*self.derive(b"log signing key v1\n", origin.as_str().as_bytes()).as_bytes());
        Signer::from_seed(origin.clone(), &seed)
    }

    /// What signs the anchors beside the key. No log has this key, whatever its name.
    pub fn anchor_signer(&self) -> Result<Signer, NoteError> {
        let seed = Zeroizing::new(*self.derive(b"anchor signing key v1\n", b"").as_bytes());
        Ok(Signer::from_seed(KeyName::new("tinnhiem/anchors")?, &seed))
    }

    /// What signs the file that says where this installation stands as a witness.
    pub fn witness_state_signer(&self) -> Result<Signer, NoteError> {
        let seed = Zeroizing::new(*self.derive(b"witness state signing key v1\n", b"").as_bytes());
        Ok(Signer::from_seed(KeyName::new("tinnhiem/witness-state")?, &seed))
    }

    /// What cosigns heads of other installations under this name. Each name has a key of its own: what is signed does not say
    /// the name.
    pub fn cosigner(&self, name: &KeyName) -> Cosigner {
        let seed = Zeroizing::new(*self.derive(b"witness key v1\n", name.as_str().as_bytes()).as_bytes());
        Cosigner::from_seed(name.clone(), &seed)
    }

    /// Whether the log began with our key, and not with another's.
    pub fn began(&self, log: &LogHead) -> bool {
        self.signer(&log.head.origin).verifier().to_text() == log.public_key
    }

    /// Whose password is guessed at, as the memory of the process knows them.
    pub(crate) fn guessed_at(&self, council: CouncilId, who: &str) -> Digest {
        self.derive(b"guessed at v1\n", format!("{council}/{who}").as_bytes())
    }

    /// What tells apart the cookies that browsers keep for several accounts.
    pub(crate) fn browser_tag(&self, council: CouncilId, account: AccountId) -> String {
        let digest = self.derive(b"browser tag v1\n", format!("{council}/{account}").as_bytes()).to_string();
        digest.chars().take(12).collect()
    }

    /// An address of the network, as failures remember it: nobody without the key can try all addresses.
    pub fn address_hash(&self, address: &str) -> Digest {
        self.derive(b"address v1\n", address.as_bytes())
    }

    /// What the forms of an account carry, so that one that outlives its session is known to be that account's. Nobody
    /// else can make it, so a form that carries it was not made up by another site.
    pub(crate) fn form_owner(&self, council: CouncilId, account: AccountId) -> Digest {
        self.derive(b"form owner v1\n", format!("{council}/{account}").as_bytes())
    }

    /// What a form says, as its id remembers it; `which` tells apart what no digest may say of it.
    pub(crate) fn form_content(&self, open: &[u8], which: usize) -> Digest {
        let which = which.to_string();
        self.derive(b"form content v1\n", &[which.as_bytes(), b"\n", open].concat())
    }

    /// What tags heads of logs, and rows that say who somebody is, in the database.
    pub(crate) fn tag_keys(&self) -> TagKeys {
        let logs = TagKey::new(&self.sealing_key(b"log head tag v1\n"));
        TagKeys { logs, rows: RowKey::new(hkdf::derive(&self.secret, b"tinnhiem/row-tag/v1")) }
    }

    pub(crate) fn sealing_key(&self, purpose: &[u8]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self.derive(purpose, b"").as_bytes())
    }

    /// SHA-256 over a purpose, the secret and what it is about: of the purposes that have it, and of no new one. A new purpose
    /// takes HKDF-SHA-256 (RFC 5869) from [`hkdf`], with a label of the form `tinnhiem/purpose/v1`.
    ///
    /// These purposes stay with it, because what was made by their keys has to be opened and checked as long as it is kept:
    /// keys of logs stand in every log, bundle and paper, and whoever holds one by a witness would see another log; openings of
    /// counts and secrets of authenticator apps lie sealed in databases and backups; the tags of heads bind the logs of every
    /// backup. The secret has 32 random bytes and stands behind a purpose of its own length, so no purpose is another's
    /// beginning together with its secret; whoever knows a digest can lengthen only the subject (SHA-256 allows that), by bytes
    /// that no council, account, name or address has, and where a subject is what somebody else sent (a form), digests are
    /// compared and never told.
    fn derive(&self, purpose: &[u8], subject: &[u8]) -> Digest {
        Digest::of_parts(&[b"tinnhiem ", purpose, &*self.secret, subject])
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}
