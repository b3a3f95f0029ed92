//! Vietnamese text: one form for storing it, one form for comparing it, and how dates are written.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::audit::day::YEARS;

/// `text` in NFC, with every run of white space (also no-break and zero-width spaces) as one space, and none at the
/// ends.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        match c {
            '\u{200B}' | '\u{200C}' | '\u{200D}' | '\u{FEFF}' => {}
            c if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// What somebody typed over several lines: each line [`clean`], at most one empty line in a row, none at the ends.
pub fn clean_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(clean) {
        if !line.is_empty() || (!out.is_empty() && !out.ends_with("\n\n")) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

/// `text` as one line for a terminal, whatever it was taken from: letters that steer a screen, turn the direction of writing or are
/// not seen are written as `\u{…}`.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' => {
                out.extend(c.escape_unicode())
            }
            '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}' => out.extend(c.escape_unicode()),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// A key that is equal for two spellings of one word: lower case, no accents, `đ` as `d`, everything that is not a
/// letter or a digit as one space.
///
/// `fold("Số phiếu  PHÁT-RA")` is `"so phieu phat ra"`.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'đ' | 'Đ' => out.push('d'),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ if !out.is_empty() && !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// Letters, each with what makes it another letter of the alphabet (`a ă â`, `d đ`, `o ô ơ`), then tones.
type Spelling = (Vec<(char, u8)>, Vec<u8>);

fn spelling<'a>(words: impl Iterator<Item = &'a str>) -> Spelling {
    let (mut letters, mut tones) = (Vec::new(), Vec::new());
    for word in words {
        // A shorter word comes before all that begin with it.
        letters.push((' ', 0));
        for c in word.to_lowercase().nfd() {
            match c {
                'đ' => letters.push(('d', 1)),
                '\u{306}' | '\u{302}' | '\u{31b}' => {
                    let kind = u8::from(c != '\u{306}') + u8::from(c == '\u{31b}') + 1;
                    if let Some(letter) = letters.last_mut() {
                        letter.1 = kind;
                    }
                }
                '\u{300}' => tones.push(1),
                '\u{309}' => tones.push(2),
                '\u{303}' => tones.push(3),
                '\u{301}' => tones.push(4),
                '\u{323}' => tones.push(5),
                c => letters.push((c, 0)),
            }
        }
        tones.push(0);
    }
    (letters, tones)
}

/// The key by which Vietnamese lists of people are in order: by given name, which stands last, then by the others; in
/// the order of the Vietnamese alphabet and of its tones.
pub fn name_order(name: &str) -> impl Ord + use<> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let (given, others) = words.split_last().map_or(("", &[][..]), |(given, others)| (*given, others));
    (spelling([given].into_iter()), spelling(others.iter().copied()))
}

/// `text` as a part of a file name or of an identifier: `slug("Sở Y tế")` is `"so-y-te"`.
pub fn slug(text: &str) -> String {
    fold(text).replace(' ', "-")
}

/// `date` as papers print it: `05/12/2023`.
pub fn date_dmy(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// A day that somebody typed: `05/12/2023` as papers write it, or `2023-12-05` as a browser's calendar sends it.
pub fn read_day(text: &str) -> Option<Date> {
    let text = text.trim();
    let in_order = || {
        let mut parts = text.split(['/', '.', '-']);
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
        date.filter(|_| parts.next().is_none() && year.len() == 4)
    };
    let read = in_order().or_else(|| text.parse().ok().filter(|_| text.len() == "2023-12-05".len()));
    // A year that no log can tell is a slip: `05/12/0202`.
    read.filter(|date| YEARS.contains(&date.year()))
}

/// A number that somebody typed: digits and nothing else, blanks around them aside. A sign, also `+`, is no digit.
pub fn read_number(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// `date` as sentences print it: `ngày 05 tháng 12 năm 2023`; day below 10 and month below 3 get a leading zero
/// (Nghị định 30/2020/NĐ-CP, Phụ lục I).
pub fn date_words(date: Date) -> String {
    let month = if date.month() < 3 { format!("{:02}", date.month()) } else { date.month().to_string() };
    format!("ngày {:02} tháng {} năm {}", date.day(), month, date.year())
}

/// What `text` lacks to be a sentence: a full stop, or nothing.
pub fn full_stop(text: &str) -> &'static str {
    if text.ends_with(['.', '!', '?']) { "" } else { "." }
}

/// `text` with its first letter small, for the middle of a sentence.
pub fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// `text` with its first letter large, for the start of a sentence.
pub fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decomposed_and_spaced_out_names_become_one_spelling() {
        assert_eq!(clean("  Nguye\u{302}\u{303}n\u{a0} Va\u{306}n\u{200B} A "), "Nguyễn Văn A");
    }

    #[test]
    fn typed_lines_keep_their_paragraphs_and_nothing_else() {
        assert_eq!(clean_lines("\r\n  Một  hai \r\n\r\n\n\nba\t bốn\n \n"), "Một hai\n\nba bốn");
        assert_eq!(clean_lines(" \n\u{200B}\n"), "");
    }

    #[test]
    fn headings_meet_whatever_their_case_accents_and_punctuation() {
        for heading in ["Số phiếu phát ra", "SO PHIEU PHAT RA", " so-phiếu:  phát_ra "] {
            assert_eq!(fold(heading), "so phieu phat ra");
        }
        assert_eq!(fold("Đại biểu"), "dai bieu");
    }

    #[test]
    fn a_first_letter_changes_and_the_rest_stays() {
        assert_eq!(lower_first("Kỳ họp thứ 13, HĐND"), "kỳ họp thứ 13, HĐND");
        assert_eq!((upper_first("đạt"), upper_first("")), ("Đạt".to_owned(), String::new()));
    }

    #[test]
    fn a_typed_day_is_read_day_first_or_as_a_calendar_sends_it() {
        let day = jiff::civil::date(2023, 12, 5);
        for text in ["05/12/2023", " 5/12/2023 ", "5.12.2023", "05-12-2023", "2023-12-05"] {
            assert_eq!(read_day(text), Some(day), "{text}");
        }
        for text in
            ["", "5/12", "31/02/2023", "12/31/2023", "5/12/23", "2023", "5/12/2023/1", "05/12/0202", "0202-12-05"]
        {
            assert_eq!(read_day(text), None, "{text}");
        }
    }

    #[test]
    fn a_typed_number_is_digits_and_nothing_else() {
        assert_eq!(
            (read_number(" 5 "), read_number("012"), read_number("4294967295")),
            (Some(5), Some(12), Some(u32::MAX))
        );
        for text in ["", " ", "+5", "-5", "5.0", "5 0", "năm", "5đ", "٥", "4294967296"] {
            assert_eq!(read_number(text), None, "{text}");
        }
    }

    #[test]
    fn months_from_march_on_have_no_leading_zero() {
        assert_eq!(date_words(jiff::civil::date(2023, 12, 5)), "ngày 05 tháng 12 năm 2023");
        assert_eq!(date_words(jiff::civil::date(2026, 2, 17)), "ngày 17 tháng 02 năm 2026");
        assert_eq!(date_words(jiff::civil::date(2026, 3, 1)), "ngày 01 tháng 3 năm 2026");
    }

    #[test]
    fn people_are_listed_by_given_name_in_the_order_of_the_vietnamese_alphabet() {
        let sorted = [
            "Trần An",
            "Lê Thị Ân",
            "Lê Thị Dung",
            "Trần Dũng",
            "Hoàng Đức",
            "Bùi Hai",
            "Trần Hai",
            "Bùi Hài",
            "Bùi Hải",
            "Lê Hoa",
            "Lê Hô",
            "Lê Hơ",
            "Đỗ Quỳnh Nữ",
            "Tuấn",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by_cached_key(|name| name_order(name));
        assert_eq!(names, sorted);
    }
}
