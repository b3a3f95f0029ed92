//! The rule sets that the program carries.

use super::{RuleError, RuleSet};

/// Id and text of each rule set that the program carries, the one in force first.
pub fn builtin_texts() -> &'static [(&'static str, &'static str)] {
    &[]
}

/// The carried rule sets, parsed.
///
/// # Errors
/// When a carried file is broken; a test holds that none is.
pub fn builtin() -> Result<Vec<RuleSet>, RuleError> {
    builtin_texts().iter().map(|(id, text)| super::load(id, text)).collect()
}
