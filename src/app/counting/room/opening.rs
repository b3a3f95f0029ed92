//! How a head teller opens a batch, or takes it off the table.

use super::counting_room::{CountingForm, CountingRoom};
use super::table::{CountingTable, TableError};
use super::{COUNTERS, HEADS, NO_BATCH, NO_FORM};
use crate::Caller;
use crate::polls::on_ballot;
use crate::service::app::{App, Ask};
use crate::service::error::{AppError, FieldError};
use domain::account::{Account, AccountState};
use domain::batch::{Mode, PAPERS_PER_BATCH, Pile, is_rest, pile_sizes};
use domain::id::{AccountId, PollId, RequestId};
use domain::poll_state::Refusal;
use domain::text::{full_stop, read_number, upper_first};
use macros::boxed;
use store::open_batches::{self, OpenBatchRow};
use store::{CouncilTx, accounts};

/// Largest number of a batch.
const MOST_BATCHES: u32 = 999;

/// In place of the id of a form: every form whose test deck has not passed, each deck as one pile.
pub const EVERY_DECK: &str = "*";

/// A batch as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedBatch {
    /// Id of the form, or [`EVERY_DECK`].
    pub form: String,
    /// Its number; of a deck the next one, when nothing is typed.
    pub number: String,
    /// Papers in it; of a deck all, when nothing is typed.
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
    /// How many test decks [`EVERY_DECK`] opens.
    pub decks: usize,
    /// How many batches are still to be opened, as the page would split what is left.
    pub batches_left: usize,
    /// The form that was asked for has no paper left.
    pub is_complete: bool,
    /// Forms of which a batch can be opened: id, block, papers that are in no batch yet.
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
        let room = self.room(&mut tx, poll).await?;
        room.admit(caller, HEADS)?;
        let tellers = offered(&mut tx, &room, caller).await?;
        drop(tx);
        let pile = piles(&room)?;
        let left = |form: &CountingForm| left(form, pile, &room.open);
        let forms: Vec<_> = room.forms.iter().filter(|own| can_open(own, left(own), pile)).collect();
        let is_complete = room.forms.iter().any(|own| own.form.id == form && left(own) == 0);
        let is_tried = |own: &&&CountingForm| pile == Pile::Deck && room.has_passed(&own.form.id);
        let chosen = match forms.iter().find(|own| own.form.id == form) {
            // Another form is proposed only to somebody who asked for none.
            None if form.is_empty() => forms.iter().find(|own| !is_tried(own)).or_else(|| forms.first()),
            found => found,
        };
        let mut proposed = TypedBatch { mode: Mode::Marks.code().to_owned(), ..TypedBatch::default() };
        if let Some(form) = chosen {
            proposed.form.clone_from(&form.form.id);
            proposed.number = next_number(form, &room.open).to_string();
            proposed.papers = sizes(left(form), pile).first().map(ToString::to_string).unwrap_or_default();
        }
        let decks = decks(&room, pile).count();
        if decks > 1 && form.is_empty() {
            EVERY_DECK.clone_into(&mut proposed.form);
        }
        // Who has the fewest batches before them; among equals by name.
        let lying = |id: &AccountId| room.open.iter().filter(|batch| batch.tellers.contains(id)).count();
        let mut least: Vec<&AccountId> = tellers.iter().map(|(id, _)| id).collect();
        least.sort_by_key(|id| lying(id));
        let mut least = least.into_iter().map(ToString::to_string);
        (proposed.first, proposed.second) = (least.next().unwrap_or_default(), least.next().unwrap_or_default());
        Ok(OpenPage {
            sitting: room.sitting().to_owned(),
            is_deck: pile == Pile::Deck,
            decks,
            batches_left: forms.iter().map(|form| sizes(left(form), pile).len()).sum(),
            is_complete,
            forms: forms.iter().map(|form| (form.form.id.clone(), form.form.block.clone(), left(form))).collect(),
            proposed,
            tellers,
        })
    }

    /// Opens a batch for two tellers, in the database and on the table; [`EVERY_DECK`] opens one for each form.
    ///
    /// # Errors
    /// When the caller is no head teller, and everything that is wrong with the fields.
    #[boxed]
    pub async fn open_batch(&self, ask: Ask<'_>, poll: PollId, typed: &TypedBatch) -> Result<(), AppError> {
        ask.caller.may(HEADS)?;
        self.lead(ask.caller.council, poll).await?;
        self.table().announce(ask.request);
        let (caller, typed, request, app) = (ask.caller.clone(), typed.clone(), ask.request, self.clone());
        let laid = self.write_once(ask, move |tx| {
            Box::pin(async move {
                let room = CountingRoom::load(tx, poll).await?;
                room.admit(&caller, HEADS)?;
                let (tellers, pile) = (offered(tx, &room, &caller).await?, piles(&room)?);
                let mut all_laid = Vec::new();
                for typed in one_by_one(&room, pile, &typed)? {
                    // Each pile is known by a request of its own; the first by that of the form.
                    let opened = if all_laid.is_empty() { request } else { app.new_request()? };
                    app.table().announce(opened);
                    let row = read(&room, pile, &tellers, &typed, (caller.account.id, opened))?;
                    room.are_themselves(tx, &caller, row.tellers).await?;
                    let laid = room.laid(&row)?;
                    CountingTable::may_lie(&laid).map_err(|problem| at_field(&problem))?;
                    open_batches::add(tx, poll, &row).await?;
                    all_laid.push(laid);
                }
                Ok(all_laid)
            })
        });
        let laid = laid.await?;
        self.table().lay(laid);
        Ok(())
    }

    /// Takes a batch off the table, with everything that was keyed of it; `opened` is the opening that the caller saw.
    ///
    /// # Errors
    /// When the caller is no head teller or keys it, it is not on the table, or another opening of it is.
    #[boxed]
    pub async fn abandon_batch(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        (form, number): (&str, u32),
        opened: RequestId,
    ) -> Result<(), AppError> {
        ask.caller.may(HEADS)?;
        self.lead(ask.caller.council, poll).await?;
        let mut tx = self.store.read(ask.caller.council).await?;
        let room = self.room(&mut tx, poll).await?;
        room.admit(ask.caller, HEADS)?;
        drop(tx);
        let key = room.key(form, number);
        self.table().may_remove(&key, opened, ask.caller.account.id).map_err(|problem| of_table(&problem))?;
        self.write_once(ask, move |tx| Box::pin(async move { Ok(open_batches::remove(tx, poll, opened).await?) }))
            .await?;
        self.table().remove(&key, opened);
        Ok(())
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

/// The refusal of a batch that was typed, at the field that it is about.
fn at_field(problem: &TableError) -> AppError {
    match problem {
        TableError::SamePeople => AppError::field("second", sentence(problem)),
        TableError::Size => AppError::field("papers", sentence(problem)),
        other => of_table(other),
    }
}

pub(super) fn sentence(problem: &TableError) -> String {
    let text = upper_first(&problem.to_string());
    format!("{text}{}", full_stop(&text))
}

/// Which papers are in piles that are opened now.
pub(super) fn piles(room: &CountingRoom) -> Result<Pile, AppError> {
    room.pile().filter(|pile| *pile != Pile::Recount).ok_or_else(|| nothing_is_counted(room))
}

fn nothing_is_counted(room: &CountingRoom) -> AppError {
    Refusal::NotNow { doing: "mở tập phiếu", stage: room.stage() }.into()
}

/// Forms whose test deck can be opened and has not passed.
fn decks(room: &CountingRoom, pile: Pile) -> impl Iterator<Item = &CountingForm> {
    let is_left = move |form: &&CountingForm| {
        pile == Pile::Deck && left(form, pile, &room.open) > 0 && !room.has_passed(&form.form.id)
    };
    room.forms.iter().filter(is_left)
}

/// What was typed, as one batch of one form or as one for each deck.
fn one_by_one(room: &CountingRoom, pile: Pile, typed: &TypedBatch) -> Result<Vec<TypedBatch>, AppError> {
    if typed.form != EVERY_DECK {
        return Ok(vec![typed.clone()]);
    }
    let blank = TypedBatch { number: String::new(), papers: String::new(), ..typed.clone() };
    let all: Vec<_> =
        decks(room, pile).map(|form| TypedBatch { form: form.form.id.clone(), ..blank.clone() }).collect();
    if all.is_empty() {
        return Err(AppError::field("form", "Không còn mẫu nào phải mở tập phiếu thử; hãy xem phòng kiểm phiếu."));
    }
    Ok(all)
}

/// Papers of a form in no batch, neither a committed nor an open one.
pub(super) fn left(form: &CountingForm, pile: Pile, open: &[OpenBatchRow]) -> u32 {
    let open = open.iter().filter(|row| row.form == form.form.id).map(|row| row.papers);
    in_no_committed(form, pile).saturating_sub(open.fold(0, u32::saturating_add))
}

/// Whether a batch of papers that are `left` can be opened: fewer than the smallest pile join another one.
pub(super) fn can_open(form: &CountingForm, left: u32, pile: Pile) -> bool {
    left > 0 && (pile == Pile::Deck || is_rest(left, form.expected))
}

pub(super) fn in_no_committed(form: &CountingForm, pile: Pile) -> u32 {
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
        // A deck is compared as a whole: one pile.
        Pile::Deck => {
            if left > 0 {
                vec![left]
            } else {
                Vec::new()
            }
        }
    }
}

fn next_number(form: &CountingForm, open: &[OpenBatchRow]) -> u32 {
    let open = open.iter().filter(|row| row.form == form.form.id).map(|row| row.number);
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

/// The batch that was typed, or all that is wrong with it. `head` opens it with the request `opened`.
fn read(
    room: &CountingRoom,
    pile: Pile,
    tellers: &[(AccountId, String)],
    typed: &TypedBatch,
    (head, opened): (AccountId, RequestId),
) -> Result<OpenBatchRow, AppError> {
    let mut fields: Vec<FieldError> = Vec::new();
    let mut wrong = |field, sentence: String| fields.push(FieldError { field, sentence });
    let form = room.form(&typed.form).map_err(|_| AppError::field("form", "Hãy chọn mẫu phiếu in trên tập phiếu."))?;
    let is_given = |text: &str| pile == Pile::Deck && text.is_empty();
    let number = if is_given(&typed.number) { Some(next_number(form, &room.open)) } else { read_number(&typed.number) };
    let number = number.filter(|number| (1..=MOST_BATCHES).contains(number));
    match number {
        None => wrong("number", format!("Số tập phải là số từ 1 đến {MOST_BATCHES}.")),
        Some(number) if pile == Pile::Ballots && form.batches.iter().any(|row| row.number == number) => {
            wrong("number", format!("Tập số {number} của mẫu này đã chốt; hãy dùng số ghi trên tập đang cầm."));
        }
        Some(number) if room.open.iter().any(|row| row.form == form.form.id && row.number == number) => {
            wrong("number", sentence(&TableError::AlreadyOpen));
        }
        Some(_) => {}
    }
    let left = left(form, pile, &room.open);
    if left == 0 {
        wrong("form", "Mẫu phiếu này không còn phiếu nào chưa vào tập; hãy chọn mẫu khác.".to_owned());
    }
    let papers = if is_given(&typed.papers) { Some(form.expected) } else { read_number(&typed.papers) };
    if let Some(sentence) = wrong_size(form, pile, papers).or_else(|| wrong_rest(form, pile, papers, left)) {
        wrong("papers", sentence);
    }
    let [first, second] = readers(tellers, [&typed.first, &typed.second], &mut wrong);
    let mode = read_mode(&typed.mode, pile, &mut wrong);
    if form.lines.is_empty() {
        return Err(NO_FORM);
    }
    let (Some(number), Some(papers), Some(mode), Some(first), Some(second), true) =
        (number, papers, mode, first, second, fields.is_empty())
    else {
        return Err(AppError::Fields { fields });
    };
    let form = form.form.id.clone();
    Ok(OpenBatchRow { pile, form, number, papers, mode, tellers: [first, second], head, opened })
}

/// The two who were chosen, or what is wrong with the choice.
pub(super) fn readers(
    tellers: &[(AccountId, String)],
    typed: [&str; 2],
    wrong: &mut impl FnMut(&'static str, String),
) -> [Option<AccountId>; 2] {
    let find = |typed: &str| tellers.iter().map(|(id, _)| *id).find(|id| id.to_string() == typed);
    let [first, second] = typed.map(find);
    if first.is_none() {
        wrong("first", "Hãy chọn người nhập trong danh sách.".to_owned());
    }
    match (first, second) {
        (_, None) => wrong("second", "Hãy chọn người nhập thứ hai trong danh sách.".to_owned()),
        (Some(one), Some(two)) if one == two => {
            wrong("second", "Hai người nhập phải là hai người khác nhau; hãy chọn người khác.".to_owned());
        }
        _ => {}
    }
    [first, second]
}

/// How a pile is counted, or what is wrong with the choice.
pub(super) fn read_mode(typed: &str, pile: Pile, wrong: &mut impl FnMut(&'static str, String)) -> Option<Mode> {
    let mode = Mode::of_code(typed).filter(|mode| *mode != Mode::Recount);
    let sentence = match (mode, pile) {
        (None, _) => "Hãy chọn cách nhập.",
        (Some(Mode::HandTally), Pile::Deck) => "Phiếu thử được so từng phiếu, nên phải nhập từng phiếu bằng bàn phím.",
        (mode, _) => return mode,
    };
    wrong("mode", sentence.to_owned());
    None
}

/// What is wrong with the size of a pile: the counts of few papers nearly reveal single ballots.
pub(super) fn wrong_size(form: &CountingForm, pile: Pile, papers: Option<u32>) -> Option<String> {
    if pile == Pile::Deck {
        let whole = form.expected;
        let sentence = format!("Bộ phiếu thử của mẫu này là một tập {whole} phiếu; hãy nhập cả bộ.");
        return (papers != Some(whole)).then_some(sentence);
    }
    let (least, most) = (*PAPERS_PER_BATCH.start(), *PAPERS_PER_BATCH.end());
    let least = if form.expected < least { 1 } else { least };
    let fits = papers.is_some_and(|papers| (least..=most).contains(&papers));
    (!fits).then(|| format!("Mỗi tập phải có từ {least} đến {most} phiếu; hãy chia lại tập."))
}

/// What is wrong with what a pile of this size would leave.
fn wrong_rest(form: &CountingForm, pile: Pile, papers: Option<u32>, left: u32) -> Option<String> {
    let papers = papers?;
    let rest = match left.checked_sub(papers) {
        None => return Some(sentence(&TableError::PapersOver { left })),
        Some(rest) => rest,
    };
    if pile == Pile::Deck || is_rest(rest, form.expected) {
        return None;
    }
    let sizes: Vec<String> = sizes(left, pile).iter().map(ToString::to_string).collect();
    let least = PAPERS_PER_BATCH.start();
    Some(format!(
        "Tập {papers} phiếu để lại {rest} phiếu, không đủ một tập {least} phiếu; hãy chia {left} phiếu còn lại thành: {}.",
        sizes.join(", ")
    ))
}
