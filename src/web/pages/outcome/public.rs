//! Results for everybody, without signing in. These pages are the same for all who ask, signed in or not, so they may be
//! kept for a minute on the way; they set no cookie and have no form.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

use super::{disposition, media, read_poll};
use crate::Site;
use crate::address::Sender;
use crate::answer::{Answer, Problem};
use crate::pages::assets;
use app::AppError;
use app::counting::outcome::{PaperAnswer, PaperCheck, PublicFile, PublicList, PublicResult};
use domain::audit::Digest;
use domain::text::{date_dmy, upper_first};
use serde::Deserialize;

/// How long anybody on the way may keep an answer.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=60");

#[derive(Template)]
#[template(path = "public/list.html")]
struct List {
    style: String,
    icon: String,
    page: PublicList,
}

#[derive(Template)]
#[template(path = "public/show.html")]
struct Show {
    style: String,
    icon: String,
    page: PublicResult,
}

#[derive(Template)]
#[template(path = "public/paper.html")]
struct OnPaper {
    style: String,
    icon: String,
    page: PaperCheck,
}

/// What was typed off a paper.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    root: String,
}

impl List {
    fn day(&self, day: &jiff::civil::Date) -> String {
        date_dmy(*day)
    }

    fn title(&self, kind: &str) -> String {
        upper_first(kind)
    }
}

impl Show {
    fn day(&self) -> String {
        date_dmy(self.page.votes_on)
    }
}

/// Everything that is not there, or that nobody may see, looks the same.
fn hidden(problem: AppError) -> Problem {
    match problem {
        AppError::NotFound(_) | AppError::Input(_) => AppError::NotFound("trang này").into(),
        other => other.into(),
    }
}

/// An answer that may be kept; 304 for whoever has it already.
fn kept(
    asked: &HeaderMap,
    content: &[u8],
    head: [(HeaderName, String); 2],
    body: impl FnOnce() -> Response,
) -> Response {
    let tag = format!("\"{}\"", Digest::of(content));
    let has_it = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = if has_it { StatusCode::NOT_MODIFIED.into_response() } else { body() };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, KEPT);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    for (name, value) in head {
        if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
    response
}

/// A page that is drawn here and not with what belongs to whoever is signed in.
fn drawn(asked: &HeaderMap, page: &impl Template) -> Answer {
    let html = page.render().map_err(|cause| AppError::internal("vẽ trang công khai", cause))?;
    let none = [(header::CONTENT_DISPOSITION, String::new()), (header::CONTENT_LANGUAGE, "vi".to_owned())];
    Ok(kept(asked, html.as_bytes(), none, || Html(html.clone()).into_response()))
}

/// `GET /cong-bo/{slug}`
pub async fn list(State(site): State<Arc<Site>>, Path(slug): Path<String>, asked: HeaderMap) -> Answer {
    let page = site.app.public_list(&slug).await.map_err(hidden)?;
    drawn(&asked, &List { style: assets::address("trang.css"), icon: icon(), page })
}

/// `GET /cong-bo/{slug}/{poll}`
pub async fn show(
    State(site): State<Arc<Site>>,
    Path((slug, poll)): Path<(String, String)>,
    asked: HeaderMap,
) -> Answer {
    let poll = read_poll(&poll).map_err(hidden)?;
    let page = site.app.public_result(&slug, poll).await.map_err(hidden)?;
    drawn(&asked, &Show { style: assets::address("trang.css"), icon: icon(), page })
}

/// `GET /cong-bo/{slug}/so-ban-giay`: never kept on the way, since one address gets so many answers only.
pub async fn on_paper(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    Query(Typed { root }): Query<Typed>,
    Sender(device): Sender,
) -> Answer {
    let page = site.app.paper_check(&slug, &root, &device.address).await.map_err(hidden)?;
    let status = match page.answer {
        PaperAnswer::TooOften => StatusCode::TOO_MANY_REQUESTS,
        PaperAnswer::Unreadable(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let page = OnPaper { style: assets::address("trang.css"), icon: icon(), page };
    let html = page.render().map_err(|cause| AppError::internal("vẽ trang công khai", cause))?;
    let head = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_LANGUAGE, "vi")];
    Ok((status, head, Html(html)).into_response())
}

/// `GET /cong-bo/{slug}/{poll}/{file}`: `ket-qua.json`
pub async fn file(
    State(site): State<Arc<Site>>,
    Path((slug, poll, name)): Path<(String, String, String)>,
    asked: HeaderMap,
) -> Answer {
    let poll = read_poll(&poll).map_err(hidden)?;
    let PublicFile { name, bytes } = site.app.public_file(&slug, poll, &name).await.map_err(hidden)?;
    let media = media(&name);
    let head = [(header::CONTENT_DISPOSITION, disposition(&name, media)), (header::CONTENT_TYPE, media.to_owned())];
    Ok(kept(&asked, &bytes, head, || bytes.clone().into_response()))
}

/// `GET /cong-bo/{slug}/{poll}/goi-kiem-chung.zip`
pub async fn bundle(
    State(site): State<Arc<Site>>,
    Path((slug, poll)): Path<(String, String)>,
    asked: HeaderMap,
) -> Answer {
    let poll = read_poll(&poll).map_err(hidden)?;
    let PublicFile { name, bytes } = site.app.public_bundle(&slug, poll).await.map_err(hidden)?;
    let media = media(&name);
    let head = [(header::CONTENT_DISPOSITION, disposition(&name, media)), (header::CONTENT_TYPE, media.to_owned())];
    Ok(kept(&asked, &bytes, head, || bytes.clone().into_response()))
}

fn icon() -> String {
    assets::address("bieu-tuong.svg")
}
