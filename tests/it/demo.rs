//! The main job on the sample council, from the command line to the last byte.

use std::fs;

use serde_json::Value;

use crate::office::{Office, files, pages};

#[test]
fn the_demo_makes_every_paper_twice_alike_and_its_bundle_verifies() {
    let office = Office::new();
    let run = office.runs(&["demo", "--out", "one"]).ends(0);
    assert!(run.stdout.contains("one/minutes.pdf"), "the summary says where to look: {}", run.stdout);
    office.runs(&["demo", "--out", "two"]).ends(0);
    let (one, two) = (files(&office.path("one")), files(&office.path("two")));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &two[name], "{name} differs between two runs of one seed");
    }
    for name in ["minutes.pdf", "resolution.pdf", "list.pdf", "results.json", "results.csv", "results.xlsx"] {
        assert!(one.contains_key(name), "{name} is missing");
    }
    let count = |prefix: &str| one.keys().filter(|n| n.starts_with(prefix) && n.ends_with(".pdf")).count();
    assert_eq!((count("dossiers/officials/"), count("ballots/")), (30, 2));
    assert!(count("dossiers/fields/") > 5);
    office.runs(&["verify", "one/bundle"]).ends(0);

    office.runs(&["demo", "--out", "other", "--seed", "2"]).ends(0);
    assert_ne!(one["results.json"], files(&office.path("other"))["results.json"], "the seed changes nothing");
}

#[test]
fn one_more_byte_on_any_file_of_the_bundle_is_named() {
    let office = Office::new();
    office.runs(&["demo", "--out", "demo"]).ends(0);
    let bundle = office.path("demo/bundle");
    for (name, bytes) in files(&bundle) {
        let mut longer = bytes.clone();
        longer.push(b'x');
        fs::write(bundle.join(&name), longer).expect("write");
        let run = office.runs(&["verify", "demo/bundle"]).ends(1);
        assert!(run.stderr.contains(&name), "{name} is not named: {}", run.stderr);
        fs::write(bundle.join(&name), bytes).expect("restore");
    }
    office.runs(&["verify", "demo/bundle"]).ends(0);
}

#[test]
fn every_page_of_a_rehearsal_says_so_and_the_root_on_paper_is_the_bundles() {
    let office = Office::new();
    office.runs(&["demo", "--out", "demo"]).ends(0);
    for name in files(&office.path("demo")).keys().filter(|n| n.ends_with(".pdf")) {
        for (index, page) in pages(&office.path("demo").join(name)).iter().enumerate() {
            assert!(page.contains("DIỄN TẬP"), "{name}, page {}: {page}", index + 1);
        }
    }
    let results: Value = serde_json::from_slice(&files(&office.path("demo"))["results.json"]).expect("JSON");
    assert_eq!(results["rehearsal"], true);
    assert_eq!(results["officials"].as_array().map(Vec::len), Some(30));
    for official in results["officials"].as_array().expect("officials") {
        let count = |key: &str| official["counts"][key].as_u64().expect("count");
        let sum = count("high") + count("medium") + count("low") + count("not_counted");
        assert_eq!(Some(sum), results["ballots"]["returned"].as_u64(), "{}", official["name"]);
    }
}

#[test]
fn whoever_holds_the_table_alone_can_recompute_it() {
    let office = Office::new();
    office.runs(&["demo", "--out", "demo"]).ends(0);
    let results: Value = serde_json::from_slice(&files(&office.path("demo"))["results.json"]).expect("JSON");
    let returned = results["base"]["value"].to_string();
    for table in ["demo/results.csv", "demo/results.xlsx"] {
        let rules = ["tally", table, "--rules", "NQ96-2023-QH15", "--returned", &returned, "--json"];
        let report: Value = serde_json::from_str(&office.runs(&rules).ends(0).stdout).expect("JSON");
        let bands = |value: &Value| -> Vec<Value> {
            value["officials"].as_array().expect("officials").iter().map(|o| o["band"].clone()).collect()
        };
        assert_eq!(bands(&report), bands(&results), "{table}");
        assert_eq!(report["follows"], true);
    }
}
