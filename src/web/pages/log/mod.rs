//! The log: what happened, proved entry by entry, taken away as files.

mod files;
mod words;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use jiff::civil::Date;
use serde::Deserialize;

pub use files::{checkpoint, entries_file, proof_file};

use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::AppError;
use app::service::error::FieldError;
use app::trail::logs::{LogFilter, LogHead, LogPage, LogProof, SignedHead};
use domain::audit::merkle::{InclusionStep, inclusion_steps};
use domain::id::LogId;
use domain::text::read_day;
use words::DataLine;

/// Which log, as an address names it.
fn log_id(text: &str) -> Result<LogId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("nhật ký"))
}

fn title(log: &LogHead) -> &'static str {
    if log.poll.is_none() { "Nhật ký của hội đồng" } else { "Nhật ký đợt lấy phiếu" }
}

#[derive(Template)]
#[template(path = "log/list.html")]
struct List {
    logs: Vec<LogHead>,
}

/// `GET /nhat-ky`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let logs = site.app.logs(&caller).await?;
    Ok(Page::new(List { logs }))
}

/// The filter as an address carries it; every part may be missing or empty.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(rename = "loai", default)]
    kind: String,
    #[serde(rename = "nguoi", default)]
    actor: String,
    #[serde(rename = "tu", default)]
    from: String,
    #[serde(rename = "den", default)]
    to: String,
    #[serde(rename = "trang", default)]
    page: String,
}

impl Asked {
    /// What can be read of it, and what cannot: a day that is none filters nothing.
    fn filter(&self) -> (LogFilter, Vec<FieldError>) {
        let mut fields = Vec::new();
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let filter = LogFilter {
            kind: filled(&self.kind),
            actor: filled(&self.actor),
            from: day("tu", &self.from, &mut fields),
            to: day("den", &self.to, &mut fields),
            page: self.page.parse().unwrap_or(1),
        };
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && to < from
        {
            let sentence = "«Đến hết ngày» sớm hơn «Từ ngày»; hãy đổi một trong hai ngày.".to_owned();
            fields.push(FieldError { field: "den", sentence });
        }
        (filter, fields)
    }

    fn is_empty(&self) -> bool {
        [&self.kind, &self.actor, &self.from, &self.to].iter().all(|text| text.is_empty())
    }

    /// The same filter on another page of the list; the page's number is still to be added.
    fn address(&self, log: LogId) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let parts = [("loai", &self.kind), ("nguoi", &self.actor), ("tu", &self.from), ("den", &self.to)];
        query.extend_pairs(parts);
        format!("/nhat-ky/{log}?{}", query.finish())
    }

    fn form(self) -> Form {
        Form::filled([("loai", self.kind), ("nguoi", self.actor), ("tu", self.from), ("den", self.to)])
    }
}

fn day(field: &'static str, text: &str, errors: &mut Vec<FieldError>) -> Option<Date> {
    if text.is_empty() {
        return None;
    }
    let day = read_day(text);
    if day.is_none() {
        let sentence = "Ngày này không đọc được; hãy ghi ngày/tháng/năm, ví dụ 31/12/2026.".to_owned();
        errors.push(FieldError { field, sentence });
    }
    day
}

/// An entry in the list.
struct Row {
    seq: u64,
    at: String,
    actor: String,
    kind: String,
}

/// The newest signed head, for people.
struct Signed {
    size: u64,
    when: String,
}

impl Signed {
    fn newest(signed: &[SignedHead]) -> Option<Self> {
        signed.last().map(|signed| Self { size: signed.size, when: words::moment(signed.signed_at) })
    }
}

#[derive(Template)]
#[template(path = "log/entries.html")]
struct Entries {
    title: &'static str,
    page: LogPage,
    rows: Vec<Row>,
    signed: Option<Signed>,
    form: Form,
    kinds: Vec<(String, String)>,
    actors: Vec<(String, String)>,
    is_filtered: bool,
    address: String,
}

/// `GET /nhat-ky/{log}`
pub async fn entries(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(log): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer<Page> {
    let log = log_id(&log)?;
    let (filter, fields) = asked.filter();
    let page = site.app.log_entries(&caller, log, &filter).await?;
    let signed = site.app.checkpoints(&caller, log).await?;
    Ok(Page::new(shown(page, &signed, asked, fields)?))
}

fn shown(page: LogPage, signed: &[SignedHead], asked: Asked, fields: Vec<FieldError>) -> Result<Entries, AppError> {
    let row = |entry: &app::trail::logs::ShownEntry| Row {
        seq: entry.seq,
        at: words::moment(entry.at),
        actor: entry.actor.clone(),
        kind: words::kind(&entry.kind).to_owned(),
    };
    let all = |words: &str| vec![(String::new(), words.to_owned())];
    let mut kinds = all("Mọi việc");
    kinds.extend(page.kinds.iter().map(|kind| (kind.clone(), words::kind(kind).to_owned())));
    let mut actors = all("Mọi người");
    actors.extend(page.actors.iter().map(|name| (name.clone(), name.clone())));
    Ok(Entries {
        title: title(&page.log),
        rows: page.entries.iter().map(row).collect(),
        signed: Signed::newest(signed),
        is_filtered: !asked.is_empty(),
        address: asked.address(page.log.log),
        form: asked.form().with_errors(AppError::Fields { fields })?,
        kinds,
        actors,
        page,
    })
}

#[derive(Template)]
#[template(path = "log/entry.html")]
struct EntryPage {
    log_title: &'static str,
    kind: String,
    at: String,
    lines: Vec<DataLine>,
    steps: Vec<InclusionStep>,
    /// The steps lead to the root.
    holds: bool,
    proof: LogProof,
}

/// `GET /nhat-ky/{log}/{seq}`
pub async fn entry(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((log, seq)): Path<(String, String)>,
) -> Answer<Page> {
    let proof = site.app.log_proof(&caller, log_id(&log)?, number(&seq)?).await?;
    let steps = inclusion_steps(proof.leaf, proof.entry.seq, proof.head.size, &proof.hashes).unwrap_or_default();
    Ok(Page::new(EntryPage {
        log_title: title(&proof.log),
        kind: words::kind(&proof.entry.kind).to_owned(),
        at: words::moment(proof.entry.at),
        lines: words::lines(&proof.entry.data),
        holds: steps.last().map_or(proof.leaf, |step| step.hash) == proof.head.root,
        steps,
        proof,
    }))
}

fn number(text: &str) -> Result<u64, AppError> {
    text.parse().map_err(|_| AppError::NotFound("bản ghi"))
}

/// `POST /nhat-ky/{log}/diem-chot`
pub async fn sign(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(log): Path<String>,
) -> Answer<Redirect> {
    let log = log_id(&log)?;
    site.app.sign_checkpoint(&caller, log).await?;
    Ok(Done::CheckpointSigned.at(&format!("/nhat-ky/{log}")))
}
