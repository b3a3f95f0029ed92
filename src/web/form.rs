//! Forms: what was typed is kept, an error stands at its field and in a summary.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;

use super::pages::error;
use super::session::Visitor;
use crate::app::AppError;
use crate::app::error::FieldError;
use crate::domain::id::RequestId;

/// Longest form without a file.
const MAX_BYTES: usize = 256 * 1024;

/// A form as it was typed, with what is wrong in it. A page shows it again as it is.
#[derive(Clone, Debug, Default)]
pub struct Form {
    values: BTreeMap<String, Vec<String>>,
    errors: Vec<FieldError>,
}

impl Form {
    /// A form with these values, for a page that edits something.
    pub fn filled<'a>(values: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let mut form = Self::default();
        for (field, value) in values {
            form.values.entry(field.to_owned()).or_default().push(value);
        }
        form
    }

    /// Which form this is, to tell it apart from the same one sent again.
    ///
    /// # Errors
    /// When the page that sent it was not one of ours.
    pub fn request(&self) -> Result<RequestId, AppError> {
        let request = self.value("request_id").parse();
        request.map_err(|_| AppError::Input("Biểu mẫu thiếu mã; hãy tải lại trang rồi gửi lần nữa.".to_owned()))
    }

    /// What stands in a field; empty when nothing was typed.
    pub fn value(&self, field: &str) -> &str {
        self.values.get(field).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// All that was ticked under one name.
    pub fn all(&self, field: &str) -> &[String] {
        self.values.get(field).map_or(&[], Vec::as_slice)
    }

    /// Whether a box is ticked.
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.all(field).iter().any(|ticked| ticked == value)
    }

    /// What is wrong with a field; empty when nothing is.
    pub fn error(&self, field: &str) -> &str {
        self.errors.iter().find(|error| error.field == field).map_or("", |error| error.sentence.as_str())
    }

    /// All that is wrong, for the summary.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The form with what a use case found wrong with it; gives back what is no matter of fields.
    pub fn with_errors(mut self, problem: AppError) -> Result<Self, AppError> {
        match problem {
            AppError::Fields { fields } => {
                self.errors = fields;
                Ok(self)
            }
            other => Err(other),
        }
    }

    fn parse(body: &Bytes) -> Self {
        let mut form = Self::default();
        for (field, value) in form_urlencoded::parse(body) {
            form.values.entry(field.into_owned()).or_default().push(value.into_owned());
        }
        form
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let body = to_bytes(request.into_body(), MAX_BYTES).await;
        body.map(|body| Self::parse(&body)).map_err(|_| error::too_large().into_response())
    }
}

/// Lets a form through that was made for this session.
pub(super) async fn check_token(visitor: &Visitor, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BYTES).await else { return error::too_large().into_response() };
    let form = Form::parse(&body);
    let fits = form.value("form_token").as_bytes().ct_eq(visitor.form_token.as_bytes());
    if !bool::from(fits) {
        return error::stale_form().with_status(StatusCode::CONFLICT).into_response();
    }
    next.run(Request::from_parts(head, Body::from(body))).await
}
