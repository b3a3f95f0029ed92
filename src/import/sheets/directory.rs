//! Finds the official whom a cell names, and names an official so that a cell finds it again.

use std::collections::BTreeMap;

use crate::sheets::officials::year_of;
use domain::names::{is_without_accents, person_key, undressed};
use domain::official::{Birth, Official, OfficialNo};
use domain::text::{date_dmy, fold};

/// Names that a message suggests.
const SUGGESTIONS: usize = 3;

/// All officials by name.
#[derive(Debug)]
pub(crate) struct Directory<'o> {
    officials: &'o [Official],
    exact: BTreeMap<String, Vec<OfficialNo>>,
    /// By name without accents, for names typed without them.
    folded: BTreeMap<String, Vec<OfficialNo>>,
}

/// Why the official of a cell cannot be determined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// The list of officials is empty.
    NobodyKnown,
    /// The name is not on the list; holds the nearest names.
    Unknown(Vec<String>),
    /// The name fits several officials; holds a text that names each.
    Ambiguous(Vec<String>),
}

impl<'o> Directory<'o> {
    /// A directory of all officials of a book.
    pub(crate) fn new(officials: &'o [Official]) -> Self {
        let mut directory = Self { officials, exact: BTreeMap::new(), folded: BTreeMap::new() };
        for (index, official) in officials.iter().enumerate() {
            directory.exact.entry(person_key(&official.name)).or_default().push(OfficialNo(index));
            directory.folded.entry(fold(&official.name)).or_default().push(OfficialNo(index));
        }
        directory
    }

    /// Whom a text names: `Nguyễn Văn A`, `Ông Nguyễn Văn A`, and where two have one name `Nguyễn Văn A (1975)`,
    /// `Nguyễn Văn A (19/08/1975)`, `Nguyễn Văn A (Chủ tịch UBND tỉnh)`.
    ///
    /// # Errors
    /// When that is nobody, or several.
    pub(crate) fn find(&self, text: &str) -> Result<OfficialNo, Unresolved> {
        self.look_up(text).map_err(|(name, namesakes)| self.unresolved(&name, namesakes))
    }

    /// Whom a text names, or the name in it and all who bear that name. A title before it counts only where nobody is called so.
    fn look_up(&self, text: &str) -> Result<OfficialNo, (String, &[OfficialNo])> {
        self.look_up_whole(text).or_else(|unknown| match undressed(text).filter(|_| unknown.1.is_empty()) {
            Some(bare) => self.look_up_whole(&bare),
            None => Err(unknown),
        })
    }

    fn look_up_whole(&self, text: &str) -> Result<OfficialNo, (String, &[OfficialNo])> {
        let text = text.trim();
        let whole = self.named(text);
        if let [one] = whole {
            return Ok(*one);
        }
        let Some((name, suffix)) = text.strip_suffix(')').and_then(|t| t.rsplit_once('(')) else {
            return Err((text.to_owned(), whole));
        };
        let namesakes = self.named(name.trim());
        let fits = |id: &&OfficialNo| self.officials.get(id.0).is_some_and(|official| bears(official, suffix.trim()));
        match namesakes.iter().filter(fits).collect::<Vec<_>>().as_slice() {
            [one] => Ok(**one),
            _ => Err((name.trim().to_owned(), namesakes)),
        }
    }

    fn named(&self, name: &str) -> &[OfficialNo] {
        // Accents that were typed count: «Hùng» is not «Hưng».
        let bare = || self.folded.get(&fold(name)).filter(|_| is_without_accents(name));
        self.exact.get(&person_key(name)).or_else(bare).map_or(&[], Vec::as_slice)
    }

    fn unresolved(&self, text: &str, namesakes: &[OfficialNo]) -> Unresolved {
        if self.officials.is_empty() {
            return Unresolved::NobodyKnown;
        }
        if !namesakes.is_empty() {
            return Unresolved::Ambiguous(namesakes.iter().map(|id| self.label(*id)).collect());
        }
        let key: Vec<char> = fold(text).chars().collect();
        let mut near: Vec<(usize, String)> = self
            .folded
            .iter()
            .map(|(name, ids)| (distance(&key, &name.chars().collect::<Vec<_>>()), ids))
            .filter(|(distance, _)| *distance <= (key.len() / 3).max(2))
            .flat_map(|(distance, ids)| ids.iter().map(move |id| (distance, self.label(*id))))
            .collect();
        near.sort();
        Unresolved::Unknown(near.into_iter().take(SUGGESTIONS).map(|(_, name)| name).collect())
    }

    /// The shortest text that [`Self::find`] takes for this official and no other.
    pub(crate) fn label(&self, id: OfficialNo) -> String {
        let Some(official) = self.officials.get(id.0) else { return String::new() };
        let suffixes = official.birth.into_iter().flat_map(|birth| match birth {
            Birth::Year(year) => vec![year.to_string()],
            Birth::Day(day) => vec![day.year().to_string(), date_dmy(day)],
        });
        let posts = official.posts.iter().map(|post| post.title.clone());
        let named = suffixes.chain(posts).map(|suffix| format!("{} ({suffix})", official.name));
        let mut labels = std::iter::once(official.name.clone()).chain(named);
        labels.find(|label| self.look_up(label) == Ok(id)).unwrap_or_else(|| official.name.clone())
    }
}

/// Whether a suffix is a birth year, a birth day or a post of the official.
fn bears(official: &Official, suffix: &str) -> bool {
    let born = official.birth.is_some_and(|birth| match birth {
        Birth::Day(day) => suffix == date_dmy(day) || suffix == day.year().to_string(),
        Birth::Year(_) => suffix == year_of(birth).to_string(),
    });
    born || official.posts.iter().any(|post| fold(&post.title) == fold(suffix))
}

/// Levenshtein distance: letters to add, drop or change.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(b) {
            let best = (diagonal + usize::from(x != y)).min(*cell + 1).min(left + 1);
            diagonal = *cell;
            *cell = best;
            left = best;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::official::{Block, Honorific, Post};

    fn official(name: &str, birth: Option<Birth>, post: &str) -> Official {
        let posts = vec![Post { title: post.into(), elected_on: None }];
        Official {
            name: name.into(),
            honorific: Honorific::Mr,
            birth,
            posts,
            block: Block("Ủy ban nhân dân".into()),
            fields: Vec::new(),
            retirement_notice: None,
        }
    }

    #[test]
    fn people_are_found_by_name_title_year_and_post() {
        let officials = [
            official("Nguyễn Văn A", Some(Birth::Year(1965)), "Chủ tịch"),
            official("Nguyễn Văn A", Some(Birth::Year(1975)), "Giám đốc Sở Y tế"),
            official("Trần Thị B", None, "Phó Chủ tịch"),
        ];
        let directory = Directory::new(&officials);
        for (text, index) in [
            ("Bà Trần Thị B", 2),
            ("tran thi b", 2),
            ("Nguyễn Văn A (1975)", 1),
            ("Nguyễn Văn A (giám đốc sở y tế)", 1),
            ("Nguyễn Văn A (Chủ tịch)", 0),
        ] {
            assert_eq!(directory.find(text), Ok(OfficialNo(index)), "{text}");
        }
        let both = vec!["Nguyễn Văn A (1965)".to_owned(), "Nguyễn Văn A (1975)".to_owned()];
        assert_eq!(directory.find("Nguyễn Văn A"), Err(Unresolved::Ambiguous(both)));
        assert_eq!(directory.find("Trần Thi Bi"), Err(Unresolved::Unknown(vec!["Trần Thị B".to_owned()])));
        assert_eq!(directory.find("Phạm Quang Dũng"), Err(Unresolved::Unknown(Vec::new())));
    }

    #[test]
    fn every_label_finds_its_official_again() {
        let day = |d| Some(Birth::Day(jiff::civil::date(1970, 1, d)));
        let officials = [
            official("Lê Văn C", day(1), "Ủy viên"),
            official("Lê Văn C", day(2), "Ủy viên"),
            official("Vũ D", None, "X"),
        ];
        let directory = Directory::new(&officials);
        let labels: Vec<String> = (0..3).map(|i| directory.label(OfficialNo(i))).collect();
        assert_eq!(labels, ["Lê Văn C (01/01/1970)", "Lê Văn C (02/01/1970)", "Vũ D"]);
    }

    #[test]
    fn distance_counts_letters() {
        let chars = |s: &str| s.chars().collect::<Vec<_>>();
        assert_eq!(distance(&chars("kitten"), &chars("sitting")), 3);
        assert_eq!(distance(&chars(""), &chars("ab")), 2);
    }
}
