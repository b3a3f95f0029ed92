//! Which batches are in, and who read each of them. What was counted in one lies in [`super::sealed`].

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{row_struct, rows, to_u32};
use domain::audit::Digest;
use domain::batch::Reader;
use domain::id::PollId;
use domain::poll_state::StandingBatch;

row_struct! {
    /// A row of `batches`.
    StoredRow {
        /// Id of the form.
        form_id: String,
        /// From 1.
        number: i64,
        /// In the pile.
        papers: i64,
        /// Hides its counts.
        commitment: String,
        /// Name of who read first.
        first_reader: String,
        /// Their account.
        first_account: Option<String>,
        /// Name of who read second.
        second_reader: String,
        /// Their account.
        second_account: Option<String>,
    }
}

/// A batch that is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// Id of the form.
    pub form: String,
    /// Number within the form, from 1.
    pub number: u32,
    /// Papers in the pile.
    pub papers: u32,
    /// Hides its counts.
    pub commitment: Digest,
    /// In the order of their readings.
    pub readers: [Reader; 2],
}

impl StoredRow {
    fn batch(self) -> Result<BatchRow, StoreError> {
        let reader = |name, account: Option<String>| {
            let account = account.map(|id| id.parse()).transpose().map_err(StoreError::corrupt)?;
            Ok::<_, StoreError>(Reader { account, name })
        };
        Ok(BatchRow {
            form: self.form_id,
            number: to_u32(self.number)?,
            papers: to_u32(self.papers)?,
            commitment: self.commitment.parse().map_err(|_| StoreError::corrupt("batches.commitment"))?,
            readers: [reader(self.first_reader, self.first_account)?, reader(self.second_reader, self.second_account)?],
        })
    }
}

/// The batches of a poll that are in, by form and number, without what was counted.
///
/// # Errors
/// When a row cannot be read.
pub async fn list(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<BatchRow>, StoreError> {
    let found = rows!(
        tx,
        StoredRow,
        "SELECT form_id, number, papers, commitment, first_reader, first_account, second_reader, second_account \
         FROM batches WHERE council_id = $1 AND poll_id = $2 ORDER BY form_id, number",
        poll.to_string()
    )?;
    found.into_iter().map(StoredRow::batch).collect()
}

/// Batches that are in, form by form and by number, as a proposal to count one anew names them. No counts.
///
/// # Errors
/// When a row cannot be read.
pub async fn standing(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<StandingBatch>, StoreError> {
    let found = rows!(
        tx,
        (String, i64, String, i64),
        "SELECT b.form_id, b.number, b.commitment, b.papers FROM batches b JOIN poll_forms f \
         ON f.council_id = b.council_id AND f.poll_id = b.poll_id AND f.form_id = b.form_id \
         WHERE b.council_id = $1 AND b.poll_id = $2 ORDER BY f.position, b.number",
        poll.to_string()
    )?;
    let batch = |(form, number, commitment, papers): (String, i64, String, i64)| {
        let commitment = commitment.parse().map_err(|_| StoreError::corrupt("batches.commitment"))?;
        Ok(StandingBatch { form, batch: to_u32(number)?, commitment, papers: to_u32(papers)? })
    };
    found.into_iter().map(batch).collect()
}
