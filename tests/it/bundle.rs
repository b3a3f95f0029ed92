//! A bundle holds when nothing was touched, and names the file when anything was. Two verifiers must agree: ours and
//! `tests/verify.py`, which shares no code with it.

use std::fs;

use app::trail::bundle::{self, BundleError, Options, ResultInputs, verify};
use domain::audit::canonical;
use domain::audit::event::poll::{
    BallotsReturned, BatchCommitted, BatchReopened, BoardAppointed, CountingClosed, DeckWaived, LineRecounted,
    MinutesSigned, PollCancelled, RecountOrdered, ResultConfirmed, ResultDeclared, Stands, VotingOpened,
};
use domain::audit::{Actor, Checkpoint, Digest, Moment, PollEvent};
use domain::id::AccountId;
use domain::poll::LevelCounts;
use domain::roster::{Teller, TellerRole};

use crate::bundle_story::{Bend, RESULTS, RULESET, Sample, Story, committed, listed, nobody, program};

#[test]
fn a_whole_bundle_holds_and_says_what_was_checked() {
    let sample = Story::whole().bundle();
    let report = sample.verify().expect("whole");
    insta::assert_snapshot!(report);
    let (code, text) = sample.python(&[]);
    assert_eq!(code, Some(0), "{text}");
    for (_, root) in report.roots {
        assert!(text.contains(&format!(": {}\n", root.grouped())), "{text}");
    }
    assert!(text.contains(&format!("key: {}\n", report.key_fingerprint.grouped())), "{text}");
}

#[test]
fn the_same_parts_give_the_same_bytes_and_a_folder_in_use_is_left_alone() {
    let story = Story::whole();
    let (one, two) = (story.bundle(), story.bundle());
    for file in one.files() {
        let read = |sample: &Sample| fs::read(sample.dir().join(&file)).expect("file");
        assert_eq!(read(&one), read(&two), "{file}");
    }
    assert!(matches!(story.try_write(&one.dir()), Err(BundleError::NotEmpty(_))));
    assert!(one.verify().is_ok());
}

#[test]
fn any_byte_of_any_file_counts() {
    let sample = Story::whole().bundle();
    let files = sample.files();
    assert_eq!(files.len(), 16);
    for file in files {
        let path = sample.dir().join(&file);
        let bytes = fs::read(&path).expect("file");
        let named = |what: &str| {
            let failure = sample.fails();
            assert_eq!(failure.file, file, "{what}: {failure}");
        };
        let step = (bytes.len() / 12).max(1);
        let sampled = (0..bytes.len()).step_by(step).chain([bytes.len() - 1]);
        for (at, bit) in sampled.flat_map(|at| [(at, 0), (at, 5)]) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            fs::write(&path, flipped).expect("written");
            named(&format!("bit {bit} of byte {at} flipped"));
        }
        let python_names = |what: &str| {
            let (code, text) = sample.python(&[]);
            assert!(code == Some(1) && text.contains(&format!("WRONG: {file}")), "{what} {file}: {text}");
        };
        python_names("flipped");
        fs::write(&path, [bytes.as_slice(), b"x"].concat()).expect("written");
        named("x appended");
        python_names("appended");
        fs::write(&path, &bytes[..bytes.len() - 1]).expect("written");
        named("cut by a byte");
        fs::write(&path, b"").expect("written");
        named("emptied");
        fs::remove_file(&path).expect("removed");
        named("removed");
        fs::create_dir(&path).expect("folder");
        named("a folder in its place");
        fs::remove_dir(&path).expect("removed");
        fs::write(&path, &bytes).expect("written");
    }
    assert!(sample.verify().is_ok(), "put back as it was");
    for extra in ["papers/x.pdf", "x", "proofs/x"] {
        fs::write(sample.dir().join(extra), b"x").expect("written");
        assert_eq!(sample.fails().file, extra);
        assert_eq!(sample.python(&[]).0, Some(1));
        fs::remove_file(sample.dir().join(extra)).expect("removed");
    }
    for litter in [".DS_Store", "papers/Thumbs.db", "papers/._bien-ban.pdf"] {
        fs::write(sample.dir().join(litter), b"x").expect("written");
        let failure = sample.fails();
        assert_eq!(failure.file, litter);
        assert!(failure.what.contains("nguyên vẹn") && failure.remedy.contains("Xóa"), "{failure}");
        fs::remove_file(sample.dir().join(litter)).expect("removed");
    }
}

/// What a file becomes in the hands of somebody who holds the key, and which check still sees it.
type Forgery = (&'static str, fn(String) -> String, &'static str, &'static str);

const FORGERIES: &[Forgery] = &[
    (
        "openings.json",
        |t| t.replacen("\"low\":1,\"medium\":2", "\"low\":0,\"medium\":3", 1),
        "openings",
        "openings.json",
    ),
    ("openings.json", |t| t.replacen("0101", "0102", 1), "openings", "openings.json"),
    ("openings.json", |t| t.replacen("\"batch\":1", "\"batch\":3", 1), "openings", "openings.json"),
    ("openings.json", |t| t.replacen("\"batch\":1", "\"batch\":2", 1), "openings", "openings.json"),
    ("openings.json", |t| t.replacen("{\"batch\":1", "{ \"batch\":1", 1), "openings", "openings.json"),
    ("openings.json", |t| t.replacen("\"nonce\"", "\"marks\":[],\"nonce\"", 1), "openings", "openings.json"),
    ("openings.json", drop_first_opening, "openings", "openings.json"),
    ("openings.json", |t| "[".repeat(100_000) + &t, "openings", "openings.json"),
    ("ruleset.toml", |t| t + "#\n", "ruleset", "ruleset.toml"),
    ("results.json", |t| t.replace("true", "false"), "results", "results.json"),
    ("papers/minutes.pdf", |t| t + "x", "papers", "papers/minutes.pdf"),
    ("proofs/consistency.json", |t| t.replacen("\"from\":3", "\"from\":2", 1), "proofs", "proofs/consistency.json"),
    ("proofs/consistency.json", another_hash, "proofs", "proofs/consistency.json"),
    ("proofs/inclusion.json", another_hash, "proofs", "proofs/inclusion.json"),
    (
        "proofs/inclusion.json",
        |t| t.replacen("\\\"pages\\\":2", "\\\"pages\\\":3", 1),
        "proofs",
        "proofs/inclusion.json",
    ),
    ("log.jsonl", |t| t.replacen("\"papers\":24", "\"papers\":23", 1), "log", "log.jsonl"),
    ("log.jsonl", |t| t.replacen("Trần Thị B", "Trần Thị X", 1), "checkpoints", "checkpoints/1-forms-sealed.txt"),
    ("log.jsonl", |t| t.replacen("\"seq\":5", "\"seq\":6", 1), "log", "log.jsonl"),
    ("log.jsonl", |t| t.replacen("T01:05", "T00:05", 1), "log", "log.jsonl"),
    ("log.jsonl", |t| t.replacen("batch.committed", "ballot.committed", 1), "log", "log.jsonl"),
    ("log.jsonl", |t| t.replacen("\"issued\":50", "\"issued\":46", 1), "log", "log.jsonl"),
    ("log.jsonl", |t| t.replacen('\n', "\r\n", 1), "log", "log.jsonl"),
    ("log.jsonl", |t| t.replacen('\n', "\n\n", 1), "log", "log.jsonl"),
    ("log.jsonl", |t| t.trim_end().to_owned(), "log", "log.jsonl"),
    ("log.jsonl", without_last_line, "log", "log.jsonl"),
    ("log.jsonl", |_| String::new(), "log", "log.jsonl"),
    (
        "checkpoints/3-counting-closed.txt",
        |t| t.replacen("\n15\n", "\n14\n", 1),
        "checkpoints",
        "checkpoints/3-counting-closed.txt",
    ),
];

fn another_hash(text: String) -> String {
    let at = text.find("\"hashes\":[\"").expect("hashes") + "\"hashes\":[\"".len();
    let digit = if text[at..].starts_with('0') { "1" } else { "0" };
    format!("{}{digit}{}", &text[..at], &text[at + 1..])
}

fn drop_first_opening(text: String) -> String {
    let second = text[2..].find("{\"batch\":2").expect("a second opening") + 2;
    format!("{{\"openings\":[{}", &text[second..])
}

fn without_last_line(text: String) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[..lines.len() - 1].join("\n") + "\n"
}

#[test]
fn who_holds_the_key_still_cannot_make_the_files_agree() {
    for (number, (file, change, check, named)) in FORGERIES.iter().enumerate() {
        let sample = Story::whole().bundle();
        sample.edit(file, change);
        sample.reseal();
        let failure = sample.fails();
        assert_eq!((failure.check, failure.file.as_str()), (*check, *named), "forgery {number}: {failure}");
        let (code, text) = sample.python(&[]);
        assert_eq!(code, Some(1), "forgery {number} passes verify.py: {text}");
        assert!(!text.contains("Traceback"), "{text}");
    }
}

/// Logs that are whole, signed and canonical, and tell something that cannot be.
#[test]
fn a_log_that_contradicts_itself_is_refused() {
    let mut lying = Story::begins();
    lying.opens().counts();
    let mut totals = lying.totals();
    totals[0].counts.lines[1] = LevelCounts::Rating { high: 42, medium: 4, low: 0 };
    lying.closes(totals);

    let mut swapped = Story::begins();
    swapped.opens().counts();
    let mut totals = swapped.totals();
    totals.swap(0, 1);
    swapped.closes(totals);

    let mut late = Story::begins();
    late.opens().counts();
    let totals = late.totals();
    late.says(CountingClosed { forms: totals.clone(), proposed_by: program(), shares: None });
    late.says(committed(9, Digest::of(b""), "F1-AAAAAA", 1));
    late.heads.push(late.log.head());
    let results_sha256 = Digest::of(RESULTS.as_bytes());
    late.says(ResultDeclared { proposed_by: program(), results_sha256 }).checkpoint().checkpoint();

    let mut other_list = Story::begins();
    other_list.opens().counts();
    let totals = other_list.totals();
    other_list.says(listed()).closes(totals);

    let mut unissued = Story::whole();
    unissued.papers.insert("extra.pdf".into(), b"%PDF".to_vec());

    let mut unopened = Story::whole();
    unopened.openings.pop();

    for (what, story, check, file) in [
        ("totals that are no sums", lying, "openings", "log.jsonl"),
        ("totals of forms in another order", swapped, "openings", "log.jsonl"),
        ("a batch after closing", late, "log", "log.jsonl"),
        ("a second list", other_list, "log", "log.jsonl"),
        ("a paper that was never issued", unissued, "papers", "papers/extra.pdf"),
        ("a batch that stays closed", unopened, "openings", "openings.json"),
    ] {
        let sample = story.bundle();
        let failure = sample.fails();
        assert_eq!((failure.check, failure.file.as_str()), (check, file), "{what}: {failure}");
        let (code, text) = sample.python(&[]);
        assert_eq!(code, Some(1), "{what} passes verify.py: {text}");
        assert!(!text.contains("Traceback"), "{text}");
    }
}

/// A day that is bent, and whether it still holds.
const DAYS: &[(&str, bool, Bend)] = &[
    ("no test deck", false, |event| match event {
        PollEvent::DeckWaived(_) => Vec::new(),
        other => vec![other],
    }),
    ("a deck that was waived without a reason", false, |event| match event {
        PollEvent::DeckWaived(waived) => vec![DeckWaived { reason: " ".into(), ..waived }.into()],
        other => vec![other],
    }),
    ("a zero report that is none", false, |event| match event {
        PollEvent::ZeroReported(mut zero) => {
            zero.forms[1].counts.papers = 1;
            vec![zero.into()]
        }
        other => vec![other],
    }),
    ("a zero report of one form", false, |event| match event {
        PollEvent::ZeroReported(mut zero) => {
            zero.forms.pop();
            vec![zero.into()]
        }
        other => vec![other],
    }),
    ("more ballots than people in the hall", false, |event| match event {
        PollEvent::VotingOpened(opened) => vec![VotingOpened { present: 49, ..opened }.into()],
        other => vec![other],
    }),
    ("more people in the hall than delegates", false, |event| match event {
        PollEvent::VotingOpened(opened) => vec![VotingOpened { present: 61, ..opened }.into()],
        other => vec![other],
    }),
    ("papers that are nowhere", true, |event| match event {
        PollEvent::BallotsReturned(back) => vec![BallotsReturned { printed: 61, ..back }.into()],
        other => vec![other],
    }),
    ("papers that nobody printed", false, |event| match event {
        PollEvent::BallotsReturned(back) => vec![BallotsReturned { exchanged: 1, ..back }.into()],
        other => vec![other],
    }),
    ("ballots neither returned nor kept", false, |event| match event {
        PollEvent::BallotsReturned(back) => vec![BallotsReturned { not_returned: 2, ..back }.into()],
        other => vec![other],
    }),
    ("a batch that was counted anew", true, |event| match event {
        PollEvent::BatchCommitted(batch) => {
            let first = BatchCommitted { commitment: Digest::of(b"first"), ..batch.clone() };
            vec![first.clone().into(), reopened(&first, Digest::of(b"first")), batch.into()]
        }
        other => vec![other],
    }),
    ("a batch that was reopened and is gone", false, |event| match event {
        PollEvent::BatchCommitted(batch) => vec![batch.clone().into(), reopened(&batch, batch.commitment)],
        other => vec![other],
    }),
    ("another batch that was reopened", false, |event| match event {
        PollEvent::BatchCommitted(batch) => {
            vec![batch.clone().into(), reopened(&batch, Digest::of(b"other")), batch.into()]
        }
        other => vec![other],
    }),
    ("a batch that one person read twice", false, |event| match event {
        PollEvent::BatchCommitted(batch) => {
            vec![BatchCommitted { readers: vec!["Lê Thị C".into(), "LÊ THỊ C".into()], ..batch }.into()]
        }
        other => vec![other],
    }),
    ("a line that was counted again", true, |event| recounted(event, 37, ["C", "D"])),
    ("a line that was counted again by one", false, |event| recounted(event, 37, ["C", "C"])),
    ("a line of which another figure stood", false, |event| recounted(event, 36, ["C", "D"])),
    ("a line that two people ordered to be counted again", true, |event| ordered(event, 2, program(), "Có ý kiến")),
    ("a line that one person ordered to be counted again", false, |event| ordered(event, 2, nobody(), "Có ý kiến")),
    ("a line that was ordered to be counted again without a reason", false, |event| ordered(event, 2, program(), " ")),
    ("no line that was ordered to be counted again", false, |event| ordered(event, 99, program(), "Có ý kiến")),
    ("a line that was ordered to be counted again before the close", false, |event| match event {
        PollEvent::CountingClosed(_) => {
            let mut events = ordered(event, 2, program(), "Có ý kiến");
            events.reverse();
            events
        }
        other => vec![other],
    }),
    ("a recount that somebody else confirmed", true, |event| recount_by(event, Some(program()), None)),
    ("a recount that its own reader confirmed", false, |event| recount_by(event, Some(nobody()), None)),
    ("batches that members of the board read", true, |event| bound(event, [1, 2])),
    ("batches that somebody outside the board read", false, |event| bound(event, [1, 9])),
    ("batches that one account read twice", false, |event| bound(event, [1, 1])),
    ("a recount by somebody outside the board", false, |event| match event {
        PollEvent::CountingClosed(_) => recount_by(event, None, Some(vec![account(1), account(9)])),
        other => bound(other, [1, 2]),
    }),
    ("a recount by members of the board", true, |event| match event {
        PollEvent::CountingClosed(_) => recount_by(event, None, Some(vec![account(1), account(2)])),
        other => bound(other, [1, 2]),
    }),
    ("minutes that nobody signed", false, |event| match event {
        PollEvent::MinutesSigned(_) => Vec::new(),
        other => vec![other],
    }),
    ("other minutes that were signed", false, |event| match event {
        PollEvent::MinutesSigned(minutes) => vec![MinutesSigned { sha256: Digest::of(b"x"), ..minutes }.into()],
        other => vec![other],
    }),
    ("a resolution that was not issued", false, |event| match event {
        PollEvent::ResultConfirmed(told) => vec![ResultConfirmed { sha256: Digest::of(b"x"), ..told }.into()],
        other => vec![other],
    }),
    ("a vote that was called off", false, |event| match event {
        PollEvent::ResultPublished(_) => {
            vec![event, PollCancelled { proposed_by: program(), reason: "Mất điện".into() }.into()]
        }
        other => vec![other],
    }),
];

fn account(number: u8) -> AccountId {
    AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[number; 10])
}

fn ordered(event: PollEvent, line: u32, proposed_by: Actor, reason: &str) -> Vec<PollEvent> {
    let PollEvent::CountingClosed(_) = &event else { return vec![event] };
    let ordered = RecountOrdered { form: "F1-AAAAAA".into(), line, proposed_by, reason: reason.into() };
    vec![event, ordered.into()]
}

fn recount_by(event: PollEvent, proposed_by: Option<Actor>, accounts: Option<Vec<AccountId>>) -> Vec<PollEvent> {
    let mut events = recounted(event, 37, ["C", "D"]);
    if let Some(PollEvent::LineRecounted(line)) = events.get_mut(1) {
        (line.proposed_by, line.accounts) = (proposed_by, accounts);
    }
    events
}

/// A board of the persons 1 and 2, who sign, and batches read by these.
fn bound(event: PollEvent, readers: [u8; 2]) -> Vec<PollEvent> {
    let seat =
        |number| Teller { account: Some(account(number)), name: format!("Người {number}"), role: TellerRole::Head };
    let tellers = [1, 2].map(seat).to_vec();
    match event {
        PollEvent::ListDecided(_) => {
            vec![event, BoardAppointed { resolution: String::new(), shares: None, tellers }.into()]
        }
        PollEvent::MinutesSigned(minutes) => vec![MinutesSigned { tellers, ..minutes }.into()],
        PollEvent::BatchCommitted(batch) => {
            vec![BatchCommitted { accounts: Some(readers.map(account).into()), ..batch }.into()]
        }
        other => vec![other],
    }
}

fn reopened(batch: &BatchCommitted, commitment: Digest) -> PollEvent {
    let (form, reason) = (batch.form.clone(), "Đếm nhầm".to_owned());
    BatchReopened { batch: batch.batch, commitment, form, proposed_by: program(), reason }.into()
}

/// The second line of the first form, counted again after the close and found the same; `high` stood there.
fn recounted(event: PollEvent, high: u32, readers: [&str; 2]) -> Vec<PollEvent> {
    let PollEvent::CountingClosed(closed) = &event else { return vec![event] };
    let LevelCounts::Rating { medium, low, .. } = closed.forms[0].counts.lines[1] else { panic!("a rating") };
    let counts = LevelCounts::Rating { high, medium, low };
    let line = LineRecounted {
        accounts: None,
        counted: counts,
        form: "F1-AAAAAA".into(),
        line: 2,
        proposed_by: None,
        readers: readers.map(str::to_owned).to_vec(),
        reason: String::new(),
        recounted: counts,
        stands: Stands::Counted,
    };
    vec![event, line.into()]
}

#[test]
fn both_verifiers_hold_the_day_to_its_course() {
    for (what, holds, bend) in DAYS {
        let sample = Story::bent(*bend).bundle();
        assert_eq!(sample.verify().is_ok(), *holds, "{what}: {:?}", sample.verify().err());
        let (code, text) = sample.python(&[]);
        assert_eq!(code, Some(i32::from(!holds)), "{what}: {text}");
        assert!(!text.contains("Traceback") && !text.contains("malformed"), "{what}: {text}");
    }
    let anew = DAYS.iter().find(|(what, ..)| *what == "a batch that was counted anew").expect("a day");
    let notes = Story::bent(anew.2).bundle().verify().expect("holds").notes;
    assert!(notes[0].contains("tập phiếu 1: đã được đếm lại từ đầu"), "{notes:?}");
}

#[test]
fn a_checkpoint_stands_at_its_moment() {
    let mut early = Story::whole();
    let early_head = Checkpoint { size: 2, root: early.log.tree().root_at(2).expect("root"), ..early.heads[0].clone() };
    early.heads[0] = early_head;
    let sample = early.bundle();
    let failure = sample.fails();
    assert_eq!((failure.check, failure.file.as_str()), ("checkpoints", "checkpoints/1-forms-sealed.txt"));
    assert_eq!(sample.python(&[]).0, Some(1));

    let mut foreign = Story::whole();
    foreign.heads[2].root = Digest::of(b"x");
    let folder = tempfile::tempdir().expect("folder");
    let refused = foreign.try_write(folder.path());
    assert!(matches!(refused, Err(BundleError::Checkpoint(Moment::CountingClosed))));
}

#[test]
fn the_root_on_paper_is_one_of_this_log() {
    let story = Story::whole();
    let sample = story.bundle();
    let with = |expected_root| verify(&sample.dir(), &Options { expected_root: Some(expected_root), recompute: None });
    for (head, moment) in story.heads.iter().zip(Moment::ALL) {
        assert_eq!(with(head.root).expect("this log's").on_paper, Some(moment));
        assert_eq!(sample.python(&[&head.root.grouped().to_uppercase()]).0, Some(0));
    }
    let other = Digest::of(b"another log");
    let failure = with(other).expect_err("another log");
    assert_eq!(failure.check, "expected-root");
    assert_eq!(sample.python(&[&other.grouped()]).0, Some(1));

    let mut slip = *story.heads[2].root.as_bytes();
    slip[4] ^= 1;
    let failure = with(Digest::from_bytes(slip)).expect_err("a slip");
    assert_eq!(failure.what, "mã gốc gõ vào chỉ khác điểm chốt đóng kiểm phiếu ở nhóm thứ 3.");
    assert_eq!(sample.python(&["e3b0"]).0, Some(2), "too short to be a root at all");
}

/// The holder of the key tells the same morning and another count. Paper of the morning does not see it, and the report
/// says so; paper of the count does.
#[test]
fn only_paper_of_the_count_sees_a_bundle_made_anew() {
    let (honest, mut forged) = (Story::whole(), Story::begins());
    forged.opens().counts_in([25, 22]);
    let totals = forged.totals();
    let forged = forged.closes(totals).bundle();
    let with = |root| verify(&forged.dir(), &Options { expected_root: root, recompute: None });
    let [morning, count] = [1, 2].map(|moment| honest.heads[moment].root);

    let alone = with(None).expect("agrees with itself").to_string();
    assert!(alone.contains("làm lại toàn bộ") && alone.contains("--root"), "{alone}");
    let morning_only = with(Some(morning)).expect("the same morning").to_string();
    assert!(morning_only.contains("bản giấy này có trước khi đếm"), "{morning_only}");
    assert_eq!(with(Some(count)).expect_err("another count").check, "expected-root");
    assert_eq!(forged.python(&[]).0, Some(0));
    assert_eq!(forged.python(&[&count.grouped()]).0, Some(1));
}

/// The counts of a few papers nearly are the papers.
#[test]
fn a_pile_too_small_to_be_opened_stays_closed_and_a_thinned_one_is_noted() {
    let told = |piles| {
        let mut story = Story::begins();
        story.opens().counts_in(piles);
        let totals = story.totals();
        story.closes(totals);
        story
    };
    let folder = tempfile::tempdir().expect("folder");
    let refused = told([40, 7]).try_write(folder.path());
    assert!(matches!(refused, Err(BundleError::SmallBatch { batch: 2, papers: 7, .. })), "{refused:?}");
    assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 0, "nothing is written");

    let sample = told([37, 10]).bundle();
    let notes = sample.verify().expect("whole").notes;
    let note = |form| format!("mẫu phiếu {form}, tập phiếu 2: chỉ 9 phiếu hợp lệ, số liệu mở gần như lộ lá phiếu.");
    assert_eq!(notes, [note("F1-AAAAAA"), note("F2-BBBBBB")]);
    assert!(sample.python(&[]).1.contains("batch 2 of F1-AAAAAA opens only 9 valid ballots"));
}

#[test]
fn the_result_is_recomputed_from_the_batches() {
    let sample = Story::whole().bundle();
    let with = |recompute: &bundle::Recompute<'_>| {
        verify(&sample.dir(), &Options { expected_root: None, recompute: Some(recompute) })
    };
    let honest = |recount: &ResultInputs<'_>| {
        assert_eq!((recount.ruleset, recount.poll.delegates, recount.forms.len()), (RULESET, 60, 2));
        let text = canonical::to_text(&recount.counted.forms()[1].counts).expect("text");
        assert_eq!(
            text,
            r#"{"invalid":{"no_seal":2},"lines":[{"high":39,"low":0,"medium":4},{"high":37,"low":2,"medium":4},{"high":35,"low":4,"medium":4}],"papers":47}"#
        );
        Ok(RESULTS.to_owned())
    };
    assert!(with(&honest).is_ok());
    assert_eq!(with(&|_| Ok(String::new())).expect_err("differs").check, "results");
    assert_eq!(with(&|_| Err("thiếu bộ quy tắc".into())).expect_err("cannot").check, "results");
}

#[test]
fn what_is_no_bundle_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().expect("folder");
    let failure = verify(folder.path(), &Options::default()).expect_err("empty");
    assert_eq!((failure.check, failure.file.as_str()), ("key", "key.pub"));
    assert!(verify(&folder.path().join("none"), &Options::default()).is_err());
}
