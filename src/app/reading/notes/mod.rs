//! Ghi chú riêng: what a delegate writes beside dossiers for nobody else.
//!
//! # What is protected
//!
//! Notes are sealed with a key of their own account (see `seal`). The database keeps that key only wrapped by a
//! passphrase that its owner alone knows. So none of these can read a note: other delegates, the office,
//! administrators, and anybody who has a copy of the database, its backup, or the secret key of the installation. After
//! the passphrase was typed, the key is in a cookie of that browser until its session ends; the server forgets it with
//! each answer. The log and the histories of records say nothing of notes, and a form with a note is not carried over a
//! new sign-in.
//!
//! # What is not
//!
//! * Whoever changes the program that runs could catch a passphrase, a key or a note while it is on its way through.
//! * Whoever sits at the open browser of the delegate reads what it shows.
//! * The database tells who has notes about which dossier, when they were changed last, and their length in blocks of 256
//!   bytes.
//! * A passphrase that can be guessed: trying one takes 64 MiB of memory and a tenth of a second, no more.
//! * A forgotten passphrase cannot be recovered by anybody; its notes can only be deleted.

mod seal;

use zeroize::Zeroizing;

use crate::people::sign_in::{GuessFrom, Turn, wait_sentence};
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::{AppError, Conflict, FieldError};
use crate::service::passwords::{self, Password};
use domain::audit::UtcTime;
use domain::id::{AccountId, CouncilId, PollId};
use domain::password::normal_form;
use domain::release::About;
use domain::role::Role;
use domain::text::clean_lines;
use macros::boxed;
use store::notes::{NoteKeyRow, SealedNote};
use store::{CouncilTx, StoreError, notes, polls};

use seal::NoteContext;
pub use seal::NoteKey;

/// Roles that write notes.
pub const WRITERS: &[Role] = &[Role::Delegate];
/// Fewest letters of a passphrase.
pub const LEAST_LETTERS: usize = 8;
/// Most letters of a passphrase.
const MOST_PASSPHRASE: usize = 200;
/// Most letters of a note.
pub const MOST_LETTERS: usize = 20_000;

/// Whether a delegate's notes can be read now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// No passphrase was chosen yet.
    None,
    /// This browser does not have the key.
    Locked,
    /// This browser has the key.
    Open,
}

/// A note that was opened. What it says is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct Note {
    /// The dossier that it is about.
    pub about: About,
    /// What it says; `None` when it does not open, because somebody changed it in the database.
    pub text: Option<Zeroizing<String>>,
    /// The version that the next change replaces.
    pub version: u64,
    /// When it was changed last.
    pub changed_at: UtcTime,
}

impl std::fmt::Debug for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Note({:?}, …)", self.about)
    }
}

/// Whether notes can be read now, and those that could be opened.
#[derive(Clone, Debug)]
pub struct Notes {
    /// Whether this browser has their key.
    pub lock: Lock,
    /// Opened ones; none while they are locked.
    pub notes: Vec<Note>,
    /// How many there are, opened or not.
    pub total: usize,
}

/// A passphrase that was typed, and typed again.
pub struct Chosen {
    /// The passphrase.
    pub passphrase: Password,
    /// Once more.
    pub again: Password,
}

impl Chosen {
    fn checked(self) -> Result<Password, AppError> {
        let letters = normal_form(&self.passphrase).chars().count();
        let mut wrong = Vec::new();
        let mut say = |field, sentence: &str| wrong.push(FieldError { field, sentence: sentence.to_owned() });
        if letters < LEAST_LETTERS {
            say("note_passphrase", "Mã khóa ghi chú phải có ít nhất 8 ký tự; vài từ không liên quan là dễ nhớ.");
        } else if letters > MOST_PASSPHRASE {
            say("note_passphrase", "Mã khóa ghi chú không được dài quá 200 ký tự.");
        } else if normal_form(&self.passphrase) != normal_form(&self.again) {
            say("note_passphrase_again", "Hai lần gõ mã khóa khác nhau; hãy gõ lại cả hai.");
        }
        if wrong.is_empty() { Ok(self.passphrase) } else { Err(AppError::Fields { fields: wrong }) }
    }
}

const NO_KEY: &str = "Bạn chưa đặt mã khóa ghi chú; hãy đặt mã khóa trước.";
const LOCKED: &str = "Ghi chú đang khóa; hãy nhập mã khóa ghi chú rồi lưu lại.";

impl App {
    /// Notes of the caller before a vote, with the key that their browser sent.
    ///
    /// # Errors
    /// When the caller keeps no notes.
    #[boxed]
    pub async fn notes(&self, caller: &Caller, key: Option<&NoteKey>, poll: PollId) -> Result<Notes, AppError> {
        caller.may(WRITERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let lock = lock_of(&mut tx, caller, key).await?;
        let sealed = notes::of_account(&mut tx, poll, caller.account.id).await?;
        let total = sealed.len();
        let key = key.filter(|_| lock == Lock::Open);
        let notes =
            key.map_or_else(Vec::new, |key| sealed.into_iter().map(|note| open(caller, key, poll, note)).collect());
        Ok(Notes { lock, notes, total })
    }

    /// The note of the caller about one dossier, in a transaction that reads more.
    pub(crate) async fn note_in(
        &self,
        tx: &mut CouncilTx,
        caller: &Caller,
        key: Option<&NoteKey>,
        poll: PollId,
        about: &About,
    ) -> Result<(Lock, Option<Note>), AppError> {
        let lock = lock_of(tx, caller, key).await?;
        let Some(key) = key.filter(|_| lock == Lock::Open) else { return Ok((lock, None)) };
        let sealed = notes::find(tx, poll, caller.account.id, about).await?;
        Ok((lock, sealed.map(|sealed| open(caller, key, poll, sealed))))
    }

    /// Whether the caller's notes can be read now.
    ///
    /// # Errors
    /// When the caller keeps no notes.
    #[boxed]
    pub async fn note_lock(&self, caller: &Caller, key: Option<&NoteKey>) -> Result<Lock, AppError> {
        caller.may(WRITERS)?;
        lock_of(&mut self.store.read(caller.council).await?, caller, key).await
    }

    /// Chooses the passphrase, the first time. Gives the key for the browser.
    ///
    /// # Errors
    /// On fields `note_passphrase`, `note_passphrase_again`; when one was chosen before.
    #[boxed]
    pub async fn choose_note_passphrase(&self, ask: Ask<'_>, chosen: Chosen) -> Result<NoteKey, AppError> {
        ask.caller.may(WRITERS)?;
        let (council, account, at) = (ask.caller.council, ask.caller.account.id, self.now_text()?);
        let passphrase = chosen.checked()?;
        let key = NoteKey::new(&self.chance)?;
        let row = self.wrapped(&key, passphrase, council, account).await?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                if notes::key(tx, account).await?.is_some() {
                    let sentence = "Bạn đã đặt mã khóa ghi chú từ trước; hãy mở khóa bằng mã đó.";
                    return Err(AppError::field("note_passphrase", sentence));
                }
                Ok(notes::add_key(tx, account, &row, at).await?)
            })
        })
        .await?;
        Ok(key)
    }

    /// Opens the caller's notes. Gives the key for the browser. Wrong ones are delayed like wrong passwords.
    ///
    /// # Errors
    /// On field `note_passphrase` when it does not fit or a delay runs.
    #[boxed]
    pub async fn unlock_notes(&self, caller: &Caller, passphrase: Password) -> Result<NoteKey, AppError> {
        caller.may(WRITERS)?;
        self.prove_passphrase(caller, "note_passphrase", passphrase).await
    }

    /// Wraps the caller's key by another passphrase; notes stay as they are. Gives the key for the browser.
    ///
    /// # Errors
    /// On field `old_note_passphrase` when it does not fit or a delay runs; on those of the new one.
    #[boxed]
    pub async fn change_note_passphrase(
        &self,
        ask: Ask<'_>,
        old: Password,
        chosen: Chosen,
    ) -> Result<NoteKey, AppError> {
        ask.caller.may(WRITERS)?;
        let (council, account) = (ask.caller.council, ask.caller.account.id);
        let passphrase = chosen.checked()?;
        let key = self.prove_passphrase(ask.caller, "old_note_passphrase", old).await?;
        let row = self.wrapped(&key, passphrase, council, account).await?;
        self.write_once(ask, move |tx| Box::pin(async move { Ok(notes::rewrap_key(tx, account, &row).await?) }))
            .await?;
        Ok(key)
    }

    /// Deletes all notes of the caller, before whichever vote, together with their key. Nothing brings them back.
    ///
    /// # Errors
    /// On field `confirmed` when the box is not ticked.
    #[boxed]
    pub async fn forget_notes(&self, ask: Ask<'_>, is_confirmed: bool) -> Result<(), AppError> {
        ask.caller.may(WRITERS)?;
        if !is_confirmed {
            let sentence = "Hãy đánh dấu ô xác nhận: ghi chú đã xóa thì không ai lấy lại được.";
            return Err(AppError::field("confirmed", sentence));
        }
        let account = ask.caller.account.id;
        self.write_once(ask, move |tx| Box::pin(async move { Ok(notes::forget(tx, account).await.map(drop)?) })).await
    }

    /// Writes the caller's note about a dossier, over `version` (0 for a new one).
    ///
    /// # Errors
    /// On field `private_note`; when notes are locked, or the note was changed since `version` in another window.
    #[boxed]
    pub async fn write_note(
        &self,
        ask: Ask<'_>,
        key: Option<&NoteKey>,
        poll: PollId,
        about: About,
        version: u64,
        text: &str,
    ) -> Result<(), AppError> {
        let caller = ask.caller;
        caller.may(WRITERS)?;
        let text = Zeroizing::new(clean_lines(text));
        if text.chars().count() > MOST_LETTERS {
            return Err(AppError::field("private_note", "Ghi chú dài quá 20.000 ký tự; hãy rút gọn."));
        }
        let key = match (self.note_lock(caller, key).await?, key) {
            (Lock::Open, Some(key)) => key,
            (Lock::None, _) => return Err(AppError::field("private_note", NO_KEY)),
            _ => return Err(AppError::field("private_note", LOCKED)),
        };
        let (council, account, at) = (caller.council, caller.account.id, self.now_text()?);
        let place = NoteContext { council, account, poll, about: &about, version: version + 1 };
        let sealed = seal::seal_note(key, &self.chance, place, &text)?;
        let check = key.check(council, account);
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                polls::find(tx, poll).await?.ok_or(AppError::NotFound("đợt lấy phiếu"))?;
                // The key may have been thrown away between then and now.
                if notes::key(tx, account).await?.is_none_or(|row| row.key_check != check) {
                    return Err(AppError::field("private_note", LOCKED));
                }
                let note = SealedNote { about, sealed, version: version + 1, changed_at: at };
                match notes::put(tx, poll, account, &note).await {
                    Err(StoreError::Stale) => Err(stale_note(tx, poll, account, &note.about).await?),
                    other => Ok(other?),
                }
            })
        })
        .await
    }

    async fn wrapped(
        &self,
        key: &NoteKey,
        passphrase: Password,
        council: CouncilId,
        account: AccountId,
    ) -> Result<NoteKeyRow, AppError> {
        let salt = self.chance.block()?.to_vec();
        let with = passwords::derive(self.cost, passphrase, salt.clone()).await?;
        let wrapped = seal::wrap(key, (self.cost, &with), &self.chance, council, account)?;
        Ok(NoteKeyRow { salt, wrapped, key_check: key.check(council, account) })
    }

    /// The key behind a passphrase, with the delays of a sign-in: somebody who found an open browser may guess too.
    async fn prove_passphrase(
        &self,
        caller: &Caller,
        field: &'static str,
        passphrase: Password,
    ) -> Result<NoteKey, AppError> {
        let (council, account) = (caller.council, caller.account.id);
        let guess = self.guess_at_account(council, account, GuessFrom::Session(caller.session))?;
        let turned = self.store.write(council, move |tx| {
            Box::pin(async move {
                let Some(row) = notes::key(tx, account).await? else { return Err(AppError::field(field, NO_KEY)) };
                Ok((guess.count(tx).await?, row))
            })
        });
        let (counts, row) = match turned.await? {
            (Turn::Wait(seconds), _) => return Err(AppError::field(field, wait_sentence(seconds))),
            (Turn::Counted(counts), row) => (counts, row),
        };
        let cost = seal::cost_of(&row.wrapped);
        let cost = cost.ok_or_else(|| AppError::from(StoreError::Corrupt("note_keys.wrapped".to_owned())))?;
        let with = passwords::derive(cost, passphrase, row.salt).await?;
        let Some(key) = seal::unwrap(&with, &row.wrapped, council, account) else {
            return Err(AppError::field(field, self.was_wrong(council, &counts, "Mã khóa ghi chú").await?));
        };
        self.store.write(council, move |tx| Box::pin(async move { counts.take_back(tx).await })).await?;
        Ok(key)
    }
}

async fn lock_of(tx: &mut CouncilTx, caller: &Caller, key: Option<&NoteKey>) -> Result<Lock, AppError> {
    let account = caller.account.id;
    let Some(row) = notes::key(tx, account).await? else { return Ok(Lock::None) };
    let fits = key.is_some_and(|key| key.check(caller.council, account) == row.key_check);
    Ok(if fits { Lock::Open } else { Lock::Locked })
}

fn open(caller: &Caller, key: &NoteKey, poll: PollId, note: SealedNote) -> Note {
    let SealedNote { about, sealed, version, changed_at } = note;
    let place = NoteContext { council: caller.council, account: caller.account.id, poll, about: &about, version };
    let text = seal::open_note(key, place, &sealed);
    Note { about, text, version, changed_at }
}

async fn stale_note(tx: &mut CouncilTx, poll: PollId, account: AccountId, about: &About) -> Result<AppError, AppError> {
    let stored = notes::find(tx, poll, account, about).await?;
    let Some(stored) = stored else { return Ok(AppError::field("private_note", LOCKED)) };
    Ok(AppError::Stale(Conflict {
        what: "ghi chú",
        by: "Bạn, ở cửa sổ khác,".to_owned(),
        at: stored.changed_at.in_vietnam(),
        version: stored.version,
        differences: Vec::new(),
    }))
}
