//! What may be typed: text whose every letter a reader sees as it is stored, and names in the letters of Vietnamese papers.
//!
//! A text that looks like one thing on the screen and is printed as another is refused where it is typed, or told at the cell
//! of the file that it came in. Sources: Unicode Standard Annex 44 (general categories Cc, Cf, Co), its property
//! Default_Ignorable_Code_Point, and Unicode Technical Report 36, section 2 (visual spoofing).

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::glyphs::is_drawn;

/// Combining marks on one letter: the writing of the Ede has two beside what NFC composes.
const MOST_MARKS: usize = 3;
/// Letters of the text that are shown before the one that is wrong.
const SHOWN: usize = 20;

/// A letter that a text may not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterFault {
    letter: char,
    why: Why,
    /// What stands before it, the last few letters.
    after: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Control,
    Direction,
    Unseen,
    Private,
    Lost,
    Marks,
    Undrawn,
    Foreign,
}

impl fmt::Display for LetterFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.why {
            Why::Control => "ký tự điều khiển không hiện ra",
            Why::Direction => "ký tự đổi chiều chữ, làm chữ trên màn hình khác chữ in ra",
            Why::Unseen => "ký tự không hiện ra",
            Why::Private => "ký tự riêng của một phông chữ, máy khác không hiện được",
            Why::Lost => "ký tự đã hỏng khi chuyển mã",
            Why::Marks => "quá nhiều dấu trên một chữ",
            Why::Undrawn => "ký tự mà phông chữ của giấy tờ không có, như biểu tượng cảm xúc, nên không in được",
            Why::Foreign => "ký tự không dùng để viết tên người, có thể chỉ trông giống một chữ cái",
        };
        write!(f, "có {what} (U+{:04X})", u32::from(self.letter))?;
        if self.after.is_empty() { f.write_str(" ở đầu") } else { write!(f, " ngay sau «{}»", self.after) }?;
        f.write_str("; hãy xóa đi rồi gõ lại bằng bàn phím")
    }
}

/// The first letter of a text that nobody would see as it is stored, on the screen or on paper; line ends and tabs are none.
pub fn unseen(text: &str) -> Option<LetterFault> {
    let mut marks = 0;
    let mut is_drawn_as_it_is = true;
    for (at, letter) in text.char_indices() {
        is_drawn_as_it_is &= letter.is_ascii() || is_drawn(letter) && !is_combining_mark(letter);
        marks = if is_combining_mark(letter) { marks + 1 } else { 0 };
        let why = if marks > MOST_MARKS { Some(Why::Marks) } else { why(letter) };
        if let Some(why) = why {
            return Some(fault(text, at, letter, why));
        }
    }
    if is_drawn_as_it_is {
        return None;
    }
    let composed: String = text.nfc().collect();
    let found = composed.char_indices().find(|(_, letter)| is_missed(*letter));
    found.map(|(at, letter)| fault(&composed, at, letter, Why::Undrawn))
}

/// Whether a letter would leave a gap on paper.
fn is_missed(letter: char) -> bool {
    let is_blank =
        letter.is_whitespace() || letter.is_control() || matches!(letter, '\u{200B}'..='\u{200D}' | '\u{FEFF}');
    !is_blank && !is_drawn(letter)
}

/// The first letter of a name of a person that is none of the letters in which Vietnamese papers write names; `None` too where
/// [`unseen`] finds one.
pub fn foreign(name: &str) -> Option<LetterFault> {
    if unseen(name).is_some() {
        return None;
    }
    let composed: String = name.nfc().collect();
    let found = composed.char_indices().find(|(_, letter)| !is_of_names(*letter));
    found.map(|(at, letter)| fault(&composed, at, letter, Why::Foreign))
}

fn fault(text: &str, at: usize, letter: char, why: Why) -> LetterFault {
    let before = text.get(..at).unwrap_or_default();
    let skipped = before.chars().count().saturating_sub(SHOWN);
    LetterFault { letter, why, after: before.chars().skip(skipped).collect::<String>().trim().to_owned() }
}

const fn why(letter: char) -> Option<Why> {
    match letter {
        '\n' | '\r' | '\t' => None,
        // Word processors leave these behind, and they are taken out before a text is stored.
        '\u{200B}'..='\u{200D}' | '\u{FEFF}' => None,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => Some(Why::Control),
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Some(Why::Direction),
        '\u{AD}' | '\u{34F}' | '\u{600}'..='\u{605}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}' | '\u{8E2}' => {
            Some(Why::Unseen)
        }
        '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' => Some(Why::Unseen),
        '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' => Some(Why::Unseen),
        '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' => Some(Why::Unseen),
        '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}' => Some(Why::Unseen),
        '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}' => Some(Why::Unseen),
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' => Some(Why::Private),
        '\u{FFFC}'..='\u{FFFF}' | '\u{FDD0}'..='\u{FDEF}' => Some(Why::Lost),
        _ => None,
    }
}

/// Letters of composed names. Beyond Vietnamese: Western names (Latin-1), and what the writings of other peoples of the country
/// have (Latin Extended-A, ƀ, a breve by itself, as in the names of the Ede).
const fn is_of_names(letter: char) -> bool {
    match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        ' ' | '\u{A0}' | '.' | ',' | '\'' | '’' | '-' | '(' | ')' | '\u{200B}'..='\u{200D}' | '\u{FEFF}' => true,
        // A dotless i, a long s and a kra look like other letters.
        '\u{131}' | '\u{138}' | '\u{149}' | '\u{17F}' => false,
        // Ð and ð are Icelandic; on paper Ð is a Đ.
        '×' | '÷' | 'Ð' | 'ð' => false,
        'À'..='ÿ' | '\u{100}'..='\u{17E}' => true,
        'Ơ' | 'ơ' | 'Ư' | 'ư' | 'ƀ' | 'Ƀ' | '\u{1EA0}'..='\u{1EF9}' => true,
        '\u{300}' | '\u{301}' | '\u{303}' | '\u{306}' | '\u{309}' | '\u{323}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_as_people_write_them_pass() {
        for name in [
            "Nguyễn Văn A",
            "Đặng Thị Hoàng Ưu",
            "H’Yim Kđoh",
            "Y Biêr Niê",
            "Ksor H'Bơ Khăp",
            "Điểu K’Ré",
            "Y Ƀhiơ̆ Mlô",
            "Jean-François Noël",
            "Lê Thị C (B)",
            "Nguye\u{302}\u{303}n Va\u{306}n A",
        ] {
            assert_eq!((unseen(name), foreign(name)), (None, None), "{name}");
        }
        let text = "1. Kết quả:\tđạt 97,5 % – “vượt” kế hoạch …\r\n2. Diện tích ≥ 30 m², H₂O, № 5";
        assert_eq!(unseen(text), None);
    }

    #[test]
    fn what_looks_otherwise_than_it_is_stored_is_named_with_its_place() {
        for (text, code, part) in [
            ("Nguyễn \u{202E}A", "U+202E", "đổi chiều chữ"),
            ("Nguyễn\u{AD} Văn A", "U+00AD", "không hiện ra"),
            ("Nguyễn\u{34F} Văn A", "U+034F", "không hiện ra"),
            ("Nguyễn Văn\u{200E} A", "U+200E", "đổi chiều chữ"),
            ("Nguyễn Văn A\u{2060}", "U+2060", "không hiện ra"),
            ("\u{2066}Nguyễn Văn A", "U+2066", "ở đầu"),
            ("Nguyễn\0Văn A", "U+0000", "điều khiển"),
            ("Nguyễn\u{8}", "U+0008", "ngay sau «Nguyễn»"),
            ("Nguyễn\u{3164}Văn A", "U+3164", "không hiện ra"),
            ("A\u{E0041}", "U+E0041", "không hiện ra"),
            ("\u{F0B7} Hoàn thành", "U+F0B7", "phông chữ"),
            ("Nguy\u{FFFD}n", "U+FFFD", "đã hỏng"),
            ("Đạt kế hoạch 👍", "U+1F44D", "không in được"),
            ("Nguyễn Văn 文", "U+6587", "phông chữ"),
            ("☑ Đạt", "U+2611", "không in được"),
            ("A\u{301}\u{301}\u{301}\u{301}", "U+0301", "quá nhiều dấu"),
        ] {
            let told = unseen(text).unwrap_or_else(|| panic!("{text:?} passes")).to_string();
            assert!(told.contains(code) && told.contains(part), "{told}");
        }
    }

    #[test]
    fn letters_of_other_writings_are_no_letters_of_a_name() {
        for (name, code) in [
            ("Nguyễn Vаn A", "U+0430"),
            ("Nguyễn Văn Α", "U+0391"),
            ("Ðặng Văn A", "U+00D0"),
            ("Nguyễn Văn ı", "U+0131"),
        ] {
            let told = foreign(name).unwrap_or_else(|| panic!("{name} passes")).to_string();
            assert!(told.contains(code) && told.contains("tên người"), "{told}");
        }
        assert_eq!(foreign("Nguyễn \u{202E}A"), None, "that is told as what it is");
    }
}
