//! The days by which a dossier is judged. Months lie between its compiling and the vote: what is due in that time is not
//! overdue, and a year that still runs is not complete.

use jiff::civil::Date;

use crate::deadline::Deadline;

/// The days by which a dossier is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// Day of compiling: nothing is overdue, missing or complete that is not so on this day.
    pub as_of: Date,
    /// Day of the vote, the last that a dossier covers.
    pub to: Date,
    /// The first day from which an asset declaration is one for this vote, whatever its year.
    pub requested: Option<Date>,
    /// Last day for the person's report and asset declaration; `None` where the rules have none.
    pub files_due: Option<Date>,
}

impl Days {
    /// Days of a dossier that is compiled on the day of the vote, under rules without deadlines.
    pub const fn at(day: Date) -> Self {
        Self { as_of: day, to: day, requested: None, files_due: None }
    }

    /// Days of a vote on `to` with `deadlines`, whose preparation began on `begun`. A declaration that was asked for when the
    /// preparation began is one for this vote, though the vote be moved into the next year.
    pub fn new(as_of: Date, to: Date, deadlines: &[Deadline<'_>], begun: Option<Date>) -> Self {
        let due = |ids: &[&str]| deadlines.iter().find(|d| ids.contains(&d.rule.id.as_str())).map(|d| d.due);
        let asked = due(&["list_and_request"]);
        let requested = [asked, begun].into_iter().flatten().min();
        Self { as_of, to, requested, files_due: due(&["person_report", "person_file"]) }
    }

    /// The day by which everything is judged: the earlier of both.
    pub fn judged_on(self) -> Date {
        self.as_of.min(self.to)
    }

    /// Whether the person's files are not yet due.
    pub(super) fn awaits_files(self) -> bool {
        self.files_due.is_some_and(|due| due >= self.judged_on())
    }

    /// Whether a declaration that was handed in on `day` is one for this vote.
    pub(super) fn is_for_vote(self, day: Date) -> bool {
        let asked = self.requested.is_some_and(|from| day >= from);
        day <= self.to && (asked || day.year() == self.to.year())
    }
}
