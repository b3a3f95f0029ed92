//! Steps that somebody asks for on counting day: the typed fields, and what is read from them.

use jiff::civil::Date;

use crate::counting::outcome::Corrigendum;
use crate::polls::FoundLine;
use crate::preparing::TypedDecision;
use crate::service::error::{AppError, FieldError};
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::day_step::DayStep;
use domain::presence::HallFigures;
use domain::proposal::ProposalKind;
use domain::text::{clean, read_day, read_number};

/// Longest reason or place, in characters.
pub(super) const MAX_TEXT: usize = 500;

/// Fields of the forms that propose steps for two people; each step reads its own.
#[derive(Clone, Debug, Default)]
pub struct TypedStep {
    /// Why.
    pub reason: String,
    /// Delegates in the hall.
    pub present: String,
    /// Delegates who were in it when the vote was opened.
    pub opened: String,
    /// Delegates who were in it at any time.
    pub attended: String,
    /// Delegates who are in it now.
    pub now: String,
    /// Number and day of the resolution; of a corrigendum the day alone.
    pub decision: TypedDecision,
    /// Where the papers are archived.
    pub place: String,
    /// Id of a form, or of a form and a batch: `F1-3F9A2C/2`.
    pub about: String,
    /// Figures of a form's ballots.
    pub account: super::TypedAccount,
    /// Name of the paper that is wrong.
    pub corrects: String,
    /// What is right.
    pub right: String,
}

/// What somebody asks for; the rest of the step's text follows from the state of the poll.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    DeckWaived { reason: String },
    PollMoved { day: Date, reason: String },
    VotingOpened { present: u32, reason: String },
    PresenceCorrected { figures: HallFigures, reason: String },
    IssuedCorrected { form: String, papers: IssuedPapers, reason: String },
    BallotsCorrected { form: String, account: BallotAccount, reason: String },
    BatchReopened { form: String, batch: u32, reason: String },
    CountingClosed,
    RecountOrdered { form: String, line: u32, reason: String },
    LineRecounted(FoundLine),
    ResultDeclared,
    MinutesReopened { reason: String },
    ResultConfirmed { resolution: String },
    ResultPublished,
    CorrigendumIssued(Corrigendum),
    PollArchived { place: String },
    PollCancelled { reason: String },
}

impl From<DayStep> for Wish {
    fn from(step: DayStep) -> Self {
        match step {
            DayStep::DeckWaived { reason } => Self::DeckWaived { reason },
            DayStep::PollMoved { day, reason, .. } => Self::PollMoved { day, reason },
            DayStep::VotingOpened { present, reason, .. } => Self::VotingOpened { present, reason },
            DayStep::PresenceCorrected { after, reason, .. } => Self::PresenceCorrected { figures: after, reason },
            DayStep::IssuedCorrected { after, form, reason, .. } => {
                Self::IssuedCorrected { form, papers: after, reason }
            }
            DayStep::BallotsCorrected { after, reason, .. } => {
                Self::BallotsCorrected { account: BallotAccount::from(&after), form: after.form, reason }
            }
            DayStep::BatchReopened { batch, form, reason, .. } => Self::BatchReopened { form, batch, reason },
            DayStep::CountingClosed { .. } => Self::CountingClosed,
            DayStep::RecountOrdered { form, line, reason, .. } => Self::RecountOrdered { form, line, reason },
            DayStep::LineRecounted { form, line, readers, recounted: counts, .. } => {
                Self::LineRecounted(FoundLine { form, line, counts, readers })
            }
            DayStep::ResultDeclared { .. } => Self::ResultDeclared,
            DayStep::MinutesReopened { reason, .. } => Self::MinutesReopened { reason },
            DayStep::ResultConfirmed { resolution, .. } => Self::ResultConfirmed { resolution },
            DayStep::ResultPublished { .. } => Self::ResultPublished,
            DayStep::CorrigendumIssued { corrects, day, reason, right, .. } => {
                Self::CorrigendumIssued(Corrigendum { corrects, day, wrong: reason, right })
            }
            DayStep::PollArchived { place } => Self::PollArchived { place },
            DayStep::PollCancelled { reason } => Self::PollCancelled { reason },
        }
    }
}

impl TypedStep {
    /// Reads the fields of a step. `None` for a step that is not of the day.
    pub(super) fn read(&self, kind: ProposalKind) -> Result<Option<Wish>, AppError> {
        let reason = || text("reason", &self.reason, "Hãy ghi lý do");
        Ok(Some(match kind {
            ProposalKind::DeckWaived => Wish::DeckWaived { reason: reason()? },
            ProposalKind::PollMoved => {
                let day = read_day(&self.decision.day);
                let day = day.ok_or_else(|| AppError::field("day", "Hãy ghi ngày bỏ phiếu mới."));
                let (day, reason) = both(day, reason())?;
                Wish::PollMoved { day, reason }
            }
            ProposalKind::VotingOpened => {
                let reason = if clean(&self.reason).is_empty() { Ok(String::new()) } else { reason() };
                let (present, reason) = both(self.present(), reason)?;
                Wish::VotingOpened { present, reason }
            }
            ProposalKind::PresenceCorrected => {
                let figure = |field, typed: &str| number(field, typed, "Hãy ghi số đại biểu bằng chữ số.");
                let now = figure("now", &self.now);
                let rest = both(figure("opened", &self.opened), figure("attended", &self.attended));
                let ((opened, attended), (now, reason)) = both(rest, both(now, reason()))?;
                Wish::PresenceCorrected { figures: HallFigures { attended, now, opened }, reason }
            }
            ProposalKind::IssuedCorrected => {
                let (papers, reason) = both(self.account.read_issued(), reason())?;
                Wish::IssuedCorrected { form: self.about.clone(), papers, reason }
            }
            ProposalKind::BallotsCorrected => {
                let (account, reason) = both(self.account.read(), reason())?;
                Wish::BallotsCorrected { form: self.about.clone(), account, reason }
            }
            ProposalKind::BatchReopened => {
                let ((form, batch), reason) = both(self.numbered("Hãy chọn tập phiếu phải kiểm lại."), reason())?;
                Wish::BatchReopened { form, batch, reason }
            }
            ProposalKind::RecountOrdered => {
                let ((form, line), reason) = both(self.numbered("Hãy chọn dòng phải kiểm lại."), reason())?;
                Wish::RecountOrdered { form, line, reason }
            }
            ProposalKind::CountingClosed => Wish::CountingClosed,
            ProposalKind::ResultDeclared => Wish::ResultDeclared,
            ProposalKind::MinutesReopened => Wish::MinutesReopened { reason: reason()? },
            ProposalKind::ResultConfirmed => Wish::ResultConfirmed { resolution: self.decision.read()?.text() },
            ProposalKind::ResultPublished => Wish::ResultPublished,
            ProposalKind::CorrigendumIssued => {
                let corrects = text("corrects", &self.corrects, "Hãy chọn văn bản phải đính chính");
                let right = text("right", &self.right, "Hãy ghi nội dung đúng");
                let day = read_day(&self.decision.day);
                let day = day.ok_or_else(|| AppError::field("day", "Hãy ghi ngày của văn bản đính chính."));
                let (corrects, ((wrong, right), day)) = both(corrects, both(both(reason(), right), day))?;
                Wish::CorrigendumIssued(Corrigendum { corrects, day, wrong, right })
            }
            ProposalKind::PollArchived => {
                Wish::PollArchived { place: text("place", &self.place, "Hãy ghi nơi lưu trữ")? }
            }
            ProposalKind::PollCancelled => Wish::PollCancelled { reason: reason()? },
            // The two who counted bring it themselves.
            ProposalKind::LineRecounted
            | ProposalKind::EligibilityOverride
            | ProposalKind::ListDecided
            | ProposalKind::BoardAppointed
            | ProposalKind::DossiersReleased
            | ProposalKind::FormsSealed
            | ProposalKind::RulesFrozen
            | ProposalKind::BadLineChosen => return Ok(None),
        }))
    }

    fn present(&self) -> Result<u32, AppError> {
        number("present", &self.present, "Hãy ghi số đại biểu có mặt bằng chữ số.")
    }

    fn numbered(&self, ask: &str) -> Result<(String, u32), AppError> {
        let batch = self.about.rsplit_once('/').and_then(|(form, batch)| Some((form.to_owned(), read_number(batch)?)));
        batch.ok_or_else(|| AppError::field("about", ask))
    }
}

/// The figure that was typed.
pub(super) fn number(field: &'static str, typed: &str, ask: &str) -> Result<u32, AppError> {
    read_number(typed).ok_or_else(|| AppError::field(field, ask))
}

/// The text that was typed, with its blanks in order; not empty.
pub(super) fn text(field: &'static str, typed: &str, ask: &str) -> Result<String, AppError> {
    let text = clean(typed);
    if text.is_empty() || text.chars().count() > MAX_TEXT {
        return Err(AppError::field(field, format!("{ask}, không dài quá {MAX_TEXT} ký tự.")));
    }
    Ok(text)
}

/// Both, or what is wrong with either.
pub(super) fn both<A, B>(one: Result<A, AppError>, other: Result<B, AppError>) -> Result<(A, B), AppError> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(AppError::Fields { fields: mut one }), Err(AppError::Fields { fields: other })) => {
            let mut other: Vec<FieldError> = other;
            one.append(&mut other);
            Err(AppError::Fields { fields: one })
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}
