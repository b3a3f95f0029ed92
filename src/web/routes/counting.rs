//! The counting room and the screen of the hall.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::counting;
use app::counting::room::{AT_WORK as FOLLOW, COUNTERS as COUNT, HEADS as LEAD, WATCHERS as WATCH};

/// Who counts.
const COUNTERS: Access = Access::Roles(COUNT);
/// Who opens batches and decides.
const HEADS: Access = Access::Roles(LEAD);
/// Who puts the count on the screen of the hall.
const WATCHERS: Access = Access::Roles(WATCH);
/// Whose pages of a poll draw themselves anew.
const AT_WORK: Access = Access::Roles(FOLLOW);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/kiem-phieu", COUNTERS, || get(counting::rooms)),
        Route::get("/kiem-phieu/{poll}", COUNTERS, || get(counting::room)),
        Route::get("/kiem-phieu/{poll}/mo-tap", HEADS, || get(counting::new)),
        Route::post("/kiem-phieu/{poll}/mo-tap", HEADS, || post(counting::open)),
        Route::get("/kiem-phieu/{poll}/phieu-thu", COUNTERS, || get(counting::deck)),
        Route::post("/kiem-phieu/{poll}/phieu-thu", HEADS, || post(counting::record_deck)),
        Route::get("/kiem-phieu/{poll}/chieu-ket-qua", HEADS, || get(counting::projection)),
        Route::post("/kiem-phieu/{poll}/chieu-ket-qua", HEADS, || post(counting::project)),
        Route::get("/kiem-phieu/{poll}/bao-cao-kiem-thu.pdf", COUNTERS, || get(counting::deck_paper)),
        Route::get("/kiem-phieu/{poll}/{form}/{batch}", COUNTERS, || get(counting::batch)),
        Route::get("/kiem-phieu/{poll}/{form}/{batch}/tien-do.json", COUNTERS, || get(counting::follow)),
        Route::json("/kiem-phieu/{poll}/{form}/{batch}/gui", COUNTERS, || post(counting::key)),
        Route::post("/kiem-phieu/{poll}/{form}/{batch}/dem-tay", COUNTERS, || post(counting::key_tally)),
        Route::post("/kiem-phieu/{poll}/{form}/{batch}/ghi-lai", COUNTERS, || post(counting::commit)),
        Route::get("/kiem-phieu/{poll}/{form}/{batch}/sua", HEADS, || get(counting::ask_change)),
        Route::post("/kiem-phieu/{poll}/{form}/{batch}/sua", HEADS, || post(counting::change)),
        Route::get("/kiem-phieu/{poll}/{form}/{batch}/bo-tap", HEADS, || get(counting::ask_abandon)),
        Route::post("/kiem-phieu/{poll}/{form}/{batch}/bo-tap", HEADS, || post(counting::abandon)),
        Route::get("/ky/{poll}/dong.txt", AT_WORK, || get(counting::follow_pages)),
        Route::get("/may-chieu", WATCHERS, || get(counting::screens)),
        Route::get("/may-chieu/{poll}", WATCHERS, || get(counting::screen)),
        Route::get("/may-chieu/{poll}/dong.txt", WATCHERS, || get(counting::follow_screen)),
    ]
}
