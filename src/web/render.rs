//! Pages are structs; one layer draws them late, with what every page has: who is signed in, where one can go, the
//! tokens of its forms.

use std::any::Any;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::Site;
use super::session::Visitor;
use crate::domain::role::Role;

/// What every page has besides its own. Templates read it as the runtime value `frame`.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Full name of who is signed in; empty for a guest.
    pub name: String,
    /// Roles, for people.
    pub roles: String,
    /// The body whose pages these are.
    pub council: String,
    /// Where one can go.
    pub navigation: Vec<Destination>,
    /// For the hidden field `form_token`.
    pub form_token: String,
    /// For the hidden field `request_id`: a form that is sent twice is done once.
    pub request_id: String,
}

/// A line of the navigation.
#[derive(Clone, Debug)]
pub struct Destination {
    /// What it is called.
    pub label: &'static str,
    /// Where it is.
    pub path: &'static str,
    /// Whether this page is below it.
    pub is_here: bool,
}

const DESTINATIONS: &[(&str, &str, &[Role])] = &[("Tài khoản", "/tai-khoan", &[Role::Admin, Role::Operator])];

impl Frame {
    fn new(visitor: &Visitor, path: &str) -> Self {
        let Some(caller) = &visitor.caller else { return Self::default() };
        let roles = &caller.account.roles;
        let open = DESTINATIONS.iter().filter(|(_, _, who)| who.iter().any(|role| roles.has(*role)));
        let destination = |&(label, to, _): &(&'static str, &'static str, _)| Destination {
            label,
            path: to,
            is_here: path == to || path.strip_prefix(to).is_some_and(|rest| rest.starts_with('/')),
        };
        Self {
            name: caller.account.name.clone(),
            roles: roles.labels(),
            council: caller.council_name.clone(),
            navigation: open.map(destination).collect(),
            form_token: visitor.form_token.clone(),
            request_id: String::new(),
        }
    }
}

trait Draw: Send + Sync {
    fn draw(&self, frame: &Frame) -> askama::Result<String>;
}

impl<T: Template + Send + Sync> Draw for T {
    fn draw(&self, frame: &Frame) -> askama::Result<String> {
        self.render_with_values(frame)
    }
}

impl askama::Values for Frame {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == "frame").then_some(self)
    }
}

/// A page as a handler answers with it: drawn by [`draw`].
pub struct Page {
    status: StatusCode,
    content: Arc<dyn Draw>,
}

impl Page {
    /// A page that is as it was asked for.
    pub fn new(content: impl Template + Send + Sync + 'static) -> Self {
        Self { status: StatusCode::OK, content: Arc::new(content) }
    }

    /// The same page with another status.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

#[derive(Clone)]
struct Undrawn(Arc<dyn Draw>);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Undrawn(self.content));
        response
    }
}

/// Draws the page that the handler answered with, if it did.
pub(super) async fn draw(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let Some(Undrawn(page)) = response.extensions_mut().remove() else { return response };
    let mut frame = Frame::new(&visitor, &path);
    if let Ok(request) = site.app.new_request() {
        frame.request_id = request.to_string();
    }
    match page.draw(&frame) {
        Ok(html) => {
            let (mut head, _) = response.into_parts();
            head.headers.remove(header::CONTENT_LENGTH);
            (head.status, head.headers, Html(html)).into_response()
        }
        Err(cause) => {
            tracing::error!(%cause, path, "a page could not be drawn");
            (StatusCode::INTERNAL_SERVER_ERROR, "Trang này gặp lỗi; hãy quay lại và báo người bảo trì.").into_response()
        }
    }
}
