//! Tài khoản: somebody who may sign in, and in which capacities.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use super::audit::event::council::{AccountChanged, AccountDisabled, AccountEnabled, AccountOpened};
use super::audit::{CouncilEvent, UtcTime};
use super::id::{AccountId, CouncilId};
use super::letters::{LetterFault, foreign, unseen};
use super::role::Role;
use super::text::{clean, fold};

/// Longest name to sign in with, and its shortest.
const LOGIN_LETTERS: std::ops::RangeInclusive<usize> = 2..=40;
/// Longest full name.
const MAX_NAME_LETTERS: usize = 120;

/// What is wrong with what somebody typed about an account. One sentence, for beside the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Other letters, too few or too many.
    #[error(
        "Tên đăng nhập gồm 2 đến 40 chữ cái không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới, ví dụ «lan.nguyen»."
    )]
    Login,
    /// Empty or too long.
    #[error("Họ tên không được để trống và không dài quá 120 ký tự.")]
    Name,
    /// A letter that nobody sees, or that only looks like one of a name.
    #[error("Họ tên {0}.")]
    Letters(LetterFault),
    /// None, or one that its body does not have.
    #[error("Hãy chọn ít nhất một vai trò.")]
    Roles,
    /// The administration of accounts beside a role of a vote.
    #[error(
        "Một tài khoản không được vừa là «Quản trị tài khoản» vừa là «Thường trực» hay thành viên Ban kiểm phiếu; hãy mở \
         hai tài khoản cho hai người."
    )]
    AdminInVote,
    /// Would leave the council without anybody who manages accounts.
    #[error("Đây là người quản trị tài khoản cuối cùng; hãy giao vai trò này cho người khác trước.")]
    LastAdmin,
    /// Would leave the installation without anybody who founds councils.
    #[error("Đây là người quản trị hệ thống cuối cùng; hãy giao vai trò này cho người khác trước.")]
    LastOperator,
    #[error("Không thể khóa tài khoản mà chính bạn đang dùng; hãy nhờ người quản trị khác.")]
    OwnAccount,
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
/// When it is empty or over 120 letters, or has a letter that names do not have.
pub fn full_name(text: &str) -> Result<String, AccountError> {
    if let Some(fault) = unseen(text).or_else(|| foreign(text)) {
        return Err(AccountError::Letters(fault));
    }
    let name = clean(text);
    if name.is_empty() || name.chars().count() > MAX_NAME_LETTERS { Err(AccountError::Name) } else { Ok(name) }
}

/// A name to sign in with as offices make them: given name, then family name, `lan.nguyen`, with a number when that is
/// taken. `None` when the name has no letter that a login may have.
pub fn suggest_login(name: &str, is_taken: impl Fn(&Login) -> bool) -> Option<Login> {
    let folded: String = fold(name).chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect();
    let words: Vec<&str> = folded.split_whitespace().collect();
    let (given, family) = (words.last()?, words.first()?);
    let stem = if words.len() > 1 { format!("{given}.{family}") } else { (*given).to_owned() };
    // Room for a number behind it.
    let stem: String = stem.chars().take(LOGIN_LETTERS.end() - 4).collect();
    let numbered = (2..10_000).map(|number| format!("{stem}{number}"));
    let mut logins = std::iter::once(stem.clone()).chain(numbered).filter_map(|text| text.parse::<Login>().ok());
    logins.find(|login| !is_taken(login))
}

/// Letters of a first password. None looks like another on paper; without vowels, `d` and `w` a Vietnamese keyboard
/// (Telex, VNI) turns nothing into another letter, and no word comes out by accident.
const PASSWORD_LETTERS: &[u8; 16] = b"bcfghkmnptvx2347";

/// A password for somebody to sign in with once: five groups of four letters, 80 bits of the chance that is given.
pub fn first_password(chance: &[u8; 32]) -> Zeroizing<String> {
    let mut password = Zeroizing::new(String::with_capacity(24));
    for (i, byte) in chance.iter().take(20).enumerate() {
        if i > 0 && i % 4 == 0 {
            password.push('-');
        }
        let letter = PASSWORD_LETTERS.get(usize::from(byte & 0x0f)).copied().unwrap_or_default();
        password.push(char::from(letter));
    }
    password
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

    /// The same, of what somebody gives to an account now.
    ///
    /// # Errors
    /// Besides, when the administration of accounts comes with a [role of a vote](Role::is_of_vote).
    pub fn given(council: CouncilId, roles: impl IntoIterator<Item = Role>) -> Result<Self, AccountError> {
        let roles = Self::new(council, roles)?;
        if roles.iter().all(|role| roles.has(role)) { Ok(roles) } else { Err(AccountError::AdminInVote) }
    }

    /// Whether `role` is one of them and may be used: of an account that an older program gave both, a role of a vote does
    /// not count beside the administration of accounts.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role) && !(role.is_of_vote() && self.0.contains(&Role::Admin))
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
    Open,
    /// The holder may not sign in; the account stays for the history.
    Disabled,
}

/// An account that may sign in. It carries no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub login: Login,
    pub name: String,
    pub roles: Roles,
    pub state: AccountState,
    /// The password was chosen by an administrator.
    pub must_change_password: bool,
    pub has_second_factor: bool,
    /// The sign-in before this one, or the last.
    pub last_sign_in_at: Option<UtcTime>,
    /// Goes up with every change.
    pub version: u64,
    pub changed_at: UtcTime,
    /// Full name of the account that made the last change.
    pub changed_by: String,
}

/// Who changes an account, and when.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// All accounts of the same body, as they are before.
    pub all: &'a [Account],
    /// Their own account, if they have one here.
    pub by: Option<AccountId>,
    pub by_name: &'a str,
    pub at: UtcTime,
}

/// A changed account with what the log says of it. Nothing to say: nothing changed.
pub type Changed = (Account, Option<CouncilEvent>);

impl Account {
    /// Whether this account manages accounts, and may sign in to do it.
    fn is_manager(&self) -> bool {
        self.state == AccountState::Open && (self.roles.has(Role::Admin) || self.roles.has(Role::Operator))
    }

    /// What the log says when it is opened.
    pub fn opened(&self) -> CouncilEvent {
        let (login, name) = (self.login.to_string(), self.name.clone());
        AccountOpened { account: self.id, login, name, roles: self.roles.iter().collect() }.into()
    }

    /// With another name and other roles.
    ///
    /// # Errors
    /// When nobody would be left who manages accounts.
    pub fn edited(self, name: String, roles: Roles, change: Change<'_>) -> Result<Changed, AccountError> {
        if self.name == name && self.roles == roles {
            return Ok((self, None));
        }
        let event = AccountChanged { account: self.id, name: name.clone(), roles: roles.iter().collect() };
        let account = Self { name, roles, ..self }.touched(change);
        account.check_manager_is_left(change.all)?;
        Ok((account, Some(event.into())))
    }

    /// Nobody may sign in as it any more.
    ///
    /// # Errors
    /// When it is the caller's own, or nobody would be left who manages accounts.
    pub fn disabled(self, change: Change<'_>) -> Result<Changed, AccountError> {
        if self.state == AccountState::Disabled {
            return Ok((self, None));
        }
        if change.by == Some(self.id) {
            return Err(AccountError::OwnAccount);
        }
        let account = Self { state: AccountState::Disabled, ..self }.touched(change);
        account.check_manager_is_left(change.all)?;
        let event = AccountDisabled { account: account.id };
        Ok((account, Some(event.into())))
    }

    /// As it was before it was disabled.
    pub fn enabled(self, change: Change<'_>) -> Changed {
        if self.state == AccountState::Open {
            return (self, None);
        }
        let account = Self { state: AccountState::Open, ..self }.touched(change);
        let event = AccountEnabled { account: account.id };
        (account, Some(event.into()))
    }

    fn touched(self, change: Change<'_>) -> Self {
        let version = self.version.saturating_add(1);
        Self { version, changed_at: change.at, changed_by: change.by_name.to_owned(), ..self }
    }

    fn check_manager_is_left(&self, all: &[Self]) -> Result<(), AccountError> {
        let before = all.iter().find(|other| other.is_manager());
        let is_left = self.is_manager() || all.iter().any(|other| other.id != self.id && other.is_manager());
        match before {
            Some(before) if !is_left => {
                let is_operator = before.roles.has(Role::Operator);
                Err(if is_operator { AccountError::LastOperator } else { AccountError::LastAdmin })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(number: u8, roles: &[Role]) -> Account {
        let council = CouncilId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]);
        Account {
            id: AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[number; 10]),
            login: format!("so.{number}").parse().expect("login"),
            name: format!("Người {number}"),
            roles: Roles::new(council, roles.iter().copied()).expect("roles"),
            state: AccountState::Open,
            must_change_password: false,
            has_second_factor: false,
            last_sign_in_at: None,
            version: 1,
            changed_at: "2026-12-01T01:00:00Z".parse().expect("time"),
            changed_by: "Người 1".into(),
        }
    }

    fn change(all: &[Account], by: u8) -> Change<'_> {
        let by = AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[by; 10]);
        Change { all, by: Some(by), by_name: "Người", at: "2026-12-02T01:00:00Z".parse().expect("time") }
    }

    #[test]
    fn somebody_who_manages_accounts_is_always_left() {
        let all = [account(1, &[Role::Admin]), account(2, &[Role::Clerk])];
        let clerk = all[1].roles.clone();
        let refused = all[0].clone().edited("Người 1".into(), clerk.clone(), change(&all, 1));
        assert_eq!(refused.expect_err("the last"), AccountError::LastAdmin);
        assert_eq!(all[0].clone().disabled(change(&all, 2)).expect_err("the last"), AccountError::LastAdmin);

        let mut two = [account(1, &[Role::Admin]), account(2, &[Role::Admin, Role::Clerk])];
        let (edited, event) = two[0].clone().edited("Người 1".into(), clerk, change(&two, 1)).expect("one is left");
        assert_eq!((edited.version, event.map(|e| matches!(e, CouncilEvent::AccountChanged(_)))), (2, Some(true)));
        assert_eq!(two[0].clone().disabled(change(&two, 1)).expect_err("their own"), AccountError::OwnAccount);
        two[1].state = AccountState::Disabled;
        assert_eq!(two[0].clone().disabled(change(&two, 2)).expect_err("the last open"), AccountError::LastAdmin);
    }

    #[test]
    fn what_changes_nothing_is_not_logged() {
        let all = [account(1, &[Role::Admin])];
        let (same, event) = all[0].clone().edited("Người 1".into(), all[0].roles.clone(), change(&all, 1)).expect("ok");
        assert_eq!((same.version, event), (1, None));
        assert_eq!(all[0].clone().enabled(change(&all, 1)), (all[0].clone(), None));
    }

    #[test]
    fn a_login_is_suggested_from_the_name_and_never_a_taken_one() {
        let taken = ["lan.nguyen", "lan.nguyen2"];
        let suggest = |name: &str| suggest_login(name, |login| taken.contains(&login.as_str())).map(|l| l.to_string());
        assert_eq!(suggest("Nguyễn Thị Lan").as_deref(), Some("lan.nguyen3"));
        assert_eq!(suggest("Đặng Ư").as_deref(), Some("u.dang"));
        assert_eq!(suggest("Y").as_deref(), Some("y2"), "one letter is too short");
        assert_eq!(suggest("李明"), None);
        assert!(suggest(&"Nguyễn ".repeat(20)).expect("login").len() <= 40);
    }

    #[test]
    fn a_first_password_has_letters_that_nobody_and_no_keyboard_mixes_up() {
        let password = first_password(&[0xf7; 32]);
        assert_eq!(password.as_str(), "nnnn-nnnn-nnnn-nnnn-nnnn");
        let all: Vec<u8> = (0..32).collect();
        let password = first_password(&all.try_into().expect("32 bytes"));
        assert_eq!(password.as_str(), "bcfg-hkmn-ptvx-2347-bcfg");
        assert!(!password.contains(['i', 'l', '1', 'o', '0', 'a', 'e', 'u', 'y', 'd', 'w']));
    }

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

    #[test]
    fn whoever_manages_accounts_decides_nothing_about_a_vote() {
        let council = CouncilId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]);
        for role in Role::OF_COUNCIL {
            let both = Roles::given(council, [Role::Admin, role]);
            let kept = Roles::new(council, [Role::Admin, role]).expect("as an older program left it");
            assert_eq!(both.is_ok(), kept.has(role), "{role:?}");
            assert!(kept.has(Role::Admin) && Roles::given(council, [role]).is_ok());
        }
        assert_eq!(Roles::given(council, [Role::Clerk, Role::Admin, Role::Teller]), Err(AccountError::AdminInVote));
    }
}
