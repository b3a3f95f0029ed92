//! The sealed part of a count: the counts behind each batch's commitment. They are stored with the batch and read only with
//! a [`MayOpen`], which the domain makes once every returned paper is in a batch; before that the only query is whether a
//! batch that is sent again equals the stored one.
//!
//! Whatever is read is held against the commitments in the poll's log, in the same transaction: the column beside the counts
//! can be changed together with them by whoever can write to the database.
//!
//! No other file names the table. What stands in it is encrypted: this layer gets a function that opens it from the layer that
//! has the key, and knows no key itself. Rows that an older program wrote are plain text, until the service starts.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::error::StoreError;
use super::logs;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, rows, to_u32, to_u64};
use domain::audit::batches::{BatchFault, ToldBatches, standing};
use domain::audit::event::poll::BatchCommitted;
use domain::audit::settle::binds;
use domain::audit::{Digest, LogEntry, SealedCounts, canonical};
use domain::batch::Reader;
use domain::id::{CouncilId, PollId};
use domain::poll_state::MayOpen;
use macros::boxed;

/// Where a sealed opening stands, and of which commitment it is: it opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedPlace<'p> {
    pub council: CouncilId,
    pub poll: PollId,
    pub form: &'p str,
    pub batch: u32,
    pub commitment: Digest,
}

/// Opens what was sealed for a place; `None` when the key is another one, or the text was changed or moved.
pub type Unseal<'k> = dyn Fn(SealedPlace<'_>, &str) -> Option<SealedCounts> + Send + Sync + 'k;

/// Opens what was sealed for a place, and seals it for the same place in another way.
pub type SealAgain<'k> = dyn Fn(SealedPlace<'_>, &str) -> Option<String> + Send + Sync + 'k;

/// Seals a plain opening for a place.
pub type Seal<'k> = dyn Fn(SealedPlace<'_>, &str) -> Option<String> + Send + Sync + 'k;

/// The batches that stand by a poll's log, and the log's name.
#[derive(Debug)]
struct PollTold {
    poll: PollId,
    origin: String,
    batches: ToldBatches,
}

/// Whether a stored opening is plain text, as older programs wrote it.
fn is_plain(text: &str) -> bool {
    text.starts_with('{')
}

impl PollTold {
    async fn load(tx: &mut CouncilTx, poll: PollId, batches: ToldBatches) -> Result<Self, StoreError> {
        let origin = match logs::of_poll(tx, poll).await? {
            Some(log) => logs::origin(tx, log).await?,
            None => String::new(),
        };
        Ok(Self { poll, origin, batches })
    }

    /// The counts of a batch, if they are what the log binds; nothing of a sealed one without something that opens it.
    fn read(
        &self,
        council: CouncilId,
        (text, told): (&str, &BatchCommitted),
        unseal: Option<&Unseal<'_>>,
    ) -> Result<Option<SealedCounts>, BatchFault> {
        let form = told.form.as_str();
        let place = SealedPlace { council, poll: self.poll, form, batch: told.batch, commitment: told.commitment };
        let opening: SealedCounts = match unseal {
            _ if is_plain(text) => canonical::from_text(text).map_err(|_| BatchFault::Differs)?,
            None => return Ok(None),
            Some(unseal) => unseal(place, text).ok_or(BatchFault::Locked)?,
        };
        let is_named = (opening.form.as_str(), opening.batch) == (form, told.batch);
        let bound = (told.commitment, told.commitments.as_ref());
        if is_named && binds(&self.origin, &opening, bound, told.papers) {
            Ok(Some(opening))
        } else {
            Err(BatchFault::Differs)
        }
    }

    fn all(
        &self,
        council: CouncilId,
        mut sealed: BTreeMap<(String, u32), String>,
        unseal: Option<&Unseal<'_>>,
    ) -> Result<Vec<SealedCounts>, Fault> {
        let mut openings = Vec::with_capacity(self.batches.len());
        for (key, batch) in &self.batches {
            let wrong = |fault| (batch.form.clone(), batch.batch, fault);
            let text = sealed.remove(key).ok_or_else(|| wrong(BatchFault::Missing))?;
            openings.extend(self.read(council, (&text, batch), unseal).map_err(wrong)?);
        }
        match sealed.into_keys().next() {
            Some((form, batch)) => Err((form, batch, BatchFault::Untold)),
            None => Ok(openings),
        }
    }
}

fn forged((form, batch, fault): Fault) -> StoreError {
    match fault {
        BatchFault::Locked => StoreError::LockedBatch { form, batch },
        fault => StoreError::ForgedBatch { form, batch, fault },
    }
}

/// The batches that stand by the poll's log.
#[boxed]
pub async fn told(tx: &mut CouncilTx, poll: PollId) -> Result<ToldBatches, StoreError> {
    let Some(log) = logs::of_poll(tx, poll).await? else { return Ok(ToldBatches::new()) };
    let texts = logs::of_kinds(tx, log, ["batch.committed", "batch.reopened"]).await?;
    let entries = texts.iter().map(|text| LogEntry::parse(text).map_err(StoreError::corrupt));
    let entries: Vec<LogEntry> = entries.collect::<Result<_, _>>()?;
    Ok(standing(entries.iter().map(|entry| &entry.event)))
}

/// What lies under seal, by form and number.
async fn sealed(tx: &mut CouncilTx, poll: PollId) -> Result<BTreeMap<(String, u32), String>, StoreError> {
    let rows = rows!(
        tx,
        (String, i64, String),
        "SELECT form_id, number, opening FROM sealed_batches WHERE council_id = $1 AND poll_id = $2 \
         ORDER BY form_id, number",
        poll.to_string()
    )?;
    let read = |(form, number, opening): (String, i64, String)| Ok(((form, to_u32(number)?), opening));
    rows.into_iter().map(read).collect()
}

/// The first batch under seal that is not as `told` by the log; `None` when all are. Nothing of a count is given out.
/// Without something that opens them, rows under seal are only counted.
#[boxed]
pub async fn fault(
    tx: &mut CouncilTx,
    poll: PollId,
    told: &ToldBatches,
    unseal: Option<&Unseal<'_>>,
) -> Result<Option<(String, u32, BatchFault)>, StoreError> {
    let (council, told) = (tx.council(), PollTold::load(tx, poll, told.clone()).await?);
    Ok(told.all(council, sealed(tx, poll).await?, unseal).err())
}

type Fault = (String, u32, BatchFault);

/// Adds a batch with its commitment, its readers and its opening, which is `sealed` for its place.
///
/// # Errors
/// [`StoreError::Refused`] when the number is taken.
#[boxed]
pub async fn add(
    tx: &mut CouncilTx,
    place: SealedPlace<'_>,
    papers: u32,
    sealed: &str,
    [first, second]: &[Reader; 2],
    earlier: &[Reader],
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO batches (council_id, poll_id, form_id, number, papers, commitment, \
         first_reader, first_account, second_reader, second_account, earlier_readers) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        place.poll.to_string(),
        place.form.to_owned(),
        i64::from(place.batch),
        i64::from(papers),
        place.commitment.to_string(),
        first.name.clone(),
        first.account.map(|account| account.to_string()),
        second.name.clone(),
        second.account.map(|account| account.to_string()),
        canonical::to_text(&earlier)?,
    )?;
    let added = execute!(
        tx,
        "INSERT INTO sealed_batches (council_id, poll_id, form_id, number, opening) VALUES ($1, $2, $3, $4, $5)",
        place.poll.to_string(),
        place.form.to_owned(),
        i64::from(place.batch),
        sealed.to_owned(),
    );
    added.map(drop)
}

/// How many openings of the council an older program left in plain text.
#[boxed]
pub async fn plain(tx: &mut CouncilTx) -> Result<u64, StoreError> {
    let row = row!(
        tx,
        (i64,),
        "SELECT CAST(count(*) AS BIGINT) FROM sealed_batches WHERE council_id = $1 AND opening LIKE '{%'"
    )?;
    row.map_or(Ok(0), |(rows,)| to_u64(rows))
}

/// Seals the openings that an older program wrote in plain text, of the batches that stand by the logs of their polls; how
/// many there were.
///
/// # Errors
/// Those of `seal`, and when the database does not answer.
#[boxed]
pub async fn seal_plain(tx: &mut CouncilTx, seal: &Seal<'_>) -> Result<u32, StoreError> {
    let rows = rows!(
        tx,
        (String, String, i64, String),
        "SELECT poll_id, form_id, number, opening FROM sealed_batches WHERE council_id = $1 AND opening LIKE '{%' \
         ORDER BY poll_id, form_id, number"
    )?;
    let (council, mut polls, mut sealed) = (tx.council(), BTreeMap::new(), 0);
    for (poll, form, number, text) in rows {
        let (poll, batch) = (poll.parse::<PollId>().map_err(StoreError::corrupt)?, to_u32(number)?);
        let own = match polls.entry(poll) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(told(tx, poll).await?),
        };
        let told = own.get(&(form.clone(), batch));
        // A row of which the log tells nothing is named by every check, and closes nothing.
        let Some(commitment) = told.map(|told| told.commitment) else { continue };
        let place = SealedPlace { council, poll, form: &form, batch, commitment };
        let own = seal(place, &text).ok_or_else(|| StoreError::corrupt("sealed_batches.opening"))?;
        let changed = execute!(
            tx,
            "UPDATE sealed_batches SET opening = $5 \
             WHERE council_id = $1 AND poll_id = $2 AND form_id = $3 AND number = $4",
            poll.to_string(),
            form.clone(),
            number,
            own.clone(),
        )?;
        one_changed(changed)?;
        sealed += 1;
    }
    Ok(sealed)
}

/// Whether the stored batch of this form and number has the same counts; `None` when there is no such batch.
///
/// # Errors
/// [`StoreError::ForgedBatch`] when the stored counts are not those that the log binds, [`StoreError::LockedBatch`] when they
/// do not open.
#[boxed]
pub async fn same(
    tx: &mut CouncilTx,
    poll: PollId,
    sent: &SealedCounts,
    unseal: &Unseal<'_>,
) -> Result<Option<bool>, StoreError> {
    let row = row!(
        tx,
        (String,),
        "SELECT opening FROM sealed_batches WHERE council_id = $1 AND poll_id = $2 AND form_id = $3 AND number = $4",
        poll.to_string(),
        sent.form.clone(),
        i64::from(sent.batch),
    )?;
    let Some((text,)) = row else { return Ok(None) };
    let told = told(tx, poll).await?;
    let (council, told) = (tx.council(), PollTold::load(tx, poll, told).await?);
    let wrong = |fault| forged((sent.form.clone(), sent.batch, fault));
    let batch = told.batches.get(&(sent.form.clone(), sent.batch)).ok_or_else(|| wrong(BatchFault::Untold))?;
    let stored = told.read(council, (&text, batch), Some(unseal)).map_err(wrong)?;
    Ok(stored.map(|stored| stored.counts == sent.counts))
}

/// Whether a batch of this form and number lies under seal.
#[boxed]
pub async fn is_there(tx: &mut CouncilTx, poll: PollId, form: &str, batch: u32) -> Result<bool, StoreError> {
    let row = row!(
        tx,
        (i64,),
        "SELECT number FROM sealed_batches WHERE council_id = $1 AND poll_id = $2 AND form_id = $3 AND number = $4",
        poll.to_string(),
        form.to_owned(),
        i64::from(batch),
    )?;
    Ok(row.is_some())
}

/// Seals every opening of a count that is closed anew: `again` gives the text that takes the place of one.
///
/// # Errors
/// [`StoreError::LockedBatch`] when one does not open, [`StoreError::ForgedBatch`] when the log tells nothing of one.
#[boxed]
pub async fn seal_again(tx: &mut CouncilTx, leave: MayOpen, again: &SealAgain<'_>) -> Result<(), StoreError> {
    let (council, poll) = (tx.council(), leave.poll());
    let told = told(tx, poll).await?;
    for ((form, batch), text) in sealed(tx, poll).await? {
        let wrong = |fault| forged((form.clone(), batch, fault));
        let batch_told = told.get(&(form.clone(), batch)).ok_or_else(|| wrong(BatchFault::Untold))?;
        let place = SealedPlace { council, poll, form: &form, batch, commitment: batch_told.commitment };
        let own = again(place, &text).ok_or_else(|| wrong(BatchFault::Locked))?;
        let changed = execute!(
            tx,
            "UPDATE sealed_batches SET opening = $5 \
             WHERE council_id = $1 AND poll_id = $2 AND form_id = $3 AND number = $4",
            poll.to_string(),
            form.clone(),
            i64::from(batch),
            own,
        )?;
        one_changed(changed)?;
    }
    Ok(())
}

/// Deletes a batch that is counted anew, with its sealed opening: the log keeps the commitment, and two counts of one pile
/// must not be comparable.
///
/// # Errors
/// [`StoreError::Stale`] when there is no such batch.
#[boxed]
pub async fn withdraw(tx: &mut CouncilTx, poll: PollId, form: &str, batch: u32) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM sealed_batches WHERE council_id = $1 AND poll_id = $2 AND form_id = $3 AND number = $4",
        poll.to_string(),
        form.to_owned(),
        i64::from(batch),
    )?;
    let taken = execute!(
        tx,
        "DELETE FROM batches WHERE council_id = $1 AND poll_id = $2 AND form_id = $3 AND number = $4",
        poll.to_string(),
        form.to_owned(),
        i64::from(batch),
    )?;
    one_changed(taken)
}

/// All sealed openings, by form and number, each checked against its commitment in the poll's log.
///
/// # Errors
/// [`StoreError::ForgedBatch`] when one is missing, differs from its commitment, or is none that the log tells of;
/// [`StoreError::LockedBatch`] when one does not open.
#[boxed]
pub async fn openings(
    tx: &mut CouncilTx,
    leave: MayOpen,
    unseal: &Unseal<'_>,
) -> Result<Vec<SealedCounts>, StoreError> {
    let told = told(tx, leave.poll()).await?;
    let sealed = sealed(tx, leave.poll()).await?;
    let (council, told) = (tx.council(), PollTold::load(tx, leave.poll(), told).await?);
    told.all(council, sealed, Some(unseal)).map_err(forged)
}
