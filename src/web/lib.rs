//! Pages: what a browser asks for, answered from use cases. Never sees a transaction.
//!
//! A request goes through these layers, outermost first: `guard` (headers), `render` (draws the page that anything
//! below answered with), `unread` (what a refused client still sends), `guard` (requests from other sites), `session` (who asks), [`routes()`] (who may ask for
//! what), then the handler in `pages`.

pub mod address;
mod answer;
mod carry;
mod connections;
mod field;
mod form;
mod guard;
mod known;
mod live;
mod notice;
mod observe;
mod pages;
mod render;
pub mod routes;
pub mod serve;
mod session;
mod systemd;
pub mod tls;
mod turn;
mod unread;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::MethodRouter;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

pub use connections::Limits;
pub use pages::checker::page as checker_page;
pub use routes::{Access, Route, Takes, routes};

use app::App;

/// How this service is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Browsers reach it over TLS, here or at a proxy: cookies are marked `Secure`.
    pub is_tls: bool,
    /// Every request comes through a proxy that adds where it came from to `X-Forwarded-For`.
    pub has_trusted_proxy: bool,
}

/// What handlers stand on.
#[derive(Clone)]
pub struct Site {
    /// Use cases.
    pub app: App,
    /// How it is reached.
    pub settings: Settings,
    /// The address under which browsers find it, for what is printed: `https://tinnhiem.vinhphuc.gov.vn`.
    pub public_url: String,
}

/// The whole service as one router.
pub fn router(site: Site) -> Router {
    let site = Arc::new(site);
    let mut router = Router::new();
    for route in routes() {
        let check = from_fn_with_state((route.access, route.takes, Arc::clone(&site)), routes::check_access);
        let limit = if route.takes == Takes::File { observe::FILE_TIME_LIMIT } else { observe::TIME_LIMIT };
        let limit = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limit);
        let layers = ServiceBuilder::new().layer(limit).layer(DefaultBodyLimit::disable()).layer(check);
        let guarded: MethodRouter<Arc<Site>> = (route.handler)().layer(layers);
        router = router.route(route.path, guarded);
    }
    router
        .fallback(pages::error::not_found)
        .method_not_allowed_fallback(pages::error::method_not_allowed)
        .layer(CatchPanicLayer::custom(pages::error::after_panic))
        .layer(from_fn_with_state(Arc::clone(&site), session::identify))
        .layer(from_fn(guard::refuse_foreign))
        .layer(from_fn(unread::read_to_end))
        .layer(from_fn_with_state(Arc::clone(&site), render::draw))
        .layer(from_fn_with_state(Arc::clone(&site), guard::add_headers))
        .with_state(site)
}
