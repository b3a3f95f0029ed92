//! Guesses are counted before they are looked at, so that a thousand at once are no better than one after another; what
//! was right is taken back.
//!
//! A guess counts for the account from the place it comes from, for the account from everywhere, and for the address. Only
//! the second of these is in the database; names that nobody has are counted in memory like accounts, so that whoever makes
//! them up writes nothing and sees no difference. A browser that has signed in as the account before is a place of its own, and
//! passes by what others do to the account or to the address.

use std::sync::Arc;

use super::guesses::{Counter, Guesses, Own, Told};
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::event::council::SignInDelayed;
use domain::audit::{Actor, CouncilEvent, Digest, UtcTime};
use domain::id::{AccountId, CouncilId, SessionId};
use domain::role::Role;
use domain::sign_in_delay::{self, AHEAD, FailureKind, WORTH_LOGGING};
use store::failures::{self, Failures};
use store::{CouncilTx, logs};

/// Where a guess comes from.
#[derive(Clone, Debug)]
pub(crate) enum GuessFrom {
    /// An address of the network.
    Address(Digest),
    /// A browser that has signed in as this account before.
    Browser(Digest),
    /// Somebody who is signed in proves again who they are.
    Session(SessionId),
    /// Somebody at the machine itself, whose process remembers nothing: the account's own count stands for the place.
    Console,
}

/// What a guess is counted for.
#[derive(Clone, Debug)]
pub(crate) struct Guess {
    account: Option<AccountId>,
    /// In memory; with one of an account's own count, which is in its row.
    counters: Vec<Counter>,
    /// How the account's own count delays, where it does.
    own: Option<FailureKind>,
    at: UtcTime,
    ahead: UtcTime,
    guesses: Arc<Guesses>,
}

/// A guess that was counted, and what the counts were before.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    guess: Guess,
    own_before: Failures,
    told: Vec<Told>,
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
    pub(crate) fn guess_at_account(
        &self,
        council: CouncilId,
        account: AccountId,
        from: GuessFrom,
    ) -> Result<Guess, AppError> {
        let who = self.keys.guessed_at(council, &format!("account {account}"));
        let place = |digest| Counter { who: Some(who), place: Some(digest), kind: FailureKind::Place };
        let (counters, own) = match from {
            GuessFrom::Address(address) => {
                let of_address = Counter { who: None, place: Some(address), kind: FailureKind::Address };
                (vec![place(address), of_address], Some(FailureKind::Everywhere))
            }
            GuessFrom::Browser(browser) => (vec![place(browser)], None),
            GuessFrom::Session(session) => (vec![place(Digest::of(session.to_string().as_bytes()))], None),
            GuessFrom::Console => (Vec::new(), Some(FailureKind::Place)),
        };
        self.guess(Some(account), counters, own)
    }

    /// A guess at the password of a name that no open account of the council has.
    pub(super) fn guess_at_nobody(&self, council: CouncilId, login: &str, address: &str) -> Result<Guess, AppError> {
        let login: String = login.trim().to_lowercase().chars().take(100).collect();
        let who = Some(self.keys.guessed_at(council, &format!("name {login}")));
        let place = Some(self.keys.address_hash(address));
        let counters = vec![
            Counter { who, place, kind: FailureKind::Place },
            Counter { who, place: None, kind: FailureKind::Everywhere },
            Counter { who: None, place, kind: FailureKind::Address },
        ];
        self.guess(None, counters, None)
    }

    /// A guess at something that names nobody, such as the code of a slip.
    pub(crate) fn guess_at_anyone(&self, address: &str) -> Result<Guess, AppError> {
        let place = Some(self.keys.address_hash(address));
        self.guess(None, vec![Counter { who: None, place, kind: FailureKind::Address }], None)
    }

    fn guess(
        &self,
        account: Option<AccountId>,
        counters: Vec<Counter>,
        own: Option<FailureKind>,
    ) -> Result<Guess, AppError> {
        let guesses = self.memory.of::<Guesses>();
        Ok(Guess { account, counters, own, at: self.now_text()?, ahead: self.seconds_ago(-AHEAD)?, guesses })
    }

    /// Forgets what was counted for an account in this process, wherever it came from.
    pub(crate) fn forget_guesses(&self, council: CouncilId, account: AccountId) {
        let who = self.keys.guessed_at(council, &format!("account {account}"));
        self.memory.of::<Guesses>().forget(who);
    }

    /// Writes down that a guess was wrong, when it brought a delay worth the log. Gives the sentence for the field.
    pub(crate) async fn was_wrong(&self, council: CouncilId, counts: &Counts, what: &str) -> Result<String, AppError> {
        let (wait, count) = counts.delay();
        if let Some(account) = counts.guess.account
            && wait >= WORTH_LOGGING
        {
            let (at, failures) = (counts.guess.at, count);
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
    /// Counts the guess in memory, unless a delay runs; `own` is what the account's row says.
    pub(crate) fn enter(self, own: Failures) -> Turn {
        let row = self.account.map(|_| Own { count: own.count, wait: self.own_wait(own) });
        match self.guesses.enter(&self.counters, row, self.at) {
            Ok(told) => Turn::Counted(Counts { guess: self, own_before: own, told }),
            Err(seconds) => Turn::Wait(seconds),
        }
    }

    /// Seconds that the account's own count makes this guess wait.
    fn own_wait(&self, own: Failures) -> u64 {
        match (self.own, own.failed_at) {
            (Some(kind), Some(failed_at)) => sign_in_delay::remaining(own.count, failed_at, kind, self.at),
            _ => 0,
        }
    }

    /// Counts the guess in memory and in the account's row, unless a delay runs.
    pub(crate) async fn count(self, tx: &mut CouncilTx) -> Result<Turn, AppError> {
        let own = match self.account {
            Some(account) => failures::of_account(tx, account).await?,
            None => Failures::default(),
        };
        Ok(match self.enter(own) {
            Turn::Counted(counts) => match counts.write_down(tx).await? {
                0 => Turn::Counted(counts),
                seconds => Turn::Wait(seconds),
            },
            wait @ Turn::Wait(_) => wait,
        })
    }
}

impl Counts {
    /// Counts the guess in the account's row too. Gives the seconds that are to wait after all, because others were counted
    /// there in the meantime.
    pub(crate) async fn write_down(&self, tx: &mut CouncilTx) -> Result<u64, AppError> {
        let Some(account) = self.guess.account else { return Ok(0) };
        let wait = self.guess.own_wait(failures::of_account(tx, account).await?);
        if wait == 0 {
            failures::add_to_account(tx, account, self.guess.at, self.guess.ahead).await?;
        }
        Ok(wait)
    }

    /// Takes the guess back: it was right.
    pub(crate) async fn take_back(&self, tx: &mut CouncilTx) -> Result<(), AppError> {
        if let Some(account) = self.guess.account {
            failures::take_from_account(tx, account, self.own_before).await?;
        }
        self.guess.guesses.take_back(&self.told);
        Ok(())
    }

    /// The guess has led to a session: what was counted at this place is over.
    pub(crate) fn signed_in(&self) {
        self.guess.guesses.forget_place(&self.told);
    }

    /// The longest delay that this guess brings if it was wrong, and the count behind it. That of an address is told to those
    /// who guess at nobody in particular.
    fn delay(&self) -> (u64, u32) {
        let is_of_somebody = self.told.iter().any(|told| told.counter.who.is_some()) || self.guess.own.is_some();
        let own_ones = self.told.iter().filter(|told| told.counter.who.is_some() || !is_of_somebody);
        let in_memory = own_ones.map(|told| (told.count, told.counter.kind));
        let own = self.guess.own.map(|kind| (self.own_before.count.saturating_add(1), kind));
        let delays = in_memory.chain(own).map(|(count, kind)| (sign_in_delay::delay_after(count, kind), count));
        // Of no delay, the count of the place, which comes first.
        delays.rev().max_by_key(|(wait, _)| *wait).unwrap_or_default()
    }
}
