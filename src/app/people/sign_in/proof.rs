//! A password that was right a moment ago. It is hashed outside of a transaction, so whoever acts on it asks again inside
//! whether the account still has that password.

use crate::service::error::AppError;
use domain::audit::Digest;
use domain::id::AccountId;
use store::{CouncilTx, accounts};

/// What is said where somebody changed the password between the proof and the act.
const CHANGED: &str = "Mật khẩu của tài khoản này vừa được đổi ở nơi khác nên lần này chưa ghi gì; hãy đăng nhập lại bằng mật \
                       khẩu mới.";

/// Keeps these hashes apart from every other use of SHA-256 in the program.
const TAG: &[u8] = b"tinnhiem password that passed v1\n";

/// The account, and the PHC string that a password was held against; without one where the account has no password.
#[derive(Clone)]
pub(crate) struct ProvenPassword {
    account: AccountId,
    phc: Option<String>,
}

impl ProvenPassword {
    pub(crate) const fn of(account: AccountId, phc: Option<String>) -> Self {
        Self { account, phc }
    }

    pub(super) const fn account(&self) -> AccountId {
        self.account
    }

    /// SHA-256 over the PHC string, whose salt is new with each password.
    pub(super) fn digest(&self) -> Digest {
        Digest::of_parts(&[TAG, self.phc.as_deref().unwrap_or_default().as_bytes()])
    }

    /// Whether the password is still the account's, asked in the transaction that acts on it.
    pub(super) async fn stands(&self, tx: &mut CouncilTx) -> Result<bool, AppError> {
        Ok(accounts::password(tx, self.account).await? == self.phc)
    }

    /// Checks in the transaction that acts on it that the password is still the account's.
    ///
    /// # Errors
    /// On `field`, when it was changed, reset or taken away since.
    pub(crate) async fn still_stands(&self, tx: &mut CouncilTx, field: &'static str) -> Result<(), AppError> {
        if self.stands(tx).await? { Ok(()) } else { Err(AppError::field(field, CHANGED)) }
    }
}
