//! What was done, told on the page that follows a redirect: a short code in the address, mapped to a sentence here.
//!
//! No script, no cookie, nothing kept on the server. An address says nothing but the code, so a link from elsewhere can at
//! worst repeat one of these sentences.

use axum::http::Uri;
use axum::response::Redirect;

/// Something that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Any change that needs no sentence of its own.
    Saved,
    /// An account was opened.
    AccountOpened,
    /// Nobody may sign in as an account any more.
    AccountDisabled,
    /// A disabled account is open again.
    AccountEnabled,
    /// A new password is in force.
    PasswordSet,
    /// Nobody waits because of wrong passwords any more.
    SignInFreed,
    /// A council was founded.
    CouncilFounded,
    /// The second factor is on.
    SecondFactorOn,
    /// The second factor is off.
    SecondFactorOff,
    /// Slips are void.
    SlipsRevoked,
    /// All sessions of one's own but this one ended.
    OthersSignedOut,
    /// This session ended.
    SignedOut,
    /// All sessions of one's own ended.
    SignedOutEverywhere,
    /// The installation has its operator.
    SetUp,
    /// A checkpoint was signed.
    CheckpointSigned,
    /// A backup is being made.
    BackupBegun,
    /// A release of dossiers waits for another person.
    ReleaseProposed,
    /// A fact was entered.
    FactEntered,
    /// A fact was verified.
    FactVerified,
    /// Several facts were verified.
    FactsVerified,
    /// It was taken back that a fact was verified.
    FactReopened,
    /// A fact was withdrawn.
    FactWithdrawn,
    /// A fact waits again.
    FactRestored,
    /// A poll began.
    PollBegun,
    /// A Confidence poll began from a result.
    ConfidencePollBegun,
    /// A vote began in place of a cancelled one.
    PollBegunAgain,
    /// Everybody may see a result from its publication on.
    ResultExposed,
    /// Nobody without an account sees a result any more.
    ResultHidden,
    /// Somebody is on the roster.
    EntryAdded,
    /// An official or delegate was moved in the order.
    EntryMoved,
    /// An official or delegate was withdrawn.
    EntryWithdrawn,
    /// Somebody of the roster counts again.
    EntryRestored,
    /// Accounts are linked to people.
    AccountsLinked,
    /// A workbook was written.
    ImportWritten,
    /// Work was thrown away.
    WorkDiscarded,
    /// A step waits for another person.
    Proposed,
    /// A step was confirmed and taken.
    Confirmed,
    /// A step was refused.
    Refused,
    /// A step was taken back by who proposed it.
    Withdrawn,
    /// A dossier was read.
    DossierRead,
    /// The last dossier was read.
    LastDossierRead,
    /// A private note is kept.
    NoteSaved,
    /// Private notes are open in this browser.
    NotesOpened,
    /// Private notes are locked in this browser.
    NotesClosed,
    /// Private notes have another passphrase.
    NotePassphraseChanged,
    /// All private notes of one's own are gone.
    NotesForgotten,
    /// A question was sent to the Standing Committee.
    QuestionAsked,
    /// A question was taken back.
    QuestionWithdrawn,
    /// A question went on to the official.
    QuestionForwarded,
    /// A question went back to the delegate.
    QuestionReturned,
    /// A group handed its summary in.
    SummaryFiled,
    /// A group may write its summary again.
    SummaryReopened,
    /// The official answered a fact or a question.
    Replied,
    /// A section of the official's report was handed in.
    SectionFiled,
    /// The receipt of an asset declaration was handed in.
    DeclarationFiled,
    /// A voters' opinion is kept.
    OpinionFiled,
    /// A voters' opinion went on to the official.
    OpinionSent,
    /// A file was attached to a source.
    FileAttached,
    /// A source has no file any more.
    FileDetached,
    /// A batch was opened on the table.
    BatchOpened,
    /// A batch was taken off the table.
    BatchAbandoned,
    /// Size, readers or mode of an open batch were changed.
    BatchChanged,
    /// Figures of a tally sheet are in.
    TallyKeyed,
    /// Both tally sheets agreed.
    TallyAgreed,
    /// Two people are to count a line again.
    RecountOpened,
    /// The right person holds an account.
    Vouched,
    /// What the test deck gave is in the log.
    DeckRecorded,
}

impl Done {
    const ALL: &[(Self, &'static str, &'static str)] = &[
        (Self::Saved, "da-luu", "Đã lưu."),
        (Self::AccountOpened, "da-mo-tai-khoan", "Đã mở tài khoản."),
        (Self::AccountDisabled, "da-khoa-tai-khoan", "Đã khóa tài khoản; người này không đăng nhập được nữa."),
        (Self::AccountEnabled, "da-mo-lai-tai-khoan", "Đã mở lại tài khoản."),
        (Self::PasswordSet, "da-doi-mat-khau", "Đã đổi mật khẩu."),
        (Self::SignInFreed, "da-mo-dang-nhap", "Đã mở khóa đăng nhập; người này không phải chờ nữa."),
        (Self::CouncilFounded, "da-lap-hoi-dong", "Đã lập hội đồng."),
        (Self::SecondFactorOn, "da-bat-ma-hai-lop", "Đã bật xác thực hai lớp."),
        (Self::SecondFactorOff, "da-tat-ma-hai-lop", "Đã tắt xác thực hai lớp."),
        (Self::SlipsRevoked, "da-huy-phieu", "Đã hủy thẻ truy cập."),
        (Self::OthersSignedOut, "da-thoat-may-khac", "Đã đăng xuất khỏi mọi thiết bị khác."),
        (Self::SignedOut, "da-dang-xuat", "Đã đăng xuất."),
        (Self::SignedOutEverywhere, "da-thoat-moi-noi", "Đã đăng xuất khỏi mọi thiết bị."),
        (Self::SetUp, "da-thiet-lap", "Đã thiết lập xong; hãy đăng nhập bằng tài khoản vừa tạo."),
        (Self::CheckpointSigned, "da-ky-diem-chot", "Đã ký điểm chốt."),
        (Self::BackupBegun, "dang-sao-luu", "Đang sao lưu; việc này chạy tiếp khi bạn rời trang."),
        (
            Self::ReleaseProposed,
            "da-de-xuat-phat-hanh",
            "Đã đề xuất phát hành; một người khác có vai trò Thường trực xác nhận.",
        ),
        (Self::FactEntered, "da-nhap-du-kien", "Đã lưu dữ kiện; một người khác sẽ đối chiếu."),
        (Self::FactVerified, "da-tham-tra", "Đã đối chiếu dữ kiện."),
        (Self::FactsVerified, "da-tham-tra-nhieu", "Đã đối chiếu các dữ kiện được đánh dấu."),
        (Self::FactReopened, "da-bo-tham-tra", "Đã bỏ đối chiếu; dữ kiện chờ đối chiếu lại."),
        (Self::FactWithdrawn, "da-rut-du-kien", "Đã rút dữ kiện."),
        (Self::FactRestored, "da-khoi-phuc", "Đã khôi phục; dữ kiện chờ đối chiếu."),
        (Self::PollBegun, "da-lap-ky", "Đã lập đợt lấy phiếu; dưới đây là những việc cần chuẩn bị."),
        (
            Self::ConfidencePollBegun,
            "da-lap-ky-bo-phieu",
            "Đã lập kỳ bỏ phiếu tín nhiệm; dưới đây là những việc cần chuẩn bị.",
        ),
        (
            Self::PollBegunAgain,
            "da-bat-dau-lai",
            "Đã bắt đầu lại; kế hoạch, Ban dự kiến và thời hạn được giữ, các quyết định cũ chờ người khác xác nhận.",
        ),
        (Self::ResultExposed, "da-mo-cong-khai", "Đã bật trang kết quả công khai; trang chỉ hiện sau khi công bố."),
        (Self::ResultHidden, "da-tat-cong-khai", "Đã tắt trang kết quả công khai."),
        (Self::EntryAdded, "da-them-nguoi", "Đã thêm vào danh sách."),
        (Self::EntryMoved, "da-chuyen-cho", "Đã chuyển thứ tự."),
        (Self::EntryWithdrawn, "da-rut-nguoi", "Đã rút khỏi danh sách."),
        (Self::EntryRestored, "da-dua-lai", "Đã đưa lại vào danh sách."),
        (Self::AccountsLinked, "da-gan-tai-khoan", "Đã gắn tài khoản với người cùng tên."),
        (Self::ImportWritten, "da-ghi-bang-tinh", "Đã ghi bảng tính vào danh sách."),
        (Self::WorkDiscarded, "da-bo-viec", "Đã bỏ; không ghi gì cả."),
        (Self::Proposed, "da-de-xuat", "Đã gửi đề xuất; việc này có hiệu lực khi một người khác xác nhận."),
        (Self::Confirmed, "da-xac-nhan", "Đã xác nhận; việc này đã có hiệu lực."),
        (Self::Refused, "da-khong-chap-nhan", "Đã ghi là không chấp nhận."),
        (Self::Withdrawn, "da-rut", "Đã rút đề xuất."),
        (Self::DossierRead, "da-doc-ho-so", "Đã đánh dấu đã đọc."),
        (Self::LastDossierRead, "da-doc-ho-so-cuoi", "Đã đánh dấu đã đọc hồ sơ cuối."),
        (Self::NoteSaved, "da-luu-ghi-chu", "Đã lưu ghi chú."),
        (Self::NotesOpened, "da-mo-ghi-chu", "Ghi chú riêng đã mở trên máy này."),
        (Self::NotesClosed, "da-khoa-ghi-chu", "Ghi chú riêng đã khóa."),
        (Self::NotePassphraseChanged, "da-doi-ma-khoa", "Đã đổi mã khóa ghi chú."),
        (Self::NotesForgotten, "da-xoa-ghi-chu", "Đã xóa mọi ghi chú riêng cùng mã khóa."),
        (Self::QuestionAsked, "da-gui-cau-hoi", "Đã gửi câu hỏi tới Thường trực."),
        (Self::QuestionWithdrawn, "da-rut-cau-hoi", "Đã rút câu hỏi."),
        (Self::QuestionForwarded, "da-chuyen-cau-hoi", "Đã chuyển câu hỏi tới người được lấy phiếu."),
        (Self::QuestionReturned, "da-tra-cau-hoi", "Đã trả lại câu hỏi cho đại biểu."),
        (Self::SummaryFiled, "da-nop-tong-hop", "Đã nộp tổng hợp thảo luận tổ."),
        (Self::SummaryReopened, "da-mo-lai-tong-hop", "Đã mở lại tổng hợp; thư ký tổ sửa và nộp lại được."),
        (Self::Replied, "da-tra-loi", "Đã ghi nội dung trả lời."),
        (Self::SectionFiled, "da-nop-phan-bao-cao", "Đã nộp phần báo cáo; văn phòng sẽ tiếp nhận."),
        (Self::DeclarationFiled, "da-nop-ke-khai", "Đã ghi biên nhận kê khai; văn phòng sẽ tiếp nhận."),
        (Self::OpinionFiled, "da-ghi-y-kien", "Đã ghi ý kiến cử tri; ý kiến chưa gửi đến người được lấy phiếu."),
        (Self::OpinionSent, "da-gui-y-kien", "Đã gửi ý kiến cử tri đến người được lấy phiếu."),
        (Self::FileAttached, "da-gan-tep", "Đã gắn tệp nguồn; dữ kiện chờ đối chiếu lại."),
        (Self::FileDetached, "da-bo-tep", "Đã bỏ tệp nguồn; dữ kiện chờ đối chiếu lại."),
        (Self::BatchOpened, "da-mo-tap", "Đã mở tập; hai người được giao thấy tập này ở phòng kiểm phiếu của họ."),
        (Self::BatchAbandoned, "da-bo-tap", "Đã bỏ tập khỏi bàn và xóa phần đã nhập."),
        (Self::BatchChanged, "da-sua-tap", "Đã sửa tập; trang của hai người nhập tự cập nhật."),
        (Self::TallyKeyed, "da-nhap-dem-tay", "Đã nhận phiếu đếm tay của bạn."),
        (Self::TallyAgreed, "da-khop-dem-tay", "Hai phiếu đếm tay đã khớp; tập đã xong."),
        (
            Self::RecountOpened,
            "da-giao-kiem-lai",
            "Đã giao hai người kiểm lại; mỗi người mở phòng kiểm phiếu và nhập số của mình.",
        ),
        (Self::Vouched, "dung-nguoi", "Đã ghi: đúng người đang giữ tài khoản này."),
        (Self::DeckRecorded, "da-ghi-phieu-thu", "Đã ghi kết quả kiểm phiếu thử vào nhật ký."),
    ];

    /// Leads to `path`, where the sentence stands.
    pub fn at(self, path: &str) -> Redirect {
        let code = Self::ALL.iter().find(|(done, ..)| *done == self).map_or("", |(_, code, _)| code);
        let joint = if path.contains('?') { '&' } else { '?' };
        Redirect::to(&format!("{path}{joint}xong={code}"))
    }
}

/// The sentence that an address asks for; empty when it asks for none.
pub(super) fn sentence(address: &Uri) -> &'static str {
    let pairs = form_urlencoded::parse(address.query().unwrap_or_default().as_bytes());
    let code = pairs.filter(|(key, _)| key == "xong").map(|(_, code)| code).next().unwrap_or_default();
    Done::ALL.iter().find(|(_, known, _)| *known == code).map_or("", |(.., sentence)| sentence)
}

#[cfg(test)]
mod tests {
    use axum::http::header::LOCATION;
    use axum::response::IntoResponse as _;

    use super::*;

    #[test]
    fn what_was_done_is_told_where_it_leads() {
        for (done, _, text) in Done::ALL {
            let answer = done.at("/nhat-ky?trang=2").into_response();
            let to: Uri = answer.headers()[LOCATION].to_str().expect("text").parse().expect("address");
            assert_eq!(sentence(&to), *text);
        }
        for other in ["/", "/?xong=", "/?xong=%3Cb%3E", "/?khac=da-luu"] {
            assert_eq!(sentence(&other.parse().expect("address")), "", "{other}");
        }
    }
}
