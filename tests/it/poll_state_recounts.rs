//! Lines near a threshold are counted again before the result is declared.

use domain::audit::LogEvent as _;
use domain::audit::event::poll::{FormTotals, PollCreated};
use domain::batch::Reader;
use domain::count::BatchCounts;
use domain::poll::LevelCounts;
use domain::poll_state::{self, LineRecount, PollState, Refusal, Stage};
use domain::rules::RuleSet;

use crate::poll_state::{WRITER, again, at, at_stage, created, digest, pair, reader, rules, somebody, staged, two};

/// Of 24 ballots over half is 13: a line with 12 is a ballot short of it.
#[test]
fn no_result_is_declared_before_a_line_near_a_threshold_was_counted_again() {
    let closed = |no_confidence| {
        let PollState::Closed(poll, _) = staged(Stage::Closed, PollCreated { rehearsal: false, ..created() }) else {
            panic!("closed")
        };
        let mut totals = Vec::new();
        for (form, returned, no) in [("F1", 24, no_confidence), ("F2", 0, 0)] {
            let line = LevelCounts::Confidence { confidence: returned - no, no_confidence: no };
            let counts = BatchCounts { papers: returned, lines: vec![line], ..BatchCounts::default() };
            let form = form.to_owned();
            let total = FormTotals { blindings: None, counts, form, issued: 24, returned };
            totals.push(total);
        }
        PollState::Closed(poll, poll_state::ClosedCount::new(totals))
    };
    assert!(closed(11).declare_result(&rules(), digest(), pair()).is_ok(), "two ballots short");
    let due = closed(12).declare_result(&rules(), digest(), pair()).expect_err("a ballot short");
    let Refusal::RecountDue { form, line, why } = &due else { panic!("{due}") };
    assert_eq!((form.as_str(), *line, why.as_str()), ("F1", 1, "sát mức “quá nửa” (cách 1 phiếu)"));
    let recounted = closed(12).recount_line(&rules(), again(13), Some(pair())).expect("recounted");
    assert_eq!(recounted.events[0].kind(), "line.recounted");
    let PollState::Closed(_, counted) = &recounted.state else { panic!("closed") };
    assert_eq!(counted.line("F1", 1), Some(LevelCounts::Confidence { confidence: 11, no_confidence: 13 }));
    assert!(recounted.state.declare_result(&rules(), digest(), pair()).is_ok());

    let same = closed(12).recount_line(&rules(), LineRecount { reason: String::new(), ..again(12) }, None);
    assert!(same.is_ok(), "the same figure needs no reason");
    for (wrong, refusal) in [
        (LineRecount { reason: String::new(), ..again(13) }, Refusal::NoReason("nói vì sao lấy số này")),
        (LineRecount { readers: [reader("C"), reader(" c ")], ..again(12) }, Refusal::Readers),
        (LineRecount { line: 2, ..again(12) }, Refusal::Line { form: "F1".into(), line: 2 }),
    ] {
        assert_eq!(closed(12).recount_line(&rules(), wrong, Some(pair())), Err(refusal));
    }
    let alone = closed(12).recount_line(&rules(), again(13), None);
    assert_eq!(alone, Err(Refusal::Differs { form: "F1".into(), line: 1 }), "another figure takes a third person");
    let own = LineRecount {
        readers: [Reader { account: somebody(WRITER).account, ..reader("C") }, reader("D")],
        ..again(13)
    };
    assert_eq!(closed(12).recount_line(&rules(), own, Some(pair())), Err(Refusal::OnePerson), "who counted confirms");
    let far = closed(0).recount_line(&rules(), again(0), None);
    assert_eq!(far, Err(Refusal::NotOrdered { form: "F1".into(), line: 1 }));
    let ordered = closed(0).order_recount("F1".into(), 1, two()).expect("ordered").state;
    let awaited = ordered.clone().declare_result(&rules(), digest(), pair());
    assert_eq!(awaited, Err(Refusal::RecountAwaited { form: "F1".into(), line: 1 }));
    let counted = ordered.recount_line(&rules(), again(0), None).expect("counted").state;
    assert!(counted.declare_result(&rules(), digest(), pair()).is_ok());
    let foreign = RuleSet { id: "KHAC".into(), ..rules() };
    let (expected, found) = ("MAU".to_owned(), "KHAC".to_owned());
    assert_eq!(closed(0).declare_result(&foreign, digest(), pair()), Err(Refusal::Rules { expected, found }));
    let resolution = at_stage(Stage::Minuted).publish(&rules(), at(), pair());
    assert!(matches!(resolution, Err(Refusal::NoResolution(_))), "{resolution:?}");
}
