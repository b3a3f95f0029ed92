//! The official's own dossier, as delegates read it.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};

use super::document::{self, Drawn};
use super::dossiers::pdf_file;
use super::official::{failed, nobody};
use crate::Site;
use crate::render::Page;
use crate::session::Visitor;
use app::AppError;
use app::reading::official::OwnDossier;
use app::service::clock::in_vietnam;

/// Before the first release there is no dossier.
#[derive(Template)]
#[template(path = "official/dossier.html")]
struct DossierPage {
    own: Option<(OwnDossier, String, Drawn)>,
}

/// `GET /cua-toi/ho-so`
pub async fn show(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async {
        let Some(own) = site.app.own_dossier(&caller).await? else { return Ok(None) };
        let drawn = document::draw(&own.page.document).map_err(|e| AppError::internal("vẽ hồ sơ", e))?;
        let at = in_vietnam(own.page.release.at);
        Ok(Some((own, at, drawn)))
    };
    match found.await {
        Ok(own) => Page::new(DossierPage { own }).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `GET /cua-toi/ho-so.pdf`
pub async fn pdf(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    match site.app.own_dossier_file(&caller).await {
        Ok((name, bytes)) => pdf_file(&name, bytes),
        Err(problem) => failed(&problem),
    }
}
