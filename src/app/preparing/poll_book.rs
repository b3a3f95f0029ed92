//! A poll's book out of the database: what the domain decides on, with the ids behind its places.

use std::sync::Arc;

use jiff::civil::Date;

use crate::rules::parsed::parsed;
use crate::service::clock;
use crate::service::error::AppError;
use domain::audit::Digest;
use domain::audit::canonical::to_text;
use domain::book::Book;
use domain::calendar::Calendar;
use domain::deadline::deadlines;
use domain::dossier::Days;
use domain::eligibility::Enabled;
use domain::fact::{Fact, FactState, KeptFact};
use domain::id::{DelegateId, FactId, OfficialId, PollId};
use domain::occasion::{Occasion, REHEARSAL};
use domain::official::OfficialNo;
use domain::preparation::{Part, Plan, Seat, TellerBoard};
use domain::release::FrozenFact;
use domain::roster::{Delegate, Teller};
use domain::rules::RuleSet;
use store::facts::VersionedFact;
use store::{CouncilTx, polls, preparation, roster};

/// The version of a fact that is in a book, with what the book leaves out of it.
#[derive(Debug)]
pub(crate) struct Origin {
    fact: FactId,
    version: u64,
    officials: Vec<OfficialId>,
    sent_on: Option<Date>,
    state: FactState,
}

impl Origin {
    /// The version with its hash, for a dossier that is frozen; `fact` is what the book has of it. Lists of dossiers never
    /// ask: thousands of canonical texts would be most of their work.
    ///
    /// # Errors
    /// When it has no canonical text.
    pub(crate) fn frozen(&self, fact: &Fact) -> Result<FrozenFact, AppError> {
        let fact = fact.clone().about(self.officials.clone());
        let kept = KeptFact { fact, sent_on: self.sent_on, state: self.state };
        let sha256 = Digest::of(to_text(&kept).map_err(damaged)?.as_bytes());
        Ok(FrozenFact { fact: self.fact, sha256, version: self.version })
    }
}

/// A book with the ids behind its places.
#[derive(Debug)]
pub(crate) struct PollBook {
    /// As the office wrote it.
    pub plan: Plan,
    /// Rules of the poll.
    pub rules: Arc<RuleSet>,
    /// What the domain decides on. Its officials and delegates are those that count now, in their order.
    pub book: Book,
    /// Ids of [`Book::officials`], place by place.
    pub officials: Vec<OfficialId>,
    /// Ids of [`Book::delegates`], place by place.
    pub delegates: Vec<DelegateId>,
    /// Seats of [`Book::tellers`], place by place.
    pub seats: Vec<Seat>,
    /// Origins of [`Book::facts`], place by place.
    pub facts: Vec<Origin>,
    /// Diễn tập: every paper says so.
    pub rehearsal: bool,
    /// Day on which its preparation began, in Vietnam.
    pub begun_on: Date,
}

const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu");

fn damaged(cause: impl ToString) -> AppError {
    AppError::internal("đọc phần chuẩn bị", cause)
}

impl PollBook {
    /// The book of a poll with these facts: all that a page needs, no more. Officials whom no fact may name any more
    /// (withdrawn ones) are left out, and facts that are about nobody else with them.
    ///
    /// # Errors
    /// When there is no such poll, or a stored value cannot be read.
    pub(crate) async fn load(tx: &mut CouncilTx, poll: PollId, facts: Vec<VersionedFact>) -> Result<Self, AppError> {
        let stored = preparation::part(tx, poll, &Part::Plan).await?.ok_or(NO_POLL)?;
        let plan: Plan = serde_json::from_str(&stored.content).map_err(damaged)?;
        let text = polls::ruleset_text(tx, poll).await?.ok_or(NO_POLL)?;
        let rules = parsed(&plan.council.ruleset, &text).map_err(damaged)?;
        let rehearsal = polls::is_rehearsal(tx, poll).await?.ok_or(NO_POLL)?;
        let board: TellerBoard = match preparation::part(tx, poll, &Part::Board).await? {
            Some(part) => serde_json::from_str(&part.content).map_err(damaged)?,
            None => TellerBoard::default(),
        };
        let (officials, people) = kept_officials(tx).await?;
        let (delegates, voters) = kept_delegates(tx).await?;
        let seat = |seat: &Seat| {
            let at = delegates.iter().position(|id| *id == seat.delegate)?;
            let name = voters.get(at)?.name.clone();
            Some((Teller { account: seat.account, name, role: seat.role }, *seat))
        };
        let (tellers, seats) = board.seats.iter().filter_map(seat).unzip();
        let (facts, origins) = placed(facts, &officials);
        let council = plan.council.clone();
        let book = Book { council, officials: people, delegates: voters, tellers, facts, declared: None };
        Ok(Self {
            plan,
            rules,
            book,
            officials,
            delegates,
            seats,
            facts: origins,
            rehearsal,
            begun_on: clock::day_in_vietnam(poll.at()),
        })
    }

    /// The place of an official in the book; `None` for one who was withdrawn.
    pub(crate) fn place(&self, id: OfficialId) -> Option<OfficialNo> {
        self.officials.iter().position(|other| *other == id).map(OfficialNo)
    }

    /// The id of an official of the book.
    pub(crate) fn id(&self, place: OfficialNo) -> Option<OfficialId> {
        self.officials.get(place.0).copied()
    }

    /// Bodies that the office switched on.
    pub(crate) fn enabled(&self) -> Vec<Enabled> {
        let basis = self.plan.basis.iter().filter(|basis| !basis.trim().is_empty());
        basis.map(|basis| Enabled { kind: self.plan.council.kind, basis: basis.clone() }).collect()
    }

    /// The days by which dossiers are judged that are compiled on `as_of`.
    ///
    /// # Errors
    /// When the table of days off cannot be read.
    pub(crate) fn days(&self, as_of: Date) -> Result<Days, AppError> {
        let calendar = Calendar::builtin().map_err(|e| AppError::internal("đọc lịch ngày nghỉ", e))?;
        let council = &self.book.council;
        let all = deadlines(&self.rules, council, self.plan.kind, &calendar);
        Ok(Days::new(as_of, council.sitting.votes_on, &all, Some(self.begun_on)))
    }

    /// What papers of this poll know.
    pub(crate) fn occasion(&self) -> Occasion<'_> {
        Occasion {
            council: &self.book.council,
            rules: &self.rules,
            kind: self.plan.kind,
            basis: self.plan.basis.as_deref(),
            watermark: self.rehearsal.then_some(REHEARSAL),
        }
    }
}

async fn kept_officials(tx: &mut CouncilTx) -> Result<(Vec<OfficialId>, Vec<domain::official::Official>), AppError> {
    let kept = roster::officials(tx).await?;
    Ok(kept.into_iter().filter(|kept| !kept.value.withdrawn).map(|kept| (kept.id, kept.value.official)).unzip())
}

async fn kept_delegates(tx: &mut CouncilTx) -> Result<(Vec<DelegateId>, Vec<Delegate>), AppError> {
    let kept = roster::delegates(tx).await?;
    Ok(kept.into_iter().filter(|kept| !kept.value.withdrawn).map(|kept| (kept.id, kept.value.delegate)).unzip())
}

/// Facts by places instead of ids, with their origins.
fn placed(facts: Vec<VersionedFact>, officials: &[OfficialId]) -> (Vec<Fact>, Vec<Origin>) {
    let mut placed = (Vec::with_capacity(facts.len()), Vec::with_capacity(facts.len()));
    for stored in facts {
        let KeptFact { fact, sent_on, state } = stored.kept;
        let place = |id: &OfficialId| officials.iter().position(|other| other == id).map(OfficialNo);
        let about: Vec<OfficialNo> = fact.officials.iter().filter_map(place).collect();
        if about.is_empty() {
            continue;
        }
        let (id, version, named) = (stored.id, stored.version, fact.officials.clone());
        placed.0.push(fact.about(about));
        placed.1.push(Origin { fact: id, version, officials: named, sent_on, state });
    }
    placed
}
