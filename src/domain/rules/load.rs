//! Reads one rule file and refuses it with file and key.

use super::RuleSet;

/// Why a rule file is refused.
#[derive(Debug, thiserror::Error)]
#[error("{file}, khóa {key}: {what}")]
pub struct RuleError {
    /// Name of the file.
    pub file: String,
    /// Path of the key: `band[1].threshold.share`.
    pub key: String,
    /// What is wrong, Vietnamese.
    pub what: String,
}

/// Parses and checks the rule file `text` that came from `file`.
///
/// # Errors
/// On an unknown key, a share over 1, a missing or empty citation.
pub fn load(file: &str, text: &str) -> Result<RuleSet, RuleError> {
    toml::from_str(text).map_err(|e| RuleError { file: file.into(), key: String::new(), what: e.to_string() })
}
