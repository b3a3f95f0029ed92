//! What the log and the metrics record of every request: the pattern of its route, never its path, query, body or
//! cookies, because those hold names and secrets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use app::service::clock::Stopwatch;
use app::service::metrics::Metrics;

/// Longest that an answer may take; a write that was handed to the database is finished or undone all the same.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(30);

/// The same for an answer to a file, which may come over a slow line: 20 MB at 512 kbit/s take over five minutes.
pub(super) const FILE_TIME_LIMIT: Duration = Duration::from_secs(600);

/// Numbers requests, and holds the metrics of this process.
#[derive(Clone, Default)]
pub(super) struct Observer {
    number: Arc<AtomicU64>,
    pub(super) metrics: Metrics,
}

/// Logs and measures one request when it was answered.
pub(super) async fn watch(State(observer): State<Observer>, request: Request, next: Next) -> Response {
    let number = observer.number.fetch_add(1, Ordering::Relaxed) + 1;
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let watch = Stopwatch::start();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let (status, took) = (response.status().as_u16(), watch.elapsed());
    observer.metrics.answered(route, method, status, took);
    tracing::info!(number, method, route, status, ms = took.as_millis(), "request");
    response
}

/// One of a fixed set of names: clients choose the method freely, and the values of a metric's label must stay few.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "OTHER",
    }
}
