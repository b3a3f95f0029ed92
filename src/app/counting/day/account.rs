//! Where the papers of each form went: recorded by the head teller form by form, checked against the identities,
//! corrected by two people.

use super::{COUNTERS, Day, HALL};
use crate::Caller;
use crate::polls::{Requester, rules_of};
use crate::service::app::{App, Ask};
use crate::service::error::{AppError, FieldError};
use domain::ballot_account::{AccountFault, Attendance, BallotAccount};
use domain::finding::{Finding, Severity};
use domain::id::PollId;
use domain::poll_state::{FormProgress, PollState, Stage};
use domain::rules::RuleSet;
use macros::boxed;
use store::polls;

const NO_FORM: AppError = AppError::NotFound("mẫu phiếu này");

/// Figures of papers as they were typed.
#[derive(Clone, Debug, Default)]
pub struct TypedAccount {
    /// Printed (đã in).
    pub printed: String,
    /// Issued (phát ra).
    pub issued: String,
    /// Spoiled before it was cast, and exchanged for another (đổi).
    pub exchanged: String,
    /// Not issued to anybody (chưa dùng).
    pub unused: String,
    /// Returned: counted in the box (thu về).
    pub returned: String,
    /// Issued, but not in the box (không thu về).
    pub not_returned: String,
}

impl TypedAccount {
    /// Names of the fields, with their labels and what each counts.
    pub const FIELDS: [(&'static str, &'static str, &'static str); 6] = [
        ("printed", "Đã in", "Số phiếu của mẫu này đã in và đóng dấu."),
        ("issued", "Phát ra", "Số đại biểu đã nhận phiếu; phiếu đổi không tính thêm."),
        ("exchanged", "Đổi", "Phiếu hỏng trước khi bỏ vào hòm, đã thu lại và hủy."),
        ("unused", "Chưa dùng", "Phiếu còn lại, chưa phát cho ai."),
        ("returned", "Thu về", "Phiếu đếm được trong hòm; đây là căn cứ tính tỷ lệ."),
        ("not_returned", "Không thu về", "Phiếu đã phát mà không có trong hòm."),
    ];

    /// The figures of an account, for a form that starts from them.
    pub fn of(account: BallotAccount) -> Self {
        let text = |figure: u32| figure.to_string();
        Self {
            printed: text(account.printed),
            issued: text(account.issued),
            exchanged: text(account.exchanged),
            unused: text(account.unused),
            returned: text(account.returned),
            not_returned: text(account.not_returned),
        }
    }

    /// In the order of [`Self::FIELDS`].
    pub fn values(&self) -> [&str; 6] {
        [&self.printed, &self.issued, &self.exchanged, &self.unused, &self.returned, &self.not_returned]
    }

    /// The figures, or which fields hold no number.
    pub(super) fn read(&self) -> Result<BallotAccount, AppError> {
        let mut wrong = Vec::new();
        let mut figures = [0; 6];
        for (place, ((field, label, _), typed)) in Self::FIELDS.into_iter().zip(self.values()).enumerate() {
            match (typed.trim().parse(), figures.get_mut(place)) {
                (Ok(read), Some(figure)) => *figure = read,
                _ => wrong
                    .push(FieldError { field, sentence: format!("{label}: hãy ghi số phiếu bằng chữ số.") }),
            }
        }
        let [printed, issued, exchanged, unused, returned, not_returned] = figures;
        let account = BallotAccount { printed, issued, exchanged, unused, returned, not_returned };
        if wrong.is_empty() { Ok(account) } else { Err(AppError::Fields { fields: wrong }) }
    }
}

/// The papers of one form.
#[derive(Clone, Debug)]
pub struct AccountLine {
    /// The form, and how far it is counted.
    pub progress: FormProgress,
    /// The account as it was recorded last.
    pub account: Option<BallotAccount>,
    /// What does not add up in it.
    pub findings: Vec<Finding>,
}

/// The papers of all forms.
#[derive(Clone, Debug)]
pub struct AccountPage {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// How many delegates may have received a ballot; `None` before the vote is open.
    pub attendance: Option<Attendance>,
    /// One for each form.
    pub lines: Vec<AccountLine>,
    /// Whether the caller may record figures now.
    pub may_record: bool,
    /// Whether the caller may propose a correction now.
    pub may_correct: bool,
}

impl AccountPage {
    /// The line of one form.
    ///
    /// # Errors
    /// When there is no such form.
    pub fn line(&self, form: &str) -> Result<&AccountLine, AppError> {
        self.lines.iter().find(|line| line.progress.form.id == form).ok_or(NO_FORM)
    }
}

impl App {
    /// The page that shows where the papers went.
    ///
    /// # Errors
    /// When there is no such poll, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn account_page(&self, caller: &Caller, poll: PollId) -> Result<AccountPage, AppError> {
        caller.may(HALL)?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let (stage, attendance) = (day.state.stage(), attendance(&day.state));
        let rules = rules_of(&mut tx, poll).await?;
        let record = day.record(&mut tx).await?;
        let held = attendance.unwrap_or(Attendance { delegates: day.state.poll().created.delegates, present: None });
        let line = |progress: FormProgress| {
            let id = &progress.form.id;
            let account = record.account(id);
            let findings = account.map(|account| findings(account, held, id, &rules)).unwrap_or_default();
            AccountLine { progress, account, findings }
        };
        Ok(AccountPage {
            sitting: day.sitting(),
            stage,
            attendance,
            lines: polls::forms(&mut tx, poll).await?.into_iter().map(line).collect(),
            may_record: stage == Stage::Voting && caller.may(COUNTERS).is_ok(),
            may_correct: stage == Stage::Counting
                && super::may_propose(caller, domain::proposal::ProposalKind::BallotsCorrected),
        })
    }

    /// Records where the papers of a form went. Warnings have to be acknowledged: `looked_at`.
    ///
    /// # Errors
    /// When a field is no figure, figures contradict each other, a warning was not acknowledged, the caller is no head
    /// teller, or the poll refuses it.
    #[boxed]
    pub async fn record_account(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        form: &str,
        typed: &TypedAccount,
        looked_at: bool,
    ) -> Result<(), AppError> {
        ask.caller.may(COUNTERS)?;
        let account = typed.read()?;
        let page = self.account_page(ask.caller, poll).await?;
        page.line(form)?;
        if let Some(attendance) = page.attendance {
            refuse_faults(account, attendance, looked_at)?;
        }
        self.record_ballots(Requester::Form(ask), poll, form.to_owned(), account).await.map(drop)
    }
}

/// Contradictions are errors at their fields; warnings are errors at the box that acknowledges them.
fn refuse_faults(account: BallotAccount, attendance: Attendance, looked_at: bool) -> Result<(), AppError> {
    let sentence = |fault: &AccountFault| format!("{fault} {}", fault.remedy());
    let (blocks, warns): (Vec<_>, Vec<_>) =
        account.faults(attendance).into_iter().partition(|fault| fault.severity() == Severity::Error);
    let mut wrong: Vec<FieldError> =
        blocks.iter().map(|fault| FieldError { field: field(*fault), sentence: sentence(fault) }).collect();
    if !looked_at {
        wrong.extend(warns.iter().map(|fault| FieldError { field: "looked_at", sentence: sentence(fault) }));
    }
    if wrong.is_empty() { Ok(()) } else { Err(AppError::Fields { fields: wrong }) }
}

const fn field(fault: AccountFault) -> &'static str {
    match fault {
        AccountFault::OverPrinted { .. } | AccountFault::Missing { .. } => "printed",
        AccountFault::ReturnedOverIssued { .. } => "returned",
        AccountFault::NotSplit { .. } | AccountFault::Kept(_) => "not_returned",
        AccountFault::OverPresent { .. } | AccountFault::OverDelegates { .. } => "issued",
    }
}

fn findings(account: BallotAccount, attendance: Attendance, form: &str, rules: &RuleSet) -> Vec<Finding> {
    account.faults(attendance).into_iter().map(|fault| fault.finding(form, rules)).collect()
}

const fn attendance(state: &PollState) -> Option<Attendance> {
    match state {
        PollState::Voting(_, attendance, _) | PollState::Counting(_, attendance, _) => Some(*attendance),
        _ => None,
    }
}
