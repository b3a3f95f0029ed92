//! Files of papers: put to the source of a fact, taken away from it, handed out.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use super::error;
use crate::app::AppError;
use crate::web::Site;
use crate::web::session::Visitor;

/// What a browser that opens a file instead of keeping it may do with it: show it, nothing else.
const CAGE: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// `GET /tep-nguon/{sha256}`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(sha256): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let download = async {
        let sha256 = sha256.parse().map_err(|_| AppError::NotFound("tệp nguồn"))?;
        site.app.download(&caller, sha256).await
    };
    let download = match download.await {
        Ok(download) => download,
        Err(problem) => return error::of(&problem).into_response(),
    };
    let file = &download.attachment;
    let head = [
        (CONTENT_TYPE, file.kind.media_type().to_owned()),
        (CONTENT_LENGTH, file.size.to_string()),
        (CONTENT_DISPOSITION, file.disposition()),
        (CONTENT_SECURITY_POLICY, CAGE.to_owned()),
    ];
    (head, Body::from_stream(download.chunks())).into_response()
}
