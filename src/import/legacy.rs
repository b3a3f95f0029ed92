//! Text typed in the fonts of the 1990s, whose letters are other letters' codes: TCVN3 (ABC, `.VnTime`) and VNI.
//!
//! Spreadsheets hand such text over as Latin letters: `NguyÔn V¨n A` (TCVN3), `Nguyeãn Vaên A` (VNI). Nothing in the file
//! says so but the font's name; where that is lost, a cell is converted only when it makes no sense as it stands, makes
//! sense after conversion, and says enough to rule out chance.

use unicode_normalization::UnicodeNormalization;

/// An encoding of the 1990s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Legacy {
    /// TCVN 5712 (ABC).
    Tcvn3,
    /// TCVN3 in a font of capitals, whose name ends in H: the codes are those of small letters.
    Tcvn3Capitals,
    /// VNI for Windows.
    Vni,
}

impl Legacy {
    /// Name for messages.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Tcvn3 => "TCVN3 (ABC)",
            Self::Tcvn3Capitals => "TCVN3 (ABC) chữ hoa",
            Self::Vni => "VNI",
        }
    }

    /// The encoding that a font asks for: `.VnTime`, `.VnTimeH`, `VNI-Times`.
    pub(super) fn of_font(name: &str) -> Option<Self> {
        let name = name.trim();
        if name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(".vn")) {
            return Some(if name.ends_with('H') { Self::Tcvn3Capitals } else { Self::Tcvn3 });
        }
        name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("vni-")).then_some(Self::Vni)
    }

    /// The Unicode text, or `None` when a letter is none of this encoding's.
    pub(super) fn decode(self, text: &str) -> Option<String> {
        match self {
            Self::Tcvn3 => text.chars().map(from_tcvn3).collect(),
            Self::Tcvn3Capitals => text.chars().map(from_tcvn3).collect::<Option<String>>().map(|t| t.to_uppercase()),
            Self::Vni => from_vni(text),
        }
    }
}

/// Letter and its TCVN3 code, read as Latin-1. Capitals with a tone have no code: they are small letters in a font of
/// capitals.
#[rustfmt::skip]
const TCVN3: [(char, char); 74] = [
    ('à', 'µ'), ('ả', '¶'), ('ã', '·'), ('á', '¸'), ('ạ', '¹'),
    ('ă', '¨'), ('ằ', '»'), ('ẳ', '¼'), ('ẵ', '½'), ('ắ', '¾'), ('ặ', 'Æ'),
    ('â', '©'), ('ầ', 'Ç'), ('ẩ', 'È'), ('ẫ', 'É'), ('ấ', 'Ê'), ('ậ', 'Ë'),
    ('đ', '®'),
    ('è', 'Ì'), ('ẻ', 'Î'), ('ẽ', 'Ï'), ('é', 'Ð'), ('ẹ', 'Ñ'),
    ('ê', 'ª'), ('ề', 'Ò'), ('ể', 'Ó'), ('ễ', 'Ô'), ('ế', 'Õ'), ('ệ', 'Ö'),
    ('ì', '×'), ('ỉ', 'Ø'), ('ĩ', 'Ü'), ('í', 'Ý'), ('ị', 'Þ'),
    ('ò', 'ß'), ('ỏ', 'á'), ('õ', 'â'), ('ó', 'ã'), ('ọ', 'ä'),
    ('ô', '«'), ('ồ', 'å'), ('ổ', 'æ'), ('ỗ', 'ç'), ('ố', 'è'), ('ộ', 'é'),
    ('ơ', '¬'), ('ờ', 'ê'), ('ở', 'ë'), ('ỡ', 'ì'), ('ớ', 'í'), ('ợ', 'î'),
    ('ù', 'ï'), ('ủ', 'ñ'), ('ũ', 'ò'), ('ú', 'ó'), ('ụ', 'ô'),
    ('ư', '\u{AD}'), ('ừ', 'õ'), ('ử', 'ö'), ('ữ', '÷'), ('ứ', 'ø'), ('ự', 'ù'),
    ('ỳ', 'ú'), ('ỷ', 'û'), ('ỹ', 'ü'), ('ý', 'ý'), ('ỵ', 'þ'),
    ('Ă', '¡'), ('Â', '¢'), ('Ê', '£'), ('Ô', '¤'), ('Ơ', '¥'), ('Ư', '¦'), ('Đ', '§'),
];

fn from_tcvn3(code: char) -> Option<char> {
    if code.is_ascii() || code == '\u{A0}' || !code.is_alphanumeric() && u32::from(code) > 0xFF {
        return Some(code);
    }
    TCVN3.iter().find(|(_, c)| *c == code).map(|(letter, _)| *letter)
}

/// Letter and its VNI code: one letter, or a vowel followed by a mark.
#[rustfmt::skip]
const VNI: [(char, &str); 67] = [
    ('à', "aø"), ('ả', "aû"), ('ã', "aõ"), ('á', "aù"), ('ạ', "aï"),
    ('ă', "aê"), ('ằ', "aè"), ('ẳ', "aú"), ('ẵ', "aü"), ('ắ', "aé"), ('ặ', "aë"),
    ('â', "aâ"), ('ầ', "aà"), ('ẩ', "aå"), ('ẫ', "aã"), ('ấ', "aá"), ('ậ', "aä"),
    ('đ', "ñ"),
    ('è', "eø"), ('ẻ', "eû"), ('ẽ', "eõ"), ('é', "eù"), ('ẹ', "eï"),
    ('ê', "eâ"), ('ề', "eà"), ('ể', "eå"), ('ễ', "eã"), ('ế', "eá"), ('ệ', "eä"),
    ('ì', "ì"), ('ỉ', "æ"), ('ĩ', "ó"), ('í', "í"), ('ị', "ò"),
    ('ò', "oø"), ('ỏ', "oû"), ('õ', "oõ"), ('ó', "où"), ('ọ', "oï"),
    ('ô', "oâ"), ('ồ', "oà"), ('ổ', "oå"), ('ỗ', "oã"), ('ố', "oá"), ('ộ', "oä"),
    ('ơ', "ô"), ('ờ', "ôø"), ('ở', "ôû"), ('ỡ', "ôõ"), ('ớ', "ôù"), ('ợ', "ôï"),
    ('ù', "uø"), ('ủ', "uû"), ('ũ', "uõ"), ('ú', "uù"), ('ụ', "uï"),
    ('ư', "ö"), ('ừ', "öø"), ('ử', "öû"), ('ữ', "öõ"), ('ứ', "öù"), ('ự', "öï"),
    ('ỳ', "yø"), ('ỷ', "yû"), ('ỹ', "yõ"), ('ý', "yù"), ('ỵ', "î"),
];

fn from_vni(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(base) = letters.next() {
        let pair = letters.peek().and_then(|mark| vni_letter(&[base, *mark]));
        if let Some(letter) = pair {
            letters.next();
            out.push(letter);
        } else if let Some(letter) = vni_letter(&[base]) {
            out.push(letter);
        } else if base.is_ascii() || !base.is_alphabetic() {
            out.push(base);
        } else {
            return None;
        }
    }
    Some(out)
}

/// The letter of a VNI code; a capital base makes a capital, whatever the case of its mark.
fn vni_letter(code: &[char]) -> Option<char> {
    let small: String = code.iter().flat_map(|c| c.to_lowercase()).collect();
    let (letter, _) = VNI.iter().find(|(_, c)| *c == small)?;
    let capital = code.first().is_some_and(|c| c.is_uppercase());
    if capital { letter.to_uppercase().next() } else { Some(*letter) }
}

/// Evidence for an old encoding besides the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Nothing: the cell must prove itself by two words, or by one of three letters and more.
    Cell,
    /// Other cells of the file were typed so: one word is enough.
    File,
}

/// The encoding of a text that is no Unicode Vietnamese, with its conversion; `None` leaves the text alone.
pub(super) fn detect(text: &str, evidence: Evidence) -> Option<(Legacy, String)> {
    if text.is_ascii() || text.chars().any(|c| u32::from(c) > 0xFF && c.is_alphabetic()) || makes_sense(text) {
        return None;
    }
    [Legacy::Tcvn3, Legacy::Vni].into_iter().find_map(|legacy| {
        let converted = legacy.decode(text)?;
        let (changed, longest) = changed_words(&converted)?;
        let enough = match evidence {
            Evidence::Cell => changed >= 2 || longest >= 3,
            Evidence::File => changed >= 1,
        };
        enough.then_some((legacy, converted))
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty())
}

/// Accented words of a text that are no Vietnamese syllables: how badly it was decoded.
pub(super) fn nonsense(text: &str) -> usize {
    words(text).filter(|word| !word.is_ascii() && !is_syllable(word)).count()
}

/// Whether every word with an accent is a Vietnamese syllable, and no sign stands for a letter; micrometres do.
pub(super) fn makes_sense(text: &str) -> bool {
    let text = text.replace("µm", "");
    let only_letters = text.chars().all(|c| c.is_ascii() || c.is_alphabetic() && !"ªº".contains(c));
    only_letters && words(&text).filter(|w| !w.is_ascii()).all(is_syllable)
}

/// Number of accented words of two letters and more, and the letters of the longest; `None` when an accented word is no
/// Vietnamese syllable. A lone accented letter proves nothing: quotation marks and signs turn into such.
fn changed_words(converted: &str) -> Option<(usize, usize)> {
    let accented: Vec<&str> = words(converted).filter(|word| !word.is_ascii()).collect();
    let lengths: Vec<usize> = accented.iter().map(|word| word.chars().count()).filter(|&n| n >= 2).collect();
    let longest = lengths.iter().max().copied()?;
    accented.iter().all(|word| is_syllable(word)).then_some((lengths.len(), longest))
}

const ONSETS: [&str; 28] = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "qu",
    "r", "s", "t", "th", "tr", "v", "x",
];

/// Vowels that a consonant may close.
const CLOSABLE: [&str; 26] = [
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "iê", "yê", "uô", "ươ", "oa", "oă", "oe", "oo", "uâ",
    "uê", "uy", "uyê", "uơ", "ua",
];

/// Vowels that end a syllable.
const FINAL: [&str; 34] = [
    "ai", "ao", "au", "ay", "âu", "ây", "eo", "êu", "ia", "iu", "iêu", "yêu", "oi", "ôi", "ơi", "oai", "oay", "oao",
    "oeo", "ui", "ưi", "ưu", "ưa", "uôi", "ươi", "ươu", "uây", "uya", "uyu", "ya", "uao", "uai", "uay", "uêu",
];

const CODAS: [&str; 9] = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];

/// Whether a word can be one Vietnamese syllable: onset, vowel, coda and at most one tone that the coda bears.
fn is_syllable(word: &str) -> bool {
    let Some((letters, tone)) = without_tone(word) else { return false };
    ONSETS.iter().filter_map(|onset| letters.strip_prefix(onset)).any(|rime| {
        let open = FINAL.contains(&rime);
        let closed = CODAS.iter().filter_map(|coda| Some((rime.strip_suffix(coda)?, *coda))).any(|(vowel, coda)| {
            let stopped = matches!(coda, "c" | "ch" | "p" | "t");
            CLOSABLE.contains(&vowel) && (!stopped || matches!(tone, Some('\u{301}' | '\u{323}')))
        });
        open || closed
    }) || letters == "gi"
        || letters == "gin"
}

/// Small letters without their tone, and the tone; `None` when there are two.
fn without_tone(word: &str) -> Option<(String, Option<char>)> {
    let mut tone = None;
    let mut bare = String::new();
    for c in word.to_lowercase().nfd() {
        if !matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}') {
            bare.push(c);
        } else if tone.replace(c).is_some() {
            return None;
        }
    }
    Some((bare.nfc().collect(), tone))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTERS: &str = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ";

    fn to_tcvn3(text: &str) -> String {
        let code = |c| TCVN3.iter().find(|(letter, _)| *letter == c).map_or(c, |(_, code)| *code);
        text.chars().map(code).collect()
    }

    fn to_vni(text: &str) -> String {
        let mut out = String::new();
        for c in text.chars() {
            let small: char = c.to_lowercase().next().unwrap_or(c);
            match VNI.iter().find(|(letter, _)| *letter == small) {
                Some((_, code)) if c.is_uppercase() => out.push_str(&code.to_uppercase()),
                Some((_, code)) => out.push_str(code),
                None => out.push(c),
            }
        }
        out
    }

    #[test]
    fn all_134_letters_come_back_from_vni_and_tcvn3() {
        let capitals: String = LETTERS.chars().flat_map(char::to_uppercase).collect();
        assert_eq!(LETTERS.chars().count() + capitals.chars().count(), 134);
        for text in [LETTERS, &capitals] {
            for letter in text.chars().map(String::from) {
                assert_eq!(Legacy::Vni.decode(&to_vni(&letter)), Some(letter));
            }
        }
        for letter in LETTERS.chars().map(String::from) {
            assert_eq!(Legacy::Tcvn3.decode(&to_tcvn3(&letter)), Some(letter.clone()));
            assert_eq!(Legacy::Tcvn3Capitals.decode(&to_tcvn3(&letter)), Some(letter.to_uppercase()));
        }
        for letter in "ĂÂÊÔƠƯĐ".chars().map(String::from) {
            assert_eq!(Legacy::Tcvn3.decode(&to_tcvn3(&letter)), Some(letter));
        }
    }

    #[test]
    fn no_code_stands_for_two_letters() {
        for (i, (_, code)) in TCVN3.iter().enumerate() {
            assert!(TCVN3.iter().skip(i + 1).all(|(_, other)| other != code), "{code}");
        }
        for (i, (_, code)) in VNI.iter().enumerate() {
            assert!(VNI.iter().skip(i + 1).all(|(_, other)| other != code), "{code}");
        }
    }

    #[test]
    fn names_typed_in_old_fonts_are_found_without_the_font() {
        for text in [
            "Nguyễn Văn A",
            "Trần Thị Bích Thủy",
            "Phó Chủ tịch Hội đồng nhân dân tỉnh",
            "Giám đốc Sở Y tế",
            "Khối Ủy ban nhân dân",
        ] {
            let found = |typed: &str| detect(typed, Evidence::Cell);
            assert_eq!(found(&to_vni(text)), Some((Legacy::Vni, text.to_owned())));
            if !text.contains(['Ủ', 'Ỷ']) {
                assert_eq!(found(&to_tcvn3(text)), Some((Legacy::Tcvn3, text.to_owned())));
            }
        }
        assert_eq!(detect("NguyÔn V¨n A", Evidence::Cell).map(|d| d.1).as_deref(), Some("Nguyễn Văn A"));
        assert_eq!(detect("Nguyeãn Vaên A", Evidence::Cell).map(|d| d.1).as_deref(), Some("Nguyễn Văn A"));
    }

    #[test]
    fn unicode_vietnamese_and_foreign_words_are_left_alone() {
        for text in [
            "Nguyễn Văn A",
            "Hà Giang",
            "Lê Đức Anh",
            "Phó Chủ tịch HĐND tỉnh",
            "Bà Rịa - Vũng Tàu",
            "Tô Lâm",
            "Hoà Bình",
            "café",
            "Besançon",
            "très bien",
            "crème fraîche",
            "père Noël",
            "Zürich",
            "São Paulo",
            "El Niño",
            "François",
            "Müller",
            "Größe",
            "naïve",
            "Québec",
            "Hôtel de ville",
            "château",
            "Perú",
            "Malmö",
            "Ångström",
            "25 m²",
            "5 µm",
            "± 3 °C",
            "§ 12",
            "« OK »",
            "½",
            "Số 12/NQ-HĐND",
            "100%",
            "",
            "Kế hoạch 2023",
            "Siu H'Bai",
            "Ksor Phước",
            "Nguye\u{302}\u{303}n Va\u{306}n A",
        ] {
            for evidence in [Evidence::Cell, Evidence::File] {
                assert_eq!(detect(text, evidence), None, "{text}");
            }
        }
    }

    #[test]
    fn every_syllable_of_ordinary_vietnamese_is_known_as_one() {
        let prose = "Báo cáo tình hình thực hiện nhiệm vụ của người được Hội đồng nhân dân lấy phiếu tín nhiệm từ đầu nhiệm kỳ \
            cho đến lúc lấy phiếu về từng lĩnh vực và từng cá nhân; giải quyết khiếu nại, tố cáo; quốc phòng, an ninh; \
            khuyến khích chuyển đổi; nghiêng, quyển, khuỷu tay, hươu, gìn giữ, giếng nước, thuở xưa, ngoằn ngoèo, xoong";
        for word in words(prose) {
            assert!(is_syllable(word), "{word}");
        }
        for word in ["Sứa©", "ngk", "tr", "caf", "crm", "Noởl", "hụtel", "cach"] {
            assert!(!is_syllable(word), "{word}");
        }
    }

    #[test]
    fn the_font_says_which() {
        assert_eq!(Legacy::of_font(".VnTimeH"), Some(Legacy::Tcvn3Capitals));
        assert_eq!(Legacy::of_font(".VnArial Narrow"), Some(Legacy::Tcvn3));
        assert_eq!(Legacy::of_font("VNI-Times"), Some(Legacy::Vni));
        assert_eq!(Legacy::of_font("Times New Roman"), None);
        assert_eq!(Legacy::Tcvn3Capitals.decode("nguyÔn v¨n a").as_deref(), Some("NGUYỄN VĂN A"));
    }
}
