//! Values of parameters in words, for people.

use super::{BaseKind, CountedFrom, DeadlineRule, InForce, Quorum, QuorumOf, RuleSet, SeveralPosts};
use crate::council::CouncilKind;
use crate::ratio::{Edge, Threshold};
use crate::text::date_dmy;

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

/// How often somebody with several posts is voted on.
pub const fn several_words(rule: SeveralPosts) -> &'static str {
    match rule {
        SeveralPosts::OneVoteForAll => "một lần đối với tất cả các chức vụ",
        SeveralPosts::HighestPostOnly => "một lần đối với chức vụ cao nhất",
        SeveralPosts::EachPlace => "ở từng nơi, tối đa hai nơi, không cộng gộp",
    }
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
