//! Accounts and slips: rows of which the council's log tells a part.

use std::collections::{BTreeMap, BTreeSet};

use crate::service::held::is_time_of;
use domain::account::{Account, AccountState};
use domain::audit::{CouncilCourse, UtcTime};
use domain::id::{AccountId, SlipId};
use domain::reset::{Proofs, Reset};
use store::checks::SlipRow;

/// What the council's log says of sign-ins by slip, and when slips were printed.
#[derive(Debug, Default)]
pub(super) struct ToldSlips {
    /// When each was printed, and whether that entry waited for the clock.
    pub issued: BTreeMap<SlipId, UtcTime>,
    /// When somebody signed in by slip.
    pub used: BTreeMap<AccountId, BTreeSet<UtcTime>>,
    /// When slips were printed anew or revoked.
    pub ended: BTreeSet<UtcTime>,
}

pub(super) fn accounts(
    told: &CouncilCourse,
    (proofs, last_sign_ins): (&BTreeMap<AccountId, Proofs>, &BTreeMap<AccountId, UtcTime>),
    stored: &[Account],
) -> Result<usize, String> {
    for account in stored {
        let wrong = |what: &str| format!("tài khoản {} ({}): {what}", account.login, account.id);
        let said = told.accounts().get(&account.id);
        let said = said.ok_or_else(|| wrong("có trong bảng accounts mà nhật ký không mở"))?;
        let has_factor = proofs.get(&account.id).is_some_and(|proofs| proofs.has_factor);
        let is_last = match (account.last_sign_in_at, last_sign_ins.get(&account.id)) {
            (Some(stored), Some(told)) => is_time_of(stored, *told, true),
            (stored, told) => stored.is_none() && told.is_none(),
        };
        let as_said = [
            (is_last, "lần đăng nhập cuối"),
            (said.login == account.login.as_str(), "tên đăng nhập"),
            (said.name == account.name, "họ tên"),
            (said.roles.iter().copied().eq(account.roles.iter()), "vai trò"),
            (said.is_open == (account.state == AccountState::Open), "trạng thái"),
            (has_factor == account.has_second_factor, "yếu tố thứ hai"),
        ];
        if let Some((_, what)) = as_said.iter().find(|(holds, _)| !holds) {
            return Err(wrong(&format!("{what} trong bảng accounts khác nhật ký")));
        }
    }
    let missing = told.accounts().iter().find(|(id, _)| !stored.iter().any(|account| account.id == **id));
    match missing {
        Some((id, said)) => {
            Err(format!("tài khoản {} ({id}) có trong nhật ký mà không có trong bảng accounts", said.login))
        }
        None => Ok(stored.len()),
    }
}

/// Who was reset and not vouched for: whoever may confirm depends on it.
pub(super) fn resets(told: &BTreeMap<AccountId, Proofs>, stored: &[(AccountId, Reset)]) -> Result<(), String> {
    let said: BTreeMap<AccountId, &Reset> =
        told.iter().filter_map(|(id, proofs)| Some((*id, proofs.reset.as_ref()?))).collect();
    let stored: BTreeMap<AccountId, &Reset> = stored.iter().map(|(id, reset)| (*id, reset)).collect();
    let differs = said.keys().chain(stored.keys()).find(|id| said.get(id) != stored.get(id));
    match differs {
        Some(id) => Err(format!("tài khoản {id}: lần đặt lại trong bảng accounts khác nhật ký")),
        None => Ok(()),
    }
}

pub(super) fn slips(told: &CouncilCourse, times: &ToldSlips, stored: Vec<SlipRow>) -> Result<usize, String> {
    let count = stored.len();
    let mut left = told.slips().clone();
    for row in stored {
        let wrong = |what: &str| format!("thẻ truy cập {}: {what}", row.slip_id);
        let id: Option<SlipId> = row.slip_id.parse().ok();
        let said = id.and_then(|id| left.remove(&id));
        let said = said.ok_or_else(|| wrong("có trong bảng slips mà nhật ký không ghi đã in"))?;
        if said.account.to_string() != row.account_id || said.expires_at.as_str() != row.expires_at {
            return Err(wrong("người nhận hoặc hạn dùng trong bảng slips khác nhật ký"));
        }
        let at = |text: &Option<String>| text.as_ref().map(|text| text.parse::<UtcTime>().ok());
        let is_one_of = |text: &Option<String>, told: Option<&BTreeSet<UtcTime>>| match at(text) {
            None => true,
            Some(at) => at.is_some_and(|at| told.is_some_and(|told| told.contains(&at))),
        };
        let as_said = [
            (row.issued_at.parse().ok() == id.and_then(|id| times.issued.get(&id).copied()), "issued_at"),
            (is_one_of(&row.used_at, times.used.get(&said.account)), "used_at"),
            (is_one_of(&row.revoked_at, Some(&times.ended)), "revoked_at"),
        ];
        if let Some((_, column)) = as_said.iter().find(|(holds, _)| !holds) {
            return Err(wrong(&format!("cột {column} trong bảng slips khác nhật ký")));
        }
        // A used one need not be revoked any more.
        if said.is_void && row.revoked_at.is_none() && row.used_at.is_none() {
            return Err(wrong("nhật ký nói đã hết hiệu lực mà bảng slips vẫn cho dùng"));
        }
        if !said.is_void && row.revoked_at.is_some() {
            return Err(wrong("bị thu hồi trong bảng slips mà nhật ký không ghi"));
        }
    }
    match left.keys().next() {
        Some(id) => Err(format!("thẻ truy cập {id} có trong nhật ký mà không có trong bảng slips")),
        None => Ok(count),
    }
}
