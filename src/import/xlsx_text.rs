//! Texts of an .xlsx file, which may be made of runs with formats of their own.

use super::xml::Met;

/// A text of the shared table.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedText {
    pub text: String,
    /// A part of it is struck through.
    pub struck: bool,
}

/// Collects the pieces of rich text: runs, without what is read aloud.
#[derive(Debug, Default)]
pub(super) struct RichText {
    pub text: SharedText,
    in_text: bool,
    phonetic: bool,
}

impl RichText {
    /// Whether the element belonged to the text.
    pub(super) fn visit(&mut self, met: &Met<'_>) {
        match met {
            Met::Start(tag) => match tag.local {
                "t" => self.in_text = !self.phonetic,
                "rPh" => self.phonetic = true,
                "strike" => self.text.struck |= !matches!(tag.get("val").as_deref(), Some("0" | "false")),
                _ => {}
            },
            Met::Text(text) if self.in_text => self.text.text.push_str(text),
            Met::Text(_) => {}
            Met::End("t") => self.in_text = false,
            Met::End("rPh") => self.phonetic = false,
            Met::End(_) => {}
        }
    }

    pub(super) fn take(&mut self) -> SharedText {
        let mut text = std::mem::take(&mut self.text);
        text.text = unescaped(&text.text);
        text
    }
}

/// `_x000D_` is a letter that XML cannot hold.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let code = from.get(2..6).filter(|_| from.as_bytes().get(6) == Some(&b'_'));
        match code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            Some(letter) => {
                out.push(letter);
                rest = from.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    out + rest
}
