//! How a release is made: dossiers are printed, proposed, confirmed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::compile::NO_DOSSIER;
use super::compile::{Draw, make, outline, print, targets};
use super::{CONFIRMERS, OFFICE, listed};
use crate::polls::proposals::{Offer, decide, propose};
use crate::polls::{council_log, take_step};
use crate::preparing::poll_book::PollBook;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use crate::service::jobs::{JobView, NewJob, Outcome, Steps};
use crate::service::parallel::in_parallel;
use domain::audit::canonical::{from_text, to_text};
use domain::audit::event::poll::FileHash;
use domain::audit::{Digest, UtcTime};
use domain::document::text_lines;
use domain::dossier::Days;
use domain::id::{CouncilId, JobId, PollId, ProposalId};
use domain::job::{JobKind, JobState};
use domain::proposal::{Proposal, ProposalError, ProposalKind, ProposalState};
use domain::release::About;
use domain::text::slug;
use macros::boxed;
use store::releases::{self, Frozen, Release, ReleasedDossier};
use store::{CouncilTx, facts, jobs, preparation};

const NO_PROPOSAL: AppError = AppError::NotFound("đề xuất này");
const STEP: &str = "Lập và in hồ sơ";

/// One dossier of a proposed release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferedDossier {
    /// What it is about.
    pub about: About,
    /// Facts in it.
    pub facts: u64,
    /// Name of its file.
    pub name: String,
    /// Pages of the file.
    pub pages: u32,
    /// SHA-256 of the file.
    pub pdf_sha256: Digest,
    /// SHA-256 of its canonical text.
    pub sha256: Digest,
    /// `Ông Nguyễn Văn A`.
    pub title: String,
}

/// What is proposed: the canonical text of this is what the second person confirms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferedRelease {
    /// The day by which they were judged and which their papers bear; releases of older programs bore that of the vote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// In the order of the release.
    pub dossiers: Vec<OfferedDossier>,
    /// Number of the release.
    pub number: u32,
}

/// The result of a background job that printed a release.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    /// See [`releases::basis`].
    basis: i64,
    content: OfferedRelease,
}

/// A release that waits to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseOffer {
    /// The proposal.
    pub proposal: ProposalId,
    /// Full name of the person who proposed it.
    pub by: String,
    /// When.
    pub at: UtcTime,
    /// What is proposed.
    pub release: OfferedRelease,
}

/// The background job that prints a release, for its page.
#[derive(Clone, Debug)]
pub struct ReleaseWork {
    /// How far it has come.
    pub view: JobView,
    /// What it printed, once it is ready.
    pub dossiers: Vec<OfferedDossier>,
    /// Number that the release would have.
    pub number: u32,
    /// Dossiers of the newest release, to compare with.
    pub before: Vec<ReleasedDossier>,
    /// Why it did not get ready.
    pub failure: String,
}

/// The printed dossiers of a release, with the state of the data that they were printed from.
struct Pile {
    basis: i64,
    content: OfferedRelease,
    frozen: Vec<Frozen>,
}

fn damaged(cause: impl ToString) -> AppError {
    AppError::internal("đọc bộ hồ sơ chờ phát hành", cause)
}

/// The open proposal of a release, if there is one.
pub(super) fn open_offer(proposals: Vec<Proposal>) -> Result<Option<ReleaseOffer>, AppError> {
    let is_open = |p: &Proposal| p.kind == ProposalKind::DossiersReleased && p.state == ProposalState::Open;
    let Some(proposal) = proposals.into_iter().find(is_open) else { return Ok(None) };
    let release = from_text(&proposal.content).map_err(damaged)?;
    Ok(Some(ReleaseOffer { proposal: proposal.id, by: proposal.proposed.name, at: proposal.proposed.at, release }))
}

/// Whether every dossier of a release that was confirmed states today what it stated then, and no other would be released.
///
/// # Errors
/// When a stored value cannot be read.
pub(crate) async fn states_the_same(tx: &mut CouncilTx, released: &Proposal) -> Result<bool, AppError> {
    let offered: OfferedRelease = from_text(&released.content).map_err(damaged)?;
    let (poll_book, all) = verified(tx, released.poll).await?;
    is_stated(&poll_book, &all, &offered)
}

fn is_stated(poll_book: &PollBook, all: &[About], offered: &OfferedRelease) -> Result<bool, AppError> {
    let days = poll_book.days(offered.as_of.unwrap_or(poll_book.book.council.sitting.votes_on))?;
    let stated = |about: &About| outline(poll_book, about, days).ok().map(|outline| outline.sha256);
    let is_same = |one: &OfferedDossier, about: &About| one.about == *about && stated(about) == Some(one.sha256);
    Ok(offered.dossiers.len() == all.len() && offered.dossiers.iter().zip(all).all(|(one, about)| is_same(one, about)))
}

/// What would be released now, as far as that is known without printing: the proposed text, if every dossier still
/// states what was proposed. The files themselves are compared when somebody confirms.
///
/// # Errors
/// When the release would differ from what was proposed.
pub(crate) async fn content_now(tx: &mut CouncilTx, proposal: &Proposal) -> Result<String, AppError> {
    let offered: OfferedRelease = from_text(&proposal.content).map_err(damaged)?;
    let number = releases::newest(tx, proposal.poll).await?.unwrap_or(0) + 1;
    let (poll_book, all) = verified(tx, proposal.poll).await?;
    let same = number == offered.number && is_stated(&poll_book, &all, &offered)?;
    if same { Ok(proposal.content.clone()) } else { Err(ProposalError::Outdated.into()) }
}

/// The book of a poll with the facts that are verified, and what its dossiers are about.
pub(super) async fn verified(tx: &mut CouncilTx, poll: PollId) -> Result<(PollBook, Vec<About>), AppError> {
    let facts = facts::verified(tx).await?;
    let poll_book = PollBook::load(tx, poll, facts).await?;
    let all = targets(&poll_book, &listed(tx, poll).await?);
    Ok((poll_book, all))
}

impl App {
    /// Prints all dossiers of a poll in a background job; their hashes wait for somebody to propose them.
    ///
    /// # Errors
    /// When there is no such poll, or the caller may not.
    #[boxed]
    pub async fn print_release(&self, ask: Ask<'_>, poll: PollId) -> Result<JobId, AppError> {
        ask.caller.may(OFFICE)?;
        let council = ask.caller.council;
        let mut tx = self.store.read(council).await?;
        PollBook::load(&mut tx, poll, Vec::new()).await?;
        drop(tx);
        let title = "Hồ sơ để phát hành".to_owned();
        let new = NewJob { kind: JobKind::Dossiers, poll: Some(poll), title, input: None };
        self.start_job(ask, new, move |app, steps| async move {
            let Pile { basis, content, .. } = app.pile(council, poll, Some(app.today()), steps).await?;
            let result = to_text(&Printed { basis, content }).map_err(damaged)?;
            Ok(Outcome { state: JobState::Ready, result })
        })
        .await
    }

    /// All dossiers of a poll from the facts that are verified now, printed on all cores.
    /// Their papers bear the day `as_of`, by which they are judged; without it, that of the vote.
    async fn pile(
        &self,
        council: CouncilId,
        poll: PollId,
        as_of: Option<Date>,
        steps: Steps,
    ) -> Result<Pile, AppError> {
        let mut tx = self.store.read(council).await?;
        let basis = releases::basis(&mut tx, poll).await?;
        let number = releases::newest(&mut tx, poll).await?.unwrap_or(0) + 1;
        let (poll_book, all) = verified(&mut tx, poll).await?;
        drop(tx);
        let days = poll_book.days(as_of.unwrap_or(poll_book.book.council.sitting.votes_on))?;
        let printed = tokio::task::spawn_blocking(move || frozen((&poll_book, days), &all, number, &steps)).await;
        let frozen = printed.map_err(|e| AppError::internal("in hồ sơ", e))??;
        let offered = |one: &Frozen| OfferedDossier {
            about: one.dossier.about.clone(),
            facts: u64::try_from(one.stated.facts.len()).unwrap_or(u64::MAX),
            name: one.dossier.name.clone(),
            pages: one.dossier.pages,
            pdf_sha256: one.dossier.pdf_sha256,
            sha256: one.dossier.sha256,
            title: one.dossier.title.clone(),
        };
        let content = OfferedRelease { as_of, dossiers: frozen.iter().map(offered).collect(), number };
        Ok(Pile { basis, content, frozen })
    }

    /// The background job that prints a release.
    ///
    /// # Errors
    /// When there is none of that id for this poll, or the caller may not see it.
    #[boxed]
    pub async fn release_work(&self, caller: &Caller, poll: PollId, id: JobId) -> Result<ReleaseWork, AppError> {
        caller.may(OFFICE)?;
        let view = self.job(caller, id).await?;
        if view.job.poll != Some(poll) || view.job.kind != JobKind::Dossiers {
            return Err(AppError::NotFound("việc này"));
        }
        let mut tx = self.store.read(caller.council).await?;
        let result = jobs::result(&mut tx, id).await?.unwrap_or_default();
        let before = match releases::newest(&mut tx, poll).await? {
            Some(number) => releases::dossiers(&mut tx, poll, number).await?,
            None => Vec::new(),
        };
        let (mut dossiers, mut number, mut failure) = (Vec::new(), 0, String::new());
        match view.job.state {
            JobState::Ready | JobState::Done => {
                let printed: Printed = from_text(&result).map_err(damaged)?;
                (dossiers, number) = (printed.content.dossiers, printed.content.number);
            }
            JobState::Failed => failure = result,
            JobState::Running | JobState::Discarded => {}
        }
        Ok(ReleaseWork { view, dossiers, number, before, failure })
    }

    /// Proposes the dossiers that a background job printed.
    ///
    /// # Errors
    /// When a record changed since, or a release is proposed already.
    #[boxed]
    pub async fn propose_release(&self, ask: Ask<'_>, poll: PollId, id: JobId) -> Result<(), AppError> {
        let actor = ask.caller.may(OFFICE)?;
        let work = self.release_work(ask.caller, poll, id).await?;
        if work.view.job.state != JobState::Ready {
            return Err(AppError::Input("Bộ hồ sơ này chưa lập xong hoặc đã dùng rồi; hãy lập lại.".to_owned()));
        }
        let at = self.now_text()?;
        let proposal = ProposalId::new(self.clock.now(), &self.chance.for_id()?);
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let result = jobs::result(tx, id).await?.unwrap_or_default();
                let printed: Printed = from_text(&result).map_err(damaged)?;
                if releases::basis(tx, poll).await? != printed.basis {
                    let sentence = "Dữ liệu đã thay đổi từ khi lập bộ hồ sơ này; hãy lập lại rồi đề xuất.";
                    return Err(AppError::Input(sentence.to_owned()));
                }
                let content = to_text(&printed.content).map_err(damaged)?;
                let offer = Offer { poll, kind: ProposalKind::DossiersReleased, about: String::new(), content };
                propose(tx, proposal, at, &actor, offer).await?;
                Ok(jobs::turn(tx, id, (JobState::Ready, JobState::Done), None, at).await?)
            })
        })
        .await
    }

    /// Confirms a proposed release: all dossiers are printed again, and nothing is done unless they are what was
    /// proposed. The release, its entry in the poll's log and the decision are one transaction.
    ///
    /// # Errors
    /// When the caller proposed it, it was decided before, or a record changed since.
    #[boxed]
    pub async fn confirm_release(&self, ask: Ask<'_>, poll: PollId, id: ProposalId) -> Result<u32, AppError> {
        let actor = ask.caller.may(CONFIRMERS)?;
        let council = ask.caller.council;
        // Before the slow printing: most refusals do not need it.
        let proposal = self.release_proposal(council, poll, id).await?;
        if proposal.proposed.account == ask.caller.account.id {
            return Err(ProposalError::Own.into());
        }
        if proposal.state != ProposalState::Open {
            return Err(ProposalError::Decided(proposal.state).into());
        }
        // The day is part of what was proposed: the papers are the same bytes on whichever day they are confirmed.
        let offered: OfferedRelease = from_text(&proposal.content).map_err(damaged)?;
        let Pile { basis, content, frozen } = self.pile(council, poll, offered.as_of, Steps::default()).await?;
        let (at, keys, number) = (self.now_text()?, self.keys.clone(), content.number);
        let text = to_text(&content).map_err(damaged)?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let proposal = preparation::proposal(tx, id).await?.ok_or(NO_PROPOSAL)?;
                // What was printed is still what would be printed now.
                if releases::basis(tx, poll).await? != basis {
                    return Err(ProposalError::Outdated.into());
                }
                decide(tx, at, &actor, proposal, ProposalState::Confirmed, String::new(), Some(&text)).await?;
                let hash = |one: &Frozen| FileHash { name: one.dossier.name.clone(), sha256: one.dossier.pdf_sha256 };
                let (files, noted) = (frozen.iter().map(hash).collect(), council_log(tx).await?);
                take_step(tx, poll, (at, &actor), &keys, |state| state.release_dossiers(files, noted)).await?;
                let dossiers = u32::try_from(frozen.len()).unwrap_or(u32::MAX);
                let release = Release { number, at, by: actor.name.clone(), dossiers };
                releases::add(tx, poll, &release, &frozen).await?;
                Ok(number)
            })
        })
        .await
    }

    async fn release_proposal(&self, council: CouncilId, poll: PollId, id: ProposalId) -> Result<Proposal, AppError> {
        let found = preparation::proposal(&mut self.store.read(council).await?, id).await?;
        found.filter(|p| p.poll == poll && p.kind == ProposalKind::DossiersReleased).ok_or(NO_PROPOSAL)
    }
}

/// Prints all dossiers for release `number`.
fn frozen(
    (poll_book, days): (&PollBook, Days),
    all: &[About],
    number: u32,
    steps: &Steps,
) -> Result<Vec<Frozen>, AppError> {
    let people = all.iter().filter(|about| matches!(about, About::Official(_))).count();
    let one = |index: usize| -> Result<Frozen, AppError> {
        let about = all.get(index).ok_or(NO_DOSSIER)?;
        let draw = Draw { days, watermark: None, year: None, number: Some(number) };
        let made = make(poll_book, about, &draw)?;
        let pdf = print(&made.document)?;
        let (folder, place, short) = match about {
            About::Official(_) => ("officials", index, made.title.clone()),
            About::Field(field) => ("fields", index - people, field.0.clone()),
        };
        let bare = short.split_once(' ').filter(|_| folder == "officials").map_or(short.as_str(), |(_, name)| name);
        Ok(Frozen {
            dossier: ReleasedDossier {
                position: u32::try_from(index + 1).unwrap_or(u32::MAX),
                about: about.clone(),
                name: format!("v{number}/{folder}/{:02}-{}.pdf", place + 1, slug(bare)),
                title: made.title,
                subtitle: made.subtitle,
                sha256: made.sha256,
                pages: pdf.pages,
                pdf_sha256: Digest::of(&pdf.bytes),
            },
            lines: text_lines(&made.document),
            document: to_text(&made.document).map_err(damaged)?,
            stated: made.stated,
            pdf: pdf.bytes,
            files: made.files,
        })
    };
    in_parallel(all.len(), one, |done| steps.set(STEP, done, all.len()))
}
