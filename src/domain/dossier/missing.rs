//! What a reader of a dossier would look for and not find: by law, and by year.

use jiff::civil::Date;

use super::{Coverage, Days, FactNo, Gathered};
use crate::council::CouncilKind;
use crate::fact::{Fact, FactKind, Period, Status};
use crate::official::Official;
use crate::rules::{Attested, RuleSet};
use crate::text::date_dmy;

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MissingKind {
    PostDate,
    /// No section of the person's own report.
    Report,
    /// No asset declaration for this vote.
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
    /// The same, due between the day of compiling and the vote: no fault, but worth knowing.
    DueBeforeVote,
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
pub(super) fn of_person(official: &Official, gathered: &Gathered<'_>, coverage: Coverage, days: Days) -> Vec<Missing> {
    let gap = |kind, year, text| Missing { kind, year, fact: None, text };
    let mut missing = Vec::new();
    for post in official.posts.iter().filter(|p| p.elected_on.is_none()) {
        let text =
            format!("Chưa ghi ngày được bầu, phê chuẩn chức vụ {}; thời gian của hồ sơ có thể chưa đúng.", post.title);
        missing.push(gap(MissingKind::PostDate, None, text));
    }
    missing.extend(own_files(gathered, days));
    missing.extend(of_years(gathered, coverage, days));
    missing.extend(of_facts(gathered, coverage));
    missing
}

/// What the person hands in for this vote. Before its last day it is told as awaited, not as missing.
fn own_files(gathered: &Gathered<'_>, days: Days) -> Vec<Missing> {
    let text = |what: &str, missing: String| match days.files_due {
        Some(due) if days.awaits_files() => format!("{what}: chưa nhận được, hạn gửi {}.", date_dmy(due)),
        _ => missing,
    };
    let mut missing = Vec::new();
    if !gathered.facts.iter().any(|f| f.kind == FactKind::ReportSection) {
        let text = text("Báo cáo của người được lấy phiếu", "Chưa có báo cáo của người được lấy phiếu.".to_owned());
        missing.push(Missing { kind: MissingKind::Report, year: None, fact: None, text });
    }
    if !gathered.facts.iter().any(|f| f.kind == FactKind::AssetDeclaration && is_for_vote(f, days)) {
        let what = "Bản kê khai tài sản, thu nhập phục vụ lấy phiếu";
        let absent = "Chưa có bản kê khai tài sản, thu nhập phục vụ lấy phiếu.".to_owned();
        let (kind, year) = (MissingKind::AssetDeclarationForVote, Some(days.to.year()));
        missing.push(Missing { kind, year, fact: None, text: text(what, absent) });
    }
    missing
}

/// A declaration that states no day is dated by its receipt.
fn is_for_vote(fact: &Fact, days: Days) -> bool {
    match fact.period {
        Period::Day(day) => days.is_for_vote(day),
        Period::Year(year) => year == days.to.year() || days.is_for_vote(fact.source.date),
        Period::Span(_, to) => days.is_for_vote(to),
    }
}

/// What every full year should have.
fn of_years(gathered: &Gathered<'_>, coverage: Coverage, days: Days) -> Vec<Missing> {
    let has = |kind, year: i16| gathered.facts.iter().any(|f| f.kind == kind && f.period.year() == year);
    let gap = |kind, year, text| Missing { kind, year: Some(year), fact: None, text };
    let mut missing = Vec::new();
    for year in coverage.full_years() {
        if !has(FactKind::YearlyRating, year) {
            let text = format!("Chưa có kết quả xếp loại năm {year}.");
            missing.push(gap(MissingKind::YearlyRating, year, text));
        }
        if year != days.to.year() && !has(FactKind::AssetDeclaration, year) {
            let text = format!("Chưa có bản kê khai tài sản, thu nhập năm {year}.");
            missing.push(gap(MissingKind::AssetDeclarationOfYear, year, text));
        }
    }
    missing
}

/// Gaps of single facts, in reading order.
pub(super) fn of_facts(gathered: &Gathered<'_>, coverage: Coverage) -> Vec<Missing> {
    let gap = |number, fact: &Fact| {
        let (kind, text) = gap_of(number, fact, coverage)?;
        Some(Missing { kind, year: Some(fact.period.year()), fact: Some(number), text })
    };
    gathered.numbered().filter_map(|(number, fact)| gap(number, fact)).collect()
}

/// The gap of one fact; being past due comes before everything else that it lacks. What has not come to pass by the day
/// of compiling lacks nothing.
fn gap_of(number: FactNo, fact: &Fact, coverage: Coverage) -> Option<(MissingKind, String)> {
    let judged_on = coverage.judged_on;
    let unfinished = matches!(fact.status, None | Some(Status::Open));
    if let (true, Some(due)) = (unfinished, fact.due)
        && due < coverage.to
    {
        return Some(due_gap(number, fact, due, judged_on));
    }
    if fact.period.end() > judged_on {
        return None;
    }
    let (kind, what) = match fact.kind {
        FactKind::Questioning if fact.reply.is_none() => {
            (MissingKind::QuestioningReply, "chất vấn chưa có nội dung trả lời")
        }
        FactKind::VotersOpinion if fact.reply.is_none() => {
            (MissingKind::OpinionReply, "ý kiến cử tri chưa có giải trình")
        }
        FactKind::Target if !has_result(fact) => (MissingKind::TargetActual, "chỉ tiêu chưa có số thực hiện"),
        FactKind::Supervision if fact.status.is_none() => {
            (MissingKind::SupervisionStatus, "kiến nghị giám sát chưa có tình trạng thực hiện")
        }
        _ => return None,
    };
    Some((kind, format!("Dữ kiện {} ({}): {what}.", number.0, fact.period.text())))
}

/// What is unfinished and due before the vote: past due, or not yet.
fn due_gap(number: FactNo, fact: &Fact, due: Date, judged_on: Date) -> (MissingKind, String) {
    let (what, day) = (fact.kind.label(), date_dmy(due));
    if due < judged_on {
        let days = due.until(judged_on).map_or(0, |span| span.get_days());
        let text = format!("Dữ kiện {}: {what} quá hạn {day} ({days} ngày), chưa hoàn thành.", number.0);
        (MissingKind::PastDue, text)
    } else {
        let text = format!("Dữ kiện {}: {what} đến hạn {day}, trước ngày bỏ phiếu.", number.0);
        (MissingKind::DueBeforeVote, text)
    }
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
        let dossier = compile(book, OfficialNo(0), Days::at(VOTE)).expect("official");
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
            Some(Figures {
                planned: Some(decimal("92")),
                actual: actual.map(decimal),
                unit: "%".into(),
                lower_is_better: false,
            })
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

    /// Compiled on 29/11/2026 for a vote on 20/01/2027, 52 days ahead.
    const AHEAD: Days = Days {
        as_of: date(2026, 11, 29),
        to: date(2027, 1, 20),
        requested: Some(date(2026, 11, 20)),
        files_due: Some(date(2026, 12, 18)),
    };

    fn told(book: &Book, days: Days) -> Vec<(MissingKind, String)> {
        let dossier = compile(book, OfficialNo(0), days).expect("official");
        dossier.missing.into_iter().map(|m| (m.kind, m.text)).collect()
    }

    /// In office since January 2026, so that 2026 is the one year that a vote in January might ask for.
    fn ahead() -> Book {
        fixture::book().with_official("Trần Văn B", &[("Giám đốc Sở Y tế", Some(date(2026, 1, 1)))])
    }

    #[test]
    fn a_vote_weeks_ahead_makes_nothing_overdue_missing_or_complete_for_any_kind() {
        let mut book = ahead();
        for kind in FactKind::ALL {
            let due = Some(date(2027, 1, 15));
            book = book
                .with_fact(of_year(kind, 2026))
                .with_fact(of_year(kind, 2027))
                .with_fact(fact(kind, Period::Day(date(2026, 12, 20)), "x"))
                .with_fact(Fact { due, status: Some(Status::Open), ..of_year(kind, 2026) })
                .with_fact(Fact { due, ..of_year(kind, 2026) });
        }
        let told = told(&book, AHEAD);
        assert!(told.iter().all(|(kind, _)| *kind == MissingKind::DueBeforeVote), "{told:?}");
        assert_eq!(told.len(), 2 * FactKind::ALL.len());
        assert!(told[0].1.ends_with("đến hạn 15/01/2027, trước ngày bỏ phiếu."), "{}", told[0].1);
        let empty = ahead();
        let of_nothing = compile(&empty, OfficialNo(0), AHEAD).expect("official");
        assert_eq!(of_nothing.coverage.full_years().count(), 0);
        assert!(of_nothing.coverage.text().ends_with("đến ngày 29/11/2026"));
    }

    #[test]
    fn what_is_not_yet_due_is_awaited_and_missing_the_day_after_its_last() {
        let awaited: Vec<String> = told(&ahead(), AHEAD).into_iter().map(|(_, text)| text).collect();
        assert_eq!(
            awaited,
            [
                "Báo cáo của người được lấy phiếu: chưa nhận được, hạn gửi 18/12/2026.",
                "Bản kê khai tài sản, thu nhập phục vụ lấy phiếu: chưa nhận được, hạn gửi 18/12/2026.",
            ]
        );
        let late = Days { as_of: date(2026, 12, 19), ..AHEAD };
        assert_eq!(told(&ahead(), late)[0].1, "Chưa có báo cáo của người được lấy phiếu.");
        let after_vote = Days { as_of: date(2027, 6, 1), ..AHEAD };
        let kinds: Vec<_> = told(&ahead(), after_vote).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds[2..], [MissingKind::YearlyRating, MissingKind::AssetDeclarationOfYear], "2026 is over");
    }

    #[test]
    fn a_declaration_that_was_asked_for_before_new_year_is_one_for_the_vote_after_it() {
        let is_missing = |handed_in: Date| {
            let book = ahead().with_fact(fact(FactKind::AssetDeclaration, Period::Day(handed_in), "x"));
            told(&book, AHEAD).iter().any(|(kind, _)| *kind == MissingKind::AssetDeclarationForVote)
        };
        assert!(!is_missing(date(2026, 11, 29)) && !is_missing(date(2027, 1, 10)));
        assert!(is_missing(date(2026, 3, 31)), "the yearly one of the spring was not asked for by this vote");
    }
}
