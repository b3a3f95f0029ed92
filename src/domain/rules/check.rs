//! What a rule file must hold beyond its shape. Each refusal names the key and says what to write instead.

use std::collections::BTreeSet;

use super::{BadLineCosts, BandId, BandRule, ExemptionKind, PollKind, RuleSet, Side};
use crate::text::fold;

/// Digits after the comma that a share may be printed with.
const MAX_DECIMALS: u8 = 6;

/// Key and what is wrong.
type Refusal = (String, String);

fn refuse<T>(key: impl Into<String>, what: impl Into<String>) -> Result<T, Refusal> {
    Err((key.into(), what.into()))
}

/// Checks what types alone do not say.
pub(super) fn check(set: &RuleSet) -> Result<(), Refusal> {
    check_head(set)?;
    check_cites(set)?;
    check_levels(set)?;
    check_bands(set)?;
    check_posts(set)?;
    check_bad_line(set)?;
    check_ids(set)?;
    check_party_dismissal(set)
}

fn check_head(set: &RuleSet) -> Result<(), Refusal> {
    let id_letters = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if !set.id.starts_with(|c: char| c.is_ascii_uppercase()) || !set.id.chars().all(id_letters) {
        return refuse("id", "mã phải bắt đầu bằng chữ và chỉ gồm chữ hoa không dấu, chữ số, dấu “-”: NQ96-2023-QH15");
    }
    for (key, text) in [("short", &set.short), ("title", &set.title), ("base.value.phrase", &set.base.value.phrase)] {
        filled(key, text)?;
    }
    let period = set.in_force.value;
    if period.until.is_some_and(|until| until < period.from) {
        return refuse("in_force.value.until", "ngày hết hiệu lực đứng trước ngày có hiệu lực");
    }
    if set.percent.value.decimals > MAX_DECIMALS {
        return refuse("percent.value.decimals", format!("không quá {MAX_DECIMALS} chữ số thập phân"));
    }
    Ok(())
}

fn filled(key: &str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() { refuse(key, "không được để trống") } else { Ok(()) }
}

fn check_cites(set: &RuleSet) -> Result<(), Refusal> {
    match set.parameters().into_iter().find(|c| c.cite.trim().is_empty()) {
        Some(empty) => {
            refuse(format!("{}.cite", empty.path), "thiếu căn cứ; ghi điều khoản hoặc nguồn của quy định này")
        }
        None => Ok(()),
    }
}

fn check_levels(set: &RuleSet) -> Result<(), Refusal> {
    let (given, needed) = (set.levels.value.as_slice(), PollKind::Rating.levels());
    if given == needed {
        return Ok(());
    }
    let keys: Vec<String> = needed.iter().map(|level| format!("\"{}\"", level.key())).collect();
    refuse("levels.value", format!("phiếu lấy tín nhiệm có đúng ba mức, theo thứ tự [{}]", keys.join(", ")))
}

fn check_bands(set: &RuleSet) -> Result<(), Refusal> {
    if set.bands.is_empty() {
        return refuse("band", "phải có ít nhất một mức hệ quả");
    }
    for (i, band) in set.bands.iter().enumerate() {
        let key = format!("band[{i}]");
        if band.id == BandId::Lost {
            return refuse(format!("{key}.id"), "“lost” là mức của bỏ phiếu, đặt ở confidence.loss");
        }
        check_band(&key, band)?;
    }
    for (i, pair) in set.bands.windows(2).enumerate() {
        if let [low, high] = pair
            && (low.id >= high.id || !low.threshold.is_below(high.threshold))
        {
            return refuse(format!("band[{}].threshold", i + 1), "các mức phải xếp từ thấp đến cao, không trùng nhau");
        }
    }
    match &set.confidence {
        Some(confidence) if confidence.loss.id != BandId::Lost => {
            refuse("confidence.loss.id", "mức của bỏ phiếu phải là “lost”")
        }
        Some(confidence) => {
            filled("confidence.subject.value", &confidence.subject.value)?;
            for (i, trigger) in confidence.triggers.iter().enumerate() {
                filled(&format!("confidence.triggers[{i}].value"), &trigger.value)?;
            }
            for (i, step) in confidence.steps.iter().enumerate() {
                filled(&format!("confidence.steps[{i}].text"), &step.text)?;
            }
            check_band("confidence.loss", &confidence.loss)
        }
        None => Ok(()),
    }
}

fn check_band(key: &str, band: &BandRule) -> Result<(), Refusal> {
    filled(&format!("{key}.share_words"), &band.share_words)?;
    filled(&format!("{key}.consequence"), &band.consequence)
}

fn check_posts(set: &RuleSet) -> Result<(), Refusal> {
    for (i, subject) in set.subjects.iter().enumerate() {
        if subject.councils.is_empty() || subject.titles.is_empty() {
            return refuse(format!("subject[{i}]"), "phải nêu ít nhất một loại hội đồng và một chức danh");
        }
        check_titles(&format!("subject[{i}]"), &subject.titles)?;
    }
    for (i, other) in set.not_subjects.iter().enumerate() {
        if other.councils.is_empty() {
            return refuse(format!("not_subject[{i}].councils"), "phải nêu ít nhất một loại hội đồng");
        }
        filled(&format!("not_subject[{i}].reason"), &other.reason)?;
        check_titles(&format!("not_subject[{i}]"), &other.titles)?;
    }
    for (i, exemption) in set.exemptions.iter().enumerate() {
        if (exemption.kind == ExemptionKind::UnderMonths) != exemption.months.is_some() {
            return refuse(format!("exemption[{i}].months"), "số tháng đi cùng và chỉ đi cùng loại “under_months”");
        }
        filled(&format!("exemption[{i}].reason"), &exemption.reason)?;
    }
    Ok(())
}

/// A reading that spoils whole ballots needs the reason that the minutes then print.
fn check_bad_line(set: &RuleSet) -> Result<(), Refusal> {
    if set.minutes_copies.as_ref().is_some_and(|rule| rule.value == 0) {
        return refuse("minutes_copies.value", "biên bản phải có ít nhất một bản");
    }
    if set.bad_line.as_ref().is_some_and(|rule| rule.value.is_chosen && !rule.value.board_chooses) {
        return refuse("bad_line.value.is_chosen", "chỉ chọn được khi board_chooses là true");
    }
    let has_reason = set.spoils_ballot.iter().any(|reason| reason.literal_reading_only);
    if set.bad_line_costs() == BadLineCosts::Ballot && !has_reason {
        return refuse("bad_line.value.costs", "đọc theo nguyên văn cần một mục spoils_ballot có literal_reading_only");
    }
    match set.spoils_ballot.iter().position(|reason| reason.single_name_only && reason.literal_reading_only) {
        Some(i) => refuse(
            format!("spoils_ballot[{i}]"),
            "chỉ dùng một trong hai: single_name_only (phiếu một tên), literal_reading_only (phiếu nhiều tên)",
        ),
        None => Ok(()),
    }
}

/// On the Party side somebody who must be removed is never offered to resign instead (Quy định 377-QĐ/TW; law-2026 D1).
fn check_party_dismissal(set: &RuleSet) -> Result<(), Refusal> {
    if set.side != Side::Party {
        return Ok(());
    }
    let words = "từ chức";
    let no_choice =
        "bên Đảng, mức này phải miễn nhiệm: không nêu “từ chức” như một lựa chọn; muốn nói rõ thì ghi ở note";
    for (i, band) in set.bands.iter().enumerate() {
        if band.id == BandId::TwoThirdsLow && band.consequence.contains(words) {
            return refuse(format!("band[{i}].consequence"), no_choice);
        }
    }
    for (i, rule) in set.follow_ups.iter().enumerate() {
        if rule.band == BandId::TwoThirdsLow && rule.what.contains(words) {
            return refuse(format!("follow_up[{i}].what"), no_choice);
        }
    }
    Ok(())
}

/// A title is compared with folded ones, so one with accents or capitals would never match. Which letters stay as they are when
/// a title is folded would depend on the version of Unicode; these do in all of them, and no language of the country that is
/// written in Latin letters needs others.
fn is_folded(title: &str) -> bool {
    let letter = |c| matches!(c, 'a'..='z' | '0'..='9' | '\u{14B}' | '\u{180}' | '\u{250}'..='\u{2AF}');
    title.split(' ').all(|word| !word.is_empty() && word.chars().all(letter))
}

fn check_titles(key: &str, titles: &[String]) -> Result<(), Refusal> {
    match titles.iter().enumerate().find(|(_, title)| !is_folded(title)) {
        Some((j, title)) => {
            let what = format!("viết chữ thường không dấu, chữ số, mỗi chỗ một dấu cách: “{}”", fold(title));
            refuse(format!("{key}.titles[{j}]"), what)
        }
        None => Ok(()),
    }
}

fn check_ids(set: &RuleSet) -> Result<(), Refusal> {
    check_deadlines(set)?;
    check_follow_ups(set)?;
    for (list, reasons) in [("spoils_ballot", &set.spoils_ballot), ("spoils_line", &set.spoils_line)] {
        for (i, reason) in reasons.iter().enumerate() {
            plain(format!("{list}[{i}].id"), &reason.id)?;
        }
    }
    unique("spoils_ballot", set.spoils_ballot.iter().map(|r| r.id.as_str()))?;
    unique("spoils_line", set.spoils_line.iter().map(|r| r.id.as_str()))?;
    unique("paper", set.papers.iter().map(|p| p.id.as_str()))?;
    check_attestations(set)
}

/// An id that is part of the name of a record, or of a cell of a commitment.
fn plain(key: String, id: &str) -> Result<(), Refusal> {
    if id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        Ok(())
    } else {
        refuse(key, "mã chỉ gồm chữ thường không dấu, chữ số, dấu “_”")
    }
}

/// What an office said, it said once of a parameter that there is.
fn check_attestations(set: &RuleSet) -> Result<(), Refusal> {
    let parameters = set.parameters();
    let mut seen = BTreeSet::new();
    for (i, said) in set.attestations.iter().enumerate() {
        let key = format!("attestation[{i}].key");
        if !parameters.iter().any(|parameter| parameter.key == said.key) {
            return refuse(key, format!("bộ quy tắc không có tham số “{}”", said.key));
        }
        if !seen.insert(said.key.as_str()) {
            return refuse(key, format!("tham số “{}” đã có ở trên", said.key));
        }
    }
    Ok(())
}

/// A duty belongs to a band that the set has, is named once in it, and says who does what by when.
fn check_follow_ups(set: &RuleSet) -> Result<(), Refusal> {
    for (i, rule) in set.follow_ups.iter().enumerate() {
        let key = |field: &str| format!("follow_up[{i}].{field}");
        for (field, text) in [("who", &rule.who), ("what", &rule.what), ("by", &rule.by)] {
            filled(&key(field), text)?;
        }
        // Its id is part of the name of a record.
        plain(key("id"), &rule.id)?;
        if rule.from.zip(rule.until).is_some_and(|(from, until)| until < from) {
            return refuse(key("until"), "ngày cuối đứng trước ngày đầu");
        }
        if set.band_rule(rule.band).is_none() {
            return refuse(key("band"), "bộ quy tắc không có mức này");
        }
        let of_band = set.follow_ups.iter().enumerate().filter(|(_, other)| other.band == rule.band);
        unique_at("follow_up", of_band.map(|(i, rule)| (i, rule.id.as_str())))?;
    }
    Ok(())
}

/// One deadline of one name for each body: two would give one duty two last days.
fn check_deadlines(set: &RuleSet) -> Result<(), Refusal> {
    for (i, deadline) in set.deadlines.iter().enumerate() {
        if deadline.councils.is_empty() {
            return refuse(format!("deadline[{i}].councils"), "phải nêu ít nhất một loại hội đồng");
        }
    }
    let kinds: BTreeSet<_> = set.deadlines.iter().flat_map(|d| &d.councils).collect();
    kinds.into_iter().try_for_each(|kind| {
        let of_kind = set.deadlines.iter().enumerate().filter(|(_, d)| d.councils.contains(kind));
        unique_at("deadline", of_kind.map(|(i, d)| (i, d.id.as_str())))
    })
}

fn unique<'a>(list: &str, ids: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    unique_at(list, ids.enumerate())
}

fn unique_at<'a>(list: &str, ids: impl Iterator<Item = (usize, &'a str)>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for (i, id) in ids {
        let key = format!("{list}[{i}].id");
        filled(&key, id)?;
        if !seen.insert(id) {
            return refuse(key, format!("mã “{id}” đã dùng ở trên; mỗi mục một mã"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_a_title_is_one_that_folding_leaves_and_every_vietnamese_title_folds_into_them() {
        let letters = (' '..='\u{FFFF}').filter(|c| is_folded(&c.to_string())).collect::<String>();
        assert_eq!(letters.chars().count(), 36 + 2 + 96);
        assert_eq!(fold(&letters), letters);
        for title in ["Phó Chủ tịch Hội đồng nhân dân", "TRƯỞNG BAN PHÁP CHẾ", "Ƀuôn trưởng, Y Ŋŏ", "Ủy viên (2026)"]
        {
            assert!(is_folded(&fold(title)), "{title}");
        }
        for title in ["", " ", "a ", " a", "a  b", "á", "A", "đ", "a\u{301}", "a-b", "ⓐ"] {
            assert!(!is_folded(title), "{title:?}");
        }
    }
}
