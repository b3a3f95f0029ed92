//! A poll from its first day to its sealed forms, and its long work.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::app::preparing::{OFFICE as READERS, PREPARERS as WRITERS};
use crate::web::pages::preparing;

/// Who sees how a vote is prepared.
const OFFICE: Access = Access::Roles(READERS);
/// Who prepares it.
const PREPARERS: Access = Access::Roles(WRITERS);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/ky", OFFICE, || get(preparing::list)),
        Route::get("/ky/moi", PREPARERS, || get(preparing::new)),
        Route::post("/ky/moi", PREPARERS, || post(preparing::begin)),
        Route::get("/ky/{poll}", OFFICE, || get(preparing::show)),
        Route::get("/ky/{poll}/ky-hop", OFFICE, || get(preparing::edit)),
        Route::post("/ky/{poll}/ky-hop", PREPARERS, || post(preparing::save)),
    ]
}
