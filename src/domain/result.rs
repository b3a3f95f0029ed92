//! The result of a poll: what was counted on each form, put through the rule set.

use super::audit::event::poll::{FormTotals, ListedOfficial};
use super::count::{BatchCounts, CountError};
use super::official::{Block, Honorific};
use super::poll::{BallotTotals, IdentityError, Level, PollKind};
use super::rules::RuleSet;
use super::tally::{Base, LineTally, TallyError, base_of, tally_line};

/// An official on the decided list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    /// How papers address the person; the log, from which a result is recomputed, does not say.
    pub honorific: Option<Honorific>,
    /// All posts in one line.
    pub post: String,
    pub block: Block,
}

impl From<&ListedOfficial> for Listed {
    fn from(told: &ListedOfficial) -> Self {
        let ListedOfficial { block, name, posts } = told.clone();
        Self { name, honorific: None, post: posts, block: Block(block) }
    }
}

impl Listed {
    /// `Ông Nguyễn Văn A`.
    pub fn addressed(&self) -> String {
        self.honorific.map_or_else(|| self.name.clone(), |h| format!("{} {}", h.label(), self.name))
    }
}

/// What was counted on one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormCount {
    pub form: String,
    pub block: Block,
    pub issued: u32,
    /// Ballots returned, and the counts of each line in ballot order.
    pub counts: BatchCounts,
}

impl FormCount {
    /// The totals of the form of `block`.
    pub fn of(total: &FormTotals, block: &str) -> Self {
        let FormTotals { counts, form, issued, .. } = total.clone();
        Self { form, block: Block(block.to_owned()), issued, counts }
    }

    /// Ballots of the form; they follow from what was counted.
    ///
    /// # Errors
    /// When an identity of the count does not hold, or more came back than went out.
    pub fn ballots(&self) -> Result<BallotTotals, BallotsError> {
        self.counts.check()?;
        let returned = self.counts.papers;
        let invalid = u32::try_from(self.counts.invalid_total()).unwrap_or(u32::MAX);
        let valid = returned.saturating_sub(invalid);
        Ok(BallotTotals { issued: self.issued, returned, valid, invalid }.check()?)
    }
}

/// Why the counts of a form contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BallotsError {
    #[error(transparent)]
    Count(#[from] CountError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

/// One official's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficialResult {
    pub listed: Listed,
    /// Counts, shares, band, margin.
    pub tally: LineTally,
}

/// One form's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormResult {
    pub count: FormCount,
    /// Ballots issued, returned, valid and invalid.
    pub ballots: BallotTotals,
    /// Denominator of this form's shares.
    pub base: Base,
    /// In ballot order.
    pub officials: Vec<OfficialResult>,
}

/// The result of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollResult {
    pub kind: PollKind,
    /// In the order of the list.
    pub forms: Vec<FormResult>,
}

/// Why counts give no result.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    /// The count of a form has another number of lines than the form has officials.
    #[error("mẫu phiếu {form} có {lines} dòng nhưng danh sách có {listed} người")]
    LinesDiffer { form: String, lines: usize, listed: usize },
    #[error("mẫu phiếu {form}: {source}")]
    Ballots { form: String, source: BallotsError },
    /// The rule set can't be applied to a form's ballots.
    #[error("mẫu phiếu {form}: {source}")]
    Base { form: String, source: TallyError },
    #[error("{name}: {source}")]
    Tally { name: String, source: TallyError },
}

/// Applies `rules` to what was counted. `delegates` is the number of all delegates of the council.
///
/// # Errors
/// When the counts do not fit the list, an identity does not hold, or the rule set has no rule for this vote.
pub fn decide(
    rules: &RuleSet,
    kind: PollKind,
    delegates: u32,
    list: &[Listed],
    forms: Vec<FormCount>,
) -> Result<PollResult, ResultError> {
    let decided = forms.into_iter().map(|count| decide_form(rules, kind, delegates, list, count));
    Ok(PollResult { kind, forms: decided.collect::<Result<_, _>>()? })
}

fn decide_form(
    rules: &RuleSet,
    kind: PollKind,
    delegates: u32,
    list: &[Listed],
    count: FormCount,
) -> Result<FormResult, ResultError> {
    let on_form: Vec<&Listed> = list.iter().filter(|l| l.block == count.block).collect();
    let lines = &count.counts.lines;
    if on_form.len() != lines.len() {
        let (lines, listed) = (lines.len(), on_form.len());
        return Err(ResultError::LinesDiffer { form: count.form, lines, listed });
    }
    let ballots = count.ballots().map_err(|source| ResultError::Ballots { form: count.form.clone(), source })?;
    let base = base_of(rules, ballots.returned, Some(delegates))
        .map_err(|source| ResultError::Base { form: count.form.clone(), source })?;
    let officials = on_form
        .into_iter()
        .zip(lines)
        .map(|(listed, counts)| {
            let tally = tally_line(rules, kind, base, ballots, *counts)
                .map_err(|source| ResultError::Tally { name: listed.name.clone(), source })?;
            Ok(OfficialResult { listed: listed.clone(), tally })
        })
        .collect::<Result<_, _>>()?;
    Ok(FormResult { count, ballots, base, officials })
}

impl OfficialResult {
    /// Each level with its count and its share as text, in ballot order.
    pub fn levels(&self) -> impl Iterator<Item = (Level, u32, &str)> {
        let shares = self.tally.percents.iter().map(|p| p.text.as_str());
        self.tally.counts.each().into_iter().zip(shares).map(|((level, count), share)| (level, count, share))
    }
}

impl PollResult {
    /// Every official in the order of the list.
    pub fn officials(&self) -> impl Iterator<Item = &OfficialResult> {
        self.forms.iter().flat_map(|f| &f.officials)
    }

    /// Ballots of the poll when all forms agree on them, as they do when every voter hands in every form.
    pub fn common_ballots(&self) -> Option<BallotTotals> {
        let first = self.forms.first()?.ballots;
        self.forms.iter().all(|f| f.ballots == first).then_some(first)
    }

    /// Base of the poll when all forms agree on it.
    pub fn common_base(&self) -> Option<Base> {
        let first = self.forms.first()?.base;
        self.forms.iter().all(|f| f.base == first).then_some(first)
    }
}
