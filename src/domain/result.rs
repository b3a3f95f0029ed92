//! The result of a poll: what was counted on each form, put through the rule set.

use super::audit::event::poll::{FormTotals, ListedOfficial};
use super::count::{BatchCounts, CountError};
use super::official::{Block, Honorific};
use super::poll::{BallotTotals, IdentityError, Level, LevelCounts, PollKind};
use super::rules::{BaseKind, RuleSet};
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
    let base_kind = rules.base.value.kind;
    if ballots.issued == 0 || (ballots.returned == 0 && base_kind == BaseKind::Returned) {
        let void = |(listed, counts): (&Listed, &LevelCounts)| OfficialResult {
            listed: listed.clone(),
            tally: LineTally::void(*counts),
        };
        let officials = on_form.into_iter().zip(lines).map(void).collect();
        return Ok(FormResult { count, ballots, base: Base { kind: base_kind, value: 0 }, officials });
    }
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

impl FormResult {
    /// Whether the form has no result: nobody received it, or no ballot came back where shares are of those returned. The
    /// other forms keep theirs.
    pub const fn is_void(&self) -> bool {
        self.base.value == 0
    }

    /// Why there is no result, one sentence, Vietnamese; `None` where there is one.
    pub fn void_words(&self) -> Option<String> {
        self.is_void().then(|| match self.ballots.issued {
            0 => "Không có phiếu nào được phát; mẫu phiếu này không có kết quả.".to_owned(),
            issued => format!("Phát ra {issued} phiếu, không thu về phiếu nào; mẫu phiếu này không có kết quả."),
        })
    }
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

    /// Base of the poll when all forms with a result agree on it.
    pub fn common_base(&self) -> Option<Base> {
        let mut bases = self.forms.iter().filter(|form| !form.is_void()).map(|form| form.base);
        let first = bases.next()?;
        bases.all(|base| base == first).then_some(first)
    }

    /// Every official of a form that has a result, in the order of the list.
    pub fn voted_on(&self) -> impl Iterator<Item = &OfficialResult> {
        self.forms.iter().filter(|form| !form.is_void()).flat_map(|form| &form.officials)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::builtin;

    fn rules(id: &str) -> RuleSet {
        builtin().expect("carried").into_iter().find(|set| set.id == id).expect("id")
    }

    /// A form with one line, on which all that came back is the highest level.
    fn form(block: &str, issued: u32, returned: u32) -> FormCount {
        let lines = vec![LevelCounts::Rating { high: returned, medium: 0, low: 0 }];
        let counts = BatchCounts { papers: returned, lines, ..BatchCounts::default() };
        FormCount { form: block.into(), block: Block(block.into()), issued, counts }
    }

    fn decided(id: &str, forms: &[(u32, u32)]) -> PollResult {
        let blocks: Vec<String> = (1..=forms.len()).map(|form| format!("F{form}")).collect();
        let person = |block: &String| Listed {
            name: format!("Người của {block}"),
            honorific: None,
            post: "Ủy viên".into(),
            block: Block(block.clone()),
        };
        let list: Vec<Listed> = blocks.iter().map(person).collect();
        let counts = blocks.iter().zip(forms).map(|(block, (issued, returned))| form(block, *issued, *returned));
        decide(&rules(id), PollKind::Rating, 60, &list, counts.collect()).expect("a result")
    }

    #[test]
    fn a_form_that_nobody_received_is_void_and_the_other_one_has_its_result() {
        let result = decided("NQ96-2023-QH15", &[(47, 47), (0, 0)]);
        let [told, void] = result.forms.as_slice() else { panic!("two forms") };
        assert_eq!((told.void_words(), told.officials[0].tally.percents[0].text.as_str()), (None, "100"));
        assert!(void.void_words().expect("void").starts_with("Không có phiếu nào được phát"));
        assert!(void.officials[0].tally.percents.is_empty() && void.officials[0].tally.warnings.is_empty());
        assert_eq!((result.common_base().map(|base| base.value), result.voted_on().count()), (Some(47), 1));
        // Nothing came back: where shares are of all delegates, nought of sixty is a share.
        assert!(
            decided("NQ96-2023-QH15", &[(47, 0)]).forms[0].void_words().expect("void").contains("Phát ra 47 phiếu")
        );
        assert!(!decided("NQ85-2014-QH13", &[(47, 0)]).forms[0].is_void());
        assert!(decided("NQ85-2014-QH13", &[(0, 0)]).forms[0].is_void());
    }

    proptest! {
        /// A form that is void changes nothing of the others, wherever it stands.
        #[test]
        fn a_void_form_leaves_every_other_result_as_it_was(
            forms in prop::collection::vec((1_u32..=60).prop_flat_map(|issued| (Just(issued), 1..=issued)), 1..5),
            place in 0_usize..5,
        ) {
            let place = place.min(forms.len());
            let mut with_void = forms.clone();
            with_void.insert(place, (0, 0));
            let tallies = |result: &PollResult| -> Vec<LineTally> {
                result.voted_on().map(|official| official.tally.clone()).collect()
            };
            let (plain, mixed) = (decided("NQ96-2023-QH15", &forms), decided("NQ96-2023-QH15", &with_void));
            prop_assert_eq!(tallies(&plain), tallies(&mixed));
            prop_assert_eq!(plain.common_base(), mixed.common_base());
            prop_assert!(mixed.forms[place].is_void());
        }
    }
}
