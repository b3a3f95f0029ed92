//! Who has to sign the minutes of the count: the head and the secretary of the board always, every other member or a
//! reason why not.

use serde::{Deserialize, Serialize};

use super::id::AccountId;
use super::roster::{Teller, TellerRole};
use super::rules::RuleSet;

/// Copies of the minutes where the rules set no number: Thông tư 45/2015/TT-BCA, Điều 10.2.c, read once, for votes
/// of another kind. No text for councils was found.
pub const COPIES: u32 = 3;

/// Copies that the minutes of a vote under these rules are made in, where nobody says otherwise.
pub fn usual_copies(rules: &RuleSet) -> u32 {
    rules.minutes_copies.as_ref().map_or(COPIES, |rule| rule.value.into())
}

/// A member of the board who did not sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingSignature {
    /// The member's account, where the board names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    pub name: String,
    /// Why, in the words of whoever records the signatures.
    pub reason: String,
}

/// The signatures on the minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signatures {
    /// Members who signed.
    pub signed: Vec<Teller>,
    /// Members who did not.
    pub missing: Vec<MissingSignature>,
}

/// Signatures that are not enough, or not those of the board. One sentence, Vietnamese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningFault {
    #[error("{} {name} phải ký biên bản; hãy ghi nhận sau khi có chữ ký.", .role.label())]
    MustSign { name: String, role: TellerRole },
    #[error("{0} chưa ký; hãy ghi lý do không có chữ ký.")]
    NoReason(String),
    #[error("{0} không thuộc Ban kiểm phiếu, hoặc được ghi hai lần; hãy đối chiếu quyết định lập Ban.")]
    NotOfBoard(String),
}

impl From<Vec<Teller>> for Signatures {
    /// Everybody signed.
    fn from(signed: Vec<Teller>) -> Self {
        Self { signed, missing: Vec::new() }
    }
}

impl MissingSignature {
    /// Of a member of the board.
    pub fn of(teller: &Teller, reason: String) -> Self {
        Self { account: teller.account, name: teller.name.clone(), reason }
    }

    /// Whether it is this member's; accounts tell members of one name apart.
    pub fn is_of(&self, teller: &Teller) -> bool {
        self.account == teller.account && self.name == teller.name
    }
}

impl Signatures {
    /// The first thing that is wrong for this board. A board of nobody, which only a rehearsal has, signs nothing.
    pub fn fault(&self, board: &[Teller]) -> Option<SigningFault> {
        let signs = |teller: &Teller| self.signed.contains(teller);
        let must = |teller: &&Teller| matches!(teller.role, TellerRole::Head | TellerRole::Secretary);
        if let Some(missing) = board.iter().filter(must).find(|teller| !signs(teller)) {
            return Some(SigningFault::MustSign { name: missing.name.clone(), role: missing.role });
        }
        let is_foreign = |(place, teller): &(usize, &Teller)| {
            !board.contains(teller) || self.signed.iter().take(*place).any(|other| other == *teller)
        };
        if let Some((_, foreign)) = self.signed.iter().enumerate().find(is_foreign) {
            return Some(SigningFault::NotOfBoard(foreign.name.clone()));
        }
        let mut unsigned: Vec<&Teller> = board.iter().filter(|teller| !signs(teller)).collect();
        for missing in &self.missing {
            let Some(place) = unsigned.iter().position(|teller| missing.is_of(teller)) else {
                return Some(SigningFault::NotOfBoard(missing.name.clone()));
            };
            if missing.reason.trim().is_empty() {
                return Some(SigningFault::NoReason(missing.name.clone()));
            }
            unsigned.remove(place);
        }
        unsigned.first().map(|teller| SigningFault::NoReason(teller.name.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> Vec<Teller> {
        let member = |(name, role): (&str, TellerRole)| Teller { account: None, name: name.into(), role };
        [("A", TellerRole::Head), ("B", TellerRole::Secretary), ("C", TellerRole::Member), ("D", TellerRole::Member)]
            .map(member)
            .into()
    }

    fn signatures(signed: &[usize], missing: &[(&str, &str)]) -> Signatures {
        let missing = missing.iter().map(|(name, reason)| {
            let (name, reason) = ((*name).to_owned(), (*reason).to_owned());
            MissingSignature { account: None, name, reason }
        });
        Signatures { signed: signed.iter().map(|place| board()[*place].clone()).collect(), missing: missing.collect() }
    }

    #[test]
    fn head_and_secretary_sign_and_every_other_member_or_a_reason_is_there() {
        let must = |name: &str, role| Some(SigningFault::MustSign { name: name.into(), role });
        let reason = |name: &str| Some(SigningFault::NoReason(name.into()));
        let foreign = |name: &str| Some(SigningFault::NotOfBoard(name.into()));
        for (signatures, fault) in [
            (signatures(&[0, 1, 2, 3], &[]), None),
            (signatures(&[0, 1, 2], &[("D", "Ốm")]), None),
            (signatures(&[0, 1], &[("D", "Ốm"), ("C", "Đi công tác")]), None),
            (signatures(&[1, 2, 3], &[("A", "Ốm")]), must("A", TellerRole::Head)),
            (signatures(&[0, 2, 3], &[("B", "Ốm")]), must("B", TellerRole::Secretary)),
            (signatures(&[0, 1, 2], &[]), reason("D")),
            (signatures(&[0, 1, 2], &[("D", " ")]), reason("D")),
            (signatures(&[0, 1, 2, 3], &[("D", "Ốm")]), foreign("D")),
            (signatures(&[0, 1, 2, 2], &[("D", "Ốm")]), foreign("C")),
            (signatures(&[0, 1, 2], &[("D", "Ốm"), ("D", "Ốm")]), foreign("D")),
            (signatures(&[0, 1, 2], &[("D", "Ốm"), ("E", "Ốm")]), foreign("E")),
        ] {
            assert_eq!(signatures.fault(&board()), fault, "{signatures:?}");
        }
        assert_eq!(Signatures::default().fault(&[]), None);
    }

    #[test]
    fn members_of_one_name_are_told_apart_by_account() {
        let member = |number: u8, role| {
            let account = Some(AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[number; 10]));
            Teller { account, name: "Lê Văn A".into(), role }
        };
        let board = [member(1, TellerRole::Head), member(2, TellerRole::Member), member(3, TellerRole::Member)];
        let signed = |signs: usize, missing: MissingSignature| {
            Signatures { signed: vec![board[0].clone(), board[signs].clone()], missing: vec![missing] }.fault(&board)
        };
        let ill = |teller: &Teller| MissingSignature::of(teller, "Ốm".into());
        assert_eq!(signed(1, ill(&board[2])), None);
        let foreign = Some(SigningFault::NotOfBoard("Lê Văn A".into()));
        assert_eq!(signed(1, ill(&board[1])), foreign, "the name of one who signed, the account of one who did not");
        assert_eq!(signed(1, MissingSignature { account: None, ..ill(&board[2]) }), foreign);
    }
}
