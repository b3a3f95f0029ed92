//! Which instrument a vote goes by, from its kind, the body that holds it and the day: exactly one, or a sentence that says why
//! none does.

use jiff::civil::{Date, date};

use super::{NotSubject, RuleSet, Side};
use crate::council::CouncilKind;
use crate::poll::PollKind;
use crate::text::date_dmy;

/// Last day of councils of districts (Luật số 72/2025/QH15: two levels from 01/7/2025).
const LAST_DAY_OF_DISTRICTS: Date = date(2025, 6, 30);

/// Why no instrument holds. One sentence, Vietnamese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRules {
    #[error("{} kết thúc hoạt động sau ngày 30/06/2025, nên không có cuộc nào ngày {}", .kind.label(), date_dmy(*.day))]
    BodyEnded { kind: CouncilKind, day: Date },
    #[error("ngày {} chương trình không có văn bản nào đang có hiệu lực cho {}", date_dmy(*.day), .kind.label())]
    NoneInForce { kind: CouncilKind, day: Date },
    #[error("ngày {} có hai văn bản cùng có hiệu lực: {one}, {other}; hãy sửa ngày hiệu lực trong bộ quy tắc", date_dmy(*.day))]
    Several { one: String, other: String, day: Date },
    /// The instrument names the body, and leaves it out.
    #[error("{reason} ({cite})")]
    LeftOut {
        reason: String,
        cite: String,
        /// Id of the instrument.
        ruleset: String,
        /// Place among [`RuleSet::not_subjects`].
        place: usize,
    },
    #[error("bộ quy tắc {short} không nêu chức vụ nào của {} thuộc diện lấy phiếu", .kind.label())]
    NoSubjects { short: String, kind: CouncilKind },
    #[error("bộ quy tắc {short} không có phần bỏ phiếu tín nhiệm")]
    NoConfidence { short: String },
}

impl CouncilKind {
    /// Whose instruments the body goes by.
    pub const fn side(self) -> Side {
        match self {
            Self::PartyCommittee => Side::Party,
            Self::NationalAssembly | Self::ProvinceCouncil | Self::DistrictCouncil | Self::CommuneCouncil => {
                Side::State
            }
        }
    }
}

impl RuleSet {
    /// Whether it is in force on `day`.
    pub fn is_in_force(&self, day: Date) -> bool {
        let period = self.in_force.value;
        period.from <= day && period.until.is_none_or(|until| day <= until)
    }
}

/// The rule set by which a body of `council` holds a vote of `poll` on `day`.
///
/// # Errors
/// When none does, or more than one; the sentence says why.
pub fn holding<'r>(
    sets: impl IntoIterator<Item = &'r RuleSet>,
    council: CouncilKind,
    poll: PollKind,
    day: Date,
) -> Result<&'r RuleSet, NoRules> {
    if council == CouncilKind::DistrictCouncil && day > LAST_DAY_OF_DISTRICTS {
        return Err(NoRules::BodyEnded { kind: council, day });
    }
    let mut in_force = sets.into_iter().filter(|set| set.side == council.side() && set.is_in_force(day));
    let set = in_force.next().ok_or(NoRules::NoneInForce { kind: council, day })?;
    if let Some(other) = in_force.next() {
        return Err(NoRules::Several { one: set.short.clone(), other: other.short.clone(), day });
    }
    let short = set.short.clone();
    match poll {
        PollKind::Confidence if set.confidence.is_none() => Err(NoRules::NoConfidence { short }),
        PollKind::Confidence => Ok(set),
        PollKind::Rating => {
            let of_body = |councils: &[CouncilKind]| councils.contains(&council);
            let whole = |other: &NotSubject| other.titles.is_empty() && of_body(&other.councils);
            if let Some((place, other)) = set.not_subjects.iter().enumerate().find(|(_, other)| whole(other)) {
                let (reason, cite, ruleset) = (other.reason.clone(), other.cite.clone(), set.id.clone());
                return Err(NoRules::LeftOut { reason, cite, ruleset, place });
            }
            let has_subjects = set.subjects.iter().any(|subject| of_body(&subject.councils));
            if has_subjects { Ok(set) } else { Err(NoRules::NoSubjects { short, kind: council }) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    /// On every day of 24 years, for each body and each vote: exactly one instrument, or a sentence. What changes from one
    /// day to the next stands here, day by day.
    #[test]
    fn on_every_day_exactly_one_instrument_holds_or_a_sentence_says_why_not() {
        let sets = builtin().expect("carried");
        let mut told = Vec::new();
        for council in CouncilKind::ALL {
            for poll in PollKind::ALL {
                let (mut day, mut last) = (date(2012, 1, 1), String::new());
                while day <= date(2035, 12, 31) {
                    let now = match holding(&sets, council, poll, day) {
                        Ok(set) => set.id.clone(),
                        Err(NoRules::Several { .. }) => panic!("{council:?} {poll:?} {day}: two hold"),
                        Err(NoRules::NoneInForce { .. }) => "none".into(),
                        Err(NoRules::BodyEnded { .. }) => "ended".into(),
                        Err(NoRules::LeftOut { .. }) => "left out".into(),
                        Err(NoRules::NoSubjects { .. }) => "no posts".into(),
                        Err(NoRules::NoConfidence { .. }) => "no second vote".into(),
                    };
                    if now != last {
                        told.push(format!("{} {} {day} {now}", council.code(), poll.code()));
                        last = now;
                    }
                    day = day.tomorrow().expect("a day");
                }
            }
        }
        let expected = [
            "national_assembly rating 2012-01-01 none",
            "national_assembly rating 2013-02-01 NQ35-2012-QH13",
            "national_assembly rating 2015-07-01 no posts",
            "national_assembly rating 2023-07-01 NQ96-2023-QH15",
            "national_assembly confidence 2012-01-01 none",
            "national_assembly confidence 2013-02-01 no second vote",
            "national_assembly confidence 2023-07-01 NQ96-2023-QH15",
            "province_council rating 2012-01-01 none",
            "province_council rating 2013-02-01 NQ35-2012-QH13",
            "province_council rating 2015-07-01 NQ85-2014-QH13",
            "province_council rating 2023-07-01 NQ96-2023-QH15",
            "province_council confidence 2012-01-01 none",
            "province_council confidence 2013-02-01 no second vote",
            "province_council confidence 2023-07-01 NQ96-2023-QH15",
            "district_council rating 2012-01-01 none",
            "district_council rating 2013-02-01 NQ35-2012-QH13",
            "district_council rating 2015-07-01 NQ85-2014-QH13",
            "district_council rating 2023-07-01 NQ96-2023-QH15",
            "district_council rating 2025-07-01 ended",
            "district_council confidence 2012-01-01 none",
            "district_council confidence 2013-02-01 no second vote",
            "district_council confidence 2023-07-01 NQ96-2023-QH15",
            "district_council confidence 2025-07-01 ended",
            "commune_council rating 2012-01-01 none",
            "commune_council rating 2013-02-01 NQ35-2012-QH13",
            "commune_council rating 2015-07-01 NQ85-2014-QH13",
            "commune_council rating 2023-07-01 left out",
            "commune_council confidence 2012-01-01 none",
            "commune_council confidence 2013-02-01 no second vote",
            "commune_council confidence 2023-07-01 NQ96-2023-QH15",
            "party_committee rating 2012-01-01 none",
            "party_committee rating 2023-02-02 QD96-TW-2023",
            "party_committee confidence 2012-01-01 none",
            "party_committee confidence 2023-02-02 no second vote",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn each_reason_is_a_sentence_and_two_instruments_on_one_day_are_told() {
        let mut sets = builtin().expect("carried");
        let commune = holding(&sets, CouncilKind::CommuneCouncil, PollKind::Rating, date(2028, 12, 1));
        let said = commune.expect_err("left out").to_string();
        assert!(said.contains("cấp xã không lấy phiếu") && said.contains("Điều 2.2"), "{said}");
        let district = holding(&sets, CouncilKind::DistrictCouncil, PollKind::Rating, date(2025, 7, 1));
        assert!(district.expect_err("ended").to_string().contains("kết thúc hoạt động sau ngày 30/06/2025"));
        let twin = RuleSet { id: "NQ97-2023-QH15".into(), ..sets[0].clone() };
        sets.push(twin);
        let two = holding(&sets, CouncilKind::ProvinceCouncil, PollKind::Rating, date(2028, 12, 1));
        assert!(matches!(two, Err(NoRules::Several { .. })));
    }
}
