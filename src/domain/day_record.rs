//! What a poll's log says of the day, as its minutes tell it: how the tables were tested, where the papers went, what was
//! put right or counted anew, and by whom. Nothing here was typed for the minutes: whoever reads the log finds the same.

use super::audit::event::poll::{BallotsCorrected, BatchReopened, LineRecounted};
use super::audit::{Actor, LogEntry, PollEvent, UtcTime};
use super::ballot_account::BallotAccount;

/// A day, entry by entry of the log up to the result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayRecord {
    /// Delegates present when ballots were handed out; `None` before.
    pub present: Option<u32>,
    pub deck: Deck,
    /// Decks that came out otherwise than they had to, before that.
    pub failed_decks: u32,
    /// When everybody saw that nothing was counted.
    pub zero_reported: Option<UtcTime>,
    pub opened: Option<UtcTime>,
    /// When the last batch was committed.
    pub closed: Option<UtcTime>,
    /// Where the papers of each form went, in the order in which they were written down; as put right.
    pub accounts: Vec<(String, BallotAccount)>,
    /// Figures of papers that two people put right.
    pub corrections: Vec<Correction>,
    pub batches: Vec<BatchRead>,
    /// Batches that two people had counted anew.
    pub reopened: Vec<Reopened>,
    /// Lines that two people had counted again though no rule names them: form, number of the line, and who.
    pub orders: Vec<(String, u32, Hands)>,
    /// Figures of recounts that somebody else let take the place of others: form, number of the line, and who.
    pub replaced: Vec<(String, u32, Hands)>,
    /// Lines that were counted again from paper.
    pub recounts: Vec<LineRecounted>,
}

/// What became of the test deck.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Deck {
    /// The log has no entry about a test deck.
    #[default]
    Untold,
    Passed(UtcTime),
    /// Two people decided to open the vote without it.
    Waived(Hands),
}

/// Two people who took a step together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hands {
    pub asked: String,
    pub agreed: String,
    pub reason: String,
    pub at: UtcTime,
}

/// Figures of papers that were put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    pub form: String,
    /// What was written down first; `None` when the log has none.
    pub before: Option<BallotAccount>,
    pub after: BallotAccount,
    pub hands: Hands,
}

/// A pile on which two tellers agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRead {
    pub form: String,
    /// Number of the batch within its form.
    pub batch: u32,
    pub papers: u32,
    /// Who read it, in the order of the two readings.
    pub readers: Vec<String>,
    /// Lines, and papers as a whole, that the two read again.
    pub reread: u32,
    /// Those of them that the head teller decided with the paper in hand.
    pub decided: u32,
}

/// A batch that was counted anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopened {
    pub form: String,
    /// Number of the batch within its form.
    pub batch: u32,
    pub hands: Hands,
}

impl Hands {
    fn of(proposed_by: &Actor, reason: &str, entry: &LogEntry) -> Self {
        let (asked, agreed) = (proposed_by.name.clone(), entry.actor.name.clone());
        Self { asked, agreed, reason: reason.to_owned(), at: entry.at }
    }
}

impl DayRecord {
    /// Reads the day of the vote from the entries of a poll's log.
    pub fn of(entries: &[LogEntry]) -> Self {
        let mut record = Self::default();
        entries.iter().for_each(|entry| record.take(entry));
        record
    }

    fn take(&mut self, entry: &LogEntry) {
        match &entry.event {
            PollEvent::DeckCounted(deck) => {
                if deck.forms.iter().all(|form| form.counted == form.expected) {
                    self.deck = Deck::Passed(entry.at);
                } else {
                    // A deck that fails takes back what was tested before.
                    self.deck = Deck::Untold;
                    self.failed_decks += 1;
                }
            }
            PollEvent::DeckWaived(waived) => {
                self.deck = Deck::Waived(Hands::of(&waived.proposed_by, &waived.reason, entry));
            }
            PollEvent::ZeroReported(_) => self.zero_reported = Some(entry.at),
            PollEvent::VotingOpened(opened) => {
                (self.opened, self.present) = (Some(opened.at), Some(opened.present));
            }
            PollEvent::BallotsReturned(told) => self.accounts.push((told.form.clone(), told.into())),
            PollEvent::BallotsCorrected(told) => self.correct(told, entry),
            PollEvent::BatchCommitted(read) => self.batches.push(BatchRead {
                form: read.form.clone(),
                batch: read.batch,
                papers: read.papers,
                readers: read.readers.clone(),
                reread: read.reread,
                decided: read.decided,
            }),
            PollEvent::BatchReopened(told) => self.reopen(told, entry),
            PollEvent::CountingClosed(_) => self.closed = Some(entry.at),
            PollEvent::RecountOrdered(told) => {
                let hands = Hands::of(&told.proposed_by, &told.reason, entry);
                self.orders.push((told.form.clone(), told.line, hands));
            }
            PollEvent::LineRecounted(line) => {
                if let Some(by) = &line.proposed_by {
                    let hands = Hands::of(by, &line.reason, entry);
                    self.replaced.push((line.form.clone(), line.line, hands));
                }
                self.recounts.push(line.clone());
            }
            _ => {}
        }
    }

    fn correct(&mut self, told: &BallotsCorrected, entry: &LogEntry) {
        let after = BallotAccount::from(&told.ballots);
        let standing = self.accounts.iter_mut().find(|(form, _)| *form == told.ballots.form);
        let before = standing.map(|(_, account)| std::mem::replace(account, after));
        let hands = Hands::of(&told.proposed_by, &told.reason, entry);
        self.corrections.push(Correction { form: told.ballots.form.clone(), before, after, hands });
    }

    fn reopen(&mut self, told: &BatchReopened, entry: &LogEntry) {
        self.batches.retain(|read| (&read.form, read.batch) != (&told.form, told.batch));
        let hands = Hands::of(&told.proposed_by, &told.reason, entry);
        self.reopened.push(Reopened { form: told.form.clone(), batch: told.batch, hands });
    }

    /// Where the papers of a form went.
    pub fn account(&self, form: &str) -> Option<BallotAccount> {
        self.accounts.iter().find(|(id, _)| id == form).map(|(_, account)| *account)
    }

    /// The last recount of line `line` (from 1) of a form.
    pub fn recount(&self, form: &str, line: u32) -> Option<&LineRecounted> {
        self.recounts.iter().rev().find(|told| told.form == form && told.line == line)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::audit::Digest;
    use crate::audit::event::poll::{BatchCommitted, DeckCounted, DeckForm, DeckWaived, Stands};
    use crate::count::BatchCounts;
    use crate::poll::{LevelCounts, PollKind};
    use crate::role::Role;

    fn somebody(name: &str) -> Actor {
        Actor { account: None, name: name.into(), role: Role::Leader }
    }

    /// Entries by one person, a minute apart.
    fn log(events: Vec<PollEvent>) -> Vec<LogEntry> {
        let entry = |(seq, event): (u64, PollEvent)| LogEntry {
            seq,
            at: format!("2028-12-05T01:{seq:02}:00Z").parse().expect("time"),
            actor: Arc::new(somebody("Bà Xác Nhận")),
            event,
            leaf: Digest::of(b""),
        };
        (0..).zip(events).map(entry).collect()
    }

    fn hands(seq: u64, reason: &str) -> Hands {
        let at = format!("2028-12-05T01:{seq:02}:00Z").parse().expect("time");
        Hands { asked: "Ông Đề Xuất".into(), agreed: "Bà Xác Nhận".into(), reason: reason.into(), at }
    }

    fn deck(papers: u32) -> PollEvent {
        let expected = BatchCounts { papers: 5, ..BatchCounts::zero(PollKind::Rating, 1) };
        let counted = BatchCounts { papers, ..expected.clone() };
        DeckCounted { forms: vec![DeckForm { counted, expected, form: "F1".into() }] }.into()
    }

    #[test]
    fn the_last_word_on_the_deck_counts_and_failures_are_not_forgotten() {
        let passed = DayRecord::of(&log(vec![deck(4), deck(5)]));
        assert!(matches!((passed.deck, passed.failed_decks), (Deck::Passed(_), 1)));
        let failed = DayRecord::of(&log(vec![deck(5), deck(4)]));
        assert_eq!((failed.deck, failed.failed_decks), (Deck::Untold, 1));
        let waived = DeckWaived { proposed_by: somebody("Ông Đề Xuất"), reason: "Máy in hỏng".into() };
        let waived = DayRecord::of(&log(vec![deck(4), waived.into()]));
        assert_eq!(waived.deck, Deck::Waived(hands(1, "Máy in hỏng")));
    }

    #[test]
    fn what_was_put_right_stands_and_what_stood_before_is_told() {
        let (wrong, right) = (BallotAccount::plain(60, 58, 58), BallotAccount::plain(60, 58, 57));
        let proposed_by = somebody("Ông Đề Xuất");
        let corrected =
            BallotsCorrected { ballots: right.told("F1".into()), proposed_by, reason: "Ghi nhầm dòng".into() };
        let record = DayRecord::of(&log(vec![wrong.told("F1".into()).into(), corrected.into()]));
        assert_eq!(record.account("F1"), Some(right));
        let told =
            Correction { form: "F1".into(), before: Some(wrong), after: right, hands: hands(1, "Ghi nhầm dòng") };
        assert_eq!(record.corrections, [told]);
    }

    #[test]
    fn a_batch_that_was_counted_anew_is_there_once() {
        let digest = Digest::of(b"commitment");
        let committed = |batch, papers| {
            let (form, readers) = ("F1".into(), vec!["A".into(), "B".into()]);
            let accounts = None;
            BatchCommitted { accounts, batch, commitment: digest, decided: 0, form, papers, readers, reread: 2 }.into()
        };
        let reopened = BatchReopened {
            batch: 1,
            commitment: digest,
            form: "F1".into(),
            proposed_by: somebody("Ông Đề Xuất"),
            reason: "Lẫn tập".into(),
        };
        let record = DayRecord::of(&log(vec![committed(1, 25), committed(2, 20), reopened.into(), committed(1, 24)]));
        assert_eq!(record.batches.iter().map(|read| (read.batch, read.papers)).collect::<Vec<_>>(), [(2, 20), (1, 24)]);
        assert_eq!(record.reopened, [Reopened { form: "F1".into(), batch: 1, hands: hands(2, "Lẫn tập") }]);
    }

    #[test]
    fn the_recount_that_came_last_is_the_one_that_stands() {
        let recount = |low| LineRecounted {
            accounts: None,
            counted: LevelCounts::Rating { high: 20, medium: 3, low: 24 },
            form: "F1".into(),
            line: 1,
            proposed_by: None,
            readers: vec!["A".into(), "B".into()],
            reason: String::new(),
            recounted: LevelCounts::Rating { high: 20, medium: 3, low },
            stands: Stands::Recounted,
        };
        let record = DayRecord::of(&log(vec![recount(23).into(), recount(24).into()]));
        assert_eq!(record.recount("F1", 1), Some(&recount(24)));
        assert_eq!((record.recount("F1", 2), record.recount("F2", 1)), (None, None));
    }
}
