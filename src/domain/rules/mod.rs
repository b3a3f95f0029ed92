//! Rules are data: one TOML file per instrument, each parameter with the article it comes from and how well that is
//! attested. Nothing in the program knows a threshold, a deadline or a wording of the law by heart.

mod attest;
mod builtin;
mod check;
mod chosen;
mod cited;
mod counting;
mod in_force;
mod load;
mod syntax;
pub mod words;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::council::CouncilKind;
use super::poll::{Level, PollKind};
use super::threshold::{Edge, PercentFormat, Threshold};

pub use attest::{
    Attestation, Confirmed, DOUBTS, Leaf, Stated, StatedFile, Statement, StatementFault, StatementKind, article,
    effective, is_doubtful,
};
pub use builtin::{builtin, builtin_texts};
pub use cited::{Caution, Decides, Parameter};
pub use counting::{BadLineCosts, BadLineRule, REASON_NOT_GIVEN, RecountMargin};
pub use in_force::{NoRules, holding};
pub use load::{LoadedRules, RuleError, RuleText, load, load_all};

/// How well a rule was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attested {
    /// On two or more independent pages.
    Verified,
    Single,
    /// Inferred, remembered or carried over from an older text: an office reads the official text first.
    Unverified,
}

impl Attested {
    /// `đã kiểm chứng` / `một nguồn` / `chưa kiểm chứng`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Verified => "đã kiểm chứng",
            Self::Single => "một nguồn",
            Self::Unverified => "chưa kiểm chứng",
        }
    }
}

/// One parameter with its citation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule<T> {
    pub value: T,
    /// Article, Vietnamese: `NQ 96/2023/QH15, Điều 19.3`.
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

/// State or Party: decides the layout of papers and the words of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Nghị định 30/2020/NĐ-CP.
    State,
    /// Hướng dẫn 36-HD/VPTW.
    Party,
}

/// From and to, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InForce {
    #[serde(deserialize_with = "crate::audit::day::read")]
    pub from: Date,
    /// Last day; absent while in force.
    #[serde(default, deserialize_with = "crate::audit::day::read_some")]
    pub until: Option<Date>,
}

/// Căn cứ tính tỷ lệ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseKind {
    /// Tổng số phiếu thu về.
    Returned,
    /// Tổng số đại biểu.
    Delegates,
}

/// The denominator and how papers name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseRule {
    pub kind: BaseKind,
    /// After `chiếm 97,5% `: `tổng số phiếu thu về`.
    pub phrase: String,
}

/// One way of being subject to the vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    pub councils: Vec<CouncilKind>,
    /// The post in the law's words: `Trưởng Ban của Hội đồng nhân dân`.
    pub post: String,
    /// Folded beginnings of post titles that are this post: `truong ban`.
    pub titles: Vec<String>,
    /// Set when the title alone does not prove it (a head of department is subject as member of the committee): what
    /// the office must confirm.
    pub confirm: Option<String>,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

/// Posts that look subject and are not, so that the list can say by which article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotSubject {
    pub councils: Vec<CouncilKind>,
    /// Folded beginnings of post titles; empty means every post of these bodies.
    pub titles: Vec<String>,
    /// Reason in Vietnamese, shown on the list.
    pub reason: String,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

/// Why somebody who is subject is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExemptionKind {
    /// Đã có thông báo nghỉ công tác chờ nghỉ hưu.
    RetirementNotice,
    /// Được bầu, bổ nhiệm trong năm lấy phiếu: on or after 1 January of the vote year.
    ElectedInVoteYear,
    /// In post for less than `months` on the vote day.
    UnderMonths,
}

/// An exemption in force, or one that is known and off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    pub kind: ExemptionKind,
    /// For [`ExemptionKind::UnderMonths`].
    pub months: Option<u8>,
    /// Reason in Vietnamese, shown on the list.
    pub reason: String,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

/// What one person with several posts gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeveralPosts {
    OneVoteForAll,
    /// One vote, for the highest post.
    HighestPostOnly,
    /// One vote at each of two places at most; the counts are never merged.
    EachPlace,
}

impl SeveralPosts {
    /// In Vietnamese: `một lần đối với tất cả các chức vụ`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OneVoteForAll => "một lần đối với tất cả các chức vụ",
            Self::HighestPostOnly => "một lần đối với chức vụ cao nhất",
            Self::EachPlace => "ở từng nơi, tối đa hai nơi, không cộng gộp",
        }
    }
}

/// Whose presence a quorum counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuorumOf {
    Delegates,
    Summoned,
}

/// Attendance needed to vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// Share that must be present.
    pub threshold: Threshold,
    pub of: QuorumOf,
}

/// Mức hệ quả of a share of `Tín nhiệm thấp`, or of `Không tín nhiệm`; ordered from the lower share up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BandId {
    /// Lấy phiếu: over half.
    OverHalfLow,
    /// Lấy phiếu: two thirds.
    TwoThirdsLow,
    /// Bỏ phiếu: over half without confidence.
    Lost,
}

/// What the law attaches to a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandRule {
    pub id: BandId,
    pub threshold: Threshold,
    /// Share in words, as a resolution says it: `quá nửa`.
    pub share_words: String,
    /// Consequence in the words of the law.
    pub consequence: String,
    /// Asks a human when the count is exactly on the threshold (two texts disagree there): what to ask.
    pub exact_warning: Option<String>,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

impl BandRule {
    /// Closes a threshold that its own share reaches: `từ hai phần ba … trở lên`.
    pub const fn tail(&self) -> &'static str {
        match self.threshold.edge {
            Edge::Above => "",
            Edge::From => " trở lên",
        }
    }

    /// `quá nửa`, `từ hai phần ba trở lên`.
    pub fn words(&self) -> String {
        format!("{}{}", self.share_words, self.tail())
    }

    /// `quá nửa tổng số phiếu thu về`, `từ hai phần ba tổng số phiếu thu về trở lên`.
    pub fn words_of(&self, whole: &str) -> String {
        format!("{} {whole}{}", self.share_words, self.tail())
    }

    /// Where a lower band ends, before this one: `đến dưới hai phần ba`; `đến hai phần ba` when the share itself is
    /// still below.
    fn end_of_lower(&self) -> String {
        let share = ["từ ", "trên "].iter().find_map(|word| self.share_words.strip_prefix(word));
        match self.threshold.edge {
            Edge::From => format!("đến dưới {}", share.unwrap_or(&self.share_words)),
            Edge::Above => format!("đến {}", share.unwrap_or(&self.share_words)),
        }
    }
}

/// Who has to do what for somebody in a band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpRule {
    /// `resignation`; once for each band.
    pub id: String,
    /// Applies to every official in this band.
    pub band: BandId,
    /// Bodies whose officials it is about; empty means every body.
    #[serde(default)]
    pub councils: Vec<CouncilKind>,
    /// First and last day of the vote for which it holds; absent means no bound.
    #[serde(default, deserialize_with = "crate::audit::day::read_some")]
    pub from: Option<Date>,
    #[serde(default, deserialize_with = "crate::audit::day::read_some")]
    pub until: Option<Date>,
    pub who: String,
    pub what: String,
    /// Until when, in the law's words; never a number of days that no text names.
    pub by: String,
    /// Set when it is done by holding a Confidence poll.
    #[serde(default)]
    pub confidence_poll: bool,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

impl FollowUpRule {
    /// Whether it speaks of the officials of a body of `kind` that voted on `day`.
    pub fn applies_to(&self, kind: CouncilKind, day: Date) -> bool {
        let is_in_time = self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until);
        is_in_time && (self.councils.is_empty() || self.councils.contains(&kind))
    }
}

/// Bỏ phiếu tín nhiệm under this instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfidenceRules {
    /// On whom it may be held; no exemption of lấy phiếu applies.
    pub subject: Rule<String>,
    /// Conditions under which the council holds one.
    pub triggers: Vec<Rule<String>>,
    pub loss: BandRule,
    /// How it goes, in this order; empty where nothing was read.
    #[serde(default)]
    pub steps: Vec<ProcedureStep>,
}

/// One step of the procedure of bỏ phiếu tín nhiệm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureStepId {
    /// The Standing Committee submits it to the council.
    Submission,
    /// Discussion in groups.
    Discussion,
    /// Report of the discussion.
    DiscussionReport,
    /// The person on whom it is held speaks.
    Statement,
    Board,
    /// The secret ballot.
    Ballot,
    BoardReport,
    Resolution,
}

/// A step of the procedure in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureStep {
    pub id: ProcedureStepId,
    /// In Vietnamese, as the page names it.
    pub text: String,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

/// Day from which a deadline is counted back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedFrom {
    /// Ngày khai mạc.
    Opening,
    /// Ngày lấy phiếu.
    Vote,
}

/// A duty due `days` calendar days before a day of the sitting: debtor, recipient, and what is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineRule {
    /// Bodies that it binds: one instrument may speak of each in its own article, read to a different degree.
    pub councils: Vec<CouncilKind>,
    /// `person_report`; once for each body.
    pub id: String,
    /// Calendar days before.
    pub days: u16,
    pub before: CountedFrom,
    pub from: String,
    pub to: String,
    pub what: String,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

/// What makes a whole ballot, or one line of it, not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// `no_seal`.
    pub id: String,
    /// In Vietnamese, as the minutes print it.
    pub text: String,
    /// Set when only the marks on a ballot of one name spoil it as a whole; on one of several names they spoil a line.
    #[serde(default)]
    pub single_name_only: bool,
    /// Set when only the literal reading of the text spoils a ballot of several names for it, see [`BadLineRule`].
    #[serde(default)]
    pub literal_reading_only: bool,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

/// A paper or form that the instrument asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperRule {
    /// `minutes`, `ballot`.
    pub id: String,
    /// Title or contents in Vietnamese.
    pub text: String,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

/// A law that resolutions name among their grounds, while it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// Bodies whose resolutions name it.
    pub councils: Vec<CouncilKind>,
    /// After `Căn cứ `: `Luật Tổ chức chính quyền địa phương số 77/2015/QH13`.
    pub text: String,
    #[serde(deserialize_with = "crate::audit::day::read")]
    pub from: Date,
    /// Last day; absent while in force.
    #[serde(default, deserialize_with = "crate::audit::day::read_some")]
    pub until: Option<Date>,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

/// One instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// `NQ96-2023-QH15`; never `96`, which two instruments share.
    pub id: String,
    /// `NQ 96/2023/QH15`, for lines and tables.
    pub short: String,
    /// Full name, after `Căn cứ `: `Nghị quyết số 96/2023/QH15 ngày 23 tháng 6 năm 2023 của Quốc hội về …`.
    pub title: String,
    pub side: Side,
    pub in_force: Rule<InForce>,
    /// Levels of lấy phiếu.
    pub levels: Rule<Vec<Level>>,
    /// Denominator of every share.
    pub base: Rule<BaseRule>,
    pub percent: Rule<PercentFormat>,
    /// Margin of the duty to count a line again; texts of before do not have it, see [`Self::recount_margin`].
    pub recount: Option<Rule<RecountMargin>>,
    /// One vote or several for several posts.
    pub several_posts: Rule<SeveralPosts>,
    pub frequency: Rule<String>,
    pub when: Rule<String>,
    /// Attendance needed to vote.
    pub quorum: Rule<Quorum>,
    /// Share of all delegates that passes the confirming resolution; absent where none is adopted.
    pub resolution: Option<Rule<Threshold>>,
    /// Smallest board of tellers by body.
    pub board_min: Option<Rule<BTreeMap<CouncilKind, u8>>>,
    /// Treatment of a line that is marked wrongly; texts of before do not have it, and such a line costs itself alone.
    pub bad_line: Option<Rule<BadLineRule>>,
    /// Whether a ballot that was spoiled before it was cast is exchanged.
    pub exchange: Option<Rule<String>>,
    /// Who keeps the sealed ballots.
    pub storage: Option<Rule<String>>,
    /// How many originals of the minutes are signed.
    pub minutes_copies: Option<Rule<u8>>,
    /// Treatment of a ballot with a name written in by hand.
    pub extra_name: Rule<String>,
    /// Whether a person on the list may count.
    pub board_conflict: Rule<String>,
    /// Where and how the result is made public.
    pub publication: Rule<String>,
    /// Laws that a resolution names beside this instrument.
    #[serde(default, rename = "legal_basis")]
    pub legal_bases: Vec<LegalBasis>,
    #[serde(default, rename = "subject")]
    pub subjects: Vec<Subject>,
    /// Posts that look subject and are not.
    #[serde(default, rename = "not_subject")]
    pub not_subjects: Vec<NotSubject>,
    #[serde(default, rename = "exemption")]
    pub exemptions: Vec<Exemption>,
    /// Lấy phiếu: from the lower threshold up.
    #[serde(rename = "band")]
    pub bands: Vec<BandRule>,
    /// What has to be done for whom, by band.
    #[serde(default, rename = "follow_up")]
    pub follow_ups: Vec<FollowUpRule>,
    /// Bỏ phiếu; absent where no rule was read.
    pub confidence: Option<ConfidenceRules>,
    #[serde(default, rename = "deadline")]
    pub deadlines: Vec<DeadlineRule>,
    #[serde(default, rename = "spoils_ballot")]
    pub spoils_ballot: Vec<Reason>,
    #[serde(default, rename = "spoils_line")]
    pub spoils_line: Vec<Reason>,
    #[serde(default, rename = "paper")]
    pub papers: Vec<PaperRule>,
    /// What an office said of its parameters; none in the files that the program carries.
    #[serde(default, rename = "attestation", skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<Attestation>,
}

impl RuleSet {
    /// Laws that a resolution of a body of `kind` adopted on `day` names among its grounds.
    pub fn legal_bases_on(&self, kind: CouncilKind, day: Date) -> impl Iterator<Item = &LegalBasis> {
        let in_force = move |b: &LegalBasis| b.from <= day && b.until.is_none_or(|until| day <= until);
        self.legal_bases.iter().filter(move |b| b.councils.contains(&kind) && in_force(b))
    }

    /// Thresholds of a vote of `kind`, from the lowest up; `None` when the set has no rule for that vote.
    pub fn band_rules(&self, kind: PollKind) -> Option<&[BandRule]> {
        match kind {
            PollKind::Rating => Some(&self.bands),
            PollKind::Confidence => self.confidence.as_ref().map(|c| std::slice::from_ref(&c.loss)),
        }
    }

    /// The shares that put a person in `band` and in no higher one, as the law says it: `quá nửa đến dưới hai phần ba
    /// tổng số phiếu thu về`; the highest band is open upwards.
    pub fn range_words(&self, kind: PollKind, band: &BandRule) -> String {
        let whole = &self.base.value.phrase;
        let above = self.band_rules(kind).unwrap_or_default().iter().find(|other| other.id > band.id);
        match above {
            Some(above) => format!("{} {} {whole}", band.share_words, above.end_of_lower()),
            None => band.words_of(whole),
        }
    }

    /// The rule behind `id`: consequence in words, citation, mark.
    pub fn band_rule(&self, id: BandId) -> Option<&BandRule> {
        let loss = self.confidence.as_ref().map(|c| &c.loss);
        self.bands.iter().chain(loss).find(|band| band.id == id)
    }
}
