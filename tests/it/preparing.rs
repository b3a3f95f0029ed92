//! A vote as an office prepares it: begun, planned, and what stands in its way.

use axum::http::StatusCode;
use tinnhiem::domain::role::Role;

use crate::site::{Site, log_of, on_both};

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
        assert!(empty.text(".empty").starts_with("Chưa có kỳ lấy phiếu nào."));
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
