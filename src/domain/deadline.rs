//! Thời hạn: who owes what to whom by which day, counted back from the sitting.
//!
//! The law says "chậm nhất là N ngày trước ngày khai mạc": N calendar days back from the day, and that day itself is
//! still in time. A day on which offices are closed cannot be the last one, so it moves *earlier*; Hà Tĩnh did so in
//! 2023 (45 days before 05/12/2023 is a Saturday, the papers said Friday 20/10/2023).

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::calendar::{Calendar, Holidays};
use super::council::{Council, Sitting};
use super::finding::{Finding, Severity};
use super::poll::PollKind;
use super::rules::{Attested, CountedFrom, DeadlineRule, RuleSet};
use super::text::date_dmy;

/// Days before a deadline from which it is announced.
pub const ANNOUNCE_DAYS: i32 = 7;

/// One deadline of one sitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline<'r> {
    /// Who owes what to whom, and its article.
    pub rule: &'r DeadlineRule,
    /// Base day minus the rule's days.
    pub nominal: Date,
    /// Last day in time: `nominal`, or the last working day before it.
    pub due: Date,
    /// Why `due` is not `nominal`, Vietnamese.
    pub moved: Option<String>,
    /// The weaker mark of the rule and of the days off that moved it.
    pub attested: Attested,
    /// What makes the day doubtful, one sentence each.
    pub doubts: Vec<String>,
}

/// State of a deadline on a given day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineStatus {
    Done(Date),
    /// Done on that day, after the last day.
    DoneLate {
        on: Date,
        /// Days after the last day.
        days: i32,
    },
    /// Open; `days` days are left, 0 on the last day.
    DueIn {
        /// Days left.
        days: i32,
    },
    LateBy {
        /// Days after the last day.
        days: i32,
    },
}

impl DeadlineStatus {
    /// `đã xong ngày 19/10/2023`, `còn 3 ngày`, `quá hạn 2 ngày`.
    pub fn text(self) -> String {
        match self {
            Self::Done(on) => format!("đã xong ngày {}", date_dmy(on)),
            Self::DoneLate { on, days } => format!("xong ngày {}, chậm {days} ngày", date_dmy(on)),
            Self::DueIn { days: 0 } => "hôm nay là ngày cuối".into(),
            Self::DueIn { days } => format!("còn {days} ngày"),
            Self::LateBy { days } => format!("quá hạn {days} ngày"),
        }
    }
}

/// Every deadline of `rules` that binds `council` before a vote of kind `poll`, earliest first; those of one day in the
/// order of the rules. The instruments set days for lấy phiếu only.
pub fn deadlines<'r>(rules: &'r RuleSet, council: &Council, poll: PollKind, calendar: &Calendar) -> Vec<Deadline<'r>> {
    let binds = |rule: &&DeadlineRule| poll == PollKind::Rating && rule.councils.contains(&council.kind);
    let binding = rules.deadlines.iter().filter(binds);
    let mut all: Vec<_> = binding.map(|rule| deadline(rule, &council.sitting, calendar)).collect();
    all.sort_by_key(|d| d.nominal);
    all
}

fn deadline<'r>(rule: &'r DeadlineRule, sitting: &Sitting, calendar: &Calendar) -> Deadline<'r> {
    let base = match rule.before {
        CountedFrom::Opening => sitting.opens_on,
        CountedFrom::Vote => sitting.votes_on,
    };
    let nominal = base.saturating_sub(i64::from(rule.days).days());
    let (due, passed) = calendar.working_day_on_or_before(nominal);
    let moved = passed.first().map(|(day, off)| {
        format!(
            "ngày {} là ngày nghỉ ({}), chuyển về ngày làm việc liền trước {}",
            date_dmy(*day),
            off.name,
            date_dmy(due)
        )
    });
    let attested = passed.iter().map(|(_, off)| off.attested).fold(rule.attested, Ord::max);
    Deadline { rule, nominal, due, moved, attested, doubts: doubts(rule, due, calendar) }
}

fn doubts(rule: &DeadlineRule, due: Date, calendar: &Calendar) -> Vec<String> {
    let mut doubts = Vec::new();
    if rule.attested == Attested::Unverified {
        let note = rule.note.as_deref().unwrap_or("chưa đọc được văn bản gốc");
        doubts.push(format!("Số ngày chưa kiểm chứng: {note}"));
    }
    match calendar.holidays_of(due.year()) {
        Holidays::Known { attested: Attested::Unverified, .. } => {
            doubts.push(format!("Lịch nghỉ lễ năm {} chưa kiểm chứng.", due.year()));
        }
        Holidays::Known { .. } => {}
        Holidays::Unknown => doubts.push(format!("Chương trình chưa có lịch nghỉ lễ năm {}.", due.year())),
    }
    doubts
}

/// Days from `from` to `to`; negative when `to` is earlier.
fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span: Span| span.get_days())
}

/// State of `deadline` on `today`, given the day on which it was `done`.
pub fn status(deadline: &Deadline<'_>, today: Date, done: Option<Date>) -> DeadlineStatus {
    match done {
        Some(on) if on <= deadline.due => DeadlineStatus::Done(on),
        Some(on) => DeadlineStatus::DoneLate { on, days: days_between(deadline.due, on) },
        None if today <= deadline.due => DeadlineStatus::DueIn { days: days_between(today, deadline.due) },
        None => DeadlineStatus::LateBy { days: days_between(deadline.due, today) },
    }
}

/// What the office must know of the deadlines on `today`; `done` holds the day of each that is done, by rule id.
///
/// `DLN-001` missed, `DLN-002` within a week, `DLN-003` doubtful day, `DLN-004` done too late, `DLN-005` the sitting is
/// over and some were never recorded as done (one note for all: nothing can be done about them any more).
pub fn deadline_findings(
    deadlines: &[Deadline<'_>],
    sitting: &Sitting,
    done: &BTreeMap<String, Date>,
    today: Date,
) -> Vec<Finding> {
    let over = today > sitting.votes_on;
    let mut findings = Vec::new();
    let mut unrecorded = 0_usize;
    for deadline in deadlines {
        match status(deadline, today, done.get(&deadline.rule.id).copied()) {
            DeadlineStatus::Done(_) => {}
            DeadlineStatus::LateBy { .. } if over => unrecorded += 1,
            status => findings.extend(status_finding(deadline, status)),
        }
    }
    findings.extend(doubt_findings(deadlines));
    if unrecorded > 0 {
        let what = format!("Ngày lấy phiếu đã qua; {unrecorded} thời hạn chưa ghi ngày hoàn thành.");
        findings.push(Finding::new("DLN-005", Severity::Note, "Thời hạn", what, "Ghi ngày hoàn thành để lưu hồ sơ."));
    }
    findings
}

/// Each doubt once, at the deadlines that it touches: a calendar that is not verified touches all of its year.
fn doubt_findings(deadlines: &[Deadline<'_>]) -> Vec<Finding> {
    let mut doubts: Vec<(&str, Vec<&DeadlineRule>)> = Vec::new();
    for deadline in deadlines {
        for doubt in &deadline.doubts {
            match doubts.iter_mut().find(|(known, _)| known == doubt) {
                Some((_, rules)) => rules.push(deadline.rule),
                None => doubts.push((doubt, vec![deadline.rule])),
            }
        }
    }
    let finding = |(doubt, rules): (&str, Vec<&DeadlineRule>)| {
        let whats: Vec<&str> = rules.iter().map(|rule| rule.what.as_str()).collect();
        let all = rules.len() > 1 && rules.len() == deadlines.len();
        let place = if all { "Thời hạn".to_owned() } else { format!("Thời hạn: {}", whats.join("; ")) };
        let remedy = "Đối chiếu văn bản gốc trước khi ra thông báo.";
        let finding = Finding::new("DLN-003", Severity::Warning, place, doubt, remedy);
        match rules.as_slice() {
            [rule] => finding.by_law(&rule.cite),
            _ => finding,
        }
    };
    doubts.into_iter().map(finding).collect()
}

fn status_finding(deadline: &Deadline<'_>, status: DeadlineStatus) -> Option<Finding> {
    let DeadlineRule { from, to, .. } = deadline.rule;
    let due = date_dmy(deadline.due);
    let (code, severity, remedy) = match status {
        DeadlineStatus::LateBy { .. } => {
            ("DLN-001", Severity::Warning, format!("Đề nghị {from} làm ngay, ghi rõ lý do chậm vào hồ sơ."))
        }
        DeadlineStatus::DueIn { days } if days <= ANNOUNCE_DAYS => {
            ("DLN-002", Severity::Note, format!("Đề nghị {from} hoàn thành chậm nhất ngày {due}."))
        }
        DeadlineStatus::DoneLate { .. } => ("DLN-004", Severity::Warning, "Ghi rõ lý do chậm vào hồ sơ.".to_owned()),
        DeadlineStatus::Done(_) | DeadlineStatus::DueIn { .. } => return None,
    };
    let sentence = format!("Hạn {due}, {}; người thực hiện: {from}; nơi nhận: {to}.", status.text());
    Some(about(deadline, code, severity, sentence, remedy))
}

fn about(
    deadline: &Deadline<'_>,
    code: &'static str,
    severity: Severity,
    what: String,
    remedy: impl Into<String>,
) -> Finding {
    let place = format!("Thời hạn: {}", deadline.rule.what);
    Finding::new(code, severity, place, what, remedy).by_law(&deadline.rule.cite)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::council::CouncilKind;
    use crate::fixture;
    use crate::rules::builtin;

    const LIST: u16 = 45;

    fn rule(id: &str, days: u16, before: CountedFrom, attested: Attested) -> DeadlineRule {
        DeadlineRule {
            councils: vec![CouncilKind::ProvinceCouncil],
            id: id.into(),
            days,
            before,
            from: "Thường trực HĐND".into(),
            to: "người được lấy phiếu".into(),
            what: "văn bản yêu cầu báo cáo".into(),
            cite: "NQ 96/2023/QH15, Điều 11".into(),
            attested,
            note: None,
        }
    }

    fn sitting(opens_on: Date, votes_on: Date) -> Sitting {
        Sitting { name: "Kỳ họp thứ 17".into(), opens_on, votes_on }
    }

    fn calendar() -> Calendar {
        Calendar::builtin().expect("the carried table")
    }

    fn ha_tinh() -> Sitting {
        sitting(date(2023, 12, 5), date(2023, 12, 7))
    }

    #[test]
    fn ha_tinh_2023_the_45th_day_is_a_saturday_so_friday_is_the_last_day() {
        let rule = rule("list", LIST, CountedFrom::Opening, Attested::Verified);
        let deadline = deadline(&rule, &ha_tinh(), &calendar());
        assert_eq!((deadline.nominal, deadline.due), (date(2023, 10, 21), date(2023, 10, 20)));
        let moved = deadline.moved.as_deref().expect("moved");
        assert!(moved.contains("21/10/2023") && moved.contains("Thứ Bảy"), "{moved}");
        assert_eq!((deadline.attested, deadline.doubts.len()), (Attested::Verified, 0));
    }

    #[test]
    fn a_long_holiday_moves_a_deadline_to_the_last_working_day_before_it() {
        let rule = rule("reply", 3, CountedFrom::Vote, Attested::Verified);
        // 3 days before 16/02/2024 is the fourth day of Tết; offices closed on Thursday 08/02.
        let deadline = deadline(&rule, &sitting(date(2024, 2, 15), date(2024, 2, 16)), &calendar());
        assert_eq!((deadline.nominal, deadline.due), (date(2024, 2, 13), date(2024, 2, 7)));
        assert_eq!(deadline.attested, Attested::Single, "as weak as the table of that year");
    }

    #[test]
    fn the_last_day_itself_is_in_time_and_the_next_is_late() {
        let rule = rule("list", LIST, CountedFrom::Opening, Attested::Verified);
        let deadline = deadline(&rule, &ha_tinh(), &calendar());
        let day = |d| date(2023, 10, d);
        assert_eq!(status(&deadline, day(20), None), DeadlineStatus::DueIn { days: 0 });
        assert_eq!(status(&deadline, day(17), None), DeadlineStatus::DueIn { days: 3 });
        assert_eq!(status(&deadline, date(2023, 11, 21), None), DeadlineStatus::LateBy { days: 32 });
        assert_eq!(status(&deadline, day(30), Some(day(20))), DeadlineStatus::Done(day(20)));
        assert_eq!(status(&deadline, day(30), Some(day(23))), DeadlineStatus::DoneLate { on: day(23), days: 3 });
    }

    #[test]
    fn the_office_hears_of_missed_coming_late_and_doubtful_deadlines_but_not_of_those_done() {
        let rules = [
            rule("list", 45, CountedFrom::Opening, Attested::Verified),
            rule("report", 30, CountedFrom::Opening, Attested::Verified),
            rule("opinions", 25, CountedFrom::Opening, Attested::Single),
            rule("verify", 15, CountedFrom::Opening, Attested::Unverified),
        ];
        let calendar = calendar();
        let all: Vec<_> = rules.iter().map(|r| deadline(r, &ha_tinh(), &calendar)).collect();
        let codes = |done: &[(&str, Date)], today| -> Vec<&'static str> {
            let done = done.iter().map(|&(id, on)| (id.to_owned(), on)).collect();
            deadline_findings(&all, &ha_tinh(), &done, today).iter().map(|f| f.code).collect()
        };
        let early = [("list", date(2023, 10, 20))];
        assert_eq!(codes(&early, date(2023, 11, 7)), ["DLN-001", "DLN-002", "DLN-003"]);
        let late = [("list", date(2023, 10, 20)), ("report", date(2023, 11, 6))];
        assert_eq!(codes(&late, date(2023, 10, 30)), ["DLN-004", "DLN-003"]);
        let missed = codes(&[], ha_tinh().votes_on);
        assert_eq!(
            missed,
            ["DLN-001", "DLN-001", "DLN-001", "DLN-001", "DLN-003"],
            "on the vote day all is still owed"
        );
        assert_eq!(codes(&[], date(2023, 12, 8)), ["DLN-003", "DLN-005"], "a sitting that is over is not nagged about");
    }

    #[test]
    fn the_assembly_has_days_that_were_read_where_a_council_has_them_by_parallel() {
        let rules = builtin().expect("carried").remove(0);
        let mut council = fixture::book().council;
        let papers = |council: &Council| {
            let all = deadlines(&rules, council, PollKind::Rating, &calendar());
            let papers = all.iter().find(|d| d.rule.id == "papers_to_delegates").expect("both bodies have it");
            (papers.rule.from.clone(), papers.rule.days, papers.attested)
        };
        let standing = "Thường trực Hội đồng nhân dân".to_owned();
        assert_eq!(papers(&council), (standing, 20, Attested::Unverified));
        council.kind = CouncilKind::NationalAssembly;
        assert_eq!(papers(&council), ("Ủy ban Thường vụ Quốc hội".to_owned(), 20, Attested::Verified));
    }

    #[test]
    fn a_doubt_that_several_deadlines_share_is_told_once() {
        let rules = [
            rule("a", 45, CountedFrom::Opening, Attested::Unverified),
            rule("b", 30, CountedFrom::Opening, Attested::Unverified),
        ];
        let sitting = sitting(date(2040, 12, 5), date(2040, 12, 6));
        let all: Vec<_> = rules.iter().map(|r| deadline(r, &sitting, &calendar())).collect();
        let findings = deadline_findings(&all, &sitting, &BTreeMap::new(), date(2040, 1, 1));
        let told: Vec<_> = findings.iter().map(|f| f.what.as_str()).collect();
        assert_eq!(
            told,
            ["Số ngày chưa kiểm chứng: chưa đọc được văn bản gốc", "Chương trình chưa có lịch nghỉ lễ năm 2040."]
        );
    }

    #[test]
    fn a_year_without_a_table_of_holidays_is_a_doubt_not_a_row_of_working_days() {
        let rule = rule("list", LIST, CountedFrom::Opening, Attested::Verified);
        let deadline = deadline(&rule, &sitting(date(2040, 12, 5), date(2040, 12, 6)), &calendar());
        assert_eq!(deadline.doubts, ["Chương trình chưa có lịch nghỉ lễ năm 2040."]);
    }
}
