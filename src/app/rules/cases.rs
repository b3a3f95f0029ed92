//! `tinnhiem rules --cases`: a jurist's table of situations, answered row by row by the rule sets.

use std::path::Path;

use crate::rules::sets;
use crate::service::error::AppError;
use crate::service::files;
use domain::finding::Finding;
use domain::rule_case::{Answered, CaseRow, answer};
use domain::rules::RuleSet;
use import;

/// Every situation with its answer.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// For people.
    pub text: String,
    /// Whether every answer is the one that the table expects.
    pub agrees: bool,
    /// Warnings about the file.
    pub findings: Vec<Finding>,
}

/// Answers the table in `file`, xlsx or CSV, by the built-in rule sets with those of `folder` added or put in by id.
///
/// # Errors
/// When the file can't be read as a table, or a rule file is refused.
pub fn answered(file: &Path, folder: Option<&Path>) -> Result<Outcome, AppError> {
    let sets: Vec<RuleSet> = sets::available(folder)?.into_iter().map(|rules| rules.set).collect();
    let (rows, findings) = rows(file)?;
    let all: Vec<Answered> = rows.into_iter().map(|row| answer(&sets, row)).collect();
    Ok(Outcome { text: text(&all), agrees: all.iter().all(Answered::agrees), findings })
}

/// The rows of a table of situations.
///
/// # Errors
/// When the file can't be read as a table.
pub fn rows(file: &Path) -> Result<(Vec<CaseRow>, Vec<Finding>), AppError> {
    let name = file.display().to_string();
    import::read_rule_cases(&files::read(file)?, &name).map_err(|findings| AppError::Findings { file: name, findings })
}

fn text(all: &[Answered]) -> String {
    let mut text = String::new();
    for case in all {
        text += &block(case);
    }
    let differing: Vec<String> =
        all.iter().filter(|case| !case.agrees()).map(|case| case.row.line.to_string()).collect();
    text += &match differing.as_slice() {
        [] => format!("\n{} tình huống: trả lời đều đúng như bảng.\n", all.len()),
        lines => {
            format!("\n{} tình huống: {} trả lời khác với bảng, ở dòng {}.\n", all.len(), lines.len(), lines.join(", "))
        }
    };
    text
}

/// One situation: what was asked, the answer with its article, and where it is another one.
fn block(case: &Answered) -> String {
    let row = &case.row;
    let facts = if row.facts.is_empty() { String::new() } else { format!(" ({})", row.facts) };
    let situation = if row.situation.is_empty() { String::new() } else { format!("{}. ", row.situation) };
    let head =
        format!("dòng {}: {situation}{}, {}, {}: {}{facts}\n", row.line, row.body, row.poll, row.day, row.question);
    let said = match &case.answer {
        Ok(answer) => {
            let cite = if answer.cite.is_empty() { String::new() } else { format!(" [{}]", answer.cite) };
            format!("  → {}{cite}\n", answer.text)
        }
        Err(fault) => format!("  → không trả lời được: {fault}\n"),
    };
    if case.agrees() {
        return head + &said;
    }
    let cite = if row.cite.is_empty() { String::new() } else { format!(" [{}]", row.cite) };
    format!("{head}{said}  ✗ bảng ghi: {}{cite}\n", row.expected)
}
