//! Councils of the installation: the first set-up, and founding them.

use crate::people::accounts::{WithPassword, kept};
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::clock::in_vietnam;
use crate::service::error::{AppError, Conflict};
use crate::service::passwords::{self, Password};
use domain::account::{Account, AccountError, AccountState, Login, Roles, full_name, suggest_login};
use domain::audit::event::council::{AccountOpened, CouncilFounded, CouncilRenamed};
use domain::audit::{Actor, CouncilEvent, KeyName, UtcTime};
use domain::council::{CouncilError, CouncilKind, CouncilSlug, council_name};
use domain::id::{AccountId, CouncilId, LogId};
use domain::role::Role;
use macros::boxed;
use store::councils::CouncilRow;
use store::{CouncilTx, StoreError, accounts, councils, logs};

/// Name in addresses of the installation itself.
pub const INSTALLATION_SLUG: &str = "he-thong";

/// A council, or the installation itself, that is to be founded with its first account.
pub struct Founding {
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// Kind and level; `None` for the installation itself.
    pub kind: Option<CouncilKind>,
    /// The account that manages the others.
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
    /// Whether its owner must choose another password at the first sign-in.
    pub must_change: bool,
}

/// A council as the operator sees it.
#[derive(Clone, Debug)]
pub struct CouncilLine {
    /// Its id.
    pub id: CouncilId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Kind and level.
    pub kind: &'static str,
    /// How many accounts it has.
    pub accounts: u64,
    /// `08:00 ngày 01/12/2026`.
    pub founded_at: String,
    /// Goes up with every change.
    pub version: u64,
}

/// A council as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedCouncil {
    /// Its name.
    pub name: String,
    /// Its name in addresses; made from the name when empty.
    pub slug: String,
    /// Code of its kind.
    pub kind: String,
    /// Full name of its first administrator.
    pub admin_name: String,
    /// What they sign in with; made from their name when empty.
    pub admin_login: String,
}

/// Roles that found councils.
pub const OPERATORS: &[Role] = &[Role::Operator];
const NOT_FOUND: AppError = AppError::NotFound("hội đồng");

/// Everything that is decided before the transaction starts.
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
    #[boxed]
    pub async fn is_set_up(&self) -> Result<bool, AppError> {
        let mut tx = self.store.read(CouncilId::INSTALLATION).await?;
        Ok(councils::own(&mut tx).await?.is_some())
    }

    /// The first set-up: the installation with its first operator.
    ///
    /// # Errors
    /// When it is set up already, or a field is wrong.
    #[boxed]
    pub async fn set_up(&self, first: FirstAccount) -> Result<AccountId, AppError> {
        self.found_installation(first, None).await
    }

    /// The installation with its first operator and, in the same transaction, its first council.
    ///
    /// # Errors
    /// When it is set up already, or a field is wrong; fields of the council have the prefix `council_`.
    pub(crate) async fn found_installation(
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
    #[boxed]
    pub async fn found_council(&self, operator: Actor, founding: Founding) -> Result<CouncilId, AppError> {
        let id = CouncilId::new(self.clock.now(), &self.chance.for_id()?);
        let plan = self.plan(id, founding, Role::Admin).await?;
        self.store.write(id, |tx| Box::pin(async move { found(tx, plan, Some(operator)).await })).await?;
        Ok(id)
    }

    /// Names in addresses and ids of all councils and of the installation, for the command line.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn bodies(&self) -> Result<Vec<(String, CouncilId)>, AppError> {
        let found = self.store.read_installation().await?;
        found.into_iter().map(|row| Ok((row.slug.clone(), row.id()?))).collect()
    }

    /// All councils with the number of their accounts.
    ///
    /// # Errors
    /// When the caller is no operator.
    #[boxed]
    pub async fn councils(&self, caller: &Caller) -> Result<Vec<CouncilLine>, AppError> {
        caller.may(OPERATORS)?;
        let found = self.store.read_councils().await?;
        found.into_iter().map(|(row, accounts)| line(row, accounts)).collect()
    }

    /// One council as its operator sees it.
    ///
    /// # Errors
    /// When there is none, or the caller is no operator.
    #[boxed]
    pub async fn council(&self, caller: &Caller, id: CouncilId) -> Result<CouncilLine, AppError> {
        self.councils(caller).await?.into_iter().find(|council| council.id == id).ok_or(NOT_FOUND)
    }

    /// Founds a council with its first administrator, who gets a first password.
    ///
    /// # Errors
    /// When a field is wrong, or the name in addresses is taken.
    #[boxed]
    pub async fn found(&self, ask: Ask<'_>, typed: TypedCouncil) -> Result<(String, WithPassword), AppError> {
        let operator = ask.caller.may(OPERATORS)?;
        let mut wrong = Vec::new();
        let name = kept(&mut wrong, "council", council_name(&typed.name));
        let slug = kept(&mut wrong, "slug", read_slug(&typed.slug, &typed.name));
        let kind = kept(&mut wrong, "kind", CouncilKind::from_code(&typed.kind).ok_or(CouncilError::Kind));
        let admin = kept(&mut wrong, "name", full_name(&typed.admin_name));
        let login = match typed.admin_login.trim() {
            "" => suggest_login(&typed.admin_name, |_| false).ok_or(AccountError::Login),
            login => login.parse(),
        };
        let login = kept(&mut wrong, "login", login);
        let (Some(name), Some(slug), Some(kind), Some(admin), Some(login)) = (name, slug, kind, admin, login) else {
            return Err(AppError::Fields { fields: wrong });
        };
        let id = CouncilId::new(self.clock.now(), &self.chance.for_id()?);
        let (password, phc) = self.first_password().await?;
        let first =
            FirstAccount { name: admin, login: login.to_string(), password: password.clone(), must_change: true };
        let founding = Founding { name: name.clone(), slug: slug.to_string(), kind: Some(kind), first };
        let mut plan = self.plan_with(id, founding, Role::Admin, phc)?;
        plan.account.changed_by.clone_from(&operator.name);
        let account = plan.account.clone();
        let claim = self.claim_of(ask.request, Some(ask.caller.account.id))?;
        let founded = self.store.write_installation(move |mut tx| {
            Box::pin(async move {
                claim.make(tx.own().await?).await?;
                found(tx.within(id).await?, plan, Some(operator)).await
            })
        });
        founded.await?;
        Ok((name, WithPassword { account, password }))
    }

    /// Gives a council another name and another name in addresses. Slips that were printed keep the old address.
    ///
    /// # Errors
    /// When a field is wrong, the name in addresses is taken, or somebody else changed the council since `version`.
    #[boxed]
    pub async fn rename_council(
        &self,
        ask: Ask<'_>,
        id: CouncilId,
        version: u64,
        typed: TypedCouncil,
    ) -> Result<(), AppError> {
        let operator = ask.caller.may(OPERATORS)?;
        let mut wrong = Vec::new();
        let name = kept(&mut wrong, "council", council_name(&typed.name));
        let slug = kept(&mut wrong, "slug", read_slug(&typed.slug, &typed.name));
        let (Some(name), Some(slug)) = (name, slug) else { return Err(AppError::Fields { fields: wrong }) };
        let (claim, at) = (self.claim_of(ask.request, Some(ask.caller.account.id))?, self.now_text()?);
        let renamed = self.store.write_installation(move |mut tx| {
            Box::pin(async move {
                claim.make(tx.own().await?).await?;
                rename(tx.within(id).await?, version, (name, slug), (at, operator)).await
            })
        });
        renamed.await
    }

    async fn plan(&self, council: CouncilId, founding: Founding, role: Role) -> Result<Plan, AppError> {
        let password = passwords::hash(self.cost, founding.first.password.clone(), self.chance.block()?).await?;
        self.plan_with(council, founding, role, password)
    }

    /// As [`Self::plan`], with a password that is already hashed.
    fn plan_with(
        &self,
        council: CouncilId,
        founding: Founding,
        role: Role,
        password: String,
    ) -> Result<Plan, AppError> {
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
        Ok(Plan { council, log, origin, public_key, at, name, slug, kind, account, password })
    }
}

/// Renames the fields of a council in an error, for the set-up page, which asks for the operator too.
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
    councils::add(tx, &slug, &name, kind.map(CouncilKind::code), at).await.map_err(taken)?;
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

fn taken(error: StoreError) -> AppError {
    match error {
        StoreError::Refused(_) => AppError::field("slug", "Mã hội đồng này đã có; hãy chọn mã khác."),
        other => other.into(),
    }
}

fn read_slug(typed: &str, name: &str) -> Result<CouncilSlug, CouncilError> {
    if typed.trim().is_empty() { CouncilSlug::suggest(name).ok_or(CouncilError::Slug) } else { typed.parse() }
}

fn line(row: CouncilRow, accounts: u64) -> Result<CouncilLine, AppError> {
    let founded_at = row.founded_at.parse().map_err(|e| AppError::internal("đọc hội đồng", e))?;
    Ok(CouncilLine {
        id: row.id()?,
        kind: row.kind.as_deref().and_then(CouncilKind::from_code).map_or("", CouncilKind::label),
        accounts,
        founded_at: in_vietnam(founded_at),
        version: u64::try_from(row.version).map_err(|e| AppError::internal("đọc hội đồng", e))?,
        slug: row.slug,
        name: row.name,
    })
}

async fn rename(
    tx: &mut CouncilTx,
    version: u64,
    (name, slug): (String, CouncilSlug),
    (at, operator): (UtcTime, Actor),
) -> Result<(), AppError> {
    let row = councils::own(tx).await?.filter(|row| row.kind.is_some()).ok_or(NOT_FOUND)?;
    let by = if row.changed_by.is_empty() { "Người khác".to_owned() } else { row.changed_by.clone() };
    let changed_at = row.changed_at.parse().map_or_else(|_| row.changed_at.clone(), in_vietnam);
    let (stored_name, stored_slug) = (row.name.clone(), row.slug.clone());
    let stored = line(row, 0)?.version;
    if stored != version {
        let conflict = Conflict { what: "hội đồng", by, at: changed_at, version: stored, differences: Vec::new() };
        let fields = [("Tên hội đồng", stored_name.as_str(), name.as_str()), ("Mã", &stored_slug, slug.as_str())];
        return Err(AppError::Stale(conflict.with_fields(fields)));
    }
    if stored_name == name && stored_slug == slug.as_str() {
        return Ok(());
    }
    councils::rename(tx, slug.as_str(), &name, version, at, &operator.name).await.map_err(taken)?;
    let event = CouncilRenamed { name, slug: slug.to_string() };
    let log = logs::own(tx).await?;
    tx.append(log, at, &operator, &CouncilEvent::from(event)).await?;
    Ok(())
}
