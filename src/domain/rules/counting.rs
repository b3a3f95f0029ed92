//! What the rules say of counting: which lines are counted again, and what a line that is marked wrongly costs.

use serde::{Deserialize, Serialize};

use super::{Reason, RuleSet, article};
use crate::threshold::Fraction;

/// How near to a threshold a line has to be counted again from paper: within so many ballots, or within this share of
/// the base where that is more. No text prescribes a margin: it is this program's own rule, and an office may set another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecountMargin {
    pub ballots: u32,
    pub share: Fraction,
}

impl RecountMargin {
    /// What holds where a rule text does not say: the margin of every poll whose rules were frozen before texts did.
    pub const UNTOLD: Self = Self { ballots: 1, share: Fraction::TWO_PER_CENT };

    /// Whether a line `distance` ballots away from the smallest count that reaches a threshold is within the margin.
    pub fn holds(self, distance: i64, base: u32) -> bool {
        let away = distance.unsigned_abs();
        away <= u64::from(self.ballots) || self.share.covers(away, base)
    }
}

/// What a line with no box marked, or with two or three, costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadLineCosts {
    /// The line alone: the ballot counts for everybody else.
    Line,
    /// The whole ballot.
    Ballot,
}

impl BadLineCosts {
    /// Both, the reading of a single line first.
    pub const ALL: [Self; 2] = [Self::Line, Self::Ballot];

    /// Code in forms and in the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Ballot => "ballot",
        }
    }

    /// What such a line costs, in a clause.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Line => "chỉ dòng đó không được tính, phiếu vẫn tính cho những người khác",
            Self::Ballot => "cả phiếu không hợp lệ",
        }
    }
}

/// How lines that are marked wrongly are treated in the whole of a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BadLineRule {
    pub costs: BadLineCosts,
    /// The text can be read either way: the board chooses before the count, once for the whole vote, and the minutes
    /// print its choice. The choice is `costs` in the text that the poll freezes.
    pub board_chooses: bool,
    /// The board chose: in no text but one that a poll froze.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_chosen: bool,
}

impl Reason {
    /// Whether it is about lines with no box marked, or with two or three.
    pub const fn is_about_marks(&self) -> bool {
        self.single_name_only || self.literal_reading_only
    }
}

/// Stands for the reason of ballots that a count which was published elsewhere calls invalid without saying why.
pub const REASON_NOT_GIVEN: &str = "reason_not_given";

impl RuleSet {
    /// The margin of the duty to count a line again from paper.
    pub fn recount_margin(&self) -> RecountMargin {
        self.recount.as_ref().map_or(RecountMargin::UNTOLD, |rule| rule.value)
    }

    /// What a line with no box marked, or two or three, costs on a ballot of several names.
    pub fn bad_line_costs(&self) -> BadLineCosts {
        self.bad_line.as_ref().map_or(BadLineCosts::Line, |rule| rule.value.costs)
    }

    /// Reasons for which a ballot of `lines` names is invalid as a whole.
    pub fn ballot_reasons(&self, lines: usize) -> impl Iterator<Item = &Reason> {
        self.spoils_ballot.iter().filter(move |reason| self.spoils(reason, lines))
    }

    /// Ids of all reasons for which a ballot can be invalid, whatever its form, and of [`REASON_NOT_GIVEN`]: a batch has a
    /// commitment for each.
    pub fn reason_ids(&self) -> Vec<&str> {
        self.spoils_ballot.iter().map(|reason| reason.id.as_str()).chain([REASON_NOT_GIVEN]).collect()
    }

    /// Reasons for which a line of a ballot of `lines` names is lost while the ballot counts.
    pub fn line_reasons(&self, lines: usize) -> &[Reason] {
        if self.marks_spoil_ballot(lines).is_some() { &[] } else { &self.spoils_line }
    }

    fn spoils(&self, reason: &Reason, lines: usize) -> bool {
        if reason.single_name_only {
            return lines == 1;
        }
        !reason.literal_reading_only || (lines > 1 && self.bad_line_costs() == BadLineCosts::Ballot)
    }

    /// Why a ballot of `lines` names with no box marked, or two or three, is invalid as a whole; `None` where such
    /// marks spoil the line alone.
    pub fn marks_spoil_ballot(&self, lines: usize) -> Option<&Reason> {
        self.ballot_reasons(lines).find(|reason| reason.is_about_marks())
    }

    /// Whether the board of tellers has a choice that it has not made.
    pub fn awaits_choice(&self) -> bool {
        self.bad_line.as_ref().is_some_and(|rule| rule.value.board_chooses && !rule.value.is_chosen)
    }

    /// The reading of a text that can be read two ways, as the minutes print it; `None` where there is no choice.
    pub fn bad_line_choice(&self) -> Option<String> {
        let rule = self.bad_line.as_ref().filter(|rule| rule.value.board_chooses)?;
        let costs = rule.value.costs.label();
        Some(format!("dòng bỏ trống hoặc đánh dấu từ hai ô trở lên: {costs} ({})", article(&rule.cite)))
    }
}
