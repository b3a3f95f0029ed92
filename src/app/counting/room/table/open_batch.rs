//! An open batch on the table, its progress for each person, and why the table refuses.

use std::fmt;

use crate::polls::Sent;
use domain::batch::hand_tally::{Row, SheetError};
use domain::batch::{Asked, EntryError, Mode, PAPERS_PER_BATCH, Pile, Shape};
use domain::count::BatchCounts;
use domain::id::{AccountId, PollId, RequestId};

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

/// A batch as a head teller opened it, and as it was changed since.
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

/// A batch that is laid on the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Laid {
    /// Which.
    pub key: BatchKey,
    /// How it is counted.
    pub setup: BatchSetup,
    /// The head teller who opened it.
    pub head: AccountId,
    /// The request that opened it: another opening of the same number is another batch.
    pub opened: RequestId,
}

/// What somebody sends for a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The sender, with an id by which the same message sent again is recognized.
    pub sent: Sent,
    /// The opening that it is meant for.
    pub opened: RequestId,
    /// Messages of this person that the sender's page knows to be taken.
    pub revision: u32,
    /// Whether this person's reading ends with it.
    pub is_last: bool,
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

/// How far one person is with what is asked of them now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnPapers {
    /// Papers that the table has of them.
    pub done: usize,
    /// Messages of theirs that were taken.
    pub revision: u32,
    /// Where one of two readings that differ probably skipped a paper, from 1.
    pub moved_from: Option<usize>,
}

/// What a batch ends in. Its counts are sealed until the whole count is closed, so nothing prints them.
#[derive(PartialEq, Eq)]
pub struct AgreedBatch {
    /// Counts per line and level, invalid papers by reason.
    pub counts: BatchCounts,
    /// The tellers who read first and second.
    pub tellers: [AccountId; 2],
    /// Whose reading one of the two took over.
    pub earlier: Vec<AccountId>,
    /// The head teller who opened it.
    pub head: AccountId,
    /// The request that opened it.
    pub opened: RequestId,
    /// Lines, and papers as a whole, on which the first two readings differed.
    pub reread: usize,
    /// How many of them the head teller decided.
    pub decided: usize,
    /// Every request by which somebody ended a reading, with its sender: none may ever count for another batch.
    pub sent: Vec<Sent>,
}

/// How far a batch is, for the people who count. It reveals no mark, no count and no order.
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
    /// As it is counted.
    pub opening: BatchSetup,
    /// The head teller who opened it.
    pub head: AccountId,
    /// The request that opened it: another opening of the same number is another batch.
    pub opened: RequestId,
    /// How far it is.
    pub stage: BatchStage,
    /// Whom it waits for.
    pub waits_for: Vec<AccountId>,
    /// Numbers of the papers that the head teller decides.
    pub disputed: Vec<usize>,
    /// It was laid again after a restart, which forgot what had been keyed of it.
    pub is_laid_again: bool,
    /// Why counts on which both agree could not be committed.
    pub blocked: Option<String>,
}

impl fmt::Debug for AgreedBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgreedBatch({} reread, {} decided, …)", self.reread, self.decided)
    }
}

/// Why the table refuses. Nothing has changed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Not open here.
    #[error("tập phiếu này không còn trên bàn; Trưởng ban kiểm phiếu xem lại danh sách tập")]
    NotOpen,
    /// The page is of an earlier opening.
    #[error("tập phiếu này đã được bỏ khỏi bàn rồi mở lại; hãy tải lại trang để làm tiếp trên tập mới mở")]
    OtherOpening,
    /// The same person goes on in another window or at another machine.
    #[error("bạn đã nhập tiếp tập này ở một cửa sổ hoặc máy khác; trang này đang lấy lại phần đã nhận")]
    Moved,
    /// Opened before, by another request.
    #[error("tập phiếu này đã được mở; hãy tải lại danh sách tập")]
    AlreadyOpen,
    /// Two tellers and the one who decides are three people.
    #[error("người nhập thứ nhất, người nhập thứ hai và Trưởng ban kiểm phiếu phải là ba người khác nhau")]
    SamePeople,
    /// Who read the pile cannot read it for the other teller.
    #[error("người này đã đọc tập phiếu này, nên không thể nhập thay người kia; hãy chọn người khác")]
    HasRead,
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
