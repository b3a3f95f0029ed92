//! Officials and delegates of a workbook, each with the one who is stored.

use std::collections::{BTreeMap, BTreeSet};

use super::{Changed, Person, Placed, Section};
use crate::finding::{Finding, Severity};
use crate::id::{DelegateId, OfficialId};
use crate::names::person_key;
use crate::official::{Birth, Official, Post};
use crate::roster::{Delegate, RosterDelegate, RosterOfficial};

/// Longest name of a person or a group.
const MAX_NAME_LETTERS: usize = 120;
/// Longest title of a post, name of a block or field, text of a notice.
const MAX_LINE_LETTERS: usize = 300;

/// Who a person of a workbook is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    New,
    /// The stored person at this position.
    Same(usize),
    /// One of several, or perhaps nobody: the workbook must say more.
    Doubtful,
}

/// Officials of a workbook by name; births count only where several bear one name, so that a birth date can be put
/// right by a workbook.
pub fn pair_officials<'o>(
    of_file: impl Iterator<Item = &'o Official>,
    stored: impl Iterator<Item = &'o Official>,
) -> Vec<Pairing> {
    let (of_file, stored): (Vec<_>, Vec<_>) = (of_file.collect(), stored.collect());
    let mut by_name: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (at, official) in of_file.iter().enumerate() {
        by_name.entry(person_key(&official.name)).or_default().0.push(at);
    }
    for (at, official) in stored.iter().enumerate() {
        by_name.entry(person_key(&official.name)).or_default().1.push(at);
    }
    let birth = |list: &[&Official], at: usize| list.get(at).and_then(|official| official.birth);
    let mut pairs = vec![Pairing::New; of_file.len()];
    for (asked, known) in by_name.values() {
        for &at in asked {
            let pairing = match (asked.as_slice(), known.as_slice()) {
                (_, []) => Pairing::New,
                ([_], [one]) => Pairing::Same(*one),
                _ => {
                    let fits = |other: Option<Birth>| match (birth(&of_file, at), other) {
                        (Some(one), Some(other)) => one.agrees(other),
                        _ => true,
                    };
                    let candidates: Vec<usize> = known.iter().copied().filter(|k| fits(birth(&stored, *k))).collect();
                    let rivals = |k: usize| {
                        let theirs = |a: &&usize| match (birth(&of_file, **a), birth(&stored, k)) {
                            (Some(one), Some(other)) => one.agrees(other),
                            _ => true,
                        };
                        asked.iter().filter(theirs).count()
                    };
                    match candidates.as_slice() {
                        [] => Pairing::New,
                        [one] if rivals(*one) == 1 => Pairing::Same(*one),
                        _ => Pairing::Doubtful,
                    }
                }
            };
            if let Some(pair) = pairs.get_mut(at) {
                *pair = pairing;
            }
        }
    }
    pairs
}

/// Delegates by name; groups count only where several bear one name.
fn pair_delegates(of_file: &[&Delegate], stored: &[&Delegate]) -> Vec<Pairing> {
    let group = |delegate: &Delegate| delegate.group.as_ref().map(|group| person_key(group));
    let mut pairs = vec![Pairing::New; of_file.len()];
    let mut by_name: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (at, delegate) in of_file.iter().enumerate() {
        by_name.entry(person_key(&delegate.name)).or_default().0.push(at);
    }
    for (at, delegate) in stored.iter().enumerate() {
        by_name.entry(person_key(&delegate.name)).or_default().1.push(at);
    }
    for (asked, known) in by_name.into_values() {
        let mut left = known;
        let mut open = Vec::new();
        for at in asked {
            let own = of_file.get(at).and_then(|delegate| group(delegate));
            let same = left.iter().position(|k| stored.get(*k).is_some_and(|delegate| group(delegate) == own));
            match same {
                Some(found) => pairs[at] = Pairing::Same(left.remove(found)),
                None => open.push(at),
            }
        }
        match (open.as_slice(), left.as_slice()) {
            (_, []) => {}
            ([at], [one]) => pairs[*at] = Pairing::Same(*one),
            _ => open.iter().for_each(|at| pairs[*at] = Pairing::Doubtful),
        }
    }
    pairs
}

/// Where each row of the workbook goes.
enum Row<I> {
    Known(I),
    Restored(I),
    New,
    Doubtful,
}

/// Those who count take this order: that of the workbook, and a person who is not in it stays behind the person before.
/// All share out the numbers that there are; new ones get the next.
fn numbers<I: Copy + Ord>(file: &[Person<I>], counting: &[(I, u32)], last: u32) -> BTreeMap<Person<I>, u32> {
    let in_file: BTreeSet<Person<I>> = file.iter().copied().collect();
    let mut order: Vec<Person<I>> = file.to_vec();
    let mut before: Option<Person<I>> = None;
    for (id, _) in counting {
        let person = Person::Known(*id);
        if !in_file.contains(&person) {
            let at = before.and_then(|before| order.iter().position(|other| *other == before)).map_or(0, |at| at + 1);
            order.insert(at, person);
        }
        before = Some(person);
    }
    let mut pool: Vec<u32> = counting.iter().map(|(_, number)| *number).collect();
    pool.sort_unstable();
    let more = (last + 1..).take(order.len().saturating_sub(pool.len()));
    pool.extend(more);
    order.into_iter().zip(pool).collect()
}

fn doubtful(code: &'static str, place: &str, name: &str, remedy: &str) -> Finding {
    let what = format!("{name}: có người trùng tên, chưa rõ là ai trong những người đang lưu.");
    Finding::new(code, Severity::Error, place, what, remedy)
}

fn too_long(place: &str, what: &str, text: &str, most: usize) -> Option<Finding> {
    let letters = text.chars().count();
    (letters > most).then(|| {
        let what = format!("{what} dài {letters} ký tự, quá {most}.");
        Finding::new("DIF-008", Severity::Error, place, what, "Rút ngắn, hoặc kiểm tra ô có bị dán nhầm.")
    })
}

/// The section, and who each person of the workbook is.
pub(super) fn officials(
    file: Option<&[Placed<Official>]>,
    stored: &[(OfficialId, &RosterOfficial)],
    findings: &mut Vec<Finding>,
) -> (Section<OfficialId, RosterOfficial>, Vec<Person<OfficialId>>) {
    let Some(file) = file else { return (Section::default(), Vec::new()) };
    let of_file = || file.iter().map(|placed| &placed.value);
    let (away, here): (Vec<_>, Vec<_>) = stored.iter().copied().partition(|(_, official)| official.withdrawn);
    let pairs = pair_officials(of_file(), here.iter().map(|(_, kept)| &kept.official));
    let back = pair_officials(of_file(), away.iter().map(|(_, kept)| &kept.official));
    let rows = pairs.iter().zip(&back).map(|pair| row(pair, &here, &away)).collect();
    for placed in file {
        check_official(placed, findings);
    }
    let remedy = "Ghi ngày sinh của những người trùng tên, trong tệp và ở trang của từng người, rồi gửi lại tệp.";
    let merge = |before: Option<&RosterOfficial>, official: &Official, position| match before {
        Some(before) => merged_official(before, official, position),
        None => RosterOfficial {
            account: None,
            former_posts: Vec::new(),
            official: official.clone(),
            position,
            withdrawn: false,
        },
    };
    let list = List { file, rows, stored, code: "DIF-001", remedy };
    list.section(findings, |official| &official.name, |kept| (kept.position, kept.withdrawn), merge)
}

/// All who may sit on a board, with their names.
pub(super) type Voters = Vec<(Person<DelegateId>, String)>;

/// The section, and all who may sit on a board.
pub(super) fn delegates(
    file: Option<&[Placed<Delegate>]>,
    stored: &[(DelegateId, &RosterDelegate)],
    findings: &mut Vec<Finding>,
) -> (Section<DelegateId, RosterDelegate>, Voters) {
    let counting = stored.iter().filter(|(_, kept)| !kept.withdrawn);
    let mut voters: Vec<_> = counting.map(|(id, kept)| (Person::Known(*id), kept.delegate.name.clone())).collect();
    let Some(file) = file else { return (Section::default(), voters) };
    let of_file: Vec<&Delegate> = file.iter().map(|placed| &placed.value).collect();
    let (away, here): (Vec<_>, Vec<_>) = stored.iter().copied().partition(|(_, delegate)| delegate.withdrawn);
    let known = |list: &[(DelegateId, &RosterDelegate)]| -> Vec<Delegate> {
        list.iter().map(|(_, kept)| kept.delegate.clone()).collect()
    };
    let (here_known, away_known) = (known(&here), known(&away));
    let pairs = pair_delegates(&of_file, &here_known.iter().collect::<Vec<_>>());
    let back = pair_delegates(&of_file, &away_known.iter().collect::<Vec<_>>());
    let rows = pairs.iter().zip(&back).map(|pair| row(pair, &here, &away)).collect();
    for Placed { place, value } in file {
        findings.extend(too_long(place, "Họ tên", &value.name, MAX_NAME_LETTERS));
        findings.extend(value.group.as_ref().and_then(|group| too_long(place, "Tên tổ", group, MAX_NAME_LETTERS)));
    }
    let merge = |before: Option<&RosterDelegate>, delegate: &Delegate, position| match before {
        Some(before) => RosterDelegate {
            delegate: Delegate {
                name: delegate.name.clone(),
                group: delegate.group.clone().or_else(|| before.delegate.group.clone()),
            },
            position,
            withdrawn: false,
            ..before.clone()
        },
        None => RosterDelegate {
            account: None,
            delegate: delegate.clone(),
            is_secretary: false,
            position,
            withdrawn: false,
        },
    };
    let remedy = "Ghi tổ đại biểu của những người trùng tên, hoặc ghi thêm năm sinh sau họ tên, rồi gửi lại tệp.";
    let list = List { file, rows, stored, code: "DIF-002", remedy };
    let (section, people) =
        list.section(findings, |delegate| &delegate.name, |kept| (kept.position, kept.withdrawn), merge);
    for (person, placed) in people.iter().zip(file) {
        if !voters.iter().any(|(known, _)| known == person) {
            voters.push((*person, placed.value.name.clone()));
        }
    }
    (section, voters)
}

fn row<I: Copy, T>((here_pair, away_pair): (&Pairing, &Pairing), here: &[(I, &T)], away: &[(I, &T)]) -> Row<I> {
    let id = |list: &[(I, &T)], at: usize| list.get(at).map(|(id, _)| *id);
    match (here_pair, away_pair) {
        (Pairing::Same(at), _) => id(here, *at).map_or(Row::New, Row::Known),
        (Pairing::Doubtful, _) => Row::Doubtful,
        (Pairing::New, Pairing::Same(at)) => id(away, *at).map_or(Row::New, Row::Restored),
        (Pairing::New, _) => Row::New,
    }
}

/// A list of a workbook with who each of it is.
struct List<'l, I, F, T> {
    file: &'l [Placed<F>],
    rows: Vec<Row<I>>,
    stored: &'l [(I, &'l T)],
    code: &'static str,
    remedy: &'static str,
}

impl<I: Copy + Ord, F, T: Clone + PartialEq> List<'_, I, F, T> {
    fn section(
        self,
        findings: &mut Vec<Finding>,
        name: impl Fn(&F) -> &str,
        standing: impl Fn(&T) -> (u32, bool),
        merge: impl Fn(Option<&T>, &F, u32) -> T,
    ) -> (Section<I, T>, Vec<Person<I>>) {
        let mut added = 0..;
        let mut people = Vec::with_capacity(self.rows.len());
        for (row, placed) in self.rows.iter().zip(self.file) {
            if matches!(row, Row::Doubtful) {
                findings.push(doubtful(self.code, &placed.place, name(&placed.value), self.remedy));
            }
            people.push(match row {
                Row::Known(id) | Row::Restored(id) => Person::Known(*id),
                Row::New | Row::Doubtful => Person::Added(added.next().unwrap_or_default()),
            });
        }
        let all = || self.stored.iter().map(|(id, kept)| (*id, standing(kept)));
        let counting: Vec<(I, u32)> = all().filter(|(_, (_, away))| !away).map(|(id, (at, _))| (id, at)).collect();
        let last = all().map(|(_, (at, _))| at).max().unwrap_or(0);
        let numbers = numbers(&people, &counting, last);
        let number = |person: Person<I>| numbers.get(&person).copied().unwrap_or(last);
        let of_file: BTreeMap<I, &F> = people
            .iter()
            .zip(self.file)
            .filter_map(|(person, placed)| match person {
                Person::Known(id) => Some((*id, &placed.value)),
                Person::Added(_) => None,
            })
            .collect();
        let mut section = Section::default();
        for (person, placed) in people.iter().zip(self.file) {
            if let Person::Added(_) = person {
                section.added.push(merge(None, &placed.value, number(*person)));
            }
        }
        for (id, before) in self.stored {
            match of_file.get(id) {
                Some(value) => {
                    let after = merge(Some(before), value, number(Person::Known(*id)));
                    if after == **before {
                        section.same += 1;
                    } else {
                        section.changed.push(Changed { id: *id, before: (*before).clone(), after });
                    }
                }
                None if !standing(before).1 => section.kept.push(*id),
                None => {}
            }
        }
        (section, people)
    }
}

fn check_official(placed: &Placed<Official>, findings: &mut Vec<Finding>) {
    let Placed { place, value } = placed;
    let posts = value.posts.iter().map(|post| ("Chức vụ", post.title.as_str(), MAX_LINE_LETTERS));
    let fields = value.fields.iter().map(|field| ("Lĩnh vực", field.0.as_str(), MAX_LINE_LETTERS));
    let notice = value.retirement_notice.iter().map(|notice| ("Thông báo", notice.text.as_str(), MAX_LINE_LETTERS));
    let own = [("Họ tên", value.name.as_str(), MAX_NAME_LETTERS), ("Khối", &value.block.0, MAX_LINE_LETTERS)];
    let texts = own.into_iter().chain(posts).chain(fields).chain(notice);
    findings.extend(texts.filter_map(|(what, text, most)| too_long(place, what, text, most)));
}

fn merged_official(before: &RosterOfficial, file: &Official, position: u32) -> RosterOfficial {
    let stored = &before.official;
    let post = |post: &Post| {
        let held = stored.posts.iter().find(|held| held.title == post.title);
        Post { title: post.title.clone(), elected_on: post.elected_on.or_else(|| held?.elected_on) }
    };
    let birth = match (file.birth, stored.birth) {
        // The year alone takes no day away.
        (Some(Birth::Year(year)), Some(Birth::Day(day))) if day.year() == year => stored.birth,
        (None, _) => stored.birth,
        (birth, _) => birth,
    };
    let official = Official {
        name: file.name.clone(),
        honorific: file.honorific,
        birth,
        posts: file.posts.iter().map(post).collect(),
        block: file.block.clone(),
        fields: if file.fields.is_empty() { stored.fields.clone() } else { file.fields.clone() },
        retirement_notice: file.retirement_notice.clone().or_else(|| stored.retirement_notice.clone()),
    };
    RosterOfficial { official, position, withdrawn: false, ..before.clone() }
}
