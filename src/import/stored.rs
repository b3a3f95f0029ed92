//! A workbook as its file holds it, whatever the format: cells with their styles and formulas, and what is hidden. One
//! reader for each format makes it in one pass; [`super::settle`] makes of it what a person sees.

use std::ops::RangeInclusive;

use super::grid::{Area, Spot};
use super::legacy::Legacy;

/// A whole file.
#[derive(Debug, Default)]
pub(super) struct StoredBook {
    pub sheets: Vec<StoredSheet>,
    /// By the number that cells name.
    pub styles: Vec<StoredStyle>,
    /// Days are counted from 01/01/1904.
    pub counts_from_1904: bool,
    /// The file asks to be computed when it is opened, or a program wrote it that does not compute.
    pub uncomputed: bool,
}

#[derive(Debug, Default)]
pub(super) struct StoredSheet {
    pub title: String,
    pub hidden: bool,
    pub cells: Vec<StoredCell>,
    pub hidden_rows: Vec<RangeInclusive<u32>>,
    pub hidden_columns: Vec<RangeInclusive<u32>>,
    pub merged: Vec<Area>,
    /// Cells with a comment.
    pub comments: Vec<Spot>,
}

#[derive(Debug)]
pub(super) struct StoredCell {
    pub spot: Spot,
    pub value: Stored,
    pub style: usize,
    /// Apart, since few cells have one and a sheet has many cells.
    pub formula: Option<Box<StoredFormula>>,
    /// A part of the text is struck through, or all of it by the text's own format.
    pub struck: bool,
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stored {
    Empty,
    Text(String),
    Number(f64),
    /// A number with the text that the file shows of it (.ods).
    NumberShown(Box<NumberShown>),
    /// A day, ISO text, with the text that the file shows of it (.ods, or a cell of type `d`).
    Day(Box<DayShown>),
    Bool(bool),
    Error(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct NumberShown {
    pub number: f64,
    pub percent: bool,
    pub shown: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct DayShown {
    pub iso: String,
    pub shown: Option<String>,
}

impl Stored {
    /// The number of a cell that holds one.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::NumberShown(held) => Some(held.number),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct StoredFormula {
    /// Empty where the file does not tell it as text.
    pub text: String,
    /// The cell itself asks to be computed when it is opened.
    pub uncomputed: bool,
}

/// Properties of a font that change what is seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StoredFont {
    pub struck: bool,
    /// Colour of the letters; `None` where it is automatic or not known.
    pub ink: Option<Ink>,
    /// So small that nobody reads it.
    pub tiny: bool,
    pub legacy: Option<Legacy>,
}

/// A colour: red, green and blue, or a number of its own from [`Ink::OTHER`] on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink(u32);

impl Ink {
    pub(super) const WHITE: Self = Self(0xFF_FFFF);
    /// From here on numbers are of a palette that is not known here: equal only to themselves.
    const OTHER: u32 = 0x100_0000;
    /// Levels of red, green or blue between which nobody sees a difference.
    const UNSEEN_STEPS: u32 = 16;
    /// A pattern, on which every colour is seen.
    pub(super) const PATTERN: Self = Self(u32::MAX);
    /// One colour that is told next.
    pub(super) const SOLID: Self = Self(u32::MAX - 1);

    /// `FFFF0000` or `#ff0000`.
    pub(super) fn of_hex(text: &str) -> Option<Self> {
        let digits = text.trim_start_matches('#');
        let rgb = digits.get(digits.len().checked_sub(6)?..)?;
        u32::from_str_radix(rgb, 16).ok().map(Self)
    }

    /// A colour of the usual palette.
    pub(super) const fn of_index(index: u32) -> Self {
        Self(match index {
            0 | 8 | 64 => 0,
            1 | 9 | 65 => 0xFF_FFFF,
            2 | 10 => 0xFF_0000,
            3 | 11 => 0x00_FF00,
            4 | 12 => 0x00_00FF,
            5 | 13 => 0xFF_FF00,
            6 | 14 => 0xFF_00FF,
            7 | 15 => 0x00_FFFF,
            other => Self::OTHER.saturating_add(other),
        })
    }

    /// A colour of the file's theme: 0 is the background of the window.
    pub(super) const fn of_theme(index: u32) -> Self {
        Self(match index {
            0 => 0xFF_FFFF,
            1 => 0,
            other => (2 * Self::OTHER).saturating_add(other),
        })
    }

    /// Whether letters in this colour are unseen on the other.
    pub(super) fn hides_on(self, paper: Self) -> bool {
        let near = |shift: u32| ((self.0 >> shift) & 0xFF).abs_diff((paper.0 >> shift) & 0xFF) <= Self::UNSEEN_STEPS;
        let known = self.0 < Self::OTHER && paper.0 < Self::OTHER;
        if known { [0, 8, 16].into_iter().all(near) } else { self == paper && self.0 < Self::SOLID.0 }
    }
}

/// Properties of a style that change what is seen.
#[derive(Clone, Debug, Default)]
pub(super) struct StoredStyle {
    /// Empty for the general format.
    pub format: String,
    pub struck: bool,
    /// Letters in the colour of what is behind them, or too small to be read.
    pub unseen: bool,
    pub legacy: Option<Legacy>,
}

impl StoredStyle {
    /// The style of a format code with a font, on paper of a colour.
    pub(super) fn of(format: String, font: Option<&StoredFont>, paper: Ink) -> Self {
        let font = font.copied().unwrap_or_default();
        Self {
            format: if format == "General" { String::new() } else { format },
            struck: font.struck,
            unseen: font.tiny || font.ink.is_some_and(|ink| ink.hides_on(paper)),
            legacy: font.legacy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_the_colour_of_the_paper_are_unseen() {
        let of = |text| Ink::of_hex(text).expect("a colour");
        for (ink, paper, hidden) in [
            (of("FFFFFFFF"), Ink::WHITE, true),
            (of("FFFEFEFE"), Ink::of_index(65), true),
            (of("#ff0000"), Ink::of_index(10), true),
            (Ink::of_theme(0), Ink::WHITE, true),
            (Ink::of_theme(4), Ink::of_theme(4), true),
            (Ink::of_theme(4), Ink::of_theme(5), false),
            (of("FFFFFFFF"), of("FF4472C4"), false),
            (of("FF808080"), Ink::WHITE, false),
            (Ink::WHITE, Ink::PATTERN, false),
        ] {
            assert_eq!(ink.hides_on(paper), hidden, "{ink:?} on {paper:?}");
        }
    }
}
