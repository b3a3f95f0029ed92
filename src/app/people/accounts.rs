//! Accounts of a council: found, opened, changed, disabled, given a new first password.

use zeroize::Zeroizing;

use super::reset_mark::told;
use crate::service::app::{App, Ask, run_once};
use crate::service::caller::Caller;
use crate::service::clock::in_vietnam;
use crate::service::error::{AppError, Conflict, FieldError};
use crate::service::passwords::{self, Password};
use domain::account::{
    Account, AccountError, AccountState, Change, Changed, Login, Roles, first_password, full_name, suggest_login,
};
use domain::audit::event::council::{PasswordBy, PasswordSet, SignInFreed, SlipsRevoked};
use domain::audit::{Actor, CouncilEvent, UtcTime};
use domain::id::{AccountId, CouncilId, LogId, RequestId};
use domain::role::Role;
use domain::text::{fold, name_order};
use macros::boxed;
use store::{CouncilTx, Work, accounts, credentials, failures, logs, row_tags, sessions, slips};

/// Roles that manage accounts.
pub const MANAGERS: &[Role] = &[Role::Admin, Role::Operator];

/// Somebody who manages the accounts of a body, here or at the command line.
#[derive(Clone, Debug)]
pub struct Manager {
    council: CouncilId,
    actor: Actor,
    /// The form that asks; the command line has none.
    request: Option<RequestId>,
}

impl Manager {
    /// A person who runs the program on the machine itself.
    pub fn at_command_line(council: CouncilId) -> Self {
        let actor = Actor { account: None, name: "dòng lệnh".to_owned(), role: Role::Program };
        Self { council, actor, request: None }
    }
}

impl TryFrom<Ask<'_>> for Manager {
    type Error = AppError;

    fn try_from(ask: Ask<'_>) -> Result<Self, AppError> {
        let actor = ask.caller.may(MANAGERS)?;
        Ok(Self { council: ask.caller.council, actor, request: Some(ask.request) })
    }
}

/// Which accounts a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of a name or of a login, whatever its accents.
    pub text: String,
    /// Only accounts with this role.
    pub role: Option<Role>,
    /// In this state.
    pub state: Option<AccountState>,
}

impl Filter {
    fn keeps(&self, account: &Account) -> bool {
        let text = fold(&self.text);
        let found = || fold(&account.name).contains(&text) || fold(account.login.as_str()).contains(&text);
        self.role.is_none_or(|role| account.roles.has(role))
            && self.state.is_none_or(|state| account.state == state)
            && (text.is_empty() || found())
    }
}

/// A list of accounts.
#[derive(Clone, Debug)]
pub struct FoundAccounts {
    /// Those that the filter keeps, by name.
    pub accounts: Vec<Account>,
    /// All that there are.
    pub total: usize,
    /// Names to sign in with of accounts whose rows the program did not write; nobody signs in with them.
    pub forged: Vec<String>,
}

/// An account as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Full name.
    pub name: String,
    /// Name to sign in with; made from the name when empty.
    pub login: String,
    /// Codes of roles.
    pub roles: Vec<String>,
}

/// An account with the password that its owner signs in with once. It is shown now and never again.
pub struct WithPassword {
    /// The account.
    pub account: Account,
    /// Its password.
    pub password: Password,
}

impl App {
    /// Accounts of the caller's council, by name.
    ///
    /// # Errors
    /// When the caller does not manage accounts.
    #[boxed]
    pub async fn accounts(&self, caller: &Caller, filter: &Filter) -> Result<FoundAccounts, AppError> {
        caller.may(MANAGERS)?;
        self.accounts_of(caller.council, filter).await
    }

    /// Accounts of a council, for a person who runs the program on the machine itself.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn accounts_of(&self, council: CouncilId, filter: &Filter) -> Result<FoundAccounts, AppError> {
        let mut tx = self.store.read(council).await?;
        let mut all = accounts::list(&mut tx).await?;
        let mut forged: Vec<String> =
            row_tags::forged(&mut tx).await?.into_iter().filter_map(|row| row.login).collect();
        forged.sort();
        // No database knows this order.
        all.sort_by_cached_key(|account| name_order(&account.name));
        let total = all.len();
        Ok(FoundAccounts { accounts: all.into_iter().filter(|account| filter.keeps(account)).collect(), total, forged })
    }

    /// One account of the caller's council.
    ///
    /// # Errors
    /// When there is none, or the caller does not manage accounts.
    #[boxed]
    pub async fn account(&self, caller: &Caller, id: AccountId) -> Result<Account, AppError> {
        caller.may(MANAGERS)?;
        let mut tx = self.store.read(caller.council).await?;
        accounts::find(&mut tx, id).await?.ok_or(NOT_FOUND)
    }

    /// The account of a login, for a person who runs the program on the machine itself.
    ///
    /// # Errors
    /// When there is none.
    #[boxed]
    pub async fn account_of_login(&self, council: CouncilId, login: &str) -> Result<Account, AppError> {
        let login: Login = login.parse().map_err(|e| AppError::field("login", e))?;
        accounts::by_login(&mut self.store.read(council).await?, &login).await?.ok_or(NOT_FOUND)
    }

    /// Opens an account with a first password.
    ///
    /// # Errors
    /// When a field is wrong, or the login is taken.
    #[boxed]
    pub async fn open_account(&self, manager: Manager, typed: Typed) -> Result<WithPassword, AppError> {
        let mut wrong = Vec::new();
        let name = kept(&mut wrong, "name", full_name(&typed.name));
        let roles = kept(&mut wrong, "roles", read_roles(manager.council, &typed.roles));
        let login = match typed.login.trim() {
            "" => None,
            login => kept(&mut wrong, "login", login.parse::<Login>()),
        };
        let (Some(name), Some(roles), true) = (name, roles, wrong.is_empty()) else {
            return Err(AppError::Fields { fields: wrong });
        };
        let id = AccountId::new(self.clock.now(), &self.chance.for_id()?);
        let (password, phc) = self.first_password().await?;
        let (at, council) = (self.now_text()?, manager.council);
        let actor = manager.actor.clone();
        let account = self.write_as(&manager, move |tx| {
            Box::pin(async move {
                let login = free_login(tx, login, &name).await?;
                let account = fresh(id, login, name, roles, (at, &actor.name));
                accounts::add(tx, &account, Some(&phc)).await?;
                let log = logs::own(tx).await?;
                let event = account.opened();
                tx.append(log, at, &actor, &event).await?;
                told(tx, (id, None), &event, (at, &actor)).await?;
                Ok(account)
            })
        });
        let account = account.await?;
        self.forget_guesses(council, id);
        Ok(WithPassword { account, password })
    }

    /// Forgets the wrong passwords of an account: whoever was kept out by what others typed comes in at once.
    ///
    /// # Errors
    /// When there is no such account.
    #[boxed]
    pub async fn free_sign_in(&self, manager: Manager, id: AccountId) -> Result<Account, AppError> {
        let (at, actor, council) = (self.now_text()?, manager.actor.clone(), manager.council);
        let freed = self.write_as(&manager, move |tx| {
            Box::pin(async move {
                let account = accounts::find(tx, id).await?.ok_or(NOT_FOUND)?;
                failures::clear(tx, id).await?;
                let log = logs::own(tx).await?;
                tx.append(log, at, &actor, &CouncilEvent::from(SignInFreed { account: id })).await?;
                Ok(account)
            })
        });
        let account = freed.await?;
        self.forget_guesses(council, id);
        Ok(account)
    }

    /// How many wrong passwords in a row the row of an account counts.
    ///
    /// # Errors
    /// When the caller does not manage accounts.
    #[boxed]
    pub async fn failures_of(&self, caller: &Caller, id: AccountId) -> Result<u32, AppError> {
        caller.may(MANAGERS)?;
        Ok(failures::of_account(&mut self.store.read(caller.council).await?, id).await?.count)
    }

    /// Gives an account another name and other roles.
    ///
    /// # Errors
    /// When a field is wrong, somebody else changed the account since `version`, or nobody would be left who manages
    /// accounts.
    #[boxed]
    pub async fn change_account(
        &self,
        manager: Manager,
        id: AccountId,
        version: u64,
        typed: Typed,
    ) -> Result<Account, AppError> {
        let mut wrong = Vec::new();
        let name = kept(&mut wrong, "name", full_name(&typed.name));
        let roles = kept(&mut wrong, "roles", read_roles(manager.council, &typed.roles));
        let (Some(name), Some(roles)) = (name, roles) else { return Err(AppError::Fields { fields: wrong }) };
        self.decide(manager, id, move |account, change| {
            if account.version != version {
                return Err(AppError::Stale(conflict(&account, &name, &roles)));
            }
            account.edited(name, roles, change).map_err(|e| AppError::field("roles", e))
        })
        .await
    }

    /// Lets nobody sign in as an account any more. Its sessions end and its slips are void.
    ///
    /// # Errors
    /// When it is the caller's own, or nobody would be left who manages accounts.
    #[boxed]
    pub async fn disable_account(&self, manager: Manager, id: AccountId) -> Result<Account, AppError> {
        self.decide(manager, id, |account, change| account.disabled(change).map_err(input)).await
    }

    /// Takes back that an account was disabled.
    ///
    /// # Errors
    /// When there is no such account.
    #[boxed]
    pub async fn enable_account(&self, manager: Manager, id: AccountId) -> Result<Account, AppError> {
        self.decide(manager, id, |account, change| Ok(account.enabled(change))).await
    }

    /// Gives an account a new first password; its sessions end.
    ///
    /// # Errors
    /// When there is no such account.
    #[boxed]
    pub async fn reset_password(&self, manager: Manager, id: AccountId) -> Result<WithPassword, AppError> {
        let (password, phc) = self.first_password().await?;
        let at = self.now_text()?;
        let actor = manager.actor.clone();
        let account = self.write_as(&manager, move |tx| {
            Box::pin(async move {
                let account = accounts::find(tx, id).await?.ok_or(NOT_FOUND)?;
                credentials::set_password(tx, id, &phc, true).await?;
                failures::clear(tx, id).await?;
                sessions::end_all(tx, id, None).await?;
                let event = PasswordSet { account: id, by: PasswordBy::Admin };
                let log = logs::own(tx).await?;
                let event = CouncilEvent::from(event);
                tx.append(log, at, &actor, &event).await?;
                told(tx, (id, Some(&account)), &event, (at, &actor)).await?;
                Ok(Account { must_change_password: true, ..account })
            })
        });
        Ok(WithPassword { account: account.await?, password })
    }

    /// A password that nobody chose, and what the database keeps of it.
    pub(crate) async fn first_password(&self) -> Result<(Password, String), AppError> {
        let password = first_password(&Zeroizing::new(self.chance.block()?));
        let phc = passwords::hash(self.cost, password.clone(), self.chance.block()?).await?;
        Ok((password, phc))
    }

    /// Loads an account with all others, lets the domain decide, and writes what it decided together with the log.
    async fn decide<F>(&self, manager: Manager, id: AccountId, decision: F) -> Result<Account, AppError>
    where
        F: FnOnce(Account, Change<'_>) -> Result<Changed, AppError> + Send + 'static,
    {
        let at = self.now_text()?;
        let actor = manager.actor.clone();
        let decided = self.write_as(&manager, move |tx| {
            Box::pin(async move {
                let all = accounts::list(tx).await?;
                let before = all.iter().find(|account| account.id == id).cloned().ok_or(NOT_FOUND)?;
                let (was, was_open) = (before.version, before.state == AccountState::Open);
                let change = Change { all: &all, by: actor.account, by_name: &actor.name, at };
                let (account, event) = decision(before.clone(), change)?;
                let Some(event) = event else { return Ok(account) };
                accounts::change(tx, &account, was).await?;
                let log = logs::own(tx).await?;
                tx.append(log, at, &actor, &event).await?;
                told(tx, (id, Some(&before)), &event, (at, &actor)).await?;
                if !was_open && account.state == AccountState::Open {
                    failures::clear(tx, id).await?;
                }
                if was_open && account.state == AccountState::Disabled {
                    shut_out(tx, log, id, (at, &actor)).await?;
                }
                Ok(account)
            })
        });
        decided.await
    }

    /// Runs `work` in one transaction of the manager's council: once for each form, every time for the command line.
    pub(crate) async fn write_as<T, F>(&self, manager: &Manager, work: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, AppError>> + Send + 'static,
    {
        let claim = manager.request.map(|request| self.claim_of(request, manager.actor.account)).transpose()?;
        self.store
            .write(manager.council, move |tx| {
                Box::pin(async move {
                    match claim {
                        Some(claim) => run_once(tx, claim, work).await,
                        None => work(tx).await,
                    }
                })
            })
            .await
    }
}

const NOT_FOUND: AppError = AppError::NotFound("tài khoản");

fn input(error: AccountError) -> AppError {
    AppError::Input(error.to_string())
}

/// The value that was read; an error is added to `wrong`.
pub(crate) fn kept<T, E: ToString>(wrong: &mut Vec<FieldError>, field: &'static str, read: Result<T, E>) -> Option<T> {
    read.map_err(|error| wrong.push(FieldError { field, sentence: error.to_string() })).ok()
}

fn read_roles(council: CouncilId, codes: &[String]) -> Result<Roles, AccountError> {
    let roles: Option<Vec<Role>> = codes.iter().map(|code| Role::from_code(code)).collect();
    Roles::given(council, roles.ok_or(AccountError::Roles)?)
}

/// The login that was typed, when nobody has it, or one made from the name.
async fn free_login(tx: &mut CouncilTx, typed: Option<Login>, name: &str) -> Result<Login, AppError> {
    let all = accounts::logins(tx).await?;
    let is_taken = |login: &Login| all.iter().any(|(other, _)| other == login.as_str());
    let Some(login) = typed else {
        let sentence = "Không tự đặt được tên đăng nhập từ họ tên này; hãy gõ tên đăng nhập.";
        return suggest_login(name, is_taken).ok_or_else(|| AppError::field("login", sentence));
    };
    match all.iter().find(|(other, _)| other == login.as_str()) {
        Some((_, name)) => {
            let sentence = format!("Tên đăng nhập «{login}» đã là của {name}; hãy chọn tên khác.");
            Err(AppError::field("login", sentence))
        }
        None => Ok(login),
    }
}

/// An account that is about to be opened, with a password that its owner has to change.
pub(crate) fn fresh(id: AccountId, login: Login, name: String, roles: Roles, (at, by): (UtcTime, &str)) -> Account {
    Account {
        id,
        login,
        name,
        roles,
        state: AccountState::Open,
        must_change_password: true,
        has_second_factor: false,
        last_sign_in_at: None,
        version: 1,
        changed_at: at,
        changed_by: by.to_owned(),
    }
}

fn conflict(stored: &Account, name: &str, roles: &Roles) -> Conflict {
    let conflict = Conflict {
        what: "tài khoản",
        by: stored.changed_by.clone(),
        at: in_vietnam(stored.changed_at),
        version: stored.version,
        differences: Vec::new(),
    };
    let (stored_roles, typed_roles) = (stored.roles.labels(), roles.labels());
    conflict.with_fields([("Họ tên", &stored.name, name), ("Vai trò", &stored_roles, &typed_roles)])
}

/// Ends whatever lets somebody in besides their password.
async fn shut_out(
    tx: &mut CouncilTx,
    log: LogId,
    account: AccountId,
    (at, actor): (UtcTime, &Actor),
) -> Result<(), AppError> {
    sessions::end_all(tx, account, None).await?;
    let revoked = slips::revoke_of(tx, account, at).await?;
    if !revoked.is_empty() {
        tx.append(log, at, actor, &CouncilEvent::from(SlipsRevoked { slips: revoked })).await?;
    }
    Ok(())
}
