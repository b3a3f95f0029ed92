//! Forms: what was typed is kept, an error stands at its field and in a summary.

use std::collections::BTreeMap;
use std::fmt;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, Zeroizing};

use super::Site;
use super::carry::Carried;
use super::pages::{error, sign_in};
use super::render;
use super::session::Visitor;
use app::AppError;
use app::service::error::{Conflict, FieldError};
use app::service::passwords::Password;
use domain::id::RequestId;
use domain::text::{date_dmy, read_day};

/// Longest form without a file.
const MAX_BYTES: usize = 256 * 1024;

/// A form as it was typed, with what is wrong in it. A page shows it again as it is. What was typed is wiped from memory
/// when it is dropped: a password may be among it.
#[derive(Clone, Default)]
pub struct Form {
    values: BTreeMap<String, Vec<String>>,
    /// Names in the order of the page.
    order: Vec<String>,
    errors: Vec<FieldError>,
    conflict: Option<Conflict>,
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").field("fields", &self.order).finish_non_exhaustive()
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        self.values.values_mut().flatten().for_each(Zeroize::zeroize);
    }
}

impl Form {
    /// A form with these values, for a page that edits something.
    pub fn filled<'a>(values: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let mut form = Self::default();
        for (field, value) in values {
            form.add(field.to_owned(), value);
        }
        form
    }

    /// The same form with more values: a page of several forms shows what was sent in one and what is stored in others.
    #[must_use]
    pub fn also_filled<'a>(mut self, values: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        for (field, value) in values {
            self.add(field.to_owned(), value);
        }
        self
    }

    pub(super) fn add(&mut self, field: String, value: String) {
        if !self.values.contains_key(&field) {
            self.order.push(field.clone());
        }
        self.values.entry(field).or_default().push(value);
    }

    /// All that was typed and ticked, in the order of the page.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.order.iter().flat_map(|field| self.all(field).iter().map(|value| (field.as_str(), value.as_str())))
    }

    /// Which form this is, to tell it apart from the same one sent again.
    ///
    /// # Errors
    /// When the page that sent it was not one of ours.
    pub fn request(&self) -> Result<RequestId, AppError> {
        let request = self.value("request_id").parse();
        request.map_err(|_| AppError::Input("Biểu mẫu thiếu mã; hãy tải lại trang rồi gửi lần nữa.".to_owned()))
    }

    /// Which version of a row the form was made from.
    ///
    /// # Errors
    /// When the page that sent it was not one of ours.
    pub fn version(&self) -> Result<u64, AppError> {
        let version = self.value("version").parse();
        version.map_err(|_| AppError::Input("Biểu mẫu thiếu phiên bản; hãy tải lại trang rồi gửi lần nữa.".to_owned()))
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

    /// A field that holds a password or a code.
    pub fn secret(&self, field: &str) -> Password {
        Zeroizing::new(self.value(field).to_owned())
    }

    /// What somebody else saved in the meantime, for the notice `conflict.html`.
    pub const fn conflict(&self) -> Option<&Conflict> {
        self.conflict.as_ref()
    }

    /// The form with what a use case found wrong with it; gives back what is no matter of fields. After a conflict the
    /// form stands at the version that is stored now: sent again, it is saved on top.
    pub fn with_errors(mut self, problem: AppError) -> Result<Self, AppError> {
        match problem {
            AppError::Stale(conflict) => {
                self.values.insert("version".to_owned(), vec![conflict.version.to_string()]);
                self.conflict = Some(conflict);
                Ok(self)
            }
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
            form.add(field.into_owned(), value.into_owned());
        }
        form
    }
}

/// A day in a field as people write it here, `05/12/2023`, out of a stored or a linked one; what is no day stays as it was
/// typed.
pub(super) fn day_text(value: &str) -> String {
    read_day(value).map_or_else(|| value.to_owned(), date_dmy)
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let body = to_bytes(request.into_body(), MAX_BYTES).await;
        body.map(|body| Self::parse(&body)).map_err(|_| error::too_large().into_response())
    }
}

/// What a POST is to be answered with instead of what it asks for.
pub(super) enum Instead {
    /// Nobody is signed in.
    Guest,
    /// It is not known who asks: the database is away.
    Unknown,
}

/// Lets a form through that was made for this session. What was typed into one that was not, or that came while the
/// database was away, goes on through a page in between.
pub(super) async fn check_token(visitor: &Visitor, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BYTES).await else { return error::too_large().into_response() };
    let form = Form::parse(&body);
    let carried = Carried::of(head.uri.path(), &form);
    if !bool::from(form.value("form_token").as_bytes().ct_eq(visitor.form_token.as_bytes())) {
        return match carried {
            Some(carried) => carried.renewed(visitor),
            None => error::stale_form().with_status(StatusCode::CONFLICT).into_response(),
        };
    }
    let answer = next.run(Request::from_parts(head, Body::from(body))).await;
    let is_elsewhere = render::is_for_another_process(&answer);
    match carried.filter(|_| answer.status() == StatusCode::SERVICE_UNAVAILABLE) {
        Some(carried) if is_elsewhere => carried.at_another_process(visitor.form_token.clone()),
        Some(carried) => carried.try_again(visitor.form_token.clone()),
        None => answer,
    }
}

/// Answers a form of somebody who is not, or not known to be, signed in: with what was typed, if anything was.
pub(super) async fn keep(site: &Site, instead: Instead, request: Request) -> Option<Response> {
    let path = request.uri().path().to_owned();
    let Ok(body) = to_bytes(request.into_body(), MAX_BYTES).await else {
        return Some(error::too_large().into_response());
    };
    let form = Form::parse(&body);
    let carried = Carried::of(&path, &form)?;
    Some(match instead {
        Instead::Guest => sign_in::before(site, carried).await,
        Instead::Unknown => carried.try_again(form.value("form_token").to_owned()),
    })
}
