use super::super::event::Actor;
use super::super::event::poll::{
    BallotsCorrected, BallotsIssued, BatchCommitted, BatchReopened, CountingClosed, DeckCounted, DeckForm, DeckPaper,
    DeckWaived, LineRecounted, ListedOfficial, MinutesProposed, MinutesSigned, PollCancelled, PollMoved,
    RecountOrdered, ResultDeclared, ResultPublished, ShareTaken, Stands, UnusedSealed, VotingOpened, ZeroReported,
};
use super::*;
use crate::ballot_account::BallotAccount;
use crate::count::BatchCounts;
use crate::id::AccountId;
use crate::poll::{LevelCounts, PollKind};
use crate::role::Role;
use crate::roster::{Teller, TellerRole};
use crate::share_lock::Share;

fn poll() -> PollEvent {
    let digest = Digest::of(b"");
    let (council, ruleset, sitting) = ("Hội đồng".into(), "MAU".into(), "Kỳ họp".into());
    let (delegates, kind) = (3, PollKind::Confidence);
    let (rehearsal, simulated, ruleset_sha256) = (false, false, digest);
    let program = None;
    PollCreated {
        again_of: None,
        council,
        delegates,
        kind,
        program,
        rehearsal,
        ruleset,
        ruleset_sha256,
        simulated,
        sitting,
    }
    .into()
}

fn list() -> PollEvent {
    let official = ListedOfficial { block: "Khối".into(), name: "A".into(), posts: "B".into() };
    ListDecided { officials: vec![official], resolution: "31/NQ-HĐND".into() }.into()
}

fn board() -> PollEvent {
    let head = Teller { account: None, name: "C".into(), role: TellerRole::Head };
    BoardAppointed { resolution: "32/NQ-HĐND".into(), shares: None, tellers: vec![head] }.into()
}

/// What was expected of the sitting may change until the forms are sealed; the last word counts.
#[test]
fn a_poll_is_amended_before_its_forms_are_sealed() {
    let amended: PollEvent = PollAmended { delegates: 4, sitting: "Kỳ họp thứ 14".into() }.into();
    let mut events = whole();
    events.insert(1, amended.clone());
    let record = told(events).expect("record");
    assert_eq!((record.poll.delegates, record.poll.sitting.as_str()), (4, "Kỳ họp thứ 14"));
    let mut late = whole();
    late.insert(4, amended);
    assert_eq!(told(late), Err(CourseError::Late { kind: "poll.amended", ended_by: "forms.sealed" }));
}

/// Another text of the rule set takes two people, before the forms are sealed; the last one counts.
#[test]
fn the_rules_of_a_poll_are_frozen_again_by_two_before_its_forms_are_sealed() {
    let frozen = |by: u8| -> PollEvent {
        RulesFrozen { bad_line: None, proposed_by: somebody(by), ruleset_sha256: Digest::of(b"attested") }.into()
    };
    let with = |place: usize, event: PollEvent| {
        let mut events = whole();
        events.insert(place, event);
        told(events)
    };
    assert_eq!(with(1, frozen(1)).expect("record").poll.ruleset_sha256, Digest::of(b"attested"));
    assert_eq!(with(1, frozen(101)), Err(CourseError::OnePerson { kind: "rules.frozen" }));
    assert_eq!(with(4, frozen(1)), Err(CourseError::Late { kind: "rules.frozen", ended_by: "forms.sealed" }));
}

/// What the board chose of a text that can be read two ways stands after its appointment, once, by two people.
#[test]
fn the_board_chooses_once_after_it_is_appointed() {
    let chosen = |by: u8| -> PollEvent {
        let bad_line = Some(crate::rules::BadLineCosts::Ballot);
        RulesFrozen { bad_line, proposed_by: somebody(by), ruleset_sha256: Digest::of(b"chosen") }.into()
    };
    let with = |places: &[usize], by: u8| {
        let mut events = whole();
        places.iter().for_each(|place| events.insert(*place, chosen(by)));
        told(events)
    };
    assert_eq!(with(&[3], 1).expect("record").poll.ruleset_sha256, Digest::of(b"chosen"));
    assert_eq!(with(&[3], 103), Err(CourseError::OnePerson { kind: "rules.frozen" }));
    assert_eq!(with(&[2], 1), Err(CourseError::Early { kind: "rules.frozen", needs: "board.appointed" }));
    assert_eq!(with(&[3, 3], 1), Err(CourseError::Twice { kind: "rules.frozen" }));
}

fn forms(lines: u32) -> PollEvent {
    let form = SealedForm { block: "Khối".into(), id: "F1".into(), lines, sha256: Digest::of(b""), sheets: 1 };
    FormsSealed { forms: vec![form] }.into()
}

fn voting() -> PollEvent {
    opened(3, 1)
}

/// The vote was moved between two days of December.
fn moved(before: i8, day: i8, by: u8) -> PollEvent {
    let [before, day] = [before, day].map(|day| jiff::civil::date(2026, 12, day));
    PollMoved { before, day, proposed_by: somebody(by), reason: "Bão".into() }.into()
}

fn opened(present: u32, by: u8) -> PollEvent {
    let at = "2026-12-10T01:00:00Z".parse().expect("time");
    VotingOpened { at, planned: None, present, proposed_by: somebody(by), quorum: None, reason: None }.into()
}

/// Somebody by the last byte of an account.
fn somebody(number: u8) -> Actor {
    let mut chance = [0; 10];
    chance[9] = number;
    let account = AccountId::new(jiff::Timestamp::UNIX_EPOCH, &chance);
    Actor { account: Some(account), name: format!("Người {number}"), role: Role::Leader }
}

fn waived(by: u8) -> PollEvent {
    DeckWaived { proposed_by: somebody(by), reason: "Máy in hỏng".into() }.into()
}

fn deck(counted: u32) -> PollEvent {
    DeckCounted { forms: vec![deck_of("F1", counted)] }.into()
}

fn deck_of(form: &str, counted: u32) -> DeckForm {
    let counts = |papers| {
        let lines = vec![LevelCounts::Confidence { confidence: papers, no_confidence: 0 }];
        BatchCounts { papers, lines, ..BatchCounts::default() }
    };
    DeckForm { counted: counts(counted), expected: counts(4), form: form.into(), papers: None }
}

fn zero(papers: u32) -> PollEvent {
    let counts = BatchCounts { papers, ..BatchCounts::zero(PollKind::Confidence, 1) };
    ZeroReported { forms: vec![FormTotals { blindings: None, counts, form: "F1".into(), issued: 0, returned: 0 }] }
        .into()
}

fn ballots(issued: u32, returned: u32) -> PollEvent {
    BallotAccount { printed: 3, issued, exchanged: 0, unused: 0, returned, not_returned: 0 }.told("F1".into()).into()
}

fn corrected(returned: u32) -> PollEvent {
    let ballots = BallotAccount::plain(3, 3, returned).told("F1".into());
    BallotsCorrected { ballots, proposed_by: somebody(1), reason: "Ghi nhầm".into() }.into()
}

fn reopened(batch: u32) -> PollEvent {
    let (form, reason) = ("F1".into(), "Đếm nhầm".into());
    BatchReopened { batch, commitment: Digest::of(b""), form, proposed_by: somebody(1), reason }.into()
}

fn cancelled(by: u8) -> PollEvent {
    PollCancelled { proposed_by: somebody(by), reason: "Mất điện".into() }.into()
}

fn minutes() -> [PollEvent; 2] {
    let (name, sha256) = ("minutes.pdf".to_owned(), Digest::of(b"minutes"));
    [PaperIssued { name: name.clone(), pages: 1, sha256 }.into(), MinutesProposed { copies: None, name, sha256 }.into()]
}

fn signed(sha256: Digest) -> PollEvent {
    let head = Teller { account: None, name: "C".into(), role: TellerRole::Head };
    MinutesSigned { missing: None, sha256, tellers: vec![head] }.into()
}

fn published() -> PollEvent {
    let at = "2026-12-10T01:00:00Z".parse().expect("time");
    ResultPublished { at, proposed_by: somebody(1) }.into()
}

fn batch(form: &str, batch: u32, papers: u32) -> PollEvent {
    BatchCommitted {
        accounts: None,
        batch,
        commitment: Digest::of(b""),
        commitments: None,
        decided: 0,
        earlier: None,
        form: form.into(),
        papers,
        readers: vec!["C".into(), "D".into()],
        reread: 0,
    }
    .into()
}

fn closing() -> PollEvent {
    let lines = vec![LevelCounts::Confidence { confidence: 2, no_confidence: 1 }];
    let counts = BatchCounts { papers: 3, lines, ..BatchCounts::default() };
    let forms = vec![FormTotals { blindings: None, counts, form: "F1".into(), issued: 3, returned: 3 }];
    CountingClosed { forms, proposed_by: somebody(1), shares: None }.into()
}

fn result() -> PollEvent {
    ResultDeclared { proposed_by: somebody(1), results_sha256: Digest::of(b"") }.into()
}

/// What head and secretary of a board write down.
const LED: [&str; 6] =
    ["deck.counted", "zero.reported", "ballots.issued", "unused.sealed", "ballots.returned", "minutes.proposed"];

/// The head of a board, person 1, tells what falls to it; everything else somebody new, who proposed nothing.
fn writer(seq: u64, kind: &str) -> Actor {
    somebody(if LED.contains(&kind) { 1 } else { u8::try_from(100 + seq).expect("few") })
}

fn told(events: Vec<PollEvent>) -> Result<Record, CourseError> {
    told_by(events, writer)
}

fn told_by(events: Vec<PollEvent>, who: impl Fn(u64, &str) -> Actor) -> Result<Record, CourseError> {
    let at = "2026-12-10T01:00:00Z".parse().expect("time");
    let mut course = Course::default();
    for (seq, event) in (0..).zip(events) {
        let actor = Arc::new(who(seq, event.kind()));
        course.accept(LogEntry { seq, at, actor, event, leaf: Digest::of(b"") })?;
    }
    course.finish()
}

/// Where the entries of [`whole`] stand.
const DECK: usize = 4;
const BALLOTS: usize = 7;
const BATCH: usize = 8;
const CLOSING: usize = 9;

fn whole() -> Vec<PollEvent> {
    let mut events = vec![poll(), list(), board(), forms(1), deck(4), zero(0), voting(), ballots(3, 3)];
    events.extend([batch("F1", 1, 3), closing(), result()]);
    events.extend(minutes());
    events.extend([signed(Digest::of(b"minutes")), published()]);
    events
}

fn with(place: usize, event: PollEvent) -> Result<Record, CourseError> {
    let mut events = whole();
    events[place] = event;
    told(events)
}

fn after(place: usize, more: impl IntoIterator<Item = PollEvent>) -> Result<Record, CourseError> {
    let mut events = whole();
    let rest = events.split_off(place + 1);
    events.extend(more);
    events.extend(rest);
    told(events)
}

#[test]
fn a_poll_told_in_order_is_a_record() {
    let record = told(whole()).expect("record");
    assert_eq!(record.turning_points, [3, 6, 9, 13, 14].map(Some));
    let misplaced = |sizes: [u64; 5]| record.misplaced(&Moment::ALL.into_iter().zip(sizes).collect::<Vec<_>>(), 15);
    assert_eq!(misplaced([4, 7, 10, 14, 15]), None);
    assert_eq!(misplaced([7, 7, 10, 14, 15]), Some(Moment::FormsSealed));
    assert_eq!(misplaced([4, 10, 10, 14, 15]), Some(Moment::VotingOpened));
    assert_eq!(misplaced([4, 7, 14, 14, 15]), Some(Moment::CountingClosed));
    assert_eq!(misplaced([4, 7, 10, 13, 15]), Some(Moment::Minutes));
    assert_eq!(misplaced([4, 7, 10, 14, 14]), Some(Moment::Published));
}

/// From the declared result on a log may be read while it goes on.
#[test]
fn a_log_that_goes_on_has_the_heads_of_the_moments_that_came() {
    let mut events = whole();
    events.truncate(11);
    let record = told(events).expect("declared");
    assert_eq!(record.turning_points, [Some(3), Some(6), Some(9), None, None]);
    let heads = [(Moment::FormsSealed, 4), (Moment::VotingOpened, 7), (Moment::CountingClosed, 10)];
    assert_eq!(record.misplaced(&heads, 11), None);
    assert_eq!(record.misplaced(&[(Moment::Minutes, 11)], 11), Some(Moment::Minutes), "it did not come");
}

/// Leaving out, repeating or moving forward any event of the whole story breaks it.
#[test]
fn every_event_has_one_place() {
    let events = whole();
    for place in 0..events.len() {
        let mut without = events.clone();
        without.remove(place);
        // Without its publication, the last of all, a log is one that goes on.
        let is_last = place + 1 == events.len();
        assert!(is_last || told(without).is_err(), "without {}", events[place].kind());
        let mut twice = events.clone();
        twice.push(events[place].clone());
        // A paper may follow what is published, when a corrigendum names it.
        let is_paper = events[place].kind() == "paper.issued";
        assert!(is_paper || told(twice).is_err(), "{} again at the end", events[place].kind());
        if place > 0 {
            let mut early = events.clone();
            early.swap(place - 1, place);
            assert!(is_paper || told(early).is_err(), "{} one place early", events[place].kind());
        }
    }
}

#[test]
fn figures_that_contradict_each_other_are_refused_where_they_stand() {
    let contradicts = |place, event| matches!(with(place, event), Err(CourseError::Contradiction(_)));
    assert!(contradicts(3, forms(2)));
    assert!(contradicts(DECK + 1, zero(1)));
    assert!(contradicts(BALLOTS, ballots(2, 3)), "more came back than went out");
    assert!(contradicts(BALLOTS, ballots(4, 4)), "four delegates of three");
    assert!(contradicts(BALLOTS - 1, opened(4, 1)) && contradicts(BALLOTS - 1, opened(0, 1)), "in the hall");
    let mut fewer = whole();
    fewer[BALLOTS - 1] = opened(2, 1);
    assert!(matches!(told(fewer), Err(CourseError::Contradiction(_))), "three ballots for two in the hall");
    assert!(contradicts(BATCH, batch("F1", 1, 2)));
    assert_eq!(with(BATCH, batch("F2", 1, 3)), Err(CourseError::UnknownForm { form: "F2".into() }));
}

#[test]
fn a_deck_that_failed_needs_another_one_or_two_people() {
    let failed = Err(CourseError::Early { kind: "zero.reported", needs: "deck.counted" });
    assert_eq!(with(DECK, deck(3)), failed);
    assert_eq!(after(DECK, [deck(3)]), failed, "the last deck counts");
    assert!(after(DECK, [deck(3), deck(4)]).is_ok() && after(DECK, [deck(3), waived(1)]).is_ok());
    assert_eq!(after(DECK, [waived(1), deck(3)]), failed, "a deck that fails takes a waiver back");

    // Two papers in the other order have the same totals: the log has them paper by paper.
    let paper = |expected: &str, read: &str| DeckPaper { expected: expected.into(), read: read.into() };
    let told = |papers: [DeckPaper; 4]| {
        let form = DeckForm { papers: Some(papers.into()), ..deck_of("F1", 4) };
        PollEvent::from(DeckCounted { forms: vec![form] })
    };
    let right = || paper("1", "1");
    assert!(after(DECK, [told([right(), right(), right(), right()])]).is_ok());
    let mut exchanged = deck_of("F1", 4);
    let three = |confidence| LevelCounts::Confidence { confidence, no_confidence: 4 - confidence };
    (exchanged.counted.lines, exchanged.expected.lines) = (vec![three(3)], vec![three(3)]);
    exchanged.papers = Some(vec![right(), right(), paper("1", "2"), paper("2", "1")]);
    assert_eq!(after(DECK, [DeckCounted { forms: vec![exchanged] }.into()]), failed);
    let forged = after(DECK, [told([right(), right(), right(), paper("2", "1")])]);
    assert!(matches!(forged, Err(CourseError::Contradiction(_))), "papers that give other figures: {forged:?}");
    for forms in [vec![], vec![deck_of("F2", 4)], vec![deck_of("F1", 4), deck_of("F1", 4)]] {
        let found = after(DECK, [DeckCounted { forms }.into()]);
        assert!(matches!(found, Err(CourseError::Contradiction(_))), "{found:?}");
    }
    let one = with(DECK, waived(100 + u8::try_from(DECK).expect("small")));
    assert_eq!(one, Err(CourseError::OnePerson { kind: "deck.waived" }));
}

#[test]
fn a_batch_that_is_reopened_is_committed_again_and_figures_are_put_right() {
    let again = after(BATCH, [reopened(1), batch("F1", 1, 3)]).expect("record");
    let anew: Vec<u32> = again.forms[0].reopened.iter().map(|(batch, _)| *batch).collect();
    assert_eq!((again.forms[0].batches.len(), anew), (1, vec![1]));
    assert!(matches!(after(BATCH, [reopened(1)]), Err(CourseError::Contradiction(_))), "a pile is missing");
    assert!(matches!(after(BATCH, [reopened(2)]), Err(CourseError::Contradiction(_))), "no such batch");
    assert!(matches!(after(BATCH, [batch("F1", 1, 3)]), Err(CourseError::Repeated { .. })));
    let mut mistyped = whole();
    mistyped[BALLOTS] = BallotAccount::plain(3, 3, 2).told("F1".into()).into();
    mistyped.insert(BALLOTS + 1, corrected(3));
    assert!(told(mistyped).is_ok());
    assert!(matches!(after(BATCH, [corrected(2)]), Err(CourseError::Contradiction(_))), "three are counted");
}

#[test]
fn a_recount_says_both_figures_and_the_one_that_stands_goes_on() {
    let counts = |no_confidence| LevelCounts::Confidence { confidence: 2, no_confidence };
    let line = |counted, recounted, reason: &str, readers: [&str; 2]| -> PollEvent {
        let readers = readers.map(str::to_owned).to_vec();
        let (form, reason, stands) = ("F1".into(), reason.into(), Stands::Recounted);
        let (accounts, proposed_by) = (None, None);
        LineRecounted { accounts, counted, form, line: 1, proposed_by, readers, reason, recounted, stands }.into()
    };
    let two = ["D", "E"];
    let record = after(CLOSING, [line(counts(1), counts(0), "Đọc lại phiếu", two)]).expect("record");
    assert_eq!(record.counted.forms()[0].counts.lines, [counts(0)]);
    assert_eq!(record.totals[0].counts.lines, [counts(1)], "what counting closed with stays");
    for wrong in [
        line(counts(0), counts(1), "Đọc lại phiếu", two),
        line(counts(1), counts(2), "Đọc lại phiếu", two),
        line(counts(1), counts(0), " ", two),
        line(counts(1), counts(1), "", ["D", "d"]),
    ] {
        assert!(matches!(after(CLOSING, [wrong]), Err(CourseError::Contradiction(_))));
    }
    let late = after(CLOSING + 1, [line(counts(1), counts(1), "", two)]);
    assert_eq!(late, Err(CourseError::Late { kind: "line.recounted", ended_by: "result.declared" }));
}

/// The whole story with a board whose members are known: persons 1 to 4, of whom 1 leads and 5 works on paper.
fn bound() -> Vec<PollEvent> {
    let member = |number: u8| Teller {
        account: somebody(number).account.filter(|_| number < 5),
        name: format!("Người {number}"),
        role: if number == 1 { TellerRole::Head } else { TellerRole::Member },
    };
    let mut events = whole();
    events[2] =
        BoardAppointed { resolution: "32/NQ-HĐND".into(), shares: None, tellers: (1..6).map(member).collect() }.into();
    events[BATCH] = read_by(&[2, 3]);
    events
}

/// The same with shares: these persons take one each, at place `at`, and `closers` close.
fn sharing((takers, at): (&[u8], usize), closers: Option<&[u8]>) -> Result<Record, CourseError> {
    let mut events = bound();
    let PollEvent::BoardAppointed(board) = &mut events[2] else { panic!("a board") };
    board.shares = Some(2);
    let PollEvent::CountingClosed(closed) = &mut events[CLOSING] else { panic!("the close") };
    let reader = |number: &u8| Reader { account: somebody(*number).account, name: somebody(*number).name };
    closed.shares = closers.map(|closers| closers.iter().map(reader).collect());
    let key = Share::from_bytes(zeroize::Zeroizing::new([1; 16])).key();
    drop(events.splice(at..at, takers.iter().map(|_| ShareTaken { public_key: key }.into())));
    told_by(events, |seq, kind| match kind {
        "share.taken" => somebody(takers[usize::try_from(seq).expect("few") - at]),
        _ => writer(seq, kind),
    })
}

#[test]
fn a_count_under_shares_closes_with_those_of_two_who_took_one() {
    assert!(sharing((&[2, 3, 1], DECK), Some(&[3, 2])).is_ok());
    let wrong: [Option<&[u8]>; 5] = [None, Some(&[2]), Some(&[2, 2]), Some(&[2, 1]), Some(&[2, 3, 2])];
    let told = wrong.map(|closers| sharing((&[2, 3], DECK), closers)).into_iter();
    for told in told.chain([sharing((&[2], DECK), Some(&[2, 3]))]) {
        assert!(matches!(told, Err(CourseError::Contradiction(_))), "{told:?}");
    }
    let early = sharing((&[2, 3], 3), Some(&[2, 3]));
    assert_eq!(early, Err(CourseError::Early { kind: "share.taken", needs: "forms.sealed" }));
}

/// A batch by these persons; nobody's accounts for none.
fn read_by(readers: &[u8]) -> PollEvent {
    let PollEvent::BatchCommitted(batch) = batch("F1", 1, 3) else { panic!("a batch") };
    let accounts: Vec<AccountId> = readers.iter().filter_map(|number| somebody(*number).account).collect();
    BatchCommitted { accounts: (!accounts.is_empty()).then_some(accounts), ..batch }.into()
}

#[test]
fn only_members_of_a_board_that_names_accounts_read_its_batches() {
    assert!(told(bound()).expect("record").is_bound);
    for wrong in [&[2, 9][..], &[2, 5], &[2, 2], &[2], &[2, 3, 4], &[]] {
        let mut events = bound();
        events[BATCH] = read_by(wrong);
        assert!(matches!(told(events), Err(CourseError::Contradiction(_))), "{wrong:?}");
    }
    let mut twice = bound();
    let PollEvent::BoardAppointed(board) = &mut twice[2] else { panic!("a board") };
    board.tellers[1].account = board.tellers[0].account;
    assert!(matches!(told(twice), Err(CourseError::Contradiction(_))), "one account sits once");
    let mut old = whole();
    old[BATCH] = read_by(&[8, 9]);
    assert!(told(old).is_ok(), "a board without accounts leaves it to roles");
}

/// Person 3 reads papers and leads nothing, person 9 is nobody of the board.
#[test]
fn only_head_and_secretary_of_a_board_that_names_accounts_write_down_what_they_lead() {
    let whole_day = || {
        let mut events = bound();
        let issued = BallotsIssued { form: "F1".into(), issued: 3, printed: 3 };
        let unused = UnusedSealed { note: String::new(), packets: 1 };
        events.splice(BALLOTS..BALLOTS, [issued.into(), unused.into()]);
        events
    };
    assert!(told(whole_day()).is_ok());
    for of in LED {
        for other in [3, 9] {
            let by_other =
                told_by(whole_day(), |seq, kind| if kind == of { somebody(other) } else { writer(seq, kind) });
            assert!(matches!(by_other, Err(CourseError::Contradiction(_))), "{of} by {other}");
        }
        let by_none = |seq, kind: &str| {
            if kind == of { Actor { account: None, ..somebody(1) } } else { writer(seq, kind) }
        };
        assert!(matches!(told_by(whole_day(), by_none), Err(CourseError::Contradiction(_))), "{of} by nobody");
    }
    let roles = told_by(whole(), |seq, kind| if LED.contains(&kind) { somebody(9) } else { writer(seq, kind) });
    assert!(roles.is_ok(), "a board without accounts leaves it to roles");
}

#[test]
fn another_figure_takes_a_third_person_and_another_line_two() {
    let recounted = |low: u32, by: Option<u8>| -> PollEvent {
        let counts = |no_confidence| LevelCounts::Confidence { confidence: 2, no_confidence };
        LineRecounted {
            accounts: Some([3, 4].iter().filter_map(|number| somebody(*number).account).collect()),
            counted: counts(1),
            form: "F1".into(),
            line: 1,
            proposed_by: by.map(somebody),
            readers: vec!["Người 3".into(), "Người 4".into()],
            reason: "Đếm lại".into(),
            recounted: counts(low),
            stands: Stands::Recounted,
        }
        .into()
    };
    // What follows the close, each with who writes it down.
    let follow = |told: Vec<(PollEvent, u8)>| {
        let mut events = bound();
        let (told, by): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        events.splice(CLOSING + 1..CLOSING + 1, told);
        told_by(events, |seq, kind| {
            let place = usize::try_from(seq).expect("small").checked_sub(CLOSING + 1);
            place.and_then(|place| by.get(place)).map_or_else(|| writer(seq, kind), |number| somebody(*number))
        })
    };
    let told = |event: PollEvent, by: u8| follow(vec![(event, by)]);
    assert!(told(recounted(1, None), 4).is_ok(), "both agree with the count");
    assert!(told(recounted(0, Some(3)), 7).is_ok());
    let contradicts = |event, by| matches!(told(event, by), Err(CourseError::Contradiction(_)));
    assert!(contradicts(recounted(1, None), 1), "the head alone writes nothing down");
    assert!(contradicts(recounted(0, None), 4), "another figure without a third person");
    assert!(contradicts(recounted(0, Some(3)), 4), "who counted does not confirm");
    assert_eq!(told(recounted(0, Some(3)), 3).err(), Some(CourseError::OnePerson { kind: "line.recounted" }));
    let order = |line, by| -> PollEvent {
        RecountOrdered { form: "F1".into(), line, proposed_by: somebody(by), reason: "Có ý kiến".into() }.into()
    };
    let again = follow(vec![(order(1, 1), 7), (recounted(1, None), 4)]);
    assert!(again.expect("record").counted.is_ordered("F1", 1));
    assert!(contradicts(order(1, 1), 7), "a result without the recount that two people ordered");
    let anew = vec![(recounted(1, None), 4), (order(1, 1), 7)];
    assert!(matches!(follow(anew), Err(CourseError::Contradiction(_))), "a recount before the order is not the one");
    assert!(contradicts(order(2, 1), 7), "no such line");
    assert_eq!(told(order(1, 7), 7).err(), Some(CourseError::OnePerson { kind: "recount.ordered" }));
    assert!(matches!(after(BATCH, [order(1, 1)]), Err(CourseError::Early { .. })));
}

#[test]
fn minutes_are_signed_by_somebody_else_and_are_those_on_the_table() {
    assert!(matches!(with(13, signed(Digest::of(b"other"))), Err(CourseError::Contradiction(_))));
    let proposes = |seq: u64, _: &str| if (11..=13).contains(&seq) { somebody(7) } else { somebody(8) };
    assert_eq!(told_by(whole(), proposes), Err(CourseError::OnePerson { kind: "minutes.signed" }));
    // Whoever proposed the others' steps takes none of them.
    for (place, kind) in [(BALLOTS - 1, "voting.opened"), (CLOSING, "counting.closed"), (10, "result.declared")] {
        let alone =
            |seq: u64, _: &str| if seq == u64::try_from(place).expect("small") { somebody(1) } else { somebody(9) };
        assert_eq!(told_by(whole(), alone), Err(CourseError::OnePerson { kind }));
    }
}

#[test]
fn nothing_follows_a_vote_that_was_called_off() {
    let late = after(BATCH, [cancelled(1)]);
    assert_eq!(late, Err(CourseError::Late { kind: "counting.closed", ended_by: "poll.cancelled" }));
    let too_late = after(CLOSING + 1, [cancelled(1)]);
    assert_eq!(too_late, Err(CourseError::Late { kind: "poll.cancelled", ended_by: "result.declared" }));
}

/// A log that tells its quorum has to keep it, or say why not; the day is that of Vietnam, the 10th.
#[test]
fn a_vote_without_quorum_or_on_another_day_has_a_reason() {
    let opens = |present, planned: i8, reason: Option<&str>| {
        let PollEvent::VotingOpened(opened) = voting() else { panic!("voting.opened") };
        let planned = Some(jiff::civil::date(2026, 12, planned));
        let reason = reason.map(str::to_owned);
        let mut events = whole();
        events.truncate(BALLOTS - 1);
        events.push(VotingOpened { planned, present, quorum: Some(3), reason, ..opened }.into());
        told_until(events)
    };
    assert!(opens(3, 10, None).is_ok());
    for (present, planned) in [(3, 9), (2, 10)] {
        assert!(matches!(opens(present, planned, None), Err(CourseError::Contradiction(_))), "{present} {planned}");
        assert!(matches!(opens(present, planned, Some(" ")), Err(CourseError::Contradiction(_))));
        assert!(opens(present, planned, Some("Bão")).is_ok());
    }
}

#[test]
fn a_vote_is_moved_by_two_from_the_day_that_stands_and_before_it_is_opened() {
    assert!(after(DECK, [moved(8, 9, 1), moved(9, 10, 1)]).is_ok());
    for wrong in [vec![moved(8, 8, 1)], vec![moved(8, 9, 1), moved(8, 10, 1)]] {
        assert!(matches!(after(DECK, wrong), Err(CourseError::Contradiction(_))));
    }
    let alone = after(DECK, [moved(8, 9, 100 + u8::try_from(DECK + 1).expect("small"))]);
    assert_eq!(alone, Err(CourseError::OnePerson { kind: "poll.moved" }));
    let late = after(BALLOTS - 1, [moved(8, 9, 1)]);
    assert_eq!(late, Err(CourseError::Late { kind: "poll.moved", ended_by: "voting.opened" }));
    let early = after(DECK - 2, [moved(8, 9, 1)]);
    assert_eq!(early, Err(CourseError::Early { kind: "poll.moved", needs: "forms.sealed" }));
    // What was planned is where it was moved.
    let mut elsewhere = whole();
    let PollEvent::VotingOpened(opened) = voting() else { panic!("voting.opened") };
    let planned = Some(jiff::civil::date(2026, 12, 10));
    elsewhere[BALLOTS - 1] = VotingOpened { planned, quorum: Some(2), ..opened }.into();
    elsewhere.insert(DECK, moved(10, 11, 1));
    assert!(matches!(told(elsewhere), Err(CourseError::Contradiction(_))));
}

/// The beginning of a story.
fn told_until(events: Vec<PollEvent>) -> Result<(), CourseError> {
    let at = "2026-12-10T01:00:00Z".parse().expect("time");
    let mut course = Course::default();
    for (seq, event) in (0..).zip(events) {
        let actor = Arc::new(somebody(u8::try_from(100 + seq).expect("few")));
        course.accept(LogEntry { seq, at, actor, event, leaf: Digest::of(b"") })?;
    }
    Ok(())
}
