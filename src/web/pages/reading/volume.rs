//! All dossiers of the newest release in one file.

use std::sync::Arc;

use axum::extract::{Path, State};

use super::{read_poll, saved};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::pages::{PDF, ZIP};
use app::dossiers::VolumeForm;

/// `GET /doc/{poll}/tat-ca.pdf`
pub async fn pdf(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let (name, bytes) = site.app.all_dossiers(&caller, read_poll(&poll)?, VolumeForm::Pdf).await?;
    Ok(saved(&name, PDF, bytes.to_vec()))
}

/// `GET /doc/{poll}/tat-ca.zip`
pub async fn archive(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let (name, bytes) = site.app.all_dossiers(&caller, read_poll(&poll)?, VolumeForm::Zip).await?;
    Ok(saved(&name, ZIP, bytes.to_vec()))
}
