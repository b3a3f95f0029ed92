//! What a whole row of differences comes from. A cause is said only where it gives the very reading that was made: a sentence
//! about it is true whatever happened, because it says that the reading is *as if*.

use std::collections::{BTreeMap, BTreeSet};

use super::differences::{DeckDifference, Seen, differences};
use super::keyed::keys;
use crate::batch::Paper;
use crate::marks::Mark;
use crate::poll::{Level, PollKind};

/// Most causes that are named beside each other; more say nothing.
const MOST: usize = 3;

/// One fault that explains a reading. Papers and lines have their numbers, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A single line of a single paper.
    Slip { paper: usize, line: usize },
    /// A single paper, as a whole.
    Paper { paper: usize },
    /// Two lines were taken for each other on every paper.
    Lines { one: usize, other: usize },
    /// Every mark went to another line, on one paper or on all.
    Shift {
        paper: Option<usize>,
        /// Lines between a mark and where it was keyed.
        by: usize,
        /// Towards the end of the form.
        is_down: bool,
        /// What fell off one end was keyed at the other; otherwise nothing was keyed there.
        is_round: bool,
    },
    /// Two papers lay in the other order.
    Papers { one: usize, other: usize },
    /// The levels of one line were keyed as others: from each to which.
    Levels { line: usize, taken: Vec<(Level, Level)> },
    /// Keys had another meaning on every line: from each to which.
    Keys { taken: Vec<(String, String)> },
}

/// All single faults that give exactly `read` of papers that had to be read as `expected`; `reasons` are those of the form.
pub fn causes(kind: PollKind, reasons: &[String], expected: &[Paper], read: &[Paper]) -> Vec<Cause> {
    let found = differences(expected, read);
    if let [only] = found.as_slice() {
        return vec![match only.line {
            Some(line) => Cause::Slip { paper: only.paper, line },
            None => Cause::Paper { paper: only.paper },
        }];
    }
    if found.is_empty() || expected.len() != read.len() {
        return Vec::new();
    }
    let mut causes = candidates(kind, expected, &found);
    causes.retain(|cause| cause.applied(expected) == read);
    causes.extend(keys_taken(kind, reasons, expected, read));
    causes
}

/// Faults that can be the cause by the places at which something differs.
fn candidates(kind: PollKind, expected: &[Paper], found: &[DeckDifference]) -> Vec<Cause> {
    let papers: Vec<usize> =
        found.iter().map(|difference| difference.paper).collect::<BTreeSet<_>>().into_iter().collect();
    let lines: BTreeSet<Option<usize>> = found.iter().map(|difference| difference.line).collect();
    let mut candidates = Vec::new();
    if let [one, other] = papers.as_slice() {
        candidates.push(Cause::Papers { one: *one, other: *other });
    }
    let Some(lines) = lines.into_iter().collect::<Option<Vec<usize>>>() else { return candidates };
    match lines.as_slice() {
        [one, other] => candidates.push(Cause::Lines { one: *one, other: *other }),
        [line] => candidates.extend(exchanged(kind.levels()).map(|taken| Cause::Levels { line: *line, taken })),
        _ => {}
    }
    let most =
        expected.iter().map(|paper| if let Paper::Marked(marks) = paper { marks.len() } else { 0 }).max().unwrap_or(0);
    let paper = if let [paper] = papers.as_slice() { Some(*paper) } else { None };
    for by in 1..most {
        for (is_down, is_round) in [(true, true), (true, false), (false, true), (false, false)] {
            // Round the form, down by some is up by the others: only the shorter way is said. Two lines are exchanged.
            let is_longer = is_round && (by > most - by || (by == most - by && !is_down) || most == 2);
            if !is_longer {
                candidates.push(Cause::Shift { paper, by, is_down, is_round });
            }
        }
    }
    candidates
}

/// Every way in which levels can be keyed as others, each as another one.
fn exchanged(levels: &'static [Level]) -> impl Iterator<Item = Vec<(Level, Level)>> {
    let mut orders: Vec<Vec<Level>> = vec![Vec::new()];
    for _ in levels {
        let longer = |order: Vec<Level>| {
            let left: Vec<Level> = levels.iter().copied().filter(|level| !order.contains(level)).collect();
            left.into_iter().map(move |level| [order.as_slice(), &[level]].concat())
        };
        orders = orders.into_iter().flat_map(longer).collect();
    }
    let taken =
        |order: Vec<Level>| levels.iter().copied().zip(order).filter(|(from, to)| from != to).collect::<Vec<_>>();
    orders.into_iter().map(taken).filter(|taken| !taken.is_empty())
}

/// Keys that were other keys wherever they stood. A key that stood once shows no rule, unless two were exchanged.
fn keys_taken(kind: PollKind, reasons: &[String], expected: &[Paper], read: &[Paper]) -> Option<Cause> {
    let mut meaning: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for (expected, read) in expected.iter().zip(read) {
        let of = |paper: &Paper| match paper {
            Paper::Marked(_) => keys(paper, kind, reasons).chars().map(String::from).collect(),
            Paper::Invalid(_) => vec![keys(paper, kind, reasons)],
        };
        if matches!(expected, Paper::Marked(_)) != matches!(read, Paper::Marked(_)) {
            return None;
        }
        for (from, to) in of(expected).into_iter().zip(of(read)) {
            let (known, times) = meaning.entry(from).or_insert((to.clone(), 0));
            if *known != to {
                return None;
            }
            *times += 1;
        }
    }
    meaning.retain(|from, (to, _)| from != to);
    let taken: Vec<(String, String)> = meaning.iter().map(|(from, (to, _))| (from.clone(), to.clone())).collect();
    let is_rule = meaning.values().all(|(_, times)| *times > 1) || is_exchange(&taken);
    (is_rule && !taken.is_empty()).then_some(Cause::Keys { taken })
}

fn is_exchange<T: PartialEq>(taken: &[(T, T)]) -> bool {
    matches!(taken, [(a, b), (c, d)] if a == d && b == c)
}

impl Cause {
    /// What is read of `expected` when this happens, but for slips, of which only the place is known, and keys, which are
    /// found from the reading itself.
    fn applied(&self, expected: &[Paper]) -> Vec<Paper> {
        let mut papers = expected.to_vec();
        match self {
            Self::Papers { one, other } => papers.swap(one.saturating_sub(1), other.saturating_sub(1)),
            Self::Lines { one, other } => {
                each_marked(&mut papers, |_, marks| marks.swap(one.saturating_sub(1), other.saturating_sub(1)));
            }
            Self::Shift { paper, by, is_down, is_round } => each_marked(&mut papers, |number, marks| {
                if paper.is_some_and(|only| only != number) || marks.is_empty() {
                    return;
                }
                let by = by % marks.len();
                if *is_down {
                    marks.rotate_right(by);
                    marks.iter_mut().take(by).filter(|_| !is_round).for_each(|mark| *mark = Mark::None);
                } else {
                    marks.rotate_left(by);
                    marks.iter_mut().rev().take(by).filter(|_| !is_round).for_each(|mark| *mark = Mark::None);
                }
            }),
            Self::Levels { line, taken } => each_marked(&mut papers, |_, marks| {
                if let Some(mark) = line.checked_sub(1).and_then(|place| marks.get_mut(place)) {
                    let to = taken.iter().find(|(from, _)| *mark == Mark::Level(*from));
                    to.into_iter().for_each(|(_, to)| *mark = Mark::Level(*to));
                }
            }),
            Self::Slip { .. } | Self::Paper { .. } | Self::Keys { .. } => {}
        }
        papers
    }

    fn words(&self) -> String {
        match self {
            Self::Slip { paper, line } => format!("phiếu {paper}, dòng {line}"),
            Self::Paper { paper } => format!("cả phiếu {paper}"),
            Self::Lines { one, other } => format!("dòng {one} và dòng {other} bị nhập lẫn nhau"),
            Self::Papers { one, other } => format!("phiếu {one} và phiếu {other} đổi chỗ"),
            Self::Shift { paper, by, is_down, is_round } => {
                let which = paper.map_or("mọi phiếu".to_owned(), |paper| format!("phiếu {paper}"));
                let way = if *is_down { "xuống" } else { "lên" };
                let end = match (is_round, is_down) {
                    (false, _) => "chỗ thừa để trống",
                    (true, true) => "cuối phiếu quay lên đầu",
                    (true, false) => "đầu phiếu quay xuống cuối",
                };
                format!("{which} bị nhập lệch {way} {by} dòng, {end}")
            }
            Self::Levels { line, taken } => match taken.as_slice() {
                [(one, other), _] => format!("ở dòng {line}, nhầm «{}» với «{}»", one.label(), other.label()),
                all => {
                    let each = all.iter().map(|(from, to)| format!("«{}» nhập thành «{}»", from.label(), to.label()));
                    format!("ở dòng {line}, {}", each.collect::<Vec<_>>().join(", "))
                }
            },
            Self::Keys { taken } => match taken.as_slice() {
                [(one, other), _] if is_exchange(taken) => format!("nhầm phím {one} với phím {other}"),
                all => {
                    let each = all.iter().map(|(from, to)| format!("phím {from} nhập thành {to}"));
                    each.collect::<Vec<_>>().join(", ")
                }
            },
        }
    }
}

fn each_marked(papers: &mut [Paper], mut change: impl FnMut(usize, &mut Vec<Mark>)) {
    for (number, paper) in (1..).zip(papers) {
        if let Paper::Marked(marks) = paper {
            change(number, marks);
        }
    }
}

/// A reading of a deck held against what stands on its papers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// None when it passed.
    pub differences: Vec<DeckDifference>,
    /// What all of them come from, in a sentence.
    pub explanation: Option<String>,
}

impl Compared {
    /// Compares `read` with papers that had to be read as `expected`; `reasons` are those of the form.
    pub fn of(kind: PollKind, reasons: &[String], expected: &[Paper], read: &[Paper]) -> Self {
        let found = differences(expected, read);
        let explanation = explanation(&causes(kind, reasons, expected, read), &found);
        Self { differences: found, explanation }
    }
}

/// One sentence about what all differences come from; `None` where no single fault, or too many, can have done it.
pub fn explanation(causes: &[Cause], found: &[DeckDifference]) -> Option<String> {
    match causes {
        [] => None,
        [slip @ Cause::Slip { .. }] => {
            let is_level = |seen: &Seen| matches!(seen, Seen::Mark(Mark::Level(_)));
            let of_levels = found.iter().all(|difference| is_level(&difference.expected) && is_level(&difference.read));
            let what = if of_levels { "mức" } else { "dấu" };
            Some(format!("Một phiếu đọc nhầm {what}: chỉ lệch ở {}.", slip.words()))
        }
        [paper @ Cause::Paper { .. }] => Some(format!("Một phiếu đọc nhầm: chỉ lệch ở {}.", paper.words())),
        [only] => Some(format!("Mọi chỗ lệch đúng như khi {}.", only.words())),
        several if several.len() <= MOST => {
            let words: Vec<String> = several.iter().map(Cause::words).collect();
            Some(format!("Mọi chỗ lệch đúng như một trong các trường hợp sau: {}.", words.join("; ")))
        }
        _ => None,
    }
}
