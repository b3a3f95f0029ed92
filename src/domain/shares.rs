//! Who holds a share of what the close of a count needs. A council may choose, with the board, that a close needs the shares
//! of two of its members; each member with an account takes one between the sealing of the forms and the opening of the vote.
//! The poll's log says who holds which key; the shares themselves are on paper (see [`super::share_lock`]).

use super::audit::event::poll::{BoardAppointed, ShareTaken};
use super::audit::{Actor, LogEntry, PollEvent};
use super::batch::Reader;
use super::id::AccountId;
use super::share_lock::{Share, ShareKey};

/// So many shares close a count.
pub const TO_CLOSE: u32 = 2;

/// Somebody who holds a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareHolder {
    pub account: AccountId,
    pub name: String,
    pub key: ShareKey,
}

/// The shares of a poll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    are_needed: bool,
    /// In the order in which they were taken first.
    holders: Vec<ShareHolder>,
}

/// Two shares as they were given to close a count; what was typed for either may be no share.
#[derive(Clone, Debug)]
pub struct GivenShares(pub [Option<Share>; 2]);

/// Whose shares close a count: of two, or nobody's where none is needed. Only [`Shares::closers`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closers(Option<Vec<Reader>>);

impl Closers {
    /// As the entry of the close names them.
    pub(crate) fn into_told(self) -> Option<Vec<Reader>> {
        self.0
    }
}

/// Why shares close nothing. One sentence, Vietnamese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareFault {
    #[error("Đóng kiểm phiếu cần mảnh khóa của hai thành viên Ban kiểm phiếu; hãy nhập cả hai mảnh ở trang xác nhận.")]
    Missing,
    /// The first (0) or the second (1) is not 32 digits.
    #[error("Mảnh khóa gồm 8 nhóm, mỗi nhóm 4 chữ số hoặc chữ a-f; hãy nhập lại đúng như trên tờ đã ghi.")]
    Unreadable(usize),
    /// Nobody took it.
    #[error("Không phải mảnh khóa mà thành viên nào của Ban kiểm phiếu đã nhận cho cuộc này; hãy xem lại từng nhóm.")]
    Unknown(usize),
    #[error("Đây là mảnh khóa vừa nhập ở ô trên; hãy nhập mảnh của một thành viên khác.")]
    Same,
}

impl ShareFault {
    /// Which of the two it is about; `None` when it is both.
    pub const fn place(self) -> Option<usize> {
        match self {
            Self::Missing => None,
            Self::Unreadable(place) | Self::Unknown(place) => Some(place),
            Self::Same => Some(1),
        }
    }
}

impl Shares {
    /// As the entries of a poll's log, in their order, tell them.
    pub fn of_log<'e>(entries: impl IntoIterator<Item = &'e LogEntry>) -> Self {
        let mut shares = Self::default();
        for entry in entries {
            match &entry.event {
                PollEvent::BoardAppointed(board) => shares = Self::chosen(board),
                PollEvent::ShareTaken(taken) => shares.take(&entry.actor, taken),
                _ => {}
            }
        }
        shares
    }

    /// Whether a board was appointed with the choice; nobody has taken a share of it.
    pub const fn chosen(board: &BoardAppointed) -> Self {
        Self { are_needed: board.shares.is_some(), holders: Vec::new() }
    }

    /// Somebody took a share; a later one takes the place of an earlier one.
    pub fn take(&mut self, actor: &Actor, taken: &ShareTaken) {
        let Some(account) = actor.account else { return };
        let holder = ShareHolder { account, name: actor.name.clone(), key: taken.public_key };
        match self.holders.iter_mut().find(|known| known.account == account) {
            Some(known) => *known = holder,
            None => self.holders.push(holder),
        }
    }

    /// Whether the close needs two shares.
    pub const fn are_needed(&self) -> bool {
        self.are_needed
    }

    /// Whether fewer people hold one than the close needs.
    pub fn are_too_few(&self) -> bool {
        self.are_needed && self.holders.len() < usize::try_from(TO_CLOSE).unwrap_or(usize::MAX)
    }

    /// Who holds one.
    pub fn holders(&self) -> &[ShareHolder] {
        &self.holders
    }

    /// The public keys, in the order of the holders.
    pub fn keys(&self) -> Vec<ShareKey> {
        self.holders.iter().map(|holder| holder.key).collect()
    }

    /// Whose shares these are.
    ///
    /// # Errors
    /// Where shares are needed: when they are not those of two of the holders.
    pub fn closers(&self, given: Option<&GivenShares>) -> Result<Closers, ShareFault> {
        if !self.are_needed {
            return Ok(Closers(None));
        }
        let GivenShares(given) = given.ok_or(ShareFault::Missing)?;
        let mut closers: Vec<&ShareHolder> = Vec::with_capacity(given.len());
        for (place, share) in given.iter().enumerate() {
            let key = share.as_ref().ok_or(ShareFault::Unreadable(place))?.key();
            let holder = self.holders.iter().find(|holder| holder.key == key).ok_or(ShareFault::Unknown(place))?;
            if closers.iter().any(|other| other.account == holder.account) {
                return Err(ShareFault::Same);
            }
            closers.push(holder);
        }
        let told = |holder: &ShareHolder| Reader { account: Some(holder.account), name: holder.name.clone() };
        Ok(Closers(Some(closers.into_iter().map(told).collect())))
    }

    /// Whether an entry of the close names two who hold shares, and nobody where none are needed.
    pub fn are_closed_by(&self, told: Option<&[Reader]>) -> bool {
        let holds = |reader: &Reader| {
            self.holders.iter().any(|holder| Some(holder.account) == reader.account && holder.name == reader.name)
        };
        match told {
            None => !self.are_needed,
            Some([one, other]) => self.are_needed && one.account != other.account && holds(one) && holds(other),
            Some(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::role::Role;

    fn share(number: u8) -> Share {
        Share::from_bytes(Zeroizing::new([number; 16]))
    }

    fn member(number: u8) -> Actor {
        let account = AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[number; 10]);
        Actor { account: Some(account), name: format!("Người {number}"), role: Role::Teller }
    }

    fn three() -> Shares {
        let mut shares = Shares { are_needed: true, holders: Vec::new() };
        for number in 1..=3 {
            shares.take(&member(number), &ShareTaken { public_key: share(number).key() });
        }
        shares
    }

    fn given(one: Option<u8>, other: Option<u8>) -> GivenShares {
        GivenShares([one, other].map(|number| number.map(share)))
    }

    #[test]
    fn shares_of_two_holders_close_and_no_others() {
        let shares = three();
        let closers = shares.closers(Some(&given(Some(3), Some(1)))).expect("two").into_told().expect("needed");
        assert_eq!(closers.iter().map(|reader| reader.name.as_str()).collect::<Vec<_>>(), ["Người 3", "Người 1"]);
        assert!(shares.are_closed_by(Some(&closers)) && !shares.are_closed_by(None));
        assert!(!shares.are_closed_by(Some(&closers[..1])));
        assert!(!shares.are_closed_by(Some(&[closers[0].clone(), closers[0].clone()])));
        for (wrong, fault) in [
            (None, ShareFault::Missing),
            (Some(given(None, Some(1))), ShareFault::Unreadable(0)),
            (Some(given(Some(1), None)), ShareFault::Unreadable(1)),
            (Some(given(Some(9), Some(1))), ShareFault::Unknown(0)),
            (Some(given(Some(1), Some(9))), ShareFault::Unknown(1)),
            (Some(given(Some(2), Some(2))), ShareFault::Same),
        ] {
            assert_eq!(shares.closers(wrong.as_ref()), Err(fault));
        }
    }

    #[test]
    fn a_share_that_is_taken_again_replaces_the_first_and_a_poll_without_the_choice_needs_none() {
        let mut shares = three();
        shares.take(&member(2), &ShareTaken { public_key: share(7).key() });
        assert_eq!(shares.holders().len(), 3);
        assert_eq!(shares.closers(Some(&given(Some(1), Some(2)))), Err(ShareFault::Unknown(1)));
        assert!(shares.closers(Some(&given(Some(1), Some(7)))).is_ok());
        let none = Shares::default();
        assert_eq!(none.closers(None), Ok(Closers(None)));
        assert!(none.are_closed_by(None) && !none.are_too_few());
        assert!(Shares { are_needed: true, holders: Vec::new() }.are_too_few());
    }
}
