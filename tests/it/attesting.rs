//! An office attests the rules that it goes by: what two people said of each parameter, what a poll is stopped by, and
//! that no paper carries a doubt.

use std::collections::BTreeMap;

use app::attesting::TypedStatement;
use app::attesting::page::Wanted;
use app::service::app::Ask;
use app::trail::BundleKind;
use app::trail::bundle::{self, Options};
use app::trail::verify_db::database;
use axum::http::StatusCode;
use domain::id::{CouncilId, PollId};
use domain::role::Role;
use domain::rules::{DOUBTS, is_doubtful, load};
use store::polls;

use crate::bundle_story::python;
use crate::hall::Hall;
use crate::paper_text::words;
use crate::serve::tinnhiem;
use crate::site::{PDF, Site, Visitor, compared, log_of, on_both, proof, sample_board};
use crate::store_log::past_the_program;
use crate::store_verify::{failure, keys};

const RULES: &str = "NQ96-2023-QH15";

async fn office(site: &Site, council: CouncilId) -> (Visitor, Visitor) {
    for (login, name, role) in [
        ("van.phong", "Đỗ Quỳnh Nữ", Role::Clerk),
        ("lanh.dao", "Phạm Thường Trực", Role::Leader),
        ("kiem.phieu", "Tạ Kiểm Phiếu", Role::Teller),
    ] {
        site.has_account(council, login, name, role).await;
    }
    (site.signed_in("mau", "van.phong").await, site.signed_in("mau", "lanh.dao").await)
}

/// Every file with the ending `.pdf` that these pages lead to.
async fn papers(visitor: &mut Visitor, poll: PollId) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for page in ["giay-to", "danh-sach", "thoi-han", "mau-phieu", "phieu-thu"] {
        let page = visitor.opens(&format!("/ky/{poll}/{page}")).await;
        let links: Vec<String> =
            page.html.split('"').filter(|to| to.starts_with('/') && to.ends_with(".pdf")).map(str::to_owned).collect();
        for link in links {
            let answer = visitor.opens(&link).await;
            if answer.bytes.starts_with(b"%PDF") {
                found.insert(link, answer.bytes);
            }
        }
    }
    found
}

/// The whole way by hand: the clerk filters, says what was compared, the leader sees before and after and confirms; the
/// poll seals and counts, and none of its papers carries a word of doubt.
#[test]
fn a_council_attests_all_that_a_poll_needs_and_no_paper_of_it_carries_a_doubt() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (mut clerk, mut leader) = office(&site, council).await;
        let page = clerk.opens(&format!("/quy-dinh?bo={RULES}&loc=chua")).await;
        let all = page.all("table tbody tr").len();
        assert!(all > 40, "{all}");
        let keys: Vec<String> = page
            .html
            .split("name=\"khoa\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().expect("a key").to_owned())
            .collect();
        assert_eq!(keys.len(), all);
        let query: String = keys.iter().map(|key| format!("&khoa={key}")).collect();
        clerk.opens(&format!("/quy-dinh/ghi-nhan?bo={RULES}{query}")).await;
        let bare = clerk.uploads("/quy-dinh/ghi-nhan", &[("kind", "compared")], "", b"").await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(bare.all(".problems li").len(), 5, "{:?}", bare.all(".problems li"));
        let fields = [
            ("kind", "compared"),
            ("document", "Công báo số 823 + 824 ngày 15/7/2023"),
            ("page", "5"),
            ("read_by", "Lê Pháp Chế"),
            ("read_on", "01/11/2023"),
        ];
        let sent = clerk.uploads("/quy-dinh/ghi-nhan", &fields, "cong-bao.pdf", PDF).await;
        assert!(sent.path.starts_with("/quy-dinh/de-xuat/"), "{}", sent.html);
        let proposal = sent.path.split('?').next().expect("a path").to_owned();
        assert_eq!(sent.all("main form button"), ["Rút đề xuất"], "nobody confirms alone");
        let alone = clerk.submits(&format!("{proposal}/xac-nhan"), &[]).await;
        assert_eq!(alone.status, StatusCode::FORBIDDEN);

        let page = leader.opens(&proposal).await;
        assert_eq!(page.all("table tbody tr").len(), all);
        let text = page.text("main");
        for told in ["Lê Pháp Chế, ngày 01/11/2023", "trang 5", "cong-bao.pdf", "Trước", "Sau", "chưa đối chiếu"]
        {
            assert!(text.contains(told), "{told}: {text}");
        }
        leader.submits(&format!("{proposal}/xac-nhan"), &[]).await;
        let page = clerk.opens(&format!("/quy-dinh?bo={RULES}&loc=chua")).await;
        assert!(page.text(".empty").contains("Mọi tham số đều đã được đối chiếu"), "{}", page.html);
        let kinds: Vec<String> = log_of(&site, council).await.into_iter().map(|(kind, _)| kind).collect();
        assert!(
            kinds.contains(&"rule.proposed".to_owned()) && kinds.contains(&"rule.attested".to_owned()),
            "{kinds:?}"
        );

        let (_, delegates) = site.has_sample_roster(council).await;
        let poll = site.has_poll(council).await;
        site.seals(council, poll, &delegates).await;
        site.has_declared_poll(council, poll).await;
        let minutes = site.signs_minutes(council, poll).await;
        let resolution = site.publishes(council, poll).await;
        are_free_of_doubt(&papers(&mut clerk, poll).await);
        let sheet = clerk.opens(&format!("/quy-dinh/phieu-doi-chieu.pdf?ky={poll}")).await;
        let sheet = words(&sheet.bytes);
        for told in ["PHIẾU ĐỐI CHIẾU QUY ĐỊNH", "Chưa đối chiếu (0 tham số)", "Lê Pháp Chế đối chiếu ngày 01/11/2023"]
        {
            assert!(sheet.contains(told), "{told}: {sheet}");
        }
        in_the_bundle(&site, council, poll, minutes, resolution).await;
        the_command_prints_who_attested(&site);
        a_council_that_did_not_is_stopped(&site).await;

        // A rule text changed in the database stops the poll that froze it.
        let poll_page = format!("/ky/{poll}");
        assert_eq!(clerk.opens(&poll_page).await.status, StatusCode::OK);
        let change = format!(
            "UPDATE polls SET ruleset_text = ruleset_text || ' ' WHERE council_id = :council AND poll_id = '{poll}'"
        );
        assert_eq!(past_the_program(&site.database, council, &change).await, Ok(1));
        let page = clerk.opens(&poll_page).await;
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(page.text("main").contains("không còn đúng bản đã chốt"), "{}", page.html);
        assert!(failure(&site).await.cause.to_string().contains("ruleset_text"));
    });
}

fn are_free_of_doubt(papers: &BTreeMap<String, Vec<u8>>) {
    assert!(papers.len() > 10, "{:?}", papers.keys());
    for (name, pdf) in papers {
        let text = words(pdf);
        assert!(!is_doubtful(&text), "{name}: {:?}: {text}", DOUBTS.iter().find(|word| text.contains(**word)));
    }
}

/// A leader may propose what was read of a rule, and then it is another one who confirms it.
#[test]
fn a_leader_who_proposed_a_statement_does_not_confirm_it() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (_, mut other) = office(&site, council).await;
        let leader = site.somebody(council, Role::Leader);
        let ask = || Ask { caller: &leader, request: site.app.new_request().expect("request") };
        let typed = compared(RULES, vec!["base".into()]);
        let id = site.app.propose_statement(ask(), typed, Some(proof())).await.expect("proposed");
        let alone = site.app.confirm_statement(ask(), id).await.expect_err("one person").to_string();
        assert!(alone.contains("một người khác"), "{alone}");
        let kinds =
            async || -> Vec<String> { log_of(&site, council).await.into_iter().map(|(kind, _)| kind).collect() };
        assert!(!kinds().await.contains(&"rule.attested".to_owned()));
        let path = format!("/quy-dinh/de-xuat/{id}");
        other.opens(&path).await;
        other.submits(&format!("{path}/xac-nhan"), &[]).await;
        assert!(kinds().await.contains(&"rule.attested".to_owned()));
    });
}

/// Nobody read the official text; two people took every parameter as it is, with the reason. What others get says nothing of
/// that: the doubts stand on the office's own sheet.
#[test]
fn what_was_only_accepted_leaves_no_doubt_on_papers_and_on_the_public_page() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (mut clerk, mut leader) = office(&site, council).await;
        let accepted = TypedStatement {
            ruleset: RULES.into(),
            kind: "accepted".into(),
            keys: site.open_parameters(council, RULES).await,
            reason: "Chưa có Công báo; Thường trực chấp nhận".into(),
            ..TypedStatement::default()
        };
        site.states(council, accepted).await;
        let (_, delegates) = site.has_sample_roster(council).await;
        let poll = site.has_unattested_poll(council).await;
        site.seals(council, poll, &delegates).await;
        site.has_published_poll(council, poll).await;
        are_free_of_doubt(&papers(&mut clerk, poll).await);
        leader.opens(&format!("/ky/{poll}/ket-qua")).await;
        leader.submits(&format!("/ky/{poll}/cong-khai"), &[]).await;
        let public = site.visitor().opens(&format!("/cong-bo/mau/{poll}")).await;
        assert_eq!(public.status, StatusCode::OK, "{}", public.html);
        let text = public.text("main");
        assert!(text.contains("Bùi Thị H") && !is_doubtful(&text), "{text}");
    });
}

/// `tinnhiem rules --attested`: parameter by parameter, by whom; of the set that nobody compared it says so.
fn the_command_prints_who_attested(site: &Site) {
    let mut command = tinnhiem();
    command.args(["rules", "--attested", "--council", "mau", "--data"]).arg(site.database.folder());
    let output = command.env("DATABASE_URL", site.database.url()).output().expect("program");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("- base: tổng số phiếu thu về") && told.contains("xác nhận: Phạm Thường Trực"), "{told}");
    assert!(told.contains("QD96-TW-2023: chưa tham số nào được đối chiếu"), "{told}");
}

/// Another council attested nothing: its page says why nothing is sealed, and leads to what is missing.
async fn a_council_that_did_not_is_stopped(site: &Site) {
    let operator = site.actor_of_operator().await;
    let other = site.found(&operator, "khac", "Hội đồng nhân dân tỉnh Khác").await;
    site.has_account(other, "van.phong", "Lê Văn Phòng", Role::Clerk).await;
    let (_, delegates) = site.has_sample_roster(other).await;
    let poll = site.has_unattested_poll(other).await;
    site.lists_and_appoints(other, poll, sample_board(&delegates)).await;
    let mut clerk = site.signed_in("khac", "van.phong").await;
    let page = clerk.opens(&format!("/ky/{poll}/mau-phieu")).await;
    assert!(page.text(".warning").contains("chưa được đối chiếu"), "{}", page.html);
    assert!(page.all("main form").is_empty(), "nothing to send: {}", page.html);
    let link = format!("/quy-dinh?ky={poll}&loc=chua");
    assert!(page.html.contains(&link.replace('&', "&amp;")), "{}", page.html);
    assert!(!clerk.opens(&link).await.all("table tbody tr").is_empty());
}

/// The rules of the bundle are those that were attested, and both verifiers go by them.
async fn in_the_bundle(site: &Site, council: CouncilId, poll: PollId, minutes: Vec<u8>, resolution: Vec<u8>) {
    let clerk = site.somebody(council, Role::Clerk);
    let out = site.database.folder().join("bundle");
    let files = BTreeMap::from([("minutes.pdf".to_owned(), minutes), ("resolution.pdf".to_owned(), resolution)]);
    site.app.write_bundle(site.hand(&clerk), (poll, BundleKind::Public), &out, &files).await.expect("bundle");
    bundle::verify(&out, &Options::default()).unwrap_or_else(|e| panic!("{e}"));
    let (code, told) = python(&out, &[]);
    assert_eq!(code, Some(0), "{told}");
    let text = std::fs::read_to_string(out.join("ruleset.toml")).expect("rules");
    let rules = load("ruleset.toml", &text).expect("rules");
    let said = rules.attestation("base").expect("attested");
    assert_eq!((said.read_by.as_str(), said.confirmed_by.as_str()), ("Lê Pháp Chế", "Phạm Thường Trực"));
    let report = database(&site.database.target(), Some(&keys())).await.expect("database");
    report.unwrap_or_else(|e| panic!("{e}"));
}

/// Keys of what decides in a poll and of which nothing was said: the rows of the page that a refusal links to.
async fn decides_unsaid(site: &Site, council: CouncilId, poll: PollId) -> Vec<String> {
    let wanted = Wanted { poll: Some(poll), open_only: true, ..Wanted::default() };
    let page = site.app.rules_page(&site.somebody(council, Role::Clerk), &wanted).await.expect("rules");
    page.lines.into_iter().map(|line| line.key).collect()
}

/// Nothing was attested: the forms are not sealed, and the sentence leads to what is missing. Attested since, the poll
/// takes it over by two people.
#[test]
fn a_poll_is_not_sealed_while_a_rule_decides_in_it_that_nobody_attested() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (mut clerk, _) = office(&site, council).await;
        let (_, delegates) = site.has_sample_roster(council).await;
        let poll = site.has_unattested_poll(council).await;
        let carried =
            polls::ruleset_text(&mut site.store.read(council).await.expect("read"), poll).await.expect("text");
        site.lists_and_appoints(council, poll, sample_board(&delegates)).await;
        let forms = format!("/ky/{poll}/mau-phieu");
        let page = clerk.opens(&forms).await;
        assert!(
            page.text(".warning").contains("tham số của bộ quy tắc quyết định đợt này chưa được đối chiếu"),
            "{}",
            page.html
        );
        let open = format!("/quy-dinh?ky={poll}&loc=chua");
        assert!(page.html.contains(&open.replace('&', "&amp;")), "{}", page.html);
        let [one, leader] = [Role::Clerk, Role::Leader].map(|role| site.somebody(council, role));
        let ask = |caller| Ask { caller, request: site.app.new_request().expect("request") };
        let refused = site.app.propose_forms(ask(&one), poll).await.expect_err("refused").to_string();
        assert!(refused.contains("Quy định áp dụng"), "{refused}");
        let straight =
            site.app.seal_forms(site.hand(&leader), poll, Vec::new()).await.expect_err("refused").to_string();
        assert!(straight.contains("Quy định áp dụng"), "{straight}");

        // The link shows what decides in this vote and nothing else.
        let page = clerk.opens(&open).await;
        let rows = page.all("table tbody tr");
        assert!(rows.iter().any(|row| row.contains("Căn cứ tính tỷ lệ")), "{rows:?}");
        assert!(!rows.iter().any(|row| row.contains("Đối tượng bỏ phiếu tín nhiệm")), "{rows:?}");

        // All that this page lists but one is compared; the last one is accepted with a reason, and nothing else is asked.
        let mut open = decides_unsaid(&site, council, poll).await;
        let last = open.iter().position(|key| key == "percent").map(|at| open.remove(at)).expect("a key");
        site.states(council, compared(RULES, open)).await;
        let behind = clerk.opens(&format!("/quy-dinh?ky={poll}")).await;
        assert!(behind.text(".warning").contains("như khi lập đợt"), "{}", behind.html);
        site.takes_rules_over(council, poll).await;
        let refused = site.app.propose_forms(ask(&one), poll).await.expect_err("refused").to_string();
        assert!(refused.contains("còn 1 tham số") && refused.contains("Cách in tỷ lệ"), "{refused}");
        let accepted = TypedStatement {
            ruleset: RULES.into(),
            kind: "accepted".into(),
            keys: vec![last],
            reason: "Không văn bản nào quy định cách làm tròn".into(),
            ..TypedStatement::default()
        };
        site.states(council, accepted).await;
        site.takes_rules_over(council, poll).await;
        assert_eq!(decides_unsaid(&site, council, poll).await, Vec::<String>::new());
        let proposal = site.app.propose_forms(ask(&one), poll).await.expect("proposed");
        site.app.confirm(ask(&leader), poll, proposal).await.expect("sealed");
        let late = site.app.propose_rules(ask(&one), poll).await.expect_err("sealed").to_string();
        assert!(late.contains("thay bộ quy tắc"), "{late}");
        let report = database(&site.database.target(), Some(&keys())).await.expect("database");
        report.unwrap_or_else(|e| panic!("{e}"));

        // The text with which the poll began is not the one that it froze since.
        let carried = carried.expect("a text").replace('\'', "''");
        let back =
            format!("UPDATE polls SET ruleset_text = '{carried}' WHERE council_id = :council AND poll_id = '{poll}'");
        assert_eq!(past_the_program(&site.database, council, &back).await, Ok(1));
        assert_eq!(clerk.opens(&forms).await.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(failure(&site).await.cause.to_string().contains("ruleset_text"));
    });
}

/// A value that the law leaves to the council's own rules: refused where no rule file may have it, in force from its day.
#[test]
fn a_council_fills_in_its_own_rules_by_two_people() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (mut clerk, mut leader) = office(&site, council).await;
        let form = format!("/quy-dinh/ghi-nhan?bo={RULES}&khoa=board_min");
        clerk.opens(&form).await;
        let mut fields = vec![
            ("kind", "filled"),
            ("document", "Quy chế hoạt động, Nghị quyết số 12/NQ-HĐND ngày 01/7/2026"),
            ("article", "Quy chế hoạt động của HĐND tỉnh, Điều 30"),
            ("reason", "Quy chế quy định Ban kiểm phiếu có ít nhất 9 người"),
            ("from", "01/07/2023"),
            ("value.value.province_council", "chín"),
            ("value.value.district_council", "5"),
            ("value.value.commune_council", "3"),
        ];
        let wrong = clerk.uploads("/quy-dinh/ghi-nhan", &fields, "", b"").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.html);
        assert!(wrong.text("#value").contains("board_min"), "{}", wrong.html);
        fields[5].1 = "9";
        let sent = clerk.uploads("/quy-dinh/ghi-nhan", &fields, "", b"").await;
        let proposal = sent.path.split('?').next().expect("a path").to_owned();
        let page = leader.opens(&proposal).await;
        let row = page.text("table tbody tr");
        assert!(row.contains("HĐND cấp tỉnh 7") && row.contains("HĐND cấp tỉnh 9"), "{row}");
        leader.submits(&format!("{proposal}/xac-nhan"), &[]).await;
        let done = leader.opens(&proposal).await;
        assert!(done.all("main form").is_empty() && done.text("main").contains("đã xác nhận"), "{}", done.html);
        let page = clerk.opens(&format!("/quy-dinh?bo={RULES}")).await;
        let row =
            page.all("table tbody tr").into_iter().find(|row| row.contains("số thành viên ít nhất")).expect("a row");
        for told in [
            "HĐND cấp tỉnh 9",
            "Quy chế hoạt động của HĐND tỉnh, Điều 30",
            "theo Quy chế",
            "áp dụng từ ngày 01/07/2023",
        ] {
            assert!(row.contains(told), "{told}: {row}");
        }

        // Refused with a reason, and taken back by its author.
        for end in ["khong-chap-nhan", "rut"] {
            clerk.opens(&form).await;
            let sent = clerk.uploads("/quy-dinh/ghi-nhan", &fields, "", b"").await;
            let proposal = sent.path.split('?').next().expect("a path").to_owned();
            let by = if end == "rut" { &mut clerk } else { &mut leader };
            by.opens(&proposal).await;
            let done = by.submits(&format!("{proposal}/{end}"), &[("note", "Chưa có chữ ký")]).await;
            assert_eq!(done.status, StatusCode::OK, "{}", done.html);
            let who = if end == "rut" { "Người rút" } else { "Người không chấp nhận" };
            assert!(done.all("dt").contains(&who.to_owned()), "{}", done.html);
        }
        let mut teller = site.signed_in("mau", "kiem.phieu").await;
        assert_eq!(teller.opens("/quy-dinh").await.status, StatusCode::FORBIDDEN);
        let report = database(&site.database.target(), Some(&keys())).await.expect("database");
        report.unwrap_or_else(|e| panic!("{e}"));
    });
}

/// Copies of the minutes and who keeps the ballots: what the council filled in is what the day goes by.
#[test]
fn copies_and_storage_of_the_councils_own_rules_stand_on_the_papers_of_the_day() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let kept = "Văn phòng Đoàn ĐBQH và HĐND tỉnh giữ các gói trong kho lưu trữ";
        for (key, value) in [("minutes_copies", "5"), ("storage", kept)] {
            let filled = TypedStatement {
                ruleset: RULES.into(),
                kind: "filled".into(),
                keys: vec![key.into()],
                article: "Quy chế hoạt động của HĐND tỉnh, Điều 31".into(),
                document: "Quy chế hoạt động".into(),
                from: "01/07/2023".into(),
                reason: "Quy chế của hội đồng quy định".into(),
                value: BTreeMap::from([("value".to_owned(), value.to_owned())]),
                ..TypedStatement::default()
            };
            site.states(council, filled).await;
        }
        let poll = site.has_sealed_poll(council).await.poll;
        site.has_declared_poll(council, poll).await;
        let mut hall = Hall::with(site, council, poll).await;
        let minutes = hall.path("bien-ban");
        let page = hall.head.opens(&minutes).await;
        assert!(page.html.contains("name=\"copies\" type=\"number\" value=\"5\""), "{}", page.html);
        let text = page.text("main");
        assert!(text.contains("Mặc định 5 bản, theo Quy chế hoạt động của HĐND tỉnh, Điều 31."), "{text}");
        let put = hall.head.submits(&format!("{minutes}/trinh"), &[("copies", "5")]).await;
        assert_eq!(put.text(".notice"), "Đã lưu.", "{}", put.html);
        let paper = words(&hall.leader.opens(&hall.path("giay-to/bien-ban-kiem-phieu.pdf")).await.bytes);
        assert!(paper.contains("thành 05 bản có giá trị như nhau"), "{paper}");
        hall.hands_over().await;
        let paper = words(&hall.clerk.opens(&hall.path("giay-to/ban-giao-phieu.pdf")).await.bytes);
        assert!(paper.contains(&format!("{kept} (Quy chế hoạt động của HĐND tỉnh, Điều 31)")), "{paper}");
    });
}

/// Two operators compare for all councils of their installation; a council takes that over by two people of its own, and
/// what it said itself stays.
#[test]
fn a_council_takes_over_what_its_overseer_published() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (mut clerk, mut leader) = office(&site, council).await;
        site.states(council, compared(RULES, vec!["quorum".into()])).await;
        let list = format!("/quy-dinh?bo={RULES}");
        assert!(!clerk.opens(&list).await.html.contains("/quy-dinh/lay-vao"), "nothing is published yet");

        site.has_account(CouncilId::INSTALLATION, "phap.che", "Lê Pháp Chế", Role::Operator).await;
        let mut one = site.signed_in("he-thong", "he.thong").await;
        let mut other = site.signed_in("he-thong", "phap.che").await;
        let all = publishes(&mut one, &mut other, None).await;
        assert!(all > 40, "{all}");

        let page = clerk.opens(&list).await;
        let notice = page.text("div.notice");
        assert!(notice.contains(&format!("{} tham số hội đồng chưa có", all - 1)), "{notice}");
        let sent = clerk.submits("/quy-dinh/lay-vao", &[]).await;
        let proposal = sent.path.split('?').next().expect("a path").to_owned();
        assert!(proposal.starts_with("/quy-dinh/de-xuat/"), "{}", sent.html);
        assert_eq!(sent.all("main form button"), ["Rút đề xuất"], "nobody takes it over alone");
        let page = leader.opens(&proposal).await;
        let text = page.text("main");
        for told in ["Cấp trên: Công báo số 823", "đề xuất: Người Vận Hành, xác nhận: Lê Pháp Chế", "Tệp đã đối chiếu"]
        {
            assert!(text.contains(told), "{told}: {text}");
        }
        assert!(!page.all("tbody th").iter().any(|row| row.starts_with("Túc số")), "the council said that itself");
        let file =
            page.html.split("href=\"/tep-nguon/").nth(1).and_then(|rest| rest.split('"').next()).expect("a file");
        assert_eq!(leader.opens(&format!("/tep-nguon/{file}")).await.bytes, PDF);

        // Published anew meanwhile: what the leader saw is no longer what would be taken over.
        publishes(&mut one, &mut other, Some("9")).await;
        let page = leader.opens(&proposal).await;
        assert!(!page.html.contains(&format!("{proposal}/xac-nhan")), "{}", page.html);
        clerk.opens(&proposal).await;
        clerk.submits(&format!("{proposal}/rut"), &[]).await;
        clerk.opens(&list).await;
        let sent = clerk.submits("/quy-dinh/lay-vao", &[]).await;
        let proposal = sent.path.split('?').next().expect("a path").to_owned();
        let page = leader.opens(&proposal).await;
        assert!(page.text("main").contains("HĐND cấp tỉnh 9"), "{}", page.html);
        let done = leader.submits(&format!("{proposal}/xac-nhan"), &[]).await;
        assert!(done.text("main").contains("đã xác nhận"), "{}", done.html);

        let page = clerk.opens(&list).await;
        assert!(!page.html.contains("/quy-dinh/lay-vao"), "nothing is left to take over");
        let row = |what: &str| page.all("table tbody tr").into_iter().find(|row| row.contains(what)).expect("a row");
        assert!(row("số thành viên ít nhất").contains("theo bộ đối chiếu do cấp trên công bố"), "{}", page.html);
        assert!(row("Túc số").contains("đã đối chiếu với văn bản gốc"), "{}", page.html);
        let kinds: Vec<String> = log_of(&site, council).await.into_iter().map(|(kind, _)| kind).collect();
        assert!(kinds.contains(&"rule.adopted".to_owned()), "{kinds:?}");
        let poll = site.has_unattested_poll(council).await;
        assert!(clerk.opens(&format!("/quy-dinh?ky={poll}&loc=chua")).await.text(".empty").contains("Mọi tham số"));
        let report = database(&site.database.target(), Some(&keys())).await.expect("database");
        report.unwrap_or_else(|e| panic!("{e}"));
    });
}

/// One operator says that all was compared, or that the smallest board of a province has another size; another confirms.
async fn publishes(one: &mut Visitor, other: &mut Visitor, size: Option<&str>) -> usize {
    let page = one.opens(&format!("/quy-dinh?bo={RULES}&loc=chua")).await;
    let open: Vec<&str> = page.html.split("name=\"khoa\" value=\"").skip(1).collect();
    let keys: Vec<&str> = match size {
        None => open.iter().map(|rest| rest.split('"').next().expect("a key")).collect(),
        Some(_) => vec!["board_min"],
    };
    let query: String = keys.iter().map(|key| format!("&khoa={key}")).collect();
    one.opens(&format!("/quy-dinh/ghi-nhan?bo={RULES}{query}")).await;
    let mut fields = vec![
        ("kind", if size.is_some() { "changed" } else { "compared" }),
        ("document", "Công báo số 823 + 824 ngày 15/7/2023"),
        ("page", "5"),
        ("read_by", "Lê Pháp Chế"),
        ("read_on", "01/11/2023"),
    ];
    if let Some(size) = size {
        fields.extend([("reason", "Văn bản mới"), ("from", "01/07/2023"), ("value.value.province_council", size)]);
        fields.extend([("value.value.district_council", "5"), ("value.value.commune_council", "3")]);
    }
    let sent = one.uploads("/quy-dinh/ghi-nhan", &fields, "cong-bao.pdf", PDF).await;
    let proposal = sent.path.split('?').next().expect("a path").to_owned();
    assert_eq!(sent.all("main form button"), ["Rút đề xuất"], "nobody publishes alone: {}", sent.html);
    other.opens(&proposal).await;
    let done = other.submits(&format!("{proposal}/xac-nhan"), &[]).await;
    assert!(done.text("main").contains("đã xác nhận"), "{}", done.html);
    keys.len()
}

#[test]
fn what_somebody_changed_in_what_was_attested_is_found() {
    on_both(|engine| async move {
        for (statement, word) in [
            (
                "UPDATE rule_statements SET content = replace(content, 'Lê Pháp Chế', 'Người Khác') WHERE council_id = :council",
                "cột content",
            ),
            ("UPDATE rule_statements SET state = 'refused' WHERE council_id = :council", "cột state"),
            (
                "UPDATE rule_statements SET decided_account = proposed_account WHERE council_id = :council",
                "cột decided_…",
            ),
            ("UPDATE rule_statements SET decided_place = 2 WHERE council_id = :council", "cột decided_place"),
            ("UPDATE rule_statements SET ruleset = 'QD96-TW-2023' WHERE council_id = :council", "cột ruleset"),
            ("DELETE FROM rule_statements WHERE council_id = :council", "bảng rule_statements thiếu dòng"),
        ] {
            let (site, council) = Site::with_council(engine).await;
            site.states(council, compared(RULES, vec!["base".into()])).await;
            past_the_program(&site.database, council, statement).await.expect("tampering");
            let found = failure(&site).await;
            assert!(found.cause.to_string().contains(word), "{statement}: {found}");
        }
    });
}
