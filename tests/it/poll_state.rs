//! Every state of a poll against every step, the diagram that these draw, and what the states emit against the course
//! that a verifier reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;
use std::{env, fs};

use domain::audit::course::{Committed, FormCourse};
use domain::audit::event::poll::{
    BallotsHandedOver, CouncilLogNoted, DeckForm, FileHash, ListedOfficial, PaperIssued, PollAmended, PollCreated,
    SealedForm, Stands,
};
use domain::audit::{Actor, Binding, Digest, LogEvent as _, Nonce, PollEvent, SealedCounts, UtcTime};
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::batch::{ReadTwice, Reader};
use domain::count::BatchCounts;
use domain::id::{AccountId, PollId};
use domain::opening::Opening;
use domain::poll::{LevelCounts, PollKind};
use domain::poll_state::{
    self, CountLog, LineRecount, Pair, PollState, Refusal, Stage, StandingBatch, Transition, TwoPeople,
};
use domain::presence::{HallFigures, PresenceChange};
use domain::role::Role;
use domain::roster::{Teller, TellerRole};
use domain::rules::{BadLineCosts, RuleSet, builtin};
use domain::shares::Shares;
use domain::signing::{Signatures, SigningFault};
use jiff::civil::date;

pub type Taken = Result<Transition, Refusal>;

pub fn digest() -> Digest {
    Digest::of(b"mau")
}

pub fn at() -> UtcTime {
    "2026-12-10T01:00:00Z".parse().expect("time")
}

pub fn created() -> PollCreated {
    PollCreated {
        again_of: None,
        program: None,
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
    [("C", TellerRole::Head), ("D", TellerRole::Member)]
        .map(|(name, role)| Teller { account: None, name: name.into(), role })
        .into()
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

pub fn noted() -> CouncilLogNoted {
    CouncilLogNoted { origin: "tinnhiem/mau".into(), root: digest(), size: 3 }
}

pub fn opening(form: &str, batch: u32, papers: u32) -> SealedCounts {
    SealedCounts { batch, counts: counts(papers), form: form.into(), nonce: Nonce::from_bytes([1; 32]) }
}

/// Somebody by the last byte of an account.
pub fn somebody(number: u8) -> Actor {
    let mut chance = [0; 10];
    chance[9] = number;
    let account = AccountId::new(jiff::Timestamp::UNIX_EPOCH, &chance);
    Actor { account: Some(account), name: format!("Người {number}"), role: Role::Leader }
}

/// Writes every entry, and proposes nothing.
pub const WRITER: u8 = 9;

/// Two people.
pub fn pair() -> Pair {
    Pair::new(somebody(1), somebody(WRITER))
}

/// Two people with a reason.
pub fn two() -> TwoPeople {
    pair().because("Lý do")
}

/// A rule set with thresholds and a resolution, by the name that [`created`] gives.
pub fn rules() -> RuleSet {
    static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
        let found = builtin().expect("carried").into_iter().find(|set| set.id == "NQ96-2023-QH15");
        RuleSet { id: created().ruleset, ..found.expect("id") }
    });
    RULES.clone()
}

/// A deck of 5 papers for each form, of which the second gave `counted`.
pub fn decks(counted: u32) -> Vec<DeckForm> {
    let deck = |(form, papers): (&str, u32)| DeckForm {
        counted: counts(papers),
        expected: counts(5),
        form: form.into(),
        papers: None,
    };
    [("F1", 5), ("F2", counted)].map(deck).into()
}

/// Of 30 printed papers all delegates but one took one, and `returned` came back.
pub fn account(returned: u32) -> BallotAccount {
    BallotAccount::plain(30, 24, returned)
}

pub fn standing(batch: u32) -> StandingBatch {
    StandingBatch { form: "F1".into(), batch, commitment: digest(), papers: 12 }
}

/// Two people count the line of the first form again and find `no_confidence`.
pub fn again(no_confidence: u32) -> LineRecount {
    LineRecount {
        form: "F1".into(),
        line: 1,
        counts: LevelCounts::Confidence { confidence: 24 - no_confidence, no_confidence },
        stands: Stands::Recounted,
        reason: "Đọc lại từng phiếu".into(),
        readers: by_two().readers,
    }
}

/// C and D read, and differed once.
pub fn by_two() -> ReadTwice {
    ReadTwice { readers: ["C", "D"].map(reader), earlier: Vec::new(), reread: 1, decided: 0 }
}

pub fn handed(packets: u32) -> BallotsHandedOver {
    let [received_by, sealed_by] = ["Phòng Lưu trữ", "C"].map(str::to_owned);
    BallotsHandedOver { note: String::new(), packets, received_by, sealed_by }
}

pub fn reader(name: &str) -> Reader {
    Reader { account: None, name: name.into() }
}

pub fn commit(state: PollState, form: &str, batch: u32, papers: u32) -> Taken {
    state.commit_batch(&opening(form, batch, papers), plain(digest()), by_two())
}

pub fn present(present: u32) -> Opening {
    Opening { at: at(), planned: Some(date(2026, 12, 10)), present, reason: String::new() }
}

pub fn opens(state: PollState, present: u32, pair: Pair) -> Taken {
    state.open_voting(&rules(), self::present(present), pair)
}

pub const OUT: IssuedPapers = IssuedPapers { issued: 24, printed: 30 };

/// Ballots of both forms are out.
pub fn issues(state: PollState) -> Result<PollState, Refusal> {
    Ok(state.issue_ballots("F1".into(), OUT)?.state.issue_ballots("F2".into(), OUT)?.state)
}

/// A commitment of the older kind, which no sum is made of.
pub const fn plain(commitment: Digest) -> Binding {
    Binding { commitment, commitments: None }
}

/// What a log says of forms whose batches these are.
pub fn told(forms: Vec<SealedForm>, openings: &[SealedCounts]) -> Vec<FormCourse> {
    let course = |form: SealedForm| {
        let own = openings.iter().filter(|opening| opening.form == form.id);
        let committed =
            |o: &SealedCounts| Committed { commitment: digest(), commitments: None, papers: o.counts.papers };
        let batches = own.map(|opening| (opening.batch, committed(opening))).collect();
        FormCourse { form, issued: None, returned: None, batches, reopened: Vec::new() }
    };
    forms.into_iter().map(course).collect()
}

pub fn close(state: PollState, openings: &[SealedCounts]) -> Taken {
    closed_by(state, openings, pair())
}

fn closed_by(state: PollState, openings: &[SealedCounts], pair: Pair) -> Taken {
    let told = told(forms(), openings);
    state
        .close()?
        .add_up(openings, &CountLog { origin: "tinnhiem/mau", forms: &told, reasons: &[] })?
        .close(pair, Shares::default().closers(None)?)
}

/// What a close takes long for is done before the transaction that writes, which uses it as long as nothing changed.
#[test]
fn sums_are_of_the_count_and_the_log_that_they_were_added_up_from() {
    let openings = [opening("F1", 1, 12), opening("F1", 2, 12)];
    let counted = |papers| commit(at_stage(Stage::Counting), "F1", 2, papers).expect("a pile").state;
    let closing = counted(12).close().expect("complete");
    let told = told(forms(), &openings);
    let log = CountLog { origin: "tinnhiem/mau", forms: &told, reasons: &[] };
    let added = closing.clone().add_up(&openings, &log).expect("sums");
    assert!(added.is_of(&closing, &log));
    let mut committed_anew = told.clone();
    committed_anew[0].batches.get_mut(&2).expect("batch").commitment = Digest::of(b"x");
    let mut opened_otherwise = told.clone();
    opened_otherwise[0].issued = Some(1);
    for other in [
        CountLog { forms: &committed_anew, ..log },
        CountLog { forms: &opened_otherwise, ..log },
        CountLog { forms: &told[..1], ..log },
        CountLog { origin: "tinnhiem/khac", ..log },
        CountLog { reasons: &["no_seal"], ..log },
    ] {
        assert!(!added.is_of(&closing, &other), "{other:?}");
    }
    let state = counted(11);
    assert!(state.clone().close().is_err(), "a paper is in no pile");
    let other = commit(state, "F1", 3, 1).expect("a pile").state.close().expect("complete");
    assert!(!added.is_of(&other, &log), "in other piles");
}

/// Counts the second half of the first form and closes.
fn finish(state: PollState) -> Taken {
    close(commit(state, "F1", 2, 12)?.state, &[opening("F1", 1, 12), opening("F1", 2, 12)])
}

/// A poll at each stage; the one that is voting has its first form back, and of the one that is counted half is in.
pub fn at_stage(stage: Stage) -> PollState {
    staged(stage, created())
}

pub fn staged(stage: Stage, created: PollCreated) -> PollState {
    let go = |step: Taken| step.expect("the straight way").state;
    let mut state = poll_state::create(PollId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]), created).state;
    if stage == Stage::Cancelled {
        return go(state.cancel(two()));
    }
    if stage == Stage::Waived {
        return go(staged(Stage::Sealed, state.poll().created.clone()).waive_deck(two()));
    }
    let way: [fn(PollState) -> Taken; 13] = [
        |s| s.decide_list(listed(), "31/NQ-HĐND".into())?.state.appoint_board(board(), "32/NQ-HĐND".into()),
        |s| s.seal_forms(forms(), noted()),
        |s| s.count_deck(decks(5)),
        PollState::report_zero,
        |s| issues(opens(s, 24, pair())?.state)?.record_ballots("F1".into(), account(24)),
        |s| commit(s.record_ballots("F2".into(), account(0))?.state, "F1", 1, 12),
        finish,
        |s| s.declare_result(&rules(), digest(), pair()),
        |s| s.propose_minutes(paper("minutes.pdf"), 3, somebody(1)),
        |s| s.sign_minutes(&board(), digest(), board().into(), &somebody(WRITER)),
        |s| s.confirm_result(paper("resolution.pdf"), "35/NQ-HĐND".into(), pair()),
        |s| s.publish(&rules(), at(), pair()),
        |s| s.archive("Kho lưu trữ".into(), pair()),
    ];
    let straight = Stage::ALL.into_iter().filter(|other| *other != Stage::Waived);
    for step in &way[..straight.into_iter().position(|s| s == stage).expect("a stage")] {
        state = go(step(state));
    }
    assert_eq!(state.stage(), stage);
    state
}

/// A step, with the stages in which it may be taken.
pub type Case = (&'static str, fn(PollState) -> Taken, &'static [Stage]);

/// Each step; the way of the day first, then what bends it.
pub const STEPS: &[Case] = &[
    ("decide_list", |s| s.decide_list(listed(), "31/NQ-HĐND".into()), &[Stage::Created]),
    (
        "amend",
        |s| s.amend(PollAmended { delegates: 25, sitting: "Kỳ họp khác".into() }),
        &[Stage::Created, Stage::Listed],
    ),
    ("freeze_rules", |s| s.freeze_rules(digest(), pair()), &[Stage::Created, Stage::Listed]),
    ("choose_bad_line", |s| s.choose_bad_line(BadLineCosts::Ballot, digest(), pair()), &[Stage::Listed]),
    ("appoint_board", |s| s.appoint_board(board(), "32/NQ-HĐND".into()), &[Stage::Listed]),
    (
        "release_dossiers",
        |s| s.release_dossiers(vec![FileHash { name: "a.pdf".into(), sha256: digest() }], noted()),
        &[Stage::Created, Stage::Listed, Stage::Sealed, Stage::Tested, Stage::Waived, Stage::Zeroed],
    ),
    ("seal_forms", |s| s.seal_forms(forms(), noted()), &[Stage::Listed]),
    ("count_deck (passes)", |s| s.count_deck(decks(5)), &[Stage::Sealed, Stage::Tested, Stage::Waived]),
    ("count_deck (fails)", |s| s.count_deck(decks(4)), &[Stage::Sealed, Stage::Tested, Stage::Waived]),
    ("waive_deck", |s| s.waive_deck(two()), &[Stage::Sealed, Stage::Tested, Stage::Waived]),
    ("report_zero", PollState::report_zero, &[Stage::Tested, Stage::Waived]),
    (
        "move_day",
        |s| s.move_day(date(2026, 12, 8), date(2026, 12, 10), two()),
        &[Stage::Sealed, Stage::Tested, Stage::Waived, Stage::Zeroed],
    ),
    ("open_voting", |s| opens(s, 24, pair()), &[Stage::Zeroed]),
    (
        "change_presence",
        |s| s.change_presence(PresenceChange::Left, 1, "Đi công tác"),
        &[Stage::Voting, Stage::Counting],
    ),
    (
        "correct_presence",
        |s| s.correct_presence(HallFigures { attended: 24, now: 24, opened: 23 }, two()),
        &[Stage::Voting, Stage::Counting],
    ),
    (
        "issue_ballots",
        |s| match s {
            PollState::Voting(poll, hall, mut forms) => {
                forms.iter_mut().for_each(|form| (form.issued, form.ballots) = (None, None));
                PollState::Voting(poll, hall, forms).issue_ballots("F1".into(), OUT)
            }
            other => other.issue_ballots("F1".into(), OUT),
        },
        &[Stage::Voting],
    ),
    ("correct_issued", |s| s.correct_issued("F2".into(), OUT, two()), &[Stage::Voting]),
    (
        "seal_unused",
        |s| match s {
            PollState::Voting(poll, hall, mut forms) => {
                forms.iter_mut().for_each(|form| form.ballots = None);
                PollState::Voting(poll, hall, forms).seal_unused(2, String::new())
            }
            other => other.seal_unused(2, String::new()),
        },
        &[Stage::Voting],
    ),
    (
        "record_ballots (not the last form)",
        |s| match s {
            PollState::Voting(poll, hall, mut forms) => {
                forms.iter_mut().for_each(|form| form.ballots = None);
                PollState::Voting(poll, hall, forms).record_ballots("F1".into(), account(24))
            }
            other => other.record_ballots("F1".into(), account(24)),
        },
        &[Stage::Voting],
    ),
    ("record_ballots (last form)", |s| s.record_ballots("F2".into(), account(20)), &[Stage::Voting]),
    ("correct_ballots", |s| s.correct_ballots("F2".into(), account(1), two()), &[Stage::Counting]),
    ("commit_batch", |s| commit(s, "F1", 2, 12), &[Stage::Counting]),
    ("reopen_batch", |s| s.reopen_batch(standing(1), two()), &[Stage::Counting]),
    ("close_counting", finish, &[Stage::Counting]),
    ("order_recount", |s| s.order_recount("F1".into(), 1, two()), &[Stage::Closed]),
    (
        "recount_line",
        |s| s.order_recount("F1".into(), 1, two())?.state.recount_line(&rules(), again(0), None),
        &[Stage::Closed],
    ),
    ("declare_result", |s| s.declare_result(&rules(), digest(), pair()), &[Stage::Closed]),
    (
        "propose_minutes",
        |s| s.propose_minutes(paper("minutes.pdf"), 3, somebody(1)),
        &[Stage::Declared, Stage::Proposed],
    ),
    ("sign_minutes", |s| s.sign_minutes(&board(), digest(), board().into(), &somebody(WRITER)), &[Stage::Proposed]),
    ("reopen_minutes", |s| s.reopen_minutes(two()), &[Stage::Minuted]),
    (
        "hand_over",
        |s| s.hand_over(handed(4)),
        &[Stage::Declared, Stage::Proposed, Stage::Minuted, Stage::Confirmed, Stage::Published],
    ),
    ("confirm_result", |s| s.confirm_result(paper("resolution.pdf"), "35/NQ-HĐND".into(), pair()), &[Stage::Minuted]),
    (
        "publish (from minuted only where the rules know no resolution)",
        |s| s.publish(&RuleSet { resolution: None, ..rules() }, at(), pair()),
        &[Stage::Minuted, Stage::Confirmed],
    ),
    ("archive", |s| s.archive("Kho lưu trữ".into(), pair()), &[Stage::Published]),
    (
        "issue_corrigendum",
        |s| s.issue_corrigendum(paper("dinh-chinh.pdf"), two()),
        &[Stage::Published, Stage::Archived],
    ),
    (
        "issue_paper",
        |s| s.issue_paper(paper("list.pdf")),
        &[
            Stage::Created,
            Stage::Listed,
            Stage::Sealed,
            Stage::Tested,
            Stage::Waived,
            Stage::Zeroed,
            Stage::Voting,
            Stage::Counting,
            Stage::Closed,
            Stage::Declared,
            Stage::Proposed,
            Stage::Minuted,
            Stage::Confirmed,
        ],
    ),
    (
        "cancel",
        |s| s.cancel(two()),
        &[
            Stage::Created,
            Stage::Listed,
            Stage::Sealed,
            Stage::Tested,
            Stage::Waived,
            Stage::Zeroed,
            Stage::Voting,
            Stage::Counting,
            Stage::Closed,
        ],
    ),
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

/// The diagram that the steps draw: an arrow for every step that changes the stage, and what a stage lets happen without
/// leaving it.
fn diagram() -> String {
    let mut arrows = String::new();
    let mut stays: BTreeMap<Stage, Vec<&str>> = BTreeMap::new();
    for (name, step, _) in STEPS {
        for stage in Stage::ALL {
            let Ok(taken) = step(at_stage(stage)) else { continue };
            let to = taken.state.stage();
            if to == stage {
                stays.entry(stage).or_default().push(name);
            } else {
                let kinds: Vec<&str> = taken.events.iter().map(PollEvent::kind).collect();
                let head = taken.moment.map_or_else(String::new, |moment| format!(" [{}]", moment.code()));
                let kinds = kinds.join(", ");
                writeln!(arrows, "    {} --> {}: {name} ({kinds}){head}", stage.code(), to.code()).expect("text");
            }
        }
    }
    let mut text = String::from("# States of a poll\n\n");
    text += "An arrow names the step, the entries that it writes, and in brackets the moment whose head is signed.\n\n";
    text += "```mermaid\nstateDiagram-v2\n";
    for stage in Stage::ALL {
        writeln!(text, "    {}: {}", stage.code(), stage.label()).expect("text");
    }
    write!(text, "    [*] --> created: create (poll.created)\n{arrows}").expect("text");
    text += "    archived --> [*]\n    cancelled --> [*]\n```\n\n| state | steps that keep it |\n|---|---|\n";
    for (stage, names) in stays {
        writeln!(text, "| `{}` | {} |", stage.code(), names.join(", ")).expect("text");
    }
    text
}

#[test]
fn the_diagram_of_states_is_up_to_date() {
    let text = diagram();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/poll_state/STATES.md");
    if env::var("TINNHIEM_EVENTS").is_ok_and(|wish| wish == "write") {
        fs::write(&path, &text).expect("diagram");
    }
    let kept = fs::read_to_string(&path).expect("diagram");
    assert!(kept == text, "src/domain/poll_state/STATES.md is out of date; run this test with TINNHIEM_EVENTS=write");
}

#[test]
fn a_refusal_names_the_stage_and_what_to_do() {
    for stage in Stage::ALL {
        for (name, step, stages) in STEPS.iter().filter(|(.., stages)| !stages.contains(&stage)) {
            let refusal = step(at_stage(stage)).expect_err(name).to_string();
            assert!(refusal.contains(stage.label()) && refusal.contains("; hãy "), "{name} of {stages:?}: {refusal}");
        }
    }
}

#[test]
fn sealed_figures_may_be_opened_from_the_close_on_and_not_before() {
    for stage in Stage::ALL {
        let opens = stage >= Stage::Closed && stage != Stage::Cancelled;
        assert_eq!(at_stage(stage).may_open().is_some(), opens, "{stage:?}");
    }
    let Err(Refusal::Unfinished { form, papers, returned }) = at_stage(Stage::Counting).close() else {
        panic!("closed")
    };
    assert_eq!((form.as_str(), papers, returned), ("F1", 12, 24));
}

#[test]
fn a_deck_of_every_form_has_to_pass_and_one_that_fails_takes_the_test_back() {
    let sealed = || at_stage(Stage::Sealed);
    let failed = at_stage(Stage::Tested).count_deck(decks(4)).expect("counted");
    assert_eq!((failed.state.stage(), failed.events.len()), (Stage::Sealed, 1), "it leaves its trace");
    // Form by form, in any order of days: the test is over when the last of each has passed.
    let one = |form: usize, counted: u32| vec![decks(counted)[form].clone()];
    let tries = |state: PollState, decks: Vec<DeckForm>| state.count_deck(decks).expect("counted").state;
    let second = tries(tries(sealed(), one(1, 4)), one(0, 5));
    assert_eq!(second.stage(), Stage::Sealed, "one of two");
    assert_eq!(tries(second, one(1, 5)).stage(), Stage::Tested, "the one that failed is tried alone");
    let waived = at_stage(Stage::Tested).waive_deck(two()).expect("nobody needs it").state;
    assert_eq!(waived.stage(), Stage::Tested, "what passed is not called waived");
    let waived = sealed().waive_deck(two()).expect("waived").state;
    assert_eq!(waived.stage(), Stage::Waived);
    let first = tries(waived.clone(), one(0, 5));
    assert_eq!(first.stage(), Stage::Waived);
    assert_eq!(tries(first.clone(), one(1, 5)).stage(), Stage::Tested);
    assert_eq!(tries(first, one(1, 4)).stage(), Stage::Sealed, "a deck that fails takes the waiver back");
    assert_eq!(sealed().count_deck(Vec::new()), Err(Refusal::NoDeck));
    let turned = decks(5).into_iter().rev().collect();
    assert_eq!(sealed().count_deck(turned), Err(Refusal::Deck("F1".into())), "in the order of the forms");
    let mut extra = decks(5);
    extra.push(DeckForm { form: "F3".into(), ..extra[0].clone() });
    assert_eq!(sealed().count_deck(extra), Err(Refusal::UnknownForm("F3".into())));
    let PollState::Tested(poll, mut stored, trials) = at_stage(Stage::Tested) else { panic!("tested") };
    stored[1].papers = 1;
    assert_eq!(PollState::Tested(poll, stored, trials).report_zero(), Err(Refusal::NotZero("F2".into())));
}

type StepOfTwo = fn(PollState, TwoPeople) -> Taken;
type StepOfPair = fn(PollState, Pair) -> Taken;

#[test]
fn one_person_alone_takes_no_step_of_two_and_nobody_without_a_reason() {
    let real = |stage| staged(stage, PollCreated { rehearsal: false, ..created() });
    let program = || Actor { account: None, name: "tinnhiem".into(), role: Role::Program };
    let steps: [(Stage, StepOfTwo); 9] = [
        (Stage::Sealed, |s, two| s.waive_deck(two)),
        (Stage::Zeroed, |s, two| s.move_day(date(2026, 12, 8), date(2026, 12, 10), two)),
        (Stage::Voting, |s, two| s.correct_presence(HallFigures { attended: 24, now: 24, opened: 23 }, two)),
        (Stage::Voting, |s, two| s.correct_issued("F2".into(), OUT, two)),
        (Stage::Counting, |s, two| s.correct_ballots("F2".into(), account(1), two)),
        (Stage::Counting, |s, two| s.reopen_batch(standing(1), two)),
        (Stage::Closed, |s, two| s.cancel(two)),
        (Stage::Minuted, |s, two| s.reopen_minutes(two)),
        (Stage::Published, |s, two| s.issue_corrigendum(paper("dinh-chinh.pdf"), two)),
    ];
    for (stage, step) in steps {
        let alone = || Pair::new(somebody(1), somebody(1)).because("Lý do");
        assert_eq!(step(real(stage), alone()), Err(Refusal::OnePerson), "{stage:?}");
        assert_eq!(step(at_stage(stage), alone()), Err(Refusal::OnePerson), "in a rehearsal too");
        let silent = step(real(stage), Pair::new(somebody(1), somebody(2)).because(" "));
        assert!(matches!(silent, Err(Refusal::NoReason(_))), "{stage:?}: {silent:?}");
        // Where a rehearsal names nobody, the program stands for everybody; on a real day it never does.
        let machine = || Pair::new(program(), program()).because("Diễn tập");
        assert_eq!(step(real(stage), machine()), Err(Refusal::OnePerson));
        assert!(step(at_stage(stage), machine()).is_ok());
    }
    let steps: [(Stage, StepOfPair); 6] = [
        (Stage::Zeroed, |s, pair| opens(s, 24, pair)),
        (Stage::Counting, |s, pair| {
            let state = commit(s, "F1", 2, 12)?.state;
            closed_by(state, &[opening("F1", 1, 12), opening("F1", 2, 12)], pair)
        }),
        (Stage::Closed, |s, pair| s.declare_result(&rules(), digest(), pair)),
        (Stage::Minuted, |s, pair| s.confirm_result(paper("resolution.pdf"), String::new(), pair)),
        (Stage::Confirmed, |s, pair| s.publish(&rules(), at(), pair)),
        (Stage::Published, |s, pair| s.archive("Kho lưu trữ".into(), pair)),
    ];
    for (stage, step) in steps {
        let alone = || Pair::new(somebody(1), somebody(1));
        assert_eq!(step(real(stage), alone()), Err(Refusal::OnePerson), "{stage:?}");
        assert_eq!(step(at_stage(stage), alone()), Err(Refusal::OnePerson), "in a rehearsal too");
        assert!(step(real(stage), pair()).is_ok(), "{stage:?}");
        let machine = || Pair::new(program(), program());
        assert_eq!(step(real(stage), machine()), Err(Refusal::OnePerson));
        assert!(step(at_stage(stage), machine()).is_ok());
    }
    let signs = |by| real(Stage::Proposed).sign_minutes(&board(), digest(), board().into(), &by);
    assert_eq!(signs(somebody(1)), Err(Refusal::OnePerson), "who put them on the table");
    assert!(signs(somebody(2)).is_ok());
    let nobody = real(Stage::Proposed).sign_minutes(&[], digest(), Signatures::default(), &somebody(2));
    assert_eq!(nobody, Err(Refusal::NoSigners));
    let alone = Signatures::from(vec![board()[1].clone()]);
    let headless = real(Stage::Proposed).sign_minutes(&board(), digest(), alone, &somebody(2));
    let must = SigningFault::MustSign { name: "C".into(), role: TellerRole::Head };
    assert_eq!(headless, Err(Refusal::Signatures(must)));
    let other = real(Stage::Proposed).sign_minutes(&board(), Digest::of(b"x"), board().into(), &somebody(2));
    assert_eq!(other, Err(Refusal::OtherMinutes));
}
