//! Officials and delegates, the workbooks that bring them, and long work.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::app::roster::EDITORS;
use crate::domain::roster::{RosterDelegate, RosterOfficial};
use crate::web::pages::jobs;
use crate::web::pages::roster::{self, delegates, links, officials};

/// Who keeps the roster.
const OFFICE: Access = Access::Roles(EDITORS);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/can-bo", OFFICE, || get(officials::list)),
        Route::get("/can-bo/moi", OFFICE, || get(roster::new::<RosterOfficial>)),
        Route::post("/can-bo/moi", OFFICE, || post(roster::add::<RosterOfficial>)),
        Route::get("/can-bo/{official}", OFFICE, || get(roster::show::<RosterOfficial>)),
        Route::post("/can-bo/{official}", OFFICE, || post(roster::change::<RosterOfficial>)),
        Route::get("/can-bo/{official}/lich-su", OFFICE, || get(roster::history::<RosterOfficial>)),
        Route::post("/can-bo/{official}/len", OFFICE, || post(roster::raise::<RosterOfficial>)),
        Route::post("/can-bo/{official}/xuong", OFFICE, || post(roster::lower::<RosterOfficial>)),
        Route::post("/can-bo/{official}/rut", OFFICE, || post(roster::withdraw::<RosterOfficial>)),
        Route::post("/can-bo/{official}/khoi-phuc", OFFICE, || post(roster::restore::<RosterOfficial>)),
        Route::get("/dai-bieu", OFFICE, || get(delegates::list)),
        Route::get("/dai-bieu/moi", OFFICE, || get(roster::new::<RosterDelegate>)),
        Route::post("/dai-bieu/moi", OFFICE, || post(roster::add::<RosterDelegate>)),
        Route::get("/dai-bieu/{delegate}", OFFICE, || get(roster::show::<RosterDelegate>)),
        Route::post("/dai-bieu/{delegate}", OFFICE, || post(roster::change::<RosterDelegate>)),
        Route::get("/dai-bieu/{delegate}/lich-su", OFFICE, || get(roster::history::<RosterDelegate>)),
        Route::post("/dai-bieu/{delegate}/len", OFFICE, || post(roster::raise::<RosterDelegate>)),
        Route::post("/dai-bieu/{delegate}/xuong", OFFICE, || post(roster::lower::<RosterDelegate>)),
        Route::post("/dai-bieu/{delegate}/rut", OFFICE, || post(roster::withdraw::<RosterDelegate>)),
        Route::post("/dai-bieu/{delegate}/khoi-phuc", OFFICE, || post(roster::restore::<RosterDelegate>)),
        Route::get("/gan-tai-khoan", OFFICE, || get(links::show)),
        Route::post("/gan-tai-khoan", OFFICE, || post(links::confirm)),
        Route::get("/viec", OFFICE, || get(jobs::list)),
        Route::get("/viec/{job}", OFFICE, || get(jobs::show)),
    ]
}
