//! What can be asked of a rule set, and how it answers: each answer with the keys of the parameters that decided.

use jiff::civil::Date;

use super::CaseFault;
use super::facts::Facts;
use crate::book::Book;
use crate::calendar::Calendar;
use crate::council::{Council, CouncilKind, Sitting, Term};
use crate::deadline::deadlines;
use crate::eligibility::{Verdict, eligibility, key_of_post};
use crate::official::{Block, Honorific, Official, Post, RetirementNotice};
use crate::poll::PollKind;
use crate::rules::{BadLineCosts, BandId, RuleSet};
use crate::tally::{Base, TallyWarning, Verdict as Weighed, base_of, weigh};
use crate::text::date_dmy;
use crate::threshold::percent_text;

/// The question that needs no rule set to hold.
pub(super) const WHICH: &str = "Văn bản áp dụng";

/// What is asked, and of what.
pub struct Situation<'r> {
    pub(super) rules: &'r RuleSet,
    pub(super) body: CouncilKind,
    pub(super) poll: PollKind,
    pub(super) day: Date,
    pub(super) facts: Facts,
}

/// An answer and the keys behind it.
type Said = Result<(String, Vec<String>), CaseFault>;
type Ask = fn(&Situation<'_>) -> Said;

/// Every question, as the table writes it.
pub const QUESTIONS: [(&str, Ask); 32] = [
    (WHICH, |s| said(&s.rules.short, "in_force")),
    ("Mức tín nhiệm", levels),
    ("Căn cứ tính tỷ lệ", |s| said(format!("{} ({})", s.base()?.value, s.rules.base.value.phrase), "base")),
    ("Tỷ lệ", share),
    ("Mức hệ quả", band),
    ("Hệ quả", consequence),
    ("Kiểm lại từ phiếu giấy", recount),
    ("Việc phải làm", follow_ups),
    ("Thuộc diện", standing),
    ("Nhiều chức vụ", |s| said(s.rules.several_posts.value.label(), "several_posts")),
    ("Định kỳ", |s| said(&s.rules.frequency.value, "frequency")),
    ("Thời điểm", |s| said(&s.rules.when.value, "when")),
    ("Túc số", quorum),
    ("Thông qua nghị quyết", resolution),
    ("Ban kiểm phiếu ít nhất", board_min),
    ("Người trong danh sách có kiểm phiếu không", |s| said(&s.rules.board_conflict.value, "board_conflict")),
    ("Tên ghi thêm", |s| said(&s.rules.extra_name.value, "extra_name")),
    ("Dòng bỏ trống hoặc đánh dấu nhiều ô", bad_line),
    ("Phiếu không hợp lệ khi", ballot_reasons),
    ("Dòng không được tính khi", line_reasons),
    ("Đổi phiếu", |s| text_of(s.rules.exchange.as_ref().map(|rule| rule.value.clone()), "exchange")),
    ("Lưu giữ phiếu", |s| text_of(s.rules.storage.as_ref().map(|rule| rule.value.clone()), "storage")),
    ("Số bản biên bản", |s| {
        text_of(s.rules.minutes_copies.as_ref().map(|rule| rule.value.to_string()), "minutes_copies")
    }),
    ("Công khai kết quả", |s| said(&s.rules.publication.value, "publication")),
    ("Luật viện dẫn", legal_bases),
    ("Thời hạn", last_days),
    ("Trường hợp bỏ phiếu", triggers),
    ("Trình tự bỏ phiếu", steps),
    ("Đối tượng bỏ phiếu", |s| {
        let subject = s.rules.confidence.as_ref().map(|confidence| confidence.subject.value.clone());
        text_of(subject, "confidence.subject")
    }),
    ("Giấy tờ", papers),
    ("Quy định về làm tròn", rounding),
    ("Khoảng cách phải kiểm lại", margin),
];

const SILENT: &str = "bộ quy tắc không nêu";

fn said(text: impl Into<String>, key: &str) -> Said {
    Ok((text.into(), vec![key.to_owned()]))
}

/// An answer of a parameter that a rule set may not have.
fn text_of(text: Option<String>, key: &str) -> Said {
    match text {
        Some(text) => said(text, key),
        None => Ok((SILENT.to_owned(), Vec::new())),
    }
}

/// Items between semicolons, each with the key of its place.
fn listed<'t>(list: &str, items: impl Iterator<Item = (usize, &'t str)>) -> Said {
    let (texts, keys): (Vec<&str>, Vec<String>) = items.map(|(i, text)| (text, format!("{list}[{i}]"))).unzip();
    Ok((if texts.is_empty() { SILENT.to_owned() } else { texts.join("; ") }, keys))
}

impl Situation<'_> {
    fn base(&self) -> Result<Base, CaseFault> {
        let (returned, delegates) = (self.facts.count("thu về")?, self.facts.optional_count("đại biểu")?);
        base_of(self.rules, returned, delegates).map_err(|e| CaseFault::Figures(e.to_string()))
    }

    fn weighed(&self) -> Result<Weighed, CaseFault> {
        let decisive = self.facts.count("số phiếu")?;
        weigh(self.rules, self.poll, self.base()?, decisive).map_err(|e| CaseFault::Figures(e.to_string()))
    }

    /// Key of a threshold, and of all where none is reached.
    fn keys_of_band(&self, band: Option<BandId>) -> Vec<String> {
        if self.poll == PollKind::Confidence {
            return vec!["confidence.loss".to_owned()];
        }
        let all = self.rules.bands.iter().enumerate();
        let own = all.filter(|(_, rule)| band.is_none_or(|band| rule.id == band));
        own.map(|(i, _)| format!("band[{i}]")).collect()
    }
}

fn levels(s: &Situation<'_>) -> Said {
    let labels: Vec<&str> = s.poll.levels().iter().map(|level| level.label()).collect();
    said(labels.join("; "), "levels")
}

fn share(s: &Situation<'_>) -> Said {
    let base = s.base()?;
    let text = percent_text(s.facts.count("số phiếu")?, base.value, s.rules.percent.value);
    let text = text.ok_or_else(|| CaseFault::Figures("căn cứ bằng 0".into()))?;
    Ok((format!("{text}%"), vec!["base".into(), "percent".into()]))
}

fn band(s: &Situation<'_>) -> Said {
    let verdict = s.weighed()?;
    let rule = verdict.band.rule(s.rules);
    let words = rule.map_or_else(|| "không đạt mức nào".to_owned(), |rule| rule.words());
    let asks = verdict.warnings.iter().any(|warning| matches!(warning, TallyWarning::Exact { .. }));
    let asks = if asks { ", đúng ngưỡng: phải hỏi cấp có thẩm quyền" } else { "" };
    Ok((format!("{words}{asks}"), s.keys_of_band(rule.map(|rule| rule.id))))
}

fn consequence(s: &Situation<'_>) -> Said {
    let rule = s.weighed()?.band.rule(s.rules);
    let text = rule.map_or("không có hệ quả", |rule| rule.consequence.as_str());
    Ok((text.to_owned(), s.keys_of_band(rule.map(|rule| rule.id))))
}

fn recount(s: &Situation<'_>) -> Said {
    let due = s.weighed()?.warnings.iter().any(|warning| matches!(warning, TallyWarning::Recount { .. }));
    said(if due { "phải kiểm lại" } else { "không phải kiểm lại" }, "recount")
}

fn follow_ups(s: &Situation<'_>) -> Said {
    let band = s.weighed()?.band.id();
    let all = s.rules.follow_ups.iter().enumerate();
    let own = all.filter(|(_, rule)| Some(rule.band) == band && rule.applies_to(s.body, s.day));
    let texts: Vec<(usize, String)> = own.map(|(i, rule)| (i, format!("{}: {}", rule.who, rule.what))).collect();
    listed("follow_up", texts.iter().map(|(i, text)| (*i, text.as_str())))
}

fn standing(s: &Situation<'_>) -> Said {
    let title = s.facts.text("chức vụ").ok_or(CaseFault::Missing("chức vụ"))?;
    let official = Official {
        name: "Nguyễn Văn A".into(),
        honorific: Honorific::Mr,
        birth: None,
        posts: vec![Post { title: title.to_owned(), elected_on: s.facts.day("ngày bầu")? }],
        block: Block("Khối".into()),
        fields: Vec::new(),
        retirement_notice: s.facts.text("thông báo nghỉ hưu").map(|text| RetirementNotice { text: text.into() }),
    };
    let (officials, council) = (vec![official], s.council(s.day));
    let book =
        Book { council, officials, delegates: Vec::new(), tellers: Vec::new(), facts: Vec::new(), declared: None };
    let found = eligibility(s.rules, &book, s.poll, &[]).into_iter().next();
    let standing = found.ok_or_else(|| CaseFault::Figures("không xét được".into()))?;
    let must_ask = if standing.confirm.is_empty() { "" } else { ", phải xác nhận" };
    let mut keys: Vec<String> = key_of_post(s.rules, s.body, title).into_iter().collect();
    if s.poll == PollKind::Confidence {
        keys = vec!["confidence.subject".into()];
    }
    if standing.verdict == Verdict::Exempt {
        let first = standing.reasons.first().map_or("", |reason| reason.text.as_str());
        let place = s.rules.exemptions.iter().position(|rule| first.starts_with(&rule.reason));
        keys = place.into_iter().map(|i| format!("exemption[{i}]")).collect();
    }
    Ok((format!("{}{must_ask}", standing.verdict.label()), keys))
}

impl Situation<'_> {
    /// A body whose sitting opens on `opens_on`.
    fn council(&self, opens_on: Date) -> Council {
        Council {
            name: self.body.label().into(),
            kind: self.body,
            term: Term { legislature: "I".into(), from: self.day, to: self.day },
            sitting: Sitting { name: "Kỳ họp".into(), opens_on, votes_on: self.day },
            delegates_total: 1,
            ruleset: self.rules.id.clone(),
            place: String::new(),
            chair: String::new(),
            secretary: String::new(),
        }
    }
}

fn quorum(s: &Situation<'_>) -> Said {
    let (present, of) = (s.facts.count("có mặt")?, s.facts.count("tổng số")?);
    let is_met = s.rules.quorum.value.threshold.reached(present, of);
    said(if is_met { "đủ" } else { "không đủ" }, "quorum")
}

fn resolution(s: &Situation<'_>) -> Said {
    let Some(rule) = &s.rules.resolution else { return Ok((SILENT.to_owned(), Vec::new())) };
    let (yes, of) = (s.facts.count("tán thành")?, s.facts.count("tổng số")?);
    said(if rule.value.reached(yes, of) { "được thông qua" } else { "không được thông qua" }, "resolution")
}

fn board_min(s: &Situation<'_>) -> Said {
    let least = s.rules.board_min.as_ref().and_then(|rule| rule.value.get(&s.body));
    text_of(least.map(ToString::to_string), "board_min")
}

fn bad_line(s: &Situation<'_>) -> Said {
    let Some(rule) = &s.rules.bad_line else { return Ok((SILENT.to_owned(), Vec::new())) };
    let costs = match rule.value.costs {
        BadLineCosts::Line => "chỉ mất dòng đó",
        BadLineCosts::Ballot => "cả phiếu không hợp lệ",
    };
    let choice = if rule.value.board_chooses { "; Ban kiểm phiếu chọn trước khi kiểm phiếu" } else { "" };
    said(format!("{costs}{choice}"), "bad_line")
}

/// Number of names on a ballot.
fn names(s: &Situation<'_>) -> Result<usize, CaseFault> {
    Ok(usize::try_from(s.facts.count("số tên")?).unwrap_or(usize::MAX))
}

fn ballot_reasons(s: &Situation<'_>) -> Said {
    let own: Vec<&str> = s.rules.ballot_reasons(names(s)?).map(|reason| reason.id.as_str()).collect();
    let all = s.rules.spoils_ballot.iter().enumerate();
    let told = all.filter(|(_, reason)| own.contains(&reason.id.as_str()));
    listed("spoils_ballot", told.map(|(i, reason)| (i, reason.text.as_str())))
}

fn line_reasons(s: &Situation<'_>) -> Said {
    let names = names(s)?;
    if s.rules.marks_spoil_ballot(names).is_some() {
        return Ok(("không có: cả phiếu không hợp lệ".to_owned(), Vec::new()));
    }
    let reasons = s.rules.line_reasons(names);
    listed("spoils_line", reasons.iter().enumerate().map(|(i, reason)| (i, reason.text.as_str())))
}

fn legal_bases(s: &Situation<'_>) -> Said {
    let on_day: Vec<_> = s.rules.legal_bases_on(s.body, s.day).collect();
    let all = s.rules.legal_bases.iter().enumerate().filter(|(_, law)| on_day.contains(law));
    listed("legal_basis", all.map(|(i, law)| (i, law.text.as_str())))
}

fn last_days(s: &Situation<'_>) -> Said {
    let opens_on = s.facts.day("khai mạc")?.unwrap_or(s.day);
    let calendar = Calendar::builtin().map_err(|e| CaseFault::Figures(e.to_string()))?;
    let council = s.council(opens_on);
    let due = deadlines(s.rules, &council, s.poll, &calendar);
    let place = |id: &str| {
        s.rules.deadlines.iter().position(|rule| rule.id == id && rule.councils.contains(&s.body)).unwrap_or(0)
    };
    let texts: Vec<(usize, String)> = due
        .iter()
        .map(|day| (place(&day.rule.id), format!("{}: {} {}", date_dmy(day.due), day.rule.from, day.rule.what)))
        .collect();
    listed("deadline", texts.iter().map(|(i, text)| (*i, text.as_str())))
}

fn triggers(s: &Situation<'_>) -> Said {
    let all = s.rules.confidence.iter().flat_map(|confidence| &confidence.triggers).enumerate();
    listed("confidence.triggers", all.map(|(i, trigger)| (i, trigger.value.as_str())))
}

fn steps(s: &Situation<'_>) -> Said {
    let all = s.rules.confidence.iter().flat_map(|confidence| &confidence.steps).enumerate();
    listed("confidence.steps", all.map(|(i, step)| (i, step.text.as_str())))
}

fn papers(s: &Situation<'_>) -> Said {
    listed("paper", s.rules.papers.iter().enumerate().map(|(i, paper)| (i, paper.text.as_str())))
}

fn rounding(s: &Situation<'_>) -> Said {
    let format = s.rules.percent.value;
    let zeros = if format.drop_trailing_zeros { "bỏ số 0 ở cuối" } else { "giữ số 0 ở cuối" };
    said(format!("{} chữ số thập phân, làm tròn nửa lên, {zeros}", format.decimals), "percent")
}

fn margin(s: &Situation<'_>) -> Said {
    let margin = s.rules.recount_margin();
    let text = format!("{} phiếu, hoặc {} căn cứ nếu số đó lớn hơn", margin.ballots, margin.share);
    text_of(s.rules.recount.as_ref().map(|_| text), "recount")
}
