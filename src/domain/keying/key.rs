//! Which key of the machine a key of a keyboard is.
//!
//! A keyboard tells two things of a key: where it lies (`KeyboardEvent.code`) and what it would write (`KeyboardEvent.key`).
//! What it would write depends on layout, input method and NumLock: the number row writes `ă â ê ô` in Windows' Vietnamese
//! layout and `& é " '` in the French one, the number pad says `End` without NumLock, and a Vietnamese input method says
//! `Process`. So the place decides; what is written counts where the place says nothing.

/// A key that the machine knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `0` to `9`.
    Digit(u8),
    Enter,
    Backspace,
    /// `-`: the whole paper is invalid.
    Minus,
    /// `+`: sends.
    Plus,
    /// `*`: asks for the number of a paper to go to.
    Jump,
    /// `PageUp`
    PaperBefore,
    /// `PageDown`
    PaperAfter,
    /// `ArrowUp`
    LineBefore,
    /// `ArrowDown`
    LineAfter,
    /// A paper was skipped.
    Insert,
    /// The paper at hand is not in the pile.
    Delete,
    /// Another key that writes something: always refused, so that a slip beside the number keys gives a sound.
    Other,
    /// A key of which the browser tells neither where it lies nor what it writes.
    Unread,
}

impl Key {
    /// The key of a browser's `KeyboardEvent`; `None` for keys that write nothing (Shift, Tab, F5), which are left to the
    /// browser.
    pub fn of_event(code: &str, key: &str) -> Option<Self> {
        // The US layout writes `*` with Shift and 8, other layouts at other places.
        if matches!(key, "*" | "＊") || code == "NumpadMultiply" {
            return Some(Self::Jump);
        }
        Self::at(code).or_else(|| Self::written(key))
    }

    /// The key that lies at `code`, whatever it writes.
    fn at(code: &str) -> Option<Self> {
        let digit = code.strip_prefix("Digit").or_else(|| code.strip_prefix("Numpad")).and_then(Self::digit);
        digit.or(match code {
            "Minus" | "NumpadSubtract" => Some(Self::Minus),
            "Equal" | "NumpadAdd" => Some(Self::Plus),
            "Enter" | "NumpadEnter" => Some(Self::Enter),
            _ => Self::named(code),
        })
    }

    /// The key that writes `key`, or is called so.
    fn written(key: &str) -> Option<Self> {
        match key {
            "-" | "－" | "−" => Some(Self::Minus),
            "+" | "＋" => Some(Self::Plus),
            "Process" | "Unidentified" | "Dead" => Some(Self::Unread),
            _ => Self::digit(key).or_else(|| Self::named(key)).or_else(|| {
                let mut letters = key.chars();
                (letters.next().is_some() && letters.next().is_none()).then_some(Self::Other)
            }),
        }
    }

    /// Keys whose place and name are one word.
    fn named(name: &str) -> Option<Self> {
        match name {
            "Enter" => Some(Self::Enter),
            "Backspace" => Some(Self::Backspace),
            "PageUp" => Some(Self::PaperBefore),
            "PageDown" => Some(Self::PaperAfter),
            "ArrowUp" => Some(Self::LineBefore),
            "ArrowDown" => Some(Self::LineAfter),
            "Insert" => Some(Self::Insert),
            "Delete" => Some(Self::Delete),
            _ => None,
        }
    }

    /// One digit, of ASCII or full width.
    fn digit(text: &str) -> Option<Self> {
        let mut letters = text.chars();
        let digit = match (letters.next(), letters.next()) {
            (Some(ascii @ '0'..='9'), None) => u32::from(ascii) - u32::from('0'),
            (Some(wide @ '０'..='９'), None) => u32::from(wide) - u32::from('０'),
            _ => return None,
        };
        u8::try_from(digit).ok().map(Self::Digit)
    }
}
