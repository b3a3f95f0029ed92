//! Who counts as a person of their own in a poll: not whoever was let in by an administrator since it began.

use super::entries::rewritten;
use crate::service::clock::in_vietnam;
use crate::service::error::AppError;
use domain::audit::{LogEntry, UtcTime};
use domain::id::{AccountId, LogId, PollId};
use store::{CouncilTx, accounts, logs, polls, resets};

/// Refuses a person of a step of two whose proof somebody else had in hand since the poll began.
///
/// # Errors
/// With a sentence that says who reset it, when, and what to do.
pub(crate) async fn since_begun(tx: &mut CouncilTx, poll: PollId, account: AccountId) -> Result<(), AppError> {
    let begun = UtcTime::try_from(poll.at()).map_err(|e| AppError::internal("đọc lúc bắt đầu của kỳ", e))?;
    since(tx, account, begun, "đợt lấy phiếu này bắt đầu", "đề xuất hay xác nhận bước nào").await
}

/// Refuses a member of the board whose proof somebody else had in hand since the board was appointed.
///
/// # Errors
/// As [`since_begun`].
pub(crate) async fn since_board(tx: &mut CouncilTx, log: LogId, account: AccountId) -> Result<(), AppError> {
    let kind = "board.appointed";
    // Whoever counts was appointed, so that an entry that is not found is one that somebody hid.
    let Some(text) = logs::of_kinds(tx, log, [kind, kind]).await?.pop() else {
        return Err(rewritten(tx, log).await);
    };
    let entry: LogEntry = LogEntry::parse(&text).map_err(|e| AppError::internal("đọc quyết định lập Ban", e))?;
    since(tx, account, entry.at, "Ban kiểm phiếu được lập", "kiểm phiếu").await
}

/// Refuses a person of a step of two that reaches every poll of the council, whose proof somebody else had in hand since
/// one that is under way began.
///
/// # Errors
/// As [`since_begun`].
pub(crate) async fn since_under_way(tx: &mut CouncilTx, account: AccountId) -> Result<(), AppError> {
    let under_way = polls::list(tx).await?.into_iter().filter(|poll| poll.stage.is_under_way());
    match under_way.map(|poll| poll.id).min() {
        Some(oldest) => since_begun(tx, oldest, account).await,
        None => Ok(()),
    }
}

/// Who opened or reset an account that nobody vouched for since, and when: in a poll that began later that stands in
/// nobody's way, and whoever confirms sees it.
pub(crate) async fn let_in(tx: &mut CouncilTx, account: AccountId) -> Result<Option<String>, AppError> {
    let Some(reset) = resets::find(tx, account).await? else { return Ok(None) };
    let name = accounts::find(tx, account).await?.map(|account| account.name).unwrap_or_default();
    Ok(Some(format!("Tài khoản của {name} do {} cấp hoặc đặt lại lúc {}.", reset.by, in_vietnam(reset.at))))
}

async fn since(
    tx: &mut CouncilTx,
    account: AccountId,
    moment: UtcTime,
    after: &str,
    doing: &str,
) -> Result<(), AppError> {
    let Some(reset) = resets::find(tx, account).await?.filter(|reset| reset.at > moment) else { return Ok(()) };
    let name = accounts::find(tx, account).await?.map(|account| account.name).unwrap_or_default();
    let (by, at) = (&reset.by, in_vietnam(reset.at));
    let own = if reset.keeps_factor {
        format!(", hoặc {name} tự nhập mã xác thực đang dùng ở trang «Tài khoản của tôi»")
    } else {
        String::new()
    };
    Err(AppError::Input(format!(
        "Quyền đăng nhập của {name} do {by} cấp hoặc đặt lại lúc {at}, sau khi {after}, nên {name} chưa được {doing}. Hãy nhờ \
         một người quản trị tài khoản khác mở trang tài khoản của {name} và bấm «Đúng người»{own}."
    )))
}
