//! All that an office prepares for one vote, as one value: what a workbook holds.

use super::council::Council;
use super::fact::Fact;
use super::official::{Block, Field, Official, OfficialNo};
use super::poll::{BallotTotals, LevelCounts};
use super::roster::{Delegate, Teller};

/// One official's counts from a real count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredLine {
    /// Where the office wrote it, for messages: `Kết quả!B7`.
    pub place: String,
    pub official: OfficialNo,
    /// Ballots of the form on which the official stands.
    pub ballots: BallotTotals,
    pub counts: LevelCounts,
}

/// What an office prepares for one vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// Who votes, when, under which rules.
    pub council: Council,
    /// In the order of the list.
    pub officials: Vec<Official>,
    pub delegates: Vec<Delegate>,
    pub tellers: Vec<Teller>,
    /// Every fact, in the order of the sheet.
    pub facts: Vec<Fact>,
    /// Counts of a real vote, one per official who was voted on, when the workbook has them; never empty.
    pub declared: Option<Vec<DeclaredLine>>,
}

impl Book {
    /// Blocks in the order of their first official.
    pub fn blocks(&self) -> Vec<&Block> {
        let mut blocks: Vec<&Block> = Vec::new();
        for official in &self.officials {
            if !blocks.contains(&&official.block) {
                blocks.push(&official.block);
            }
        }
        blocks
    }

    /// Fields that facts speak of, in the order of their first fact.
    pub fn fields_with_facts(&self) -> Vec<&Field> {
        let mut fields: Vec<&Field> = Vec::new();
        for fact in &self.facts {
            if !fields.contains(&&fact.field) {
                fields.push(&fact.field);
            }
        }
        fields
    }

    /// Every official with its id.
    pub fn officials(&self) -> impl Iterator<Item = (OfficialNo, &Official)> {
        self.officials.iter().enumerate().map(|(i, o)| (OfficialNo(i), o))
    }

    /// `None` when the id is of another book.
    pub fn official(&self, id: OfficialNo) -> Option<&Official> {
        self.officials.get(id.0)
    }
}
