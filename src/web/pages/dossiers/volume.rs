//! All dossiers of a release in one file.

use std::sync::Arc;

use axum::extract::{Path, State};

use super::release::read_number;
use super::{file, pdf_file, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::pages::ZIP;
use app::dossiers::VolumeForm;
use app::preparing::Paper;

/// `GET /ky/{poll}/ho-so/phat-hanh/{release}/tat-ca.pdf`
pub async fn pdf(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, release)): Path<(String, String)>,
) -> Answer {
    let (poll, number) = (read_poll(&poll)?, read_number(&release)?);
    let (name, bytes) = site.app.released_volume(&caller, poll, number, VolumeForm::Pdf).await?;
    Ok(pdf_file(&name, bytes.to_vec()))
}

/// `GET /ky/{poll}/ho-so/phat-hanh/{release}/tat-ca.zip`
pub async fn archive(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, release)): Path<(String, String)>,
) -> Answer {
    let (poll, number) = (read_poll(&poll)?, read_number(&release)?);
    let (name, bytes) = site.app.released_volume(&caller, poll, number, VolumeForm::Zip).await?;
    Ok(file(Paper { name, bytes: bytes.to_vec() }, ZIP))
}
