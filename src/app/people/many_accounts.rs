//! Many accounts at once, from a list of names with roles: looked at first, then opened together or not at all.

use crate::people::accounts::{Manager, fresh};
use crate::people::reset_mark::told;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use crate::service::passwords::Password;
use domain::account::{Account, Login, Roles, full_name, suggest_login};
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use domain::text::{clean, fold};
use macros::boxed;
use store::{CouncilTx, accounts, logs};

/// Most that one list may hold: the largest body has about 500.
const MAX_LINES: usize = 1_000;
/// Most of them that get a first password: each costs the time in which one is proven.
const MAX_PASSWORDS: usize = 50;

/// One line of the list, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccountLine {
    /// Number of the line, from 1.
    pub number: usize,
    /// Full name.
    pub name: String,
    /// Name to sign in with; empty when none can be had.
    pub login: String,
    /// What the account may do; empty when the line names a role that there is not.
    pub roles: Vec<Role>,
    /// What is wrong with the line; empty when nothing is.
    pub error: String,
    /// What is odd about it, and no hindrance.
    pub note: String,
}

/// A list of names, read.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Preview {
    /// Lines that are not empty.
    pub lines: Vec<NewAccountLine>,
}

impl Preview {
    /// How many lines have to be put right.
    pub fn errors(&self) -> usize {
        self.lines.iter().filter(|line| !line.error.is_empty()).count()
    }

    /// Whether nothing is wrong or odd: such a list needs no second look.
    pub fn is_plain(&self) -> bool {
        self.lines.iter().all(|line| line.error.is_empty() && line.note.is_empty())
    }
}

impl NewAccountLine {
    /// Delegates come in by an access slip; everybody else gets a first password.
    pub fn has_password(&self) -> bool {
        self.roles != [Role::Delegate]
    }

    /// `Văn phòng, Thường trực`
    pub fn role_labels(&self) -> String {
        self.roles.iter().map(|role| role.label()).collect::<Vec<_>>().join(", ")
    }
}

/// An account that a list opened.
pub struct OpenedAccount {
    pub account: Account,
    /// Shown now and never again; `None` for a delegate.
    pub password: Option<Password>,
}

impl App {
    /// What a list would open. Nothing is written. Lines that name no role get `role`, a code.
    ///
    /// # Errors
    /// When the caller does not manage the accounts of a council, or the list is empty or too long.
    #[boxed]
    pub async fn preview_accounts(&self, caller: &Caller, text: &str, role: &str) -> Result<Preview, AppError> {
        caller.may(&[Role::Admin])?;
        check_length(text)?;
        let role = common_role(role)?;
        let preview =
            read(caller.council, text, role, &accounts::logins(&mut self.store.read(caller.council).await?).await?);
        check_passwords(&preview)?;
        Ok(preview)
    }

    /// Opens an account for every line of the list, or none. Delegates have no password: they come in by an access slip, and
    /// choose one then. Everybody else gets a first password.
    ///
    /// # Errors
    /// When a line is wrong; see [`Self::preview_accounts`].
    #[boxed]
    pub async fn open_accounts(&self, ask: Ask<'_>, text: &str, role: &str) -> Result<Vec<OpenedAccount>, AppError> {
        let actor = ask.caller.may(&[Role::Admin])?;
        let preview = self.preview_accounts(ask.caller, text, role).await?;
        let common = common_role(role)?;
        let manager = Manager::try_from(ask)?;
        let (at, now) = (self.now_text()?, self.clock.now());
        let mut made = Vec::with_capacity(preview.lines.len());
        for line in &preview.lines {
            let password = if line.has_password() { Some(self.first_password().await?) } else { None };
            made.push((AccountId::new(now, &self.chance.for_id()?), password));
        }
        let text = text.to_owned();
        let opened = self.write_as(&manager, move |tx: &mut CouncilTx| {
            Box::pin(async move {
                // The accounts may be others than those before which the passwords were made.
                let preview = read(tx.council(), &text, common, &accounts::logins(tx).await?);
                if preview.errors() > 0 {
                    return Err(AppError::field("names", "Danh sách còn dòng phải sửa; chưa mở tài khoản nào."));
                }
                let log = logs::own(tx).await?;
                let mut opened = Vec::with_capacity(preview.lines.len());
                for (line, (id, made)) in preview.lines.into_iter().zip(made) {
                    let roles = Roles::given(tx.council(), line.roles).map_err(|e| AppError::field("names", e))?;
                    let login: Login = line.login.parse().map_err(|e| AppError::field("names", e))?;
                    let account = fresh(id, login, line.name, roles, (at, &actor.name));
                    let account = Account { must_change_password: made.is_some(), ..account };
                    accounts::add(tx, &account, made.as_ref().map(|(_, phc)| phc.as_str())).await?;
                    let event = account.opened();
                    tx.append(log, at, &actor, &event).await?;
                    if made.is_some() {
                        told(tx, (id, None), &event, (at, &actor)).await?;
                    }
                    opened.push(OpenedAccount { account, password: made.map(|(password, _)| password) });
                }
                Ok(opened)
            })
        });
        opened.await
    }
}

/// The role of lines that name none: that of most people of a council, where none is chosen.
fn common_role(code: &str) -> Result<Role, AppError> {
    if code.is_empty() {
        return Ok(Role::Delegate);
    }
    let role = Role::from_code(code).filter(|role| Role::OF_COUNCIL.contains(role));
    role.ok_or_else(|| AppError::field("role", "Hãy chọn một vai trò trong danh sách."))
}

fn check_passwords(preview: &Preview) -> Result<(), AppError> {
    let passwords = preview.lines.iter().filter(|line| line.has_password()).count();
    if passwords <= MAX_PASSWORDS {
        return Ok(());
    }
    let sentence = format!(
        "Danh sách có {passwords} tài khoản phải đặt mật khẩu lần đầu; mỗi lần mở nhiều nhất {MAX_PASSWORDS}, hãy chia làm \
         nhiều lần."
    );
    Err(AppError::field("names", sentence))
}

fn check_length(text: &str) -> Result<(), AppError> {
    let lines = text.lines().filter(|line| !clean(line).is_empty()).count();
    match lines {
        0 => Err(AppError::field("names", "Hãy dán danh sách họ tên, mỗi người một dòng.")),
        1..=MAX_LINES => Ok(()),
        _ => Err(AppError::field("names", format!("Danh sách dài quá {MAX_LINES} dòng; hãy chia làm nhiều lần."))),
    }
}

/// Roles as people write them: `Trưởng Ban kiểm phiếu, Đại biểu`, whatever the accents and capitals.
fn read_roles(council: CouncilId, text: &str, common: Role) -> Result<Vec<Role>, String> {
    let mut roles = Vec::new();
    for part in text.split(',').map(fold).filter(|part| !part.is_empty()) {
        let role = Role::OF_COUNCIL.into_iter().find(|role| fold(role.label()) == part || role.code() == part);
        match role {
            Some(role) if !roles.contains(&role) => roles.push(role),
            Some(_) => {}
            None => {
                let known = Role::OF_COUNCIL.map(Role::label).join(", ");
                return Err(format!("Không có vai trò này; hãy ghi một trong: {known}."));
            }
        }
    }
    let roles = if roles.is_empty() { vec![common] } else { roles };
    Roles::given(council, roles.iter().copied()).map_err(|wrong| wrong.to_string())?;
    Ok(roles)
}

/// Every line with what is wrong with it, against the accounts that there are (login, name) and the lines before it.
fn read(council: CouncilId, text: &str, common: Role, all: &[(String, String)]) -> Preview {
    let mut taken: Vec<String> = all.iter().map(|(login, _)| login.clone()).collect();
    let mut names: Vec<String> = all.iter().map(|(_, name)| fold(name)).collect();
    let mut preview = Preview::default();
    for (number, line) in (1..).zip(text.lines()) {
        if clean(line).is_empty() {
            continue;
        }
        let mut parts = line.splitn(3, ';');
        let (typed, login, roles) =
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let (name, wrong_name) = match full_name(typed) {
            Ok(name) => (name, None),
            Err(wrong) => (clean(typed), Some(wrong.to_string())),
        };
        let (login, wrong_login) = match read_login(login, &name, &taken) {
            Ok(login) => (login, None),
            Err(wrong) => (String::new(), Some(wrong)),
        };
        let (roles, wrong_roles) = match read_roles(council, roles, common) {
            Ok(roles) => (roles, None),
            Err(wrong) => (Vec::new(), Some(wrong)),
        };
        let error = wrong_name.or(wrong_login).or(wrong_roles).unwrap_or_default();
        let is_namesake = names.contains(&fold(&name));
        let note = if is_namesake {
            "Trùng tên với người khác; hãy kiểm tra có phải cùng một người."
        } else {
            ""
        };
        taken.push(login.clone());
        names.push(fold(&name));
        preview.lines.push(NewAccountLine { number, name, login, roles, error, note: note.to_owned() });
    }
    preview
}

/// The login that was typed, or one made from the name, where nobody has it.
fn read_login(typed: &str, name: &str, taken: &[String]) -> Result<String, String> {
    let is_taken = |login: &Login| taken.iter().any(|other| other == login.as_str());
    let login = match typed.trim() {
        "" => suggest_login(name, is_taken)
            .ok_or_else(|| "Không tự đặt được tên đăng nhập; hãy thêm «; tên đăng nhập» sau họ tên.".to_owned())?,
        typed => typed.parse::<Login>().map_err(|wrong| wrong.to_string())?,
    };
    if is_taken(&login) {
        return Err(format!("Tên đăng nhập «{login}» đã có người dùng."));
    }
    Ok(login.to_string())
}
