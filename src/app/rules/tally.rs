//! `tinnhiem tally`: recomputes a published table; what it finds, as text for people and as JSON for programs.

use std::path::Path;

use serde_json::{Value, json};

use super::sets;
use crate::rules::columns::{Align, columns};
use crate::service::error::AppError;
use crate::service::files;
use domain::finding::Finding;
use domain::poll::Level;
use domain::recompute::{CellReport, Mismatch, PublishedReport, Rounding, RowReport, check_published};
use domain::rules::{BandRule, RuleSet};
use domain::tally::{Band, TallyError, base_of, margin_words};
use domain::text::upper_first;
use domain::workbook_answer::WorkbookAnswer;
use import;

/// Stands for what is not printed or can't be known.
const UNKNOWN: &str = "–";

/// A published table, recomputed.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: String,
    /// Whether every published figure follows from its count.
    pub follows: bool,
    /// Warnings and notes about the file.
    pub findings: Vec<Finding>,
}

/// Recomputes the table in `file`, read as the answers say, under the rule set `id` from `returned` ballots and, where the rule
/// set takes shares of them, all `delegates`.
///
/// # Errors
/// When the file can't be read as a table, the rule set is unknown, or it can't be applied to these figures.
pub fn published(
    (file, answers): (&Path, &[WorkbookAnswer]),
    id: &str,
    returned: u32,
    delegates: Option<u32>,
) -> Result<Outcome, AppError> {
    let sets = sets::available(None)?;
    let set = &sets::find(&sets, id)?.set;
    let base = base_of(set, returned, delegates).map_err(|e| refuse(&e))?;
    let name = file.display().to_string();
    let (table, findings) = import::answered::published(&files::read(file)?, &name, answers)
        .map_err(|findings| AppError::Findings { file: name, findings })?;
    let report = check_published(set, base, returned, &table).map_err(|e| refuse(&e))?;
    let json = serde_json::to_string_pretty(&report_json(&report)).map_err(|e| AppError::internal("ghi JSON", e))?;
    Ok(Outcome { text: report_text(&report), json, follows: report.holds(), findings })
}

/// The sentence of the rules with the option that answers it.
fn refuse(error: &TallyError) -> AppError {
    let said = upper_first(&error.to_string());
    AppError::Input(match error {
        TallyError::DelegatesNeeded { .. } => format!("{said} bằng --delegates."),
        TallyError::EmptyBase { .. } | TallyError::WrongBase { .. } | TallyError::MoreThanDelegates { .. } => {
            format!("{said}; hãy xem lại --returned và --delegates.")
        }
        TallyError::NoRule { .. } => format!("{said}; hãy chọn bộ quy tắc khác bằng --rules."),
        TallyError::Identity(_) | TallyError::OtherVote { .. } => format!("{said}."),
    })
}

/// The report for people, Vietnamese: the computed table, consequences, duties, figures that do not follow, and the
/// parameters behind it that are not verified.
pub fn report_text(report: &PublishedReport<'_>) -> String {
    let mut text = head(report);
    text.push('\n');
    text += &table(report);
    section(&mut text, "Hệ quả", &consequences(report));
    section(&mut text, "Phải làm trước khi công nhận kết quả", &duties(report));
    section(&mut text, "Số đã công bố không khớp", &mismatches(report));
    section(&mut text, "Cách in tỷ lệ khác quy tắc", &habits(report));
    section(&mut text, "Không kiểm được (có tỷ lệ, không có số phiếu)", &unchecked(report));
    let cautions: Vec<String> = report.rules.cautions(report.kind).iter().map(ToString::to_string).collect();
    section(&mut text, "Quy tắc đã dùng, chưa kiểm chứng đầy đủ", &cautions);
    text.push('\n');
    text += &conclusion(report);
    text
}

fn head(report: &PublishedReport<'_>) -> String {
    let (rules, base) = (report.rules, &report.rules.base);
    format!(
        "Tính lại kết quả {} theo {}\nCăn cứ tính tỷ lệ: {} = {} ({}) [{}]\nSố phiếu thu về: {}\n",
        report.kind.label(),
        rules.short,
        base.value.phrase,
        report.base.value,
        base.cite,
        base.attested.label(),
        report.returned,
    )
}

fn section(text: &mut String, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    text.push_str(&format!("\n{title}:\n"));
    for item in items {
        text.push_str(&format!("- {item}\n"));
    }
}

fn table(report: &PublishedReport<'_>) -> String {
    let levels = report.kind.levels();
    let thresholds = report.rules.band_rules(report.kind).unwrap_or_default();
    let to_thresholds: Vec<String> = thresholds.iter().map(|band| format!("So với “{}”", band.share_words)).collect();
    let mut heads = vec![("Họ và tên", Align::Left), ("Chức vụ", Align::Left)];
    heads.extend(levels.iter().map(|level| (level.label(), Align::Right)));
    heads.extend([("Không tính", Align::Right), ("Mức hệ quả", Align::Left)]);
    heads.extend(to_thresholds.iter().map(|head| (head.as_str(), Align::Left)));
    let row = |row: &RowReport| {
        let mut cells = vec![row.name.clone(), row.post.clone()];
        cells.extend(levels.iter().map(|&level| count_with_share(row, level)));
        cells.push(row.not_counted.map_or_else(|| UNKNOWN.into(), |n| n.to_string()));
        cells.push(band_words(report.rules, row));
        let margin = |band: &BandRule| row.verdict.as_ref().and_then(|verdict| verdict.margin.to(band.id));
        let words = |band| margin(band).map_or_else(|| UNKNOWN.into(), margin_words);
        cells.extend(thresholds.iter().map(words));
        cells
    };
    columns(&heads, &report.rows.iter().map(row).collect::<Vec<_>>())
}

fn count_with_share(row: &RowReport, level: Level) -> String {
    match row.cells.iter().find(|cell| cell.level == level) {
        Some(CellReport { count: Some(count), percent: Some(percent), .. }) => format!("{count} ({percent}%)"),
        _ => UNKNOWN.into(),
    }
}

fn band_words(rules: &RuleSet, row: &RowReport) -> String {
    let Some(verdict) = &row.verdict else { return UNKNOWN.into() };
    match (verdict.band, verdict.band.rule(rules)) {
        (_, Some(rule)) => rule.words(),
        (Band::Kept, None) => "còn tín nhiệm".into(),
        (_, None) => "không".into(),
    }
}

fn who(row: &RowReport) -> String {
    if row.post.is_empty() { row.name.clone() } else { format!("{}, {}", row.name, row.post) }
}

fn consequences(report: &PublishedReport<'_>) -> Vec<String> {
    let level = report.kind.decisive().label().to_lowercase();
    let of_row = |row: &RowReport| {
        let rule = row.verdict.as_ref()?.band.rule(report.rules)?;
        let share = report.rules.range_words(report.kind, rule);
        let (said, cite, mark) = (&rule.consequence, &rule.cite, rule.attested.label());
        Some(format!("{}: {share} đánh giá “{level}”: {said} ({cite}) [{mark}]", who(row)))
    };
    let reached: Vec<String> = report.rows.iter().filter_map(of_row).collect();
    let known = report.rows.iter().filter(|row| row.verdict.is_some()).count();
    match (reached.is_empty(), known) {
        (true, 0) => vec![format!("chưa kết luận được: không dòng nào in số phiếu “{level}”")],
        (true, _) => vec![format!("không: trong {known} người có in số phiếu “{level}”, không ai đạt ngưỡng")],
        (false, _) => reached,
    }
}

fn duties(report: &PublishedReport<'_>) -> Vec<String> {
    let of_row = |row: &RowReport| {
        let warnings = row.verdict.iter().flat_map(|verdict| &verdict.warnings);
        warnings.map(|warning| format!("{}: {warning}", who(row))).collect::<Vec<_>>()
    };
    report.rows.iter().flat_map(of_row).collect()
}

fn mismatches(report: &PublishedReport<'_>) -> Vec<String> {
    report.mismatches().map(|(row, mismatch)| format!("dòng {}, {}: {mismatch}", row.line, row.name)).collect()
}

/// Habits of printing, each with how many shares it made and where.
fn habits(report: &PublishedReport<'_>) -> Vec<String> {
    let of = |habit: Rounding| {
        let count = |row: &RowReport| row.cells.iter().filter(|cell| cell.rounding == Some(habit)).count();
        let places: Vec<(u64, usize)> =
            report.rows.iter().map(|row| (row.line, count(row))).filter(|(_, n)| *n > 0).collect();
        let lines: Vec<String> = places.iter().map(|(line, _)| line.to_string()).collect();
        let shares: usize = places.iter().map(|(_, n)| n).sum();
        (shares > 0).then(|| format!("{}: {shares} tỷ lệ (dòng {})", habit.label(), lines.join(", ")))
    };
    [Rounding::OneDecimal, Rounding::CutOff, Rounding::MadeWhole].into_iter().filter_map(of).collect()
}

fn unchecked(report: &PublishedReport<'_>) -> Vec<String> {
    let of_row = |row: &RowReport| {
        let of_cell = |cell: &CellReport| {
            let printed = cell.published.filter(|_| cell.cannot_be_checked())?;
            Some(format!("dòng {}, {}: {}, đã in {printed}%", row.line, row.name, cell.level.label()))
        };
        row.cells.iter().filter_map(of_cell).collect::<Vec<_>>()
    };
    report.rows.iter().flat_map(of_row).collect()
}

fn conclusion(report: &PublishedReport<'_>) -> String {
    let checked = report.rows.iter().flat_map(|row| &row.cells).filter(|c| c.published.is_some() && c.count.is_some());
    match (report.mismatches().count(), checked.count()) {
        (0, 0) => "Không có tỷ lệ nào được in kèm số phiếu để đối chiếu.\n".into(),
        (0, n) => format!("Đã đối chiếu {n} tỷ lệ: tất cả đều đúng với số phiếu.\n"),
        (wrong, n) => format!("Đã đối chiếu {n} tỷ lệ: có {wrong} chỗ không khớp, nêu ở trên.\n"),
    }
}

/// The report for programs, in the shape of results.json. What is not printed is `null`, never zero; `band` and
/// `margin` are `null` when the decisive count is not printed.
pub fn report_json(report: &PublishedReport<'_>) -> Value {
    let rules = report.rules;
    let cautions: Vec<Value> = rules
        .cautions(report.kind)
        .iter()
        .map(|c| json!({ "what": c.what, "cite": c.cite, "attested": c.attested, "note": c.note }))
        .collect();
    json!({
        "ruleset": rules.id,
        "kind": report.kind,
        "base": { "name": report.base.kind, "value": report.base.value },
        "returned": report.returned,
        "follows": report.holds(),
        "officials": report.rows.iter().map(official_json).collect::<Vec<_>>(),
        "cautions": cautions,
    })
}

fn official_json(row: &RowReport) -> Value {
    let by_level = |value: &dyn Fn(&CellReport) -> Value| -> serde_json::Map<String, Value> {
        row.cells.iter().map(|cell| (cell.level.key().to_owned(), value(cell))).collect()
    };
    let mut counts = by_level(&|cell| json!(cell.count));
    counts.insert("not_counted".into(), json!(row.not_counted));
    let verdict = row.verdict.as_ref();
    let warnings: Vec<String> = verdict.iter().flat_map(|v| &v.warnings).map(ToString::to_string).collect();
    let unchecked = row.cells.iter().filter(|cell| cell.cannot_be_checked()).map(|cell| cell.level.key());
    json!({
        "line": row.line,
        "name": row.name,
        "post": row.post,
        "counts": counts,
        "percent": by_level(&|cell| json!(cell.percent)),
        "rounding": by_level(&|cell| json!(cell.rounding.map(Rounding::key))),
        "band": verdict.map(|v| v.band),
        "margin": verdict.map(|v| v.margin),
        "warnings": warnings,
        "mismatches": row.mismatches.iter().map(mismatch_json).collect::<Vec<_>>(),
        "unchecked": unchecked.collect::<Vec<_>>(),
    })
}

fn mismatch_json(mismatch: &Mismatch) -> Value {
    let what = mismatch.to_string();
    match mismatch {
        Mismatch::Percent { level, count, published, follows, coarse, rounding } => json!({
            "what": what, "level": level, "count": count, "published": published.to_string(), "follows": follows,
            "follows_with_one_decimal": coarse, "rounding": rounding.map(Rounding::key),
        }),
        Mismatch::CountOverReturned { level, count, returned } => {
            json!({ "what": what, "level": level, "count": count, "returned": returned })
        }
        Mismatch::SumOverReturned { sum, returned } => json!({ "what": what, "sum": sum, "returned": returned }),
    }
}
