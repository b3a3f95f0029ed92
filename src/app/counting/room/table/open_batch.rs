//! An open batch on the table, its progress for each person, and why the table refuses.

use std::fmt;

use crate::polls::Sent;
use domain::batch::hand_tally::{Row, SheetError};
use domain::batch::{Asked, EntryError, PAPERS_PER_BATCH, Shape};
use domain::count::BatchCounts;
use domain::id::{AccountId, PollId, RequestId};

/// Which papers a batch is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pile {
    /// The test deck: nobody's ballots.
    Deck,
    /// Ballots.
    Ballots,
    /// Valid ballots of a form, of which one line is counted again; the line's number is that of the batch.
    Recount,
}

/// How a batch is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Mark by mark, with the keys.
    Marks,
    /// By hand on two printed sheets, of which the figures are keyed.
    HandTally,
    /// By hand, a single line once more: no third person decides what two still count differently.
    Recount,
}

/// Which batch of which poll.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchKey {
    /// The vote.
    pub poll: PollId,
    /// Ballots or the test deck.
    pub pile: Pile,
    /// Id of the form.
    pub form: String,
    /// Number of the batch on its form, from 1.
    pub number: u32,
}

impl BatchKey {
    /// Whether both are piles of the same papers.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        self.poll == other.poll && self.pile == other.pile && self.form == other.form
    }
}

/// A batch that a head teller opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchSetup {
    /// The pile and its form.
    pub shape: Shape,
    /// How it is counted.
    pub mode: Mode,
    /// Ids of the reasons for which a paper of this form is invalid as a whole, in the order of the rule set.
    pub reasons: Vec<String>,
    /// The two tellers who read it, different people.
    pub tellers: [AccountId; 2],
}

/// The progress of a batch for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchProgress {
    /// This person keys the pile.
    Key,
    /// Somebody else is at it.
    Waiting,
    /// Both readings differ here: this person keys these lines again.
    KeyAgain(Vec<Asked>),
    /// Both readings differ here twice: the head teller decides.
    Decide(Vec<Asked>),
    /// This person keys these rows of a tally sheet.
    KeyRows(Vec<Row>),
    /// Two tally sheets differ here twice: the head teller keys these rows.
    DecideRows(Vec<Row>),
    /// Everybody agrees; the counts are not in the database yet.
    Agreed,
    /// The counts are in the database. Only the database can say so: the table never does.
    Taken,
}

/// What a batch ends in. Its counts are sealed until the whole count is closed, so nothing prints them.
#[derive(PartialEq, Eq)]
pub struct AgreedBatch {
    /// Counts per line and level, invalid papers by reason.
    pub counts: BatchCounts,
    /// The tellers who read first and second.
    pub tellers: [AccountId; 2],
    /// The head teller who opened it.
    pub head: AccountId,
    /// Lines, and papers as a whole, on which the first two readings differed.
    pub reread: usize,
    /// How many of them the head teller decided.
    pub decided: usize,
    /// Every request that was sent for it, with its sender: none may ever count for another batch.
    pub sent: Vec<Sent>,
}

/// How far a batch is, for the head teller. It reveals no mark, no count and no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchStage {
    /// Nobody has entered.
    Unread,
    /// One has.
    ReadOnce,
    /// Both readings differ in this many places, and both tellers read those again.
    Differs(usize),
    /// Both readings differ again in this many places: the head teller decides.
    ForHead(usize),
    /// Both agree.
    Agreed,
}

/// An open batch, as pages see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lying {
    /// Which.
    pub key: BatchKey,
    /// As it was opened.
    pub opening: BatchSetup,
    /// The head teller who opened it.
    pub head: AccountId,
    /// The request that opened it: another opening of the same number is another batch.
    pub opened: RequestId,
    /// How far it is.
    pub stage: BatchStage,
}

impl fmt::Debug for AgreedBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgreedBatch({} reread, {} decided, …)", self.reread, self.decided)
    }
}

/// Why the table refuses. Nothing has changed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Not open here; after a restart, or never.
    #[error("tập phiếu này chưa được mở trên máy chủ; Trưởng ban kiểm phiếu mở lại tập rồi gửi lại phần đã nhập")]
    NotOpen,
    /// Opened before, by another request.
    #[error("tập phiếu này đã được mở; hãy tải lại danh sách tập")]
    AlreadyOpen,
    /// Two tellers and the one who decides are three people.
    #[error("người nhập thứ nhất, người nhập thứ hai và Trưởng ban kiểm phiếu phải là ba người khác nhau")]
    SamePeople,
    /// No papers, or more than a batch holds.
    #[error("tập phiếu phải có từ 1 đến {} phiếu", PAPERS_PER_BATCH.end())]
    Size,
    /// Not one of the two.
    #[error("tài khoản này không được phân công nhập tập phiếu này")]
    NotTeller,
    /// Not the one who opened it.
    #[error("chỉ Trưởng ban kiểm phiếu đã mở tập này mới làm được việc đó")]
    NotHead,
    /// One reading each.
    #[error("tài khoản này đã nhập tập phiếu này; chờ người kia nhập xong")]
    AlreadyEntered,
    /// Not a step that the batch waits for from this person.
    #[error("tập phiếu này không chờ việc đó; hãy tải lại trang để xem tập đang ở bước nào")]
    NotNow,
    /// The same id, sent by two people.
    #[error("mã lượt gửi này đã được người khác dùng; hãy tải lại trang rồi gửi lại")]
    ForeignId,
    /// More papers than are left to be counted.
    #[error("mẫu phiếu này chỉ còn {left} phiếu chưa vào tập nào; hãy kiểm tra số phiếu của tập")]
    PapersOver {
        /// In no batch yet.
        left: u32,
    },
    /// Marks for a tally sheet, or the other way round.
    #[error("tập phiếu này được mở theo cách nhập khác; hãy tải lại trang")]
    OtherMode,
    /// The reading does not fit.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The tally sheet does not fit.
    #[error(transparent)]
    Sheet(#[from] SheetError),
}
