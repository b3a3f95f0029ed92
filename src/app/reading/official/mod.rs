//! The official's own pages: what is stated about the person, the person's replies, report and declarations. Nobody else's
//! facts are ever loaded here.

mod dossier;
mod opinions;
mod report;

use jiff::civil::Date;

use crate::facts::attachments::Paper;
use crate::facts::entry::{NOT_FOUND as NO_FACT, by, put, tracked};
use crate::preparing::poll_book::PollBook;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::clock::{day_in_vietnam, in_vietnam};
use crate::service::error::{AppError, Conflict};
use crate::service::upload::Received;
use domain::audit::Digest;
use domain::calendar::Calendar;
use domain::deadline::{self, Deadline, deadlines};
use domain::dossier::{MissingKind, compile};
use domain::fact::{Fact, FactKind, FactState, Source};
use domain::id::{FactId, PollId};
use domain::poll_state::Stage;
use domain::question;
use domain::role::Role;
use domain::rules::Attested;
use domain::text::date_dmy;
use macros::boxed;
use store::{CouncilTx, facts, polls, preparation, roster};

pub use dossier::OwnDossier;
pub use opinions::{Opinion, Opinions, TypedOpinion};
pub use report::{Declarations, OwnReport, OwnSection, TypedDeclaration};
pub use store::facts::StoredFact;
pub use store::roster::StoredOfficial;

/// Whose pages these are.
pub const OWNERS: &[Role] = &[Role::Official];

/// An account of this role that no official of the roster is linked to.
const NOT_LINKED: AppError = AppError::NotFound("người được lấy phiếu của tài khoản này");

/// A deadline as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueLine {
    /// What is owed.
    pub what: String,
    /// To whom.
    pub to: String,
    /// Last day in time.
    pub due: String,
    /// `còn 3 ngày`, `quá hạn 2 ngày`.
    pub standing: String,
    /// The last day is over.
    pub is_late: bool,
    /// Its article.
    pub cite: String,
    /// How well the rule was read.
    pub attested: Attested,
    /// What makes the day doubtful.
    pub doubts: Vec<String>,
}

impl DueLine {
    fn new(deadline: &Deadline<'_>, today: Date) -> Self {
        Self {
            what: deadline.rule.what.clone(),
            to: deadline.rule.to.clone(),
            due: date_dmy(deadline.due),
            standing: deadline::status(deadline, today, None).text(),
            is_late: today > deadline.due,
            cite: deadline.rule.cite.clone(),
            attested: deadline.attested,
            doubts: deadline.doubts.clone(),
        }
    }
}

/// Something that a dossier lacks, and where it is supplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Vietnamese sentence.
    pub text: String,
    /// The article and its mark, where the instrument itself asks for it.
    pub law: Option<(String, Attested)>,
    /// Which of the person's own pages supplies it; `None` where the office does.
    pub place: Option<&'static str>,
}

/// The poll that is being prepared, for the person.
#[derive(Clone, Debug)]
pub struct OwnPoll {
    /// Its id.
    pub id: PollId,
    /// `Kỳ họp thứ 17`.
    pub sitting: String,
    /// Diễn tập.
    pub rehearsal: bool,
    /// Day of the opening.
    pub opens_on: Date,
    /// Day of the vote.
    pub votes_on: Date,
    /// What the person owes, or is owed, by when.
    pub deadlines: Vec<DueLine>,
    /// What the dossier lacks, what the person owes first.
    pub gaps: Vec<Gap>,
}

/// The first of the person's own pages.
#[derive(Clone, Debug)]
pub struct OwnPage {
    /// Who.
    pub official: StoredOfficial,
    /// Facts that the person sees.
    pub facts: usize,
    /// Those that a second person checked.
    pub verified: usize,
    /// Those that ask for an answer and have none.
    pub unanswered: usize,
    /// `None` while none is being prepared.
    pub poll: Option<OwnPoll>,
}

/// Facts about the person, with whose they are.
#[derive(Clone, Debug)]
pub struct OwnFacts {
    /// Who.
    pub official: StoredOfficial,
    /// By field, kind and time, as a dossier has them.
    pub facts: Vec<StoredFact>,
}

impl App {
    /// What awaits the official who asks; `None` for an account that no official of the roster is linked to.
    ///
    /// # Errors
    /// When the caller is no official.
    #[boxed]
    pub async fn own_page(&self, caller: &Caller) -> Result<Option<OwnPage>, AppError> {
        caller.may(OWNERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let Some(official) = roster::official_of(&mut tx, caller.account.id).await? else { return Ok(None) };
        let facts = shown(&mut tx, &official).await?;
        let awaits = |fact: &&StoredFact| awaits_reply(fact.kept.fact.kind) && fact.kept.fact.reply.is_none();
        let verified = facts.iter().filter(|fact| fact.kept.state == FactState::Verified).count();
        let (count, unanswered) = (facts.len(), facts.iter().filter(awaits).count());
        let poll = match current_poll(&mut tx).await? {
            Some(poll) => Some(own_poll(&mut tx, poll, &official, facts, day_in_vietnam(self.clock.now())).await?),
            None => None,
        };
        Ok(Some(OwnPage { official, facts: count, verified, unanswered, poll }))
    }

    /// What is stated about the official who asks; `None` for an account that no official is linked to.
    ///
    /// # Errors
    /// When the caller is no official.
    #[boxed]
    pub async fn own_facts(&self, caller: &Caller) -> Result<Option<OwnFacts>, AppError> {
        caller.may(OWNERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let Some(official) = roster::official_of(&mut tx, caller.account.id).await? else { return Ok(None) };
        let facts = shown(&mut tx, &official).await?;
        Ok(Some(OwnFacts { official, facts }))
    }

    /// One fact about the official who asks.
    ///
    /// # Errors
    /// When there is none that the person may see.
    #[boxed]
    pub async fn own_fact(&self, caller: &Caller, id: FactId) -> Result<StoredFact, AppError> {
        caller.may(OWNERS)?;
        let mut tx = self.store.read(caller.council).await?;
        own_fact(&mut tx, caller, id).await
    }

    /// The official answers a fact; whether it was checked does not change.
    ///
    /// # Errors
    /// On field `reply`; when the fact is not the caller's to answer, or was changed since `version`.
    #[boxed]
    pub async fn reply_fact(&self, ask: Ask<'_>, id: FactId, version: u64, reply: &str) -> Result<(), AppError> {
        let actor = ask.caller.may(OWNERS)?;
        let reply = question::typed(reply).map_err(|e| AppError::field("reply", e))?;
        let (at, caller) = (self.now_text()?, ask.caller.clone());
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let fact = own_fact(tx, &caller, id).await?;
                if fact.kept.fact.kind == FactKind::ReportSection {
                    return Err(NO_FACT);
                }
                let stored = fact.kept.fact.reply.clone().unwrap_or_default();
                check_version(&fact, version, [("Ý kiến của người được lấy phiếu", &stored, &reply)])?;
                if stored == reply {
                    return Ok(());
                }
                let step = tracked(&fact)?.replied(Some(reply))?;
                put(tx, at, &actor, (id, version), step).await.map(drop)
            })
        })
        .await
    }

    /// The fact whose source a file is put to.
    ///
    /// # Errors
    /// When there is none, or the caller keeps no facts.
    #[boxed]
    pub async fn fact_of_file(&self, caller: &Caller, id: FactId) -> Result<StoredFact, AppError> {
        caller.may(&[Role::Clerk, Role::Leader])?;
        facts::find(&mut self.store.read(caller.council).await?, id).await?.ok_or(NO_FACT)
    }

    /// Puts a file to the source of a fact, in place of the one before; without a file takes that away. The fact waits
    /// again for a second person.
    ///
    /// # Errors
    /// On field `file`; when the fact is withdrawn, or was changed since `version`.
    #[boxed]
    pub async fn set_file(
        &self,
        ask: Ask<'_>,
        id: FactId,
        version: u64,
        file: Option<Received>,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(&[Role::Clerk, Role::Leader])?;
        let paper = match file {
            Some(received) => Some(Paper::examine(received).await?),
            None => None,
        };
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let stored = facts::find(tx, id).await?.ok_or(NO_FACT)?;
                let (before, file) = (stored.kept.fact.clone(), paper.as_ref().map(Paper::sha256));
                let name =
                    |file: Option<Digest>| file.map_or_else(|| "không có".to_owned(), |sha256| sha256.to_string());
                check_version(&stored, version, [("Tệp nguồn", &name(before.source.file), &name(file))])?;
                if before.source.file == file {
                    return Ok(());
                }
                let source = Source { file, ..before.source };
                let step = tracked(&stored)?.changed(Fact { source, ..before }, by(&actor))?;
                if let Some(paper) = paper {
                    paper.keep(tx, at, &actor.name).await?;
                }
                put(tx, at, &actor, (id, version), step).await.map(drop)
            })
        })
        .await
    }
}

/// Whether an official is expected to answer a fact of this kind.
pub const fn awaits_reply(kind: FactKind) -> bool {
    matches!(kind, FactKind::Questioning | FactKind::VotersOpinion)
}

/// What the official sees of what is stated about them: by field, kind and time.
async fn shown(tx: &mut CouncilTx, official: &StoredOfficial) -> Result<Vec<StoredFact>, AppError> {
    let mut found = facts::about(tx, official.id).await?;
    found.retain(|fact| fact.kept.is_shown_to_official());
    let fields = &official.value.official.fields;
    found.sort_by_cached_key(|stored| {
        let fact = &stored.kept.fact;
        let rank = fields.iter().position(|field| *field == fact.field).unwrap_or(fields.len());
        (rank, fact.field.0.clone(), fact.kind, fact.period.start(), stored.id)
    });
    Ok(found)
}

/// One fact, if it is about the caller, and shown to officials already.
async fn own_fact(tx: &mut CouncilTx, caller: &Caller, id: FactId) -> Result<StoredFact, AppError> {
    let official = roster::official_of(tx, caller.account.id).await?.ok_or(NO_FACT)?;
    let found = facts::find(tx, id).await?.ok_or(NO_FACT)?;
    let is_own = found.kept.fact.officials.contains(&official.id) && found.kept.is_shown_to_official();
    if is_own { Ok(found) } else { Err(NO_FACT) }
}

/// The poll that is being prepared: the newest that has a plan and whose ballots are not out yet; a rehearsal only where
/// there is no other.
pub(crate) async fn current_poll(tx: &mut CouncilTx) -> Result<Option<PollId>, AppError> {
    let mut all = polls::list(tx).await?;
    all.sort_by_key(|poll| poll.rehearsal);
    for poll in all {
        let is_before = poll.stage < Stage::Voting;
        let plan = &domain::preparation::Part::Plan;
        if is_before && preparation::part(tx, poll.id, plan).await?.is_some() {
            return Ok(Some(poll.id));
        }
    }
    Ok(None)
}

fn calendar() -> Result<Calendar, AppError> {
    Calendar::builtin().map_err(|e| AppError::internal("đọc lịch ngày nghỉ", e))
}

async fn own_poll(
    tx: &mut CouncilTx,
    poll: PollId,
    official: &StoredOfficial,
    facts: Vec<StoredFact>,
    today: Date,
) -> Result<OwnPoll, AppError> {
    const OWN: [&str; 4] = ["person_report", "person_file", "opinions_to_person", "reply"];
    let poll_book = PollBook::load(tx, poll, facts.into_iter().map(Into::into).collect()).await?;
    let (council, calendar) = (&poll_book.book.council, calendar()?);
    let all = deadlines(&poll_book.rules, council, poll_book.plan.kind, &calendar);
    let own = all.iter().filter(|deadline| OWN.contains(&deadline.rule.id.as_str()));
    let deadlines = own.map(|deadline| DueLine::new(deadline, today)).collect();
    let place = poll_book.place(official.id).ok_or(NOT_LINKED)?;
    let dossier = compile(&poll_book.book, place, poll_book.days(today)?).ok_or(NOT_LINKED)?;
    let gap = |missing: &domain::dossier::Missing| Gap {
        text: missing.text.clone(),
        law: missing.kind.law(&poll_book.rules, council.kind).map(|(cite, attested)| (cite.to_owned(), attested)),
        place: place_of(missing.kind),
    };
    let mut gaps: Vec<Gap> = dossier.missing.iter().map(gap).collect();
    gaps.sort_by_key(|gap| gap.place.is_none());
    let sitting = &council.sitting;
    Ok(OwnPoll {
        id: poll,
        sitting: sitting.name.clone(),
        rehearsal: poll_book.rehearsal,
        opens_on: sitting.opens_on,
        votes_on: sitting.votes_on,
        deadlines,
        gaps,
    })
}

/// The own page on which the person supplies it.
const fn place_of(kind: MissingKind) -> Option<&'static str> {
    match kind {
        MissingKind::Report => Some("/cua-toi/bao-cao"),
        MissingKind::AssetDeclarationForVote | MissingKind::AssetDeclarationOfYear => Some("/cua-toi/ke-khai"),
        MissingKind::QuestioningReply | MissingKind::OpinionReply => Some("/cua-toi/du-kien"),
        MissingKind::PostDate
        | MissingKind::YearlyRating
        | MissingKind::TargetActual
        | MissingKind::PastDue
        | MissingKind::DueBeforeVote
        | MissingKind::SupervisionStatus => None,
    }
}

/// Tells the second of two editors what differs.
fn check_version<const N: usize>(
    stored: &StoredFact,
    version: u64,
    fields: [(&'static str, &str, &str); N],
) -> Result<(), AppError> {
    if stored.version == version {
        return Ok(());
    }
    let conflict = Conflict {
        what: "dữ kiện",
        by: stored.changed_by.clone(),
        at: in_vietnam(stored.changed_at),
        version: stored.version,
        differences: Vec::new(),
    };
    Err(AppError::Stale(conflict.with_fields(fields)))
}
