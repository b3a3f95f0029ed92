//! Sessions: begun, found again by their token, ended.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::token::Token;
use crate::service::app::{App, Ask};
use crate::service::caller::{Caller, Pending};
use crate::service::error::AppError;
use domain::account::{Account, AccountState};
use domain::audit::event::council::{SessionStarted, SessionsEnded, SignInBy};
use domain::audit::{Actor, CouncilEvent, UtcTime};
use domain::id::{AccountId, CouncilId, SessionId};
use domain::role::Role;
use domain::session::{self, LONGEST, Standing};
use macros::boxed;
use store::{CouncilTx, StoreError, accounts, councils, credentials, logs, sessions};

/// Longest name of a browser that is stored, in characters.
const MAX_DEVICE: usize = 300;

/// Sessions whose last use is being written down, and when that was.
#[derive(Debug, Default)]
struct Touching(Mutex<BTreeMap<SessionId, UtcTime>>);

impl Touching {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<SessionId, UtcTime>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session that is about to begin: all that must be settled before its transaction.
pub struct NewSession {
    token: Token,
    id: SessionId,
    by: SignInBy,
    device: String,
    at: UtcTime,
    sweep_before: UtcTime,
}

impl NewSession {
    /// Begins the session in a transaction that does more, such as using up a slip.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the account was disabled meanwhile.
    pub(crate) async fn begin(self, tx: &mut CouncilTx, account: AccountId) -> Result<Token, AppError> {
        let Self { token, id, by, device, at, sweep_before } = self;
        let account = accounts::find(tx, account).await?.filter(|account| account.state == AccountState::Open);
        let account = account.ok_or(AppError::Forbidden)?;
        let (previous_at, failures) = credentials::signed_in(tx, account.id, at).await?;
        sessions::sweep(tx, sweep_before).await?;
        let session = sessions::Session {
            id,
            account: account.id,
            signed_in_by: proof_code(by).to_owned(),
            device,
            started_at: at,
            seen_at: at,
            previous_at,
            failures_before: failures.count,
        };
        sessions::add(tx, &session, &token.hash()).await?;
        let role = account.roles.iter().next().unwrap_or(Role::Program);
        let actor = Actor { account: Some(account.id), name: account.name, role };
        let log = logs::own(tx).await?;
        tx.append(log, at, &actor, &CouncilEvent::from(SessionStarted { account: account.id, by })).await?;
        Ok(token)
    }
}

const fn proof_code(by: SignInBy) -> &'static str {
    match by {
        SignInBy::Password => "password",
        SignInBy::SecondFactor => "second_factor",
        SignInBy::Slip => "slip",
        SignInBy::SetUpLink => "set_up_link",
    }
}

/// A session, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// Its id.
    pub id: SessionId,
    /// `Chrome trên Windows`.
    pub device: String,
    /// When it began.
    pub started_at: UtcTime,
    /// When it was used last, to a minute.
    pub seen_at: UtcTime,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

impl App {
    /// Draws token and id of a session before the transaction that begins it.
    ///
    /// # Errors
    /// When the operating system has no chance to give.
    pub(crate) fn new_session(&self, council: CouncilId, by: SignInBy, device: &str) -> Result<NewSession, AppError> {
        Ok(NewSession {
            token: Token::new(council, &self.chance)?,
            id: SessionId::new(self.clock.now(), &self.chance.for_id()?),
            by,
            device: device.chars().filter(|c| !c.is_control()).take(MAX_DEVICE).collect(),
            at: self.now_text()?,
            sweep_before: self.seconds_ago(LONGEST)?,
        })
    }

    /// Begins a session of somebody who has proved who they are.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the account was disabled meanwhile.
    #[allow(dead_code, reason = "access slips sign in by it")]
    pub(crate) async fn start_session(
        &self,
        council: CouncilId,
        account: Account,
        by: SignInBy,
        device: String,
    ) -> Result<Token, AppError> {
        let new = self.new_session(council, by, &device)?;
        self.store.write(council, move |tx| Box::pin(new.begin(tx, account.id))).await
    }

    /// The caller behind a token, if its session still runs. Its use is recorded once a minute, and nobody waits for that.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn caller(&self, token: &Token) -> Result<Option<Caller>, AppError> {
        let now = self.now_text()?;
        // Before the row is read: what is written down by then is in it.
        let touching = self.memory.of::<Touching>().lock().clone();
        let mut tx = self.store.read(token.council).await?;
        let Some(found) = sessions::find(&mut tx, &token.hash()).await? else { return Ok(None) };
        let account = accounts::find(&mut tx, found.account).await?;
        let Some(account) = account.filter(|account| account.state == AccountState::Open) else { return Ok(None) };
        let Some(council) = councils::own(&mut tx).await? else { return Ok(None) };
        drop(tx);
        let limits = session::limits(&account.roles);
        let seen_at = touching.get(&found.id).map_or(found.seen_at, |seen| found.seen_at.max(*seen));
        let Standing::Live { touch } = session::standing(limits, found.started_at, seen_at, now) else {
            return Ok(None);
        };
        if touch {
            self.touch_session(token.council, found.id, now);
        }
        // A slip proves more than a password does; its holder may have no password.
        let needs_factor =
            council.second_factor_required && !account.has_second_factor && found.signed_in_by == "password";
        let pending = match (account.must_change_password, needs_factor) {
            (true, _) => Some(Pending::FirstPassword),
            (false, true) => Some(Pending::SecondFactor),
            (false, false) => None,
        };
        Ok(Some(Caller {
            council: token.council,
            council_name: council.name,
            account,
            session: found.id,
            pending,
            previous_sign_in: found.previous_at,
            failures_before: found.failures_before,
        }))
    }

    /// Writes down that a session was used, in a task of its own; not again while that task waits. A failure (the disk is
    /// full) ends nothing: the next request tries again.
    fn touch_session(&self, council: CouncilId, session: SessionId, now: UtcTime) {
        let touching = self.memory.of::<Touching>();
        if touching.lock().insert(session, now).is_some() {
            return;
        }
        let store = self.store.clone();
        tokio::spawn(async move {
            let mut at = now;
            loop {
                let touched: Result<(), StoreError> = store
                    .write_as("touch_session", council, move |tx| {
                        Box::pin(async move { sessions::touch(tx, session, at).await })
                    })
                    .await;
                let mut touching = touching.lock();
                match touching.get(&session) {
                    // It was used again while this waited.
                    Some(later) if *later > at && touched.is_ok() => at = *later,
                    _ => {
                        touching.remove(&session);
                        drop(touching);
                        if let Err(cause) = touched {
                            tracing::warn!(?cause, "the last use of a session was not written down");
                        }
                        return;
                    }
                }
            }
        });
    }

    /// What forms of a session carry: no other site knows the first part; the second says whose form it is after the
    /// session has ended.
    pub fn form_token(&self, token: &Token, caller: &Caller) -> String {
        format!("{}.{}", token.form_token(), self.form_owner(caller))
    }

    /// The part of a form's token that stays the same for an account.
    pub fn form_owner(&self, caller: &Caller) -> String {
        self.keys.form_owner(caller.council, caller.account.id).to_string()
    }

    /// Ends the caller's session.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), AppError> {
        let (account, session) = (caller.account.id, caller.session);
        let ended = self
            .store
            .write(caller.council, move |tx| Box::pin(async move { sessions::end(tx, account, session).await }));
        Ok(ended.await.map(drop)?)
    }

    /// Ends the session of a token that its browser is about to forget for another.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn end_former(&self, token: &Token) -> Result<(), AppError> {
        let hash = token.hash();
        let ended =
            self.store.write(token.council, move |tx| Box::pin(async move { sessions::end_by_token(tx, &hash).await }));
        Ok(ended.await?)
    }

    /// The caller's sessions that still run, the one used last first.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn own_sessions(&self, caller: &Caller) -> Result<Vec<OwnSession>, AppError> {
        let now = self.now_text()?;
        let limits = session::limits(&caller.account.roles);
        let mut tx = self.store.read(caller.council).await?;
        let found = sessions::of_account(&mut tx, caller.account.id).await?;
        let live = found.into_iter().filter(|found| {
            matches!(session::standing(limits, found.started_at, found.seen_at, now), Standing::Live { .. })
        });
        Ok(live
            .map(|found| OwnSession {
                id: found.id,
                device: session::device_words(&found.device),
                started_at: found.started_at,
                seen_at: found.seen_at,
                is_this: found.id == caller.session,
            })
            .collect())
    }

    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    /// When the caller has no such session.
    #[boxed]
    pub async fn end_session(&self, ask: Ask<'_>, session: SessionId) -> Result<(), AppError> {
        let account = ask.caller.account.id;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let ended = sessions::end(tx, account, session).await?;
                if ended { Ok(()) } else { Err(AppError::NotFound("phiên đăng nhập này")) }
            })
        })
        .await
    }

    /// Ends all of the caller's sessions, this one too.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn end_all_sessions(&self, ask: Ask<'_>) -> Result<(), AppError> {
        let (actor, account, at) = (ask.caller.own()?, ask.caller.account.id, self.now_text()?);
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                sessions::end_all(tx, account, None).await?;
                let log = logs::own(tx).await?;
                tx.append(log, at, &actor, &CouncilEvent::from(SessionsEnded { account })).await?;
                Ok(())
            })
        })
        .await
    }
}
