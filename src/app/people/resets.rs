//! What becomes of an account whose proof somebody else had in hand: it is marked with who did it and when, and counts as
//! nobody's in polls that were begun before (see `polls::trust`), until a second administrator or its owner's old second
//! factor vouches for it.

use super::accounts::MANAGERS;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::audit::event::council::{AccountVouched, VouchedBy};
use domain::audit::{Actor, CouncilEvent, UtcTime};
use domain::id::AccountId;
use domain::reset::Reset;
use domain::role::Role;
use macros::boxed;
use store::{CouncilTx, accounts, logs, polls, resets};

const NOT_FOUND: AppError = AppError::NotFound("tài khoản");

/// A reset as pages show it.
#[derive(Clone, Debug)]
pub struct OpenReset {
    /// Who and when.
    pub reset: Reset,
    /// Why the caller may not vouch for the account; `None` when he or she may.
    pub obstacle: Option<String>,
}

impl App {
    /// The reset of an account that nobody vouched for, for somebody who manages accounts.
    ///
    /// # Errors
    /// When the caller does not manage accounts.
    #[boxed]
    pub async fn open_reset(&self, caller: &Caller, account: AccountId) -> Result<Option<OpenReset>, AppError> {
        caller.may(MANAGERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let Some(reset) = resets::find(&mut tx, account).await? else { return Ok(None) };
        let obstacle = obstacle(&mut tx, caller, account, &reset).await?;
        Ok(Some(OpenReset { reset, obstacle }))
    }

    /// The caller's own reset that nobody vouched for.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn own_reset(&self, caller: &Caller) -> Result<Option<Reset>, AppError> {
        Ok(resets::find(&mut self.store.read(caller.council).await?, caller.account.id).await?)
    }

    /// Says that the right person holds an account that somebody else reset.
    ///
    /// # Errors
    /// When the caller manages no accounts, reset it or holds it, or was reset too; and when there is nothing to say.
    #[boxed]
    pub async fn vouch(&self, ask: Ask<'_>, account: AccountId) -> Result<(), AppError> {
        let actor = ask.caller.may(&[Role::Admin])?;
        let (caller, at) = (ask.caller.clone(), self.now_text()?);
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                accounts::find(tx, account).await?.ok_or(NOT_FOUND)?;
                let reset = resets::find(tx, account).await?.ok_or_else(nothing_to_say)?;
                if let Some(sentence) = obstacle(tx, &caller, account, &reset).await? {
                    return Err(AppError::Input(sentence));
                }
                vouched(tx, AccountVouched { account, by: VouchedBy::Admin }, at, &actor).await
            })
        })
        .await
    }

    /// Says so for one's own account, by a code of the second factor that the reset left alone.
    ///
    /// # Errors
    /// On field `code` when it does not fit, and when the factor is not the one from before.
    #[boxed]
    pub async fn vouch_for_own(&self, ask: Ask<'_>, code: &str) -> Result<(), AppError> {
        let (actor, account, at) = (ask.caller.own()?, ask.caller.account.id, self.now_text()?);
        let guess = self.guess_own_code(ask.caller, "code", code).await?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let reset = resets::find(tx, account).await?.ok_or_else(nothing_to_say)?;
                if !reset.keeps_factor {
                    let sentence = "Mã xác thực này được thiết lập sau khi tài khoản bị đặt lại nên không chứng minh được \
                                    gì; hãy nhờ người quản trị tài khoản khác xác nhận.";
                    return Err(AppError::field("code", sentence));
                }
                guess.hold(tx).await?;
                vouched(tx, AccountVouched { account, by: VouchedBy::SecondFactor }, at, &actor).await
            })
        })
        .await
    }
}

fn nothing_to_say() -> AppError {
    AppError::Input("Không còn gì phải xác nhận cho tài khoản này; hãy tải lại trang.".to_owned())
}

async fn vouched(tx: &mut CouncilTx, event: AccountVouched, at: UtcTime, actor: &Actor) -> Result<(), AppError> {
    resets::put(tx, event.account, None).await?;
    let log = logs::own(tx).await?;
    tx.append(log, at, actor, &CouncilEvent::from(event)).await?;
    Ok(())
}

/// Why somebody may not vouch for an account. Whoever was let in by an administrator since a poll under way began may be
/// that administrator.
async fn obstacle(
    tx: &mut CouncilTx,
    caller: &Caller,
    account: AccountId,
    reset: &Reset,
) -> Result<Option<String>, AppError> {
    let own = caller.account.id;
    if own == account || reset.account == Some(own) {
        let sentence = "Người xác nhận phải là người quản trị tài khoản khác với chủ tài khoản và người đã đặt lại.";
        return Ok(Some(sentence.to_owned()));
    }
    let Some(of_caller) = resets::find(tx, own).await? else { return Ok(None) };
    let under_way = polls::list(tx).await?.into_iter().filter(|poll| poll.stage.is_under_way());
    let is_later = |begun: Option<UtcTime>| begun.is_none_or(|begun| of_caller.at > begun);
    if !under_way.map(|poll| UtcTime::try_from(poll.id.at()).ok()).any(is_later) {
        return Ok(None);
    }
    Ok(Some(format!(
        "Tài khoản của bạn do {} cấp hoặc đặt lại sau khi một đợt lấy phiếu đang diễn ra bắt đầu; hãy nhờ người quản trị tài \
         khoản đã có từ trước.",
        of_caller.by
    )))
}
