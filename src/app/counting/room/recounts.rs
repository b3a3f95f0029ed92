//! A line that is counted again from paper: two members of the board do it under their own accounts, on the page of a count
//! by hand, blind to each other and to the figure that stands.

use super::HEADS;
use super::batch::names;
use super::counting_room::CountingRoom;
use super::opening::{of_table, offered};
use super::table::{BatchKey, BatchStage, CountingTable};
use crate::Caller;
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::batch::{Mode, Pile, Reader};
use domain::id::{AccountId, PollId};
use domain::poll_state::{ClosedCount, PollState, Refusal};
use domain::recount::{self, RecountBoard};
use macros::boxed;
use store::open_batches::{self, OpenBatchRow};
use store::{CouncilTx, batches};

const NO_LINE: AppError = AppError::NotFound("dòng này");

/// Who is to count a line again, as it was typed: ids of accounts.
#[derive(Clone, Debug, Default)]
pub struct TypedRecount {
    /// One of them.
    pub first: String,
    /// The other.
    pub second: String,
}

/// A line that is being counted again.
#[derive(Clone, Debug)]
pub struct OpenRecount {
    /// Id of its form.
    pub form: String,
    /// Its number, from 1.
    pub line: u32,
    /// How far the two are.
    pub stage: BatchStage,
    /// Names of the two.
    pub readers: [String; 2],
}

/// Whom a head teller may let count a line again.
#[derive(Clone, Debug)]
pub struct RecountOffer {
    /// Whom, and how many of the two must have read none of the form's batches.
    pub board: RecountBoard,
}

impl App {
    /// Lines of a poll that are being counted again; for a process that leads its table ([`Self::lead`]).
    ///
    /// # Errors
    /// When the database does not answer.
    pub(in crate::counting) async fn open_recounts(
        &self,
        tx: &mut CouncilTx,
        poll: PollId,
    ) -> Result<Vec<OpenRecount>, AppError> {
        self.room(tx, poll).await?;
        let mut open = Vec::new();
        for lying in self.table().of_poll(poll, Pile::Recount) {
            let readers = names(tx, lying.opening.tellers).await?;
            open.push(OpenRecount { form: lying.key.form, line: lying.key.number, stage: lying.stage, readers });
        }
        Ok(open)
    }

    /// Whom the caller may let count a line again.
    ///
    /// # Errors
    /// When the caller does not lead the count, the count is not closed, or there is no such line.
    #[boxed]
    pub async fn recount_offer(&self, caller: &Caller, poll: PollId, form: &str) -> Result<RecountOffer, AppError> {
        caller.may(HEADS)?;
        let mut tx = self.store.read(caller.council).await?;
        let room = self.room(&mut tx, poll).await?;
        room.admit(caller, HEADS)?;
        room.form(form)?;
        Ok(RecountOffer { board: board(&mut tx, &room, caller, form).await? })
    }

    /// Lets two members of the board count a line again.
    ///
    /// # Errors
    /// When the caller does not lead the count, the line is neither due nor ordered, waits for a confirmation or is being
    /// counted already, and when the two may not count it.
    #[boxed]
    pub async fn open_recount(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        (form, line): (&str, u32),
        typed: &TypedRecount,
    ) -> Result<BatchKey, AppError> {
        ask.caller.may(HEADS)?;
        self.lead(ask.caller.council, poll).await?;
        self.table().announce(ask.request);
        let (caller, typed, opened, form) = (ask.caller.clone(), typed.clone(), ask.request, form.to_owned());
        let laid = self.write_once(ask, move |tx| {
            Box::pin(async move {
                let room = CountingRoom::load(tx, poll).await?;
                room.admit(&caller, HEADS)?;
                let board = board(tx, &room, &caller, &form).await?;
                let PollState::Closed(_, counted) = &room.state else {
                    return Err(Refusal::NotNow { doing: "kiểm lại một dòng", stage: room.stage() }.into());
                };
                may_be_counted(&room, counted, &form, line)?;
                let tellers = read(&board, &typed)?;
                room.are_themselves(tx, &caller, tellers).await?;
                let totals = counted.forms().iter().find(|total| total.form == form).ok_or(NO_LINE)?;
                // Papers that are invalid as a whole have no line to count.
                let valid = totals.counts.valid();
                let papers = u32::try_from(valid).map_err(|e| AppError::internal("đếm phiếu hợp lệ", e))?;
                let (head, mode) = (caller.account.id, Mode::Recount);
                let row = OpenBatchRow { pile: Pile::Recount, form, number: line, papers, mode, tellers, head, opened };
                let laid = room.laid(&row)?;
                CountingTable::may_lie(&laid).map_err(|problem| of_table(&problem))?;
                open_batches::add(tx, poll, &row).await?;
                Ok(laid)
            })
        });
        let laid = laid.await?;
        let key = laid.key.clone();
        self.table().lay(vec![laid]);
        Ok(key)
    }
}

/// Refuses a result while a line is being counted again.
///
/// # Errors
/// With a sentence that names the line.
pub(in crate::counting) async fn no_open_recount(tx: &mut CouncilTx, poll: PollId) -> Result<(), AppError> {
    let open = open_batches::list(tx, poll).await?;
    let Some(row) = open.iter().find(|row| row.pile == Pile::Recount) else { return Ok(()) };
    let (form, line) = (&row.form, row.number);
    Err(AppError::Input(format!(
        "Mẫu phiếu {form}, dòng {line} đang được kiểm lại; hãy chờ hai người kiểm xong, hoặc để Trưởng Ban kiểm phiếu bỏ \
         lần kiểm lại đó, rồi mới ghi kết quả."
    )))
}

/// Refuses a line that is not to be counted again now.
fn may_be_counted(room: &CountingRoom, counted: &ClosedCount, form: &str, line: u32) -> Result<(), AppError> {
    counted.line(form, line).ok_or(NO_LINE)?;
    if room.open.iter().any(|row| row.form == form && row.number == line) {
        return Err(AppError::Input("Dòng này đang được kiểm lại; hãy chờ hai người kiểm xong.".into()));
    }
    if room.proposed.contains(&format!("{form}/{line}")) {
        let sentence = "Số kiểm lại của dòng này đang chờ xác nhận; hãy xem đề xuất đó trước.";
        return Err(AppError::Input(sentence.to_owned()));
    }
    let due = recount::due(&room.rules, &room.state.poll().created, counted.forms())
        .map_err(|e| AppError::internal("xét dòng phải kiểm lại", e))?;
    let is_due = due.iter().any(|due| due.form == form && due.line == line);
    if is_due || counted.is_ordered(form, line) {
        return Ok(());
    }
    Err(Refusal::NotOrdered { form: form.to_owned(), line }.into())
}

async fn board(tx: &mut CouncilTx, room: &CountingRoom, caller: &Caller, form: &str) -> Result<RecountBoard, AppError> {
    let offered = offered(tx, room, caller).await?;
    let read = batches::list(tx, room.poll).await?;
    let own = read.into_iter().filter(|batch| batch.form == form);
    let readers: Vec<Reader> = own.flat_map(|batch| batch.all_readers().cloned().collect::<Vec<_>>()).collect();
    Ok(RecountBoard::of(&offered, &readers))
}

/// The two, or what is wrong with the choice.
fn read(board: &RecountBoard, typed: &TypedRecount) -> Result<[AccountId; 2], AppError> {
    let find = |typed: &str| board.members.iter().find(|member| member.account.to_string() == typed);
    let ask = "Hãy chọn người kiểm lại trong danh sách.";
    let first = find(&typed.first).ok_or_else(|| AppError::field("first", ask))?;
    let second = find(&typed.second).ok_or_else(|| AppError::field("second", ask))?;
    if first.account == second.account {
        return Err(AppError::field("second", "Hai người kiểm lại phải là hai người khác nhau."));
    }
    let both = [first.account, second.account];
    if board.admits(both) {
        return Ok(both);
    }
    let sentence = "Còn thành viên chưa đọc tập nào của mẫu này: ít nhất một trong hai người phải là người đó.";
    Err(AppError::field("second", sentence))
}
