//! Where a reading of a test deck is another one than what stands on its papers.

use super::TestDeck;
use crate::batch::Paper;
use crate::marks::Mark;
use crate::rules::RuleSet;

/// What is, or was read, at one place of a deck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// On one line.
    Mark(Mark),
    /// A paper that counts.
    Counts,
    /// A paper that is invalid as a whole, for the reason with this id.
    Invalid(String),
    /// There is no such paper.
    NoPaper,
}

/// A place of a deck at which something else was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeckDifference {
    /// Number of the paper in the deck, from 1.
    pub paper: usize,
    /// Number of the line, from 1; `None` when it is about the whole paper.
    pub line: Option<usize>,
    /// What stands there.
    pub expected: Seen,
    pub read: Seen,
}

/// Whose names differences are told with.
#[derive(Clone, Copy, Debug)]
pub struct DeckNames<'a> {
    /// Names on the form, in its order.
    pub lines: &'a [&'a str],
    pub rules: &'a RuleSet,
}

/// Every place at which `read` is not what stands on the papers of `deck`, in their order; none when it is passed.
pub fn compare(deck: &TestDeck, read: &[Paper]) -> Vec<DeckDifference> {
    differences(&deck.readings(), read)
}

/// The same for papers that had to be read as `expected`.
pub fn differences(expected: &[Paper], read: &[Paper]) -> Vec<DeckDifference> {
    let mut found = Vec::new();
    for place in 0..expected.len().max(read.len()) {
        let paper = place + 1;
        match (expected.get(place), read.get(place)) {
            (Some(Paper::Marked(expected)), Some(Paper::Marked(read))) if expected.len() == read.len() => {
                let lines = (1..).zip(expected.iter().zip(read)).filter(|(_, (expected, read))| expected != read);
                found.extend(lines.map(|(line, (expected, read))| DeckDifference {
                    paper,
                    line: Some(line),
                    expected: Seen::Mark(*expected),
                    read: Seen::Mark(*read),
                }));
            }
            (expected, read) if expected == read => {}
            (expected, read) => {
                found.push(DeckDifference { paper, line: None, expected: Seen::of(expected), read: Seen::of(read) });
            }
        }
    }
    found
}

impl Seen {
    fn of(paper: Option<&Paper>) -> Self {
        match paper {
            None => Self::NoPaper,
            Some(Paper::Marked(_)) => Self::Counts,
            Some(Paper::Invalid(reason)) => Self::Invalid(reason.clone()),
        }
    }

    /// In Vietnamese, between the marks of a quotation where it is printed on the form.
    fn words(&self, rules: &RuleSet) -> String {
        match self {
            Self::Mark(Mark::Level(level)) => format!("«{}»", level.label()),
            Self::Mark(Mark::None) => "không đánh dấu ô nào".to_owned(),
            Self::Mark(Mark::Multiple) => "đánh dấu từ hai ô trở lên".to_owned(),
            Self::Counts => "phiếu hợp lệ".to_owned(),
            Self::NoPaper => "không có phiếu này".to_owned(),
            Self::Invalid(id) => {
                let reason = rules.spoils_ballot.iter().find(|reason| reason.id == *id);
                format!("phiếu không hợp lệ ({})", reason.map_or(id.as_str(), |reason| reason.text.as_str()))
            }
        }
    }
}

impl DeckDifference {
    /// `Phiếu 4, dòng 7 Nguyễn Văn A`.
    pub fn place(&self, names: DeckNames<'_>) -> String {
        let paper = self.paper;
        let Some(line) = self.line else { return format!("Phiếu {paper}") };
        let name = line.checked_sub(1).and_then(|place| names.lines.get(place)).copied().unwrap_or_default();
        format!("Phiếu {paper}, dòng {line} {name}").trim_end().to_owned()
    }

    /// What stands there, and what was read.
    pub fn told(&self, names: DeckNames<'_>) -> [String; 2] {
        [&self.expected, &self.read].map(|seen| seen.words(names.rules))
    }

    /// In a sentence: `Phiếu 4, dòng 7 Nguyễn Văn A: phải là «Tín nhiệm cao», đọc là «Tín nhiệm thấp».`
    pub fn sentence(&self, names: DeckNames<'_>) -> String {
        let [expected, read] = self.told(names);
        format!("{}: phải là {expected}, đọc là {read}.", self.place(names))
    }
}
