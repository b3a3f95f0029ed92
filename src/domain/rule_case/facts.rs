//! Figures and words of a situation: `thu về = 47; số phiếu = 25`.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{CaseFault, day_of};
use crate::text::{clean, fold};

/// The facts of one row, by their folded names.
pub(super) struct Facts(BTreeMap<String, String>);

impl Facts {
    /// Reads `name = value` pairs between semicolons.
    pub(super) fn read(text: &str) -> Result<Self, CaseFault> {
        let mut facts = BTreeMap::new();
        for pair in text.split(';').map(clean).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or_else(|| CaseFault::Fact(pair.clone()))?;
            facts.insert(fold(name), clean(value));
        }
        Ok(Self(facts))
    }

    pub(super) fn text(&self, name: &'static str) -> Option<&str> {
        self.0.get(&fold(name)).map(String::as_str)
    }

    pub(super) fn day(&self, name: &'static str) -> Result<Option<Date>, CaseFault> {
        self.text(name).map(|text| day_of(name, text)).transpose()
    }

    pub(super) fn count(&self, name: &'static str) -> Result<u32, CaseFault> {
        self.optional_count(name)?.ok_or(CaseFault::Missing(name))
    }

    pub(super) fn optional_count(&self, name: &'static str) -> Result<Option<u32>, CaseFault> {
        let read = |text: &str| text.parse().map_err(|_| CaseFault::Value { name, found: text.to_owned() });
        self.text(name).map(read).transpose()
    }
}
