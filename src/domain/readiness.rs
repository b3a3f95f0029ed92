//! Whether the sitting, the board of tellers and the ballots fit the rule set: what an office must put right first.

use std::collections::BTreeSet;

use super::book::{Book, DeclaredLine};
use super::council::{Council, CouncilKind};
use super::eligibility::{Standing, listed};
use super::finding::{Finding, Severity};
use super::names::person_key;
use super::official::{Block, OfficialNo};
use super::poll::PollKind;
use super::roster::TellerRole;
use super::rules::{Attested, QuorumOf, RuleSet, Side};
use super::text::{date_dmy, fold};

const COUNCIL: &str = "Hội đồng";
const BOARD: &str = "Ban kiểm phiếu";
const RESULT: &str = "Kết quả";

/// Every doubt about the vote as it is prepared; `standings` are those of [`eligibility`](super::eligibility::eligibility).
///
/// `RDY-001` to `007` the rule set and the sitting, `RDY-011` to `014` the board, `RDY-021` to `026` the ballots (`RDY-031`, a
/// roster that left its decided list behind, is told by [`decided`](super::decided)). Only
/// what makes the vote unlawful or its result impossible is an error; practice differs, so the rest warns. What a single
/// cell says wrongly (a day before another, sums that do not hold) was said where the cell was read.
pub fn readiness(rules: &RuleSet, book: &Book, poll: PollKind, standings: &[Standing]) -> Vec<Finding> {
    let mut findings = sitting_findings(rules, &book.council, poll);
    findings.extend(board_findings(rules, book, standings));
    findings.extend(ballot_findings(rules, book, standings));
    findings
}

/// The part of [`readiness`] that speaks of rule set and sitting alone, which stand before anybody is on a list.
pub fn sitting_findings(rules: &RuleSet, council: &Council, poll: PollKind) -> Vec<Finding> {
    let mut findings = Vec::new();
    let party_council = council.kind == CouncilKind::PartyCommittee;
    if party_council != (rules.side == Side::Party) {
        let what = format!("Bộ quy tắc {} không dùng cho {}.", rules.short, council.kind.label());
        findings.push(Finding::new(
            "RDY-001",
            Severity::Error,
            COUNCIL,
            what,
            "Chọn bộ quy tắc đúng với loại hội đồng.",
        ));
    }
    findings.extend(in_force(rules, council));
    match poll {
        PollKind::Rating => findings.extend(usual_sitting(rules, council)),
        PollKind::Confidence => findings.extend(trigger(rules)),
    }
    findings.extend(doubtful_grounds(rules, council));
    findings
}

/// A council may hold bỏ phiếu only when something made it; the workbook does not say what.
fn trigger(rules: &RuleSet) -> Option<Finding> {
    let confidence = rules.confidence.as_ref()?;
    let cases: Vec<&str> = confidence.triggers.iter().map(|t| t.value.as_str()).collect();
    let what = format!("Chỉ bỏ phiếu tín nhiệm trong các trường hợp: {}.", cases.join("; "));
    let remedy = "Nêu rõ trường hợp của từng người trong tờ trình.";
    let cite = confidence.triggers.first().map_or("", |t| t.cite.as_str());
    Some(Finding::new("RDY-006", Severity::Warning, COUNCIL, what, remedy).by_law(cite))
}

/// A resolution names these laws as its grounds, so the office must know which dates were only inferred.
fn doubtful_grounds(rules: &RuleSet, council: &Council) -> impl Iterator<Item = Finding> {
    let laws = rules.legal_bases_on(council.kind, council.sitting.votes_on);
    laws.filter(|law| law.attested == Attested::Unverified).map(|law| {
        let what = format!("Nghị quyết sẽ viện dẫn {}; hiệu lực của văn bản này chưa kiểm chứng.", law.text);
        Finding::new("RDY-007", Severity::Warning, COUNCIL, what, "Đối chiếu trước khi ký.").by_law(&law.cite)
    })
}

fn in_force(rules: &RuleSet, council: &Council) -> Option<Finding> {
    let force = &rules.in_force;
    let day = council.sitting.votes_on;
    if force.value.from <= day && force.value.until.is_none_or(|until| day <= until) {
        return None;
    }
    let until = force.value.until.map_or_else(String::new, |d| format!(" đến {}", date_dmy(d)));
    let what = format!(
        "{} có hiệu lực từ {}{until}, không gồm ngày lấy phiếu {}.",
        rules.short,
        date_dmy(force.value.from),
        date_dmy(day)
    );
    let severity = if force.attested == Attested::Unverified { Severity::Warning } else { Severity::Error };
    let remedy = "Chọn bộ quy tắc có hiệu lực vào ngày lấy phiếu, hoặc sửa ngày.";
    Some(Finding::new("RDY-002", severity, COUNCIL, what, remedy).by_law(&force.cite))
}

/// The usual sitting is checked only against what the rule set itself says in words; in 2023 several provinces voted at
/// a special sitting, so this warns and never blocks.
fn usual_sitting(rules: &RuleSet, council: &Council) -> Vec<Finding> {
    let when = fold(&rules.when.value);
    let day = council.sitting.votes_on;
    let warn = |code, what: String| {
        let remedy = "Nêu rõ căn cứ chọn kỳ họp trong tờ trình.";
        Finding::new(code, Severity::Warning, COUNCIL, what, remedy).by_law(&rules.when.cite)
    };
    let mut findings = Vec::new();
    // Party congresses fall late in the year before, so the third year of their term may be one later.
    let first = council.term.from.year();
    let third_years = if rules.side == Side::Party { first + 2..=first + 3 } else { first + 2..=first + 2 };
    if when.contains("nam thu ba") && !third_years.contains(&day.year()) {
        let what = format!("Năm {} không phải năm thứ ba của nhiệm kỳ {}.", day.year(), council.term.years());
        findings.push(warn("RDY-004", what));
    }
    let name = fold(&council.sitting.name);
    let special = ["chuyen de", "bat thuong", "khong thuong le", "dot xuat"].iter().any(|word| name.contains(word));
    // The year-end session of the National Assembly opens in October.
    let first_month = if council.kind == CouncilKind::NationalAssembly { 10 } else { 11 };
    if when.contains("cuoi") && (special || day.month() < first_month) {
        let what =
            format!("“{}” ngày {} có thể không phải kỳ họp thường lệ cuối năm.", council.sitting.name, date_dmy(day));
        findings.push(warn("RDY-005", what));
    }
    findings
}

/// The part of [`readiness`] that speaks of size, offices and conflicts of the board.
pub fn board_findings(rules: &RuleSet, book: &Book, standings: &[Standing]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tellers = &book.tellers;
    let least = rules.board_min.as_ref().and_then(|r| r.value.get(&book.council.kind).map(|n| (usize::from(*n), r)));
    if let Some((least, rule)) = least
        && tellers.len() < least
    {
        let what = format!("Ban kiểm phiếu có {} người, ít hơn {least} người.", tellers.len());
        let remedy = format!("Bổ sung cho đủ ít nhất {least} đại biểu.");
        findings.push(Finding::new("RDY-011", Severity::Warning, BOARD, what, remedy).by_law(&rule.cite));
    }
    // A board without anybody was said already: it lacks members, not a head.
    let offices = [("RDY-012", TellerRole::Head), ("RDY-013", TellerRole::Secretary)];
    for (code, role) in offices.into_iter().filter(|_| !tellers.is_empty()) {
        let count = tellers.iter().filter(|t| t.role == role).count();
        if count != 1 {
            let what = format!("Ban kiểm phiếu có {count} {}; cần đúng một.", role.label());
            let remedy = format!("Ghi đúng một {} trong danh sách Ban kiểm phiếu.", role.label());
            findings.push(Finding::new(code, Severity::Warning, BOARD, what, remedy));
        }
    }
    let on_list: BTreeSet<String> =
        listed(standings).filter_map(|id| book.official(id)).map(|o| person_key(&o.name)).collect();
    let conflict = &rules.board_conflict;
    findings.extend(tellers.iter().filter(|t| on_list.contains(&person_key(&t.name))).map(|teller| {
        let what =
            format!("{} có tên trong danh sách lấy phiếu. {}.", teller.name, conflict.value.trim_end_matches('.'));
        let remedy = "Thay người khác, hoặc xác nhận là hai người trùng họ tên.";
        Finding::new("RDY-014", Severity::Warning, BOARD, what, remedy).by_law(&conflict.cite)
    }));
    findings
}

fn ballot_findings(rules: &RuleSet, book: &Book, standings: &[Standing]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let total = book.council.delegates_total;
    if total == 0 {
        let what = "Tổng số đại biểu là 0.";
        findings.push(Finding::new("RDY-021", Severity::Error, COUNCIL, what, "Ghi tổng số đại biểu của hội đồng."));
    }
    let Some(declared) = &book.declared else { return findings };
    let on_list: BTreeSet<OfficialNo> = listed(standings).collect();
    for line in declared.iter().filter(|line| !on_list.contains(&line.official)) {
        let name = book.official(line.official).map_or("", |official| official.name.as_str());
        let what = format!("{name} có kết quả nhưng không thuộc danh sách lấy phiếu.");
        let remedy = "Bỏ dòng này, hoặc sửa chức vụ, ngày được bầu, thông báo nghỉ hưu ở trang Người được lấy phiếu.";
        findings.push(Finding::new("RDY-022", Severity::Error, &line.place, what, remedy));
    }
    let counted: BTreeSet<OfficialNo> = declared.iter().map(|line| line.official).collect();
    for official in on_list.difference(&counted).filter_map(|id| book.official(*id)) {
        let what = format!("{} có trong danh sách lấy phiếu nhưng không có kết quả.", official.name);
        let remedy = "Thêm một dòng kết quả của người này, đúng theo biên bản kiểm phiếu.";
        findings.push(Finding::new("RDY-024", Severity::Error, RESULT, what, remedy));
    }
    for block in book.blocks() {
        let of_block = |line: &&DeclaredLine| book.official(line.official).is_some_and(|o| o.block == *block);
        findings.extend(form_findings(rules, total, block, declared.iter().filter(of_block)));
    }
    findings
}

/// The people of one form share its ballots, and a form goes to no more than all delegates.
fn form_findings<'b>(
    rules: &RuleSet,
    total: u32,
    block: &Block,
    mut lines: impl Iterator<Item = &'b DeclaredLine>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(first) = lines.next() else { return findings };
    let issued = first.ballots.issued;
    let quorum = &rules.quorum;
    if issued > total {
        let what = format!("Số phiếu phát ra ({issued}) lớn hơn tổng số đại biểu ({total}).");
        findings.push(Finding::new("RDY-023", Severity::Error, &first.place, what, "Kiểm tra lại hai số này."));
    } else if !quorum.value.threshold.reached(issued, total) {
        let share = quorum.value.threshold.share;
        // The workbook of a Party committee gives those summoned as its total.
        let whole = match quorum.value.of {
            QuorumOf::Delegates => "tổng số đại biểu",
            QuorumOf::Summoned => "số người được triệu tập",
        };
        let what = format!("Số phiếu phát ra ({issued}) chưa đến {share} {whole} ({total}).");
        let remedy = "Kiểm tra số người có mặt khi lấy phiếu.";
        findings.push(Finding::new("RDY-025", Severity::Warning, &first.place, what, remedy).by_law(&quorum.cite));
    }
    findings.extend(lines.filter(|line| line.ballots != first.ballots).map(|line| {
        let what = format!("Số phiếu phát ra, thu về, hợp lệ khác với dòng đầu của khối «{}».", block.0);
        let remedy = format!("Một khối dùng chung một mẫu phiếu: ghi cùng một bộ số như ở {}.", first.place);
        Finding::new("RDY-026", Severity::Error, &line.place, what, remedy)
    }));
    findings
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::eligibility::eligibility;
    use crate::fixture;
    use crate::poll::{BallotTotals, LevelCounts};

    fn codes(book: &Book) -> Vec<&'static str> {
        let rules = fixture::rules();
        let standings = eligibility(&rules, book, PollKind::Rating, &[]);
        readiness(&rules, book, PollKind::Rating, &standings).iter().map(|f| f.code).collect()
    }

    fn ready() -> Book {
        let chair = [("Chủ tịch UBND tỉnh", Some(date(2021, 6, 30)))];
        fixture::book().with_official("Trần Văn B", &chair).with_board(5)
    }

    #[test]
    fn a_well_prepared_vote_has_no_findings() {
        assert_eq!(codes(&ready()), [""; 0]);
    }

    #[test]
    fn a_rule_set_that_is_not_in_force_on_the_vote_day_stops_the_work() {
        let mut book = ready();
        book.council.sitting.opens_on = date(2023, 6, 28);
        book.council.sitting.votes_on = date(2023, 6, 30);
        assert_eq!(codes(&book), ["RDY-002", "RDY-005"]);
    }

    #[test]
    fn another_year_or_a_special_sitting_warns_and_does_not_block() {
        let mut book = ready();
        book.council.sitting.name = "Kỳ họp chuyên đề".into();
        book.council.sitting.opens_on = date(2024, 12, 3);
        book.council.sitting.votes_on = date(2024, 12, 3);
        let rules = fixture::rules();
        let findings = readiness(&rules, &book, PollKind::Rating, &[]);
        assert!(findings.iter().all(|f| f.severity == Severity::Warning && f.law.is_some()));
        assert_eq!(codes(&book), ["RDY-004", "RDY-005"]);
    }

    #[test]
    fn a_board_that_is_small_headless_or_votes_on_itself_is_named() {
        let mut book = ready().with_board(3);
        book.tellers[0].role = TellerRole::Member;
        book.tellers[2].name = "TRẦN  văn B".into();
        assert_eq!(codes(&book), ["RDY-011", "RDY-012", "RDY-014"]);
    }

    fn declared(official: usize, ballots: u32) -> DeclaredLine {
        DeclaredLine {
            place: format!("Kết quả!B{}", official + 2),
            official: OfficialNo(official),
            ballots: BallotTotals { issued: ballots, returned: ballots, valid: ballots, invalid: 0 },
            counts: LevelCounts::Rating { high: ballots, medium: 0, low: 0 },
        }
    }

    #[test]
    fn ballots_cannot_outnumber_delegates_and_every_listed_person_needs_a_result() {
        let mut book = ready().with_official("Lê Thị C", &[("Phó Trưởng Ban Pháp chế", None)]);
        book.declared = Some(vec![declared(1, 61)]);
        assert_eq!(codes(&book), ["RDY-022", "RDY-024", "RDY-023"]);
        book.declared = Some(vec![declared(0, 39)]);
        assert_eq!(codes(&book), ["RDY-025"]);
    }

    #[test]
    fn the_people_of_one_form_share_its_ballots() {
        let vice = [("Phó Chủ tịch UBND tỉnh", Some(date(2021, 6, 30)))];
        let mut book = ready().with_official("Lê Thị C", &vice);
        book.declared = Some(vec![declared(0, 60), declared(1, 59)]);
        let rules = fixture::rules();
        let findings = readiness(&rules, &book, PollKind::Rating, &eligibility(&rules, &book, PollKind::Rating, &[]));
        let told: Vec<_> = findings.iter().map(|f| (f.code, f.severity, f.place.as_str())).collect();
        assert_eq!(told, [("RDY-026", Severity::Error, "Kết quả!B3")]);
        assert!(findings[0].remedy.ends_with("Kết quả!B2."));
    }
}
