//! Dossiers as the office compiles and releases them.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::dossiers;
use app::dossiers::{OFFICE as PREPARERS, READERS as READING};

/// Who compiles, proposes and confirms; the use case asks who may do which.
const OFFICE: Access = Access::Roles(PREPARERS);
/// Who sees what was released, with its hashes.
const READERS: Access = Access::Roles(READING);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/ky/{poll}/ho-so", OFFICE, || get(dossiers::desk)),
        Route::post("/ky/{poll}/ho-so/lap", OFFICE, || post(dossiers::print)),
        Route::get("/ky/{poll}/ho-so/lap/{work}", OFFICE, || get(dossiers::work)),
        Route::post("/ky/{poll}/ho-so/lap/{work}", OFFICE, || post(dossiers::propose)),
        Route::get("/ky/{poll}/ho-so/phat-hanh", READERS, || get(dossiers::releases)),
        Route::get("/ky/{poll}/ho-so/phat-hanh/{release}", READERS, || get(dossiers::show_release)),
        Route::get("/ky/{poll}/ho-so/phat-hanh/{release}/tat-ca.pdf", READERS, || get(dossiers::volume)),
        Route::get("/ky/{poll}/ho-so/phat-hanh/{release}/tat-ca.zip", READERS, || get(dossiers::archive)),
        Route::get("/ky/{poll}/ho-so/phat-hanh/{release}/{kind}/{about}", READERS, || get(dossiers::released)),
        Route::get("/ky/{poll}/ho-so/phat-hanh/{release}/{kind}/{about}/pdf", READERS, || get(dossiers::released_pdf)),
        Route::get("/ky/{poll}/ho-so/phat-hanh/{release}/{kind}/{about}/thay-doi", READERS, || get(dossiers::changes)),
        Route::get("/ky/{poll}/ho-so/{kind}/{about}", OFFICE, || get(dossiers::now)),
        Route::get("/ky/{poll}/ho-so/{kind}/{about}/pdf", OFFICE, || get(dossiers::now_pdf)),
    ]
}
