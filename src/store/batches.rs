//! Committed batches and their readers. The counts of a batch are in [`super::sealed`].

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{row_struct, rows, to_u32};
use domain::audit::{Digest, canonical};
use domain::batch::Reader;
use domain::id::PollId;
use domain::poll_state::StandingBatch;
use macros::boxed;

row_struct! {
    /// A row of `batches`.
    StoredRow {
        form_id: String,
        /// From 1.
        number: i64,
        /// Papers in the batch.
        papers: i64,
        /// SHA-256 commitment to the batch's counts.
        commitment: String,
        /// Full name of the first reader.
        first_reader: String,
        /// Account of that reader.
        first_account: Option<String>,
        /// Full name of the second reader.
        second_reader: String,
        /// Account of that reader.
        second_account: Option<String>,
        /// JSON list.
        earlier_readers: String,
    }
}

/// A committed batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    pub form: String,
    /// Number within the form, from 1.
    pub number: u32,
    /// Papers in the batch.
    pub papers: u32,
    /// SHA-256 commitment to the batch's counts.
    pub commitment: Digest,
    /// First and second reader.
    pub readers: [Reader; 2],
    /// Whose reading one of the two took over.
    pub earlier: Vec<Reader>,
}

impl BatchRow {
    /// Everybody who saw papers of the batch.
    pub fn all_readers(&self) -> impl Iterator<Item = &Reader> {
        self.readers.iter().chain(&self.earlier)
    }
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
            earlier: canonical::from_text(&self.earlier_readers)
                .map_err(|_| StoreError::corrupt("batches.earlier_readers"))?,
        })
    }
}

/// The committed batches of a poll, by form and number, without counts.
#[boxed]
pub async fn list(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<BatchRow>, StoreError> {
    let rows = rows!(
        tx,
        StoredRow,
        "SELECT form_id, number, papers, commitment, first_reader, first_account, second_reader, second_account, \
         earlier_readers FROM batches WHERE council_id = $1 AND poll_id = $2 ORDER BY form_id, number",
        poll.to_string()
    )?;
    rows.into_iter().map(StoredRow::batch).collect()
}

/// The batches that stand by the poll's log, in ballot order of forms and by number, for a proposal to count one anew; no
/// counts. A batch that somebody changed past the program can so be reopened and counted from paper.
#[boxed]
pub async fn standing(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<StandingBatch>, StoreError> {
    let mut told = super::sealed::told(tx, poll).await?;
    let forms = rows!(
        tx,
        (String,),
        "SELECT form_id FROM poll_forms WHERE council_id = $1 AND poll_id = $2 ORDER BY position",
        poll.to_string()
    )?;
    let mut standing = Vec::with_capacity(told.len());
    for (form,) in forms {
        let own = told.extract_if(.., |(of, _), _| *of == form);
        standing.extend(own.map(|((form, batch), told)| {
            let (commitment, papers) = (told.commitment, told.papers);
            StandingBatch { form, batch, commitment, papers }
        }));
    }
    Ok(standing)
}
