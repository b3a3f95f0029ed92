//! A form with a file. Its fields come first and the form's token among them: a file that was sent for somebody else is
//! not even received.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;

use super::form::Form;
use super::pages::error;
use super::session::Visitor;
use app::AppError;
use app::service::upload::{Incoming, Received};

/// Most that the fields before the file may hold.
const MAX_FIELD_BYTES: usize = 64 * 1024;
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

async fn text(mut field: Field<'_>) -> Result<String, Response> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_FIELD_BYTES {
            return Err(error::too_large().into_response());
        }
    }
    String::from_utf8(bytes).map_err(|_| error::cut_off().into_response())
}

async fn receive(mut field: Field<'_>) -> Result<Option<Result<Received, AppError>>, Response> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let mut incoming = match Incoming::begin(&name) {
        Ok(incoming) => incoming,
        Err(problem) => return Ok(Some(Err(problem))),
    };
    let (mut came, mut problem) = (0_u64, None);
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
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

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
        let parts = Multipart::from_request(request, state).await;
        let mut parts = parts.map_err(|_| error::cut_off().into_response())?;
        let (mut form, mut file) = (Form::default(), None);
        while let Some(field) = parts.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if field.file_name().is_none() {
                let value = text(field).await?;
                form.add(name, value);
                continue;
            }
            if !is_own(&form, &visitor) {
                return Err(error::stale_form().into_response());
            }
            file = receive(field).await?;
        }
        if is_own(&form, &visitor) { Ok(Self { form, file }) } else { Err(error::stale_form().into_response()) }
    }
}

/// Whether a form was made for the session that sends it.
fn is_own(form: &Form, visitor: &Visitor) -> bool {
    let (sent, own) = (form.value("form_token").as_bytes(), visitor.form_token.as_bytes());
    !own.is_empty() && bool::from(sent.ct_eq(own))
}
