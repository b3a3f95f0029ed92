//! What one person proposes on counting day and after it, and another confirms, as the canonical text that both see.
//!
//! The text holds what the step is about as it stood when it was proposed: figures that changed since make it outdated.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::audit::Digest;
use super::audit::event::poll::{BallotsReturned, PaperIssued};
use super::batch::Reader;
use super::poll::{Level, LevelCounts};
use super::proposal::ProposalKind;
use super::text::date_dmy;

/// A form whose count is to be closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosingForm {
    pub batches: u32,
    pub form: String,
    pub returned: u32,
}

/// One step for two people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum DayStep {
    /// The vote goes on without a test deck that passed.
    DeckWaived {
        /// Why, as the minutes print it.
        reason: String,
    },
    VotingOpened {
        delegates: u32,
        present: u32,
    },
    /// The papers of a form were written down wrong.
    BallotsCorrected {
        after: BallotsReturned,
        before: BallotsReturned,
        reason: String,
    },
    BatchReopened {
        batch: u32,
        commitment: Digest,
        form: String,
        papers: u32,
        reason: String,
    },
    CountingClosed {
        /// In the order of the forms.
        forms: Vec<ClosingForm>,
    },
    /// A line is counted again that the rule does not name.
    RecountOrdered {
        form: String,
        /// From 1.
        line: u32,
        /// Who stands on it.
        name: String,
        reason: String,
    },
    /// What two people counted again takes the place of what stands.
    LineRecounted {
        /// The figure that stands.
        counted: LevelCounts,
        form: String,
        /// From 1.
        line: u32,
        /// Who stands on it.
        name: String,
        readers: [Reader; 2],
        reason: String,
        recounted: LevelCounts,
        /// Why the line was due; empty where two people ordered it.
        why: String,
    },
    ResultDeclared {
        /// SHA-256 of results.json.
        results_sha256: Digest,
    },
    ResultConfirmed {
        /// The resolution as it is issued.
        paper: PaperIssued,
        resolution: String,
    },
    ResultPublished {
        /// SHA-256 of results.json.
        results_sha256: Digest,
    },
    CorrigendumIssued {
        /// Name of the paper that is wrong.
        corrects: String,
        /// Day of the one that puts it right.
        day: Date,
        /// The one that says what is right.
        paper: PaperIssued,
        reason: String,
        right: String,
    },
    PollArchived {
        place: String,
    },
    PollCancelled {
        reason: String,
    },
}

impl DayStep {
    /// Which step.
    pub const fn kind(&self) -> ProposalKind {
        match self {
            Self::DeckWaived { .. } => ProposalKind::DeckWaived,
            Self::VotingOpened { .. } => ProposalKind::VotingOpened,
            Self::BallotsCorrected { .. } => ProposalKind::BallotsCorrected,
            Self::BatchReopened { .. } => ProposalKind::BatchReopened,
            Self::CountingClosed { .. } => ProposalKind::CountingClosed,
            Self::RecountOrdered { .. } => ProposalKind::RecountOrdered,
            Self::LineRecounted { .. } => ProposalKind::LineRecounted,
            Self::ResultDeclared { .. } => ProposalKind::ResultDeclared,
            Self::ResultConfirmed { .. } => ProposalKind::ResultConfirmed,
            Self::ResultPublished { .. } => ProposalKind::ResultPublished,
            Self::CorrigendumIssued { .. } => ProposalKind::CorrigendumIssued,
            Self::PollArchived { .. } => ProposalKind::PollArchived,
            Self::PollCancelled { .. } => ProposalKind::PollCancelled,
        }
    }

    /// What it concerns within the poll, where several of its kind may wait at once.
    pub fn about(&self) -> String {
        match self {
            Self::BallotsCorrected { after, .. } => after.form.clone(),
            Self::BatchReopened { form, batch, .. } => format!("{form}/{batch}"),
            Self::RecountOrdered { form, line, .. } | Self::LineRecounted { form, line, .. } => {
                format!("{form}/{line}")
            }
            _ => String::new(),
        }
    }

    /// What both people read, line by line: label and value, in Vietnamese.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::DeckWaived { reason } | Self::PollCancelled { reason } => vec![("Lý do", reason.clone())],
            Self::VotingOpened { delegates, present } => vec![
                ("Tổng số đại biểu", delegates.to_string()),
                ("Số đại biểu có mặt", present.to_string()),
                ("Hệ quả", "Phát phiếu cho đại biểu; từ đây không kiểm phiếu thử được nữa.".to_owned()),
            ],
            Self::BallotsCorrected { after, before, reason } => {
                let mut lines = vec![("Mẫu phiếu", after.form.clone())];
                lines.extend(ballots(before, after));
                lines.push(("Lý do", reason.clone()));
                lines
            }
            Self::BatchReopened { batch, form, papers, reason, .. } => vec![
                ("Mẫu phiếu", form.clone()),
                ("Tập phiếu", format!("tập {batch}, {papers} phiếu")),
                ("Lý do", reason.clone()),
                ("Hệ quả", "Số đếm cũ của tập bị hủy; tập được kiểm lại từ đầu.".to_owned()),
            ],
            Self::CountingClosed { forms } => {
                let form = |form: &ClosingForm| {
                    let ClosingForm { batches, form, returned } = form;
                    ("Mẫu phiếu", format!("{form}: thu về {returned} phiếu, đã chốt đủ trong {batches} tập"))
                };
                let mut lines: Vec<_> = forms.iter().map(form).collect();
                lines.push((
                    "Hệ quả",
                    "Số đếm các mức được mở ra cho mọi người thấy; không nhập thêm được tập nào.".to_owned(),
                ));
                lines
            }
            Self::RecountOrdered { form, line, name, reason } => vec![
                ("Người được lấy phiếu", name.clone()),
                ("Dòng", format!("mẫu {form}, dòng {line}")),
                ("Lý do", reason.clone()),
                ("Hệ quả", "Hai thành viên Ban kiểm phiếu kiểm lại dòng này từ phiếu giấy.".to_owned()),
            ],
            Self::LineRecounted { counted, form, line, name, readers, recounted, why, .. } => {
                recounted_lines((name, form, *line), why, readers, (*counted, *recounted))
            }
            Self::ResultDeclared { results_sha256 } => vec![("SHA-256 của kết quả", results_sha256.to_string())],
            Self::ResultConfirmed { paper, resolution } => vec![
                ("Nghị quyết", resolution.clone()),
                ("Bản in", format!("{}, {} trang", paper.name, paper.pages)),
                ("SHA-256 của bản in", paper.sha256.to_string()),
            ],
            Self::ResultPublished { results_sha256 } => vec![
                ("SHA-256 của kết quả", results_sha256.to_string()),
                ("Hệ quả", "Kết quả được công bố; sau đó chỉ sửa được bằng đính chính.".to_owned()),
            ],
            Self::CorrigendumIssued { corrects, day, paper, reason, right } => vec![
                ("Đính chính văn bản", corrects.clone()),
                ("Ngày của văn bản đính chính", date_dmy(*day)),
                ("Điều ghi sai", reason.clone()),
                ("Nay ghi đúng là", right.clone()),
                ("Bản in", format!("{}, {} trang", paper.name, paper.pages)),
                ("SHA-256 của bản in", paper.sha256.to_string()),
            ],
            Self::PollArchived { place } => vec![("Nơi lưu trữ", place.clone())],
        }
    }
}

/// Both figures of a line that was counted again.
fn recounted_lines(
    (name, form, line): (&str, &str, u32),
    why: &str,
    [one, two]: &[Reader; 2],
    (counted, recounted): (LevelCounts, LevelCounts),
) -> Vec<(&'static str, String)> {
    let why = if why.is_empty() { "hai người đã đồng ý kiểm lại" } else { why };
    let mut lines = vec![
        ("Người được lấy phiếu", name.to_owned()),
        ("Dòng", format!("mẫu {form}, dòng {line}")),
        ("Vì sao kiểm lại", why.to_owned()),
        ("Hai người kiểm lại", format!("{}; {}", one.name, two.name)),
    ];
    let both = counted.each().into_iter().zip(recounted.each());
    let level = |((level, before), (_, after)): ((Level, u32), (Level, u32))| {
        (level.label(), format!("kiểm lại {after}; số đã kiểm {before}"))
    };
    lines.extend(both.map(level));
    lines.push(("Hệ quả", "Số kiểm lại thay số đã kiểm trong kết quả; biên bản in cả hai số.".to_owned()));
    lines
}

/// Figures that change; an unchanged one is listed with its single value.
fn ballots(before: &BallotsReturned, after: &BallotsReturned) -> [(&'static str, String); 6] {
    let told = |before: u32, after: u32| {
        if before == after { after.to_string() } else { format!("{after} (trước ghi {before})") }
    };
    [
        ("Đã in", told(before.printed, after.printed)),
        ("Phát ra", told(before.issued, after.issued)),
        ("Đổi", told(before.exchanged, after.exchanged)),
        ("Chưa dùng", told(before.unused, after.unused)),
        ("Thu về", told(before.returned, after.returned)),
        ("Không thu về", told(before.not_returned, after.not_returned)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::canonical;

    #[test]
    fn a_correction_names_what_changes_and_reads_back_to_the_letter() {
        let before = BallotsReturned {
            exchanged: 0,
            form: "F1".into(),
            issued: 47,
            not_returned: 1,
            printed: 60,
            returned: 46,
            unused: 13,
        };
        let after = BallotsReturned { returned: 47, not_returned: 0, ..before.clone() };
        let step = DayStep::BallotsCorrected { after, before, reason: "Ghi nhầm".into() };
        assert_eq!((step.kind(), step.about().as_str()), (ProposalKind::BallotsCorrected, "F1"));
        let told = |label| step.lines().into_iter().find(|(of, _)| *of == label).map(|(_, value)| value);
        assert_eq!(told("Thu về").as_deref(), Some("47 (trước ghi 46)"));
        assert_eq!(told("Đã in").as_deref(), Some("60"));
        let text = canonical::to_text(&step).expect("text");
        assert_eq!(serde_json::from_str::<DayStep>(&text).expect("step"), step);
        assert!(serde_json::from_str::<DayStep>(&text.replace("\"reason\"", "\"why\"")).is_err());
    }
}
