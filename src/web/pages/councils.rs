//! Councils of the installation, for its operators.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::accounts::{FirstPassword, failed};
use super::error;
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::people::councils::{CouncilLine, TypedCouncil};
use app::service::app::Ask;
use app::{AppError, Caller};
use domain::council::CouncilKind;
use domain::id::CouncilId;

const LIST: &str = "/hoi-dong";

#[derive(Template)]
#[template(path = "councils/list.html")]
struct List {
    councils: Vec<CouncilLine>,
}

#[derive(Template)]
#[template(path = "councils/new.html")]
struct New {
    form: Form,
    kinds: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "councils/edit.html")]
struct Edit {
    council: CouncilLine,
    form: Form,
}

fn new_page(form: Form) -> Page {
    let all = CouncilKind::ALL.iter().map(|kind| (kind.code(), kind.label()));
    Page::new(New { form, kinds: std::iter::once(("", "– Chọn –")).chain(all).collect() })
}

fn typed(form: &Form) -> TypedCouncil {
    let text = |field: &str| form.value(field).to_owned();
    let (name, slug, kind) = (text("council"), text("slug"), text("kind"));
    TypedCouncil { name, slug, kind, admin_name: text("name"), admin_login: text("login") }
}

/// `GET /hoi-dong`
pub async fn list(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    match site.app.councils(&caller).await {
        Ok(councils) => Page::new(List { councils }).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `GET /hoi-dong/moi`
pub async fn new() -> Page {
    new_page(Form::default())
}

/// `POST /hoi-dong/moi`: answers with the first password, the one time that it is shown.
pub async fn found(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let founded = async { site.app.found(Ask { caller: &caller, request: form.request()? }, typed(&form)).await };
    let problem = match founded.await {
        Ok((name, shown)) => return FirstPassword::page(&site, "Đã lập hội đồng", name, shown, LIST).into_response(),
        Err(AppError::AlreadyDone) => return Done::CouncilFounded.at(LIST).into_response(),
        Err(problem) => problem,
    };
    match form.with_errors(problem) {
        Ok(form) => new_page(form).with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response(),
        Err(problem) => failed(&problem),
    }
}

async fn load(site: &Site, caller: &Caller, id: &str) -> Result<CouncilLine, AppError> {
    let id: CouncilId = id.parse().map_err(|_| AppError::NotFound("hội đồng"))?;
    site.app.council(caller, id).await
}

/// `GET /hoi-dong/{council}`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    match load(&site, &caller, &id).await {
        Ok(council) => {
            let (name, slug) = (council.name.clone(), council.slug.clone());
            let form = Form::filled([("council", name), ("slug", slug), ("version", council.version.to_string())]);
            Page::new(Edit { council, form }).into_response()
        }
        Err(problem) => failed(&problem),
    }
}

/// `POST /hoi-dong/{council}`
pub async fn rename(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let council = match load(&site, &caller, &id).await {
        Ok(council) => council,
        Err(problem) => return failed(&problem),
    };
    let renamed = async {
        let (version, ask) = (form.version()?, Ask { caller: &caller, request: form.request()? });
        site.app.rename_council(ask, council.id, version, typed(&form)).await
    };
    let problem = match renamed.await {
        Ok(()) | Err(AppError::AlreadyDone) => return Done::Saved.at(LIST).into_response(),
        Err(problem) => problem,
    };
    let is_conflict = matches!(problem, AppError::Stale(_));
    match form.with_errors(problem) {
        Ok(form) => {
            let status = if is_conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            Page::new(Edit { council, form }).with_status(status).into_response()
        }
        Err(problem) => failed(&problem),
    }
}
