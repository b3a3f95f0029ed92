//! Openings of batches on their way into the database and out of it. There they are sealed with the installation's secret,
//! which no database and no backup holds: who reads the file, its write-ahead log or a copy learns nothing of a count in
//! progress. A sealed opening is bound to its table, council, poll, form, batch and commitment, so that it opens nowhere else.
//!
//! Where the council chose so, it lies under the shares of two of its board as well, until the close: `lock.sealed`, where the
//! lock gives the second key to any two of them (see [`domain::share_lock`]). Whoever has the machine has one key of the two. The
//! close seals all again with the installation's key alone, for recounts and for the sealed bundle.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{CountedBatch, NO_POLL, rules_of};
use crate::service::app::App;
use crate::service::clock::Chance;
use crate::service::error::AppError;
use crate::service::keys::Keys;
use crate::service::seal::{self, Purpose};
use domain::audit::canonical;
use domain::audit::entry::kind_of;
use domain::audit::pedersen::make::MakeError;
use domain::audit::{Binding, LogEntry, Nonce, SealedCounts};
use domain::batch::ReadTwice;
use domain::id::{CouncilId, PollId};
use domain::poll_state::{PollState, Refusal};
use domain::rules::RuleSet;
use domain::share_lock::Lock;
use domain::shares::{GivenShares, Shares};
use store::sealed::SealedPlace;
use store::{CouncilTx, log_tags, logs, sealed};

/// Bytes to which an opening is filled up, beside those of its lines: its length must not tell how long its figures are.
const REST: usize = 2_048;
/// A line is shorter, whatever its figures.
const PER_LINE: usize = 64;

/// A batch that is ready to be written: its counts, what the log gets of them, and what the database gets.
pub(crate) struct BoundBatch {
    pub opening: SealedCounts,
    pub binding: Binding,
    pub sealed: String,
    pub read: ReadTwice,
    /// Under whose shares it is sealed.
    pub shares: Shares,
}

/// What every commitment of a poll is made with.
pub(crate) struct Binder {
    council: CouncilId,
    poll: PollId,
    origin: String,
    rules: Arc<RuleSet>,
    shares: Shares,
}

impl Binder {
    /// Shares are those of the whole log, not of the entries that a column calls entries about shares: what is sealed under
    /// fewer locks than the council chose cannot be sealed again.
    ///
    /// # Errors
    /// When there is no such poll, and when its log is not what the program wrote.
    pub(crate) async fn of(tx: &mut CouncilTx, poll: PollId) -> Result<Self, AppError> {
        let log = logs::of_poll(tx, poll).await?.ok_or(NO_POLL)?;
        let (origin, rules) = (logs::origin(tx, log).await?, rules_of(tx, poll).await?);
        let shares = shares_of(&log_tags::whole(tx, log).await?.1)?;
        Ok(Self { council: tx.council(), poll, origin, rules, shares })
    }

    /// Commits to what was counted, and seals it.
    ///
    /// # Errors
    /// When the counts cannot be right, or name a reason that the rule set has not.
    pub(crate) fn bind(&self, keys: &Keys, counted: CountedBatch, nonce: Nonce) -> Result<BoundBatch, AppError> {
        let CountedBatch { form, batch, counts, read } = counted;
        let opening = SealedCounts { batch, counts, form, nonce };
        let binding = Binding::of(&self.origin, &opening, self.rules.reason_ids());
        let binding = binding.map_err(|problem| match problem {
            MakeError::Counts(cause) => {
                let form = opening.form.clone();
                Refusal::Counts { form, batch, cause }.into()
            }
            MakeError::Reason(reason) => AppError::Input(format!(
                "Tập phiếu số {batch}, mẫu phiếu {}: lý do không hợp lệ «{reason}» không có trong bộ quy tắc của cuộc bỏ \
                 phiếu; hãy nhập lại tập phiếu này.",
                opening.form
            )),
            other => AppError::internal("cam kết tập phiếu", other),
        })?;
        let (council, poll, form) = (self.council, self.poll, opening.form.as_str());
        let place = SealedPlace { council, poll, form, batch, commitment: binding.commitment };
        let sealed = if self.shares.are_needed() {
            locked_text(keys, place, &opening, &self.shares)
        } else {
            sealed_text(keys, place, &opening)
        }?;
        Ok(BoundBatch { opening, binding, sealed, read, shares: self.shares.clone() })
    }
}

/// The shares that all entries of a poll's log tell.
fn shares_of(texts: &[String]) -> Result<Shares, AppError> {
    let about = |text: &&String| matches!(kind_of(text), Some("board.appointed" | "share.taken"));
    let told = texts.iter().filter(about).map(|text| LogEntry::parse(text));
    let told: Vec<LogEntry> = told.collect::<Result<_, _>>().map_err(|e| AppError::internal("đọc nhật ký", e))?;
    Ok(Shares::of_log(&told))
}

impl App {
    /// Commits to a batch before the transaction that writes it: the others' writes do not wait for the arithmetic.
    pub(super) async fn bound(
        &self,
        council: CouncilId,
        poll: PollId,
        counted: CountedBatch,
    ) -> Result<BoundBatch, AppError> {
        // Before anything is waited for: batches that are handed in together get the same nonces in every run of one seed.
        let nonce = Nonce::from_bytes(self.chance.block()?);
        let binder = Binder::of(&mut self.store.read(council).await?, poll).await?;
        binder.bind(&self.keys, counted, nonce)
    }

    /// Seals the openings that an older program left in plain text; how many there were. They are gone from the file then,
    /// which is overwritten where something is deleted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn seal_plain_openings(&self) -> Result<u32, AppError> {
        let mut all = 0;
        for row in self.store.read_installation().await? {
            if sealed::plain(&mut self.store.read(row.id()?).await?).await? == 0 {
                continue;
            }
            let keys = self.keys.clone();
            let work = self.store.write(row.id()?, move |tx| {
                Box::pin(async move {
                    let seal = |place: SealedPlace<'_>, text: &str| {
                        let opening = canonical::from_text(text).ok()?;
                        sealed_text(&keys, place, &opening).ok()
                    };
                    Ok::<_, AppError>(sealed::seal_plain(tx, &seal).await?)
                })
            });
            all += work.await?;
        }
        Ok(all)
    }
}

/// What opens sealed openings with a key, and with the shares that were given beside it.
pub(crate) fn unseal<'k>(
    keys: &'k Keys,
    shares: &'k Shares,
) -> impl Fn(SealedPlace<'_>, &str) -> Option<SealedCounts> + Send + Sync + 'k {
    |place, text| {
        let plain = opened(keys, shares, place, text)?;
        let text = std::str::from_utf8(&plain).ok()?;
        canonical::from_text(text.trim_end_matches(' ')).ok()
    }
}

fn opened(keys: &Keys, shares: &Shares, place: SealedPlace<'_>, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let Some((lock, sealed)) = text.split_once('.') else {
        // Whoever gives shares closes the count: a batch that lies under no lock then was not put there by this program.
        if keys.shares().is_some() && shares.are_needed() {
            return None;
        }
        return seal::open(keys, Purpose::SealedBatch, &owner(place), text);
    };
    let GivenShares([Some(first), Some(second)]) = keys.shares()? else { return None };
    let parts = Lock::from_bytes(&URL_SAFE_NO_PAD.decode(lock).ok()?)?;
    let secret = parts.open(&shares.keys(), [first, second])?;
    seal::open_under((keys, Some(&secret)), Purpose::LockedBatch, &format!("{lock}\n{}", owner(place)), sealed)
}

/// Seals what the shares of two opened, with the installation's key alone.
///
/// # Errors
/// When the keys do not open a batch, or the database does not answer.
pub(super) async fn take_off_shares(tx: &mut CouncilTx, closed: &PollState, keys: &Keys) -> Result<(), AppError> {
    let shares = &closed.poll().shares;
    let Some(leave) = closed.may_open().filter(|_| shares.are_needed()) else { return Ok(()) };
    let again = |place: SealedPlace<'_>, text: &str| {
        let plain = opened(keys, shares, place, text)?;
        seal::seal(keys, &Chance::System, Purpose::SealedBatch, &owner(place), &plain).ok()
    };
    Ok(sealed::seal_again(tx, leave, &again).await?)
}

/// No part but the last may hold a line break, so no two places give the same text.
fn owner(SealedPlace { council, poll, form, batch, commitment }: SealedPlace<'_>) -> String {
    format!("sealed_batches.opening\n{council}\n{poll}\n{batch}\n{commitment}\n{form}")
}

fn sealed_text(keys: &Keys, place: SealedPlace<'_>, opening: &SealedCounts) -> Result<String, AppError> {
    // Never from a seed: a nonce must not come twice under one key.
    seal::seal(keys, &Chance::System, Purpose::SealedBatch, &owner(place), &filled(opening)?)
}

/// The same, under the shares of those who hold one.
fn locked_text(
    keys: &Keys,
    place: SealedPlace<'_>,
    opening: &SealedCounts,
    shares: &Shares,
) -> Result<String, AppError> {
    let chance = Zeroizing::new(Chance::System.block()?);
    let no_key = || AppError::internal("niêm phong tập phiếu", "khóa công khai của mảnh khóa không đọc được");
    let (lock, secret) = Lock::new(&shares.keys(), &chance).ok_or_else(no_key)?;
    let (lock, both) = (URL_SAFE_NO_PAD.encode(lock.to_bytes()), (keys, Some(&*secret)));
    let bound = format!("{lock}\n{}", owner(place));
    let sealed = seal::seal_under(both, &Chance::System, Purpose::LockedBatch, &bound, &filled(opening)?)?;
    Ok(format!("{lock}.{sealed}"))
}

/// An opening, filled up.
fn filled(opening: &SealedCounts) -> Result<Zeroizing<Vec<u8>>, AppError> {
    let text = canonical::to_text(opening).map_err(|e| AppError::internal("niêm phong tập phiếu", e))?;
    let mut plain = Zeroizing::new(text.into_bytes());
    let length = (REST + PER_LINE * opening.counts.lines.len()).max(plain.len());
    let mut filled = Zeroizing::new(Vec::with_capacity(length));
    filled.append(&mut plain);
    filled.resize(length, b' ');
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use domain::audit::event::poll::{BoardAppointed, ShareTaken};
    use domain::audit::{Actor, Digest};
    use domain::count::BatchCounts;
    use domain::id::AccountId;
    use domain::poll::LevelCounts;
    use domain::role::Role;
    use domain::share_lock::Share;

    fn counted(batch: u32, high: u32, invalid: u32) -> SealedCounts {
        let lines = vec![LevelCounts::Rating { high, medium: 3, low: 2 }];
        let invalid = if invalid == 0 { BTreeMap::new() } else { BTreeMap::from([("no_seal".into(), invalid)]) };
        let counts = BatchCounts { papers: high + 5, lines, invalid };
        SealedCounts { batch, counts, form: "F1-3F9A2C".into(), nonce: Nonce::from_bytes([7; 32]) }
    }

    #[test]
    fn an_opening_opens_in_its_place_with_its_key_and_nowhere_else() {
        let id =
            |n: u8| (CouncilId::new(Timestamp::UNIX_EPOCH, &[n; 10]), PollId::new(Timestamp::UNIX_EPOCH, &[n; 10]));
        let ((council, poll), (other_council, other_poll)) = (id(1), id(2));
        let (keys, opening) = (Keys::new(Zeroizing::new([7; 32])), counted(3, 7, 1));
        let place = SealedPlace { council, poll, form: "F1-3F9A2C", batch: 3, commitment: Digest::of(b"C") };
        let text = sealed_text(&keys, place, &opening).expect("sealed");
        let none = Shares::default();
        assert_eq!(unseal(&keys, &none)(place, &text), Some(opening));
        for other in [
            SealedPlace { council: other_council, ..place },
            SealedPlace { poll: other_poll, ..place },
            SealedPlace { form: "F2-000000", ..place },
            SealedPlace { batch: 2, ..place },
            SealedPlace { commitment: Digest::of(b"D"), ..place },
        ] {
            assert_eq!(unseal(&keys, &none)(other, &text), None, "{other:?}");
        }
        assert_eq!(unseal(&Keys::new(Zeroizing::new([8; 32])), &none)(place, &text), None);
    }

    /// Whoever has the machine has the key and the row, and can take shares of others; whoever has one share lacks the other.
    #[test]
    fn what_lies_under_shares_opens_with_the_key_and_two_of_them_and_with_nothing_less() {
        let (council, poll) =
            (CouncilId::new(Timestamp::UNIX_EPOCH, &[1; 10]), PollId::new(Timestamp::UNIX_EPOCH, &[1; 10]));
        let share = |number: u8| Share::from_bytes(Zeroizing::new([number; 16]));
        let mut shares =
            Shares::chosen(&BoardAppointed { resolution: String::new(), shares: Some(2), tellers: Vec::new() });
        for number in 1..=3_u8 {
            let account = Some(AccountId::new(Timestamp::UNIX_EPOCH, &[number; 10]));
            let actor = Actor { account, name: format!("Người {number}"), role: Role::Teller };
            shares.take(&actor, &ShareTaken { public_key: share(number).key() });
        }
        let (keys, opening) = (Keys::new(Zeroizing::new([7; 32])), counted(3, 7, 1));
        let place = SealedPlace { council, poll, form: "F1-3F9A2C", batch: 3, commitment: Digest::of(b"C") };
        let text = locked_text(&keys, place, &opening, &shares).expect("sealed");
        let given = |one: u8, other: u8| keys.clone().with_shares(GivenShares([Some(share(one)), Some(share(other))]));
        for (one, other) in [(1, 2), (3, 1), (2, 3)] {
            assert_eq!(unseal(&given(one, other), &shares)(place, &text), Some(opening.clone()));
        }
        for less in [keys.clone(), given(1, 1), given(1, 9), given(8, 9)] {
            assert_eq!(unseal(&less, &shares)(place, &text), None);
        }
        let (lock, sealed) = text.split_once('.').expect("both");
        for part in [lock, sealed] {
            for purpose in [Purpose::SealedBatch, Purpose::LockedBatch] {
                assert!(seal::open(&keys, purpose, &owner(place), part).is_none());
            }
        }
        let other = Keys::new(Zeroizing::new([8; 32])).with_shares(GivenShares([Some(share(1)), Some(share(2))]));
        assert_eq!(unseal(&other, &shares)(place, &text), None, "two shares without the installation's key");
        assert_eq!(unseal(&given(1, 2), &shares)(SealedPlace { batch: 4, ..place }, &text), None, "moved");
        let again = locked_text(&keys, place, &counted(3, 4_000_000, 12), &shares).expect("sealed");
        assert_eq!(again.len(), text.len(), "the length tells nothing of the figures");
    }

    #[test]
    fn the_length_of_what_is_stored_tells_nothing_of_the_figures() {
        let (council, poll) =
            (CouncilId::new(Timestamp::UNIX_EPOCH, &[1; 10]), PollId::new(Timestamp::UNIX_EPOCH, &[1; 10]));
        let keys = Keys::new(Zeroizing::new([7; 32]));
        let length = |opening: &SealedCounts| {
            let place = SealedPlace { council, poll, form: "F1-3F9A2C", batch: 3, commitment: Digest::of(b"C") };
            sealed_text(&keys, place, opening).expect("sealed").len()
        };
        let first = length(&counted(3, 7, 0));
        assert!([counted(3, 27, 1), counted(3, 4_000_000, 12)].iter().all(|opening| length(opening) == first));
    }
}
