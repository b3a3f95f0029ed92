//! Facts that wait for a second person: several at once on a list, or one after another.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::{LIST, WantedPage, answer, caller, fact_id};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::facts::entry::{FactPage, Queue, Queued};
use app::service::app::Ask;
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
    Extension(visitor): Extension<Visitor>,
    Query(wanted): Query<WantedPage>,
) -> Response {
    let page = async { Ok(list(&site, caller(&visitor)?, wanted.number(), Form::default()).await?.into_response()) };
    answer(page.await)
}

/// `<fact>:<version>`, as a box is ticked.
fn ticked(text: &str) -> Result<(FactId, u64), AppError> {
    let read = text.split_once(':').and_then(|(id, version)| Some((id.parse().ok()?, version.parse().ok()?)));
    read.ok_or_else(|| AppError::Input("Biểu mẫu không đúng mẫu; hãy tải lại trang rồi đánh dấu lại.".to_owned()))
}

/// `POST /du-kien/tham-tra`
pub async fn verify_some(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    form: Form,
) -> Response {
    let done = async {
        let caller = caller(&visitor)?;
        let ask = Ask { caller, request: form.request()? };
        let seen = form.all("facts").iter().map(|text| ticked(text)).collect::<Result<Vec<_>, _>>()?;
        match site.app.verify_facts(ask, seen).await {
            Ok(_) | Err(AppError::AlreadyDone) => {
                Ok(Done::FactsVerified.at(&format!("{LIST}/tham-tra")).into_response())
            }
            Err(problem) => {
                let page = form.value("page").parse().unwrap_or(1);
                let page = list(&site, caller, page, form.with_errors(problem)?).await?;
                Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
            }
        }
    };
    answer(done.await)
}

#[derive(Template)]
#[template(path = "facts/queued.html")]
struct QueuedPage {
    queued: Queued,
    page: FactPage,
}

/// `GET /du-kien/tham-tra/{fact}`
pub async fn queued(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let page = async {
        let queued = site.app.queued(caller(&visitor)?, fact_id(&id)?).await?;
        Ok(Page::new(QueuedPage { page: queued.page.clone(), queued }).into_response())
    };
    answer(page.await)
}
