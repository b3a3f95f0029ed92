//! Who read a batch, and how often they had to look again: what the log says of a reading. It tells no mark.

use crate::id::AccountId;
use crate::roster::name_key;

/// One of the two who read a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Their account; none where a rehearsal reads for somebody.
    pub account: Option<AccountId>,
    pub name: String,
}

/// Two readings of one batch that agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadTwice {
    /// In the order of their readings.
    pub readers: [Reader; 2],
    /// Lines, and papers as a whole, on which the two differed at first.
    pub reread: u32,
    /// How many of them the head teller decided.
    pub decided: u32,
}

impl ReadTwice {
    /// Whether two people read. The log identifies people by name, so two people of the same name cannot read together.
    pub fn is_by_two(&self) -> bool {
        let [one, two] = &self.readers;
        let is_one_account = one.account.is_some() && one.account == two.account;
        let (first, second) = (name_key(&one.name), name_key(&two.name));
        !is_one_account && first != second && !first.is_empty() && !second.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_people_are_two_accounts_with_two_names() {
        let account = |n| Some(AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[n; 10]));
        let read = |one: (_, &str), two: (_, &str)| {
            let reader = |(account, name): (_, &str)| Reader { account, name: name.into() };
            ReadTwice { readers: [reader(one), reader(two)], reread: 0, decided: 0 }.is_by_two()
        };
        assert!(read((account(1), "Lê Văn A"), (account(2), "Lê Văn B")));
        assert!(read((None, "Lê Văn A"), (None, "Lê Văn B")), "a rehearsal");
        assert!(!read((account(1), "Lê Văn A"), (account(1), "Lê Văn B")));
        assert!(!read((account(1), "Lê Văn A"), (account(2), "lê  văn a")));
        assert!(!read((account(1), "Lê Văn A"), (account(2), "")));
    }
}
