//! The first start: no default password, one link from the console.

use axum::http::StatusCode;

use crate::site::{Site, Visitor, on_both};

const OPERATOR: &[(&str, &str)] = &[
    ("name", "Người Vận Hành"),
    ("login", "he.thong"),
    ("password", "sông dài ruộng lúa"),
    ("password_again", "sông dài ruộng lúa"),
];
const FIRST: &str = "đò ngang bến cũ";

async fn submits(visitor: &mut Visitor, path: &str, council: &[(&str, &str)]) -> crate::site::Answer {
    visitor.submits(path, &[OPERATOR, council].concat()).await
}

#[test]
fn the_link_of_the_console_sets_up_operator_and_council_once() {
    on_both(|engine| async move {
        let site = Site::empty(engine).await;
        let mut visitor = site.visitor();
        let answer = visitor.opens("/tai-khoan").await;
        assert_eq!((answer.status, answer.text("h1").as_str()), (StatusCode::SERVICE_UNAVAILABLE, "Chưa cài đặt"));
        let void = site.app.set_up_link().await.expect("link").expect("not set up");
        let link = site.app.set_up_link().await.expect("link").expect("not set up");
        assert_eq!(visitor.opens(&void).await.status, StatusCode::NOT_FOUND, "a newer link voids it");
        assert_eq!(visitor.opens("/cai-dat/sai").await.status, StatusCode::NOT_FOUND);
        assert_eq!(visitor.opens(&link).await.text("h1"), "Cài đặt lần đầu");

        let council = |slug: &'static str, kind: &'static str| {
            [
                ("council_name", "Hội đồng nhân dân tỉnh Mẫu"),
                ("council_slug", slug),
                ("council_kind", kind),
                ("council_admin", "Nguyễn Quản Trị"),
                ("council_login", "quan.tri"),
                ("council_password", FIRST),
                ("council_password_again", FIRST),
            ]
        };
        let refused = submits(&mut visitor, &link, &council("he-thong", "province_council")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text("#council_slug-error").contains("đã có"), "{}", refused.html);
        assert!(refused.html.contains("Nguyễn Quản Trị"), "what was typed is still there");
        assert!(!site.app.is_set_up().await.expect("answer"), "all or nothing");

        let done = submits(&mut visitor, &link, &council("mau", "province_council")).await;
        assert_eq!((done.path.as_str(), done.text(".who").as_str()), ("/", "Người Vận Hành · Quản trị hệ thống"));
        assert_eq!(site.visitor().opens(&link).await.status, StatusCode::NOT_FOUND, "good for one use");
        assert!(site.app.set_up_link().await.expect("answer").is_none(), "no second operator by link");
        let mut admin = site.visitor();
        assert_eq!(admin.signs_in("mau", "quan.tri", FIRST).await.path, "/toi/mat-khau");
    });
}

#[test]
fn a_weak_password_is_refused_beside_its_field_and_nothing_is_made() {
    on_both(|engine| async move {
        let site = Site::empty(engine).await;
        let link = site.app.set_up_link().await.expect("link").expect("not set up");
        let mut visitor = site.visitor();
        visitor.opens(&link).await;
        let weak =
            [("name", "A"), ("login", "he.thong"), ("password", "matkhau12345"), ("password_again", "matkhau12345")];
        let answer = visitor.submits(&link, &weak).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text("#password-error").contains("dễ đoán"), "{}", answer.html);
        assert!(!answer.html.contains("matkhau12345"));
        assert!(!site.app.is_set_up().await.expect("answer"));
        let mut visitor = site.visitor();
        visitor.opens(&link).await;
        let done = submits(&mut visitor, &link, &[]).await;
        assert_eq!(done.path, "/", "without a council: {}", done.html);
    });
}
