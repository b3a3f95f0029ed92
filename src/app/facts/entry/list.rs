//! Lists of facts, the queue of those that wait to be verified, and the history of all of them.

use jiff::civil::Date;

use super::view::{self, People};
use super::{EDITORS, FactPage, Person, VERIFIERS, by, put_many, tracked};
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::audit::UtcTime;
use domain::fact::{FactState, KeptFact};
use domain::fact_doubts::doubts;
use domain::fact_lines;
use domain::id::FactId;
use domain::record::{Action, Subject};
use import::{self, CellValue, Sheet};
use macros::boxed;
use store::facts::StoredFact;
use store::{fact_lists, revisions};

pub use store::fact_lists::{FactChoices, FactFilter, FactOrder};

/// Facts on a page of a list.
pub const PER_PAGE: u32 = 50;

/// Which page of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// From 1.
    pub page: u64,
    /// At least 1.
    pub pages: u64,
    /// Lines on all pages.
    pub found: u64,
}

impl Paging {
    /// The page that is asked for, or the last one there is.
    fn new(wanted: u64, found: u64) -> Self {
        let pages = found.div_ceil(u64::from(PER_PAGE)).max(1);
        Self { page: wanted.clamp(1, pages), pages, found }
    }

    fn skip(self) -> u64 {
        (self.page - 1).saturating_mul(u64::from(PER_PAGE))
    }
}

/// A fact in a list.
#[derive(Clone, Debug)]
pub struct FactLine {
    /// The fact.
    pub stored: StoredFact,
    /// Whom it is about, in one line.
    pub officials: String,
    /// What a second person is asked about it.
    pub doubts: Vec<String>,
}

/// A page of a list of facts.
#[derive(Clone, Debug)]
pub struct FactList {
    /// Its facts.
    pub lines: Vec<FactLine>,
    /// Which page.
    pub paging: Paging,
    /// How many there are in each state, whatever state the filter asks for.
    pub states: [(FactState, u64); 3],
    /// What filters can choose from.
    pub choices: FactChoices,
    /// The officials whom filters can name.
    pub people: Vec<Person>,
}

/// How far verifying has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingProgress {
    /// Facts that are verified.
    pub verified: u64,
    /// Facts that count.
    pub total: u64,
}

/// Facts that wait for the caller to verify them.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Those of this page, the oldest change last.
    pub lines: Vec<FactLine>,
    /// Which page.
    pub paging: Paging,
    /// How many of all facts are verified.
    pub progress: VerifyingProgress,
    /// Facts that wait, but were stated by the caller.
    pub own: u64,
}

/// One fact of the queue, with its neighbours.
#[derive(Clone, Debug)]
pub struct Queued {
    /// The fact.
    pub page: FactPage,
    /// The one that was entered before it.
    pub before: Option<FactId>,
    /// The one that was entered after it.
    pub after: Option<FactId>,
    /// How many of all facts are verified.
    pub progress: VerifyingProgress,
}

/// One change in the history of all facts.
#[derive(Clone, Debug)]
pub struct Change {
    /// Id of the fact.
    pub fact: String,
    /// Which version it became.
    pub version: u64,
    /// What was done.
    pub action: Action,
    /// When.
    pub at: UtcTime,
    /// Full name of the person who did it.
    pub by: String,
    /// What the fact states.
    pub text: String,
    /// Whom it is about, in one line.
    pub officials: String,
}

/// File format of an exported list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Comma-separated, for any program.
    Csv,
    /// Excel.
    Xlsx,
}

fn line(stored: StoredFact, people: &People, today: Date) -> FactLine {
    let names: Vec<String> = stored.kept.fact.officials.iter().map(|id| people.name(*id)).collect();
    let doubts = doubts(&stored.kept.fact, today);
    FactLine { stored, officials: names.join("; "), doubts }
}

fn progress(states: &[(FactState, u64); 3]) -> VerifyingProgress {
    let of = |state| states.iter().filter(|(other, _)| *other == state).map(|(_, count)| count).sum::<u64>();
    let verified = of(FactState::Verified);
    VerifyingProgress { verified, total: verified.saturating_add(of(FactState::Entered)) }
}

impl App {
    /// A page of the facts that match a filter.
    ///
    /// # Errors
    /// When the caller works on no facts.
    #[boxed]
    pub async fn facts(
        &self,
        caller: &Caller,
        filter: &FactFilter,
        order: FactOrder,
        page: u64,
    ) -> Result<FactList, AppError> {
        caller.may(EDITORS)?;
        let mut tx = self.store.read(caller.council).await?;
        let people = view::people(&mut tx).await?;
        let states = fact_lists::states(&mut tx, filter).await?;
        let is_wanted = |state| filter.state.is_none_or(|wanted| wanted == state);
        let found = states.iter().filter(|(state, _)| is_wanted(*state)).map(|(_, count)| count).sum();
        let paging = Paging::new(page, found);
        let stored = fact_lists::page(&mut tx, filter, order, paging.skip(), PER_PAGE).await?;
        let choices = fact_lists::choices(&mut tx).await?;
        let today = self.today();
        let lines = stored.into_iter().map(|stored| line(stored, &people, today)).collect();
        Ok(FactList { lines, paging, states, choices, people: people.0 })
    }

    /// What a new fact can choose from: the fields of other facts, and the officials whom it may name.
    ///
    /// # Errors
    /// When the caller works on no facts.
    #[boxed]
    pub async fn fact_choices(&self, caller: &Caller) -> Result<(FactChoices, Vec<Person>), AppError> {
        caller.may(EDITORS)?;
        let mut tx = self.store.read(caller.council).await?;
        Ok((fact_lists::choices(&mut tx).await?, view::people(&mut tx).await?.0))
    }

    /// All facts that match a filter, as a file.
    ///
    /// # Errors
    /// When the caller works on no facts, or a text is longer than a cell holds.
    #[boxed]
    pub async fn facts_file(
        &self,
        caller: &Caller,
        filter: &FactFilter,
        order: FactOrder,
        format: FileFormat,
    ) -> Result<Vec<u8>, AppError> {
        caller.may(EDITORS)?;
        let mut tx = self.store.read(caller.council).await?;
        let people = view::people(&mut tx).await?;
        let stored = fact_lists::page(&mut tx, filter, order, 0, u32::MAX).await?;
        drop(tx);
        let title = caller.council_name.clone();
        // Writing thousands of cells takes long: not on a thread that answers other requests.
        let written = tokio::task::spawn_blocking(move || {
            let sheet = sheet(title, &stored, &people);
            match format {
                FileFormat::Csv => Ok(import::sheet_csv(&sheet)),
                FileFormat::Xlsx => import::sheet_xlsx(&sheet),
            }
        });
        let written = written.await.map_err(|e| AppError::internal("ghi bảng dữ kiện", e))?;
        written.map_err(|e| AppError::Input(e.to_string()))
    }

    /// Facts that wait for the caller to verify them.
    ///
    /// # Errors
    /// When the caller verifies no facts.
    #[boxed]
    pub async fn queue(&self, caller: &Caller, page: u64) -> Result<Queue, AppError> {
        caller.may(VERIFIERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let people = view::people(&mut tx).await?;
        let all = fact_lists::states(&mut tx, &FactFilter::default()).await?;
        let filter = FactFilter { waits_for: Some(caller.account.id), ..FactFilter::default() };
        let waiting = fact_lists::states(&mut tx, &filter).await?.iter().map(|(_, count)| count).sum();
        let paging = Paging::new(page, waiting);
        let stored = fact_lists::page(&mut tx, &filter, FactOrder::Changed, paging.skip(), PER_PAGE).await?;
        let progress = progress(&all);
        let today = self.today();
        let lines = stored.into_iter().map(|stored| line(stored, &people, today)).collect();
        let own = progress.total.saturating_sub(progress.verified).saturating_sub(waiting);
        Ok(Queue { lines, paging, progress, own })
    }

    /// One fact, with those that wait for the caller before and after it.
    ///
    /// # Errors
    /// When there is none, or the caller verifies no facts.
    #[boxed]
    pub async fn queued(&self, caller: &Caller, id: FactId) -> Result<Queued, AppError> {
        let (actor, at) = (caller.may(VERIFIERS)?, self.now_text()?);
        let mut tx = self.store.read(caller.council).await?;
        let page = view::page(&mut tx, id, (at, by(&actor)), true, self.today()).await?;
        let (before, after) = fact_lists::neighbours(&mut tx, caller.account.id, id).await?;
        let progress = progress(&fact_lists::states(&mut tx, &FactFilter::default()).await?);
        Ok(Queued { page, before, after, progress })
    }

    /// Records that several facts were checked, each at the version that the caller saw: all of them or none.
    ///
    /// # Errors
    /// When one may not be verified by the caller, or was changed; the error names each of them.
    #[boxed]
    pub async fn verify_facts(&self, ask: Ask<'_>, seen: Vec<(FactId, u64)>) -> Result<usize, AppError> {
        let (actor, at) = (ask.caller.may(VERIFIERS)?, self.now_text()?);
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let ids: Vec<FactId> = seen.iter().map(|(id, _)| *id).collect();
                let stored = fact_lists::some(tx, &ids).await?;
                let mut wrong = Vec::new();
                let mut taken = Vec::with_capacity(stored.len());
                for stored in stored {
                    let is_seen = seen.contains(&(stored.id, stored.version));
                    let step = tracked(&stored)?.verified(by(&actor), at);
                    match step {
                        _ if !is_seen => wrong.push(changed_since(&stored)),
                        Ok(step) => taken.push((stored.id, stored.version, step.fact)),
                        Err(error) => wrong.push(format!("«{}»: {error}", short(&stored))),
                    }
                }
                if taken.is_empty() && wrong.is_empty() {
                    wrong.push("Hãy đánh dấu ít nhất một dữ kiện đã đối chiếu với tài liệu nguồn.".to_owned());
                }
                if !wrong.is_empty() {
                    let wrong = wrong.into_iter();
                    let field = |sentence| crate::service::error::FieldError { field: "facts", sentence };
                    return Err(AppError::Fields { fields: wrong.map(field).collect() });
                }
                Ok(put_many(tx, at, &actor, Action::Verified, taken).await?.len())
            })
        })
        .await
    }

    /// All changes of all facts, the newest first.
    ///
    /// # Errors
    /// When the caller works on no facts.
    #[boxed]
    pub async fn facts_history(&self, caller: &Caller, page: u64) -> Result<(Vec<Change>, Paging), AppError> {
        caller.may(EDITORS)?;
        let mut tx = self.store.read(caller.council).await?;
        let people = view::people(&mut tx).await?;
        let paging = Paging::new(page, revisions::count(&mut tx, Subject::Fact).await?);
        let past = revisions::newest(&mut tx, Subject::Fact, paging.skip(), PER_PAGE).await?;
        let change = |past: revisions::Past| {
            let kept = serde_json::from_str::<KeptFact>(&past.revision.content);
            let KeptFact { fact, .. } = kept.map_err(|e| AppError::internal("đọc lịch sử", e))?;
            let names: Vec<String> = fact.officials.iter().map(|id| people.name(*id)).collect();
            Ok(Change {
                fact: past.revision.record,
                version: past.revision.version,
                action: past.revision.action,
                at: past.at,
                by: past.by,
                text: fact.text,
                officials: names.join("; "),
            })
        };
        Ok((past.into_iter().map(change).collect::<Result<Vec<_>, AppError>>()?, paging))
    }
}

/// The start of a statement, enough to recognize it by.
fn short(stored: &StoredFact) -> String {
    let text = &stored.kept.fact.text;
    let start: String = text.chars().take(80).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

fn changed_since(stored: &StoredFact) -> String {
    let at = crate::service::clock::in_vietnam(stored.changed_at);
    format!("«{}»: {} vừa sửa lúc {at}; hãy xem lại bản mới.", short(stored), stored.changed_by)
}

fn sheet(council: String, facts: &[StoredFact], people: &People) -> Sheet {
    let mut headers: Vec<String> = fact_lines::LABELS.map(str::to_owned).to_vec();
    headers.extend(["Trạng thái", "Người nhập", "Người đối chiếu"].map(str::to_owned));
    let row = |stored: &StoredFact| {
        let verifier = stored.verified.as_ref().map_or_else(String::new, |(by, _)| by.name.clone());
        let state = stored.kept.state.label().to_owned();
        let mut cells = fact_lines::lines(&stored.kept.fact, |id| people.name(id)).to_vec();
        cells.extend([state, stored.entered.name.clone(), verifier]);
        cells.into_iter().map(CellValue::Text).collect()
    };
    Sheet { title: "Dữ kiện".to_owned(), notes: vec![council], headers, rows: facts.iter().map(row).collect() }
}
