//! The example with which the documentation of the log begins, made here so that it stays true.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use jiff::Timestamp;

use domain::audit::event::poll::{
    BoardAppointed, DeckWaived, FormTotals, FormsSealed, ListDecided, ListedOfficial, PollCreated, SealedForm,
    ZeroReported,
};
use domain::audit::merkle::{leaf_hash, verify_consistency, verify_inclusion};
use domain::audit::{Actor, Checkpoint, Digest, KeyName, Log, LogEntry, PollEvent, Replay, Signer};
use domain::count::BatchCounts;
use domain::id::AccountId;
use domain::poll::PollKind;
use domain::role::Role;
use domain::roster::{Teller, TellerRole};

fn person(number: u8, name: &str, role: Role) -> Actor {
    let account = AccountId::new(Timestamp::UNIX_EPOCH, &[0, 0, 0, 0, 0, 0, 0, 0, 0, number]);
    Actor { account: Some(account), name: name.into(), role }
}

/// Who said what: a vote of confidence in one person, up to the moment in which it may be opened.
fn told() -> Vec<(Actor, PollEvent)> {
    let clerk = || person(1, "Trần Thị Thư", Role::Clerk);
    let leader = || person(2, "Phạm Thường Trực", Role::Leader);
    let created = PollCreated {
        again_of: None,
        council: "Hội đồng nhân dân xã Mẫu".into(),
        delegates: 30,
        kind: PollKind::Confidence,
        program: None,
        rehearsal: false,
        ruleset: "NQ96-2023-QH15".into(),
        ruleset_sha256: Digest::of(b"id = \"NQ96-2023-QH15\"\n"),
        simulated: false,
        sitting: "Kỳ họp thứ nhất".into(),
    };
    let official =
        ListedOfficial { block: "Khối".into(), name: "Nguyễn Văn A".into(), posts: "Chủ tịch".into() };
    let head = Teller { account: None, name: "Ngô Trưởng Ban".into(), role: TellerRole::Head };
    let form = SealedForm { block: "Khối".into(), id: "F1".into(), lines: 1, sha256: Digest::of(b"%PDF"), sheets: 1 };
    let zero = FormTotals {
        counts: BatchCounts::zero(PollKind::Confidence, 1),
        form: "F1".into(),
        issued: 0,
        returned: 0,
        blindings: None,
    };
    vec![
        (clerk(), created.into()),
        (leader(), ListDecided { officials: vec![official], resolution: "31/NQ-HĐND".into() }.into()),
        (leader(), BoardAppointed { resolution: "32/NQ-HĐND".into(), shares: None, tellers: vec![head] }.into()),
        (clerk(), FormsSealed { forms: vec![form] }.into()),
        (leader(), DeckWaived { proposed_by: clerk(), reason: "Máy in hỏng".into() }.into()),
        (person(3, "Ngô Trưởng Ban", Role::HeadTeller), ZeroReported { forms: vec![zero] }.into()),
    ]
}

fn text() -> String {
    let signer = Signer::from_seed(KeyName::new("tinnhiem/vi-du").expect("name"), &[7; 32]);
    let mut log = Log::new(signer.verifier().name().clone());
    let start: Timestamp = "2026-12-01T01:00:00Z".parse().expect("time");
    let mut heads = Vec::new();
    for (minute, (actor, event)) in (0..).zip(told()) {
        let at = start.checked_add(jiff::SignedDuration::from_mins(minute)).expect("time");
        log.append(at, &actor, &event).expect("an entry");
        if matches!(event, PollEvent::FormsSealed(_)) {
            heads.push(log.head());
        }
    }
    heads.push(log.head());
    let [sealed, whole]: &[Checkpoint; 2] = heads.as_slice().try_into().expect("two heads");
    let mut replay = Replay::new(vec![sealed.size, whole.size]);
    for text in log.entries() {
        replay.accept(LogEntry::parse(text).expect("an entry")).expect("the course of a poll");
    }
    assert_eq!(replay.roots(), [Some(sealed.root), Some(whole.root)]);
    let (from, to) = (sealed.size, whole.size);
    let consistency = log.tree().consistency_proof(from, to).expect("proof");
    assert!(verify_consistency(from, sealed.root, to, whole.root, &consistency));
    let inclusion = log.tree().inclusion_proof(from - 1, to).expect("proof");
    let leaf = log.tree().leaf(from - 1).expect("leaf");
    assert!(verify_inclusion(leaf, from - 1, to, &inclusion, whole.root));
    let lines = |hashes: &[Digest]| hashes.iter().map(|hash| format!("{hash}\n")).collect::<String>();
    let leaves: String = log.entries().iter().map(|text| format!("{}\n", leaf_hash(text.as_bytes()))).collect();
    let mut out = String::new();
    let mut says = |what: &str, content: &str| {
        writeln!(out, "{what}\n\n```text\n{}\n```\n", content.trim_end_matches('\n')).expect("text");
    };
    says(
        "# A whole example\n\nSix entries of a log, a line each as in `log.jsonl`: a vote of confidence in one person, up to the \
         moment in which it may be opened.",
        &log.entries().join("\n"),
    );
    says("Their leaves, `SHA-256(0x00 ‖ entry)`:", &leaves);
    says("The log's key (`key.pub`); its 32 secret bytes are `07` each:", &signer.verifier().to_text());
    says(
        "The head that was signed when the forms were sealed, over four entries:",
        &sealed.sign(&signer).expect("note"),
    );
    says("Its root on paper:", &sealed.root.grouped());
    says("The head over all six:", &whole.sign(&signer).expect("note"));
    says("That the six begin with the four:", &lines(&consistency));
    says("That entry 3 is among the six, from its leaf up:", &lines(&inclusion));
    out
}

#[test]
fn the_example_of_the_documentation_is_what_the_program_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/audit/EXAMPLE.md");
    let text = text();
    if env::var("TINNHIEM_EVENTS").is_ok_and(|wish| wish == "write") {
        fs::write(&path, &text).expect("example");
    }
    let kept = fs::read_to_string(&path).expect("example");
    assert!(kept == text, "src/domain/audit/EXAMPLE.md is out of date; run this test with TINNHIEM_EVENTS=write");
}
