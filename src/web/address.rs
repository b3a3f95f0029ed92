//! Where a request comes from: for delays after wrong passwords, never for a log. And the address of a page that pages of
//! another layer lead to.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use super::{Settings, Site, known};
use app::people::sign_in::Device;

/// The page of the parameters that decide in a poll and of which its office has said nothing.
pub fn open_rules_of(poll: domain::id::PollId) -> String {
    format!("/quy-dinh?ky={poll}&loc=chua")
}

/// The page on which the choice of a poll's board of tellers is written down.
pub fn choice_of(poll: domain::id::PollId) -> String {
    format!("/ky/{poll}/dong-ghi-sai")
}

/// The counting room of a poll.
pub fn room_of(poll: domain::id::PollId) -> String {
    format!("/kiem-phieu/{poll}")
}

/// The other end of the connection, as the server saw it. Whoever serves the router puts it beside each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Who sent a request, for signing in.
pub struct Sender(pub Device);

impl FromRequestParts<Arc<Site>> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned();
        let known = known::browsers(site.settings, &parts.headers);
        Ok(Self(Device { agent, address: address(site.settings, &parts.headers, &parts.extensions), known }))
    }
}

/// The address of a request; all that have none count as one. Behind a proxy it is what that proxy saw: the last that
/// was added, since whatever stands before it may be made up.
fn address(settings: Settings, headers: &HeaderMap, extensions: &Extensions) -> String {
    let told = || {
        let mut lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
        lines.next_back().and_then(|line| line.rsplit(',').next()).and_then(|last| last.trim().parse::<IpAddr>().ok())
    };
    let seen = || {
        let connection = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        extensions.get::<ClientAddress>().map(|client| client.0).or(connection)
    };
    let found = if settings.has_trusted_proxy { told().or_else(seen) } else { seen() };
    found.map_or_else(String::new, |address| network(address).to_string())
}

/// Who has one IPv6 address has 2^64 of them.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(long) => IpAddr::V6(Ipv6Addr::from_bits(long.to_bits() & !u128::from(u64::MAX))),
        short @ IpAddr::V4(_) => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_may_say_where_a_request_comes_from() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "10.0.0.1, 198.51.100.7".parse().expect("header"));
        let mut extensions = Extensions::new();
        let direct = Settings::default();
        let proxied = Settings { has_trusted_proxy: true, ..direct };
        assert_eq!(address(direct, &headers, &extensions), "");
        extensions.insert(ClientAddress("203.0.113.9".parse().expect("address")));
        assert_eq!(address(direct, &headers, &extensions), "203.0.113.9");
        assert_eq!(address(proxied, &headers, &extensions), "198.51.100.7");
        assert_eq!(address(proxied, &HeaderMap::new(), &extensions), "203.0.113.9");
    }

    #[test]
    fn a_household_of_ipv6_addresses_is_one() {
        let network = |text: &str| network(text.parse().expect("address")).to_string();
        assert_eq!(network("2001:db8:1:2:aaaa:bbbb:cccc:dddd"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:203.0.113.9"), "203.0.113.9");
    }
}
