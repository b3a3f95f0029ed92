//! Accounts of a board of tellers: with which account each member counts, and who may not be a member at all.

use std::collections::BTreeMap;

use super::prepared::PreparedPoll;
use crate::polls::linked;
use crate::service::error::AppError;
use domain::account::{Account, AccountState};
use domain::decided::BoundAccount;
use domain::eligibility::listed;
use domain::id::{AccountId, DelegateId, OfficialId};
use domain::names::person_key;
use domain::poll_state::Refusal;
use domain::preparation::{Seat, TellerBoard};
use domain::role::Role;
use domain::roster::{Teller, TellerRole};
use store::{CouncilTx, accounts, roster};

/// Whoever opens batches and two who read them.
const LEAST: usize = 3;

/// Whether somebody may be bound to this account: it is open and has a role of the count.
fn may_be_bound(account: &Account) -> bool {
    let counts = account.roles.has(Role::Teller) || account.roles.has(Role::HeadTeller);
    counts && account.state == AccountState::Open
}

/// Accounts of the council that members may be bound to.
pub(super) async fn bindable(tx: &mut CouncilTx) -> Result<Vec<Account>, AppError> {
    Ok(accounts::list(tx).await?.into_iter().filter(may_be_bound).collect())
}

/// An account as the office and whoever confirms read it.
pub(super) fn bound(account: &Account) -> BoundAccount {
    BoundAccount { account: account.id, login: account.login.to_string(), name: account.name.clone() }
}

/// Accounts of the people on the list; before the list is decided, of whoever would be on it.
pub(super) async fn barred(
    tx: &mut CouncilTx,
    prepared: &PreparedPoll,
) -> Result<BTreeMap<AccountId, String>, AppError> {
    let ids: Vec<OfficialId> = match prepared.decided_list()? {
        Some(list) => list.officials.iter().map(|official| official.official).collect(),
        None => listed(&prepared.standings).filter_map(|place| prepared.poll_book.id(place)).collect(),
    };
    linked(tx, &ids).await
}

/// Accounts that delegates of the roster sign in with.
pub(super) async fn of_delegates(tx: &mut CouncilTx) -> Result<BTreeMap<DelegateId, AccountId>, AppError> {
    let all = roster::delegates(tx).await?;
    Ok(all.into_iter().filter_map(|kept| Some((kept.id, kept.value.account?))).collect())
}

/// The member of this seat who is on the ballot, by the account of the seat or by that of the delegate.
pub(super) fn conflict<'b>(
    seat: &Seat,
    barred: &'b BTreeMap<AccountId, String>,
    delegates: &BTreeMap<DelegateId, AccountId>,
) -> Option<&'b String> {
    let own = delegates.get(&seat.delegate);
    seat.account.iter().chain(own).find_map(|account| barred.get(account))
}

/// Gives each seat its account: the one that it had, or for a new member the delegate's own, where it may be bound and no
/// other seat has it.
pub(super) fn keep_accounts(
    before: &TellerBoard,
    board: &mut TellerBoard,
    delegates: &BTreeMap<DelegateId, AccountId>,
    bindable: &[Account],
) {
    let mut taken: Vec<AccountId> = before.seats.iter().filter_map(|seat| seat.account).collect();
    for seat in &mut board.seats {
        if let Some(old) = before.seats.iter().find(|old| old.delegate == seat.delegate) {
            seat.account = old.account;
            continue;
        }
        let own = delegates.get(&seat.delegate).filter(|own| bindable.iter().any(|account| account.id == **own));
        seat.account = own.copied().filter(|own| !taken.contains(own));
        taken.extend(seat.account);
    }
}

/// The one account with the name of a member, where no seat has it yet.
pub(super) fn namesake_account(seats: &[Seat], name: &str, bindable: &[Account]) -> Option<AccountId> {
    let mut own = bindable.iter().filter(|account| person_key(&account.name) == person_key(name));
    let (one, other) = (own.next()?, own.next());
    (other.is_none() && seats.iter().all(|seat| seat.account != Some(one.id))).then_some(one.id)
}

/// Why a board cannot be appointed for a vote that is no rehearsal: who is on the ballot, accounts that may not be bound,
/// too few that may.
pub(super) async fn check(tx: &mut CouncilTx, prepared: &PreparedPoll) -> Result<Vec<BoundAccount>, AppError> {
    let (barred, delegates) = (barred(tx, prepared).await?, of_delegates(tx).await?);
    let all = accounts::list(tx).await?;
    let mut bound_accounts = Vec::new();
    for (seat, teller) in prepared.poll_book.seats.iter().zip(&prepared.poll_book.book.tellers) {
        if conflict(seat, &barred, &delegates).is_some() {
            return Err(Refusal::OnBallot(teller.name.clone()).into());
        }
        let is_known = delegates.contains_key(&seat.delegate);
        if !is_told_apart(prepared, &barred, teller, is_known) {
            return Err(AppError::Input(namesake(teller)));
        }
        let Some(id) = seat.account else { continue };
        let account = all.iter().find(|account| account.id == id).filter(|account| may_be_bound(account));
        let account = account.ok_or_else(|| AppError::Input(unfit(teller)))?;
        bound_accounts.push(bound(account));
    }
    let may_lead = |teller: &Teller| {
        let leads = matches!(teller.role, TellerRole::Head | TellerRole::Secretary);
        let account = all.iter().find(|account| Some(account.id) == teller.account);
        leads && account.is_some_and(|account| account.roles.has(Role::HeadTeller))
    };
    let is_able = bound_accounts.len() >= LEAST && prepared.poll_book.book.tellers.iter().any(may_lead);
    if !is_able && !prepared.state.poll().created.rehearsal {
        return Err(AppError::Input(too_few(bound_accounts.len())));
    }
    Ok(bound_accounts)
}

/// Whether nobody on the list has this member's name, or both sign in with accounts of their own: else they may be one
/// person.
fn is_told_apart(
    prepared: &PreparedPoll,
    barred: &BTreeMap<AccountId, String>,
    teller: &Teller,
    is_known: bool,
) -> bool {
    let (book, key) = (&prepared.poll_book.book, person_key(&teller.name));
    let on_list = listed(&prepared.standings).filter_map(|place| book.official(place));
    let namesakes = on_list.filter(|official| person_key(&official.name) == key).count();
    let linked = barred.values().filter(|name| person_key(name) == key).count();
    namesakes == 0 || (is_known && linked >= namesakes)
}

fn namesake(teller: &Teller) -> String {
    format!(
        "{} trong Ban kiểm phiếu trùng họ tên với người có tên trên phiếu. Nếu là một người thì hãy chọn người khác; nếu là hai \
         người thì hãy ghi tài khoản riêng của từng người ở trang đại biểu và trang người được lấy phiếu, rồi đề xuất lại.",
        teller.name
    )
}

fn unfit(teller: &Teller) -> String {
    format!(
        "Tài khoản của {} trong Ban kiểm phiếu đã khóa hoặc không còn vai trò kiểm phiếu; hãy chọn tài khoản khác hoặc chọn \
         «Không dùng máy».",
        teller.name
    )
}

fn too_few(bound: usize) -> String {
    format!(
        "Mới có {bound} thành viên Ban kiểm phiếu có tài khoản. Cần ít nhất {LEAST} người, trong đó Trưởng ban hoặc Thư ký có \
         tài khoản vai trò Trưởng Ban kiểm phiếu: một người mở tập, hai người nhập; hãy chọn tài khoản cho từng thành viên."
    )
}
