//! The own dossier as delegates read it.

use super::OWNERS;
use crate::dossiers::{ReleasedPage, released_file, released_page};
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::id::{OfficialId, PollId};
use domain::release::About;
use macros::boxed;
use store::{CouncilTx, polls, releases, roster};

const NO_DOSSIER: AppError = AppError::NotFound("hồ sơ đã phát hành của bạn");

/// The newest released dossier about the official who asks.
#[derive(Clone, Debug)]
pub struct OwnDossier {
    /// `Kỳ họp thứ 17`.
    pub sitting: String,
    /// The dossier.
    pub page: ReleasedPage,
}

impl App {
    /// The own dossier as it was released last; `None` before its first release, and for an account that no official of
    /// the roster is linked to.
    ///
    /// # Errors
    /// When the caller is no official.
    #[boxed]
    pub async fn own_dossier(&self, caller: &Caller) -> Result<Option<OwnDossier>, AppError> {
        caller.may(OWNERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let Some(official) = roster::official_of(&mut tx, caller.account.id).await? else { return Ok(None) };
        let Some((poll, sitting, release)) = newest(&mut tx, official.id).await? else { return Ok(None) };
        let page = released_page(&mut tx, poll, release, &About::Official(official.id)).await?;
        Ok(Some(OwnDossier { sitting, page }))
    }

    /// Its file, with its name.
    ///
    /// # Errors
    /// When the caller is no official, or nothing is released about the person.
    #[boxed]
    pub async fn own_dossier_file(&self, caller: &Caller) -> Result<(String, Vec<u8>), AppError> {
        caller.may(OWNERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let official = roster::official_of(&mut tx, caller.account.id).await?.ok_or(NO_DOSSIER)?;
        let (poll, _, release) = newest(&mut tx, official.id).await?.ok_or(NO_DOSSIER)?;
        released_file(&mut tx, poll, release, &About::Official(official.id)).await
    }
}

/// The newest vote with a released dossier about somebody: poll, name of the sitting, number of the release.
async fn newest(tx: &mut CouncilTx, official: OfficialId) -> Result<Option<(PollId, String, u32)>, AppError> {
    let about = About::Official(official);
    for poll in polls::list(tx).await? {
        let Some(release) = releases::newest(tx, poll.id).await? else { continue };
        if releases::dossiers(tx, poll.id, release).await?.iter().any(|dossier| dossier.about == about) {
            return Ok(Some((poll.id, poll.sitting, release)));
        }
    }
    Ok(None)
}
