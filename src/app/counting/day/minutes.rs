//! The zero report and the minutes as pages: what there is so far, and what the caller may do next.

use super::wish::{MAX_TEXT, number};
use super::{COUNTERS, Day, HALL, papers};
use crate::Caller;
use crate::polls::{Requester, rules_of};
use crate::preparing::LEADERS;
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::audit::Digest;
use domain::day_record::SignedTold;
use domain::id::PollId;
use domain::poll_state::{FormProgress, PollState, Refusal, Stage};
use domain::proposal::ProposalKind;
use domain::roster::{Teller, name_key};
use domain::rules::Attested;
use domain::signing::{MissingSignature, Signatures, usual_copies};
use domain::text::clean;
use macros::boxed;
use store::polls;

/// More copies than any office makes.
const MAX_COPIES: u32 = 50;

/// The page of the zero report.
#[derive(Clone, Debug)]
pub struct ZeroPage {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// How far each form is counted; empty before the forms are sealed.
    pub forms: Vec<FormProgress>,
    /// Whether the caller may make the report now.
    pub may_report: bool,
}

/// The page of the minutes.
#[derive(Clone, Debug)]
pub struct MinutesPage {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// Who proposed the minutes that wait for signatures, and their SHA-256; `None` when none wait.
    pub proposed: Option<(String, String)>,
    /// The board, whose members sign.
    pub tellers: Vec<Teller>,
    /// Whether the caller may propose minutes now.
    pub may_propose: bool,
    /// Whether the caller may record now that they were signed.
    pub may_sign: bool,
    /// Whether the caller proposed them, so that somebody else has to record the signatures.
    pub is_own: bool,
    /// Copies in which the minutes are made.
    pub copies: u32,
    /// Copies that the rules of the poll set, the article, and its mark where it is not verified; `None` where the rules
    /// set none.
    pub copies_rule: Option<(u8, String, &'static str)>,
    /// The signed minutes, and who did not sign them.
    pub signed: Option<SignedTold>,
    /// Whether the caller may propose now that the signing is undone.
    pub may_reopen: bool,
}

/// The signatures on the minutes, as they were typed.
#[derive(Clone, Debug, Default)]
pub struct TypedSignatures {
    /// SHA-256 of the minutes that were signed.
    pub sha256: String,
    /// The members who signed, as [`signer`] names them.
    pub signers: Vec<String>,
    /// Why a member did not sign, in the order of the board.
    pub reasons: Vec<String>,
}

/// What would be recorded, before somebody confirms it.
#[derive(Clone, Debug)]
pub struct SigningPreview {
    /// Name of the sitting.
    pub sitting: String,
    /// SHA-256 of the minutes.
    pub sha256: Digest,
    /// Each member of the board, and why there is no signature; `None` where there is one.
    pub members: Vec<(Teller, Option<String>)>,
}

/// How a form names a member of the board: by the account, where the board names one, else by the name.
pub fn signer(teller: &Teller) -> String {
    teller.account.map_or_else(|| teller.name.clone(), |account| account.to_string())
}

impl TypedSignatures {
    fn read(&self, board: &[Teller]) -> Result<(Digest, Signatures), AppError> {
        let sha256 = self.sha256.parse().map_err(|_| AppError::from(Refusal::OtherMinutes))?;
        let mut signatures = Signatures::default();
        let reasons = self.reasons.iter().map(|reason| clean(reason)).chain(std::iter::repeat(String::new()));
        for (teller, reason) in board.iter().zip(reasons) {
            let is_named = |typed: &String| name_key(typed) == name_key(&signer(teller));
            if self.signers.iter().any(is_named) {
                signatures.signed.push(teller.clone());
            } else if reason.chars().count() > MAX_TEXT {
                return Err(AppError::field("signers", format!("Lý do không dài quá {MAX_TEXT} ký tự.")));
            } else {
                signatures.missing.push(MissingSignature::of(teller, reason));
            }
        }
        if signatures.signed.is_empty() {
            return Err(AppError::field("signers", "Hãy đánh dấu các thành viên Ban kiểm phiếu đã ký biên bản."));
        }
        match signatures.fault(board) {
            Some(fault) => Err(Refusal::Signatures(fault).into()),
            None => Ok((sha256, signatures)),
        }
    }
}

impl App {
    /// The zero report of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn zero_page(&self, caller: &Caller, poll: PollId) -> Result<ZeroPage, AppError> {
        caller.may(HALL)?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let stage = day.state.stage();
        Ok(ZeroPage {
            sitting: day.sitting(),
            stage,
            forms: if stage.is_sealed() { polls::forms(&mut tx, poll).await? } else { Vec::new() },
            may_report: stage.is_after_deck() && day.admits(caller, COUNTERS),
        })
    }

    /// The minutes of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn minutes_page(&self, caller: &Caller, poll: PollId) -> Result<MinutesPage, AppError> {
        caller.may(HALL)?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let stage = day.state.stage();
        let record = day.record(&mut tx).await?;
        let rules = rules_of(&mut tx, poll).await?;
        let (proposed, is_own) = match &day.state {
            PollState::Proposed(_, minutes) => {
                let is_own = minutes.by.account == Some(caller.account.id);
                (Some((minutes.by.name.clone(), minutes.sha256.to_string())), is_own)
            }
            _ => (None, false),
        };
        Ok(MinutesPage {
            sitting: day.sitting(),
            stage,
            proposed,
            tellers: polls::tellers(&mut tx, poll).await?,
            may_propose: matches!(stage, Stage::Declared | Stage::Proposed) && day.admits(caller, COUNTERS),
            may_sign: stage == Stage::Proposed && !is_own && caller.may(LEADERS).is_ok(),
            is_own,
            copies: record.copies.unwrap_or_else(|| usual_copies(&rules)),
            copies_rule: rules.minutes_copies.as_ref().map(|rule| {
                let mark = if rule.attested == Attested::Verified { "" } else { rule.attested.label() };
                (rule.value, rule.cite.clone(), mark)
            }),
            signed: record.signed,
            may_reopen: stage == Stage::Minuted && day.admits_proposal(caller, ProposalKind::MinutesReopened),
        })
    }

    /// Proposes the minutes as they are printed now, in as many copies as were typed.
    ///
    /// # Errors
    /// When the copies are no number, the caller is no head teller, there is no result yet, or minutes are signed.
    #[boxed]
    pub async fn put_minutes(&self, ask: Ask<'_>, poll: PollId, copies: &str) -> Result<(), AppError> {
        ask.caller.may(COUNTERS)?;
        let copies = number("copies", copies, "Hãy ghi số bản bằng chữ số.")?;
        if !(1..=MAX_COPIES).contains(&copies) {
            return Err(AppError::field("copies", format!("Số bản phải từ 1 đến {MAX_COPIES}.")));
        }
        let paper = papers::minutes(&mut self.store.read(ask.caller.council).await?, poll, copies).await?;
        self.propose_minutes(Requester::Form(ask), poll, paper, copies).await.map(drop)
    }

    /// What recording these signatures would say: whoever confirms it sees each member.
    ///
    /// # Errors
    /// When the signatures are not enough, the caller proposed the minutes or is no leader, or other minutes wait by now.
    #[boxed]
    pub async fn signing_preview(
        &self,
        caller: &Caller,
        poll: PollId,
        typed: &TypedSignatures,
    ) -> Result<SigningPreview, AppError> {
        let actor = caller.may(LEADERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let board = polls::tellers(&mut tx, poll).await?;
        let day = Day::load(&mut tx, poll).await?;
        let (sha256, signatures) = typed.read(&board)?;
        day.state.clone().sign_minutes(&board, sha256, signatures.clone(), &actor)?;
        // Who did not sign, in the order of the board.
        let mut missing = signatures.missing.into_iter();
        let members = board.into_iter().map(|teller| {
            let has_signed = signatures.signed.contains(&teller);
            let why = if has_signed { None } else { missing.next().map(|missing| missing.reason) };
            (teller, why)
        });
        Ok(SigningPreview { sitting: day.sitting(), sha256, members: members.collect() })
    }

    /// Records which members of the board signed the minutes on paper, and why the others did not.
    ///
    /// # Errors
    /// As [`Self::signing_preview`].
    #[boxed]
    pub async fn minutes_signed(&self, ask: Ask<'_>, poll: PollId, typed: &TypedSignatures) -> Result<(), AppError> {
        ask.caller.may(LEADERS)?;
        let board = polls::tellers(&mut self.store.read(ask.caller.council).await?, poll).await?;
        let (sha256, signatures) = typed.read(&board)?;
        self.sign_minutes(Requester::Form(ask), poll, sha256, signatures).await.map(drop)
    }
}
