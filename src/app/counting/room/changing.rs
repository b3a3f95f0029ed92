//! What a head teller changes on an open batch: its size, who reads it, how it is counted. What is keyed stays, as far as
//! it can.

use super::HEADS;
use super::batch::names;
use super::counting_room::CountingRoom;
use super::opening::{in_no_committed, of_table, offered, piles, read_mode, readers, sentence, wrong_size};
use super::table::{BatchKey, BatchSetup, Lying, TableError};
use crate::Caller;
use crate::service::app::{App, Ask};
use crate::service::error::{AppError, FieldError};
use domain::batch::{Pile, Shape};
use domain::id::{AccountId, PollId, RequestId};
use domain::text::read_number;
use macros::boxed;
use store::CouncilTx;
use store::open_batches::{self, OpenBatchRow};

/// A change as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedChange {
    /// The opening that the page was about.
    pub opened: String,
    /// Papers in the pile.
    pub papers: String,
    /// `marks` or `hand`.
    pub mode: String,
    /// Account of one teller.
    pub first: String,
    /// Account of the other.
    pub second: String,
    /// Whether a teller who comes in for another begins at paper 1.
    pub begins_anew: bool,
}

/// An open batch as a head teller changes it.
#[derive(Clone, Debug)]
pub struct ChangePage {
    /// Name of the sitting.
    pub sitting: String,
    /// Whether it is of the test deck.
    pub is_deck: bool,
    /// Khối.
    pub block: String,
    /// Papers of the form that are in no batch besides those of this one.
    pub left: u32,
    /// As it is now.
    pub now: TypedChange,
    /// Names of its two tellers.
    pub tellers: [String; 2],
    /// The people who may key, by name.
    pub offered: Vec<(AccountId, String)>,
}

impl App {
    /// An open batch with what can be changed of it.
    ///
    /// # Errors
    /// When the caller is no head teller or keys it, or it is not on the table.
    #[boxed]
    pub async fn change_page(
        &self,
        caller: &Caller,
        poll: PollId,
        (form, number): (&str, u32),
    ) -> Result<ChangePage, AppError> {
        caller.may(HEADS)?;
        self.lead(caller.council, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let room = self.room(&mut tx, poll).await?;
        let (lying, own) = (self.own_batch(&room, caller, (form, number))?, room.form(form)?);
        let offered = offered(&mut tx, &room, caller).await?;
        let tellers = names(&mut tx, lying.opening.tellers).await?;
        let [first, second] = lying.opening.tellers.map(|id| id.to_string());
        Ok(ChangePage {
            sitting: room.sitting().to_owned(),
            is_deck: room.pile() == Some(Pile::Deck),
            block: own.form.block.clone(),
            left: beside(&room, form, lying.opened)?,
            now: TypedChange {
                opened: lying.opened.to_string(),
                papers: lying.opening.shape.papers.to_string(),
                mode: lying.opening.mode.code().to_owned(),
                first,
                second,
                begins_anew: false,
            },
            tellers,
            offered,
        })
    }

    /// Changes an open batch, in the database and on the table. Whoever changes it leads it from then on.
    ///
    /// # Errors
    /// When the caller is no head teller or keys it, another opening of it lies there, both readings agree already, and everything that
    /// is wrong with the fields.
    #[boxed]
    pub async fn change_batch(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        (form, number): (&str, u32),
        typed: &TypedChange,
    ) -> Result<(), AppError> {
        ask.caller.may(HEADS)?;
        self.lead(ask.caller.council, poll).await?;
        let mut tx = self.store.read(ask.caller.council).await?;
        let room = self.room(&mut tx, poll).await?;
        let lying = self.own_batch(&room, ask.caller, (form, number))?;
        drop(tx);
        let opened: RequestId = typed.opened.parse().map_err(|_| of_table(&TableError::OtherOpening))?;
        if opened != lying.opened {
            return Err(of_table(&TableError::OtherOpening));
        }
        let (caller, wanted, typed_now) = (ask.caller.clone(), lying.clone(), typed.clone());
        let table = self.table();
        let changed = self.write_once(ask, move |tx| {
            Box::pin(async move {
                let setup = checked(tx, poll, &caller, &wanted, &typed_now).await?;
                table
                    .may_change(&wanted.key, opened, &setup, caller.account.id)
                    .map_err(|problem| at_field(&problem))?;
                open_batches::change(tx, poll, &row(&wanted, &setup, caller.account.id)).await?;
                Ok(setup)
            })
        });
        let setup = changed.await?;
        let head = ask.caller.account.id;
        self.table().change(&lying.key, opened, (setup, head), typed.begins_anew).map_err(|problem| at_field(&problem))
    }

    /// An open batch that the caller leads, or may take over from the head teller who opened it.
    fn own_batch(&self, room: &CountingRoom, caller: &Caller, (form, number): (&str, u32)) -> Result<Lying, AppError> {
        room.admit(caller, HEADS)?;
        piles(room)?;
        let key: BatchKey = room.key(form, number);
        let lying = self.table().lying(&key).ok_or_else(|| of_table(&TableError::NotOpen))?;
        if lying.opening.tellers.contains(&caller.account.id) {
            return Err(AppError::Forbidden);
        }
        Ok(lying)
    }
}

/// Papers of a form that are in no batch besides those of the pile that `opened` laid.
fn beside(room: &CountingRoom, form: &str, opened: RequestId) -> Result<u32, AppError> {
    let pile = piles(room)?;
    let others = room.open.iter().filter(|row| row.form == form && row.opened != opened).map(|row| row.papers);
    Ok(in_no_committed(room.form(form)?, pile).saturating_sub(others.fold(0, u32::saturating_add)))
}

/// The batch as it was typed, or all that is wrong with it.
async fn checked(
    tx: &mut CouncilTx,
    poll: PollId,
    caller: &Caller,
    lying: &Lying,
    typed: &TypedChange,
) -> Result<BatchSetup, AppError> {
    let room = CountingRoom::load(tx, poll).await?;
    let (pile, form) = (piles(&room)?, room.form(&lying.key.form)?);
    let offered = offered(tx, &room, caller).await?;
    let mut fields: Vec<FieldError> = Vec::new();
    let mut wrong = |field, sentence: String| fields.push(FieldError { field, sentence });
    let papers = read_number(&typed.papers);
    let left = beside(&room, &lying.key.form, lying.opened)?;
    match papers {
        Some(papers) if papers > left => wrong("papers", sentence(&TableError::PapersOver { left })),
        _ => {
            if let Some(sentence) = wrong_size(form, pile, papers) {
                wrong("papers", sentence);
            }
        }
    }
    let both = readers(&offered, [&typed.first, &typed.second], &mut wrong);
    let mode = read_mode(&typed.mode, pile, &mut wrong);
    let (Some(papers), [Some(first), Some(second)], Some(mode), true) = (papers, both, mode, fields.is_empty()) else {
        return Err(AppError::Fields { fields });
    };
    room.are_themselves(tx, caller, [first, second]).await?;
    let shape = Shape { papers, ..lying.opening.shape };
    Ok(BatchSetup { shape, mode, reasons: lying.opening.reasons.clone(), tellers: [first, second] })
}

fn row(lying: &Lying, setup: &BatchSetup, head: AccountId) -> OpenBatchRow {
    OpenBatchRow {
        pile: lying.key.pile,
        form: lying.key.form.clone(),
        number: lying.key.number,
        papers: setup.shape.papers,
        mode: setup.mode,
        tellers: setup.tellers,
        head,
        opened: lying.opened,
    }
}

fn at_field(problem: &TableError) -> AppError {
    match problem {
        TableError::SamePeople | TableError::HasRead => AppError::field("second", sentence(problem)),
        TableError::NotNow => AppError::Input(
            "Hai lượt nhập của tập này đã khớp, nên không sửa được nữa; hãy ghi lại tập, hoặc bỏ tập khỏi bàn."
                .to_owned(),
        ),
        other => of_table(other),
    }
}
