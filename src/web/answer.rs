//! What a handler takes and returns: who is signed in, the page or the problem, and what becomes of a form that was sent.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::Form;
use super::notice::Done;
use super::pages::error;
use super::render::Page;
use super::session::Visitor;
use app::service::app::Ask;
use app::{AppError, Caller};

/// The account that sent the request. Refused with 403 when nobody is signed in; the route table has already decided
/// whether this account may call the route.
pub struct SignedIn(pub Caller);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Page;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Page> {
        let caller = parts.extensions.get::<Visitor>().and_then(|visitor| visitor.caller.clone());
        caller.map(Self).ok_or_else(error::forbidden)
    }
}

/// A problem as a handler returns it with `?`: drawn as the page of that problem.
#[derive(Debug)]
pub struct Problem(AppError);

impl From<AppError> for Problem {
    fn from(problem: AppError) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut answer = error::of(&self.0).into_response();
        if matches!(self.0, AppError::OtherContent) {
            answer.extensions_mut().insert(WithOther);
        }
        if let AppError::Store(cause) = &self.0 {
            // For the page that carries a form on: it says why.
            answer.extensions_mut().insert(Why(cause.to_string()));
        }
        answer
    }
}

/// Why the database did not take something, in a sentence.
#[derive(Clone, Debug)]
pub struct Why(pub String);

/// Marks the answer to a form under whose id another one was done: what was typed goes on as a form of its own.
#[derive(Clone, Copy, Debug)]
pub struct WithOther;

/// What a handler returns.
pub type Answer<T = Response> = Result<T, Problem>;

/// What became of a form that a use case took.
pub enum Sent<T> {
    /// It was done.
    Done(T),
    /// The same form was sent before, and done then.
    Repeated,
    /// Fields are wrong, or somebody else saved in the meantime: the form with what is wrong in it, to be shown again with
    /// [`Form::refused_status`].
    Refused(Form),
}

impl Form {
    /// The caller with the id of this form, as use cases take them.
    ///
    /// # Errors
    /// When the form has no id: it was not made by a page of this program.
    pub fn ask<'c>(&self, caller: &'c Caller) -> Result<Ask<'c>, AppError> {
        Ok(Ask { caller, request: self.request()? })
    }

    /// Sorts the outcome of the use case that took this form.
    ///
    /// # Errors
    /// A problem that belongs to no field of the form.
    pub fn sent<T>(self, outcome: Result<T, AppError>) -> Answer<Sent<T>> {
        match outcome {
            Ok(done) => Ok(Sent::Done(done)),
            Err(AppError::AlreadyDone) => Ok(Sent::Repeated),
            Err(problem) => Ok(Sent::Refused(self.with_errors(problem)?)),
        }
    }

    /// The answer to this form: leads to where `next` says when it was done, and shows it again in `page` when it was
    /// refused. `next` takes what the use case returned, `None` when the same form was sent before.
    ///
    /// # Errors
    /// A problem that belongs to no field of the form, and one of the page.
    pub async fn answered<T, P>(
        self,
        outcome: Result<T, AppError>,
        next: impl FnOnce(Option<T>) -> Redirect,
        page: impl FnOnce(Self) -> P,
    ) -> Answer
    where
        P: Future<Output = Result<Page, AppError>>,
    {
        Ok(match self.sent(outcome)? {
            Sent::Done(done) => next(Some(done)).into_response(),
            Sent::Repeated => next(None).into_response(),
            Sent::Refused(form) => form.again(page).await?.into_response(),
        })
    }

    /// The page that shows this form again, with [`Form::refused_status`].
    ///
    /// # Errors
    /// A problem of the page.
    pub async fn again<P>(self, page: impl FnOnce(Self) -> P) -> Answer<Page>
    where
        P: Future<Output = Result<Page, AppError>>,
    {
        let status = self.refused_status();
        Ok(page(self).await?.with_status(status))
    }

    /// The status of a page that shows this form again: 409 after a conflict with another editor, 422 when a field is wrong.
    pub fn refused_status(&self) -> StatusCode {
        if self.conflict().is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
}

/// Leads to `path` with the sentence of `done`; the same form sent again leads there too.
///
/// # Errors
/// The problem of the use case.
pub fn redirect<T>(outcome: Result<T, AppError>, done: Done, path: &str) -> Answer<Redirect> {
    match outcome {
        Ok(_) | Err(AppError::AlreadyDone) => Ok(done.at(path)),
        Err(problem) => Err(problem.into()),
    }
}
