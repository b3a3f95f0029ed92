//! Browsers that signed in before: what they keep lets their owner try, whatever others do to the account or to the address.
//! It proves nothing by itself, and whoever has it is delayed after wrong passwords like anybody else.

use super::{Device, GuessFrom};
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::error::AppError;
use crate::service::seal::{self, Purpose};
use domain::audit::{Digest, UtcTime};
use domain::id::{AccountId, CouncilId};
use zeroize::Zeroizing;

/// Seconds for which a browser is known after it signed in: half a year.
pub const KNOWN_FOR: i64 = 180 * 24 * 60 * 60;

/// What a browser keeps of having signed in.
pub struct KnownBrowser {
    /// Tells it apart from those of other accounts in the same browser.
    pub tag: String,
    /// Its value.
    pub value: Zeroizing<String>,
    /// Seconds after which it is worth nothing.
    pub seconds: i64,
}

fn owner(council: CouncilId, account: AccountId) -> String {
    format!("{council}/{account}")
}

impl App {
    /// What the browser of somebody who has just signed in keeps.
    ///
    /// # Errors
    /// When the operating system has no chance to give.
    pub fn known_browser(&self, caller: &Caller) -> Result<KnownBrowser, AppError> {
        let (council, account) = (caller.council, caller.account.id);
        let at = self.now_text()?.to_string();
        let value =
            seal::seal(&self.keys, &self.chance, Purpose::KnownBrowser, &owner(council, account), at.as_bytes())?;
        Ok(KnownBrowser {
            tag: self.keys.browser_tag(council, account),
            value: Zeroizing::new(value),
            seconds: KNOWN_FOR,
        })
    }

    /// Where a guess at an account comes from: a browser that it knows, or an address.
    pub(crate) fn place_of(&self, council: CouncilId, account: AccountId, device: &Device) -> GuessFrom {
        let owner = owner(council, account);
        let is_good = |text: &&String| {
            let plain = seal::open(&self.keys, Purpose::KnownBrowser, &owner, text)?;
            let at: UtcTime = std::str::from_utf8(&plain).ok()?.parse().ok()?;
            Some(at.seconds_until(self.now_text().ok()?) < KNOWN_FOR)
        };
        let known = device.known.iter().find(|text| is_good(text) == Some(true));
        known.map_or_else(
            || GuessFrom::Address(self.keys.address_hash(&device.address)),
            |text| GuessFrom::Browser(Digest::of(text.as_bytes())),
        )
    }
}
