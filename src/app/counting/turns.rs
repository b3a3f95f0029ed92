//! Whose turn it is in a poll, for the pages that say so: loaded here, decided by [`domain::turn`].

use super::day;
use super::room::table::{BatchStage, Lying};
use crate::Caller;
use crate::polls::{FOLLOWERS, actor_in, on_ballot};
use crate::preparing::overview;
use crate::service::app::App;
use crate::service::clock::day_in_vietnam;
use crate::service::error::AppError;
use domain::id::{AccountId, PollId};
use domain::poll_state::{Poll, Stage};
use domain::preparation::Part;
use domain::proposal::{Proposal, ProposalKind, ProposalState};
use domain::role::Role;
use domain::turn::{Person, Pile, Reader, Situation, Turn, WaitingPile, WaitingProposal, turns};
use macros::boxed;
use store::{CouncilTx, accounts, polls, preparation};

const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu");

/// What waits in a poll, and the reader who is told.
#[derive(Clone, Debug)]
pub struct Turns {
    /// In the order in which it is told.
    pub list: Vec<Turn>,
    /// With the roles that reach this poll.
    pub reader: Reader,
}

impl App {
    /// Whom everybody waits for in a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller may open none of its pages.
    #[boxed]
    pub async fn turns(&self, caller: &Caller, poll: PollId) -> Result<Turns, AppError> {
        // The same people who may follow the pages.
        self.pages_version(caller, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let stored = polls::find(&mut tx, poll).await?.ok_or(NO_POLL)?;
        let stage = stored.state.stage();
        let reader = reader(&mut tx, caller, stored.state.poll()).await?;
        let follows = caller.may(FOLLOWERS).is_ok();
        let proposals = preparation::proposals(&mut tx, poll).await?;
        let sealed = stage.is_sealed();
        let mut situation = Situation { stage, open: Vec::new(), piles: Vec::new(), now: Vec::new(), next: None };
        if stage == Stage::Cancelled {
            return Ok(Turns { list: Vec::new(), reader });
        }
        if follows {
            situation.open = waiting(&proposals, caller);
        }
        if sealed {
            situation.now = day::now(&mut tx, poll, &proposals).await?;
            let several = polls::forms(&mut tx, poll).await?.len() > 1;
            for lying in self.on_table(poll) {
                if follows || lying.opening.tellers.contains(&caller.account.id) {
                    situation.piles.push(self.waiting_pile(&mut tx, lying, several).await?);
                }
            }
        } else if preparation::part(&mut tx, poll, &Part::Plan).await?.is_some() {
            let overview = overview::overview(&mut tx, poll, day_in_vietnam(self.clock.now()), None).await?;
            situation.next = overview.next().map(|task| task.id);
        }
        Ok(Turns { list: turns(situation), reader })
    }

    async fn waiting_pile(&self, tx: &mut CouncilTx, lying: Lying, several: bool) -> Result<WaitingPile, AppError> {
        let block = match polls::forms(tx, lying.key.poll).await?.into_iter().find(|f| f.form.id == lying.key.form) {
            Some(form) if several => form.form.block,
            _ => String::new(),
        };
        let mut people = Vec::with_capacity(2);
        for who in lying.waits_for.iter().filter(|who| lying.opening.tellers.contains(who)) {
            people.push(person(tx, *who).await?);
        }
        people.sort_by(|one, other| one.name.cmp(&other.name));
        let is_for_head = matches!(lying.stage, BatchStage::ForHead(_));
        let head = if is_for_head { Some(person(tx, lying.head).await?) } else { None };
        Ok(WaitingPile {
            paper: lying.disputed.first().copied(),
            pile: Pile { form: lying.key.form, block, number: lying.key.number, work: lying.key.pile },
            busy: people,
            is_again: matches!(lying.stage, BatchStage::Differs(_)),
            head,
        })
    }
}

async fn person(tx: &mut CouncilTx, account: AccountId) -> Result<Person, AppError> {
    let name = accounts::find(tx, account).await?.map(|account| account.name).unwrap_or_default();
    Ok(Person { account, name })
}

/// The caller with those roles only that reach this poll: not one of the count for whom the board leaves out, and none for
/// whoever is on the ballot.
async fn reader(tx: &mut CouncilTx, caller: &Caller, poll: &Poll) -> Result<Reader, AppError> {
    let account = caller.account.id;
    if on_ballot(tx, poll.id).await?.contains_key(&account) {
        return Ok(Reader { account, roles: Vec::new() });
    }
    let reaches = |role: &Role| match role {
        Role::HeadTeller | Role::Teller => actor_in(caller, poll, &[*role]).is_ok(),
        _ => true,
    };
    Ok(Reader { account, roles: caller.account.roles.iter().filter(reaches).collect() })
}

/// Open proposals that the caller may see, the oldest first.
fn waiting(proposals: &[Proposal], caller: &Caller) -> Vec<WaitingProposal> {
    let is_office = caller.may(crate::preparing::OFFICE).is_ok();
    let sees = |kind: ProposalKind| is_office || ProposalKind::OF_DAY.contains(&kind);
    let open = proposals.iter().rev().filter(|p| p.state == ProposalState::Open && sees(p.kind));
    open.map(|p| WaitingProposal { proposal: p.id, kind: p.kind, by: p.proposed.account }).collect()
}
