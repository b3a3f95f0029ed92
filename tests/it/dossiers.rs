//! Dossiers over HTTP: compiled, proposed, confirmed, read, compared.

use app::service::app::Ask;
use app::trail::verify_db;
use axum::http::StatusCode;
use domain::fact::FactKind;
use domain::id::{CouncilId, OfficialId, PollId};
use domain::role::Role;

use crate::site::{Engine, PDF, Site, on_both, somebody_in, typed_task};

/// A poll with an official whose name is no markup, a verified fact and one that waits.
async fn with_facts(engine: Engine) -> (Site, CouncilId, PollId, OfficialId) {
    let (site, council) = Site::with_council(engine).await;
    for (login, name, role) in [
        ("thu.ky", "Lê Thư Ký", Role::Clerk),
        ("thuong.truc", "Trần Thường Trực", Role::Leader),
        ("dai.bieu", "Phạm Đại Biểu", Role::Delegate),
    ] {
        site.has_account(council, login, name, role).await;
    }
    let poll = site.has_poll(council).await;
    let official = site.has_official(council, "Trần <b>Văn</b> B").await;
    site.has_fact(council, typed_task(&[official], "xây xong trạm y tế"), true).await;
    site.has_fact(council, typed_task(&[official], "chưa ai kiểm"), false).await;
    (site, council, poll, official)
}

#[test]
fn the_desk_says_what_stands_in_each_dossier_and_what_is_missing() {
    on_both(|engine| async move {
        let (site, _, poll, official) = with_facts(engine).await;
        let mut clerk = site.signed_in("mau", "thu.ky").await;
        let desk = clerk.opens(&format!("/ky/{poll}/ho-so")).await;
        assert_eq!(desk.all("tbody th a"), ["Ông Trần <b>Văn</b> B", "Lĩnh vực Y tế"]);
        assert_eq!(desk.all("tbody tr:first-child td.number"), ["1", "1", "1", "1"]);
        assert!(desk.all("details li").contains(&"Chưa có báo cáo của người được lấy phiếu.".to_owned()));
        assert_eq!(desk.all("b"), [""; 0], "a name is no markup");

        let path = format!("/ky/{poll}/ho-so/nguoi/{official}");
        let verified = clerk.opens(&path).await;
        assert!(verified.html.contains("xây xong trạm y tế") && !verified.html.contains("chưa ai kiểm"));
        let all = clerk.opens(&format!("{path}?gom=tat-ca")).await;
        assert!(all.html.contains("chưa ai kiểm"));
        assert_eq!(all.text(".watermark"), "DỰ THẢO");
        let other_year = clerk.opens(&format!("{path}?nam=2022")).await;
        assert!(!other_year.html.contains("xây xong trạm y tế"));
        let draft = clerk.opens(&format!("{path}/pdf")).await;
        assert!(draft.bytes.starts_with(b"%PDF"), "{}", draft.status);
        let field = clerk.opens(&format!("/ky/{poll}/ho-so/linh-vuc/Y%20t%E1%BA%BF")).await;
        assert!(field.html.contains("xây xong trạm y tế"), "{}", field.html);
        for unknown in ["linh-vuc/khac", "nguoi/khac", "ai/do"] {
            let answer = clerk.opens(&format!("/ky/{poll}/ho-so/{unknown}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{unknown}");
        }
        let mut delegate = site.signed_in("mau", "dai.bieu").await;
        assert_eq!(delegate.opens(&path).await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn one_person_proposes_a_release_another_confirms_and_the_next_says_what_changed() {
    on_both(|engine| async move {
        let (site, council, poll, official) = with_facts(engine).await;
        let desk = format!("/ky/{poll}/ho-so");
        let mut leader = site.signed_in("mau", "thuong.truc").await;
        // A leader may propose too, but then another one has to confirm.
        let job = site.has_printed(council, poll).await;
        leader.opens(&format!("{desk}/lap/{job}")).await;
        let proposed = leader.submits(&format!("{desk}/lap/{job}"), &[]).await;
        assert!(proposed.text(".notice").starts_with("Đã đề xuất phát hành"), "{}", proposed.html);
        let offer = {
            let leader = somebody_in(council, Role::Leader, site.clock.now());
            site.app.dossier_desk(&leader, poll).await.expect("desk").offer.expect("offer").proposal
        };
        let offered = format!("/ky/{poll}/de-xuat/{offer}");
        let confirm = format!("{offered}/xac-nhan");
        let own = leader.opens(&offered).await;
        assert!(own.html.contains("Người đề xuất không tự xác nhận được"), "{}", own.html);
        assert!(!own.html.contains(&confirm));

        site.has_account(council, "thuong.truc.2", "Vũ Thường Trực", Role::Leader).await;
        let mut second = site.signed_in("mau", "thuong.truc.2").await;
        let shown = second.opens(&offered).await;
        assert_eq!(shown.all("tbody th"), ["Ông Trần <b>Văn</b> B", "Lĩnh vực Y tế"], "{}", shown.html);
        let released = second.submits(&confirm, &[]).await;
        assert_eq!(released.text("dl .tag"), "đã xác nhận", "{}", released.html);
        let again = second.opens(&desk).await;
        assert_eq!(again.all(".tag.good").len(), 3, "both dossiers and the whole are as released: {}", again.html);

        let dossier = format!("{desk}/phat-hanh/1/nguoi/{official}");
        let first = second.opens(&dossier).await;
        assert!(first.html.contains("xây xong trạm y tế") && !first.html.contains("chưa ai kiểm"));
        assert!(first.text(".paper-foot").contains(&first.all("dd.hash")[0]), "the hash stands on the page");
        let file = second.opens(&format!("{dossier}/pdf")).await.bytes;
        assert!(file.starts_with(b"%PDF"));
        assert_eq!(second.opens(&format!("{dossier}/pdf")).await.bytes, file, "frozen");

        // What waits is verified: the next release has it.
        let fact = typed_task(&[official], "thêm một bệnh viện");
        site.has_fact(council, fact, true).await;
        let changed = second.opens(&desk).await;
        assert_eq!(changed.all(".tag.bad").len(), 3, "{}", changed.html);
        site.has_release(council, poll).await;
        let changes = second.opens(&format!("{desk}/phat-hanh/2/nguoi/{official}/thay-doi?tu=1")).await;
        assert_eq!(changes.all("table.versions tbody th"), ["Mới"], "{}", changes.html);
        assert!(changes.html.contains("thêm một bệnh viện"));
        assert_eq!(second.opens(&format!("{dossier}/pdf")).await.bytes, file, "the first stays as it was");

        let report = verify_db::database(&site.database.target(), None).await.expect("read").expect("holds");
        let mau = report.councils.iter().find(|c| c.name.contains("Mẫu")).expect("council");
        assert_eq!(mau.dossiers, 4);
    });
}

#[test]
fn what_changed_since_it_was_printed_is_neither_proposed_nor_confirmed() {
    on_both(|engine| async move {
        let (site, council, poll, official) = with_facts(engine).await;
        let [clerk, leader] = [Role::Clerk, Role::Leader].map(|role| somebody_in(council, role, site.clock.now()));
        let ask = |caller| Ask { caller, request: site.app.new_request().expect("request") };

        let stale = site.has_printed(council, poll).await;
        site.has_fact(council, typed_task(&[official], "vừa thêm"), true).await;
        let refused = site.app.propose_release(ask(&clerk), poll, stale).await.expect_err("stale");
        assert!(refused.to_string().contains("Dữ liệu đã thay đổi"), "{refused}");

        let job = site.has_printed(council, poll).await;
        site.app.propose_release(ask(&clerk), poll, job).await.expect("proposed");
        let twice = site.has_printed(council, poll).await;
        let second = site.app.propose_release(ask(&clerk), poll, twice).await.expect_err("one at a time");
        assert!(second.to_string().contains("đang chờ xác nhận"), "{second}");
        let offer = site.app.dossier_desk(&leader, poll).await.expect("desk").offer.expect("offer");
        site.has_fact(council, typed_task(&[official], "thêm nữa"), true).await;
        let outdated = site.app.confirm_release(ask(&leader), poll, offer.proposal).await.expect_err("outdated");
        assert!(outdated.to_string().contains("Dữ liệu đã thay đổi"), "{outdated}");
        assert_eq!(site.app.releases(&leader, poll).await.expect("releases"), Vec::new(), "nothing is half done");

        let mut visitor = site.signed_in("mau", "thuong.truc").await;
        let offered = format!("/ky/{poll}/de-xuat/{}", offer.proposal);
        let shown = visitor.opens(&offered).await;
        assert!(shown.text(".warning").contains("Dữ liệu đã thay đổi"), "{}", shown.html);
        let refused = visitor.submits(&format!("{offered}/khong-chap-nhan"), &[("note", "dữ liệu cũ")]).await;
        assert_eq!(refused.text("dl .tag"), "không chấp nhận", "{}", refused.html);
        assert!(site.app.dossier_desk(&leader, poll).await.expect("desk").offer.is_none());
    });
}

#[test]
fn a_delegate_opens_the_file_behind_a_fact_once_it_is_released() {
    on_both(|engine| async move {
        let (site, council, poll, official) = with_facts(engine).await;
        let (fact, file) = site.has_fact_with_file(council, official, FactKind::Award, "khen").await;
        let path = format!("/tep-nguon/{file}");
        let mut delegate = site.signed_in("mau", "dai.bieu").await;
        site.has_release(council, poll).await;
        assert_eq!(delegate.opens(&path).await.status, StatusCode::NOT_FOUND, "nobody checked the fact yet");
        let mut leader = site.signed_in("mau", "thuong.truc").await;
        leader.opens(&format!("/du-kien/{fact}")).await;
        leader.submits(&format!("/du-kien/{fact}/tham-tra"), &[]).await;
        assert_eq!(delegate.opens(&path).await.status, StatusCode::NOT_FOUND, "it stands in no released dossier");
        site.has_release(council, poll).await;
        assert!(delegate.opens(&path).await.bytes.starts_with(PDF));
        let dossier = delegate.opens(&format!("/doc/{poll}/1")).await;
        assert!(dossier.html.contains(&format!("href=\"{path}\"")), "the dossier leads to it: {}", dossier.html);
    });
}
