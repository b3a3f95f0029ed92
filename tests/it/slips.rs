//! Access slips, from the paper to the session.

use axum::http::StatusCode;
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use jiff::SignedDuration;
use store::logs;

use crate::paper_text::words;
use crate::site::{Answer, Site, Visitor, on_both};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn delegates(site: &Site, council: CouncilId) -> [AccountId; 2] {
    let lan = site.has_account(council, "lan", "Nguyễn Thị Lan", Role::Delegate).await;
    [lan, site.has_account(council, "hai", "Trần Văn Hai", Role::Delegate).await]
}

/// Issues slips over the service; the answer is the paper.
pub async fn issues(admin: &mut Visitor, accounts: &[AccountId], days: &str) -> Answer {
    admin.opens("/phieu-truy-cap").await;
    let ids: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("accounts", id.as_str())).collect();
    fields.push(("days", days));
    admin.submits("/phieu-truy-cap", &fields).await
}

/// Codes in the order of the paper.
pub fn codes(pdf: &[u8]) -> Vec<String> {
    let is_code =
        |word: &&str| word.len() == 19 && word.split('-').all(|group| group.len() == 4) && !word.contains('/');
    words(pdf).split_whitespace().filter(is_code).map(str::to_owned).collect()
}

#[test]
fn a_slip_lets_its_owner_in_once_however_the_code_is_typed() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let people = delegates(&site, council).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let paper = issues(&mut admin, &people, "7").await;
        assert_eq!(paper.headers["content-type"], "application/pdf", "{}", paper.html);
        let read = words(&paper.bytes);
        for expected in
            ["Nguyễn Thị Lan", "Trần Văn Hai", "Hội đồng nhân dân tỉnh Mẫu", "08:00 ngày 08/12/2026", "/phieu/mau"]
        {
            assert!(read.contains(expected), "{expected}: {read}");
        }
        let codes = codes(&paper.bytes);
        assert_eq!(codes.len(), 2, "{read}");

        let mut lan = site.visitor();
        lan.opens("/phieu/mau").await;
        let typed = codes[0].to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        let inside = lan.submits("/phieu/mau", &[("code", &typed)]).await;
        assert_eq!(inside.path, "/", "{}", inside.html);
        assert!(inside.html.contains("Nguyễn Thị Lan"));

        let mut thief = site.visitor();
        thief.opens("/phieu/mau").await;
        let refused = thief.submits("/phieu/mau", &[("code", &codes[0])]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text("#code-error").contains("đã được dùng") && thief.cookie.is_none());
    });
}

#[test]
fn opening_the_scanned_address_shows_the_council_and_uses_nothing_up() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let people = delegates(&site, council).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let code = codes(&issues(&mut admin, &people[..1], "7").await.bytes).remove(0);
        let mut lan = site.visitor();
        let address = format!("/phieu/mau/{}", code.replace('-', ""));
        for _ in 0..2 {
            let page = lan.opens(&address).await;
            assert_eq!(
                (page.text("#council").as_str(), page.all("main button").len()),
                ("Hội đồng nhân dân tỉnh Mẫu", 1)
            );
            assert!(lan.cookie.is_none());
        }
        assert_eq!(lan.submits("/phieu/mau", &[]).await.path, "/");
    });
}

#[test]
fn a_slip_ends_by_time_by_hand_by_a_newer_one_and_with_its_account() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let [lan, hai] = delegates(&site, council).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let mut guest = site.visitor();
        let older = codes(&issues(&mut admin, &[lan], "7").await.bytes).remove(0);
        site.clock.advance(SignedDuration::from_secs(1));
        let newer = codes(&issues(&mut admin, &[lan], "7").await.bytes).remove(0);
        guest.opens("/phieu/mau").await;
        assert!(guest.submits("/phieu/mau", &[("code", &older)]).await.text("#code-error").contains("bị hủy"));

        let list = admin.opens("/phieu-truy-cap").await;
        assert_eq!(list.all("#slips .tag"), ["Còn hiệu lực", "Đã hủy"]);
        let from = list.html.find("name=\"slips\" value=\"").expect("a live slip") + 20;
        let slip = list.html[from..from + 36].to_owned();
        admin.submits("/phieu-truy-cap/huy", &[("slips", &slip)]).await;
        assert!(guest.submits("/phieu/mau", &[("code", &newer)]).await.text("#code-error").contains("bị hủy"));

        let last = codes(&issues(&mut admin, &[hai], "1").await.bytes).remove(0);
        site.clock.advance(DAY);
        assert!(guest.submits("/phieu/mau", &[("code", &last)]).await.text("#code-error").contains("hết hạn"));

        let mut admin = site.signed_in("mau", "quan.tri").await;
        let locked = codes(&issues(&mut admin, &[hai], "7").await.bytes).remove(0);
        let path = format!("/tai-khoan/{hai}");
        admin.opens(&path).await;
        admin.submits(&format!("{path}/khoa"), &[]).await;
        admin.opens(&path).await;
        admin.submits(&format!("{path}/mo"), &[]).await;
        assert!(guest.submits("/phieu/mau", &[("code", &locked)]).await.text("#code-error").contains("bị hủy"));
    });
}

#[test]
fn who_may_not_have_a_slip_gets_none() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let [lan, _] = delegates(&site, council).await;
        let clerk = site.has_account(council, "vp", "Người Văn Phòng", Role::Clerk).await;
        let operator = site.account(CouncilId::INSTALLATION, "he.thong").await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        for (accounts, days, field) in [
            (vec![lan, clerk], "7", "accounts"),
            (vec![operator], "7", "accounts"),
            (vec![], "7", "accounts"),
            (vec![lan], "31", "days"),
        ] {
            let refused = issues(&mut admin, &accounts, days).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{days}");
            assert_eq!(refused.all(&format!("#{field}-error")).len(), 1, "{}", refused.html);
        }
        assert!(admin.opens("/phieu-truy-cap").await.all("#slips").is_empty(), "nothing was written");
    });
}

#[test]
fn a_code_opens_no_other_council_and_stands_in_no_log_and_no_page() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let operator = site.actor_of_operator().await;
        site.found(&operator, "ben-kia", "Hội đồng nhân dân tỉnh Khác").await;
        let [lan, _] = delegates(&site, council).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let code = codes(&issues(&mut admin, &[lan], "7").await.bytes).remove(0);
        let mut guest = site.visitor();
        guest.opens("/phieu/ben-kia").await;
        let refused = guest.submits("/phieu/ben-kia", &[("code", &code)]).await;
        assert!(refused.text("#code-error").contains("Mã thẻ không đúng"));
        guest.opens("/phieu/mau").await;
        assert_eq!(guest.submits("/phieu/mau", &[("code", &code)]).await.path, "/");

        let mut tx = site.store.read(council).await.expect("database");
        let log = site.own_log(council).await;
        let entries = logs::entries(&mut tx, log, 0, 100).await.expect("log").join("\n");
        assert!(entries.contains("slips.issued") && entries.contains("\"by\":\"slip\""), "{entries}");
        let bare = code.replace('-', "");
        let list = admin.opens("/phieu-truy-cap").await.html;
        for text in [entries, list] {
            assert!(!text.contains(&code) && !text.contains(&bare));
        }
    });
}

#[test]
fn a_delegate_without_a_password_may_choose_one_or_go_on() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        admin.opens("/tai-khoan/nhieu").await;
        admin.submits("/tai-khoan/nhieu", &[("names", "Nguyễn Thị Lan"), ("step", "preview")]).await;
        admin.submits("/tai-khoan/nhieu", &[("names", "Nguyễn Thị Lan"), ("step", "open")]).await;
        let mut lan = site.visitor();
        let council = site.app.bodies().await.expect("bodies").into_iter().find(|(slug, _)| slug == "mau");
        let id = site.account(council.expect("council").1, "lan.nguyen").await;
        let code = codes(&issues(&mut admin, &[id], "7").await.bytes).remove(0);
        lan.opens("/phieu/mau").await;
        lan.submits("/phieu/mau", &[("code", &code)]).await;
        assert!(lan.opens("/da-vao").await.html.contains("lan.nguyen"));
        let words = "sông hồng mùa nước nổi";
        lan.opens("/toi/mat-khau").await;
        lan.submits("/toi/mat-khau", &[("new_password", words), ("password_again", words)]).await;
        let mut again = site.visitor();
        again.signs_in("mau", "lan.nguyen", words).await;
        assert!(again.cookie.is_some());
        assert_eq!(again.opens("/da-vao").await.path, "/", "who has a password chooses no other here");
    });
}

#[test]
fn what_others_type_at_the_same_address_keeps_out_no_slip_that_is_right() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let people = delegates(&site, council).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let code = codes(&issues(&mut admin, &people[..1], "7").await.bytes).remove(0);
        let mut stranger = site.visitor();
        stranger.opens("/phieu/mau").await;
        for _ in 0..121 {
            stranger.submits("/phieu/mau", &[("code", "7KQ2-M4XT-9BHC-W0RP")]).await;
        }
        let refused = stranger.submits("/phieu/mau", &[("code", "7KQ2-M4XT-9BHC-W0RP")]).await;
        assert!(refused.text("#code-error").starts_with("Đã nhập sai nhiều lần"), "{}", refused.html);
        let mut lan = site.visitor();
        lan.opens("/phieu/mau").await;
        assert_eq!(lan.submits("/phieu/mau", &[("code", &code)]).await.path, "/");
    });
}
