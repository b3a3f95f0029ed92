//! The delegates' reading room: released dossiers in ballot order, read marks, search.
//!
//! Hundreds open dossiers in the same minute, so opening one writes nothing and reads what is one's own; the rest never
//! changes and stays in memory (`cache`). A read mark is set by a button, where its reader means it.

mod beside;
mod cache;
mod changes;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use crate::dossiers::{NamedFile, SourceFile, VolumeForm, held, sources};
use crate::reading::notes::{Lock, Note, NoteKey};
use crate::reading::questions::Asked;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::document::Document;
use domain::id::PollId;
use domain::poll::PollKind;
use domain::release::About;
use domain::role::Role;
use domain::search::{Accents, Piece, Query};
use macros::boxed;
use store::reading::{LineRow, MOST_LINES, ReadMark};
use store::releases::{Release, ReleasedDossier};
use store::{CouncilTx, notes, polls, questions, reading, releases, roster};

pub use beside::{Beside, Side};
use cache::Listed;
pub use cache::ReleaseCache;
pub use changes::{ChangeLine, Changes};

/// Roles that read.
pub const READERS: &[Role] = &[Role::Delegate];

const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu");
const NO_DOSSIER: AppError = AppError::NotFound("hồ sơ");

/// A vote that somebody may read for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingPoll {
    /// Its id.
    pub id: PollId,
    /// Name of the sitting.
    pub sitting: String,
    /// Which vote.
    pub kind: PollKind,
    /// Whether it is a rehearsal.
    pub rehearsal: bool,
}

/// What a delegate has read of a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Nothing.
    Unread,
    /// This version, or an earlier one that says the same.
    Current {
        /// Number of the release that was read.
        release: u32,
    },
    /// An earlier version that says something else.
    Older {
        /// Number of the release that was read.
        release: u32,
    },
}

/// A line of the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomLine {
    /// The dossier.
    pub dossier: ReleasedDossier,
    /// What the delegate has read of it.
    pub read: Read,
    /// The delegate has a note beside it.
    pub has_note: bool,
    /// Questions about the person that the delegate may read.
    pub questions: usize,
}

/// The reading room of one vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingRoom {
    /// The vote.
    pub poll: ReadingPoll,
    /// The newest release; `None` before the first.
    pub release: Option<Release>,
    /// Dossiers of officials in ballot order.
    pub officials: Vec<RoomLine>,
    /// Dossiers of fields.
    pub fields: Vec<RoomLine>,
}

/// A dossier that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The vote.
    pub poll: ReadingPoll,
    /// The release that it is of.
    pub release: Release,
    /// The dossier.
    pub dossier: ReleasedDossier,
    /// How many there are.
    pub count: usize,
    /// Place and title of the one before.
    pub previous: Option<(u32, String)>,
    /// Place and title of the one after.
    pub next: Option<(u32, String)>,
    /// What the delegate has read of it.
    pub read: Read,
    /// How it differs from the version that the delegate read.
    pub changes: Option<Changes>,
    /// Whether the delegate's notes can be read now.
    pub lock: Lock,
    /// The note beside it, once notes are open.
    pub note: Option<Note>,
    /// Questions about the person that the delegate may read.
    pub questions: Vec<Asked>,
}

/// A line that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Place of its dossier.
    pub position: u32,
    /// Whom or what that is about.
    pub title: String,
    /// Name of its place on the page; empty is the top.
    pub anchor: String,
    /// The line, with what was looked for apart.
    pub pieces: Vec<Piece>,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchResult {
    /// Lines in the order of dossiers.
    pub hits: Vec<Hit>,
    /// Nothing fits with the accents that were typed; these fit without.
    pub ignores_accents: bool,
    /// There may be more.
    pub is_cut: bool,
}

async fn reading_poll(tx: &mut CouncilTx, poll: PollId) -> Result<ReadingPoll, AppError> {
    let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
    let created = &stored.state.poll().created;
    Ok(ReadingPoll { id: poll, sitting: created.sitting.clone(), kind: created.kind, rehearsal: created.rehearsal })
}

fn read_of(mark: Option<&ReadMark>, dossier: &ReleasedDossier, newest: u32, older: Option<&Listed>) -> Read {
    let Some(mark) = mark else { return Read::Unread };
    let release = mark.release;
    let was = older.and_then(|older| older.dossiers.iter().find(|other| other.about == dossier.about));
    if release >= newest || was.is_some_and(|was| was.sha256 == dossier.sha256) {
        Read::Current { release }
    } else {
        Read::Older { release }
    }
}

impl App {
    /// Votes of the council that delegates may read for, the newest first.
    ///
    /// # Errors
    /// When the caller is no delegate.
    #[boxed]
    pub async fn reading_polls(&self, caller: &Caller) -> Result<Vec<ReadingPoll>, AppError> {
        caller.may(READERS)?;
        let all = polls::list(&mut self.store.read(caller.council).await?).await?;
        let one = |poll: polls::PollSummary| ReadingPoll {
            id: poll.id,
            sitting: poll.sitting,
            kind: poll.kind,
            rehearsal: poll.rehearsal,
        };
        let mut all: Vec<ReadingPoll> = all.into_iter().map(one).collect();
        all.sort_by_key(|poll| std::cmp::Reverse(poll.id));
        Ok(all)
    }

    /// A release with its list, out of memory where it is there.
    async fn listed(&self, tx: &mut CouncilTx, poll: PollId, number: u32) -> Result<Arc<Listed>, AppError> {
        let key = (tx.council(), poll, number);
        if let Some(listed) = self.memory.of::<ReleaseCache>().list(&key) {
            return Ok(listed);
        }
        let release = releases::list(tx, poll).await?.into_iter().find(|release| release.number == number);
        let release = release.ok_or(NO_DOSSIER)?;
        let dossiers = releases::dossiers(tx, poll, number).await?;
        Ok(self.memory.of::<ReleaseCache>().keep_list(key, Listed { release, dossiers }))
    }

    /// The newest release with its list.
    async fn newest(&self, tx: &mut CouncilTx, poll: PollId) -> Result<Arc<Listed>, AppError> {
        let number = releases::newest(tx, poll).await?.ok_or(NO_DOSSIER)?;
        self.listed(tx, poll, number).await
    }

    /// The reading room of a vote.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such poll.
    #[boxed]
    pub async fn reading_room(&self, caller: &Caller, poll: PollId) -> Result<ReadingRoom, AppError> {
        caller.may(READERS)?;
        let account = caller.account.id;
        let mut tx = self.store.read(caller.council).await?;
        let summary = reading_poll(&mut tx, poll).await?;
        let Some(number) = releases::newest(&mut tx, poll).await? else {
            return Ok(ReadingRoom { poll: summary, release: None, officials: Vec::new(), fields: Vec::new() });
        };
        let listed = self.listed(&mut tx, poll, number).await?;
        let marks = reading::marks(&mut tx, poll, account).await?;
        let mut older: BTreeMap<u32, Arc<Listed>> = BTreeMap::new();
        for release in marks.iter().map(|mark| mark.release).filter(|release| *release < number) {
            if let Entry::Vacant(place) = older.entry(release) {
                place.insert(self.listed(&mut tx, poll, release).await?);
            }
        }
        let noted = notes::of_account(&mut tx, poll, account).await?;
        let asked = questions::of_poll(&mut tx, poll).await?;
        let line = |dossier: &ReleasedDossier| {
            let mark = marks.iter().find(|mark| mark.about == dossier.about);
            let older = mark.and_then(|mark| older.get(&mark.release)).map(Arc::as_ref);
            let is_about = |question: &&questions::StoredQuestion| {
                About::Official(question.value.official) == dossier.about
                    && (question.value.account == account || question.value.answer().is_some())
            };
            RoomLine {
                read: read_of(mark, dossier, number, older),
                has_note: noted.iter().any(|note| note.about == dossier.about),
                questions: asked.iter().filter(is_about).count(),
                dossier: dossier.clone(),
            }
        };
        let lines = listed.dossiers.iter().map(line);
        let (officials, fields) = lines.partition(|line| matches!(line.dossier.about, About::Official(_)));
        Ok(ReadingRoom { poll: summary, release: Some(listed.release.clone()), officials, fields })
    }

    /// A dossier of the newest release, by its place.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such dossier.
    #[boxed]
    pub async fn open_dossier(
        &self,
        caller: &Caller,
        key: Option<&NoteKey>,
        poll: PollId,
        position: u32,
    ) -> Result<Opened, AppError> {
        caller.may(READERS)?;
        let account = caller.account.id;
        let mut tx = self.store.read(caller.council).await?;
        let summary = reading_poll(&mut tx, poll).await?;
        let listed = self.newest(&mut tx, poll).await?;
        let place = listed.dossiers.iter().position(|dossier| dossier.position == position).ok_or(NO_DOSSIER)?;
        let dossier = listed.dossiers.get(place).cloned().ok_or(NO_DOSSIER)?;
        let beside = |place: Option<usize>| {
            let other = listed.dossiers.get(place?)?;
            Some((other.position, other.title.clone()))
        };
        let marks = reading::marks(&mut tx, poll, account).await?;
        let mark = marks.iter().find(|mark| mark.about == dossier.about);
        let number = listed.release.number;
        let older = match mark.map(|mark| mark.release).filter(|release| *release < number) {
            Some(release) => Some(self.listed(&mut tx, poll, release).await?),
            None => None,
        };
        let read = read_of(mark, &dossier, number, older.as_deref());
        let changes = match read {
            Read::Older { release } => Some(changes::between(&mut tx, poll, (release, number), &dossier.about).await?),
            Read::Unread | Read::Current { .. } => None,
        };
        let (lock, note) = self.note_in(&mut tx, caller, key, poll, &dossier.about).await?;
        let questions = self.questions_about(&mut tx, caller, poll, &dossier).await?;
        Ok(Opened {
            poll: summary,
            release: listed.release.clone(),
            count: listed.dossiers.len(),
            previous: beside(place.checked_sub(1)),
            next: beside(place.checked_add(1)),
            dossier,
            read,
            changes,
            lock,
            note,
            questions,
        })
    }

    async fn questions_about(
        &self,
        tx: &mut CouncilTx,
        caller: &Caller,
        poll: PollId,
        dossier: &ReleasedDossier,
    ) -> Result<Vec<Asked>, AppError> {
        let About::Official(official) = dossier.about else { return Ok(Vec::new()) };
        let names = BTreeMap::from([(official, dossier.title.clone())]);
        let found = questions::about(tx, poll, official).await?;
        let asked = found.into_iter().map(|kept| self.shown(caller, kept, &names));
        Ok(asked.filter(|asked| asked.is_own || asked.question.answer().is_some()).collect())
    }

    /// A released dossier with the files behind it as `draw` makes it, out of memory where it is there: it is drawn once and never changes.
    ///
    /// # Errors
    /// When there is none, its stored text cannot be read, or `draw` fails.
    pub async fn drawn_dossier<E: ToString>(
        &self,
        opened: (&Caller, PollId, u32, &ReleasedDossier),
        draw: impl FnOnce(&Document, Vec<SourceFile>) -> Result<String, E> + Send + 'static,
    ) -> Result<Arc<String>, AppError> {
        let (caller, poll, release, dossier) = opened;
        caller.may(READERS)?;
        let key = ((caller.council, poll, release), dossier.position);
        if let Some(drawn) = self.memory.of::<ReleaseCache>().text(&key) {
            return Ok(drawn);
        }
        let mut tx = self.store.read(caller.council).await?;
        let document = changes::document(&mut tx, poll, release, &dossier.about).await?;
        let sources = sources(&mut tx, poll, release, &dossier.about).await?;
        drop(tx);
        // Takes tens of milliseconds, so not on a thread that answers requests.
        let drawn = tokio::task::spawn_blocking(move || draw(&document, sources).map_err(|e| e.to_string())).await;
        let drawn = drawn.map_err(|e| AppError::internal("vẽ hồ sơ", e))?;
        let drawn = drawn.map_err(|e| AppError::internal("vẽ hồ sơ", e))?;
        Ok(self.memory.of::<ReleaseCache>().keep_text(key, drawn))
    }

    /// All dossiers of a release, to be drawn before others open them; nothing when that was asked for before.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such release.
    #[boxed]
    pub async fn dossiers_to_draw(
        &self,
        caller: &Caller,
        poll: PollId,
        release: u32,
    ) -> Result<Vec<ReleasedDossier>, AppError> {
        caller.may(READERS)?;
        if !self.memory.of::<ReleaseCache>().is_first((caller.council, poll, release)) {
            return Ok(Vec::new());
        }
        let listed = self.listed(&mut self.store.read(caller.council).await?, poll, release).await?;
        Ok(listed.dossiers.clone())
    }

    /// Remembers that the caller has read a dossier of release `release`. Gives the place of the next one that the newest
    /// release has after it.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such dossier.
    #[boxed]
    pub async fn mark_read(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        position: u32,
        release: u32,
    ) -> Result<Option<u32>, AppError> {
        ask.caller.may(READERS)?;
        let (account, at) = (ask.caller.account.id, self.now_text()?);
        let (read, next) = {
            let mut tx = self.store.read(ask.caller.council).await?;
            let newest = self.newest(&mut tx, poll).await?;
            let read = self.listed(&mut tx, poll, release).await?;
            let next = newest.dossiers.iter().map(|dossier| dossier.position).find(|other| *other > position);
            (read, next)
        };
        let dossier = read.dossiers.iter().find(|dossier| dossier.position == position).ok_or(NO_DOSSIER)?;
        let mark = ReadMark { about: dossier.about.clone(), release, at };
        let marked =
            self.write_once(ask, move |tx| Box::pin(async move { Ok(reading::mark(tx, poll, account, &mark).await?) }));
        match marked.await {
            Ok(()) | Err(AppError::AlreadyDone) => Ok(next),
            Err(problem) => Err(problem),
        }
    }

    /// What the dossier at a place of the newest release is about.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such dossier.
    #[boxed]
    pub async fn about_of_dossier(&self, caller: &Caller, poll: PollId, position: u32) -> Result<About, AppError> {
        caller.may(READERS)?;
        let listed = self.newest(&mut self.store.read(caller.council).await?, poll).await?;
        let dossier = listed.dossiers.iter().find(|dossier| dossier.position == position);
        Ok(dossier.ok_or(NO_DOSSIER)?.about.clone())
    }

    /// The file of a dossier of the newest release, with a name for it.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such dossier.
    #[boxed]
    pub async fn dossier_file(
        &self,
        caller: &Caller,
        poll: PollId,
        position: u32,
    ) -> Result<(String, Vec<u8>), AppError> {
        let about = self.about_of_dossier(caller, poll, position).await?;
        let mut tx = self.store.read(caller.council).await?;
        let listed = self.newest(&mut tx, poll).await?;
        let dossier = listed.dossiers.iter().find(|dossier| dossier.about == about).ok_or(NO_DOSSIER)?;
        let (_, bytes) = held::paper(&mut tx, poll, listed.release.number, &about).await?;
        Ok((dossier.name.rsplit('/').next().unwrap_or_default().to_owned(), bytes))
    }

    /// All dossiers of the newest release in one file.
    ///
    /// # Errors
    /// When the caller is no delegate, or nothing is released.
    #[boxed]
    pub async fn all_dossiers(&self, caller: &Caller, poll: PollId, form: VolumeForm) -> Result<NamedFile, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let number = releases::newest(&mut tx, poll).await?.ok_or(NO_DOSSIER)?;
        self.volume(&mut tx, poll, number, form).await
    }

    /// The document of a released dossier with the files behind it, to be drawn in part.
    ///
    /// # Errors
    /// When the caller is no delegate, there is none, or it was changed.
    #[boxed]
    pub async fn document_of_dossier(
        &self,
        caller: &Caller,
        poll: PollId,
        release: u32,
        dossier: &ReleasedDossier,
    ) -> Result<Document, AppError> {
        caller.may(READERS)?;
        changes::document(&mut self.store.read(caller.council).await?, poll, release, &dossier.about).await
    }

    /// Titles of the dossiers of the newest release, by what they are about: of officials and fields that it leaves out,
    /// their names.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such poll.
    #[boxed]
    pub async fn dossier_titles(
        &self,
        caller: &Caller,
        poll: PollId,
    ) -> Result<(ReadingPoll, Vec<(About, Option<u32>, String)>), AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let summary = reading_poll(&mut tx, poll).await?;
        let mut titles: Vec<(About, Option<u32>, String)> = Vec::new();
        if let Some(number) = releases::newest(&mut tx, poll).await? {
            let listed = self.listed(&mut tx, poll, number).await?;
            let one =
                |dossier: &ReleasedDossier| (dossier.about.clone(), Some(dossier.position), dossier.title.clone());
            titles.extend(listed.dossiers.iter().map(one));
        }
        for kept in roster::officials(&mut tx).await? {
            let about = About::Official(kept.id);
            if !titles.iter().any(|(other, ..)| *other == about) {
                titles.push((about, None, kept.value.official.addressed()));
            }
        }
        Ok((summary, titles))
    }

    /// Lines of the newest release that contain everything that was typed: with its accents, or without them when
    /// nothing matches.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such poll.
    #[boxed]
    pub async fn search_dossiers(&self, caller: &Caller, poll: PollId, typed: &str) -> Result<SearchResult, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        reading_poll(&mut tx, poll).await?;
        let (Some(query), Some(number)) = (Query::parse(typed), releases::newest(&mut tx, poll).await?) else {
            return Ok(SearchResult::default());
        };
        let listed = self.listed(&mut tx, poll, number).await?;
        let lines = reading::search(&mut tx, poll, number, &query.for_engines()).await?;
        let hits =
            |accents| -> Vec<Hit> { lines.iter().filter_map(|line| hit(&listed, &query, line, accents)).collect() };
        let is_cut = i64::try_from(lines.len()).unwrap_or(i64::MAX) >= MOST_LINES;
        let exact = hits(Accents::Kept);
        if !exact.is_empty() || !query.has_accents() {
            return Ok(SearchResult { hits: exact, ignores_accents: false, is_cut });
        }
        let loose = hits(Accents::Ignored);
        Ok(SearchResult { ignores_accents: !loose.is_empty(), hits: loose, is_cut })
    }
}

fn hit(listed: &Listed, query: &Query, line: &LineRow, accents: Accents) -> Option<Hit> {
    let position = u32::try_from(line.position).ok()?;
    let title = listed.dossiers.iter().find(|dossier| dossier.position == position)?.title.clone();
    let pieces = query.find(&line.text, accents)?;
    Some(Hit { position, title, anchor: line.anchor.clone(), pieces })
}
