//! A second tally, written with other means on purpose: it walks counts up one by one and divides on paper, digit by
//! digit, with carry. Both must say the same of random votes.

use domain::poll::{BallotTotals, LevelCounts, PollKind};
use domain::tally::{Margin, base_of, tally_line};
use proptest::prelude::*;

use crate::council::rules;

/// Which votes each instrument's carried set decides: id, and whether two thirds themselves are enough.
const RATINGS: [(&str, bool); 4] =
    [("NQ96-2023-QH15", true), ("QD96-TW-2023", true), ("NQ85-2014-QH13", true), ("NQ35-2012-QH13", false)];

/// More count than rest: `quá nửa` without a fraction.
fn over_half(count: i128, base: i128) -> bool {
    count > base - count
}

/// Thirds by repeated subtraction: what is left over after taking two for every three.
fn two_thirds(count: i128, base: i128, inclusive: bool) -> bool {
    let (mut third, mut left) = (0, base);
    while left >= 3 {
        left -= 3;
        third += 1;
    }
    // Two thirds are 2 * third + 2 * left / 3, and `left` is 0, 1 or 2.
    let whole = 2 * third + if left == 2 { 1 } else { 0 };
    if left == 0 && inclusive { count >= whole } else { count > whole }
}

/// Distance to the first count that reaches, found by trying every count from 0 up.
fn margin(count: i128, base: i128, reaches: impl Fn(i128) -> bool) -> i64 {
    let first = (0..=base + 1).find(|&n| reaches(n)).expect("more than all reaches");
    i64::try_from(count - first).expect("small")
}

/// Long division to three digits after the comma, then half up by hand.
fn percent(count: i128, base: i128) -> String {
    let mut digits = Vec::new();
    let (whole, mut rest) = (count * 100 / base, count * 100 % base);
    for _ in 0..3 {
        rest *= 10;
        digits.push(rest / base);
        rest %= base;
    }
    let mut hundredths = whole * 100 + digits[0] * 10 + digits[1];
    if digits[2] >= 5 {
        hundredths += 1;
    }
    let text = format!("{},{}{}", hundredths / 100, hundredths / 10 % 10, hundredths % 10);
    let text = text.strip_suffix(",00").map(str::to_owned).unwrap_or(text);
    match text.strip_suffix('0') {
        Some(short) if text.contains(',') => short.to_owned(),
        _ => text,
    }
}

fn any_rating() -> impl Strategy<Value = (u32, u32, u32, u32, u32, u32)> {
    (1u32..600).prop_flat_map(|returned| (Just(returned), 0..=returned, 0..60u32)).prop_flat_map(
        |(returned, invalid, absent)| {
            let valid = returned - invalid;
            (0..=valid).prop_flat_map(move |low| {
                (0..=valid - low).prop_flat_map(move |high| {
                    let most = valid - low - high;
                    (Just(returned), Just(invalid), Just(absent), Just(high), 0..=most, Just(low))
                })
            })
        },
    )
}

proptest! {
    #[test]
    fn both_tallies_agree_on_ratings((returned, invalid, absent, high, medium, low) in any_rating(), which in 0usize..4) {
        let (id, inclusive) = RATINGS[which];
        let rules = rules(id);
        let base = base_of(&rules, returned, Some(returned + absent)).unwrap();
        let ballots = BallotTotals { issued: returned, returned, valid: returned - invalid, invalid };
        let line = tally_line(&rules, PollKind::Rating, base, ballots, LevelCounts::Rating { high, medium, low }).unwrap();

        let of_delegates = matches!(id, "NQ85-2014-QH13" | "NQ35-2012-QH13");
        let over = i128::from(if of_delegates { returned + absent } else { returned });
        let n = i128::from(low);
        let expected = if two_thirds(n, over, inclusive) { "two_thirds_low" }
            else if over_half(n, over) { "over_half_low" }
            else { "none" };
        prop_assert_eq!(line.band.key(), expected);
        let half = margin(n, over, |k| over_half(k, over));
        let thirds = margin(n, over, |k| two_thirds(k, over, inclusive));
        prop_assert_eq!(line.margin, Margin { half: Some(half), two_thirds: Some(thirds) });
        let shares: Vec<&str> = line.percents.iter().map(|p| p.text.as_str()).collect();
        prop_assert_eq!(shares, [high, medium, low].map(|count| percent(i128::from(count), over)));
        prop_assert_eq!(u64::from(line.not_counted) + u64::from(high) + u64::from(medium) + u64::from(low), u64::from(returned));
    }

    #[test]
    fn both_tallies_agree_on_confidence((returned, without) in (1u32..600).prop_flat_map(|n| (Just(n), 0..=n))) {
        let counts = LevelCounts::Confidence { confidence: returned - without, no_confidence: without };
        let rules = rules("NQ96-2023-QH15");
        let base = base_of(&rules, returned, None).unwrap();
        let ballots = BallotTotals { issued: returned, returned, valid: returned, invalid: 0 };
        let line = tally_line(&rules, PollKind::Confidence, base, ballots, counts).unwrap();
        let (n, over) = (i128::from(without), i128::from(returned));
        prop_assert_eq!(line.band.key(), if over_half(n, over) { "lost" } else { "kept" });
        let half = margin(n, over, |k| over_half(k, over));
        prop_assert_eq!(line.margin, Margin { half: Some(half), two_thirds: None });
    }
}
