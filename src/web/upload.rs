//! A form with a file. The form's token comes first: of a form that was sent for somebody else nothing is kept, and its file is
//! not even received.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, ready};

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use futures_util::stream::poll_fn;
use subtle::ConstantTimeEq as _;

use super::Site;
use super::answer::Problem;
use super::form::Form;
use super::pages::error;
use super::session::Visitor;
use app::AppError;
use app::service::upload::{Incoming, Received};

/// Most fields before the file.
const MAX_FIELDS: usize = 200;
/// Most that they may hold together, with their names.
const MAX_FIELD_BYTES: usize = 256 * 1024;
/// Most that came and was not taken yet: what the parser holds while it looks for the end of a part.
const MAX_UNTAKEN: usize = 1024 * 1024;
/// Longest piece of a body that the parser is given at once.
const PIECE: usize = 64 * 1024;
/// Bytes that are read, and thrown away, of a file that is too long: a browser shows the answer only when its file was
/// taken. Beyond that the line is cut.
const MAX_DRAINED_BYTES: u64 = 200 * 1024 * 1024;

/// What a form with a file brought.
#[derive(Debug)]
pub struct Upload {
    /// Its fields.
    pub form: Form,
    /// The file, or what is wrong with it; `None` when none was chosen.
    pub file: Option<Result<Received, AppError>>,
}

impl Upload {
    /// The file.
    ///
    /// # Errors
    /// When none was chosen, or something is wrong with it.
    pub fn required(file: Option<Result<Received, AppError>>) -> Result<Received, AppError> {
        file.unwrap_or_else(|| Err(AppError::field("file", "Hãy chọn một tệp.")))
    }
}

/// The connection broke, or what came is no form.
fn broken(_: MultipartError) -> Response {
    error::cut_off().into_response()
}

/// Bytes that came, and those of them that were taken. The parser holds the difference, and knows no limit of its own: a part
/// that never ends would fill the memory.
#[derive(Clone, Default)]
struct Flow(Arc<AtomicUsize>);

impl Flow {
    fn came(&self, bytes: usize) -> bool {
        self.0.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= MAX_UNTAKEN
    }

    fn taken(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// The same body in small pieces. The parser reads as long as more is there; so it is told after each piece that there is
    /// no more yet.
    fn measured(&self, body: Body) -> Body {
        let (flow, mut stream) = (self.clone(), body.into_data_stream());
        let (mut piece, mut rests) = (Bytes::new(), false);
        Body::from_stream(poll_fn(move |cx| {
            if rests {
                rests = false;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if piece.is_empty() {
                match ready!(stream.poll_next_unpin(cx)) {
                    Some(Ok(bytes)) => piece = bytes,
                    ended => return Poll::Ready(ended),
                }
            }
            rests = true;
            let next = piece.split_to(piece.len().min(PIECE));
            if flow.came(next.len()) {
                Poll::Ready(Some(Ok(next)))
            } else {
                Poll::Ready(Some(Err(axum::Error::new(io::Error::from(io::ErrorKind::InvalidData)))))
            }
        }))
    }
}

async fn text(mut field: Field<'_>, room: &mut usize, flow: &Flow) -> Result<String, Response> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        flow.taken(chunk.len());
        *room = room.checked_sub(chunk.len()).ok_or_else(|| error::too_large().into_response())?;
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| error::cut_off().into_response())
}

async fn receive(mut field: Field<'_>, flow: &Flow) -> Result<Option<Result<Received, AppError>>, Response> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let mut incoming = match Incoming::begin(&name) {
        Ok(incoming) => incoming,
        Err(problem) => return Ok(Some(Err(problem))),
    };
    let (mut came, mut problem) = (0_u64, None);
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        flow.taken(chunk.len());
        came = came.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if came > MAX_DRAINED_BYTES {
            return Err(error::too_large().into_response());
        }
        if problem.is_none() {
            problem = incoming.take(&chunk).err();
        }
    }
    // What a browser sends when nobody chose a file.
    if name.is_empty() && came == 0 {
        return Ok(None);
    }
    Ok(Some(problem.map_or_else(|| incoming.finish(), Err)))
}

impl FromRequest<Arc<Site>> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Response> {
        let path = request.uri().path().to_owned();
        let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
        let flow = Flow::default();
        let request = request.map(|body| flow.measured(body));
        let parts = Multipart::from_request(request, site).await;
        let mut parts = parts.map_err(|_| error::cut_off().into_response())?;
        let (mut form, mut file) = (Form::default(), None);
        let (mut fields, mut room) = (0, MAX_FIELD_BYTES);
        while let Some(field) = parts.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            fields += 1;
            room = room.saturating_sub(name.len());
            if fields > MAX_FIELDS || room == 0 {
                return Err(error::too_large().into_response());
            }
            if field.file_name().is_none() {
                let value = text(field, &mut room, &flow).await?;
                form.add(name, value);
                // The token comes first: nothing else is kept, and no file received, of a form that was not made for this session.
                if !is_own(&form, &visitor) {
                    return Err(error::stale_form().into_response());
                }
            } else if is_own(&form, &visitor) {
                file = receive(field, &flow).await?;
            } else {
                return Err(error::stale_form().into_response());
            }
        }
        if !is_own(&form, &visitor) {
            return Err(error::stale_form().into_response());
        }
        let digest = file.as_ref().and_then(|file| file.as_ref().ok()).map(|file| file.sha256);
        let announced = form.announced(site, &path, digest.as_ref());
        announced.map(|form| Self { form, file }).map_err(|problem| Problem::from(problem).into_response())
    }
}

/// Whether a form was made for the session that sends it.
fn is_own(form: &Form, visitor: &Visitor) -> bool {
    let (sent, own) = (form.value("form_token").as_bytes(), visitor.form_token.as_bytes());
    !own.is_empty() && bool::from(sent.ct_eq(own))
}
