//! Vietnamese text: one form for storing it, one form for comparing it, and how dates are written.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `text` in NFC, with every run of white space (also no-break and zero-width spaces) as one space, and none at the ends.
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

/// The key under which two spellings of one word meet: lower case, no accents, `đ` as `d`, everything that is not a
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

/// `text` as a part of a file name or of an identifier: `slug("Sở Y tế")` is `"so-y-te"`.
pub fn slug(text: &str) -> String {
    fold(text).replace(' ', "-")
}

/// `date` as papers print it: `05/12/2023`.
pub fn date_dmy(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
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
    fn months_from_march_on_have_no_leading_zero() {
        assert_eq!(date_words(jiff::civil::date(2023, 12, 5)), "ngày 05 tháng 12 năm 2023");
        assert_eq!(date_words(jiff::civil::date(2026, 2, 17)), "ngày 17 tháng 02 năm 2026");
        assert_eq!(date_words(jiff::civil::date(2026, 3, 1)), "ngày 01 tháng 3 năm 2026");
    }
}
