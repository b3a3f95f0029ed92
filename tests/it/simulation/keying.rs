//! What the people at the table do next with a pile: read it, read again what differs, decide.

use app::AppError;
use app::counting::room::table::BatchProgress;
use app::counting::room::{Follow, Step, What};
use domain::batch::{Asked, Pile};
use domain::simulate::SeededStream;
use store::open_batches::OpenBatchRow;

use super::papers::{Sheet, slipped};
use super::plan::pick;
use super::sending::{Keying, Op, Page, Sent};
use super::world::{Hand, World};

impl World {
    /// What somebody of the three people of this pile sends next; `papers` is what they hold, or `figures` what they count
    /// of one line. `None` when it waits for nobody.
    pub async fn keys_next(
        &self,
        row: &OpenBatchRow,
        papers: &[Sheet],
        figures: &[u32],
        dice: &mut SeededStream,
    ) -> Result<Option<Sent>, AppError> {
        let mut people: Vec<Hand> =
            row.tellers.iter().chain([&row.head]).filter_map(|account| self.hand_of(*account)).collect();
        if dice.below(2) == 0 {
            people.swap(0, 1);
        }
        for hand in people {
            let follow = self.app.follow_batch(&self.caller(hand), self.poll, &row.form, row.number).await?;
            if let Some(sent) = self.next_of(row, hand, &follow, (papers, figures), dice) {
                return Ok(Some(sent));
            }
        }
        Ok(None)
    }

    fn next_of(
        &self,
        row: &OpenBatchRow,
        hand: Hand,
        follow: &Follow,
        (papers, figures): (&[Sheet], &[u32]),
        dice: &mut SeededStream,
    ) -> Option<Sent> {
        let opened = follow.opened?;
        let is_second = self.account(hand) == row.tellers[1];
        let slips = row.pile == Pile::Ballots && dice.below(3) == 0;
        let keying = |what, step, papers| {
            let (form, number, revision) = (row.form.clone(), row.number, follow.own.revision);
            Op::Key(Keying { form, number, what, step, opened, revision, papers })
        };
        let op = match follow.progress.as_ref()? {
            BatchProgress::Key => {
                let done = follow.own.done;
                let rest = papers.len().saturating_sub(done);
                let now = if dice.below(2) == 0 { rest } else { pick(dice, rest + 1) };
                let read = |(place, sheet): (usize, &Sheet)| page(place + 1, sheet, slips.then_some(is_second), dice);
                let pages = papers.iter().enumerate().skip(done).take(now).map(read).collect();
                let step = if now == rest { Step::Send } else { Step::Put };
                keying(What::Entry, step, pages)
            }
            BatchProgress::KeyAgain(asked) => {
                let one = slips && dice.below(4) == 0;
                keying(What::Again, Step::Send, again(asked, papers, one.then_some(is_second)))
            }
            BatchProgress::Decide(asked) => keying(What::Decision, Step::Send, again(asked, papers, None)),
            BatchProgress::KeyRows(rows) | BatchProgress::DecideRows(rows) => {
                let rows = rows.iter().map(|row| (*row, figures.to_vec())).collect();
                Op::Tally { form: row.form.clone(), line: row.number, rows }
            }
            BatchProgress::Agreed if row.pile != Pile::Deck => {
                Op::CommitAgain { form: row.form.clone(), number: row.number }
            }
            _ => return None,
        };
        Some(self.sent(hand, op))
    }
}

/// A paper as somebody reads it: who slips, does so in one line of thirty.
fn page(paper: usize, sheet: &Sheet, slips: Option<bool>, dice: &mut SeededStream) -> Page {
    let mut read = |key: char| match slips {
        Some(is_second) if dice.below(30) == 0 => slipped(key, is_second),
        _ => key,
    };
    let keys: String = sheet.keys.chars().map(&mut read).collect();
    Page { paper, lines: (1..=keys.len()).collect(), sheet: Sheet { reason: sheet.reason, keys } }
}

/// Exactly what is asked for, as it stands on the papers; who slips, slips in the first line.
fn again(asked: &[Asked], papers: &[Sheet], slips: Option<bool>) -> Vec<Page> {
    let mut pages = Vec::new();
    for asked in asked {
        let Some(sheet) = papers.get(asked.paper - 1) else { continue };
        if sheet.reason.is_some() {
            let sheet = Sheet { reason: sheet.reason, keys: String::new() };
            pages.push(Page { paper: asked.paper, lines: Vec::new(), sheet });
            continue;
        }
        let mut keys: String = asked.lines.iter().filter_map(|line| sheet.keys.chars().nth(line - 1)).collect();
        if let (Some(is_second), true) = (slips, pages.is_empty()) {
            let first = keys.chars().next().expect("a line");
            keys.replace_range(..1, &slipped(first, is_second).to_string());
        }
        pages.push(Page { paper: asked.paper, lines: asked.lines.clone(), sheet: Sheet { reason: None, keys } });
    }
    pages
}
