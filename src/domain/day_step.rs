//! What one person proposes on counting day and after it, and another confirms, as the canonical text that both see.
//!
//! The text holds what the step is about as it stood when it was proposed: figures that changed since make it outdated.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::audit::Digest;
use super::audit::event::poll::{BallotsReturned, PaperIssued};
use super::ballot_account::{BallotAccount, IssuedPapers};
use super::batch::Reader;
use super::poll::{Level, LevelCounts};
use super::presence::HallFigures;
use super::proposal::ProposalKind;
use super::text::date_dmy;

/// A form whose count is to be closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosingForm {
    pub batches: u32,
    pub form: String,
    /// Ballots handed out; absent in what was proposed before this was part of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<u32>,
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
    /// The vote is held on another day; the forms stay as they were printed.
    PollMoved {
        before: Date,
        day: Date,
        /// Why, as the minutes print it.
        reason: String,
    },
    VotingOpened {
        /// What stands against it, each with its article. Proposals of older programs have none of these four.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        against: Vec<String>,
        delegates: u32,
        /// The day that was planned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        planned: Option<Date>,
        present: u32,
        /// The smallest number present that the rule set asks for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quorum: Option<u32>,
        /// Why it is opened in spite of what stands against it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// The number of delegates in the hall was written down wrong.
    PresenceCorrected {
        after: HallFigures,
        before: HallFigures,
        reason: String,
    },
    /// What was announced of a form as issued is wrong, or another delegate took a ballot.
    IssuedCorrected {
        after: IssuedPapers,
        before: IssuedPapers,
        form: String,
        reason: String,
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
    /// The signing of the minutes is undone.
    MinutesReopened {
        reason: String,
        /// SHA-256 of the minutes that were signed.
        sha256: Digest,
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
            Self::PollMoved { .. } => ProposalKind::PollMoved,
            Self::VotingOpened { .. } => ProposalKind::VotingOpened,
            Self::PresenceCorrected { .. } => ProposalKind::PresenceCorrected,
            Self::IssuedCorrected { .. } => ProposalKind::IssuedCorrected,
            Self::BallotsCorrected { .. } => ProposalKind::BallotsCorrected,
            Self::BatchReopened { .. } => ProposalKind::BatchReopened,
            Self::CountingClosed { .. } => ProposalKind::CountingClosed,
            Self::RecountOrdered { .. } => ProposalKind::RecountOrdered,
            Self::LineRecounted { .. } => ProposalKind::LineRecounted,
            Self::ResultDeclared { .. } => ProposalKind::ResultDeclared,
            Self::MinutesReopened { .. } => ProposalKind::MinutesReopened,
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
            Self::IssuedCorrected { form, .. } => form.clone(),
            Self::BallotsCorrected { after, .. } => after.form.clone(),
            Self::BatchReopened { form, batch, .. } => format!("{form}/{batch}"),
            Self::RecountOrdered { form, line, .. } | Self::LineRecounted { form, line, .. } => {
                format!("{form}/{line}")
            }
            _ => String::new(),
        }
    }

    /// Of the opening: what stands against it is among them.
    fn opening_lines(&self) -> Vec<(&'static str, String)> {
        let Self::VotingOpened { against, delegates, planned, present, quorum, reason } = self else {
            return Vec::new();
        };
        let mut lines = vec![("Tổng số đại biểu", delegates.to_string())];
        lines.push(("Số đại biểu có mặt", present.to_string()));
        lines.extend(quorum.map(|quorum| ("Túc số", format!("ít nhất {quorum} người có mặt"))));
        lines.extend(planned.map(|day| ("Ngày bỏ phiếu đã định", date_dmy(day))));
        lines.extend(against.iter().map(|fault| ("Điều chưa bảo đảm", fault.clone())));
        if !reason.is_empty() {
            lines.push(("Lý do vẫn mở", reason.clone()));
        }
        let effect = "Phát phiếu cho đại biểu; từ đây không kiểm phiếu thử được nữa.";
        lines.push(("Hệ quả", effect.to_owned()));
        lines
    }

    /// What both people read, line by line: label and value, in Vietnamese. Figures that change are in [`Self::changes`],
    /// hashes in [`Self::hashes`]; what a hash stands for is shown by whoever draws the page.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::DeckWaived { reason } => vec![
                ("Lý do", reason.clone()),
                ("Hệ quả", "Không kiểm phiếu thử; biên bản in lý do này và tên hai người.".to_owned()),
            ],
            Self::PollCancelled { reason } => vec![
                ("Lý do", reason.clone()),
                ("Hệ quả", "Không bước nào đi tiếp; số đếm đã niêm phong không bao giờ được mở.".to_owned()),
            ],
            Self::PollMoved { reason, .. } => vec![
                ("Lý do", reason.clone()),
                (
                    "Hệ quả",
                    "Mẫu phiếu đã chốt giữ nguyên, kể cả ngày in trên phiếu; biên bản ghi việc chuyển ngày.".to_owned(),
                ),
            ],
            Self::VotingOpened { .. } => self.opening_lines(),
            Self::PresenceCorrected { reason, .. } => vec![("Lý do", reason.clone())],
            Self::IssuedCorrected { form, reason, .. } => vec![
                ("Mẫu phiếu", form.clone()),
                ("Lý do", reason.clone()),
                ("Hệ quả", "Số thu về của mẫu này, nếu đã ghi, phải ghi lại.".to_owned()),
            ],
            Self::BallotsCorrected { after, reason, .. } => {
                vec![("Mẫu phiếu", after.form.clone()), ("Lý do", reason.clone())]
            }
            Self::BatchReopened { batch, form, papers, reason, .. } => vec![
                ("Mẫu phiếu", form.clone()),
                ("Tập phiếu", format!("tập {batch}, {papers} phiếu")),
                ("Lý do", reason.clone()),
                ("Hệ quả", "Số đếm cũ của tập bị hủy; tập được kiểm lại từ đầu.".to_owned()),
            ],
            Self::CountingClosed { .. } => vec![(
                "Hệ quả",
                "Số đếm niêm phong được mở và cộng lại; không nhập thêm, không mở lại được tập nào.".to_owned(),
            )],
            Self::ResultDeclared { .. } => {
                vec![("Hệ quả", "Kết quả được ghi vào nhật ký như dưới đây và không đổi nữa.".to_owned())]
            }
            Self::RecountOrdered { form, line, name, reason } => vec![
                ("Người được lấy phiếu", name.clone()),
                ("Dòng", format!("mẫu {form}, dòng {line}")),
                ("Lý do", reason.clone()),
                ("Hệ quả", "Hai thành viên Ban kiểm phiếu kiểm lại dòng này từ phiếu giấy.".to_owned()),
            ],
            Self::LineRecounted { form, line, name, readers, reason, why, .. } => {
                recounted_lines((name, form, *line), (why, reason), readers)
            }
            Self::MinutesReopened { reason, .. } => vec![
                ("Lý do", reason.clone()),
                (
                    "Hệ quả",
                    "Biên bản đã ký không còn giá trị; Trưởng Ban kiểm phiếu trình lại, Ban kiểm phiếu ký lại."
                        .to_owned(),
                ),
            ],
            Self::ResultConfirmed { resolution, .. } => vec![("Nghị quyết", resolution.clone())],
            Self::ResultPublished { .. } => {
                vec![("Hệ quả", "Kết quả được công bố; sau đó chỉ sửa được bằng đính chính.".to_owned())]
            }
            Self::CorrigendumIssued { day, .. } => vec![("Ngày của văn bản đính chính", date_dmy(*day))],
            Self::PollArchived { place } => vec![("Nơi lưu trữ", place.clone())],
        }
    }

    /// What stands now and what would stand, where the step puts something right: label, before, after.
    pub fn changes(&self) -> Vec<(&'static str, String, String)> {
        match self {
            Self::PollMoved { before, day, .. } => vec![("Ngày bỏ phiếu", date_dmy(*before), date_dmy(*day))],
            Self::PresenceCorrected { after, before, .. } => compared(before.labelled(), after.labelled()),
            Self::IssuedCorrected { after, before, .. } => compared(before.labelled(), after.labelled()),
            Self::BallotsCorrected { after, before, .. } => {
                compared(BallotAccount::from(before).labelled(), BallotAccount::from(after).labelled())
            }
            Self::LineRecounted { counted, recounted, .. } => compared(levels(*counted), levels(*recounted)),
            Self::CorrigendumIssued { reason, right, .. } => vec![("Nội dung", reason.clone(), right.clone())],
            _ => Vec::new(),
        }
    }

    /// SHA-256 that the text names, each with what it is of.
    pub fn hashes(&self) -> Vec<(&'static str, Digest)> {
        match self {
            Self::ResultDeclared { results_sha256 } | Self::ResultPublished { results_sha256 } => {
                vec![("Kết quả (results.json)", *results_sha256)]
            }
            Self::MinutesReopened { sha256, .. } => vec![("Biên bản đã ký (PDF)", *sha256)],
            Self::ResultConfirmed { paper, .. } | Self::CorrigendumIssued { paper, .. } => {
                vec![("Bản in (PDF)", paper.sha256)]
            }
            _ => Vec::new(),
        }
    }

    /// The paper that the step issues.
    pub const fn paper(&self) -> Option<&PaperIssued> {
        match self {
            Self::ResultConfirmed { paper, .. } | Self::CorrigendumIssued { paper, .. } => Some(paper),
            _ => None,
        }
    }
}

/// What a line was counted again for, and by whom; both figures are changes.
fn recounted_lines(
    (name, form, line): (&str, &str, u32),
    (why, reason): (&str, &str),
    [one, two]: &[Reader; 2],
) -> Vec<(&'static str, String)> {
    let why = if why.is_empty() { "hai người đã đồng ý kiểm lại" } else { why };
    vec![
        ("Người được lấy phiếu", name.to_owned()),
        ("Dòng", format!("mẫu {form}, dòng {line}")),
        ("Vì sao kiểm lại", why.to_owned()),
        ("Hai người kiểm lại", format!("{}; {}", one.name, two.name)),
        ("Lý do lấy số kiểm lại", reason.to_owned()),
        ("Hệ quả", "Số kiểm lại thay số đã kiểm trong kết quả; biên bản in cả hai số.".to_owned()),
    ]
}

fn levels(counts: LevelCounts) -> Vec<(&'static str, String)> {
    let level = |(level, count): (Level, u32)| (level.label(), count.to_string());
    counts.each().into_iter().map(level).collect()
}

/// Label, before, after of figures that have the same labels.
pub fn compared(
    before: impl IntoIterator<Item = (&'static str, String)>,
    after: impl IntoIterator<Item = (&'static str, String)>,
) -> Vec<(&'static str, String, String)> {
    before.into_iter().zip(after).map(|((label, before), (_, after))| (label, before, after)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::canonical;

    #[test]
    fn a_closing_that_was_proposed_without_the_ballots_handed_out_still_reads() {
        let text = r#"{"forms":[{"batches":2,"form":"F1","returned":47}],"step":"counting_closed"}"#;
        let step: DayStep = serde_json::from_str(text).expect("step");
        assert_eq!(canonical::to_text(&step).expect("text"), text);
    }

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
        let told =
            |label| step.changes().into_iter().find(|(of, ..)| *of == label).map(|(_, before, after)| (before, after));
        assert_eq!(told("Thu về"), Some(("46".into(), "47".into())));
        assert_eq!(told("Đã in"), Some(("60".into(), "60".into())));
        let text = canonical::to_text(&step).expect("text");
        assert_eq!(serde_json::from_str::<DayStep>(&text).expect("step"), step);
        assert!(serde_json::from_str::<DayStep>(&text.replace("\"reason\"", "\"why\"")).is_err());
    }
}
