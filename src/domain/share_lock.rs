//! Locks that take two of several people to open. A secret is locked to the public keys of all who hold a share; any two of
//! their shares give it back, one alone gives nothing.
//!
//! A share is 16 secret bytes on paper. Its scalar x is a hash of them, its public key X = x·B (ristretto255). For each lock three
//! scalars are drawn anew: r, a and b. Holder i, counted from 1, has the piece f(i) = a + i·b (Shamir, 2 of n), which stands in the
//! lock as c = f(i) + H(i, R, X, r·X), beside R = r·B: hashed ElGamal, each mask used once. Two pieces give a, whose hash is the
//! secret; one piece fits every a. No secret of the whole count ever exists, so none can be kept.

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha512};
use zeroize::{Zeroize as _, Zeroizing};

use crate::audit::Digest;

const SHARE_TAG: &[u8] = b"tinnhiem share v1\n";
const DRAWN_TAG: &[u8] = b"tinnhiem share lock drawn v1\n";
const MASK_TAG: &[u8] = b"tinnhiem share lock mask v1\n";
const SECRET_TAG: &[u8] = b"tinnhiem share lock secret v1\n";

/// Bytes of a share, of a point and of a scalar.
const SHARE: usize = 16;
const PART: usize = 32;

/// The share of one person. It is on their paper and nowhere else.
#[derive(Clone)]
pub struct Share(Zeroizing<[u8; SHARE]>);

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Share(…)")
    }
}

/// What a share is known by in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShareKey(Digest);

impl Share {
    /// Of bytes that the caller drew.
    pub const fn from_bytes(bytes: Zeroizing<[u8; SHARE]>) -> Self {
        Self(bytes)
    }

    /// As paper carries it: 8 groups of 4 hex digits.
    pub fn grouped(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(5 * SHARE / 2));
        for (place, byte) in self.0.iter().enumerate() {
            if place > 0 && place % 2 == 0 {
                text.push(' ');
            }
            text.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or_default()));
        }
        text
    }

    /// Reads what somebody typed off paper: blanks, hyphens and the case of letters do not matter. `None` when it is not 32
    /// hex digits otherwise.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let (mut bytes, mut read) = (Zeroizing::new([0; SHARE]), 0);
        for letter in digits {
            let digit = u8::try_from(letter.to_digit(16)?).ok()?;
            let byte = bytes.get_mut(read / 2)?;
            *byte = (*byte << 4) | digit;
            read += 1;
        }
        (read == 2 * SHARE).then_some(Self(bytes))
    }

    /// Its public key.
    pub fn key(&self) -> ShareKey {
        ShareKey(Digest::from_bytes(RistrettoPoint::mul_base(&self.scalar()).compress().to_bytes()))
    }

    fn scalar(&self) -> Zeroizing<Scalar> {
        scalar(&[SHARE_TAG, &*self.0])
    }
}

/// What two of several shares open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// R.
    point: [u8; PART],
    /// One for each key, in their order.
    pieces: Vec<[u8; PART]>,
}

impl Lock {
    /// Locks a new secret to `keys`; both follow from `chance`, which must not come twice. `None` when a key is none.
    pub fn new(keys: &[ShareKey], chance: &[u8; PART]) -> Option<(Self, Zeroizing<[u8; PART]>)> {
        let [r, a, b] = [1, 2, 3].map(|which| scalar(&[DRAWN_TAG, &[which], chance]));
        let point = RistrettoPoint::mul_base(&r).compress().to_bytes();
        let mut pieces = Vec::with_capacity(keys.len());
        for (holder, key) in (1_u32..).zip(keys) {
            let mask = mask((holder, &point, key), &(key.point()? * *r));
            pieces.push((*a + Scalar::from(holder) * *b + *mask).to_bytes());
        }
        Some((Self { point, pieces }, secret(&a)))
    }

    /// The secret, opened by two shares; `None` when they are not of two of `keys`, or the lock was made for others.
    pub fn open(&self, keys: &[ShareKey], shares: [&Share; 2]) -> Option<Zeroizing<[u8; PART]>> {
        let [(i, first), (j, second)] = match shares.map(|share| self.piece(keys, share)) {
            [Some(first), Some(second)] if first.0 != second.0 && keys.len() == self.pieces.len() => [first, second],
            _ => return None,
        };
        let [i, j] = [i, j].map(Scalar::from);
        // The line through both pieces, at 0.
        let a = Zeroizing::new((j * *first - i * *second) * (j - i).invert());
        Some(secret(&a))
    }

    /// The number of the holder of a share, and f of it.
    fn piece(&self, keys: &[ShareKey], share: &Share) -> Option<(u32, Zeroizing<Scalar>)> {
        let own = share.key();
        let ((holder, key), piece) = (1_u32..).zip(keys).zip(&self.pieces).find(|((_, key), _)| **key == own)?;
        let point = CompressedRistretto(self.point).decompress()?;
        let mask = mask((holder, &self.point, key), &(point * *share.scalar()));
        let piece = Option::<Scalar>::from(Scalar::from_canonical_bytes(*piece))?;
        Some((holder, Zeroizing::new(piece - *mask)))
    }

    /// The point, then the pieces.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.point].into_iter().chain(&self.pieces).flatten().copied().collect()
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (parts, rest) = bytes.as_chunks::<PART>();
        let (point, pieces) = parts.split_first()?;
        rest.is_empty().then(|| Self { point: *point, pieces: pieces.to_vec() })
    }
}

impl ShareKey {
    fn point(&self) -> Option<RistrettoPoint> {
        CompressedRistretto(*self.0.as_bytes()).decompress()
    }
}

fn scalar(parts: &[&[u8]]) -> Zeroizing<Scalar> {
    let mut hasher = Sha512::new();
    parts.iter().for_each(|part| hasher.update(part));
    let mut wide: [u8; 64] = hasher.finalize().into();
    let scalar = Zeroizing::new(Scalar::from_bytes_mod_order_wide(&wide));
    wide.zeroize();
    scalar
}

fn mask((holder, point, key): (u32, &[u8; PART], &ShareKey), common: &RistrettoPoint) -> Zeroizing<Scalar> {
    let common = Zeroizing::new(common.compress().to_bytes());
    scalar(&[MASK_TAG, &holder.to_be_bytes(), point, key.0.as_bytes(), &*common])
}

fn secret(a: &Scalar) -> Zeroizing<[u8; PART]> {
    let bytes = Zeroizing::new(a.to_bytes());
    Zeroizing::new(*Digest::of_parts(&[SECRET_TAG, &*bytes]).as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(number: u8) -> Share {
        Share::from_bytes(Zeroizing::new([number; SHARE]))
    }

    proptest! {
        #[test]
        fn any_two_of_all_open_a_lock_and_nobody_else(
            shares in proptest::collection::btree_set(any::<[u8; SHARE]>(), 2..8),
            stranger in any::<[u8; SHARE]>(),
            chance in any::<[u8; PART]>(),
        ) {
            prop_assume!(!shares.contains(&stranger));
            let shares: Vec<Share> = shares.into_iter().map(|bytes| Share(Zeroizing::new(bytes))).collect();
            let keys: Vec<ShareKey> = shares.iter().map(Share::key).collect();
            let (lock, secret) = Lock::new(&keys, &chance).expect("keys");
            let read = Lock::from_bytes(&lock.to_bytes()).expect("a lock");
            prop_assert_eq!(&read, &lock);
            let stranger = Share(Zeroizing::new(stranger));
            for one in &shares {
                for other in &shares {
                    let opened = read.open(&keys, [one, other]);
                    prop_assert_eq!(opened, (one.key() != other.key()).then(|| secret.clone()));
                }
                prop_assert_eq!(read.open(&keys, [one, &stranger]), None);
                prop_assert_eq!(read.open(&keys, [&stranger, one]), None);
            }
        }
    }

    /// For every secret there is a line through one holder's piece: what one share shows excludes no secret.
    #[test]
    fn one_piece_fits_every_secret() {
        let keys = [1, 2, 3].map(|number| share(number).key());
        let (lock, _) = Lock::new(&keys, &[7; PART]).expect("keys");
        let (holder, piece) = lock.piece(&keys, &share(2)).expect("a piece");
        for a in [0_u64, 1, u64::MAX].map(Scalar::from) {
            let b = (*piece - a) * Scalar::from(holder).invert();
            assert_eq!(a + Scalar::from(holder) * b, *piece);
        }
    }

    #[test]
    fn a_lock_for_others_and_one_that_was_changed_do_not_give_the_secret() {
        let shares = [1, 2, 3].map(share);
        let keys = shares.each_ref().map(Share::key);
        let (lock, secret) = Lock::new(&keys, &[7; PART]).expect("keys");
        let two = [&shares[0], &shares[2]];
        assert_eq!(lock.open(&keys[..2], two), None, "fewer keys");
        let turned = [keys[2], keys[1], keys[0]];
        assert_ne!(lock.open(&turned, two), Some(secret.clone()), "keys in another order");
        assert_ne!(Lock::new(&keys, &[8; PART]).expect("keys").1, secret, "other chance");
        let bytes = lock.to_bytes();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            let opened = Lock::from_bytes(&changed).and_then(|lock| lock.open(&keys, two));
            let is_unused = (2 * PART..3 * PART).contains(&place);
            assert_eq!(opened == Some(secret.clone()), is_unused, "byte {place}");
        }
        assert_eq!(Lock::from_bytes(&bytes[1..]), None);
        assert!(Lock::new(&[ShareKey(Digest::from_bytes([255; PART]))], &[7; PART]).is_none(), "no key");
    }

    #[test]
    fn a_share_is_read_as_it_is_written() {
        let own = Share(Zeroizing::new([0x0f, 0x3a, 0xbc, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0xff]));
        let text = own.grouped();
        assert_eq!(text.as_str(), "0f3a bc00 0102 0304 0506 0708 090a 0bff");
        for typed in [text.to_string(), text.to_uppercase(), text.replace(' ', "-"), text.replace(' ', "")] {
            assert_eq!(Share::parse(&typed).as_ref().map(Share::key), Some(own.key()), "{typed}");
        }
        let short = &text[1..];
        let (long, strange) = (format!("{}0", text.as_str()), text.replace('f', "g"));
        for wrong in ["", short, long.as_str(), strange.as_str()] {
            assert!(Share::parse(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{own:?}"), "Share(…)");
    }
}
