//! What belongs to one poll beside its own log: its sitting, its board of tellers, what was done of each deadline and of
//! each duty that follows, on whom alone it is held, and whether everybody may see its result.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::council::{Council, CouncilKind};
use super::id::{AccountId, DelegateId, OfficialId, PollId};
use super::poll::PollKind;
use super::roster::TellerRole;
use super::rules::{Attested, RuleSet, Side};

/// A part of a preparation that is a record of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// [`Plan`].
    Plan,
    /// [`TellerBoard`].
    Board,
    /// [`DeadlineMark`] of the deadline of this id.
    Deadline(String),
    /// [`Named`]: on whom alone a Confidence poll is held.
    Named,
    /// [`Exposure`]: whether everybody may see the result.
    Exposure,
    /// [`FollowUpMark`](super::follow_up::FollowUpMark) of this rule of a band, about this official.
    FollowUp(OfficialId, String),
}

impl Part {
    /// As the database spells it: `plan`, `board`, `deadline:person_report`, `follow_up:<official>:resignation`.
    pub fn code(&self) -> String {
        match self {
            Self::Plan => "plan".to_owned(),
            Self::Board => "board".to_owned(),
            Self::Deadline(id) => format!("deadline:{id}"),
            Self::Named => "named".to_owned(),
            Self::Exposure => "exposure".to_owned(),
            Self::FollowUp(official, rule) => format!("follow_up:{official}:{rule}"),
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "plan" => Some(Self::Plan),
            "board" => Some(Self::Board),
            "named" => Some(Self::Named),
            "exposure" => Some(Self::Exposure),
            other => match other.strip_prefix("follow_up:") {
                Some(rest) => {
                    let (official, rule) = rest.split_once(':')?;
                    Some(Self::FollowUp(official.parse().ok()?, rule.to_owned()))
                }
                None => other.strip_prefix("deadline:").map(|id| Self::Deadline(id.to_owned())),
            },
        }
    }

    /// The id of its record.
    pub fn record(&self, poll: PollId) -> String {
        format!("{poll}/{}", self.code())
    }
}

/// Who votes, when, on what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Legal basis that the office states for a body that the rule set leaves out.
    pub basis: Option<String>,
    pub council: Council,
    /// Lấy phiếu or bỏ phiếu.
    pub kind: PollKind,
}

/// What is wrong with a plan. One sentence, Vietnamese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// Nothing, or too much, where a name or a number stands.
    #[error("Không được để trống và không dài quá {MAX_LETTERS} ký tự.")]
    Text,
    /// The basis is optional, but no essay.
    #[error("Căn cứ không dài quá {MAX_BASIS_LETTERS} ký tự.")]
    Basis,
    #[error("Ngày kết thúc nhiệm kỳ phải sau ngày bắt đầu.")]
    Term,
    #[error("Ngày bỏ phiếu không được trước ngày khai mạc.")]
    Vote,
    #[error("Ngày bỏ phiếu phải nằm trong nhiệm kỳ; hãy kiểm tra lại ngày hoặc nhiệm kỳ.")]
    OutsideTerm,
    /// Nobody votes, or more than any council has.
    #[error("Tổng số đại biểu phải từ 1 đến {MAX_DELEGATES}.")]
    Delegates,
    /// State rules for a Party committee, or the other way round.
    #[error("Bộ quy tắc này không dùng cho loại hội đồng này; hãy chọn bộ quy tắc khác.")]
    Side,
    #[error("Bộ quy tắc này không có hiệu lực vào ngày bỏ phiếu; hãy chọn bộ quy tắc khác hoặc sửa ngày.")]
    NotInForce,
    /// The instrument says nothing that was read about bỏ phiếu.
    #[error("Bộ quy tắc đã chọn không có quy định đã đọc được về bỏ phiếu tín nhiệm.")]
    NoConfidence,
}

const MAX_LETTERS: usize = 160;
const MAX_BASIS_LETTERS: usize = 500;
/// More than any body of the State or the Party has.
const MAX_DELEGATES: u32 = 2_000;

impl Plan {
    /// All that is wrong with it under the rule set that it names, each with the name of its field.
    pub fn faults(&self, rules: &RuleSet) -> Vec<(&'static str, PlanFault)> {
        let Council { term, sitting, .. } = &self.council;
        let letters = |text: &str| text.chars().count();
        let is_text = |text: &str| !text.is_empty() && letters(text) <= MAX_LETTERS;
        let force = rules.in_force.value;
        let day = sitting.votes_on;
        let is_in_force = force.from <= day && force.until.is_none_or(|until| day <= until);
        let is_party = self.council.kind == CouncilKind::PartyCommittee;
        let is_dated = term.from < term.to;
        let checks = [
            ("kind", PlanFault::NoConfidence, self.kind == PollKind::Rating || rules.confidence.is_some()),
            ("ruleset", PlanFault::Side, is_party == (rules.side == Side::Party)),
            // What is not verified about its days does not stop an office that knows better.
            ("ruleset", PlanFault::NotInForce, is_in_force || rules.in_force.attested == Attested::Unverified),
            ("legislature", PlanFault::Text, is_text(&term.legislature)),
            ("term_to", PlanFault::Term, is_dated),
            ("sitting", PlanFault::Text, is_text(&sitting.name)),
            ("votes_on", PlanFault::Vote, sitting.opens_on <= day),
            ("votes_on", PlanFault::OutsideTerm, !is_dated || (term.from <= day && day <= term.to)),
            ("delegates", PlanFault::Delegates, (1..=MAX_DELEGATES).contains(&self.council.delegates_total)),
            ("place", PlanFault::Text, is_text(&self.council.place)),
            ("chair", PlanFault::Text, is_text(&self.council.chair)),
            ("secretary", PlanFault::Text, is_text(&self.council.secretary)),
            ("basis", PlanFault::Basis, self.basis.as_ref().is_none_or(|basis| letters(basis) <= MAX_BASIS_LETTERS)),
        ];
        checks.into_iter().filter(|(.., holds)| !holds).map(|(field, fault, _)| (field, fault)).collect()
    }
}

/// A delegate who is to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// With which he or she counts; `None` works on paper alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    pub delegate: DelegateId,
    pub role: TellerRole,
}

/// The board of tellers as it is being put together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TellerBoard {
    /// In order; the head of the board comes first.
    pub seats: Vec<Seat>,
    /// The close needs the shares of two members.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shares: bool,
}

/// What was done about a deadline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineMark {
    /// The day on which it was done; `None` is open.
    pub done_on: Option<Date>,
    /// Number of the paper, or why it is late.
    pub note: String,
}

/// On whom a Confidence poll is held: those whom another poll's result brought there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    pub from: PollId,
    /// Who, in ballot order of that poll.
    pub officials: Vec<OfficialId>,
    /// Why, as the list prints it: the result and the article.
    pub reason: String,
}

/// Trang kết quả công khai.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exposure {
    /// Everybody may see the result, once it is published.
    pub is_exposed: bool,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::fixture;
    use crate::rules::builtin;

    #[test]
    fn a_plan_names_everything_that_is_wrong_with_it_at_once() {
        let rules = builtin().expect("carried").remove(0);
        let right = Plan { basis: None, council: fixture::book().council, kind: PollKind::Rating };
        assert_eq!(right.faults(&rules), []);
        let mut wrong = right.clone();
        wrong.council.sitting.votes_on = date(2013, 12, 7);
        wrong.council.delegates_total = 0;
        wrong.council.chair = String::new();
        wrong.basis = Some("x".repeat(MAX_BASIS_LETTERS + 1));
        let faults = [
            ("ruleset", PlanFault::NotInForce),
            ("votes_on", PlanFault::Vote),
            ("votes_on", PlanFault::OutsideTerm),
            ("delegates", PlanFault::Delegates),
            ("chair", PlanFault::Text),
            ("basis", PlanFault::Basis),
        ];
        assert_eq!(wrong.faults(&rules), faults);
        let mut party = right;
        party.council.kind = CouncilKind::PartyCommittee;
        assert_eq!(party.faults(&rules), [("ruleset", PlanFault::Side)]);
    }

    #[test]
    fn a_part_has_one_spelling() {
        let official = OfficialId::new(jiff::Timestamp::UNIX_EPOCH, &[7; 10]);
        for part in [
            Part::Plan,
            Part::Board,
            Part::Deadline("person_report".into()),
            Part::Named,
            Part::Exposure,
            Part::FollowUp(official, "resignation".into()),
        ] {
            assert_eq!(Part::from_code(&part.code()), Some(part));
        }
        for wrong in ["ballots", "follow_up:resignation", "follow_up:nobody:resignation"] {
            assert_eq!(Part::from_code(wrong), None, "{wrong}");
        }
    }
}
