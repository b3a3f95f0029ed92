//! What the states refuse by their figures, and what they emit against the course that a verifier reads.

use std::sync::Arc;

use domain::audit::event::poll::BallotsHandedOver;
use domain::audit::{Course, LogEntry, LogEvent as _, PollEvent, SealedCounts};
use domain::ballot_account::{AccountFault, BallotAccount, IssuedPapers};
use domain::id::PollId;
use domain::opening::{Opening, OpeningFault};
use domain::poll::{LevelCounts, PollKind};
use domain::poll_state::{self, PollState, Refusal, Stage, StandingBatch, Transition};
use domain::presence::{HallFigures, PresenceChange, PresenceFault};
use domain::rules::RuleSet;
use domain::simulate::SeededStream;
use jiff::civil::date;

use crate::poll_state::{
    OUT, STEPS, WRITER, account, at, at_stage, by_two, close, commit, created, digest, forms, handed, issues, noted,
    opening, opens, pair, paper, plain, present, rules, somebody, standing, two,
};

#[test]
fn figures_that_cannot_be_right_are_refused_and_named() {
    let counting = || at_stage(Stage::Counting);
    let over = commit(counting(), "F1", 2, 13);
    assert_eq!(over, Err(Refusal::PapersOver { form: "F1".into(), papers: 25, returned: 24 }));
    assert_eq!(commit(counting(), "F3", 1, 10), Err(Refusal::UnknownForm("F3".into())));
    for present in [0, 25] {
        let opened = opens(at_stage(Stage::Zeroed), present, pair());
        assert_eq!(opened, Err(Refusal::Present { present, delegates: 24 }));
    }
    let voting = || at_stage(Stage::Voting);
    assert!(voting().record_ballots("F1".into(), account(23)).is_ok(), "again, until the last form's");
    let announced = voting().issue_ballots("F1".into(), OUT);
    assert_eq!(announced, Err(Refusal::IssuedStands("F1".into())));
    let other = voting().record_ballots("F2".into(), BallotAccount::plain(30, 23, 23));
    assert_eq!(other, Err(Refusal::IssuedDiffers { form: "F2".into(), announced: 24, issued: 23 }));
    let opened = || opens(at_stage(Stage::Zeroed), 24, pair()).expect("opened").state;
    let half = || opened().issue_ballots("F1".into(), OUT).expect("issued").state;
    assert_eq!(half().record_ballots("F1".into(), account(24)), Err(Refusal::NotIssued("F2".into())));
    assert_eq!(half().correct_issued("F1".into(), OUT, two()), Err(Refusal::NotIssued("F2".into())));
    assert_eq!(half().seal_unused(1, String::new()), Err(Refusal::NotIssued("F2".into())));
    assert!(half().issue_ballots("F1".into(), OUT).is_ok(), "again, until the last form's");
    let over = opened().issue_ballots("F1".into(), IssuedPapers { issued: 25, printed: 30 });
    let fault = AccountFault::OverPresent { issued: 25, present: 24 };
    assert_eq!(over, Err(Refusal::Account { form: "F1".into(), fault }));
    assert_eq!(voting().seal_unused(1, String::new()), Err(Refusal::BoxIsOpen("F1".into())));
    assert_eq!(issues(opened()).expect("issued").seal_unused(0, String::new()), Err(Refusal::NoPackets));
    // Another number went out: what came back of that form is written down again.
    let fewer = IssuedPapers { issued: 23, printed: 30 };
    let corrected = voting().correct_issued("F1".into(), fewer, two()).expect("corrected").state;
    let PollState::Voting(.., progress) = &corrected else { panic!("voting") };
    assert_eq!((progress[0].issued, progress[0].ballots), (Some(23), None));
    let more = voting().record_ballots("F2".into(), account(25));
    let fault = AccountFault::ReturnedOverIssued { returned: 25, issued: 24 };
    assert_eq!(more, Err(Refusal::Account { form: "F2".into(), fault }));
    let fewer = counting().correct_ballots("F1".into(), account(11), two());
    assert_eq!(fewer, Err(Refusal::PapersOver { form: "F1".into(), papers: 12, returned: 11 }));
    let none = counting().reopen_batch(StandingBatch { form: "F2".into(), ..standing(1) }, two());
    assert_eq!(none, Err(Refusal::NoBatch { form: "F2".into(), batch: 1 }));
    let mut wrong = opening("F1", 2, 12);
    wrong.counts.lines.push(LevelCounts::zero(PollKind::Confidence));
    assert!(matches!(
        counting().commit_batch(&wrong, plain(digest()), by_two()),
        Err(Refusal::Counts { batch: 2, .. })
    ));
    // An opening that was lost, and one of other figures: neither becomes a total.
    for openings in [vec![opening("F1", 1, 12)], vec![opening("F1", 1, 12), opening("F1", 2, 11)]] {
        let closed = commit(counting(), "F1", 2, 12).and_then(|step| close(step.state, &openings));
        assert_eq!(closed, Err(Refusal::Sealed("F1".into())));
    }
    let short = at_stage(Stage::Listed).seal_forms(forms()[..1].to_vec(), noted());
    assert_eq!(short, Err(Refusal::Forms("Khối hai".into())));
}

/// 16 of 24 are two thirds; the day is the 10th of December.
#[test]
fn the_vote_is_opened_without_quorum_or_on_another_day_only_with_a_reason() {
    let zeroed = || at_stage(Stage::Zeroed);
    let opened = opens(zeroed(), 16, pair()).expect("a quorum");
    let PollEvent::VotingOpened(told) = &opened.events[0] else { panic!("{:?}", opened.events) };
    assert_eq!((told.quorum, told.planned, &told.reason), (Some(16), Some(date(2026, 12, 10)), &None));

    let Err(Refusal::Opening(faults)) = opens(zeroed(), 15, pair()) else { panic!("opened by 15") };
    assert!(matches!(faults.as_slice(), [OpeningFault::Quorum { present: 15, delegates: 24, .. }]), "{faults:?}");
    let other_day = Opening { planned: Some(date(2026, 12, 9)), ..present(24) };
    let Err(Refusal::Opening(faults)) = zeroed().open_voting(&rules(), other_day.clone(), pair()) else {
        panic!("opened a day late")
    };
    assert!(matches!(faults.as_slice(), [OpeningFault::Day { .. }]), "{faults:?}");

    let said = Opening { reason: " Nghị quyết của kỳ họp ".into(), ..other_day };
    let opened = zeroed().open_voting(&rules(), said, pair()).expect("with a reason");
    let PollEvent::VotingOpened(told) = &opened.events[0] else { panic!("{:?}", opened.events) };
    assert_eq!(told.reason.as_deref(), Some("Nghị quyết của kỳ họp"));
    let idle = Opening { reason: "Không cần".into(), ..present(24) };
    let opened = zeroed().open_voting(&rules(), idle, pair()).expect("nothing stands against it");
    assert!(matches!(&opened.events[0], PollEvent::VotingOpened(told) if told.reason.is_none()));

    let foreign = RuleSet { id: "KHAC".into(), ..rules() };
    let refused = zeroed().open_voting(&foreign, present(24), pair());
    assert!(matches!(refused, Err(Refusal::Rules { .. })), "{refused:?}");
    let same = zeroed().move_day(date(2026, 12, 8), date(2026, 12, 8), two());
    assert_eq!(same, Err(Refusal::SameDay));
}

/// Of 24 delegates 22 opened the vote.
#[test]
fn who_comes_late_may_take_a_ballot_and_no_correction_goes_below_those_that_went_out() {
    let voting = || opens(at_stage(Stage::Zeroed), 22, pair()).expect("opened").state;
    let over = Refusal::Account { form: "F1".into(), fault: AccountFault::OverPresent { issued: 23, present: 22 } };
    let issued = IssuedPapers { issued: 23, printed: 30 };
    assert_eq!(voting().issue_ballots("F1".into(), issued), Err(over));
    let later = voting().change_presence(PresenceChange::Arrived, 1, "Đến muộn").expect("the 23rd");
    assert_eq!(later.events[0].kind(), "presence.changed");
    let recorded = later.state.issue_ballots("F1".into(), issued).expect("23 ballots").state;
    let figures = |attended| HallFigures { attended, now: 22, opened: 22 };
    let below = recorded.clone().correct_presence(figures(22), two());
    assert_eq!(below, Err(Refusal::AttendedUnderIssued { form: "F1".into(), issued: 23, attended: 22 }));
    assert!(recorded.correct_presence(figures(23), two()).is_ok());
    let silent = voting().change_presence(PresenceChange::Arrived, 1, " ");
    assert!(matches!(silent, Err(Refusal::NoReason(_))), "{silent:?}");
    let crowd = voting().change_presence(PresenceChange::Arrived, 3, "Đến muộn");
    let too_many = PresenceFault::TooMany { attended: 22, number: 3, delegates: 24 };
    assert_eq!(crowd, Err(Refusal::Hall(too_many)));
}

#[test]
fn ballots_are_handed_over_in_packets_from_somebody_to_somebody() {
    let minuted = || at_stage(Stage::Minuted);
    assert_eq!(minuted().hand_over(handed(0)), Err(Refusal::NoPackets));
    let nobody = BallotsHandedOver { received_by: " ".into(), ..handed(1) };
    assert_eq!(minuted().hand_over(nobody), Err(Refusal::NoHands));
    assert_eq!(minuted().hand_over(handed(1)).expect("handed").moment, None);
    let late = at_stage(Stage::Published).hand_over(handed(1)).expect("handed");
    assert_eq!(late.moment.map(|moment| moment.code()), Some("published"), "the head covers the whole log");
    assert_eq!(at_stage(Stage::Declared).propose_minutes(paper("a.pdf"), 0, somebody(1)), Err(Refusal::NoCopies));
}

/// Steps in any order, with figures that may be wrong: whatever the states let pass, a verifier accepts.
#[test]
fn a_verifier_accepts_every_course_that_the_states_allow() {
    let actor = Arc::new(somebody(WRITER));
    let proposer = Arc::new(somebody(1));
    let (mut published, mut cancelled) = (0, 0);
    for seed in 0..120 {
        let mut stream = SeededStream::new(seed, "a walk");
        let mut course = Course::default();
        let mut seq = 0;
        let mut tell = |events: Vec<PollEvent>| {
            for event in events {
                let writer = if event.kind() == "minutes.proposed" { &proposer } else { &actor };
                let entry = LogEntry { seq, at: at(), actor: Arc::clone(writer), event: event.clone(), leaf: digest() };
                course.accept(entry).unwrap_or_else(|e| panic!("seed {seed}: {event:?}: {e}"));
                seq += 1;
            }
        };
        let Transition { mut state, events, .. } =
            poll_state::create(PollId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]), created());
        tell(events);
        let mut openings: Vec<SealedCounts> = Vec::new();
        // The service lets the board choose once: it knows from the rules that the poll froze.
        let mut has_chosen = false;
        for _ in 0..2_500 {
            let form = if stream.below(2) == 0 { "F1" } else { "F2" };
            let (number, papers) = (stream.below(40), stream.below(14));
            let place = openings.iter().position(|o| o.form == form && o.batch == number);
            let taken = match stream.below(24) {
                0 => state.clone().record_ballots(form.into(), account(papers * 2)),
                1 | 2 if place.is_some() => continue,
                1 | 2 => commit(state.clone(), form, number, papers).inspect(|_| {
                    openings.push(opening(form, number, papers));
                }),
                3 => close(state.clone(), &openings),
                4 => match place {
                    None => continue,
                    Some(place) => {
                        let SealedCounts { form, batch, counts, .. } = &openings[place];
                        let (form, batch, papers) = (form.clone(), *batch, counts.papers);
                        let standing = StandingBatch { form, batch, commitment: digest(), papers };
                        state.clone().reopen_batch(standing, two()).inspect(|_| {
                            openings.remove(place);
                        })
                    }
                },
                6 => state.clone().issue_ballots(form.into(), OUT),
                7 => state.clone().seal_unused(papers, String::new()),
                5 if stream.below(4) == 0 => state.clone().correct_ballots(form.into(), account(papers * 2), two()),
                _ => {
                    let steps = u32::try_from(STEPS.len()).expect("few");
                    let (name, step, _) = STEPS[usize::try_from(stream.below(steps)).expect("small")];
                    let is_rare = name == "cancel" && stream.below(200) > 0;
                    let is_own =
                        ["commit_batch", "reopen_batch", "close_counting", "recount_line", "move_day"].contains(&name);
                    let is_made_up =
                        name.starts_with("record_ballots (not") || ["issue_ballots", "seal_unused"].contains(&name);
                    let is_again = name == "choose_bad_line" && has_chosen;
                    if is_own || is_rare || is_made_up || is_again {
                        continue;
                    }
                    step(state.clone())
                }
            };
            if let Ok(step) = taken {
                let is_choice = |e: &PollEvent| matches!(e, PollEvent::RulesFrozen(told) if told.bad_line.is_some());
                has_chosen |= step.events.iter().any(is_choice);
                tell(step.events);
                state = step.state;
            }
        }
        published += u32::from(matches!(state.stage(), Stage::Published | Stage::Archived));
        cancelled += u32::from(state.stage() == Stage::Cancelled);
    }
    assert!(published > 20 && cancelled > 3, "{published} walks arrived, {cancelled} were called off");
}
