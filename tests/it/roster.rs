//! Officials and delegates kept by hand: added, changed by two at once, moved, withdrawn, linked to accounts.

use axum::http::StatusCode;
use domain::role::Role;
use serde_json::json;

use crate::site::{Answer, Engine, Site, Visitor, log_of, on_both};

async fn office(engine: Engine) -> (Site, domain::id::CouncilId, Visitor) {
    let (site, council) = Site::with_council(engine).await;
    site.has_account(council, "van.phong", "Lê Văn Phòng", Role::Clerk).await;
    let clerk = site.signed_in("mau", "van.phong").await;
    (site, council, clerk)
}

async fn adds(clerk: &mut Visitor, name: &str, post: &str) -> Answer {
    clerk.opens("/can-bo/moi").await;
    let fields = [
        ("honorific", "ms"),
        ("name", name),
        ("birth", "19/08/1965"),
        ("post_title", post),
        ("post_from", "2021-06-29"),
        ("post_until", ""),
        ("block", "Ủy ban nhân dân"),
        ("fields", "Y tế\nĐất đai"),
    ];
    clerk.submits("/can-bo/moi", &fields).await
}

fn path(answer: &Answer) -> String {
    answer.path.split('?').next().expect("path").to_owned()
}

#[test]
fn an_official_is_added_changed_and_every_version_is_told() {
    on_both(|engine| async move {
        let (site, council, mut clerk) = office(engine).await;
        assert!(clerk.opens("/can-bo").await.text(".empty").starts_with("Chưa có ai trong danh sách."));
        let added = adds(&mut clerk, "Trần Thị Bình", "Chủ tịch UBND tỉnh").await;
        assert_eq!(added.text(".notice"), "Đã thêm vào danh sách.", "{}", added.html);
        let own = path(&added);
        assert_eq!(added.all("tbody tr").len(), 2, "one empty line more than there are posts");
        // The post ends, another begins: the first goes to those that were held.
        let fields = [
            ("honorific", "ms"),
            ("name", "Trần Thị Bình"),
            ("birth", "1965"),
            ("post_title", "Chủ tịch UBND tỉnh"),
            ("post_from", "2021-06-29"),
            ("post_until", "2023-12-10"),
            ("post_title", "Bí thư Tỉnh ủy"),
            ("post_from", "11/12/2023"),
            ("post_until", ""),
            ("block", "Ủy ban nhân dân"),
            ("fields", "Y tế"),
            ("rank", "1"),
        ];
        let saved = clerk.submits(&own, &fields).await;
        assert_eq!(saved.text(".notice"), "Đã lưu.", "{}", saved.html);
        let history = clerk.opens(&format!("{own}/lich-su")).await;
        assert_eq!(history.all("h2"), ["Lần 2: sửa", "Lần 1: thêm mới"]);
        let changed = history.all("section:first-of-type td");
        assert_eq!(
            changed,
            [
                "19/08/1965",
                "1965",
                "Chủ tịch UBND tỉnh (bầu 29/06/2021)",
                "Bí thư Tỉnh ủy (bầu 11/12/2023)",
                "Y tế; Đất đai",
                "Y tế",
                "trống",
                "Chủ tịch UBND tỉnh (29/06/2021 - 10/12/2023)",
            ]
        );
        let log = log_of(&site, council).await;
        let told: Vec<_> = log.iter().filter(|(kind, _)| kind == "records.revised").map(|(_, data)| data).collect();
        assert_eq!(
            told.iter().map(|data| data["action"].clone()).collect::<Vec<_>>(),
            [json!("added"), json!("changed")]
        );
        assert!(told.iter().all(|data| data["subject"] == "official"));
        // Saved again as it is, nothing is written.
        clerk.opens(&own).await;
        clerk.submits(&own, &fields).await;
        assert_eq!(log_of(&site, council).await.len(), log.len());
    });
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_names_are_only_text() {
    on_both(|engine| async move {
        let (_site, _, mut clerk) = office(engine).await;
        clerk.opens("/can-bo/moi").await;
        let fields = [
            ("honorific", "mr"),
            ("name", ""),
            ("birth", "hôm qua"),
            ("post_title", "A; B"),
            ("post_from", "31/02/2023"),
            ("post_until", ""),
            ("rank", "0"),
        ];
        let refused = clerk.submits("/can-bo/moi", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["name", "birth", "posts", "block", "rank"] {
            assert_eq!(refused.all(&format!("#{field}-error")).len(), 1, "{field}: {}", refused.html);
        }
        assert_eq!(refused.all("#problems a[href='#posts']").len(), 2, "both sentences about posts");
        assert!(refused.html.contains("value=\"A; B\""), "what was typed is still there");
        let markup = adds(&mut clerk, "<script>alert(1)</script>", "Giám đốc").await;
        assert!(markup.text("#name-error").contains("U+003C"), "{}", markup.html);
        let added = adds(&mut clerk, "Lê Thị An", "<script>alert(1)</script>").await;
        assert_eq!(added.status, StatusCode::OK);
        let list = clerk.opens("/can-bo").await;
        assert!(!list.html.contains("<script") && list.html.contains("&#60;script"));
        adds(&mut clerk, "Trần Thị Bình", "Giám đốc").await;
        let twice = adds(&mut clerk, "Trần  Thị Bình", "Phó Giám đốc").await;
        assert!(twice.text("#name-error").contains("trùng tên"), "{}", twice.html);
    });
}

#[test]
fn the_second_of_two_editors_is_told_and_the_order_moves() {
    on_both(|engine| async move {
        let (site, council, mut clerk) = office(engine).await;
        site.has_account(council, "lanh.dao", "Phạm Lãnh Đạo", Role::Leader).await;
        let mut leader = site.signed_in("mau", "lanh.dao").await;
        let first = path(&adds(&mut clerk, "Trần Thị Bình", "Chủ tịch UBND tỉnh").await);
        let second = path(&adds(&mut clerk, "Lê Thị An", "Giám đốc Sở Y tế").await);
        clerk.opens(&first).await;
        leader.opens(&first).await;
        let fields = |name, block| {
            let post = [("post_title", "Chủ tịch UBND tỉnh"), ("post_from", "2021-06-29"), ("post_until", "")];
            let own = [("honorific", "ms"), ("name", name), ("birth", "19/08/1965"), ("block", block)];
            [own.to_vec(), post.to_vec(), vec![("fields", "Y tế\nĐất đai")]].concat()
        };
        let saved = leader.submits(&first, &fields("Trần Thị Bình", "Lãnh đạo")).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.html);
        let stale = clerk.submits(&first, &fields("Trần Thị Bính", "Ủy ban nhân dân")).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert_eq!(stale.all("#conflict tbody th"), ["Họ tên", "Khối"]);
        assert!(stale.html.contains("value=\"Trần Thị Bính\""));

        let names = |list: &Answer| list.all("tbody th");
        assert_eq!(names(&clerk.opens("/can-bo").await), ["Bà Trần Thị Bình", "Bà Lê Thị An"]);
        let moved = clerk.submits(&format!("{second}/len"), &[]).await;
        assert_eq!(
            (moved.text(".notice").as_str(), names(&moved)),
            ("Đã chuyển thứ tự.", vec!["Bà Lê Thị An".into(), "Bà Trần Thị Bình".to_owned()])
        );
        let found = clerk.opens("/can-bo?tim=so+y+te").await;
        assert_eq!(names(&found), ["Bà Lê Thị An"]);
        assert_eq!(clerk.opens("/can-bo?phan=L%C3%A3nh+%C4%91%E1%BA%A1o").await.all("tbody th").len(), 1);

        clerk.opens(&second).await;
        let withdrawn = clerk.submits(&format!("{second}/rut"), &[]).await;
        assert_eq!(withdrawn.text("dd .tag"), "Đã rút khỏi danh sách");
        assert_eq!(names(&clerk.opens("/can-bo").await), ["Bà Trần Thị Bình"]);
        assert_eq!(names(&clerk.opens("/can-bo?trang-thai=rut").await), ["Bà Lê Thị An Đã rút"]);
        clerk.opens(&second).await;
        clerk.submits(&format!("{second}/khoi-phuc"), &[]).await;
        assert_eq!(names(&clerk.opens("/can-bo").await), ["Bà Lê Thị An", "Bà Trần Thị Bình"]);
    });
}

#[test]
fn delegates_have_groups_with_one_secretary_and_accounts_are_linked_by_name() {
    on_both(|engine| async move {
        let (site, council, mut clerk) = office(engine).await;
        for (login, name) in [("hai", "Trần Văn Hai"), ("ba", "Lê Thị Ba"), ("ba2", "Lê Thị Ba")] {
            site.has_account(council, login, name, Role::Delegate).await;
        }
        let mut added = Vec::new();
        for (name, secretary) in [("Trần Văn Hai", "yes"), ("Lê Thị Ba", ""), ("Không Tài Khoản", "")] {
            clerk.opens("/dai-bieu/moi").await;
            let fields = [("name", name), ("group", "Tổ số 1"), ("group_secretary", secretary)];
            added.push(path(&clerk.submits("/dai-bieu/moi", &fields).await));
        }
        clerk.opens(&added[1]).await;
        let two =
            clerk.submits(&added[1], &[("name", "Lê Thị Ba"), ("group", "tổ số 1"), ("group_secretary", "yes")]).await;
        assert!(two.text("#group_secretary-error").contains("Trần Văn Hai"), "{}", two.html);

        let pairs = clerk.opens("/can-bo/gan-tai-khoan").await;
        assert_eq!(pairs.all("tbody th"), ["Trần Văn Hai"]);
        assert!(pairs.html.contains("cùng họ tên: Lê Thị Ba.") && pairs.html.contains("1 người chưa có tài khoản"));
        let done = clerk.submits("/can-bo/gan-tai-khoan", &[]).await;
        assert_eq!(done.text(".notice"), "Đã gắn tài khoản với người cùng tên.");
        assert!(clerk.opens("/dai-bieu").await.html.contains("Trần Văn Hai (hai)"));
        clerk.opens(&added[2]).await;
        let hai = site.account(council, "hai").await.to_string();
        let taken = clerk.submits(&added[2], &[("name", "Không Tài Khoản"), ("account", &hai)]).await;
        assert!(taken.text("#account-error").contains("đã gắn với Trần Văn Hai"), "{}", taken.html);
    });
}
