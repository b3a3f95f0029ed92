//! Việc phải làm sau kết quả: what the rule set attaches to a band, official by official, and what was done about it.
//! Days are the law's own words (`tại kỳ họp đó hoặc kỳ họp gần nhất`); no number of days is worked out that no text
//! names.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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

/// What has to be done for `official`, in the order of the rule set.
pub fn of_official<'a>(rules: &'a RuleSet, official: &'a OfficialResult) -> impl Iterator<Item = FollowUp<'a>> {
    let band = official.tally.band.id();
    let of_band = rules.follow_ups.iter().filter(move |rule| Some(rule.band) == band);
    of_band.map(move |rule| FollowUp { official, rule })
}

/// Everything that has to be done after a result, in ballot order.
pub fn of_result<'a>(rules: &'a RuleSet, result: &'a PollResult) -> impl Iterator<Item = FollowUp<'a>> {
    result.officials().flat_map(move |official| of_official(rules, official))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::BatchCounts;
    use crate::official::Block;
    use crate::poll::{LevelCounts, PollKind};
    use crate::result::{FormCount, Listed, decide};
    use crate::rules::{BandId, builtin};

    fn told(ruleset: &str, kind: PollKind, lines: &[LevelCounts]) -> Vec<(String, String)> {
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
        of_result(&rules, &result).map(|f| (f.official.listed.name.clone(), f.rule.id.clone())).collect()
    }

    fn names(told: &[(String, String)]) -> Vec<(&str, &str)> {
        told.iter().map(|(name, id)| (name.as_str(), id.as_str())).collect()
    }

    #[test]
    fn each_band_brings_its_own_duties_and_no_band_brings_none() {
        let low = |low| LevelCounts::Rating { high: 47 - low, medium: 0, low };
        let lines = [low(23), low(24), low(31), low(32)];
        let told = told("NQ96-2023-QH15", PollKind::Rating, &lines);
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
        let told = told("NQ96-2023-QH15", PollKind::Confidence, &[counts(23), counts(24)]);
        assert_eq!(names(&told), [("Người 2", "dismissal_considered")]);
    }

    #[test]
    fn every_band_of_every_carried_rule_set_says_what_follows() {
        for rules in builtin().expect("carried") {
            let bands = rules.bands.iter().map(|band| band.id);
            for band in bands.chain(rules.confidence.as_ref().map(|_| BandId::Lost)) {
                let has_one = rules.follow_ups.iter().any(|rule| rule.band == band);
                assert!(has_one, "{}: nothing follows from {band:?}", rules.id);
            }
        }
    }
}
