//! Who counts in a poll: the members of its board, by their accounts, and nobody else.
//!
//! A board that was appointed by an older program, and that of most rehearsals, names nobody's account. There the old rule
//! holds: whoever has a role of the count counts, and people are told apart by account where it is known, by name where it
//! is not.

use std::collections::BTreeMap;

use super::batch::Reader;
use super::id::AccountId;
use super::roster::{Teller, TellerRole, name_key};

/// Who counts in a poll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Members with an account, and whether they lead the count. Empty: the board names no account.
    members: BTreeMap<AccountId, bool>,
    /// A rehearsal: the program may read for somebody.
    is_rehearsal: bool,
}

/// Why two readings are not those of two people of the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadersFault {
    /// One person twice, or somebody without a name.
    NotTwo,
    /// Of this name; not a member of the board.
    Stranger(String),
}

impl Counters {
    /// Those of a board.
    pub fn of(board: &[Teller], is_rehearsal: bool) -> Self {
        let leads = |teller: &Teller| matches!(teller.role, TellerRole::Head | TellerRole::Secretary);
        let member = |teller: &Teller| teller.account.map(|account| (account, leads(teller)));
        Self { members: board.iter().filter_map(member).collect(), is_rehearsal }
    }

    /// Whether members are known by their accounts: roles alone admit nobody then.
    pub fn are_bound(&self) -> bool {
        !self.members.is_empty()
    }

    /// Whether somebody may read papers.
    pub fn may_count(&self, account: Option<AccountId>) -> bool {
        self.has(account, |_| true)
    }

    /// Whether somebody may open batches, decide, write figures down: Trưởng ban, Thư ký.
    pub fn may_lead(&self, account: Option<AccountId>) -> bool {
        self.has(account, |leads| leads)
    }

    fn has(&self, account: Option<AccountId>, fits: impl Fn(bool) -> bool) -> bool {
        match account {
            _ if !self.are_bound() => true,
            Some(account) => self.members.get(&account).is_some_and(|leads| fits(*leads)),
            None => self.is_rehearsal,
        }
    }

    /// What is wrong with who read; `None` when two people of the board did.
    pub fn fault(&self, readers: &[Reader; 2]) -> Option<ReadersFault> {
        if !are_two(readers) {
            return Some(ReadersFault::NotTwo);
        }
        let stranger = readers.iter().find(|reader| !self.may_count(reader.account));
        stranger.map(|reader| ReadersFault::Stranger(reader.name.clone()))
    }

    /// What is wrong with those whose readings the two took over: each is of the board and none of the two, because the
    /// second reading would not be blind to the first otherwise.
    pub fn fault_of_earlier(&self, readers: &[Reader; 2], earlier: &[Reader]) -> Option<ReadersFault> {
        let fault = |reader: &Reader| {
            let [one, two] = readers.clone().map(|other| self.fault(&[other, reader.clone()]));
            one.or(two)
        };
        earlier.iter().find_map(fault)
    }
}

/// Whether two people read: two accounts where both are known, two names otherwise.
fn are_two([one, two]: &[Reader; 2]) -> bool {
    let (first, second) = (name_key(&one.name), name_key(&two.name));
    let differ = match (one.account, two.account) {
        (Some(one), Some(two)) => one != two,
        _ => first != second,
    };
    differ && !first.is_empty() && !second.is_empty()
}

/// Who read, as an entry names them; `None` when it does not name two.
pub fn told_readers(names: &[String], accounts: Option<&[AccountId]>) -> Option<[Reader; 2]> {
    let [one, two] = names else { return None };
    let (first, second) = match accounts {
        None => (None, None),
        Some([first, second]) => (Some(*first), Some(*second)),
        Some(_) => return None,
    };
    let reader = |name: &String, account| Reader { account, name: name.clone() };
    Some([reader(one, first), reader(two, second)])
}

/// The accounts of both, as an entry has them.
pub fn accounts_of([one, two]: &[Reader; 2]) -> Option<Vec<AccountId>> {
    Some(vec![one.account?, two.account?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(number: u8) -> AccountId {
        AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[number; 10])
    }

    fn reader(number: Option<u8>, name: &str) -> Reader {
        Reader { account: number.map(account), name: name.into() }
    }

    fn board(bound: bool) -> Vec<Teller> {
        let member = |(number, role): (u8, TellerRole)| Teller {
            account: bound.then(|| account(number)),
            name: format!("Người {number}"),
            role,
        };
        let seats =
            [(1, TellerRole::Head), (2, TellerRole::Secretary), (3, TellerRole::Member), (4, TellerRole::Member)];
        let paper = Teller { account: None, name: "Không dùng máy".into(), role: TellerRole::Member };
        seats.map(member).into_iter().chain([paper]).collect()
    }

    #[test]
    fn only_members_count_and_only_head_and_secretary_lead() {
        let counters = Counters::of(&board(true), false);
        let may = |number| (counters.may_count(Some(account(number))), counters.may_lead(Some(account(number))));
        assert_eq!([1, 2, 3, 5].map(may), [(true, true), (true, true), (true, false), (false, false)]);
        assert!(!counters.may_count(None), "on paper alone");
        let strange = counters.fault(&[reader(Some(3), "Người 3"), reader(Some(5), "Người 4")]);
        assert_eq!(strange, Some(ReadersFault::Stranger("Người 4".into())), "the name of a member is no member");
        assert_eq!(counters.fault(&[reader(Some(3), "Lê A"), reader(Some(4), "lê  a")]), None, "two of one name");
        assert_eq!(counters.fault(&[reader(Some(3), "Lê A"), reader(Some(3), "Lê B")]), Some(ReadersFault::NotTwo));
        assert_eq!(counters.fault(&[reader(Some(3), "Lê A"), reader(Some(4), "")]), Some(ReadersFault::NotTwo));
        let nobody = [reader(None, "Lê A"), reader(None, "Lê B")];
        assert!(matches!(counters.fault(&nobody), Some(ReadersFault::Stranger(_))));
        assert_eq!(Counters::of(&board(true), true).fault(&nobody), None, "a rehearsal reads for somebody");
    }

    #[test]
    fn a_board_without_accounts_leaves_it_to_roles_and_tells_people_apart_as_far_as_it_can() {
        let counters = Counters::of(&board(false), false);
        assert!(!counters.are_bound() && counters.may_count(None) && counters.may_lead(Some(account(9))));
        assert_eq!(counters.fault(&[reader(None, "Lê A"), reader(None, "Lê B")]), None);
        assert_eq!(counters.fault(&[reader(None, "Lê A"), reader(None, "lê  a")]), Some(ReadersFault::NotTwo));
        assert_eq!(counters.fault(&[reader(Some(1), "Lê A"), reader(Some(1), "Lê B")]), Some(ReadersFault::NotTwo));
    }

    #[test]
    fn an_entry_names_two_or_nobody() {
        let names = ["A".to_owned(), "B".to_owned()];
        let ids = [account(1), account(2)];
        let read = told_readers(&names, Some(&ids)).expect("two");
        assert_eq!(accounts_of(&read), Some(ids.to_vec()));
        assert_eq!(accounts_of(&told_readers(&names, None).expect("two")), None);
        assert_eq!((told_readers(&names[..1], None), told_readers(&names, Some(&ids[..1]))), (None, None));
    }
}
