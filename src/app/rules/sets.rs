//! `tinnhiem rules`: which rule sets there are, and each as text for people with citations and marks.

use std::path::{Path, PathBuf};

use crate::rules::columns::{Align, columns};
use crate::service::error::AppError;
use crate::service::files;
use domain::poll::PollKind;
use domain::rules::words::{
    bad_line_words, base_words, councils_words, deadline_words, follow_up_scope, in_force_words, percent_words,
    quorum_words, recount_words, share_words,
};
use domain::rules::{Attested, BandRule, InForce, LoadedRules, RuleSet, Side, load_all};
use domain::text::fold;
use domain::threshold::Edge;

/// The built-in rule sets, with the `.toml` files of `folder` added or put in by id.
///
/// # Errors
/// When the folder can't be read, or a file in it is refused; the message names file and key.
pub fn available(folder: Option<&Path>) -> Result<Vec<LoadedRules>, AppError> {
    let mut added = Vec::new();
    if let Some(folder) = folder {
        for path in toml_files(folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = String::from_utf8(files::read(&path)?).map_err(|_| {
                AppError::Input(format!("{}: tệp quy tắc không phải UTF-8; hãy lưu lại bằng mã UTF-8.", path.display()))
            })?;
            added.push((name, text));
        }
    }
    load_all(&added).map_err(|e| AppError::Input(e.to_string()))
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, AppError> {
    let paths = files::with_extension(folder, "toml")?;
    if paths.is_empty() {
        return Err(AppError::Input(format!("{}: không có tệp quy tắc .toml nào.", folder.display())));
    }
    Ok(paths)
}

/// The rule set `id`.
///
/// # Errors
/// When there is none; the message lists the ids that there are.
pub fn find<'a>(sets: &'a [LoadedRules], id: &str) -> Result<&'a LoadedRules, AppError> {
    named(sets, id)
        .ok_or_else(|| AppError::Input(format!("Không có bộ quy tắc «{id}»; hãy dùng một trong: {}.", ids(sets))))
}

/// The rule set whose id or short name `text` is, as people write it: `NQ96-2023-QH15`, `NQ 96/2023/QH15`.
pub fn named<'a>(sets: &'a [LoadedRules], text: &str) -> Option<&'a LoadedRules> {
    let key = |name: &str| fold(name).replace(' ', "");
    let wanted = key(text);
    sets.iter().find(|rules| [&rules.set.id, &rules.set.short].iter().any(|name| key(name) == wanted))
}

/// All ids, for messages.
pub fn ids(sets: &[LoadedRules]) -> String {
    let ids: Vec<&str> = sets.iter().map(|rules| rules.set.id.as_str()).collect();
    ids.join("; ")
}

/// One line per rule set.
pub fn list_text(sets: &[LoadedRules]) -> String {
    let heads = [
        ("Mã", Align::Left),
        ("Văn bản", Align::Left),
        ("Bên", Align::Left),
        ("Hiệu lực", Align::Left),
        ("Căn cứ tính tỷ lệ", Align::Left),
        ("Bỏ phiếu", Align::Left),
        ("Chưa kiểm chứng", Align::Right),
    ];
    let row = |set: &RuleSet| {
        let cited = set.parameters();
        let unverified = cited.iter().filter(|c| c.attested == Attested::Unverified).count();
        vec![
            set.id.clone(),
            set.short.clone(),
            side_words(set.side).into(),
            in_force_words(set.in_force.value),
            set.base.value.phrase.clone(),
            if set.confidence.is_some() { "có" } else { "chưa có" }.into(),
            format!("{unverified}/{}", cited.len()),
        ]
    };
    columns(&heads, &sets.iter().map(|rules| row(&rules.set)).collect::<Vec<_>>())
}

/// Everything that one rule set says, parameter by parameter: what, then citation and mark, then what to know.
pub fn show_text(set: &RuleSet) -> String {
    let text = format!("{} ({})\n{}\nBên: {}\n", set.id, set.short, set.title, side_words(set.side));
    let mut page = Page { text };
    general(&mut page, set);
    posts(&mut page, set);
    bands(&mut page, set);
    page.list("Thời hạn", set.deadlines.len());
    for deadline in &set.deadlines {
        page.item(&deadline_words(deadline), &deadline.cite, deadline.attested, deadline.note.as_deref());
    }
    page.list("Phiếu không hợp lệ", set.spoils_ballot.len());
    for reason in &set.spoils_ballot {
        page.item(&reason.text, &reason.cite, reason.attested, reason.note.as_deref());
    }
    page.list("Dòng không được tính", set.spoils_line.len());
    for reason in &set.spoils_line {
        page.item(&reason.text, &reason.cite, reason.attested, reason.note.as_deref());
    }
    page.list("Luật viện dẫn trong nghị quyết", set.legal_bases.len());
    for law in &set.legal_bases {
        let period = in_force_words(InForce { from: law.from, until: law.until });
        let text = format!("{}: {} ({period})", councils_words(&law.councils), law.text);
        page.item(&text, &law.cite, law.attested, law.note.as_deref());
    }
    page.list("Giấy tờ, mẫu", set.papers.len());
    for paper in &set.papers {
        page.item(&paper.text, &paper.cite, paper.attested, paper.note.as_deref());
    }
    page.text
}

struct Page {
    text: String,
}

impl Page {
    fn head(&mut self, title: &str) {
        self.text.push_str(&format!("\n{}\n", title.to_uppercase()));
    }

    /// Head of a list of `count` parameters; an empty one says so, lest it read as "the law has none".
    fn list(&mut self, title: &str, count: usize) {
        self.head(title);
        if count == 0 {
            self.text.push_str("- Bộ quy tắc này không nêu\n");
        }
    }

    fn item(&mut self, what: &str, cite: &str, attested: Attested, note: Option<&str>) {
        self.text.push_str(&format!("- {what}\n    {cite} [{}]\n", attested.label()));
        if let Some(note) = note {
            self.text.push_str(&format!("    Lưu ý: {note}\n"));
        }
    }
}

/// An item of the page from anything that has a citation, a mark and a note.
macro_rules! put {
    ($page:expr, $what:expr, $rule:expr) => {
        $page.item(&$what, &$rule.cite, $rule.attested, $rule.note.as_deref())
    };
}

fn general(page: &mut Page, set: &RuleSet) {
    page.head("Quy định chung");
    put!(page, format!("Hiệu lực: {}", in_force_words(set.in_force.value)), set.in_force);
    let levels: Vec<&str> = set.levels.value.iter().map(|level| level.label()).collect();
    put!(page, format!("Mức tín nhiệm: {}", levels.join(", ")), set.levels);
    put!(page, format!("Căn cứ tính tỷ lệ: {} ({})", set.base.value.phrase, base_words(set)), set.base);
    put!(page, format!("Cách in tỷ lệ: {}", percent_words(set)), set.percent);
    if let Some(rule) = &set.recount {
        put!(page, format!("Phải kiểm lại từ phiếu giấy: {}", recount_words(set, rule.value)), rule);
    }
    put!(page, format!("Người giữ nhiều chức vụ: {}", set.several_posts.value.label()), set.several_posts);
    put!(page, format!("Định kỳ: {}", set.frequency.value), set.frequency);
    put!(page, format!("Thời điểm: {}", set.when.value), set.when);
    put!(page, format!("Túc số: {}", quorum_words(set.quorum.value)), set.quorum);
    if let Some(rule) = &set.resolution {
        put!(page, format!("Thông qua nghị quyết: {} tán thành", share_words(rule.value, "tổng số đại biểu")), rule);
    }
    if let Some(rule) = &set.board_min {
        let sizes: Vec<String> = rule.value.iter().map(|(kind, n)| format!("{} {n}", kind.label())).collect();
        put!(page, format!("Ban kiểm phiếu, số thành viên ít nhất: {}", sizes.join(", ")), rule);
    }
    put!(page, format!("Ban kiểm phiếu: {}", set.board_conflict.value), set.board_conflict);
    put!(page, format!("Phiếu ghi thêm tên: {}", set.extra_name.value), set.extra_name);
    if let Some(rule) = &set.bad_line {
        put!(page, format!("Dòng bỏ trống hoặc đánh dấu nhiều ô: {}", bad_line_words(rule.value)), rule);
    }
    if let Some(rule) = &set.exchange {
        put!(page, format!("Đổi phiếu: {}", rule.value), rule);
    }
    if let Some(rule) = &set.storage {
        put!(page, format!("Lưu giữ phiếu: {}", rule.value), rule);
    }
    if let Some(rule) = &set.minutes_copies {
        put!(page, format!("Số bản biên bản kiểm phiếu: {}", rule.value), rule);
    }
    put!(page, format!("Công khai kết quả: {}", set.publication.value), set.publication);
}

fn posts(page: &mut Page, set: &RuleSet) {
    page.list("Người thuộc diện", set.subjects.len());
    for subject in &set.subjects {
        put!(page, format!("{}: {}", councils_words(&subject.councils), subject.post), subject);
        page.text.push_str(&format!("    Nhận ra theo chức danh: {}\n", subject.titles.join("; ")));
        if let Some(confirm) = &subject.confirm {
            page.text.push_str(&format!("    Phải xác nhận: {confirm}\n"));
        }
    }
    page.list("Không thuộc diện", set.not_subjects.len());
    for other in &set.not_subjects {
        put!(page, format!("{}: {}", councils_words(&other.councils), other.reason), other);
        if !other.titles.is_empty() {
            page.text.push_str(&format!("    Nhận ra theo chức danh: {}\n", other.titles.join("; ")));
        }
    }
    page.list("Không lấy phiếu", set.exemptions.len());
    for exemption in &set.exemptions {
        put!(page, exemption.reason, exemption);
    }
}

fn bands(page: &mut Page, set: &RuleSet) {
    page.head("Hệ quả của lấy phiếu");
    for band in &set.bands {
        band_item(page, set, PollKind::Rating, band);
    }
    page.list("Việc phải làm theo mức hệ quả", set.follow_ups.len());
    for rule in &set.follow_ups {
        let range = set.band_rule(rule.band).map(BandRule::words).unwrap_or_default();
        let of = follow_up_scope(rule);
        put!(page, format!("{range}{of}: {} {} ({})", rule.who, rule.what, rule.by), rule);
    }
    page.head("Bỏ phiếu tín nhiệm");
    let Some(confidence) = &set.confidence else {
        page.text.push_str("- Chưa có quy định nào được đọc; bộ quy tắc này không dùng cho bỏ phiếu tín nhiệm\n");
        return;
    };
    put!(page, format!("Đối tượng: {}", confidence.subject.value), confidence.subject);
    for trigger in &confidence.triggers {
        put!(page, format!("Trường hợp: {}", trigger.value), trigger);
    }
    band_item(page, set, PollKind::Confidence, &confidence.loss);
    for (number, step) in (1..).zip(&confidence.steps) {
        put!(page, format!("Bước {number}: {}", step.text), step);
    }
}

/// The band in the law's words, with the sign and the fraction that decide a count on its edge.
fn band_item(page: &mut Page, set: &RuleSet, kind: PollKind, band: &BandRule) {
    let level = kind.decisive().label().to_lowercase();
    let sign = match band.threshold.edge {
        Edge::Above => '>',
        Edge::From => '≥',
    };
    let range = format!("{} ({sign} {})", set.range_words(kind, band), band.threshold.share);
    put!(page, format!("“{level}” {range}: {}", band.consequence), band);
    if let Some(question) = &band.exact_warning {
        page.text.push_str(&format!("    Đúng ngưỡng: {question}\n"));
    }
}

const fn side_words(side: Side) -> &'static str {
    match side {
        Side::State => "Nhà nước",
        Side::Party => "Đảng",
    }
}
