//! OWASP ASVS 5.0.0, levels 1 and 2: `tests/reviewed/asvs.txt` says of every requirement where it holds and which test holds
//! it. Here it is held to the list of requirements, to the sources and to `Cargo.lock`, and written out as a table,
//! `tests/reviewed/asvs.md`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::reviewed::{assert_reviewed, read};

/// What people write.
const DATA: &str = "asvs.txt";
/// What is made of it.
const TABLE: &str = "asvs.md";
/// Ids and levels in the order of the standard; a line `# V1 …` begins a chapter.
const LIST: &str = "tests/fixtures/asvs-5.0.0.txt";
/// Requirements of levels 1 and 2 in version 5.0.0.
const REQUIREMENTS: usize = 253;

const HOLDS: &str = "holds";
const OPEN: &str = "open";
const NOTHING: &str = "does not apply";
const VERDICTS: [&str; 3] = [HOLDS, OPEN, NOTHING];
/// The cells of a requirement, in their order.
const CELLS: [&str; 3] = ["what", "where", "test"];

/// Before a reason why no test holds something.
const READING: &str = "reading: ";
/// Before crates that the program is built without.
const NO_CRATE: &str = "no crate: ";
/// In an open one, before what it lacks.
const MISSING: &str = "missing: ";

/// Beginnings of words that are paths from the root of the repository.
const FOLDERS: [&str; 6] = ["src/", "tests/", "templates/", "scripts/", "migrations/", ".ci/"];
/// Files of the root that are named without a folder.
const ROOT_FILES: [&str; 4] = ["README.md", "Cargo.toml", "Cargo.lock", "deny.toml"];

const ABOUT: &str = "\
# OWASP ASVS 5.0.0, levels 1 and 2

Written by `tests/it/asvs.rs` out of `asvs.txt`, which people write; do not edit it here. The story holds that text to the
list of requirements, to the sources and to `Cargo.lock`.

Source of ids, levels and names of chapters: OWASP Application Security Verification Standard 5.0.0 (May 2025),
<https://github.com/OWASP/ASVS>, CC BY-SA 4.0. What stands beside an id is a few words of ours: read the standard beside it.

«holds»: the code does it. «open»: something is missing, and the cell says what. «does not apply»: there is nothing here that
it could be about. Tests are stories of `tests/it` (`module::function`) or stand beside the code (`file::function`); «no
crate»: `Cargo.lock` has none of these; «reading»: why no test holds it.
";

struct Requirement {
    id: String,
    level: String,
    verdict: String,
    /// Name and text.
    cells: Vec<(String, String)>,
}

impl Requirement {
    fn cell(&self, name: &str) -> &str {
        self.cells.iter().find(|(of, _)| of == name).map_or("", |(_, text)| text)
    }

    /// `V1` of `V1.2.3`.
    fn chapter(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|problem| panic!("{}: {problem}", path.display()))
}

fn requirements() -> Vec<Requirement> {
    let text = read(DATA);
    let mut all: Vec<Requirement> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(head) = line.strip_prefix("== ") {
            let mut words = head.splitn(3, ' ').map(str::to_owned);
            let mut word = || words.next().unwrap_or_else(|| panic!("{DATA}: «{line}» lacks id, level or verdict"));
            all.push(Requirement { id: word(), level: word(), verdict: word(), cells: Vec::new() });
            continue;
        }
        let last = all.last_mut().unwrap_or_else(|| panic!("{DATA}: «{line}» stands before the first requirement"));
        if let Some(more) = line.strip_prefix("  ") {
            let cell = last.cells.last_mut().unwrap_or_else(|| panic!("{DATA}: «{line}» goes on with nothing"));
            cell.1.push(' ');
            cell.1.push_str(more.trim());
        } else {
            let cell = line.split_once(": ").unwrap_or_else(|| panic!("{DATA}: {}: «{line}» is no cell", last.id));
            last.cells.push((cell.0.to_owned(), cell.1.trim().to_owned()));
        }
    }
    all
}

/// Every word of a text that is a path.
fn paths(text: &str) -> Vec<&str> {
    let words =
        text.split_whitespace().map(|word| word.trim_matches(['`', '(', ')', ',', ':', ';']).trim_end_matches('.'));
    words.filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder)) || ROOT_FILES.contains(word)).collect()
}

/// Whether a test of this name stands in a file.
fn has_test(file: &Path, name: &str) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    let Some((before, _)) = text.split_once(&format!("fn {name}(")) else { return false };
    before.lines().rev().take(4).any(|line| line.ends_with("test]"))
}

/// What is wrong with one entry of a cell `test`.
fn fault_of_test(entry: &str, lock: &str) -> Option<String> {
    if let Some(reason) = entry.strip_prefix(READING) {
        return (reason.split_whitespace().count() < 4).then(|| format!("«{entry}» is no reason"));
    }
    if let Some(crates) = entry.strip_prefix(NO_CRATE) {
        let built = crates.split(", ").find(|name| lock.lines().any(|line| line == format!("name = \"{name}\"")));
        return built.map(|name| format!("Cargo.lock has {name} by now, so the verdict needs another look"));
    }
    let Some((place, name)) = entry.rsplit_once("::") else { return Some(format!("«{entry}» names no test")) };
    let file = match place.starts_with("src/") {
        true => root().join(place),
        false => root().join("tests/it").join(format!("{}.rs", place.replace("::", "/"))),
    };
    (!has_test(&file, name)).then(|| format!("{} has no test {name}", file.display()))
}

/// All that is wrong with the cells of a requirement.
fn faults(requirement: &Requirement, lock: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let names: Vec<&str> = requirement.cells.iter().map(|(name, _)| name.as_str()).collect();
    if names != CELLS {
        faults.push(format!("its cells are {names:?}"));
    }
    let empty = requirement.cells.iter().filter(|(_, text)| text.is_empty() || text.contains('|'));
    faults.extend(empty.map(|(name, _)| format!("the cell {name} is empty or has a «|»")));
    if !VERDICTS.contains(&requirement.verdict.as_str()) {
        faults.push(format!("«{}» is no verdict", requirement.verdict));
    }
    let place = requirement.cell("where");
    if (requirement.verdict == OPEN) != place.contains(MISSING) {
        faults.push(format!("what is open says what is «{MISSING}», and nothing else does"));
    }
    let named = paths(place);
    if named.is_empty() {
        faults.push("no file is named".to_owned());
    }
    let absent = named.into_iter().filter(|path| !root().join(path).exists());
    faults.extend(absent.map(|path| format!("there is no {path}")));
    faults.extend(requirement.cell("test").split("; ").filter_map(|entry| fault_of_test(entry, lock)));
    faults
}

/// Chapters of the list: `V1` and its name.
fn chapters(list: &str) -> Vec<(&str, &str)> {
    list.lines().filter_map(|line| line.strip_prefix("# V").and(line.strip_prefix("# "))?.split_once(' ')).collect()
}

fn table(all: &[Requirement], list: &str) -> String {
    let mut text = format!("{ABOUT}\n| chapter | {} |\n|---|---|---|---|\n", VERDICTS.join(" | "));
    let count = |chapter: &str, verdict: &str| {
        let is_counted =
            |one: &&Requirement| one.verdict == verdict && (chapter.is_empty() || one.chapter() == chapter);
        all.iter().filter(is_counted).count()
    };
    let all_chapters = chapters(list);
    for (chapter, name) in all_chapters.iter().chain([&("", "all")]) {
        let counts = VERDICTS.map(|verdict| count(chapter, verdict).to_string()).join(" | ");
        writeln!(text, "| {} | {counts} |", format!("{chapter} {name}").trim_start()).expect("text");
    }
    for (chapter, name) in all_chapters {
        write!(text, "\n## {chapter} {name}\n\n| requirement | verdict | where | test |\n|---|---|---|---|\n")
            .expect("text");
        for one in all.iter().filter(|one| one.chapter() == chapter) {
            let verdict = if one.verdict == OPEN { "**open**" } else { &one.verdict };
            let [what, place, test] = CELLS.map(|name| one.cell(name));
            writeln!(text, "| {} ({}) {what} | {verdict} | {place} | {test} |", one.id, one.level).expect("text");
        }
    }
    text
}

#[test]
fn every_requirement_of_levels_one_and_two_is_answered_once_and_in_order() {
    let list = text_of(&root().join(LIST));
    let listed: Vec<&str> = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(listed.len(), REQUIREMENTS);
    let told: Vec<String> =
        requirements().iter().map(|one| format!("{} {}", one.id, one.level.trim_start_matches('L'))).collect();
    for (told, listed) in told.iter().zip(&listed) {
        assert_eq!(told, listed, "{DATA} has the first where {LIST} has the second");
    }
    assert_eq!(told.len(), listed.len());
}

#[test]
fn no_cell_is_empty_and_every_file_and_test_that_is_named_is_there() {
    let lock = text_of(&root().join("Cargo.lock"));
    let faults: Vec<String> = requirements()
        .iter()
        .flat_map(|one| faults(one, &lock).into_iter().map(|fault| format!("{}: {fault}", one.id)).collect::<Vec<_>>())
        .collect();
    assert!(faults.is_empty(), "tests/reviewed/{DATA}:\n{}", faults.join("\n"));
}

#[test]
fn the_table_is_what_was_written_down() {
    let list = text_of(&root().join(LIST));
    assert_reviewed(TABLE, &table(&requirements(), &list));
}
