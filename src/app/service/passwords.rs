//! Passwords: argon2id (RFC 9106), off the threads that serve pages, in a fixed set of memory blocks.
//!
//! A hash takes 19 MiB. Memory that is allocated for each hash stays with the allocator, a block for every thread that ever
//! made one; so the blocks are allocated once and used again, and whoever wants one waits. The line is short: whoever finds it
//! full is told so at once. One block is kept free of strangers, so that people whose browser has signed in before pass by
//! a flood of guesses.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use crate::service::error::AppError;
use domain::password::normal_form;
use macros::boxed;

/// Blocks of memory, each for one hash at a time: 57 MiB together.
const SLOTS: usize = 3;
/// How many of them strangers may take at once.
const FOR_STRANGERS: usize = 2;
/// Longest line of strangers: with two at once the last of them waits three seconds.
const STRANGERS_WAITING: usize = 128;
/// Longest line of all others.
const KNOWN_WAITING: usize = 256;
/// Keys that are derived from passphrases at once: each takes 64 MiB, which the allocator gives back, because blocks of this
/// size are mapped one by one.
const DERIVED_AT_ONCE: usize = 1;
/// Longest line of those.
const DERIVING_WAITING: usize = 64;

/// A password that somebody typed; wiped from memory when dropped.
pub type Password = Zeroizing<String>;

/// How much work a guess costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// 19 MiB, two passes: about 40 ms (OWASP's first choice).
    Full,
    /// Next to nothing: of tests and rehearsals, whose passwords guard nothing.
    Least,
}

impl Cost {
    fn params(self) -> Result<Params, AppError> {
        let (memory_kib, passes) = match self {
            Self::Full => (19 * 1024, 2),
            Self::Least => (8, 1),
        };
        Params::new(memory_kib, passes, 1, Some(HASH_BYTES)).map_err(internal)
    }
}

const HASH_BYTES: usize = 32;

fn internal(error: impl ToString) -> AppError {
    AppError::internal("kiểm tra mật khẩu", error)
}

/// Who waits for a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiter {
    /// Anybody on the network.
    Stranger,
    /// Somebody who is signed in, or whose browser has signed in before as this account.
    Known,
}

/// A line, and what is waited for in it.
struct Line {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Line {
    fn new(places: usize, turns: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), turns: Arc::new(Semaphore::new(turns)) }
    }
}

static STRANGERS: LazyLock<Line> = LazyLock::new(|| Line::new(STRANGERS_WAITING, FOR_STRANGERS));
static KNOWN: LazyLock<Line> = LazyLock::new(|| Line::new(KNOWN_WAITING, SLOTS));
static DERIVING: LazyLock<Line> = LazyLock::new(|| Line::new(DERIVING_WAITING, DERIVED_AT_ONCE));

/// A place in the line. It is taken before a guess is counted: a guess that is not looked at costs nobody a delay.
pub(crate) struct Place {
    waiter: Waiter,
    place: OwnedSemaphorePermit,
}

impl Place {
    /// The last place in the line.
    ///
    /// # Errors
    /// [`AppError::Crowded`] when there is none.
    pub(crate) fn take(waiter: Waiter) -> Result<Self, AppError> {
        let line = match waiter {
            Waiter::Stranger => &STRANGERS,
            Waiter::Known => &KNOWN,
        };
        let place = Arc::clone(&line.places).try_acquire_owned().map_err(|_| AppError::Crowded)?;
        Ok(Self { waiter, place })
    }

    /// Waits for a block. What is returned goes with the work: a caller that hangs up frees nothing before it is done.
    async fn turn(self) -> Result<Turn, AppError> {
        let acquire = |line: &Line| Arc::clone(&line.turns).acquire_owned();
        let of_strangers = match self.waiter {
            Waiter::Stranger => Some(acquire(&STRANGERS).await.map_err(internal)?),
            Waiter::Known => None,
        };
        let slot = acquire(&KNOWN).await.map_err(internal)?;
        Ok(Turn { _permits: (self.place, of_strangers, slot) })
    }
}

struct Turn {
    _permits: (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>, OwnedSemaphorePermit),
}

/// Blocks that no hash uses now: at most [`SLOTS`], one for each turn.
static FREE: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// The hash of a password in a block of the set, which is wiped afterwards. It can only be called with a turn, so there are
/// never more blocks than turns.
fn fill(_: &Turn, params: Params, password: &Password, salt: &[u8]) -> Result<Zeroizing<Vec<u8>>, AppError> {
    let blocks = params.block_count();
    let mut hash = Zeroizing::new(vec![0; params.output_len().unwrap_or(HASH_BYTES)]);
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut memory = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let made = hasher.hash_password_into_with_memory(normal_form(password).as_bytes(), salt, &mut hash, &mut *memory);
    memory.iter_mut().take(blocks).for_each(|block| *block = Block::new());
    FREE.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    made.map(|()| hash).map_err(internal)
}

/// The PHC string of a password.
///
/// # Errors
/// When there is no memory for it, or too many wait.
#[boxed]
pub async fn hash(cost: Cost, password: Password, salt: [u8; 32]) -> Result<String, AppError> {
    let turn = Place::take(Waiter::Known)?.turn().await?;
    let hashed = move || {
        let (params, salt) = (cost.params()?, &salt[..16]);
        let costs = format!("m={},t={},p={}", params.m_cost(), params.t_cost(), params.p_cost());
        let hash = fill(&turn, params, &password, salt)?;
        let text = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
        Ok(format!("$argon2id$v=19${costs}${}${}", text(salt), text(&hash)))
    };
    tokio::task::spawn_blocking(hashed).await.map_err(internal)?
}

/// 32 bytes that only `passphrase` gives with this salt. What they seal may be stolen with the database and tried at leisure,
/// so a guess costs more than one at a password: 64 MiB, three passes (RFC 9106, 4, the second choice, with one lane).
///
/// # Errors
/// When there is no memory for it, or too many wait.
#[boxed]
pub(crate) async fn derive(cost: Cost, passphrase: Password, salt: Vec<u8>) -> Result<Zeroizing<[u8; 32]>, AppError> {
    let place = Arc::clone(&DERIVING.places).try_acquire_owned().map_err(|_| AppError::Crowded)?;
    let turn = Arc::clone(&DERIVING.turns).acquire_owned().await.map_err(internal)?;
    let derived = move || {
        let _permits = (place, turn);
        let (memory_kib, passes) = match cost {
            Cost::Full => (64 * 1024, 3),
            Cost::Least => (8, 1),
        };
        let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(internal)?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut key = Zeroizing::new([0; 32]);
        let passphrase = normal_form(&passphrase);
        hasher.hash_password_into(passphrase.as_bytes(), &salt, &mut *key).map_err(internal)?;
        Ok(key)
    };
    tokio::task::spawn_blocking(derived).await.map_err(internal)?
}

/// Whether `password` is the one behind the PHC string. Without a string the work is done all the same, so that the
/// time does not reveal whether an account exists.
///
/// # Errors
/// When this is no PHC string, or there is no memory.
#[boxed]
pub(crate) async fn verify(
    place: Place,
    cost: Cost,
    password: Password,
    phc: Option<String>,
) -> Result<bool, AppError> {
    let turn = place.turn().await?;
    let verified = move || {
        let Some(phc) = phc else {
            return fill(&turn, cost.params()?, &password, &[0; 16]).map(|_| false);
        };
        let (params, salt, stored) = read(&phc)?;
        let hash = fill(&turn, params, &password, &salt)?;
        // Compared without telling how much of it was right.
        Ok(Output::new(&hash).map_err(internal)? == stored)
    };
    tokio::task::spawn_blocking(verified).await.map_err(internal)?
}

/// What a PHC string of ours says.
fn read(phc: &str) -> Result<(Params, Salt, Output), AppError> {
    let hash = PasswordHash::new(phc).map_err(internal)?;
    let params = Params::try_from(&hash).map_err(internal)?;
    match (hash.algorithm.as_str(), hash.version, hash.salt, hash.hash) {
        ("argon2id", Some(19), Some(salt), Some(output)) if params.m_cost() <= MOST_KIB => Ok((params, salt, output)),
        _ => Err(internal("not a hash of this program")),
    }
}

/// More memory than any password of ours was ever hashed with is not taken for one.
const MOST_KIB: u32 = 19 * 1024;

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher as _, PasswordVerifier as _};

    use super::*;

    fn password(text: &str) -> Password {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_hash_in_a_used_block_is_that_of_the_library_and_the_line_of_strangers_ends() {
        for (cost, salt) in [(Cost::Full, [1; 32]), (Cost::Least, [2; 32]), (Cost::Full, [3; 32])] {
            let phc = hash(cost, password("con mèo"), salt).await.expect("hash");
            let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params().expect("params"));
            let same: PasswordHash =
                library.hash_password_with_salt("con mèo".as_bytes(), &salt[..16]).expect("hash of the library");
            assert_eq!(phc, same.to_string());
            assert!(library.verify_password("con mèo".as_bytes(), &same).is_ok());
            for (typed, fits) in [("con mèo", true), ("con meo", false)] {
                let place = Place::take(Waiter::Stranger).expect("place");
                assert_eq!(verify(place, cost, password(typed), Some(phc.clone())).await.expect("verified"), fits);
            }
        }
        assert!(FREE.lock().expect("free").len() <= SLOTS);
        assert!(FREE.lock().expect("free").iter().flatten().all(|block| block.as_ref().iter().all(|word| *word == 0)));

        // The same test, because all tests of a process stand in the same lines.
        let places: Vec<_> = (0..STRANGERS_WAITING * 2).map(|_| Place::take(Waiter::Stranger)).collect();
        assert!(places.iter().filter(|place| place.is_ok()).count() <= STRANGERS_WAITING);
        assert!(matches!(places.last(), Some(Err(AppError::Crowded))));
        assert!(Place::take(Waiter::Known).is_ok(), "people who are known stand in a line of their own");
    }
}
