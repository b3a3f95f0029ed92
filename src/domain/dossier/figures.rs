//! What can be counted of facts: by kind, status and year, and targets over the years.

use std::collections::BTreeMap;

use super::FactNo;
use crate::decimal::Decimal;
use crate::fact::{Fact, FactKind, Status};
use crate::text::fold;

/// The facts behind each status; the length of a list is its figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusFigures {
    /// Đạt.
    pub met: Vec<FactNo>,
    /// Không đạt.
    pub not_met: Vec<FactNo>,
    /// Đúng hạn.
    pub on_time: Vec<FactNo>,
    /// Chậm.
    pub late: Vec<FactNo>,
    /// Đang thực hiện.
    pub open: Vec<FactNo>,
    pub unstated: Vec<FactNo>,
}

impl StatusFigures {
    /// The facts with `status`.
    pub fn of(&self, status: Option<Status>) -> &[FactNo] {
        match status {
            Some(Status::Met) => &self.met,
            Some(Status::NotMet) => &self.not_met,
            Some(Status::OnTime) => &self.on_time,
            Some(Status::Late) => &self.late,
            Some(Status::Open) => &self.open,
            None => &self.unstated,
        }
    }

    fn list(&mut self, status: Option<Status>) -> &mut Vec<FactNo> {
        match status {
            Some(Status::Met) => &mut self.met,
            Some(Status::NotMet) => &mut self.not_met,
            Some(Status::OnTime) => &mut self.on_time,
            Some(Status::Late) => &mut self.late,
            Some(Status::Open) => &mut self.open,
            None => &mut self.unstated,
        }
    }

    /// All facts, whatever their status.
    pub fn total(&self) -> usize {
        Status::ALL.iter().map(|s| self.of(Some(*s)).len()).sum::<usize>() + self.unstated.len()
    }
}

/// How far the facts of one kind and year have come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearFigures {
    pub kind: FactKind,
    /// Calendar year of the facts' last day.
    pub year: i16,
    pub by_status: StatusFigures,
}

/// The facts of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearFacts {
    /// Calendar year of the facts' last day.
    pub year: i16,
    /// In time order.
    pub facts: Vec<FactNo>,
}

/// A target measured in at least two years: same field, same words without the year, same unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetSeries<'b> {
    pub title: String,
    /// Unit: `%`, `tỷ đồng`.
    pub unit: &'b str,
    /// In time order.
    pub points: Vec<SeriesPoint>,
}

/// One measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesPoint {
    /// `2023`; the whole period where a year has several measurements.
    pub label: String,
    pub fact: FactNo,
    /// Kế hoạch.
    pub planned: Option<Decimal>,
    /// Thực hiện.
    pub actual: Option<Decimal>,
}

/// Kinds that have a status by their nature: one without is itself worth knowing.
const fn is_tracked(kind: FactKind) -> bool {
    matches!(
        kind,
        FactKind::Target | FactKind::AssignedTask | FactKind::Questioning | FactKind::Supervision | FactKind::Petition
    )
}

fn numbered<'a, 'b>(facts: &'a [&'b Fact]) -> impl Iterator<Item = (FactNo, &'b Fact)> + use<'a, 'b> {
    facts.iter().enumerate().map(|(i, fact)| (FactNo(i + 1), *fact))
}

pub(super) fn by_year(facts: &[&Fact]) -> Vec<YearFigures> {
    let mut table: BTreeMap<(FactKind, i16), StatusFigures> = BTreeMap::new();
    for (number, fact) in numbered(facts) {
        if is_tracked(fact.kind) || fact.status.is_some() {
            table.entry((fact.kind, fact.period.year())).or_default().list(fact.status).push(number);
        }
    }
    table.into_iter().map(|((kind, year), by_status)| YearFigures { kind, year, by_status }).collect()
}

pub(super) fn of_kind(facts: &[&Fact], kind: FactKind) -> Vec<YearFacts> {
    let mut years: BTreeMap<i16, Vec<FactNo>> = BTreeMap::new();
    for (number, fact) in numbered(facts).filter(|(_, fact)| fact.kind == kind) {
        years.entry(fact.period.year()).or_default().push(number);
    }
    years.into_iter().map(|(year, facts)| YearFacts { year, facts }).collect()
}

pub(super) fn series<'b>(facts: &[&'b Fact]) -> Vec<TargetSeries<'b>> {
    let mut all: Vec<(TargetSeries<'b>, Vec<&'b Fact>)> = Vec::new();
    let mut known: BTreeMap<(&str, String, &str), usize> = BTreeMap::new();
    for (number, fact) in numbered(facts).filter(|(_, fact)| fact.kind == FactKind::Target) {
        let Some(figures) = &fact.figures else { continue };
        let title = timeless(&fact.text);
        let at = *known.entry((&fact.field.0, fold(&title), &figures.unit)).or_insert_with(|| {
            all.push((TargetSeries { title, unit: &figures.unit, points: Vec::new() }, Vec::new()));
            all.len() - 1
        });
        if let Some((series, behind)) = all.get_mut(at) {
            let label = fact.period.year().to_string();
            series.points.push(SeriesPoint { label, fact: number, planned: figures.planned, actual: figures.actual });
            behind.push(fact);
        }
    }
    all.into_iter().filter_map(|(series, behind)| several_years(series, &behind)).collect()
}

/// The series if it spans two years or more; two measurements of one year are distinguished by their whole period.
fn several_years<'b>(mut series: TargetSeries<'b>, behind: &[&Fact]) -> Option<TargetSeries<'b>> {
    let years: Vec<i16> = behind.iter().map(|f| f.period.year()).collect();
    if years.iter().all(|y| Some(y) == years.first()) {
        return None;
    }
    for (point, fact) in series.points.iter_mut().zip(behind) {
        if years.iter().filter(|y| **y == fact.period.year()).count() > 1 {
            point.label = fact.period.text();
        }
    }
    Some(series)
}

/// `text` without its years, so that "Tỷ lệ giải ngân năm 2022" and "… năm 2023" are one target.
fn timeless(text: &str) -> String {
    fn bare(word: &str) -> &str {
        word.trim_matches(|c: char| !c.is_alphanumeric())
    }
    let mut words: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let digits = bare(word);
        let is_year = digits.len() == 4 && digits.parse().is_ok_and(|n: u16| (1900..2100).contains(&n));
        if !is_year {
            words.push(word);
        } else if words.last().is_some_and(|before| bare(before).to_lowercase() == "năm") {
            words.pop();
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::fact::{Figures, Period};
    use crate::fixture::fact;

    fn target(year: i16, text: &str, planned: &str, actual: Option<&str>) -> Fact {
        let decimal = |t| Decimal::parse_plain(t).expect("plain");
        Fact {
            figures: Some(Figures {
                planned: Some(decimal(planned)),
                actual: actual.map(decimal),
                unit: "%".into(),
                lower_is_better: false,
            }),
            ..fact(FactKind::Target, Period::Year(year), text)
        }
    }

    #[test]
    fn every_figure_names_the_facts_behind_it() {
        let with = |kind, year, status| Fact { status, ..fact(kind, Period::Year(year), "x") };
        let facts = [
            with(FactKind::Target, 2022, Some(Status::Met)),
            with(FactKind::Target, 2022, Some(Status::NotMet)),
            with(FactKind::Target, 2022, Some(Status::Met)),
            with(FactKind::Target, 2023, None),
            with(FactKind::AssignedTask, 2022, Some(Status::Late)),
            with(FactKind::Award, 2022, None),
        ];
        let borrowed: Vec<&Fact> = facts.iter().collect();
        let figures = by_year(&borrowed);
        let keys: Vec<_> = figures.iter().map(|f| (f.kind, f.year, f.by_status.total())).collect();
        assert_eq!(
            keys,
            [(FactKind::Target, 2022, 3), (FactKind::Target, 2023, 1), (FactKind::AssignedTask, 2022, 1),]
        );
        assert_eq!(figures[0].by_status.met, [FactNo(1), FactNo(3)]);
        assert_eq!(figures[1].by_status.of(None), [FactNo(4)]);
    }

    #[test]
    fn a_target_of_several_years_is_one_series_whatever_the_year_in_its_words() {
        let facts = [
            target(2021, "Tỷ lệ bao phủ BHYT năm 2021", "91", Some("90.5")),
            target(2022, "Tỷ lệ bao phủ BHYT (năm 2022)", "92", Some("92.1")),
            target(2023, "Tỷ lệ bao phủ  BHYT", "93", None),
            target(2023, "Số giường bệnh trên vạn dân", "30", Some("31")),
        ];
        let borrowed: Vec<&Fact> = facts.iter().collect();
        let series = series(&borrowed);
        assert_eq!(series.len(), 1, "a target of one year has no course to draw");
        assert_eq!(series[0].title, "Tỷ lệ bao phủ BHYT");
        let points: Vec<_> = series[0].points.iter().map(|p| (p.label.as_str(), p.fact, p.actual.is_some())).collect();
        assert_eq!(points, [("2021", FactNo(1), true), ("2022", FactNo(2), true), ("2023", FactNo(3), false)]);
    }

    #[test]
    fn two_measurements_of_one_year_are_told_apart() {
        let mut half = target(2022, "Tỷ lệ bao phủ BHYT", "92", Some("91"));
        half.period = Period::Span(date(2022, 1, 1), date(2022, 6, 30));
        let facts =
            [target(2021, "Tỷ lệ bao phủ BHYT", "91", None), half, target(2022, "Tỷ lệ bao phủ BHYT", "92", None)];
        let borrowed: Vec<&Fact> = facts.iter().collect();
        let labels: Vec<_> = series(&borrowed)[0].points.iter().map(|p| p.label.clone()).collect();
        assert_eq!(labels, ["2021", "01/01/2022 - 30/06/2022", "Năm 2022"]);
    }
}
