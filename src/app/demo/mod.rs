//! What `tinnhiem demo` leaves to be looked at: the database that its rehearsal filled, with an account for every role, and a
//! vote that is being prepared.
//!
//! The rehearsal draws ids and nonces from a seed that everybody may know. Passwords come from the system, and so does the
//! secret key: a demo is sample data, but its service is a real one.

mod preparation;

use std::fs::{self, File, TryLockError};
use std::path::Path;

use crate::accounts::{Manager, fresh};
use crate::data_folder;
use crate::error::AppError;
use crate::passwords::Password;
use crate::service::App;
use domain::account::{Account, AccountState, Login, Roles};
use domain::audit::event::council::{PasswordBy, PasswordSet};
use domain::audit::{Actor, CouncilEvent, UtcTime};
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use domain::text::slug;
use store::{CouncilTx, accounts, logs, proofs};

/// The folder of key and database among the papers.
pub const DATA: &str = "data";
/// Tells a demo's folder from that of a service, which nothing replaces, and is locked while the demo serves.
const MARKER: &str = "DIEN-TAP.txt";
const MARKER_TEXT: &str = "Cơ sở dữ liệu mẫu của «tinnhiem demo». Lần chạy «tinnhiem demo» sau vào cùng thư mục sẽ xóa và \
                           thay cả thư mục này; đừng dùng nó cho việc thật.\n";

/// A demo that is ready to be served.
pub struct Demo {
    /// The service.
    pub app: App,
    /// One account for each role, the operator first.
    pub accounts: Vec<DemoAccount>,
    /// Lets go when the demo ends, however it ends.
    _lock: File,
}

/// An account as the demo prints it, once.
pub struct DemoAccount {
    /// The council's name in addresses.
    pub council: String,
    /// What it is there for.
    pub role: Role,
    /// Name to sign in with.
    pub login: String,
    /// Its password, which it keeps: whoever looks around must not choose ten of their own first.
    pub password: Password,
}

/// Says in the folder `data` that it is a demo's.
pub(super) fn mark(data: &Path) -> Result<(), AppError> {
    let marker = data.join(MARKER);
    fs::write(&marker, MARKER_TEXT).map_err(|e| AppError::file(&marker, e))
}

/// Refuses to replace the folder `data`, unless it is a demo's that nobody serves.
pub(super) fn may_replace(data: &Path) -> Result<(), AppError> {
    if data.join(MARKER).is_file() {
        return lock(data).map(drop);
    }
    Err(AppError::Input(format!(
        "{}: không phải cơ sở dữ liệu của «tinnhiem demo», không ghi đè; hãy chọn thư mục khác bằng --out.",
        data.display()
    )))
}

fn lock(data: &Path) -> Result<File, AppError> {
    let marker = data.join(MARKER);
    let file = File::open(&marker).map_err(|e| AppError::file(&marker, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(AppError::Input(format!(
            "{}: một «tinnhiem demo» khác đang phục vụ từ thư mục này; hãy dừng nó bằng Ctrl+C, hoặc chọn thư mục khác bằng \
             --out.",
            data.display()
        ))),
        Err(TryLockError::Error(e)) => Err(AppError::file(&marker, e)),
    }
}

/// Opens the database that a demo just left in `out`, and gives everybody in it a password. Must run inside tokio.
///
/// # Errors
/// When `out` has no demo's database, or another demo serves it.
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

/// What is drawn before the transaction.
struct Drawn {
    role: Role,
    /// If nobody has the role yet.
    id: AccountId,
    password: Password,
    phc: String,
}

impl App {
    /// Gives whoever holds a role a password; a role that nobody holds gets an account first.
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
        proofs::set_password(tx, known.id, &drawn.phc, false).await?;
        let event = PasswordSet { account: known.id, by: PasswordBy::Admin };
        tx.append(log, at, actor, &CouncilEvent::from(event)).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_replaced_when_it_is_a_demos_and_nobody_serves_it() {
        let home = tempfile::tempdir().expect("folder");
        let refused = |says: &str| {
            let refusal = may_replace(home.path()).expect_err("refused").to_string();
            assert!(refusal.contains(says), "{refusal}");
        };
        refused("không phải cơ sở dữ liệu của «tinnhiem demo»");
        mark(home.path()).expect("marked");
        may_replace(home.path()).expect("a demo's");
        let held = lock(home.path()).expect("lock");
        refused("đang phục vụ");
        drop(held);
        may_replace(home.path()).expect("it ended");
    }
}
