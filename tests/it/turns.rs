//! Whom everybody waits for, as room, day and proposals say it to each reader.

use axum::http::StatusCode;
use domain::role::Role;

use crate::counting::{Hall, pile};
use crate::hall::Hall as People;
use crate::site::{Answer, Site, on_both};

fn turns(page: &Answer) -> Vec<String> {
    page.all(".turns li")
}

#[test]
fn the_room_says_whom_everybody_waits_for() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[10]).await;
        let (room, address) = (hall.room(), hall.batch(1));
        assert_eq!(turns(&hall.head.visitor.opens(&room).await), ["Bạn: Mở tập để kiểm"]);
        assert_eq!(turns(&hall.an.visitor.opens(&room).await), ["Chờ Trưởng ban mở tập để kiểm"]);
        hall.opens("1", "10", "marks").await;
        let head = hall.head.visitor.opens(&room).await;
        assert_eq!(turns(&head), ["Chờ Kiểm Phiếu An và Kiểm Phiếu Bình nhập tập 1"]);
        assert!(head.html.contains("data-sound"), "the head hears of a turn");
        let an = hall.an.visitor.opens(&room).await;
        assert_eq!(turns(&an), ["Bạn: Nhập tập 1"]);
        assert!(!an.html.contains("data-sound"), "a teller's room is silent");

        let good = ["120"; 10];
        let mut other = good;
        other[6] = "110";
        hall.an.keys(&address, "entry", &pile(&good)).await;
        assert_eq!(turns(&hall.an.visitor.opens(&room).await), ["Chờ Kiểm Phiếu Bình nhập tập 1"]);
        hall.binh.keys(&address, "entry", &pile(&other)).await;
        let again = ["Chờ Kiểm Phiếu An và Kiểm Phiếu Bình nhập lại chỗ lệch của tập 1"];
        assert_eq!(turns(&hall.head.visitor.opens(&room).await), again);
        let line = |keys: &str| serde_json::json!([{ "paper": 7, "reason": null, "lines": [2], "keys": keys }]);
        hall.an.keys(&address, "again", &line("2")).await;
        assert_eq!(turns(&hall.binh.visitor.opens(&room).await), ["Bạn: Nhập lại chỗ lệch của tập 1"]);
        hall.binh.keys(&address, "again", &line("1")).await;
        assert_eq!(turns(&hall.head.visitor.opens(&room).await), ["Bạn: Quyết định phiếu số 7 của tập 1"]);
        let head = "Trần Trưởng Ban";
        let waits = turns(&hall.an.visitor.opens(&room).await);
        assert!(waits[0].starts_with("Chờ Trưởng ban") && waits[0].contains("phiếu số 7"), "{waits:?} {head}");
        hall.head.keys(&address, "decide", &line("2")).await;
        let done = hall.head.visitor.opens(&room).await;
        assert_eq!(turns(&done), ["Bạn: Đề xuất đóng kiểm phiếu"]);
        let links = done.all("main .notice a");
        assert_eq!(links, ["đóng kiểm phiếu"], "what can be done leads there: {}", done.html);
    });
}

#[test]
fn whoever_can_confirm_is_told_so_and_every_confirmed_step_leads_on() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_sealed_poll(council).await.poll;
        let mut hall = People::with(site, council, poll).await;
        let (day, list) = (hall.path("ngay-bo-phieu"), hall.path("de-xuat"));
        let waiver = hall.proposes("bo-qua-phieu-thu", &[("reason", "Máy in hỏng")]).await;
        let what = "xác nhận đề xuất «Bỏ qua việc kiểm phiếu thử»";
        for page in [&day, &list] {
            let leader = hall.leader.opens(page).await;
            assert!(
                turns(&leader).contains(&"Bạn: Xác nhận đề xuất «Bỏ qua việc kiểm phiếu thử»".to_owned()),
                "{}",
                leader.html
            );
            let head = hall.head.opens(page).await;
            assert!(turns(&head).contains(&format!("Chờ Thường trực {what}")), "{}", head.html);
        }
        let home = hall.leader.opens("/").await;
        assert!(turns(&home)[0].starts_with("Bạn: Xác nhận"), "{}", home.html);
        let done = hall.confirms(&waiver).await;
        assert_eq!(turns(&done), ["Chờ Trưởng ban lập biên bản xác nhận số liệu bằng 0"], "{}", done.html);
        let of_head = hall.head.opens(&waiver).await;
        assert_eq!(turns(&of_head), ["Bạn: Lập biên bản xác nhận số liệu bằng 0"], "{}", of_head.html);
        let to = of_head.html.split('"').find(|part| part.ends_with("/xac-nhan-bang-0")).expect("a link").to_owned();
        assert_eq!(hall.head.opens(&to).await.status, StatusCode::OK);

        // The office begins a vote: before its forms are sealed its day says why nothing goes on, and where it does.
        let begun = hall.site.has_poll(council).await;
        let early = hall.clerk.opens(&format!("/ky/{begun}/ngay-bo-phieu")).await;
        assert!(early.text(".warning").contains("Chưa chốt mẫu phiếu"), "{}", early.html);
        assert_eq!(early.all(&format!(".warning a[href='/ky/{begun}']")).len(), 1, "{}", early.html);
        assert!(turns(&early)[0].starts_with("Bạn: Làm tiếp việc"), "{}", early.html);
        let of_head = hall.head.opens(&format!("/ky/{begun}/ngay-bo-phieu")).await;
        assert!(of_head.all(".warning a").is_empty(), "{}", of_head.html);
        for (page, section) in
            [("ngay-bo-phieu", "Ngày bỏ phiếu"), ("bien-ban", "Ngày bỏ phiếu"), ("giay-to", "Kết quả")]
        {
            let path = hall.path(page);
            let page = hall.clerk.opens(&path).await;
            assert_eq!(page.all("header nav a[aria-current=page]"), [section], "{path}");
        }
        let list = hall.site.somebody(council, Role::Clerk);
        let typed = app::preparing::TypedDecision { number: "31/NQ".into(), day: "2023-12-05".into() };
        let ask = app::service::app::Ask { caller: &list, request: hall.site.app.new_request().expect("request") };
        hall.site.app.propose_list(ask, begun, &typed).await.expect("list");
        let page = format!("/ky/{begun}");
        let text = hall.leader.opens(&page).await.text("main");
        assert!(text.contains("1 đề xuất chờ bạn xác nhận") && !text.contains("chờ người khác"), "{text}");
        let text = hall.clerk.opens(&page).await.text("main");
        assert!(text.contains("1 đề xuất đang chờ người khác xác nhận") && !text.contains("chờ bạn"), "{text}");
    });
}
