//! Pages: what a browser asks for, answered from use cases. Never sees a transaction.
//!
//! A request goes through these layers, outermost first: [`guard`] (limits, headers, requests from other sites),
//! [`session`] (who asks), [`render`] (draws the page that a handler answered with), [`routes`] (who may ask for what),
//! then the handler in [`pages`].

mod form;
mod guard;
mod pages;
mod render;
pub mod routes;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};

pub use routes::{Access, Route, routes};

use crate::app::App;

/// How this service is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Browsers reach it over TLS, here or at a proxy: cookies are marked `Secure`.
    pub is_tls: bool,
}

/// What handlers stand on.
#[derive(Clone)]
pub struct Site {
    /// Use cases.
    pub app: App,
    /// How it is reached.
    pub settings: Settings,
}

/// The whole service as one router.
pub fn router(site: Site) -> Router {
    let site = Arc::new(site);
    let mut router = Router::new();
    for route in routes() {
        let guarded = (route.handler)().layer(from_fn_with_state(route.access, routes::check_access));
        router = router.route(route.path, guarded);
    }
    router
        .fallback(pages::error::not_found)
        .layer(from_fn_with_state(Arc::clone(&site), render::draw))
        .layer(from_fn_with_state(Arc::clone(&site), session::identify))
        .layer(from_fn(guard::protect))
        .with_state(site)
}
