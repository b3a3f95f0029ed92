//! Ready-made accounts, for stories about something else.

use std::sync::atomic::{AtomicU64, Ordering};

use app::Caller;
use app::service::passwords::{self, Cost};
use domain::account::{Account, AccountState, Roles};
use domain::audit::event::council::AccountOpened;
use domain::audit::{Actor, CouncilEvent};
use domain::id::{AccountId, CouncilId, LogId, SessionId};
use domain::role::Role;
use jiff::Timestamp;
use store::{StoreError, accounts, councils, logs};
use zeroize::Zeroizing;

use super::{PASSWORD, Site};

impl Site {
    /// Adds an account with one role, which signs in as `login` with [`PASSWORD`].
    pub async fn has_account(&self, council: CouncilId, login: &str, name: &str, role: Role) -> AccountId {
        self.has_account_that(council, login, name, role, false).await
    }

    /// Adds an account; `must_change` says that an administrator chose its password, which must be changed first.
    pub async fn has_account_that(
        &self,
        council: CouncilId,
        login: &str,
        name: &str,
        role: Role,
        must_change: bool,
    ) -> AccountId {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let [a, b, c, d, e, f, g, h] = NUMBER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let id = AccountId::new(self.clock.now(), &[0, 0, a, b, c, d, e, f, g, h]);
        let account = Account {
            id,
            login: login.parse().expect("login"),
            name: name.to_owned(),
            roles: Roles::new(council, [role]).expect("roles"),
            state: AccountState::Open,
            must_change_password: must_change,
            has_second_factor: false,
            last_sign_in_at: None,
            version: 1,
            changed_at: "2026-12-01T01:00:00Z".parse().expect("time"),
            changed_by: name.to_owned(),
        };
        let password = passwords::hash(Cost::Least, Zeroizing::new(PASSWORD.to_owned()), [1; 32]).await.expect("hash");
        let opened = CouncilEvent::from(AccountOpened {
            account: id,
            login: login.to_owned(),
            name: name.to_owned(),
            roles: vec![role],
        });
        let at = self.clock.now().try_into().expect("time");
        let added: Result<(), StoreError> = self
            .store
            .write(council, move |tx| {
                Box::pin(async move {
                    accounts::add(tx, &account, Some(&password)).await?;
                    let log = logs::own(tx).await?;
                    let actor = Actor { account: None, name: "dòng lệnh".into(), role: Role::Program };
                    tx.append(log, at, &actor, &opened).await.map(drop)
                })
            })
            .await;
        added.expect("account");
        id
    }

    /// The operator `he.thong`, as entries name them.
    pub async fn actor_of_operator(&self) -> Actor {
        let mut tx = self.store.read(CouncilId::INSTALLATION).await.expect("database");
        let login = "he.thong".parse().expect("login");
        let account = accounts::by_login(&mut tx, &login).await.expect("database").expect("operator");
        Actor { account: Some(account.id), name: account.name, role: Role::Operator }
    }

    /// The council's own log.
    pub async fn own_log(&self, council: CouncilId) -> LogId {
        let mut tx = self.store.read(council).await.expect("database");
        logs::own(&mut tx).await.expect("log")
    }

    /// The account of a login, if there is one.
    pub async fn find_account(&self, council: CouncilId, login: &str) -> Option<Account> {
        let mut tx = self.store.read(council).await.expect("database");
        accounts::by_login(&mut tx, &login.parse().expect("login")).await.expect("database")
    }

    /// Whoever signs in as a login, as a session would tell of them.
    pub async fn account_caller(&self, council: CouncilId, login: &str) -> Caller {
        let account = self.find_account(council, login).await.expect("account");
        Caller { account, ..somebody_in(council, Role::Teller, self.clock.now()) }
    }

    /// The id of the account with this login.
    pub async fn account(&self, council: CouncilId, login: &str) -> AccountId {
        let mut tx = self.store.read(council).await.expect("database");
        let login = login.parse().expect("login");
        accounts::by_login(&mut tx, &login).await.expect("database").expect("account").id
    }

    /// The name of a council.
    pub async fn name(&self, council: CouncilId) -> String {
        let mut tx = self.store.read(council).await.expect("database");
        councils::own(&mut tx).await.expect("database").expect("council").name
    }
}

/// A signed-in caller with one role in a council, as a session would give it. Nothing is written to the database.
pub fn somebody_in(council: CouncilId, role: Role, at: Timestamp) -> Caller {
    let number = u8::try_from(Role::ALL.iter().position(|other| *other == role).expect("role")).expect("small");
    let account = Account {
        id: AccountId::new(at, &[number; 10]),
        login: role.code().parse().expect("login"),
        name: role.label().into(),
        roles: Roles::new(council, [role]).expect("roles"),
        state: AccountState::Open,
        must_change_password: false,
        has_second_factor: false,
        last_sign_in_at: None,
        version: 1,
        changed_at: at.try_into().expect("time"),
        changed_by: "A".into(),
    };
    Caller {
        council,
        council_name: "Hội đồng".into(),
        account,
        session: SessionId::new(at, &[number; 10]),
        pending: None,
        previous_sign_in: None,
        failures_before: 0,
    }
}
