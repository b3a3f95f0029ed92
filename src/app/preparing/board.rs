//! The board of tellers: drafted by the office, proposed by one, appointed by another.

use std::collections::BTreeMap;

use super::plan::put;
use super::prepared::{PreparedPoll, content, text_of};
use super::{Confirmation, OFFICE, PREPARERS, TypedDecision, seats};
use crate::Caller;
use crate::polls;
use crate::polls::proposals::{self, Offer};
use crate::service::app::{App, Ask};
use crate::service::clock::in_vietnam;
use crate::service::error::{AppError, Conflict};
use domain::audit::{Actor, UtcTime};
use domain::decided::{BoundAccount, DecidedBoard, Decision};
use domain::finding::Finding;
use domain::id::{AccountId, DelegateId, PollId, ProposalId};
use domain::poll_state::{PollState, Refusal, Stage};
use domain::preparation::{Part, Seat, TellerBoard};
use domain::proposal::{Proposal, ProposalKind};
use domain::readiness::board_findings;
use domain::roster::{Teller, TellerRole};
use macros::boxed;
use store::{CouncilTx, preparation};

/// A board as it was typed: ids of delegates.
#[derive(Clone, Debug, Default)]
pub struct TypedBoard {
    /// Trưởng ban.
    pub head: String,
    /// Thư ký.
    pub secretary: String,
    /// Ủy viên.
    pub members: Vec<String>,
    /// The close needs the shares of two members.
    pub shares: bool,
}

/// A member of the draft, with the account that he or she counts with.
#[derive(Clone, Debug)]
pub struct BoardSeat {
    /// Who.
    pub delegate: DelegateId,
    /// Full name.
    pub name: String,
    /// Part on the board.
    pub role: TellerRole,
    /// Works on paper alone without one.
    pub account: Option<AccountId>,
    /// The one account of this name that nobody on the draft has: the page proposes it, and the office decides.
    pub offered: Option<AccountId>,
}

/// The board of a poll.
#[derive(Clone, Debug)]
pub struct BoardPage {
    /// Name of the sitting.
    pub sitting: String,
    /// As it is drafted.
    pub draft: Vec<Teller>,
    /// The same with the accounts of its members.
    pub seats: Vec<BoardSeat>,
    /// Accounts that members may be bound to, and those that they are bound to, by name.
    pub accounts: Vec<BoundAccount>,
    /// The draft as it is typed.
    pub typed: TypedBoard,
    /// The version that the next change replaces; 0 before the first.
    pub version: u64,
    /// As it is appointed; empty before that.
    pub appointed: Vec<Teller>,
    /// The delegates who may be chosen: id, name, group.
    pub delegates: Vec<(DelegateId, String, Option<String>)>,
    /// About size and conflicts of the draft.
    pub findings: Vec<Finding>,
    /// The proposal that waits.
    pub open: Option<ProposalId>,
    /// Whether the draft may be changed.
    pub is_open: bool,
    /// Whether a board may be appointed: once the list is decided.
    pub is_listed: bool,
}

impl App {
    /// The board of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not prepare votes.
    #[boxed]
    pub async fn board_page(&self, caller: &Caller, poll: PollId) -> Result<BoardPage, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let prepared = PreparedPoll::load(&mut tx, poll).await?;
        let (board, version) = stored(&mut tx, poll).await?;
        let appointed = store::polls::tellers(&mut tx, poll).await?;
        let poll_book = &prepared.poll_book;
        let who = poll_book.delegates.iter().zip(&poll_book.book.delegates);
        let bindable = seats::bindable(&mut tx).await?;
        let seat = |(seat, teller): (&Seat, &Teller)| BoardSeat {
            delegate: seat.delegate,
            name: teller.name.clone(),
            role: seat.role,
            account: seat.account,
            offered: seats::namesake_account(&poll_book.seats, &teller.name, &bindable),
        };
        let used = |id: AccountId| {
            poll_book.seats.iter().any(|seat| seat.account == Some(id))
                || appointed.iter().any(|t| t.account == Some(id))
        };
        let all = store::accounts::list(&mut tx).await?;
        let accounts = all.iter().filter(|account| bindable.iter().any(|b| b.id == account.id) || used(account.id));
        let findings = if poll_book.book.tellers.is_empty() { Vec::new() } else { findings_of(&prepared) };
        Ok(BoardPage {
            sitting: poll_book.book.council.sitting.name.clone(),
            draft: poll_book.book.tellers.clone(),
            seats: poll_book.seats.iter().zip(&poll_book.book.tellers).map(seat).collect(),
            accounts: accounts.map(seats::bound).collect(),
            typed: typed(&board),
            version,
            appointed,
            delegates: who.map(|(id, person)| (*id, person.name.clone(), person.group.clone())).collect(),
            findings,
            open: prepared.open(ProposalKind::BoardAppointed, "").map(|proposal| proposal.id),
            is_open: prepared.stage() < Stage::Sealed,
            is_listed: prepared.stage() == Stage::Listed,
        })
    }

    /// Writes the draft of the board.
    ///
    /// # Errors
    /// When a field is wrong, somebody else changed it since `version`, or the forms are sealed.
    #[boxed]
    pub async fn draft_board(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        version: u64,
        typed: TypedBoard,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(PREPARERS)?;
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let prepared = PreparedPoll::load(tx, poll).await?;
                is_open(&prepared)?;
                let mut board = read(&typed, &prepared.poll_book.delegates)?;
                let (before, is_at) = stored(tx, poll).await?;
                let delegates = seats::of_delegates(tx).await?;
                seats::keep_accounts(&before, &mut board, &delegates, &seats::bindable(tx).await?);
                nobody_is_on_the_ballot(tx, &prepared, &board, &delegates).await?;
                if is_at != version {
                    return Err(conflict(tx, poll, &prepared, (&before, &board), is_at).await?);
                }
                if before == board {
                    return Ok(());
                }
                put(tx, poll, Part::Board, version + 1, &board, at, &actor).await
            })
        })
        .await
    }

    /// Says with which account each member of the draft counts: `typed` are delegates with ids of accounts, and nothing for
    /// whoever works on paper alone.
    ///
    /// # Errors
    /// When an account may not be bound or is on the ballot, two members have one, the draft was changed since `version`,
    /// or the forms are sealed.
    #[boxed]
    pub async fn bind_board(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        version: u64,
        typed: Vec<(String, String)>,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(PREPARERS)?;
        let at = self.now_text()?;
        self.write_once(ask, move |tx| Box::pin(async move { bind(tx, poll, (version, &typed), at, &actor).await }))
            .await
    }

    /// Proposes to appoint the board as it is drafted, with the accounts that were chosen beside it: see
    /// [`Self::bind_board`]. `seats` is `None` where the accounts stay as they are.
    ///
    /// # Errors
    /// When a field is wrong, the board is empty, the list is not decided, or one is proposed already.
    #[boxed]
    pub async fn propose_board(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        seats: Option<(u64, Vec<(String, String)>)>,
        decision: &TypedDecision,
    ) -> Result<ProposalId, AppError> {
        let actor = ask.caller.may(OFFICE)?;
        if seats.is_some() {
            ask.caller.may(PREPARERS)?;
        }
        let decision = decision.read()?;
        let (at, id) = (self.now_text()?, ProposalId::new(self.clock.now(), &self.chance.for_id()?));
        let proposed = self.write_once(ask, move |tx| {
            Box::pin(async move {
                if let Some((version, typed)) = seats {
                    bind(tx, poll, (version, &typed), at, &actor).await?;
                }
                let prepared = PreparedPoll::load(tx, poll).await?;
                let content = text_of(&ready(tx, &prepared, decision).await?)?;
                let offer = Offer { poll, kind: ProposalKind::BoardAppointed, about: String::new(), content };
                proposals::propose(tx, id, at, &actor, offer).await.map(drop)
            })
        });
        proposed.await?;
        Ok(id)
    }
}

/// Writes with which account each member of the draft counts.
async fn bind(
    tx: &mut CouncilTx,
    poll: PollId,
    (version, typed): (u64, &[(String, String)]),
    at: UtcTime,
    actor: &Actor,
) -> Result<(), AppError> {
    let prepared = PreparedPoll::load(tx, poll).await?;
    is_open(&prepared)?;
    let (before, is_at) = stored(tx, poll).await?;
    if is_at != version {
        return Err(conflict(tx, poll, &prepared, (&before, &before), is_at).await?);
    }
    let bindable = seats::bindable(tx).await?;
    let mut board = before.clone();
    for seat in &mut board.seats {
        let own = typed.iter().find(|(delegate, _)| *delegate == seat.delegate.to_string());
        let Some((_, account)) = own else { continue };
        seat.account =
            match account.as_str() {
                "" => None,
                id => Some(bindable.iter().find(|of| of.id.to_string() == id).map(|of| of.id).ok_or_else(|| {
                    AppError::field("account", "Hãy chọn trong các tài khoản có vai trò kiểm phiếu.")
                })?),
            };
    }
    let bound: Vec<AccountId> = board.seats.iter().filter_map(|seat| seat.account).collect();
    if (1..).zip(&bound).any(|(next, one)| bound.iter().skip(next).any(|other| other == one)) {
        let sentence = "Một tài khoản không dùng cho hai thành viên; hãy chọn tài khoản riêng cho từng người.";
        return Err(AppError::field("account", sentence));
    }
    let delegates = seats::of_delegates(tx).await?;
    nobody_is_on_the_ballot(tx, &prepared, &board, &delegates).await?;
    if before == board {
        return Ok(());
    }
    put(tx, poll, Part::Board, version + 1, &board, at, actor).await
}

/// What is to be said of size and members of the draft.
pub(crate) fn findings_of(prepared: &PreparedPoll) -> Vec<Finding> {
    board_findings(&prepared.poll_book.rules, &prepared.poll_book.book, &prepared.standings)
}

/// The draft may change until the forms are sealed.
fn is_open(prepared: &PreparedPoll) -> Result<(), AppError> {
    let stage = prepared.stage();
    if stage >= Stage::Sealed {
        return Err(Refusal::NotNow { doing: "lập Ban kiểm phiếu", stage }.into());
    }
    Ok(())
}

async fn stored(tx: &mut CouncilTx, poll: PollId) -> Result<(TellerBoard, u64), AppError> {
    match preparation::part(tx, poll, &Part::Board).await? {
        Some(part) => Ok((content(&part.content)?, part.version)),
        None => Ok((TellerBoard::default(), 0)),
    }
}

fn typed(board: &TellerBoard) -> TypedBoard {
    let of = |role| board.seats.iter().filter(move |seat| seat.role == role).map(|seat| seat.delegate.to_string());
    TypedBoard {
        head: of(TellerRole::Head).next().unwrap_or_default(),
        secretary: of(TellerRole::Secretary).next().unwrap_or_default(),
        members: of(TellerRole::Member).collect(),
        shares: board.shares,
    }
}

/// Head, secretary, members; nobody sits twice.
fn read(typed: &TypedBoard, delegates: &[DelegateId]) -> Result<TellerBoard, AppError> {
    let mut seats: Vec<Seat> = Vec::new();
    let offices = [("head", TellerRole::Head, &typed.head), ("secretary", TellerRole::Secretary, &typed.secretary)];
    let members = typed.members.iter().map(|id| ("members", TellerRole::Member, id));
    for (field, role, id) in offices.into_iter().chain(members).filter(|(.., id)| !id.is_empty()) {
        let delegate = id.parse().ok().filter(|id| delegates.contains(id));
        let sentence = "Hãy chọn trong danh sách đại biểu.";
        let delegate = delegate.ok_or_else(|| AppError::field(field, sentence))?;
        match seats.iter().find(|seat| seat.delegate == delegate) {
            Some(_) if role == TellerRole::Secretary => {
                return Err(AppError::field(field, "Thư ký phải là người khác với Trưởng ban."));
            }
            Some(_) => {}
            None => seats.push(Seat { account: None, delegate, role }),
        }
    }
    Ok(TellerBoard { seats, shares: typed.shares })
}

async fn conflict(
    tx: &mut CouncilTx,
    poll: PollId,
    prepared: &PreparedPoll,
    (before, typed): (&TellerBoard, &TellerBoard),
    version: u64,
) -> Result<AppError, AppError> {
    let part = preparation::part(tx, poll, &Part::Board).await?.ok_or(AppError::NotFound("Ban kiểm phiếu"))?;
    let names = |board: &TellerBoard, role: TellerRole| -> String {
        let name = |seat: &Seat| {
            let at = prepared.poll_book.delegates.iter().position(|id| *id == seat.delegate)?;
            prepared.poll_book.book.delegates.get(at).map(|person| person.name.clone())
        };
        let seats = board.seats.iter().filter(|seat| seat.role == role);
        seats.filter_map(name).collect::<Vec<_>>().join(", ")
    };
    let conflict = Conflict {
        what: "Ban kiểm phiếu",
        by: part.changed_by,
        at: in_vietnam(part.changed_at),
        version,
        differences: Vec::new(),
    };
    let both = TellerRole::ALL.map(|role| (role.label(), names(before, role), names(typed, role)));
    let fields = both.each_ref().map(|(label, stored, typed)| (*label, stored.as_str(), typed.as_str()));
    Ok(AppError::Stale(conflict.with_fields(fields)))
}

/// Refuses a board of which somebody is voted on, at the field where the member was chosen.
async fn nobody_is_on_the_ballot(
    tx: &mut CouncilTx,
    prepared: &PreparedPoll,
    board: &TellerBoard,
    delegates: &BTreeMap<DelegateId, AccountId>,
) -> Result<(), AppError> {
    let barred = seats::barred(tx, prepared).await?;
    let found = board.seats.iter().find_map(|seat| Some((seat, seats::conflict(seat, &barred, delegates)?)));
    let Some((seat, name)) = found else { return Ok(()) };
    let is_own = delegates.get(&seat.delegate).is_some_and(|own| barred.contains_key(own));
    let field = match seat.role {
        _ if !is_own => "account",
        TellerRole::Head => "head",
        TellerRole::Secretary => "secretary",
        TellerRole::Member => "members",
    };
    Err(AppError::field(field, Refusal::OnBallot(name.clone())))
}

/// The board that may be appointed now.
async fn ready(tx: &mut CouncilTx, prepared: &PreparedPoll, decision: Decision) -> Result<DecidedBoard, AppError> {
    if prepared.stage() != Stage::Listed {
        return Err(Refusal::NotNow { doing: "lập Ban kiểm phiếu", stage: prepared.stage() }.into());
    }
    let tellers = prepared.poll_book.book.tellers.clone();
    if tellers.is_empty() {
        return Err(Refusal::NoBoard.into());
    }
    let accounts = seats::check(tx, prepared).await?;
    let shares = stored(tx, prepared.state.poll().id).await?.0.shares;
    // The state says what the choice takes.
    if shares {
        prepared.state.clone().appoint_holders(tellers.clone(), decision.text())?;
    }
    Ok(DecidedBoard { accounts, decision, shares, tellers })
}

/// What confirming the proposal would decide now.
pub(crate) async fn content_now(tx: &mut CouncilTx, proposal: &Proposal) -> Result<String, AppError> {
    let proposed: DecidedBoard = content(&proposal.content)?;
    let prepared = PreparedPoll::load(tx, proposal.poll).await?;
    text_of(&ready(tx, &prepared, proposed.decision).await?)
}

/// Takes the step that was confirmed.
pub(crate) async fn take(tx: &mut CouncilTx, proposal: &Proposal, step: &Confirmation) -> Result<(), AppError> {
    let DecidedBoard { decision, shares, tellers, .. } = content(&proposal.content)?;
    let appoint = |state: PollState| {
        if shares {
            state.appoint_holders(tellers, decision.text())
        } else {
            state.appoint_board(tellers, decision.text())
        }
    };
    polls::take_step(tx, proposal.poll, (step.at, &step.actor), &step.keys, appoint).await.map(drop)
}
