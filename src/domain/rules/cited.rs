//! Every parameter of a rule set that decides something, with where it comes from, in the order of the file.

use serde::Serialize;

use super::words::{
    bad_line_words, base_words, councils_words, deadline_words, follow_up_scope, in_force_words, percent_words,
    quorum_words, recount_words, share_words,
};
use super::{Attested, BandRule, ExemptionKind, InForce, Rule, RuleSet};
use crate::council::CouncilKind;
use crate::poll::PollKind;
use crate::text::slug;

/// What a parameter decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decides {
    /// Whether the instrument applies at all.
    Force,
    /// Who is voted on.
    Who,
    /// Shares, bands and what is attached to them.
    Result,
    /// Which ballots and lines count.
    Validity,
    /// Attendance, board of tellers, resolution.
    Meeting,
    /// Until when something must be done.
    Days,
    /// What stands on papers, and who may read them.
    Papers,
}

impl Decides {
    /// All, in the order in which pages list them.
    pub const ALL: [Self; 7] =
        [Self::Force, Self::Who, Self::Result, Self::Validity, Self::Meeting, Self::Days, Self::Papers];

    /// What is decided, in Vietnamese.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Force => "văn bản có áp dụng hay không",
            Self::Who => "ai được lấy phiếu, bỏ phiếu",
            Self::Result => "tỷ lệ, mức hệ quả và việc phải làm",
            Self::Validity => "phiếu hợp lệ, dòng được tính",
            Self::Meeting => "túc số, Ban kiểm phiếu, thông qua nghị quyết",
            Self::Days => "thời hạn chuẩn bị",
            Self::Papers => "nội dung giấy tờ, công khai",
        }
    }
}

/// One parameter: what it says, where that comes from, what it decides and in which votes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Stable name: `base`, `band.two_thirds_low`, `spoils_line.no_mark`. A change elsewhere in the file changes none.
    pub key: String,
    /// Path in the file: `base`, `band[1]`, `confidence.triggers[0]`.
    pub path: String,
    /// The parameter in words: `Căn cứ tính tỷ lệ`.
    pub what: String,
    /// Its value in words: `tổng số phiếu thu về (kể cả phiếu không hợp lệ)`.
    pub value: String,
    pub cite: &'a str,
    pub attested: Attested,
    /// Quote or remark that the file keeps beside it.
    pub note: Option<&'a str>,
    pub decides: Decides,
    /// The only kind of vote in which it decides; `None` where it decides in both.
    pub kind: Option<PollKind>,
    /// The only bodies for which it decides; `None` where it decides for all of them.
    pub councils: Option<&'a [CouncilKind]>,
    /// The days on which it holds, where that is said apart from the instrument's own.
    pub period: Option<InForce>,
}

impl Parameter<'_> {
    /// Whether it decides in a vote of `kind` at a body of kind `body` on `day`.
    pub fn decides_in(&self, kind: PollKind, body: CouncilKind, day: jiff::civil::Date) -> bool {
        self.kind.is_none_or(|only| only == kind)
            && self.councils.is_none_or(|only| only.contains(&body))
            && self.period.is_none_or(|period| period.from <= day && period.until.is_none_or(|until| day <= until))
    }

    /// `lấy phiếu; HĐND cấp tỉnh`: in which votes it decides.
    pub fn scope_words(&self) -> String {
        let kinds = match self.kind {
            Some(PollKind::Rating) => "lấy phiếu tín nhiệm",
            Some(PollKind::Confidence) => "bỏ phiếu tín nhiệm",
            None => "lấy phiếu, bỏ phiếu tín nhiệm",
        };
        match self.councils {
            Some(councils) => format!("{kinds}; {}", councils_words(councils)),
            None => kinds.to_owned(),
        }
    }
}

/// A parameter that decides a result and is not verified: shown beside what it decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caution {
    /// The parameter in words: `căn cứ tính tỷ lệ: tổng số phiếu thu về`.
    pub what: String,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

impl std::fmt::Display for Caution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}] ({})", self.what, self.attested.label(), self.cite)?;
        match &self.note {
            Some(note) => write!(f, ". {note}"),
            None => Ok(()),
        }
    }
}

/// A parameter that decides in every vote, from anything that has a citation, a mark and a note.
macro_rules! parameter {
    ($key:expr, $path:expr, $what:expr, $value:expr, $decides:ident, $item:expr) => {
        Parameter {
            key: $key.into(),
            path: $path.into(),
            what: $what.into(),
            value: $value.into(),
            cite: &$item.cite,
            attested: $item.attested,
            note: $item.note.as_deref(),
            decides: Decides::$decides,
            kind: None,
            councils: None,
            period: None,
        }
    };
}

/// How serde writes a value of an enum: `two_thirds_low`.
fn code<T: Serialize>(value: T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The first of some bodies and the first of some titles, as the part of a key.
fn name_of(councils: &[CouncilKind], titles: &[String]) -> String {
    let council = councils.first().map_or("", |kind| kind.code());
    format!("{council}.{}", titles.first().map_or_else(|| "all".to_owned(), |title| slug(title)))
}

impl RuleSet {
    /// Every parameter with its source, in the order of the file. This is the one list of what an office attests.
    pub fn parameters(&self) -> Vec<Parameter<'_>> {
        let mut all = self.general();
        all.extend(self.grounds());
        all.extend(self.posts());
        all.extend(self.consequences());
        all.extend(self.days_and_papers());
        // Two of one name are told apart by their order.
        let names: Vec<String> = all.iter().map(|parameter| parameter.key.clone()).collect();
        for (i, parameter) in all.iter_mut().enumerate() {
            let before = names.iter().take(i).filter(|name| **name == parameter.key).count();
            if before > 0 {
                parameter.key = format!("{}.{}", parameter.key, before + 1);
            }
        }
        all
    }

    fn general(&self) -> Vec<Parameter<'_>> {
        let levels: Vec<&str> = self.levels.value.iter().map(|level| level.label()).collect();
        let base = format!("{} ({})", self.base.value.phrase, base_words(self));
        let (several, quorum) = (self.several_posts.value.label(), quorum_words(self.quorum.value));
        let force = in_force_words(self.in_force.value);
        let mut all = vec![
            parameter!("in_force", "in_force", "Hiệu lực", force, Force, self.in_force),
            only(
                PollKind::Rating,
                parameter!("levels", "levels", "Mức tín nhiệm", levels.join(", "), Result, self.levels),
            ),
            parameter!("base", "base", "Căn cứ tính tỷ lệ", base, Result, self.base),
            parameter!("percent", "percent", "Cách in tỷ lệ", percent_words(self), Result, self.percent),
        ];
        if let Some(rule) = &self.recount {
            let value = recount_words(self, rule.value);
            all.push(parameter!("recount", "recount", "Phải kiểm lại từ phiếu giấy", value, Result, rule));
        }
        all.extend([
            parameter!("several_posts", "several_posts", "Người giữ nhiều chức vụ", several, Who, self.several_posts),
            only(
                PollKind::Rating,
                parameter!("frequency", "frequency", "Định kỳ", &self.frequency.value, Force, self.frequency),
            ),
            only(PollKind::Rating, parameter!("when", "when", "Thời điểm", &self.when.value, Force, self.when)),
            parameter!("quorum", "quorum", "Túc số", quorum, Meeting, self.quorum),
        ]);
        if let Some(rule) = &self.resolution {
            let value = format!("{} tán thành", share_words(rule.value, "tổng số đại biểu"));
            all.push(parameter!("resolution", "resolution", "Thông qua nghị quyết", value, Meeting, rule));
        }
        if let Some(rule) = &self.board_min {
            let sizes: Vec<String> = rule.value.iter().map(|(kind, n)| format!("{} {n}", kind.label())).collect();
            let what = "Ban kiểm phiếu, số thành viên ít nhất";
            all.push(parameter!("board_min", "board_min", what, sizes.join(", "), Meeting, rule));
        }
        all.extend(self.ballots_in_hand());
        let (conflict, extra, public) = (&self.board_conflict, &self.extra_name, &self.publication);
        all.push(parameter!("extra_name", "extra_name", "Phiếu ghi thêm tên", &extra.value, Validity, extra));
        all.push(parameter!("board_conflict", "board_conflict", "Ban kiểm phiếu", &conflict.value, Meeting, conflict));
        all.push(parameter!("publication", "publication", "Công khai kết quả", &public.value, Papers, public));
        all
    }

    /// What is done with ballots and minutes; texts of before have none of it.
    fn ballots_in_hand(&self) -> Vec<Parameter<'_>> {
        let mut all = Vec::new();
        if let Some(rule) = &self.bad_line {
            let (what, value) = ("Dòng bỏ trống hoặc đánh dấu nhiều ô", bad_line_words(rule.value));
            all.push(parameter!("bad_line", "bad_line", what, value, Validity, rule));
        }
        if let Some(rule) = &self.exchange {
            all.push(parameter!("exchange", "exchange", "Đổi phiếu", &rule.value, Validity, rule));
        }
        if let Some(rule) = &self.storage {
            all.push(parameter!("storage", "storage", "Lưu giữ phiếu", &rule.value, Papers, rule));
        }
        if let Some(rule) = &self.minutes_copies {
            let (what, value) = ("Số bản biên bản kiểm phiếu", rule.value.to_string());
            all.push(parameter!("minutes_copies", "minutes_copies", what, value, Papers, rule));
        }
        all
    }

    fn grounds(&self) -> impl Iterator<Item = Parameter<'_>> {
        self.legal_bases.iter().enumerate().map(|(i, law)| {
            let period = InForce { from: law.from, until: law.until };
            let value = format!("{} ({})", law.text, in_force_words(period));
            let key = format!("legal_basis.{}", law.from);
            let found =
                parameter!(key, format!("legal_basis[{i}]"), "Luật viện dẫn trong nghị quyết", value, Papers, law);
            Parameter { councils: Some(&law.councils), period: Some(period), ..found }
        })
    }

    fn posts(&self) -> Vec<Parameter<'_>> {
        let rating = |councils, found| Parameter { councils, ..only(PollKind::Rating, found) };
        let mut all = Vec::new();
        for (i, subject) in self.subjects.iter().enumerate() {
            let key = format!("subject.{}", name_of(&subject.councils, &subject.titles));
            let confirm = subject.confirm.as_ref().map(|text| format!(". {text}")).unwrap_or_default();
            let value = format!("{}{confirm}", subject.post);
            let found = parameter!(key, format!("subject[{i}]"), "Người thuộc diện", value, Who, subject);
            all.push(rating(Some(subject.councils.as_slice()), found));
        }
        for (i, other) in self.not_subjects.iter().enumerate() {
            let key = format!("not_subject.{}", name_of(&other.councils, &other.titles));
            let found = parameter!(key, format!("not_subject[{i}]"), "Không thuộc diện", &other.reason, Who, other);
            all.push(rating(Some(other.councils.as_slice()), found));
        }
        for (i, exemption) in self.exemptions.iter().enumerate() {
            let key = match exemption.kind {
                ExemptionKind::UnderMonths => {
                    format!("exemption.under_months.{}", exemption.months.unwrap_or_default())
                }
                kind => format!("exemption.{}", code(kind)),
            };
            let found =
                parameter!(key, format!("exemption[{i}]"), "Không lấy phiếu", &exemption.reason, Who, exemption);
            all.push(rating(None, found));
        }
        all
    }

    fn consequences(&self) -> Vec<Parameter<'_>> {
        let mut all = Vec::new();
        for (i, band) in self.bands.iter().enumerate() {
            all.push(self.band_parameter(
                PollKind::Rating,
                format!("band.{}", code(band.id)),
                format!("band[{i}]"),
                band,
            ));
        }
        if let Some(confidence) = &self.confidence {
            let subject = &confidence.subject;
            let (what, key) = ("Đối tượng bỏ phiếu tín nhiệm", "confidence.subject");
            all.push(only(PollKind::Confidence, parameter!(key, key, what, &subject.value, Who, subject)));
            for (i, trigger) in confidence.triggers.iter().enumerate() {
                let (key, path) = (format!("confidence.trigger.{}", i + 1), format!("confidence.triggers[{i}]"));
                let what = "Trường hợp bỏ phiếu tín nhiệm";
                all.push(only(PollKind::Confidence, parameter!(key, path, what, &trigger.value, Who, trigger)));
            }
            let (key, path) = ("confidence.loss".to_owned(), "confidence.loss".to_owned());
            all.push(self.band_parameter(PollKind::Confidence, key, path, &confidence.loss));
            for (i, step) in confidence.steps.iter().enumerate() {
                let (key, path) = (format!("confidence.step.{}", code(step.id)), format!("confidence.steps[{i}]"));
                let value = format!("bước {}: {}", i + 1, step.text);
                let found = parameter!(key, path, "Trình tự bỏ phiếu tín nhiệm", value, Meeting, step);
                all.push(only(PollKind::Confidence, found));
            }
        }
        for (i, rule) in self.follow_ups.iter().enumerate() {
            let range = self.band_rule(rule.band).map(BandRule::words).unwrap_or_default();
            let value = format!("{range}{}: {} {} ({})", follow_up_scope(rule), rule.who, rule.what, rule.by);
            let key = format!("follow_up.{}.{}", code(rule.band), rule.id);
            let found = parameter!(key, format!("follow_up[{i}]"), "Việc phải làm sau kết quả", value, Result, rule);
            let is_loss = self.confidence.as_ref().is_some_and(|confidence| confidence.loss.id == rule.band);
            let limited = Parameter {
                councils: (!rule.councils.is_empty()).then_some(rule.councils.as_slice()),
                period: (rule.from.is_some() || rule.until.is_some())
                    .then(|| InForce { from: rule.from.unwrap_or(self.in_force.value.from), until: rule.until }),
                ..found
            };
            all.push(only(if is_loss { PollKind::Confidence } else { PollKind::Rating }, limited));
        }
        all
    }

    fn band_parameter<'a>(&self, kind: PollKind, key: String, path: String, band: &'a BandRule) -> Parameter<'a> {
        let what = format!("Mức “{}” {}", band.words(), kind.decisive().label().to_lowercase());
        let figure = share_words(band.threshold, &self.base.value.phrase);
        only(kind, parameter!(key, path, what, format!("{figure}: {}", band.consequence), Result, band))
    }

    fn days_and_papers(&self) -> Vec<Parameter<'_>> {
        let mut all = Vec::new();
        for (i, deadline) in self.deadlines.iter().enumerate() {
            let council = deadline.councils.first().map_or("", |kind| kind.code());
            let key = format!("deadline.{}.{council}", deadline.id);
            let found = parameter!(key, format!("deadline[{i}]"), "Thời hạn", deadline_words(deadline), Days, deadline);
            all.push(Parameter { councils: Some(&deadline.councils), ..only(PollKind::Rating, found) });
        }
        for (name, what, reasons) in [
            ("spoils_ballot", "Phiếu không hợp lệ", &self.spoils_ballot),
            ("spoils_line", "Dòng không được tính", &self.spoils_line),
        ] {
            for (i, reason) in reasons.iter().enumerate() {
                let (key, path) = (format!("{name}.{}", reason.id), format!("{name}[{i}]"));
                all.push(parameter!(key, path, what, &reason.text, Validity, reason));
            }
        }
        for (i, paper) in self.papers.iter().enumerate() {
            let (key, path) = (format!("paper.{}", paper.id), format!("paper[{i}]"));
            let found = parameter!(key, path, "Giấy tờ, mẫu", &paper.text, Papers, paper);
            all.push(match paper.id.as_str() {
                "ballot" | "person_report" => only(PollKind::Rating, found),
                "ballot_confidence" => only(PollKind::Confidence, found),
                _ => found,
            });
        }
        all
    }

    /// What decides the figures of a vote of `kind` without being verified: base, print form, thresholds.
    pub fn cautions(&self, kind: PollKind) -> Vec<Caution> {
        let format = self.percent.value;
        let mut all = vec![
            caution(format!("căn cứ tính tỷ lệ: {}", self.base.value.phrase), &self.base),
            caution(format!("cách in tỷ lệ: {} chữ số thập phân, làm tròn nửa lên", format.decimals), &self.percent),
        ];
        all.extend(self.band_rules(kind).unwrap_or_default().iter().map(|band| Caution {
            what: format!("mức “{}” {}", band.share_words, kind.decisive().label().to_lowercase()),
            cite: band.cite.clone(),
            attested: band.attested,
            note: band.note.clone(),
        }));
        all.retain(|caution| caution.attested != Attested::Verified);
        all
    }
}

/// A parameter that decides in one kind of vote alone.
fn only(kind: PollKind, parameter: Parameter<'_>) -> Parameter<'_> {
    Parameter { kind: Some(kind), ..parameter }
}

fn caution<T>(what: String, rule: &Rule<T>) -> Caution {
    Caution { what, cite: rule.cite.clone(), attested: rule.attested, note: rule.note.clone() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;
    use crate::rules::builtin;

    #[test]
    fn every_parameter_has_a_name_of_its_own_and_decides_in_some_vote() {
        for set in builtin().expect("carried") {
            let all = set.parameters();
            let keys: BTreeSet<&str> = all.iter().map(|parameter| parameter.key.as_str()).collect();
            assert_eq!(keys.len(), all.len(), "{}", set.id);
            for parameter in &all {
                assert!(!parameter.value.trim().is_empty() && !parameter.cite.trim().is_empty(), "{}", parameter.key);
            }
        }
        let state = builtin().expect("carried").remove(0);
        let all = state.parameters();
        let keys: BTreeSet<&str> = all.iter().map(|parameter| parameter.key.as_str()).collect();
        for key in ["base", "band.two_thirds_low", "quorum", "spoils_line.no_mark", "deadline.reply.province_council"] {
            assert!(keys.contains(key), "{key} is not among {keys:?}");
        }
        let decides = |key: &str, kind, body| {
            let found = all.iter().find(|parameter| parameter.key == key).expect("a key");
            found.decides_in(kind, body, date(2028, 12, 5))
        };
        assert!(decides("base", PollKind::Confidence, CouncilKind::CommuneCouncil));
        assert!(!decides("band.two_thirds_low", PollKind::Confidence, CouncilKind::ProvinceCouncil));
        assert!(!decides("deadline.reply.province_council", PollKind::Rating, CouncilKind::NationalAssembly));
        assert!(!decides("legal_basis.2016-01-01", PollKind::Rating, CouncilKind::ProvinceCouncil));
    }
}
