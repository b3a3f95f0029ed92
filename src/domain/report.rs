//! Báo cáo của người được lấy phiếu: its sections, as the rule set of the poll lists them, and where a fact stands in it.
//!
//! A section is a fact of kind [`FactKind::ReportSection`](super::fact::FactKind::ReportSection) that begins with the title
//! of the section and a colon, as workbooks write it: so a dossier reads the same whoever filed it.

use super::rules::{Attested, PaperRule, RuleSet};
use super::text::{clean_lines, fold, slug, upper_first};

/// Id of the paper in a rule set.
const PAPER: &str = "person_report";
/// Most letters of a section: some five pages.
pub const MOST_LETTERS: usize = 20_000;
/// The one section of a report whose form was not read.
const WHOLE: &str = "Nội dung báo cáo";

/// Why what was typed is no section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SectionError {
    #[error("Hãy viết nội dung của phần này; ô còn trống.")]
    Empty,
    /// Over 20,000 letters.
    #[error("Nội dung dài quá 20.000 ký tự; hãy rút gọn hoặc đính kèm phụ lục.")]
    TooLong,
}

/// A section of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// In addresses: `ket-qua-thuc-hien-nhiem-vu-quyen-han`.
    pub id: String,
    /// `Kết quả thực hiện nhiệm vụ, quyền hạn`.
    pub title: String,
}

/// What a report must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportForm<'r> {
    /// In the order of the law.
    pub sections: Vec<Section>,
    /// The article, and how well it was read; `None` where the rule set names no report.
    pub law: Option<(&'r str, Attested)>,
    /// Remark printed with the rule.
    pub note: Option<&'r str>,
}

impl<'r> ReportForm<'r> {
    /// The form that a rule set asks for. Where it lists no contents, the report is one section.
    pub fn of(rules: &'r RuleSet) -> Self {
        let paper = rules.papers.iter().find(|paper| paper.id == PAPER);
        let listed = paper.and_then(|paper: &PaperRule| paper.text.split_once(": ")).map(|(_, contents)| contents);
        let titles =
            listed.into_iter().flat_map(|contents| contents.split("; ")).map(|title| upper_first(title.trim()));
        let mut titles: Vec<String> = titles.filter(|title| !title.is_empty()).collect();
        if titles.is_empty() {
            titles.push(WHOLE.to_owned());
        }
        let sections = titles.into_iter().map(|title| Section { id: slug(&title), title }).collect();
        Self {
            sections,
            law: paper.map(|paper| (paper.cite.as_str(), paper.attested)),
            note: paper.and_then(|paper| paper.note.as_deref()),
        }
    }

    /// The section of an id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }
}

impl Section {
    /// What a fact of this section says below its title; `None` for one of another section.
    pub fn body<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (title, body) = text.split_once(':')?;
        (fold(title.trim()) == fold(&self.title)).then(|| body.trim_start())
    }

    /// What was typed, as a fact states it.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn stated(&self, typed: &str) -> Result<String, SectionError> {
        let body = clean_lines(typed);
        match body.chars().count() {
            0 => Err(SectionError::Empty),
            1..=MOST_LETTERS => Ok(format!("{}: {body}", self.title)),
            _ => Err(SectionError::TooLong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    fn rules(id: &str) -> RuleSet {
        builtin().expect("carried").into_iter().find(|rules| rules.id == id).expect("rule set")
    }

    #[test]
    fn the_law_in_force_lists_what_a_report_holds() {
        let rules = rules("NQ96-2023-QH15");
        let form = ReportForm::of(&rules);
        let titles: Vec<&str> = form.sections.iter().map(|section| section.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "Kết quả thực hiện nhiệm vụ, quyền hạn",
                "Phẩm chất chính trị, đạo đức, lối sống",
                "Kê khai tài sản, thu nhập",
                "Hạn chế, phương hướng khắc phục",
                "Giải trình ý kiến cử tri"
            ]
        );
        assert_eq!(form.law, Some(("NQ 96/2023/QH15, Điều 7 và Phụ lục", Attested::Verified)));
        assert_eq!(form.section("giai-trinh-y-kien-cu-tri"), form.sections.last());
        assert_eq!(form.section("khac"), None);
    }

    #[test]
    fn a_form_that_was_not_read_is_one_section_with_its_mark() {
        let rules = rules("QD96-TW-2023");
        let form = ReportForm::of(&rules);
        assert_eq!(form.sections.len(), 1);
        assert_eq!(form.law.map(|(_, attested)| attested), Some(Attested::Unverified));
    }

    #[test]
    fn a_section_is_found_again_in_what_a_fact_states() {
        let rules = rules("NQ96-2023-QH15");
        let section = ReportForm::of(&rules).sections.remove(0);
        let stated = section.stated(" Đã làm: ba việc.\r\nMột việc chậm. ").expect("text");
        assert_eq!(section.body(&stated), Some("Đã làm: ba việc.\nMột việc chậm."));
        assert_eq!(section.body("Phẩm chất chính trị, đạo đức, lối sống: tốt"), None);
        assert_eq!(section.body("không có tiêu đề"), None);
        assert_eq!(section.stated(" \n "), Err(SectionError::Empty));
        assert_eq!(section.stated(&"a".repeat(MOST_LETTERS + 1)), Err(SectionError::TooLong));
    }
}
