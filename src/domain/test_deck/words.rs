//! The words of levels that tell the lines of a form apart.

use crate::poll::{Level, PollKind};

/// A word for each of `lines` lines: as short as they can be, no two the same, every level in each. Neighbours are far apart
/// in the order of the words, so that they differ on most papers.
pub(super) fn words(kind: PollKind, lines: usize) -> Vec<Vec<Level>> {
    let levels = kind.levels();
    let is_whole = |word: &Vec<Level>| levels.iter().all(|level| word.contains(level));
    let mut of_length = vec![Vec::new()];
    let whole: Vec<Vec<Level>> = loop {
        let whole: Vec<Vec<Level>> = of_length.iter().filter(|word| is_whole(word)).cloned().collect();
        if whole.len() >= lines.max(1) {
            break whole;
        }
        of_length = of_length
            .iter()
            .flat_map(|word| levels.iter().map(|level| [word.as_slice(), &[*level]].concat()))
            .collect();
    };
    let step = step_through(whole.len());
    (0..lines).filter_map(|line| whole.get(line * step % whole.len())).cloned().collect()
}

/// A step that leads through all of `places` before it comes back, and not from neighbour to neighbour.
fn step_through(places: usize) -> usize {
    let coprime = |step: &usize| {
        let (mut a, mut b) = (*step, places);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a == 1
    };
    (places * 2 / 5 + 1..places).find(coprime).unwrap_or(1)
}
