//! Recomputes a published table from its counts and names every printed figure that does not follow.

use super::decimal::Decimal;
use super::poll::{Level, PollKind};
use super::published::{PublishedCell, PublishedRow, PublishedTable};
use super::rules::RuleSet;
use super::tally::{Base, TallyError, Verdict, check_base, weigh};
use super::threshold::PercentFormat;
use super::threshold::{percent_cut, percent_rounded, percent_text};

/// Digits that some councils print instead of the rule set's.
const COARSE_DECIMALS: u8 = 1;

/// What came out of a published table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedReport<'r> {
    pub rules: &'r RuleSet,
    pub kind: PollKind,
    /// Denominator of every share.
    pub base: Base,
    pub returned: u32,
    /// In the order of the file.
    pub rows: Vec<RowReport>,
}

impl PublishedReport<'_> {
    /// Every row with each of its figures that does not follow.
    pub fn mismatches(&self) -> impl Iterator<Item = (&RowReport, &Mismatch)> {
        self.rows.iter().flat_map(|row| row.mismatches.iter().map(move |mismatch| (row, mismatch)))
    }

    /// Whether every printed figure follows.
    pub fn holds(&self) -> bool {
        self.mismatches().next().is_none()
    }
}

/// One official, recomputed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    /// Line of the file, from 1.
    pub line: u64,
    pub name: String,
    pub post: String,
    /// Per level, in ballot order.
    pub cells: Vec<CellReport>,
    /// Ballots returned on which the line does not count; `None` unless every level is printed and their sum fits.
    pub not_counted: Option<u32>,
    /// What follows from the decisive count; `None` when that count is not printed or cannot be.
    pub verdict: Option<Verdict>,
    /// Printed figures that do not follow.
    pub mismatches: Vec<Mismatch>,
}

/// One level, recomputed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellReport {
    pub level: Level,
    /// Ballots, as printed.
    pub count: Option<u32>,
    /// Share that follows from the count.
    pub percent: Option<String>,
    /// Share as printed.
    pub published: Option<Decimal>,
    /// How the printed share was made, where it is not the rule set's way.
    pub rounding: Option<Rounding>,
}

/// How councils and newspapers print shares otherwise than the rule sets do (law-2026 E2). Naming it tells a habit from a
/// wrong figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rounding {
    /// Rounded to one decimal: Bình Định, Quảng Trị 2023.
    OneDecimal,
    /// The digits behind were left out instead of rounded: Hải Phòng 2023.
    CutOff,
    /// One unit of the last digit more or less, so that the shares of a person add up to 100: Quảng Bình 2023.
    MadeWhole,
}

impl Rounding {
    /// In Vietnamese.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OneDecimal => "làm tròn một chữ số",
            Self::CutOff => "cắt bỏ phần sau, không làm tròn",
            Self::MadeWhole => "chỉnh cho đủ 100%",
        }
    }

    /// Key in files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OneDecimal => "one_decimal",
            Self::CutOff => "cut_off",
            Self::MadeWhole => "made_whole",
        }
    }
}

impl CellReport {
    /// A share without the count that it should follow from.
    pub const fn cannot_be_checked(&self) -> bool {
        self.count.is_none() && self.published.is_some()
    }
}

/// A printed figure that does not follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error(
        "{}: {count} phiếu, đã in {published}%, đúng ra là {follows}%{}{}", level.label(), coarser(coarse.as_deref()),
        habit(*rounding)
    )]
    Percent {
        level: Level,
        /// Ballots printed.
        count: u32,
        /// Share printed.
        published: Decimal,
        /// Share that follows, in the rule set's format.
        follows: String,
        /// The same with one decimal, when the paper printed no more than that.
        coarse: Option<String>,
        /// How it came about, where a habit explains it.
        rounding: Option<Rounding>,
    },
    /// More ballots for one level than came back.
    #[error("{}: {count} phiếu, nhiều hơn số phiếu thu về ({returned})", level.label())]
    CountOverReturned {
        level: Level,
        /// Ballots printed.
        count: u32,
        returned: u32,
    },
    /// The printed levels together are more ballots than came back.
    #[error("cộng các mức được {sum} phiếu, nhiều hơn số phiếu thu về ({returned})")]
    SumOverReturned {
        /// Sum of the printed levels.
        sum: u64,
        returned: u32,
    },
}

fn coarser(coarse: Option<&str>) -> String {
    coarse.map_or_else(String::new, |text| format!(" (hoặc {text}% nếu in một chữ số)"))
}

fn habit(rounding: Option<Rounding>) -> String {
    rounding.map_or_else(String::new, |rounding| format!("; cách in: {}", rounding.label()))
}

/// Recomputes `table` under `rules` from `base` and the ballots `returned`.
///
/// # Errors
/// When the base contradicts the rule set or the ballots, or the rule set has no rule for the table's vote. A figure
/// that does not follow is no error: it is in the report.
pub fn check_published<'r>(
    rules: &'r RuleSet,
    base: Base,
    returned: u32,
    table: &PublishedTable,
) -> Result<PublishedReport<'r>, TallyError> {
    check_base(rules, base, returned)?;
    let row = |row| check_row(rules, table.kind, base, returned, row);
    let rows = table.rows.iter().map(row).collect::<Result<_, _>>()?;
    Ok(PublishedReport { rules, kind: table.kind, base, returned, rows })
}

fn check_row(
    rules: &RuleSet,
    kind: PollKind,
    base: Base,
    returned: u32,
    row: &PublishedRow,
) -> Result<RowReport, TallyError> {
    let format = rules.percent.value;
    let habit = |cell| rounding(format.decimals, base, row, cell);
    let mut mismatches: Vec<Mismatch> =
        row.cells.iter().filter_map(|cell| check_cell(format, base, returned, cell, habit(cell))).collect();
    let sum: u64 = row.cells.iter().filter_map(|cell| cell.count).map(u64::from).sum();
    let single_over = mismatches.iter().any(|m| matches!(m, Mismatch::CountOverReturned { .. }));
    if sum > u64::from(returned) && !single_over {
        mismatches.push(Mismatch::SumOverReturned { sum, returned });
    }
    let complete = kind.levels().iter().all(|&level| count_of(row, level).is_some());
    let lost = u64::from(returned).checked_sub(sum).and_then(|n| u32::try_from(n).ok());
    let decisive = count_of(row, kind.decisive()).filter(|&count| count <= returned);
    Ok(RowReport {
        line: row.line,
        name: row.name.clone(),
        post: row.post.clone(),
        cells: row.cells.iter().map(|cell| recompute(format, base, cell, habit(cell))).collect(),
        not_counted: lost.filter(|_| complete),
        verdict: decisive.map(|count| weigh(rules, kind, base, count)).transpose()?,
        mismatches,
    })
}

fn count_of(row: &PublishedRow, level: Level) -> Option<u32> {
    row.cells.iter().find(|cell| cell.level == level)?.count
}

fn recompute(format: PercentFormat, base: Base, cell: &PublishedCell, rounding: Option<Rounding>) -> CellReport {
    let percent = cell.count.and_then(|count| percent_text(count, base.value, format));
    CellReport { level: cell.level, count: cell.count, percent, published: cell.percent, rounding }
}

/// The habit that explains a printed share which is not the rule set's; `None` where it is, or where none explains it.
fn rounding(decimals: u8, base: Base, row: &PublishedRow, cell: &PublishedCell) -> Option<Rounding> {
    let (count, published) = (cell.count?, cell.percent?);
    let is = |scaled: Option<u64>, decimals| {
        let share = scaled.and_then(|n| i64::try_from(n).ok()).and_then(|n| Decimal::new(n, decimals));
        share.is_some_and(|share| published.compare(share).is_eq())
    };
    let rounded = |decimals| percent_rounded(count, base.value, decimals);
    let cut = |decimals| percent_cut(count, base.value, decimals);
    if is(rounded(decimals), decimals) {
        None
    } else if published.scale() <= COARSE_DECIMALS && is(rounded(COARSE_DECIMALS), COARSE_DECIMALS) {
        Some(Rounding::OneDecimal)
    } else if [decimals, COARSE_DECIMALS].into_iter().any(|decimals| is(cut(decimals), decimals)) {
        Some(Rounding::CutOff)
    } else {
        let near = |decimals| {
            let right = rounded(decimals)?;
            let one_off = is(right.checked_add(1), decimals) || is(right.checked_sub(1), decimals);
            (one_off && adds_up(row, decimals)).then_some(Rounding::MadeWhole)
        };
        near(decimals).or_else(|| near(COARSE_DECIMALS))
    }
}

/// Whether every share of a row is printed, with so many decimals, and they add up to 100.
fn adds_up(row: &PublishedRow, decimals: u8) -> bool {
    let Some(whole) = 10_i128.checked_pow(u32::from(decimals)).map(|unit| 100 * unit) else { return false };
    let zero = Decimal::new(0, decimals);
    let scaled = |cell: &PublishedCell| {
        let printed = cell.percent.filter(|percent| percent.scale() <= decimals)?;
        zero.map(|zero| printed.aligned(zero).0)
    };
    let sum: Option<i128> = row.cells.iter().map(scaled).sum();
    sum == Some(whole)
}

fn check_cell(
    format: PercentFormat,
    base: Base,
    returned: u32,
    cell: &PublishedCell,
    rounding: Option<Rounding>,
) -> Option<Mismatch> {
    let (level, count) = (cell.level, cell.count?);
    if count > returned {
        return Some(Mismatch::CountOverReturned { level, count, returned });
    }
    let published = cell.percent?;
    if follows(published, count, base.value, format.decimals) {
        return None;
    }
    let coarse = PercentFormat { decimals: COARSE_DECIMALS, ..format };
    let with = |format| percent_text(count, base.value, format);
    let coarse = with(coarse).filter(|_| published.scale() <= COARSE_DECIMALS && format.decimals > COARSE_DECIMALS);
    Some(Mismatch::Percent { level, count, published, follows: with(format)?, coarse, rounding })
}

/// Whether `published` is the exact share rounded half up with `decimals` digits, or with one where no more are printed:
/// `49` is `49,0`, but `85,10` says that it has two. More printed digits than `decimals` are held to the share at their own precision.
fn follows(published: Decimal, count: u32, base: u32, decimals: u8) -> bool {
    let is_share_with = |decimals: u8| {
        percent_rounded(count, base, decimals)
            .and_then(|rounded| i64::try_from(rounded).ok())
            .and_then(|rounded| Decimal::new(rounded, decimals))
            .is_some_and(|share| published.compare(share).is_eq())
    };
    if published.scale() > decimals.max(COARSE_DECIMALS) {
        return is_share_with(published.scale());
    }
    is_share_with(decimals) || published.scale() <= COARSE_DECIMALS && is_share_with(COARSE_DECIMALS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;
    use crate::tally::{Band, base_of};

    fn figure(text: &str) -> Decimal {
        Decimal::parse_plain(text).expect("plain figure")
    }

    fn cell(level: Level, count: Option<u32>, percent: Option<&str>) -> PublishedCell {
        PublishedCell { level, count, percent: percent.map(figure) }
    }

    fn row_of(cells: [PublishedCell; 3]) -> RowReport {
        let rules = builtin().expect("carried").remove(0);
        let row =
            PublishedRow { line: 2, name: "Nguyễn Văn A".into(), post: "Chủ tịch".into(), cells: cells.into() };
        let table = PublishedTable { kind: PollKind::Rating, rows: vec![row] };
        let base = base_of(&rules, 47, None).expect("base");
        check_published(&rules, base, 47, &table).expect("report").rows.remove(0)
    }

    #[test]
    fn zeros_dropped_or_kept_and_one_decimal_follow_but_a_rounded_whole_does_not() {
        for (printed, count, base, holds) in [
            ("61.70", 29, 47, true),
            ("61.7", 29, 47, true),
            ("85.1", 40, 47, true),
            ("85.10", 40, 47, false),
            ("62", 29, 47, false),
            ("49", 24, 49, true),
            ("48.98", 24, 49, true),
            ("48.9", 24, 49, false),
            ("48.980", 24, 49, true),
            ("48.979", 24, 49, false),
            ("48.9796", 24, 49, true),
            ("100", 47, 47, true),
            ("-0", 0, 47, true),
            ("-1", 0, 47, false),
        ] {
            assert_eq!(follows(figure(printed), count, base, 2), holds, "{printed} of {count}/{base}");
        }
    }

    #[test]
    fn a_figure_that_does_not_follow_is_named_with_the_one_that_does() {
        let row = row_of([
            cell(Level::High, Some(19), Some("40.43")),
            cell(Level::Medium, Some(2), Some("4.3")),
            cell(Level::Low, Some(25), Some("54.4")),
        ]);
        let said: Vec<String> = row.mismatches.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["Tín nhiệm thấp: 25 phiếu, đã in 54,4%, đúng ra là 53,19% (hoặc 53,2% nếu in một chữ số)"]);
        assert_eq!((row.not_counted, row.verdict.expect("low is printed").band), (Some(1), Band::OverHalfLow));
    }

    /// Shares of `counts` of `base` ballots as they were `printed`, and the habits that explain them.
    fn habits(base: u32, counts: [u32; 3], printed: [&str; 3]) -> Vec<Option<Rounding>> {
        let rules = builtin().expect("carried").remove(0);
        let levels = [Level::High, Level::Medium, Level::Low];
        let cells = [0, 1, 2].map(|i: usize| cell(levels[i], Some(counts[i]), Some(printed[i])));
        let row = PublishedRow { line: 2, name: "A".into(), post: String::new(), cells: cells.into() };
        let table = PublishedTable { kind: PollKind::Rating, rows: vec![row] };
        let of = base_of(&rules, base, None).expect("base");
        let report = check_published(&rules, of, base, &table).expect("report");
        report.rows[0].cells.iter().map(|cell| cell.rounding).collect()
    }

    /// law-2026 E2, with the very figures.
    #[test]
    fn habits_of_printing_are_named() {
        use Rounding::{CutOff, MadeWhole, OneDecimal};
        // Hải Phòng 2023: 54/62 is 87,097, 5/62 is 8,06, 3/62 is 4,839.
        assert_eq!(habits(62, [54, 5, 3], ["87.09", "8.06", "4.83"]), [Some(CutOff), None, Some(CutOff)]);
        // Quảng Bình 2023: 43/48 is 89,58, and 89,59 + 8,33 + 2,08 are 100.
        assert_eq!(habits(48, [43, 4, 1], ["89.59", "8.33", "2.08"]), [Some(MadeWhole), None, None]);
        // Bình Định, Quảng Trị 2023: one decimal.
        assert_eq!(habits(47, [19, 3, 25], ["40.4", "6.4", "53.2"]), [Some(OneDecimal); 3]);
        assert_eq!(habits(48, [43, 4, 1], ["89.58", "8.33", "2.08"]), [None; 3], "as it should be");
        assert_eq!(
            habits(48, [43, 4, 1], ["89.59", "8.33", "2.09"]),
            [None, None, None],
            "no habit makes 100,01 of it"
        );
        assert_eq!(habits(40, [30, 9, 1], ["75", "22.5", "2.5"]), [None; 3], "nothing was left out");
    }

    #[test]
    fn a_habit_is_told_beside_the_figure_that_should_stand_there() {
        let row = row_of([
            cell(Level::High, Some(19), Some("40.42")),
            cell(Level::Medium, Some(2), Some("4.25")),
            cell(Level::Low, Some(25), Some("53.19")),
        ]);
        let said: Vec<String> = row.mismatches.iter().map(ToString::to_string).collect();
        let cut = |figures| format!("{figures}; cách in: cắt bỏ phần sau, không làm tròn");
        assert_eq!(
            said,
            [
                cut("Tín nhiệm cao: 19 phiếu, đã in 40,42%, đúng ra là 40,43%"),
                cut("Tín nhiệm: 2 phiếu, đã in 4,25%, đúng ra là 4,26%")
            ]
        );
    }

    #[test]
    fn what_is_not_printed_stays_unknown() {
        let row = row_of([
            cell(Level::High, Some(46), None),
            cell(Level::Medium, None, Some("2.13")),
            cell(Level::Low, None, None),
        ]);
        assert_eq!((row.not_counted, row.verdict, row.mismatches.len()), (None, None, 0));
        assert!(row.cells[1].cannot_be_checked() && !row.cells[2].cannot_be_checked());
        assert_eq!(row.cells.iter().map(|c| c.percent.as_deref()).collect::<Vec<_>>(), [Some("97,87"), None, None]);
    }

    #[test]
    fn more_ballots_than_came_back_are_named_and_decide_nothing() {
        let sum = row_of([
            cell(Level::High, Some(40), None),
            cell(Level::Medium, Some(7), None),
            cell(Level::Low, Some(1), None),
        ]);
        assert_eq!(sum.mismatches, [Mismatch::SumOverReturned { sum: 48, returned: 47 }]);
        assert_eq!(sum.not_counted, None);
        let one = row_of([
            cell(Level::High, Some(0), None),
            cell(Level::Medium, Some(0), None),
            cell(Level::Low, Some(250), Some("53.19")),
        ]);
        let over = Mismatch::CountOverReturned { level: Level::Low, count: 250, returned: 47 };
        assert_eq!((one.mismatches, one.verdict), (vec![over], None));
    }
}
