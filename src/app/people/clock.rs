//! The clock of the machine: what is wrong with it, and how two people say that it is right when the log says otherwise.

use zeroize::Zeroizing;

use crate::people::sign_in::{GuessFrom, Turn, wait_sentence};
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::error::AppError;
use crate::service::passwords::{self, Password, Place, Waiter};
use domain::account::Account;
use domain::audit::{Actor, CouncilEvent, PollEvent, UtcTime};
use domain::id::CouncilId;
use domain::poll_state::Stage;
use domain::role::Role;
use domain::text::clean;
use macros::boxed;
use store::logs::LogHead;
use store::{CouncilTx, logs, polls};

/// Who may confirm the clock.
const KEEPERS: &[Role] = &[Role::Operator, Role::Admin, Role::Leader, Role::Clerk];
/// Longest reason, in characters.
const MAX_REASON: usize = 500;

/// Somebody who confirms the clock at the machine itself.
pub struct Proof {
    login: String,
    password: Password,
}

impl Proof {
    /// Of the account with this name to sign in with. `line` is the password, as a line was typed.
    pub fn new(login: String, line: String) -> Self {
        let line = Zeroizing::new(line);
        Self { login, password: Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()) }
    }
}

/// A confirmation that is written.
struct ClockConfirmation {
    at: UtcTime,
    proposed_by: Actor,
    by: Actor,
    reason: String,
}

impl App {
    /// Why nothing can be written in the caller's council by the clock as it is; `None` when it can.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn clock_problem(&self, caller: &Caller) -> Result<Option<String>, AppError> {
        if caller.may(KEEPERS).is_err() {
            return Ok(None);
        }
        match self.store.check_clock_in(caller.council, self.now_text()?).await {
            Ok(()) => Ok(None),
            Err(problem) if problem.is_of_clock() => Ok(Some(problem.to_string())),
            Err(other) => Err(other.into()),
        }
    }

    /// Writes into the council's logs that the clock of the machine is right: time goes on by it, even where the last
    /// entry is later. Gives how many logs there are.
    ///
    /// # Errors
    /// When they are not two people of the office with the right passwords, or there is no reason. In the installation
    /// itself, which may have one operator, `second` may be missing.
    #[boxed]
    pub async fn confirm_clock(
        &self,
        council: CouncilId,
        first: Proof,
        second: Option<Proof>,
        reason: &str,
    ) -> Result<usize, AppError> {
        let reason = clean(reason);
        if reason.is_empty() || reason.chars().count() > MAX_REASON {
            return Err(AppError::Input(format!("Hãy ghi lý do, không dài quá {MAX_REASON} ký tự.")));
        }
        let by = self.proved(council, first).await?;
        let proposed_by = match second {
            Some(second) => self.proved(council, second).await?,
            None if council.is_installation() => {
                Actor { account: None, name: "dòng lệnh".to_owned(), role: Role::Program }
            }
            None => return Err(AppError::Input("Phải có hai người; hãy thêm --second TÊN_ĐĂNG_NHẬP.".to_owned())),
        };
        if proposed_by.account == by.account {
            return Err(AppError::Input("Hai người phải là hai tài khoản khác nhau.".to_owned()));
        }
        let confirmation = ClockConfirmation { at: self.now_text()?, proposed_by, by, reason };
        self.store.write(council, move |tx| Box::pin(async move { confirmation.write(tx).await })).await
    }

    /// Who this is, by the password; a wrong one counts as at the door.
    pub(crate) async fn proved(&self, council: CouncilId, proof: Proof) -> Result<Actor, AppError> {
        let (account, phc, _) = self.account_to_open(council, &proof.login).await?;
        let place = Place::take(Waiter::Known)?;
        let guess = match &account {
            Some(account) => self.guess_at_account(council, account.id, GuessFrom::Console)?,
            None => self.guess_at_anyone("")?,
        };
        let counts = match self.store.write(council, move |tx| Box::pin(guess.count(tx))).await? {
            Turn::Wait(seconds) => return Err(AppError::Input(wait_sentence(seconds))),
            Turn::Counted(counts) => counts,
        };
        let fits = passwords::verify(place, self.cost, proof.password, phc).await?;
        let Some(account) = account.filter(|_| fits) else {
            return Err(AppError::Input(format!("Tên đăng nhập hoặc mật khẩu của «{}» không đúng.", proof.login)));
        };
        self.store.write(council, move |tx| Box::pin(async move { counts.take_back(tx).await })).await?;
        if account.must_change_password {
            return Err(AppError::Input(format!(
                "«{}» còn dùng mật khẩu lần đầu mà người khác đã thấy; hãy đăng nhập, đổi mật khẩu rồi xác nhận lại.",
                account.login
            )));
        }
        keeper(account)
    }
}

fn keeper(account: Account) -> Result<Actor, AppError> {
    let role = KEEPERS.iter().copied().find(|role| account.roles.has(*role)).ok_or_else(|| {
        let roles = "người quản trị, Thường trực, thư ký hoặc người vận hành";
        AppError::Input(format!("Tài khoản «{}» không xác nhận giờ máy được; phải là {roles}.", account.login))
    })?;
    Ok(Actor { account: Some(account.id), name: account.name, role })
}

impl ClockConfirmation {
    async fn write(self, tx: &mut CouncilTx) -> Result<usize, AppError> {
        let mut written = 0;
        for LogHead { log, poll, last_at, .. } in logs::heads(tx).await? {
            let Some(last) = last_at else { continue };
            let Self { at, proposed_by, by, reason } = &self;
            let (proposed_by, reason) = (proposed_by.clone(), reason.clone());
            match poll {
                None => {
                    let told = domain::audit::event::council::ClockConfirmed { last, proposed_by, reason };
                    tx.append(log, *at, by, &CouncilEvent::from(told)).await?;
                }
                Some(poll) => {
                    // Nothing follows in the log of a vote that was cancelled; one that is put away is left alone unless
                    // its time is wrong.
                    let stage = polls::find(tx, poll).await?.map(|found| found.state.stage());
                    match stage {
                        None | Some(Stage::Cancelled) => continue,
                        Some(Stage::Archived) if last <= *at => continue,
                        Some(_) => {}
                    }
                    let told = domain::audit::event::poll::ClockConfirmed { last, proposed_by, reason };
                    tx.append(log, *at, by, &PollEvent::from(told)).await?;
                }
            }
            written += 1;
        }
        Ok(written)
    }
}
