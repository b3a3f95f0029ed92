//! Báo cáo của người được lấy phiếu, as its writer signs it.

use super::frame::{Frame, Issue};
use super::parts::{SIGN_AND_NAME, body, centered_italic, cite_text, heading, notice, properties, roman, signature};
use super::{Block, Document};
use crate::official::{Birth, Official};
use crate::report::ReportForm;
use crate::text::date_dmy;

/// Placeholder where nothing was written yet.
const UNWRITTEN: &str = "(Chưa viết.)";

/// The report, section by section; `written` gives what stands in the section of an id.
pub fn person_report<'t>(
    official: &Official,
    form: &ReportForm<'_>,
    written: impl Fn(&str) -> Option<&'t str>,
    frame: &Frame<'_>,
) -> Document {
    let occasion = &frame.occasion;
    let who = if occasion.is_party() { "cán bộ" } else { "người" };
    let mut blocks = vec![
        Block::Title { kind: "BÁO CÁO".into(), subject: format!("Của {who} {}", occasion.who_are()) },
        centered_italic(format!("(Trình {})", occasion.sitting_with_term())),
        identity(official),
    ];
    for (number, section) in form.sections.iter().enumerate() {
        blocks.push(heading(2, format!("{}. {}", roman(number + 1), section.title)));
        let text = written(&section.id).unwrap_or(UNWRITTEN);
        blocks.extend(text.lines().filter(|line| !line.trim().is_empty()).map(body));
    }
    blocks.extend(notice("Nội dung báo cáo theo", grounds(form)));
    blocks.push(Block::Signatures(vec![signature(&["NGƯỜI BÁO CÁO"], SIGN_AND_NAME, &official.name)]));
    frame.document(format!("Báo cáo của {}", official.addressed()), Issue::default(), blocks)
}

fn identity(official: &Official) -> Block {
    let birth = match official.birth {
        Some(Birth::Day(day)) => date_dmy(day),
        Some(Birth::Year(year)) => year.to_string(),
        None => String::new(),
    };
    let post = |post: &crate::official::Post| match post.elected_on {
        Some(day) => format!("{} (từ ngày {})", post.title, date_dmy(day)),
        None => post.title.clone(),
    };
    properties(vec![
        ("Họ và tên", official.name.clone()),
        ("Ngày sinh", birth),
        ("Chức vụ", official.posts.iter().map(post).collect::<Vec<_>>().join("; ")),
    ])
}

/// The article.
fn grounds(form: &ReportForm<'_>) -> Vec<String> {
    form.law.map(|(cite, _)| cite_text(cite)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::fixture;
    use crate::rules::builtin;

    #[test]
    fn a_report_has_every_section_of_the_law_written_or_not() {
        let book = fixture::book().with_official("Trần Văn B", &[("Giám đốc Sở Y tế", Some(date(2021, 6, 30)))]);
        let rules = builtin().expect("carried").remove(0);
        let form = ReportForm::of(&rules);
        let frame = Frame { occasion: fixture::occasion(&rules, &book), date: date(2023, 11, 3), foot: None };
        let first = form.sections[0].id.clone();
        let written = |id: &str| (id == first).then_some("Hoàn thành.\n\nCòn một việc.");
        let document = person_report(&book.officials[0], &form, written, &frame);
        let heads = document.blocks.iter().filter(|block| matches!(block, Block::Heading { .. })).count();
        assert_eq!(heads, form.sections.len());
        let texts: Vec<&str> = document
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Paragraph(paragraph) => paragraph.spans.first().map(|span| span.text.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(texts.iter().filter(|text| **text == UNWRITTEN).count(), form.sections.len() - 1);
        assert!(texts.contains(&"Hoàn thành.") && texts.contains(&"Còn một việc."));
    }
}
