//! Mật khẩu: which ones are refused (NIST SP 800-63B, 3.1.1.2): short ones, common ones, and what everybody knows of
//! their owner. No rule asks for capitals or signs, and none for a change after some months.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::text::fold;

/// Fewest letters.
const LEAST: usize = 12;
/// Most letters.
const MOST: usize = 200;

/// Why a password is refused. One sentence, for beside the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Under 12 letters.
    #[error("Mật khẩu phải có ít nhất 12 ký tự; vài từ không liên quan đến nhau là dễ nhớ và đủ dài.")]
    TooShort,
    /// Over 200 letters.
    #[error("Mật khẩu không được dài quá 200 ký tự.")]
    TooLong,
    /// One of the most common passwords.
    #[error("Mật khẩu này thuộc loại hay gặp nên rất dễ đoán; hãy chọn mật khẩu khác.")]
    Common,
    /// Made of the owner's name or council.
    #[error("Mật khẩu không được chỉ gồm tên đăng nhập, họ tên hoặc tên hội đồng; hãy chọn mật khẩu khác.")]
    AboutOwner,
}

/// What the first guesses are made of, folded; digits around and between them count for nothing.
const COMMON: &[&str] = &[
    "abc",
    "abcd",
    "abcdef",
    "admin",
    "administrator",
    "anh",
    "anhyeuem",
    "baomat",
    "bimat",
    "changeme",
    "chao",
    "chuc",
    "congtac",
    "daibieu",
    "dangnhap",
    "dragon",
    "em",
    "emyeuanh",
    "football",
    "gmail",
    "hanoi",
    "hdnd",
    "hello",
    "hochiminh",
    "hoidong",
    "hoidongnhandan",
    "i",
    "iloveyou",
    "khongbiet",
    "khongcomatkhau",
    "letmein",
    "login",
    "love",
    "master",
    "matkhau",
    "matma",
    "minh",
    "monkey",
    "nguoidung",
    "nguyen",
    "pass",
    "password",
    "princess",
    "qaz",
    "qazwsx",
    "qwe",
    "qwer",
    "qwert",
    "qwerty",
    "qwertyuiop",
    "quantri",
    "quochoi",
    "root",
    "saigon",
    "secret",
    "sunshine",
    "test",
    "thaydoi",
    "tinnhiem",
    "toi",
    "toiyeuem",
    "toiyeuvietnam",
    "tran",
    "ubnd",
    "user",
    "viet",
    "vietnam",
    "welcome",
    "wsx",
    "xinchao",
    "yeu",
    "you",
    "zxc",
    "zxcvbn",
    "zxcvbnm",
    "asd",
    "asdf",
    "asdfgh",
    "asdfghjkl",
    "edc",
    "cuatoi",
    "la",
];

/// Rows of keys and of letters that people run along.
const RUNS: &[&str] =
    &["01234567890123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"];

/// One spelling of a password: a keyboard that writes accents as letters of their own types the same password.
pub fn normal_form(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().collect())
}

/// Whether `password` may be chosen by somebody of whom `about` (login, full name, council) is known.
///
/// # Errors
/// Why not.
pub fn check(password: &str, about: &[&str]) -> Result<(), PasswordError> {
    let letters = password.nfc().count();
    if letters < LEAST {
        return Err(PasswordError::TooShort);
    }
    if letters > MOST {
        return Err(PasswordError::TooLong);
    }
    let folded = Zeroizing::new(bare(password));
    if is_run(&folded) || is_repetition(&folded) || is_made_of(&folded, COMMON) {
        return Err(PasswordError::Common);
    }
    let about: Vec<String> = about.iter().map(|text| bare(text)).filter(|text| text.len() > 2).collect();
    let known: Vec<&str> = about.iter().map(String::as_str).chain(COMMON.iter().copied()).collect();
    if is_made_of(&folded, &known) { Err(PasswordError::AboutOwner) } else { Ok(()) }
}

fn bare(text: &str) -> String {
    fold(text).replace(' ', "")
}

fn is_run(folded: &str) -> bool {
    let backwards: String = folded.chars().rev().collect();
    RUNS.iter().any(|run| run.contains(folded) || run.contains(&backwards))
}

/// One letter, or a group of up to six, again and again; a text of signs alone folds to nothing and counts as one.
fn is_repetition(folded: &str) -> bool {
    let letters: Vec<char> = folded.chars().collect();
    (1..=6).any(|group| letters.iter().zip(letters.iter().skip(group)).all(|(first, next)| first == next))
}

/// Whether nothing is left of `folded` besides digits when `words` are taken out.
fn is_made_of(folded: &str, words: &[&str]) -> bool {
    let letters: String = folded.chars().filter(|c| !c.is_numeric()).collect();
    // `reached[n]`: the first n bytes are words.
    let mut reached = vec![false; letters.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for from in 0..letters.len() {
        if !reached.get(from).copied().unwrap_or_default() {
            continue;
        }
        let rest = letters.get(from..).unwrap_or_default();
        for word in words.iter().filter(|word| rest.starts_with(**word)) {
            if let Some(to) = reached.get_mut(from + word.len()) {
                *to = true;
            }
        }
    }
    !letters.is_empty() && reached.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &[&str] = &["lan.nguyen", "Nguyễn Thị Lan", "Hội đồng nhân dân tỉnh Mẫu"];

    #[test]
    fn length_is_counted_in_letters_and_nothing_else_is_asked_for() {
        assert_eq!(check("mười-một-ch", ABOUT), Err(PasswordError::TooShort));
        for good in ["con mèo trèo cây", "sông dài ruộng lúa", "mat-khau-thu-nghiem", "739184620517"] {
            assert_eq!(check(good, ABOUT), Ok(()), "{good}");
        }
        assert_eq!(check(&"a b c đ e g".repeat(19), ABOUT), Err(PasswordError::TooLong));
    }

    #[test]
    fn common_ones_are_seen_through_digits_accents_and_repetition() {
        let common = [
            "matkhau12345",
            "Mật Khẩu 2026",
            "123456789012",
            "210987654321",
            "iloveyou1234",
            "qwertyuiop12",
            "111111111111",
            "abcabcabcabc",
            "anhyeuem2026",
            "password1234",
            "matkhaumatkhau",
            "!!!!!!!!!!!!!!",
            "hoidongnhandan2026",
            "1q2w3e1q2w3e",
        ];
        for password in common {
            assert_eq!(check(password, ABOUT), Err(PasswordError::Common), "{password}");
        }
    }

    #[test]
    fn what_everybody_knows_of_the_owner_is_refused() {
        for password in ["lan.nguyen.2026", "NguyễnThịLan1990", "Hội đồng nhân dân tỉnh Mẫu", "lannguyenmatkhau"]
        {
            assert_eq!(check(password, ABOUT), Err(PasswordError::AboutOwner), "{password}");
        }
    }

    #[test]
    fn accents_typed_as_letters_of_their_own_are_the_same_password() {
        assert_eq!(normal_form("me\u{300}o tre\u{300}o"), normal_form("mèo trèo"));
    }
}
