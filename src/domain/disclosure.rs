//! What a result that is made public tells of single ballots. Counts alone can break the secrecy of the vote: where every
//! ballot says the same, everybody's mark is known; where one says otherwise, whoever cast it knows all others, and the
//! hall may guess who it was. The law wants the counts public all the same, so nothing is hidden: whoever publishes is
//! told before.

use super::batch::secrecy_finding;
use super::finding::{Finding, Severity};
use super::poll::Level;
use super::result::{FormResult, OfficialResult, PollResult};

/// Ballots of a line from which on one that differs is one dissent, and not one of two sides.
const LEAST_FOR_DISSENT: u64 = 3;

/// What the counts of a line disclose about single ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosed {
    /// Every ballot that counts on it has this level.
    Unanimous(Level),
    /// Every ballot that counts on it but one has this level.
    OneDissent(Level),
}

/// What the counts of a line disclose about single ballots; `None` where they disclose nothing.
pub fn of_line(official: &OfficialResult) -> Option<Disclosed> {
    let counts = official.tally.counts;
    let all = counts.sum();
    let most = counts.each().into_iter().max_by_key(|(_, count)| *count);
    let (level, most) = most.filter(|(_, count)| *count > 0)?;
    match all - u64::from(most) {
        0 => Some(Disclosed::Unanimous(level)),
        1 if all >= LEAST_FOR_DISSENT => Some(Disclosed::OneDissent(level)),
        _ => None,
    }
}

/// Everything that the result discloses about single ballots, form by form and line by line: `DIS-001` a unanimous
/// line, `DIS-002` a line with one dissent, and a form of too few ballots.
pub fn findings(result: &PollResult) -> Vec<Finding> {
    result.forms.iter().flat_map(of_form).collect()
}

fn of_form(form: &FormResult) -> Vec<Finding> {
    if form.is_void() {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = secrecy_finding(form.ballots.returned)
        .into_iter()
        .map(|few| Finding { place: format!("Mẫu phiếu {}", form.count.form), ..few })
        .collect();
    findings.extend(form.officials.iter().filter_map(|official| Some(finding(official, of_line(official)?))));
    findings
}

fn finding(official: &OfficialResult, told: Disclosed) -> Finding {
    let place = official.listed.addressed();
    match told {
        Disclosed::Unanimous(level) => {
            let what = format!(
                "Mọi phiếu được tính đều ghi “{}”: ai cũng biết từng người bỏ phiếu đã ghi gì.",
                level.label().to_lowercase()
            );
            let remedy = "Số liệu vẫn phải công bố; người công bố cần biết dòng này không còn giữ được bí mật.";
            Finding::new("DIS-001", Severity::Warning, place, what, remedy)
        }
        Disclosed::OneDissent(level) => {
            let what = format!(
                "Chỉ một phiếu được tính không ghi “{}”: người ghi phiếu đó biết mọi phiếu còn lại, và dễ bị đoán ra.",
                level.label().to_lowercase()
            );
            let remedy = "Số liệu vẫn phải công bố; không tìm hiểu, không bàn luận ai đã ghi phiếu đó.";
            Finding::new("DIS-002", Severity::Warning, place, what, remedy)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::BatchCounts;
    use crate::official::Block;
    use crate::poll::{LevelCounts, PollKind};
    use crate::result::{FormCount, Listed, decide};
    use crate::rules::builtin;

    fn codes(kind: PollKind, papers: u32, lines: &[LevelCounts]) -> Vec<(&'static str, String)> {
        let rules = builtin().expect("carried").remove(0);
        let block = Block("Khối".into());
        let person = |i: usize| Listed {
            name: format!("Người {i}"),
            honorific: None,
            post: "Chức vụ".into(),
            block: block.clone(),
        };
        let list: Vec<Listed> = (1..=lines.len()).map(person).collect();
        let counts = BatchCounts { papers, lines: lines.to_vec(), ..BatchCounts::default() };
        let count = FormCount { form: "F1".into(), block: block.clone(), issued: papers, counts };
        let result = decide(&rules, kind, 100, &list, vec![count]).expect("result");
        findings(&result).into_iter().map(|finding| (finding.code, finding.place)).collect()
    }

    fn rating(high: u32, medium: u32, low: u32) -> LevelCounts {
        LevelCounts::Rating { high, medium, low }
    }

    #[test]
    fn a_unanimous_line_and_a_single_dissent_are_told_line_by_line() {
        let lines = [rating(47, 0, 0), rating(46, 0, 1), rating(45, 1, 1), rating(0, 1, 46), rating(19, 2, 25)];
        let told = [("DIS-001", "Người 1"), ("DIS-002", "Người 2"), ("DIS-002", "Người 4")];
        assert_eq!(codes(PollKind::Rating, 47, &lines), told.map(|(code, place)| (code, place.to_owned())));
    }

    #[test]
    fn lines_that_do_not_count_hide_nobody_elses_mark() {
        let told = codes(PollKind::Rating, 47, &[rating(40, 0, 0), rating(39, 1, 0)]);
        assert_eq!(told.iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["DIS-001", "DIS-002"]);
        assert_eq!(codes(PollKind::Rating, 47, &[rating(0, 0, 0)]), []);
    }

    #[test]
    fn two_ballots_that_differ_are_two_sides_and_a_small_form_is_told_as_such() {
        let one_each = LevelCounts::Confidence { confidence: 1, no_confidence: 1 };
        let told = codes(PollKind::Confidence, 9, &[one_each]);
        assert_eq!(told, [("BAT-001", "Mẫu phiếu F1".to_owned())]);
    }
}
