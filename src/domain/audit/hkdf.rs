//! HKDF-SHA-256 (RFC 5869): keys for single purposes out of one secret.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of a block of SHA-256: a shorter key is filled up with zeros, as RFC 2104 has it.
const BLOCK: usize = 64;

/// HMAC-SHA-256 under a key of at most [`BLOCK`] bytes.
pub(super) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; BLOCK]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::<Sha256>::new(&(*block).into())
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut mac = keyed(key);
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// A key of 32 bytes out of a secret that is uniformly random. `info` is the purpose, and what else the key is bound to.
///
/// No salt is used (section 3.1: then it is zeros): the secret is one of the program's own and used for nothing else.
pub fn derive(secret: &[u8; 32], info: &[u8]) -> Zeroizing<[u8; 32]> {
    first_block(&[], secret, info)
}

/// Extract (section 2.2), and of expand (section 2.3) the first of its blocks, which is as long as a key.
fn first_block(salt: &[u8], secret: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let prk = mac(salt, &[secret]);
    mac(&*prk, &[info, &[1]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// RFC 5869, appendix A.1 and A.3: the first 32 bytes of OKM.
    #[test]
    fn keys_are_those_of_the_published_examples() {
        let salt: Vec<u8> = (0x00..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let with_salt = first_block(&salt, &[0x0b; 22], &info);
        assert_eq!(hex(&*with_salt), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
        let without = first_block(&[], &[0x0b; 22], &[]);
        assert_eq!(hex(&*without), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
    }

    #[test]
    fn each_purpose_and_each_secret_has_its_key() {
        let key = derive(&[7; 32], b"tinnhiem/a/v1");
        assert_eq!(key, derive(&[7; 32], b"tinnhiem/a/v1"));
        assert_ne!(key, derive(&[7; 32], b"tinnhiem/a/v2"));
        assert_ne!(key, derive(&[8; 32], b"tinnhiem/a/v1"));
    }
}
