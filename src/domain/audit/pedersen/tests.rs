//! Vectors, and what a changed log does to the sums.

use std::collections::BTreeMap;
use std::sync::Arc;

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use proptest::prelude::*;
use serde_json::json;

use super::sums::{SumFault, SumsCheck};
use super::*;
use crate::audit::commitment::{Nonce, SealedCounts};
use crate::audit::course::{Committed, FormCourse};
use crate::audit::event::poll::{FormTotals, SealedForm};
use crate::audit::settle::binds;
use crate::count::BatchCounts;

const ORIGIN: &str = "tinnhiem/mau/2026-12-10";
const FORM: &str = "F1-3F9A2C";
const REASONS: [&str; 2] = ["no_seal", "not_prescribed_form"];

fn opening(kind: PollKind, batch: u32, figures: &[u32]) -> SealedCounts {
    let line = |figures: &[u32]| match (kind, figures) {
        (PollKind::Rating, &[high, medium, low]) => LevelCounts::Rating { high, medium, low },
        (PollKind::Confidence, &[confidence, no_confidence]) => LevelCounts::Confidence { confidence, no_confidence },
        _ => unreachable!("as many figures as levels"),
    };
    let lines = figures.chunks(kind.levels().len()).map(line).collect();
    let counts = BatchCounts { papers: 12, invalid: BTreeMap::from([("no_seal".to_owned(), 2)]), lines };
    let nonce = Nonce::from_bytes([u8::try_from(batch).unwrap_or_default(); 32]);
    SealedCounts { batch, counts, form: FORM.into(), nonce }
}

fn rating(batch: u32, low: u32) -> SealedCounts {
    opening(PollKind::Rating, batch, &[5, 4, 1, 7, 0, low])
}

fn committed(origin: &str, opening: &SealedCounts) -> Committed {
    let binding = Binding::of(origin, opening, REASONS).expect("binding");
    let commitments = binding.commitments.map(Arc::new);
    Committed { commitment: binding.commitment, commitments, papers: opening.counts.papers }
}

/// A log that commits `openings` and closes with their sums.
fn log(kind: PollKind, openings: &[SealedCounts]) -> (Vec<FormCourse>, Vec<FormTotals>) {
    let lines = 2;
    let form = SealedForm { block: "Khối".into(), id: FORM.into(), lines: 2, sha256: Digest::of(b""), sheets: 1 };
    let batches = openings.iter().map(|opening| (opening.batch, committed(ORIGIN, opening))).collect();
    let course = FormCourse { form, issued: None, returned: None, batches, reopened: Vec::new() };
    let counts = BatchCounts::sum(kind, lines, openings.iter().map(|o| &o.counts)).expect("one form");
    let blindings = Generator::of(ORIGIN, FORM).blindings((kind, lines), openings, REASONS).expect("blindings");
    let returned = counts.papers;
    let total = FormTotals { blindings: Some(blindings), counts, form: FORM.into(), issued: returned, returned };
    (vec![course], vec![total])
}

fn check((forms, totals): &(Vec<FormCourse>, Vec<FormTotals>)) -> Result<(), SumFault> {
    SumsCheck::of(ORIGIN, forms, totals).run()
}

fn of_batch(log: &mut (Vec<FormCourse>, Vec<FormTotals>), batch: u32) -> &mut BatchCommitments {
    let committed = log.0[0].batches.get_mut(&batch).expect("batch");
    Arc::make_mut(committed.commitments.as_mut().expect("commitments"))
}

/// `vectors.json` was written by this program once and is compared with what other programs compute of the format's text:
/// the Python verifier and the one of the browser.
#[test]
fn a_small_example_gives_the_vectors_that_every_verifier_is_held_to() {
    let example = |kind: PollKind, openings: &[SealedCounts]| {
        let (forms, totals) = log(kind, openings);
        let batches = openings.iter().map(|opening| {
            let binding = &forms[0].batches[&opening.batch];
            json!({
                "opening": opening,
                "commitment": binding.commitment,
                "commitments": *binding.commitments.clone().expect("commitments"),
            })
        });
        let value = Hex32(Generator::of(ORIGIN, FORM).value.compress().to_bytes());
        json!({"value_generator": value, "batches": batches.collect::<Vec<_>>(), "closed": totals[0]})
    };
    let made = json!({
        "origin": ORIGIN,
        "form": FORM,
        "reasons": REASONS,
        "rating": example(PollKind::Rating, &[rating(1, 3), rating(2, 0)]),
        "confidence": example(PollKind::Confidence, &[opening(PollKind::Confidence, 3, &[6, 4, 0, 9])]),
    });
    let kept: serde_json::Value = serde_json::from_str(include_str!("vectors.json")).expect("JSON");
    assert!(made == kept, "{}", serde_json::to_string_pretty(&made).expect("text"));
}

#[test]
fn sums_of_honest_batches_are_the_totals_and_their_order_does_not_matter() {
    for openings in [vec![], vec![rating(1, 3)], vec![rating(1, 3), rating(2, 0), rating(7, 2)]] {
        let told = log(PollKind::Rating, &openings);
        assert_eq!(check(&told), Ok(()));
        let check = SumsCheck::of(ORIGIN, &told.0, &told.1);
        assert_eq!(check.batches(), openings.len());
    }
    let many: Vec<SealedCounts> = (1..40).map(|batch| rating(batch, batch % 4)).collect();
    let told = log(PollKind::Rating, &many);
    let check = SumsCheck::of(ORIGIN, &told.0, &told.1);
    let pieces: Vec<_> = (0..check.pieces()).rev().map(|index| check.piece(index).expect("piece")).collect();
    assert!(pieces.len() > 1 && check.finish(pieces).is_ok());
}

#[test]
fn a_total_a_blinding_or_a_batch_that_was_changed_is_named() {
    let honest = log(PollKind::Rating, &[rating(1, 3), rating(2, 0)]);
    let form = || FORM.to_owned();

    let mut moved = honest.clone();
    moved.1[0].counts.lines[1] = LevelCounts::Rating { high: 13, medium: 0, low: 4 };
    assert_eq!(check(&moved), Err(SumFault::Total { form: form(), cell: "2/high".into() }));
    let mut reason = honest.clone();
    reason.1[0].counts.invalid = BTreeMap::from([("other".to_owned(), 4)]);
    assert_eq!(check(&reason), Err(SumFault::Total { form: form(), cell: "invalid/other".into() }));
    let mut lost = honest.clone();
    lost.1[0].counts.invalid = BTreeMap::new();
    assert_eq!(check(&lost), Err(SumFault::Total { form: form(), cell: "invalid/no_seal".into() }));

    // The order of the group is no canonical scalar for 0.
    let mut long = honest.clone();
    let sums = long.1[0].blindings.as_mut().expect("blindings");
    let order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").expect("32 bytes");
    sums.invalid.insert("no_seal".into(), Hex32(order));
    assert_eq!(check(&long), Err(SumFault::Scalar { form: form(), cell: "invalid/no_seal".into() }));

    let mut broken = honest.clone();
    of_batch(&mut broken, 2).lines[0].not_counted = Hex32([0xff; 32]);
    let cell = "1/not_counted".into();
    assert_eq!(check(&broken), Err(SumFault::Point { form: form(), batch: 2, cell }));

    // A level taken from one line and added to another: each line has other papers then.
    let mut swapped = honest.clone();
    of_batch(&mut swapped, 1).lines.swap(0, 1);
    let cell = "1/high".into();
    assert_eq!(check(&swapped), Err(SumFault::Total { form: form(), cell }));
    let mut mixed = honest.clone();
    let other = of_batch(&mut mixed, 2).lines[0].not_counted;
    of_batch(&mut mixed, 2).lines[1].not_counted = other;
    assert_eq!(check(&mixed), Err(SumFault::Line { form: form(), batch: 2, line: 2 }));
    let mut papers = honest;
    papers.0[0].batches.get_mut(&1).expect("batch").papers = 13;
    assert_eq!(check(&papers), Err(SumFault::Line { form: form(), batch: 1, line: 1 }));
}

#[test]
fn commitments_of_another_poll_form_or_batch_do_not_open() {
    let own = rating(1, 3);
    let bound = committed(ORIGIN, &own);
    let opens = |origin: &str, opening: SealedCounts| {
        binds(origin, &opening, (bound.commitment, bound.commitments.as_deref()), bound.papers)
    };
    assert!(opens(ORIGIN, own.clone()));
    assert!(!opens("tinnhiem/mau/2027-12-10", own.clone()));
    assert!(!opens(ORIGIN, SealedCounts { form: "F2-000000".into(), ..own.clone() }));
    assert!(!opens(ORIGIN, SealedCounts { batch: 2, ..own.clone() }));
    assert!(!opens(ORIGIN, SealedCounts { nonce: Nonce::from_bytes([9; 32]), ..own.clone() }));
    assert!(!opens(ORIGIN, rating(1, 2)));

    // A whole batch of another poll in the place of one of this: its lines do not even add up to its papers.
    let mut foreign = log(PollKind::Rating, std::slice::from_ref(&own));
    foreign.0[0].batches.insert(1, committed("tinnhiem/mau/2027-12-10", &own));
    assert_eq!(check(&foreign), Err(SumFault::Line { form: FORM.into(), batch: 1, line: 1 }));
}

#[test]
fn counts_that_cannot_be_and_reasons_that_are_none_are_not_committed_to() {
    let mut over = rating(1, 3);
    over.counts.papers = 9;
    assert!(matches!(Binding::of(ORIGIN, &over, REASONS), Err(make::MakeError::Counts(_))));
    let unknown = Binding::of(ORIGIN, &rating(1, 3), ["not_prescribed_form"]);
    assert!(matches!(unknown, Err(make::MakeError::Reason(reason)) if reason == "no_seal"));
}

#[test]
fn keys_of_a_line_are_those_of_one_kind_of_vote() {
    let commitments = Binding::of(ORIGIN, &rating(1, 3), REASONS).expect("binding").commitments.expect("commitments");
    let text = canonical::to_text(&commitments).expect("text");
    assert_eq!(canonical::from_text::<BatchCommitments>(&text).expect("commitments"), commitments);
    for wrong in [
        text.replace("\"high\"", "\"confidence\""),
        text.replace(",\"not_counted\"", ",\"not\""),
        text.replace("\"lines\"", "\"line\""),
        text.to_uppercase(),
    ] {
        assert!(canonical::from_text::<BatchCommitments>(&wrong).is_err(), "{wrong}");
    }
    assert!(canonical::from_text::<LineScalars>(&canonical::to_text(&commitments.lines[0]).expect("text")).is_err());
}

proptest! {
    /// The definition, cell by cell, without table, constant time or shared work.
    #[test]
    fn every_commitment_is_value_times_generator_plus_blinding_times_base(
        high in 0_u32..80, medium in 0_u32..80, low in 0_u32..80, spoiled in 0_u32..3, nonce in any::<[u8; 32]>(),
    ) {
        let papers = high + medium + low + spoiled;
        let invalid = BTreeMap::from([("no_seal".to_owned(), spoiled)]);
        let counts = BatchCounts { papers, invalid, lines: vec![LevelCounts::Rating { high, medium, low }] };
        let opening = SealedCounts { batch: 4, counts, form: FORM.into(), nonce: Nonce::from_bytes(nonce) };
        let generator = Generator::of(ORIGIN, FORM);
        let made = generator.commit(&opening, REASONS).expect("commitments");
        let sums = generator.blindings((PollKind::Rating, 1), [&opening], REASONS).expect("blindings");
        let scalar = |hex: Hex32| Option::<Scalar>::from(Scalar::from_canonical_bytes(hex.0)).expect("canonical");
        let point = |value: u32, blinding: Scalar| {
            let sum = generator.value * Scalar::from(value) + RistrettoPoint::mul_base(&blinding);
            Hex32(sum.compress().to_bytes())
        };
        let of_line: Vec<Scalar> = sums.lines[0].0.values().iter().map(|hex| scalar(*hex)).collect();
        for ((value, blinding), told) in [high, medium, low].into_iter().zip(&of_line).zip(made.lines[0].levels.values()) {
            prop_assert_eq!(point(value, *blinding), *told);
        }
        prop_assert_eq!(point(spoiled, -of_line.iter().sum::<Scalar>()), made.lines[0].not_counted);
        prop_assert_eq!(point(spoiled, scalar(sums.invalid["no_seal"])), made.invalid["no_seal"]);
    }
}
