//! The first thing that a reader of a dossier looks for: what is not as it was planned, and where.

use super::Block;
use super::dossier_words::counted;
use super::parts::{properties, small};
use crate::dossier::{FactNo, Gathered, Missing, MissingKind};
use crate::fact::{FactKind, Status};

/// What differs, each figure with the numbers of the facts behind it. Counts only: nothing is weighed against anything.
pub(super) fn summary_blocks(gathered: &Gathered<'_>, missing: &[Missing]) -> Vec<Block> {
    let of_status = |status| facts(gathered, |fact| fact.status == Some(status));
    let of_kind = |kind| facts(gathered, |fact| fact.kind == kind);
    let of_gaps = |kinds: &[MissingKind]| -> Vec<FactNo> {
        missing.iter().filter(|gap| kinds.contains(&gap.kind)).filter_map(|gap| gap.fact).collect()
    };
    let lines = [
        ("Không đạt", of_status(Status::NotMet)),
        ("Chậm", of_status(Status::Late)),
        ("Quá hạn, chưa hoàn thành", of_gaps(&[MissingKind::PastDue])),
        ("Đang thực hiện", of_status(Status::Open)),
        ("Chưa có trả lời, giải trình", of_gaps(&[MissingKind::QuestioningReply, MissingKind::OpinionReply])),
        ("Khiếu nại, tố cáo", of_kind(FactKind::Complaint)),
        ("Kỷ luật", of_kind(FactKind::Discipline)),
    ];
    let told: Vec<(&str, String)> =
        lines.iter().filter(|(_, facts)| !facts.is_empty()).map(|(what, facts)| (*what, counted(facts))).collect();
    if told.is_empty() {
        let nothing =
            "Không có dữ kiện không đạt, chậm, quá hạn, đang thực hiện, chưa trả lời, khiếu nại, tố cáo hay kỷ luật.";
        return vec![small(nothing)];
    }
    vec![properties(told)]
}

fn facts(gathered: &Gathered<'_>, is_one: impl Fn(&crate::fact::Fact) -> bool) -> Vec<FactNo> {
    gathered.numbered().filter(|(_, fact)| is_one(fact)).map(|(number, _)| number).collect()
}
