//! Thẻ truy cập: a paper that lets one delegate in, once. Its code is on the paper and nowhere else.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::account::{Account, AccountState};
use super::audit::{Digest, UtcTime};
use super::id::{AccountId, CouncilId, SlipId};
use super::reset::matters;
use super::role::Role;

/// Days that a slip is valid, unless somebody chooses otherwise.
pub const DEFAULT_DAYS: u8 = 7;
/// Most days that a slip may be valid: paper gets lost.
pub const MAX_DAYS: u8 = 30;
/// Crockford's base 32: no I, L, O, U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 16 letters of 5 bits.
const CODE_LETTERS: usize = 16;

/// What is wrong with what somebody typed about slips. One sentence, for beside the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlipError {
    /// The code is not 16 letters of the slip alphabet.
    #[error("Mã thẻ gồm 16 chữ và số, in thành 4 nhóm 4 ký tự; hãy gõ lại đúng như trên thẻ.")]
    Code,
    #[error("Thời hạn phải là số ngày từ 1 đến 30.")]
    Days,
    #[error("Hãy chọn ít nhất một đại biểu.")]
    Nobody,
    /// An account was chosen that cannot have a slip.
    #[error(
        "Chỉ đại biểu đang dùng tài khoản và không giữ vai trò quản trị, văn phòng, thường trực hay kiểm phiếu mới nhận thẻ; hãy tải lại trang rồi chọn lại."
    )]
    NotDelegate,
}

/// The secret of a slip: 80 bits as 16 letters in groups of 4.
#[derive(Clone, PartialEq, Eq)]
pub struct SlipCode(Zeroizing<[u8; CODE_LETTERS]>);

impl SlipCode {
    /// Makes a code from random bytes: each letter takes 5 bits of a byte of its own.
    pub fn new(chance: &[u8; 32]) -> Self {
        let mut letters = Zeroizing::new([0; CODE_LETTERS]);
        for (letter, byte) in letters.iter_mut().zip(chance) {
            *letter = LETTERS.get(usize::from(byte & 0x1f)).copied().unwrap_or(b'0');
        }
        Self(letters)
    }

    /// The hash that the database stores. The council is part of it, so that a code works in no other council.
    pub fn hash(&self, council: CouncilId) -> Digest {
        Digest::of_parts(&[b"tinnhiem slip v1\n", council.to_string().as_bytes(), b"\n", &*self.0])
    }

    /// `7KQ2-M4XT-9BHC-W0RP`, for the paper.
    pub fn grouped(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(CODE_LETTERS + 3));
        for (i, letter) in self.0.iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(*letter));
        }
        text
    }
}

impl FromStr for SlipCode {
    type Err = SlipError;

    /// Forgives case, blanks, dashes and points, and letters that look like the right ones: O is 0, I and L are 1.
    fn from_str(text: &str) -> Result<Self, SlipError> {
        let mut letters = Zeroizing::new([0; CODE_LETTERS]);
        let mut places = letters.iter_mut();
        for c in text.chars().filter(|c| !(c.is_whitespace() || matches!(c, '-' | '.' | '–' | '_'))) {
            let letter = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let letter = u8::try_from(letter).ok().filter(|letter| LETTERS.contains(letter)).ok_or(SlipError::Code)?;
            *places.next().ok_or(SlipError::Code)? = letter;
        }
        if places.next().is_some() { Err(SlipError::Code) } else { Ok(Self(letters)) }
    }
}

impl fmt::Debug for SlipCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlipCode(…)")
    }
}

/// A slip as the council knows it, without its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    pub id: SlipId,
    pub account: AccountId,
    pub issued_at: UtcTime,
    /// First moment at which the slip is no longer accepted.
    pub expires_at: UtcTime,
    pub used_at: Option<UtcTime>,
    /// When it was made void: by hand, by a newer slip, or with the account.
    pub revoked_at: Option<UtcTime>,
}

/// Whether a slip can still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipState {
    Live,
    Used,
    Expired,
    Revoked,
}

impl SlipState {
    /// The state in Vietnamese.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Live => "Còn hiệu lực",
            Self::Used => "Đã dùng",
            Self::Expired => "Hết hạn",
            Self::Revoked => "Đã hủy",
        }
    }
}

impl Slip {
    /// Whether it can be used at `now`.
    pub fn state(&self, now: UtcTime) -> SlipState {
        if self.used_at.is_some() {
            SlipState::Used
        } else if self.revoked_at.is_some() {
            SlipState::Revoked
        } else if now >= self.expires_at {
            SlipState::Expired
        } else {
            SlipState::Live
        }
    }

    /// Why it cannot be used at `now`, in words for its holder; `None` when it can.
    pub fn refusal(&self, now: UtcTime) -> Option<&'static str> {
        match self.state(now) {
            SlipState::Live => None,
            SlipState::Used => {
                Some("Thẻ này đã được dùng một lần; nếu không phải bạn dùng, hãy báo ngay cho văn phòng.")
            }
            SlipState::Expired => Some("Thẻ này đã hết hạn; hãy xin văn phòng thẻ mới."),
            SlipState::Revoked => Some("Thẻ này đã bị hủy, có thể vì có thẻ mới hơn; hãy xin văn phòng thẻ mới."),
        }
    }
}

/// Reads a number of days that was typed.
///
/// # Errors
/// When it is no number from 1 to 30.
pub fn days(text: &str) -> Result<SignedDuration, SlipError> {
    let days: u8 = text.trim().parse().map_err(|_| SlipError::Days)?;
    if (1..=MAX_DAYS).contains(&days) {
        Ok(SignedDuration::from_hours(i64::from(days) * 24))
    } else {
        Err(SlipError::Days)
    }
}

/// Whether a slip may sign this account in. An account that manages others, prepares or confirms the vote, or counts needs
/// a password: whoever prints a slip, or finds it on a desk, would be one of two people.
pub fn may_have_slip(account: &Account) -> bool {
    account.state == AccountState::Open && account.roles.has(Role::Delegate) && !account.roles.iter().any(matters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_a_person_types_it() {
        let bytes: [u8; 32] = std::array::from_fn(|i| u8::try_from(i * 2 + 1).expect("small"));
        let code = SlipCode::new(&bytes);
        assert_eq!(code.grouped().as_str(), "1357-9BDF-HKNQ-SVXZ");
        for typed in ["1357-9bdf-hknq-svxz", " I357 9BDF–HKNQ.SVXZ ", "l3579bdfhknqsvxz"] {
            assert_eq!(typed.parse::<SlipCode>().expect("code"), code, "{typed}");
        }
        assert_eq!("OOOO-oooo-0000-0000".parse::<SlipCode>().expect("code").grouped().as_str(), "0000-0000-0000-0000");
        for wrong in [
            "",
            "1357",
            "1357-9BDF-HKNQ-SVXU",
            "1357-9BDF-HKNQ-SVXZ-1",
            "１357-9BDF-HKNQ-SVXZ",
            "đ".repeat(16).as_str(),
        ] {
            assert_eq!(wrong.parse::<SlipCode>(), Err(SlipError::Code), "{wrong}");
        }
        assert_eq!(format!("{code:?}"), "SlipCode(…)");
    }

    #[test]
    fn a_code_is_another_one_in_another_council() {
        let code = SlipCode::new(&[3; 32]);
        let council = |n| CouncilId::new(jiff::Timestamp::UNIX_EPOCH, &[n; 10]);
        assert_ne!(code.hash(council(1)), code.hash(council(2)));
    }

    #[test]
    fn a_slip_ends_at_its_moment_and_stays_used() {
        let at = |text: &str| text.parse::<UtcTime>().expect("time");
        let slip = Slip {
            id: SlipId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]),
            account: AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]),
            issued_at: at("2026-12-01T01:00:00Z"),
            expires_at: at("2026-12-08T01:00:00Z"),
            used_at: None,
            revoked_at: None,
        };
        assert_eq!(slip.state(at("2026-12-08T00:59:59Z")), SlipState::Live);
        assert_eq!(slip.state(at("2026-12-08T01:00:00Z")), SlipState::Expired);
        let void = Slip { revoked_at: Some(at("2026-12-02T01:00:00Z")), ..slip.clone() };
        assert_eq!(void.state(at("2026-12-03T01:00:00Z")), SlipState::Revoked);
        let used = Slip { used_at: Some(at("2026-12-02T01:00:00Z")), ..void };
        assert_eq!(used.state(at("2027-12-03T01:00:00Z")), SlipState::Used);
    }

    #[test]
    fn a_slip_holds_one_to_thirty_days() {
        assert_eq!(days(" 7 "), Ok(SignedDuration::from_hours(168)));
        for wrong in ["0", "31", "-1", "bảy", "", "999999"] {
            assert_eq!(days(wrong), Err(SlipError::Days), "{wrong}");
        }
    }
}
