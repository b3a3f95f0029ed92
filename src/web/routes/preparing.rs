//! A poll from its first day to its sealed forms, and its background jobs.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::preparing;
use app::counting::day::HALL as COUNTING;
use app::preparing::{LEADERS as CONFIRMERS, OFFICE as READERS, PREPARERS as WRITERS};

/// Who sees how a vote is prepared.
const OFFICE: Access = Access::Roles(READERS);
/// The same, and who leads the count.
const HALL: Access = Access::Roles(COUNTING);
/// Who prepares it.
const PREPARERS: Access = Access::Roles(WRITERS);

/// Who confirms its steps.
const LEADERS: Access = Access::Roles(CONFIRMERS);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/ky", OFFICE, || get(preparing::list)),
        Route::get("/ky/moi", PREPARERS, || get(preparing::new)),
        Route::post("/ky/moi", PREPARERS, || post(preparing::begin)),
        Route::get("/ky/{poll}", OFFICE, || get(preparing::show)),
        Route::get("/ky/{poll}/bat-dau-lai", OFFICE, || get(preparing::again)),
        Route::post("/ky/{poll}/bat-dau-lai", PREPARERS, || post(preparing::begin_again)),
        Route::get("/ky/{poll}/ky-hop", OFFICE, || get(preparing::edit)),
        Route::post("/ky/{poll}/ky-hop", PREPARERS, || post(preparing::save)),
        Route::get("/ky/{poll}/doi-tuong", OFFICE, || get(preparing::verdicts)),
        Route::get("/ky/{poll}/doi-tuong/{official}", OFFICE, || get(preparing::verdict)),
        Route::post("/ky/{poll}/doi-tuong/{official}", OFFICE, || post(preparing::propose_verdict)),
        Route::get("/ky/{poll}/thoi-han", OFFICE, || get(preparing::deadlines)),
        Route::get("/ky/{poll}/thoi-han/thoi-han.ics", OFFICE, || get(preparing::calendar)),
        Route::get("/ky/{poll}/thoi-han/thoi-han.pdf", OFFICE, || get(preparing::deadline_paper)),
        Route::get("/ky/{poll}/thoi-han/{deadline}", OFFICE, || get(preparing::deadline)),
        Route::post("/ky/{poll}/thoi-han/{deadline}", PREPARERS, || post(preparing::mark)),
        Route::get("/ky/{poll}/danh-sach", OFFICE, || get(preparing::listing)),
        Route::post("/ky/{poll}/danh-sach", OFFICE, || post(preparing::propose_list)),
        Route::get("/ky/{poll}/danh-sach/danh-sach.pdf", OFFICE, || get(preparing::list_paper)),
        Route::get("/ky/{poll}/ban-kiem-phieu", OFFICE, || get(preparing::board)),
        Route::post("/ky/{poll}/ban-kiem-phieu", PREPARERS, || post(preparing::draft_board)),
        Route::post("/ky/{poll}/ban-kiem-phieu/tai-khoan", PREPARERS, || post(preparing::bind_board)),
        Route::post("/ky/{poll}/ban-kiem-phieu/lap", OFFICE, || post(preparing::propose_board)),
        Route::get("/ky/{poll}/dong-ghi-sai", HALL, || get(preparing::bad_line)),
        Route::post("/ky/{poll}/dong-ghi-sai", HALL, || post(preparing::propose_bad_line)),
        Route::get("/ky/{poll}/mau-phieu", OFFICE, || get(preparing::forms)),
        Route::post("/ky/{poll}/mau-phieu", OFFICE, || post(preparing::propose_forms)),
        Route::get("/ky/{poll}/mau-phieu/diem-chot.txt", OFFICE, || get(preparing::checkpoint)),
        Route::get("/ky/{poll}/mau-phieu/{file}", OFFICE, || get(preparing::form_paper)),
        Route::get("/ky/{poll}/phieu-thu", HALL, || get(preparing::decks)),
        Route::get("/ky/{poll}/phieu-thu/{file}", HALL, || get(preparing::deck)),
        Route::get("/ky/{poll}/phieu-dem-tay/{file}", HALL, || get(preparing::tally)),
        Route::get("/ky/{poll}/de-xuat", HALL, || get(preparing::proposals)),
        Route::get("/ky/{poll}/de-xuat/{proposal}", HALL, || get(preparing::proposal)),
        Route::get("/ky/{poll}/de-xuat/{proposal}/ban-in.pdf", HALL, || get(preparing::proposal_paper)),
        Route::post("/ky/{poll}/de-xuat/{proposal}/xac-nhan", LEADERS, || post(preparing::confirm)),
        Route::post("/ky/{poll}/de-xuat/{proposal}/khong-chap-nhan", LEADERS, || post(preparing::refuse)),
        Route::post("/ky/{poll}/de-xuat/{proposal}/rut", HALL, || post(preparing::withdraw)),
    ]
}
