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
    pub formula: Option<StoredFormula>,
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
    NumberShown {
        number: f64,
        percent: bool,
        shown: String,
    },
    /// A day, ISO text, with the text that the file shows of it (.ods, or a cell of type `d`).
    Day {
        iso: String,
        shown: Option<String>,
    },
    Bool(bool),
    Error(String),
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
    pub white: bool,
    pub legacy: Option<Legacy>,
}

/// Properties of a style that change what is seen.
#[derive(Clone, Debug, Default)]
pub(super) struct StoredStyle {
    /// Empty for the general format.
    pub format: String,
    pub struck: bool,
    /// White letters on nothing or on white.
    pub unseen: bool,
    pub legacy: Option<Legacy>,
}

impl StoredStyle {
    /// The style of a format code with a font; in white letters it is unseen where `shows_white` does not hold: on nothing, or on
    /// white.
    pub(super) fn of(format: String, font: Option<&StoredFont>, shows_white: bool) -> Self {
        let font = font.copied().unwrap_or_default();
        Self {
            format: if format == "General" { String::new() } else { format },
            struck: font.struck,
            unseen: font.white && !shows_white,
            legacy: font.legacy,
        }
    }
}
