//! Why a transition is refused.

use super::stage::Stage;
use crate::audit::pedersen::sums::SumFault;
use crate::ballot_account::AccountFault;
use crate::count::CountError;
use crate::counters::ReadersFault;
use crate::opening::OpeningFault;
use crate::presence::PresenceFault;
use crate::shares::ShareFault;
use crate::signing::SigningFault;
use crate::tally::TallyError;

/// Why a transition is refused; nothing has changed. One sentence, Vietnamese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("Không thể {doing} khi cuộc bỏ phiếu {}; hãy xem lại các bước của cuộc bỏ phiếu.", .stage.label())]
    NotNow { doing: &'static str, stage: Stage },
    /// One person for both parts of a step that takes two.
    #[error("Bước này cần hai người khác nhau, một người đề xuất và một người xác nhận; hãy nhờ người khác xác nhận.")]
    OnePerson,
    /// No reason given for a step that needs one.
    #[error("Chưa ghi lý do; hãy ghi rõ lý do để {0}.")]
    NoReason(&'static str),
    #[error("Danh sách không có ai; hãy xem lại người được lấy phiếu và các lý do không lấy phiếu.")]
    List,
    #[error("Chưa có Ban kiểm phiếu; hãy lập Ban kiểm phiếu trước khi chốt mẫu phiếu.")]
    NoBoard,
    #[error(
        "Cần ít nhất ba thành viên có tài khoản để chọn đóng kiểm phiếu bằng hai mảnh khóa; hãy chọn tài khoản cho từng người."
    )]
    FewHolders,
    #[error("Cuộc này đóng kiểm phiếu không cần mảnh khóa; hãy xem lại quyết định lập Ban kiểm phiếu.")]
    NoShares,
    #[error("Chưa đủ hai thành viên Ban kiểm phiếu nhận mảnh khóa; hãy để các thành viên nhận rồi mới mở bỏ phiếu.")]
    FewShares,
    #[error(transparent)]
    Share(#[from] ShareFault),
    /// What lies under the board's shares cannot be compared before the close.
    #[error(
        "Tập phiếu {batch} của mẫu phiếu {form} đã chốt dưới mảnh khóa của Ban nên không so lại được; nếu phải kiểm lại, hãy mở lại tập."
    )]
    BatchLocked { form: String, batch: u32 },
    /// Forms that do not fit the list.
    #[error("Mẫu phiếu của khối «{0}» không khớp với danh sách đã chốt; hãy tạo lại mẫu phiếu từ danh sách.")]
    Forms(String),
    /// A test deck with figures that its form cannot have, or twice.
    #[error("Phiếu thử của mẫu {0} không đúng mẫu phiếu đã chốt; hãy in lại tập phiếu thử rồi kiểm lại.")]
    Deck(String),
    #[error("Chưa có mẫu phiếu nào nhập khớp phiếu thử; hãy nhập phiếu thử trước khi ghi kết quả.")]
    NoDeck,
    #[error("Mẫu phiếu {0} đã có số liệu nên không xác nhận được số liệu bằng 0; hãy chạy «tinnhiem verify --db».")]
    NotZero(String),
    /// No delegate present, or more than the council has.
    #[error("Số đại biểu có mặt là {present}, phải từ 1 đến tổng số {delegates} đại biểu; hãy đếm lại.")]
    Present { present: u32, delegates: u32 },
    #[error(transparent)]
    Hall(PresenceFault),
    #[error(
        "Mẫu phiếu {form} đã phát ra {issued} phiếu, nhiều hơn {attended} đại biểu đã có mặt; hãy sửa số phiếu phát ra trước."
    )]
    AttendedUnderIssued { form: String, issued: u32, attended: u32 },
    /// What stands against opening, where nobody said why it is opened all the same.
    #[error("{}", sentences(.0))]
    Opening(Vec<OpeningFault>),
    #[error("Ngày mới trùng với ngày bỏ phiếu đang định; hãy chọn ngày khác.")]
    SameDay,
    #[error("Không có mẫu phiếu {0} trong các mẫu đã chốt; hãy kiểm tra mã trên phiếu.")]
    UnknownForm(String),
    /// What went out was announced for all forms.
    #[error("Số phiếu phát ra của mọi mẫu phiếu đã công bố; muốn sửa mẫu phiếu {0} phải có hai người và lý do.")]
    IssuedStands(String),
    #[error("Chưa công bố số phiếu phát ra của mẫu phiếu {0}; hãy ghi trước khi mở hòm phiếu.")]
    NotIssued(String),
    /// The account names another number than was announced.
    #[error(
        "Mẫu phiếu {form}: đã công bố phát ra {announced} phiếu, không phải {issued}; hãy sửa số đã công bố trước."
    )]
    IssuedDiffers { form: String, announced: u32, issued: u32 },
    #[error("Đã ghi số phiếu thu về của mẫu phiếu {0}; phiếu chưa dùng phải niêm phong trước khi mở hòm phiếu.")]
    BoxIsOpen(String),
    #[error("Chưa ghi số gói niêm phong; hãy ghi từ 1 gói trở lên.")]
    NoPackets,
    #[error("Chưa ghi đủ người niêm phong và người nhận; hãy ghi họ tên, chức vụ.")]
    NoHands,
    #[error("Biên bản phải có ít nhất 1 bản; hãy ghi lại số bản.")]
    NoCopies,
    #[error(transparent)]
    Signatures(SigningFault),
    /// Before its ballots were counted in.
    #[error("Chưa ghi số phiếu thu về của mẫu phiếu {0}; hãy ghi trước khi chốt tập phiếu và đóng kiểm phiếu.")]
    NotReturned(String),
    /// Figures of papers that contradict each other.
    #[error("Mẫu phiếu {form}: {fault} {}", .fault.remedy())]
    Account { form: String, fault: AccountFault },
    /// A batch of that number is committed with other counts.
    #[error("Tập phiếu {batch} của mẫu phiếu {form} đã chốt với số liệu khác; hãy kiểm tra số ghi trên tập phiếu.")]
    BatchDiffers { form: String, batch: u32 },
    /// Batches are numbered from 1.
    #[error("Mẫu phiếu {0}: tập phiếu tính từ số 1; hãy ghi đúng số của tập phiếu.")]
    BatchZero(String),
    /// There is no such batch to count anew.
    #[error(
        "Tập phiếu {batch} của mẫu phiếu {form} chưa chốt nên không mở lại được; hãy kiểm tra số ghi trên tập phiếu."
    )]
    NoBatch { form: String, batch: u32 },
    /// The batches would hold more papers than came back.
    #[error(
        "Mẫu phiếu {form}: các tập phiếu có {papers} phiếu, nhiều hơn {returned} phiếu thu về; hãy kiểm tra số phiếu của tập."
    )]
    PapersOver { form: String, papers: u64, returned: u32 },
    #[error("Mẫu phiếu {form}: mới đếm {papers} trong {returned} phiếu thu về; hãy chốt nốt các tập phiếu còn lại.")]
    Unfinished { form: String, papers: u64, returned: u32 },
    #[error("Mẫu phiếu {form}, tập phiếu {batch}: {cause}; hãy đếm lại tập phiếu này.")]
    Counts { form: String, batch: u32, cause: CountError },
    /// What is sealed is not what was committed.
    #[error("Mẫu phiếu {0}: số liệu niêm phong không khớp với các tập phiếu đã chốt; hãy chạy «tinnhiem verify --db».")]
    Sealed(String),
    /// What was opened does not add up to what the log has of it.
    #[error("{0}; chưa đóng kiểm phiếu, hãy chạy «tinnhiem verify --db».")]
    Sums(#[from] SumFault),
    /// No such line, or figures that it cannot have.
    #[error(
        "Mẫu phiếu {form} không có dòng {line}, hoặc số kiểm lại nhiều hơn số phiếu hợp lệ; hãy kiểm lại dòng này."
    )]
    Line {
        form: String,
        /// From 1.
        line: u32,
    },
    /// Somebody outside the board.
    #[error(
        "{0} không phải thành viên Ban kiểm phiếu đã lập cho cuộc bỏ phiếu này nên không tham gia kiểm phiếu được, dù tài \
         khoản có vai trò kiểm phiếu; hãy giao việc này cho thành viên của Ban."
    )]
    NotOnBoard(String),
    /// A member of the board who does not lead it.
    #[error(
        "{0} không phải Trưởng ban hay Thư ký của Ban kiểm phiếu đã lập cho cuộc bỏ phiếu này; hãy nhờ Trưởng ban hoặc Thư \
         ký làm việc này."
    )]
    NotLeading(String),
    /// Somebody who is voted on.
    #[error(
        "{0} có tên trên phiếu của cuộc bỏ phiếu này nên không được tham gia kiểm phiếu, không đề xuất hay xác nhận được bước \
         nào; hãy nhờ người không có tên trên phiếu."
    )]
    OnBallot(String),
    /// A line that is neither due nor ordered to be counted again.
    #[error(
        "Mẫu phiếu {form}, dòng {line}: không sát ngưỡng nên chỉ kiểm lại khi hai người đã đồng ý, có lý do; hãy đề xuất kiểm \
         lại dòng này trước."
    )]
    NotOrdered {
        form: String,
        /// From 1.
        line: u32,
    },
    /// Another figure than the one that stands, by those who counted again alone.
    #[error(
        "Mẫu phiếu {form}, dòng {line}: số kiểm lại khác số đã kiểm; việc lấy số nào phải được một người khác, không kiểm lại \
         dòng này, xác nhận."
    )]
    Differs {
        form: String,
        /// From 1.
        line: u32,
    },
    /// A line was counted again by fewer than two people.
    #[error("Kiểm lại một dòng phải do hai người khác nhau; hãy ghi đủ họ tên hai người kiểm lại.")]
    Readers,
    /// A batch was read by fewer than two people.
    #[error("Mỗi tập phiếu phải do hai người khác nhau cùng nhập; hãy phân công hai người khác.")]
    BatchReaders,
    /// Two people ordered a line, and nobody counted it since.
    #[error(
        "Mẫu phiếu {form}, dòng {line}: hai người đã cho kiểm lại dòng này mà chưa có số kiểm lại; hãy kiểm lại từ phiếu giấy \
         trước khi ghi kết quả."
    )]
    RecountAwaited {
        form: String,
        /// From 1.
        line: u32,
    },
    #[error("Mẫu phiếu {form}, dòng {line}: {why}; hãy kiểm lại dòng này từ phiếu giấy trước khi ghi kết quả.")]
    RecountDue {
        form: String,
        /// From 1.
        line: u32,
        /// Thresholds within the margin.
        why: String,
    },
    #[error("Bộ quy tắc {found} không phải của cuộc bỏ phiếu này ({expected}); hãy dùng đúng bộ quy tắc đã chọn.")]
    Rules {
        expected: String,
        /// Id of the one that was brought.
        found: String,
    },
    #[error("Không xét được dòng nào phải kiểm lại: {0}; hãy xem lại bộ quy tắc và số phiếu.")]
    Tally(TallyError),
    #[error("Biên bản được ký không phải bản đã trình; hãy in lại bản đã trình hoặc trình bản mới.")]
    OtherMinutes,
    #[error("Chưa ghi ai đã ký biên bản; hãy ghi họ tên các thành viên Ban kiểm phiếu đã ký.")]
    NoSigners,
    #[error("Bộ quy tắc {0} đòi nghị quyết xác nhận kết quả; hãy ghi nghị quyết trước khi công bố.")]
    NoResolution(String),
}

impl Refusal {
    /// Why readers are refused; `not_two` where they are not two people.
    pub(super) fn of_readers(fault: ReadersFault, not_two: Self) -> Self {
        match fault {
            ReadersFault::NotTwo => not_two,
            ReadersFault::Stranger(name) => Self::NotOnBoard(name),
        }
    }
}

fn sentences(faults: &[OpeningFault]) -> String {
    faults.iter().map(|fault| format!("{fault} {}", fault.remedy())).collect::<Vec<_>>().join(" ")
}
