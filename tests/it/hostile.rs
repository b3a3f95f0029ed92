//! Readers in the hands of somebody who wants them to stop, to loop, or to accept two spellings of one thing. Every file
//! that comes from outside is bent at random a few hundred times (`PROPTEST_CASES` for more): a reader answers yes or no,
//! and what it says yes to is, letter by letter, what the program itself would have written.

use std::fs;

use domain::audit::entry::entry_text;
use domain::audit::merkle::{verify_consistency, verify_inclusion};
use domain::audit::{Checkpoint, Digest, KeyName, LogEntry, PollEvent, Signer, UtcTime, VerifierKey, canonical};
use domain::rules::{builtin_texts, load};
use import::{read_csv_folder, read_published, read_xlsx, template_xlsx};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// One thing that goes wrong with a file.
#[derive(Clone, Debug)]
enum Bend {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Cut(Index, Index),
    Repeat(Index, Index),
}

impl Bend {
    fn any() -> impl Strategy<Value = Self> {
        let spice = prop_oneof![
            vec(any::<u8>(), 1..4),
            prop::sample::select(vec![
                "\"", "{", "[", "\n", "\r\n", "-", "0", "9", "1e9", "\u{feff}", "=", "+", "—", ";", "\0", "ế"
            ])
            .prop_map(|s| s.as_bytes().to_vec()),
            Just(b"99999999999999999999".to_vec()),
            Just(b"[".repeat(5_000)),
        ];
        prop_oneof![
            4 => (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Self::Flip(at, bit)),
            2 => (any::<Index>(), spice).prop_map(|(at, bytes)| Self::Insert(at, bytes)),
            1 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Self::Cut(from, to)),
            1 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Self::Repeat(from, to)),
        ]
    }

    fn bend(&self, bytes: &mut Vec<u8>) {
        let place = |at: &Index| at.index(bytes.len() + 1);
        let span = |a: &Index, b: &Index| {
            let (a, b) = (place(a), place(b));
            // Short pieces leave most of the file, and so most of the reader, in play.
            let from = a.min(b);
            from..a.max(b).min(from + 40)
        };
        match self {
            Self::Flip(at, bit) => {
                let at = place(at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            Self::Insert(at, more) => {
                let at = place(at);
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Cut(a, b) => {
                let span = span(a, b);
                bytes.drain(span);
            }
            Self::Repeat(a, b) => {
                let span = span(a, b);
                let piece = bytes[span.clone()].to_vec();
                bytes.splice(span.start..span.start, piece);
            }
        }
    }
}

/// `seeds`, each bent one to three times.
fn bent(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (prop::sample::select(seeds), vec(Bend::any(), 1..4)).prop_map(|(mut bytes, bends)| {
        bends.iter().for_each(|bend| bend.bend(&mut bytes));
        bytes
    })
}

fn bent_text(seeds: Vec<String>) -> impl Strategy<Value = String> {
    bent(seeds.into_iter().map(String::into_bytes).collect())
        .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

const COUNTS: &str =
    r#"{"invalid":{"no_seal":1},"lines":[{"high":19,"low":25,"medium":2},{"high":46,"low":0,"medium":0}],"papers":47}"#;

fn entries() -> Vec<String> {
    let digest = Digest::of(b"");
    let account = r#""account":null,"name":"A","role":"leader""#;
    let data = [
        (
            "ballots.corrected",
            format!(
                r#"{{"ballots":{{"exchanged":1,"form":"F1","issued":47,"not_returned":0,"printed":50,"returned":47,"unused":2}},"proposed_by":{{{account}}},"reason":"Ghi nhầm"}}"#
            ),
        ),
        (
            "line.recounted",
            r#"{"counted":{"high":19,"low":25,"medium":2},"form":"F1","line":1,"readers":["C","D"],"reason":"","recounted":{"high":19,"low":25,"medium":2},"stands":"counted"}"#
                .to_owned(),
        ),
        (
            "batch.committed",
            format!(
                r#"{{"batch":1,"commitment":"{digest}","decided":0,"form":"F1","papers":25,"readers":["C","D"],"reread":1}}"#
            ),
        ),
        (
            "counting.closed",
            format!(
                r#"{{"forms":[{{"counts":{COUNTS},"form":"F1","issued":47,"returned":47}}],"proposed_by":{{{account}}}}}"#
            ),
        ),
        (
            "list.decided",
            r#"{"officials":[{"block":"Khối","name":"Nguyễn \"A\"\u0001","posts":"Chủ tịch"}],"resolution":""}"#
                .to_owned(),
        ),
        (
            "voting.opened",
            format!(r#"{{"at":"2024-02-29T23:59:59Z","present":47,"proposed_by":{{{account}}}}}"#),
        ),
    ];
    let entry = |(kind, data): (&str, String)| {
        format!(
            r#"{{"actor":{{"account":null,"name":"A","role":"teller"}},"at":"2024-02-29T23:59:59Z","data":{data},"kind":"{kind}","seq":41,"v":1}}"#
        )
    };
    data.into_iter().map(entry).collect()
}

fn signer() -> Signer {
    Signer::from_seed(KeyName::new("tinnhiem/mau").expect("name"), &[7; 32])
}

fn head() -> Checkpoint {
    Checkpoint { origin: KeyName::new("tinnhiem/mau").expect("name"), size: 41, root: Digest::of(b"x") }
}

#[test]
fn the_seeds_are_read() {
    assert!(entries().iter().all(|text| LogEntry::<PollEvent>::parse(text).is_ok()));
    assert!(canonical::check(COUNTS).is_ok());
}

proptest! {
    #[test]
    fn an_entry_that_is_accepted_has_no_other_spelling(text in bent_text(entries())) {
        if let Ok(entry) = LogEntry::<PollEvent>::parse(&text) {
            prop_assert_eq!(entry_text(entry.seq, entry.at, &entry.actor, &entry.event).expect("text"), text);
        }
    }

    #[test]
    fn json_that_is_called_canonical_is_what_the_reference_writes(text in bent_text(vec![COUNTS.to_owned(), entries().remove(2)])) {
        if canonical::check(&text).is_ok() {
            let value: serde_json::Value = serde_json::from_str(&text).expect("canonical JSON is JSON");
            prop_assert_eq!(serde_json_canonicalizer::to_string(&value).expect("text"), text);
        }
    }

    #[test]
    fn keys_heads_and_moments_have_one_spelling(
        key in bent_text(vec![signer().verifier().to_text()]),
        head in bent_text(vec![head().to_text()]),
        moment in bent_text(vec!["2024-02-29T23:59:59Z".to_owned()]),
        paper in bent_text(vec![Digest::of(b"x").grouped()]),
    ) {
        if let Ok(read) = VerifierKey::parse(&key) {
            prop_assert_eq!(read.to_text(), key);
        }
        if let Ok(read) = Checkpoint::parse(&head) {
            prop_assert_eq!(read.to_text(), head);
        }
        if let Ok(read) = moment.parse::<UtcTime>() {
            prop_assert_eq!(read.as_str(), moment);
        }
        if let Ok(read) = Digest::from_paper(&paper) {
            prop_assert_eq!(read.to_string(), paper.split_whitespace().collect::<String>().to_ascii_lowercase());
        }
    }

    #[test]
    fn a_signed_head_opens_as_it_was_signed_or_not_at_all(note in bent_text(vec![head().sign(&signer()).expect("note")])) {
        if let Ok(opened) = Checkpoint::open(&note, signer().verifier()) {
            prop_assert_eq!(opened, head());
            prop_assert_eq!(note, head().sign(&signer()).expect("note"));
        }
    }

    #[test]
    fn a_made_up_proof_proves_nothing(
        sizes in (0..u64::MAX, 0..u64::MAX),
        hashes in vec(any::<[u8; 32]>(), 0..70),
    ) {
        let hashes: Vec<Digest> = hashes.into_iter().map(Digest::from_bytes).collect();
        let (leaf, root) = (Digest::of(b"leaf"), Digest::of(b"root"));
        let (small, large) = (sizes.0.min(sizes.1), sizes.0.max(sizes.1));
        prop_assert!(!verify_inclusion(leaf, small, large, &hashes, root));
        prop_assert!(small == 0 || !verify_consistency(small, leaf, large, root, &hashes));
    }

    #[test]
    fn a_rule_file_is_read_or_refused_with_its_name(text in bent_text(builtin_texts().iter().map(|(_, t)| (*t).to_owned()).collect())) {
        if let Err(error) = load("x.toml", &text) {
            prop_assert!(error.to_string().starts_with("x.toml, khóa "), "{error}");
        }
    }
}

// Slower readers, fewer cases.
proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 8, ..ProptestConfig::default() })]

    #[test]
    fn tables_are_read_or_refused_with_findings(table in bent(published()), sheets in bent(sample_sheets())) {
        if let Err(findings) = read_published(&table, "bảng.csv") {
            prop_assert!(findings.iter().any(domain::finding::Finding::is_error));
        }
        let read = read_csv_folder(vec![("du-kien.csv".into(), sheets.clone()), ("hoi-dong.csv".into(), sheets)]);
        prop_assert!(read.book.is_some() || read.findings.iter().any(domain::finding::Finding::is_error));
    }

    #[test]
    fn a_workbook_is_read_or_refused_with_findings(bytes in bent(vec![template_xlsx().expect("template")])) {
        let read = read_xlsx(&bytes, "sổ.xlsx");
        prop_assert!(read.book.is_some() || read.findings.iter().any(domain::finding::Finding::is_error));
    }
}

fn beginning(path: &str) -> Vec<u8> {
    let text = fs::read_to_string(path).expect("fixture");
    text.lines().take(12).flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
}

fn published() -> Vec<Vec<u8>> {
    ["vinhphuc-2023", "quochoi-2013"].map(|name| beginning(&format!("tests/fixtures/published/{name}.csv"))).into()
}

fn sample_sheets() -> Vec<Vec<u8>> {
    ["du-kien", "hoi-dong", "nguoi-duoc-lay-phieu"]
        .map(|name| beginning(&format!("templates/sample/{name}.csv")))
        .into()
}
