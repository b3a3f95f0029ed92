//! The result of a closed count, its papers, what follows, and what everybody may see.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::outcome;
use app::counting::outcome::{LEADERS as SHOWING, READERS as SEEING, WRITERS as WRITING};
use app::trail::{BUNDLERS as TAKING, UNSEALERS as OPENING};

/// Who sees results and papers.
const READERS: Access = Access::Roles(SEEING);
/// Who takes bundles.
const BUNDLERS: Access = Access::Roles(TAKING);
const UNSEALERS: Access = Access::Roles(OPENING);
/// Who writes down what was done of them.
const WRITERS: Access = Access::Roles(WRITING);
/// Who shows them to everybody.
const LEADERS: Access = Access::Roles(SHOWING);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/ket-qua", READERS, || get(outcome::list)),
        Route::get("/ky/{poll}/ket-qua", READERS, || get(outcome::show)),
        Route::get("/ky/{poll}/ket-qua/{file}", READERS, || get(outcome::file)),
        Route::post("/ky/{poll}/cong-khai", LEADERS, || post(outcome::expose)),
        Route::get("/ky/{poll}/giay-to", READERS, || get(outcome::papers)),
        Route::get("/ky/{poll}/giay-to/goi-kiem-chung.zip", BUNDLERS, || get(outcome::bundle)),
        Route::get("/ky/{poll}/giay-to/goi-niem-phong.zip", UNSEALERS, || get(outcome::sealed_bundle)),
        Route::get("/ky/{poll}/giay-to/{file}", READERS, || get(outcome::paper)),
        Route::get("/ky/{poll}/viec-sau/{official}/{duty}", READERS, || get(outcome::follow_up)),
        Route::post("/ky/{poll}/viec-sau/{official}/{duty}", WRITERS, || post(outcome::mark_follow_up)),
        Route::get("/ky/{poll}/bo-phieu-tin-nhiem", WRITERS, || get(outcome::confidence)),
        Route::post("/ky/{poll}/bo-phieu-tin-nhiem", WRITERS, || post(outcome::begin_confidence)),
        Route::get("/cong-bo/{slug}", Access::Anyone, || get(outcome::public_list)),
        Route::get("/cong-bo/{slug}/so-ban-giay", Access::Anyone, || get(outcome::on_paper)),
        Route::get("/cong-bo/{slug}/{poll}", Access::Anyone, || get(outcome::public_result)),
        Route::get("/cong-bo/{slug}/{poll}/goi-kiem-chung.zip", Access::Anyone, || get(outcome::public_bundle)),
        Route::get("/cong-bo/{slug}/{poll}/{file}", Access::Anyone, || get(outcome::public_file)),
    ]
}
