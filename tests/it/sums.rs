//! The sums of commitments: whoever has the public bundle alone sees that the published totals are what was bound batch by
//! batch, and every change of that is named.

use domain::audit::event::poll::{BatchCommitted, BatchReopened, CountingClosed};
use domain::audit::pedersen::{BatchCommitments, Hex32, Levels, LinePoints};
use domain::audit::{Binding, PollEvent};
use domain::poll::LevelCounts;

use crate::bundle_story::{Bend, ORIGIN, REASONS, Sample, Story, pile, program};

fn public(bend: Bend) -> Sample {
    Story { is_public: true, ..Story::adding_up(bend) }.bundle()
}

#[test]
fn the_public_bundle_alone_shows_the_totals_and_opens_no_batch() {
    let sample = public(|event| vec![event]);
    assert!(!sample.files().contains(&"openings.json".to_owned()));
    let report = sample.verify().expect("whole");
    assert!(!report.is_sealed);
    insta::assert_snapshot!(report);
    let sealed = Story::adding_up(|event| vec![event]).bundle().verify().expect("whole");
    assert!(sealed.is_sealed && sealed.to_string().contains("gói niêm phong"), "{sealed}");

    // An older log shows its totals by its openings alone.
    let older = Story { is_public: true, ..Story::whole() }.bundle().fails();
    assert_eq!((older.check, older.file.as_str()), ("openings", "openings.json"), "{older}");
}

/// Nothing in the public bundle is a figure of one batch, its nonce, or anything made of these but the commitments.
#[test]
fn nothing_in_the_public_bundle_tells_of_one_batch() {
    let sample = public(|event| vec![event]);
    for file in sample.files() {
        let text = String::from_utf8_lossy(&std::fs::read(sample.dir().join(&file)).expect("file")).into_owned();
        for telling in ["nonce", &"01".repeat(32), &"02".repeat(32), "\"high\":19", "\"high\":20", "\"high\":18"] {
            assert!(!text.contains(telling), "{file}: {telling}");
        }
    }
}

fn of_batch(event: PollEvent, form: &str, number: u32, change: fn(BatchCommitted) -> BatchCommitted) -> Vec<PollEvent> {
    match event {
        PollEvent::BatchCommitted(batch) if (batch.form.as_str(), batch.batch) == (form, number) => {
            vec![change(batch).into()]
        }
        other => vec![other],
    }
}

/// With the hash by which the changed commitments are named.
fn named(batch: BatchCommitted, change: fn(&mut BatchCommitments)) -> BatchCommitted {
    let mut commitments = batch.commitments.expect("commitments");
    change(&mut commitments);
    let commitment = commitments.name().expect("name");
    BatchCommitted { commitment, commitments: Some(commitments), ..batch }
}

fn closed(event: PollEvent, change: fn(&mut CountingClosed)) -> Vec<PollEvent> {
    match event {
        PollEvent::CountingClosed(mut closed) => {
            change(&mut closed);
            vec![closed.into()]
        }
        other => vec![other],
    }
}

/// What is bent, which check sees it, and a word of the sentence.
const CHANGES: &[(&str, Bend, &str, &str)] = &[
    (
        "another total",
        |event| {
            closed(event, |closed| {
                closed.forms[0].counts.lines[1] = LevelCounts::Rating { high: 42, medium: 3, low: 0 };
            })
        },
        "commitments",
        "F1-AAAAAA, 2/high",
    ),
    (
        "another reason",
        |event| {
            closed(event, |closed| {
                let invalid = &mut closed.forms[0].counts.invalid;
                let papers = invalid.remove("no_seal").expect("papers");
                invalid.insert("not_prescribed_form".into(), papers);
            })
        },
        "commitments",
        "invalid/no_seal",
    ),
    (
        "blindings of another form",
        |event| {
            closed(event, |closed| {
                let lines = &closed.forms[1].blindings.clone().expect("blindings").lines[..2];
                closed.forms[0].blindings.as_mut().expect("blindings").lines = lines.to_vec();
            })
        },
        "commitments",
        "1/high",
    ),
    ("no blindings", |event| closed(event, |closed| closed.forms[1].blindings = None), "log", "blindings"),
    (
        "a line of blindings too few",
        |event| {
            closed(event, |closed| {
                closed.forms[1].blindings.as_mut().expect("blindings").lines.pop();
            })
        },
        "log",
        "blindings",
    ),
    (
        "a scalar that is not canonical",
        |event| {
            closed(event, |closed| {
                let lines = &mut closed.forms[1].blindings.as_mut().expect("blindings").lines;
                let Levels::Rating(values) = &mut lines[0].0 else { unreachable!("rating") };
                values[0] = Hex32([0xff; 32]);
            })
        },
        "commitments",
        "một số",
    ),
    (
        "a point that is none",
        |event| of_batch(event, "F2-BBBBBB", 2, |batch| named(batch, |c| c.lines[2].not_counted = Hex32([0xff; 32]))),
        "commitments",
        "F2-BBBBBB, tập phiếu 2: cam kết của 3/not_counted",
    ),
    (
        "two lines of a batch in each other's place",
        |event| of_batch(event, "F2-BBBBBB", 1, |batch| named(batch, |c| c.lines.swap(0, 1))),
        "commitments",
        "F2-BBBBBB, 1/high",
    ),
    (
        "a paper more on a line than in the batch",
        |event| {
            of_batch(event, "F2-BBBBBB", 1, |batch| {
                named(batch, |c| c.lines[0] = LinePoints { not_counted: c.lines[1].not_counted, ..c.lines[0] })
            })
        },
        "commitments",
        "tập phiếu 1, dòng 1",
    ),
    (
        "a batch of another poll",
        |event| {
            of_batch(event, "F1-AAAAAA", 1, |batch| {
                let opening = pile("F1-AAAAAA", 1, 24, 2);
                let binding = Binding::of("tinnhiem/khac/2026-12-10", &opening, REASONS).expect("binding");
                BatchCommitted { commitment: binding.commitment, commitments: binding.commitments, ..batch }
            })
        },
        "commitments",
        "F1-AAAAAA, tập phiếu 1, dòng 1",
    ),
    (
        "another batch of the same form",
        |event| {
            of_batch(event, "F1-AAAAAA", 1, |batch| {
                let binding = Binding::of(ORIGIN, &pile("F1-AAAAAA", 7, 24, 2), REASONS).expect("binding");
                BatchCommitted { commitment: binding.commitment, commitments: binding.commitments, ..batch }
            })
        },
        "commitments",
        "F1-AAAAAA, invalid/no_seal",
    ),
    (
        "commitments under another name",
        |event| {
            of_batch(event, "F1-AAAAAA", 1, |batch| {
                let name = batch.commitment;
                BatchCommitted { commitment: name, ..named(batch, |c| c.lines.swap(0, 1)) }
            })
        },
        "log",
        "không phải mã băm của commitments",
    ),
    (
        "another set of reasons",
        |event| {
            of_batch(event, "F1-AAAAAA", 2, |batch| {
                named(batch, |c| {
                    c.invalid.remove("no_seal");
                })
            })
        },
        "log",
        "các lý do",
    ),
    (
        "a line too few",
        |event| {
            of_batch(event, "F1-AAAAAA", 2, |batch| {
                named(batch, |c| {
                    c.lines.pop();
                })
            })
        },
        "log",
        "số dòng",
    ),
    (
        "a batch of an older program among the others",
        |event| {
            of_batch(event, "F1-AAAAAA", 2, |batch| {
                let commitment = pile("F1-AAAAAA", 2, 23, 2).commitment().expect("commitment");
                BatchCommitted { commitment, commitments: None, ..batch }
            })
        },
        "log",
        "blindings",
    ),
    (
        "broken commitments of a batch that was counted anew",
        |event| match event {
            PollEvent::BatchCommitted(batch) if batch.form == "F1-AAAAAA" && batch.batch == 1 => {
                let first = named(batch.clone(), |c| c.lines[0].not_counted = Hex32([0xff; 32]));
                let (commitment, form) = (first.commitment, first.form.clone());
                let reason = "Đếm lại".to_owned();
                let reopened = BatchReopened { batch: 1, commitment, form, proposed_by: program(), reason };
                vec![first.into(), reopened.into(), batch.into()]
            }
            other => vec![other],
        },
        "commitments",
        "tập phiếu 1: cam kết của 1/not_counted",
    ),
];

#[test]
fn a_total_a_batch_or_a_blinding_that_was_changed_is_refused_and_named() {
    for (what, bend, check, word) in CHANGES {
        let failure = public(*bend).fails();
        assert_eq!((failure.check, failure.file.as_str()), (*check, "log.jsonl"), "{what}: {failure}");
        assert!(failure.what.contains(word), "{what}: {failure}");
    }
}

/// A batch that was counted anew counts once, and a log of both programs holds with its openings.
#[test]
fn a_batch_counted_anew_and_an_older_batch_among_others_hold() {
    let again = public(|event| match event {
        PollEvent::BatchCommitted(batch) if batch.form == "F1-AAAAAA" && batch.batch == 1 => {
            let binding = Binding::of(ORIGIN, &pile("F1-AAAAAA", 9, 24, 2), REASONS).expect("binding");
            let Binding { commitment, commitments } = binding;
            let first = BatchCommitted { commitment, commitments, ..batch.clone() };
            let (form, reason) = (batch.form.clone(), "Đếm lại".to_owned());
            let reopened = BatchReopened { batch: 1, commitment, form, proposed_by: program(), reason };
            vec![first.into(), reopened.into(), batch.into()]
        }
        other => vec![other],
    });
    again.verify().expect("counted anew");

    let mixed: Bend = |event| match event {
        PollEvent::CountingClosed(_) => closed(event, |closed| closed.forms[0].blindings = None),
        other => of_batch(other, "F1-AAAAAA", 2, |batch| {
            let commitment = pile("F1-AAAAAA", 2, 23, 2).commitment().expect("commitment");
            BatchCommitted { commitment, commitments: None, ..batch }
        }),
    };
    Story::adding_up(mixed).bundle().verify().expect("opened");
    let closed = Story { is_public: true, ..Story::adding_up(mixed) }.bundle().fails();
    assert_eq!((closed.check, closed.file.as_str()), ("openings", "openings.json"), "{closed}");
}
