//! What one person proposes and another confirms in the way to the ballot papers, as the canonical text that both see:
//! a verdict against the rules, the list, the board of tellers, the forms.
//!
//! The list that was confirmed is what ballots are made from. A roster that changes later changes no ballot.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::audit::Digest;
use super::audit::event::poll::{ListedOfficial, SealedForm};
use super::ballot::{self, BallotForm};
use super::book::Book;
use super::eligibility::{Standing, Verdict};
use super::finding::{Finding, Severity};
use super::id::{AccountId, OfficialId};
use super::occasion::Occasion;
use super::official::{Block, Honorific, Official, OfficialNo, Post};
use super::roster::Teller;
use super::rules::BadLineCosts;
use super::text::date_dmy;

/// A paper by which a body decided something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub day: Date,
    /// `31/NQ-HĐND`.
    pub number: String,
}

impl Decision {
    /// `31/NQ-HĐND ngày 05/12/2023`, as the log and papers name it.
    pub fn text(&self) -> String {
        format!("{} ngày {}", self.number, date_dmy(self.day))
    }
}

/// A verdict that differs from the one of the rule set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EligibilityOverride {
    pub given: Verdict,
    pub given_reason: String,
    pub name: String,
    pub posts: String,
    pub reason: String,
    pub verdict: Verdict,
}

/// A parameter that says something else in another text of a rule set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleDifference {
    /// Value, article and what the office said of it.
    pub after: String,
    pub before: String,
    /// Which parameter.
    pub what: String,
}

/// Another text of its rule set, by which a poll is to go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedRules {
    pub differences: Vec<RuleDifference>,
    /// Parameters that decide in the poll and of which the office has said nothing.
    pub open: u32,
    pub ruleset: String,
    /// SHA-256 of the text.
    pub ruleset_sha256: Digest,
}

/// What the board of tellers chose of a text that can be read two ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedBadLine {
    /// What a line that is marked wrongly costs.
    pub bad_line: BadLineCosts,
    /// Where the board's decision is written down.
    pub decision: String,
    pub ruleset: String,
    /// SHA-256 of the text that says so.
    pub ruleset_sha256: Digest,
}

/// Somebody on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedOfficial {
    pub block: String,
    pub honorific: Honorific,
    pub name: String,
    pub official: OfficialId,
    /// All posts in one line.
    pub posts: String,
}

/// Somebody who is not on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    pub name: String,
    /// All posts in one line.
    pub posts: String,
    /// Why, with the article or with who decided it.
    pub reason: String,
    pub verdict: Verdict,
}

/// The list of who is voted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedList {
    pub decision: Decision,
    pub left_out: Vec<LeftOut>,
    /// In ballot order: form by form.
    pub officials: Vec<DecidedOfficial>,
}

impl DecidedList {
    /// The list as the roster and the rules give it now. `ids` are those of the book's officials, place by place.
    pub fn draw(
        book: &Book,
        ids: &[OfficialId],
        standings: &[Standing],
        occasion: &Occasion<'_>,
        decision: Decision,
    ) -> Self {
        let listed: Vec<OfficialNo> = super::eligibility::listed(standings).collect();
        let forms = ballot::forms(occasion, book, &listed);
        let in_order = forms.iter().flat_map(|form| &form.lines).map(|line| line.official);
        let decided = |no: OfficialNo| {
            let (person, id) = (book.official(no)?, ids.get(no.0)?);
            Some(DecidedOfficial {
                block: person.block.0.clone(),
                honorific: person.honorific,
                name: person.name.clone(),
                official: *id,
                posts: person.posts_text(),
            })
        };
        let left_out = standings.iter().filter(|standing| standing.verdict != Verdict::Listed).filter_map(|standing| {
            let person = book.official(standing.official)?;
            let reason = match (&standing.overridden, standing.reasons.first()) {
                (Some(by), _) => format!("{} (đề xuất: {}; xác nhận: {})", by.reason, by.proposed_by, by.confirmed_by),
                (None, Some(first)) => format!("{} ({})", first.text, first.cite),
                (None, None) => String::new(),
            };
            let (name, posts) = (person.name.clone(), person.posts_text());
            Some(LeftOut { name, posts, reason, verdict: standing.verdict })
        });
        Self { decision, left_out: left_out.collect(), officials: in_order.filter_map(decided).collect() }
    }

    /// As recorded in the log of the poll.
    pub fn listed(&self) -> Vec<ListedOfficial> {
        let listed = |o: &DecidedOfficial| ListedOfficial {
            block: o.block.clone(),
            name: o.name.clone(),
            posts: o.posts.clone(),
        };
        self.officials.iter().map(listed).collect()
    }

    /// The ballot forms of exactly these people.
    pub fn forms(&self, occasion: &Occasion<'_>) -> Vec<BallotForm> {
        let official = |o: &DecidedOfficial| Official {
            name: o.name.clone(),
            honorific: o.honorific,
            birth: None,
            posts: vec![Post { title: o.posts.clone(), elected_on: None }],
            block: Block(o.block.clone()),
            fields: Vec::new(),
            retirement_notice: None,
        };
        let book = Book {
            council: occasion.council.clone(),
            officials: self.officials.iter().map(official).collect(),
            delegates: Vec::new(),
            tellers: Vec::new(),
            facts: Vec::new(),
            declared: None,
        };
        let all: Vec<OfficialNo> = (0..self.officials.len()).map(OfficialNo).collect();
        ballot::forms(occasion, &book, &all)
    }

    /// `RDY-031`: the roster or the rules give another list `now` than the one that was decided.
    pub fn difference(&self, now: &Self) -> Option<Finding> {
        let differs = self.differs_from(now);
        let first = differs.first()?;
        let more =
            if differs.len() > 1 { format!(" (và {} khác biệt nữa)", differs.len() - 1) } else { String::new() };
        let what = format!("Danh sách cán bộ nay khác danh sách đã chốt: {}{more}.", first.trim_end_matches('.'));
        let remedy = "Mẫu phiếu vẫn in theo danh sách đã chốt; đối chiếu lại trước khi chốt mẫu phiếu.";
        Some(Finding::new("RDY-031", Severity::Warning, "Danh sách", what, remedy))
    }

    /// In what the list as it would be drawn `now` differs, one sentence each; the decision is no part of it.
    pub fn differs_from(&self, now: &Self) -> Vec<String> {
        let find = |list: &Self, id: OfficialId| list.officials.iter().find(|o| o.official == id).cloned();
        let mut sentences = Vec::new();
        for decided in &self.officials {
            match find(now, decided.official) {
                None => {
                    sentences.push(format!("{} có trong danh sách đã chốt, nay không còn thuộc diện.", decided.name))
                }
                Some(current) if current != *decided => sentences.push(format!(
                    "{} trong danh sách đã chốt ghi: {}; nay ghi: {} {}, {}, khối {}.",
                    decided.name,
                    decided.posts,
                    current.honorific.label(),
                    current.name,
                    current.posts,
                    current.block
                )),
                Some(_) => {}
            }
        }
        let new = now.officials.iter().filter(|o| find(self, o.official).is_none());
        sentences.extend(new.map(|o| format!("{} nay thuộc diện, nhưng không có trong danh sách đã chốt.", o.name)));
        sentences
    }
}

/// An account with which a member of the board counts, as it was named when the board was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoundAccount {
    pub account: AccountId,
    pub login: String,
    /// Full name of its owner.
    pub name: String,
}

/// The board of tellers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedBoard {
    /// Those of `tellers`, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<BoundAccount>,
    pub decision: Decision,
    /// The close needs the shares of two members.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shares: bool,
    /// In order; the head of the board comes first.
    pub tellers: Vec<Teller>,
}

/// The ballot forms that are to be final.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedForms {
    /// In the order of blocks.
    pub forms: Vec<SealedForm>,
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;
    use crate::eligibility::eligibility;
    use crate::fixture;
    use crate::poll::PollKind;

    #[test]
    fn ballots_of_a_decided_list_are_those_of_the_roster_it_was_drawn_from_and_stay_so() {
        let before = Some(date(2021, 6, 30));
        let mut book = fixture::book()
            .with_official("Trần Văn B", &[("Chủ tịch UBND tỉnh", before)])
            .with_official("Lê Thị C", &[("Phó Chủ tịch UBND tỉnh", Some(date(2023, 4, 1)))])
            .with_official("Phạm Văn D", &[("Phó Chủ tịch UBND tỉnh", before), ("Trưởng Ban Pháp chế", before)]);
        let rules = fixture::rules();
        let ids: Vec<OfficialId> = (1..4).map(|n| OfficialId::new(Timestamp::UNIX_EPOCH, &[n; 10])).collect();
        let decision = || Decision { day: date(2023, 12, 5), number: "31/NQ-HĐND".into() };
        let draw = |book: &Book| {
            let standings = eligibility(&rules, book, PollKind::Rating, &[]);
            DecidedList::draw(book, &ids, &standings, &fixture::occasion(&rules, book), decision())
        };
        let list = draw(&book);
        assert_eq!(list.officials.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(), ["Trần Văn B", "Phạm Văn D"]);
        assert_eq!((list.left_out.len(), list.left_out[0].verdict), (1, Verdict::Exempt));
        assert_eq!(list.decision.text(), "31/NQ-HĐND ngày 05/12/2023");
        let occasion = fixture::occasion(&rules, &book);
        let from_roster = ballot::forms(&occasion, &book, &[OfficialNo(0), OfficialNo(2)]);
        let from_list = list.forms(&occasion);
        assert_eq!(from_list[0].id, from_roster[0].id, "the id follows everything that is printed");
        assert!(list.differs_from(&draw(&book)).is_empty());

        book.officials[0].posts[0].title = "Quyền Chủ tịch UBND tỉnh".into();
        book.officials[2].retirement_notice = Some(crate::official::RetirementNotice { text: "có".into() });
        let differs = list.differs_from(&draw(&book));
        assert_eq!(differs.len(), 2, "{differs:?}");
        assert_eq!(list.forms(&fixture::occasion(&rules, &book))[0].id, from_list[0].id);
    }
}
