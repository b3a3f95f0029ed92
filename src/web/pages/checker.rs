//! `/kiem-tra-goi`: a page that checks a bundle in the reader's own browser, also when it was saved and the network is off.
//! One file with everything in it; what is inline is named by its hash, and the page may send nothing to anybody.

use std::sync::LazyLock;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::audit::Digest;

/// The page with places for its style and its two scripts.
const PAGE: &str = include_str!("../assets/checker/page.html");

/// The parts of the check in the order in which they build on each other. The first is not ours: ed25519 and ristretto255 of
/// @noble/curves 1.9.7 and SHA-2 of @noble/hashes 1.8.0 (Paul Miller, MIT), the TOML reader smol-toml 1.9.1 (Squirrel Chat,
/// BSD-3-Clause), bundled by `scripts/vendor-checker`; a test pins its bytes.
const ENGINE: [&str; 8] = [
    include_str!("../assets/checker/vendored.js"),
    include_str!("../assets/checker/texts.js"),
    include_str!("../assets/checker/files.js"),
    include_str!("../assets/checker/unzip.js"),
    include_str!("../assets/checker/course.js"),
    include_str!("../assets/checker/rules.js"),
    include_str!("../assets/checker/sums.js"),
    include_str!("../assets/checker/check.js"),
];

struct Checker {
    html: String,
    policy: HeaderValue,
}

/// `'sha256-…'`, as a policy names a text that is inline.
fn source(text: &str) -> String {
    format!("'sha256-{}'", Digest::of(text.as_bytes()).to_base64())
}

static CHECKER: LazyLock<Checker> = LazyLock::new(|| {
    let (style, engine) = (include_str!("../assets/checker/page.css"), ENGINE.join("\n"));
    let page = include_str!("../assets/checker/page.js");
    let policy = format!(
        "default-src 'none'; script-src {} {}; style-src {}; worker-src blob:; img-src blob: data:; form-action 'none'; \
         frame-ancestors 'none'; base-uri 'none'",
        source(&engine),
        source(page),
        source(style)
    );
    let html = PAGE.replace("{{STYLE}}", style).replace("{{PAGE}}", page).replace("{{ENGINE}}", &engine);
    // Base64 and names of directives are fit for a header.
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    Checker { html, policy }
});

/// The whole page, as it is served and saved.
pub fn page() -> &'static str {
    &CHECKER.html
}

/// `GET /kiem-tra-goi`
pub async fn show() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (HeaderName::from_static("content-security-policy"), CHECKER.policy.clone()),
    ];
    (headers, page()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of others run in the reader's browser: none but those that were looked at.
    #[test]
    fn the_libraries_of_others_are_the_bytes_that_were_looked_at() {
        let sha256 = "c6023e270f8e0754f3a8ddf9fe1d5885a10797edea556ea4f492680e3acfbb6f";
        assert_eq!(Digest::of(ENGINE[0].as_bytes()).to_string(), sha256);
        for named in
            ["noble-curves - MIT License (c) 2022 Paul Miller", "noble-hashes - MIT License (c) 2022 Paul Miller"]
        {
            assert!(ENGINE[0].contains(named), "{named}");
        }
    }

    #[test]
    fn the_page_is_one_file_that_asks_for_no_other() {
        let page = page();
        for place in ["{{STYLE}}", "{{ENGINE}}", "{{PAGE}}"] {
            assert!(!page.contains(place), "{place}");
        }
        for asks in [
            "<script src",
            "<link rel=\"stylesheet",
            "@import",
            "fetch(",
            "XMLHttpRequest",
            "WebSocket",
            "sendBeacon",
            "importScripts",
            "https://cdn",
        ] {
            assert!(!page.contains(asks), "{asks}");
        }
    }
}
