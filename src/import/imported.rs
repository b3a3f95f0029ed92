//! Results of reading a file: values, unless a finding is an error, and all findings.

use domain::book::Book;
use domain::finding::Finding;
use domain::import_diff::Parts;
use domain::workbook_answer::{Question, SheetPicture};
use std::collections::BTreeMap;

/// The content of an office's file, with all findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// `None` when any finding is an error.
    pub book: Option<Book>,
    /// Every finding, in the order of the sheets.
    pub findings: Vec<Finding>,
}

/// The content of a file about a council that is stored already, with all findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedParts {
    /// Sheet by sheet; `None` when any finding is an error.
    pub parts: Option<Parts>,
    /// What can be answered, by the places of findings.
    pub questions: BTreeMap<String, Question>,
    /// The sheets as they were read.
    pub pictures: Vec<SheetPicture>,
    /// Every finding, in the order of the sheets.
    pub findings: Vec<Finding>,
}
