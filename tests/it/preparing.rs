//! A vote as an office prepares it: begun, planned, and what stands in its way.

use app::preparing::{TypedBoard, TypedDecision};
use app::service::app::Ask;
use app::trail::verify_db::database;
use axum::http::StatusCode;
use domain::audit::Digest;
use domain::council::CouncilKind;
use domain::id::{CouncilId, OfficialId, PollId};
use domain::role::Role;
use store::roster;

use crate::paper_text::words;
use crate::site::{Answer, Engine, Site, Visitor, log_of, on_both, retold, sample_board, somebody_in};
use crate::store_verify::{failure, keys, without_triggers};

const PLAN: [(&str, &str); 12] = [
    ("kind", "rating"),
    ("ruleset", "NQ96-2023-QH15"),
    ("legislature", "XVIII"),
    ("term_from", "2021-06-24"),
    ("term_to", "31/3/2026"),
    ("sitting", "Kỳ họp <b>thứ 17</b>"),
    ("opens_on", "2023-12-05"),
    ("votes_on", "07/12/2023"),
    ("delegates", "60"),
    ("place", "Mẫu"),
    ("chair", "Nguyễn Văn A"),
    ("secretary", "Ngô Văn D"),
];

/// The fields of a plan, with some of them typed otherwise.
fn plan_with<'a>(others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let other = |field: &str| others.iter().find(|(name, _)| *name == field).map(|(_, value)| *value);
    PLAN.iter().map(|&(field, value)| (field, other(field).unwrap_or(value))).collect()
}

#[test]
fn a_poll_begins_with_its_plan_once_and_the_plan_is_changed_by_one_at_a_time() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "van.phong", "Lê Văn Phòng", Role::Clerk).await;
        site.has_account(council, "thuong.truc", "Trần Thường Trực", Role::Leader).await;
        let mut clerk = site.signed_in("mau", "van.phong").await;
        let empty = clerk.opens("/ky").await;
        assert!(empty.text(".empty").starts_with("Chưa có đợt lấy phiếu nào."));
        clerk.opens("/ky/moi").await;
        let wrong = clerk
            .submits("/ky/moi", &plan_with(&[("votes_on", "2023-12-04"), ("chair", ""), ("delegates", "x")]))
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.html);
        assert_eq!(wrong.all("#problems li").len(), 3, "{}", wrong.html);
        assert_eq!(wrong.text("#votes_on-error"), "Ngày bỏ phiếu không được trước ngày khai mạc.");
        let begun = clerk.submits("/ky/moi", &plan_with(&[])).await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.html);
        assert!(begun.text("h1").starts_with("Kỳ họp <b>thứ 17</b>"), "shown as it was typed");
        let poll = begun.path.split('?').next().expect("path").to_owned();
        let kinds: Vec<String> = log_of(&site, council).await.into_iter().map(|(kind, _)| kind).collect();
        assert!(kinds.ends_with(&["poll.begun".to_owned(), "records.revised".to_owned()]), "{kinds:?}");

        // Filled in from the last one, apart from what is new each time.
        let next = clerk.opens("/ky/moi").await;
        assert!(next.html.contains("value=\"XVIII\"") && !next.html.contains("value=\"07/12/2023\""));

        let edit = format!("{poll}/ky-hop");
        let mut other = site.signed_in("mau", "van.phong").await;
        clerk.opens(&edit).await;
        other.opens(&edit).await;
        let saved = clerk.submits(&edit, &plan_with(&[("delegates", "59")])).await;
        assert_eq!((saved.status, saved.text(".notice").as_str()), (StatusCode::OK, "Đã lưu."));
        let late = other.submits(&edit, &plan_with(&[("delegates", "58")])).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.html);
        assert_eq!(late.all("#conflict tbody td"), ["59", "58"]);
        let mut leader = site.signed_in("mau", "thuong.truc").await;
        let read = leader.opens(&edit).await;
        assert!(read.all("main form").is_empty() && read.html.contains("<dd>59</dd>"), "{}", read.html);
    });
}

/// Two clerks of the same desk, and who confirms.
struct Office {
    site: Site,
    council: CouncilId,
    clerk: Visitor,
    leader: Visitor,
    poll: PollId,
    path: String,
}

impl Office {
    async fn on(engine: Engine) -> Self {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "van.phong", "Lê Văn Phòng", Role::Clerk).await;
        site.has_account(council, "thuong.truc", "Trần Thường Trực", Role::Leader).await;
        let poll = site.has_poll(council).await;
        let clerk = site.signed_in("mau", "van.phong").await;
        let leader = site.signed_in("mau", "thuong.truc").await;
        Self { site, council, clerk, leader, poll, path: format!("/ky/{poll}") }
    }

    /// Sends the form of a page that proposes something; the page of the proposal.
    async fn proposes(&mut self, page: &str, fields: &[(&str, &str)]) -> Answer {
        let path = format!("{}{page}", self.path);
        self.clerk.opens(path.strip_suffix("/lap").unwrap_or(&path)).await;
        self.clerk.submits(&path, fields).await
    }

    /// The leader opens a proposal and confirms it.
    async fn confirms(&mut self, proposal: &Answer) -> Answer {
        let path = proposal.path.split('?').next().expect("path").to_owned();
        self.leader.opens(&path).await;
        self.leader.submits(&format!("{path}/xac-nhan"), &[]).await
    }

    fn states(page: &Answer) -> Vec<String> {
        page.all(".tasks h3 .tag")
    }
}

const DECISION: [(&str, &str); 2] = [("number", "31/NQ-HĐND"), ("day", "05/12/2023")];

#[test]
fn two_people_bring_a_vote_from_its_first_day_to_its_sealed_forms() {
    on_both(|engine| async move {
        let mut office = Office::on(engine).await;
        let empty = office.clerk.opens(&format!("{}/danh-sach", office.path)).await;
        assert!(empty.text(".empty").starts_with("Chưa có ai thuộc diện.") && empty.all("main form").is_empty());
        one_person_decides_nothing(&office, Err("Danh sách không có ai")).await;
        let (officials, delegates) = office.site.has_sample_roster(office.council).await;
        let path = office.path.clone();
        let tasks = office.clerk.opens(&path).await;
        assert_eq!(tasks.all(".tasks h3").len(), 9, "{}", tasks.html);
        assert_eq!(Office::states(&tasks)[..3], ["xong", "xong", "xong"], "sitting, roster, eligibility");

        // A verdict against the rules: the reason is required, and another person confirms.
        let verdict = format!("/doi-tuong/{}", officials[1]);
        let wrong = office.proposes(&verdict, &[("verdict", "exempt"), ("reason", " ")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let reason = "Đang đi học dài hạn theo Quyết định 12/QĐ-MẪU";
        let proposed = office.proposes(&verdict, &[("verdict", "exempt"), ("reason", reason)]).await;
        assert!(proposed.text("main").contains(reason), "{}", proposed.html);
        let own = format!("{}/xac-nhan", proposed.path.split('?').next().expect("path"));
        let own = office.clerk.submits(&own, &[]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "a clerk confirms nothing");
        let confirmed = office.confirms(&proposed).await;
        assert_eq!(confirmed.text(".notice"), "Đã xác nhận; việc này đã có hiệu lực.");
        let list = office.clerk.opens(&format!("{path}/danh-sach/danh-sach.pdf")).await;
        let printed = words(&list.bytes);
        for part in [reason, "Lê Văn Phòng; Trần Thường Trực", "C. Trường hợp quyết định khác bộ quy tắc (1 người)"]
        {
            assert!(printed.contains(part), "{part} in {printed}");
        }

        // The roster changes after the list is proposed: what was seen is not what would be done.
        let wrong = office.proposes("/danh-sach", &[("number", ""), ("day", "hôm nay")]).await;
        assert_eq!(wrong.all("#problems li").len(), 2, "{}", wrong.html);
        let outdated = office.proposes("/danh-sach", &DECISION).await;
        let (id, title) = (officials[2], "Phó Chủ tịch Hội đồng nhân dân tỉnh Mẫu");
        retitle(&office, id, title).await;
        let proposal = outdated.path.split('?').next().expect("path").to_owned();
        let refused = office.leader.opens(&proposal).await;
        assert!(refused.html.contains("Dữ liệu đã thay đổi"), "{}", refused.html);
        assert!(!refused.html.contains(&format!("{proposal}/xac-nhan")), "there is nothing to confirm");
        office.clerk.opens(&proposal).await;
        let withdrawn = office.clerk.submits(&format!("{proposal}/rut"), &[]).await;
        assert_eq!(withdrawn.text(".notice"), "Đã rút đề xuất.");
        let again = office.proposes("/danh-sach", &DECISION).await;
        let refused = format!("{}/khong-chap-nhan", again.path.split('?').next().expect("path"));
        office.leader.opens(again.path.split('?').next().expect("path")).await;
        let without = office.leader.submits(&refused, &[("note", "")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", without.html);
        let with = office.leader.submits(&refused, &[("note", "Sai số văn bản")]).await;
        assert!(with.text("main").contains("Sai số văn bản"));
        one_person_decides_nothing(&office, Ok(())).await;
        let third = office.proposes("/danh-sach", &DECISION).await;
        office.confirms(&third).await;

        board_and_forms(&mut office, &sample_board(&delegates)).await;
        let report = database(&office.site.database.target(), Some(&keys())).await.expect("database");
        report.unwrap_or_else(|wrong| panic!("{wrong}"));
        let tampered = "UPDATE proposals SET note = note, content = replace(content, '31/NQ', '32/NQ') \
                        WHERE council_id = :council AND kind = 'list_decided'";
        without_triggers(&office.site, office.council, tampered).await;
        let found = failure(&office.site).await;
        assert!(found.cause.to_string().contains("cột content khác nhật ký"), "{found}");
    });
}

/// A leader proposes the list and tries to confirm it alone, then takes it back.
async fn one_person_decides_nothing(office: &Office, expected: Result<(), &str>) {
    let leader = somebody_in(office.council, Role::Leader, office.site.clock.now());
    let ask = || Ask { caller: &leader, request: office.site.app.new_request().expect("request") };
    let decision = TypedDecision { number: "31/NQ-HĐND".into(), day: "2023-12-05".into() };
    let proposed = office.site.app.propose_list(ask(), office.poll, &decision).await;
    let id = match (proposed, expected) {
        (Err(problem), Err(words)) => return assert!(problem.to_string().starts_with(words), "{problem}"),
        (proposed, _) => proposed.expect("proposed"),
    };
    let own = office.site.app.confirm(ask(), office.poll, id).await.expect_err("one's own");
    assert!(own.to_string().starts_with("Người đề xuất không tự xác nhận được"), "{own}");
    office.site.app.withdraw(ask(), office.poll, id).await.expect("withdrawn");
}

/// Gives an official of the roster another post.
async fn retitle(office: &Office, id: OfficialId, title: &str) {
    let mut tx = office.site.store.read(office.council).await.expect("read");
    let mut kept = roster::official(&mut tx, id).await.expect("read").expect("official");
    drop(tx);
    kept.version += 1;
    kept.value.official.posts.truncate(1);
    title.clone_into(&mut kept.value.official.posts[0].title);
    retold(&office.site, office.council, kept).await;
}

/// Nobody is appointed before three members have accounts.
async fn bind(office: &mut Office, board: &TypedBoard) {
    office.clerk.opens(&format!("{}/ban-kiem-phieu", office.path)).await;
    let refused = office.clerk.submits(&format!("{}/ban-kiem-phieu/lap", office.path), &DECISION).await;
    assert!(refused.html.contains("Cần ít nhất 3 người"), "{}", refused.html);
    office.site.has_board(office.council).await;
    let mut accounts = vec![String::new(); board.members.len() + 2];
    for (seat, login) in [(0, "truong.ban"), (2, "kp.an"), (3, "kp.binh")] {
        accounts[seat] = office.site.account(office.council, login).await.to_string();
    }
    let fields: Vec<(&str, &str)> = accounts.iter().map(|account| ("account", account.as_str())).collect();
    office.clerk.opens(&format!("{}/ban-kiem-phieu", office.path)).await;
    let bound = office.clerk.submits(&format!("{}/ban-kiem-phieu/tai-khoan", office.path), &fields).await;
    assert_eq!(bound.text(".notice"), "Đã lưu.", "{}", bound.html);
}

async fn board_and_forms(office: &mut Office, board: &TypedBoard) {
    let path = office.path.clone();
    let few = [("head", board.head.as_str()), ("secretary", board.secretary.as_str())];
    let drafted = office.proposes("/ban-kiem-phieu", &few).await;
    assert!(drafted.text(".findings").contains("ít hơn 7 người"), "{}", drafted.html);
    let members = board.members.iter().map(|id| ("members", id.as_str()));
    let whole: Vec<_> = few.into_iter().chain(members).collect();
    let drafted = office.proposes("/ban-kiem-phieu", &whole).await;
    assert_eq!(drafted.text(".notice"), "Đã lưu.");
    let unsealed = office.clerk.opens(&format!("{path}/phieu-thu")).await;
    assert!(unsealed.text(".empty").contains("chốt mẫu phiếu"), "{}", unsealed.html);
    let early = office.clerk.opens(&format!("{path}/mau-phieu")).await;
    assert!(early.text(".warning").starts_with("Cần lập Ban kiểm phiếu"), "{}", early.html);
    assert!(early.all("main form").is_empty());
    bind(office, board).await;
    let proposed = office.proposes("/ban-kiem-phieu/lap", &DECISION).await;
    assert!(proposed.html.contains("Trưởng Ban Kiểm (truong.ban)"), "{}", proposed.html);
    office.confirms(&proposed).await;

    let page = office.clerk.opens(&format!("{path}/mau-phieu")).await;
    let hashes = page.all("table .hash");
    let files: Vec<String> = page.all("tbody th a").iter().map(|name| name.replace(" (PDF)", ".pdf")).collect();
    assert!(!files.is_empty() && files.len() == hashes.len(), "{}", page.html);
    let before = office.clerk.opens(&format!("{path}/mau-phieu/{}", files[0])).await;
    assert_eq!(before.headers["content-type"], "application/pdf");
    assert_eq!(Digest::of(&before.bytes).to_string(), hashes[0]);
    let proposed = office.proposes("/mau-phieu", &[]).await;
    assert_eq!(proposed.all("table .hash"), hashes, "the second person sees the same hashes");
    let sealed = office.confirms(&proposed).await;
    assert_eq!(sealed.text(".notice"), "Đã xác nhận; việc này đã có hiệu lực.");

    // Whatever becomes of the roster, the sealed form stays to the byte.
    let mut tx = office.site.store.read(office.council).await.expect("read");
    let first = roster::officials(&mut tx).await.expect("officials")[0].id;
    drop(tx);
    retitle(office, first, "Chức vụ ghi về sau").await;
    let after = office.clerk.opens(&format!("{path}/mau-phieu/{}", files[0])).await;
    assert_eq!(after.bytes, before.bytes);
    let page = office.clerk.opens(&format!("{path}/mau-phieu")).await;
    assert_eq!((page.all(".root li").len(), page.all("table .hash")), (16, hashes));
    let note = office.clerk.opens(&format!("{path}/mau-phieu/diem-chot.txt")).await;
    assert!(note.html.starts_with("tinnhiem/mau/2023-12-07/"), "{}", note.html);
    papers_of_the_day(office, files[0].trim_end_matches(".pdf")).await;
    let tasks = office.clerk.opens(&path).await;
    assert_eq!(Office::states(&tasks).last().map(String::as_str), Some("xong"));
    let plan = office.clerk.opens(&format!("{path}/ky-hop")).await;
    assert!(plan.all("main form").is_empty(), "nothing is changed any more");
}

/// The page of the test deck says how each of its papers is keyed; sheets are printed for a batch.
async fn papers_of_the_day(office: &mut Office, form: &str) {
    let path = office.path.clone();
    let page = office.clerk.opens(&format!("{path}/phieu-thu")).await;
    let keyed = page.all("section:first-of-type tbody code");
    assert!((8..=12).contains(&keyed.len()), "{keyed:?}");
    assert!(["-1", "-2", "-3"].iter().all(|keys| keyed.contains(&(*keys).to_owned())), "{keyed:?}");
    assert_eq!(
        keyed.iter().collect::<std::collections::BTreeSet<_>>().len(),
        keyed.len(),
        "no two papers are keyed alike"
    );
    let deck = office.clerk.opens(&format!("{path}/phieu-thu/{form}.pdf")).await;
    let printed = words(&deck.bytes);
    assert!(printed.contains("PHIẾU THỬ"), "{printed}");
    let papers = printed.matches("PHIẾU THỬ số ").count();
    assert!(page.text("section:first-of-type .button").contains(&format!("{papers} phiếu")), "{}", page.html);
    let sheet = format!("{path}/phieu-dem-tay/{form}.pdf");
    let tally = words(&office.clerk.opens(&format!("{sheet}?tap=3&so=24")).await.bytes);
    assert!(tally.contains("tập số 3") && tally.contains("Số phiếu trong tập: 24"), "{tally}");
    for wrong in ["tap=0&so=25", "tap=1&so=9", "tap=1&so=51", "tap=một"] {
        let refused = office.clerk.opens(&format!("{sheet}?{wrong}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.text("main").contains("từ 10 đến 50 phiếu"), "{}", refused.html);
    }
    assert_eq!(office.clerk.opens(&format!("{path}/phieu-thu/F9-000000.pdf")).await.status, StatusCode::NOT_FOUND);
}

#[test]
fn deadlines_are_marked_opened_again_printed_and_taken_into_a_calendar() {
    on_both(|engine| async move {
        let mut office = Office::on(engine).await;
        let path = format!("{}/thoi-han", office.path);
        let page = office.clerk.opens(&path).await;
        assert_eq!(page.all("table:not(.month) tbody tr").len(), 8, "{}", page.html);
        assert!(page.all("caption").contains(&"Tháng 12/2023".to_owned()));
        assert!(!page.html.contains("chưa kiểm chứng"), "the office attested every deadline");
        let one = format!("{path}/person_report");
        office.clerk.opens(&one).await;
        let future = office.clerk.submits(&one, &[("done_on", "2030-01-01"), ("note", "")]).await;
        assert_eq!(future.text("#done_on-error"), "Ngày hoàn thành không được sau hôm nay.");
        let before = office.clerk.opens(&format!("{path}/thoi-han.ics")).await;
        office.clerk.opens(&one).await;
        let marked = office.clerk.submits(&one, &[("done_on", "3/11/2023"), ("note", "12/BC; <b>đủ</b>")]).await;
        assert!(marked.text("main").contains("đã xong ngày 03/11/2023"), "{}", marked.html);
        assert_eq!(marked.text("td[data-label='Tình trạng'] small"), "12/BC; <b>đủ</b>");
        let paper = office.clerk.opens(&format!("{path}/thoi-han.pdf")).await;
        assert!(words(&paper.bytes).contains("đã xong ngày 03/11/2023"));
        let calendar = office.clerk.opens(&format!("{path}/thoi-han.ics")).await;
        assert_eq!(calendar.headers["content-type"], "text/calendar; charset=utf-8");
        let count = |text: &str, line: &str| text.split("\r\n").filter(|l| *l == line).count();
        assert_eq!((count(&calendar.html, "BEGIN:VEVENT"), count(&calendar.html, "END:VALARM")), (8, 8));
        assert!(calendar.html.split("\r\n").all(|line| line.len() <= 75), "{}", calendar.html);
        assert_ne!(calendar.bytes, before.bytes);
        assert_eq!(office.clerk.opens(&format!("{path}/thoi-han.ics")).await.bytes, calendar.bytes, "no now in it");

        // Opened again; and of two who write, the second is told.
        let mut other = office.site.signed_in("mau", "van.phong").await;
        other.opens(&one).await;
        office.clerk.opens(&one).await;
        let open = office.clerk.submits(&one, &[("done_on", ""), ("note", "")]).await;
        assert!(!open.text("main").contains("đã xong"), "{}", open.html);
        let late = other.submits(&one, &[("done_on", "4/11/2023"), ("note", "của tôi")]).await;
        assert_eq!((late.status, late.all("#conflict td")[0].as_str()), (StatusCode::CONFLICT, "chưa xong"));
        let leader = office.leader.opens(&one).await;
        assert!(leader.all("main form").is_empty(), "a leader reads");
    });
}

#[test]
fn a_commune_a_party_committee_and_the_assembly_prepare_in_their_own_words() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let operator = site.actor_of_operator().await;
        for (slug, kind, rules) in [
            ("xa", CouncilKind::CommuneCouncil, "NQ96-2023-QH15"),
            ("dang", CouncilKind::PartyCommittee, "QD96-TW-2023"),
            ("quoc-hoi", CouncilKind::NationalAssembly, "NQ96-2023-QH15"),
        ] {
            let council = site.found_of(&operator, slug, "Cơ quan Mẫu", kind).await;
            site.has_account(council, "van.phong", "Lê Văn Phòng", Role::Clerk).await;
            site.has_sample_roster(council).await;
            let mut clerk = site.signed_in(slug, "van.phong").await;
            let new = clerk.opens("/ky/moi").await;
            let offered = new.all("#ruleset option");
            let is_party = kind == CouncilKind::PartyCommittee;
            assert_eq!(offered.iter().all(|text| text.starts_with("Quy định")), is_party, "{offered:?}");
            assert_eq!(new.all("#basis").len(), usize::from(kind == CouncilKind::CommuneCouncil), "{slug}");
            let plan = plan_with(&[("ruleset", rules)]);
            let begun = clerk.submits("/ky/moi", &plan).await;
            assert_eq!(begun.status, StatusCode::OK, "{slug}: {}", begun.html);
            let poll = begun.path.split('?').next().expect("path").to_owned();
            for page in ["", "/ky-hop", "/doi-tuong", "/thoi-han", "/danh-sach", "/ban-kiem-phieu", "/mau-phieu"] {
                let answer = clerk.opens(&format!("{poll}{page}")).await;
                assert_eq!(answer.status, StatusCode::OK, "{slug}{page}: {}", answer.html);
            }
            if kind == CouncilKind::CommuneCouncil {
                let verdicts = clerk.opens(&format!("{poll}/doi-tuong")).await;
                assert!(verdicts.text(".lead").starts_with("0 người thuộc diện"), "off until a basis is stated");
                let edit = format!("{poll}/ky-hop");
                clerk.opens(&edit).await;
                let based: Vec<_> = plan.iter().copied().chain([("basis", "Nghị quyết số 1/2028/QH16")]).collect();
                clerk.submits(&edit, &based).await;
                let verdicts = clerk.opens(&format!("{poll}/doi-tuong")).await;
                assert!(!verdicts.text(".lead").starts_with("0 người thuộc diện"), "{}", verdicts.html);
            }
        }
    });
}
