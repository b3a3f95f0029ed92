//! Báo cáo tổng hợp ý kiến thảo luận tổ: what the Standing Committee reports of the groups' discussions before the vote
//! (law.md 8, step 3), in the layout of state papers (Nghị định 30/2020/NĐ-CP).

use super::frame::{Frame, Issue};
use super::parts::{body, body_spans, count_words, heading, signature};
use super::{Block, Document, Span};
use crate::council::CouncilKind;
use crate::occasion::Occasion;
use crate::text::lower_first;

/// What one group said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupOpinion {
    pub group: String,
    pub general: String,
}

/// What groups said of one official.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficialOpinions {
    /// `Ông Nguyễn Văn A, Chủ tịch Ủy ban nhân dân tỉnh`.
    pub official: String,
    pub opinions: Vec<(String, String)>,
}

/// What all groups said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discussion {
    pub filed: Vec<GroupOpinion>,
    pub missing: Vec<String>,
    /// In ballot order; nobody of whom nothing was said.
    pub officials: Vec<OfficialOpinions>,
}

/// The body that presides between sittings: its name, and who signs for it.
fn standing(occasion: &Occasion<'_>) -> (&'static str, &'static str) {
    match occasion.council.kind {
        CouncilKind::NationalAssembly => ("Ủy ban Thường vụ Quốc hội", "CHỦ TỊCH"),
        CouncilKind::PartyCommittee => ("Ban Thường vụ", "BÍ THƯ"),
        CouncilKind::ProvinceCouncil | CouncilKind::DistrictCouncil | CouncilKind::CommuneCouncil => {
            ("Thường trực Hội đồng nhân dân", "CHỦ TỊCH")
        }
    }
}

const fn number(occasion: &Occasion<'_>) -> &'static str {
    match occasion.council.kind {
        CouncilKind::NationalAssembly => "Số:        /BC-UBTVQH",
        CouncilKind::PartyCommittee => "Số        -BC/……",
        CouncilKind::ProvinceCouncil | CouncilKind::DistrictCouncil | CouncilKind::CommuneCouncil => {
            "Số:        /BC-HĐND"
        }
    }
}

/// The report on what groups of delegates said before the vote.
pub fn discussion_report(frame: &Frame<'_>, discussion: &Discussion) -> Document {
    let occasion = &frame.occasion;
    let (board, signs) = standing(occasion);
    let sitting = lower_first(&occasion.council.sitting.name);
    let subject = format!("Tổng hợp ý kiến thảo luận tổ về việc {} tại {sitting}", occasion.kind.label());
    let mut blocks = vec![Block::Title { kind: "BÁO CÁO".to_owned(), subject }];
    blocks.push(heading(1, "I. TÌNH HÌNH THẢO LUẬN"));
    blocks.push(body(turnout(discussion)));
    blocks.push(heading(1, "II. Ý KIẾN CHUNG"));
    if discussion.filed.is_empty() {
        blocks.push(body("Chưa có tổ nào nộp tổng hợp ý kiến."));
    }
    for opinion in &discussion.filed {
        blocks.push(heading(2, opinion.group.as_str()));
        blocks.extend(opinion.general.lines().filter(|line| !line.is_empty()).map(body));
    }
    blocks.push(heading(1, format!("III. Ý KIẾN VỀ TỪNG NGƯỜI {}", occasion.who_are().to_uppercase())));
    if discussion.officials.is_empty() {
        blocks.push(body("Các tổ không có ý kiến về từng người."));
    }
    for (index, about) in discussion.officials.iter().enumerate() {
        blocks.push(heading(2, format!("{}. {}", index + 1, about.official)));
        blocks.extend(about.opinions.iter().flat_map(|(group, text)| opinion(group, text)));
    }
    let behalf = format!("{} {}", occasion.on_behalf(), board.to_uppercase());
    blocks.push(Block::Together(vec![
        body(format!("Trên đây là tổng hợp ý kiến thảo luận tổ, {board} báo cáo {}.", occasion.council.name)),
        Block::Signatures(vec![signature(&[&behalf, signs], "(Ký tên, đóng dấu)", "")]),
        Block::Recipients(vec![format!("- Các {};", occasion.voters()), "- Lưu: VT.".to_owned()]),
    ]));
    let issue = Issue { board: Some(board), number: number(occasion) };
    frame.document("Báo cáo tổng hợp ý kiến thảo luận tổ", issue, blocks)
}

fn turnout(discussion: &Discussion) -> String {
    let count = |n: usize| count_words(u32::try_from(n).unwrap_or(u32::MAX));
    let (filed, all) = (discussion.filed.len(), discussion.filed.len() + discussion.missing.len());
    let rest = if discussion.missing.is_empty() {
        String::new()
    } else {
        format!(" Chưa nộp: {}.", discussion.missing.join(", "))
    };
    format!("Có {}/{} tổ đã nộp tổng hợp ý kiến thảo luận.{rest}", count(filed), count(all))
}

/// The group's name before its first paragraph.
fn opinion(group: &str, text: &str) -> Vec<Block> {
    let mut lines = text.lines().filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let mut blocks = vec![body_spans(vec![Span::bold(format!("- {group}: ")), Span::plain(first)])];
    blocks.extend(lines.map(body));
    blocks
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::fixture;
    use crate::poll::PollKind;
    use crate::rules::builtin;

    #[test]
    fn the_report_says_who_filed_and_what_was_said_of_whom() {
        let (book, rules) = (fixture::book(), builtin().expect("carried").remove(0));
        let occasion =
            Occasion { council: &book.council, rules: &rules, kind: PollKind::Rating, basis: None, watermark: None };
        let frame = Frame { occasion, date: date(2026, 12, 7), foot: None };
        let discussion = Discussion {
            filed: vec![GroupOpinion {
                group: "Tổ 1".into(), general: "Nhất trí.\n\nĐề nghị công khai.".into()
            }],
            missing: vec!["Tổ 2".into()],
            officials: vec![OfficialOpinions {
                official: "Ông A, Chủ tịch".into(),
                opinions: vec![("Tổ 1".into(), "Làm tốt.".into())],
            }],
        };
        let text = format!("{:?}", discussion_report(&frame, &discussion).blocks);
        for expected in [
            "Có 01/02 tổ đã nộp",
            "Chưa nộp: Tổ 2.",
            "Đề nghị công khai.",
            "1. Ông A, Chủ tịch",
            "- Tổ 1: ",
            "Làm tốt.",
            "TM. THƯỜNG TRỰC HỘI ĐỒNG NHÂN DÂN",
            "/BC-HĐND",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        let none = format!("{:?}", discussion_report(&frame, &Discussion::default()).blocks);
        assert!(none.contains("Chưa có tổ nào nộp") && none.contains("không có ý kiến về từng người"), "{none}");
    }
}
