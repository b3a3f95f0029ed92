//! Probes: is the process up, can it work. They say nothing else.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::error;
use crate::Site;
use app::AppError;

/// `?deep=1` asks the database too.
#[derive(Deserialize)]
pub struct Depth {
    #[serde(default)]
    deep: String,
}

/// `GET /healthz`
pub async fn up(site: State<Arc<Site>>, Query(depth): Query<Depth>) -> Response {
    if depth.deep == "1" { ready(site).await } else { "ok\n".into_response() }
}

/// `GET /readyz`
pub async fn ready(State(site): State<Arc<Site>>) -> Response {
    match site.app.check_ready().await {
        Ok(()) => "ok\n".into_response(),
        Err(problem) => {
            tracing::warn!(cause = error::causes(&problem), "not ready");
            let what = match &problem {
                AppError::Anchors(_) => "anchors\n",
                AppError::Store(cause) if cause.is_of_clock() => "clock\n",
                AppError::Store(cause) if cause.is_of_disk() => "disk\n",
                AppError::Store(cause) if cause.is_moved() => "file\n",
                _ => "database\n",
            };
            (StatusCode::SERVICE_UNAVAILABLE, what).into_response()
        }
    }
}
