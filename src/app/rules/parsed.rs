//! Rule sets that this process has parsed, by the SHA-256 of their text: the same text is never parsed twice.

use std::sync::{Arc, Mutex, PoisonError};

use crate::service::bounded::Bounded;
use domain::audit::Digest;
use domain::rules::{RuleError, RuleSet, load};

/// Rule sets in the cache. An installation has a handful of texts.
const MAX_SETS: usize = 32;

static PARSED: Mutex<Bounded<Digest, RuleSet>> = Mutex::new(Bounded::new(MAX_SETS));

/// The rule set that is written in `text`; `file` names it in an error.
///
/// # Errors
/// When the text is no rule set.
pub(crate) fn parsed(file: &str, text: &str) -> Result<Arc<RuleSet>, RuleError> {
    let sha256 = Digest::of(text.as_bytes());
    if let Some(rules) = PARSED.lock().unwrap_or_else(PoisonError::into_inner).get(&sha256) {
        return Ok(rules);
    }
    let rules = Arc::new(load(file, text)?);
    PARSED.lock().unwrap_or_else(PoisonError::into_inner).put(sha256, 1, Arc::clone(&rules));
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use domain::rules::builtin_texts;

    use super::*;

    #[test]
    fn the_same_text_is_parsed_once_and_another_text_is_another_rule_set() {
        let texts: Vec<&str> = builtin_texts().iter().map(|(_, text)| *text).collect();
        let [one, two] = [texts[0], texts[1]].map(|text| parsed("mẫu.toml", text).expect("a rule set"));
        assert!(Arc::ptr_eq(&one, &parsed("mẫu.toml", texts[0]).expect("a rule set")));
        assert_ne!(one.id, two.id);
        assert!(parsed("mẫu.toml", "id = 1").is_err());
    }
}
