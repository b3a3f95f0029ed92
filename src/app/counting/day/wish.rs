//! Steps that somebody asks for on counting day: the typed fields, and what is read from them.

use jiff::civil::Date;

use crate::preparing::TypedDecision;
use crate::service::error::{AppError, FieldError};
use domain::ballot_account::BallotAccount;
use domain::day_step::DayStep;
use domain::proposal::ProposalKind;
use domain::text::{clean, read_day};

/// Longest reason or place, in characters.
const MAX_TEXT: usize = 500;

/// Fields of the forms that propose steps for two people; each step reads its own.
#[derive(Clone, Debug, Default)]
pub struct TypedStep {
    /// Why.
    pub reason: String,
    /// Delegates in the hall.
    pub present: String,
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

/// A correction of a published paper.
#[derive(Clone, Debug)]
pub(super) struct Corrigendum {
    /// Name of the paper that is wrong.
    pub corrects: String,
    /// Day of the corrigendum.
    pub day: Date,
    /// What that paper says.
    pub wrong: String,
    /// What is right.
    pub right: String,
}

/// What somebody asks for; the rest of the step's text follows from the state of the poll.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    DeckWaived { reason: String },
    VotingOpened { present: u32 },
    BallotsCorrected { form: String, account: BallotAccount, reason: String },
    BatchReopened { form: String, batch: u32, reason: String },
    CountingClosed,
    ResultDeclared,
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
            DayStep::VotingOpened { present, .. } => Self::VotingOpened { present },
            DayStep::BallotsCorrected { after, reason, .. } => {
                Self::BallotsCorrected { account: BallotAccount::from(&after), form: after.form, reason }
            }
            DayStep::BatchReopened { batch, form, reason, .. } => Self::BatchReopened { form, batch, reason },
            DayStep::CountingClosed { .. } => Self::CountingClosed,
            DayStep::ResultDeclared { .. } => Self::ResultDeclared,
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
            ProposalKind::VotingOpened => Wish::VotingOpened { present: self.present()? },
            ProposalKind::BallotsCorrected => {
                let (account, reason) = both(self.account.read(), reason())?;
                Wish::BallotsCorrected { form: self.about.clone(), account, reason }
            }
            ProposalKind::BatchReopened => {
                let ((form, batch), reason) = both(self.batch(), reason())?;
                Wish::BatchReopened { form, batch, reason }
            }
            ProposalKind::CountingClosed => Wish::CountingClosed,
            ProposalKind::ResultDeclared => Wish::ResultDeclared,
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
            ProposalKind::EligibilityOverride
            | ProposalKind::ListDecided
            | ProposalKind::BoardAppointed
            | ProposalKind::DossiersReleased
            | ProposalKind::FormsSealed
            | ProposalKind::RulesFrozen => return Ok(None),
        }))
    }

    fn present(&self) -> Result<u32, AppError> {
        let typed = self.present.trim().parse();
        typed.map_err(|_| AppError::field("present", "Hãy ghi số đại biểu có mặt bằng chữ số."))
    }

    fn batch(&self) -> Result<(String, u32), AppError> {
        let batch = self.about.rsplit_once('/').and_then(|(form, batch)| Some((form.to_owned(), batch.parse().ok()?)));
        batch.ok_or_else(|| AppError::field("about", "Hãy chọn tập phiếu phải kiểm lại."))
    }
}

fn text(field: &'static str, typed: &str, ask: &str) -> Result<String, AppError> {
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
