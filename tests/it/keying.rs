//! The machine behind the keying page stands twice, in Rust and in the browser's module; both are run over the same keys
//! here, and all that they show is compared after every key. What does not fit in a state is compared too: sounds, names
//! of keys, what was read.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use domain::batch::{Again, Asked, Paper};
use domain::keying::{Key, Keying, Phase, Sound, Task};
use domain::marks::Mark;
use domain::poll::PollKind;
use domain::simulate::SeededStream;
use serde_json::{Value, json};

/// Names of keys as a browser gives them: all that the machine knows, one that writes something else, one that writes
/// nothing.
const KEYS: [&str; 14] = ["0", "1", "2", "3", "4", "7", "9", "Enter", "Backspace", "-", "x", "ạ", "Shift", "Enter"];

/// Reads tasks and keys, one JSON value a line, and prints what the module shows after every key, as one line of JSON.
const DRIVER: &str = r#"
import { readFileSync } from "node:fs";
const { answers, begin, keyNamed, press, sound, view, wholePile } = await import(process.argv[2]);
for (const line of readFileSync(0, "utf8").split("\n").filter((line) => line !== "")) {
    const { task, keys } = JSON.parse(line);
    let state = begin(task ?? wholePile(3, 3, 2, 2));
    const shown = [view(state)];
    for (const name of keys) {
        const key = keyNamed(name);
        if (key === null) { shown.push(null); continue; }
        const before = JSON.stringify(state);
        const next = press(state, key);
        if (JSON.stringify(state) !== before) throw new Error("a state was changed");
        state = next;
        shown.push({ ...view(state), signal: state.signal, sound: sound(state.signal) });
    }
    console.log(JSON.stringify({ shown, answers: answers(state) }));
}
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

/// One pile and the keys pressed on it.
struct Case {
    task: Task,
    keys: Vec<&'static str>,
}

fn reasons(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("reason {n}")).collect()
}

fn task_json(task: &Task) -> Value {
    let asked: Vec<Value> = task.asked.iter().map(|a| json!({ "paper": a.paper, "lines": a.lines })).collect();
    json!({ "levels": task.kind.levels().len(), "reasons": task.reasons.len(), "asked": asked })
}

fn shown(keying: &Keying) -> Value {
    let view = keying.view();
    json!({
        "phase": view.phase.code(), "paper": view.paper, "line": view.line, "keyed": view.keyed, "reason": view.reason,
        "papersDone": view.papers_done, "presses": view.presses,
    })
}

/// What this machine shows after every key, and what was read in the end, as the module tells it.
fn ours(case: &Case) -> Value {
    let mut keying = Keying::begin(case.task.clone());
    let mut all = vec![shown(&keying)];
    for name in &case.keys {
        let Some(key) = Key::named(name) else {
            all.push(Value::Null);
            continue;
        };
        let (next, signal) = keying.press(key);
        keying = next;
        let sound = signal.sound().map(|sound| match sound {
            Sound::Refused => "refused",
            Sound::Paper => "paper",
            Sound::Pile => "pile",
        });
        let mut seen = shown(&keying);
        seen["signal"] = json!(signal.code());
        seen["sound"] = json!(sound);
        all.push(seen);
    }
    json!({ "shown": all, "answers": answers(keying, &case.task) })
}

fn answers(keying: Keying, task: &Task) -> Value {
    let Ok(read) = keying.into_rereading("A".into()) else { return Value::Null };
    let key = |mark: &Mark| match mark {
        Mark::None => "0".to_owned(),
        Mark::Multiple => "9".to_owned(),
        Mark::Level(level) => (task.kind.levels().iter().position(|other| other == level).unwrap() + 1).to_string(),
    };
    let number = |id: &String| task.reasons.iter().position(|other| other == id).unwrap() + 1;
    let paper = |read: &domain::batch::Reread| match &read.again {
        Again::Invalid(reason) => json!({ "paper": read.paper, "reason": number(reason), "lines": [] }),
        Again::Lines(lines) => {
            let lines: Vec<Value> = lines.iter().map(|(line, mark)| json!([line, key(mark)])).collect();
            json!({ "paper": read.paper, "reason": null, "lines": lines })
        }
    };
    Value::Array(read.papers.iter().map(paper).collect())
}

/// Runs both machines over all of `cases`.
fn both_agree(cases: &[Case]) {
    let mut input = String::new();
    for case in cases {
        writeln!(input, "{}", json!({ "task": task_json(&case.task), "keys": case.keys })).expect("text");
    }
    let output = node(DRIVER, &[module("keying.mjs").to_str().expect("path")], &input);
    let theirs: Vec<Value> = output.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(theirs.len(), cases.len());
    for (case, theirs) in cases.iter().zip(theirs) {
        let ours = ours(case);
        assert!(ours == theirs, "after {:?}:\n{ours}\n{theirs}", case.keys);
    }
}

/// Every sequence of five keys on piles so small that all phases are met.
#[test]
fn every_short_run_of_keys_shows_the_same_in_both_machines() {
    let keys = ["0", "2", "3", "9", "Enter", "Backspace", "-", "x"];
    let mut cases = Vec::new();
    for (kind, lines, papers) in [(PollKind::Rating, 1, 2), (PollKind::Confidence, 2, 1)] {
        for run in 0..keys.len().pow(5) {
            let nth = |place: u32| keys[run / keys.len().pow(place) % keys.len()];
            let task = Task::whole_pile(kind, reasons(2), lines, papers);
            cases.push(Case { task, keys: (0..5).map(nth).collect() });
        }
    }
    both_agree(&cases);
}

#[test]
fn long_runs_of_keys_show_the_same_in_both_machines() {
    let mut stream = SeededStream::new(5, "keys");
    let mut draw = |bound: usize| stream.below(u32::try_from(bound).expect("few")) as usize;
    let mut cases = Vec::new();
    for run in 0..300 {
        let (lines, papers) = (1 + draw(4), 1 + draw(5));
        let kind = if run % 2 == 0 { PollKind::Rating } else { PollKind::Confidence };
        let mut task = Task::whole_pile(kind, reasons(draw(11)), lines, papers);
        if run % 3 == 0 {
            // What is read again: some papers, some lines.
            task.asked.retain(|_| draw(2) == 0);
            task.asked.iter_mut().for_each(|asked| asked.lines = (1 + draw(lines)..=lines).collect());
        }
        // Mostly marks and Enter, so that piles come to their end.
        let keys = (0..120).map(|_| if draw(3) == 0 { KEYS[draw(KEYS.len())] } else { ["1", "2", "Enter"][draw(3)] });
        cases.push(Case { task, keys: keys.collect() });
    }
    assert!(cases.iter().any(|case| case.task.asked.is_empty()), "a pile of which nothing is asked");
    let finished = cases.iter().filter(|case| !ours(case)["answers"].is_null()).count();
    assert!(finished > 50, "{finished} piles came to their end");
    both_agree(&cases);
}

/// A whole pile of the size that the page is made for; what comes out is what a batch takes.
#[test]
fn sixty_papers_of_thirty_lines_are_keyed_alike_and_become_an_entry() {
    let task = Task::whole_pile(PollKind::Rating, reasons(3), 30, 60);
    let mut keys = Vec::new();
    for paper in 0..60 {
        keys.extend((0..30).map(|line| ["1", "2", "3", "0", "9"][(paper + line * 7) % 5]));
        keys.push("Enter");
    }
    let case = Case { task: task.clone(), keys: keys.clone() };
    both_agree(&[case]);
    let press = |keying: Keying, key: &&str| keying.press(Key::named(key).expect("key")).0;
    let keying = keys.iter().fold(Keying::begin(task), press);
    assert_eq!((keying.phase(), keying.presses()), (Phase::Finished, 60 * 31));
    let entry = keying.into_entry("A".into()).expect("finished");
    assert!(entry.papers.iter().all(|paper| matches!(paper, Paper::Marked(marks) if marks.len() == 30)));
}

/// The least of a page that the binding needs, to see that keys reach the machine and its answers reach the page.
const PAGE: &str = r#"
const element = (dataset = {}) => ({
    dataset, textContent: "", flags: new Set(), heard: [],
    toggleAttribute(name, on) { if (on) this.flags.add(name); else this.flags.delete(name); },
    scrollIntoView() {},
    dispatchEvent(event) { this.heard.push(event); },
});
globalThis.CustomEvent = class { constructor(type, { detail }) { this.type = type; this.detail = detail; } };
let listener = null;
const page = { addEventListener: (_, f) => { listener = f; }, removeEventListener: () => { listener = null; } };
const root = element({ levels: "2", reasons: "1", asked: JSON.stringify([{ paper: 4, lines: [2] }, { paper: 6, lines: [1, 2] }]) });
root.ownerDocument = page;
const shows = { paper: element(), progress: element(), sign: element() };
const rows = ["1", "2"].map((line) => { const mark = element(); return { ...element({ line }), mark, querySelector: () => mark }; });
root.querySelector = (selector) => shows[/"(.+)"/.exec(selector)[1]];
root.querySelectorAll = () => rows;
const tones = [];
const { bind } = await import(process.argv[2]);
const unbind = bind(root, (hertz) => tones.push(hertz));
let prevented = 0;
const type = (key, more = {}) => listener({ key, preventDefault: () => { prevented += 1; }, ...more });
const log = [];
const note = () => log.push([shows.paper.textContent, shows.progress.textContent, shows.sign.textContent[0] ?? "",
    rows.map((row) => (row.flags.has("data-current") ? ">" : "") + row.mark.textContent).join("|"), root.flags.has("data-refused")]);
note();
type("3"); note();
type("1"); note();
type("1", { repeat: true }); type("r", { ctrlKey: true }); type("Tab"); note();
type("Enter"); note();
type("-"); note();
type("1"); note();
type("Enter"); note();
type("Enter");
unbind();
console.log(JSON.stringify({ log, tones: tones.length, prevented, heard: root.heard, unbound: listener === null }));
"#;

#[test]
fn the_page_binding_brings_keys_to_the_machine_and_its_signs_to_the_page() {
    let output = node(PAGE, &[module("keying-page.mjs").to_str().expect("path")], "");
    let seen: Value = serde_json::from_str(&output).expect("JSON");
    let expected = json!([
        ["Phiếu 4", "0/2", "", "|>", false],
        ["Phiếu 4", "0/2", "✗", "|>", true],
        ["Phiếu 4", "0/2", "", "|1", false],
        ["Phiếu 4", "0/2", "", "|1", false],
        ["Phiếu 6", "1/2", "✓", ">|", false],
        ["Phiếu 6", "1/2", "?", "|", false],
        ["Phiếu 6", "1/2", "–", "|", false],
        ["Hết tập", "2/2", "✓", "|", false],
    ]);
    assert_eq!(seen["log"], expected);
    assert_eq!((&seen["tones"], &seen["unbound"]), (&json!(3), &json!(true)), "refused, next paper, end");
    assert_eq!(seen["prevented"], json!(8), "a key held down is kept from the browser and counts once");
    let sent = json!([{ "paper": 4, "reason": null, "lines": [[2, "1"]] }, { "paper": 6, "reason": 1, "lines": [] }]);
    assert_eq!(seen["heard"], json!([{ "type": "keying:send", "detail": sent }]));
}

#[test]
fn nothing_is_asked_of_an_empty_task() {
    let keying = Keying::begin(Task { kind: PollKind::Rating, reasons: Vec::new(), asked: Vec::<Asked>::new() });
    assert_eq!(keying.phase(), Phase::Finished);
}
