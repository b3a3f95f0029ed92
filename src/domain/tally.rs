//! Counts to result: base, shares, band with its consequence, distance to each threshold. Exact integers throughout;
//! only the text of a share is rounded.

use std::fmt;

use serde::Serialize;

use super::poll::{BallotTotals, IdentityError, Level, LevelCounts, PollKind};
use super::rules::{BandId, BandRule, BaseKind, RuleSet};
use super::threshold::percent_text;

/// Căn cứ tính tỷ lệ: the denominator of every share of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Base {
    /// Which figure, by the rule set.
    pub kind: BaseKind,
    pub value: u32,
}

/// Mức hệ quả of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Lấy phiếu: no threshold reached.
    None,
    /// Lấy phiếu: over half `Tín nhiệm thấp`, under two thirds.
    OverHalfLow,
    /// Lấy phiếu: two thirds `Tín nhiệm thấp`.
    TwoThirdsLow,
    /// Bỏ phiếu: confidence kept.
    Kept,
    /// Bỏ phiếu: over half `Không tín nhiệm`.
    Lost,
}

impl Band {
    /// Key in files: `over_half_low`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::OverHalfLow => "over_half_low",
            Self::TwoThirdsLow => "two_thirds_low",
            Self::Kept => "kept",
            Self::Lost => "lost",
        }
    }

    /// Which rule attaches a consequence to it; `None` when nothing follows.
    pub const fn id(self) -> Option<BandId> {
        match self {
            Self::None | Self::Kept => None,
            Self::OverHalfLow => Some(BandId::OverHalfLow),
            Self::TwoThirdsLow => Some(BandId::TwoThirdsLow),
            Self::Lost => Some(BandId::Lost),
        }
    }

    /// The band's rule in `rules`: consequence in the law's words, citation, mark.
    pub fn rule(self, rules: &RuleSet) -> Option<&BandRule> {
        self.id().and_then(|id| rules.band_rule(id))
    }

    const fn of(kind: PollKind, reached: Option<BandId>) -> Self {
        match (kind, reached) {
            (_, Some(BandId::OverHalfLow)) => Self::OverHalfLow,
            (_, Some(BandId::TwoThirdsLow)) => Self::TwoThirdsLow,
            (_, Some(BandId::Lost)) => Self::Lost,
            (PollKind::Rating, None) => Self::None,
            (PollKind::Confidence, None) => Self::Kept,
        }
    }
}

/// Decisive count minus the smallest count that reaches a threshold, in ballots: 0 or more means reached. A threshold
/// that the rule set does not have is `None`, as two thirds are for a Confidence poll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Margin {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub two_thirds: Option<i64>,
}

impl Margin {
    /// The margin to the threshold of `id`.
    pub const fn to(self, id: BandId) -> Option<i64> {
        match id {
            BandId::OverHalfLow | BandId::Lost => self.half,
            BandId::TwoThirdsLow => self.two_thirds,
        }
    }
}

/// A margin in words: `vượt 1 phiếu`, `vừa đủ`, `cách 7 phiếu`, all against the smallest count that reaches the
/// threshold.
pub fn margin_words(margin: i64) -> String {
    match margin {
        0 => "vừa đủ".into(),
        1.. => format!("vượt {margin} phiếu"),
        _ => format!("cách {} phiếu", margin.unsigned_abs()),
    }
}

/// What a person must check before the figures of a line are final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TallyWarning {
    /// The count is within the rule set's margin of a threshold: count the line again from paper.
    Recount {
        band: BandId,
        share_words: String,
        /// Ballots above (positive) or below (negative) the smallest count that reaches the threshold.
        margin: i64,
    },
    /// The count is the very share and two texts disagree there.
    Exact { band: BandId, question: String },
}

impl fmt::Display for TallyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recount { share_words, margin, .. } => write!(
                f,
                "sát mức “{share_words}” ({}): phải kiểm lại dòng này từ phiếu giấy trước khi khóa biên bản",
                margin_words(*margin)
            ),
            Self::Exact { question, .. } => f.write_str(question),
        }
    }
}

/// What follows from one decisive count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub band: Band,
    /// Distance to each threshold.
    pub margin: Margin,
    pub warnings: Vec<TallyWarning>,
}

/// The share of one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelPercent {
    pub level: Level,
    /// As papers print it, without the sign: `53,19`.
    pub text: String,
}

/// One official's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineTally {
    pub counts: LevelCounts,
    /// Ballots returned on which the line does not count: wholly invalid ones and spoiled lines.
    pub not_counted: u32,
    /// Shares of the base in ballot order; never forced to add up to 100.
    pub percents: Vec<LevelPercent>,
    pub band: Band,
    /// Distance to each threshold.
    pub margin: Margin,
    pub warnings: Vec<TallyWarning>,
}

impl LineTally {
    /// A line of a form that nobody received: it has no share and reaches no threshold.
    pub(super) fn void(counts: LevelCounts) -> Self {
        let band = Band::of(counts.kind(), None);
        let (percents, warnings, margin) = (Vec::new(), Vec::new(), Margin::default());
        Self { counts, not_counted: 0, percents, band, margin, warnings }
    }
}

/// Why counts give no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TallyError {
    /// The sums of the minutes do not hold.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The rule set's base is all delegates, and their number was not given.
    #[error("{ruleset} tính tỷ lệ trên tổng số đại biểu: hãy cho biết tổng số đại biểu")]
    DelegatesNeeded { ruleset: String },
    /// Nothing can be divided by no ballots, and a share of none decides nothing.
    #[error("{phrase} bằng 0: không có căn cứ để tính tỷ lệ")]
    EmptyBase {
        /// What the rule set calls the base.
        phrase: String,
    },
    /// More ballots came back than there are delegates.
    #[error("số phiếu thu về ({returned}) nhiều hơn tổng số đại biểu ({delegates})")]
    MoreThanDelegates { returned: u32, delegates: u32 },
    /// The base contradicts the rule set or the ballots.
    #[error("căn cứ tính tỷ lệ ({value}) không khớp: theo quy tắc là {phrase}, số phiếu thu về là {returned}")]
    WrongBase {
        value: u32,
        /// What the rule set calls the base.
        phrase: String,
        returned: u32,
    },
    /// The rule set says nothing about this vote.
    #[error("{ruleset} không có quy định về {} trong bộ quy tắc này", kind.label())]
    NoRule { ruleset: String, kind: PollKind },
    #[error("số đếm là của {} nhưng cuộc này là {}", found.label(), kind.label())]
    OtherVote { kind: PollKind, found: PollKind },
}

/// The base that `rules` prescribe for `returned` ballots of a council of `delegates`.
///
/// # Errors
/// When the rule set needs the number of delegates and it is not given, when the base is 0, or when more ballots came
/// back than there are delegates.
pub fn base_of(rules: &RuleSet, returned: u32, delegates: Option<u32>) -> Result<Base, TallyError> {
    if let Some(delegates) = delegates.filter(|&delegates| delegates > 0 && delegates < returned) {
        return Err(TallyError::MoreThanDelegates { returned, delegates });
    }
    let kind = rules.base.value.kind;
    let value = match kind {
        BaseKind::Returned => returned,
        BaseKind::Delegates => delegates.ok_or_else(|| TallyError::DelegatesNeeded { ruleset: rules.short.clone() })?,
    };
    let base = Base { kind, value };
    check_base(rules, base, returned)?;
    Ok(base)
}

/// Refuses a base that is 0, of another kind than the rule set's, or that the ballots returned contradict.
pub(super) fn check_base(rules: &RuleSet, base: Base, returned: u32) -> Result<(), TallyError> {
    let phrase = || rules.base.value.phrase.clone();
    if base.value == 0 {
        return Err(TallyError::EmptyBase { phrase: phrase() });
    }
    let fits = match base.kind {
        BaseKind::Returned => base.value == returned,
        BaseKind::Delegates => base.value >= returned,
    };
    if base.kind == rules.base.value.kind && fits {
        return Ok(());
    }
    Err(TallyError::WrongBase { value: base.value, phrase: phrase(), returned })
}

/// Band, margins and duties that follow from `decisive` ballots (`Tín nhiệm thấp`, or `Không tín nhiệm`) of `base`.
///
/// # Errors
/// When the base is 0 or the rule set has no rule for a vote of `kind`.
pub fn weigh(rules: &RuleSet, kind: PollKind, base: Base, decisive: u32) -> Result<Verdict, TallyError> {
    if base.value == 0 {
        return Err(TallyError::EmptyBase { phrase: rules.base.value.phrase.clone() });
    }
    let thresholds = rules.band_rules(kind).ok_or_else(|| TallyError::NoRule { ruleset: rules.short.clone(), kind })?;
    let mut reached = None;
    let mut margin = Margin::default();
    let mut warnings = Vec::new();
    let near = rules.recount_margin();
    for rule in thresholds {
        let distance = rule.threshold.margin(decisive, base.value);
        if distance >= 0 {
            reached = Some(rule.id);
        }
        match rule.id {
            BandId::OverHalfLow | BandId::Lost => margin.half = Some(distance),
            BandId::TwoThirdsLow => margin.two_thirds = Some(distance),
        }
        if near.holds(distance, base.value) {
            let share_words = rule.words();
            warnings.push(TallyWarning::Recount { band: rule.id, share_words, margin: distance });
        }
        if let Some(question) = rule.exact_warning.clone().filter(|_| rule.threshold.exactly_on(decisive, base.value)) {
            warnings.push(TallyWarning::Exact { band: rule.id, question });
        }
    }
    Ok(Verdict { band: Band::of(kind, reached), margin, warnings })
}

/// One line by the rule set: `counts` of the line, `ballots` of its form, shares of `base`.
///
/// # Errors
/// When an identity does not hold, the base contradicts rule set or ballots, or the rule set has no rule for the vote.
pub fn tally_line(
    rules: &RuleSet,
    kind: PollKind,
    base: Base,
    ballots: BallotTotals,
    counts: LevelCounts,
) -> Result<LineTally, TallyError> {
    if counts.kind() != kind {
        return Err(TallyError::OtherVote { kind, found: counts.kind() });
    }
    let not_counted = ballots.check()?.not_counted(counts)?;
    check_base(rules, base, ballots.returned)?;
    let Verdict { band, margin, warnings } = weigh(rules, kind, base, counts.decisive())?;
    let percent =
        |(level, count)| percent_text(count, base.value, rules.percent.value).map(|text| LevelPercent { level, text });
    let percents = counts.each().into_iter().filter_map(percent).collect();
    Ok(LineTally { counts, not_counted, percents, band, margin, warnings })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RecountMargin, Rule, builtin};

    fn rules(id: &str) -> RuleSet {
        builtin().expect("carried").into_iter().find(|set| set.id == id).expect("id")
    }

    fn all_valid(returned: u32) -> BallotTotals {
        BallotTotals { issued: returned, returned, valid: returned, invalid: 0 }
    }

    fn rating(high: u32, medium: u32, low: u32) -> LevelCounts {
        LevelCounts::Rating { high, medium, low }
    }

    fn tally(id: &str, returned: u32, delegates: Option<u32>, counts: LevelCounts) -> Result<LineTally, TallyError> {
        let rules = rules(id);
        let base = base_of(&rules, returned, delegates)?;
        tally_line(&rules, counts.kind(), base, all_valid(returned), counts)
    }

    #[test]
    fn a_line_with_one_spoiled_mark_keeps_the_ballot_in_the_base() {
        let line = tally("NQ96-2023-QH15", 47, None, rating(19, 2, 25)).expect("result");
        let shares: Vec<&str> = line.percents.iter().map(|p| p.text.as_str()).collect();
        assert_eq!((line.not_counted, shares), (1, vec!["40,43", "4,26", "53,19"]));
        assert_eq!((line.band.key(), line.margin), ("over_half_low", Margin { half: Some(1), two_thirds: Some(-7) }));
        let near: Vec<String> = line.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(
            near,
            ["sát mức “quá nửa” (vượt 1 phiếu): phải kiểm lại dòng này từ phiếu giấy trước khi khóa biên bản"]
        );
    }

    #[test]
    fn half_of_an_even_council_is_not_over_half_and_two_thirds_are_enough() {
        let band = |low| tally("NQ96-2023-QH15", 48, None, rating(48 - low, 0, low)).expect("result").band;
        assert_eq!([24, 25, 31, 32].map(band), [Band::None, Band::OverHalfLow, Band::OverHalfLow, Band::TwoThirdsLow]);
    }

    #[test]
    fn exactly_two_thirds_of_a_party_vote_asks_a_human() {
        let asks = |id, low: u32| {
            let line = tally(id, 48, Some(48), rating(48 - low, 0, low)).expect("result");
            line.warnings.iter().any(|w| matches!(w, TallyWarning::Exact { band: BandId::TwoThirdsLow, .. }))
        };
        assert!(asks("QD96-TW-2023", 32) && !asks("QD96-TW-2023", 33) && !asks("NQ96-2023-QH15", 32));
        let old = tally("NQ35-2012-QH13", 48, Some(48), rating(16, 0, 32)).expect("result");
        assert_eq!(old.band, Band::OverHalfLow, "that instrument says over two thirds");
        assert!(asks("NQ35-2012-QH13", 32));
    }

    #[test]
    fn confidence_is_lost_by_more_than_half_of_the_ballots_returned() {
        let verdict = |confidence, no_confidence| {
            let line = tally("NQ96-2023-QH15", 50, None, LevelCounts::Confidence { confidence, no_confidence });
            line.map(|l| (l.band.key(), l.margin))
        };
        let to_half = |n| Margin { half: Some(n), two_thirds: None };
        assert_eq!(verdict(25, 25), Ok(("kept", to_half(-1))));
        assert_eq!(verdict(20, 26), Ok(("lost", to_half(0))));
        let party = tally("QD96-TW-2023", 9, None, LevelCounts::Confidence { confidence: 9, no_confidence: 0 });
        assert!(matches!(party, Err(TallyError::NoRule { kind: PollKind::Confidence, .. })));
    }

    #[test]
    fn the_recount_duty_reaches_one_ballot_in_small_councils_and_two_per_cent_in_large_ones() {
        for rules in builtin().expect("carried") {
            let duty = |base, distance| rules.recount_margin().holds(distance, base);
            assert!(duty(47, 1) && duty(47, -1) && !duty(47, 2) && !duty(99, -2), "{}", rules.id);
            assert!(duty(100, -2) && duty(481, 9) && !duty(481, 10), "{}", rules.id);
        }
    }

    /// The margin is data: an office that sets another gets other duties and the same bands.
    #[test]
    fn a_rule_set_with_another_margin_has_other_duties_and_the_same_bands() {
        let of = |ballots, share: &str| {
            let mut rules = rules("NQ96-2023-QH15");
            let margin = RecountMargin { ballots, share: share.parse().expect("share") };
            rules.recount = rules.recount.map(|rule| Rule { value: margin, ..rule });
            let due = |low: &u32| {
                let base = Base { kind: BaseKind::Returned, value: 60 };
                let verdict = weigh(&rules, PollKind::Rating, base, *low).expect("a verdict");
                (!verdict.warnings.is_empty(), verdict.band)
            };
            (0..=60).filter(|low| due(low).0).zip((0..=60).map(|low| due(&low).1)).unzip()
        };
        // Of 60: over half is 31, two thirds are 40.
        let (usual, bands): (Vec<u32>, Vec<Band>) = of(1, "2/100");
        assert_eq!(usual, [30, 31, 32, 39, 40, 41]);
        let (exact, same): (Vec<u32>, Vec<Band>) = of(0, "0/1");
        assert_eq!((exact, &same[..2]), (vec![31, 40], &bands[..2]));
        assert_eq!(of(1, "5/100").0, [28, 29, 30, 31, 32, 33, 34, 37, 38, 39, 40, 41, 42, 43]);
    }

    /// A poll that froze its rules before texts named a margin keeps the margin of then.
    #[test]
    fn a_rule_text_without_a_margin_has_the_margin_of_then() {
        let old = crate::fixture::rules();
        assert_eq!((old.recount.is_none(), old.recount_margin()), (true, RecountMargin::UNTOLD));
        let carried = rules("NQ96-2023-QH15");
        assert_eq!(carried.recount.map(|rule| rule.value), Some(RecountMargin::UNTOLD));
    }

    #[test]
    fn sums_and_bases_that_contradict_each_other_give_no_result() {
        let old = "NQ85-2014-QH13";
        assert!(matches!(tally(old, 51, None, rating(48, 3, 0)), Err(TallyError::DelegatesNeeded { .. })));
        for id in [old, "NQ96-2023-QH15"] {
            let line = tally(id, 51, Some(50), rating(48, 3, 0));
            assert!(matches!(line, Err(TallyError::MoreThanDelegates { .. })), "{id}: whatever the base is");
        }
        assert_eq!(tally(old, 51, Some(54), rating(48, 3, 0)).expect("result").percents[0].text, "88,89");
        let new = "NQ96-2023-QH15";
        assert!(matches!(tally(new, 0, None, rating(0, 0, 0)), Err(TallyError::EmptyBase { .. })));
        assert!(matches!(tally(new, 47, None, rating(40, 7, 1)), Err(TallyError::Identity(_))));
        for (kind, value) in [(BaseKind::Returned, 46), (BaseKind::Returned, 48), (BaseKind::Delegates, 47)] {
            let line = tally_line(&rules(new), PollKind::Rating, Base { kind, value }, all_valid(47), rating(40, 6, 1));
            assert!(matches!(line, Err(TallyError::WrongBase { .. })), "{kind:?} {value}");
        }
        let other = tally_line(
            &rules(new),
            PollKind::Confidence,
            Base { kind: BaseKind::Returned, value: 9 },
            all_valid(9),
            rating(9, 0, 0),
        );
        assert!(matches!(other, Err(TallyError::OtherVote { .. })));
    }
}
