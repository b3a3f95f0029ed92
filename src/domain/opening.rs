//! Whether the vote may be opened now: enough delegates are in the hall, and it is the day that was planned.
//!
//! What stands against it does not end the matter, because the chair may know better than the plan: two people open the
//! vote all the same, with a reason that the minutes print.

use std::fmt;

use jiff::civil::Date;

use super::audit::UtcTime;
use super::finding::{Finding, Severity};
use super::rules::{Quorum, QuorumOf, RuleSet};
use super::text::date_dmy;
use super::threshold::Edge;

const PLACE: &str = "Mở bỏ phiếu";

/// How the vote is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    pub at: UtcTime,
    /// The day that was planned, or to which two people moved it; `None` where nobody planned one.
    pub planned: Option<Date>,
    /// Delegates in the hall.
    pub present: u32,
    /// Why it is opened in spite of what stands against it.
    pub reason: String,
}

/// What stands against opening. One sentence each, Vietnamese.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpeningFault {
    /// Fewer delegates than the rule set asks for.
    Quorum { present: u32, delegates: u32, quorum: Quorum },
    /// Another day than the planned one.
    Day { planned: Date, day: Date },
}

impl Quorum {
    /// The smallest number present that is enough, of `all` who could be; exact, by whole numbers.
    pub fn least(self, all: u32) -> u32 {
        u32::try_from(self.threshold.smallest(all)).unwrap_or(u32::MAX)
    }
}

impl Opening {
    /// All that stands against it under `rules`, for a council of `delegates`.
    pub fn faults(&self, rules: &RuleSet, delegates: u32) -> Vec<OpeningFault> {
        let (quorum, present, day) = (rules.quorum.value, self.present, self.at.day_in_vietnam());
        let mut faults = Vec::new();
        if !quorum.threshold.reached(present, delegates) {
            faults.push(OpeningFault::Quorum { present, delegates, quorum });
        }
        if let Some(planned) = self.planned.filter(|planned| *planned != day) {
            faults.push(OpeningFault::Day { planned, day });
        }
        faults
    }
}

impl OpeningFault {
    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Quorum { .. } => "Chờ đủ số có mặt rồi mở; vẫn mở thì ghi lý do, biên bản in nguyên văn.",
            Self::Day { .. } => "Đề xuất chuyển ngày bỏ phiếu; vẫn mở thì ghi lý do, biên bản in nguyên văn.",
        }
    }

    /// As a finding with the article of the quorum. No text was read that binds the vote to the day of its plan.
    pub fn finding(self, rules: &RuleSet) -> Finding {
        let code = match self {
            Self::Quorum { .. } => "OPN-001",
            Self::Day { .. } => "OPN-002",
        };
        let finding = Finding::new(code, Severity::Error, PLACE, self.to_string(), self.remedy());
        match self {
            Self::Quorum { .. } => finding.by_law(&rules.quorum.cite),
            Self::Day { .. } => finding,
        }
    }
}

impl fmt::Display for OpeningFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Quorum { present, delegates, quorum } => {
                let whole = match quorum.of {
                    QuorumOf::Delegates => "đại biểu",
                    QuorumOf::Summoned => "người được triệu tập",
                };
                let share = match quorum.threshold.edge {
                    Edge::From => "ít nhất",
                    Edge::Above => "quá",
                };
                let (share_of, least) = (quorum.threshold.share, quorum.least(delegates));
                write!(
                    f,
                    "Có mặt {present} trên {delegates} {whole}, chưa đủ {share} {share_of}: phải có từ {least} người."
                )
            }
            Self::Day { planned, day } => write!(
                f,
                "Hôm nay là ngày {}, không phải ngày bỏ phiếu đã định ({}).",
                date_dmy(day),
                date_dmy(planned)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::rules::builtin;
    use crate::threshold::{Fraction, Threshold};

    fn rules(id: &str) -> RuleSet {
        builtin().expect("carried").into_iter().find(|set| set.id == id).expect("id")
    }

    fn opening(present: u32, planned: Option<Date>) -> Opening {
        let at = "2026-12-09T18:00:00Z".parse().expect("time");
        Opening { at, planned, present, reason: String::new() }
    }

    #[test]
    fn two_thirds_are_enough_and_one_less_is_told_with_its_article() {
        let rules = rules("NQ96-2023-QH15");
        assert_eq!(opening(40, None).faults(&rules, 60), []);
        let short = opening(39, None).faults(&rules, 60);
        let told = short[0].finding(&rules);
        assert_eq!(
            (told.code, told.is_error(), told.law.as_deref()),
            ("OPN-001", true, Some(rules.quorum.cite.as_str()))
        );
        assert_eq!(told.what, "Có mặt 39 trên 60 đại biểu, chưa đủ ít nhất 2/3: phải có từ 40 người.");
    }

    /// 18:00 of the 9th in UTC is the 10th in Vietnam.
    #[test]
    fn the_day_is_that_of_vietnam() {
        let rules = rules("NQ96-2023-QH15");
        assert_eq!(opening(60, Some(date(2026, 12, 10))).faults(&rules, 60), []);
        let other = opening(60, Some(date(2026, 12, 9))).faults(&rules, 60);
        let told = other[0].finding(&rules);
        assert_eq!((told.code, told.law), ("OPN-002", None));
        assert_eq!(told.what, "Hôm nay là ngày 10/12/2026, không phải ngày bỏ phiếu đã định (09/12/2026).");
    }

    proptest! {
        /// The least number present is enough, and one less is not, for every share and every council.
        #[test]
        fn the_least_number_is_the_first_that_is_enough(num in 0_u32..40, more in 1_u32..40, all in 0_u32..5_000) {
            for edge in [Edge::From, Edge::Above] {
                let share = Fraction::new(num, num + more).expect("a share");
                let quorum = Quorum { threshold: Threshold { share, edge }, of: QuorumOf::Delegates };
                let least = quorum.least(all);
                prop_assert!(quorum.threshold.reached(least, all));
                prop_assert!(least == 0 || !quorum.threshold.reached(least - 1, all));
            }
        }
    }
}
