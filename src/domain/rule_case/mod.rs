//! Situations with the answer that a jurist expects, and what the rule sets answer. The table is for people: one situation in
//! a row, in Vietnamese, with its article; whoever doubts a rule adds a row.

mod answers;
mod facts;

use jiff::civil::Date;

use super::council::CouncilKind;
use super::poll::PollKind;
use super::rules::{BadLineCosts, NoRules, RuleSet, holding};
use super::text::{clean, fold, read_day};

pub use answers::QUESTIONS;
use answers::Situation;
use facts::Facts;

/// One row of the table, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseRow {
    /// Line of the file, from 1.
    pub line: u64,
    /// In words, for people.
    pub situation: String,
    /// Day of the vote.
    pub day: String,
    /// `HĐND cấp tỉnh`, as [`CouncilKind::label`] names it.
    pub body: String,
    /// `Lấy phiếu` or `Bỏ phiếu`.
    pub poll: String,
    /// One of [`QUESTIONS`].
    pub question: String,
    /// `thu về = 47; số phiếu = 25`.
    pub facts: String,
    pub expected: String,
    /// What the citation behind the answer must contain; empty asks nothing.
    pub cite: String,
}

/// What the rules say of a situation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseAnswer {
    pub text: String,
    /// Rule set that answered; `None` where none holds.
    pub ruleset: Option<String>,
    /// Parameters that decided, by the keys of [`RuleSet::parameters`].
    pub keys: Vec<String>,
    /// Their citations, each once.
    pub cite: String,
}

/// Why a row has no answer. One sentence, Vietnamese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseFault {
    #[error("không đọc được ngày «{0}»; ghi như 07/12/2023")]
    Day(String),
    #[error("không biết cơ quan «{found}»; ghi một trong: {}", CouncilKind::ALL.map(CouncilKind::label).join("; "))]
    Body { found: String },
    #[error("không biết loại cuộc «{0}»; ghi «Lấy phiếu» hoặc «Bỏ phiếu»")]
    Poll(String),
    #[error("không biết câu hỏi «{found}»; ghi một trong: {}", QUESTIONS.map(|(label, _)| label).join("; "))]
    Question { found: String },
    #[error("thiếu dữ kiện «{0}»")]
    Missing(&'static str),
    #[error("dữ kiện «{name}»: không đọc được «{found}»")]
    Value { name: &'static str, found: String },
    #[error("dữ kiện «{0}» không viết dạng «tên = giá trị»")]
    Fact(String),
    #[error("không có văn bản nào để trả lời: {0}")]
    NoRules(NoRules),
    /// Figures that contradict each other.
    #[error("{0}")]
    Figures(String),
}

/// A fact: on which basis a body votes that the instrument leaves out.
const OWN_BASIS: &str = "căn cứ riêng";
/// A fact: the board chose the literal reading of a text that can be read two ways.
const LITERAL: &str = "đọc nguyên văn";

/// A row with its answer.
#[derive(Clone, Debug)]
pub struct Answered {
    pub row: CaseRow,
    pub answer: Result<CaseAnswer, CaseFault>,
}

impl Answered {
    /// Whether the answer, and the article behind it, are those that the row expects.
    pub fn agrees(&self) -> bool {
        let Ok(answer) = &self.answer else { return false };
        clean(&answer.text) == clean(&self.row.expected) && answer.cite.contains(self.row.cite.trim())
    }
}

/// Answers a row by `sets`.
pub fn answer(sets: &[RuleSet], row: CaseRow) -> Answered {
    let answer = answered(sets, &row);
    Answered { row, answer }
}

fn answered(sets: &[RuleSet], row: &CaseRow) -> Result<CaseAnswer, CaseFault> {
    let day = read_day(&row.day).ok_or_else(|| CaseFault::Day(row.day.clone()))?;
    let body = body_named(&row.body).ok_or_else(|| CaseFault::Body { found: row.body.clone() })?;
    let poll = poll_named(&row.poll).ok_or_else(|| CaseFault::Poll(row.poll.clone()))?;
    let question = fold(&row.question);
    let asked = QUESTIONS.iter().find(|(label, _)| fold(label) == question);
    let (label, ask) = asked.ok_or_else(|| CaseFault::Question { found: row.question.clone() })?;
    let facts = Facts::read(&row.facts)?;
    let found = holding(sets, body, poll, day);
    if *label == answers::WHICH {
        return Ok(which(found));
    }
    let read = match found {
        // A body that is left out may be switched on by an office that states its basis.
        Err(NoRules::LeftOut { ruleset, .. }) if facts.text(OWN_BASIS).is_some() => {
            sets.iter().find(|set| set.id == ruleset).cloned()
        }
        Err(other) => return Err(CaseFault::NoRules(other)),
        Ok(rules) => Some(rules.clone()),
    };
    let Some(mut rules) = read else { return Err(CaseFault::Missing(OWN_BASIS)) };
    if let Some(rule) = rules.bad_line.as_mut().filter(|rule| rule.value.board_chooses && facts.text(LITERAL).is_some())
    {
        rule.value.costs = BadLineCosts::Ballot;
    }
    let rules = &rules;
    let (text, keys) = ask(&Situation { rules, body, poll, day, facts })?;
    let cite = cites(rules, &keys);
    Ok(CaseAnswer { text, ruleset: Some(rules.id.clone()), keys, cite })
}

/// Which instrument holds, or the sentence that says why none does.
fn which(found: Result<&RuleSet, NoRules>) -> CaseAnswer {
    match found {
        Ok(rules) => {
            let keys = vec!["in_force".to_owned()];
            let cite = cites(rules, &keys);
            CaseAnswer { text: rules.short.clone(), ruleset: Some(rules.id.clone()), keys, cite }
        }
        Err(NoRules::LeftOut { reason, cite, ruleset, place }) => {
            CaseAnswer { text: reason, ruleset: Some(ruleset), keys: vec![format!("not_subject[{place}]")], cite }
        }
        Err(other) => CaseAnswer { text: other.to_string(), ..CaseAnswer::default() },
    }
}

fn cites(rules: &RuleSet, keys: &[String]) -> String {
    let mut cites: Vec<&str> = Vec::new();
    for cited in rules.parameters().iter().filter(|cited| keys.contains(&cited.path)) {
        if !cites.contains(&cited.cite) {
            cites.push(cited.cite);
        }
    }
    cites.join("; ")
}

fn body_named(text: &str) -> Option<CouncilKind> {
    let wanted = fold(text);
    CouncilKind::ALL.into_iter().find(|kind| fold(kind.label()) == wanted)
}

fn poll_named(text: &str) -> Option<PollKind> {
    let wanted = fold(text);
    PollKind::ALL.into_iter().find(|kind| fold(kind.label()).starts_with(&wanted) && !wanted.is_empty())
}

/// A day as people write it.
fn day_of(name: &'static str, text: &str) -> Result<Date, CaseFault> {
    read_day(text).ok_or_else(|| CaseFault::Value { name, found: text.to_owned() })
}
