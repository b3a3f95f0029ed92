//! Every state of a poll against every step, and what the states emit against the course that a verifier reads.

use std::sync::Arc;

use tinnhiem::domain::audit::event::poll::{
    CouncilLogNoted, FileHash, ListedOfficial, PaperIssued, PollAmended, PollCreated, SealedForm,
};
use tinnhiem::domain::audit::{Actor, Course, Digest, Entry, Nonce, Opening, PollEvent, UtcTime};
use tinnhiem::domain::count::BatchCounts;
use tinnhiem::domain::id::PollId;
use tinnhiem::domain::poll::{LevelCounts, PollKind};
use tinnhiem::domain::poll_state::{self, PollState, Refusal, Stage, Step};
use tinnhiem::domain::role::Role;
use tinnhiem::domain::roster::{Teller, TellerRole};
use tinnhiem::domain::simulate::SeededStream;

type Taken = Result<Step, Refusal>;

fn digest() -> Digest {
    Digest::of(b"mau")
}

fn at() -> UtcTime {
    "2026-12-10T01:00:00Z".parse().expect("time")
}

pub fn created() -> PollCreated {
    PollCreated {
        council: "Hội đồng mẫu".into(),
        delegates: 24,
        kind: PollKind::Confidence,
        rehearsal: true,
        ruleset: "MAU".into(),
        ruleset_sha256: digest(),
        simulated: true,
        sitting: "Kỳ họp mẫu".into(),
    }
}

pub fn listed() -> Vec<ListedOfficial> {
    [("Khối một", "A"), ("Khối hai", "B")]
        .map(|(block, name)| ListedOfficial { block: block.into(), name: name.into(), posts: "Ủy viên".into() })
        .into()
}

pub fn board() -> Vec<Teller> {
    [("C", TellerRole::Head), ("D", TellerRole::Member)].map(|(name, role)| Teller { name: name.into(), role }).into()
}

pub fn forms() -> Vec<SealedForm> {
    [("Khối một", "F1"), ("Khối hai", "F2")]
        .map(|(block, id)| SealedForm {
            block: block.into(),
            id: id.into(),
            lines: 1,
            sha256: Digest::of(id.as_bytes()),
            sheets: 1,
        })
        .into()
}

pub fn counts(papers: u32) -> BatchCounts {
    let line = LevelCounts::Confidence { confidence: papers, no_confidence: 0 };
    BatchCounts { papers, lines: vec![line], ..BatchCounts::default() }
}

pub fn paper(name: &str) -> PaperIssued {
    PaperIssued { name: name.into(), pages: 1, sha256: digest() }
}

fn noted() -> CouncilLogNoted {
    CouncilLogNoted { origin: "tinnhiem/mau".into(), root: digest(), size: 3 }
}

fn opening(form: &str, batch: u32, papers: u32) -> Opening {
    Opening { batch, counts: counts(papers), form: form.into(), nonce: Nonce::from_bytes([1; 32]) }
}

fn commit(state: PollState, form: &str, batch: u32, papers: u32) -> Taken {
    state.commit_batch(&opening(form, batch, papers), digest())
}

fn close(state: PollState, openings: &[Opening]) -> Taken {
    state.close()?.total(openings)
}

/// A poll at each stage; the one that is voting has half of its first form counted.
fn at_stage(stage: Stage) -> PollState {
    let go = |step: Taken| step.expect("the straight way").state;
    let mut state = poll_state::create(PollId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]), created()).state;
    let way: [fn(PollState) -> Taken; 7] = [
        |s| s.decide_list(listed(), "31/NQ-HĐND".into()),
        |s| s.seal_forms(forms(), noted()),
        |s| {
            let open = s.open_voting(at())?.state;
            commit(open.record_returned("F1".into(), 24, 24)?.state, "F1", 1, 12)
        },
        |s| {
            let counted = commit(s, "F1", 2, 12)?.state.record_returned("F2".into(), 24, 0)?.state;
            close(counted, &[opening("F1", 1, 12), opening("F1", 2, 12)])
        },
        |s| s.declare_result(digest()),
        |s| s.issue_minutes(paper("minutes.pdf")),
        PollState::publish,
    ];
    for step in &way[..Stage::ALL.iter().position(|s| *s == stage).expect("a stage")] {
        state = go(step(state));
    }
    assert_eq!(state.stage(), stage);
    state
}

/// A step, with the stages in which it may be taken.
type Case = (&'static str, fn(PollState) -> Taken, &'static [Stage]);

/// Each step.
const STEPS: &[Case] = &[
    ("decide_list", |s| s.decide_list(listed(), "31/NQ-HĐND".into()), &[Stage::Created]),
    (
        "amend",
        |s| s.amend(PollAmended { delegates: 25, sitting: "Kỳ họp khác".into() }),
        &[Stage::Created, Stage::Listed],
    ),
    ("appoint_board", |s| s.appoint_board(board(), "32/NQ-HĐND".into()), &[Stage::Listed]),
    (
        "release_dossiers",
        |s| s.release_dossiers(vec![FileHash { name: "a.pdf".into(), sha256: digest() }], noted()),
        &[Stage::Created, Stage::Listed, Stage::Sealed],
    ),
    ("seal_forms", |s| s.seal_forms(forms(), noted()), &[Stage::Listed]),
    ("open_voting", |s| s.open_voting(at()), &[Stage::Sealed]),
    ("record_returned", |s| s.record_returned("F2".into(), 24, 20), &[Stage::Voting]),
    ("commit_batch", |s| commit(s, "F1", 2, 12), &[Stage::Voting]),
    (
        "close_counting",
        |s| {
            let counted = commit(s, "F1", 2, 12)?.state.record_returned("F2".into(), 24, 0)?.state;
            close(counted, &[opening("F1", 1, 12), opening("F1", 2, 12)])
        },
        &[Stage::Voting],
    ),
    ("declare_result", |s| s.declare_result(digest()), &[Stage::Closed]),
    ("issue_minutes", |s| s.issue_minutes(paper("minutes.pdf")), &[Stage::Declared]),
    (
        "issue_paper",
        |s| s.issue_paper(paper("list.pdf")),
        &[Stage::Created, Stage::Listed, Stage::Sealed, Stage::Voting, Stage::Closed, Stage::Declared, Stage::Minuted],
    ),
    ("publish", PollState::publish, &[Stage::Minuted]),
];

#[test]
fn every_step_is_taken_at_its_stages_and_refused_at_all_others() {
    for (name, step, stages) in STEPS {
        for stage in Stage::ALL {
            match step(at_stage(stage)) {
                Ok(_) => assert!(stages.contains(&stage), "{name} at {stage:?} was taken"),
                Err(Refusal::NotNow { stage: told, .. }) => {
                    assert_eq!(told, stage, "{name}");
                    assert!(!stages.contains(&stage), "{name} at {stage:?} was refused");
                }
                Err(other) => panic!("{name} at {stage:?}: {other}"),
            }
        }
    }
}

#[test]
fn sealed_figures_may_be_opened_from_the_close_on_and_not_before() {
    for stage in Stage::ALL {
        assert_eq!(at_stage(stage).may_open().is_some(), stage >= Stage::Closed, "{stage:?}");
    }
    let Err(Refusal::Unfinished { form, papers, returned }) = at_stage(Stage::Voting).close() else { panic!("closed") };
    assert_eq!((form.as_str(), papers, returned), ("F1", 12, 24));
}

#[test]
fn figures_that_cannot_be_right_are_refused_and_named() {
    let voting = || at_stage(Stage::Voting);
    let over = commit(voting(), "F1", 2, 13);
    assert_eq!(over, Err(Refusal::PapersOver { form: "F1".into(), papers: 25, returned: 24 }));
    assert_eq!(commit(voting(), "F2", 1, 10), Err(Refusal::NotReturned("F2".into())));
    assert_eq!(commit(voting(), "F3", 1, 10), Err(Refusal::UnknownForm("F3".into())));
    let again = voting().record_returned("F1".into(), 24, 24);
    assert_eq!(again, Err(Refusal::AlreadyReturned("F1".into())));
    let more = voting().record_returned("F2".into(), 24, 25);
    assert_eq!(more, Err(Refusal::ReturnedOverIssued { form: "F2".into(), issued: 24, returned: 25 }));
    let mut wrong = opening("F1", 2, 12);
    wrong.counts.lines.push(LevelCounts::zero(PollKind::Confidence));
    assert!(matches!(voting().commit_batch(&wrong, digest()), Err(Refusal::Counts { batch: 2, .. })));
    // An opening that was lost, and one of other figures: neither becomes a total.
    for openings in [vec![opening("F1", 1, 12)], vec![opening("F1", 1, 12), opening("F1", 2, 11)]] {
        let counted = commit(voting(), "F1", 2, 12).and_then(|s| s.state.record_returned("F2".into(), 24, 0));
        let closed = counted.and_then(|step| close(step.state, &openings));
        assert_eq!(closed, Err(Refusal::Sealed("F1".into())));
    }
    let short = at_stage(Stage::Listed).seal_forms(forms()[..1].to_vec(), noted());
    assert_eq!(short, Err(Refusal::Forms("Khối hai".into())));
}

/// Steps in any order, with figures that may be wrong: whatever the states let pass, a verifier accepts.
#[test]
fn a_verifier_accepts_every_course_that_the_states_allow() {
    let actor = Arc::new(Actor { account: None, name: "A".into(), role: Role::Program });
    let mut finished = 0;
    for seed in 0..200 {
        let mut stream = SeededStream::new(seed, "a walk");
        let mut course = Course::default();
        let mut seq = 0;
        let mut tell = |events: Vec<PollEvent>| {
            for event in events {
                let entry = Entry { seq, at: at(), actor: Arc::clone(&actor), event: event.clone(), leaf: digest() };
                course.accept(entry).unwrap_or_else(|e| panic!("seed {seed}: {event:?}: {e}"));
                seq += 1;
            }
        };
        let Step { mut state, events, .. } =
            poll_state::create(PollId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]), created());
        tell(events);
        let mut openings: Vec<Opening> = Vec::new();
        for _ in 0..700 {
            let form = if stream.below(2) == 0 { "F1" } else { "F2" };
            let (number, papers) = (stream.below(40), stream.below(14));
            let taken = match stream.below(7) {
                0 => state.clone().record_returned(form.into(), 24, papers * 2),
                1 | 2 if openings.iter().any(|o| o.form == form && o.batch == number) => continue,
                1 | 2 => commit(state.clone(), form, number, papers).inspect(|_| {
                    openings.push(opening(form, number, papers));
                }),
                3 => close(state.clone(), &openings),
                _ => {
                    let steps = u32::try_from(STEPS.len()).expect("few");
                    let (name, step, _) = STEPS[usize::try_from(stream.below(steps)).expect("small")];
                    if ["commit_batch", "close_counting"].contains(&name) { continue } else { step(state.clone()) }
                }
            };
            if let Ok(step) = taken {
                tell(step.events);
                state = step.state;
            }
        }
        finished += u32::from(state.stage() == Stage::Published);
    }
    assert!(finished > 20, "only {finished} walks arrived: they show nothing");
}
