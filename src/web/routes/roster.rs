//! Officials and delegates, the workbooks that they are imported from, and background jobs.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::roster::{self, links};
use crate::pages::{jobs, workbooks};
use app::people::roster::EDITORS;
use domain::roster::{RosterDelegate, RosterOfficial};

/// Who keeps the roster.
const OFFICE: Access = Access::Roles(EDITORS);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/can-bo", OFFICE, || get(roster::list::<RosterOfficial>)),
        Route::get("/can-bo/moi", OFFICE, || get(roster::new::<RosterOfficial>)),
        Route::post("/can-bo/moi", OFFICE, || post(roster::add::<RosterOfficial>)),
        Route::get("/can-bo/{official}", OFFICE, || get(roster::show::<RosterOfficial>)),
        Route::post("/can-bo/{official}", OFFICE, || post(roster::change::<RosterOfficial>)),
        Route::get("/can-bo/{official}/lich-su", OFFICE, || get(roster::history::<RosterOfficial>)),
        Route::post("/can-bo/{official}/len", OFFICE, || post(roster::raise::<RosterOfficial>)),
        Route::post("/can-bo/{official}/xuong", OFFICE, || post(roster::lower::<RosterOfficial>)),
        Route::post("/can-bo/{official}/rut", OFFICE, || post(roster::withdraw::<RosterOfficial>)),
        Route::post("/can-bo/{official}/khoi-phuc", OFFICE, || post(roster::restore::<RosterOfficial>)),
        Route::get("/dai-bieu", OFFICE, || get(roster::list::<RosterDelegate>)),
        Route::get("/dai-bieu/moi", OFFICE, || get(roster::new::<RosterDelegate>)),
        Route::post("/dai-bieu/moi", OFFICE, || post(roster::add::<RosterDelegate>)),
        Route::get("/dai-bieu/{delegate}", OFFICE, || get(roster::show::<RosterDelegate>)),
        Route::post("/dai-bieu/{delegate}", OFFICE, || post(roster::change::<RosterDelegate>)),
        Route::get("/dai-bieu/{delegate}/lich-su", OFFICE, || get(roster::history::<RosterDelegate>)),
        Route::post("/dai-bieu/{delegate}/len", OFFICE, || post(roster::raise::<RosterDelegate>)),
        Route::post("/dai-bieu/{delegate}/xuong", OFFICE, || post(roster::lower::<RosterDelegate>)),
        Route::post("/dai-bieu/{delegate}/rut", OFFICE, || post(roster::withdraw::<RosterDelegate>)),
        Route::post("/dai-bieu/{delegate}/khoi-phuc", OFFICE, || post(roster::restore::<RosterDelegate>)),
        Route::get("/can-bo/gan-tai-khoan", OFFICE, || get(links::show)),
        Route::post("/can-bo/gan-tai-khoan", OFFICE, || post(links::confirm)),
        Route::get("/nhap-bang-tinh", OFFICE, || get(workbooks::list)),
        Route::upload("/nhap-bang-tinh", OFFICE, || post(workbooks::send)),
        Route::get("/nhap-bang-tinh/mau.xlsx", OFFICE, || get(workbooks::blank)),
        Route::get("/nhap-bang-tinh/hien-co.xlsx", OFFICE, || get(workbooks::current)),
        Route::get("/nhap-bang-tinh/{job}", OFFICE, || get(workbooks::show)),
        Route::post("/nhap-bang-tinh/{job}/tra-loi", OFFICE, || post(workbooks::answer)),
        Route::post("/nhap-bang-tinh/{job}/ghi", OFFICE, || post(workbooks::write)),
        Route::post("/nhap-bang-tinh/{job}/bo", OFFICE, || post(workbooks::discard)),
        Route::get("/viec", OFFICE, || get(jobs::list)),
        Route::get("/viec/{job}", OFFICE, || get(jobs::show)),
    ]
}
