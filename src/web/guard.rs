//! Middleware for every answer: security headers, and no forms from other sites.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Site;
use super::pages::error;

const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    // For browsers that do not know `frame-ancestors`.
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// The policy of the few pages with a script of ours: the same, and what that script needs.
pub(super) const SCRIPTED: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; \
     base-uri 'none'; script-src 'self'; connect-src 'self'",
);

/// Two years: longer than from one vote of confidence to the next.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Adds the headers that every answer has.
pub(super) async fn add_headers(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = add_plain_headers(request, next).await;
    if site.settings.is_tls {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    response
}

/// Adds those of them that do not depend on how the service is reached.
pub(super) async fn add_plain_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Refuses what another site sent.
pub(super) async fn refuse_foreign(request: Request, next: Next) -> Response {
    if is_foreign(&request) { error::foreign().into_response() } else { next.run(request).await }
}

/// A request that changes something and was sent by a page of another site. Browsers say so themselves
/// (`Sec-Fetch-Site`, or `Origin` in older ones); a client that is no browser has no cookie to abuse.
fn is_foreign(request: &Request) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return false;
    }
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => site != "same-origin" && site != "none",
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) != text(header::HOST),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn foreign(method: Method, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().method(method).uri("/dang-xuat");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_foreign(&request.body(Body::empty()).expect("request"))
    }

    #[test]
    fn a_form_of_another_site_is_foreign_and_reading_never_is() {
        let host = ("host", "tinnhiem.example.gov.vn");
        let cases: [(&[(&str, &str)], bool); 10] = [
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[host, ("origin", "https://tinnhiem.example.gov.vn")], false),
            (&[host, ("origin", "https://elsewhere.example")], true),
            (&[host, ("origin", "null")], true),
            (&[("origin", "https://tinnhiem.example.gov.vn")], true),
            // The newer header counts.
            (&[host, ("origin", "https://tinnhiem.example.gov.vn"), ("sec-fetch-site", "cross-site")], true),
            (&[], false),
        ];
        for (headers, expected) in cases {
            assert_eq!(foreign(Method::POST, headers), expected, "{headers:?}");
            assert!(!foreign(Method::GET, headers) && !foreign(Method::HEAD, headers), "{headers:?}");
        }
    }
}
