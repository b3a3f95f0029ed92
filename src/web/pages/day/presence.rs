//! Who comes to the hall and leaves it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::{read_poll, step_path};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::day::{PresencePage, TypedPresence};
use app::{AppError, Caller};
use domain::day_record::PresenceEntry;
use domain::poll_state::Stage;
use domain::presence::PresenceChange;
use domain::proposal::ProposalKind;

#[derive(Template)]
#[template(path = "day/presence.html")]
struct Show {
    poll: String,
    page: PresencePage,
    form: Form,
    changes: Vec<(String, String)>,
    correct: String,
}

impl Show {
    /// What happened and why, in words.
    fn words(&self, entry: &PresenceEntry) -> (String, String) {
        match entry {
            PresenceEntry::Changed { change, number, by, reason } => {
                (format!("{number} đại biểu {}", change.label()), format!("{reason} ({by})"))
            }
            PresenceEntry::Corrected { before, hands } => (
                format!("Sửa số đã ghi ({before})"),
                format!("{} ({} đề nghị, {} đồng ý)", hands.reason, hands.asked, hands.agreed),
            ),
        }
    }
}

async fn page(site: &Site, caller: &Caller, poll: &str, form: Form) -> Result<Page, AppError> {
    let page = site.app.presence_page(caller, read_poll(poll)?).await?;
    let change = |change: PresenceChange| (change.code().to_owned(), format!("Đại biểu {}", change.label()));
    let changes = PresenceChange::ALL.map(change).to_vec();
    let correct = step_path(poll, ProposalKind::PresenceCorrected);
    Ok(Page::new(Show { poll: poll.to_owned(), page, form, changes, correct }))
}

/// `GET /ky/{poll}/co-mat`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let form = Form::filled([("change", PresenceChange::Arrived.code().to_owned()), ("number", "1".to_owned())]);
    Ok(page(&site, &caller, &poll, form).await?)
}

/// `POST /ky/{poll}/co-mat`
pub async fn record(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let text = |field: &str| form.value(field).to_owned();
    let typed = TypedPresence { change: text("change"), number: text("number"), reason: text("reason") };
    let recorded = site.app.record_presence(form.ask(&caller)?, read_poll(&poll)?, &typed).await;
    let next = |_| Done::Saved.at(&format!("/ky/{poll}/co-mat"));
    form.answered(recorded, next, |form| page(&site, &caller, &poll, form)).await
}
