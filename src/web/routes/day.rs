//! Counting day: from sealed forms to the archive.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::day;
use app::counting::day::{COUNTERS, HALL as FOLLOWERS};
use app::polls::{HOLDERS, SHARE_READERS, USHERS};
use app::preparing::LEADERS;

/// Who follows the day, and proposes its steps.
const HALL: Access = Access::Roles(FOLLOWERS);
/// Who leads the count.
const HEAD: Access = Access::Roles(COUNTERS);
/// Who writes down who comes and goes.
const DOOR: Access = Access::Roles(USHERS);
/// Who may hold a share of what the close needs, and who sees who does.
const MEMBERS: Access = Access::Roles(HOLDERS);
const BOARD: Access = Access::Roles(SHARE_READERS);
/// Who writes down what others signed.
const CHAIR: Access = Access::Roles(LEADERS);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/ngay-bo-phieu", HALL, || get(day::list)),
        Route::get("/ky/{poll}/ngay-bo-phieu", HALL, || get(day::show)),
        Route::get("/ky/{poll}/buoc/{step}", HALL, || get(day::step)),
        Route::post("/ky/{poll}/buoc/{step}", HALL, || post(day::propose_step)),
        Route::get("/ky/{poll}/xac-nhan-bang-0", HALL, || get(day::zero)),
        Route::post("/ky/{poll}/xac-nhan-bang-0", HEAD, || post(day::report_zero)),
        Route::get("/ky/{poll}/manh-khoa", BOARD, || get(day::shares)),
        Route::post("/ky/{poll}/manh-khoa", MEMBERS, || post(day::take_share)),
        Route::post("/ky/{poll}/manh-khoa/thu", MEMBERS, || post(day::try_share)),
        Route::post("/ky/{poll}/mo-phong", HEAD, || post(day::simulate)),
        Route::get("/ky/{poll}/co-mat", HALL, || get(day::presence)),
        Route::post("/ky/{poll}/co-mat", DOOR, || post(day::record_presence)),
        Route::get("/ky/{poll}/so-phieu", HALL, || get(day::accounts)),
        Route::get("/ky/{poll}/so-phieu/{form}", HALL, || get(day::account)),
        Route::post("/ky/{poll}/so-phieu/{form}", HEAD, || post(day::save_account)),
        Route::get("/ky/{poll}/so-phieu/{form}/phat-ra", HALL, || get(day::issued)),
        Route::post("/ky/{poll}/so-phieu/{form}/phat-ra", HEAD, || post(day::announce)),
        Route::post("/ky/{poll}/phieu-chua-dung", HEAD, || post(day::seal_unused)),
        Route::get("/ky/{poll}/kiem-lai", HALL, || get(day::recounts)),
        Route::get("/ky/{poll}/kiem-lai/{form}/{line}", HALL, || get(day::recount)),
        Route::post("/ky/{poll}/kiem-lai/{form}/{line}", HEAD, || post(day::open_recount)),
        Route::get("/ky/{poll}/ban-giao", HALL, || get(day::hand_over)),
        Route::post("/ky/{poll}/ban-giao", DOOR, || post(day::record_hand_over)),
        Route::get("/ky/{poll}/bien-ban", HALL, || get(day::minutes)),
        Route::post("/ky/{poll}/bien-ban/trinh", HEAD, || post(day::propose_minutes)),
        Route::post("/ky/{poll}/bien-ban/ky", CHAIR, || post(day::sign_minutes)),
    ]
}
