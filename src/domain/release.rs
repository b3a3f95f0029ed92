//! A release: dossiers as they went to the delegates. Nothing in it changes; a change of what it states makes the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::audit::Digest;
use super::id::{FactId, OfficialId};
use super::official::Field;

/// What a dossier is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    Official(OfficialId),
    Field(Field),
}

impl About {
    /// As the database spells its sort.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Official(_) => "official",
            Self::Field(_) => "field",
        }
    }

    /// Which of its sort: the id, or the name.
    pub fn key(&self) -> String {
        match self {
            Self::Official(id) => id.to_string(),
            Self::Field(field) => field.0.clone(),
        }
    }

    /// Inverse of [`Self::kind`] and [`Self::key`].
    pub fn from_parts(kind: &str, key: &str) -> Option<Self> {
        match kind {
            "official" => key.parse().ok().map(Self::Official),
            "field" => Some(Self::Field(Field(key.to_owned()))),
            _ => None,
        }
    }
}

/// Which version of which fact stands in a dossier. A dossier lists them in its reading order: the first is number 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenFact {
    pub fact: FactId,
    /// SHA-256 of its canonical text.
    pub sha256: Digest,
    pub version: u64,
}

/// What became of one fact from one release to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Added(FrozenFact),
    Changed { before: FrozenFact, after: FrozenFact },
    Removed(FrozenFact),
}

/// How two versions of one dossier differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Facts: those of the newer version in its reading order, then those that it has no more.
    pub facts: Vec<Change>,
    /// What is stated of the person, the body and the days covered: lines that only the older version has, and lines that
    /// only the newer one has; cells of a line are apart by tabs.
    pub head: (Vec<String>, Vec<String>),
}

impl Comparison {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.head.0.is_empty() && self.head.1.is_empty()
    }
}

/// What a version states: its canonical text, and the facts behind that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// See [`canonical_text`](super::dossier::canonical_text).
    pub canonical: String,
    /// In reading order.
    pub facts: Vec<FrozenFact>,
}

/// How the dossier changed from `before` to `after`.
///
/// A fact that was taken back and verified again as it was has another version and the same text: it did not change.
pub fn compare(before: &Stated, after: &Stated) -> Comparison {
    let old: BTreeMap<FactId, FrozenFact> = before.facts.iter().map(|fact| (fact.fact, *fact)).collect();
    let kept: BTreeMap<FactId, FrozenFact> = after.facts.iter().map(|fact| (fact.fact, *fact)).collect();
    let of_new = after.facts.iter().filter_map(|fact| match old.get(&fact.fact) {
        None => Some(Change::Added(*fact)),
        Some(before) if before.sha256 != fact.sha256 => Some(Change::Changed { before: *before, after: *fact }),
        Some(_) => None,
    });
    let gone = before.facts.iter().filter(|fact| !kept.contains_key(&fact.fact)).map(|fact| Change::Removed(*fact));
    let (old_head, new_head) = (head(&before.canonical), head(&after.canonical));
    let only = |of: &[&str], than: &[&str]| {
        of.iter().filter(|line| !than.contains(line)).map(|line| (*line).to_owned()).collect()
    };
    Comparison { facts: of_new.chain(gone).collect(), head: (only(&old_head, &new_head), only(&new_head, &old_head)) }
}

/// Lines of a canonical text that state no fact.
fn head(canonical: &str) -> Vec<&str> {
    canonical.lines().filter(|line| !line.starts_with("fact\t")).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn fact(n: u8, version: u64, text: &str) -> FrozenFact {
        let id = FactId::new(Timestamp::UNIX_EPOCH, &[n; 10]);
        FrozenFact { fact: id, sha256: Digest::of(text.as_bytes()), version }
    }

    #[test]
    fn a_change_is_told_by_what_is_stated_not_by_the_version() {
        let before = Stated {
            canonical: "name\tÔng\tA\nto\t2023-12-07\nfact\tx\n".into(),
            facts: vec![fact(1, 2, "một"), fact(2, 2, "hai"), fact(3, 2, "ba")],
        };
        let after = Stated {
            canonical: "name\tÔng\tA\nto\t2023-12-08\nfact\ty\n".into(),
            facts: vec![fact(4, 2, "bốn"), fact(2, 5, "hai"), fact(3, 3, "ba khác")],
        };
        let changes = compare(&before, &after);
        assert_eq!(
            changes.facts,
            [
                Change::Added(fact(4, 2, "bốn")),
                Change::Changed { before: fact(3, 2, "ba"), after: fact(3, 3, "ba khác") },
                Change::Removed(fact(1, 2, "một")),
            ]
        );
        assert_eq!(changes.head, (vec!["to\t2023-12-07".to_owned()], vec!["to\t2023-12-08".to_owned()]));
        assert!(compare(&after, &after).is_empty());
    }

    #[test]
    fn what_a_dossier_is_about_has_one_spelling() {
        let all = [
            About::Official(OfficialId::new(Timestamp::UNIX_EPOCH, &[1; 10])),
            About::Field(Field("Y tế, dân số".into())),
        ];
        for about in all {
            assert_eq!(About::from_parts(about.kind(), &about.key()), Some(about));
        }
        assert_eq!(About::from_parts("official", "x"), None);
        assert_eq!(About::from_parts("khac", "x"), None);
    }
}
