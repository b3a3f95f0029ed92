//! Writes an import that was looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::{NO_JOB, Read, Snapshot, damaged, held_against, outcome, read};
use crate::people::roster::{EDITORS, Pen, RosterEntry, StoredRecord};
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::clock::in_vietnam;
use crate::service::drawn::TRIES;
use crate::service::error::AppError;
use crate::service::records::Revised;
use domain::audit::event::council::ImportAnswered;
use domain::audit::{CouncilEvent, Digest};
use domain::fact::{FactState, KeptFact};
use domain::fact_state::By;
use domain::id::{CouncilId, DelegateId, FactId, JobId, OfficialId, PollId};
use domain::import_diff::{Comparison, Person, Preview, Seats, Section, Written};
use domain::job::JobState;
use domain::preparation::{Part, Seat, TellerBoard};
use domain::record::{Action, Subject};
use domain::roster::{RosterDelegate, RosterOfficial};
use macros::boxed;
use store::facts::{self, StoredFact};
use store::preparation::StoredPart;
use store::{CouncilTx, jobs, logs, preparation};

/// Whether an import was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// All of it is written.
    Written,
    /// Something else would be written by now: nothing was written, and a new preview is ready.
    Differs,
}

const OTHER: &str = "Lần nhập này không còn là lần đã xem: tệp hoặc bản xem trước đã khác. Chưa ghi gì cả; hãy mở lại trang này để \
                     xem lại, hoặc gửi lại tệp.";

impl App {
    /// Writes an import, all of it or nothing. `seen` is what the page of the form showed, [`ImportView::shown`](super::ImportView).
    ///
    /// # Errors
    /// When it does not wait for a decision, a record was changed at this very moment, or file and preview are no longer those
    /// that were seen.
    #[boxed]
    pub async fn write_import(&self, ask: Ask<'_>, id: JobId, seen: &str) -> Result<Applied, AppError> {
        let pen = Pen { actor: ask.caller.may(EDITORS)?, at: self.now_text()? };
        let council = ask.caller.council;
        let Waiting { poll, file, preview: seen } = self.waiting(ask.caller, id, seen).await?;
        let known = Snapshot::load(&mut self.store.read(council).await?, poll).await?.known();
        let answers = seen.answers.clone();
        let told = told(&seen, &file.1);
        let workbook = read(file.clone(), known, answers.clone()).await?;
        let (workbook, mut written) = (Arc::new(workbook), Err(AppError::Undrawn));
        for _ in 0..TRIES {
            // Compared before the transaction that writes, in which nothing is looked at but whether it still stands.
            let before = Snapshot::load(&mut self.store.read(council).await?, poll).await?;
            let (held, seen) = (Arc::clone(&workbook), seen.clone());
            let compared = spawn_blocking(move || (still(&held, &before, &seen), before));
            let (same, before) = compared.await.map_err(|e| AppError::internal("so bảng tính", e))?;
            let Some((comparison, preview)) = same else {
                written = Ok(false);
                break;
            };
            let (app, pen, told) = (self.clone(), pen.clone(), told.clone());
            written = self
                .write_once(ask, move |tx| {
                    Box::pin(async move {
                        let snapshot = Snapshot::load(tx, poll).await?;
                        if snapshot != before {
                            return Err(AppError::Undrawn);
                        }
                        if let Some(told) = told {
                            let log = logs::own(tx).await?;
                            tx.append(log, pen.at, &pen.actor, &CouncilEvent::from(told)).await?;
                        }
                        Writing { app, pen: pen.clone(), snapshot, poll }.write(tx, comparison).await?;
                        let by = Written { at: in_vietnam(pen.at), by: pen.actor.name.clone() };
                        let result = serde_json::to_string(&Preview { written: Some(by), ..preview });
                        let turn = (JobState::Ready, JobState::Done);
                        jobs::turn(tx, id, turn, Some(result.map_err(damaged)?), pen.at).await?;
                        Ok(true)
                    })
                })
                .await;
            if !matches!(written, Err(AppError::Undrawn)) {
                break;
            }
        }
        if written? {
            return Ok(Applied::Written);
        }
        self.look_again((council, id), Waiting { poll, file, preview: seen }).await?;
        Ok(Applied::Differs)
    }

    /// The import that waits for a decision, if it is the one that was seen and has no errors.
    async fn waiting(&self, caller: &Caller, id: JobId, seen: &str) -> Result<Waiting, AppError> {
        let shown = self.import(caller, id).await?;
        let is_shown = shown.shown.is_some_and(|shown| shown.to_string() == seen);
        let Some(preview) = shown.preview.filter(|_| shown.view.job.state == JobState::Ready) else {
            return Err(AppError::Input("Lần nhập này đã ghi hoặc đã bỏ; không ghi lần nữa.".to_owned()));
        };
        if !is_shown {
            return Err(AppError::Input(OTHER.to_owned()));
        }
        if preview.errors > 0 {
            return Err(AppError::Input("Tệp còn lỗi; hãy trả lời hoặc sửa hết rồi ghi.".to_owned()));
        }
        let bytes = self.import_input(caller, id).await?;
        if preview.file_sha256 != Some(Digest::of(&bytes)) {
            return Err(AppError::Input(OTHER.to_owned()));
        }
        Ok(Waiting { poll: shown.view.job.poll, file: (bytes, shown.view.job.title), preview })
    }

    /// Compares a file with what is stored by now, for another look.
    async fn look_again(
        &self,
        (council, id): (CouncilId, JobId),
        Waiting { poll, file, preview }: Waiting,
    ) -> Result<(), AppError> {
        let snapshot = Snapshot::load(&mut self.store.read(council).await?, poll).await?;
        let workbook = read(file, snapshot.known(), preview.answers).await?;
        let compared = spawn_blocking(move || held_against(&workbook, &snapshot.stored()).1);
        let preview = compared.await.map_err(|e| AppError::internal("so bảng tính", e))?;
        let outcome = outcome(&preview)?;
        let at = self.now_text()?;
        self.store
            .write(council, move |tx| {
                Box::pin(async move {
                    let turn = (JobState::Ready, outcome.state);
                    Ok::<_, AppError>(jobs::turn(tx, id, turn, Some(outcome.result), at).await?)
                })
            })
            .await
    }
}

/// An import that waits for a decision.
struct Waiting {
    poll: Option<PollId>,
    /// Its bytes and its name.
    file: (Vec<u8>, String),
    preview: Preview,
}

/// The entry of the answers; `None` when there are none.
fn told(preview: &Preview, file: &str) -> Option<ImportAnswered> {
    let (file, file_sha256) = (file.to_owned(), preview.file_sha256?);
    let answers = preview.answers.clone();
    (!answers.is_empty()).then_some(ImportAnswered { answers, file, file_sha256 })
}

/// What would be written, if that is still what the caller saw.
fn still(workbook: &Read, snapshot: &Snapshot, seen: &Preview) -> Option<(Comparison, Preview)> {
    // The rows were read with other people in the roster.
    if snapshot.known() != workbook.known {
        return None;
    }
    let (comparison, preview) = held_against(workbook, &snapshot.stored());
    preview.does_the_same(seen).then_some((comparison?, preview))
}

/// An import that is being written.
struct Writing {
    app: App,
    pen: Pen,
    snapshot: Snapshot,
    poll: Option<PollId>,
}

impl Writing {
    async fn write(self, tx: &mut CouncilTx, comparison: Comparison) -> Result<(), AppError> {
        let Comparison { officials, delegates, facts, board, .. } = comparison;
        let officials = self.people::<RosterOfficial>(tx, officials, &self.snapshot.officials).await?;
        let delegates = self.people::<RosterDelegate>(tx, delegates, &self.snapshot.delegates).await?;
        self.facts(tx, facts, &officials).await?;
        match (board, self.poll) {
            (Some(seats), Some(poll)) => self.board(tx, poll, &seats, &delegates).await,
            _ => Ok(()),
        }
    }

    /// Writes a list of people, and gives the ids of those who are new.
    async fn people<E: RosterEntry>(
        &self,
        tx: &mut CouncilTx,
        section: Section<E::Id, E>,
        stored: &[StoredRecord<E::Id, E>],
    ) -> Result<Vec<E::Id>, AppError> {
        let mut ids = Vec::with_capacity(section.added.len());
        let mut added = Vec::with_capacity(section.added.len());
        for value in section.added {
            let id = E::new_id(&self.app.clock, &self.app.chance)?;
            ids.push(id);
            added.push(self.pen.kept(id, value, 1));
        }
        let before: BTreeMap<E::Id, &StoredRecord<E::Id, E>> = stored.iter().map(|kept| (kept.id, kept)).collect();
        let (mut changed, mut restored) = (Vec::new(), Vec::new());
        for change in section.changed {
            let kept = before.get(&change.id).ok_or(NO_JOB)?;
            let list = if change.before.is_withdrawn() { &mut restored } else { &mut changed };
            list.push(self.pen.next(kept, change.after));
        }
        for (action, entries) in [(Action::Added, added), (Action::Changed, changed), (Action::Restored, restored)] {
            self.pen.write(tx, action, &entries).await?;
        }
        Ok(ids)
    }

    async fn facts(
        &self,
        tx: &mut CouncilTx,
        section: Section<FactId, KeptFact, domain::fact::Fact<Person<OfficialId>>>,
        new: &[OfficialId],
    ) -> Result<(), AppError> {
        let by = || By { account: self.pen.actor.account, name: self.pen.actor.name.clone() };
        let fact = |id, kept, version| StoredFact {
            id,
            kept,
            entered: by(),
            verified: None,
            version,
            changed_at: self.pen.at,
            changed_by: self.pen.actor.name.clone(),
        };
        let mut added = Vec::with_capacity(section.added.len());
        for stated in section.added {
            let about = stated.officials.iter().filter_map(|person| known(*person, new)).collect();
            let id = FactId::new(self.app.clock.now(), &self.app.chance.for_id()?);
            added.push(fact(id, KeptFact::new(stated.about(about), FactState::Entered), 1));
        }
        let before: BTreeMap<FactId, u64> = self.snapshot.facts.iter().map(|fact| (fact.id, fact.version)).collect();
        let mut changed = Vec::with_capacity(section.changed.len());
        for change in section.changed {
            let version = before.get(&change.id).ok_or(NO_JOB)?;
            changed.push(fact(change.id, change.after, version + 1));
        }
        for (action, facts) in [(Action::Added, added), (Action::Changed, changed)] {
            let mut revised = Revised::new(Subject::Fact, action);
            for fact in &facts {
                revised.add(fact.id, fact.version, &fact.kept)?;
            }
            if !facts.is_empty() {
                facts::put(tx, &facts).await?;
            }
            revised.write(tx, self.pen.at, &self.pen.actor).await?;
        }
        Ok(())
    }

    async fn board(&self, tx: &mut CouncilTx, poll: PollId, seats: &Seats, new: &[DelegateId]) -> Result<(), AppError> {
        let seat = |(person, role): &(Person<DelegateId>, _)| {
            let delegate = known(*person, new)?;
            // A workbook names nobody's account: who sits there already keeps it.
            let mut kept = self.snapshot.board.iter().flat_map(|(board, _)| &board.seats);
            let account = kept.find(|seat| seat.delegate == delegate).and_then(|seat| seat.account);
            Some(Seat { account, delegate, role: *role })
        };
        let shares = self.snapshot.board.as_ref().is_some_and(|(board, _)| board.shares);
        let mut board = TellerBoard { seats: seats.iter().filter_map(seat).collect(), shares };
        let rank = |seat: &Seat| domain::roster::TellerRole::ALL.iter().position(|role| *role == seat.role);
        board.seats.sort_by_key(rank);
        let before = self.snapshot.board.as_ref().map_or(0, |(_, version)| *version);
        let (part, version) = (Part::Board, before + 1);
        let action = if before == 0 { Action::Added } else { Action::Changed };
        let revised = Revised::one(Subject::Preparation, action, part.record(poll), version, &board)?;
        let content = domain::audit::canonical::to_text(&board).map_err(damaged)?;
        let changed_by = self.pen.actor.name.clone();
        let stored = StoredPart { part, content, version, changed_at: self.pen.at, changed_by };
        preparation::put_part(tx, poll, &stored).await?;
        revised.write(tx, self.pen.at, &self.pen.actor).await
    }
}

fn known<I: Copy>(person: Person<I>, new: &[I]) -> Option<I> {
    match person {
        Person::Known(id) => Some(id),
        Person::Added(at) => new.get(at).copied(),
    }
}
