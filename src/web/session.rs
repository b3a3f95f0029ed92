//! Who asks: the cookie, and the caller behind it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use zeroize::Zeroizing;

use super::carry::Carried;
use super::{Settings, Site, known};
use app::people::sign_in::Token;
use app::reading::notes::NoteKey;
use app::{AppError, Caller};

/// Whoever sent the request.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// When a session runs.
    pub caller: Option<Caller>,
    /// What forms of this session carry; empty without a session.
    pub form_token: String,
    /// Why it is not known whether a session runs.
    pub trouble: Option<Arc<AppError>>,
}

impl Visitor {
    /// Whoever holds `token`.
    pub(super) async fn holding(site: &Site, token: &Token) -> Self {
        match site.app.caller(token).await {
            Ok(Some(caller)) => {
                Self { form_token: site.app.form_token(token, &caller), caller: Some(caller), trouble: None }
            }
            Ok(None) => Self::default(),
            Err(problem) => Self { trouble: Some(Arc::new(problem)), ..Self::default() },
        }
    }
}

/// `__Host-` binds the cookie to this host over TLS; a browser takes that name only with `Secure`.
const fn cookie_name(settings: Settings) -> &'static str {
    if settings.is_tls { "__Host-tinnhiem" } else { "tinnhiem" }
}

/// The cookie that keeps the key of private notes while a session lasts.
const fn note_cookie_name(settings: Settings) -> &'static str {
    if settings.is_tls { "__Host-tinnhiem-ghi-chu" } else { "tinnhiem-ghi-chu" }
}

fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split("; ")).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// The token that a browser sent.
pub(super) fn token(settings: Settings, headers: &HeaderMap) -> Option<Token> {
    cookie(headers, cookie_name(settings)).and_then(|value| value.parse().ok())
}

/// The key of private notes that a browser sent.
pub(super) fn note_key(settings: Settings, headers: &HeaderMap) -> Option<NoteKey> {
    cookie(headers, note_cookie_name(settings)).and_then(|value| value.parse().ok())
}

/// The header that gives a browser the key of private notes. It ends with the browser, with signing out, and with the first
/// request after its session has ended.
pub(super) fn set_note_cookie(settings: Settings, key: &NoteKey) -> Option<HeaderValue> {
    let secure = if settings.is_tls { "; Secure" } else { "" };
    let value = key.cookie_value();
    let text =
        Zeroizing::new(format!("{}={}; Path=/; HttpOnly; SameSite=Strict{secure}", note_cookie_name(settings), *value));
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The header by which a browser is known when its owner signs in again.
fn known_cookie(site: &Site, visitor: &Visitor) -> Option<HeaderValue> {
    let known = site.app.known_browser(visitor.caller.as_ref()?).ok()?;
    let secure = if site.settings.is_tls { "; Secure" } else { "" };
    let name = format!("{}{}", known::prefix(site.settings), known.tag);
    let text = Zeroizing::new(format!(
        "{name}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{secure}",
        *known.value, known.seconds
    ));
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The header that makes a browser forget the key of private notes.
pub(super) fn forget_note_cookie(settings: Settings) -> Option<HeaderValue> {
    let secure = if settings.is_tls { "; Secure" } else { "" };
    let text = format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}", note_cookie_name(settings));
    HeaderValue::from_str(&text).ok()
}

/// The header that gives a browser its token.
pub fn set_cookie(settings: Settings, token: &Token) -> Option<HeaderValue> {
    let secure = if settings.is_tls { "; Secure" } else { "" };
    let value = token.cookie_value();
    let text = format!("{}={}; Path=/; HttpOnly; SameSite=Strict{secure}", cookie_name(settings), *value);
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The header that makes a browser forget its token.
pub fn forget_cookie(settings: Settings) -> Option<HeaderValue> {
    let secure = if settings.is_tls { "; Secure" } else { "" };
    let text = format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}", cookie_name(settings));
    HeaderValue::from_str(&text).ok()
}

/// Finds out who asks, and remembers it beside the request. That it could not be found out is told where the answer is
/// chosen: a page that needs nobody (a stylesheet) goes on.
pub(super) async fn identify(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let visitor = match token(site.settings, request.headers()) {
        Some(token) => Visitor::holding(&site, &token).await,
        None => Visitor::default(),
    };
    request.extensions_mut().insert(visitor.clone());
    // The key of somebody's notes does not outlive their session in this browser.
    let is_orphan = visitor.caller.is_none()
        && visitor.trouble.is_none()
        && cookie(request.headers(), note_cookie_name(site.settings)).is_some();
    let mut response = next.run(request).await;
    if is_orphan && let Some(forget) = forget_note_cookie(site.settings) {
        response.headers_mut().append(SET_COOKIE, forget);
    }
    // For the layer that draws, which lies around this one. Who has signed in just now was a guest when the request came.
    let known = response.extensions_mut().remove::<Visitor>();
    response.extensions_mut().insert(known.unwrap_or(visitor));
    response
}

/// Answers somebody who has just signed in: gives the browser its token, ends the session that it had before, and leads
/// on to `to`, or to the form that was typed before the session had ended.
pub async fn welcome(site: &Site, headers: &HeaderMap, new: &Token, carried: Option<Carried>, to: &str) -> Response {
    if let Some(former) = token(site.settings, headers)
        && let Err(cause) = site.app.end_former(&former).await
    {
        tracing::warn!(?cause, "the session that this browser had before was not ended");
    }
    let visitor = Visitor::holding(site, new).await;
    let known = known_cookie(site, &visitor);
    let answer = match carried {
        Some(carried) => carried.go_on(site, visitor),
        None => Redirect::to(to).into_response(),
    };
    let cookie = set_cookie(site.settings, new).map(|cookie| [(SET_COOKIE, cookie)]);
    let mut answer = (cookie, answer).into_response();
    if let Some(known) = known {
        answer.headers_mut().append(SET_COOKIE, known);
    }
    // Whoever signs in here may be somebody else than before.
    if self::cookie(headers, note_cookie_name(site.settings)).is_some()
        && let Some(forget) = forget_note_cookie(site.settings)
    {
        answer.headers_mut().append(SET_COOKIE, forget);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "0190b6a4-5c3d-7e2f-8a1b-0c2d3e4f5a6b.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn a_cookie_has_exactly_these_attributes() {
        let token: Token = VALUE.parse().expect("token");
        let plain = Settings::default();
        let tls = Settings { is_tls: true, ..plain };
        assert_eq!(
            set_cookie(plain, &token).expect("cookie"),
            format!("tinnhiem={VALUE}; Path=/; HttpOnly; SameSite=Strict")
        );
        assert_eq!(
            set_cookie(tls, &token).expect("cookie"),
            format!("__Host-tinnhiem={VALUE}; Path=/; HttpOnly; SameSite=Strict; Secure")
        );
        assert_eq!(
            forget_cookie(tls).expect("cookie"),
            "__Host-tinnhiem=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure"
        );
        assert_eq!(forget_cookie(plain).expect("cookie"), "tinnhiem=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
        let letters = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let key: NoteKey = letters.parse().expect("key");
        let given = set_note_cookie(tls, &key).expect("cookie");
        assert!(given.is_sensitive(), "kept out of logs");
        assert_eq!(given, format!("__Host-tinnhiem-ghi-chu={letters}; Path=/; HttpOnly; SameSite=Strict; Secure"));
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, format!("tinnhiem={VALUE}; tinnhiem-ghi-chu={letters}").parse().expect("header"));
        assert_eq!(note_key(plain, &headers), Some(key));
        assert!(super::token(plain, &headers).is_some() && note_key(tls, &headers).is_none());
    }
}
