//! The official's own pages, voters' opinions, and files of papers.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::{attachments, official, opinions, own_dossier};
use app::facts::attachments::READERS;
use app::reading::official::OWNERS;
use domain::role::Role;

/// Whose own pages these are.
const OWN: Access = Access::Roles(OWNERS);
/// Who keeps facts and their papers.
const OFFICE: Access = Access::Roles(&[Role::Clerk, Role::Leader]);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/cua-toi", OWN, || get(official::show)),
        Route::get("/cua-toi/du-kien", OWN, || get(official::facts)),
        Route::get("/cua-toi/du-kien/{fact}", OWN, || get(official::fact)),
        Route::post("/cua-toi/du-kien/{fact}", OWN, || post(official::reply)),
        Route::get("/cua-toi/bao-cao", OWN, || get(official::report)),
        Route::get("/cua-toi/bao-cao.pdf", OWN, || get(official::report_pdf)),
        Route::get("/cua-toi/bao-cao/{section}", OWN, || get(official::section)),
        Route::post("/cua-toi/bao-cao/{section}", OWN, || post(official::file_section)),
        Route::get("/cua-toi/ke-khai", OWN, || get(official::declarations)),
        Route::upload("/cua-toi/ke-khai", OWN, || post(official::file_declaration)),
        Route::get("/cua-toi/ho-so", OWN, || get(own_dossier::show)),
        Route::get("/cua-toi/ho-so.pdf", OWN, || get(own_dossier::pdf)),
        Route::get("/cua-toi/cau-hoi", OWN, || get(official::questions)),
        Route::get("/cua-toi/cau-hoi/{asked}", OWN, || get(official::question)),
        Route::post("/cua-toi/cau-hoi/{asked}", OWN, || post(official::reply_question)),
        Route::get("/ky/{poll}/y-kien-cu-tri", OFFICE, || get(opinions::list)),
        Route::upload("/ky/{poll}/y-kien-cu-tri", OFFICE, || post(opinions::file)),
        Route::post("/ky/{poll}/y-kien-cu-tri/{fact}/gui", OFFICE, || post(opinions::send)),
        Route::get("/du-kien/{fact}/tep", OFFICE, || get(attachments::file)),
        Route::upload("/du-kien/{fact}/tep", OFFICE, || post(attachments::attach)),
        Route::post("/du-kien/{fact}/tep/bo", OFFICE, || post(attachments::detach)),
        Route::get("/tep-nguon/{sha256}", Access::Roles(READERS), || get(attachments::show)),
    ]
}
