//! The page of one batch: where it is keyed, where a head teller sees how far it is, and what its script asks and sends.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::sent::{Message, Secret};
use super::tally::TallyPage;
use super::{ROOM, mode_words, read_number, read_poll, stage_words};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::live::Live;
use crate::pages::{assets, error};
use crate::render::{self, Page};
use crate::session::Visitor;
use app::counting::room::table::BatchProgress;
use app::counting::room::{BatchPage, Follow, KeyedMessage, Waits};
use app::service::app::Ask;
use app::{AppError, Caller};
use domain::batch::{Asked, Mode};
use domain::id::RequestId;

/// The page with the keys.
#[derive(Template)]
#[template(path = "counting/batch.html")]
struct Keying {
    poll: String,
    page: BatchPage,
    /// What the page begins with: `key`, `again`, `decide`, `wait`, `agreed` or `taken`.
    state: &'static str,
    /// Which reading is keyed now: `entry`, `again` or `decide`.
    what: &'static str,
    /// What is to be keyed, as JSON.
    asked: String,
    opened: String,
    /// Whom the batch waits for, in a sentence.
    waits: String,
    form_token: String,
    account: String,
    script: String,
    stage: String,
    tag: &'static str,
    may_abandon: bool,
}

impl Keying {
    fn address(&self) -> String {
        format!("{ROOM}/{}/{}/{}", self.poll, self.page.form, self.page.number)
    }

    fn mode(&self) -> &'static str {
        mode_words(self.page.mode)
    }

    /// Whether there is something to key on this page, now or later.
    fn has_keys(&self) -> bool {
        self.page.mode == Mode::Marks && !matches!(self.state, "taken")
    }

    /// `1 Tín nhiệm cao`
    fn levels(&self) -> impl Iterator<Item = (usize, &'static str)> {
        (1..).zip(self.page.kind.levels().iter().map(|level| level.label()))
    }

    /// Reasons with their digits: nine of them have a key.
    fn reasons(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..=9).zip(self.page.reasons.iter().map(String::as_str))
    }
}

/// `GET /kiem-phieu/{poll}/{form}/{batch}`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    SignedIn(caller): SignedIn,
    Path((poll, form, batch)): Path<(String, String, String)>,
) -> Answer<Page> {
    let id = read_poll(&poll)?;
    let live = Live::of(&site, &caller, id).await?;
    let page = site.app.batch_page(&caller, id, &form, read_number(&batch)?).await?;
    Ok(match page.mode {
        Mode::HandTally | Mode::Recount => Page::new(TallyPage::new(poll, page)).live(live),
        Mode::Marks => keying(poll, page, &visitor, &caller).with_script(),
    })
}

fn keying(poll: String, page: BatchPage, visitor: &Visitor, caller: &Caller) -> Page {
    let (state, asked) = state(page.follow.progress.as_ref());
    let asked = match page.follow.progress {
        Some(BatchProgress::Key) => whole(page.papers, page.lines.len()),
        _ => asked,
    };
    let (stage, tag) = page.watched.as_ref().map_or_else(Default::default, |(stage, _)| stage_words(*stage));
    Page::new(Keying {
        state,
        asked: asked.to_string(),
        what: if matches!(state, "again" | "decide") { state } else { "entry" },
        opened: opened(&page.follow),
        waits: waits_words(&page.follow.waits),
        form_token: visitor.form_token.clone(),
        account: caller.account.id.to_string(),
        script: assets::address("keying-net.mjs"),
        stage,
        tag,
        may_abandon: page.watched.is_some(),
        poll,
        page,
    })
}

/// Every line of every paper.
fn whole(papers: u32, lines: usize) -> Value {
    let lines: Vec<usize> = (1..=lines).collect();
    (1..=papers).map(|paper| json!({ "paper": paper, "lines": lines })).collect()
}

fn asked_json(asked: &[Asked]) -> Value {
    asked.iter().map(|asked| json!({ "paper": asked.paper, "lines": asked.lines })).collect()
}

/// What a page is to do, and what is asked again.
fn state(progress: Option<&BatchProgress>) -> (&'static str, Value) {
    let none = || Value::Array(Vec::new());
    match progress {
        None => ("gone", none()),
        Some(BatchProgress::Key | BatchProgress::KeyRows(_)) => ("key", none()),
        Some(BatchProgress::KeyAgain(asked)) => ("again", asked_json(asked)),
        Some(BatchProgress::Decide(asked)) => ("decide", asked_json(asked)),
        Some(BatchProgress::Waiting | BatchProgress::DecideRows(_)) => ("wait", none()),
        Some(BatchProgress::Agreed) => ("agreed", none()),
        Some(BatchProgress::Taken) => ("taken", none()),
    }
}

fn opened(follow: &Follow) -> String {
    follow.opened.map(|opened| opened.to_string()).unwrap_or_default()
}

/// Whom a batch waits for, in a sentence; empty when it waits for nobody else.
pub(super) fn waits_words(waits: &Waits) -> String {
    let papers = waits.papers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match (&waits.head, waits.tellers.as_slice()) {
        (Some(head), _) if papers.is_empty() => format!("Chờ Trưởng ban ({head}) quyết định chỗ còn lệch."),
        (Some(head), _) => format!("Chờ Trưởng ban ({head}) quyết định; đưa phiếu số {papers} của tập cho Trưởng ban."),
        (None, []) => String::new(),
        (None, names) => format!("Chờ {} nhập xong.", names.join(" và ")),
    }
}

/// How things stand, for the script: with everything that the next message needs.
fn told(follow: &Follow, visitor: &Visitor, caller: &Caller) -> Response {
    let (state, asked) = state(follow.progress.as_ref());
    let body = json!({
        "account": caller.account.id,
        "asked": asked,
        "blocked": follow.blocked,
        "done": follow.own.done,
        "laid_again": follow.is_laid_again,
        "moved_from": follow.own.moved_from,
        "opened": opened(follow),
        "papers": follow.papers,
        "request": follow.request,
        "revision": follow.own.revision,
        "run": follow.run,
        "state": state,
        "token": visitor.form_token,
        "waits": waits_words(&follow.waits),
    });
    json_answer(StatusCode::OK, &body)
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}

fn refused(status: StatusCode, sentence: &str) -> Response {
    json_answer(status, &json!({ "sentence": sentence }))
}

/// A problem for the script: the status that a page would have, and a sentence. What is to be logged is logged there.
pub struct JsonProblem(AppError);

impl From<AppError> for JsonProblem {
    fn from(problem: AppError) -> Self {
        Self(problem)
    }
}

impl IntoResponse for JsonProblem {
    fn into_response(self) -> Response {
        let answer = error::of(&self.0).into_response();
        if render::is_for_another_process(&answer) {
            let mut refused = refused(answer.status(), &self.0.to_string());
            refused
                .headers_mut()
                .extend(answer.headers().get(header::RETRY_AFTER).map(|s| (header::RETRY_AFTER, s.clone())));
            return refused;
        }
        let status = answer.status();
        if status.is_server_error() {
            return refused(status, "Máy chủ chưa làm được; trang này sẽ tự thử lại.");
        }
        refused(status, &self.0.to_string())
    }
}

/// `GET /kiem-phieu/{poll}/{form}/{batch}/tien-do.json`
pub async fn follow(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    SignedIn(caller): SignedIn,
    Path((poll, form, batch)): Path<(String, String, String)>,
) -> Result<Response, JsonProblem> {
    let follow = site.app.follow_batch(&caller, read_poll(&poll)?, &form, read_number(&batch)?).await?;
    Ok(told(&follow, &visitor, &caller))
}

/// `POST /kiem-phieu/{poll}/{form}/{batch}/gui`
pub async fn key(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    SignedIn(caller): SignedIn,
    Path((poll, form, batch)): Path<(String, String, String)>,
    Secret(bytes): Secret,
) -> Result<Response, JsonProblem> {
    let unreadable = || refused(StatusCode::BAD_REQUEST, "Máy chủ không đọc được; hãy tải lại trang rồi nhập lại tập.");
    let Some(bytes) = bytes else { return Ok(unreadable()) };
    let Some(message) = Message::read(&bytes) else { return Ok(unreadable()) };
    let (Some((what, step)), Ok(request), Ok(opened)) =
        (message.kind(), message.request.parse::<RequestId>(), message.opened.parse::<RequestId>())
    else {
        return Ok(unreadable());
    };
    if !bool::from(message.token.as_bytes().ct_eq(visitor.form_token.as_bytes())) {
        return Ok(refused(StatusCode::CONFLICT, "Phiên đăng nhập đã đổi; trang này đang lấy lại phiên."));
    }
    if message.by != caller.account.id.to_string() {
        return Ok(refused(
            StatusCode::FORBIDDEN,
            "Người khác đã đăng nhập trên máy này; hãy đăng nhập lại tài khoản của bạn.",
        ));
    }
    let (ask, batch) = (Ask { caller: &caller, request }, (form.as_str(), read_number(&batch)?));
    let papers = message.papers();
    let keyed = KeyedMessage { what, step, opened, revision: message.revision, papers: &papers };
    let follow = site.app.key_batch(ask, read_poll(&poll)?, batch, keyed).await?;
    Ok(told(&follow, &visitor, &caller))
}

/// `POST /kiem-phieu/{poll}/{form}/{batch}/ghi-lai`
pub async fn commit(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, form_id, batch)): Path<(String, String, String)>,
    form: Form,
) -> Answer<Redirect> {
    let number = read_number(&batch)?;
    site.app.commit_again(form.ask(&caller)?, read_poll(&poll)?, (form_id.as_str(), number)).await?;
    Ok(Redirect::to(&format!("{ROOM}/{poll}/{form_id}/{number}")))
}
