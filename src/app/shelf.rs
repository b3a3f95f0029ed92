//! A poll's book out of the database: what the domain decides on, with the ids behind its places.

use super::error::AppError;
use crate::domain::audit::Digest;
use crate::domain::audit::canonical::to_text;
use crate::domain::book::Book;
use crate::domain::eligibility::Enabled;
use crate::domain::fact::{Fact, KeptFact};
use crate::domain::id::{DelegateId, FactId, OfficialId, PollId};
use crate::domain::occasion::Occasion;
use crate::domain::official::OfficialNo;
use crate::domain::preparation::{Board, Part, Plan};
use crate::domain::roster::{Delegate, Teller};
use crate::domain::rules::{RuleSet, load};
use crate::store::facts::StoredFact;
use crate::store::{CouncilTx, polls, preparation, roster};

/// Which version of which fact stands in a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The fact.
    pub fact: FactId,
    /// Its version.
    pub version: u64,
    /// SHA-256 of its canonical text.
    pub sha256: Digest,
}

/// A book with the ids behind its places.
#[derive(Debug)]
pub(super) struct Shelf {
    /// As the office wrote it.
    pub plan: Plan,
    /// Rules of the poll.
    pub rules: RuleSet,
    /// What the domain decides on. Its officials and delegates are those that count now, in their order.
    pub book: Book,
    /// Ids of [`Book::officials`], place by place.
    pub officials: Vec<OfficialId>,
    /// Ids of [`Book::delegates`], place by place.
    pub delegates: Vec<DelegateId>,
    /// Origins of [`Book::facts`], place by place.
    pub facts: Vec<Origin>,
}

const NO_POLL: AppError = AppError::NotFound("kỳ lấy phiếu");

fn damaged(cause: impl ToString) -> AppError {
    AppError::internal("đọc phần chuẩn bị", cause)
}

impl Shelf {
    /// The book of a poll with these facts: all that a page needs, no more. Officials whom no fact may name any more
    /// (withdrawn ones) are left out, and facts that are about nobody else with them.
    ///
    /// # Errors
    /// When there is no such poll, or what is stored does not read.
    pub(super) async fn load(tx: &mut CouncilTx, poll: PollId, facts: Vec<StoredFact>) -> Result<Self, AppError> {
        let stored = preparation::part(tx, poll, &Part::Plan).await?.ok_or(NO_POLL)?;
        let plan: Plan = serde_json::from_str(&stored.content).map_err(damaged)?;
        let text = polls::ruleset_text(tx, poll).await?.ok_or(NO_POLL)?;
        let rules = load(&plan.council.ruleset, &text).map_err(damaged)?;
        let board = match preparation::part(tx, poll, &Part::Board).await? {
            Some(part) => serde_json::from_str(&part.content).map_err(damaged)?,
            None => Board::default(),
        };
        let (officials, people) = kept_officials(tx).await?;
        let (delegates, voters) = kept_delegates(tx).await?;
        let seat = |seat: &crate::domain::preparation::Seat| {
            let at = delegates.iter().position(|id| *id == seat.delegate)?;
            Some(Teller { name: voters.get(at)?.name.clone(), role: seat.role })
        };
        let tellers = board.seats.iter().filter_map(seat).collect();
        let (facts, origins) = placed(facts, &officials)?;
        let council = plan.council.clone();
        let book = Book { council, officials: people, delegates: voters, tellers, facts, declared: None };
        Ok(Self { plan, rules, book, officials, delegates, facts: origins })
    }

    /// Where an official stands in the book; `None` for one who does not count any more.
    pub(super) fn place(&self, id: OfficialId) -> Option<OfficialNo> {
        self.officials.iter().position(|other| *other == id).map(OfficialNo)
    }

    /// The id of an official of the book.
    pub(super) fn id(&self, place: OfficialNo) -> Option<OfficialId> {
        self.officials.get(place.0).copied()
    }

    /// Bodies that the office switched on.
    pub(super) fn enabled(&self) -> Vec<Enabled> {
        let basis = self.plan.basis.iter().filter(|basis| !basis.trim().is_empty());
        basis.map(|basis| Enabled { kind: self.plan.council.kind, basis: basis.clone() }).collect()
    }

    /// What papers of this poll know.
    pub(super) fn occasion(&self) -> Occasion<'_> {
        Occasion {
            council: &self.book.council,
            rules: &self.rules,
            kind: self.plan.kind,
            basis: self.plan.basis.as_deref(),
            watermark: None,
        }
    }
}

async fn kept_officials(
    tx: &mut CouncilTx,
) -> Result<(Vec<OfficialId>, Vec<crate::domain::official::Official>), AppError> {
    let kept = roster::officials(tx).await?;
    Ok(kept.into_iter().filter(|kept| !kept.value.withdrawn).map(|kept| (kept.id, kept.value.official)).unzip())
}

async fn kept_delegates(tx: &mut CouncilTx) -> Result<(Vec<DelegateId>, Vec<Delegate>), AppError> {
    let kept = roster::delegates(tx).await?;
    Ok(kept.into_iter().filter(|kept| !kept.value.withdrawn).map(|kept| (kept.id, kept.value.delegate)).unzip())
}

/// Facts by places instead of ids, with their origins.
fn placed(facts: Vec<StoredFact>, officials: &[OfficialId]) -> Result<(Vec<Fact>, Vec<Origin>), AppError> {
    let mut placed = (Vec::with_capacity(facts.len()), Vec::with_capacity(facts.len()));
    for stored in facts {
        let sha256 = Digest::of(to_text(&stored.kept).map_err(damaged)?.as_bytes());
        let KeptFact { fact, .. } = stored.kept;
        let place = |id: &OfficialId| officials.iter().position(|other| other == id).map(OfficialNo);
        let about: Vec<OfficialNo> = fact.officials.iter().filter_map(place).collect();
        if about.is_empty() {
            continue;
        }
        placed.0.push(fact.about(about));
        placed.1.push(Origin { fact: stored.id, version: stored.version, sha256 });
    }
    Ok(placed)
}
