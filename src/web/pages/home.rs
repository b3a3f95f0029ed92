//! The first page: what one can do here.

use askama::Template;

use crate::web::render::Page;

#[derive(Template)]
#[template(path = "home.html")]
struct Home;

/// `GET /`
pub async fn show() -> Page {
    Page::new(Home)
}
