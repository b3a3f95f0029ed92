//! What TOML 1.1 allows and TOML 1.0 does not. The format of a bundle is 1.0, and other verifiers read no more.

/// Letters between which a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Table,
    Array,
}

/// Byte at which a text, which is TOML 1.1, first is not TOML 1.0: a line break, comment or last comma in an inline table, or
/// an escape `\e` or `\x`. (A time without seconds, the other novelty, is no value of a rule set.)
pub(super) fn first_of_toml_1_1(text: &str) -> Option<usize> {
    let (mut open, mut last, mut at) = (Vec::new(), b' ', 0);
    while let Some(&byte) = text.as_bytes().get(at) {
        let is_in_table = open.last() == Some(&Bracket::Table);
        match byte {
            b'\n' | b'#' if is_in_table => return Some(at),
            b'}' if last == b',' => return Some(at),
            b'#' => at += until(text, at, "\n"),
            b'"' | b'\'' => match string_at(text, at) {
                Ok(length) => at += length - 1,
                Err(escape) => return Some(escape),
            },
            b'{' => open.push(Bracket::Table),
            b'[' => open.push(Bracket::Array),
            b'}' | b']' => drop(open.pop()),
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
        at += 1;
    }
    None
}

/// Bytes from `at` to the next `end`, or to the end of the text.
fn until(text: &str, at: usize, end: &str) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find(end).unwrap_or(rest.len())
}

/// Length of the string that begins at `at`, with its quotes; or where it has an escape of TOML 1.1.
fn string_at(text: &str, at: usize) -> Result<usize, usize> {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let quote = rest.first().copied().unwrap_or_default();
    let is_long = rest.get(..3).is_some_and(|start| start.iter().all(|byte| *byte == quote));
    let mut length = if is_long { 3 } else { 1 };
    while let Some(&byte) = rest.get(length) {
        if byte == b'\\' && quote == b'"' {
            if matches!(rest.get(length + 1), Some(b'e' | b'x')) {
                return Err(at + length);
            }
            length += 1;
        } else if byte == quote && !is_long {
            return Ok(length + 1);
        } else if byte == quote && rest.get(length..length + 3).is_some_and(|end| end.iter().all(|b| *b == quote)) {
            // Two more may stand before the three that end it.
            let more = rest.get(length + 3..).unwrap_or_default().iter().take(2).take_while(|byte| **byte == quote);
            return Ok(length + 3 + more.count());
        }
        length += 1;
    }
    Ok(rest.len().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_toml_1_1_takes_is_found_and_nothing_else() {
        let old = "a = { b = \"x\", c = [1,\n 2,\n # d\n] } # {,}\n[[t]]\ne = \"\"\"{,}\n\\\\e \"\"\"\"\"\nf = '\\x{,}'\ng = '''\n{,}'''\n";
        assert!(toml::from_str::<toml::Table>(old).is_ok());
        assert_eq!(first_of_toml_1_1(old), None);
        for (new, what) in [
            ("a = { b = 1, }\n", "}"),
            ("a = { b = 1,\n c = 2 }\n", "\n c"),
            ("a = [{ b = 1 # c\n }]\n", "# c"),
            ("a = \"\\e\"\n", "\\e"),
            ("a = '\\e'\nb = \"\"\"\n\\x41\"\"\"\n", "\\x41"),
            ("a = \"#{\"\nb = {}\nc = {d = [1,\n{e = 1,}]}\n", "}]}"),
        ] {
            assert!(toml::from_str::<toml::Table>(new).is_ok(), "{new}");
            assert_eq!(first_of_toml_1_1(new), new.find(what), "{new}");
        }
    }
}
