//! The course of a vote as a small world, walked through to its end: two officials on one form, three delegates, four
//! accounts. Every step is tried in every state that can be reached, by everybody, also by one person for two. In none of them
//!
//! * did one account alone take a step of two, or read papers for two,
//! * did somebody read papers whom the appointed board does not name,
//! * does a level show before it may: to the hall before the result is declared, to anybody before the count is closed,
//! * stand in the log what a verifier refuses: the program's own reader is asked at every step, the Python one for the whole log
//!   of every state that is archived after a corrigendum.
//!
//! A search through a set of states, first the near ones, is all that this takes. A model checker (Stateright) was looked at: it
//! asks for a copy of the machine in its own terms and brings a web server along; here the machine is the one that runs.

mod moves;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock};

use domain::audit::entry::entry_text;
use domain::audit::event::poll::{CountingClosed, FormTotals, ListedOfficial, PollCreated};
use domain::audit::{Actor, Course, Digest, LogEntry, LogEvent as _, Nonce, PollEvent, SealedCounts, UtcTime};
use domain::batch::{ReadTwice, Reader};
use domain::count::BatchCounts;
use domain::id::{AccountId, PollId};
use domain::poll::{LevelCounts, PollKind};
use domain::poll_state::{self, ClosedCount, PollState, Refusal, Stage, Transition};
use domain::role::Role;
use domain::rules::RuleSet;
use moves::{Move, moves, step};

use crate::council::rules;

type Taken = Result<Transition, Refusal>;

const ACCOUNTS: usize = 4;
/// So many of them, the first ones, are on the board.
const BOARD: usize = 3;
const DELEGATES: u32 = 3;
const FORM: &str = "F1";

/// Entries of these kinds are made by two people: one is named in the data, the other writes the entry.
const BY_TWO: [&str; 17] = [
    "rules.frozen",
    "deck.waived",
    "poll.moved",
    "voting.opened",
    "presence.corrected",
    "issued.corrected",
    "ballots.corrected",
    "batch.reopened",
    "counting.closed",
    "recount.ordered",
    "result.declared",
    "minutes.reopened",
    "result.confirmed",
    "result.published",
    "corrigendum.issued",
    "poll.archived",
    "poll.cancelled",
];

fn account(number: usize) -> Actor {
    static ALL: LazyLock<[Actor; ACCOUNTS]> = LazyLock::new(|| {
        std::array::from_fn(|number| {
            let chance = [u8::try_from(number).expect("few"); 10];
            let account = Some(AccountId::new(jiff::Timestamp::UNIX_EPOCH, &chance));
            Actor { account, name: format!("Người {number}"), role: Role::Leader }
        })
    });
    ALL[number].clone()
}

fn at() -> UtcTime {
    "2026-12-10T01:00:00Z".parse().expect("time")
}

/// A state with the log that led to it, as far as the next steps and the verifiers depend on it.
#[derive(Clone)]
struct Node {
    state: PollState,
    course: Course,
    openings: BTreeMap<u32, BatchCounts>,
    /// Steps that would go on for ever are taken so often: amending, freezing other rules, a choice, reopening, minutes,
    /// corrigenda, and what bends the way of the day (the day moved, the hall, issued ballots put right, another line
    /// counted again, minutes undone), which is tried once, in a vote that was neither amended nor has a reopened batch.
    repeated: [u8; 5],
    /// Events in which figures of ballots stand in the open.
    tells: Tells,
    is_moved: bool,
    from: Option<usize>,
    entries: Vec<(Actor, PollEvent)>,
}

/// What the log has told so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tells {
    Nothing,
    /// Totals of a closed count.
    Totals,
    Result,
}

/// The machine, whom the service lets take a step, and what the hall sees of a stage. Holes are planted by other ones.
struct World {
    step: fn(&Node, Move, [usize; 2]) -> Taken,
    admits: fn(&Node, Move, &Actor) -> bool,
    hall: fn(Stage) -> bool,
}

const SOUND: World = World { step, admits, hall: Stage::has_result };

/// Roles are given by an administrator; once a board names accounts they reach nothing that its head and secretary lead.
fn admits(node: &Node, asked: Move, actor: &Actor) -> bool {
    !asked.is_led() || node.state.poll().counters.may_lead(actor.account)
}

#[derive(Debug, PartialEq, Eq)]
enum Violation {
    OnePerson(&'static str),
    Stranger(&'static str),
    EarlyLevel(Stage),
    Refused(String),
}

fn official(name: &str) -> ListedOfficial {
    ListedOfficial { block: "Khối".into(), name: name.into(), posts: "Ủy viên".into() }
}

fn state_rules() -> &'static RuleSet {
    static RULES: LazyLock<RuleSet> = LazyLock::new(|| rules("NQ96-2023-QH15"));
    &RULES
}

fn counts(papers: u32, low: bool) -> BatchCounts {
    let first = if low { (0, papers) } else { (papers, 0) };
    let line = |(high, low)| LevelCounts::Rating { high, medium: 0, low };
    BatchCounts { papers, lines: vec![line(first), line((papers, 0))], ..BatchCounts::default() }
}

fn sealed(batch: u32, counts: BatchCounts) -> SealedCounts {
    SealedCounts { batch, counts, form: FORM.into(), nonce: Nonce::from_bytes([1; 32]) }
}

fn readers([one, two]: [usize; 2]) -> ReadTwice {
    let reader = |number| {
        let Actor { account, name, .. } = account(number);
        Reader { account, name }
    };
    ReadTwice { readers: [reader(one), reader(two)], earlier: Vec::new(), reread: 0, decided: 0 }
}

/// Whether the store would let the step through: no two batches of one number, no batch that is not there.
fn may_try(node: &Node, asked: Move) -> bool {
    match asked {
        Move::Amend | Move::Freeze | Move::Choose => node.repeated[0] < 1,
        Move::Commit { batch, .. } => !node.openings.contains_key(&batch),
        Move::Reopen { batch } => node.openings.contains_key(&batch) && node.repeated[1] + node.repeated[4] < 1,
        Move::Propose => node.repeated[2] < 2,
        Move::Corrigendum => node.repeated[3] < 1,
        Move::OtherDay
        | Move::Come { .. }
        | Move::CorrectHall { .. }
        | Move::CorrectIssued { .. }
        | Move::OrderRecount
        | Move::ReopenMinutes => node.repeated[0] + node.repeated[1] + node.repeated[4] < 1,
        _ => true,
    }
}

/// What the step leaves behind beside the state.
fn follow(node: &Node, asked: Move, next: PollState) -> Node {
    let mut after = Node { state: next, from: None, entries: Vec::new(), ..node.clone() };
    match asked {
        Move::Amend | Move::Freeze | Move::Choose => after.repeated[0] += 1,
        Move::Reopen { batch } => {
            after.repeated[1] += 1;
            after.openings.remove(&batch);
        }
        Move::Propose => after.repeated[2] += 1,
        Move::Corrigendum => after.repeated[3] += 1,
        Move::OtherDay => (after.repeated[4], after.is_moved) = (after.repeated[4] + 1, true),
        Move::Come { .. }
        | Move::CorrectHall { .. }
        | Move::CorrectIssued { .. }
        | Move::OrderRecount
        | Move::ReopenMinutes => after.repeated[4] += 1,
        Move::Commit { batch, papers, low } => {
            after.openings.insert(batch, counts(papers, low));
        }
        _ => {}
    }
    after
}

/// Who proposed what an entry of two people holds.
fn proposer(event: &PollEvent) -> Option<Actor> {
    let data: serde_json::Value = serde_json::from_str(&event.data_text().expect("data")).expect("JSON");
    let proposer = data.get("proposed_by")?.clone();
    Some(serde_json::from_value(proposer).expect("an actor"))
}

/// What is wrong with the entries of one step.
fn wrong_entry(node: &Node, asked: Move, event: &PollEvent, actor: &Actor) -> Option<Violation> {
    let kind = event.kind();
    let proposed_by = match (&node.state, event) {
        (PollState::Proposed(_, minutes), PollEvent::MinutesSigned(_)) => Some(minutes.by.clone()),
        _ => proposer(event),
    };
    let is_one = |one: &Actor| one.account == actor.account;
    if BY_TWO.contains(&kind) && proposed_by.as_ref().is_none_or(is_one) {
        return Some(Violation::OnePerson(kind));
    }
    if kind == "minutes.signed" && proposed_by.as_ref().is_none_or(is_one) {
        return Some(Violation::OnePerson(kind));
    }
    let read = match event {
        PollEvent::BatchCommitted(batch) => Some(batch.accounts.as_deref().unwrap_or_default()),
        PollEvent::LineRecounted(line) => Some(line.accounts.as_deref().unwrap_or_default()),
        _ => None,
    };
    if read.is_some_and(|read| read.len() != 2 || read[0] == read[1]) {
        return Some(Violation::OnePerson(kind));
    }
    let is_seated = |id: &AccountId| (0..BOARD).any(|number| account(number).account == Some(*id));
    if read.is_some_and(|read| !read.iter().all(is_seated)) {
        return Some(Violation::Stranger(kind));
    }
    if let PollEvent::LineRecounted(line) = event {
        let has_read = |actor: &Actor| read.iter().any(|read| read.iter().any(|id| actor.account == Some(*id)));
        let by_third = proposed_by.as_ref().is_some_and(|one| !is_one(one) && has_read(one)) && !has_read(actor);
        if line.counted != line.recounted && !by_third {
            return Some(Violation::OnePerson(kind));
        }
    }
    // Before the close a figure may only be zero, or of a deck, which holds nobody's ballots.
    let shows = match event {
        PollEvent::ZeroReported(zero) => zero.forms.iter().any(|form| form.counts.papers > 0),
        PollEvent::LineRecounted(_) => node.tells == Tells::Nothing,
        PollEvent::CountingClosed(_) => !matches!(asked, Move::Close),
        _ => false,
    };
    shows.then_some(Violation::EarlyLevel(node.state.stage()))
}

/// Takes the entries of a step into the course; the new node, or what is wrong.
fn taken(
    world: &World,
    (place, node): (usize, &Node),
    asked: Move,
    transition: Transition,
    actor: &Actor,
) -> Result<Node, Violation> {
    let mut after = follow(node, asked, transition.state);
    after.from = Some(place);
    for event in transition.events {
        if let Some(wrong) = wrong_entry(node, asked, &event, actor) {
            return Err(wrong);
        }
        match event {
            PollEvent::CountingClosed(_) => after.tells = Tells::Totals,
            PollEvent::ResultDeclared(_) => after.tells = Tells::Result,
            _ => {}
        }
        // Always number 0: how long a way was makes no other state of the one it leads to.
        let leaf = Digest::of(b"");
        let entry = LogEntry { seq: 0, at: at(), actor: Arc::new(actor.clone()), event: event.clone(), leaf };
        after.course.accept(entry).map_err(|e| Violation::Refused(e.to_string()))?;
        after.entries.push((actor.clone(), event));
    }
    let stage = after.state.stage();
    let tells = after.tells;
    let is_early = (world.hall)(stage) && tells != Tells::Result;
    if is_early || (after.state.may_open().is_some() && tells == Tells::Nothing) {
        return Err(Violation::EarlyLevel(stage));
    }
    Ok(after)
}

fn key(node: &Node) -> Digest {
    let Node { state, course, openings, repeated, tells, is_moved, .. } = node;
    Digest::of(format!("{state:?}{course:?}{openings:?}{repeated:?}{tells:?}{is_moved}").as_bytes())
}

fn first() -> Node {
    let created = PollCreated {
        again_of: None,
        program: None,
        council: "Hội đồng mẫu".into(),
        delegates: DELEGATES,
        kind: PollKind::Rating,
        rehearsal: false,
        ruleset: state_rules().id.clone(),
        ruleset_sha256: Digest::of(b"mau"),
        simulated: false,
        sitting: "Kỳ họp mẫu".into(),
    };
    let Transition { state, events, .. } =
        poll_state::create(PollId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]), created);
    let mut node = Node {
        state,
        course: Course::default(),
        openings: BTreeMap::new(),
        repeated: [0; 5],
        tells: Tells::Nothing,
        is_moved: false,
        from: None,
        entries: Vec::new(),
    };
    for event in events {
        let (actor, leaf) = (account(0), Digest::of(b""));
        let entry = LogEntry { seq: 0, at: at(), actor: Arc::new(actor.clone()), event: event.clone(), leaf };
        node.course.accept(entry).expect("the first entry");
        node.entries.push((actor, event));
    }
    node
}

/// All states that can be reached, or the first thing that is wrong with one.
fn explored(world: &World) -> Result<Vec<Node>, Violation> {
    let all_moves = moves();
    let people: Vec<[usize; 2]> = (0..ACCOUNTS).flat_map(|one| (0..ACCOUNTS).map(move |two| [one, two])).collect();
    let mut nodes = vec![first()];
    let mut seen = HashMap::from([(key(&nodes[0]), 0_usize)]);
    let mut open = VecDeque::from([0]);
    while let Some(place) = open.pop_front() {
        let node = nodes[place].clone();
        for &asked in all_moves.iter().filter(|asked| may_try(&node, **asked)) {
            // Whoever takes a step is told by the log, seldom by the state: of equal states the first is gone on from.
            let mut reached: Vec<PollState> = Vec::new();
            // What the stage refuses to one person alone and to the next two, it refuses to all.
            let is_refused = |pair| matches!((world.step)(&node, asked, pair), Err(Refusal::NotNow { .. }));
            if is_refused([0, 0]) && is_refused([0, 1]) && is_refused([1, 0]) {
                continue;
            }
            for &pair in &people {
                let actor = account(pair[usize::from(!matches!(asked, Move::Propose))]);
                if !(world.admits)(&node, asked, &actor) {
                    continue;
                }
                let Ok(transition) = (world.step)(&node, asked, pair) else { continue };
                let is_new = !reached.contains(&transition.state);
                if is_new {
                    reached.push(transition.state.clone());
                }
                let after = taken(world, (place, &node), asked, transition, &actor)?;
                if !is_new {
                    continue;
                }
                let fresh = seen.len();
                if *seen.entry(key(&after)).or_insert(fresh) == fresh {
                    open.push_back(nodes.len());
                    nodes.push(after);
                }
            }
        }
    }
    Ok(nodes)
}

/// The states of the machine that runs; walked through once for all tests.
fn all_states() -> &'static [Node] {
    static NODES: LazyLock<Vec<Node>> =
        LazyLock::new(|| explored(&SOUND).unwrap_or_else(|violation| panic!("{violation:?}")));
    &NODES
}

/// The log that leads to a node, in the texts of its entries.
fn log(nodes: &[Node], place: usize) -> String {
    let mut way = vec![place];
    while let Some(from) = way.last().and_then(|place| nodes[*place].from) {
        way.push(from);
    }
    let entries = way.into_iter().rev().flat_map(|place| &nodes[place].entries);
    let texts = (0..).zip(entries).map(|(seq, (actor, event))| entry_text(seq, at(), actor, event).expect("an entry"));
    texts.collect::<Vec<_>>().join("\n")
}

/// What the second verifier says of these logs.
fn python(logs: &[String]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/course.py");
    let mut python = Command::new("python3")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut input = python.stdin.take().expect("a pipe");
    input.write_all(logs.join("\n\n").as_bytes()).expect("read");
    drop(input);
    let said = python.wait_with_output().expect("python3");
    (said.status.success(), String::from_utf8_lossy(&said.stdout).into_owned())
}

#[test]
fn no_state_that_can_be_reached_breaks_a_promise() {
    let nodes = all_states();
    let mut by_stage: BTreeMap<Stage, usize> = BTreeMap::new();
    for node in nodes {
        *by_stage.entry(node.state.stage()).or_default() += 1;
    }
    let told: Vec<String> = by_stage.iter().map(|(stage, count)| format!("{} {count}", stage.code())).collect();
    eprintln!(
        "states of a vote of two officials, three delegates, four accounts: {} ({})",
        nodes.len(),
        told.join(", ")
    );
    assert_eq!(by_stage.len(), Stage::ALL.len(), "a stage that nothing leads to");
    let is_whole = |place: &usize| nodes[*place].state.stage() == Stage::Archived && nodes[*place].repeated[3] == 1;
    let logs: Vec<String> = (0..nodes.len()).filter(is_whole).map(|place| log(nodes, place)).collect();
    let (is_well, said) = python(&logs);
    assert!(is_well && said.contains(", 0 refused"), "{}", said.chars().take(2_000).collect::<String>());
}

/// The vote is opened by one account where the check is missing.
fn opened_by_one(node: &Node, asked: Move, [one, other]: [usize; 2]) -> Taken {
    let mut transition = match asked {
        Move::Open { .. } if one == other => step(node, asked, [one, (one + 1) % ACCOUNTS])?,
        _ => return step(node, asked, [one, other]),
    };
    for event in &mut transition.events {
        if let PollEvent::VotingOpened(opened) = event {
            opened.proposed_by = account(one);
        }
    }
    Ok(transition)
}

/// Somebody whom the board does not name reads a pile where the check is missing.
fn read_by_a_stranger(node: &Node, asked: Move, people: [usize; 2]) -> Taken {
    let is_strange = matches!(asked, Move::Commit { .. }) && people.contains(&BOARD);
    let mut transition = step(node, asked, if is_strange { [0, 1] } else { people })?;
    for event in &mut transition.events {
        if let PollEvent::BatchCommitted(batch) = event
            && is_strange
        {
            batch.accounts = people.into_iter().map(|number| account(number).account).collect();
        }
    }
    Ok(transition)
}

/// The count is closed while papers are in no batch.
fn closed_early(node: &Node, asked: Move, people: [usize; 2]) -> Taken {
    let (Move::Close, PollState::Counting(poll, _, _)) = (asked, &node.state) else { return step(node, asked, people) };
    if people[0] == people[1] {
        return Err(Refusal::OnePerson);
    }
    let counts = BatchCounts::sum(PollKind::Rating, 2, node.openings.values()).expect("sums");
    let totals =
        vec![FormTotals { blindings: None, counts, form: FORM.into(), issued: DELEGATES, returned: DELEGATES }];
    let events = vec![CountingClosed { forms: totals.clone(), proposed_by: account(people[0]), shares: None }.into()];
    Ok(Transition { state: PollState::Closed(poll.clone(), ClosedCount::new(totals)), events, moment: None })
}

#[test]
fn planted_holes_are_found() {
    let found = |world| explored(&world).err().expect("a hole");
    let one = found(World { step: opened_by_one, ..SOUND });
    assert_eq!(one, Violation::OnePerson("voting.opened"));
    let strange = found(World { step: read_by_a_stranger, ..SOUND });
    assert_eq!(strange, Violation::Stranger("batch.committed"));
    let early = found(World { step: closed_early, ..SOUND });
    assert!(matches!(early, Violation::Refused(_)), "{early:?}");
    let led = found(World { admits: |_, _, _| true, ..SOUND });
    assert!(matches!(&led, Violation::Refused(why) if why.contains("Trưởng ban hay Thư ký")), "{led:?}");
    let hall = found(World { hall: |stage| stage.is_open(), ..SOUND });
    assert_eq!(hall, Violation::EarlyLevel(Stage::Closed));
}

/// The second verifier finds holes on its own: the log of a vote whose opening one person took, and those of votes in which
/// somebody else wrote down what the head of the board leads.
#[test]
fn the_second_verifier_refuses_a_log_with_a_planted_hole() {
    let nodes = all_states();
    let published = nodes.iter().position(|node| node.state.stage() == Stage::Published).expect("published");
    let sound = log(nodes, published);
    let opening = sound.lines().find(|line| line.contains("\"kind\":\"voting.opened\"")).expect("an opening");
    let text = |number| domain::audit::canonical::to_text(&account(number)).expect("an actor");
    let by_one = (0..ACCOUNTS).fold(opening.to_owned(), |line, number| line.replace(&text(number), &text(0)));
    let (is_well, said) = python(&[sound.replace(opening, &by_one)]);
    assert!(!is_well && said.contains("one person where two are needed"), "{said}");
    for kind in ["zero.reported", "ballots.issued", "ballots.returned", "minutes.proposed"] {
        let line = sound.lines().find(|line| line.contains(&format!("\"kind\":\"{kind}\"")));
        let Some(line) = line else { panic!("no {kind}") };
        for other in [BOARD - 1, BOARD] {
            let by_other = line.replace(&text(0), &text(other));
            let (is_well, said) = python(&[sound.replace(line, &by_other)]);
            assert!(!is_well && said.contains("nobody who leads the board"), "{kind} by {other}: {said}");
        }
    }
}
