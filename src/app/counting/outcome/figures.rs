//! The result as a whole, with how it came about: the same on the page of the result and above the button of whoever
//! confirms it.

use super::board::{FormTable, RecountLine, recounts, tables};
use super::day_data::DayData;
use super::incidents::{Incident, incidents};
use crate::polls::results;
use crate::service::error::AppError;
use domain::audit::Digest;
use domain::disclosure;
use domain::finding::Finding;
use domain::id::PollId;
use domain::poll::PollKind;
use domain::rules::Attested;
use domain::rules::words::recount_words;
use store::CouncilTx;

/// Figures of a closed count, put through the rules of the poll.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Which vote.
    pub kind: PollKind,
    /// `NQ 96/2023/QH15`.
    pub rules: String,
    /// What the rule set calls the base.
    pub base: String,
    /// Article of the base.
    pub base_cite: String,
    /// Mark of that article; empty where it was verified.
    pub base_mark: &'static str,
    /// Form by form.
    pub forms: Vec<FormTable>,
    /// Which lines are due to be counted again, in words.
    pub recount_duty: String,
    /// Lines to be counted again, and those that were.
    pub recounts: Vec<RecountLine>,
    /// Whether a line that is due still waits for its recount.
    pub is_due: bool,
    /// What two people did outside the straight way, in its order.
    pub incidents: Vec<Incident>,
    /// What the result tells of single ballots.
    pub disclosures: Vec<Finding>,
    /// SHA-256 of `results.json` for these figures.
    pub results_sha256: Digest,
}

impl Figures {
    /// The figures as they stand now.
    ///
    /// # Errors
    /// Before the close, and when they do not fit list, forms or rules.
    pub(super) fn of(day_data: &DayData) -> Result<Self, AppError> {
        let (rules, occasion) = (&day_data.prepared.poll_book.rules, day_data.occasion());
        let result = day_data.result()?;
        let recounts = recounts(day_data, day_data.counted("xem kết quả")?, &result)?;
        let text = results::json_text(rules, day_data.provenance(), &result)?;
        let attested = rules.base.attested;
        Ok(Self {
            kind: result.kind,
            rules: rules.short.clone(),
            base: rules.base.value.phrase.clone(),
            base_cite: rules.base.cite.clone(),
            base_mark: if attested == Attested::Verified { "" } else { attested.label() },
            forms: tables(&occasion, &result),
            recount_duty: recount_words(rules, rules.recount_margin()),
            is_due: recounts.iter().any(|line| line.why.is_some() && line.done.is_none()),
            recounts,
            incidents: incidents(&day_data.day),
            disclosures: disclosure::findings(&result),
            results_sha256: Digest::of(text.as_bytes()),
        })
    }
}

/// The figures of a poll as they stand now.
///
/// # Errors
/// When there is no such poll, and as `Figures::of`.
pub async fn figures(tx: &mut CouncilTx, poll: PollId) -> Result<Figures, AppError> {
    Figures::of(&DayData::load(tx, poll).await?)
}
