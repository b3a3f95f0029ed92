//! Who is on the list, who is not, and by which article.
//!
//! The rule set says which posts are subject and which look so and are not; this file only matches titles to it. What
//! a title alone cannot prove is never decided silently: it stays on the list with a sentence that the office confirms.

mod named;
mod table;

use jiff::ToSpan;
use jiff::civil::Date;

use super::book::Book;
use super::council::CouncilKind;
use super::finding::{Finding, Severity};
use super::official::{Official, OfficialNo, Post};
use super::poll::PollKind;
use super::post_title::is_shortened;
use super::rules::{Attested, Exemption, ExemptionKind, NotSubject, RuleSet, SeveralPosts, Subject};
use super::text::date_dmy;

use named::named_for_confidence;
pub use named::only_named;
use table::{PostClass, PostTable, question};

/// What becomes of an official.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Listed,
    /// The person holds no post that the rule set makes subject.
    NotSubject,
    Exempt,
}

/// A verdict that two people put in place of the one that the rules give, in writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Verdict that replaces the one of the rule set.
    pub verdict: Verdict,
    /// Why, as it is printed on the list.
    pub reason: String,
    pub proposed_by: String,
    pub confirmed_by: String,
}

impl Verdict {
    /// All, in the order in which forms offer them.
    pub const ALL: [Self; 3] = [Self::Listed, Self::Exempt, Self::NotSubject];

    /// As forms and proposals spell it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Exempt => "exempt",
            Self::NotSubject => "not_subject",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.code() == code)
    }

    /// In Vietnamese, as the list shows it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Listed => "Lấy phiếu",
            Self::NotSubject => "Không thuộc đối tượng",
            Self::Exempt => "Không lấy phiếu",
        }
    }
}

/// One reason with the article behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingReason {
    /// Vietnamese sentence.
    pub text: String,
    pub cite: String,
    pub attested: Attested,
}

/// Eligibility of one official.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub official: OfficialNo,
    pub verdict: Verdict,
    /// Why the rules say what they say, the deciding reason first; never empty.
    pub reasons: Vec<StandingReason>,
    /// What the office must confirm, one sentence each.
    pub confirm: Vec<String>,
    /// Set when two people decided otherwise than the rules; `verdict` is then theirs.
    pub overridden: Option<Override>,
}

impl Standing {
    /// The same as two people decided it: nothing is left to confirm, for that is what they did. Back at what the rules
    /// give, nothing is overridden.
    #[must_use]
    pub fn decided_by(self, decision: Override) -> Self {
        if decision.verdict == self.verdict {
            return self;
        }
        Self { verdict: decision.verdict, confirm: Vec::new(), overridden: Some(decision), ..self }
    }
}

/// A body that the rule set leaves out, switched on by the office on a legal basis that it names (law: the commune level
/// of NQ 96/2023/QH15 is off unless an office states its basis).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enabled {
    pub kind: CouncilKind,
    /// Instrument and article, as the list prints them.
    pub basis: String,
}

/// One standing per official of `book`, in its order, for a vote of kind `poll`; `enabled` holds the bodies that the
/// office switched on.
pub fn eligibility(rules: &RuleSet, book: &Book, poll: PollKind, enabled: &[Enabled]) -> Vec<Standing> {
    if let (PollKind::Confidence, Some(confidence)) = (poll, &rules.confidence) {
        return book
            .officials()
            .map(|(id, official)| named_for_confidence(&confidence.subject, id, official))
            .collect();
    }
    let kind = book.council.kind;
    let basis = enabled.iter().find(|e| e.kind == kind && !e.basis.trim().is_empty());
    let posts = PostTable::new(rules, kind, basis);
    book.officials().map(|(id, official)| standing(&posts, id, official, book.council.sitting.votes_on)).collect()
}

/// Key of the parameter that decides about a post of this title in a body of `kind`: `subject[3]`, `not_subject[1]`;
/// `None` where no title of the rule set fits it.
pub fn key_of_post(rules: &RuleSet, kind: CouncilKind, title: &str) -> Option<String> {
    match PostTable::new(rules, kind, None).classify(title) {
        PostClass::Subject(subject, _) => {
            let place = rules.subjects.iter().position(|other| std::ptr::eq(other, subject));
            place.map(|i| format!("subject[{i}]"))
        }
        PostClass::NotSubject(other) => {
            let place = rules.not_subjects.iter().position(|one| std::ptr::eq(one, other));
            place.map(|i| format!("not_subject[{i}]"))
        }
        PostClass::Elsewhere | PostClass::Former | PostClass::Unknown => None,
    }
}

/// The listed ones, in ballot order.
pub fn listed(standings: &[Standing]) -> impl Iterator<Item = OfficialNo> {
    standings.iter().filter(|s| s.verdict == Verdict::Listed).map(|s| s.official)
}

fn reason(text: impl Into<String>, cite: impl Into<String>, attested: Attested) -> StandingReason {
    StandingReason { text: text.into(), cite: cite.into(), attested }
}

fn standing(table: &PostTable<'_>, official: OfficialNo, person: &Official, vote: Date) -> Standing {
    let decided = |verdict, reasons, confirm| Standing { official, verdict, reasons, confirm, overridden: None };
    if let Some(n) = table.whole_body {
        return decided(Verdict::NotSubject, vec![reason(&n.reason, &n.cite, n.attested)], Vec::new());
    }
    let mut held: Vec<(&Post, &Subject)> = Vec::new();
    let mut excluded: Vec<&NotSubject> = Vec::new();
    let mut confirm = Vec::new();
    for post in &person.posts {
        let class = table.classify(&post.title);
        confirm.extend(question(table, post, &class));
        match class {
            PostClass::Subject(subject, _) => held.push((post, subject)),
            PostClass::NotSubject(n) => excluded.push(n),
            PostClass::Elsewhere | PostClass::Former | PostClass::Unknown => {}
        }
    }
    if held.is_empty() {
        let reasons = not_subject_reasons(table, &excluded);
        return decided(Verdict::NotSubject, reasons, confirm);
    }
    if let Some(exempt) = exemption(table.rules, person, &held, vote, &mut confirm) {
        return decided(Verdict::Exempt, vec![exempt], confirm);
    }
    decided(Verdict::Listed, listed_reasons(table, &held), confirm)
}

fn not_subject_reasons(table: &PostTable<'_>, excluded: &[&NotSubject]) -> Vec<StandingReason> {
    if !excluded.is_empty() {
        return excluded.iter().map(|n| reason(&n.reason, &n.cite, n.attested)).collect();
    }
    let mut cites: Vec<&str> = Vec::new();
    for cite in table.subjects.iter().map(|s| s.rule.cite.as_str()) {
        if !cites.contains(&cite) {
            cites.push(cite);
        }
    }
    let text = "Không giữ chức vụ nào thuộc đối tượng lấy phiếu tín nhiệm.";
    let cite = if cites.is_empty() { table.rules.short.clone() } else { cites.join("; ") };
    // That a title is missing from our list proves little: the list is read from the law, titles are written by offices.
    vec![reason(text, cite, Attested::Unverified)]
}

fn listed_reasons(table: &PostTable<'_>, held: &[(&Post, &Subject)]) -> Vec<StandingReason> {
    let mut reasons: Vec<StandingReason> = Vec::new();
    for (post, subject) in held {
        let text = format!("{}: thuộc đối tượng “{}”.", post.title, subject.post);
        reasons.push(reason(text, &subject.cite, subject.attested));
    }
    if held.len() > 1 {
        let several = &table.rules.several_posts;
        let text = match several.value {
            SeveralPosts::OneVoteForAll => "Giữ nhiều chức vụ: lấy phiếu một lần đối với tất cả các chức vụ.",
            SeveralPosts::HighestPostOnly => "Giữ nhiều chức vụ: lấy phiếu một lần đối với chức vụ cao nhất.",
            SeveralPosts::EachPlace => {
                "Giữ nhiều chức vụ: lấy phiếu tối đa ở 2 nơi công tác và sinh hoạt, không cộng dồn kết quả."
            }
        };
        reasons.push(reason(text, &several.cite, several.attested));
    }
    if let Some(enabled) = table.basis {
        let text = format!("{} được đưa vào diện lấy phiếu theo căn cứ do cơ quan nêu.", enabled.kind.label());
        reasons.push(reason(text, &enabled.basis, Attested::Unverified));
    }
    reasons
}

/// How the posts of one person answer a question about their day of election.
struct PostDates<'o> {
    yes: Vec<&'o Post>,
    no: Vec<&'o Post>,
    unknown: Vec<&'o Post>,
}

impl<'o> PostDates<'o> {
    fn ask(held: &[(&'o Post, &Subject)], is_so: impl Fn(Date) -> bool) -> Self {
        let mut dates = Self { yes: Vec::new(), no: Vec::new(), unknown: Vec::new() };
        for &(post, _) in held {
            match post.elected_on {
                Some(day) if is_so(day) => dates.yes.push(post),
                Some(_) => dates.no.push(post),
                None => dates.unknown.push(post),
            }
        }
        dates
    }
}

/// The first exemption that holds; what stays open goes to `confirm`.
fn exemption(
    rules: &RuleSet,
    person: &Official,
    held: &[(&Post, &Subject)],
    vote: Date,
    confirm: &mut Vec<String>,
) -> Option<StandingReason> {
    let mut found = None;
    for rule in &rules.exemptions {
        let holds = match rule.kind {
            ExemptionKind::RetirementNotice => person.retirement_notice.as_ref().map(|n| format!(" ({})", n.text)),
            ExemptionKind::ElectedInVoteYear => by_date(rule, held, confirm, |day| day.year() >= vote.year()),
            ExemptionKind::UnderMonths => {
                let months = i64::from(rule.months.unwrap_or(0));
                by_date(rule, held, confirm, |day| day.saturating_add(months.months()) > vote)
            }
        };
        if found.is_none() {
            found = holds.map(|what| reason(format!("{}{what}", rule.reason), &rule.cite, rule.attested));
        }
    }
    found
}

/// `Some` when every post that is voted on was taken late; an unknown or mixed case stays listed and asks.
fn by_date(
    rule: &Exemption,
    held: &[(&Post, &Subject)],
    confirm: &mut Vec<String>,
    is_late: impl Fn(Date) -> bool,
) -> Option<String> {
    let titles = |posts: &[&Post]| posts.iter().map(|p| p.title.as_str()).collect::<Vec<_>>().join(", ");
    let PostDates { yes, no, unknown } = PostDates::ask(held, is_late);
    if !unknown.is_empty() && no.is_empty() {
        let sentence =
            format!("Chưa có ngày được bầu, phê chuẩn của: {}; cần ghi để xét {}.", titles(&unknown), rule.cite);
        if !confirm.contains(&sentence) {
            confirm.push(sentence);
        }
        return None;
    }
    match (yes.as_slice(), no.as_slice()) {
        ([], _) => None,
        (late, []) => {
            let days: Vec<String> = late.iter().filter_map(|p| p.elected_on).map(date_dmy).collect();
            Some(format!(" (ngày {})", days.join(", ")))
        }
        (late, early) => {
            confirm.push(format!(
                "Mới nhận chức vụ: {}; vẫn lấy phiếu vì còn giữ từ trước: {}. Cơ quan xác nhận cách áp dụng {}.",
                titles(late),
                titles(early),
                rule.cite
            ));
            None
        }
    }
}

/// What the office must know of the list.
///
/// `ELI-001` to confirm, `ELI-002` left out (with the article), `ELI-003` decided by a rule that is not verified;
/// `ELI-005` posts written short; `ELI-006` decided otherwise than the rules by two people;
/// `ELI-004`, alone, nobody is left to vote on (an error: there is no ballot to print).
pub fn findings(book: &Book, standings: &[Standing]) -> Vec<Finding> {
    if listed(standings).next().is_none() {
        return vec![nobody(standings)];
    }
    let mut findings = Vec::new();
    for standing in standings {
        let Some(person) = book.official(standing.official) else { continue };
        let place = format!("Người được lấy phiếu, {}", person.name);
        if let Some(decision) = &standing.overridden {
            let what = format!("{} theo quyết định riêng: {}", standing.verdict.label(), decision.reason);
            let remedy = "Lý do, người đề xuất và người xác nhận được in trên danh sách.";
            findings.push(Finding::new("ELI-006", Severity::Note, &place, what, remedy));
            continue;
        }
        if let (Some(first), true) = (standing.reasons.first(), standing.verdict != Verdict::Listed) {
            let what = format!("{}: {}", standing.verdict.label(), first.text);
            let remedy = "Không in tên trên phiếu; nêu lý do trong danh sách trình kỳ họp.";
            findings.push(Finding::new("ELI-002", Severity::Note, &place, what, remedy).by_law(&first.cite));
        }
        findings.extend(standing.confirm.iter().map(|sentence| {
            let remedy = "Cơ quan lập danh sách xác nhận bằng văn bản trước khi in phiếu.";
            Finding::new("ELI-001", Severity::Warning, &place, sentence, remedy)
        }));
    }
    findings.extend(doubts(book, standings));
    findings.extend(shortened(book, standings));
    findings
}

/// Ballots and resolution print a post as the sheet has it; an office may want it in full.
fn shortened(book: &Book, standings: &[Standing]) -> Option<Finding> {
    let posts = listed(standings).filter_map(|id| book.official(id)).flat_map(|person| &person.posts);
    let short: Vec<String> = posts.filter(|p| is_shortened(&p.title)).map(|p| format!("“{}”", p.title)).collect();
    (!short.is_empty()).then(|| {
        let what = format!("Chức vụ ghi tắt sẽ in đúng như vậy trên phiếu và nghị quyết: {}.", short.join(", "));
        let remedy = "Ghi đầy đủ chức vụ trong bảng tính.";
        Finding::new("ELI-005", Severity::Note, "Người được lấy phiếu", what, remedy)
    })
}

/// Every unverified reason once, with how many it decides: a commune's basis is one doubt and not one for each person.
fn doubts(book: &Book, standings: &[Standing]) -> Vec<Finding> {
    let mut doubts: Vec<(&StandingReason, Vec<&str>)> = Vec::new();
    for standing in standings {
        let name = book.official(standing.official).map_or("", |person| person.name.as_str());
        for reason in unverified(standing) {
            match doubts.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, names)) => names.push(name),
                None => doubts.push((reason, vec![name])),
            }
        }
    }
    let finding = |(reason, names): (&StandingReason, Vec<&str>)| {
        let (place, many) = match names.as_slice() {
            [name] => (format!("Người được lấy phiếu, {name}"), String::new()),
            names => ("Người được lấy phiếu".to_owned(), format!(" ({} người)", names.len())),
        };
        let what = format!("Căn cứ chưa kiểm chứng{many}: {}", reason.text);
        let remedy = "Đối chiếu văn bản gốc trước khi trình danh sách.";
        Finding::new("ELI-003", Severity::Warning, place, what, remedy).by_law(&reason.cite)
    };
    doubts.into_iter().map(finding).collect()
}

/// One error instead of one warning for each person: they all have the same cause, or the workbook is of another body.
fn nobody(standings: &[Standing]) -> Finding {
    let mut what = "Không có ai trong danh sách lấy phiếu.".to_owned();
    let cause = standings.first().and_then(|s| s.reasons.first());
    if let Some(reason) = cause {
        what.push_str(&format!(" Lý do của người đầu tiên: {}.", reason.text.trim_end_matches('.')));
    }
    let remedy =
        "Kiểm tra chức vụ, loại và cấp của hội đồng, bộ quy tắc; cấp mà văn bản không nêu chỉ bật khi có căn cứ.";
    let finding = Finding::new("ELI-004", Severity::Error, "Người được lấy phiếu", what, remedy);
    match cause {
        Some(reason) => finding.by_law(&reason.cite),
        None => finding,
    }
}

/// Reasons that rest on a rule which was not verified. Titles missing from the rule set are asked for by `confirm`.
fn unverified(standing: &Standing) -> impl Iterator<Item = &StandingReason> {
    let asked = standing.verdict == Verdict::NotSubject && !standing.confirm.is_empty();
    let decides = standing.overridden.is_none();
    standing.reasons.iter().filter(move |r| decides && r.attested == Attested::Unverified && !asked)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::fixture;
    use crate::official::RetirementNotice;

    const BEFORE: Option<Date> = Some(date(2021, 6, 30));
    const THIS_YEAR: Option<Date> = Some(date(2023, 1, 1));

    fn of(posts: &[(&str, Option<Date>)]) -> Standing {
        let book = fixture::book().with_official("Trần Văn B", posts);
        eligibility(&fixture::rules(), &book, PollKind::Rating, &[]).remove(0)
    }

    #[test]
    fn titles_match_however_they_are_written_but_not_inside_a_word_or_after_a_longer_one() {
        for title in [
            "Phó Chủ tịch Thường trực Hội đồng nhân dân tỉnh",
            "PHÓ CHỦ TỊCH HĐND TỈNH",
            "Trưởng ban Pháp chế",
            "Ủy viên UBND tỉnh, Giám đốc Sở Y tế",
            "Tỉnh ủy viên, Chủ tịch UBND tỉnh",
        ] {
            let standing = of(&[(title, BEFORE)]);
            assert_eq!((standing.verdict, standing.confirm.len()), (Verdict::Listed, 0), "{title}");
        }
        for title in ["Phó Trưởng Ban Pháp chế HĐND tỉnh", "Nguyên Chủ tịch UBND tỉnh", "Thư ký Chủ tịch UBND tỉnh"]
        {
            assert_eq!(of(&[(title, BEFORE)]).verdict, Verdict::NotSubject, "{title}");
        }
        assert_eq!(of(&[("Trưởng Bánh", BEFORE)]).verdict, Verdict::NotSubject);
    }

    #[test]
    fn posts_as_offices_write_them_are_listed_asked_about_or_left_out_but_never_silently() {
        let listed = ["PCT UBND tỉnh", "CT HĐND tỉnh - Trưởng Ban Pháp chế", "Tỉnh ủy viên kiêm UV UBND tỉnh"];
        for title in listed {
            let standing = of(&[(title, BEFORE)]);
            assert_eq!((standing.verdict, standing.confirm.len()), (Verdict::Listed, 0), "{title}");
        }
        let asked = [
            ("Q. Giám đốc Sở Y tế", Verdict::Listed, "quyền hoặc phụ trách"),
            ("Quyền Chủ tịch UBND tỉnh", Verdict::Listed, "quyền hoặc phụ trách"),
            ("nguyên Phó Chủ tịch UBND tỉnh", Verdict::NotSubject, "đã thôi giữ"),
            ("Chủ tịch UBND huyện Mẫu", Verdict::NotSubject, "cấp khác"),
            ("Trưởng Ban Kinh tế - Xã hội HĐND xã Mẫu", Verdict::NotSubject, "cấp khác"),
            ("Đại tá", Verdict::NotSubject, "không có trong danh mục"),
        ];
        for (title, verdict, words) in asked {
            let standing = of(&[(title, BEFORE)]);
            assert_eq!((standing.verdict, standing.confirm.len()), (verdict, 1), "{title}");
            assert!(standing.confirm[0].contains(words), "{}", standing.confirm[0]);
        }
    }

    #[test]
    fn a_head_of_department_is_subject_only_as_a_member_of_the_committee_so_the_office_confirms() {
        let standing = of(&[("Giám đốc Sở Y tế", BEFORE)]);
        assert_eq!(standing.verdict, Verdict::Listed);
        assert_eq!(standing.confirm, ["Giám đốc Sở Y tế: xác nhận là Ủy viên Ủy ban nhân dân."]);
    }

    #[test]
    fn a_deputy_head_is_left_out_by_the_article_and_an_unknown_post_with_a_question() {
        let deputy = of(&[("Phó Trưởng Ban Pháp chế", BEFORE)]);
        assert_eq!((deputy.reasons[0].cite.as_str(), deputy.confirm.len()), ("Điều 2.2", 0));
        let unknown = of(&[("Bí thư Tỉnh đoàn", BEFORE)]);
        assert_eq!((unknown.verdict, unknown.confirm.len()), (Verdict::NotSubject, 1));
    }

    #[test]
    fn several_posts_are_one_line_and_one_vote() {
        let standing = of(&[("Phó Chủ tịch HĐND tỉnh", BEFORE), ("Trưởng Ban Pháp chế", BEFORE)]);
        let cites: Vec<_> = standing.reasons.iter().map(|r| r.cite.as_str()).collect();
        assert_eq!(cites, ["Điều 2.2.a", "Điều 2.2.a", "Điều 2.4"]);
    }

    #[test]
    fn who_was_elected_from_the_first_of_january_of_the_vote_year_is_left_out() {
        let standing = of(&[("Phó Chủ tịch UBND tỉnh", THIS_YEAR)]);
        assert_eq!((standing.verdict, standing.reasons[0].cite.as_str()), (Verdict::Exempt, "Điều 2.5"));
        assert!(standing.reasons[0].text.contains("01/01/2023"));
        assert_eq!(of(&[("Phó Chủ tịch UBND tỉnh", Some(date(2022, 12, 31)))]).verdict, Verdict::Listed);
    }

    #[test]
    fn one_old_post_keeps_a_person_on_the_list_and_asks_the_office() {
        let mixed = of(&[("Trưởng Ban Pháp chế", BEFORE), ("Phó Chủ tịch HĐND tỉnh", THIS_YEAR)]);
        assert_eq!((mixed.verdict, mixed.confirm.len()), (Verdict::Listed, 1));
        let both = of(&[("Trưởng Ban Pháp chế", THIS_YEAR), ("Phó Chủ tịch HĐND tỉnh", THIS_YEAR)]);
        assert_eq!(both.verdict, Verdict::Exempt);
        // A post that is not voted on does not keep anybody on the list.
        let beside = of(&[("Phó Trưởng Ban Pháp chế", BEFORE), ("Phó Chủ tịch HĐND tỉnh", THIS_YEAR)]);
        assert_eq!(beside.verdict, Verdict::Exempt);
        let unknown = of(&[("Phó Chủ tịch UBND tỉnh", None)]);
        assert_eq!((unknown.verdict, unknown.confirm.len()), (Verdict::Listed, 1));
        let open = of(&[("Phó Chủ tịch UBND tỉnh", None), ("Phó Chủ tịch HĐND tỉnh", THIS_YEAR)]);
        assert_eq!((open.verdict, open.confirm.len()), (Verdict::Listed, 1));
        // The old post decides, whenever the other one was taken: nothing to ask.
        let settled = of(&[("Trưởng Ban Pháp chế", BEFORE), ("Phó Chủ tịch HĐND tỉnh", None)]);
        assert_eq!((settled.verdict, settled.confirm.len()), (Verdict::Listed, 0));
    }

    #[test]
    fn the_old_nine_months_count_to_the_vote_day_and_the_ninth_month_is_enough() {
        let mut rules = fixture::rules();
        rules.exemptions = vec![Exemption {
            kind: ExemptionKind::UnderMonths,
            months: Some(9),
            reason: "Đảm nhiệm chức vụ chưa đủ 09 tháng".into(),
            cite: "HD 321/HD-UBTVQH14".into(),
            attested: Attested::Single,
            note: None,
        }];
        let verdict = |day| {
            let book = fixture::book().with_official("Trần Văn B", &[("Chủ tịch UBND tỉnh", Some(day))]);
            eligibility(&rules, &book, PollKind::Rating, &[])[0].verdict
        };
        assert_eq!(verdict(date(2023, 3, 7)), Verdict::Listed);
        assert_eq!(verdict(date(2023, 3, 8)), Verdict::Exempt);
    }

    #[test]
    fn notice_of_retirement_leaves_a_person_out_and_the_office_reads_why() {
        let mut book = fixture::book()
            .with_official("Trần Văn B", &[("Chủ tịch UBND tỉnh", BEFORE)])
            .with_official("Lê Thị C", &[("Trưởng Ban Dân tộc", BEFORE)]);
        book.officials[1].retirement_notice = Some(RetirementNotice { text: "12/TB-MẪU".into() });
        let standings = eligibility(&fixture::rules(), &book, PollKind::Rating, &[]);
        assert_eq!(listed(&standings).collect::<Vec<_>>(), [OfficialNo(0)]);
        let findings = findings(&book, &standings);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].code, findings[0].law.as_deref()), ("ELI-002", Some("Điều 2.5")));
        assert!(findings[0].what.contains("12/TB-MẪU"));
    }

    #[test]
    fn a_confidence_poll_is_held_on_any_elected_post_and_knows_no_exemption() {
        let rules = crate::rules::builtin().expect("carried").remove(0);
        let mut book = fixture::book()
            .with_official("Trần Văn B", &[("Phó Trưởng Ban Pháp chế HĐND xã", THIS_YEAR)])
            .with_official("Lê Thị C", &[("Nguyên Chủ tịch UBND xã", BEFORE)]);
        book.council.kind = CouncilKind::CommuneCouncil;
        let standings = eligibility(&rules, &book, PollKind::Confidence, &[]);
        assert_eq!(standings.iter().map(|s| s.verdict).collect::<Vec<_>>(), [Verdict::Listed, Verdict::NotSubject]);
        assert_eq!(standings[0].reasons[0].cite, "NQ 96/2023/QH15, Điều 2.3");
    }

    #[test]
    fn what_two_people_decided_stands_in_place_of_the_rules_and_is_told_with_its_reason() {
        let book = fixture::book().with_official("Trần Văn B", &[("Giám đốc Sở Y tế", BEFORE)]);
        let given = eligibility(&fixture::rules(), &book, PollKind::Rating, &[]).remove(0);
        let decision = |verdict| Override {
            verdict,
            reason: "Không là Ủy viên Ủy ban nhân dân".into(),
            proposed_by: "Lê Văn Phòng".into(),
            confirmed_by: "Trần Thường Trực".into(),
        };
        let left_out = given.clone().decided_by(decision(Verdict::NotSubject));
        assert_eq!((left_out.verdict, left_out.confirm.len()), (Verdict::NotSubject, 0));
        assert_eq!(left_out.reasons, given.reasons, "what the rules say is still told");
        let other = of(&[("Chủ tịch UBND tỉnh", BEFORE)]);
        let told = findings(&book.with_official("C", &[]), &[left_out, Standing { official: OfficialNo(1), ..other }]);
        assert_eq!(told.iter().map(|f| f.code).collect::<Vec<_>>(), ["ELI-006"]);
        assert_eq!(given.clone().decided_by(decision(Verdict::Listed)), given, "back at the rules");
    }

    #[test]
    fn a_commune_is_off_until_the_office_states_a_legal_basis() {
        let mut book = fixture::book().with_official("Trần Văn B", &[("Chủ tịch UBND xã", BEFORE)]);
        book.council.kind = CouncilKind::CommuneCouncil;
        let rules = fixture::rules();
        let off = eligibility(&rules, &book, PollKind::Rating, &[]);
        assert_eq!(findings(&book, &off).iter().map(|f| f.code).collect::<Vec<_>>(), ["ELI-004"]);
        let blank = Enabled { kind: CouncilKind::CommuneCouncil, basis: " ".into() };
        assert_eq!(eligibility(&rules, &book, PollKind::Rating, &[blank])[0].verdict, Verdict::NotSubject);
        let basis = Enabled { kind: CouncilKind::CommuneCouncil, basis: "Nghị quyết số 1/2028/QH16".into() };
        let on = eligibility(&rules, &book, PollKind::Rating, &[basis]);
        assert_eq!(on[0].verdict, Verdict::Listed);
        assert!(findings(&book, &on).iter().any(|f| f.code == "ELI-003"), "a stated basis is not a verified one");
    }
}
