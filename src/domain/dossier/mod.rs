//! Hồ sơ: the facts of one official, or of one field, from the start of the term or of the post to a day.
//!
//! A dossier gathers, counts and says what is missing. It gives no score and no rank: the delegate judges. Facts are
//! borrowed from the book and numbered from 1 in reading order, so that every figure can name the facts behind it.

mod canonical;
mod days;
mod figures;
mod missing;

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;

use super::book::Book;
use super::council::Council;
use super::fact::{Fact, FactKind};
use super::official::{Field, Official, OfficialNo};
use super::text::date_dmy;

pub use canonical::{canonical_field_text, canonical_text};
pub use days::Days;
pub use figures::{SeriesPoint, StatusFigures, TargetSeries, YearFacts, YearFigures};
pub use missing::{Missing, MissingKind};

/// Number of a fact in its dossier, from 1, as papers print it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactNo(pub usize);

/// Why a dossier begins on its first day (Thông tư 45/2015/TT-BCA, Điều 7, where NQ 96/2023/QH15 is silent: the later of
/// the start of the term and of the post).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    Term,
    /// Start of the earliest post that the person holds.
    Post,
}

/// The days that a dossier covers, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    pub from: Date,
    /// Day of the vote.
    pub to: Date,
    /// The day by which facts are judged: of compiling, or of the vote where that is earlier.
    pub judged_on: Date,
    pub begins: Begins,
}

impl Coverage {
    /// Whether any day of the fact is covered.
    fn touches(self, fact: &Fact) -> bool {
        fact.period.start() <= self.to && fact.period.end() >= self.from
    }

    /// Calendar years of which every day is covered, and that are over on the day of compiling.
    pub fn full_years(self) -> impl Iterator<Item = i16> {
        let inside = move |year: i16| {
            let day = |month, day| Date::new(year, month, day).ok();
            day(1, 1).is_some_and(|d| d >= self.from) && day(12, 31).is_some_and(|d| d < self.judged_on)
        };
        (self.from.year()..=self.to.year()).filter(move |year| inside(*year))
    }

    /// `từ ngày 23/05/2021 (đầu nhiệm kỳ) đến ngày 07/12/2023`.
    pub fn text(self) -> String {
        let begins = match self.begins {
            Begins::Term => "đầu nhiệm kỳ",
            Begins::Post => "ngày nhận chức vụ",
        };
        format!("từ ngày {} ({begins}) đến ngày {}", date_dmy(self.from), date_dmy(self.judged_on))
    }

    /// The day on which somebody took office in the middle of `year`, so that a figure of the whole year is not of that
    /// person alone.
    pub fn took_office_in(self, year: i16) -> Option<Date> {
        let is_middle = self.from.year() == year && (self.from.month(), self.from.day()) != (1, 1);
        (self.begins == Begins::Post && is_middle).then_some(self.from)
    }
}

/// The facts of one kind in a [`Section`], in time order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub kind: FactKind,
    /// Positions in [`Gathered::facts`].
    pub facts: Range<usize>,
}

/// The facts of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<'b> {
    pub field: &'b Field,
    /// By kind, in the order of [`FactKind::ALL`].
    pub groups: Vec<Group>,
}

/// Facts in reading order with what can be counted of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered<'b> {
    /// By field, then kind, then time; the position plus 1 is the number.
    pub facts: Vec<&'b Fact>,
    /// Positions of the facts in [`Book::facts`], in the same order.
    pub places: Vec<usize>,
    /// The same by field and kind.
    pub sections: Vec<Section<'b>>,
    /// How far targets, tasks, promises and the like have come, by kind and year.
    pub figures: Vec<YearFigures>,
    /// Targets that are measured in several years.
    pub series: Vec<TargetSeries<'b>>,
    /// Yearly ratings, by year.
    pub ratings: Vec<YearFacts>,
    pub attendance: Vec<YearFacts>,
    pub left_out_before: usize,
    pub left_out_after: usize,
}

impl<'b> Gathered<'b> {
    /// Every fact with its number.
    pub fn numbered(&self) -> impl Iterator<Item = (FactNo, &'b Fact)> {
        self.facts.iter().enumerate().map(|(i, fact)| (FactNo(i + 1), *fact))
    }

    /// `None` when the number is of another dossier.
    pub fn fact(&self, number: FactNo) -> Option<&'b Fact> {
        self.facts.get(number.0.checked_sub(1)?).copied()
    }

    /// `candidates` come with their positions in the book.
    fn new(candidates: impl Iterator<Item = (usize, &'b Fact)>, coverage: Coverage, first_fields: &'b [Field]) -> Self {
        let (mut before, mut after) = (0, 0);
        let mut facts: Vec<(usize, &Fact)> = candidates
            .filter(|(_, fact)| {
                before += usize::from(fact.period.end() < coverage.from);
                after += usize::from(fact.period.start() > coverage.to);
                coverage.touches(fact)
            })
            .collect();
        let mut ranks: BTreeMap<&str, usize> = BTreeMap::new();
        for field in first_fields.iter().chain(facts.iter().map(|(_, f)| &f.field)) {
            let next = ranks.len();
            ranks.entry(&field.0).or_insert(next);
        }
        // Stable: facts of one day keep the order of the sheet.
        facts.sort_by_cached_key(|(_, f)| {
            (ranks.get(f.field.0.as_str()).copied(), f.kind, f.period.start(), f.period.end())
        });
        let (places, facts): (Vec<usize>, Vec<&Fact>) = facts.into_iter().unzip();
        let sections = sections(&facts);
        Self {
            figures: figures::by_year(&facts),
            series: figures::series(&facts),
            ratings: figures::of_kind(&facts, FactKind::YearlyRating),
            attendance: figures::of_kind(&facts, FactKind::Attendance),
            facts,
            places,
            sections,
            left_out_before: before,
            left_out_after: after,
        }
    }
}

fn sections<'b>(facts: &[&'b Fact]) -> Vec<Section<'b>> {
    let mut sections: Vec<Section<'b>> = Vec::new();
    let mut start = 0;
    for run in facts.chunk_by(|a, b| a.field == b.field && a.kind == b.kind) {
        let Some(first) = run.first() else { continue };
        let group = Group { kind: first.kind, facts: start..start + run.len() };
        start += run.len();
        match sections.last_mut() {
            Some(section) if *section.field == first.field => section.groups.push(group),
            _ => sections.push(Section { field: &first.field, groups: vec![group] }),
        }
    }
    sections
}

/// Hồ sơ of one official.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier<'b> {
    pub council: &'b Council,
    /// Position in the book.
    pub id: OfficialNo,
    pub official: &'b Official,
    pub coverage: Coverage,
    pub gathered: Gathered<'b>,
    /// What a reader would look for and not find.
    pub missing: Vec<Missing>,
}

/// Hồ sơ of one field, across officials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDossier<'b> {
    pub council: &'b Council,
    pub field: &'b Field,
    /// Days covered: always from the start of the term.
    pub coverage: Coverage,
    /// Officials in charge of the field or named by one of its facts, in the order of the list.
    pub officials: Vec<(OfficialNo, &'b Official)>,
    pub gathered: Gathered<'b>,
    /// What a reader would look for and not find.
    pub missing: Vec<Missing>,
}

/// The dossier of official `id` from the later of term start and earliest post to the day of the vote; `None` when the
/// book has no such official.
pub fn compile(book: &Book, id: OfficialNo, days: Days) -> Option<Dossier<'_>> {
    let official = book.official(id)?;
    let of_term = of_term(book, days);
    let coverage = match official.serves_since() {
        Some(since) if since > of_term.from => Coverage { from: since, begins: Begins::Post, ..of_term },
        _ => of_term,
    };
    let own = book.facts.iter().enumerate().filter(|(_, fact)| fact.officials.contains(&id));
    let gathered = Gathered::new(own, coverage, &official.fields);
    let missing = missing::of_person(official, &gathered, coverage, days);
    Some(Dossier { council: &book.council, id, official, coverage, gathered, missing })
}

/// The days from the start of the term to the vote.
fn of_term(book: &Book, days: Days) -> Coverage {
    Coverage { from: book.council.term.from, to: days.to, judged_on: days.judged_on(), begins: Begins::Term }
}

/// The dossier of `field` from the start of the term to the day of the vote.
pub fn compile_field<'b>(book: &'b Book, field: &'b Field, days: Days) -> FieldDossier<'b> {
    let coverage = of_term(book, days);
    let of_field = book.facts.iter().enumerate().filter(|(_, fact)| fact.field == *field);
    let gathered = Gathered::new(of_field, coverage, &[]);
    let named = |id: &OfficialNo| gathered.facts.iter().any(|fact| fact.officials.contains(id));
    let officials = book.officials().filter(|(id, o)| o.fields.contains(field) || named(id)).collect();
    let missing = missing::of_facts(&gathered, coverage);
    FieldDossier { council: &book.council, field, coverage, officials, gathered, missing }
}

/// Every field of the book: those of the officials in the order of the list, then those that only facts name.
pub fn fields(book: &Book) -> Vec<&Field> {
    let mut fields: Vec<&Field> = Vec::new();
    let of_facts = book.facts.iter().map(|fact| &fact.field);
    for field in book.officials.iter().flat_map(|o| &o.fields).chain(of_facts) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::fact::Period;
    use crate::fixture::{self, fact};

    const VOTE: Date = date(2023, 12, 7);

    fn book() -> Book {
        fixture::book().with_official("Trần Văn B", &[("Giám đốc Sở Y tế", Some(date(2022, 3, 1)))])
    }

    #[test]
    fn a_dossier_begins_with_the_post_of_somebody_who_came_later() {
        let book = book()
            .with_fact(fact(FactKind::Award, Period::Day(date(2022, 2, 28)), "trước khi nhận chức vụ"))
            .with_fact(fact(FactKind::Award, Period::Day(date(2022, 3, 1)), "ngày đầu"))
            .with_fact(fact(FactKind::Target, Period::Year(2022), "cả năm"))
            .with_fact(fact(FactKind::Award, Period::Day(VOTE), "ngày cuối"))
            .with_fact(fact(FactKind::Award, Period::Day(date(2023, 12, 8)), "sau ngày lấy phiếu"));
        let dossier = compile(&book, OfficialNo(0), Days::at(VOTE)).expect("official");
        assert_eq!((dossier.coverage.from, dossier.coverage.begins), (date(2022, 3, 1), Begins::Post));
        let texts: Vec<_> = dossier.gathered.facts.iter().map(|f| f.text.as_str()).collect();
        assert_eq!(texts, ["cả năm", "ngày đầu", "ngày cuối"]);
        assert_eq!((dossier.gathered.left_out_before, dossier.gathered.left_out_after), (1, 1));
        assert_eq!(dossier.coverage.full_years().collect::<Vec<_>>(), [0_i16; 0]);
        assert!(compile(&book, OfficialNo(1), Days::at(VOTE)).is_none());
    }

    #[test]
    fn facts_stand_by_own_fields_first_then_kind_then_time() {
        let mut elsewhere = fact(FactKind::Target, Period::Year(2022), "đất đai");
        elsewhere.field = Field("Đất đai".into());
        let book = book()
            .with_fact(elsewhere)
            .with_fact(fact(FactKind::Award, Period::Day(date(2023, 5, 1)), "khen"))
            .with_fact(fact(FactKind::Target, Period::Year(2023), "giường bệnh 2023"))
            .with_fact(fact(FactKind::Target, Period::Year(2022), "giường bệnh 2022"));
        let dossier = compile(&book, OfficialNo(0), Days::at(VOTE)).expect("official");
        let texts: Vec<_> = dossier.gathered.facts.iter().map(|f| f.text.as_str()).collect();
        assert_eq!(texts, ["giường bệnh 2022", "giường bệnh 2023", "khen", "đất đai"]);
        let shape = |s: &Section<'_>| (s.field.0.clone(), s.groups.iter().map(|g| g.facts.len()).collect::<Vec<_>>());
        let shapes: Vec<_> = dossier.gathered.sections.iter().map(shape).collect();
        assert_eq!(shapes, [("Y tế".to_owned(), vec![2, 1]), ("Đất đai".to_owned(), vec![1])]);
    }

    #[test]
    fn the_dossier_of_a_field_holds_the_facts_of_all_its_officials_from_the_start_of_the_term() {
        let mut shared = fact(FactKind::Supervision, Period::Day(date(2021, 9, 1)), "kết luận chung");
        shared.officials = vec![OfficialNo(0), OfficialNo(2)];
        let mut book = book()
            .with_official("Lê Thị C", &[("Phó Chủ tịch UBND tỉnh", None)])
            .with_official("Phạm Văn D", &[("Chủ tịch UBND tỉnh", None)])
            .with_fact(shared);
        book.officials[1].fields = vec![Field("Đất đai".into())];
        book.officials[2].fields = vec![];
        let health = Field("Y tế".into());
        let dossier = compile_field(&book, &health, Days::at(VOTE));
        let names: Vec<_> = dossier.officials.iter().map(|(_, o)| o.name.as_str()).collect();
        assert_eq!((names, dossier.gathered.facts.len()), (vec!["Trần Văn B", "Phạm Văn D"], 1));
        assert_eq!(fields(&book), [&health, &Field("Đất đai".into())]);
    }
}
