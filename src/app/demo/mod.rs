//! What `tinnhiem demo` leaves to look at: the database that its rehearsal filled, with an account for every role, and
//! a vote that is being prepared.
//!
//! The rehearsal draws ids and nonces from a seed that everybody may know. Passwords come from the system, and so does the
//! secret key: a demo is sample data, but its service is a real one.

pub mod fill;
pub mod lies;
mod preparation;

use std::fs::File;
use std::path::Path;

use crate::installation::data_folder;
use crate::people::accounts::{Manager, fresh};
use crate::people::reset_mark::told;
use crate::service::app::App;
use crate::service::demo_folder::{DATA, lock};
use crate::service::error::AppError;
use crate::service::passwords::Password;
use domain::account::{Account, AccountState, Login, Roles};
use domain::audit::event::council::{PasswordBy, PasswordSet};
use domain::audit::{Actor, CouncilEvent, UtcTime};
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use domain::text::slug;
use macros::boxed;
use store::{CouncilTx, accounts, credentials, logs};

/// A demo that is ready to be served.
pub struct Demo {
    /// The service.
    pub app: App,
    /// One account for each role, the operator first.
    pub accounts: Vec<DemoAccount>,
    /// Released when the demo ends, however it ends.
    _lock: File,
}

/// An account as the demo prints it, once.
pub struct DemoAccount {
    /// The council's name in addresses.
    pub council: String,
    /// The role that it shows.
    pub role: Role,
    /// Name to sign in with.
    pub login: String,
    /// Its password, which need not be changed: a visitor should not have to choose ten new ones first.
    pub password: Password,
}

/// Opens the database that a demo just left in `out`, and gives everybody in it a password. Must run inside tokio.
///
/// # Errors
/// When `out` has no demo's database, or another demo serves it.
#[boxed]
pub async fn open(out: &Path) -> Result<Demo, AppError> {
    let data = out.join(DATA);
    let lock = lock(&data)?;
    let app = data_folder::open_alone(&data).await?;
    let mut accounts = Vec::new();
    for (council, id) in app.bodies().await? {
        let roles = if id.is_installation() { &[Role::Operator][..] } else { &Role::OF_COUNCIL };
        let given = app.give_passwords(&council, id, roles).await?;
        // The installation is founded first, and comes first in the table too, however its name is sorted.
        let at = if id.is_installation() { 0 } else { accounts.len() };
        accounts.splice(at..at, given);
        if !id.is_installation() {
            app.prepare_sample(id).await?;
        }
    }
    Ok(Demo { app, accounts, _lock: lock })
}

/// An account's id and password, made before the transaction.
struct Drawn {
    role: Role,
    /// Id of the new account, if nobody has the role yet.
    id: AccountId,
    password: Password,
    phc: String,
}

impl App {
    /// Gives one account of each role a password; a role that nobody has gets an account first.
    async fn give_passwords(&self, council: &str, id: CouncilId, roles: &[Role]) -> Result<Vec<DemoAccount>, AppError> {
        let mut drawn = Vec::with_capacity(roles.len());
        for &role in roles {
            let id = AccountId::new(self.now(), &self.chance.for_id()?);
            let (password, phc) = self.first_password().await?;
            drawn.push(Drawn { role, id, password, phc });
        }
        let at = self.now_text()?;
        let actor = Actor { account: None, name: "tinnhiem".to_owned(), role: Role::Program };
        let council = council.to_owned();
        self.write_as(&Manager::at_command_line(id), move |tx| {
            Box::pin(async move {
                let all = accounts::list(tx).await?;
                let mut given = Vec::with_capacity(drawn.len());
                for one in drawn {
                    let login = hand_out(tx, &all, &one, (at, &actor)).await?;
                    let Drawn { role, password, .. } = one;
                    given.push(DemoAccount { council: council.clone(), role, login, password });
                }
                Ok(given)
            })
        })
        .await
    }
}

async fn hand_out(
    tx: &mut CouncilTx,
    all: &[Account],
    drawn: &Drawn,
    (at, actor): (UtcTime, &Actor),
) -> Result<String, AppError> {
    let log = logs::own(tx).await?;
    let holds = |account: &&Account| account.state == AccountState::Open && account.roles.has(drawn.role);
    if let Some(known) = all.iter().find(holds) {
        credentials::set_password(tx, known.id, &drawn.phc, false).await?;
        let event = PasswordSet { account: known.id, by: PasswordBy::Admin };
        let event = CouncilEvent::from(event);
        tx.append(log, at, actor, &event).await?;
        told(tx, (known.id, Some(known)), &event, (at, actor)).await?;
        return Ok(known.login.to_string());
    }
    let label = drawn.role.label();
    let internal = |e| AppError::internal("lập tài khoản mẫu", e);
    let login: Login = slug(label).replace('-', ".").parse().map_err(internal)?;
    let roles = Roles::new(tx.council(), [drawn.role]).map_err(internal)?;
    let account = fresh(drawn.id, login, format!("{label} Mẫu"), roles, (at, &actor.name));
    let account = Account { must_change_password: false, ..account };
    accounts::add(tx, &account, Some(&drawn.phc)).await?;
    tx.append(log, at, actor, &account.opened()).await?;
    Ok(account.login.to_string())
}
