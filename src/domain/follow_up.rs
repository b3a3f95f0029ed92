//! Việc phải làm sau kết quả: what the rule set attaches to a band, official by official, and what was done about it.
//! Days are the law's own words (`tại kỳ họp đó hoặc kỳ họp gần nhất`); no number of days is worked out that no text
//! names.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::council::CouncilKind;
use super::result::{OfficialResult, PollResult};
use super::rules::{FollowUpRule, RuleSet};

/// One duty about one official.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowUp<'a> {
    pub official: &'a OfficialResult,
    pub rule: &'a FollowUpRule,
}

/// What was done about a duty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpMark {
    /// The day on which it was done; `None` is open.
    pub done_on: Option<Date>,
    /// Number of the paper, or what came of it.
    pub note: String,
}

/// What has to be done for `official` of a body of `kind` that voted on `day`, in the order of the rule set.
pub fn of_official<'a>(
    rules: &'a RuleSet,
    (kind, day): (CouncilKind, Date),
    official: &'a OfficialResult,
) -> impl Iterator<Item = FollowUp<'a>> {
    let band = official.tally.band.id();
    let duties = rules.follow_ups.iter().filter(move |rule| Some(rule.band) == band && rule.applies_to(kind, day));
    duties.map(move |rule| FollowUp { official, rule })
}

/// Everything that has to be done after a result of a body of `kind` that voted on `day`, in ballot order.
pub fn of_result<'a>(
    rules: &'a RuleSet,
    (kind, day): (CouncilKind, Date),
    result: &'a PollResult,
) -> impl Iterator<Item = FollowUp<'a>> {
    result.officials().flat_map(move |official| of_official(rules, (kind, day), official))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::count::BatchCounts;
    use crate::official::Block;
    use crate::poll::{LevelCounts, PollKind};
    use crate::result::{FormCount, Listed, decide};
    use crate::rules::{BandId, builtin};

    fn told(ruleset: &str, kind: PollKind, body: (CouncilKind, Date), lines: &[LevelCounts]) -> Vec<(String, String)> {
        let rules = builtin().expect("carried").into_iter().find(|set| set.id == ruleset).expect("id");
        let block = Block("Khối".into());
        let person = |i: usize| Listed {
            name: format!("Người {i}"),
            honorific: None,
            post: "Chức vụ".into(),
            block: block.clone(),
        };
        let list: Vec<Listed> = (1..=lines.len()).map(person).collect();
        let counts = BatchCounts { papers: 47, lines: lines.to_vec(), ..BatchCounts::default() };
        let count = FormCount { form: "F1".into(), block: block.clone(), issued: 47, counts };
        let result = decide(&rules, kind, 50, &list, vec![count]).expect("result");
        of_result(&rules, body, &result).map(|f| (f.official.listed.name.clone(), f.rule.id.clone())).collect()
    }

    const IN_2023: (CouncilKind, Date) = (CouncilKind::ProvinceCouncil, date(2023, 12, 7));

    fn names(told: &[(String, String)]) -> Vec<(&str, &str)> {
        told.iter().map(|(name, id)| (name.as_str(), id.as_str())).collect()
    }

    #[test]
    fn each_band_brings_its_own_duties_and_no_band_brings_none() {
        let low = |low| LevelCounts::Rating { high: 47 - low, medium: 0, low };
        let lines = [low(23), low(24), low(31), low(32)];
        let told = told("NQ96-2023-QH15", PollKind::Rating, IN_2023, &lines);
        assert_eq!(
            names(&told),
            [
                ("Người 2", "resignation"),
                ("Người 2", "confidence_poll"),
                ("Người 3", "resignation"),
                ("Người 3", "confidence_poll"),
                ("Người 4", "dismissal"),
            ]
        );
    }

    #[test]
    fn lost_confidence_has_a_duty_too() {
        let counts = |no_confidence| LevelCounts::Confidence { confidence: 47 - no_confidence, no_confidence };
        let told = |body| told("NQ96-2023-QH15", PollKind::Confidence, body, &[counts(23), counts(24)]);
        assert_eq!(names(&told(IN_2023)), [("Người 2", "dismissal_considered")]);
        // Luật số 72/2025/QH15, Điều 37: who submits is known, and for a commune the level above has its say.
        let in_2028 = |kind| told((kind, date(2028, 12, 5)));
        assert_eq!(names(&in_2028(CouncilKind::NationalAssembly)), [("Người 2", "dismissal_considered_assembly")]);
        assert_eq!(names(&in_2028(CouncilKind::ProvinceCouncil)), [("Người 2", "dismissal_submitted")]);
        let of_commune = in_2028(CouncilKind::CommuneCouncil);
        let ids: Vec<&str> = names(&of_commune).into_iter().map(|(_, id)| id).collect();
        assert_eq!(ids, ["dismissal_submitted", "dismissal_approved", "removal_from_above"]);
    }

    /// Luật số 72/2025/QH15, Điều 37.3 - 37.6: whoever resigned is not removed, the standing committee reports it.
    #[test]
    fn since_the_law_of_2025_a_resignation_is_reported_to_the_council() {
        let low = LevelCounts::Rating { high: 23, medium: 0, low: 24 };
        let ids = |body| {
            let told = told("NQ96-2023-QH15", PollKind::Rating, body, &[low]);
            told.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
        };
        assert_eq!(ids(IN_2023), ["resignation", "confidence_poll"]);
        let now = ids((CouncilKind::ProvinceCouncil, date(2025, 6, 16)));
        assert_eq!(now, ["resignation", "resignation_reported", "confidence_poll"]);
        assert_eq!(ids((CouncilKind::NationalAssembly, date(2028, 10, 24))), ["resignation", "confidence_poll"]);
    }

    #[test]
    fn every_band_of_every_carried_rule_set_says_what_follows() {
        for rules in builtin().expect("carried") {
            let bands: Vec<BandId> = rules.bands.iter().map(|band| band.id).collect();
            let lost = rules.confidence.as_ref().map(|_| BandId::Lost);
            for band in bands.into_iter().chain(lost) {
                for kind in CouncilKind::ALL.into_iter().filter(|kind| kind.side() == rules.side) {
                    for day in [date(2023, 12, 7), date(2025, 6, 15), date(2025, 6, 16), date(2028, 12, 7)] {
                        let mut duties = rules.follow_ups.iter().filter(|rule| rule.band == band);
                        let has_one = duties.any(|rule| rule.applies_to(kind, day));
                        assert!(has_one, "{}: nothing follows from {band:?} for {kind:?} on {day}", rules.id);
                    }
                }
            }
        }
    }
}
