//! From a blank installation to a published result by six people at their browsers: how many pages and forms that takes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::Response;
use domain::poll::PollKind;
use domain::proposal::ProposalKind;
use domain::test_deck::{TestDeck, keys};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Browser, DESKTOP, in_browser, workbook};
use crate::site::{Engine, PDF, Site, day_rules};

/// What people choose themselves.
const CHOSEN: &str = "đò ngang bến cũ sông dài";
const COUNCIL: &str = "Hội đồng nhân dân tỉnh Mẫu";
/// Two of the council and one of the people's committee: two forms.
const OFFICIALS: [usize; 3] = [1, 2, 8];
const PEOPLE: [(&str, &str, &str); 5] = [
    ("Lê Văn Phòng", "van.phong", "Văn phòng"),
    ("Phạm Thường Trực", "thuong.truc", "Thường trực"),
    ("Bùi Thị A", "truong.ban", "Trưởng Ban kiểm phiếu"),
    ("Phan Văn H", "kp.an", "Thành viên Ban kiểm phiếu"),
    ("Vũ Thị P", "kp.binh", "Thành viên Ban kiểm phiếu"),
];

/// Pages that were loaded and forms that were sent, step by step.
#[derive(Clone, Default)]
struct Counter(Arc<Mutex<BTreeMap<String, (u32, u32)>>>, Arc<Mutex<String>>);

impl Counter {
    fn begins(&self, step: &str) {
        *self.1.lock().expect("step") = step.to_owned();
    }

    fn counts(&self, page: u32, form: u32) {
        let step = self.1.lock().expect("step").clone();
        let mut steps = self.0.lock().expect("steps");
        let counted = steps.entry(step).or_default();
        *counted = (counted.0 + page, counted.1 + form);
    }

    /// Pages and forms of the whole walk; each step is printed.
    fn total(&self) -> (u32, u32) {
        let steps = self.0.lock().expect("steps");
        for (step, (pages, forms)) in steps.iter() {
            eprintln!("{pages:4} pages {forms:3} forms: {step}");
        }
        steps.values().fold((0, 0), |(pages, forms), step| (pages + step.0, forms + step.1))
    }
}

/// A page is an answer that a browser shows in place of the one before it; a form is what it sends for one.
async fn count(State(counter): State<Counter>, request: Request, next: Next) -> Response {
    let is_page = request.headers().get("sec-fetch-dest").is_some_and(|to| to == "document");
    let is_form = request.method() == Method::POST;
    let answer = next.run(request).await;
    let is_html = answer.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        counter.counts(u32::from(is_html), u32::from(is_form));
    }
    answer
}

struct Walk {
    site: Site,
    address: String,
    counter: Counter,
    desk: TempDir,
}

impl Walk {
    async fn on(engine: Engine) -> Self {
        let site = Site::empty(engine).await;
        let day: Timestamp = "2023-12-07T01:00:00Z".parse().expect("time");
        site.clock.advance(day.duration_since(site.clock.now()));
        let counter = Counter::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let address = format!("http://{}", listener.local_addr().expect("address"));
        let router = site.router().layer(middleware::from_fn_with_state(counter.clone(), count));
        let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { site, address, counter, desk: tempfile::tempdir().expect("desk") }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.desk.path().join(name)
    }

    /// Somebody with a first password on paper, who chooses their own.
    async fn comes(&self, login: &str, password: &str) -> Browser {
        let mut browser = Browser::at(&self.address, DESKTOP).await;
        browser.opens("/dang-nhap?lan=dau").await;
        browser.chooses("Cơ quan", COUNCIL).await;
        browser.types("Tên đăng nhập", login).await;
        browser.types("Mật khẩu lần đầu", password).await;
        browser.types("Mật khẩu riêng", CHOSEN).await;
        browser.types("Gõ lại mật khẩu riêng", CHOSEN).await;
        browser.presses("Đăng nhập").await;
        browser.sees("Chào").await;
        browser
    }

    async fn sets_up(&self) -> Browser {
        self.counter.begins("01 set-up");
        let mut operator = Browser::at(&self.address, DESKTOP).await;
        let link = self.site.app.set_up_link().await.expect("link").expect("not set up");
        operator.opens(&link).await;
        for (label, text) in [
            ("Họ tên", "Vũ Kỹ Thuật"),
            ("Tên đăng nhập", "he.thong"),
            ("Mật khẩu", CHOSEN),
            ("Gõ lại mật khẩu", CHOSEN),
            ("Tên hội đồng", COUNCIL),
            ("Mã trong địa chỉ", "mau"),
            ("Họ tên người quản trị tài khoản", "Nguyễn Thị Quản Trị"),
            ("Tên đăng nhập của người đó", "quan.tri"),
            ("Mật khẩu đầu tiên của người đó", "mot mat khau dau tien"),
            ("Gõ lại mật khẩu đó", "mot mat khau dau tien"),
        ] {
            operator.types(label, text).await;
        }
        operator.chooses("Loại cơ quan", "HĐND cấp tỉnh").await;
        operator.presses("Cài đặt").await;
        operator.sees("Chào Vũ Kỹ Thuật").await;
        operator
    }
}

async fn walked(engine: Engine) {
    let walk = Walk::on(engine).await;
    walk.sets_up().await.closes().await;
    walk.counter.begins("02 accounts");
    let mut admin = walk.comes("quan.tri", "mot mat khau dau tien").await;
    admin.opens("/tai-khoan/nhieu").await;
    let list = PEOPLE.map(|(name, login, role)| format!("{name}; {login}; {role}")).join("\n");
    admin.types("Danh sách", &list).await;
    admin.presses("Mở luôn nếu không có gì phải xem lại").await;
    admin.sees("Đã in hoặc ghi lại, về danh sách").await;
    let shown = admin.runs("return [...document.querySelectorAll('.slip dd.code')].map(d => d.innerText);").await;
    let shown: Vec<String> = serde_json::from_value(shown).expect("texts");
    let passwords: BTreeMap<&str, &str> = shown.chunks(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
    admin.closes().await;
    walk.counter.begins("03 office and chair sign in");
    let mut people = Vec::new();
    for (_, login, _) in &PEOPLE[..2] {
        people.push(walk.comes(login, passwords[login]).await);
    }
    let [mut clerk, mut leader] = <[Browser; 2]>::try_from(people).ok().expect("two");

    walk.counter.begins("04 rules");
    let proof = walk.file("cong-bao.pdf");
    std::fs::write(&proof, PDF).expect("file");
    clerk.presses("Quy định áp dụng").await;
    clerk.follows("button[name=chon]").await;
    clerk.ticks("Đã đối chiếu").await;
    clerk.types("Văn bản", "Công báo số 823 + 824 ngày 15/7/2023").await;
    clerk.types("Trang", "5").await;
    clerk.types("Người đối chiếu", "Lê Pháp Chế").await;
    clerk.types("Ngày đối chiếu", "01/11/2023").await;
    clerk.uploads("Tệp văn bản đã đối chiếu", &proof).await;
    clerk.presses("Gửi đề xuất").await;
    clerk.sees("Chờ").await;
    leader.presses("Quy định áp dụng").await;
    leader.follows("main ul a[href^='/quy-dinh/de-xuat']").await;
    leader.presses("Xác nhận").await;
    leader.sees("xác nhận").await;

    walk.counter.begins("05 vote begun");
    clerk.presses("Đợt lấy phiếu").await;
    clerk.presses("Lập đợt lấy phiếu").await;
    clerk.ticks("Cuộc thật").await;
    clerk.ticks("Lấy phiếu tín nhiệm").await;
    for (label, text) in [
        ("Khóa", "XVIII"),
        ("Nhiệm kỳ từ ngày", "24/06/2021"),
        ("Nhiệm kỳ đến ngày", "31/03/2026"),
        ("Tên kỳ họp", "Kỳ họp thứ 17"),
        ("Ngày khai mạc", "05/12/2023"),
        ("Ngày bỏ phiếu", "07/12/2023"),
        ("Tổng số đại biểu", "60"),
        ("Địa danh", "Mẫu"),
        ("Chủ tọa", "Nguyễn Văn A"),
        ("Thư ký", "Ngô Văn D"),
    ] {
        clerk.types(label, text).await;
    }
    clerk.presses("Lập đợt lấy phiếu").await;
    clerk.sees("Các việc cần chuẩn bị").await;

    walk.counter.begins("06 workbook");
    let file = walk.file("so lieu ky 17.xlsx");
    workbook::write(&file, &OFFICIALS, "24/06/2021");
    clerk.presses("Nhập từ Excel (bảng tính)").await;
    clerk.uploads("Tệp bảng tính", &file).await;
    clerk.presses("Đọc tệp và xem trước").await;
    clerk.sees("Những gì sẽ ghi").await;
    clerk.presses("Ghi vào danh sách").await;
    clerk.sees("Đã ghi bảng tính vào danh sách.").await;
    clerk.presses("Chuẩn bị tiếp: Kỳ họp thứ 17").await;
    walk.counter.begins("07 list");
    clerk.presses("Chốt danh sách").await;
    clerk.types("Số, ký hiệu văn bản quyết định", "31/NQ-HĐND").await;
    clerk.types("Ngày của văn bản", "5/12/2023").await;
    clerk.presses("Gửi đề xuất").await;
    clerk.sees("Người đề xuất không tự xác nhận được").await;
    leader.opens("/").await;
    leader.presses("Xem và quyết định").await;
    confirms(&mut leader, ProposalKind::ListDecided).await;

    walk.counter.begins("08 board");
    clerk.presses_within("//main", "Ban kiểm phiếu").await;
    clerk.types("Số, ký hiệu văn bản quyết định", "32/NQ-HĐND").await;
    clerk.types("Ngày của văn bản", "5/12/2023").await;
    clerk.presses("Gửi đề xuất").await;
    clerk.sees("Phan Văn H (kp.an)").await;
    confirms(&mut leader, ProposalKind::BoardAppointed).await;

    walk.counter.begins("09 forms");
    clerk.presses_within("//main", "Chốt mẫu phiếu").await;
    clerk.presses("Gửi đề xuất").await;
    clerk.sees("Người đề xuất không tự xác nhận được").await;
    confirms(&mut leader, ProposalKind::FormsSealed).await;

    walk.counter.begins("10 the board signs in");
    let mut people = Vec::new();
    for (_, login, _) in &PEOPLE[2..] {
        people.push(walk.comes(login, passwords[login]).await);
    }
    let [mut head, mut an, mut binh] = <[Browser; 3]>::try_from(people).ok().expect("three");

    walk.counter.begins("11 deck");
    head.presses("Kiểm phiếu thử").await;
    head.presses("Mở tập phiếu thử của cả 2 mẫu").await;
    head.presses("Mở tập").await;
    head.sees("Đã mở tập").await;
    let deck = |form: &str, lines: usize| {
        let lines = u32::try_from(lines).expect("few");
        let deck = TestDeck::sized(form, PollKind::Rating, lines, &day_rules());
        deck.readings().iter().map(|paper| keys(paper, PollKind::Rating, &deck.reasons)).collect()
    };
    // Their first page draws itself anew.
    an.follows("main .turns li.own a").await;
    binh.follows("main .turns li.own a").await;
    tokio::join!(keys_two(&mut an, &deck), keys_two(&mut binh, &deck));
    head.presses("So phiếu thử với dấu in sẵn").await;
    head.presses("Ghi kết quả của cả 2 mẫu").await;
    head.sees("Đạt:").await;

    walk.counter.begins("12 zero report");
    head.presses("Tiếp theo: xác nhận số liệu bằng 0").await;
    head.presses("Lập biên bản").await;
    head.sees("mọi số liệu bằng 0").await;

    walk.counter.begins("13 opening");
    head.follows("main .turns li.own a").await;
    head.types("Số đại biểu có mặt", "48").await;
    head.presses("Gửi đề xuất").await;
    head.sees("Người đề xuất không tự xác nhận được").await;
    confirms(&mut leader, ProposalKind::VotingOpened).await;

    walk.counter.begins("14 ballots");
    head.follows("main .turns li.own a").await;
    head.types("Đã in", "60").await;
    head.types("Phát ra", "33").await;
    head.presses("Ghi số phiếu phát ra").await;
    for _ in 0..2 {
        for (label, figure) in [("Đổi", "0"), ("Chưa dùng", "27"), ("Thu về", "33"), ("Không thu về", "0")] {
            head.types(label, figure).await;
        }
        head.presses("Ghi số phiếu thu về").await;
        head.sees("Đã lưu").await;
    }

    walk.counter.begins("15 batches");
    head.follows("main .turns li.own a").await;
    head.sees("Chưa vào tập").await;
    head.follows("main a[href*='mo-tap']").await;
    head.types("Số phiếu trong tập", "33").await;
    head.presses("Mở tập này, rồi mở tập tiếp theo").await;
    head.sees("Đã mở tập").await;
    head.types("Số phiếu trong tập", "33").await;
    head.presses("Mở tập").await;
    head.sees("Tập trên bàn").await;
    let ballots = |_: &str, lines: usize| vec!["1".repeat(lines); 33];
    // The page on which the tellers waited has led them to the batch.
    tokio::join!(keys_two(&mut an, &ballots), keys_two(&mut binh, &ballots));

    walk.counter.begins("16 closing");
    head.presses("đóng kiểm phiếu").await;
    head.presses("Gửi đề xuất").await;
    head.sees("Người đề xuất không tự xác nhận được").await;
    confirms(&mut leader, ProposalKind::CountingClosed).await;

    walk.counter.begins("17 result");
    head.follows("main .turns li.own a").await;
    head.presses("Gửi đề xuất").await;
    head.sees("Người đề xuất không tự xác nhận được").await;
    confirms(&mut leader, ProposalKind::ResultDeclared).await;

    walk.counter.begins("18 minutes");
    head.follows("main .turns li.own a").await;
    head.presses("Trình biên bản").await;
    head.sees("SHA-256 của bản đã trình").await;
    leader.follows("main .turns li.own a").await;
    for teller in ["Bùi Thị A", "Phan Văn H", "Vũ Thị P", "Lý Văn X", "Đặng Thị E", "Đinh Văn N", "Hoàng Thị U"]
    {
        leader.ticks(teller).await;
    }
    leader.presses("Xem lại trước khi ghi").await;
    leader.presses("Xác nhận đã ký").await;
    leader.sees("Biên bản đã ký và ghi vào nhật ký").await;

    walk.counter.begins("19 resolution");
    clerk.follows("main .turns li.own a").await;
    clerk.types("Số, ký hiệu văn bản quyết định", "52/NQ-HĐND").await;
    clerk.types("Ngày của văn bản", "7/12/2023").await;
    clerk.presses("Gửi đề xuất").await;
    clerk.sees("Người đề xuất không tự xác nhận được").await;
    leader.follows("main .turns li.own a").await;
    confirms(&mut leader, ProposalKind::ResultConfirmed).await;

    walk.counter.begins("20 publication");
    clerk.follows("main .turns li.own a").await;
    clerk.presses("Gửi đề xuất").await;
    clerk.sees("Người đề xuất không tự xác nhận được").await;
    confirms(&mut leader, ProposalKind::ResultPublished).await;
    let (pages, forms) = walk.counter.total();
    eprintln!("{pages} pages, {forms} forms");
    assert!(pages <= 90 && forms <= 40, "{pages} pages, {forms} forms");
    for person in [clerk, leader, head, an, binh] {
        person.closes().await;
    }
}

/// Somebody keys the batch that they opened and, where the page leads, the other form's too.
async fn keys_two(teller: &mut Browser, papers: &impl Fn(&str, usize) -> Vec<String>) {
    for _ in 0..2 {
        teller.sees("Phiếu 1").await;
        let form = teller.path().await.split('/').nth(3).expect("form").to_owned();
        let lines = teller.runs("return document.querySelectorAll('[data-line]').length;").await;
        let lines = usize::try_from(lines.as_u64().expect("number")).expect("few");
        for paper in papers(&form, lines) {
            teller.keys_to_page(&format!("{paper}↵")).await;
        }
        teller.keys_to_page("+").await;
        teller.sees("✓ Đã chốt tập.").await;
        teller.keys_to_page("↵").await;
        teller.waits_for(&format!("return !location.pathname.includes('{form}');")).await;
    }
}

/// The proposal of this kind comes onto the leader's page, which is read and confirmed.
async fn confirms(leader: &mut Browser, kind: ProposalKind) {
    let section = format!("//section[h2[normalize-space() = '{}']]", kind.label());
    leader.presses_within(&section, "Xác nhận").await;
    leader.sees("Đã xác nhận; việc này đã có hiệu lực.").await;
}

#[test]
fn a_vote_is_walked_from_a_blank_installation_to_the_published_result() {
    in_browser(async {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            eprintln!("on {engine:?}:");
            walked(engine).await;
        }
    });
}
