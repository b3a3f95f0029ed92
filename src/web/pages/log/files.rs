//! Logs, proofs and signed heads as files, for whoever checks them elsewhere.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::IntoResponse as _;
use futures_util::stream;
use serde::Serialize;

use super::{log_id, number};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use app::{App, AppError, Caller};
use domain::audit::canonical;
use domain::id::LogId;

/// Entries that are read at once: about half a megabyte.
const CHUNK: u32 = 2_000;

fn head(kind: &'static str, name: &str) -> [(HeaderName, String); 2] {
    let kept = format!("attachment; filename=\"{name}\"");
    [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, kept)]
}

/// `GET /nhat-ky/{log}/nhat-ky.jsonl`: every entry as it was hashed, a line each.
pub async fn entries_file(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(log): Path<String>,
) -> Answer {
    let log = log_id(&log)?;
    let first = chunk(&site.app, &caller, log, 0).await?;
    let app = site.app.clone();
    // A log only grows: chunks that are read one after another are one log, however long it takes.
    let texts = stream::unfold(Some((0, first)), move |state| {
        let (app, caller) = (app.clone(), caller.clone());
        async move {
            let (from, lines) = state?;
            let next = from + u64::from(CHUNK);
            if lines.is_empty() {
                return None;
            }
            let more = chunk(&app, &caller, log, next).await;
            Some(match more {
                Ok(more) => (Ok(lines), Some((next, more))),
                // The connection breaks off, so that nobody takes half a log for the whole.
                Err(problem) => (Err(problem), None),
            })
        }
    });
    let name = format!("nhat-ky-{log}.jsonl");
    Ok((head("application/jsonl; charset=utf-8", &name), Body::from_stream(texts)).into_response())
}

async fn chunk(app: &App, caller: &Caller, log: LogId, from: u64) -> Result<String, AppError> {
    let texts = app.log_texts(caller, log, from, CHUNK).await?;
    let mut lines = String::with_capacity(texts.iter().map(|text| text.len() + 1).sum());
    for text in texts {
        lines.push_str(&text);
        lines.push('\n');
    }
    Ok(lines)
}

/// The proof of one entry. `proofs` is as in `proofs/inclusion.json` of a bundle.
#[derive(Serialize)]
struct ProofFile {
    note: Option<String>,
    origin: String,
    proofs: [Proof; 1],
    root: String,
    v: u8,
}

#[derive(Serialize)]
struct Proof {
    entry: String,
    hashes: Vec<String>,
    seq: u64,
    size: u64,
}

/// `GET /nhat-ky/{log}/{seq}/chung-minh.json`
pub async fn proof_file(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((log, seq)): Path<(String, String)>,
) -> Answer {
    let proof = site.app.log_proof(&caller, log_id(&log)?, number(&seq)?).await?;
    let name = format!("chung-minh-{}.json", proof.entry.seq);
    let one = Proof {
        hashes: proof.hashes.iter().map(ToString::to_string).collect(),
        seq: proof.entry.seq,
        size: proof.head.size,
        entry: proof.entry.text,
    };
    let file = ProofFile {
        note: proof.note,
        origin: proof.head.origin.as_str().to_owned(),
        proofs: [one],
        root: proof.head.root.to_string(),
        v: 1,
    };
    let mut text = canonical::to_text(&file).map_err(|e| AppError::internal("ghi chứng minh", e))?;
    text.push('\n');
    Ok((head("application/json", &name), text).into_response())
}

/// `GET /nhat-ky/{log}/diem-chot.txt`: the newest signed head.
pub async fn checkpoint(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(log): Path<String>) -> Answer {
    let signed = site.app.checkpoints(&caller, log_id(&log)?).await?;
    let newest = signed.into_iter().last().ok_or(AppError::NotFound("điểm chốt"))?;
    let name = format!("diem-chot-{}.txt", newest.size);
    Ok((head("text/plain; charset=utf-8", &name), newest.note).into_response())
}
