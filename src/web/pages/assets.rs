//! Files that pages need: built into the program.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::error;

const FILES: &[(&str, &str, &[u8])] =
    &[("trang.css", "text/css; charset=utf-8", include_bytes!("../assets/trang.css"))];

/// `GET /tep/{*name}`
pub async fn serve(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(file, _, _)| *file == name) {
        Some((_, kind, bytes)) => {
            ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=3600")], *bytes).into_response()
        }
        None => error::not_found().await.into_response(),
    }
}
