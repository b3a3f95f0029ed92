//! Which facts of a dossier somebody looks for: by year, kind, and whether they came out as planned. Links without a script.

use std::collections::BTreeSet;

use serde::Deserialize;

use domain::document::{FactMark, Guide};
use domain::fact::{FactKind, Status};

/// `?nam=2022&loai=target&muc=chua-dat`; what is none of these is no filter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    nam: String,
    loai: String,
    muc: String,
}

/// What to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    year: Option<i16>,
    kind: Option<FactKind>,
    /// Not met, late, or not done yet.
    is_unmet: bool,
}

/// Value of `muc` for what did not come out as planned, or not yet.
const UNMET: &str = "chua-dat";

/// A link to other facts of the same dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub label: String,
    /// How many facts it shows.
    pub count: usize,
    /// The query; `None` for what is shown now.
    pub to: Option<String>,
}

/// Choices of one sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    pub name: &'static str,
    pub choices: Vec<Choice>,
}

impl Filter {
    pub fn of(wanted: &Wanted) -> Self {
        Self { year: wanted.nam.parse().ok(), kind: FactKind::from_code(&wanted.loai), is_unmet: wanted.muc == UNMET }
    }

    /// The facts of one kind in one year.
    pub const fn of_year(year: i16, kind: FactKind, is_unmet: bool) -> Self {
        Self { year: Some(year), kind: Some(kind), is_unmet }
    }

    pub fn is_active(self) -> bool {
        self != Self::default()
    }

    /// The numbers of the facts to show.
    pub fn numbers(self, guide: &Guide) -> BTreeSet<usize> {
        (1..).zip(&guide.facts).filter(|(_, mark)| self.takes(mark)).map(|(number, _)| number).collect()
    }

    fn takes(self, mark: &FactMark) -> bool {
        let is_unmet = matches!(mark.status, Some(Status::NotMet | Status::Late | Status::Open));
        self.year.is_none_or(|year| year == mark.year)
            && self.kind.is_none_or(|kind| kind == mark.kind)
            && (is_unmet || !self.is_unmet)
    }

    /// What is shown, in words: `năm 2022, Chỉ tiêu`.
    pub fn text(self) -> String {
        let year = self.year.map(|year| format!("năm {year}"));
        let unmet = self.is_unmet.then(|| "chưa đạt, chậm hoặc chưa xong".to_owned());
        let words = [year, self.kind.map(|kind| kind.label().to_owned()), unmet];
        words.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Choices that keep the rest of this filter; one that would show nothing is not offered.
    pub fn choices(self, guide: &Guide) -> Vec<Choices> {
        let years: BTreeSet<i16> = guide.facts.iter().map(|mark| mark.year).collect();
        let all = |name: &str| format!("Mọi {name}");
        let choice = |label: String, filter: Self| Choice {
            label,
            count: guide.facts.iter().filter(|mark| filter.takes(mark)).count(),
            to: (filter != self).then(|| filter.query()),
        };
        let year =
            |year: Option<i16>| choice(year.map_or_else(|| all("năm"), |year| year.to_string()), Self { year, ..self });
        let kind = |kind: Option<FactKind>| {
            choice(kind.map_or_else(|| all("loại"), |kind| kind.label().to_owned()), Self { kind, ..self })
        };
        let unmet = |is_unmet, label: &str| choice(label.to_owned(), Self { is_unmet, ..self });
        let groups = [
            ("Kết quả", vec![unmet(false, "Mọi kết quả"), unmet(true, "Chưa đạt, chậm hoặc chưa xong")]),
            ("Năm", std::iter::once(None).chain(years.into_iter().map(Some)).map(year).collect()),
            ("Loại", std::iter::once(None).chain(FactKind::ALL.map(Some)).map(kind).collect()),
        ];
        let offered = |(name, choices): (&'static str, Vec<Choice>)| {
            let choices = choices.into_iter().filter(|choice| choice.count > 0 || choice.to.is_none()).collect();
            Choices { name, choices }
        };
        groups.map(offered).into()
    }

    /// The query that asks for it.
    pub fn query(self) -> String {
        let year = self.year.map(|year| format!("nam={year}"));
        let kind = self.kind.map(|kind| format!("loai={}", kind.code()));
        let unmet = self.is_unmet.then(|| format!("muc={UNMET}"));
        format!("?{}", [year, kind, unmet].into_iter().flatten().collect::<Vec<_>>().join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guide() -> Guide {
        let mark = |kind, year, status| FactMark { kind, year, status };
        let facts = vec![
            mark(FactKind::Target, 2021, Some(Status::Met)),
            mark(FactKind::Target, 2022, Some(Status::NotMet)),
            mark(FactKind::AssignedTask, 2022, Some(Status::Open)),
            mark(FactKind::Award, 2022, None),
        ];
        Guide { part: "Khối".into(), facts }
    }

    fn filter(nam: &str, loai: &str, muc: &str) -> Filter {
        Filter::of(&Wanted { nam: nam.into(), loai: loai.into(), muc: muc.into() })
    }

    #[test]
    fn what_is_typed_into_the_address_chooses_facts_or_nothing_is_chosen() {
        let numbers = |filter: Filter| Vec::from_iter(filter.numbers(&guide()));
        assert_eq!(numbers(filter("2022", "", "")), [2, 3, 4]);
        assert_eq!(numbers(filter("2022", "target", "")), [2]);
        assert_eq!(numbers(filter("", "", "chua-dat")), [2, 3]);
        assert_eq!(numbers(filter("2030", "", "")), [0; 0]);
        let nonsense = filter("năm nay", "<script>", "1");
        assert!(!nonsense.is_active() && numbers(nonsense) == [1, 2, 3, 4]);
    }

    #[test]
    fn a_choice_keeps_the_rest_of_the_filter_and_one_that_shows_nothing_is_not_offered() {
        let groups = filter("2021", "", "").choices(&guide());
        let of = |name: &str| &groups.iter().find(|group| group.name == name).expect("group").choices;
        let told = |choice: &Choice| (choice.label.clone(), choice.count, choice.to.clone());
        let one = |label: &str, count, to: Option<&str>| (label.to_owned(), count, to.map(str::to_owned));
        assert_eq!(of("Kết quả").iter().map(told).collect::<Vec<_>>(), [one("Mọi kết quả", 1, None)]);
        assert_eq!(
            of("Năm").iter().map(told).collect::<Vec<_>>(),
            [one("Mọi năm", 4, Some("?")), one("2021", 1, None), one("2022", 3, Some("?nam=2022"))]
        );
        assert_eq!(
            of("Loại").iter().map(told).collect::<Vec<_>>(),
            [one("Mọi loại", 1, None), one("Chỉ tiêu", 1, Some("?nam=2021&loai=target"))]
        );
        assert_eq!(filter("2022", "target", "chua-dat").text(), "năm 2022, Chỉ tiêu, chưa đạt, chậm hoặc chưa xong");
    }
}
