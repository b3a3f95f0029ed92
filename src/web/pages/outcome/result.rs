//! The result, official by official, and whether everybody may see it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{file_of, is_clerk, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::outcome::{RECOUNT_PATH, ResultLine, ResultPage};
use domain::role::Role;
use domain::text::upper_first;

#[derive(Template)]
#[template(path = "outcome/list.html")]
struct List {
    lines: Vec<ResultLine>,
}

impl List {
    fn title(&self, line: &ResultLine) -> String {
        upper_first(line.kind)
    }
}

#[derive(Template)]
#[template(path = "outcome/show.html")]
struct Show {
    page: ResultPage,
    is_leader: bool,
    is_clerk: bool,
    /// Where lines are counted again, for those who do it.
    recount: Option<&'static str>,
}

/// `GET /ket-qua`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    Ok(Page::new(List { lines: site.app.result_lines(&caller).await? }))
}

/// `GET /ky/{poll}/ket-qua`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let page = site.app.result_page(&caller, read_poll(&poll)?).await?;
    let (is_leader, is_clerk) = (caller.account.roles.has(Role::Leader), is_clerk(&caller));
    Ok(Page::new(Show { page, is_leader, is_clerk, recount: RECOUNT_PATH }))
}

/// `GET /ky/{poll}/ket-qua/{file}`: `ket-qua.csv`
pub async fn file(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, name)): Path<(String, String)>,
) -> Answer {
    let file = site.app.result_file(&caller, read_poll(&poll)?, &name).await?;
    Ok(file_of(file))
}

/// `POST /ky/{poll}/cong-khai`
pub async fn expose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let is_exposed = form.value("exposed") == "yes";
    let exposed = site.app.expose_result(form.ask(&caller)?, read_poll(&poll)?, form.version()?, is_exposed).await;
    let done = if is_exposed { Done::ResultExposed } else { Done::ResultHidden };
    redirect(exposed, done, &format!("/ky/{poll}/ket-qua"))
}
