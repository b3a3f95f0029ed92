//! A paper of a test deck as it is keyed, and as the log has it: a key for every line, or `-2` for a paper that is invalid for
//! the second reason of its form.

use std::collections::BTreeMap;

use super::TestDeck;
use crate::audit::event::poll::{DeckForm, DeckPaper};
use crate::batch::{Paper, count_papers};
use crate::count::BatchCounts;
use crate::marks::{Mark, MarksError};
use crate::poll::{LevelCounts, PollKind};

/// The keys of `paper`; `reasons` are those of its form.
pub fn keys(paper: &Paper, kind: PollKind, reasons: &[String]) -> String {
    match paper {
        Paper::Marked(marks) => marks.iter().map(|mark| key(*mark, kind)).collect(),
        Paper::Invalid(reason) => {
            let number = reasons.iter().position(|id| id == reason).map_or(0, |place| place + 1);
            format!("-{number}")
        }
    }
}

/// Keys of a paper in groups of five lines, as people read them.
pub fn grouped(keys: &str) -> String {
    if keys.starts_with('-') {
        return keys.to_owned();
    }
    let groups: Vec<String> = keys.chars().collect::<Vec<_>>().chunks(5).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// The key of a mark.
pub fn key(mark: Mark, kind: PollKind) -> char {
    match mark {
        Mark::None => '0',
        Mark::Multiple => '9',
        Mark::Level(level) => {
            let place = (1_u32..).zip(kind.levels()).find(|(_, own)| **own == level).map_or(0, |(place, _)| place);
            char::from_digit(place, 10).unwrap_or('0')
        }
    }
}

/// The paper of which these are the keys; `None` when they can be no paper of `lines` lines.
pub fn read_keys(keys: &str, kind: PollKind, lines: usize, reasons: &[String]) -> Option<Paper> {
    if let Some(number) = keys.strip_prefix('-') {
        let number: usize = number.parse().ok()?;
        return reasons.get(number.checked_sub(1)?).cloned().map(Paper::Invalid);
    }
    let marks: Vec<Mark> = keys.chars().map(|key| Mark::of_key(kind, key)).collect::<Option<_>>()?;
    (marks.len() == lines).then_some(Paper::Marked(marks))
}

impl TestDeck {
    /// What the log is told of a reading of this deck.
    ///
    /// # Errors
    /// When a paper is of another form or another vote.
    pub fn told(&self, read: &[Paper]) -> Result<DeckForm, MarksError> {
        let counted = count_papers(self.kind, self.expected.lines.len(), read)?;
        let keyed = |paper: &Paper| keys(paper, self.kind, &self.reasons);
        let both = self.papers.iter().zip(read);
        let papers = both.map(|(own, read)| DeckPaper { expected: keyed(&own.reading()), read: keyed(read) }).collect();
        Ok(DeckForm { counted, expected: self.expected.clone(), form: self.form.clone(), papers: Some(papers) })
    }
}

impl DeckForm {
    /// The papers as they had to be read and as they were, of which the reasons are those of the form; `None` where only
    /// totals were written down.
    pub fn read_papers(&self, kind: PollKind, reasons: &[String]) -> Option<(Vec<Paper>, Vec<Paper>)> {
        let (papers, lines) = (self.papers.as_ref()?, self.expected.lines.len());
        let paper = |keys: &String| read_keys(keys, kind, lines, reasons);
        let expected = papers.iter().map(|of| paper(&of.expected)).collect::<Option<_>>()?;
        Some((expected, papers.iter().map(|of| paper(&of.read)).collect::<Option<_>>()?))
    }

    /// Whether everything came out: paper by paper, where the log has them.
    pub fn has_passed(&self) -> bool {
        self.counted == self.expected && self.papers.iter().flatten().all(|paper| paper.read == paper.expected)
    }

    /// Whether such a form can have these figures, and the papers add up to them.
    pub fn is_possible(&self, kind: PollKind, lines: usize) -> bool {
        let zero = BatchCounts::zero(kind, lines);
        let fits = |counts: &BatchCounts| counts.check().is_ok() && zero.add(counts).is_ok();
        let add_up = |keys: fn(&DeckPaper) -> &String, counts: &BatchCounts| {
            self.papers.as_ref().is_none_or(|papers| add_up(papers.iter().map(keys), kind, counts))
        };
        self.expected.papers > 0
            && fits(&self.expected)
            && fits(&self.counted)
            && add_up(|paper| &paper.expected, &self.expected)
            && add_up(|paper| &paper.read, &self.counted)
    }
}

/// Whether papers of these keys give `counts`. Reasons have numbers here and names there: as many papers of each.
fn add_up<'k>(papers: impl ExactSizeIterator<Item = &'k String>, kind: PollKind, counts: &BatchCounts) -> bool {
    let mut lines: Vec<Vec<u32>> = vec![vec![0; kind.levels().len()]; counts.lines.len()];
    let mut invalid: BTreeMap<u32, u32> = BTreeMap::new();
    if u32::try_from(papers.len()) != Ok(counts.papers) {
        return false;
    }
    for keys in papers {
        if let Some(number) = keys.strip_prefix('-') {
            let Some(number) = number.parse().ok().filter(|number| *number > 0) else { return false };
            *invalid.entry(number).or_default() += 1;
            continue;
        }
        if keys.chars().count() != lines.len() {
            return false;
        }
        for (key, levels) in keys.chars().zip(&mut lines) {
            match Mark::of_key(kind, key) {
                None => return false,
                Some(Mark::None | Mark::Multiple) => {}
                Some(Mark::Level(level)) => {
                    let own = kind.levels().iter().zip(levels).find(|(own, _)| **own == level);
                    own.into_iter().for_each(|(_, count)| *count += 1);
                }
            }
        }
    }
    let figures = |line: &LevelCounts| line.each().into_iter().map(|(_, count)| count).collect::<Vec<_>>();
    let mut by_number: Vec<u32> = invalid.into_values().collect();
    let mut by_name: Vec<u32> = counts.invalid.values().copied().filter(|count| *count > 0).collect();
    by_number.sort_unstable();
    by_name.sort_unstable();
    by_number == by_name && lines.iter().zip(&counts.lines).all(|(levels, counted)| *levels == figures(counted))
}
