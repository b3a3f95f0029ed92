//! Councils of the installation, for its operators.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;

use super::accounts::FirstPassword;
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::people::councils::{CouncilLine, TypedCouncil};
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
    let (name, slug, kind) = (text("council"), text(field::SLUG.name), text(field::KIND.name));
    TypedCouncil { name, slug, kind, admin_name: text(field::NAME.name), admin_login: text(field::LOGIN.name) }
}

/// `GET /hoi-dong`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let councils = site.app.councils(&caller).await?;
    Ok(Page::new(List { councils }))
}

/// `GET /hoi-dong/moi`
pub async fn new() -> Page {
    new_page(Form::default())
}

/// `POST /hoi-dong/moi`: answers with the first password, the one time that it is shown.
pub async fn found(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let founded = site.app.found(form.ask(&caller)?, typed(&form)).await;
    Ok(match form.sent(founded)? {
        Sent::Done((name, shown)) => FirstPassword::page(&site, "Đã lập hội đồng", name, shown, LIST).into_response(),
        Sent::Repeated => Done::CouncilFounded.at(LIST).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            new_page(form).with_status(status).into_response()
        }
    })
}

async fn load(site: &Site, caller: &Caller, id: &str) -> Result<CouncilLine, AppError> {
    let id: CouncilId = id.parse().map_err(|_| AppError::NotFound("hội đồng"))?;
    site.app.council(caller, id).await
}

/// `GET /hoi-dong/{council}`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Answer<Page> {
    let council = load(&site, &caller, &id).await?;
    let (name, slug) = (council.name.clone(), council.slug.clone());
    let form = Form::filled([("council", name), (field::SLUG.name, slug), ("version", council.version.to_string())]);
    Ok(Page::new(Edit { council, form }))
}

/// `POST /hoi-dong/{council}`
pub async fn rename(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let council = load(&site, &caller, &id).await?;
    let (version, ask) = (form.version()?, form.ask(&caller)?);
    let renamed = site.app.rename_council(ask, council.id, version, typed(&form)).await;
    Ok(match form.sent(renamed)? {
        Sent::Done(()) | Sent::Repeated => Done::Saved.at(LIST).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            Page::new(Edit { council, form }).with_status(status).into_response()
        }
    })
}
