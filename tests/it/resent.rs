//! A form that is sent again: the same one is done once, one with other content is another one.

use axum::http::{Method, StatusCode};
use domain::id::CouncilId;
use domain::role::Role;
use store::roster;

use crate::site::{Answer, Site, Visitor, on_both};

const NEW: &str = "/can-bo/moi";

fn body(fields: &[(String, String)], typed: &[(&str, &str)]) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields).extend_pairs(typed);
    body.finish()
}

/// Hidden fields of the form that goes to `path`.
fn hidden(answer: &Answer, path: &str) -> Vec<(String, String)> {
    let page = scraper::Html::parse_document(&answer.html);
    let inputs = scraper::Selector::parse(&format!("form[action='{path}'] input[type=hidden]")).expect("selector");
    let of = |input: scraper::ElementRef<'_>, name| input.attr(name).unwrap_or_default().to_owned();
    page.select(&inputs).map(|input| (of(input, "name"), of(input, "value"))).collect()
}

async fn sends(visitor: &mut Visitor, path: &str, body: String) -> Answer {
    visitor.sends(Method::POST, path, Some(body)).await
}

fn official<'a>(name: &'a str, post: &'a str) -> [(&'a str, &'a str); 5] {
    [("name", name), ("honorific", "mr"), ("post_title", post), ("post_from", "29/06/2021"), ("block", "Khối")]
}

async fn officials(site: &Site, council: CouncilId) -> usize {
    let mut tx = site.store.read(council).await.expect("read");
    roster::officials(&mut tx).await.expect("officials").len()
}

#[test]
fn a_form_that_is_sent_again_with_other_content_is_another_form() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "thu.ky", "Thư Ký", Role::Clerk).await;
        let mut clerk = site.signed_in("mau", "thu.ky").await;
        let fields = hidden(&clerk.opens(NEW).await, NEW);
        let first = body(&fields, &official("Nguyễn Văn A", "Giám đốc Sở"));
        for _ in 0..2 {
            let saved = sends(&mut clerk, NEW, first.clone()).await;
            assert_eq!(saved.status, StatusCode::OK, "{}", saved.html);
            assert_eq!(saved.text("[role=status]"), "Đã thêm vào danh sách.");
        }
        assert_eq!(officials(&site, council).await, 1, "done once");
        // Back, another name, sent again.
        let other = body(&fields, &official("Trần Thị B", "Giám đốc Sở"));
        let told = sends(&mut clerk, NEW, other).await;
        assert_eq!((told.status, told.text("h1")), (StatusCode::CONFLICT, "Nội dung đã khác lần gửi trước".to_owned()));
        assert!(!told.html.contains("Đã thêm") && told.html.contains("chưa ghi gì cả"), "{}", told.html);
        let typed = told.all(".typed dd");
        assert!(typed.contains(&"Trần Thị B".to_owned()), "{typed:?}");
        let goes_on = body(&hidden(&told, NEW), &[]);
        let saved = sends(&mut clerk, NEW, goes_on).await;
        assert_eq!(saved.text("h1"), "Ông Trần Thị B", "as a form of its own");
        assert_eq!(officials(&site, council).await, 2);
    });
}
