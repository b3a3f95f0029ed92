//! Whoever is voted on takes no step of the vote.

use std::collections::BTreeMap;

use crate::service::error::AppError;
use domain::decided::DecidedList;
use domain::id::{AccountId, OfficialId, PollId};
use domain::poll_state::Refusal;
use domain::proposal::{ProposalKind, ProposalState};
use store::{CouncilTx, preparation, roster};

/// Accounts of the people on the list that was proposed or decided, with their names; nobody before that.
pub(crate) async fn on_ballot(tx: &mut CouncilTx, poll: PollId) -> Result<BTreeMap<AccountId, String>, AppError> {
    let proposals = preparation::proposals(tx, poll).await?;
    let counts = |state| matches!(state, ProposalState::Open | ProposalState::Confirmed);
    let list = proposals.iter().find(|p| p.kind == ProposalKind::ListDecided && counts(p.state));
    let Some(list) = list else { return Ok(BTreeMap::new()) };
    let list: DecidedList =
        serde_json::from_str(&list.content).map_err(|e| AppError::internal("đọc danh sách đã quyết định", e))?;
    linked(tx, &list.officials.iter().map(|official| official.official).collect::<Vec<_>>()).await
}

/// Accounts with which officials sign in, with the officials' names.
pub(crate) async fn linked(tx: &mut CouncilTx, ids: &[OfficialId]) -> Result<BTreeMap<AccountId, String>, AppError> {
    let all = roster::officials(tx).await?;
    let of_list = all.into_iter().filter(|kept| ids.contains(&kept.id));
    Ok(of_list.filter_map(|kept| Some((kept.value.account?, kept.value.official.name))).collect())
}

/// Refuses a step of somebody who is on the ballot.
///
/// # Errors
/// With a sentence that names the person.
pub(super) async fn is_free(tx: &mut CouncilTx, poll: PollId, account: AccountId) -> Result<(), AppError> {
    is_left_out(&on_ballot(tx, poll).await?, account)
}

/// The same of accounts on the ballot that were read already.
pub(super) fn is_left_out(on_ballot: &BTreeMap<AccountId, String>, account: AccountId) -> Result<(), AppError> {
    match on_ballot.get(&account) {
        Some(name) => Err(Refusal::OnBallot(name.clone()).into()),
        None => Ok(()),
    }
}

/// Refuses a verdict on an official by that official.
///
/// # Errors
/// With a sentence that names the person.
pub(super) async fn is_other(tx: &mut CouncilTx, official: &str, account: AccountId) -> Result<(), AppError> {
    let id: OfficialId = official.parse().map_err(|e| AppError::internal("đọc đề xuất", e))?;
    match linked(tx, &[id]).await?.remove(&account) {
        Some(name) => Err(AppError::Input(format!(
            "{name} không đề xuất, không xác nhận được việc đưa chính mình vào hay ra khỏi danh sách; hãy nhờ người khác."
        ))),
        None => Ok(()),
    }
}
