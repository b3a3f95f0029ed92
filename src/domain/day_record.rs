//! What a poll's log says of the day, as its minutes tell it: how the tables were tested, where the papers went, what was
//! put right or counted anew, and by whom. Nothing here was typed for the minutes: whoever reads the log finds the same.

use jiff::civil::Date;

use super::audit::event::poll::{
    BallotsCorrected, BallotsHandedOver, BallotsIssued, BatchReopened, CountingClosed, DeckCounted, DeckForm,
    IssuedCorrected, LineRecounted, MinutesSigned, PresenceChanged, PresenceCorrected, Program, UnusedSealed,
    VotingOpened,
};
use super::audit::{Actor, Digest, LogEntry, PollEvent, UtcTime};
use super::ballot_account::{BallotAccount, IssuedPapers};
use super::deck_trials::{DeckStanding, DeckTrials};
use super::presence::{HallFigures, PresenceChange};
use super::roster::Teller;
use super::signing::MissingSignature;

/// A day, entry by entry of the log up to the result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayRecord {
    /// The program that began the poll, where the log tells it.
    pub program: Option<Program>,
    /// SHA-256 of the text of the rules, as they were frozen last.
    pub ruleset_sha256: Option<Digest>,
    /// Delegates present when the vote was opened, as put right; `None` before.
    pub present: Option<u32>,
    /// Who was in the hall after the last entry about it.
    pub hall: Option<HallFigures>,
    /// What changed of it since the vote was opened.
    pub presence: Vec<PresenceTold>,
    pub deck: Deck,
    /// What the decks of its forms gave, form by form.
    pub trials: DeckTrials,
    /// Ids of the sealed forms.
    pub forms: Vec<String>,
    /// Entries in which a deck came out otherwise than it had to, before that.
    pub failed_decks: u32,
    /// When everybody saw that nothing was counted.
    pub zero_reported: Option<UtcTime>,
    /// The day of the vote was moved, in the order in which it was.
    pub moved: Vec<Moved>,
    pub opened: Option<UtcTime>,
    /// Quorum or day stood against opening, and two people opened all the same.
    pub opened_against: Option<OpenedAgainst>,
    /// When the last batch was committed.
    pub closed: Option<UtcTime>,
    /// The two whose shares closed the count; nobody where none were needed.
    pub closers: Vec<String>,
    /// What was announced of each form as issued, as it stands.
    pub issued: Vec<(String, IssuedPapers)>,
    /// When the last form's was announced.
    pub issued_at: Option<UtcTime>,
    /// What two people put right of that.
    pub issued_corrections: Vec<IssuedCorrection>,
    /// Unused papers that went under seal before the box was opened.
    pub unused: Option<UnusedTold>,
    /// When the last form's returned ballots were written down.
    pub returned_at: Option<UtcTime>,
    /// Where the papers of each form went, in the order in which they were written down; as put right.
    pub accounts: Vec<(String, BallotAccount)>,
    /// Figures of papers that two people put right.
    pub corrections: Vec<Correction>,
    pub batches: Vec<BatchRead>,
    /// Batches that two people had counted anew.
    pub reopened: Vec<Reopened>,
    /// Copies in which the minutes are made, as they were proposed last.
    pub copies: Option<u32>,
    /// Signings of the minutes that two people undid.
    pub unsigned: Vec<Hands>,
    /// The minutes that were signed last, and who did not sign them.
    pub signed: Option<SignedTold>,
    /// The counted ballots under seal, as they were handed over last.
    pub handed_over: Option<HandOverTold>,
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
    /// The last deck of every form came out as it had to.
    Passed(UtcTime),
    /// Two people decided to open the vote without it.
    Waived(Hands),
}

/// Delegates came or went, or two people put the figures right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceTold {
    pub at: UtcTime,
    pub what: PresenceEntry,
    /// The hall after it.
    pub after: HallFigures,
}

/// What an entry about the hall says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PresenceEntry {
    Changed { change: PresenceChange, number: u32, by: String, reason: String },
    Corrected { before: HallFigures, hands: Hands },
}

/// Two people who took a step together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hands {
    pub asked: String,
    pub agreed: String,
    pub reason: String,
    pub at: UtcTime,
}

/// The vote was moved to another day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub before: Date,
    pub day: Date,
    pub hands: Hands,
}

/// The vote was opened without a quorum or on another day than was planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedAgainst {
    /// The smallest number present that was asked for, where fewer were there.
    pub quorum: Option<u32>,
    /// The day that was planned, where it was another one.
    pub planned: Option<Date>,
    pub hands: Hands,
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

/// What was announced of a form as issued, and what took its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCorrection {
    pub form: String,
    pub before: Option<IssuedPapers>,
    pub after: IssuedPapers,
    pub hands: Hands,
}

/// Unused and spoiled papers under seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusedTold {
    pub at: UtcTime,
    pub packets: u32,
    pub note: String,
}

/// Minutes with their signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTold {
    pub at: UtcTime,
    pub sha256: Digest,
    pub tellers: Vec<Teller>,
    pub missing: Vec<MissingSignature>,
}

/// The counted ballots under seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOverTold {
    pub at: UtcTime,
    pub handed: BallotsHandedOver,
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
    /// Whose reading one of the two took over.
    pub earlier: Vec<String>,
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

    /// With which program and which rules the papers are made, in a sentence; `None` where the log does not tell the program.
    pub fn made_with(&self) -> Option<String> {
        let Program { sha256, version } = self.program.as_ref()?;
        let rules = self
            .ruleset_sha256
            .map_or_else(String::new, |sha256| format!(" Bộ quy tắc đã chốt có mã băm SHA-256 {}.", sha256.grouped()));
        Some(format!("Chương trình tinnhiem {version}, mã băm SHA-256 {}.{rules}", sha256.grouped()))
    }

    /// What the log says of program and rules.
    fn take_means(&mut self, event: &PollEvent) {
        match event {
            PollEvent::PollCreated(created) => {
                self.program.clone_from(&created.program);
                self.ruleset_sha256 = Some(created.ruleset_sha256);
            }
            PollEvent::RulesFrozen(frozen) => self.ruleset_sha256 = Some(frozen.ruleset_sha256),
            _ => {}
        }
    }

    fn close(&mut self, closed: &CountingClosed, at: UtcTime) {
        self.closed = Some(at);
        self.closers = closed.shares.iter().flatten().map(|reader| reader.name.clone()).collect();
    }

    fn take(&mut self, entry: &LogEntry) {
        self.take_means(&entry.event);
        match &entry.event {
            PollEvent::DeckCounted(deck) => self.test(deck, entry.at),
            PollEvent::FormsSealed(sealed) => self.forms = sealed.forms.iter().map(|form| form.id.clone()).collect(),
            PollEvent::DeckWaived(waived) => {
                self.trials.waive();
                self.deck = Deck::Waived(Hands::of(&waived.proposed_by, &waived.reason, entry));
            }
            PollEvent::ZeroReported(_) => self.zero_reported = Some(entry.at),
            PollEvent::PollMoved(moved) => {
                let hands = Hands::of(&moved.proposed_by, &moved.reason, entry);
                self.moved.push(Moved { before: moved.before, day: moved.day, hands });
            }
            PollEvent::VotingOpened(opened) => self.open(opened, entry),
            PollEvent::PresenceChanged(told) => self.change_hall(told, entry),
            PollEvent::PresenceCorrected(told) => self.correct_hall(told, entry),
            PollEvent::BallotsIssued(told) => {
                self.issued_at = Some(entry.at);
                let &BallotsIssued { issued, printed, .. } = told;
                put(&mut self.issued, &told.form, IssuedPapers { issued, printed });
            }
            PollEvent::IssuedCorrected(told) => self.correct_issued(told, entry),
            PollEvent::UnusedSealed(told) => {
                let UnusedSealed { note, packets } = told.clone();
                self.unused = Some(UnusedTold { at: entry.at, packets, note });
            }
            PollEvent::BallotsReturned(told) => {
                self.returned_at = Some(entry.at);
                put(&mut self.accounts, &told.form, told.into());
            }
            PollEvent::BallotsCorrected(told) => self.correct(told, entry),
            PollEvent::BatchCommitted(read) => self.batches.push(BatchRead {
                form: read.form.clone(),
                batch: read.batch,
                papers: read.papers,
                readers: read.readers.clone(),
                earlier: read.earlier.iter().flatten().map(|reader| reader.name.clone()).collect(),
                reread: read.reread,
                decided: read.decided,
            }),
            PollEvent::BatchReopened(told) => self.reopen(told, entry),
            PollEvent::CountingClosed(closed) => self.close(closed, entry.at),
            PollEvent::MinutesProposed(minutes) => self.copies = minutes.copies,
            PollEvent::MinutesSigned(minutes) => {
                let MinutesSigned { missing, sha256, tellers } = minutes.clone();
                let missing = missing.unwrap_or_default();
                self.signed = Some(SignedTold { at: entry.at, sha256, tellers, missing });
            }
            PollEvent::MinutesReopened(told) => {
                self.signed = None;
                self.unsigned.push(Hands::of(&told.proposed_by, &told.reason, entry));
            }
            PollEvent::BallotsHandedOver(handed) => {
                self.handed_over = Some(HandOverTold { at: entry.at, handed: handed.clone() });
            }
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

    fn open(&mut self, told: &VotingOpened, entry: &LogEntry) {
        (self.opened, self.present) = (Some(told.at), Some(told.present));
        let present = told.present;
        self.hall = Some(HallFigures { attended: present, now: present, opened: present });
        self.opened_against = told.reason.as_ref().map(|reason| OpenedAgainst {
            quorum: told.quorum.filter(|quorum| told.present < *quorum),
            planned: told.planned.filter(|planned| *planned != told.at.day_in_vietnam()),
            hands: Hands::of(&told.proposed_by, reason, entry),
        });
    }

    fn test(&mut self, deck: &DeckCounted, at: UtcTime) {
        let is_new = |form: &&DeckForm| !self.forms.contains(&form.form);
        let told: Vec<String> = deck.forms.iter().filter(is_new).map(|form| form.form.clone()).collect();
        self.forms.extend(told);
        self.trials.count(deck);
        self.failed_decks += u32::from(!deck.forms.iter().all(DeckForm::has_passed));
        match self.trials.standing(self.forms.iter().map(String::as_str)) {
            DeckStanding::Passed => self.deck = Deck::Passed(at),
            // A deck that fails takes back what was tested before.
            DeckStanding::Open => self.deck = Deck::Untold,
            DeckStanding::Waived => {}
        }
    }

    fn change_hall(&mut self, told: &PresenceChanged, entry: &LogEntry) {
        let PresenceChanged { attended, change, number, present, reason } = told.clone();
        let by = entry.actor.name.clone();
        let opened = self.present.unwrap_or_default();
        let after = HallFigures { attended, now: present, opened };
        self.enter(entry.at, PresenceEntry::Changed { change, number, by, reason }, after);
    }

    fn correct_hall(&mut self, told: &PresenceCorrected, entry: &LogEntry) {
        let after = HallFigures { attended: told.attended, now: told.present, opened: told.opened };
        let hands = Hands::of(&told.proposed_by, &told.reason, entry);
        let before = self.hall.unwrap_or(after);
        self.present = Some(told.opened);
        self.enter(entry.at, PresenceEntry::Corrected { before, hands }, after);
    }

    fn correct_issued(&mut self, told: &IssuedCorrected, entry: &LogEntry) {
        let &IssuedCorrected { issued, printed, .. } = told;
        let after = IssuedPapers { issued, printed };
        let before = put(&mut self.issued, &told.form, after);
        self.accounts.retain(|(form, _)| *form != told.form);
        let hands = Hands::of(&told.proposed_by, &told.reason, entry);
        self.issued_corrections.push(IssuedCorrection { form: told.form.clone(), before, after, hands });
    }

    fn enter(&mut self, at: UtcTime, what: PresenceEntry, after: HallFigures) {
        self.hall = Some(after);
        self.presence.push(PresenceTold { at, what, after });
    }

    /// The day of the vote: on which it was opened, else to which it was moved last, else the one of the plan.
    pub fn day(&self, of_plan: Date) -> Date {
        let opened = self.opened.map(UtcTime::day_in_vietnam);
        opened.or_else(|| self.moved.last().map(|moved| moved.day)).unwrap_or(of_plan)
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

    /// What was announced of a form as issued.
    pub fn issued(&self, form: &str) -> Option<IssuedPapers> {
        self.issued.iter().find(|(id, _)| id == form).map(|(_, papers)| *papers)
    }

    /// The last recount of line `line` (from 1) of a form.
    pub fn recount(&self, form: &str, line: u32) -> Option<&LineRecounted> {
        self.recounts.iter().rev().find(|told| told.form == form && told.line == line)
    }
}

/// Puts what is told of a form in the place of what was told before, which it gives back.
fn put<T>(told: &mut Vec<(String, T)>, form: &str, value: T) -> Option<T> {
    match told.iter_mut().find(|(of, _)| of == form) {
        Some((_, stands)) => Some(std::mem::replace(stands, value)),
        None => {
            told.push((form.to_owned(), value));
            None
        }
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
        DeckCounted { forms: vec![DeckForm { counted, expected, form: "F1".into(), papers: None }] }.into()
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
            BatchCommitted {
                accounts,
                batch,
                commitment: digest,
                commitments: None,
                decided: 0,
                earlier: None,
                form,
                papers,
                readers,
                reread: 2,
            }
            .into()
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
