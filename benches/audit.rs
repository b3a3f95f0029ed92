//! The log at size: verifying a million entries, appending one, proving one.
//!
//! Target: a log of 1,000,000 entries (read, canonical form, shape, course of the poll, tree, root) in 1.5 s on two cores;
//! a whole bundle of such a log from disk takes the hash of its files besides. The commitments of a batch of 30 lines are made
//! in 5 ms; a public bundle of 1,000 such batches, about 124,000 points, is checked in 2 s on two cores.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench stops where it is wrong")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::sync::LazyLock;

use app::trail::bundle::{self, BundleParts, read_log};
use divan::Bencher;
use domain::audit::entry::entry_text;
use domain::audit::event::poll::{
    BatchCommitted, CountingClosed, DeckWaived, DossiersReleased, FileHash, FormTotals, FormsSealed, ListDecided,
    ListedOfficial, MinutesProposed, MinutesSigned, PaperIssued, PollCreated, ResultDeclared, ResultPublished,
    SealedForm, VotingOpened, ZeroReported,
};
use domain::audit::merkle::{Tree, leaf_hash, verify_inclusion};
use domain::audit::pedersen::Generator;
use domain::audit::{
    Actor, Binding, Digest, KeyName, Log, Moment, Nonce, PollEvent, Replay, SealedCounts, Signer, UtcTime,
};
use domain::ballot_account::BallotAccount;
use domain::count::BatchCounts;
use domain::poll::{LevelCounts, PollKind};
use domain::role::Role;
use jiff::Timestamp;

const ENTRIES: u64 = 1_000_000;

fn main() {
    divan::main();
}

fn now() -> UtcTime {
    "2026-12-10T01:00:00Z".parse().expect("moment")
}

/// The program of a rehearsal, which does the work of everybody.
fn teller() -> Actor {
    Actor { account: None, name: "Nguyễn Thị Kiểm".into(), role: Role::Program }
}

/// What a log must say before batches may come.
fn opening() -> Vec<PollEvent> {
    let block = "Khối Ủy ban nhân dân".to_owned();
    let poll = PollCreated {
        again_of: None,
        program: None,
        council: "Hội đồng nhân dân tỉnh Mẫu".into(),
        delegates: 60,
        kind: PollKind::Rating,

        rehearsal: true,
        ruleset: "NQ96-2023-QH15".into(),
        ruleset_sha256: Digest::of(b""),
        simulated: true,
        sitting: "Kỳ họp thứ 13".into(),
    };
    let official =
        ListedOfficial {
            block: block.clone(), name: "Nguyễn Văn A".into(), posts: "Chủ tịch UBND tỉnh".into()
        };
    let counts = BatchCounts::zero(PollKind::Rating, 1);
    let zero = FormTotals { blindings: None, counts, form: "F1-3F9A2C".into(), issued: 0, returned: 0 };
    let form = SealedForm { block, id: "F1-3F9A2C".into(), lines: 1, sha256: Digest::of(b""), sheets: 1 };
    vec![
        poll.into(),
        ListDecided { officials: vec![official], resolution: String::new() }.into(),
        FormsSealed { forms: vec![form] }.into(),
        DeckWaived { proposed_by: teller(), reason: "Đo tốc độ".into() }.into(),
        ZeroReported { forms: vec![zero] }.into(),
        VotingOpened { at: now(), planned: None, present: 60, proposed_by: teller(), quorum: None, reason: None }
            .into(),
        BallotAccount::plain(60, 60, 25).told("F1-3F9A2C".into()).into(),
    ]
}

fn batch(number: u64) -> PollEvent {
    let batch = u32::try_from(number).expect("small");
    let commitment = Digest::of(&number.to_be_bytes());
    committed(batch, commitment).into()
}

fn committed(batch: u32, commitment: Digest) -> BatchCommitted {
    let readers = vec!["Lê Thị C".into(), "Trần Văn D".into()];
    let accounts = None;
    let form = "F1-3F9A2C".to_owned();
    BatchCommitted {
        accounts,
        batch,
        commitment,
        commitments: None,
        decided: 0,
        earlier: None,
        form,
        papers: 25,
        readers,
        reread: 0,
    }
}

/// `log.jsonl` of a million entries, nearly all of them batches.
static LOG: LazyLock<String> = LazyLock::new(|| {
    let (opening, actor) = (opening(), teller());
    let mut text = String::new();
    for seq in 0..ENTRIES {
        let place = usize::try_from(seq).expect("small");
        let event = opening.get(place).cloned().unwrap_or_else(|| batch(seq));
        writeln!(text, "{}", entry_text(seq, now(), &actor, &event).expect("entry")).expect("text");
    }
    text
});

#[divan::bench(sample_count = 5, sample_size = 1)]
fn verify_a_log_of_a_million_entries(bencher: Bencher) {
    let log = LOG.as_bytes();
    bencher.counter(divan::counter::BytesCount::new(log.len())).bench(|| {
        let mut replay = Replay::new(vec![ENTRIES]);
        read_log(log, &mut |entry| replay.accept(entry).map_err(|e| e.to_string())).expect("log");
        assert_eq!(replay.size(), ENTRIES);
        replay.root()
    });
}

/// Everything that `tinnhiem verify` does, from the disk, on a log of a million entries: most of them dossiers, because
/// openings.json of a million batches is no bundle that anybody makes.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn verify_a_bundle_with_a_million_entries(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("folder");
    let dir = folder.path().join("bundle");
    long_bundle(&dir);
    bencher.bench_local(|| bundle::verify(&dir, &bundle::Options::default()).expect("whole"));
}

fn long_bundle(dir: &Path) {
    let name = KeyName::new("tinnhiem/mau").expect("name");
    let at: Timestamp = "2026-12-10T01:00:00Z".parse().expect("time");
    let (signer, mut log) = (Signer::from_seed(name.clone(), &[42; 32]), Log::new(name));
    let says = |log: &mut Log, event: PollEvent| {
        log.append(at, &teller(), &event).expect("entry");
    };
    let [poll, list, forms, waived, zero, opened, _] = opening().try_into().expect("seven events");
    says(&mut log, poll);
    says(&mut log, list);
    let dossier = FileHash { name: "dossiers/officials/01-nguyen-van-a.pdf".into(), sha256: Digest::of(b"x") };
    while log.size() < ENTRIES - 14 {
        says(&mut log, DossiersReleased { files: vec![dossier.clone()] }.into());
    }
    says(&mut log, forms);
    let sealed = log.head();
    says(&mut log, waived);
    says(&mut log, zero);
    says(&mut log, opened);
    let voting = log.head();
    let form = || "F1-3F9A2C".to_owned();
    says(&mut log, BallotAccount::plain(25, 25, 25).told(form()).into());
    let counts = BatchCounts { papers: 25, ..BatchCounts::zero(PollKind::Rating, 1) };
    let opening = SealedCounts { batch: 1, counts: counts.clone(), form: form(), nonce: Nonce::from_bytes([1; 32]) };
    let commitment = opening.commitment().expect("commitment");
    says(&mut log, committed(1, commitment).into());
    says(&mut log, {
        let forms = vec![FormTotals { blindings: None, counts, form: form(), issued: 25, returned: 25 }];
        CountingClosed { forms, proposed_by: teller(), shares: None }.into()
    });
    let closed = log.head();
    says(&mut log, ResultDeclared { proposed_by: teller(), results_sha256: Digest::of(b"{}\n") }.into());
    let (name, sha256) = ("minutes.pdf".to_owned(), Digest::of(b"%PDF"));
    says(&mut log, PaperIssued { name: name.clone(), pages: 1, sha256 }.into());
    says(&mut log, MinutesProposed { copies: None, name, sha256 }.into());
    says(&mut log, MinutesSigned { missing: None, sha256, tellers: Vec::new() }.into());
    let minutes = log.head();
    says(&mut log, ResultPublished { at: now(), proposed_by: teller() }.into());
    let heads: Vec<_> = Moment::ALL.into_iter().zip([sealed, voting, closed, minutes, log.head()]).collect();
    let (openings, papers) = ([opening], [].into());
    let (ruleset, results) = ("", "{}\n");
    let parts = BundleParts {
        cosignatures: &std::collections::BTreeMap::new(),
        signer: &signer,
        log: &log,
        heads: &heads,
        openings: Some(&openings),
        ruleset,
        results,
        papers: &papers,
    };
    bundle::write(dir, &parts).expect("bundle");
}

#[divan::bench]
fn append_an_entry(bencher: Bencher) {
    let mut log = Log::new(KeyName::new("tinnhiem/mau").expect("name"));
    let at: Timestamp = "2026-12-10T01:00:00Z".parse().expect("time");
    let (actor, event) = (teller(), batch(7));
    bencher.bench_local(|| log.append(black_box(at), &actor, &event).expect("entry").seq);
}

#[divan::bench(args = [1_000, 1_000_000])]
fn prove_an_entry(bencher: Bencher, size: u64) {
    let mut tree = Tree::default();
    (0..size).for_each(|i| tree.push(leaf_hash(&i.to_be_bytes())));
    bencher.bench_local(|| tree.inclusion_proof(black_box(size / 3), size).expect("proof"));
}

#[divan::bench(args = [1_000_000])]
fn check_a_proof(bencher: Bencher, size: u64) {
    let mut tree = Tree::default();
    (0..size).for_each(|i| tree.push(leaf_hash(&i.to_be_bytes())));
    let (index, root) = (size / 3, tree.root());
    let (leaf, proof) = (tree.leaf(index).expect("leaf"), tree.inclusion_proof(index, size).expect("proof"));
    bencher.bench_local(|| assert!(verify_inclusion(leaf, index, size, black_box(&proof), root)));
}

const LINES: u32 = 30;
const BATCHES: u32 = 1_000;
const REASONS: [&str; 3] = ["no_seal", "not_issued_by_board", "not_prescribed_form"];
const ORIGIN: &str = "tinnhiem/mau";
const FORM: &str = "F1-3F9A2C";

/// 30 papers of 30 lines, one of them invalid.
fn wide_pile(batch: u32) -> SealedCounts {
    let line = |line: u32| LevelCounts::Rating { high: 28 - (line + batch) % 20, medium: (line + batch) % 20, low: 1 };
    let invalid = [("no_seal".to_owned(), 1)].into();
    let counts = BatchCounts { papers: 30, invalid, lines: (0..LINES).map(line).collect() };
    let mut nonce = [7; 32];
    nonce[..4].copy_from_slice(&batch.to_be_bytes());
    SealedCounts { batch, counts, form: FORM.into(), nonce: Nonce::from_bytes(nonce) }
}

#[divan::bench]
fn commit_to_a_batch_of_30_lines(bencher: Bencher) {
    let opening = wide_pile(1);
    bencher.bench(|| Binding::of(black_box(ORIGIN), black_box(&opening), REASONS).expect("commitments"));
}

/// Everything that `tinnhiem verify` does with a public bundle of 1,000 batches of 30 lines, from the disk.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn verify_a_public_bundle_of_a_thousand_batches(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("folder");
    let dir = folder.path().join("bundle");
    wide_bundle(&dir);
    bencher.bench_local(|| bundle::verify(&dir, &bundle::Options::default()).expect("whole"));
}

fn wide_bundle(dir: &Path) {
    let name = KeyName::new(ORIGIN).expect("name");
    let at: Timestamp = "2026-12-10T01:00:00Z".parse().expect("time");
    let (signer, mut log) = (Signer::from_seed(name.clone(), &[42; 32]), Log::new(name));
    let says = |log: &mut Log, event: PollEvent| {
        log.append(at, &teller(), &event).expect("entry");
    };
    let papers = 30 * BATCHES;
    let [
        PollEvent::PollCreated(poll),
        PollEvent::ListDecided(list),
        PollEvent::FormsSealed(forms),
        waived,
        _,
        opened,
        _,
    ] = <[PollEvent; 7]>::try_from(opening()).expect("seven events")
    else {
        unreachable!("the opening of a poll")
    };
    says(&mut log, PollCreated { delegates: papers, ..poll }.into());
    says(&mut log, ListDecided { officials: vec![list.officials[0].clone(); 30], ..list }.into());
    says(&mut log, FormsSealed { forms: vec![SealedForm { lines: LINES, ..forms.forms[0].clone() }] }.into());
    let sealed = log.head();
    says(&mut log, waived);
    let counts = BatchCounts::zero(PollKind::Rating, 30);
    let zero = FormTotals { blindings: None, counts, form: FORM.into(), issued: 0, returned: 0 };
    says(&mut log, ZeroReported { forms: vec![zero] }.into());
    let PollEvent::VotingOpened(opened) = opened else { unreachable!("the opening of the vote") };
    says(&mut log, VotingOpened { present: papers, ..opened }.into());
    let voting = log.head();
    says(&mut log, BallotAccount::plain(papers, papers, papers).told(FORM.into()).into());
    let piles: Vec<SealedCounts> = (1..=BATCHES).map(wide_pile).collect();
    for pile in &piles {
        let Binding { commitment, commitments } = Binding::of(ORIGIN, pile, REASONS).expect("commitments");
        let batch = committed(pile.batch, commitment);
        says(&mut log, BatchCommitted { commitments, papers: 30, ..batch }.into());
    }
    let counts = BatchCounts::sum(PollKind::Rating, 30, piles.iter().map(|pile| &pile.counts)).expect("one form");
    let blindings = Generator::of(ORIGIN, FORM).blindings((PollKind::Rating, 30), &piles, REASONS).expect("sums");
    let total = FormTotals { blindings: Some(blindings), counts, form: FORM.into(), issued: papers, returned: papers };
    says(&mut log, CountingClosed { forms: vec![total], proposed_by: teller(), shares: None }.into());
    let closed = log.head();
    says(&mut log, ResultDeclared { proposed_by: teller(), results_sha256: Digest::of(b"{}\n") }.into());
    let (minutes, sha256) = ("minutes.pdf".to_owned(), Digest::of(b"%PDF"));
    says(&mut log, PaperIssued { name: minutes.clone(), pages: 1, sha256 }.into());
    says(&mut log, MinutesProposed { copies: None, name: minutes, sha256 }.into());
    says(&mut log, MinutesSigned { missing: None, sha256, tellers: Vec::new() }.into());
    let signed = log.head();
    says(&mut log, ResultPublished { at: now(), proposed_by: teller() }.into());
    let heads: Vec<_> = Moment::ALL.into_iter().zip([sealed, voting, closed, signed, log.head()]).collect();
    let papers = [].into();
    let parts = BundleParts {
        signer: &signer,
        log: &log,
        heads: &heads,
        cosignatures: &std::collections::BTreeMap::new(),
        openings: None,
        ruleset: "",
        results: "{}\n",
        papers: &papers,
    };
    bundle::write(dir, &parts).expect("bundle");
}
