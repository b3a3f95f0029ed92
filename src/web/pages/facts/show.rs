//! One fact: all that is known of it, what was done to it, and what may be done next.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;

use super::edit::{Choices, stored_form, typed};
use super::{LIST, read_fact};
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::facts::entry::FactPage;
use app::{AppError, Caller};
use domain::fact::FactState;
use domain::id::FactId;

#[derive(Template)]
#[template(path = "facts/show.html")]
struct Show {
    page: FactPage,
    form: Form,
    choices: Choices,
    /// Why the step that was asked for was not taken; empty when none was.
    problem: String,
    /// The form is open: something in it is wrong, or somebody else changed the fact.
    is_editing: bool,
}

async fn shown(
    site: &Site,
    caller: &Caller,
    id: FactId,
    form: Option<Form>,
    problem: String,
) -> Result<Page, AppError> {
    let page = site.app.fact(caller, id).await?;
    let fact = &page.stored.kept.fact;
    let choices = Choices::new(site.app.fact_choices(caller).await?, &fact.officials);
    let is_editing = form.is_some();
    let form = form.unwrap_or_else(|| stored_form(fact, page.stored.version));
    Ok(Page::new(Show { page, form, choices, problem, is_editing }))
}

/// `GET /du-kien/{fact}`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Answer<Page> {
    Ok(shown(&site, &caller, read_fact(&id)?, None, String::new()).await?)
}

/// `POST /du-kien/{fact}`
pub async fn change(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_fact(&id)?;
    let changed = async { site.app.change_fact(form.ask(&caller)?, id, form.version()?, typed(&form)).await };
    let (form, problem) = match changed.await {
        // The fact does not allow the change, or the form has no id: what was typed is shown again.
        Err(AppError::Input(sentence)) => (form, sentence),
        other => match form.sent(other)? {
            Sent::Done(_) | Sent::Repeated => return Ok(Done::Saved.at(&format!("{LIST}/{id}")).into_response()),
            Sent::Refused(form) => (form, String::new()),
        },
    };
    let status = form.refused_status();
    Ok(shown(&site, &caller, id, Some(form), problem).await?.with_status(status).into_response())
}

/// Where a step leads: to the fact, or, in the queue, to the next one that waits.
async fn stepped(
    site: &Site,
    caller: &Caller,
    id: FactId,
    form: &Form,
    (done, taken): (Done, Result<FactId, AppError>),
) -> Answer {
    let problem = match taken {
        Ok(_) | Err(AppError::AlreadyDone) if form.value("then") == "next" => {
            let queued = site.app.queued(caller, id).await?;
            let to = queued.after.or(queued.before);
            let to = to.map_or_else(|| format!("{LIST}/tham-tra"), |next| format!("{LIST}/tham-tra/{next}"));
            return Ok(done.at(&to).into_response());
        }
        Ok(_) | Err(AppError::AlreadyDone) => return Ok(done.at(&format!("{LIST}/{id}")).into_response()),
        Err(problem) => problem,
    };
    let (status, sentence) = match problem {
        AppError::Stale(conflict) => {
            let (by, at) = (conflict.by, conflict.at);
            (
                StatusCode::CONFLICT,
                format!("{by} vừa sửa dữ kiện này lúc {at}; hãy xem lại bản mới dưới đây rồi làm tiếp."),
            )
        }
        AppError::Input(sentence) => (StatusCode::UNPROCESSABLE_ENTITY, sentence),
        other => return Err(other.into()),
    };
    Ok(shown(site, caller, id, None, sentence).await?.with_status(status).into_response())
}

/// `POST /du-kien/{fact}/tham-tra`
pub async fn verify(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_fact(&id)?;
    let taken = site.app.verify_fact(form.ask(&caller)?, id, form.version()?).await;
    stepped(&site, &caller, id, &form, (Done::FactVerified, taken)).await
}

/// `POST /du-kien/{fact}/bo-tham-tra`
pub async fn reopen(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_fact(&id)?;
    let taken = site.app.reopen_fact(form.ask(&caller)?, id, form.version()?).await;
    stepped(&site, &caller, id, &form, (Done::FactReopened, taken)).await
}

/// `POST /du-kien/{fact}/rut`
pub async fn withdraw(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_fact(&id)?;
    let taken = site.app.withdraw_fact(form.ask(&caller)?, id, form.version()?).await;
    stepped(&site, &caller, id, &form, (Done::FactWithdrawn, taken)).await
}

/// `POST /du-kien/{fact}/khoi-phuc`
pub async fn restore(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_fact(&id)?;
    let taken = site.app.restore_fact(form.ask(&caller)?, id, form.version()?).await;
    stepped(&site, &caller, id, &form, (Done::FactRestored, taken)).await
}
