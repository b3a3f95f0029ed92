//! What a reader of a dossier would look for and not find: by law, and by year.

use jiff::civil::Date;

use super::{Coverage, FactNo, Gathered};
use crate::council::CouncilKind;
use crate::fact::{Fact, FactKind, Status};
use crate::official::Official;
use crate::rules::{Attested, RuleSet};
use crate::text::date_dmy;

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MissingKind {
    PostDate,
    /// No section of the person's own report.
    Report,
    /// No asset declaration in the year of the vote.
    AssetDeclarationForVote,
    /// No asset declaration in a full year served before.
    AssetDeclarationOfYear,
    YearlyRating,
    QuestioningReply,
    /// A voters' opinion without an explanation.
    OpinionReply,
    /// A target whose period is over, without an actual value or a status.
    TargetActual,
    /// A task, promise or recommendation that is open past its due day.
    PastDue,
    /// A supervision conclusion that does not say how far its recommendation has come.
    SupervisionStatus,
}

impl MissingKind {
    /// The deadline of `rules` for `body` that asks for it: the article and how well it was read. Only the person's own
    /// report and asset declaration are owed by the instrument itself.
    pub fn law(self, rules: &RuleSet, body: CouncilKind) -> Option<(&str, Attested)> {
        const PERSON_FILES: [&str; 2] = ["person_report", "person_file"];
        if !matches!(self, Self::Report | Self::AssetDeclarationForVote) {
            return None;
        }
        let rule =
            rules.deadlines.iter().find(|d| d.councils.contains(&body) && PERSON_FILES.contains(&d.id.as_str()))?;
        Some((&rule.cite, rule.attested))
    }
}

/// One gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    pub kind: MissingKind,
    pub year: Option<i16>,
    /// The fact that has the gap, where it is of a fact.
    pub fact: Option<FactNo>,
    /// Vietnamese sentence.
    pub text: String,
}

/// Gaps of a person's dossier: what the person owes, then by year, then by fact.
pub(super) fn of_person(official: &Official, gathered: &Gathered<'_>, coverage: Coverage) -> Vec<Missing> {
    let gap = |kind, year, text| Missing { kind, year, fact: None, text };
    let mut missing = Vec::new();
    for post in official.posts.iter().filter(|p| p.elected_on.is_none()) {
        let text = format!("Chưa ghi ngày được bầu, phê chuẩn chức vụ {}; kỳ hồ sơ có thể tính chưa đúng.", post.title);
        missing.push(gap(MissingKind::PostDate, None, text));
    }
    let has = |kind, year: Option<i16>| {
        gathered.facts.iter().any(|f| f.kind == kind && year.is_none_or(|y| f.period.year() == y))
    };
    if !has(FactKind::ReportSection, None) {
        let text = "Chưa có báo cáo của người được lấy phiếu.".to_owned();
        missing.push(gap(MissingKind::Report, None, text));
    }
    let vote_year = coverage.to.year();
    if !has(FactKind::AssetDeclaration, Some(vote_year)) {
        let text = format!("Chưa có bản kê khai tài sản, thu nhập năm {vote_year} phục vụ lấy phiếu.");
        missing.push(gap(MissingKind::AssetDeclarationForVote, Some(vote_year), text));
    }
    for year in coverage.full_years() {
        if !has(FactKind::YearlyRating, Some(year)) {
            let text = format!("Chưa có kết quả xếp loại năm {year}.");
            missing.push(gap(MissingKind::YearlyRating, Some(year), text));
        }
        if year != vote_year && !has(FactKind::AssetDeclaration, Some(year)) {
            let text = format!("Chưa có bản kê khai tài sản, thu nhập năm {year}.");
            missing.push(gap(MissingKind::AssetDeclarationOfYear, Some(year), text));
        }
    }
    missing.extend(of_facts(gathered, coverage));
    missing
}

/// Gaps of single facts, in reading order.
pub(super) fn of_facts(gathered: &Gathered<'_>, coverage: Coverage) -> Vec<Missing> {
    let gap = |number, fact: &Fact| {
        let (kind, text) = gap_of(number, fact, coverage.to)?;
        Some(Missing { kind, year: Some(fact.period.year()), fact: Some(number), text })
    };
    gathered.numbered().filter_map(|(number, fact)| gap(number, fact)).collect()
}

/// The gap of one fact; being past due comes before everything else that it lacks.
fn gap_of(number: FactNo, fact: &Fact, to: Date) -> Option<(MissingKind, String)> {
    let unfinished = matches!(fact.status, None | Some(Status::Open));
    if let (true, Some(due)) = (unfinished, fact.due)
        && due < to
    {
        let days = due.until(to).map_or(0, |span| span.get_days());
        let what = fact.kind.label();
        let text = format!("Dữ kiện {}: {what} quá hạn {} ({days} ngày), chưa hoàn thành.", number.0, date_dmy(due));
        return Some((MissingKind::PastDue, text));
    }
    let (kind, what) = match fact.kind {
        FactKind::Questioning if fact.reply.is_none() => {
            (MissingKind::QuestioningReply, "chất vấn chưa có nội dung trả lời")
        }
        FactKind::VotersOpinion if fact.reply.is_none() => {
            (MissingKind::OpinionReply, "ý kiến cử tri chưa có giải trình")
        }
        FactKind::Target if fact.period.end() <= to && !has_result(fact) => {
            (MissingKind::TargetActual, "chỉ tiêu chưa có số thực hiện")
        }
        FactKind::Supervision if fact.status.is_none() => {
            (MissingKind::SupervisionStatus, "kiến nghị giám sát chưa có tình trạng thực hiện")
        }
        _ => return None,
    };
    Some((kind, format!("Dữ kiện {} ({}): {what}.", number.0, fact.period.text())))
}

/// A target with a plan needs the actual value; one in words only, a status.
fn has_result(fact: &Fact) -> bool {
    match &fact.figures {
        Some(figures) => figures.actual.is_some(),
        None => fact.status.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::book::Book;
    use crate::decimal::Decimal;
    use crate::dossier::compile;
    use crate::fact::{Figures, Period};
    use crate::fixture::{self, fact};
    use crate::official::OfficialNo;

    const VOTE: Date = date(2023, 12, 7);
    const TERM: Option<Date> = Some(date(2021, 6, 30));

    fn gaps(book: &Book) -> Vec<(MissingKind, Option<i16>)> {
        let dossier = compile(book, OfficialNo(0), VOTE).expect("official");
        dossier.missing.iter().map(|m| (m.kind, m.year)).collect()
    }

    fn of_year(kind: FactKind, year: i16) -> Fact {
        fact(kind, Period::Year(year), "x")
    }

    fn complete() -> Book {
        fixture::book()
            .with_official("Trần Văn B", &[("Giám đốc Sở Y tế", TERM)])
            .with_fact(of_year(FactKind::YearlyRating, 2022))
            .with_fact(of_year(FactKind::AssetDeclaration, 2022))
            .with_fact(fact(FactKind::AssetDeclaration, Period::Day(date(2023, 11, 1)), "x"))
            .with_fact(fact(FactKind::ReportSection, Period::Day(date(2023, 11, 1)), "x"))
    }

    #[test]
    fn nothing_is_missing_from_a_complete_dossier_and_half_years_owe_no_rating() {
        assert_eq!(gaps(&complete()), [], "2021 and 2023 were not served in full");
    }

    #[test]
    fn what_the_person_owes_is_missed_with_its_article() {
        let book = fixture::book().with_official("Trần Văn B", &[("Giám đốc Sở Y tế", None)]);
        assert_eq!(
            gaps(&book),
            [
                (MissingKind::PostDate, None),
                (MissingKind::Report, None),
                (MissingKind::AssetDeclarationForVote, Some(2023)),
                (MissingKind::YearlyRating, Some(2022)),
                (MissingKind::AssetDeclarationOfYear, Some(2022)),
            ]
        );
        let rules = fixture::rules();
        assert_eq!(MissingKind::Report.law(&rules, CouncilKind::ProvinceCouncil), Some(("Điều 11", Attested::Single)));
        assert_eq!(MissingKind::YearlyRating.law(&rules, CouncilKind::ProvinceCouncil), None);
    }

    #[test]
    fn open_ends_of_single_facts_are_named() {
        let figures = |actual: Option<&str>| {
            let decimal = |t| Decimal::parse_plain(t).expect("plain");
            Some(Figures { planned: Some(decimal("92")), actual: actual.map(decimal), unit: "%".into() })
        };
        let day = Period::Day(date(2023, 7, 1));
        let task = |status, due| Fact { status, due, ..fact(FactKind::AssignedTask, day, "x") };
        let book = complete()
            .with_fact(Fact { figures: figures(None), ..of_year(FactKind::Target, 2022) })
            .with_fact(Fact { figures: figures(None), ..of_year(FactKind::Target, 2023) })
            .with_fact(Fact { figures: figures(Some("92")), ..of_year(FactKind::Target, 2022) })
            .with_fact(task(Some(Status::Open), Some(date(2023, 12, 6))))
            .with_fact(task(Some(Status::Open), Some(VOTE)))
            .with_fact(task(Some(Status::Late), Some(date(2023, 9, 1))))
            .with_fact(fact(FactKind::Questioning, day, "x"))
            .with_fact(Fact { reply: Some("đã trả lời".into()), ..fact(FactKind::Questioning, day, "x") })
            .with_fact(fact(FactKind::Supervision, day, "x"))
            .with_fact(fact(FactKind::VotersOpinion, day, "x"));
        assert_eq!(
            gaps(&book),
            [
                (MissingKind::TargetActual, Some(2022)),
                (MissingKind::PastDue, Some(2023)),
                (MissingKind::QuestioningReply, Some(2023)),
                (MissingKind::SupervisionStatus, Some(2023)),
                (MissingKind::OpinionReply, Some(2023)),
            ]
        );
    }
}
