//! Files in `tests/reviewed`: what the program is, written out for people to review. A test computes each one again.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::PathBuf;

/// When set, the computed text is written into the file.
const UPDATE: &str = "TINNHIEM_UPDATE_REVIEWED";

pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reviewed").join(name)
}

pub fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|problem| panic!("tests/reviewed/{name}: {problem}"))
}

/// Compares a computed text with the reviewed one.
pub fn assert_reviewed(name: &str, computed: &str) {
    if env::var_os(UPDATE).is_some() {
        fs::write(path(name), computed).unwrap_or_else(|problem| panic!("tests/reviewed/{name}: {problem}"));
        return;
    }
    let reviewed = read(name);
    let gone = reviewed.lines().filter(|line| !computed.lines().any(|other| other == *line));
    let new = computed.lines().filter(|line| !reviewed.lines().any(|other| other == *line));
    let differences: Vec<String> =
        gone.map(|line| format!("- {line}")).chain(new.map(|line| format!("+ {line}"))).collect();
    assert!(
        reviewed == computed,
        "tests/reviewed/{name} differs. If the change is meant, run this test once with {UPDATE}=1 and review the \
         difference in the commit.\n{}",
        differences.join("\n")
    );
}

/// What promises leave uncovered. `== ` begins a promise, `-- ` a reason; every line after a reason is something that is
/// left uncovered for it.
const UNCOVERED: &str = "uncovered.txt";

/// What the file leaves uncovered of a promise, each with the reason.
pub fn uncovered(promise: &str) -> BTreeMap<String, String> {
    let text = read(UNCOVERED);
    let (mut is_inside, mut reason, mut left) = (false, None, BTreeMap::new());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(title) = line.strip_prefix("== ") {
            (is_inside, reason) = (title == promise, None);
        } else if let Some(text) = line.strip_prefix("-- ") {
            reason = Some(text.to_owned());
        } else if is_inside {
            let reason = reason.clone().unwrap_or_else(|| panic!("tests/reviewed/{UNCOVERED}: no reason for {line}"));
            let twice = left.insert(line.to_owned(), reason);
            assert!(twice.is_none(), "tests/reviewed/{UNCOVERED} has {line} twice");
        }
    }
    left
}

/// Holds the file to what a test found uncovered: it may neither lack a line nor keep one that is covered by now.
pub fn assert_uncovered(promise: &str, found: &BTreeSet<String>) {
    assert_all_uncovered(&[(promise, found.clone())]);
}

/// The same of several promises.
pub fn assert_all_uncovered(promises: &[(&str, BTreeSet<String>)]) {
    let mut differences = Vec::new();
    for (promise, found) in promises {
        let listed: BTreeSet<String> = uncovered(promise).into_keys().collect();
        let new = found.difference(&listed).map(|line| format!("{promise}: {line} is uncovered and not listed"));
        let covered = listed.difference(found).map(|line| format!("{promise}: {line} is listed and covered by now"));
        differences.extend(new.chain(covered));
    }
    assert!(
        differences.is_empty(),
        "tests/reviewed/{UNCOVERED}: cover what is uncovered, or list it with its reason; take away what is covered.\n{}",
        differences.join("\n")
    );
}
