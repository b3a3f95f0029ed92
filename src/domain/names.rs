//! When two names are one person's, and what stands in a name that is no part of it: the rule of the import, the roster and the
//! board. Readers within a log, and who signed, are compared by [`name_key`](super::roster::name_key), which every verifier of a
//! log has to know.
//!
//! Accents count; where the tone stands does not (`hoà`, `hòa`), nor which apostrophe, nor which letter that looks like Đ was
//! typed. Nobody is found by a name that is only near: near names are asked.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::text::clean;

/// Words before a name, folded to small letters.
const TITLES: [&str; 9] = ["ông", "bà", "đồng chí", "đ/c", "đc", "mr.", "mr", "ms.", "mrs."];
/// Degrees before a name, in small letters without points.
const DEGREES: [&str; 14] =
    ["ts", "ths", "pgs", "gs", "bs", "bscki", "bsckii", "ks", "cn", "ls", "dr", "tiến sĩ", "thạc sĩ", "bác sĩ"];

/// Letters that are typed or converted for Đ and look like it on paper.
const fn true_letter(letter: char) -> char {
    match letter {
        'Ð' | 'Ɖ' => 'Đ',
        'ð' | 'ɖ' => 'đ',
        '‘' | '’' | '‛' | 'ʼ' | 'ʹ' | '`' | '´' | '′' | '＇' => '\'',
        '‐' | '‑' | '–' | '−' => '-',
        other => other,
    }
}

/// Letters that nobody sees: word processors and web pages leave them behind.
const fn is_ignorable(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// The key that is equal for two spellings of one person's name, and for no two people who are told apart by accents.
pub fn person_key(name: &str) -> String {
    let seen: String = name.chars().filter(|letter| !is_ignorable(*letter)).map(true_letter).collect();
    let seen = clean(&seen).to_lowercase().replace("' ", "'");
    let words: Vec<String> = seen.split(' ').map(tone_last).collect();
    words.join(" ")
}

/// A word without its tones, and the tones behind it: `hoà` and `hòa` are `hoa` with a grave.
fn tone_last(word: &str) -> String {
    let is_tone = |letter: &char| matches!(letter, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
    let (tones, letters): (String, String) = word.nfd().partition(is_tone);
    let letters: String = letters.nfc().collect();
    if tones.is_empty() { letters } else { format!("{letters}{}", tones.nfc().collect::<String>()) }
}

/// Whether a name was typed without accents, so that it may stand for one with them.
pub fn is_without_accents(name: &str) -> bool {
    name.nfd().all(|letter| !is_combining_mark(letter) && !matches!(true_letter(letter), 'đ' | 'Đ'))
}

/// The name with the letters that stand for others put right: Ð by Đ, invisible ones left out. `None` when it has none.
pub fn with_true_letters(name: &str) -> Option<String> {
    let right: String = name
        .chars()
        .filter(|letter| !is_ignorable(*letter))
        .map(|letter| if matches!(letter, 'Ð' | 'Ɖ' | 'ð' | 'ɖ') { true_letter(letter) } else { letter })
        .collect();
    (right != name).then_some(right)
}

/// The name without the title, the degree or the apostrophe before it; `None` when there is none. A title is taken off once, and
/// only where a name of two words is left: Ông is a family name too.
pub fn undressed(name: &str) -> Option<String> {
    let name = clean(name);
    let mut rest = name.trim_start_matches(['\'', '’', '‘', '`', '"', '“', '”']).trim_start();
    let begins = |rest: &str, word: &str| {
        let start: String = rest.chars().take(word.chars().count()).collect();
        let tail = rest.get(start.len()..).unwrap_or_default();
        (start.to_lowercase() == word && tail.starts_with([' ', ':'])).then_some(start.len())
    };
    if let Some(length) = TITLES.iter().find_map(|title| begins(rest, title)) {
        let tail = rest.get(length..).unwrap_or_default().trim_start_matches([' ', ':']);
        if tail.split(' ').count() >= 2 {
            rest = tail;
        }
    }
    while let Some(tail) = without_degree(rest) {
        rest = tail;
    }
    (rest != name && !rest.is_empty()).then(|| rest.to_owned())
}

fn without_degree(name: &str) -> Option<&str> {
    if let Some(words) = DEGREES.iter().filter(|degree| degree.contains(' ')).find(|degree| {
        let start: String = name.chars().take(degree.chars().count() + 1).collect();
        start.to_lowercase() == format!("{degree} ")
    }) {
        let at = name.char_indices().nth(words.chars().count()).map(|(at, _)| at)?;
        return name.get(at..).map(str::trim_start);
    }
    // `PGS.TS. Nguyễn`, `ThS Nguyễn`, `TS.Nguyễn`
    let end = name.find([' ', '.'])?;
    let (word, tail) = name.split_at(end);
    let capitals = word.chars().filter(|letter| letter.is_uppercase()).count() >= 2;
    let known = DEGREES.contains(&word.to_lowercase().as_str());
    let tail = tail.trim_start_matches(['.', ' ', ',']);
    (known && capitals && tail.contains(' ')).then_some(tail)
}

/// A name in capitals alone, as names are written; `None` for any other.
pub fn from_capitals(name: &str) -> Option<String> {
    let letters = |word: &str| word.chars().filter(|letter| letter.is_alphabetic()).count();
    let long = name.split(' ').filter(|word| letters(word) >= 2).count();
    if long < 2 || name.chars().any(char::is_lowercase) {
        return None;
    }
    let word = |word: &str| {
        let mut start = true;
        let mut out = String::new();
        for letter in word.chars() {
            if start {
                out.push(letter)
            } else {
                out.extend(letter.to_lowercase())
            }
            start = !letter.is_alphabetic();
        }
        out
    };
    Some(name.split(' ').map(word).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_is_one_key_however_the_name_is_spelled() {
        for (one, other) in [
            ("Trần Thị Hoà", "TRẦN THỊ HÒA"),
            ("Đặng Văn Sơn", "Ðặng Văn Sơn"),
            ("K’ Nhiễu", "K' Nhiễu"),
            ("K’Nhiễu", "K'  Nhiễu"),
            ("Nguyễn Văn Thuý", "Nguyễn\u{A0}Văn\u{200B} Thúy"),
            ("Lê Thị Ấ", "lê thi\u{323} a\u{302}\u{301}"),
            ("Nguyễn Văn A", "Nguyễn Vă\u{AD}n A"),
        ] {
            assert_eq!(person_key(one), person_key(other), "{one} and {other}");
        }
        for (one, other) in [("Phạm Văn Hưng", "Phạm Văn Hùng"), ("Lê Thị Ấ", "Lê Thị Â"), ("Vũ Dũng", "Vũ Đũng")]
        {
            assert_ne!(person_key(one), person_key(other), "{one} and {other}");
        }
        assert!(is_without_accents("pham van hung") && !is_without_accents("Pham Văn Hung"));
        assert!(!is_without_accents("Đang Van Son"));
    }

    #[test]
    fn what_is_no_part_of_a_name_is_taken_off() {
        for (typed, name) in [
            ("Ông Phạm Văn Hưng", Some("Phạm Văn Hưng")),
            ("BÀ TRẦN THỊ B", Some("TRẦN THỊ B")),
            ("Đ/c: Lê Văn Ba", Some("Lê Văn Ba")),
            ("đồng chí Lê Văn Ba", Some("Lê Văn Ba")),
            ("PGS.TS. Nguyễn Văn A", Some("Nguyễn Văn A")),
            ("Ông ThS Nguyễn Văn A", Some("Nguyễn Văn A")),
            ("Bác sĩ Nguyễn Văn A", Some("Nguyễn Văn A")),
            ("'Nguyễn Văn A", Some("Nguyễn Văn A")),
            ("Ông Ông Cao Thắng", Some("Ông Cao Thắng")),
            ("Nguyễn Văn Ông", None),
            ("Bà Na", None),
            ("K’ Nhiễu", None),
            ("Y Ts Niê", None),
            ("Bàn Văn Bảy", None),
        ] {
            assert_eq!(undressed(typed).as_deref(), name, "{typed}");
        }
    }

    #[test]
    fn capitals_are_proposed_as_names_are_written() {
        assert_eq!(from_capitals("PHÙNG KHẮC HIẾU").as_deref(), Some("Phùng Khắc Hiếu"));
        assert_eq!(from_capitals("H’YIM NIÊ KĐĂM").as_deref(), Some("H’Yim Niê Kđăm"));
        assert_eq!(from_capitals("Y A"), None);
        assert_eq!(from_capitals("Nguyễn VĂN A"), None);
        assert_eq!(with_true_letters("Ðặng Văn Sơn").as_deref(), Some("Đặng Văn Sơn"));
    }
}
