//! A signed paper against what was published: two groups, all of them, or the QR code, on a page and on the command line.

use app::trail::verify;
use axum::http::{Method, StatusCode};
use domain::audit::Checkpoint;
use domain::role::Role;

use crate::live_bundle::{bundle, kept};
use crate::public_results::switches;
use crate::serve::tinnhiem;
use crate::site::{Answer, Site, Visitor, on_both};

async fn asks(guest: &mut Visitor, typed: &str) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("root", typed).finish();
    guest.sends_once(Method::GET, &format!("/cong-bo/mau/so-ban-giay?{query}"), None).await
}

#[test]
fn two_groups_of_a_paper_say_which_published_vote_it_is() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "lanh.dao", "Phạm Thường Trực", Role::Leader).await;
        site.has_account(council, "giam.sat", "Lê Thị Giám Sát", Role::Auditor).await;
        let poll = site.has_sealed_poll(council).await.poll;
        site.has_published_poll(council, poll).await;
        let mut guest = site.visitor();
        assert_eq!(asks(&mut guest, "").await.status, StatusCode::NOT_FOUND, "nothing is shown to everybody yet");
        let mut leader = site.signed_in("mau", "lanh.dao").await;
        switches(&mut leader, poll, "yes").await;

        let mut auditor = site.signed_in("mau", "giam.sat").await;
        let (_, bytes) = bundle(&mut auditor, poll).await;
        let zip = kept(&site, "goi.zip", &bytes);
        let report = verify::bundle(&zip, None).expect("bundle").expect("holds");
        let (moment, size, root) = report.heads[2];
        let groups = root.groups();
        let two = format!("3:{} 11:{}", groups[2], groups[10].to_uppercase());
        let page = asks(&mut guest, &two).await;
        let told = page.text("main");
        let label = moment.expect("a moment").label();
        assert!(told.contains("Khớp.") && told.contains(label) && told.contains("nhóm thứ 3, 11"), "{told}");
        assert_eq!(page.headers["cache-control"], "no-store");
        assert_eq!(asks(&mut guest, "").await.status, StatusCode::OK);
        let head = Checkpoint { origin: domain::audit::KeyName::new(report.origin.clone()).expect("name"), size, root };
        assert!(asks(&mut guest, &head.to_text()).await.text("main").contains("đúng cả 16 nhóm"));
        let forged = Checkpoint { root: domain::audit::Digest::of(b"giay gia"), ..head };
        assert!(asks(&mut guest, &forged.to_text()).await.text("[role=alert]").contains("Không khớp."));
        assert!(asks(&mut guest, "1:0000 2:0000").await.text("main").contains("Không thấy."));
        assert_eq!(asks(&mut guest, "1:00").await.status, StatusCode::UNPROCESSABLE_ENTITY);

        let runs = |typed: &[&str]| {
            let output = tinnhiem().arg("paper").arg(&zip).args(typed).output().expect("program");
            (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
        };
        let (code, said) = runs(&[&two]);
        assert!(code == Some(0) && said.contains(label) && said.contains("KHỚP"), "{said}");
        let (code, said) = runs(&["1:0000", "2:0000"]);
        assert!(code == Some(1) && said.contains("KHÔNG KHỚP"), "{said}");
        assert_eq!(runs(&["1:00"]).0, Some(2));

        // Guesses are counted for each address; what is right is not.
        for _ in 0..30 {
            asks(&mut guest, "1:0000 2:0000").await;
        }
        assert_eq!(asks(&mut guest, &two).await.status, StatusCode::TOO_MANY_REQUESTS);
        site.clock.advance(jiff::SignedDuration::from_mins(11));
        assert_eq!(asks(&mut guest, &two).await.status, StatusCode::OK);
    });
}
