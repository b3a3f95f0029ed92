//! The installation's secret key, and what is derived from it.

use zeroize::Zeroizing;

use crate::domain::audit::{Digest, KeyName, Signer};
use crate::domain::id::{AccountId, CouncilId};

/// 32 secret bytes. Logs are signed with keys derived from it, so a backup of the database alone signs nothing.
#[derive(Clone)]
pub struct Keys(Zeroizing<[u8; 32]>);

impl Keys {
    /// The key of 32 bytes that the caller drew or read.
    pub const fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(secret)
    }

    /// What signs the checkpoints of the log `origin`.
    pub fn signer(&self, origin: &KeyName) -> Signer {
        let seed = Zeroizing::new(*self.derive(b"log signing key v1\n", origin.as_str().as_bytes()).as_bytes());
        Signer::from_seed(origin.clone(), &seed)
    }

    /// An address of the network, as failures remember it: nobody without the key can try all addresses.
    pub fn address_hash(&self, address: &str) -> Digest {
        self.derive(b"address v1\n", address.as_bytes())
    }

    /// A name that no account has, as failures remember it.
    pub(super) fn login_hash(&self, login: &str) -> Digest {
        self.derive(b"login v1\n", login.as_bytes())
    }

    /// What the forms of an account carry, so that one that outlives its session is known to be that account's. Nobody
    /// else can make it, so a form that carries it was not made up by another site.
    pub(super) fn form_owner(&self, council: CouncilId, account: AccountId) -> Digest {
        self.derive(b"form owner v1\n", format!("{council}/{account}").as_bytes())
    }

    pub(super) fn sealing_key(&self, purpose: &[u8]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self.derive(purpose, b"").as_bytes())
    }

    fn derive(&self, purpose: &[u8], subject: &[u8]) -> Digest {
        Digest::of_parts(&[b"tinnhiem ", purpose, &*self.0, subject])
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}
