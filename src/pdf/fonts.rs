//! The four faces of Liberation Serif 2.1.5 (Times metrics, all 134 Vietnamese letters, SIL Open Font License), and the
//! width of every letter exactly as the PDF will state it.

use std::sync::OnceLock;

use printpdf::ParsedFont;

use super::error::PdfError;
use super::length::{Length, Points};

/// One of the four faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Face {
    /// Upright, light.
    Regular,
    /// Upright, bold.
    Bold,
    /// Slanted, light.
    Italic,
    /// Slanted, bold.
    BoldItalic,
}

impl Face {
    /// All faces, in the order of their resource names.
    pub const ALL: [Self; 4] = [Self::Regular, Self::Bold, Self::Italic, Self::BoldItalic];

    /// The face of a span.
    pub const fn of(bold: bool, italic: bool) -> Self {
        match (bold, italic) {
            (false, false) => Self::Regular,
            (true, false) => Self::Bold,
            (false, true) => Self::Italic,
            (true, true) => Self::BoldItalic,
        }
    }

    /// PostScript name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regular => "LiberationSerif",
            Self::Bold => "LiberationSerif-Bold",
            Self::Italic => "LiberationSerif-Italic",
            Self::BoldItalic => "LiberationSerif-BoldItalic",
        }
    }

    /// Name in a page's resources. Not `F1`: printpdf takes `F1` to `F14` for the built-in faces.
    pub const fn resource(self) -> &'static str {
        match self {
            Self::Regular => "S0",
            Self::Bold => "S1",
            Self::Italic => "S2",
            Self::BoldItalic => "S3",
        }
    }

    /// Position in [`Self::ALL`].
    pub const fn index(self) -> usize {
        match self {
            Self::Regular => 0,
            Self::Bold => 1,
            Self::Italic => 2,
            Self::BoldItalic => 3,
        }
    }

    /// The whole font file.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("fonts/LiberationSerif-Regular.ttf"),
            Self::Bold => include_bytes!("fonts/LiberationSerif-Bold.ttf"),
            Self::Italic => include_bytes!("fonts/LiberationSerif-Italic.ttf"),
            Self::BoldItalic => include_bytes!("fonts/LiberationSerif-BoldItalic.ttf"),
        }
    }

    /// The glyph of `character`, or `None`: the caller refuses the text, it never prints an empty box.
    ///
    /// # Errors
    /// When the embedded file is damaged.
    pub fn glyph(self, character: char) -> Result<Option<Glyph>, PdfError> {
        Ok(self.loaded()?.glyph(character))
    }

    /// Width of `text`, without kerning or ligatures: precomposed Vietnamese needs no shaping.
    ///
    /// # Errors
    /// A character that the face lacks.
    pub fn width(self, text: &str, size: Points) -> Result<Length, PdfError> {
        let loaded = self.loaded()?;
        let mut per_mille = 0;
        for character in text.chars() {
            match loaded.glyph(character) {
                Some(glyph) => per_mille += i64::from(glyph.width),
                None => return Err(PdfError::MissingGlyph { character, text: text.to_owned() }),
            }
        }
        Ok(size.em(per_mille))
    }

    /// The face as printpdf read it: units, bounding box, weight, slant.
    ///
    /// # Errors
    /// When the embedded file is damaged.
    pub fn parsed(self) -> Result<&'static ParsedFont, PdfError> {
        Ok(&self.loaded()?.parsed)
    }

    fn loaded(self) -> Result<&'static Loaded, PdfError> {
        static FACES: [OnceLock<Option<Loaded>>; 4] = [const { OnceLock::new() }; 4];
        FACES[self.index()]
            .get_or_init(|| Loaded::read(self.bytes()))
            .as_ref()
            .ok_or(PdfError::Font { face: self.name() })
    }
}

/// A glyph of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// Glyph id in the whole font file.
    pub id: u16,
    /// Advance in thousandths of an em, cut off rather than rounded: printpdf writes it so into `/W`, and only the same
    /// figure makes a centred or justified line end where a reader draws its end.
    pub width: u16,
}

/// A face, and its letters up to U+2BFF (currency, arrows, dashes: all that papers use) in a table by code point.
struct Loaded {
    parsed: ParsedFont,
    glyphs: Vec<Option<Glyph>>,
}

impl Loaded {
    const TABLE: u32 = 0x2C00;

    fn read(bytes: &[u8]) -> Option<Self> {
        let parsed = ParsedFont::from_bytes(bytes, 0, &mut Vec::new())?;
        let glyphs = (0..Self::TABLE).map(|code| look_up(&parsed, code)).collect();
        Some(Self { parsed, glyphs })
    }

    fn glyph(&self, character: char) -> Option<Glyph> {
        let code = u32::from(character);
        let slot = usize::try_from(code).ok()?;
        self.glyphs.get(slot).copied().unwrap_or_else(|| look_up(&self.parsed, code))
    }
}

fn look_up(parsed: &ParsedFont, code: u32) -> Option<Glyph> {
    let id = parsed.lookup_glyph_index(code).filter(|id| *id != 0)?;
    let advance = u32::from(parsed.get_glyph_width(id)?);
    let width = u16::try_from(advance * 1000 / u32::from(parsed.units_per_em)).ok()?;
    Some(Glyph { id, width })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::audit::Digest;

    #[test]
    fn widths_are_those_of_times() {
        let widths = |text: &str| Face::Regular.width(text, Points(1)).expect("letters").in_thousandths();
        assert_eq!((widths("n"), widths("ễ"), widths("Ư"), widths("0")), (500, 443, 775, 500));
        assert_eq!(Face::Bold.width("", Points(13)).expect("nothing"), Length::ZERO);
    }

    #[test]
    fn what_may_be_typed_is_what_every_face_draws() {
        let draws = |letter| Face::ALL.iter().all(|face| matches!(face.glyph(letter), Ok(Some(_))));
        let wrong: Vec<char> =
            (' '..=char::MAX).filter(|letter| domain::glyphs::is_drawn(*letter) != draws(*letter)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn a_letter_that_the_face_lacks_is_named() {
        let refused = Face::Italic.width("Xã ☐ 漢", Points(13)).expect_err("no such glyph");
        assert!(matches!(refused, PdfError::MissingGlyph { character: '☐', .. }), "{refused}");
        assert!(refused.to_string().contains("U+2610"), "{refused}");
    }

    /// Widths decide where a tick box lies: another release of the faces is another form.
    #[test]
    fn faces_are_those_of_the_release_whose_widths_were_checked() {
        let starts = Face::ALL.map(|face| Digest::of(face.bytes()).to_string().chars().take(16).collect::<String>());
        assert_eq!(starts, ["29d12439831b7f59", "446a4421f2976984", "c1830c433ab41379", "36dd6965be8915f6"]);
    }

    /// A file maps each glyph back to one letter: two letters of the alphabet on one glyph would be copied as one.
    #[test]
    fn no_two_letters_share_a_glyph() {
        let printable = (0x21..0x7F).chain(0xC0..0x1B1).chain(0x1EA0..0x1EFA).filter_map(char::from_u32);
        for face in Face::ALL {
            let mut seen = std::collections::BTreeMap::new();
            for character in printable.clone() {
                if let Some(glyph) = face.glyph(character).expect("a sound face") {
                    let before = seen.insert(glyph.id, character);
                    assert_eq!(before, None, "{}: {character}", face.name());
                }
            }
        }
    }
}
