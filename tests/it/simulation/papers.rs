//! The papers of a simulated vote: what lies in the box, and in which pile. People hold them; the program never sees one.
//!
//! Each paper carries a pattern of its own: its number in the box, written with the five keys of a line, one digit a line.
//! So a sum without one paper, with one twice, or with one of another form differs from the true sum, and the difference
//! is that paper's number.

use std::collections::BTreeMap;

use domain::id::RequestId;
use domain::poll::LevelCounts;
use domain::simulate::SeededStream;

use super::plan::pick;

/// Keys of a line: three levels, no mark, more than one.
const KEYS: [char; 5] = ['1', '2', '3', '0', '9'];

/// What is keyed of a paper by somebody who makes no mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Number of the reason for which it is invalid as a whole, from 1.
    pub reason: Option<usize>,
    /// A key for every line; none when it is invalid.
    pub keys: String,
}

/// Papers that lie together.
#[derive(Clone, Debug)]
struct Pile {
    /// Opening of the batch for which they were taken.
    opened: Option<RequestId>,
    /// Places in the box.
    papers: Vec<usize>,
}

/// The papers of one form.
#[derive(Clone, Debug)]
pub struct BallotBox {
    pub form: String,
    lines: usize,
    papers: Vec<Sheet>,
    piles: BTreeMap<u32, Pile>,
    /// Papers that nobody saw when the box was emptied.
    pub overlooked: u32,
}

/// The pattern of the paper with this number, on a form of `lines` lines.
fn pattern(number: usize, lines: usize) -> String {
    let digit = |line: u32| KEYS[number / KEYS.len().pow(line) % KEYS.len()];
    (0..u32::try_from(lines).expect("few")).map(digit).collect()
}

impl BallotBox {
    /// A box of between 10 and 40 papers, each with a pattern of its own, one in twelve invalid as a whole.
    pub fn filled(form: &str, lines: usize, reasons: usize, dice: &mut SeededStream) -> Self {
        let most = KEYS.len().pow(u32::try_from(lines).expect("few")).min(41) - 1;
        let papers = 10 + dice.below(u32::try_from(most - 9).expect("few"));
        let turn = pick(dice, 5);
        let sheet = |number: usize| {
            if number % 12 == turn {
                Sheet { reason: Some(number / 12 % reasons + 1), keys: String::new() }
            } else {
                Sheet { reason: None, keys: pattern(number, lines) }
            }
        };
        let papers: Vec<Sheet> = (0..usize::try_from(papers).expect("few")).map(sheet).collect();
        let overlooked = if papers.len() > 13 && dice.below(4) == 0 { 1 + dice.below(3) } else { 0 };
        Self { form: form.to_owned(), lines, papers, piles: BTreeMap::new(), overlooked }
    }

    /// Papers in the box.
    pub fn len(&self) -> u32 {
        u32::try_from(self.papers.len()).expect("few")
    }

    /// Papers in no pile.
    pub fn free(&self) -> u32 {
        self.len() - self.piles.values().map(|pile| u32::try_from(pile.papers.len()).expect("few")).sum::<u32>()
    }

    /// The papers of a pile, in its order.
    pub fn pile(&self, number: u32) -> Vec<Sheet> {
        let pile = self.piles.get(&number).map_or(&[][..], |pile| &pile.papers);
        pile.iter().map(|place| self.papers[*place].clone()).collect()
    }

    /// Piles as they are on the table (number, opening, papers) and in committed batches (number, papers): what is in
    /// neither lies in the box again.
    pub fn lie(&mut self, open: &[(u32, RequestId, u32)], committed: &[(u32, u32)]) {
        let is_open = |number: u32, pile: &Pile| open.iter().any(|(n, id, _)| *n == number && pile.opened == Some(*id));
        let is_in = |number: u32| committed.iter().any(|(n, _)| *n == number);
        self.piles.retain(|number, pile| is_open(*number, pile) || is_in(*number));
        for (number, opened, papers) in open {
            let now = self.piles.remove(number).map(|pile| pile.papers).unwrap_or_default();
            let taken: Vec<usize> = self.piles.values().flat_map(|pile| pile.papers.iter().copied()).collect();
            let free = (0..self.papers.len()).filter(|place| !taken.contains(place) && !now.contains(place));
            let papers = now.iter().copied().chain(free).take(usize::try_from(*papers).expect("few")).collect();
            self.piles.insert(*number, Pile { opened: Some(*opened), papers });
        }
    }

    /// What the papers of the box say, line by line.
    pub fn truth(&self) -> Vec<LevelCounts> {
        let line = |line: usize| {
            let count = |key: char| {
                let is = |sheet: &&Sheet| sheet.keys.chars().nth(line) == Some(key);
                u32::try_from(self.papers.iter().filter(is).count()).expect("few")
            };
            LevelCounts::Rating { high: count('1'), medium: count('2'), low: count('3') }
        };
        (0..self.lines).map(line).collect()
    }

    /// Papers that are invalid as a whole.
    pub fn invalid(&self) -> u32 {
        u32::try_from(self.papers.iter().filter(|sheet| sheet.reason.is_some()).count()).expect("few")
    }
}

/// A key that somebody reads who slips. The two of a pair never read the same wrong mark: what both read wrong in the same
/// way is found by no second reading, and is no fault of the program.
pub fn slipped(key: char, is_second: bool) -> char {
    match (is_second, key) {
        (false, '0') => '9',
        (false, _) => '0',
        (true, '1') => '2',
        (true, _) => '1',
    }
}

#[test]
fn no_two_papers_of_a_form_say_the_same() {
    for lines in 2..=5 {
        let most = KEYS.len().pow(u32::try_from(lines).expect("few")).min(40);
        let all: std::collections::BTreeSet<String> = (0..most).map(|number| pattern(number, lines)).collect();
        assert_eq!(all.len(), most);
    }
}
