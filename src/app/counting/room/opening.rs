//! How a head teller opens a batch on the table, or takes it off.

use super::counting_room::{CountingForm, CountingRoom};
use super::table::{BatchKey, BatchSetup, Lying, Mode, Pile, TableError};
use super::{COUNTERS, HEADS, NO_BATCH, NO_FORM};
use crate::Caller;
use crate::polls::Sent;
use crate::polls::on_ballot;
use crate::service::app::{App, Ask};
use crate::service::error::{AppError, FieldError};
use domain::account::{Account, AccountState};
use domain::batch::{PAPERS_PER_BATCH, Shape, pile_sizes};
use domain::id::{AccountId, PollId};
use domain::poll_state::Refusal;
use domain::text::{full_stop, read_number, upper_first};
use macros::boxed;
use store::{CouncilTx, accounts};

/// Largest number of a batch.
const MOST_BATCHES: u32 = 999;

/// A batch as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedBatch {
    /// Id of the form.
    pub form: String,
    /// Its number.
    pub number: String,
    /// Papers in it.
    pub papers: String,
    /// `marks` or `hand`.
    pub mode: String,
    /// Account of one teller.
    pub first: String,
    /// Account of the other.
    pub second: String,
}

/// What a head teller chooses from.
#[derive(Clone, Debug)]
pub struct OpenPage {
    /// Name of the sitting.
    pub sitting: String,
    /// Whether it is the test deck.
    pub is_deck: bool,
    /// Forms with papers left: id, block, papers that are in no batch yet.
    pub forms: Vec<(String, String, u32)>,
    /// The batch that is proposed, for the form that was asked for or the first with papers left.
    pub proposed: TypedBatch,
    /// The people who may key, by name.
    pub tellers: Vec<(AccountId, String)>,
}

impl App {
    /// What a head teller chooses from, with a batch proposed: the next number, an even share of what is left, the two
    /// tellers who have no batch before them.
    ///
    /// # Errors
    /// When the caller is no head teller, or nothing is counted now.
    #[boxed]
    pub async fn open_page(&self, caller: &Caller, poll: PollId, form: &str) -> Result<OpenPage, AppError> {
        caller.may(HEADS)?;
        self.lead(caller.council, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let room = CountingRoom::load(&mut tx, poll).await?;
        room.admit(caller, HEADS)?;
        let tellers = offered(&mut tx, &room, caller).await?;
        drop(tx);
        let pile = piles(&room)?;
        let lying = room.lying(self);
        let left = |form: &CountingForm| left(form, pile, &lying);
        let forms: Vec<_> = room.forms.iter().filter(|form| left(form) > 0).collect();
        let chosen = forms.iter().find(|own| own.form.id == form).or_else(|| forms.first());
        let mut proposed = TypedBatch { mode: "marks".to_owned(), ..TypedBatch::default() };
        if let Some(form) = chosen {
            proposed.form.clone_from(&form.form.id);
            proposed.number = next_number(form, &lying).to_string();
            proposed.papers = sizes(left(form), pile).first().map(ToString::to_string).unwrap_or_default();
        }
        let is_free = |id: &AccountId| lying.iter().all(|batch| !batch.opening.tellers.contains(id));
        let mut free = tellers.iter().filter(|(id, _)| is_free(id)).map(|(id, _)| id.to_string());
        (proposed.first, proposed.second) = (free.next().unwrap_or_default(), free.next().unwrap_or_default());
        Ok(OpenPage {
            sitting: room.sitting().to_owned(),
            is_deck: pile == Pile::Deck,
            forms: forms.iter().map(|form| (form.form.id.clone(), form.form.block.clone(), left(form))).collect(),
            proposed,
            tellers,
        })
    }

    /// Opens a batch for two tellers. Sent again, it is the same batch.
    ///
    /// # Errors
    /// When the caller is no head teller, and everything that is wrong with the fields.
    #[boxed]
    pub async fn open_batch(&self, ask: Ask<'_>, poll: PollId, typed: &TypedBatch) -> Result<BatchKey, AppError> {
        let caller = ask.caller;
        caller.may(HEADS)?;
        self.lead(caller.council, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let room = CountingRoom::load(&mut tx, poll).await?;
        room.admit(caller, HEADS)?;
        let tellers = offered(&mut tx, &room, caller).await?;
        drop(tx);
        let pile = piles(&room)?;
        let lying = room.lying(self);
        let batch = read(&room, pile, &lying, &tellers, typed)?;
        self.are_themselves(caller, &room, batch.opening.tellers).await?;
        let key = room.key(&typed.form, batch.opening.shape.number);
        let sent = Sent { by: caller.account.id, id: ask.request };
        match self.table().open(key.clone(), batch.opening, sent, batch.left) {
            Ok(()) => Ok(key),
            Err(problem @ TableError::AlreadyOpen) => Err(AppError::field("number", sentence(&problem))),
            Err(problem @ TableError::SamePeople) => Err(AppError::field("second", sentence(&problem))),
            Err(problem @ (TableError::PapersOver { .. } | TableError::Size)) => {
                Err(AppError::field("papers", sentence(&problem)))
            }
            Err(problem) => Err(of_table(&problem)),
        }
    }

    /// Whoever opens and both who read are the people whom the board names: nobody else had their passwords in hand since.
    pub(super) async fn are_themselves(
        &self,
        caller: &Caller,
        room: &CountingRoom,
        readers: [AccountId; 2],
    ) -> Result<(), AppError> {
        let mut tx = self.store.read(caller.council).await?;
        room.is_themselves(&mut tx, caller.account.id).await?;
        for reader in readers {
            room.is_themselves(&mut tx, reader).await?;
        }
        Ok(())
    }

    /// Takes a batch off the table, with everything that was keyed of it.
    ///
    /// # Errors
    /// When the caller is no head teller or keys it, or it is not on the table.
    #[boxed]
    pub async fn abandon_batch(&self, caller: &Caller, poll: PollId, form: &str, number: u32) -> Result<(), AppError> {
        caller.may(HEADS)?;
        self.lead(caller.council, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let room = CountingRoom::load(&mut tx, poll).await?;
        room.admit(caller, HEADS)?;
        drop(tx);
        self.table().remove(&room.key(form, number), caller.account.id).map_err(|problem| of_table(&problem))
    }
}

/// A refusal of the table, as a use case says it.
pub(super) fn of_table(problem: &TableError) -> AppError {
    match problem {
        TableError::NotOpen => NO_BATCH,
        TableError::NotTeller | TableError::NotHead => AppError::Forbidden,
        other => AppError::Input(sentence(other)),
    }
}

fn sentence(problem: &TableError) -> String {
    let text = upper_first(&problem.to_string());
    format!("{text}{}", full_stop(&text))
}

/// Which papers are in piles that are opened now.
fn piles(room: &CountingRoom) -> Result<Pile, AppError> {
    room.pile().filter(|pile| *pile != Pile::Recount).ok_or_else(|| nothing_is_counted(room))
}

fn nothing_is_counted(room: &CountingRoom) -> AppError {
    Refusal::NotNow { doing: "mở tập phiếu", stage: room.stage() }.into()
}

/// Papers of a form in no batch, neither a committed nor an open one.
pub(super) fn left(form: &CountingForm, pile: Pile, lying: &[Lying]) -> u32 {
    let open = lying.iter().filter(|batch| batch.key.form == form.form.id).map(|batch| batch.opening.shape.papers);
    in_no_committed(form, pile).saturating_sub(open.fold(0, u32::saturating_add))
}

fn in_no_committed(form: &CountingForm, pile: Pile) -> u32 {
    match pile {
        Pile::Deck => form.expected,
        Pile::Ballots => form.expected.saturating_sub(form.committed),
        Pile::Recount => 0,
    }
}

/// Sizes of the next piles of what is left.
pub(super) fn sizes(left: u32, pile: Pile) -> Vec<u32> {
    match pile {
        Pile::Ballots | Pile::Recount => pile_sizes(left),
        // The counts of a deck are no secret: few large piles are soon keyed.
        Pile::Deck => {
            let piles = left.div_ceil(*PAPERS_PER_BATCH.end());
            (0..piles).map(|i| left / piles + u32::from(i < left % piles)).collect()
        }
    }
}

fn next_number(form: &CountingForm, lying: &[Lying]) -> u32 {
    let open = lying.iter().filter(|batch| batch.key.form == form.form.id).map(|batch| batch.key.number);
    let taken: Vec<u32> = form.batches.iter().map(|row| row.number).chain(open).collect();
    (1..=MOST_BATCHES).find(|number| !taken.contains(number)).unwrap_or(MOST_BATCHES)
}

/// Who may read papers for this head teller: everybody of the board who may sign in, but for the head teller who opens and
/// whoever is on the ballot.
///
/// # Errors
/// When the head teller is on the ballot.
pub(super) async fn offered(
    tx: &mut CouncilTx,
    room: &CountingRoom,
    caller: &Caller,
) -> Result<Vec<(AccountId, String)>, AppError> {
    let barred = on_ballot(tx, room.poll).await?;
    if barred.contains_key(&caller.account.id) {
        return Err(Refusal::OnBallot(caller.account.name.clone()).into());
    }
    let counters = &room.state.poll().counters;
    let may = |account: &Account| {
        let counts = COUNTERS.iter().any(|role| account.roles.has(*role)) && counters.may_count(Some(account.id));
        let is_free = account.id != caller.account.id && !barred.contains_key(&account.id);
        counts && is_free && account.state == AccountState::Open
    };
    let all = accounts::list(tx).await?;
    let mut tellers: Vec<_> = all.into_iter().filter(may).map(|account| (account.id, account.name)).collect();
    tellers.sort_by(|(_, one), (_, two)| one.cmp(two));
    Ok(tellers)
}

struct ReadBatch {
    opening: BatchSetup,
    /// Papers of its form in no committed batch.
    left: u32,
}

/// The batch that was typed, or all that is wrong with it.
fn read(
    room: &CountingRoom,
    pile: Pile,
    lying: &[Lying],
    tellers: &[(AccountId, String)],
    typed: &TypedBatch,
) -> Result<ReadBatch, AppError> {
    let mut fields: Vec<FieldError> = Vec::new();
    let mut wrong = |field, sentence: String| fields.push(FieldError { field, sentence });
    let form = room.form(&typed.form).map_err(|_| AppError::field("form", "Hãy chọn mẫu phiếu in trên tập phiếu."))?;
    let number = read_number(&typed.number).filter(|number| (1..=MOST_BATCHES).contains(number));
    match number {
        None => wrong("number", format!("Số tập phải là số từ 1 đến {MOST_BATCHES}.")),
        Some(number) if pile == Pile::Ballots && form.batches.iter().any(|row| row.number == number) => {
            wrong("number", format!("Tập số {number} của mẫu này đã chốt; hãy dùng số ghi trên tập đang cầm."));
        }
        Some(_) => {}
    }
    let papers = read_number(&typed.papers);
    if let Some(sentence) = wrong_size(form, pile, papers) {
        wrong("papers", sentence);
    }
    let teller = |typed: &str| tellers.iter().find(|(id, _)| id.to_string() == typed);
    let (first, second) = (teller(&typed.first), teller(&typed.second));
    if first.is_none() {
        wrong("first", "Hãy chọn người nhập trong danh sách.".to_owned());
    }
    match (first, second) {
        (_, None) => wrong("second", "Hãy chọn người nhập kia trong danh sách.".to_owned()),
        (Some(one), Some(two)) if one.0 == two.0 => {
            wrong("second", "Hai người nhập phải là hai người khác nhau; hãy chọn người khác.".to_owned());
        }
        _ => {}
    }
    let mode = match typed.mode.as_str() {
        "marks" => Some(Mode::Marks),
        "hand" => Some(Mode::HandTally),
        _ => {
            wrong("mode", "Hãy chọn cách nhập.".to_owned());
            None
        }
    };
    let left = in_no_committed(form, pile);
    let open = self::left(form, pile, lying);
    let (Some(number), Some(papers), Some(mode), Some(first), Some(second), true) =
        (number, papers, mode, first, second, fields.is_empty())
    else {
        return Err(AppError::Fields { fields });
    };
    if open == 0 {
        return Err(AppError::field("form", "Mẫu phiếu này không còn phiếu nào chưa vào tập; hãy chọn mẫu khác."));
    }
    let shape = Shape { number, kind: room.kind(), lines: form.lines.len(), papers };
    if shape.lines == 0 {
        return Err(NO_FORM);
    }
    let reasons = room.reasons(form).into_iter().map(|reason| reason.id.clone()).collect();
    Ok(ReadBatch { opening: BatchSetup { shape, mode, reasons, tellers: [first.0, second.0] }, left })
}

/// What is wrong with the size of a pile: the counts of few papers nearly reveal single ballots.
fn wrong_size(form: &CountingForm, pile: Pile, papers: Option<u32>) -> Option<String> {
    let (least, most) = (*PAPERS_PER_BATCH.start(), *PAPERS_PER_BATCH.end());
    let least = if pile == Pile::Deck || form.expected < least { 1 } else { least };
    let fits = papers.is_some_and(|papers| (least..=most).contains(&papers));
    (!fits).then(|| format!("Mỗi tập phải có từ {least} đến {most} phiếu; hãy chia lại tập."))
}
