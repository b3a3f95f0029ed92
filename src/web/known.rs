//! What a browser keeps of having signed in before.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

use super::Settings;

/// Before the names of the cookies that browsers keep of having signed in, one for each account.
pub(super) const fn prefix(settings: Settings) -> &'static str {
    if settings.is_tls { "__Host-tinnhiem-may-" } else { "tinnhiem-may-" }
}

/// Most such cookies that are looked at: each is opened.
const MOST_KNOWN: usize = 16;

/// What a browser keeps of having signed in before.
pub(super) fn browsers(settings: Settings, headers: &HeaderMap) -> Vec<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|text| text.split("; ")).filter_map(|pair| pair.split_once('='));
    let known = pairs.filter(|(name, _)| name.starts_with(prefix(settings)));
    known.map(|(_, value)| value.to_owned()).take(MOST_KNOWN).collect()
}
