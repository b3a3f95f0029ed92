//! How far the test decks of a poll have come: each form passes or fails by itself, and two people may let the vote go on
//! without.

use std::collections::{BTreeMap, BTreeSet};

use super::audit::event::poll::{DeckCounted, DeckForm, SealedForm};
use super::audit::{LogEntry, PollEvent, UtcTime};
use super::poll::PollKind;

/// What a poll's log says of its test decks so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeckTrials {
    /// Forms whose last deck passed.
    passed: BTreeSet<String>,
    is_waived: bool,
}

/// Whether the vote may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeckStanding {
    /// A form has no deck that passed last.
    Open,
    /// The last deck of every form passed.
    Passed,
    /// Two people waived it, and no deck failed since.
    Waived,
}

/// Why a trial is none of the sealed forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeckFault {
    /// There is no such form.
    Unknown(String),
    /// Twice, in another order than the forms were sealed, or with figures that it cannot have.
    Form(String),
    /// No form at all.
    Nothing,
}

impl DeckTrials {
    /// Reads the events of a poll's log, in their order.
    pub fn of_log<'e>(events: impl IntoIterator<Item = &'e PollEvent>) -> Self {
        let mut trials = Self::default();
        for event in events {
            match event {
                PollEvent::DeckCounted(told) => trials.count(told),
                PollEvent::DeckWaived(_) => trials.waive(),
                _ => {}
            }
        }
        trials
    }

    /// Takes the decks of one entry. One that fails takes back that its form passed before, and a waiver: whatever made it
    /// fail has to be found first.
    pub fn count(&mut self, told: &DeckCounted) {
        for deck in &told.forms {
            if deck.has_passed() {
                self.passed.insert(deck.form.clone());
            } else {
                self.passed.remove(&deck.form);
                self.is_waived = false;
            }
        }
    }

    /// Two people let the vote go on.
    pub const fn waive(&mut self) {
        self.is_waived = true;
    }

    /// Whether the last deck of `form` passed.
    pub fn has_passed(&self, form: &str) -> bool {
        self.passed.contains(form)
    }

    /// Whether the vote may go on with these forms.
    pub fn standing<'f>(&self, forms: impl IntoIterator<Item = &'f str>) -> DeckStanding {
        match forms.into_iter().all(|form| self.has_passed(form)) {
            true => DeckStanding::Passed,
            false if self.is_waived => DeckStanding::Waived,
            false => DeckStanding::Open,
        }
    }
}

/// The last deck of every form that a log has, and when it was written down.
pub fn last_of<'e>(entries: impl IntoIterator<Item = &'e LogEntry>) -> BTreeMap<&'e str, (&'e DeckForm, UtcTime)> {
    let mut last = BTreeMap::new();
    for entry in entries {
        if let PollEvent::DeckCounted(told) = &entry.event {
            last.extend(told.forms.iter().map(|deck| (deck.form.as_str(), (deck, entry.at))));
        }
    }
    last
}

/// What is wrong with the decks of one entry, of a poll with these forms; `None` when they are some of the forms, in their
/// order.
pub fn fault<'f>(
    kind: PollKind,
    forms: impl IntoIterator<Item = &'f SealedForm> + Clone,
    decks: &[DeckForm],
) -> Option<DeckFault> {
    let mut after = None;
    for deck in decks {
        let own = forms.clone().into_iter().enumerate().find(|(_, form)| form.id == deck.form);
        let Some((place, form)) = own else { return Some(DeckFault::Unknown(deck.form.clone())) };
        let lines = usize::try_from(form.lines).unwrap_or(usize::MAX);
        if after.is_some_and(|last| place <= last) || !deck.is_possible(kind, lines) {
            return Some(DeckFault::Form(deck.form.clone()));
        }
        after = Some(place);
    }
    after.is_none().then_some(DeckFault::Nothing)
}
