//! Which lines must be counted again from paper before a result is declared: those within the rule set's
//! [margin](super::rules::RecountMargin) of a threshold. One misread paper could carry such a line over it.
//!
//! The distance and the rule are those of [`weigh`]; exact integers, as everywhere near counts.

use super::audit::event::poll::{FormTotals, LineRecounted, PollCreated, Stands};
use super::batch::Reader;
use super::id::AccountId;
use super::roster::name_key;
use super::rules::{BandId, RuleSet};
use super::tally::{TallyError, TallyWarning, base_of, margin_words, weigh};
use super::text::full_stop;

/// A line that must be counted again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueLine {
    pub form: String,
    /// Number of the line on the form, from 1.
    pub line: u32,
    /// The thresholds that it is near to, the lowest first.
    pub near: Vec<Near>,
}

/// A threshold and the distance to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    pub band: BandId,
    pub share_words: String,
    /// Ballots above the smallest count that reaches it; below 0 when it is not reached.
    pub margin: i64,
}

impl DueLine {
    /// Why, Vietnamese: `sát mức “quá nửa” (vượt 1 phiếu)`.
    pub fn why(&self) -> String {
        let near = |near: &Near| format!("sát mức “{}” ({})", near.share_words, margin_words(near.margin));
        self.near.iter().map(near).collect::<Vec<_>>().join(", ")
    }
}

/// The lines of a closed count that must be counted again, in the order of forms and lines. A form of which nothing came
/// back has nothing to count.
///
/// # Errors
/// When the rule set has no rule for this vote, or more came back than there are delegates.
pub fn due(rules: &RuleSet, poll: &PollCreated, totals: &[FormTotals]) -> Result<Vec<DueLine>, TallyError> {
    let mut due = Vec::new();
    for total in totals.iter().filter(|total| total.returned > 0) {
        let base = base_of(rules, total.returned, Some(poll.delegates))?;
        for (line, counts) in (1..).zip(&total.counts.lines) {
            let verdict = weigh(rules, poll.kind, base, counts.decisive())?;
            let near: Vec<Near> = verdict.warnings.into_iter().filter_map(near).collect();
            if !near.is_empty() {
                due.push(DueLine { form: total.form.clone(), line, near });
            }
        }
    }
    Ok(due)
}

fn near(warning: TallyWarning) -> Option<Near> {
    match warning {
        TallyWarning::Recount { band, share_words, margin } => Some(Near { band, share_words, margin }),
        TallyWarning::Exact { .. } => None,
    }
}

impl LineRecounted {
    /// Which figure stands, and why, Vietnamese, one sentence: `Lấy số kiểm lại: đọc nhầm một tờ.`
    pub fn verdict(&self) -> String {
        if self.counted == self.recounted {
            return "Hai số trùng nhau.".to_owned();
        }
        let which = match self.stands {
            Stands::Recounted => "Lấy số kiểm lại",
            Stands::Counted => "Lấy số đếm trước",
        };
        let reason = self.reason.trim();
        format!("{which}: {reason}{}", full_stop(reason))
    }
}

/// Somebody who may count a line again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recounter {
    pub account: AccountId,
    pub name: String,
    /// Read none of the form's batches.
    pub is_fresh: bool,
}

/// Who may count a line of a form again: members of the board who read none of its batches, as far as there are any. With
/// one such member left, he or she is one of the two; `fresh` says how many of the two must be such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecountBoard {
    /// Whom to choose from, in the order in which they were offered.
    pub members: Vec<Recounter>,
    pub fresh: usize,
}

impl RecountBoard {
    /// Of the members who are `offered`, for a form whose batches were read by `readers`. Accounts tell people apart; a
    /// reader of whom only the name is known is whoever bears it.
    pub fn of(offered: &[(AccountId, String)], readers: &[Reader]) -> Self {
        let has_read = |account: AccountId, name: &str| {
            readers.iter().any(|reader| match reader.account {
                Some(known) => known == account,
                None => name_key(&reader.name) == name_key(name),
            })
        };
        let member = |(account, name): &(AccountId, String)| Recounter {
            account: *account,
            name: name.clone(),
            is_fresh: !has_read(*account, name),
        };
        let mut members: Vec<Recounter> = offered.iter().map(member).collect();
        let fresh = members.iter().filter(|member| member.is_fresh).count().min(2);
        members.retain(|member| member.is_fresh || fresh < 2);
        Self { members, fresh }
    }

    /// Whether these two may count.
    pub fn admits(&self, [one, two]: [AccountId; 2]) -> bool {
        let found = |id| self.members.iter().find(|member| member.account == id);
        let (Some(first), Some(second)) = (found(one), found(two)) else { return false };
        one != two && usize::from(first.is_fresh) + usize::from(second.is_fresh) >= self.fresh
    }
}

/// Place of line `line` (from 1) in the counts of a form.
pub fn index(line: u32) -> Option<usize> {
    usize::try_from(line).ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Digest;
    use crate::count::BatchCounts;
    use crate::poll::{LevelCounts, PollKind};
    use crate::rules::builtin;

    fn rules(id: &str) -> RuleSet {
        builtin().expect("carried").into_iter().find(|set| set.id == id).expect("id")
    }

    fn poll(delegates: u32) -> PollCreated {
        PollCreated {
            again_of: None,
            program: None,
            council: "Hội đồng".into(),
            delegates,
            kind: PollKind::Rating,
            rehearsal: false,
            ruleset: "MAU".into(),
            ruleset_sha256: Digest::of(b""),
            simulated: false,
            sitting: "Kỳ họp".into(),
        }
    }

    /// A form with one line for each count of `Tín nhiệm thấp`.
    fn totals(returned: u32, lows: &[u32]) -> FormTotals {
        let line = |&low| LevelCounts::Rating { high: returned - low, medium: 0, low };
        let counts = BatchCounts { papers: returned, lines: lows.iter().map(line).collect(), ..BatchCounts::default() };
        FormTotals { blindings: None, counts, form: "F1".into(), issued: returned, returned }
    }

    fn lines(id: &str, delegates: u32, returned: u32, lows: &[u32]) -> Vec<u32> {
        let due = due(&rules(id), &poll(delegates), &[totals(returned, lows)]).expect("due");
        due.into_iter().map(|due| due.line).collect()
    }

    #[test]
    fn a_line_within_a_ballot_of_a_threshold_is_due_in_a_small_council() {
        // Of 47: over half is 24, two thirds are 32.
        assert_eq!(lines("NQ96-2023-QH15", 50, 47, &[22, 23, 24, 25, 26, 30, 31, 32, 33, 34]), [2, 3, 4, 7, 8, 9]);
    }

    #[test]
    fn the_distance_grows_with_the_base_and_the_base_is_the_rule_sets() {
        // Of 481 returned: over half is 241, and 2 % are 9 ballots and a bit.
        assert_eq!(lines("NQ96-2023-QH15", 500, 481, &[231, 232, 250, 251]), [2, 3]);
        // The same ballots under the older rule: of 500 delegates over half is 251, and 2 % are 10 ballots.
        assert_eq!(lines("NQ85-2014-QH13", 500, 481, &[240, 241, 261, 262]), [2, 3]);
    }

    #[test]
    fn it_says_which_threshold_and_how_far() {
        let due = due(&rules("NQ96-2023-QH15"), &poll(50), &[totals(47, &[25])]).expect("due");
        assert_eq!(due[0].why(), "sát mức “quá nửa” (vượt 1 phiếu)");
    }

    #[test]
    fn nothing_came_back_and_nothing_is_due() {
        assert_eq!(lines("NQ96-2023-QH15", 50, 0, &[0]), [0; 0]);
    }

    fn person(number: u8) -> AccountId {
        AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[number; 10])
    }

    /// Four members, of whom these read a batch.
    fn board(read: &[u8]) -> RecountBoard {
        let offered: Vec<_> = (1..=4).map(|number| (person(number), format!("Người {number}"))).collect();
        // Their names are spelt otherwise, which makes nobody fresh.
        let reader = |number: &u8| Reader { account: Some(person(*number)), name: "Tên khác".into() };
        RecountBoard::of(&offered, &read.iter().map(reader).collect::<Vec<_>>())
    }

    #[test]
    fn whoever_read_the_papers_does_not_count_them_again_where_others_can() {
        let others = board(&[1, 2]);
        assert_eq!(others.members.iter().map(|member| member.account).collect::<Vec<_>>(), [person(3), person(4)]);
        assert!(others.admits([person(3), person(4)]) && !others.admits([person(1), person(3)]));
        assert!(!others.admits([person(3), person(3)]), "one alone is not two");
    }

    #[test]
    fn one_fresh_member_is_preferred_to_two_readers() {
        let one = board(&[1, 2, 3]);
        assert_eq!((one.members.len(), one.fresh), (4, 1));
        assert!(one.admits([person(1), person(4)]) && !one.admits([person(1), person(2)]));
        let none = board(&[1, 2, 3, 4]);
        assert_eq!((none.members.len(), none.fresh), (4, 0));
        assert!(none.admits([person(1), person(2)]));
    }

    #[test]
    fn a_reader_without_an_account_is_known_by_name() {
        let offered =
            [(person(1), "Trần A".to_owned()), (person(2), "Lê B".to_owned()), (person(3), "Vũ C".to_owned())];
        let board = RecountBoard::of(&offered, &[Reader { account: None, name: "trần  a".into() }]);
        assert_eq!((board.members.len(), board.fresh), (2, 2));
    }
}
