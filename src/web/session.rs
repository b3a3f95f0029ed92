//! Who asks: the cookie, and the caller behind it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::pages::error;
use super::{Settings, Site};
use crate::app::Caller;
use crate::app::sign_in::Token;

/// Whoever sent the request.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// When a session runs.
    pub caller: Option<Caller>,
    /// What forms of this session carry; empty without a session.
    pub form_token: String,
}

/// `__Host-` binds the cookie to this host over TLS; a browser takes that name only with `Secure`.
const fn cookie_name(settings: Settings) -> &'static str {
    if settings.is_tls { "__Host-tinnhiem" } else { "tinnhiem" }
}

fn token(settings: Settings, headers: &HeaderMap) -> Option<Token> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split("; ")).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == cookie_name(settings)).and_then(|(_, value)| value.parse().ok())
}

/// The header that gives a browser its token.
pub fn set_cookie(settings: Settings, token: &Token) -> Option<HeaderValue> {
    let secure = if settings.is_tls { "; Secure" } else { "" };
    let value = token.cookie_value();
    let text = format!("{}={}; Path=/; HttpOnly; SameSite=Strict{secure}", cookie_name(settings), *value);
    HeaderValue::from_str(&text).ok()
}

/// The header that makes a browser forget its token.
pub fn forget_cookie(settings: Settings) -> Option<HeaderValue> {
    let secure = if settings.is_tls { "; Secure" } else { "" };
    let text = format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}", cookie_name(settings));
    HeaderValue::from_str(&text).ok()
}

/// Finds out who asks, and remembers it beside the request.
pub(super) async fn identify(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let mut visitor = Visitor::default();
    if let Some(token) = token(site.settings, request.headers()) {
        match site.app.caller(&token).await {
            Ok(caller) => {
                visitor.form_token = if caller.is_some() { token.form_token() } else { String::new() };
                visitor.caller = caller;
            }
            Err(problem) => return error::of(&problem).into_response(),
        }
    }
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    // For the layer that draws, which lies around this one.
    response.extensions_mut().insert(visitor);
    response
}
