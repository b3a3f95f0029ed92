//! Who is voted on in a Confidence poll: no list of posts says it, the council does.

use super::{Standing, Verdict, reason};
use crate::official::{Official, OfficialNo, Post};
use crate::post_title::{PostTitle, Tenure};
use crate::rules::Rule;

/// Bỏ phiếu is held on whom the council decides, of all that it elected or approved: neither the posts nor the
/// exemptions of lấy phiếu bind it, so only a post that is no longer held keeps a person off.
pub(super) fn named_for_confidence(subject: &Rule<String>, official: OfficialNo, person: &Official) -> Standing {
    let left = |post: &Post| PostTitle::read(&post.title).tenure == Tenure::Former;
    let (verdict, text) = if person.posts.iter().all(left) {
        (Verdict::NotSubject, "Không còn giữ chức vụ nào.".to_owned())
    } else {
        (Verdict::Listed, format!("Thuộc đối tượng bỏ phiếu tín nhiệm: {}.", subject.value))
    };
    let reasons = vec![reason(text, &subject.cite, subject.attested)];
    Standing { official, verdict, reasons, confirm: Vec::new(), overridden: None }
}

/// The same for a poll that is held on `named` alone: an official not among them is not subject to it, whatever other
/// rules say.
pub fn only_named(standings: Vec<Standing>, named: &[OfficialNo], why: &str, subject: &Rule<String>) -> Vec<Standing> {
    let limited = |standing: Standing| {
        let is_named = named.contains(&standing.official);
        let text = if is_named { why.to_owned() } else { "Không thuộc kỳ bỏ phiếu này.".to_owned() };
        let verdict = if is_named { standing.verdict } else { Verdict::NotSubject };
        let mut reasons = standing.reasons;
        reasons.insert(usize::from(is_named), reason(text, &subject.cite, subject.attested));
        Standing { verdict, reasons, ..standing }
    };
    standings.into_iter().map(limited).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;
    use crate::eligibility::eligibility;
    use crate::fixture;
    use crate::poll::PollKind;

    const BEFORE: Option<Date> = Some(date(2021, 6, 24));

    #[test]
    fn a_poll_on_named_people_leaves_everybody_else_out() {
        let rules = crate::rules::builtin().expect("carried").remove(0);
        let book = fixture::book()
            .with_official("Trần Văn B", &[("Chủ tịch UBND tỉnh", BEFORE)])
            .with_official("Lê Thị C", &[("Nguyên Chủ tịch UBND tỉnh", BEFORE)])
            .with_official("Phạm Văn D", &[("Giám đốc Sở Y tế", BEFORE)]);
        let all = eligibility(&rules, &book, PollKind::Confidence, &[]);
        let subject = &rules.confidence.as_ref().expect("confidence").subject;
        let named = only_named(all, &[OfficialNo(0), OfficialNo(1)], "Theo kết quả lấy phiếu.", subject);
        let verdicts: Vec<_> = named.iter().map(|s| s.verdict).collect();
        assert_eq!(verdicts, [Verdict::Listed, Verdict::NotSubject, Verdict::NotSubject]);
        assert_eq!(named[0].reasons[1].text, "Theo kết quả lấy phiếu.");
        assert_eq!(named[2].reasons[0].text, "Không thuộc kỳ bỏ phiếu này.");
    }
}
