//! What one person proposes on counting day and after it, and another confirms, as the canonical text that both see.
//!
//! The text holds what the step is about as it stood when it was proposed: figures that changed since make it outdated.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::audit::Digest;
use super::audit::event::poll::{BallotsReturned, PaperIssued};
use super::ballot_account::IssuedPapers;
use super::presence::HallFigures;
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

    /// What both people read, line by line: label and value, in Vietnamese.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::DeckWaived { reason } | Self::PollCancelled { reason } => vec![("Lý do", reason.clone())],
            Self::PollMoved { before, day, reason } => vec![
                ("Ngày đang định", date_dmy(*before)),
                ("Ngày mới", date_dmy(*day)),
                ("Lý do", reason.clone()),
                (
                    "Hệ quả",
                    "Mẫu phiếu đã chốt giữ nguyên, kể cả ngày in trên phiếu; biên bản ghi việc chuyển ngày.".to_owned(),
                ),
            ],
            Self::VotingOpened { .. } => self.opening_lines(),
            Self::PresenceCorrected { after, before, reason } => {
                let mut lines = hall(*before, *after).to_vec();
                lines.push(("Lý do", reason.clone()));
                lines
            }
            Self::IssuedCorrected { after, before, form, reason } => vec![
                ("Mẫu phiếu", form.clone()),
                ("Đã in", told(before.printed, after.printed)),
                ("Phát ra", told(before.issued, after.issued)),
                ("Lý do", reason.clone()),
                ("Hệ quả", "Số thu về của mẫu này, nếu đã ghi, phải ghi lại.".to_owned()),
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
            Self::CountingClosed { forms } => closing_lines(forms),
            Self::ResultDeclared { results_sha256 } => vec![("SHA-256 của kết quả", results_sha256.to_string())],
            Self::MinutesReopened { reason, sha256 } => vec![
                ("Lý do", reason.clone()),
                (
                    "Hệ quả",
                    "Biên bản đã ký không còn giá trị; Trưởng Ban kiểm phiếu trình lại, Ban kiểm phiếu ký lại."
                        .to_owned(),
                ),
                ("SHA-256 của biên bản đã ký", sha256.to_string()),
            ],
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

fn closing_lines(forms: &[ClosingForm]) -> Vec<(&'static str, String)> {
    let form = |form: &ClosingForm| {
        let ClosingForm { batches, form, returned } = form;
        let told = match returned {
            0 => format!("{form}: không có phiếu nào thu về"),
            _ => format!("{form}: thu về {returned} phiếu, đã chốt đủ trong {batches} tập"),
        };
        ("Mẫu phiếu", told)
    };
    let mut lines: Vec<_> = forms.iter().map(form).collect();
    lines.push(("Hệ quả", "Số đếm các mức được mở ra cho mọi người thấy; không nhập thêm được tập nào.".to_owned()));
    lines
}

/// A figure that changes; an unchanged one has its single value.
fn told(before: u32, after: u32) -> String {
    if before == after { after.to_string() } else { format!("{after} (trước ghi {before})") }
}

fn hall(before: HallFigures, after: HallFigures) -> [(&'static str, String); 3] {
    [
        ("Có mặt lúc mở bỏ phiếu", told(before.opened, after.opened)),
        ("Tổng số đã có mặt", told(before.attended, after.attended)),
        ("Có mặt lúc này", told(before.now, after.now)),
    ]
}

fn ballots(before: &BallotsReturned, after: &BallotsReturned) -> [(&'static str, String); 6] {
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
