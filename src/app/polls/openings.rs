//! Openings of batches on their way into the database and out of it. There they are sealed with the installation's secret,
//! which no database and no backup holds: who reads the file, its write-ahead log or a copy learns nothing of a count in
//! progress. A sealed opening is bound to its table, council, poll, form, batch and commitment, so that it opens nowhere else.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{CountedBatch, NO_POLL, rules_of};
use crate::service::app::App;
use crate::service::clock::Chance;
use crate::service::error::AppError;
use crate::service::keys::Keys;
use crate::service::seal::{self, Purpose};
use domain::audit::canonical;
use domain::audit::pedersen::make::MakeError;
use domain::audit::{Binding, Nonce, SealedCounts};
use domain::batch::ReadTwice;
use domain::id::{CouncilId, PollId};
use domain::poll_state::Refusal;
use domain::rules::RuleSet;
use store::sealed::SealedPlace;
use store::{CouncilTx, logs, sealed};

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
}

/// What every commitment of a poll is made with.
pub(crate) struct Binder {
    council: CouncilId,
    poll: PollId,
    origin: String,
    rules: Arc<RuleSet>,
}

impl Binder {
    /// # Errors
    /// When there is no such poll.
    pub(crate) async fn of(tx: &mut CouncilTx, poll: PollId) -> Result<Self, AppError> {
        let log = logs::of_poll(tx, poll).await?.ok_or(NO_POLL)?;
        let (origin, rules) = (logs::origin(tx, log).await?, rules_of(tx, poll).await?);
        Ok(Self { council: tx.council(), poll, origin, rules })
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
        let sealed = sealed_text(keys, place, &opening)?;
        Ok(BoundBatch { opening, binding, sealed, read })
    }
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

/// What opens sealed openings with a key.
pub(crate) fn unseal(keys: &Keys) -> impl Fn(SealedPlace<'_>, &str) -> Option<SealedCounts> + Send + Sync + '_ {
    |place, text| {
        let plain = seal::open(keys, Purpose::SealedBatch, &owner(place), text)?;
        let text = std::str::from_utf8(&plain).ok()?;
        canonical::from_text(text.trim_end_matches(' ')).ok()
    }
}

/// No part but the last may hold a line break, so no two places give the same text.
fn owner(SealedPlace { council, poll, form, batch, commitment }: SealedPlace<'_>) -> String {
    format!("sealed_batches.opening\n{council}\n{poll}\n{batch}\n{commitment}\n{form}")
}

fn sealed_text(keys: &Keys, place: SealedPlace<'_>, opening: &SealedCounts) -> Result<String, AppError> {
    let text = canonical::to_text(opening).map_err(|e| AppError::internal("niêm phong tập phiếu", e))?;
    let mut plain = Zeroizing::new(text.into_bytes());
    let length = (REST + PER_LINE * opening.counts.lines.len()).max(plain.len());
    let mut filled = Zeroizing::new(Vec::with_capacity(length));
    filled.append(&mut plain);
    filled.resize(length, b' ');
    // Never from a seed: a nonce must not come twice under one key.
    seal::seal(keys, &Chance::System, Purpose::SealedBatch, &owner(place), &filled)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use domain::audit::Digest;
    use domain::count::BatchCounts;
    use domain::poll::LevelCounts;

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
        assert_eq!(unseal(&keys)(place, &text), Some(opening));
        for other in [
            SealedPlace { council: other_council, ..place },
            SealedPlace { poll: other_poll, ..place },
            SealedPlace { form: "F2-000000", ..place },
            SealedPlace { batch: 2, ..place },
            SealedPlace { commitment: Digest::of(b"D"), ..place },
        ] {
            assert_eq!(unseal(&keys)(other, &text), None, "{other:?}");
        }
        assert_eq!(unseal(&Keys::new(Zeroizing::new([8; 32])))(place, &text), None);
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
