//! A vote prepared and read, from the office's first workbook to the summary of a group, by people at their browsers.

use app::demo::fill::Links;
use domain::id::CouncilId;
use domain::role::Role;
use jiff::SignedDuration;
use tempfile::TempDir;

use super::{Browser, DESKTOP, TABLET, in_browser, serve, workbook};
use crate::site::{Engine, PASSWORD, Site, sample_book};
use crate::slips::{codes, issues};

/// How many of the sample's officials these stories are about: as many dossiers are printed, twice.
const OFFICIALS: usize = 3;
/// The sitting of the sample.
const SITTING: &str = "Kỳ họp thứ 17";

/// A council with a poll, its office `van.phong` and its leader `thuong.truc`.
struct Council {
    site: Site,
    id: CouncilId,
    name: String,
    address: String,
    desk: TempDir,
}

impl Council {
    async fn new() -> Self {
        let (site, id) = Site::with_council(Engine::Sqlite).await;
        site.has_account(id, "van.phong", "Lê Văn Phòng", Role::Clerk).await;
        site.has_account(id, "thuong.truc", "Phạm Thường Trực", Role::Leader).await;
        site.has_poll(id).await;
        let (name, address) = (site.name(id).await, serve(&site).await);
        Self { site, id, name, address, desk: tempfile::tempdir().expect("desk") }
    }

    /// The same with its roster and facts; the third official signs in as `le.van.c`, the second delegate, who keeps
    /// the notes of the first group, as `do.van.b`.
    async fn filled() -> Self {
        let council = Self::new().await;
        let site = &council.site;
        let official = site.has_account(council.id, "le.van.c", "Lê Văn C", Role::Official).await;
        let delegate = site.has_account(council.id, "do.van.b", "Đỗ Văn B", Role::Delegate).await;
        let mut book = sample_book();
        book.officials.truncate(OFFICIALS);
        book.facts.retain(|fact| fact.officials.iter().all(|no| no.0 < OFFICIALS));
        book.delegates.swap(0, 1);
        let links = Links { officials: vec![None, None, Some(official)], delegates: vec![Some(delegate)] };
        site.app.fill(council.id, &book, &links).await.expect("filled");
        council
    }

    /// Somebody at a browser of their own, on the first page.
    async fn enters(&self, login: &str) -> Browser {
        let mut browser = Browser::at(&self.address, DESKTOP).await;
        browser.signs_in(&self.name, login, PASSWORD).await;
        browser.sees("Chào").await;
        browser
    }

    /// Sends the messy workbook; `elected` stands in the one cell that may be wrong.
    async fn sends_workbook(&self, office: &mut Browser, elected: &str) {
        let file = self.desk.path().join("so lieu ky 17.xlsx");
        workbook::write(&file, &Vec::from_iter(1..=OFFICIALS), elected);
        office.presses("Nhập từ Excel (bảng tính)").await;
        office.uploads("Tệp bảng tính", &file).await;
        office.presses("Đọc tệp và xem trước").await;
    }
}

/// Opens a task of the poll from anywhere.
async fn turns_to(person: &mut Browser, task: &str) {
    person.presses("Đợt lấy phiếu").await;
    person.presses(SITTING).await;
    person.presses(task).await;
}

/// The leader opens the proposal that waits, and confirms it.
async fn confirms(leader: &mut Browser, step: &str) {
    turns_to(leader, "Xem và quyết định").await;
    leader.presses(step).await;
    leader.presses("Xác nhận").await;
    leader.sees("Đã xác nhận; việc này đã có hiệu lực.").await;
}

#[test]
fn an_office_mends_its_workbook_and_writes_it_and_a_leader_verifies_what_it_says() {
    in_browser(async {
        let council = Council::new().await;
        let mut office = council.enters("van.phong").await;
        council.sends_workbook(&mut office, "31/02/2022").await;
        office.awaits("lỗi phải sửa; chưa ghi gì cả").await;
        office.sees("31/02/2022").await;
        let buttons = "return [...document.querySelectorAll('main button')].map(b => b.innerText).join();";
        let offered = "Bỏ, không ghi gì,Đọc lại theo các trả lời";
        assert_eq!(office.runs(buttons).await, offered, "a workbook with an error cannot be written");
        council.sends_workbook(&mut office, "24/06/2021").await;
        office.awaits("Những gì sẽ ghi").await;
        office.presses("Ghi vào danh sách").await;
        office.sees("Đã ghi bảng tính vào danh sách.").await;
        office.presses("Người được lấy phiếu").await;
        office.sees("3 người, theo thứ tự in trên phiếu").await;
        office.sees("Ông Nguyễn Văn A").await;

        // What is entered later waits behind.
        council.site.clock.advance(SignedDuration::from_mins(1));
        office.presses("Dữ kiện").await;
        office.presses("Nhập dữ kiện").await;
        office.ticks("Nguyễn Văn A").await;
        office.types("Lĩnh vực", "Hoạt động HĐND").await;
        office.chooses("Loại", "Khen thưởng").await;
        office.ticks("Cả một năm").await;
        office.types("Năm", "2023").await;
        office.types("Nội dung", "Được tặng Bằng khen của Thủ tướng Chính phủ").await;
        office.types("Số, ký hiệu", "1204/QĐ-TTg").await;
        office.types("Ngày văn bản", "16/10/2023").await;
        office.types("Cơ quan ban hành", "Thủ tướng Chính phủ").await;
        office.presses("Lưu").await;
        office.sees("chờ đối chiếu").await;

        let mut leader = council.enters("thuong.truc").await;
        leader.presses("Dữ kiện").await;
        leader.presses("Đối chiếu").await;
        leader.sees("Đã đối chiếu 0/").await;
        leader.ticks_row("Bằng khen của Thủ tướng").await;
        leader.presses("Đối chiếu các dữ kiện đã đánh dấu").await;
        leader.sees("Đã đối chiếu 1/").await;
        leader.closes().await;
        office.closes().await;
    });
}

#[test]
fn dossiers_are_released_by_two_and_a_delegate_reads_notes_searches_asks_and_is_answered() {
    in_browser(async {
        let council = Council::filled().await;
        let mut office = council.enters("van.phong").await;
        turns_to(&mut office, "Hồ sơ").await;
        office.presses("Lập hồ sơ để phát hành").await;
        office.awaits("Đề xuất phát hành").await;
        office.presses("Đề xuất phát hành").await;
        office.sees("đang chờ xác nhận").await;
        let mut leader = council.enters("thuong.truc").await;
        turns_to(&mut leader, "Hồ sơ").await;
        leader.presses("Xem và quyết định").await;
        leader.presses("Xác nhận").await;
        leader.sees("Đã xác nhận; việc này đã có hiệu lực.").await;

        let delegate = council.site.account(council.id, "do.van.b").await;
        let mut admin = council.site.signed_in("mau", "quan.tri").await;
        let code = codes(&issues(&mut admin, &[delegate], "7").await.bytes).remove(0);
        let mut delegate = Browser::at(&council.address, TABLET).await;
        delegate.opens(&format!("/phieu/mau/{}", code.replace('-', ""))).await;
        delegate.presses("Vào bằng thẻ này").await;
        delegate.presses("Đọc hồ sơ").await;
        delegate.sees("Đã đọc 0 trên").await;
        delegate.presses("Bắt đầu đọc").await;
        takes_a_note(&mut delegate).await;
        for _ in 1..OFFICIALS {
            delegate.presses("Đọc xong, sang người tiếp theo").await;
            delegate.sees("Đã đánh dấu đã đọc.").await;
        }
        delegate.presses("Hỏi ông Lê Văn C").await;
        delegate.types("Nội dung cần làm rõ", "Bao giờ bố trí xong quỹ đất tái định cư?").await;
        delegate.presses("Gửi câu hỏi").await;
        delegate.sees("Đã gửi câu hỏi tới Thường trực.").await;
        delegate.presses("Kỳ họp thứ 17").await;
        delegate.sees("Đã đọc 2 trên").await;
        delegate.types("Tìm trong mọi hồ sơ", "chuong trinh cong tac toan khoa").await;
        delegate.presses("Tìm").await;
        let found = "return document.querySelectorAll('main mark').length > 0;";
        delegate.sees("chỗ khớp").await;
        assert_eq!(delegate.runs(found).await, true, "what was found is marked, though typed without accents");

        turns_to(&mut leader, "Câu hỏi của đại biểu").await;
        leader.presses("Chuyển tới ông Lê Văn C").await;
        leader.sees("Đã chuyển câu hỏi tới người được lấy phiếu.").await;
        let mut official = council.enters("le.van.c").await;
        official.presses("Của tôi").await;
        official.presses("Câu hỏi gửi tôi").await;
        official.presses("Bao giờ bố trí xong quỹ đất tái định cư?").await;
        official.types("Trả lời", "Trong quý I năm 2024, theo Kế hoạch 15/KH-UBND.").await;
        official.presses("Gửi trả lời").await;
        official.sees("đã trả lời").await;
        delegate.presses("Đọc hồ sơ").await;
        delegate.presses("Câu hỏi và trả lời").await;
        delegate.sees("Trong quý I năm 2024, theo Kế hoạch 15/KH-UBND.").await;

        delegate.presses("Đọc hồ sơ").await;
        delegate.presses("Thảo luận tổ").await;
        delegate.types("Ý kiến chung của tổ", "Tổ nhất trí với danh sách, đề nghị bổ sung số liệu quý IV.").await;
        delegate.presses("Lưu và nộp").await;
        delegate.sees("Đã nộp tổng hợp thảo luận tổ.").await;
        turns_to(&mut leader, "Thảo luận tổ").await;
        leader.sees("đề nghị bổ sung số liệu quý IV").await;
        assert!(!leader.text().await.contains("ghi phiếu"), "a private note is nowhere but with its writer");
        for person in [office, leader, official, delegate] {
            person.closes().await;
        }
    });
}

/// Chooses a passphrase where a note could be written, and writes one.
async fn takes_a_note(delegate: &mut Browser) {
    delegate.presses("Đặt mã khóa để ghi chú").await;
    delegate.types("Mã khóa ghi chú", "cầu tre lắc lẻo gập ghềnh").await;
    delegate.types("Gõ lại mã khóa", "cầu tre lắc lẻo gập ghềnh").await;
    delegate.presses("Đặt mã khóa").await;
    delegate.types("Chỉ mình bạn đọc được", "Đọc lại phần nghị quyết trước khi ghi phiếu.").await;
    delegate.presses("Lưu ghi chú").await;
    delegate.sees("Đã lưu ghi chú.").await;
}

#[test]
fn list_board_and_forms_are_proposed_by_one_confirmed_by_another_and_then_sealed() {
    in_browser(async {
        let council = Council::filled().await;
        council.site.has_board(council.id).await;
        let (mut office, mut leader) = (council.enters("van.phong").await, council.enters("thuong.truc").await);
        turns_to(&mut office, "Chốt danh sách").await;
        office.types("Số, ký hiệu văn bản quyết định", "31/NQ-HĐND").await;
        office.types("Ngày của văn bản", "5/12/2023").await;
        office.presses("Gửi đề xuất").await;
        office.sees("Người đề xuất không tự xác nhận được").await;
        confirms(&mut leader, "Chốt danh sách").await;

        turns_to(&mut office, "Ban kiểm phiếu").await;
        office.chooses("Trưởng ban", "Bùi Thị A").await;
        office.chooses("Thư ký", "Phan Văn H").await;
        for member in ["Vũ Thị P", "Lý Văn X", "Đặng Thị E", "Đinh Văn N", "Hoàng Thị U"] {
            office.ticks(member).await;
        }
        office.presses("Lưu dự kiến").await;
        office.sees("7 thành viên").await;
        for (member, account) in [
            ("Bùi Thị A, Trưởng ban", "Trưởng Ban Kiểm (truong.ban)"),
            ("Phan Văn H, Thư ký", "Kiểm Phiếu An (kp.an)"),
            ("Vũ Thị P, Ủy viên", "Kiểm Phiếu Bình (kp.binh)"),
        ] {
            office.chooses(member, account).await;
        }
        office.presses("Chỉ lưu tài khoản").await;
        office.sees("Kiểm Phiếu Bình (kp.binh)").await;
        office.types("Số, ký hiệu văn bản quyết định", "32/NQ-HĐND").await;
        office.types("Ngày của văn bản", "5/12/2023").await;
        office.presses("Gửi đề xuất").await;
        confirms(&mut leader, "Lập Ban kiểm phiếu").await;

        turns_to(&mut office, "Chốt mẫu phiếu").await;
        office.sees("Tệp dưới đây chính là tệp sẽ chốt").await;
        office.presses("Gửi đề xuất").await;
        confirms(&mut leader, "Chốt mẫu phiếu").await;
        leader.presses(SITTING).await;
        leader.sees("mẫu phiếu đã chốt").await;
        leader.presses("mẫu phiếu và điểm chốt").await;
        let groups = "return document.querySelectorAll('ol.root li').length;";
        assert_eq!(leader.runs(groups).await, 16, "the root, to be kept on paper");
        turns_to(&mut office, "Hội đồng và kỳ họp").await;
        office.sees("không sửa được nữa").await;
        for person in [office, leader] {
            person.closes().await;
        }
    });
}
