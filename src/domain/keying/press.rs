//! What each key does where the machine stands.

use super::papers::Keyed;
use super::{Key, Keying, Phase, Question, Refusal, Signal, Step};
use crate::marks::Mark;

/// Most digits of the number of a paper.
const NUMBER_DIGITS: usize = 3;

type Done = Result<Signal, Refusal>;

impl Keying {
    /// The pile after one more key press, what that did, and what was finished by it.
    #[must_use]
    pub fn press(mut self, key: Key) -> (Self, Signal, Option<Step>) {
        self.presses = self.presses.saturating_add(1);
        let mut step = None;
        let done = match (key, self.phase()) {
            (Key::Other, _) => Err(Refusal::UnknownKey),
            (Key::Unread, _) => Err(Refusal::UnreadKey),
            (_, Phase::Begin) => self.at_begin(key),
            (_, Phase::Reason) => self.at_reason(key),
            (_, Phase::Jump) => self.at_jump(key),
            (_, Phase::Removal) => self.at_removal(key, &mut step),
            (Key::Plus, _) => self.send(),
            (Key::Jump, _) => Ok(self.ask(Question::Jump(String::new()), Signal::AskedPaper)),
            (Key::PaperBefore, _) => self.paper_before(),
            (Key::PaperAfter, _) => self.paper_after(),
            (_, phase @ (Phase::Finished | Phase::Over)) => self.at_end(key, phase),
            (Key::Insert, _) => self.insert(),
            (Key::Delete, _) => self.ask_removal(),
            (Key::LineBefore, Phase::Line | Phase::PaperFull) => self.line_before(),
            (Key::LineAfter, Phase::Line) => self.line_after(),
            (Key::LineBefore | Key::LineAfter, _) => Err(Refusal::NoLine),
            (Key::Enter, phase) => self.finish(phase, &mut step),
            (_, Phase::Invalid) => self.at_invalid(key),
            (Key::Backspace, _) => self.undo(),
            (Key::Minus, _) => Ok(self.ask(Question::Reason, Signal::AskedReason)),
            (Key::Digit(_), Phase::PaperFull) => Err(Refusal::PaperFull),
            (Key::Digit(digit), _) => self.digit(digit, &mut step),
        };
        (self, done.unwrap_or_else(Signal::Refused), step)
    }

    fn at_begin(&mut self, key: Key) -> Done {
        if key != Key::Enter {
            return Err(Refusal::NotBegun);
        }
        self.question = None;
        Ok(Signal::Begun)
    }

    fn at_reason(&mut self, key: Key) -> Done {
        match key {
            Key::Digit(digit) => {
                let place = usize::from(digit).checked_sub(1).filter(|place| *place < self.reasons.len());
                let place = place.ok_or(Refusal::NoSuchReason)?;
                self.question = None;
                self.change(|keyed| keyed.invalid = Some(place));
                Ok(Signal::Spoiled)
            }
            Key::Backspace => Ok(self.leave_question()),
            _ => Err(Refusal::NoSuchReason),
        }
    }

    fn at_jump(&mut self, key: Key) -> Done {
        let Some(Question::Jump(typed)) = &mut self.question else { return Err(Refusal::NoSuchPaper) };
        match key {
            Key::Digit(digit) if typed.len() < NUMBER_DIGITS => {
                typed.push(char::from(b'0' + digit.min(9)));
                Ok(Signal::Typed)
            }
            Key::Backspace if typed.pop().is_some() => Ok(Signal::Undone),
            Key::Backspace => Ok(self.leave_question()),
            Key::Enter => {
                let number: usize = typed.parse().map_err(|_| Refusal::NoSuchPaper)?;
                let reachable = (0..self.papers.len()).take(self.first_unfinished() + 1);
                let place = reachable.into_iter().find(|place| self.number(*place) == number);
                self.open(place.ok_or(Refusal::NoSuchPaper)?);
                self.question = None;
                Ok(Signal::Opened)
            }
            _ => Err(Refusal::NoSuchPaper),
        }
    }

    fn at_removal(&mut self, key: Key, step: &mut Option<Step>) -> Done {
        match key {
            Key::Backspace => Ok(self.leave_question()),
            Key::Enter => {
                self.question = None;
                if self.papers.remove(self.at).has_left {
                    *step = Some(Step::Remove { paper: self.at + 1 });
                }
                self.fill_up();
                self.go_on();
                Ok(Signal::Removed)
            }
            _ => Err(Refusal::NoAnswer),
        }
    }

    fn at_end(&mut self, key: Key, phase: Phase) -> Done {
        match key {
            Key::Backspace => self.undo(),
            _ if phase == Phase::Over => Err(Refusal::TooMany),
            Key::Enter => Err(Refusal::SendsByPlus),
            _ => Err(Refusal::AllKeyed),
        }
    }

    fn at_invalid(&mut self, key: Key) -> Done {
        if key != Key::Backspace {
            return Err(Refusal::PaperInvalid);
        }
        self.change(|keyed| keyed.invalid = None);
        Ok(Signal::Undone)
    }

    fn digit(&mut self, digit: u8, step: &mut Option<Step>) -> Done {
        let mark = match digit {
            0 => Mark::None,
            9 => Mark::Multiple,
            1..=3 => {
                let level = self.kind.levels().get(usize::from(digit) - 1).copied();
                Mark::Level(level.ok_or(Refusal::NoSuchLevel)?)
            }
            _ => return Err(Refusal::UnknownKey),
        };
        let line = self.line;
        self.change(|keyed| keyed.marks.iter_mut().skip(line).take(1).for_each(|place| *place = Some(mark)));
        self.line += 1;
        // Behind the last line the paper is full; a line that was left out comes first.
        if let Some(keyed) = self.papers.get(self.at).filter(|keyed| self.line == keyed.marks.len()) {
            self.line = keyed.first_unmarked();
        }
        // The page names the papers and lines that are read again, so that no Enter is needed to keep them apart.
        if !self.is_whole && self.phase() == Phase::PaperFull {
            return self.finish(Phase::PaperFull, step);
        }
        Ok(Signal::Marked)
    }

    /// Takes back the mark before the line that waits; at the first line, or behind the last paper, opens the paper before.
    fn undo(&mut self) -> Done {
        if let Some(line) = self.line.checked_sub(1) {
            self.line = line;
            self.change(|keyed| keyed.marks.iter_mut().skip(line).take(1).for_each(|place| *place = None));
        } else {
            self.open_at_end(self.at.checked_sub(1).ok_or(Refusal::NothingToUndo)?);
        }
        Ok(Signal::Undone)
    }

    /// Ends the paper at hand and opens the first unfinished one. A finished one in which nothing was changed stays as it is.
    fn finish(&mut self, phase: Phase, step: &mut Option<Step>) -> Done {
        let (place, count) = (self.at, self.papers.len());
        let is_before_others = self.papers.iter().skip(place + 1).any(|keyed| keyed.has_left);
        let Some(keyed) = self.papers.get_mut(place) else { return Err(Refusal::AllKeyed) };
        if !self.is_whole && keyed.is_untouched() {
            // An Enter out of habit: the last mark has ended the paper before.
            return Ok(Signal::NextPaper);
        }
        if !keyed.is_finished() {
            if phase != Phase::Invalid && keyed.first_unmarked() < keyed.marks.len() {
                return Err(Refusal::LinesLeft);
            }
            let is_inserted = !keyed.has_left && is_before_others && self.is_whole;
            (keyed.has_left, keyed.is_changed, keyed.is_held) = (true, false, true);
            *step = self.papers.get(place).map(|keyed| {
                let (paper, reading) = (self.number(place), self.reading(keyed));
                if is_inserted { Step::Insert { paper, reading } } else { Step::Put { paper, reading } }
            });
        }
        self.go_on();
        Ok(match self.at {
            at if at < count => Signal::NextPaper,
            _ if count > self.size => Signal::Over,
            _ => Signal::Finished,
        })
    }

    fn send(&self) -> Done {
        match self.papers.len() {
            papers if self.first_unfinished() < papers => Err(Refusal::PapersLeft),
            papers if papers > self.size => Err(Refusal::TooMany),
            _ => Ok(Signal::Send),
        }
    }

    fn paper_before(&mut self) -> Done {
        self.open(self.at.checked_sub(1).ok_or(Refusal::NoSuchPaper)?);
        Ok(Signal::Opened)
    }

    fn paper_after(&mut self) -> Done {
        let keyed = self.papers.get(self.at).ok_or(Refusal::NoSuchPaper)?;
        if !keyed.is_finished() {
            return Err(Refusal::PaperOpen);
        }
        self.open(self.at + 1);
        Ok(Signal::Opened)
    }

    fn line_before(&mut self) -> Done {
        self.line = self.line.checked_sub(1).ok_or(Refusal::NoLine)?;
        Ok(Signal::Moved)
    }

    fn line_after(&mut self) -> Done {
        let keyed = self.papers.get(self.at).ok_or(Refusal::NoLine)?;
        let is_behind_last = self.line + 1 == keyed.marks.len();
        if self.line >= keyed.marked() || (is_behind_last && keyed.first_unmarked() < keyed.marks.len()) {
            return Err(Refusal::NoLine);
        }
        self.line += 1;
        Ok(Signal::Moved)
    }

    fn insert(&mut self) -> Done {
        if !self.is_whole {
            return Err(Refusal::OnlyInWhole);
        }
        if self.papers.get(self.at).is_some_and(Keyed::is_untouched) {
            return Err(Refusal::BlankHere);
        }
        self.insert_blank();
        Ok(Signal::Inserted)
    }

    fn ask_removal(&mut self) -> Done {
        if !self.is_whole {
            return Err(Refusal::OnlyInWhole);
        }
        let is_last = self.at + 1 == self.papers.len() && self.papers.len() <= self.size;
        if is_last && self.papers.last().is_some_and(Keyed::is_untouched) {
            return Err(Refusal::BelongsToPile);
        }
        Ok(self.ask(Question::Removal, Signal::AskedRemoval))
    }

    fn ask(&mut self, question: Question, signal: Signal) -> Signal {
        self.question = Some(question);
        signal
    }

    fn leave_question(&mut self) -> Signal {
        self.question = None;
        Signal::Undone
    }

    /// Changes what is keyed of the paper at hand, so that it is unfinished.
    fn change(&mut self, change: impl FnOnce(&mut Keyed)) {
        if let Some(keyed) = self.papers.get_mut(self.at) {
            change(keyed);
            keyed.is_changed = true;
        }
    }
}
