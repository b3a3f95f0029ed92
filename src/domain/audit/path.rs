//! Paths of the files of a bundle.

/// Whether `path` names a file below a bundle, spelled in the one way that every file system keeps and every screen shows.
pub fn is_path(path: &str) -> bool {
    path.split('/').all(is_part)
}

/// `.` and `..` end in a full stop.
fn is_part(part: &str) -> bool {
    !part.is_empty() && !part.starts_with(' ') && !part.ends_with([' ', '.']) && part.chars().all(is_letter)
}

/// Latin letters as they are written in one code point, digits and signs.
const fn is_letter(letter: char) -> bool {
    match letter {
        '\\' | ':' => false,
        ' '..='~' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn a_path_leads_nowhere_else_and_has_one_spelling() {
        for path in ["MANIFEST", "papers/minutes.pdf", "papers/nghị quyết 1.pdf", "a/b/c"] {
            assert!(is_path(path), "{path}");
        }
        let wrong = [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/../b",
            "./a",
            "C:/a",
            "a\\b",
            "a\0",
            "a\n",
            "a\u{202E}fdp.exe",
            "a\u{200B}",
            " a",
            "a ",
            "a.",
            "papers/a /b",
            "e\u{301}",
            "a\u{AD}b",
            "a\u{A0}b",
            "\u{212B}",
            "а",
        ];
        for path in wrong {
            assert!(!is_path(path), "{path:?}");
        }
    }
}
