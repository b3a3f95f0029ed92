//! Tài khoản: somebody who may sign in, and in which capacities.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::audit::UtcTime;
use super::id::{AccountId, CouncilId};
use super::role::Role;
use super::text::clean;

/// Longest name to sign in with, and its shortest.
const LOGIN_LETTERS: std::ops::RangeInclusive<usize> = 2..=40;
/// Longest full name.
const MAX_NAME_LETTERS: usize = 120;

/// What is wrong with what somebody typed about an account. One sentence, for beside the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Other letters, too few or too many.
    #[error(
        "Tên đăng nhập gồm 2 đến 40 chữ cái không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới, ví dụ «lan.nguyen»."
    )]
    Login,
    /// Empty or too long.
    #[error("Họ tên không được để trống và không dài quá 120 ký tự.")]
    Name,
    /// None, or one that its body does not have.
    #[error("Hãy chọn ít nhất một vai trò.")]
    Roles,
    /// Would leave the council without anybody who manages accounts.
    #[error("Đây là người quản trị tài khoản cuối cùng; hãy giao vai trò này cho người khác trước.")]
    LastAdmin,
}

/// Name to sign in with: small letters without accents, digits, `.`, `-`, `_`; unique in its council.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Login(String);

impl Login {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Login {
    type Err = AccountError;

    /// Upper-case letters and blanks at the ends are forgiven.
    fn from_str(text: &str) -> Result<Self, AccountError> {
        let login = text.trim().to_ascii_lowercase();
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
        let fits = LOGIN_LETTERS.contains(&login.len()) && login.chars().all(allowed);
        if fits { Ok(Self(login)) } else { Err(AccountError::Login) }
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A full name that was typed, cleaned.
///
/// # Errors
/// When it is empty or over 120 letters.
pub fn full_name(text: &str) -> Result<String, AccountError> {
    let name = clean(text);
    if name.is_empty() || name.chars().count() > MAX_NAME_LETTERS { Err(AccountError::Name) } else { Ok(name) }
}

/// What a person may be at once. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// Roles of somebody in `council`.
    ///
    /// # Errors
    /// When there is none, or one that such a body does not have.
    pub fn new(council: CouncilId, roles: impl IntoIterator<Item = Role>) -> Result<Self, AccountError> {
        let roles: BTreeSet<Role> = roles.into_iter().collect();
        let offered: &[Role] = if council.is_installation() { &Role::OF_INSTALLATION } else { &Role::OF_COUNCIL };
        if roles.is_empty() || !roles.iter().all(|role| offered.contains(role)) {
            return Err(AccountError::Roles);
        }
        Ok(Self(roles))
    }

    /// Whether `role` is one of them.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// In the order in which pages list them.
    pub fn iter(&self) -> impl Iterator<Item = Role> + '_ {
        self.0.iter().copied()
    }

    /// `Văn phòng, Thường trực`.
    pub fn labels(&self) -> String {
        self.iter().map(Role::label).collect::<Vec<_>>().join(", ")
    }
}

/// Whether somebody may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// May.
    Open,
    /// May not; nothing is deleted.
    Disabled,
}

/// Somebody who may sign in. Secrets are kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Name to sign in with.
    pub login: Login,
    /// Full name.
    pub name: String,
    /// What its holder may do.
    pub roles: Roles,
    /// Whether its holder may sign in.
    pub state: AccountState,
    /// The password was chosen by an administrator.
    pub must_change_password: bool,
    /// An authenticator app is set up.
    pub has_second_factor: bool,
    /// The sign-in before this one, or the last.
    pub last_sign_in_at: Option<UtcTime>,
    /// Goes up with every change.
    pub version: u64,
    /// When it was changed last.
    pub changed_at: UtcTime,
    /// Full name of who changed it last.
    pub changed_by: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_forgives_capitals_and_nothing_else() {
        assert_eq!(" Lan.Nguyen ".parse::<Login>().expect("login").as_str(), "lan.nguyen");
        for wrong in ["a", "lan nguyen", "lan@nguyen", "lân", "", &"x".repeat(41)] {
            assert_eq!(wrong.parse::<Login>(), Err(AccountError::Login), "{wrong}");
        }
    }

    #[test]
    fn a_council_has_no_operator_and_the_installation_no_delegate() {
        let council = CouncilId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]);
        assert!(Roles::new(council, [Role::Clerk, Role::Teller]).is_ok());
        assert_eq!(Roles::new(council, [Role::Operator]), Err(AccountError::Roles));
        assert_eq!(Roles::new(CouncilId::INSTALLATION, [Role::Delegate]), Err(AccountError::Roles));
        assert_eq!(Roles::new(council, []), Err(AccountError::Roles));
        assert_eq!(Roles::new(council, [Role::Program]), Err(AccountError::Roles));
    }
}
