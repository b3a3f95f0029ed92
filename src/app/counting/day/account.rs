//! Where the papers of each form went: recorded by the head teller form by form, checked against the identities,
//! corrected by two people.

use super::wish::{MAX_TEXT, both, number};
use super::{COUNTERS, Day, HALL};
use crate::Caller;
use crate::polls::{Requester, rules_of};
use crate::service::app::{App, Ask};
use crate::service::error::{AppError, FieldError};
use domain::ballot_account::{AccountFault, Attendance, BallotAccount, IssuedPapers};
use domain::day_record::UnusedTold;
use domain::finding::{Finding, Severity};
use domain::id::PollId;
use domain::poll_state::{FormProgress, Refusal, Stage};
use domain::proposal::ProposalKind;
use domain::rules::RuleSet;
use domain::text::{clean, read_number};
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

    /// What went out, or which fields are no figures.
    pub(super) fn read_issued(&self) -> Result<IssuedPapers, AppError> {
        let printed = number("printed", &self.printed, "Đã in: hãy ghi số phiếu bằng chữ số.");
        let issued = number("issued", &self.issued, "Phát ra: hãy ghi số phiếu bằng chữ số.");
        let (printed, issued) = both(printed, issued)?;
        Ok(IssuedPapers { issued, printed })
    }

    /// The figures, or which fields hold no number.
    pub(super) fn read(&self) -> Result<BallotAccount, AppError> {
        let mut wrong = Vec::new();
        let mut figures = [0; 6];
        for (place, ((field, label, _), typed)) in Self::FIELDS.into_iter().zip(self.values()).enumerate() {
            match (read_number(typed), figures.get_mut(place)) {
                (Some(read), Some(figure)) => *figure = read,
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
    /// Announced as issued.
    pub issued: Option<IssuedPapers>,
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
    /// Unused papers that went under seal.
    pub unused: Option<UnusedTold>,
    /// The caller announces now what went out.
    pub may_issue: bool,
    /// The caller may propose to put right what was announced.
    pub may_correct_issued: bool,
    /// The caller writes down now that unused papers are under seal.
    pub may_seal_unused: bool,
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

    /// Forms other than this one of which nothing is announced yet.
    pub fn not_issued<'p>(&'p self, form: &'p str) -> impl Iterator<Item = &'p AccountLine> {
        self.lines.iter().filter(move |line| line.issued.is_none() && line.progress.form.id != form)
    }

    /// The form whose figures the caller writes down next.
    pub fn next(&self) -> Option<&AccountLine> {
        let is_missing = |line: &&AccountLine| match (self.may_issue, self.may_record) {
            (true, _) => line.issued.is_none(),
            (_, true) => line.account.is_none(),
            _ => false,
        };
        self.lines.iter().find(is_missing)
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
        let (stage, attendance) = (day.state.stage(), day.state.hall().map(Attendance::from));
        let rules = rules_of(&mut tx, poll).await?;
        let record = day.record(&mut tx).await?;
        let held = attendance.unwrap_or(Attendance { delegates: day.state.poll().created.delegates, present: None });
        let line = |progress: FormProgress| {
            let id = &progress.form.id;
            let account = record.account(id);
            let findings = account.map(|account| findings(account, held, id, &rules)).unwrap_or_default();
            AccountLine { issued: record.issued(&progress.form.id), progress, account, findings }
        };
        let lines: Vec<AccountLine> = polls::forms(&mut tx, poll).await?.into_iter().map(line).collect();
        let is_issued = lines.iter().all(|line| line.progress.issued.is_some());
        let is_open = lines.iter().any(|line| line.progress.ballots.is_some());
        let (is_voting, counts) = (stage == Stage::Voting, day.admits(caller, COUNTERS));
        let may_propose = |kind| day.admits_proposal(caller, kind);
        Ok(AccountPage {
            sitting: day.sitting(),
            stage,
            attendance,
            lines,
            unused: record.unused.clone(),
            may_issue: is_voting && !is_issued && counts,
            may_correct_issued: is_voting && is_issued && may_propose(ProposalKind::IssuedCorrected),
            may_seal_unused: is_voting && is_issued && !is_open && counts,
            may_record: is_voting && is_issued && counts,
            may_correct: stage == Stage::Counting && may_propose(ProposalKind::BallotsCorrected),
        })
    }

    /// Announces what went out of a form; with `others` the same of every form of which nothing is announced yet.
    ///
    /// # Errors
    /// When a field is no figure, figures contradict each other or the hall, the caller is no head teller, or the poll
    /// refuses it.
    #[boxed]
    pub async fn announce_issued(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        (form, others): (&str, bool),
        typed: &TypedAccount,
    ) -> Result<(), AppError> {
        ask.caller.may(COUNTERS)?;
        let papers = typed.read_issued()?;
        let page = self.account_page(ask.caller, poll).await?;
        let mut forms = vec![page.line(form)?.progress.form.id.clone()];
        if others {
            forms.extend(page.not_issued(form).map(|line| line.progress.form.id.clone()));
        }
        if let Some(fault) = page.attendance.and_then(|attendance| papers.fault(attendance)) {
            return Err(AppError::field("issued", format!("{fault} {}", fault.remedy())));
        }
        self.issue_same(Requester::Form(ask), poll, forms, papers).await.map(drop)
    }

    /// Writes down that unused and spoiled papers went under seal before the box was opened.
    ///
    /// # Errors
    /// When the packets are no figure, the caller is no head teller, or the poll refuses it.
    #[boxed]
    pub async fn unused_sealed(&self, ask: Ask<'_>, poll: PollId, packets: &str, note: &str) -> Result<(), AppError> {
        ask.caller.may(COUNTERS)?;
        let packets = number("packets", packets, "Hãy ghi số gói niêm phong bằng chữ số.")?;
        let note = clean(note);
        if note.chars().count() > MAX_TEXT {
            return Err(AppError::field("note", format!("Hãy ghi không dài quá {MAX_TEXT} ký tự.")));
        }
        self.seal_unused(Requester::Form(ask), poll, packets, note).await.map(drop)
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
        let page = self.account_page(ask.caller, poll).await?;
        let issued = page.line(form)?.issued.ok_or_else(|| Refusal::NotIssued(form.to_owned()))?;
        let (printed, issued) = (issued.printed.to_string(), issued.issued.to_string());
        let account = TypedAccount { printed, issued, ..typed.clone() }.read()?;
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
        AccountFault::OverPrinted { .. } | AccountFault::Missing { .. } => "unused",
        AccountFault::ReturnedOverIssued { .. } => "returned",
        AccountFault::NotSplit { .. } | AccountFault::Kept(_) => "not_returned",
        AccountFault::OverPresent { .. } | AccountFault::OverDelegates { .. } => "returned",
    }
}

fn findings(account: BallotAccount, attendance: Attendance, form: &str, rules: &RuleSet) -> Vec<Finding> {
    account.faults(attendance).into_iter().map(|fault| fault.finding(form, rules)).collect()
}
