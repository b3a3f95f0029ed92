//! The rule sets that the program carries.

use super::{RuleError, RuleSet};

/// Id and text of each rule set that the program carries, those in force first.
pub const fn builtin_texts() -> &'static [(&'static str, &'static str)] {
    &[
        ("NQ96-2023-QH15", include_str!("NQ96-2023-QH15.toml")),
        ("QD96-TW-2023", include_str!("QD96-TW-2023.toml")),
        ("NQ85-2014-QH13", include_str!("NQ85-2014-QH13.toml")),
        ("NQ35-2012-QH13", include_str!("NQ35-2012-QH13.toml")),
    ]
}

/// The carried rule sets, parsed, in the order of [`builtin_texts`].
///
/// # Errors
/// When a carried file is broken; a test holds that none is.
pub fn builtin() -> Result<Vec<RuleSet>, RuleError> {
    builtin_texts().iter().map(|(id, text)| super::load(&format!("{id}.toml"), text)).collect()
}
