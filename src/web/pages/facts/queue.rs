//! Facts that wait for a second person: several at once on a list, or one after another.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;

use super::{LIST, WantedPage, read_fact};
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::facts::entry::{FactPage, Queue, Queued};
use app::{AppError, Caller};
use domain::id::FactId;

#[derive(Template)]
#[template(path = "facts/queue.html")]
struct QueuePage {
    queue: Queue,
    form: Form,
}

async fn list(site: &Site, caller: &Caller, page: u64, form: Form) -> Result<Page, AppError> {
    let queue = site.app.queue(caller, page).await?;
    Ok(Page::new(QueuePage { queue, form }))
}

/// `GET /du-kien/tham-tra`
pub async fn queue(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Query(wanted): Query<WantedPage>,
) -> Answer<Page> {
    Ok(list(&site, &caller, wanted.number(), Form::default()).await?)
}

/// `<fact>:<version>`, as a box is ticked.
fn ticked(text: &str) -> Result<(FactId, u64), AppError> {
    let read = text.split_once(':').and_then(|(id, version)| Some((id.parse().ok()?, version.parse().ok()?)));
    read.ok_or_else(|| AppError::Input("Biểu mẫu không đúng mẫu; hãy tải lại trang rồi đánh dấu lại.".to_owned()))
}

/// `POST /du-kien/tham-tra`
pub async fn verify_some(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let ask = form.ask(&caller)?;
    let seen = form.all(field::FACTS.name).iter().map(|text| ticked(text)).collect::<Result<Vec<_>, _>>()?;
    let verified = site.app.verify_facts(ask, seen).await;
    Ok(match form.sent(verified)? {
        Sent::Done(_) | Sent::Repeated => Done::FactsVerified.at(&format!("{LIST}/tham-tra")).into_response(),
        Sent::Refused(form) => {
            let (status, page) = (form.refused_status(), form.value("page").parse().unwrap_or(1));
            list(&site, &caller, page, form).await?.with_status(status).into_response()
        }
    })
}

#[derive(Template)]
#[template(path = "facts/queued.html")]
struct QueuedPage {
    queued: Queued,
    page: FactPage,
}

/// `GET /du-kien/tham-tra/{fact}`
pub async fn queued(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Answer<Page> {
    let queued = site.app.queued(&caller, read_fact(&id)?).await?;
    Ok(Page::new(QueuedPage { page: queued.page.clone(), queued }))
}
