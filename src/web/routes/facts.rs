//! Facts, their sources, and what an official answers.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::facts;
use app::facts::entry as work;

/// Who enters and changes facts.
const EDITORS: Access = Access::Roles(work::EDITORS);
/// Who verifies them.
const VERIFIERS: Access = Access::Roles(work::VERIFIERS);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/du-kien", EDITORS, || get(facts::list)),
        Route::get("/du-kien/du-kien.csv", EDITORS, || get(facts::csv)),
        Route::get("/du-kien/du-kien.xlsx", EDITORS, || get(facts::xlsx)),
        Route::get("/du-kien/lich-su", EDITORS, || get(facts::history)),
        Route::get("/du-kien/moi", EDITORS, || get(facts::new)),
        Route::post("/du-kien/moi", EDITORS, || post(facts::enter)),
        Route::get("/du-kien/tham-tra", VERIFIERS, || get(facts::queue)),
        Route::post("/du-kien/tham-tra", VERIFIERS, || post(facts::verify_some)),
        Route::get("/du-kien/tham-tra/{fact}", VERIFIERS, || get(facts::queued)),
        Route::get("/du-kien/{fact}", EDITORS, || get(facts::show)),
        Route::post("/du-kien/{fact}", EDITORS, || post(facts::change)),
        Route::post("/du-kien/{fact}/tham-tra", VERIFIERS, || post(facts::verify)),
        Route::post("/du-kien/{fact}/bo-tham-tra", VERIFIERS, || post(facts::reopen)),
        Route::post("/du-kien/{fact}/rut", EDITORS, || post(facts::withdraw)),
        Route::post("/du-kien/{fact}/khoi-phuc", EDITORS, || post(facts::restore)),
    ]
}
