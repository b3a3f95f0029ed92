//! The rules that a council goes by, and what its office says of them.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::rules;
use app::attesting::{ADOPTERS, CONFIRMERS, OFFICE as WRITERS};

/// Who sees the rules and proposes what is said of them.
const OFFICE: Access = Access::Roles(WRITERS);
/// Who confirms it.
const LEADERS: Access = Access::Roles(CONFIRMERS);

/// Who proposes that a council takes over what was published.
const COUNCIL: Access = Access::Roles(ADOPTERS);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/quy-dinh", OFFICE, || get(rules::list)),
        Route::get("/quy-dinh/phieu-doi-chieu.pdf", OFFICE, || get(rules::sheet)),
        Route::get("/quy-dinh/ghi-nhan", OFFICE, || get(rules::edit)),
        Route::upload("/quy-dinh/ghi-nhan", OFFICE, || post(rules::propose)),
        Route::post("/quy-dinh/lay-vao", COUNCIL, || post(rules::adopt)),
        Route::get("/quy-dinh/de-xuat/{statement}", OFFICE, || get(rules::show)),
        Route::post("/quy-dinh/de-xuat/{statement}/xac-nhan", LEADERS, || post(rules::confirm)),
        Route::post("/quy-dinh/de-xuat/{statement}/khong-chap-nhan", LEADERS, || post(rules::refuse)),
        Route::post("/quy-dinh/de-xuat/{statement}/rut", OFFICE, || post(rules::withdraw)),
        Route::post("/ky/{poll}/quy-dinh", COUNCIL, || post(rules::take_over)),
    ]
}
