//! Dossiers as the office sees them: what each would contain today, and what was released.
//!
//! A dossier is compiled from the facts that count at the moment. Only what a second person verified goes into a
//! release; a dossier with everything that was entered is a draft and says so. A release is made in three steps: a
//! background job prints all dossiers and leaves their hashes; somebody proposes these hashes; another person confirms.
//! The bytes are not stored in between: on confirmation they are printed again from the facts as they are then, and
//! nothing is released unless they are the very bytes that were proposed.

mod compile;
pub(crate) mod held;
mod outlines;
mod release;
mod released;
mod sources;
mod volume;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

pub use outlines::OutlineCache;
pub use release::{OfferedDossier, OfferedRelease, ReleaseOffer, ReleaseWork};
pub(crate) use release::{content_now, states_the_same};
pub use released::{ChangeView, ReleasedPage, VersionChanges};
pub(crate) use released::{released_file, released_page};
pub use sources::SourceFile;
pub(crate) use sources::sources;
pub use store::releases::{Release, ReleasedDossier};
pub use volume::{NamedFile, VolumeForm};

use self::compile::{Draw, Outline, make, outline};
use self::outlines::DossierList;
use crate::preparing;
use crate::preparing::poll_book::PollBook;
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::error::AppError;
use crate::service::parallel::in_parallel;
use domain::audit::Digest;
use domain::document::Document;
use domain::dossier::Days;
use domain::eligibility;
use domain::fact::FactState;
use domain::id::PollId;
use domain::official::OfficialNo;
use domain::release::About;
use domain::role::Role;
use macros::boxed;
use pdf;
use store::releases;
use store::{CouncilTx, facts, logs, preparation};

/// Roles that see what is being compiled, and start a release.
pub const OFFICE: &[Role] = &[Role::Clerk, Role::Leader];
/// Roles that confirm a release.
pub const CONFIRMERS: &[Role] = &[Role::Leader];
/// Roles that see the list of releases with their hashes.
pub const READERS: &[Role] = &[Role::Clerk, Role::Leader, Role::Auditor];

/// Which facts to compile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Whether facts that wait to be verified are included.
    pub with_waiting: bool,
    /// This year only.
    pub year: Option<i16>,
}

/// How a dossier compares with the newest release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is in no release.
    New,
    /// It states what the newest release states.
    Same,
    /// It states something else.
    Changed,
}

/// A dossier in the office's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DossierItem {
    /// What it is about.
    pub about: About,
    /// `Ông Nguyễn Văn A`, `Y tế`.
    pub title: String,
    /// Posts, or the people of a field.
    pub subtitle: String,
    /// Facts that are verified.
    pub verified: usize,
    /// Facts that wait to be verified.
    pub waiting: u64,
    /// What a reader would look for and not find.
    pub missing: Vec<String>,
    /// How it compares with the newest release.
    pub standing: Standing,
}

/// The current dossiers of a poll, for the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// Name of the sitting.
    pub sitting: String,
    /// Dossiers of the officials to be voted on, in the order of the list, then of fields.
    pub lines: Vec<DossierItem>,
    /// The newest release.
    pub newest: Option<Release>,
    /// Titles of dossiers that the newest release has and the next would not.
    pub dropped: Vec<String>,
    /// The proposal that waits, if one does.
    pub offer: Option<ReleaseOffer>,
}

/// A dossier compiled now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// Name of the sitting.
    pub sitting: String,
    /// What it is about, in words.
    pub title: String,
    /// The paper.
    pub document: Document,
    /// SHA-256 of what it states.
    pub sha256: Digest,
    /// Years that its facts are of.
    pub years: Vec<i16>,
    /// Facts that wait to be verified.
    pub waiting: usize,
}

impl App {
    /// All dossiers of a poll: what each contains, what is missing, whether it changed since the newest release.
    ///
    /// # Errors
    /// When there is no such poll, or the caller may not see it.
    #[boxed]
    pub async fn dossier_desk(&self, caller: &Caller, poll: PollId) -> Result<Desk, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let told = self.told(&mut tx, poll, self.today()).await?;
        let waiting: BTreeMap<About, u64> = facts::waiting(&mut tx).await?.into_iter().collect();
        let newest = releases::list(&mut tx, poll).await?.into_iter().next();
        let released = match &newest {
            Some(release) => releases::dossiers(&mut tx, poll, release.number).await?,
            None => Vec::new(),
        };
        let proposals = preparation::proposals(&mut tx, poll).await?;
        let line = |(about, outline): &(About, Outline)| {
            let standing = match released.iter().find(|dossier| dossier.about == *about) {
                None => Standing::New,
                Some(dossier) if dossier.sha256 == outline.sha256 => Standing::Same,
                Some(_) => Standing::Changed,
            };
            let Outline { title, subtitle, facts, missing, .. } = outline.clone();
            let waiting = waiting.get(about).copied().unwrap_or(0);
            DossierItem { about: about.clone(), title, subtitle, verified: facts, waiting, missing, standing }
        };
        let lines = told.outlines.iter().map(line).collect();
        let is_gone = |old: &ReleasedDossier| !told.outlines.iter().any(|(about, _)| *about == old.about);
        let dropped = released.iter().filter(|old| is_gone(old)).map(|old| old.title.clone()).collect();
        let offer = release::open_offer(proposals)?;
        Ok(Desk { sitting: told.sitting.clone(), lines, newest, dropped, offer })
    }

    /// Outlines of all dossiers of a poll on the day `today`, from the cache if nothing changed since they were compiled.
    async fn told(&self, tx: &mut CouncilTx, poll: PollId, today: Date) -> Result<Arc<DossierList>, AppError> {
        let of = (tx.council(), poll, today);
        let roots: Vec<Digest> = logs::heads(tx).await?.into_iter().map(|log| log.head.root).collect();
        if let Some(told) = self.memory.of::<OutlineCache>().get(of, &roots) {
            return Ok(told);
        }
        let (poll_book, about) = release::verified(tx, poll).await?;
        let sitting = poll_book.plan.council.sitting.name.clone();
        let days = poll_book.days(today)?;
        let outlines = outlined(poll_book, about, days).await?;
        Ok(self.memory.of::<OutlineCache>().put(of, roots, DossierList { sitting, outlines }))
    }

    /// One dossier from the facts as they are.
    ///
    /// # Errors
    /// When there is no such poll or nobody of that id, or the caller may not see it.
    #[boxed]
    pub async fn dossier_now(
        &self,
        caller: &Caller,
        poll: PollId,
        about: &About,
        wanted: Wanted,
    ) -> Result<Compiled, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let mut stored = match about {
            About::Official(id) => facts::about(&mut tx, *id).await?,
            About::Field(field) => facts::of_field(&mut tx, field).await?,
        };
        let waiting = stored.iter().filter(|fact| fact.kept.state == FactState::Entered).count();
        stored.retain(|fact| wanted.with_waiting || fact.kept.state == FactState::Verified);
        let mut years: Vec<i16> = stored.iter().map(|fact| fact.kept.fact.period.year()).collect();
        years.sort_unstable();
        years.dedup();
        stored.retain(|fact| wanted.year.is_none_or(|year| fact.kept.fact.period.year() == year));
        let poll_book = PollBook::load(&mut tx, poll, stored.into_iter().map(Into::into).collect()).await?;
        drop(tx);
        let days = poll_book.days(self.today())?;
        let draw = Draw { days, watermark: Some("DỰ THẢO"), year: wanted.year, number: None };
        let made = make(&poll_book, about, &draw)?;
        Ok(Compiled {
            sitting: poll_book.plan.council.sitting.name.clone(),
            title: made.title,
            document: made.document,
            sha256: made.sha256,
            years,
            waiting,
        })
    }

    /// One dossier from the facts as they are, as a PDF file with its name.
    ///
    /// # Errors
    /// As [`Self::dossier_now`], and when a character cannot be printed.
    #[boxed]
    pub async fn dossier_now_pdf(
        &self,
        caller: &Caller,
        poll: PollId,
        about: &About,
        wanted: Wanted,
    ) -> Result<(String, Vec<u8>), AppError> {
        let compiled = self.dossier_now(caller, poll, about, wanted).await?;
        let name = format!("du-thao-{}.pdf", domain::text::slug(&compiled.title));
        let printed = tokio::task::spawn_blocking(move || compile::print(&compiled.document)).await;
        let pdf: pdf::Pdf = printed.map_err(|e| AppError::internal("in hồ sơ", e))??;
        Ok((name, pdf.bytes))
    }
}

/// Outlines of dossiers, compiled on all cores, not on the threads that answer requests.
async fn outlined(poll_book: PollBook, about: Vec<About>, days: Days) -> Result<Vec<(About, Outline)>, AppError> {
    let work = move || {
        let one = |index: usize| outline(&poll_book, about.get(index).ok_or(compile::NO_DOSSIER)?, days);
        let outlines = in_parallel(about.len(), one, |_| ())?;
        Ok(about.into_iter().zip(outlines).collect())
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| AppError::internal("lập hồ sơ", e))?
}

/// The officials to be voted on: by the rules, except where two people decided otherwise.
async fn listed(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<OfficialNo>, AppError> {
    let desk = preparing::PreparedPoll::load(tx, poll).await?;
    Ok(eligibility::listed(&desk.standings).collect())
}
