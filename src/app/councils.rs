//! Councils of the installation: the first set-up, and founding them.

use super::error::AppError;
use super::passwords::{self, Password};
use super::service::App;
use crate::domain::account::{Account, AccountState, Login, Roles, full_name};
use crate::domain::audit::event::council::{AccountOpened, CouncilFounded};
use crate::domain::audit::{Actor, CouncilEvent, KeyName, UtcTime};
use crate::domain::council::CouncilKind;
use crate::domain::id::{AccountId, CouncilId, LogId};
use crate::domain::role::Role;
use crate::store::{CouncilTx, StoreError, accounts, councils, logs};

/// Name in addresses of the installation itself.
pub const INSTALLATION_SLUG: &str = "he-thong";

/// A body that is to be founded with its first account.
pub struct Founding {
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// Kind and level; `None` for the installation itself.
    pub kind: Option<CouncilKind>,
    /// Who manages its accounts.
    pub first: FirstAccount,
}

/// The account that opens all others.
pub struct FirstAccount {
    /// Full name, as typed.
    pub name: String,
    /// Name to sign in with, as typed.
    pub login: String,
    /// Password, chosen by its owner at the set-up, or by the operator for a council.
    pub password: Password,
    /// Whether its owner must choose another first.
    pub must_change: bool,
}

/// Everything that is settled before the transaction.
struct Plan {
    council: CouncilId,
    log: LogId,
    origin: KeyName,
    public_key: String,
    at: UtcTime,
    name: String,
    slug: String,
    kind: Option<CouncilKind>,
    account: Account,
    password: String,
}

impl App {
    /// Whether the installation has its operator; before that only the set-up page answers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_set_up(&self) -> Result<bool, AppError> {
        let mut tx = self.store.read(CouncilId::INSTALLATION).await?;
        Ok(councils::own(&mut tx).await?.is_some())
    }

    /// The first set-up: the installation with its first operator.
    ///
    /// # Errors
    /// When it is set up already, or a field is wrong.
    pub async fn set_up(&self, first: FirstAccount) -> Result<AccountId, AppError> {
        self.found_installation(first, None).await
    }

    /// The installation with its first operator and, in the same transaction, its first council.
    ///
    /// # Errors
    /// When it is set up already, or a field is wrong; fields of the council have the prefix `council_`.
    pub(super) async fn found_installation(
        &self,
        first: FirstAccount,
        council: Option<Founding>,
    ) -> Result<AccountId, AppError> {
        let founding =
            Founding {
                name: "Quản trị hệ thống".to_owned(), slug: INSTALLATION_SLUG.to_owned(), kind: None, first
            };
        if self.is_set_up().await? {
            return Err(AppError::Input("Hệ thống đã được cài đặt; hãy đăng nhập.".to_owned()));
        }
        let plan = self.plan(CouncilId::INSTALLATION, founding, Role::Operator).await?;
        let account = plan.account.id;
        let operator = Actor { account: Some(account), name: plan.account.name.clone(), role: Role::Operator };
        let council = match council {
            Some(founding) => {
                let id = CouncilId::new(self.clock.now(), &self.chance.for_id()?);
                Some(self.plan(id, founding, Role::Admin).await.map_err(of_council)?)
            }
            None => None,
        };
        let founded = self.store.write_installation(|mut tx| {
            Box::pin(async move {
                found(tx.own().await?, plan, None).await?;
                if let Some(council) = council {
                    let id = council.council;
                    found(tx.within(id).await?, council, Some(operator)).await.map_err(of_council)?;
                }
                Ok::<_, AppError>(())
            })
        });
        founded.await?;
        Ok(account)
    }

    /// Founds a council with its first administrator.
    ///
    /// # Errors
    /// When the name in addresses is taken, or a field is wrong.
    pub async fn found_council(&self, operator: Actor, founding: Founding) -> Result<CouncilId, AppError> {
        let id = CouncilId::new(self.clock.now(), &self.chance.for_id()?);
        let plan = self.plan(id, founding, Role::Admin).await?;
        self.store.write(id, |tx| Box::pin(async move { found(tx, plan, Some(operator)).await })).await?;
        Ok(id)
    }

    async fn plan(&self, council: CouncilId, founding: Founding, role: Role) -> Result<Plan, AppError> {
        let now = self.clock.now();
        let at = self.now_text()?;
        let Founding { name, slug, kind, first } = founding;
        let login: Login = first.login.parse().map_err(|e| AppError::field("login", e))?;
        let full_name = full_name(&first.name).map_err(|e| AppError::field("name", e))?;
        let roles = Roles::new(council, [role]).map_err(|e| AppError::field("roles", e))?;
        let id = AccountId::new(now, &self.chance.for_id()?);
        let account = Account {
            id,
            login,
            name: full_name.clone(),
            roles,
            state: AccountState::Open,
            must_change_password: first.must_change,
            has_second_factor: false,
            last_sign_in_at: None,
            version: 1,
            changed_at: at,
            changed_by: full_name,
        };
        let origin = KeyName::new(format!("tinnhiem/{slug}/{council}")).map_err(|e| AppError::field("slug", e))?;
        let public_key = self.keys.signer(&origin).verifier().to_text();
        let log = LogId::new(now, &self.chance.for_id()?);
        let password = passwords::hash(self.cost, first.password, self.chance.block()?).await?;
        Ok(Plan { council, log, origin, public_key, at, name, slug, kind, account, password })
    }
}

/// The same fields on a page that asks for the operator too.
fn of_council(problem: AppError) -> AppError {
    let AppError::Fields { mut fields } = problem else { return problem };
    for field in &mut fields {
        field.field = match field.field {
            "slug" => "council_slug",
            "login" => "council_login",
            "name" => "council_admin",
            other => other,
        };
    }
    AppError::Fields { fields }
}

async fn found(tx: &mut CouncilTx, plan: Plan, founder: Option<Actor>) -> Result<(), AppError> {
    let Plan { council, log, origin, public_key, at, name, slug, kind, account, password } = plan;
    let kind_code = kind.and_then(|kind| serde_json::to_value(kind).ok());
    let kind_code = kind_code.as_ref().and_then(serde_json::Value::as_str);
    let taken = |error| match error {
        StoreError::Refused(_) => AppError::field("slug", "Mã hội đồng này đã có; hãy chọn mã khác."),
        other => other.into(),
    };
    councils::add(tx, &slug, &name, kind_code, at).await.map_err(taken)?;
    logs::begin(tx, log, None, &origin, public_key).await?;
    accounts::add(tx, &account, Some(&password)).await?;
    let role = if founder.is_some() { Role::Admin } else { Role::Operator };
    let first = Actor { account: Some(account.id), name: account.name.clone(), role };
    let actor = founder.unwrap_or(first);
    let founded = CouncilFounded { council, kind, name, slug };
    tx.append(log, at, &actor, &CouncilEvent::from(founded)).await?;
    let opened = AccountOpened {
        account: account.id,
        login: account.login.to_string(),
        name: account.name,
        roles: account.roles.iter().collect(),
    };
    tx.append(log, at, &actor, &CouncilEvent::from(opened)).await?;
    Ok(())
}
