//! Workbooks: sent, looked at, written; and downloaded.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::answers::{self, AnswerLine, FindingLine, Picture};
use super::jobs::{JobItem, Work};
use super::read_poll;
use super::roster::Pages;
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn, redirect};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::upload::Upload;
use app::facts::workbooks::{Applied, ImportView, PollChoice};
use app::{AppError, Caller};
use domain::id::{JobId, PollId};
use domain::import_diff::{Group, Item, Preview};
use domain::job::JobState;

const LIST: &str = "/nhap-bang-tinh";
/// The field that says what the page showed.
const SEEN: &str = "seen";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[derive(Template)]
#[template(path = "workbooks/list.html")]
struct List {
    form: Form,
    polls: Vec<(String, String)>,
    lines: Vec<JobItem>,
}

/// A line of the counts of a preview.
struct Count {
    code: String,
    label: String,
    added: usize,
    changed: usize,
    same: usize,
    kept: usize,
}

/// The records of one group that are looked at.
struct Looked {
    title: String,
    is_changed: bool,
    items: Vec<Item>,
    pages: Pages,
}

#[derive(Template)]
#[template(path = "workbooks/show.html")]
struct Show {
    id: String,
    title: String,
    by: String,
    started_at: String,
    work: Option<Work>,
    failure: String,
    is_ready: bool,
    /// What a form says that this page showed.
    seen: String,
    is_discarded: bool,
    /// What is said above everything else; empty when nothing is.
    warning: &'static str,
    preview: Preview,
    findings: Vec<FindingLine>,
    /// What was answered already.
    answers: Vec<AnswerLine>,
    /// Whether answers are taken.
    asks: bool,
    pictures: Vec<Picture>,
    counts: Vec<Count>,
    kept: Vec<(String, String)>,
    looked: Option<Looked>,
    /// The vote that is being prepared: where, and its sitting.
    next: Option<(String, String)>,
}

/// The vote that is being prepared.
async fn next(site: &Site, caller: &Caller) -> Result<Option<(String, String)>, AppError> {
    let poll = site.app.current_poll(caller).await?;
    Ok(poll.map(|poll| (format!("/ky/{}", poll.id), poll.plan.council.sitting.name)))
}

/// What the address of a preview asks for: `?xem=du-kien-moi&trang=2`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(rename = "xem")]
    group: String,
    #[serde(rename = "trang")]
    page: String,
}

fn options(polls: Vec<PollChoice>) -> Vec<(String, String)> {
    let none = (String::new(), "Không chọn: chỉ nhập danh sách và dữ kiện".to_owned());
    std::iter::once(none).chain(polls.into_iter().map(|poll| (poll.id.to_string(), poll.label))).collect()
}

async fn list_page(site: &Site, caller: &Caller, form: Form) -> Result<Page, AppError> {
    let polls = options(site.app.import_polls(caller).await?);
    let lines = site.app.imports(caller).await?.iter().map(JobItem::of).collect();
    Ok(Page::new(List { form, polls, lines }))
}

/// `GET /nhap-bang-tinh`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    // The one vote that is being prepared is what most workbooks are about.
    let poll = site.app.current_poll(&caller).await?.map(|poll| (field::POLL.name, poll.id.to_string()));
    Ok(list_page(&site, &caller, Form::filled(poll)).await?)
}

fn poll_id(text: &str) -> Result<Option<PollId>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    read_poll(text).map(Some)
}

/// `POST /nhap-bang-tinh`
pub async fn send(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, upload: Upload) -> Answer {
    let Upload { form, file } = upload;
    let (ask, poll) = (form.ask(&caller)?, poll_id(form.value(field::POLL.name))?);
    let started = match Upload::required(file) {
        Ok(file) => site.app.start_import(ask, file, poll).await,
        Err(problem) => Err(problem),
    };
    Ok(match form.sent(started)? {
        Sent::Done(id) => {
            site.app.short_job(&caller, id).await?;
            Redirect::to(&format!("{LIST}/{id}")).into_response()
        }
        Sent::Repeated => Redirect::to(LIST).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            list_page(&site, &caller, form).await?.with_status(status).into_response()
        }
    })
}

fn job_id(text: &str) -> Result<JobId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("lần nhập này"))
}

/// Groups with something to look at, in the order of the counts: code, what it is, its records.
fn groups(groups: &[Group]) -> Vec<(String, String, bool, &[Item])> {
    let both = groups.iter().flat_map(|group| {
        let added = (format!("{}-moi", group.code), format!("{}: thêm mới", group.label), false, &group.added[..]);
        let changed = (format!("{}-sua", group.code), format!("{}: thay đổi", group.label), true, &group.changed[..]);
        [added, changed]
    });
    both.filter(|(.., items)| !items.is_empty()).collect()
}

fn shown(
    (import, form): (ImportView, &Form),
    wanted: &Wanted,
    warning: &'static str,
    next: Option<(String, String)>,
) -> Page {
    let job = &import.view.job;
    let preview = import.preview.unwrap_or_default();
    let all = groups(&preview.groups);
    let chosen = all.iter().find(|(code, ..)| *code == wanted.group).or_else(|| all.first());
    let looked = chosen.map(|(code, title, is_changed, items)| {
        let address = format!("{LIST}/{}?xem={code}", job.id);
        let (items, pages) = Pages::cut(items.to_vec(), &wanted.page, address);
        Looked { title: title.clone(), is_changed: *is_changed, items, pages }
    });
    let count = |group: &Group| Count {
        code: group.code.clone(),
        label: group.label.clone(),
        added: group.added.len(),
        changed: group.changed.len(),
        same: group.same,
        kept: group.kept,
    };
    let named = preview.groups.iter().filter(|group| !group.kept_names.is_empty() && group.kept_names.len() <= 200);
    Page::new(Show {
        id: job.id.to_string(),
        title: job.title.clone(),
        by: job.by.clone(),
        started_at: app::service::clock::in_vietnam(job.started_at),
        work: Work::running(&import.view),
        failure: import.failure.unwrap_or_default(),
        is_ready: job.state == JobState::Ready,
        seen: import.shown.map(|shown| shown.to_string()).unwrap_or_default(),
        is_discarded: job.state == JobState::Discarded,
        warning,
        counts: preview.groups.iter().map(count).collect(),
        kept: named.map(|group| (group.label.clone(), group.kept_names.join("; "))).collect(),
        looked,
        next,
        findings: answers::lines(&preview.findings, form),
        answers: answers::given(&preview.answers),
        asks: job.state == JobState::Ready && (preview.asks() || !preview.answers.is_empty()),
        pictures: answers::pictures(&preview),
        preview,
    })
}

/// `GET /nhap-bang-tinh/{job}`
pub async fn show(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<Page> {
    let import = site.app.import(&caller, job_id(&id)?).await?;
    Ok(shown((import, &Form::default()), &wanted, "", next(&site, &caller).await?))
}

/// `POST /nhap-bang-tinh/{job}/tra-loi`: what was answered at the findings, and answers that are taken back.
pub async fn answer(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (ask, job) = (form.ask(&caller)?, job_id(&id)?);
    let import = site.app.import(&caller, job).await?;
    let told = import.preview.as_ref().map_or(&[][..], |preview| &preview.findings[..]);
    let given = match answers::typed(told, &form) {
        Ok(given) => given,
        Err(warning) => {
            let page = shown((import, &form), &Wanted::default(), warning, next(&site, &caller).await?);
            return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    match site.app.answer_import(ask, job, given).await {
        Ok(next) => {
            site.app.short_job(&caller, next).await?;
            Ok(Redirect::to(&format!("{LIST}/{next}#phat-hien")).into_response())
        }
        Err(AppError::AlreadyDone) => Ok(Redirect::to(LIST).into_response()),
        Err(problem) => Err(problem.into()),
    }
}

/// `POST /nhap-bang-tinh/{job}/ghi`
pub async fn write(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (ask, job) = (form.ask(&caller)?, job_id(&id)?);
    match site.app.write_import(ask, job, form.value(SEEN)).await {
        Ok(Applied::Written) | Err(AppError::AlreadyDone) => {
            Ok(Done::ImportWritten.at(&format!("{LIST}/{id}")).into_response())
        }
        Ok(Applied::Differs) => {
            let warning = "Dữ liệu đang lưu đã thay đổi từ lúc đọc tệp, nên chưa ghi gì cả. Dưới đây là kết quả so sánh mới; \
                           hãy xem lại rồi ghi.";
            let import = site.app.import(&caller, job).await?;
            let page = shown((import, &Form::default()), &Wanted::default(), warning, None);
            Ok(page.with_status(StatusCode::CONFLICT).into_response())
        }
        Err(problem) => Err(problem.into()),
    }
}

/// `POST /nhap-bang-tinh/{job}/bo`
pub async fn discard(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    redirect(site.app.discard_job(form.ask(&caller)?, job_id(&id)?).await, Done::WorkDiscarded, LIST)
}

fn file(name: &str, bytes: Vec<u8>) -> Response {
    let kept = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, XLSX.to_owned()), (header::CONTENT_DISPOSITION, kept)], bytes).into_response()
}

/// `GET /nhap-bang-tinh/mau.xlsx`: the blank workbook.
pub async fn blank(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer {
    Ok(file("mau-nhap-lieu.xlsx", site.app.blank_workbook(&caller).await?))
}

/// Which poll's sitting and board a download holds.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfPoll {
    #[serde(rename = "ky")]
    poll: String,
}

/// `GET /nhap-bang-tinh/hien-co.xlsx`: what is kept, as the same workbook.
pub async fn current(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Query(of): Query<OfPoll>) -> Answer {
    let bytes = site.app.current_workbook(&caller, poll_id(&of.poll)?).await?;
    Ok(file("du-lieu-hien-co.xlsx", bytes))
}
