//! Values of parameters in words, for people.

use super::{
    BadLineCosts, BadLineRule, BaseKind, CountedFrom, DeadlineRule, FollowUpRule, InForce, Quorum, QuorumOf,
    RecountMargin, RuleSet,
};
use crate::council::CouncilKind;
use crate::text::date_dmy;
use crate::threshold::{Edge, Threshold};

/// `01/07/2023 - 31/12/2027`, `từ 01/07/2023`.
pub fn in_force_words(period: InForce) -> String {
    match period.until {
        Some(until) => format!("{} - {}", date_dmy(period.from), date_dmy(until)),
        None => format!("từ {}", date_dmy(period.from)),
    }
}

/// What the base of shares counts besides valid ballots.
pub const fn base_words(set: &RuleSet) -> &'static str {
    match set.base.value.kind {
        BaseKind::Returned => "kể cả phiếu không hợp lệ",
        BaseKind::Delegates => "kể cả người vắng mặt",
    }
}

/// How a share is printed.
pub fn percent_words(set: &RuleSet) -> String {
    let format = set.percent.value;
    let zeros = if format.drop_trailing_zeros { "bỏ số 0 ở cuối" } else { "giữ số 0 ở cuối" };
    format!("{} chữ số thập phân, làm tròn nửa lên, {zeros}", format.decimals)
}

/// `dòng cách ngưỡng không quá 1 phiếu, hoặc không quá 2/100 tổng số phiếu thu về nếu số đó lớn hơn`.
pub fn recount_words(set: &RuleSet, margin: RecountMargin) -> String {
    let RecountMargin { ballots, share } = margin;
    let whole = &set.base.value.phrase;
    format!("dòng cách ngưỡng không quá {ballots} phiếu, hoặc không quá {share} {whole} nếu số đó lớn hơn")
}

/// `chỉ mất dòng đó`, `cả phiếu không hợp lệ`, with whether the board chooses.
pub fn bad_line_words(rule: BadLineRule) -> String {
    let costs = match rule.costs {
        BadLineCosts::Line => "chỉ mất dòng đó",
        BadLineCosts::Ballot => "cả phiếu không hợp lệ",
    };
    let choice = match (rule.board_chooses, rule.is_chosen) {
        (false, _) => "",
        (true, false) => " (Ban kiểm phiếu chọn trước khi kiểm phiếu, một lần cho cả cuộc)",
        (true, true) => " (Ban kiểm phiếu đã chọn, một lần cho cả cuộc)",
    };
    format!("{costs}{choice}")
}

/// `; HĐND cấp xã; từ 16/06/2025`: for whom and when a duty holds; empty where it always does.
pub fn follow_up_scope(rule: &FollowUpRule) -> String {
    let councils = (!rule.councils.is_empty()).then(|| councils_words(&rule.councils));
    let from = rule.from.map(|day| format!("từ {}", date_dmy(day)));
    let until = rule.until.map(|day| format!("đến {}", date_dmy(day)));
    [councils, from, until].into_iter().flatten().map(|part| format!("; {part}")).collect()
}

/// `trên 1/2 tổng số đại biểu`, `từ 2/3 tổng số đại biểu trở lên`: the share of `whole` as a figure, with the side that
/// the share itself falls on.
pub fn share_words(threshold: Threshold, whole: &str) -> String {
    match threshold.edge {
        Edge::Above => format!("trên {} {whole}", threshold.share),
        Edge::From => format!("từ {} {whole} trở lên", threshold.share),
    }
}

/// `có mặt từ 2/3 tổng số đại biểu trở lên`.
pub fn quorum_words(quorum: Quorum) -> String {
    let of = match quorum.of {
        QuorumOf::Delegates => "tổng số đại biểu",
        QuorumOf::Summoned => "số người được triệu tập",
    };
    format!("có mặt {}", share_words(quorum.threshold, of))
}

/// `Quốc hội`, `HĐND cấp tỉnh, HĐND cấp huyện`, `HĐND các cấp`.
pub fn councils_words(councils: &[CouncilKind]) -> String {
    const LEVELS: [CouncilKind; 3] =
        [CouncilKind::ProvinceCouncil, CouncilKind::DistrictCouncil, CouncilKind::CommuneCouncil];
    if councils == LEVELS {
        return "HĐND các cấp".into();
    }
    councils.iter().map(|kind| kind.label()).collect::<Vec<_>>().join(", ")
}

/// `HĐND các cấp: chậm nhất 30 ngày trước ngày khai mạc: … → …: …`.
pub fn deadline_words(deadline: &DeadlineRule) -> String {
    let day = match deadline.before {
        CountedFrom::Opening => "ngày khai mạc",
        CountedFrom::Vote => "ngày lấy phiếu",
    };
    let DeadlineRule { councils, days, from, to, what, .. } = deadline;
    let councils = councils_words(councils);
    format!("{councils}: chậm nhất {days} ngày trước {day}: {from} → {to}: {what}")
}
