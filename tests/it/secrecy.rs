//! What leaves the program must not tell a ballot: every hash it stores has a pre-image that is public or cannot be
//! guessed, and marks are gone from memory once a batch is counted.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::Digest;
use domain::audit::canonical;
use serde_json::Value;

use crate::office::{Office, files, pages};

/// Where a hash or another long secret-looking value stands in the files of a run, what it is made of, and why nobody
/// learns a ballot from it. A hash that is not in this table fails the test: name its pre-image first.
const COMMITTED: &str = "no hash: a point that 252 random bits hide, whatever the count of the batch";
const SUMMED: &str = "no hash: the sum of such bits over all batches of a form, which opens the published total";
const HASHES: &[(&str, &str)] = &[
    ("MANIFEST", "bytes of the files beside it, all published"),
    ("MANIFEST base64", "signature of the manifest"),
    ("key.pub base64", "public key"),
    ("checkpoints base64", "root over the published log; signature"),
    ("consistency.json proofs[].hashes[]", "nodes of the tree over the published log"),
    ("inclusion.json proofs[].hashes[]", "nodes of the tree over the published log"),
    ("inclusion.json proofs[].entry", "an entry of the published log: the hash of an issued paper"),
    ("log poll.created ruleset_sha256", "ruleset.toml, published"),
    ("log dossiers.released files[].sha256", "a dossier: facts with their sources, nothing of the vote"),
    ("log council_log.noted root", "root over the council's own log: accounts and polls, nothing of the vote"),
    ("log forms.sealed forms[].sha256", "one blank ballot: every voter holds the same bytes"),
    ("log batch.committed commitment", "the commitments beside it, published"),
    ("log batch.committed commitments.invalid.no_seal", COMMITTED),
    ("log batch.committed commitments.invalid.not_issued_by_board", COMMITTED),
    ("log batch.committed commitments.invalid.not_prescribed_form", COMMITTED),
    ("log batch.committed commitments.invalid.reason_not_given", COMMITTED),
    ("log batch.committed commitments.lines[].high", COMMITTED),
    ("log batch.committed commitments.lines[].low", COMMITTED),
    ("log batch.committed commitments.lines[].medium", COMMITTED),
    ("log batch.committed commitments.lines[].not_counted", COMMITTED),
    ("log counting.closed forms[].blindings.invalid.no_seal", SUMMED),
    ("log counting.closed forms[].blindings.invalid.not_issued_by_board", SUMMED),
    ("log counting.closed forms[].blindings.invalid.not_prescribed_form", SUMMED),
    ("log counting.closed forms[].blindings.invalid.reason_not_given", SUMMED),
    ("log counting.closed forms[].blindings.lines[].high", SUMMED),
    ("log counting.closed forms[].blindings.lines[].low", SUMMED),
    ("log counting.closed forms[].blindings.lines[].medium", SUMMED),
    ("log result.declared results_sha256", "results.json, published"),
    ("log minutes.proposed sha256", "the minutes, published"),
    ("log minutes.signed sha256", "the minutes, published"),
    ("log result.confirmed sha256", "the resolution, published"),
    ("log paper.issued sha256", "a published paper"),
    ("openings.json openings[].nonce", "no hash: the 256 random bits, after the count is closed"),
];

/// Runs of at least `least` letters of which `belongs` holds.
fn runs(text: &str, least: usize, belongs: fn(char) -> bool) -> Vec<&str> {
    text.split(|c| !belongs(c)).filter(|run| run.len() >= least).collect()
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
}

/// Places of hex values of 128 bits or more below `value`.
fn walk(value: &Value, place: &str, found: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                let dot = if place.ends_with(' ') { "" } else { "." };
                walk(inner, &format!("{place}{dot}{key}"), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, &format!("{place}[]"), found)),
        Value::String(text) => {
            let hashes = runs(text, 32, |c| c.is_ascii_hexdigit()).into_iter().map(str::to_owned);
            hashes.for_each(|hash| found.entry(place.to_owned()).or_default().push(hash));
        }
        _ => {}
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Every hash in the text files of a run, by place.
fn hashes(run: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for (path, bytes) in run {
        let name = path.rsplit('/').next().expect("name");
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        match name {
            "log.jsonl" => {
                for entry in text.lines().map(json) {
                    walk(&entry["data"], &format!("log {} ", entry["kind"].as_str().expect("kind")), &mut found);
                }
            }
            _ if name.ends_with(".json") => walk(&json(text), &format!("{name} "), &mut found),
            _ if !name.ends_with(".pdf") => {
                let place = if path.contains("checkpoints/") { "checkpoints" } else { name };
                let own = |run: &&str| run.chars().any(|c| !c.is_ascii_hexdigit());
                for hash in runs(text, 32, |c| c.is_ascii_hexdigit()) {
                    found.entry(place.to_owned()).or_default().push(hash.to_owned());
                }
                for long in runs(text, 40, is_base64).iter().filter(|run| own(run)) {
                    found.entry(format!("{place} base64")).or_default().push((*long).to_owned());
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn every_hash_has_a_pre_image_that_tells_no_ballot() {
    let office = Office::new();
    office.runs(&["demo", "--no-serve", "--out", "demo"]).ends(0);
    let mut run = files(&office.path("demo"));
    // The sealed bundle has the same log; what it has besides is named too.
    let openings = run["bundle-sealed/openings.json"].clone();
    run.retain(|path, _| !path.starts_with("bundle-sealed/"));
    run.insert("openings.json".to_owned(), openings);
    let found = hashes(&run);
    let named: BTreeSet<&str> = HASHES.iter().map(|(place, _)| *place).collect();
    assert_eq!(found.keys().map(String::as_str).collect::<BTreeSet<_>>(), named);

    // And the pre-image is the one that is named, not a ballot under its name.
    let digest = |bytes: &[u8]| Digest::of(bytes).to_string();
    let of = |path: &str| digest(&run[path]);
    assert_eq!(found["log poll.created ruleset_sha256"], [of("bundle/ruleset.toml")]);
    assert_eq!(found["log result.declared results_sha256"], [of("results.json")]);
    assert_eq!(found["log paper.issued sha256"], [of("minutes.pdf"), of("resolution.pdf")]);
    assert_eq!(found["log minutes.proposed sha256"], [of("minutes.pdf")]);
    assert_eq!(found["log minutes.signed sha256"], [of("minutes.pdf")]);
    assert_eq!(found["log result.confirmed sha256"], [of("resolution.pdf")]);
    let dossiers: BTreeSet<String> =
        run.keys().filter(|path| path.starts_with("dossiers/")).map(|path| of(path)).collect();
    assert_eq!(found["log dossiers.released files[].sha256"].iter().cloned().collect::<BTreeSet<_>>(), dossiers);
    let listed: Vec<String> =
        run.keys().filter(|path| path.starts_with("bundle/") && *path != "bundle/MANIFEST").map(|p| of(p)).collect();
    assert_eq!(found["MANIFEST"], listed);
    let log = std::str::from_utf8(&run["bundle/log.jsonl"]).expect("text");
    let batches = log.lines().map(json).filter(|entry| entry["kind"] == "batch.committed");
    let names = batches.map(|entry| {
        assert!(entry["data"]["papers"].as_u64() >= Some(10), "a commitment to nearly a ballot");
        let commitments = canonical::to_text(&entry["data"]["commitments"]).expect("text");
        digest(&[b"tinnhiem batch commitments v2\n", commitments.as_bytes()].concat())
    });
    let names: Vec<String> = names.collect();
    assert_eq!(found["log batch.committed commitment"], names);
    let points: Vec<&String> =
        found.iter().filter(|(place, _)| place.contains(" commitments.")).flat_map(|(_, points)| points).collect();
    assert_eq!(points.iter().collect::<BTreeSet<_>>().len(), points.len(), "equal counts have unlike commitments");
    let nonces = &found["openings.json openings[].nonce"];
    assert_eq!(nonces.iter().collect::<BTreeSet<_>>().len(), nonces.len(), "a nonce serves one batch");
}

/// Papers print a hash only of what the log holds or of the dossier that they are.
#[test]
fn papers_of_the_count_print_no_hash_but_the_root() {
    let office = Office::new();
    office.runs(&["demo", "--no-serve", "--out", "demo"]).ends(0);
    let ballots = files(&office.path("demo")).into_keys().filter(|path| path.starts_with("ballots/"));
    for name in ["minutes.pdf".to_owned(), "resolution.pdf".to_owned()].into_iter().chain(ballots) {
        for page in pages(&office.path("demo").join(&name)) {
            assert!(runs(&page, 12, |c| c.is_ascii_hexdigit()).is_empty(), "{name}: {page}");
        }
    }
}

/// Marks that are planted, counted, and then looked for in this process's own memory.
#[cfg(target_os = "linux")]
mod memory {
    use std::fs::{self, File};
    use std::os::unix::fs::FileExt;

    use domain::batch::{Agreed, Batch, Compared, Entry, Paper, Shape};
    use domain::marks::Mark;
    use domain::poll::{Level, PollKind};
    use memchr::memmem;

    const LINES: usize = 64;
    const MARKS: [Mark; 5] =
        [Mark::Level(Level::High), Mark::Level(Level::Medium), Mark::Level(Level::Low), Mark::None, Mark::Multiple];
    /// How the marks above lie in memory. If that ever changes, the search of an open batch fails first.
    const BYTES: [u8; 5] = [0, 1, 2, 5, 6];

    /// Which of [`MARKS`] stands on line `i` of the planted ballot; computed, so that only a ballot holds it in one piece.
    fn planted(i: usize) -> usize {
        let mixed = (u64::try_from(i).expect("small") + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        usize::try_from((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33).expect("31 bits") % 5
    }

    fn ballot() -> Paper {
        Paper::Marked((0..LINES).map(|i| MARKS[planted(i)]).collect())
    }

    fn misread() -> Paper {
        let slip = |i| if i == LINES - 1 { MARKS[(planted(i) + 1) % 5] } else { MARKS[planted(i)] };
        Paper::Marked((0..LINES).map(slip).collect())
    }

    /// How often the planted ballot, but for its first and last bytes, stands in writable memory: an allocator writes its
    /// own notes over the first sixteen bytes of what it gets back.
    fn copies() -> usize {
        let memory = File::open("/proc/self/mem").expect("own memory");
        // Only this beginning lies in one piece beside the ballots.
        let beginning: Vec<u8> = (16..24).map(|i| BYTES[planted(i)]).collect();
        let beginning = memmem::Finder::new(&beginning);
        let is_ballot = |bytes: &[u8]| bytes.iter().enumerate().all(|(i, &byte)| byte == BYTES[planted(i + 16)]);
        let mut piece = vec![0; 1 << 20];
        let mut found = 0;
        for line in fs::read_to_string("/proc/self/maps").expect("own map").lines() {
            let (range, rest) = line.split_once(' ').expect("range");
            let (from, to) = range.split_once('-').expect("range");
            let [from, to] = [from, to].map(|hex| u64::from_str_radix(hex, 16).expect("address"));
            let mut at = from;
            while rest.starts_with("rw") && at < to {
                let Ok(read @ 1..) = memory.read_at(&mut piece, at) else { break };
                let read = read.min(usize::try_from(to - at).expect("an address"));
                let places = beginning.find_iter(&piece[..read]);
                found +=
                    places.filter_map(|at| piece[..read].get(at..at + LINES - 17)).filter(|b| is_ballot(b)).count();
                // What was read must not be found again as this buffer.
                piece.fill(0xFF);
                // Overlap, so that no ballot hides between two pieces.
                at += u64::try_from(if read > LINES { read - LINES } else { read }).expect("small");
            }
        }
        found
    }

    #[test]
    fn a_counted_batch_leaves_no_ballot_in_memory() {
        let shape = Shape { number: 1, kind: PollKind::Rating, lines: LINES, papers: 10 };
        let entry = |teller: &str, paper: fn() -> Paper| Entry {
            teller: teller.to_owned(),
            papers: (0..10).map(|_| paper()).collect(),
        };
        let read_once = Batch::open(shape).first(entry("A", ballot)).expect("first");
        let Ok(Compared::Differs(disputed)) = read_once.second(entry("B", misread)) else { panic!("a slip a paper") };
        assert!(copies() >= 20, "the search finds what is there: two readings of ten papers");

        let Ok(Compared::Agreed(Agreed { counts, .. })) = disputed.read_again(|_| (ballot(), ballot())) else {
            panic!("agreed")
        };
        assert_eq!(counts.papers, 10);
        assert_eq!(copies(), 0, "a ballot outlived its batch");
    }
}
