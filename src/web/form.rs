//! Forms: what was typed is kept, an error stands at its field and in a summary.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, Zeroizing};

use super::Site;
use super::answer::{Problem, Why, WithOther};
use super::carry::{Carried, is_secret};
use super::field;
use super::pages::{error, sign_in};
use super::render;
use super::session::Visitor;
use app::AppError;
use app::service::error::{Conflict, FieldError};
use app::service::forms::Announced;
use app::service::passwords::Password;
use domain::audit::Digest;
use domain::id::RequestId;
use domain::letters::unseen;
use domain::text::{date_dmy, read_day};

/// Longest form without a file.
const MAX_BYTES: usize = 256 * 1024;
/// Most fields of a form: every line of every list is far below it.
const MAX_FIELDS: usize = 4000;
/// What every stranger may send without a share of [`STRANGERS_BYTES`]: more than a name and a password.
const FREE_BYTES: usize = 8 * 1024;
/// Most bytes that strangers' forms hold together beyond that. A form is parsed, and so held twice.
const STRANGERS_BYTES: usize = 16 * 1024 * 1024;

/// Bytes that strangers' forms hold now.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// A share of [`STRANGERS_BYTES`], given back when it is dropped.
#[derive(Debug, Default)]
struct Share(usize);

impl Share {
    /// Takes more. The share is the same when there is no more.
    fn grow(&mut self, bytes: usize) -> bool {
        let held = HELD.fetch_add(bytes, Ordering::Relaxed);
        self.0 += bytes;
        held + bytes <= STRANGERS_BYTES
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        HELD.fetch_sub(self.0, Ordering::Relaxed);
    }
}

/// The body of a form, within its limits; `strangers` is where the memory for one of nobody in particular is counted.
async fn read(body: Body, mut strangers: Option<&mut Share>) -> Result<Bytes, Response> {
    let (mut stream, mut read) = (body.into_data_stream(), Vec::new());
    while let Some(bytes) = stream.next().await {
        let bytes = bytes.map_err(|_| error::cut_off().into_response())?;
        if read.len() + bytes.len() > MAX_BYTES {
            return Err(error::too_large().into_response());
        }
        let beyond = (read.len() + bytes.len()).saturating_sub(FREE_BYTES.max(read.len()));
        if let Some(share) = &mut strangers
            && !share.grow(beyond)
        {
            return Err(error::of(&AppError::Crowded).into_response());
        }
        read.extend_from_slice(&bytes);
    }
    Ok(read.into())
}

/// A form as it was typed, with what is wrong in it. A page shows it again as it is. What was typed is wiped from memory
/// when it is dropped: a password may be among it.
#[derive(Clone, Default)]
pub struct Form {
    values: BTreeMap<String, Vec<String>>,
    /// Names in the order of the page.
    order: Vec<String>,
    errors: Vec<FieldError>,
    conflict: Option<Conflict>,
    /// For the memory of a form that a stranger sent, as long as it is held.
    share: Option<Arc<Share>>,
    /// Of a form with a file: its id is bound to what it carries while it is done.
    announced: Option<Arc<Announced>>,
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

    /// The form, announced together with its file.
    ///
    /// # Errors
    /// When another one was sent under its id at the same moment.
    pub(super) fn announced(mut self, site: &Site, path: &str, file: Option<&Digest>) -> Result<Self, AppError> {
        self.announced = announce(site, path, &self, file)?.map(Arc::new);
        Ok(self)
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

    /// `None` when there are more fields than [`MAX_FIELDS`].
    fn parse(body: &Bytes) -> Option<Self> {
        let mut form = Self::default();
        for (number, (field, value)) in form_urlencoded::parse(body).enumerate() {
            if number >= MAX_FIELDS {
                return None;
            }
            form.add(field.into_owned(), value.into_owned());
        }
        Some(form)
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
        let is_stranger = request.extensions().get::<Visitor>().is_none_or(|visitor| visitor.caller.is_none());
        let mut share = Share::default();
        let body = read(request.into_body(), is_stranger.then_some(&mut share)).await?;
        let mut form = Self::parse(&body).ok_or_else(|| error::too_large().into_response())?;
        form.share = is_stranger.then(|| Arc::new(share));
        Ok(form)
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
pub(super) async fn check_token(site: &Site, visitor: &Visitor, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let body = match read(body, None).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let Some(form) = Form::parse(&body) else { return error::too_large().into_response() };
    let carried = Carried::of(head.uri.path(), &form);
    if !bool::from(form.value("form_token").as_bytes().ct_eq(visitor.form_token.as_bytes())) {
        return match carried {
            Some(carried) => carried.renewed(visitor),
            None => error::stale_form().with_status(StatusCode::CONFLICT).into_response(),
        };
    }
    let announced = announce(site, head.uri.path(), &form, None);
    drop(form);
    let answer = match announced {
        Ok(_announced) => next.run(Request::from_parts(head, Body::from(body))).await,
        Err(problem) => Problem::from(problem).into_response(),
    };
    if answer.extensions().get::<WithOther>().is_some()
        && let Some(carried) = carried.clone()
        && let Ok(request) = site.app.new_request()
    {
        return carried.under_another_id(visitor.form_token.clone(), request.to_string());
    }
    let is_elsewhere = render::is_for_another_process(&answer);
    match carried.filter(|_| answer.status() == StatusCode::SERVICE_UNAVAILABLE) {
        Some(carried) if is_elsewhere => carried.at_another_process(visitor.form_token.clone()),
        Some(carried) => carried.try_again(visitor.form_token.clone(), answer.extensions().get::<Why>().cloned()),
        None => answer,
    }
}

/// Addresses of forms that are not announced, because of what they carry: figures of a pile that is under seal.
const UNTOLD: &str = "/kiem-phieu/";

/// Tells the use cases what a form carries, so that its id is bound to that while it is done.
fn announce(site: &Site, path: &str, form: &Form, file: Option<&Digest>) -> Result<Option<Announced>, AppError> {
    let Ok(request) = form.request() else { return Ok(None) };
    if path.starts_with(UNTOLD) {
        return Ok(None);
    }
    let (mut open, mut secret) = (Zeroizing::new(Vec::new()), Zeroizing::new(Vec::new()));
    let write = |into: &mut Vec<u8>, text: &str| {
        into.extend_from_slice(format!("{}:", text.len()).as_bytes());
        into.extend_from_slice(text.as_bytes());
    };
    write(&mut open, path);
    if let Some(file) = file {
        write(&mut open, &file.to_string());
    }
    for (name, value) in form.pairs().filter(|(name, _)| !matches!(*name, "form_token" | "request_id")) {
        if !is_secret(name) {
            write(&mut open, name);
            write(&mut open, value);
        } else if !value.is_empty() {
            write(&mut secret, name);
            write(&mut secret, value);
        }
    }
    site.app.form_came(request, &open, &secret, unseen_in(form)).map(Some)
}

/// The first field with a letter that nobody would see as it is stored. Passwords, codes and private notes are nobody's to read.
fn unseen_in(form: &Form) -> Option<FieldError> {
    let mut typed = form.pairs().filter(|(name, _)| !is_secret(name));
    typed.find_map(|(name, value)| {
        let fault = unseen(value)?;
        // `issued.F1` is a field of the name `issued`; its page shows the sentence in its summary.
        let known = field::known(name.split('.').next().unwrap_or_default());
        let field = known.map_or("", |field| field.name);
        let sentence =
            known.map_or_else(|| format!("Chữ vừa nhập {fault}."), |known| format!("{} {fault}.", known.label));
        Some(FieldError { field, sentence })
    })
}

/// Answers a form of somebody who is not, or not known to be, signed in: with what was typed, if anything was.
pub(super) async fn keep(site: &Site, instead: Instead, request: Request) -> Option<Response> {
    let trouble = request.extensions().get::<Visitor>().and_then(|visitor| visitor.trouble.clone());
    let why = match trouble.as_deref() {
        Some(AppError::Store(cause)) => Some(Why(cause.to_string())),
        _ => None,
    };
    let path = request.uri().path().to_owned();
    let mut share = Share::default();
    let read = read(request.into_body(), Some(&mut share)).await;
    let body = match read {
        Ok(body) => body,
        Err(refusal) => return Some(refusal),
    };
    let Some(form) = Form::parse(&body) else { return Some(error::too_large().into_response()) };
    let carried = Carried::of(&path, &form)?;
    Some(match instead {
        Instead::Guest => sign_in::before(site, carried).await,
        Instead::Unknown => carried.try_again(form.value("form_token").to_owned(), why),
    })
}
