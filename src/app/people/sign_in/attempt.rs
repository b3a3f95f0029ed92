//! Guesses are counted before they are looked at, so that a thousand at once are no better than one after another; what
//! was right is taken back.

use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::event::council::SignInDelayed;
use domain::audit::{Actor, CouncilEvent, Digest, UtcTime};
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use domain::sign_in_delay::{self, ADDRESS_FOR, FailureKind, NAME_FOR, WORTH_LOGGING};
use store::failures::{self, Failures};
use store::{CouncilTx, logs};

/// What a guess is counted for.
#[derive(Clone, Debug)]
pub(crate) struct Guess {
    who: Who,
    /// `None` when somebody who is signed in proves again who they are.
    address: Option<Digest>,
    at: UtcTime,
    /// Failures of an address before this moment no longer count.
    address_since: UtcTime,
    /// Names that no account has are remembered from this moment on.
    name_since: UtcTime,
}

#[derive(Clone, Debug)]
enum Who {
    Account(AccountId),
    /// A name that no open account has: delayed alike, so that the delay does not reveal that.
    Nobody(Digest),
    /// No name is asked for: an access slip.
    Anyone,
}

/// A guess that was counted, and what the counts were before.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    guess: Guess,
    who_before: Failures,
    address_before: Failures,
    /// Now, with this one.
    count: u32,
}

/// Whether a guess is looked at at all.
pub(crate) enum Turn {
    /// It was counted.
    Counted(Counts),
    /// A delay runs; seconds that are left.
    Wait(u64),
}

impl App {
    /// A guess at the password or code of `account`.
    pub(crate) fn guess_at_account(&self, account: AccountId, address: Option<&str>) -> Result<Guess, AppError> {
        self.guess(Who::Account(account), address)
    }

    /// A guess at the password of a name that no open account of the council has.
    pub(super) fn guess_at_nobody(&self, login: &str, address: &str) -> Result<Guess, AppError> {
        let login: String = login.trim().to_lowercase().chars().take(100).collect();
        self.guess(Who::Nobody(self.keys.login_hash(&login)), Some(address))
    }

    /// A guess at something that names nobody, such as the code of a slip.
    pub(crate) fn guess_at_anyone(&self, address: &str) -> Result<Guess, AppError> {
        self.guess(Who::Anyone, Some(address))
    }

    fn guess(&self, who: Who, address: Option<&str>) -> Result<Guess, AppError> {
        let address = address.map(|address| self.keys.address_hash(address));
        let (address_since, name_since) = (self.seconds_ago(ADDRESS_FOR)?, self.seconds_ago(NAME_FOR)?);
        Ok(Guess { who, address, at: self.now_text()?, address_since, name_since })
    }

    /// Writes down that a guess was wrong, when it brought a delay worth the log. Gives the sentence for the field.
    pub(crate) async fn was_wrong(&self, council: CouncilId, counts: &Counts, what: &str) -> Result<String, AppError> {
        let kind = if matches!(counts.guess.who, Who::Anyone) { FailureKind::Address } else { FailureKind::Account };
        let wait = sign_in_delay::delay_after(counts.count, kind);
        if let Who::Account(account) = counts.guess.who
            && wait >= WORTH_LOGGING
        {
            let (at, failures) = (counts.guess.at, counts.count);
            let logged = self.store.write(council, move |tx| {
                Box::pin(async move {
                    let log = logs::own(tx).await?;
                    let actor = Actor { account: None, name: "tinnhiem".to_owned(), role: Role::Program };
                    tx.append(log, at, &actor, &CouncilEvent::from(SignInDelayed { account, failures })).await
                })
            });
            logged.await?;
        }
        Ok(match wait {
            0 => format!("{what} không đúng; hãy gõ lại."),
            wait => format!("{what} không đúng; hãy đợi {} rồi gõ lại.", sign_in_delay::in_words(wait)),
        })
    }
}

/// What is said while a delay runs: whether the guess was right stays open.
pub(crate) fn wait_sentence(seconds: u64) -> String {
    format!(
        "Đã nhập sai nhiều lần nên phải chờ; hãy đợi {} rồi thử lại. Lần gõ này chưa được kiểm tra.",
        sign_in_delay::in_words(seconds)
    )
}

impl Guess {
    /// Counts the guess, unless a delay runs.
    pub(crate) async fn count(self, tx: &mut CouncilTx) -> Result<Turn, AppError> {
        let who_before = match &self.who {
            Who::Account(id) => failures::of_account(tx, *id).await?,
            Who::Nobody(hash) => failures::of_hash(tx, hash).await?,
            Who::Anyone => Failures::default(),
        };
        let address_before = match &self.address {
            Some(hash) => failures::of_hash(tx, hash).await?,
            None => Failures::default(),
        };
        let left = |failures: Failures, kind| match failures.failed_at {
            Some(failed_at) => sign_in_delay::remaining(failures.count, failed_at, kind, self.at),
            None => 0,
        };
        let wait = left(who_before, FailureKind::Account).max(left(address_before, FailureKind::Address));
        if wait > 0 {
            return Ok(Turn::Wait(wait));
        }
        failures::sweep(tx, self.name_since).await?;
        let by_address = match &self.address {
            Some(hash) => failures::add_to_hash(tx, hash, self.at, self.address_since).await?,
            None => 0,
        };
        let count = match &self.who {
            Who::Account(id) => failures::add_to_account(tx, *id, self.at).await?,
            Who::Nobody(hash) => failures::add_to_hash(tx, hash, self.at, self.name_since).await?,
            Who::Anyone => by_address,
        };
        Ok(Turn::Counted(Counts { guess: self, who_before, address_before, count }))
    }
}

impl Counts {
    /// Takes the guess back: it was right.
    pub(crate) async fn take_back(&self, tx: &mut CouncilTx) -> Result<(), AppError> {
        match &self.guess.who {
            Who::Account(id) => failures::take_from_account(tx, *id, self.who_before).await?,
            Who::Nobody(hash) => failures::take_from_hash(tx, hash, self.who_before).await?,
            Who::Anyone => {}
        }
        if let Some(hash) = &self.guess.address {
            failures::take_from_hash(tx, hash, self.address_before).await?;
        }
        Ok(())
    }
}
