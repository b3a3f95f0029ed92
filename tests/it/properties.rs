//! Every property that is tried with values by chance, and every program of fuzzing, in one table: `tests/reviewed/properties.md`.
//! A property is named by its function, a program by its first line.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::reviewed::assert_reviewed;

const ABOUT: &str = "\
# Properties and programs of fuzzing

Written by `tests/it/properties.rs` out of the sources. A property is tried with a few hundred values in every run of the
tests (`PROPTEST_CASES` for more); a program of fuzzing as long as one likes (`scripts/fuzz`).

| part | kind | property |
|---|---|---|
";

fn rows(folder: &Path, root: &Path, rows: &mut Vec<(String, &'static str, String)>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|problem| panic!("{}: {problem}", folder.display())) {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            self::rows(&path, root, rows);
            continue;
        }
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("source");
        let part = path.strip_prefix(root).expect("below the root").display().to_string();
        if part.starts_with("tests/fuzz/targets/") {
            let said: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//! ")).collect();
            rows.push((part.clone(), "fuzzing", said.join(" ")));
        }
        // A block ends with a brace that stands as far in as the word that begins it.
        let mut end = None;
        for line in text.lines() {
            let begin = line.trim_start();
            if begin.starts_with("proptest! {") {
                end = Some(format!("{}}}", &line[..line.len() - begin.len()]));
            } else if end.as_deref() == Some(line) {
                end = None;
            } else if let (Some(_), Some(rest)) = (&end, begin.strip_prefix("fn ")) {
                let name = rest.split('(').next().unwrap_or_default();
                rows.push((part.clone(), "property", name.replace('_', " ")));
            }
        }
    }
}

#[test]
fn every_property_and_every_program_of_fuzzing_is_in_one_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in ["src", "tests"] {
        rows(&root.join(folder), root, &mut all);
    }
    all.sort();
    let fuzzed = fs::read_to_string(root.join("scripts/fuzz")).expect("script");
    let mut table = ABOUT.to_owned();
    for (part, kind, property) in &all {
        writeln!(table, "| {part} | {kind} | {property} |").expect("text");
        let program = Path::new(part).file_stem().unwrap_or_default().to_string_lossy();
        assert!(
            *kind != "fuzzing" || fuzzed.contains(&format!("#   {program} ")),
            "scripts/fuzz does not tell of {program}"
        );
    }
    assert_reviewed("properties.md", &table);
}
