use jiff::Timestamp;

use super::*;
use crate::polls::Sent;
use domain::batch::Again;
use domain::batch::hand_tally::SheetError;
use domain::batch::{Asked, EntryError, Mode, Paper, Shape};
use domain::count::BatchCounts;
use domain::marks::Mark;
use domain::poll::{Level, LevelCounts, PollKind};

const HIGH: Mark = Mark::Level(Level::High);
const LOW: Mark = Mark::Level(Level::Low);

fn at() -> Timestamp {
    Timestamp::from_second(1_700_000_000).expect("time")
}

fn account(n: u8) -> AccountId {
    AccountId::new(at(), &[n; 10])
}

fn request(n: u8) -> RequestId {
    RequestId::new(at(), &[n; 10])
}

/// What `by` sends under the id `n` from a page that knows how things stand.
fn turn(table: &CountingTable, key: &BatchKey, by: AccountId, n: u8) -> Turn {
    let opened = table.lying(key).map_or(request(0), |lying| lying.opened);
    Turn { sent: Sent { by, id: request(n) }, opened, revision: table.own_papers(key, by).revision, is_last: true }
}

fn laid(key: &BatchKey, setup: &BatchSetup, head: AccountId, n: u8) -> Laid {
    Laid { key: key.clone(), setup: setup.clone(), head, opened: request(n) }
}

fn puts(papers: Vec<Paper>) -> Vec<(usize, ReadingStep)> {
    (1..).zip(papers.into_iter().map(ReadingStep::Put)).collect()
}

fn marked(marks: &[Mark]) -> Paper {
    Paper::Marked(marks.to_vec())
}

fn again(paper: usize, lines: &[(usize, Mark)]) -> Vec<Reread> {
    vec![Reread { paper, again: Again::Lines(lines.to_vec()) }]
}

/// A table with one open batch of two papers with three lines, and its people.
struct Hall {
    table: CountingTable,
    key: BatchKey,
    opening: BatchSetup,
    one: AccountId,
    two: AccountId,
    head: AccountId,
}

impl Hall {
    fn new() -> Self {
        let (one, two, head) = (account(1), account(2), account(3));
        let key =
            BatchKey { poll: PollId::new(at(), &[9; 10]), pile: Pile::Ballots, form: "F1-3F9A2C".into(), number: 1 };
        let shape = Shape { number: 1, kind: PollKind::Rating, lines: 3, papers: 2 };
        let opening = BatchSetup { shape, mode: Mode::Marks, reasons: Vec::new(), tellers: [one, two] };
        let table = CountingTable::default();
        table.lay(vec![laid(&key, &opening, head, 100)]);
        Self { table, key, opening, one, two, head }
    }

    fn truth() -> Vec<Paper> {
        vec![marked(&[HIGH, HIGH, HIGH]), marked(&[LOW, HIGH, LOW])]
    }

    /// Lines 1 and 3 of the second paper otherwise.
    fn slipped() -> Vec<Paper> {
        vec![marked(&[HIGH, HIGH, HIGH]), marked(&[HIGH, HIGH, HIGH])]
    }

    fn enters(&self, who: AccountId, id: u8, papers: Vec<Paper>) -> Result<BatchProgress, TableError> {
        self.table.read(&self.key, turn(&self.table, &self.key, who, id), puts(papers))
    }

    fn reads_again(&self, who: AccountId, id: u8, papers: Vec<Reread>) -> Result<BatchProgress, TableError> {
        self.table.read_again(&self.key, turn(&self.table, &self.key, who, id), papers)
    }

    fn decides(&self, who: AccountId, id: u8, papers: Vec<Reread>) -> Result<BatchProgress, TableError> {
        self.table.decide(&self.key, turn(&self.table, &self.key, who, id), papers)
    }

    fn progress(&self, who: AccountId) -> BatchProgress {
        self.table.progress(&self.key, who).expect("of the batch")
    }

    /// With the second reading, made by the second teller, in dispute with the first.
    fn disputed() -> Self {
        let hall = Self::new();
        assert_eq!(hall.enters(hall.one, 1, Self::truth()), Ok(BatchProgress::Waiting));
        assert_eq!(hall.enters(hall.two, 2, Self::slipped()), Ok(BatchProgress::KeyAgain(asked(&[1, 3]))));
        hall
    }
}

fn asked(lines: &[usize]) -> Vec<Asked> {
    vec![Asked { paper: 2, lines: lines.to_vec() }]
}

fn lines() -> [LevelCounts; 3] {
    [(1, 1), (2, 0), (1, 1)].map(|(high, low)| LevelCounts::Rating { high, medium: 0, low })
}

#[test]
fn two_equal_readings_give_counts_once() {
    let hall = Hall::new();
    assert_eq!((hall.progress(hall.one), hall.progress(hall.head)), (BatchProgress::Key, BatchProgress::Waiting));
    assert_eq!(hall.enters(hall.two, 1, Hall::truth()), Ok(BatchProgress::Waiting));
    assert_eq!(hall.table.take(&hall.key, hall.head), Err(TableError::NotNow));
    assert_eq!(hall.enters(hall.one, 2, Hall::truth()), Ok(BatchProgress::Agreed));
    assert_eq!(hall.table.take(&hall.key, account(7)), Err(TableError::NotTeller));
    let counted = hall.table.take(&hall.key, hall.one).expect("agreed");
    assert_eq!((counted.counts.lines.as_slice(), counted.counts.papers), (lines().as_slice(), 2));
    assert_eq!((counted.tellers, counted.head, counted.reread), ([hall.two, hall.one], hall.head, 0));
    assert_eq!(hall.table.take(&hall.key, hall.head), Err(TableError::NotNow));
    // On their way into the database they are not in: a process that is killed now has lost them.
    assert_eq!(hall.progress(hall.one), BatchProgress::Agreed);

    // The commit failed: nothing is lost, nothing is there twice.
    hall.table.put_back(&hall.key, counted, None).expect("taken from here");
    let counted = hall.table.take(&hall.key, hall.head).expect("once more");
    assert_eq!(counted.counts.lines, lines());
    hall.table.put_back(&hall.key, counted, None).expect("taken from here");
    let twice = AgreedBatch {
        counts: BatchCounts::zero(PollKind::Rating, 3),
        tellers: [hall.one, hall.two],
        earlier: Vec::new(),
        head: hall.head,
        opened: request(100),
        reread: 0,
        decided: 0,
        sent: Vec::new(),
    };
    assert_eq!(hall.table.put_back(&hall.key, twice, None), Err(TableError::NotNow));
}

#[test]
fn invalid_papers_are_counted_by_reason() {
    let hall = Hall::new();
    let papers = || vec![marked(&[HIGH, Mark::None, Mark::Multiple]), Paper::Invalid("no_seal".into())];
    hall.enters(hall.one, 1, papers()).expect("first");
    hall.enters(hall.two, 2, papers()).expect("second");
    let counts = hall.table.take(&hall.key, hall.head).expect("agreed").counts;
    assert_eq!(counts.invalid, [("no_seal".to_owned(), 1)].into());
    assert_eq!(counts.lines.iter().map(|line| line.sum()).collect::<Vec<_>>(), [1, 0, 0]);
}

#[test]
fn both_read_again_only_what_differs_and_the_counts_are_those_of_the_paper() {
    let hall = Hall::disputed();
    assert_eq!(hall.progress(hall.one), BatchProgress::KeyAgain(asked(&[1, 3])), "paper and line, and nothing else");
    assert_eq!(hall.progress(hall.head), BatchProgress::Waiting);
    let right = || again(2, &[(1, LOW), (3, LOW)]);
    assert_eq!(hall.reads_again(hall.two, 3, right()), Ok(BatchProgress::Waiting));
    assert_eq!(hall.progress(hall.one), BatchProgress::KeyAgain(asked(&[1, 3])));
    assert_eq!(hall.reads_again(hall.two, 4, right()), Err(TableError::AlreadyEntered));
    assert_eq!(hall.reads_again(hall.one, 5, right()), Ok(BatchProgress::Agreed));
    let counted = hall.table.take(&hall.key, hall.head).expect("agreed");
    assert_eq!((counted.counts.lines.as_slice(), counted.reread, counted.decided), (lines().as_slice(), 2, 0));
}

#[test]
fn what_differs_twice_is_the_head_tellers_to_decide_and_nobody_elses() {
    let hall = Hall::disputed();
    assert_eq!(hall.decides(hall.head, 3, again(2, &[])), Err(TableError::NotNow));
    hall.reads_again(hall.one, 4, again(2, &[(1, LOW), (3, LOW)])).expect("again");
    let progress = hall.reads_again(hall.two, 5, again(2, &[(1, HIGH), (3, LOW)]));
    assert_eq!(progress, Ok(BatchProgress::Waiting));
    assert_eq!(hall.progress(hall.head), BatchProgress::Decide(asked(&[1])));
    let answer = || again(2, &[(1, LOW)]);
    assert_eq!(hall.decides(hall.one, 6, answer()), Err(TableError::NotHead));
    let wrong = hall.decides(hall.head, 7, again(2, &[(2, LOW)]));
    assert_eq!(wrong, Err(TableError::Entry(EntryError::NotAsked)));
    assert_eq!(hall.decides(hall.head, 8, answer()), Ok(BatchProgress::Agreed));
    let counted = hall.table.take(&hall.key, hall.head).expect("agreed");
    assert_eq!((counted.counts.lines.as_slice(), counted.reread, counted.decided), (lines().as_slice(), 2, 1));
}

#[test]
fn what_is_sent_again_changes_nothing_and_is_answered_with_how_things_stand() {
    let hall = Hall::new();
    hall.enters(hall.one, 1, Hall::truth()).expect("first");
    // Even when what comes under the same id differs: the first is what was answered for.
    assert_eq!(hall.enters(hall.one, 1, Hall::slipped()), Ok(BatchProgress::Waiting));
    assert_eq!(hall.enters(hall.one, 2, Hall::truth()), Err(TableError::AlreadyEntered));
    assert_eq!(hall.enters(hall.two, 1, Hall::truth()), Err(TableError::ForeignId));
    hall.enters(hall.two, 3, Hall::slipped()).expect("second");
    assert_eq!(hall.enters(hall.one, 1, Hall::truth()), Ok(BatchProgress::KeyAgain(asked(&[1, 3]))));
    let right = || again(2, &[(1, LOW), (3, LOW)]);
    hall.reads_again(hall.one, 4, right()).expect("again");
    assert_eq!(hall.reads_again(hall.one, 4, right()), Ok(BatchProgress::Waiting));
    hall.reads_again(hall.two, 5, right()).expect("again");
    assert_eq!(hall.reads_again(hall.two, 5, right()), Ok(BatchProgress::Agreed));
    let counted = hall.table.take(&hall.key, hall.head).expect("agreed");
    assert_eq!((counted.counts.lines.as_slice(), counted.counts.papers), (lines().as_slice(), 2));
    assert_eq!(hall.enters(hall.one, 1, Hall::truth()), Ok(BatchProgress::Agreed));
    assert_eq!(hall.enters(hall.two, 6, Hall::truth()), Err(TableError::AlreadyEntered));
}

#[test]
fn a_reading_that_does_not_fit_is_refused_and_may_be_sent_rightly() {
    let hall = Hall::new();
    let short = vec![marked(&[HIGH, HIGH, HIGH])];
    assert!(matches!(hall.enters(hall.one, 1, short), Err(TableError::Entry(EntryError::Papers { .. }))));
    let other_vote = vec![marked(&[HIGH, HIGH, HIGH]), marked(&[HIGH, HIGH, Mark::Level(Level::Confidence)])];
    let refused = hall.enters(hall.one, 1, other_vote);
    assert_eq!(refused, Err(TableError::Entry(EntryError::Form { paper: 2 })));
    assert_eq!(hall.enters(hall.one, 1, Hall::truth()), Ok(BatchProgress::Waiting), "a refused id was not used up");
    assert_eq!(hall.enters(hall.two, 2, Hall::slipped()), Ok(BatchProgress::KeyAgain(asked(&[1, 3]))));
    let elsewhere = hall.reads_again(hall.one, 3, again(1, &[(1, LOW), (3, LOW)]));
    assert_eq!(elsewhere, Err(TableError::Entry(EntryError::NotAsked)), "before the other one sends");
}

#[test]
fn nobody_but_its_people_has_to_do_with_a_batch() {
    let hall = Hall::new();
    let stranger = account(7);
    assert_eq!(hall.enters(stranger, 1, Hall::truth()), Err(TableError::NotTeller));
    assert_eq!(hall.enters(hall.head, 1, Hall::truth()), Err(TableError::NotTeller));
    assert_eq!(hall.table.progress(&hall.key, stranger), Err(TableError::NotTeller));
    assert_eq!(hall.table.may_remove(&hall.key, request(100), hall.one), Err(TableError::NotHead));
    let stale = hall.table.may_remove(&hall.key, request(99), hall.head);
    assert_eq!(stale, Err(TableError::OtherOpening), "a page of an earlier opening takes nothing off");
    let key = BatchKey { number: 2, ..hall.key.clone() };
    let open = |tellers, papers| {
        let shape = Shape { papers, ..hall.opening.shape };
        CountingTable::may_lie(&laid(&key, &BatchSetup { shape, tellers, ..hall.opening.clone() }, hall.head, 9))
    };
    assert_eq!(open([hall.one, hall.one], 20), Err(TableError::SamePeople));
    assert_eq!(open([hall.one, hall.head], 20), Err(TableError::SamePeople));
    assert_eq!(
        (open([hall.one, hall.two], 0), open([hall.one, hall.two], 51)),
        (Err(TableError::Size), Err(TableError::Size))
    );
    assert_eq!(open([hall.one, hall.two], 50), Ok(()));
    assert_eq!(hall.table.progress(&key, hall.one), Err(TableError::NotOpen));

    hall.enters(hall.one, 1, Hall::truth()).expect("first");
    hall.table.may_remove(&hall.key, request(100), hall.head).expect("its head");
    hall.table.remove(&hall.key, request(100));
    assert_eq!(hall.table.progress(&hall.key, hall.one), Err(TableError::NotOpen));
}

/// After a restart the pile lies there anew, and the pages send what they hold.
#[test]
fn a_restart_loses_no_more_than_has_to_be_sent_again() {
    let before = Hall::disputed();
    let after = CountingTable::default();
    let enters = |who, id, papers| after.read(&before.key, turn(&after, &before.key, who, id), puts(papers));
    assert_eq!(enters(before.one, 1, Hall::truth()), Err(TableError::NotOpen));
    after.lay(vec![laid(&before.key, &before.opening, before.head, 100)]);
    assert!(after.lying(&before.key).expect("here").is_laid_again);
    enters(before.two, 2, Hall::slipped()).expect("in another order");
    assert_eq!(enters(before.one, 1, Hall::truth()), Ok(BatchProgress::KeyAgain(asked(&[1, 3]))));
    // Somebody who read the database before it was taken off does not lay it again.
    after.remove(&before.key, request(100));
    after.lay(vec![laid(&before.key, &before.opening, before.head, 100)]);
    assert_eq!(after.lying(&before.key), None);
    after.announce(request(101));
    after.lay(vec![laid(&before.key, &before.opening, before.head, 101)]);
    assert!(!after.lying(&before.key).expect("here").is_laid_again);
}

impl Hall {
    /// One paper of a reading, from a page that knows of `revision` messages.
    fn puts_one(
        &self,
        who: AccountId,
        (id, revision): (u8, u32),
        paper: usize,
        step: ReadingStep,
    ) -> Result<BatchProgress, TableError> {
        let turn = Turn { revision, is_last: false, ..turn(&self.table, &self.key, who, id) };
        self.table.read(&self.key, turn, vec![(paper, step)])
    }

    fn sends(&self, who: AccountId, id: u8) -> Result<BatchProgress, TableError> {
        self.table.read(&self.key, turn(&self.table, &self.key, who, id), Vec::new())
    }

    fn changes(&self, papers: u32, tellers: [AccountId; 2], begins_anew: bool) -> Result<(), TableError> {
        let now = self.table.lying(&self.key).expect("here").opening;
        let setup = BatchSetup { shape: Shape { papers, ..now.shape }, tellers, ..now };
        self.table.change(&self.key, request(100), (setup, self.head), begins_anew)
    }
}

fn put(marks: &[Mark]) -> ReadingStep {
    ReadingStep::Put(marked(marks))
}

#[test]
fn papers_arrive_one_by_one_and_another_window_goes_on_where_the_first_one_was() {
    let hall = Hall::new();
    hall.puts_one(hall.one, (1, 0), 1, put(&[HIGH; 3])).expect("first paper");
    // The answer was lost: the same message again.
    hall.puts_one(hall.one, (1, 0), 1, put(&[HIGH; 3])).expect("known");
    let own = hall.table.own_papers(&hall.key, hall.one);
    assert_eq!((own.done, own.revision), (1, 1));
    assert_eq!(hall.table.own_papers(&hall.key, hall.two).done, 0);
    let skipping = hall.puts_one(hall.one, (2, 1), 3, put(&[HIGH; 3]));
    assert_eq!(skipping, Err(TableError::Entry(EntryError::Gap { paper: 3, next: 2 })));
    // A window that knows of less is told to look.
    assert_eq!(hall.puts_one(hall.one, (3, 0), 1, put(&[LOW; 3])), Err(TableError::Moved));
    let short = hall.sends(hall.one, 4);
    assert!(matches!(short, Err(TableError::Entry(EntryError::Papers { read: 1, .. }))), "{short:?}");
    let revision = hall.table.own_papers(&hall.key, hall.one).revision;
    hall.puts_one(hall.one, (5, revision), 2, put(&[LOW, HIGH, LOW])).expect("second paper");
    assert_eq!(hall.sends(hall.one, 6), Ok(BatchProgress::Waiting));
    assert_eq!(hall.enters(hall.two, 7, Hall::truth()), Ok(BatchProgress::Agreed));
}

#[test]
fn another_number_of_papers_costs_nobody_what_was_keyed() {
    let hall = Hall::new();
    hall.enters(hall.one, 1, Hall::truth()).expect("both papers");
    hall.changes(3, [hall.one, hall.two], false).expect("one more was found");
    assert_eq!(hall.progress(hall.one), BatchProgress::Key);
    let own = hall.table.own_papers(&hall.key, hall.one);
    assert_eq!(own.done, 2, "they are still there");
    hall.puts_one(hall.one, (2, own.revision), 1, ReadingStep::Insert(marked(&[LOW; 3]))).expect("it lay on top");
    assert_eq!(hall.sends(hall.one, 3), Ok(BatchProgress::Waiting));
    let mut three = Hall::truth();
    three.insert(0, marked(&[LOW; 3]));
    assert_eq!(hall.enters(hall.two, 4, three), Ok(BatchProgress::Agreed));
    let changed = hall.changes(2, [hall.one, hall.two], false);
    assert_eq!(changed, Err(TableError::NotNow), "both agree already");
}

#[test]
fn a_teller_who_leaves_is_followed_by_another_and_the_other_reading_stays() {
    let hall = Hall::disputed();
    let new = account(7);
    assert_eq!(hall.changes(2, [hall.two, hall.two], false), Err(TableError::SamePeople));
    assert_eq!(hall.changes(2, [hall.head, hall.two], false), Err(TableError::SamePeople));
    assert_eq!(hall.changes(2, [hall.one, hall.one], false), Err(TableError::SamePeople));
    hall.changes(2, [hall.one, new], false).expect("somebody else");
    assert_eq!(hall.table.progress(&hall.key, hall.two), Err(TableError::NotTeller));
    assert_eq!(hall.progress(new), BatchProgress::KeyAgain(asked(&[1, 3])));
    assert_eq!(hall.changes(2, [hall.two, new], false), Err(TableError::HasRead), "the one who left read this pile");
    let right = || again(2, &[(1, LOW), (3, LOW)]);
    hall.reads_again(new, 3, right()).expect("in place of the other");
    assert_eq!(hall.reads_again(hall.one, 4, right()), Ok(BatchProgress::Agreed));
    let counted = hall.table.take(&hall.key, hall.head).expect("agreed");
    assert_eq!((counted.tellers, counted.earlier), ([hall.one, new], vec![hall.two]));

    // In the middle of a reading: on from there, or from the first paper.
    for (begins_anew, done) in [(false, 1), (true, 0)] {
        let hall = Hall::new();
        hall.puts_one(hall.two, (1, 0), 1, put(&[HIGH; 3])).expect("first paper");
        hall.enters(hall.one, 2, Hall::truth()).expect("the other one");
        hall.changes(2, [hall.one, new], begins_anew).expect("somebody else");
        assert_eq!(hall.table.own_papers(&hall.key, new).done, done);
        assert_eq!(hall.progress(hall.one), BatchProgress::Waiting, "what the other one read stays");
    }
}

#[test]
fn a_reading_that_skipped_a_paper_is_taken_back_and_corrected() {
    let hall = Hall::disputed();
    let reopen = |who, id| hall.table.reopen(&hall.key, turn(&hall.table, &hall.key, who, id));
    assert_eq!(reopen(hall.head, 3), Err(TableError::NotTeller));
    assert_eq!(reopen(hall.two, 4), Ok(BatchProgress::Key));
    assert_eq!(hall.progress(hall.one), BatchProgress::Waiting);
    let own = hall.table.own_papers(&hall.key, hall.two);
    assert_eq!(own.done, 2);
    hall.puts_one(hall.two, (5, own.revision), 2, put(&[LOW, HIGH, LOW])).expect("corrected");
    assert_eq!(hall.sends(hall.two, 6), Ok(BatchProgress::Agreed));
    assert_eq!(reopen(hall.two, 7), Err(TableError::NotNow));
}

#[test]
fn papers_that_are_not_counted_any_more_leave_the_table_with_all_that_was_keyed() {
    let hall = Hall::disputed();
    let other = BatchKey { poll: PollId::new(at(), &[8; 10]), ..hall.key.clone() };
    hall.table.lay(vec![laid(&other, &hall.opening, hall.head, 103)]);
    hall.table.clear_past(hall.key.poll, Stage::Counting);
    assert!(hall.table.lying(&hall.key).is_some());
    hall.table.clear_past(hall.key.poll, Stage::Cancelled);
    assert_eq!(hall.table.polls(), [other.poll].into());
}

#[test]
fn four_tellers_at_once_fill_two_batches_and_every_counts_are_taken_once() {
    let hall = Hall::new();
    let other = BatchKey { number: 2, ..hall.key.clone() };
    let tellers = [account(11), account(12)];
    hall.table.lay(vec![laid(&other, &BatchSetup { tellers, ..hall.opening.clone() }, hall.head, 102)]);
    let work = [(&hall.key, hall.one), (&hall.key, hall.two), (&other, tellers[0]), (&other, tellers[1])];
    let table = &hall.table;
    std::thread::scope(|scope| {
        for (n, (key, who)) in (20..).zip(work) {
            let turn = turn(table, key, who, n);
            for _ in 0..2 {
                scope.spawn(move || table.read(key, turn, puts(Hall::truth())).expect("the same entry twice"));
            }
        }
    });
    let taken = std::thread::scope(|scope| {
        let take = |key| scope.spawn(move || table.take(key, hall.head).is_ok());
        let all = [&hall.key, &hall.key, &other, &other].map(take);
        all.map(|one| one.join().expect("no panic")).iter().filter(|taken| **taken).count()
    });
    assert_eq!(taken, 2);
}

#[test]
fn no_debug_output_and_no_error_tells_a_mark_or_a_count() {
    let hall = Hall::disputed();
    let mut printed = vec![format!("{:?}", hall.table)];
    hall.reads_again(hall.one, 3, again(2, &[(1, LOW), (3, LOW)])).expect("again");
    printed.push(format!("{:?}", hall.table));
    hall.reads_again(hall.two, 4, again(2, &[(1, HIGH), (3, LOW)])).expect("again");
    printed.push(format!("{:?} {:?}", hall.table, hall.progress(hall.head)));
    hall.decides(hall.head, 5, again(2, &[(1, LOW)])).expect("decided");
    printed.push(format!("{:?}", hall.table));
    let counted = hall.table.take(&hall.key, hall.head).expect("agreed");
    printed.push(format!("{counted:?} {:?}", hall.table));
    let wrong = Hall::new().enters(account(1), 1, vec![marked(&[HIGH]), marked(&[LOW])]).expect_err("one line");
    printed.push(format!("{wrong:?} {wrong}"));
    let all = printed.join("\n").to_lowercase();
    for word in ["high", "medium", "low", "none", "multiple", "rating", "tín nhiệm", "counts {"] {
        assert!(!all.contains(word), "“{word}” is told:\n{all}");
    }
}

/// Two tally sheets of the pile of two papers, of which the second teller keys the first line wrong, once or twice.
#[test]
fn two_tally_sheets_go_the_same_way_row_by_row() {
    let hall = Hall::new();
    let key = BatchKey { number: 2, ..hall.key.clone() };
    let opening = BatchSetup { mode: Mode::HandTally, reasons: vec!["no_seal".into()], ..hall.opening.clone() };
    hall.table.lay(vec![laid(&key, &opening, hall.head, 103)]);
    let keys = |who, id, rows: &[(Row, [u32; 3])]| {
        let row = |(row, figures): &(Row, [u32; 3])| match row {
            Row::Invalid => (*row, figures[..1].to_vec()),
            Row::Line(_) => (*row, figures.to_vec()),
        };
        hall.table.key_rows(&key, turn(&hall.table, &key, who, id), rows.iter().map(row).collect())
    };
    let sheet = |low| {
        let lines = [Row::Invalid, Row::Line(1), Row::Line(2), Row::Line(3)];
        lines.map(|row| (row, if row == Row::Line(1) { [1, 0, low] } else { [0, 0, 1] }))
    };
    let wrong = [(Row::Invalid, [0; 3]), (Row::Line(1), [2, 1, 0]), (Row::Line(2), [0; 3]), (Row::Line(3), [0; 3])];
    assert!(matches!(keys(hall.one, 1, &wrong), Err(TableError::Sheet(SheetError::Faults(_)))));
    assert_eq!(
        hall.table.read(&key, turn(&hall.table, &key, hall.one, 2), puts(Hall::truth())),
        Err(TableError::OtherMode)
    );
    let valid: Vec<_> = sheet(1).map(|(row, figures)| (row, if row == Row::Invalid { [0; 3] } else { figures })).into();
    let slipped: Vec<_> =
        sheet(0).map(|(row, figures)| (row, if row == Row::Invalid { [0; 3] } else { figures })).into();
    assert_eq!(keys(hall.one, 3, &valid), Ok(BatchProgress::Waiting));
    assert_eq!(hall.table.lying(&key).expect("here").stage, BatchStage::ReadOnce);
    assert_eq!(keys(hall.two, 4, &slipped), Ok(BatchProgress::KeyRows(vec![Row::Line(1)])));
    assert_eq!(keys(hall.one, 5, &valid[1..2]), Ok(BatchProgress::Waiting));
    assert_eq!(keys(hall.two, 6, &slipped[1..2]), Ok(BatchProgress::Waiting));
    assert_eq!(hall.table.progress(&key, hall.head), Ok(BatchProgress::DecideRows(vec![Row::Line(1)])));
    assert_eq!(keys(hall.head, 7, &valid[1..2]), Ok(BatchProgress::Agreed));
    let counted = hall.table.take(&key, hall.two).expect("agreed");
    assert_eq!((counted.tellers, counted.reread, counted.decided), ([hall.one, hall.two], 1, 1));
    assert_eq!(counted.counts.lines[0], LevelCounts::Rating { high: 1, medium: 0, low: 1 });
    hall.table.finish(&key);
    assert_eq!(hall.table.lying(&key), None);
}
