//! Many delegates at once, from a list of names: looked at first, then opened together or not at all.

use crate::people::accounts::{Manager, fresh};
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::account::{Account, Login, Roles, full_name, suggest_login};
use domain::id::AccountId;
use domain::role::Role;
use domain::text::{clean, fold};
use macros::boxed;
use store::{CouncilTx, accounts, logs};

/// Most that one list may hold: the largest body has about 500.
const MAX_LINES: usize = 1_000;

/// One line of the list, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccountLine {
    /// Number of the line, from 1.
    pub number: usize,
    /// Full name.
    pub name: String,
    /// Name to sign in with; empty when none can be had.
    pub login: String,
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
}

impl App {
    /// What a list would open. Nothing is written.
    ///
    /// # Errors
    /// When the caller does not manage the accounts of a council, or the list is empty or too long.
    #[boxed]
    pub async fn preview_delegates(&self, caller: &Caller, text: &str) -> Result<Preview, AppError> {
        caller.may(&[Role::Admin])?;
        check_length(text)?;
        Ok(read(text, &accounts::list(&mut self.store.read(caller.council).await?).await?))
    }

    /// Opens an account for every line of the list, or none. They have no password: a delegate comes in by an access
    /// slip, and chooses one then.
    ///
    /// # Errors
    /// When a line is wrong; see [`Self::preview_delegates`].
    #[boxed]
    pub async fn open_delegates(&self, ask: Ask<'_>, text: &str) -> Result<usize, AppError> {
        let actor = ask.caller.may(&[Role::Admin])?;
        check_length(text)?;
        let manager = Manager::try_from(ask)?;
        let (at, now) = (self.now_text()?, self.clock.now());
        let lines = text.lines().count();
        let ids: Result<Vec<AccountId>, AppError> =
            (0..lines).map(|_| Ok(AccountId::new(now, &self.chance.for_id()?))).collect();
        let (ids, text) = (ids?, text.to_owned());
        let opened = self.write_as(&manager, move |tx: &mut CouncilTx| {
            Box::pin(async move {
                let preview = read(&text, &accounts::list(tx).await?);
                if preview.errors() > 0 {
                    return Err(AppError::field("names", "Danh sách còn dòng phải sửa; chưa mở tài khoản nào."));
                }
                let log = logs::own(tx).await?;
                let roles = Roles::new(tx.council(), [Role::Delegate]).map_err(|e| AppError::field("names", e))?;
                let opened = preview.lines.len();
                for (line, id) in preview.lines.into_iter().zip(ids) {
                    let login: Login = line.login.parse().map_err(|e| AppError::field("names", e))?;
                    let account = fresh(id, login, line.name, roles.clone(), (at, &actor.name));
                    let account = Account { must_change_password: false, ..account };
                    accounts::add(tx, &account, None).await?;
                    tx.append(log, at, &actor, &account.opened()).await?;
                }
                Ok(opened)
            })
        });
        opened.await
    }
}

fn check_length(text: &str) -> Result<(), AppError> {
    let lines = text.lines().filter(|line| !clean(line).is_empty()).count();
    match lines {
        0 => Err(AppError::field("names", "Hãy dán danh sách họ tên, mỗi người một dòng.")),
        1..=MAX_LINES => Ok(()),
        _ => Err(AppError::field("names", format!("Danh sách dài quá {MAX_LINES} dòng; hãy chia làm nhiều lần."))),
    }
}

/// Every line with what is wrong with it, against the accounts that there are and the lines before it.
fn read(text: &str, all: &[Account]) -> Preview {
    let mut taken: Vec<String> = all.iter().map(|account| account.login.to_string()).collect();
    let mut names: Vec<String> = all.iter().map(|account| fold(&account.name)).collect();
    let mut preview = Preview::default();
    for (number, line) in (1..).zip(text.lines()) {
        let (name, login) = line.split_once(';').unwrap_or((line, ""));
        if clean(line).is_empty() {
            continue;
        }
        let (name, mut error) = match full_name(name) {
            Ok(name) => (name, String::new()),
            Err(wrong) => (clean(name), wrong.to_string()),
        };
        let login = match login.trim() {
            "" => suggest_login(&name, |login| taken.iter().any(|other| other == login.as_str()))
                .ok_or_else(|| "Không tự đặt được tên đăng nhập; hãy thêm «; tên đăng nhập» sau họ tên.".to_owned()),
            typed => typed.parse::<Login>().map_err(|wrong| wrong.to_string()),
        };
        let login = login.and_then(|login| {
            if taken.iter().any(|other| other == login.as_str()) {
                return Err(format!("Tên đăng nhập «{login}» đã có người dùng."));
            }
            Ok(login.to_string())
        });
        let login = login.unwrap_or_else(|wrong| {
            if error.is_empty() {
                error = wrong;
            }
            String::new()
        });
        let is_namesake = names.contains(&fold(&name));
        let note = if is_namesake {
            "Trùng tên với người khác; hãy kiểm tra có phải cùng một người."
        } else {
            ""
        };
        taken.push(login.clone());
        names.push(fold(&name));
        preview.lines.push(NewAccountLine { number, name, login, error, note: note.to_owned() });
    }
    preview
}
