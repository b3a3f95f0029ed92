//! The delegates' reading room, questions, and discussion in groups.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::reading;
use app::reading::{groups, notes, questions, room as rooms};

/// Who reads dossiers and asks.
const READERS: Access = Access::Roles(rooms::READERS);
/// Who keeps private notes.
const WRITERS: Access = Access::Roles(notes::WRITERS);
/// Who discusses in groups.
const MEMBERS: Access = Access::Roles(groups::MEMBERS);
/// Who sees all questions on their way.
const QUEUE: Access = Access::Roles(questions::QUEUE_READERS);
/// Who sends them on or gives them back.
const FORWARDERS: Access = Access::Roles(questions::FORWARDERS);
/// Who collects what groups filed.
const COLLECTORS: Access = Access::Roles(groups::COLLECTORS);
/// Who opens a filed summary again.
const REOPENERS: Access = Access::Roles(groups::REOPENERS);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/doc", READERS, || get(reading::first)),
        Route::get("/doc/{poll}", READERS, || get(reading::room)),
        Route::get("/doc/{poll}/tim", READERS, || get(reading::search)),
        Route::get("/doc/{poll}/ghi-chu", WRITERS, || get(reading::notes)),
        Route::get("/doc/{poll}/ghi-chu.txt", WRITERS, || get(reading::notes_text)),
        Route::get("/doc/{poll}/canh-nhau", READERS, || get(reading::beside)),
        Route::get("/doc/{poll}/cau-hoi", READERS, || get(reading::own_questions)),
        Route::post("/doc/{poll}/cau-hoi/{question}/rut", READERS, || post(reading::withdraw)),
        Route::get("/doc/{poll}/tat-ca.pdf", READERS, || get(reading::volume)),
        Route::get("/doc/{poll}/tat-ca.zip", READERS, || get(reading::archive)),
        Route::get("/doc/{poll}/{position}", READERS, || get(reading::dossier)),
        Route::get("/doc/{poll}/{position}/pdf", READERS, || get(reading::pdf)),
        Route::post("/doc/{poll}/{position}/da-doc", READERS, || post(reading::mark)),
        Route::post("/doc/{poll}/{position}/ghi-chu", WRITERS, || post(reading::write_note)),
        Route::post("/doc/{poll}/{position}/cau-hoi", READERS, || post(reading::ask)),
        Route::get("/toi/ghi-chu", WRITERS, || get(reading::note_lock)),
        Route::post("/toi/ghi-chu/dat", WRITERS, || post(reading::choose)),
        Route::post("/toi/ghi-chu/mo", WRITERS, || post(reading::unlock)),
        Route::post("/toi/ghi-chu/doi", WRITERS, || post(reading::change)),
        Route::post("/toi/ghi-chu/khoa", WRITERS, || post(reading::close)),
        Route::post("/toi/ghi-chu/xoa", WRITERS, || post(reading::forget)),
        Route::get("/thao-luan/{poll}", MEMBERS, || get(reading::group)),
        Route::post("/thao-luan/{poll}", MEMBERS, || post(reading::save_group)),
        Route::get("/ky/{poll}/cau-hoi", QUEUE, || get(reading::queue)),
        Route::post("/ky/{poll}/cau-hoi/{question}/chuyen", FORWARDERS, || post(reading::forward)),
        Route::post("/ky/{poll}/cau-hoi/{question}/tra-lai", FORWARDERS, || post(reading::give_back)),
        Route::get("/ky/{poll}/thao-luan", COLLECTORS, || get(reading::group_report)),
        Route::get("/ky/{poll}/thao-luan/pdf", COLLECTORS, || get(reading::group_pdf)),
        Route::post("/ky/{poll}/thao-luan/{summary}/mo-lai", REOPENERS, || post(reading::reopen)),
    ]
}
