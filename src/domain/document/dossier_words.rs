//! Words that the parts of a dossier share.

use crate::decimal::Decimal;
use crate::dossier::FactNo;
use crate::fact::Fact;
use crate::text::date_dmy;

/// `3 (4-6)`: the figure and the facts behind it.
pub(super) fn counted(facts: &[FactNo]) -> String {
    if facts.is_empty() { "–".to_owned() } else { format!("{} ({})", facts.len(), ranges(facts)) }
}

/// `1, 4-6, 9`; a range from three on.
pub(super) fn ranges(facts: &[FactNo]) -> String {
    let runs = facts.chunk_by(|a, b| a.0 + 1 == b.0);
    let texts = runs.flat_map(|run| match run {
        [first, _, .., last] => vec![format!("{}-{}", first.0, last.0)],
        few => few.iter().map(|n| n.0.to_string()).collect(),
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// `Kế hoạch 92%; thực hiện 92,1%; Đạt; hạn 30/06/2023`.
pub fn result_text<O>(fact: &Fact<O>) -> String {
    let mut parts = Vec::new();
    if let Some(figures) = &fact.figures {
        let value = |d: Decimal| match figures.unit.as_str() {
            "" => d.to_string(),
            "%" => format!("{d}%"),
            unit => format!("{d} {unit}"),
        };
        parts.extend(figures.planned.map(|d| format!("Kế hoạch {}", value(d))));
        parts.extend(figures.actual.map(|d| format!("thực hiện {}", value(d))));
    }
    parts.extend(fact.status.map(|s| s.label().to_owned()));
    parts.extend(fact.due.map(|d| format!("hạn {}", date_dmy(d))));
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_facts_are_gathered_into_ranges() {
        let of = |numbers: &[usize]| ranges(&numbers.iter().map(|n| FactNo(*n)).collect::<Vec<_>>());
        assert_eq!(of(&[1, 4, 5, 6, 9, 10]), "1, 4-6, 9, 10");
    }
}
