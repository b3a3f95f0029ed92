//! Results of reading a file: values, unless a finding is an error, and all findings.

use domain::book::Book;
use domain::finding::Finding;
use domain::import_diff::Parts;

/// What an office's file holds, and all that is wrong or doubtful in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// `None` when any finding is an error.
    pub book: Option<Book>,
    /// Every finding, in the order of the sheets.
    pub findings: Vec<Finding>,
}

/// What an office's file says about a council that is known already, and all that is wrong or doubtful in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedParts {
    /// Sheet by sheet; `None` when any finding is an error.
    pub parts: Option<Parts>,
    /// Every finding, in the order of the sheets.
    pub findings: Vec<Finding>,
}
