//! A record field by field in words: what a history, a comparison and the notice to the second of two editors show.

use serde::{Deserialize, Serialize};

/// Labels and values in the order of the record's own page. Records of one sort have the same labels.
pub type Words = Vec<(&'static str, String)>;

/// A field that says something else now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldChange {
    /// What it says now; empty when nothing.
    pub after: String,
    /// What it said before; empty when nothing.
    pub before: String,
    pub label: String,
}

/// Fields in which two states of one record differ, in order.
pub fn differences(before: &Words, after: &Words) -> Vec<FieldChange> {
    let pairs = before.iter().zip(after);
    let differing = pairs.filter(|((_, before), (_, after))| before != after);
    let change = |((label, before), (_, after)): (&(&'static str, String), &(&'static str, String))| FieldChange {
        after: after.clone(),
        before: before.clone(),
        label: (*label).to_owned(),
    };
    differing.map(change).collect()
}

/// All fields of a new record that say something.
pub fn filled(words: &Words) -> Vec<FieldChange> {
    let said = words.iter().filter(|(_, value)| !value.is_empty());
    let change = |(label, value): &(&'static str, String)| FieldChange {
        after: value.clone(),
        before: String::new(),
        label: (*label).to_owned(),
    };
    said.map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told() {
        let before = vec![("Họ tên", "A".to_owned()), ("Tổ", String::new())];
        let after = vec![("Họ tên", "A".to_owned()), ("Tổ", "Tổ 1".to_owned())];
        let told = differences(&before, &after);
        assert_eq!(told.iter().map(|c| (c.label.as_str(), c.after.as_str())).collect::<Vec<_>>(), [("Tổ", "Tổ 1")]);
        assert_eq!(filled(&before).len(), 1);
        assert!(differences(&before, &before).is_empty());
    }
}
