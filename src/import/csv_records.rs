//! Records of a CSV text, strictly: a quotation mark that is open or out of place is told with its line, never bridged over.

/// Lines of one quoted field from which on it may hold other records.
const MANY_LINES: u32 = 2;

/// Records with the lines, from 1, on which they begin, and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Split {
    pub records: Vec<(u32, Vec<String>)>,
    /// Lines of the quotation marks that open the fields.
    pub faults: Vec<(u32, QuoteFault)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuoteFault {
    /// Never closed.
    Open,
    /// Closed, and neither a separator nor the end of the line follows.
    TextBehind,
    /// A field that goes over lines which are records by themselves.
    Swallows {
        /// Of the field.
        lines: u32,
    },
}

/// Splits a text; lines end in LF, CR LF or CR alone. Empty lines are no records.
pub(super) fn split(text: &str, separator: u8) -> Split {
    let separator = char::from(separator);
    let mut reader = Reader { letters: text.chars().peekable(), separator, line: 1, out: Split::default() };
    reader.run();
    let Split { records, mut faults } = reader.out;
    faults.extend(swallowing(&records, separator));
    faults.sort_by_key(|(line, _)| *line);
    faults.dedup_by_key(|(line, _)| *line);
    Split { records, faults }
}

struct Reader<'t> {
    letters: std::iter::Peekable<std::str::Chars<'t>>,
    separator: char,
    line: u32,
    out: Split,
}

impl Reader<'_> {
    fn run(&mut self) {
        while self.letters.peek().is_some() {
            let begin = self.line;
            let mut fields = Vec::new();
            loop {
                fields.push(self.field());
                match self.letters.next() {
                    Some(letter) if letter == self.separator => {}
                    Some(letter) => {
                        self.end_line(letter);
                        break;
                    }
                    None => break,
                }
            }
            if fields.iter().any(|field| !field.is_empty()) {
                self.out.records.push((begin, fields));
            }
        }
    }

    /// Counts a line, whose CR LF is one end.
    fn end_line(&mut self, letter: char) {
        if letter == '\r' {
            let _ = self.letters.next_if_eq(&'\n');
        }
        self.line = self.line.saturating_add(1);
    }

    fn ends_field(&self, letter: char) -> bool {
        letter == self.separator || letter == '\n' || letter == '\r'
    }

    fn field(&mut self) -> String {
        if self.letters.peek() != Some(&'"') {
            return self.bare(String::new());
        }
        self.letters.next();
        let opened = self.line;
        let mut field = String::new();
        loop {
            match self.letters.next() {
                None => {
                    self.out.faults.push((opened, QuoteFault::Open));
                    return field;
                }
                Some('"') if self.letters.next_if_eq(&'"').is_some() => field.push('"'),
                Some('"') => break,
                Some(letter @ ('\r' | '\n')) => {
                    self.end_line(letter);
                    field.push('\n');
                }
                Some(letter) => field.push(letter),
            }
        }
        // Blanks behind the quotation mark are nothing.
        while self.letters.next_if(|letter| *letter == ' ').is_some() {}
        let behind = self.letters.peek().copied();
        if behind.is_some_and(|letter| !self.ends_field(letter)) {
            self.out.faults.push((opened, QuoteFault::TextBehind));
            return self.bare(field);
        }
        field
    }

    fn bare(&mut self, mut field: String) -> String {
        while let Some(&letter) = self.letters.peek() {
            if self.ends_field(letter) {
                break;
            }
            field.push(letter);
            self.letters.next();
        }
        field
    }
}

/// Quoted fields of which a line has as many separators as whole records have.
fn swallowing(records: &[(u32, Vec<String>)], separator: char) -> Vec<(u32, QuoteFault)> {
    let usual = records.first().map_or(0, |(_, fields)| fields.len());
    if usual < 2 {
        return Vec::new();
    }
    let swallows = |field: &&String| {
        let lines = field.lines().count();
        lines > 1 && field.lines().skip(1).any(|line| line.matches(separator).count() + 1 >= usual)
    };
    let fault = |(line, fields): &(u32, Vec<String>)| {
        let field = fields.iter().find(swallows)?;
        let lines = u32::try_from(field.lines().count()).unwrap_or(u32::MAX).max(MANY_LINES);
        Some((*line, QuoteFault::Swallows { lines }))
    };
    records.iter().filter_map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<(u32, Vec<String>)> {
        let split = split(text, b',');
        assert_eq!(split.faults, [], "{text}");
        split.records
    }

    #[test]
    fn records_are_the_same_whatever_ends_their_lines() {
        let expected = fields("a,b\n\"c\nd\",\"e \"\"f\"\"\"\n\ng,\n");
        assert_eq!(expected.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2, 5]);
        assert_eq!(expected.get(1).map(|(_, fields)| fields.as_slice()), Some(&["c\nd".into(), "e \"f\"".into()][..]));
        for end in ["\r\n", "\r"] {
            assert_eq!(fields(&"a,b\n\"c\nd\",\"e \"\"f\"\"\"\n\ng,\n".replace('\n', end)), expected);
        }
        assert_eq!(fields("ống 5\" đôi,b"), [(1, vec!["ống 5\" đôi".to_owned(), "b".to_owned()])]);
    }

    #[test]
    fn quotation_marks_out_of_place_are_told_with_their_line() {
        for (text, fault) in [
            ("a,b\nc,\"d\ne,f\n", (2, QuoteFault::Open)),
            ("a,b\nc,\"d\ne,\"f\"\n", (2, QuoteFault::TextBehind)),
            ("a,b\nc,\"d\ne,f\ng,\"\nh,i\n", (2, QuoteFault::Swallows { lines: 3 })),
        ] {
            assert_eq!(split(text, b',').faults, [fault], "{text}");
        }
    }
}
