//! What a client still sends when it was refused already. A connection that is closed with bytes unread is reset, and the
//! browser then shows an error of its own instead of the page that says what was wrong; so the rest is read and thrown away.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt as _;
use futures_util::stream::poll_fn;

/// Most that is thrown away: a file of the longest that is taken, and its form.
const MOST_BYTES: usize = 24 * 1024 * 1024;
/// Longest that it may take.
const MOST_TIME: Duration = Duration::from_secs(15);

/// The rest of a body; `None` when it has ended.
#[derive(Clone)]
struct Rest(Arc<Mutex<Option<BodyDataStream>>>);

impl Rest {
    fn lock(&self) -> MutexGuard<'_, Option<BodyDataStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The body, to be read by a handler.
    fn body(&self) -> Body {
        let rest = self.clone();
        Body::from_stream(poll_fn(move |cx| {
            let mut stream = rest.lock();
            let Some(open) = stream.as_mut() else { return Poll::Ready(None) };
            let next = open.poll_next_unpin(cx);
            if matches!(next, Poll::Ready(None | Some(Err(_)))) {
                *stream = None;
            }
            next
        }))
    }

    /// Reads what the handler has left.
    async fn discard(self) {
        let Some(mut stream) = self.lock().take() else { return };
        let mut left = MOST_BYTES;
        while let Some(Ok(bytes)) = stream.next().await {
            left = left.saturating_sub(bytes.len());
            if left == 0 {
                return;
            }
        }
    }
}

/// Reads the body of a request to its end before an answer that refuses it goes out.
pub(super) async fn read_to_end(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let rest = Rest(Arc::new(Mutex::new(Some(body.into_data_stream()))));
    let answer = next.run(Request::from_parts(head, rest.body())).await;
    if (answer.status().is_client_error() || answer.status().is_server_error())
        && tokio::time::timeout(MOST_TIME, rest.discard()).await.is_err()
    {
        tracing::debug!("a client that was refused went on sending");
    }
    answer
}
