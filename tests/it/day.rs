//! Counting day in the hall, from sealed forms to minutes: who takes which step, what two people do together, what
//! figures that contradict each other are told.

use std::collections::BTreeMap;

use app::counting::day::{TypedStep, proposers};
use app::polls::{CountedBatch, Requester};
use app::service::app::Ask;
use app::trail::bundle::{self, Options};
use app::trail::{BundleKind, verify_db};
use app::{AppError, Caller};
use axum::http::StatusCode;
use domain::account::Roles;
use domain::audit::Digest;
use domain::audit::event::poll::BallotsHandedOver;
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::count::BatchCounts;
use domain::poll::{LevelCounts, PollKind};
use domain::poll_state::Stage;
use domain::presence::PresenceChange;
use domain::proposal::ProposalKind;
use domain::role::Role;
use domain::signing::Signatures;
use store::{logs, polls};

use crate::hall::Hall;
use crate::outcome::words;
use crate::poll_state::{by_two, paper};
use crate::site::{Answer, GOLDEN, RETURNED, Site, Visitor, golden, on_both};

fn ask<'a>(site: &Site, caller: &'a Caller) -> Ask<'a> {
    Ask { caller, request: site.app.new_request().expect("request") }
}

/// Printed, issued, exchanged, unused, returned, not returned.
fn figures(of: [u32; 6]) -> Vec<(&'static str, String)> {
    let fields = ["printed", "issued", "exchanged", "unused", "returned", "not_returned"];
    fields.into_iter().zip(of.map(|figure| figure.to_string())).collect()
}

async fn sends(visitor: &mut Visitor, path: &str, of: [u32; 6], more: &[(&str, &str)]) -> Answer {
    visitor.opens(path).await;
    let typed = figures(of);
    let mut fields: Vec<(&str, &str)> = typed.iter().map(|(field, value)| (*field, value.as_str())).collect();
    fields.extend(more);
    visitor.submits(path, &fields).await
}

#[test]
fn the_hall_goes_from_sealed_forms_to_the_count_two_by_two() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_sealed_poll(council).await.poll;
        let mut hall = Hall::with(site, council, poll).await;
        assert_eq!(hall.now().await, ["Kiểm phiếu thử đến lượt"]);

        // Nobody opens before the test and the zero report; the page says so before anything is typed.
        let early = hall.head.opens(&hall.path("buoc/mo-bo-phieu")).await;
        assert!(early.text(".warning").contains("đã chốt mẫu phiếu"), "{}", early.html);

        // Two waive the deck; whoever asked cannot agree, whoever is no leader neither.
        let path = hall.path("buoc/bo-qua-phieu-thu");
        hall.head.opens(&path).await;
        let silent = hall.head.submits(&path, &[("reason", " ")]).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        let waiver = hall.proposes("bo-qua-phieu-thu", &[("reason", "Máy in hỏng <script>")]).await;
        let own = hall.head.submits(&format!("{waiver}/xac-nhan"), &[]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN);
        hall.clerk.opens(&waiver).await;
        assert_eq!(hall.clerk.submits(&format!("{waiver}/xac-nhan"), &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!((hall.stage().await, hall.now().await.len()), (Stage::Sealed, 1));
        let seen = hall.leader.opens(&waiver).await;
        assert!(
            seen.all(".facts dd").contains(&"Máy in hỏng <script>".to_owned()) && !seen.html.contains("hỏng <script>")
        );
        hall.confirms(&waiver).await;
        assert_eq!(hall.stage().await, Stage::Waived);
        let day = hall.head.opens(&hall.path("ngay-bo-phieu")).await;
        assert_eq!(day.text(".facts dd"), "đã bỏ qua phiếu thử", "{}", day.html);
        let tag = "đã bỏ qua phiếu thử";
        assert!(day.html.contains(&format!(">{tag}</span>")) && !day.html.contains("Nhập phiếu thử"), "{}", day.html);
        let room = hall.head.opens(&format!("/kiem-phieu/{}", hall.poll)).await;
        assert!(room.text(".warning").starts_with("Đã bỏ qua phiếu thử."), "{}", room.html);
        let deck = hall.head.opens(&format!("/kiem-phieu/{}/phieu-thu", hall.poll)).await;
        assert!(
            deck.text(".warning").contains("Máy in hỏng <script>") && !deck.html.contains("mo-tap"),
            "{}",
            deck.html
        );
        assert_eq!(deck.text("a.button"), "Tiếp theo: xác nhận số liệu bằng 0");
        let report = hall.head.opens(&hall.path("xac-nhan-bang-0")).await;
        assert!(report.text(".warning").contains("Đã bỏ qua phiếu thử"), "{}", report.html);

        let zero = hall.path("xac-nhan-bang-0");
        hall.head.opens(&zero).await;
        assert_eq!(hall.head.submits(&zero, &[]).await.text(".notice"), "Đã lưu.");
        assert_eq!(hall.now().await, ["Mở bỏ phiếu đến lượt"]);

        let path = hall.path("buoc/mo-bo-phieu");
        for typed in ["sáu mươi", "+47", "61", "0"] {
            hall.head.opens(&path).await;
            let refused = hall.head.submits(&path, &[("present", typed)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}: {}", refused.html);
            assert_eq!(refused.all("#problems li").len(), 1, "{typed}: {}", refused.html);
        }
        hall.two("mo-bo-phieu", &[("present", "47"), ("reason", "Kỳ họp dời ngày")]).await;
        assert_eq!(hall.now().await, ["Công bố số phiếu phát ra đến lượt"]);
        let list = hall.head.opens(&hall.path("so-phieu")).await;
        let (next, links) = (list.all("form[action$='/phat-ra']"), list.all("a.button"));
        assert_eq!(
            (next.len(), links.len()),
            (1, 1),
            "the first form is asked for, the second has a page: {}",
            list.html
        );
        let head = hall.site.somebody(council, Role::HeadTeller);
        let forms = hall.site.app.account_page(&head, poll).await.expect("forms").lines;
        let [first, second] = [0, 1].map(|place: usize| forms[place].progress.form.id.clone());

        // What went out is announced form by form, before anything comes back.
        let early = hall.head.opens(&hall.path(&format!("so-phieu/{first}"))).await;
        assert!(early.text(".notice").contains("khi mở hòm phiếu"), "{}", early.html);
        let issued = |form: &str| hall.path(&format!("so-phieu/{form}/phat-ra"));
        let [out_first, out_second] = [issued(&first), issued(&second)];
        for (typed, sentence) in [
            ([("printed", "60"), ("issued", "48")], "nhiều hơn 47 đại biểu có mặt"),
            ([("printed", "46"), ("issued", "47")], "nhiều hơn 46 phiếu đã in"),
            ([("printed", "60"), ("issued", "bốn")], "bằng chữ số"),
        ] {
            hall.head.opens(&out_first).await;
            let wrong = hall.head.submits(&out_first, &typed).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
            assert!(wrong.text("#problems").contains(sentence), "{sentence}: {}", wrong.html);
        }
        for typed in [[("printed", "60"), ("issued", "46")], [("printed", "60"), ("issued", "47")]] {
            hall.head.opens(&out_first).await;
            let saved = hall.head.submits(&out_first, &typed).await;
            assert_eq!(
                saved.text(".notice"),
                "Đã lưu.",
                "until the last form's it is written down again: {}",
                saved.html
            );
        }
        hall.head.opens(&out_second).await;
        hall.head.submits(&out_second, &[("printed", "60"), ("issued", "46")]).await;
        assert_eq!(hall.now().await, ["Mở hòm phiếu, công bố số phiếu thu về đến lượt"]);
        let stands = hall.head.opens(&out_second).await;
        assert!(stands.text(".notice").contains("phải có hai người"), "{}", stands.html);
        let typed = [("about", second.as_str()), ("printed", "60"), ("issued", "47"), ("reason", "Sót một người")];
        hall.two("sua-so-phat-ra", &typed).await;

        // Unused papers go under seal before the box is opened.
        let unused = hall.path("phieu-chua-dung");
        let list = hall.path("so-phieu");
        hall.head.opens(&list).await;
        assert_eq!(hall.head.submits(&unused, &[("packets", "0")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        hall.head.opens(&list).await;
        let sealed = hall.head.submits(&unused, &[("packets", "2"), ("note", "Để tại bàn Thư ký")]).await;
        assert!(sealed.text("main").contains("đã niêm phong: 2 gói"), "{}", sealed.html);

        // Figures that contradict each other stand at their fields; what only warns has to be looked at.
        let path = hall.path(&format!("so-phieu/{first}"));
        let wrong = sends(&mut hall.head, &path, [60, 48, 0, 13, 48, 0], &[]).await;
        let errors = wrong.all("#problems li");
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(errors.iter().any(|e| e.contains("nhiều hơn 47 phiếu phát ra")), "{errors:?}");
        let wrong = sends(&mut hall.head, &path, [60, 47, 0, 13, 46, 0], &[]).await;
        assert!(wrong.text("#problems").contains("thu về 46 và không thu về 0"), "{}", wrong.html);
        let kept = sends(&mut hall.head, &path, [60, 47, 1, 12, 46, 1], &[]).await;
        assert!(kept.text("#looked_at").contains("1 phiếu phát ra không thu về"), "{}", kept.html);
        let kept = sends(&mut hall.head, &path, [60, 47, 1, 12, 46, 1], &[("looked_at", "1")]).await;
        assert_eq!(kept.text(".notice"), "Đã lưu.", "{}", kept.html);
        assert!(kept.text(".findings").contains("không thu về"), "the finding stays in sight");
        let again = sends(&mut hall.head, &path, [60, 47, 1, 12, 45, 2], &[("looked_at", "1")]).await;
        assert_eq!(again.text(".notice"), "Đã lưu.", "until the last form's it is written down again: {}", again.html);
        let late = hall.head.opens(&list).await;
        assert!(late.all("form[action$=phieu-chua-dung]").is_empty(), "the box is open");
        sends(&mut hall.head, &path, [60, 47, 1, 12, 46, 1], &[("looked_at", "1")]).await;
        let path = hall.path(&format!("so-phieu/{second}"));
        sends(&mut hall.head, &path, [60, 47, 0, 13, 47, 0], &[]).await;
        assert_eq!(hall.now().await, ["Kiểm phiếu theo tập đến lượt"]);
        let again = hall.head.opens(&path).await;
        assert!(again.text(".notice").contains("phải có hai người"), "the last form's stand: {}", again.html);

        // A slip of the pen is put right by two.
        let typed = figures([60, 47, 0, 13, 47, 0]);
        let mut fields: Vec<(&str, &str)> = typed.iter().map(|(field, value)| (*field, value.as_str())).collect();
        fields.extend([("about", first.as_str()), ("reason", "Đếm sót một phiếu")]);
        hall.two("sua-so-phieu", &fields).await;
        let list = hall.leader.opens(&hall.path("so-phieu")).await;
        assert!(list.all("td b").iter().all(|returned| returned == "47"), "{}", list.html);
        let early = hall.head.opens(&hall.path("buoc/dong-kiem-phieu")).await;
        assert!(early.text(".warning").contains("mới đếm 0 trong 47"), "{}", early.html);
        let day = hall.leader.opens(&hall.path("ngay-bo-phieu")).await;
        let mut done = day.all("tbody th");
        done.sort();
        let steps = [
            "Bỏ qua việc kiểm phiếu thử",
            "Mở bỏ phiếu",
            "Sửa số phiếu phát ra đã công bố",
            "Sửa số phiếu phát ra, thu về",
        ];
        assert_eq!(done, steps);
    });
}

/// 24 of 47 is just over half.
#[test]
fn a_line_near_a_threshold_is_counted_again_before_anything_is_declared() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = site.has_counting_poll(council).await;
        let near = LevelCounts::Rating { high: 20, medium: 2, low: 24 };
        site.closes_the_count(council, &counting, near).await;
        let (form, poll) = (counting.forms[0].0.clone(), counting.poll);
        let mut hall = Hall::with(site, council, poll).await;
        assert_eq!(hall.now().await, ["Kiểm lại dòng sát ngưỡng đến lượt"]);
        let early = hall.head.opens(&hall.path("buoc/ghi-ket-qua")).await;
        assert!(early.text(".warning").contains("sát mức “quá nửa” (vừa đủ)"), "{}", early.html);

        let path = hall.path(&format!("kiem-lai/{form}/1"));
        for (login, name) in [("kp.an", "Kiểm Phiếu An"), ("kp.binh", "Kiểm Phiếu Bình")] {
            hall.site.has_account(council, login, name, Role::Teller).await;
        }
        let mut an = hall.site.signed_in("mau", "kp.an").await;
        let mut binh = hall.site.signed_in("mau", "kp.binh").await;
        let (one, two) = (hall.site.account(council, "kp.an").await, hall.site.account(council, "kp.binh").await);
        let (one, two) = (one.to_string(), two.to_string());
        for (second, sentence) in [(one.as_str(), "hai người khác nhau"), ("", "chọn người kiểm lại")] {
            hall.head.opens(&path).await;
            let refused = hall.head.submits(&path, &[("first", one.as_str()), ("second", second)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
            assert!(refused.all("#problems li").iter().any(|e| e.contains(sentence)), "{sentence}: {}", refused.html);
        }
        hall.head.opens(&path).await;
        let opened = hall.head.submits(&path, &[("first", one.as_str()), ("second", two.as_str())]).await;
        assert!(opened.text(".notice").contains("Đã giao hai người kiểm lại"), "{}", opened.html);
        let found = |low| [("sealed-d1-1", "20"), ("sealed-d1-2", "2"), ("sealed-d1-3", low)];
        let table = format!("/kiem-phieu/{poll}/{form}/1");
        let room = an.opens(&format!("/kiem-phieu/{poll}")).await;
        assert!(
            room.text(".own-batches p").contains(&format!(" mẫu {form}: ")),
            "the block comes first: {}",
            room.html
        );
        let page = an.opens(&table).await;
        assert!(page.text("h1").ends_with(&format!("mẫu {form}")), "{}", page.html);
        assert!(
            !page.text("main form").contains("24") && page.text("h1").contains("Kiểm lại dòng 1"),
            "blind: {}",
            page.html
        );
        an.submits(&format!("{table}/dem-tay"), &found("23")).await;
        binh.opens(&table).await;
        // They differ: both count that line once more, and nobody decides for them.
        let again = binh.submits(&format!("{table}/dem-tay"), &found("24")).await;
        assert!(again.text(".warning").contains("Hai người đếm khác nhau"), "{}", again.html);
        an.opens(&table).await;
        an.submits(&format!("{table}/dem-tay"), &found("23")).await;
        binh.opens(&table).await;
        binh.submits(&format!("{table}/dem-tay"), &found("23")).await;
        let early = hall.head.opens(&hall.path("buoc/ghi-ket-qua")).await;
        assert!(early.text(".warning").contains("đang chờ quyết định"), "nothing changed yet: {}", early.html);
        let waits = hall.head.opens(&path).await;
        let proposal = waits.html.split('"').find(|part| part.contains("/de-xuat/")).expect("a link").to_owned();
        let shown = hall.leader.opens(&proposal).await;
        assert_eq!((shown.text("main del"), shown.text("main ins")), ("24".into(), "23".into()), "{}", shown.html);
        let confirmed = hall.confirms(&proposal).await;
        assert_eq!(confirmed.text(".notice"), "Đã xác nhận; việc này đã có hiệu lực.", "{}", confirmed.html);
        // 23 of 47 is not over half, and is near it still; it was counted again. The other form's line is left.
        let list = hall.head.opens(&hall.path("kiem-lai")).await;
        assert_eq!(list.text(".warning"), "Còn 1 dòng phải kiểm lại trước khi ghi kết quả.", "{}", list.html);
        // Both find what was counted: it is written down at once.
        let other = &counting.forms[1].0;
        let readers =
            [hall.site.account_caller(council, "kp.an").await, hall.site.account_caller(council, "kp.binh").await];
        let head = hall.site.account_caller(council, "truong.ban").await;
        let same = hall.site.counts_again(&head, poll, (other, 1), near, [&readers[0], &readers[1]]);
        same.await.expect("recounted");
        hall.two("ghi-ket-qua", &[]).await;
        assert_eq!(hall.stage().await, Stage::Declared);
        let mut tx = hall.site.store.read(council).await.expect("read");
        let results = polls::results(&mut tx, poll).await.expect("results").expect("declared");
        assert!(results.contains("\"low\": 23") && results.contains("\"low\": 24"), "{results}");
    });
}

#[test]
fn a_batch_is_reopened_by_two_and_the_closing_waits_for_it() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = site.has_counting_poll(council).await;
        for (form, lines) in &counting.forms {
            let mut counts = BatchCounts { papers: RETURNED, ..BatchCounts::zero(PollKind::Rating, *lines) };
            counts.lines.fill(LevelCounts::Rating { high: 40, medium: 7, low: 0 });
            site.commits(council, counting.poll, CountedBatch { form: form.clone(), batch: 1, counts, read: by_two() })
                .await;
        }
        let form = counting.forms[0].0.clone();
        let mut hall = Hall::with(site, council, counting.poll).await;
        assert_eq!(hall.now().await, ["Đóng kiểm phiếu đến lượt"]);
        // The closing is proposed; then a batch is reopened: what was proposed is not what would be done now.
        let closing = hall.proposes("dong-kiem-phieu", &[]).await;
        let batch = format!("{form}/1");
        hall.two("mo-lai-tap", &[("about", &batch), ("reason", "Tập bị lẫn phiếu")]).await;
        let outdated = hall.leader.opens(&closing).await;
        assert!(outdated.text(".warning").contains("mới đếm 0 trong 47"), "{}", outdated.html);
        assert!(outdated.all("form[action$=xac-nhan]").is_empty(), "nothing to confirm");
        assert_eq!(
            (hall.stage().await, hall.now().await),
            (Stage::Counting, vec!["Kiểm phiếu theo tập đến lượt".to_owned()])
        );
        let mut tx = hall.site.store.read(council).await.expect("read");
        let log = polls::find(&mut tx, counting.poll).await.expect("poll").expect("poll").log;
        let told = logs::of_kinds(&mut tx, log, ["batch.reopened", "batch.reopened"]).await.expect("log");
        assert!(
            told.len() == 1 && told[0].contains("Trần Trưởng Ban") && told[0].contains("Lê Thường Trực"),
            "{told:?}"
        );
        let told: serde_json::Value = serde_json::from_str(&told[0]).expect("entry");
        let fields: Vec<&String> = told["data"].as_object().expect("data").keys().collect();
        assert_eq!(fields, ["batch", "commitment", "form", "proposed_by", "reason"], "and no count");
    });
}

/// A step of two by everybody: who may ask, who may agree, and that nobody does both, whatever roles they hold.
#[test]
fn one_person_alone_passes_no_step_of_two_in_any_role() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_sealed_poll(council).await.poll;
        let typed =
            TypedStep { reason: "Lý do".into(), present: "47".into(), place: "Kho".into(), ..TypedStep::default() };
        for kind in ProposalKind::OF_DAY {
            for role in Role::OF_COUNCIL {
                let caller = site.somebody(council, role);
                let asked = site.app.propose_step(ask(&site, &caller), poll, kind, &typed).await;
                let may = proposers(kind).contains(&role);
                assert_eq!(!matches!(asked, Err(AppError::Forbidden)), may, "{kind:?} by {role:?}: {asked:?}");
                // What the stage allows is taken back at once, so that the next one finds the poll as it was.
                if let Ok(proposal) = asked {
                    site.app.withdraw(ask(&site, &caller), poll, proposal).await.expect("withdrawn");
                }
            }
        }
        let mut everything = site.somebody(council, Role::Leader);
        let all = Role::OF_COUNCIL.into_iter().filter(|role| *role != Role::Admin);
        everything.account.roles = Roles::given(council, all).expect("roles");
        let waiver = site
            .app
            .propose_step(ask(&site, &everything), poll, ProposalKind::DeckWaived, &typed)
            .await
            .expect("asked");
        let alone = site.app.confirm(ask(&site, &everything), poll, waiver).await.expect_err("alone");
        assert!(alone.to_string().contains("không tự xác nhận"), "{alone}");
        for role in Role::OF_COUNCIL.into_iter().filter(|role| *role != Role::Leader) {
            let caller: Caller = site.somebody(council, role);
            let agreed = site.app.confirm(ask(&site, &caller), poll, waiver).await;
            assert!(matches!(agreed, Err(AppError::Forbidden)), "{role:?}: {agreed:?}");
            let alone = site.app.report_zero(Requester::Form(ask(&site, &caller)), poll).await;
            assert_eq!(matches!(alone, Err(AppError::Forbidden)), role != Role::HeadTeller, "{role:?}: {alone:?}");
        }
    });
}

/// From the last batch to minutes that can be signed it takes two steps of two, a recount and one press.
#[test]
fn the_hall_goes_from_the_last_batch_to_the_archive_and_the_bundle_verifies() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_sealed_poll(council).await.poll;
        site.opens_the_vote(council, poll).await;
        site.counts_all(council, poll, golden).await;
        let mut hall = Hall::with(site, council, poll).await;
        let began = std::time::Instant::now();
        hall.two("dong-kiem-phieu", &[]).await;
        hall.site.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;
        hall.two("ghi-ket-qua", &[]).await;
        let minutes = hall.path("bien-ban");
        hall.head.opens(&minutes).await;
        let put = hall.head.submits(&format!("{minutes}/trinh"), &[("copies", "3")]).await;
        assert_eq!(put.text(".notice"), "Đã lưu.", "{}", put.html);
        eprintln!("{engine:?}: from the last batch to minutes on the table {} ms", began.elapsed().as_millis());

        // Who put them there does not say that they were signed, and whoever does sees first what will be recorded.
        let sign = format!("{minutes}/ky");
        assert_eq!(hall.head.submits(&sign, &[]).await.status, StatusCode::FORBIDDEN);
        let board = polls::tellers(&mut hall.site.store.read(council).await.expect("read"), poll).await.expect("board");
        let sha256 = hall.leader.opens(&minutes).await.text("dd.hash");
        let signed_by = |count: usize| board.iter().take(count).map(|teller| ("signers", teller.name.as_str()));
        let last = format!("reason_{}", board.len());
        let short = board.len() - 1;
        for (fields, sentence) in [
            (Vec::new(), "đánh dấu các thành viên"),
            (vec![("signers", board[0].name.as_str())], "phải ký biên bản"),
            (signed_by(short).collect(), "ghi lý do không có chữ ký"),
            (signed_by(short).chain([(last.as_str(), " ")]).collect(), "ghi lý do không có chữ ký"),
        ] {
            hall.leader.opens(&minutes).await;
            let refused = hall.leader.submits(&sign, &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}: {}", refused.html);
            assert!(refused.text("#problems").contains(sentence), "{sentence}: {}", refused.html);
        }
        let fields: Vec<(&str, &str)> = signed_by(short).chain([(last.as_str(), "Ốm <b>")]).collect();
        hall.leader.opens(&minutes).await;
        let seen = hall.leader.submits(&sign, &fields).await;
        let rows = seen.all("tbody tr");
        assert_eq!(rows.len(), board.len(), "{}", seen.html);
        assert!(rows[short].contains("Không ký: Ốm <b>") && rows[0].contains("Đã ký"), "{rows:?}");
        assert!(seen.html.contains("giay-to/bien-ban-kiem-phieu.pdf"), "the paper can be opened from there");
        assert_eq!(hall.stage().await, Stage::Proposed, "nothing is recorded yet");
        let signed = hall.leader.submits(&sign, &[]).await;
        assert_eq!(signed.text(".notice"), "Đã lưu.", "{}", signed.html);
        assert!(signed.text("main").contains("không ký (Ốm <b>)"), "{}", signed.html);

        // Something is wrong with them: two people undo the signing, and nobody alone.
        hall.two("huy-ky-bien-ban", &[("reason", "Thiếu tên một thành viên")]).await;
        assert_eq!(
            (hall.stage().await, hall.now().await),
            (Stage::Declared, vec!["Biên bản kiểm phiếu đến lượt".into()])
        );
        hall.head.opens(&minutes).await;
        let none = hall.head.submits(&format!("{minutes}/trinh"), &[("copies", "0")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", none.html);
        hall.head.opens(&minutes).await;
        hall.head.submits(&format!("{minutes}/trinh"), &[("copies", "5")]).await;
        let again = hall.leader.opens(&minutes).await.text("dd.hash");
        assert_ne!(again, sha256, "the new minutes say why they take the place of others");
        let everybody: Vec<(&str, &str)> = signed_by(board.len()).collect();
        hall.leader.submits(&sign, &everybody).await;
        let signed = hall.leader.submits(&sign, &[]).await;
        assert_eq!(signed.text(".notice"), "Đã lưu.", "{}", signed.html);
        let sha256 = again;
        let paper = hall.leader.opens(&hall.path("giay-to/bien-ban-kiem-phieu.pdf")).await;
        assert_eq!(Digest::of(&paper.bytes).to_string(), sha256, "what was signed is what is printed");
        let printed = words(&paper.bytes);
        for told in
            ["thành 05 bản có giá trị như nhau", "thay biên bản đã ký trước đó. Lý do: Thiếu tên một thành viên"]
        {
            assert!(printed.contains(told), "{told}: {printed}");
        }
        hall.hands_over().await;
        hall.publishes_and_puts_away().await;

        // The auditor's bundle, with the papers as anybody prints them from the pages.
        let mut papers = BTreeMap::new();
        for (name, path) in [
            ("minutes.pdf", "giay-to/bien-ban-kiem-phieu.pdf"),
            ("resolution.pdf", "giay-to/nghi-quyet.pdf"),
            ("dinh-chinh-1.pdf", "giay-to/dinh-chinh-1.pdf"),
        ] {
            papers.insert(name.to_owned(), hall.clerk.opens(&hall.path(path)).await.bytes);
        }
        let clerk = hall.site.somebody(council, Role::Clerk);
        let out = hall.site.database.folder().join("bundle");
        hall.site
            .app
            .write_bundle(hall.site.hand(&clerk), (poll, BundleKind::Public), &out, &papers)
            .await
            .expect("bundle");
        let report = bundle::verify(&out, &Options::default()).unwrap_or_else(|e| panic!("{e}"));
        let record = hall.site.app.poll_record(hall.site.hand(&clerk), poll, BundleKind::Sealed).await.expect("record");
        assert_eq!(report.roots[4].1, record.log.head().root);
        let held = verify_db::database(&hall.site.database.target(), None).await.expect("read");
        held.expect("rows are those of the log");
    });
}

/// What one person does, by everybody: each step belongs to its role, whatever the poll would say to it.
#[test]
fn every_step_of_one_person_belongs_to_its_role() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_sealed_poll(council).await.poll;
        let counts = || BatchCounts::zero(PollKind::Rating, 1);
        for role in Role::OF_COUNCIL {
            let caller = site.somebody(council, role);
            let (app, hand) = (&site.app, || site.hand(&caller));
            let form = || "F1".to_owned();
            let handed = || BallotsHandedOver { note: form(), packets: 1, received_by: form(), sealed_by: form() };
            let batch = CountedBatch { form: form(), batch: 1, counts: counts(), read: by_two() };
            let account = BallotAccount::plain(1, 1, 1);
            let (papers, arrived) = (IssuedPapers { issued: 1, printed: 1 }, PresenceChange::Arrived);
            let (teller, head, leader, clerk) = (Role::Teller, Role::HeadTeller, Role::Leader, Role::Clerk);
            let told = [
                ("count_deck", app.count_deck(hand(), poll, Vec::new()).await.err(), vec![head]),
                ("report_zero", app.report_zero(hand(), poll).await.err(), vec![head]),
                ("issue_ballots", app.issue_ballots(hand(), poll, form(), papers).await.err(), vec![head]),
                ("seal_unused", app.seal_unused(hand(), poll, 1, form()).await.err(), vec![head]),
                (
                    "change_presence",
                    app.change_presence(hand(), poll, arrived, 1, form()).await.err(),
                    vec![head, clerk],
                ),
                ("record_ballots", app.record_ballots(hand(), poll, form(), account).await.err(), vec![head]),
                ("commit_batch", app.commit_batch(hand(), poll, batch).await.err(), vec![teller, head]),
                ("propose_minutes", app.propose_minutes(hand(), poll, paper("a.pdf"), 3).await.err(), vec![head]),
                (
                    "sign_minutes",
                    app.sign_minutes(hand(), poll, Digest::of(b""), Signatures::default()).await.err(),
                    vec![leader],
                ),
                ("hand_over", app.hand_over(hand(), poll, handed()).await.err(), vec![head, clerk]),
                ("issue_paper", app.issue_paper(hand(), poll, paper("a.pdf")).await.err(), vec![clerk]),
            ];
            for (step, refused, may) in told {
                let is_forbidden = matches!(refused, Some(AppError::Forbidden));
                assert_eq!(is_forbidden, !may.contains(&role), "{step} by {role:?}: {refused:?}");
            }
        }
    });
}
