//! What a browser keeps of a session.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::service::clock::Chance;
use crate::service::error::AppError;
use domain::audit::Digest;
use domain::id::CouncilId;

/// What a browser keeps of a session: the council and 32 bytes of chance. The database has a hash of the latter.
pub struct Token {
    pub(super) council: CouncilId,
    secret: Zeroizing<[u8; 32]>,
}

/// Not a token of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("không phải mã phiên làm việc")]
pub struct TokenError;

impl Token {
    /// One that nobody has.
    pub(crate) fn new(council: CouncilId, chance: &Chance) -> Result<Self, AppError> {
        Ok(Self { council, secret: Zeroizing::new(chance.block()?) })
    }

    pub(crate) fn hash(&self) -> Digest {
        Digest::of_parts(&[b"tinnhiem session v1\n", &*self.secret])
    }

    /// What forms of this session carry, so that no other site can send them.
    pub fn form_token(&self) -> String {
        let digest = Digest::of_parts(&[b"tinnhiem form v1\n", &*self.secret]);
        URL_SAFE_NO_PAD.encode(digest.as_bytes())
    }

    /// The value of the cookie.
    pub fn cookie_value(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}.{}", self.council, URL_SAFE_NO_PAD.encode(*self.secret)))
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let (council, secret) = text.split_once('.').ok_or(TokenError)?;
        let secret = URL_SAFE_NO_PAD.decode(secret).ok().and_then(|bytes| bytes.try_into().ok());
        let secret = Zeroizing::new(secret.ok_or(TokenError)?);
        Ok(Self { council: council.parse().map_err(|_| TokenError)?, secret })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
