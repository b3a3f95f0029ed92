//! Piles that lie open in the counting room, without a mark: what a program that starts again lays on the table.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row_struct, rows, to_u32};
use domain::batch::{Mode, Pile};
use domain::id::{AccountId, PollId, RequestId};
use domain::poll_state::Stage;
use macros::boxed;

row_struct! {
    /// A row of `open_batches`.
    StoredRow {
        pile: String,
        form_id: String,
        /// From 1.
        number: i64,
        papers: i64,
        mode: String,
        first_account: String,
        second_account: String,
        head_account: String,
        opened: String,
    }
}

/// A pile that lies open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBatchRow {
    pub pile: Pile,
    pub form: String,
    /// Number within the form, from 1; of a recount the number of the line.
    pub number: u32,
    pub papers: u32,
    pub mode: Mode,
    pub tellers: [AccountId; 2],
    /// The head teller who opened it.
    pub head: AccountId,
    /// The request that opened it.
    pub opened: RequestId,
}

impl StoredRow {
    fn read(self) -> Result<OpenBatchRow, StoreError> {
        let account = |id: String| id.parse::<AccountId>().map_err(StoreError::corrupt);
        Ok(OpenBatchRow {
            pile: Pile::of_code(&self.pile).ok_or_else(|| StoreError::corrupt("open_batches.pile"))?,
            form: self.form_id,
            number: to_u32(self.number)?,
            papers: to_u32(self.papers)?,
            mode: Mode::of_code(&self.mode).ok_or_else(|| StoreError::corrupt("open_batches.mode"))?,
            tellers: [account(self.first_account)?, account(self.second_account)?],
            head: account(self.head_account)?,
            opened: self.opened.parse().map_err(StoreError::corrupt)?,
        })
    }
}

/// Open piles of a poll, by form and number.
#[boxed]
pub async fn list(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<OpenBatchRow>, StoreError> {
    let rows = rows!(
        tx,
        StoredRow,
        "SELECT pile, form_id, number, papers, mode, first_account, second_account, head_account, opened \
         FROM open_batches WHERE council_id = $1 AND poll_id = $2 ORDER BY form_id, number",
        poll.to_string()
    )?;
    rows.into_iter().map(StoredRow::read).collect()
}

/// Lays a pile.
///
/// # Errors
/// [`StoreError::Refused`] when one of this number lies there.
#[boxed]
pub async fn add(tx: &mut CouncilTx, poll: PollId, row: &OpenBatchRow) -> Result<(), StoreError> {
    let [first, second] = row.tellers;
    let added = execute!(
        tx,
        "INSERT INTO open_batches (council_id, poll_id, pile, form_id, number, papers, mode, first_account, \
         second_account, head_account, opened) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        poll.to_string(),
        row.pile.code(),
        row.form.clone(),
        i64::from(row.number),
        i64::from(row.papers),
        row.mode.code(),
        first.to_string(),
        second.to_string(),
        row.head.to_string(),
        row.opened.to_string(),
    );
    added.map(drop)
}

/// Changes size, mode, readers and head teller of the pile that `row` opened.
///
/// # Errors
/// When it lies there no longer.
#[boxed]
pub async fn change(tx: &mut CouncilTx, poll: PollId, row: &OpenBatchRow) -> Result<(), StoreError> {
    let [first, second] = row.tellers;
    let changed = execute!(
        tx,
        "UPDATE open_batches SET papers = $3, mode = $4, first_account = $5, second_account = $6, head_account = $7 \
         WHERE council_id = $1 AND poll_id = $2 AND opened = $8",
        poll.to_string(),
        i64::from(row.papers),
        row.mode.code(),
        first.to_string(),
        second.to_string(),
        row.head.to_string(),
        row.opened.to_string(),
    )?;
    one_changed(changed)
}

/// Takes the pile away that the request `opened` laid; whether it lay there.
#[boxed]
pub async fn remove(tx: &mut CouncilTx, poll: PollId, opened: RequestId) -> Result<bool, StoreError> {
    let removed = execute!(
        tx,
        "DELETE FROM open_batches WHERE council_id = $1 AND poll_id = $2 AND opened = $3",
        poll.to_string(),
        opened.to_string(),
    )?;
    Ok(removed > 0)
}

/// Takes the piles of a poll away whose papers are never counted again at this stage.
#[boxed]
pub async fn clear_past(tx: &mut CouncilTx, poll: PollId, stage: Stage) -> Result<(), StoreError> {
    for pile in [Pile::Deck, Pile::Ballots, Pile::Recount] {
        if stage.is_past(pile) {
            execute!(
                tx,
                "DELETE FROM open_batches WHERE council_id = $1 AND poll_id = $2 AND pile = $3",
                poll.to_string(),
                pile.code(),
            )?;
        }
    }
    Ok(())
}

/// Takes the piles of a form's test deck away.
#[boxed]
pub async fn clear_deck(tx: &mut CouncilTx, poll: PollId, form: &str) -> Result<(), StoreError> {
    let removed = execute!(
        tx,
        "DELETE FROM open_batches WHERE council_id = $1 AND poll_id = $2 AND pile = 'deck' AND form_id = $3",
        poll.to_string(),
        form.to_owned(),
    );
    removed.map(drop)
}
