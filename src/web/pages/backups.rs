//! Backups of the installation, for its operators.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Redirect;

use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::backup::{BackupShown, PlanView};

const HERE: &str = "/sao-luu";

#[derive(Template)]
#[template(path = "backups.html")]
struct Backups {
    /// How old the newest is that was verified, as a sentence.
    age: String,
    plan: Option<PlanView>,
    /// How far the one has come that is being made.
    running: Option<String>,
    lines: Vec<Line>,
}

/// One that was made, or failed.
struct Line {
    at: String,
    days: i64,
    is_made: bool,
    size: String,
    /// Where it is, or why there is none.
    told: String,
}

impl Line {
    fn of(shown: BackupShown) -> Self {
        let BackupShown { at, days, made, cause } = shown;
        match made {
            Some((file, bytes, is_there)) => {
                let told = if is_there { file } else { format!("{file} (không còn ở đây)") };
                Self { at, days, is_made: true, size: size(bytes), told }
            }
            None => Self { at, days, is_made: false, size: "–".to_owned(), told: cause.unwrap_or_default() },
        }
    }
}

/// A length for people: `10,4 MB`.
fn size(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{},{} MB", tenths / 10, tenths % 10)
}

/// `GET /sao-luu`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let view = site.app.backups(&caller)?;
    let age = match view.days {
        None => "Chưa có bản sao lưu nào được đọc lại và đối chiếu.".to_owned(),
        Some(0) => "Bản sao lưu gần nhất, đã đọc lại và đối chiếu, có trong 24 giờ qua.".to_owned(),
        Some(days) => format!("Bản sao lưu gần nhất, đã đọc lại và đối chiếu, cách đây {days} ngày."),
    };
    let running = view
        .running
        .map(|(since, bytes)| format!("Đang sao lưu từ {since}, đã ghi {}. Trang này tự tải lại.", size(bytes)));
    let lines = view.lines.into_iter().map(Line::of).collect();
    Ok(Page::new(Backups { age, plan: view.plan, running, lines }))
}

/// `POST /sao-luu`
pub async fn begin(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer<Redirect> {
    redirect(site.app.begin_backup(form.ask(&caller)?).await, Done::BackupBegun, HERE)
}
