//! A page that draws itself anew: where its script hears that something has happened, and which version it was drawn from.

use super::Site;
use app::{AppError, Caller};
use domain::id::PollId;

/// What a page of a poll needs to follow it.
#[derive(Clone, Debug)]
pub struct Live {
    /// Where versions are told.
    pub address: String,
    /// The version before what the page shows was loaded: the page is never newer than it says.
    pub version: u64,
    /// The page makes itself heard when it becomes the reader's turn.
    pub has_sound: bool,
}

impl Live {
    /// Asked before anything else of the page is loaded.
    ///
    /// # Errors
    /// When the caller may open no page of this poll that follows it.
    pub async fn of(site: &Site, caller: &Caller, poll: PollId) -> Result<Self, AppError> {
        let version = site.app.pages_version(caller, poll).await?;
        Ok(Self { address: format!("/ky/{poll}/dong.txt"), version, has_sound: false })
    }

    /// The same with a sound.
    pub const fn with_sound(mut self, has_sound: bool) -> Self {
        self.has_sound = has_sound;
        self
    }
}
