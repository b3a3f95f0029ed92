//! Three verifiers that share no code: ours, `tests/verify.py`, and the one of the page `/kiem-tra-goi`. Thousands of changed bundles never
//! find two of them of another mind.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use app::rehearse::{self, Options};
use app::service::progress::Progress;
use app::trail::scenarios::{HONEST, Scenario, TABLE};
use app::trail::verify;
use serde_json::Value;
use tempfile::TempDir;

use crate::bundle_story::Story;

/// Changed bundles of the small run; `TINNHIEM_MUTANTS` asks for more, `TINNHIEM_MUTANTS_SEED` for others.
const FEW: &str = "150";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The bundle with openings of a rehearsal of the sample council.
pub fn rehearsed(folder: &Path) -> PathBuf {
    let mut print = |_: &str| {};
    let mut progress = Progress::new(&mut print);
    rehearse::demo(folder, &Options::default(), false, &mut progress).expect("rehearsed");
    folder.join("bundle-sealed")
}

/// The sheet of scenarios, made once.
pub struct Lies {
    pub folder: TempDir,
    pub made: Vec<Scenario>,
    /// What the signed paper carries.
    pub root: String,
}

pub static LIES: LazyLock<Lies> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("folder");
    let made = rehearse::scenarios(folder.path(), 7).expect("scenarios");
    let table = fs::read_to_string(folder.path().join(TABLE)).expect("table");
    let root = table.lines().nth(1).and_then(|line| line.split(',').nth(2)).expect("a root").to_owned();
    Lies { folder, made, root }
});

/// Whether ours takes a bundle; a file that it refuses to open is none that it takes.
fn ours(bundle: &Path, root: Option<&str>) -> (bool, String) {
    match verify::bundle(bundle, root) {
        Ok(Ok(report)) => (true, report.to_string()),
        Ok(Err(failure)) => (false, failure.to_string()),
        Err(problem) => (false, problem.to_string()),
    }
}

/// A frame of `tests/forge.py`.
pub struct Mutant {
    /// What was changed, and what `verify.py` says of it.
    pub head: Value,
    pub zip: Vec<u8>,
}

impl Mutant {
    pub fn what(&self) -> &str {
        self.head["what"].as_str().expect("what")
    }

    /// What every verifier must say; `None` where they only have to agree.
    pub fn must_hold(&self) -> Option<bool> {
        let what = self.what();
        let ends = [("as it is", true), ("must fail", false)];
        ends.into_iter().find_map(|(end, holds)| what.ends_with(end).then_some(holds))
    }
}

/// The frames of `tests/forge.py`: everything that is known, then `count` chance changes.
pub struct Mutants {
    python: Child,
    frames: BufReader<ChildStdout>,
}

impl Mutants {
    pub fn of(bundle: &Path, count: &str, seed: &str) -> Self {
        let mut command = Command::new("python3");
        command.arg(script("forge.py")).arg("many").arg(bundle).args([count, seed]);
        let mut python = command.stdout(Stdio::piped()).spawn().expect("python3");
        let frames = BufReader::new(python.stdout.take().expect("a pipe"));
        Self { python, frames }
    }
}

impl Iterator for Mutants {
    type Item = Mutant;

    fn next(&mut self) -> Option<Mutant> {
        let mut length = [0; 4];
        if self.frames.read_exact(&mut length).is_err() {
            assert!(self.python.wait().expect("python3").success());
            return None;
        }
        let mut head = vec![0; usize::try_from(u32::from_be_bytes(length)).expect("length")];
        self.frames.read_exact(&mut head).expect("head");
        let head: Value = serde_json::from_slice(&head).expect("head");
        let mut zip = vec![0; usize::try_from(head["zip"].as_u64().expect("size")).expect("size")];
        self.frames.read_exact(&mut zip).expect("zip");
        Some(Mutant { head, zip })
    }
}

#[test]
fn changed_bundles_find_both_verifiers_of_one_mind() {
    let folder = tempfile::tempdir().expect("folder");
    let bundle = rehearsed(&folder.path().join("sample"));
    let told = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let (count, seed) = (told("TINNHIEM_MUTANTS", FEW), told("TINNHIEM_MUTANTS_SEED", "1"));
    let (mut tried, mut taken, mut apart) = (0_u32, 0_u32, Vec::new());
    let file = folder.path().join("changed.zip");
    for mutant in Mutants::of(&bundle, &count, &seed) {
        fs::write(&file, &mutant.zip).expect("written");
        let (holds, said) = ours(&file, None);
        let (head, what) = (&mutant.head, mutant.what());
        assert!(mutant.must_hold().is_none_or(|right| holds == right), "{what}: {holds} {said}");
        tried += 1;
        taken += u32::from(holds);
        if head["holds"] != holds {
            apart.push(format!(
                "{what}: ours {holds} ({}); verify.py {}",
                said.lines().last().unwrap_or_default(),
                head["said"]
            ));
        }
    }
    eprintln!("{tried} changed bundles, {taken} taken, {} of two minds (seed {seed})", apart.len());
    assert!(apart.is_empty(), "{}", apart.join("\n"));
    assert!(tried > 20 && taken > 5 && taken < tried, "{tried} tried, {taken} taken");
}

#[test]
fn fifty_lies_are_seen_by_ours_and_by_the_other_one() {
    let Lies { folder, made, root } = &*LIES;
    assert_eq!(made.len(), 50);
    let honest = folder.path().join(HONEST);
    let python = |file: &Path| {
        let run = Command::new("python3").arg(script("verify.py")).arg(file).arg(root).output().expect("python3");
        (run.status.code(), String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr))
    };
    let (holds, said) = ours(&honest, Some(root));
    assert!(holds, "{said}");
    let (code, said) = python(&honest);
    assert_eq!(code, Some(0), "{said}");
    let mut unseen = Vec::new();
    for Scenario { number, file, what, .. } in made {
        let file = folder.path().join(file);
        let (holds, said) = ours(&file, Some(root));
        let (code, told) = python(&file);
        if holds || code != Some(1) || told.contains("Traceback") {
            unseen.push(format!("{number} {what}: ours {holds} {said}, verify.py {code:?} {told}"));
        }
    }
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
}

#[test]
fn a_second_sheet_is_not_written_among_the_first() {
    let folder = LIES.folder.path();
    let honest = || fs::read(folder.join(HONEST)).expect("a bundle");
    let before = honest();
    let refused = rehearse::scenarios(folder, 8).expect_err("in use").to_string();
    assert!(refused.contains("không trống"), "{refused}");
    assert_eq!(honest(), before);
}

#[test]
fn nothing_that_a_bundle_says_steers_the_terminal_and_every_refusal_is_vietnamese() {
    let sample = Story::whole().bundle();
    let odd = sample.dir().join("x\u{1b}[2J\nok: it holds\u{202e}");
    fs::write(&odd, "").expect("written");
    let said = sample.fails().to_string();
    assert!(said.contains("x\\u{1b}[2J\\u{a}ok: it holds\\u{202e}") && !said.contains(char::is_control), "{said}");
    let (code, told) = sample.python(&[]);
    assert_eq!(code, Some(1));
    assert!(told.contains("it holds") && !told.contains('\u{1b}'), "{told}");
    assert!(!told.lines().any(|line| line.starts_with("ok: it holds")), "{told}");
    fs::remove_file(odd).expect("removed");

    sample.edit("openings.json", |text| text.replacen("\"batch\":1", "\"bách\":1", 1));
    sample.reseal();
    let what = sample.fails().what;
    assert!(what.contains("thiếu khóa") && !what.contains("field"), "{what}");

    let zip = sample.folder.path().join("khac.zip");
    let refused = |bytes: &[u8]| {
        fs::write(&zip, bytes).expect("written");
        let said = verify::bundle(&zip, None).expect_err("no bundle").to_string();
        said.strip_prefix(&format!("{}: ", zip.display())).expect("the file that was given").to_owned()
    };
    let other = import::pack([("x.txt", b"x".as_slice())].into_iter()).expect("packed");
    assert!(refused(&other).starts_with("không phải gói kiểm chứng"));
    assert!(refused(b"hello").starts_with("không phải tệp .zip của một gói: phần cuối"));
}

#[test]
fn a_folder_with_a_name_that_is_no_text_is_refused_by_both() {
    for name in [&b"\xff"[..], b"\xff.txt"] {
        let sample = Story::whole().bundle();
        let odd = sample.dir().join("papers").join(OsStr::from_bytes(name));
        fs::create_dir(&odd).expect("a folder that holds nothing");
        let failure = sample.fails();
        assert!(failure.what.contains("không phải Unicode"), "{failure}");
        let (code, told) = sample.python(&[]);
        assert!(code == Some(1) && told.contains("not Unicode"), "{told}");
    }
}

#[test]
fn what_the_other_one_uses_is_what_it_held_to_the_manifest() {
    let sample = Story::whole().bundle();
    let mut command = Command::new("python3");
    let run = command.arg(script("verifier/once.py")).arg(sample.dir()).arg("--hash-only").output().expect("python3");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}

#[test]
fn the_other_one_computes_what_the_rfc_says() {
    let run = Command::new("python3").arg(script("verifier/vectors.py")).output().expect("python3");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}
