//! The official's own dossier, as delegates read it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;

use super::document::{self, Drawn};
use super::dossiers::pdf_file;
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::render::Page;
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
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let Some(own) = site.app.own_dossier(&caller).await? else { return Ok(Page::new(DossierPage { own: None })) };
    let drawn = document::draw(&own.page.document).map_err(|e| AppError::internal("vẽ hồ sơ", e))?;
    let at = in_vietnam(own.page.release.at);
    Ok(Page::new(DossierPage { own: Some((own, at, drawn)) }))
}

/// `GET /cua-toi/ho-so.pdf`
pub async fn pdf(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer {
    let (name, bytes) = site.app.own_dossier_file(&caller).await?;
    Ok(pdf_file(&name, bytes))
}
