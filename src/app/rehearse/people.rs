//! The board of tellers as accounts of the rehearsed council, so that entries name the people who would act.

use crate::service::app::App;
use crate::service::error::AppError;
use domain::account::{Account, AccountState, Login, Roles, full_name};
use domain::audit::event::council::AccountOpened;
use domain::audit::{Actor, CouncilEvent, UtcTime};
use domain::batch::Reader;
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use domain::roster::{Teller, TellerRole};
use domain::simulate::two_tellers;
use store::{CouncilTx, accounts, logs};

/// The people who act for the board; the program, where the workbook names nobody.
pub(super) struct BoardActors {
    pub head: Actor,
    /// The first of the two who read.
    pub teller: Actor,
    /// Both.
    pub readers: [Reader; 2],
}

/// Opens an account without a password for every member.
pub(super) async fn board(
    app: &App,
    council: CouncilId,
    tellers: &[Teller],
    program: &Actor,
) -> Result<BoardActors, AppError> {
    let at = app.now_text()?;
    let mut opened = Vec::with_capacity(tellers.len());
    for (number, teller) in (1..).zip(tellers) {
        opened.push(account(app, council, number, teller, at)?);
    }
    let names = two_tellers(tellers);
    let actor = |found: Option<&Account>, role| {
        found.map_or_else(
            || program.clone(),
            |account| Actor { account: Some(account.id), name: account.name.clone(), role },
        )
    };
    let of = |wanted: &dyn Fn(&Teller) -> bool| tellers.iter().position(wanted).and_then(|at| opened.get(at));
    let head = actor(of(&|teller| teller.role == TellerRole::Head), Role::HeadTeller);
    let reader = |name: &str| {
        of(&|teller: &Teller| teller.role != TellerRole::Head && teller.name == name).map(|found| found.id)
    };
    let readers = names.map(|name| Reader { account: reader(name), name: name.to_owned() });
    let reads = |teller: &Teller| teller.role != TellerRole::Head && teller.name == names[0];
    let teller = actor(of(&reads), Role::Teller);
    let by = program.clone();
    app.store.write(council, move |tx| Box::pin(async move { open_all(tx, &opened, at, &by).await })).await?;
    Ok(BoardActors { head, teller, readers })
}

fn account(app: &App, council: CouncilId, number: u32, teller: &Teller, at: UtcTime) -> Result<Account, AppError> {
    let role = if teller.role == TellerRole::Head { Role::HeadTeller } else { Role::Teller };
    let login: Login = format!("kiem.phieu.{number}").parse().map_err(|e| AppError::internal("lập tài khoản", e))?;
    Ok(Account {
        id: AccountId::new(app.clock.now(), &app.chance.for_id()?),
        login,
        name: full_name(&teller.name).map_err(|e| AppError::Input(format!("Ban kiểm phiếu, {}: {e}", teller.name)))?,
        roles: Roles::new(council, [role]).map_err(|e| AppError::internal("lập tài khoản", e))?,
        state: AccountState::Open,
        must_change_password: false,
        has_second_factor: false,
        last_sign_in_at: None,
        version: 1,
        changed_at: at,
        changed_by: "tinnhiem".to_owned(),
    })
}

async fn open_all(tx: &mut CouncilTx, opened: &[Account], at: UtcTime, by: &Actor) -> Result<(), AppError> {
    let log = logs::own(tx).await?;
    for account in opened {
        accounts::add(tx, account, None).await?;
        let event = AccountOpened {
            account: account.id,
            login: account.login.to_string(),
            name: account.name.clone(),
            roles: account.roles.iter().collect(),
        };
        tx.append(log, at, by, &CouncilEvent::from(event)).await?;
    }
    Ok(())
}
