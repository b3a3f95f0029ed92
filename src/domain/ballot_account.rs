//! Where every printed paper of a form went, and whether the figures add up.
//!
//! ```text
//! printed = issued + exchanged + unused
//! issued  = returned + not returned
//! ```
//!
//! A delegate who spoils a paper before casting it hands it back and takes another (NQ 31/2023/UBTVQH15, Điều 12, as the
//! ballots print it). The spoiled one is destroyed and is counted as exchanged; the one in its place is not issued a second
//! time. So issued is the number of delegates who took a paper, which the minutes name and which no share exceeds.
//!
//! What went out is announced when the ballots are out, and what came back when the box is opened, before a batch is laid
//! on the table (NQ 31/2023/UBTVQH15, Điều 12). Every figure is a count of its own, of papers in somebody's hand: one that was only worked out from the others could
//! not contradict them. Ballots returned are the base of shares, so what speaks of them blocks; papers that were printed
//! and are nowhere can't be brought back by anybody, so that warns, and the minutes say it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::audit::event::poll::BallotsReturned;
use super::finding::{Finding, Severity};
use super::presence::Presence;
use super::rules::RuleSet;

/// The papers of one form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BallotAccount {
    /// Đã in.
    pub printed: u32,
    /// Phát ra: one for each delegate who took one.
    pub issued: u32,
    /// Đổi: spoiled before casting, taken back and destroyed.
    pub exchanged: u32,
    /// Chưa dùng.
    pub unused: u32,
    pub returned: u32,
    /// Không thu về.
    pub not_returned: u32,
}

/// Papers of one form as they are announced once the ballots are out: from then on both figures stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuedPapers {
    /// Phát ra: one for each delegate who took one.
    pub issued: u32,
    /// Đã in.
    pub printed: u32,
}

impl IssuedPapers {
    /// Label and figure, as pages show them.
    pub fn labelled(&self) -> [(&'static str, String); 2] {
        [("Đã in", self.printed), ("Phát ra", self.issued)].map(|(label, figure)| (label, figure.to_string()))
    }

    /// What contradicts itself or the hall before anything came back.
    pub fn fault(self, attendance: Attendance) -> Option<AccountFault> {
        let Self { issued, printed } = self;
        if issued > printed {
            return Some(AccountFault::OverPrinted { found: u64::from(issued), printed });
        }
        attendance.fault(issued)
    }
}

/// How many people could have received a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attendance {
    pub delegates: u32,
    /// Delegates present when ballots were handed out; `None` where it was not recorded.
    pub present: Option<u32>,
}

impl From<Presence> for Attendance {
    /// Everybody who was ever in the hall could have received a ballot.
    fn from(hall: Presence) -> Self {
        Self { delegates: hall.delegates, present: Some(hall.figures.attended) }
    }
}

impl Attendance {
    /// More ballots than people who could take one. Whoever counted those present counted delegates, so the narrower
    /// figure is said alone.
    fn fault(self, issued: u32) -> Option<AccountFault> {
        match self.present {
            Some(present) => (issued > present).then_some(AccountFault::OverPresent { issued, present }),
            None => {
                let delegates = self.delegates;
                (issued > delegates).then_some(AccountFault::OverDelegates { issued, delegates })
            }
        }
    }
}

/// What does not add up in an account. One sentence each, Vietnamese, without its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountFault {
    /// More papers than were printed: a figure is wrong, or a paper is not the board's.
    OverPrinted {
        /// Sum of issued, exchanged and unused.
        found: u64,
        /// Đã in.
        printed: u32,
    },
    Missing {
        /// Sum of issued, exchanged and unused.
        found: u64,
        /// Đã in.
        printed: u32,
    },
    ReturnedOverIssued {
        returned: u32,
        issued: u32,
    },
    /// Returned and not returned are not those issued.
    NotSplit {
        issued: u32,
        returned: u32,
        /// Không thu về.
        not_returned: u32,
    },
    /// More papers than people who could take one.
    OverPresent {
        issued: u32,
        present: u32,
    },
    OverDelegates {
        issued: u32,
        delegates: u32,
    },
    /// Number of ballots issued and not returned.
    Kept(u32),
}

impl AccountFault {
    /// Whether the count may go on.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Missing { .. } | Self::Kept(_) => Severity::Warning,
            Self::OverPrinted { .. }
            | Self::ReturnedOverIssued { .. }
            | Self::NotSplit { .. }
            | Self::OverPresent { .. }
            | Self::OverDelegates { .. } => Severity::Error,
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::OverPrinted { .. } => {
                "Đếm lại phiếu phát ra, phiếu đổi và phiếu chưa dùng; phiếu không do Ban kiểm phiếu phát ra phải để riêng."
            }
            Self::Missing { .. } => "Đếm lại phiếu chưa dùng và phiếu đổi; còn thiếu thì ghi rõ số thiếu vào biên bản.",
            Self::ReturnedOverIssued { .. } => "Đếm lại phiếu trong hòm và danh sách nhận phiếu, rồi ghi đúng số.",
            Self::NotSplit { .. } => "Đếm lại phiếu thu về và số người không nộp phiếu, rồi ghi đúng số.",
            Self::OverPresent { .. } => "Đối chiếu danh sách nhận phiếu với số đại biểu có mặt.",
            Self::OverDelegates { .. } => "Đối chiếu danh sách nhận phiếu với tổng số đại biểu.",
            Self::Kept(_) => "Ghi rõ vào biên bản: tỷ lệ tính theo căn cứ của bộ quy tắc.",
        }
    }

    /// As a finding about `form`, with the article that `rules` name: what minutes must say of ballots, and for ballots
    /// that stayed out the base of shares. What the law is silent on has no article.
    pub fn finding(self, form: &str, rules: &RuleSet) -> Finding {
        let minutes = rules.papers.iter().find(|paper| paper.id == "minutes").map(|paper| paper.cite.as_str());
        let (code, cite) = match self {
            Self::OverPrinted { .. } => ("ACC-001", None),
            Self::Missing { .. } => ("ACC-002", None),
            Self::ReturnedOverIssued { .. } => ("ACC-003", minutes),
            Self::NotSplit { .. } => ("ACC-004", minutes),
            Self::OverPresent { .. } => ("ACC-005", minutes),
            Self::OverDelegates { .. } => ("ACC-006", minutes),
            Self::Kept(_) => ("ACC-007", Some(rules.base.cite.as_str())),
        };
        let finding = Finding::new(code, self.severity(), place(form), self.to_string(), self.remedy());
        match cite {
            Some(cite) => finding.by_law(cite),
            None => finding,
        }
    }
}

impl fmt::Display for AccountFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OverPrinted { found, printed } => {
                write!(f, "Phát ra, đổi và chưa dùng cộng lại {found} phiếu, nhiều hơn {printed} phiếu đã in.")
            }
            Self::Missing { found, printed } => {
                write!(f, "Phát ra, đổi và chưa dùng cộng lại {found} phiếu, ít hơn {printed} phiếu đã in.")
            }
            Self::ReturnedOverIssued { returned, issued } => {
                write!(f, "Thu về {returned} phiếu, nhiều hơn {issued} phiếu phát ra.")
            }
            Self::NotSplit { issued, returned, not_returned } => write!(
                f,
                "Phát ra {issued} phiếu, nhưng thu về {returned} và không thu về {not_returned} cộng lại là {}.",
                u64::from(returned) + u64::from(not_returned)
            ),
            Self::OverPresent { issued, present } => {
                write!(f, "Phát ra {issued} phiếu, nhiều hơn {present} đại biểu có mặt.")
            }
            Self::OverDelegates { issued, delegates } => {
                write!(f, "Phát ra {issued} phiếu, nhiều hơn tổng số {delegates} đại biểu.")
            }
            Self::Kept(ballots) => write!(f, "{ballots} phiếu phát ra không thu về."),
        }
    }
}

impl BallotAccount {
    /// The account of papers that all went out and that nobody spoiled, of `printed` printed ones.
    pub const fn plain(printed: u32, issued: u32, returned: u32) -> Self {
        let (unused, not_returned) = (printed.saturating_sub(issued), issued.saturating_sub(returned));
        Self { printed, issued, exchanged: 0, unused, returned, not_returned }
    }

    /// Label and figure, as pages show them.
    pub fn labelled(&self) -> [(&'static str, String); 6] {
        let Self { printed, issued, exchanged, unused, returned, not_returned } = self;
        [
            ("Đã in", printed),
            ("Phát ra", issued),
            ("Đổi", exchanged),
            ("Chưa dùng", unused),
            ("Thu về", returned),
            ("Không thu về", not_returned),
        ]
        .map(|(label, figure)| (label, figure.to_string()))
    }

    /// Everything that does not add up, what blocks and what warns.
    pub fn faults(self, attendance: Attendance) -> Vec<AccountFault> {
        let Self { printed, issued, exchanged, unused, returned, not_returned } = self;
        let found = u64::from(issued) + u64::from(exchanged) + u64::from(unused);
        let mut faults = Vec::new();
        if found > u64::from(printed) {
            faults.push(AccountFault::OverPrinted { found, printed });
        } else if found < u64::from(printed) {
            faults.push(AccountFault::Missing { found, printed });
        }
        if returned > issued {
            faults.push(AccountFault::ReturnedOverIssued { returned, issued });
        } else if u64::from(returned) + u64::from(not_returned) != u64::from(issued) {
            faults.push(AccountFault::NotSplit { issued, returned, not_returned });
        } else if not_returned > 0 {
            faults.push(AccountFault::Kept(not_returned));
        }
        faults.extend(attendance.fault(issued));
        faults
    }

    /// The first fault with which counting can't go on.
    pub fn blocked(self, attendance: Attendance) -> Option<AccountFault> {
        self.faults(attendance).into_iter().find(|fault| fault.severity() == Severity::Error)
    }

    /// As the log says it of `form`.
    pub fn told(self, form: String) -> BallotsReturned {
        let Self { printed, issued, exchanged, unused, returned, not_returned } = self;
        BallotsReturned { exchanged, form, issued, not_returned, printed, returned, unused }
    }
}

impl From<&BallotsReturned> for BallotAccount {
    fn from(told: &BallotsReturned) -> Self {
        let &BallotsReturned { exchanged, form: _, issued, not_returned, printed, returned, unused } = told;
        Self { printed, issued, exchanged, unused, returned, not_returned }
    }
}

fn place(form: &str) -> String {
    format!("Mẫu phiếu {form}")
}

/// Every doubt about the papers of a poll, form by form. Each delegate takes one paper of each form, so forms of which
/// another number went out or came back than of the first are named too: that warns, because a delegate may hand in some
/// forms and keep others, and no text was found that forbids it.
pub fn account_findings(rules: &RuleSet, attendance: Attendance, forms: &[(String, BallotAccount)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (form, account) in forms {
        findings.extend(account.faults(attendance).into_iter().map(|fault| fault.finding(form, rules)));
    }
    let Some(((first, expected), others)) = forms.split_first() else { return findings };
    let differs = |account: &BallotAccount| (account.issued, account.returned) != (expected.issued, expected.returned);
    for (form, account) in others.iter().filter(|(_, account)| differs(account)) {
        let what = format!(
            "Phát ra {}, thu về {} phiếu, khác với mẫu phiếu {first} (phát ra {}, thu về {}).",
            account.issued, account.returned, expected.issued, expected.returned
        );
        let remedy =
            "Kiểm tra xem mỗi đại biểu đã nhận và nộp đủ các mẫu phiếu chưa; đúng là khác thì ghi rõ vào biên bản.";
        findings.push(Finding::new("ACC-008", Severity::Warning, place(form), what, remedy));
    }
    findings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::builtin;

    const ATTENDANCE: Attendance = Attendance { delegates: 60, present: Some(55) };

    /// 60 printed, 50 delegates took one, 3 spoiled theirs and took another, 7 are left; 48 came back.
    fn honest() -> BallotAccount {
        BallotAccount { printed: 60, issued: 50, exchanged: 3, unused: 7, returned: 48, not_returned: 2 }
    }

    #[test]
    fn papers_that_add_up_warn_only_of_those_that_were_kept() {
        assert_eq!(honest().faults(ATTENDANCE), [AccountFault::Kept(2)]);
        assert_eq!(honest().blocked(ATTENDANCE), None);
        assert_eq!(BallotAccount::plain(60, 50, 50).faults(ATTENDANCE), []);
    }

    #[test]
    fn each_figure_that_is_off_by_one_is_found_by_its_identity() {
        let with = |change: fn(&mut BallotAccount)| {
            let mut account = honest();
            change(&mut account);
            account.faults(ATTENDANCE)
        };
        let kept = AccountFault::Kept(2);
        assert_eq!(with(|a| a.printed += 1), [AccountFault::Missing { found: 60, printed: 61 }, kept]);
        assert_eq!(with(|a| a.exchanged += 1), [AccountFault::OverPrinted { found: 61, printed: 60 }, kept]);
        assert_eq!(with(|a| a.unused -= 1), [AccountFault::Missing { found: 59, printed: 60 }, kept]);
        let split = |returned, not_returned| AccountFault::NotSplit { issued: 50, returned, not_returned };
        assert_eq!(with(|a| a.returned += 1), [split(49, 2)]);
        assert_eq!(with(|a| a.not_returned -= 1), [split(48, 1)]);
        let over = AccountFault::ReturnedOverIssued { returned: 51, issued: 50 };
        assert_eq!(with(|a| (a.returned, a.not_returned) = (51, 0)), [over]);
    }

    #[test]
    fn nobody_takes_two_papers() {
        let full = BallotAccount::plain(70, 56, 56);
        assert_eq!(full.blocked(ATTENDANCE), Some(AccountFault::OverPresent { issued: 56, present: 55 }));
        assert_eq!(full.blocked(Attendance { present: None, ..ATTENDANCE }), None);
        let over = BallotAccount::plain(70, 61, 61).blocked(Attendance { present: None, ..ATTENDANCE });
        assert_eq!(over, Some(AccountFault::OverDelegates { issued: 61, delegates: 60 }));
    }

    proptest! {
        /// Every printed paper is in one place: with nobody, spoiled and destroyed, in the box, or kept.
        #[test]
        fn papers_in_their_places_add_up_and_an_exchange_issues_nothing(
            unused in 0_u32..80, exchanged in 0_u32..80, returned in 0_u32..60, not_returned in 0_u32..20,
        ) {
            let issued = returned + not_returned;
            let printed = issued + exchanged + unused;
            let account = BallotAccount { printed, issued, exchanged, unused, returned, not_returned };
            let hall = Attendance { delegates: 100, present: Some(issued) };
            prop_assert_eq!(account.blocked(hall), None);
            prop_assert_eq!(account.faults(hall).is_empty(), not_returned == 0);
            prop_assert_eq!(IssuedPapers { issued, printed }.fault(hall), None);
            if let Some(left) = unused.checked_sub(1) {
                let after = BallotAccount { unused: left, exchanged: exchanged + 1, ..account };
                prop_assert_eq!(after.faults(hall), account.faults(hall));
            }
            for wrong in [
                BallotAccount { issued: issued + 1, ..account },
                BallotAccount { returned: returned + 1, ..account },
                BallotAccount { exchanged: exchanged + 1, ..account },
                BallotAccount { unused: unused + 1, ..account },
            ] {
                prop_assert!(wrong.blocked(hall).is_some(), "{:?}", wrong);
            }
        }
    }

    #[test]
    fn figures_at_the_limit_do_not_overflow() {
        let all = u32::MAX;
        let huge =
            BallotAccount { printed: all, issued: all, exchanged: all, unused: all, returned: all, not_returned: all };
        assert_eq!(huge.faults(ATTENDANCE).len(), 3);
    }

    #[test]
    fn findings_carry_code_weight_form_and_the_article_of_the_rule_set() {
        let rules = builtin().expect("carried").remove(0);
        let wrong = BallotAccount { returned: 52, not_returned: 0, ..honest() };
        let forms = [("F1-A".to_owned(), honest()), ("F2-B".to_owned(), wrong)];
        let told: Vec<_> = account_findings(&rules, ATTENDANCE, &forms)
            .into_iter()
            .map(|finding| (finding.code, finding.severity, finding.place, finding.law.is_some()))
            .collect();
        let at = |form: &str| format!("Mẫu phiếu {form}");
        assert_eq!(
            told,
            [
                ("ACC-007", Severity::Warning, at("F1-A"), true),
                ("ACC-003", Severity::Error, at("F2-B"), true),
                ("ACC-008", Severity::Warning, at("F2-B"), false),
            ]
        );
    }
}
