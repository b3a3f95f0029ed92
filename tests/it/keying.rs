//! The machine behind the keying page stands twice, in Rust and in the browser's module; both are run over the same keys
//! here, and all that they show is compared after every key. What does not fit in a state is compared too: sounds, names
//! of keys, what leaves for the table.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use domain::batch::{Asked, Paper};
use domain::keying::{Key, Keying, Phase, Sound, Step, Task};
use domain::poll::PollKind;
use domain::simulate::SeededStream;
use serde_json::{Value, json};

/// What happens to a machine: a key, by what it writes, or another size of the pile.
#[derive(Clone, Copy, Debug)]
enum Event {
    Key(&'static str),
    Size(usize),
}

/// Keys that the machine knows, one that writes something else, one of which nothing is known, one that writes nothing.
const KEYS: [&str; 23] = [
    "0",
    "1",
    "2",
    "3",
    "4",
    "7",
    "9",
    "Enter",
    "Backspace",
    "-",
    "+",
    "*",
    "PageUp",
    "PageDown",
    "ArrowUp",
    "ArrowDown",
    "Insert",
    "Delete",
    "x",
    "ạ",
    "Process",
    "Shift",
    "Enter",
];

/// Reads tasks and keys, one JSON value a line, and prints what the module shows after every key, as one line of JSON.
const DRIVER: &str = r#"
import { readFileSync } from "node:fs";
const { begin, keyOf, press, resized, sound, steps, view, wholePile } = await import(process.argv[2]);
for (const line of readFileSync(0, "utf8").split("\n").filter((line) => line !== "")) {
    const { task, events } = JSON.parse(line);
    let state = begin(task ?? wholePile(3, 3, 2, 2));
    const shown = [view(state)];
    for (const event of events) {
        const before = JSON.stringify(state);
        let next = state;
        if (typeof event === "number") {
            next = resized(state, event);
            shown.push(view(next));
        } else {
            const key = keyOf({ code: "", key: event });
            if (key === null) { shown.push(null); continue; }
            next = press(state, key);
            shown.push({ ...view(next), signal: next.signal, sound: sound(next.signal), step: next.step });
        }
        if (JSON.stringify(state) !== before) throw new Error("a state was changed");
        state = next;
    }
    console.log(JSON.stringify({ shown, steps: steps(state) }));
}
"#;

/// Prints the key of every event of a list.
const KEY_DRIVER: &str = r#"
import { readFileSync } from "node:fs";
const { keyOf } = await import(process.argv[2]);
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(([code, key]) => keyOf({ code, key }))));
"#;

fn module(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "src/web/assets", name].iter().collect()
}

/// Runs `script` in node with `arguments`, `input` on its standard input; gives what it prints.
fn node(script: &str, arguments: &[&str], input: &str) -> String {
    let folder = tempfile::tempdir().expect("folder");
    let (driver, keys) = (folder.path().join("driver.mjs"), folder.path().join("keys"));
    std::fs::write(&driver, script).expect("driver");
    std::fs::write(&keys, input).expect("keys");
    let output = Command::new("node")
        .arg(&driver)
        .args(arguments)
        .stdin(std::fs::File::open(&keys).expect("keys"))
        .output()
        .expect("node comes with npm, which scripts/test installs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// One pile and what happens to it.
struct Case {
    task: Task,
    events: Vec<Event>,
}

fn reasons(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("reason {n}")).collect()
}

fn task_json(task: &Task) -> Value {
    let asked: Vec<Value> = task.asked.iter().map(|a| json!({ "paper": a.paper, "lines": a.lines })).collect();
    json!({
        "levels": task.kind.levels().len(), "reasons": task.reasons.len(), "asked": asked, "done": task.done,
        "isWhole": task.is_whole,
    })
}

fn shown(keying: &Keying) -> Value {
    let view = keying.view();
    json!({
        "phase": view.phase.code(), "paper": view.paper, "standing": view.standing.map(|standing| standing.code()),
        "line": view.line, "keyed": view.keyed, "reason": view.reason, "papersDone": view.papers_done,
        "papers": view.papers, "size": view.size, "typed": view.typed, "presses": view.presses,
    })
}

/// A step as the module tells it.
fn step_json(step: &Step, task: &Task) -> Value {
    let whole: Vec<usize> = task.asked.first().map(|asked| asked.lines.clone()).unwrap_or_default();
    let lines = |paper| match task.asked.iter().find(|asked| asked.paper == paper) {
        Some(asked) if !task.is_whole => asked.lines.clone(),
        _ => whole.clone(),
    };
    let (step, paper, reading) = match step {
        Step::Put { paper, reading } => ("put", *paper, Some(reading)),
        Step::Insert { paper, reading } => ("insert", *paper, Some(reading)),
        Step::Remove { paper } => ("remove", *paper, None),
    };
    let number = |id: &String| task.reasons.iter().position(|other| other == id).unwrap() + 1;
    let (reason, lines, keys) = match reading {
        None => (Value::Null, Vec::new(), String::new()),
        Some(Paper::Invalid(reason)) => (json!(number(reason)), Vec::new(), String::new()),
        Some(Paper::Marked(marks)) => {
            (Value::Null, lines(paper), marks.iter().map(|mark| mark.key(task.kind)).collect())
        }
    };
    json!({ "step": step, "paper": paper, "reason": reason, "lines": lines, "keys": keys })
}

fn sound(sound: Sound) -> &'static str {
    match sound {
        Sound::Refused => "refused",
        Sound::Paper => "paper",
        Sound::Pile => "pile",
    }
}

/// What this machine shows after every event, and what it holds in the end.
fn ours(case: &Case) -> Value {
    let mut keying = Keying::begin(case.task.clone());
    let mut all = vec![shown(&keying)];
    for event in &case.events {
        match event {
            Event::Size(size) => {
                keying = keying.resized(*size);
                all.push(shown(&keying));
            }
            Event::Key(name) => {
                let Some(key) = Key::of_event("", name) else {
                    all.push(Value::Null);
                    continue;
                };
                let (next, signal, step) = keying.press(key);
                keying = next;
                let mut seen = shown(&keying);
                seen["signal"] = json!(signal.code());
                seen["sound"] = json!(signal.sound().map(sound));
                seen["step"] = step.map_or(Value::Null, |step| step_json(&step, &case.task));
                all.push(seen);
            }
        }
    }
    let steps: Vec<Value> = keying.steps().iter().map(|step| step_json(step, &case.task)).collect();
    json!({ "shown": all, "steps": steps })
}

/// Runs both machines over all of `cases`; gives what they showed.
fn both_agree(cases: &[Case]) -> Vec<Value> {
    let mut input = String::new();
    for case in cases {
        let event = |event: &Event| match event {
            Event::Key(name) => json!(name),
            Event::Size(size) => json!(size),
        };
        let events: Vec<Value> = case.events.iter().map(event).collect();
        writeln!(input, "{}", json!({ "task": task_json(&case.task), "events": events })).expect("text");
    }
    let output = node(DRIVER, &[module("keying.mjs").to_str().expect("path")], &input);
    let theirs: Vec<Value> = output.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(theirs.len(), cases.len());
    for (case, theirs) in cases.iter().zip(&theirs) {
        let ours = ours(case);
        assert!(ours == *theirs, "after {:?}:\n{ours}\n{theirs}", case.events);
    }
    theirs
}

/// Every sequence of five keys on piles so small that all phases are met.
#[test]
fn every_short_run_of_keys_shows_the_same_in_both_machines() {
    let keys = ["0", "2", "9", "Enter", "Backspace", "-", "+", "*", "PageUp", "Insert", "Delete"];
    let mut cases = Vec::new();
    for (kind, lines, papers) in [(PollKind::Rating, 1, 2), (PollKind::Confidence, 2, 1)] {
        for run in 0..keys.len().pow(4) {
            let nth = |place: u32| Event::Key(keys[run / keys.len().pow(place) % keys.len()]);
            let task = Task { done: papers / 2, ..Task::whole_pile(kind, reasons(2), lines, papers) };
            cases.push(Case { task, events: (0..4).map(nth).collect() });
        }
    }
    both_agree(&cases);
}

#[test]
fn long_runs_of_keys_show_the_same_in_both_machines() {
    let mut stream = SeededStream::new(5, "keys");
    let mut draw = |bound: usize| stream.below(u32::try_from(bound).expect("few")) as usize;
    let mut cases = Vec::new();
    for run in 0..600 {
        let (lines, papers) = (1 + draw(4), 1 + draw(5));
        let kind = if run % 2 == 0 { PollKind::Rating } else { PollKind::Confidence };
        let mut task = Task::whole_pile(kind, reasons(draw(11)), lines, papers);
        if run % 3 == 0 {
            // What is read again: some papers, some lines.
            task.is_whole = false;
            task.asked.retain(|_| draw(2) == 0);
            task.asked.iter_mut().for_each(|asked| asked.lines = (1 + draw(lines)..=lines).collect());
        }
        task.done = draw(task.asked.len() + 1);
        // Mostly marks and Enter, so that piles come to their end.
        let event = |_| match draw(30) {
            0 => Event::Size(1 + draw(6)),
            1..=9 => Event::Key(KEYS[draw(KEYS.len())]),
            _ => Event::Key(["1", "2", "Enter"][draw(3)]),
        };
        cases.push(Case { task, events: (0..160).map(event).collect() });
    }
    assert!(cases.iter().any(|case| case.task.asked.is_empty()), "a pile of which nothing is asked");
    let told = both_agree(&cases);
    // The runs come everywhere: to every end, and to every sort of step.
    let seen: Vec<&Value> = told.iter().flat_map(|told| told["shown"].as_array().expect("list")).collect();
    for (what, values) in [
        ("phase", &["begin", "line", "paper_full", "reason", "invalid", "jump", "removal", "finished", "over"][..]),
        ("standing", &["new", "done", "kept", "changed"]),
        ("signal", &["send", "inserted", "removed", "moved", "opened", "over"]),
    ] {
        for value in values {
            let times = seen.iter().filter(|seen| seen[what] == **value).count();
            assert!(times > 20, "{what} {value} was seen {times} times");
        }
    }
    for step in ["put", "insert", "remove"] {
        assert!(seen.iter().filter(|seen| seen["step"]["step"] == step).count() > 20, "{step}");
    }
}

/// What leaves while a pile is keyed in any way is, put together as the table puts it, what the machine holds in the end.
#[test]
fn the_steps_put_together_are_what_the_machine_holds() {
    let mut stream = SeededStream::new(7, "steps");
    let mut draw = |bound: usize| stream.below(u32::try_from(bound).expect("few")) as usize;
    let mut inserted = 0;
    for _ in 0..2000 {
        let mut keying = Keying::begin(Task::whole_pile(PollKind::Rating, reasons(2), 2, 4));
        let mut table: Vec<Paper> = Vec::new();
        for _ in 0..120 {
            let name = if draw(4) == 0 { KEYS[draw(KEYS.len())] } else { ["1", "2", "Enter"][draw(3)] };
            let Some(key) = Key::of_event("", name) else { continue };
            let (next, _, step) = keying.press(key);
            keying = next;
            match step {
                Some(Step::Put { paper, reading }) if paper <= table.len() => table[paper - 1] = reading,
                Some(Step::Put { paper, reading }) => {
                    assert_eq!(paper, table.len() + 1, "papers come in order");
                    table.push(reading);
                }
                Some(Step::Insert { paper, reading }) => {
                    inserted += 1;
                    table.insert(paper - 1, reading);
                }
                Some(Step::Remove { paper }) => drop(table.remove(paper - 1)),
                None => {}
            }
        }
        let is_at_end = matches!(keying.phase(), Phase::Finished | Phase::Over);
        let held = keying.steps().into_iter().map(|step| match step {
            Step::Put { reading, .. } => reading,
            other => panic!("{other:?}"),
        });
        assert!(!is_at_end || held.collect::<Vec<Paper>>() == table);
    }
    assert!(inserted > 20, "{inserted} papers were inserted");
}

/// Layouts, input methods, both ways of the number pad: the module tells the same key as the domain.
#[test]
fn both_machines_tell_the_same_key_of_every_event() {
    let mut codes: Vec<String> = (0..10).flat_map(|n| [format!("Digit{n}"), format!("Numpad{n}")]).collect();
    codes.extend(
        [
            "",
            "Minus",
            "Equal",
            "NumpadSubtract",
            "NumpadAdd",
            "NumpadMultiply",
            "NumpadDivide",
            "NumpadDecimal",
            "NumpadEnter",
            "NumpadEqual",
            "Enter",
            "Backspace",
            "PageUp",
            "PageDown",
            "ArrowUp",
            "ArrowDown",
            "Insert",
            "Delete",
            "End",
            "Home",
            "KeyQ",
            "Backslash",
            "BracketRight",
            "Space",
            "ShiftLeft",
            "Tab",
            "F5",
            "Digit",
            "Digit10",
            "Numpad",
            "constructor",
        ]
        .map(str::to_owned),
    );
    let keys = [
        "0",
        "7",
        "９",
        "０",
        "-",
        "－",
        "−",
        "+",
        "＋",
        "*",
        "＊",
        "Enter",
        "Backspace",
        "Process",
        "Unidentified",
        "Dead",
        "ă",
        "đ",
        "₫",
        "&",
        "é",
        "!",
        "End",
        "ArrowDown",
        "PageUp",
        "PageDown",
        "ArrowUp",
        "Insert",
        "Delete",
        "Clear",
        " ",
        "x",
        "😀",
        "Shift",
        "Tab",
        "F5",
        "",
        "constructor",
    ];
    let events: Vec<(&str, &str)> =
        codes.iter().flat_map(|code| keys.iter().map(|key| (code.as_str(), *key))).collect();
    let output = node(KEY_DRIVER, &[module("keying.mjs").to_str().expect("path")], &json!(events).to_string());
    let theirs: Vec<Option<String>> = serde_json::from_str(&output).expect("JSON");
    for ((code, key), theirs) in events.into_iter().zip(theirs) {
        let ours = Key::of_event(code, key).map(|key| match key {
            Key::Digit(digit) => digit.to_string(),
            Key::Enter => "Enter".into(),
            Key::Backspace => "Backspace".into(),
            Key::Minus => "-".into(),
            Key::Plus => "+".into(),
            Key::Jump => "*".into(),
            Key::PaperBefore => "PageUp".into(),
            Key::PaperAfter => "PageDown".into(),
            Key::LineBefore => "ArrowUp".into(),
            Key::LineAfter => "ArrowDown".into(),
            Key::Insert => "Insert".into(),
            Key::Delete => "Delete".into(),
            Key::Other => "other".into(),
            Key::Unread => "unread".into(),
        });
        assert_eq!(ours, theirs, "{code} {key}");
    }
}

/// A whole pile of the size that the page is made for; what comes out is what a batch takes.
#[test]
fn sixty_papers_of_thirty_lines_are_keyed_alike_and_become_an_entry() {
    let task = Task::whole_pile(PollKind::Rating, reasons(3), 30, 60);
    let mut events = Vec::new();
    for paper in 0..60 {
        events.extend((0..30).map(|line| Event::Key(["1", "2", "3", "0", "9"][(paper + line * 7) % 5])));
        events.push(Event::Key("Enter"));
    }
    let keys: Vec<&str> = events.iter().map(|event| if let Event::Key(name) = event { name } else { "" }).collect();
    let press = |keying: Keying, key: &&str| keying.press(Key::of_event("", key).expect("key")).0;
    let keying = keys.iter().fold(Keying::begin(task.clone()), press);
    both_agree(&[Case { task, events }]);
    assert_eq!((keying.phase(), keying.presses()), (Phase::Finished, 60 * 31));
    let entry = keying.entry("A".into()).expect("finished");
    assert!(entry.papers.iter().all(|paper| matches!(paper, Paper::Marked(marks) if marks.len() == 30)));
}

#[test]
fn nothing_is_asked_of_an_empty_task() {
    let keying = Keying::begin(Task::again(PollKind::Rating, Vec::new(), Vec::<Asked>::new()));
    assert_eq!(keying.phase(), Phase::Finished);
}

/// Every refusal and every phase has a sentence, and no sentence is left over.
#[test]
fn every_refusal_has_its_sentence() {
    let signals = std::fs::read_to_string(module("../../domain/keying/signal.rs")).expect("source");
    let words = std::fs::read_to_string(module("keying-words.mjs")).expect("source");
    let refusals: Vec<&str> = signals.split("\"refused_").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(refusals.len(), 20);
    let table = words.split("const REFUSALS").nth(1).and_then(|rest| rest.split("\n};").next()).expect("table");
    let told: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(": (").map(|(name, _)| name)).collect();
    let told: Vec<&str> = told.into_iter().filter(|name| !name.starts_with(' ')).collect();
    assert_eq!(told, refusals);
}
