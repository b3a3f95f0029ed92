//! Search in released dossiers: what was typed, what the databases' own engines are asked, and where a line fits.
//!
//! Both engines index text without accents ([`fold`]) and find lines that hold all words. What they found is then held
//! against the text itself: a word that was typed with accents must stand there with them, so that `tế` does not find
//! `tệ`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::text::{clean, fold};

/// Most words of a query; the rest is left out.
const MOST_WORDS: usize = 12;
/// Words of a line that are shown before the first one that fits, and in all.
const SHOWN_BEFORE: usize = 12;
const SHOWN: usize = 48;

/// A word as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    /// Lower-case letters with their accents.
    typed: String,
    /// The same letters without accents.
    folded: String,
}

impl Word {
    fn has_accents(&self) -> bool {
        self.typed != self.folded
    }
}

/// Words that stand together: several when they were typed in quotes.
type Term = Vec<Word>;

/// What somebody looks for: lines that hold all of its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub is_found: bool,
}

/// Whether accents that were typed must be in the line too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accents {
    /// A word that was typed with accents fits only with them.
    Kept,
    Ignored,
}

/// A word of a line: where it stands, in bytes.
struct Placed {
    from: usize,
    to: usize,
    word: Word,
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

fn words(text: &str) -> Vec<Placed> {
    let mut found: Vec<Placed> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_letter(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let part = text.get(from..at).unwrap_or_default();
                let folded = fold(part);
                // A mark without a letter is no word.
                if !folded.is_empty() {
                    let typed = part.nfc().collect::<String>().to_lowercase();
                    found.push(Placed { from, to: at, word: Word { typed, folded } });
                }
                start = None;
            }
            _ => {}
        }
    }
    found
}

impl Query {
    /// What was typed; `None` when no word is in it. Quotes of any sort hold words together; one that is not closed
    /// reaches to the end.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = clean(typed).replace(['“', '”', '«', '»'], "\"");
        let mut terms: Vec<Term> = Vec::new();
        let mut left = MOST_WORDS;
        for (number, part) in typed.split('"').enumerate() {
            let words: Term = words(part).into_iter().map(|placed| placed.word).take(left).collect();
            left -= words.len();
            if number % 2 == 1 && !words.is_empty() {
                terms.push(words);
            } else {
                terms.extend(words.into_iter().map(|word| vec![word]));
            }
        }
        (!terms.is_empty()).then_some(Self { terms })
    }

    /// The query for the engines: every term in quotes, in which no letter has a meaning of its own. FTS5 of SQLite and
    /// `websearch_to_tsquery` of PostgreSQL read the same: all terms, in quotes word behind word.
    pub fn for_engines(&self) -> String {
        let term = |term: &Term| {
            let words: Vec<&str> = term.iter().map(|word| word.folded.as_str()).collect();
            format!("\"{}\"", words.join(" "))
        };
        self.terms.iter().map(term).collect::<Vec<_>>().join(" ")
    }

    /// Whether any word was typed with accents.
    pub fn has_accents(&self) -> bool {
        self.terms.iter().flatten().any(Word::has_accents)
    }

    /// The line in pieces, cut to the text around the first match; `None` when a term is missing from it.
    pub fn find(&self, line: &str, accents: Accents) -> Option<Vec<Piece>> {
        let words = words(line);
        let fits = |typed: &Word, placed: &Placed| {
            if accents == Accents::Kept && typed.has_accents() {
                typed.typed == placed.word.typed
            } else {
                typed.folded == placed.word.folded
            }
        };
        let mut found = vec![false; words.len()];
        for term in &self.terms {
            let mut stands = false;
            for (at, run) in words.windows(term.len()).enumerate() {
                if term.iter().zip(run).all(|(typed, placed)| fits(typed, placed)) {
                    stands = true;
                    found.iter_mut().skip(at).take(term.len()).for_each(|found| *found = true);
                }
            }
            if !stands {
                return None;
            }
        }
        Some(pieces(line, &words, &found))
    }
}

/// The text around the first find, with all finds in it apart.
fn pieces(line: &str, words: &[Placed], found: &[bool]) -> Vec<Piece> {
    let first = found.iter().position(|found| *found).unwrap_or(0);
    let from = first.saturating_sub(SHOWN_BEFORE);
    let shown: Vec<(&Placed, bool)> = words.iter().zip(found.iter().copied()).skip(from).take(SHOWN).collect();
    let is_cut = from + shown.len() < words.len();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut add = |text: &str, is_found: bool| match pieces.last_mut() {
        Some(last) if last.is_found == is_found => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece { text: text.to_owned(), is_found }),
    };
    let mut at = if from == 0 { 0 } else { shown.first().map_or(0, |(placed, _)| placed.from) };
    if from > 0 {
        add("… ", false);
    }
    let mut was_found = false;
    for (placed, is_found) in shown {
        // Blanks between two words of one find are part of it.
        add(line.get(at..placed.from).unwrap_or_default(), was_found && is_found);
        add(line.get(placed.from..placed.to).unwrap_or_default(), is_found);
        (at, was_found) = (placed.to, is_found);
    }
    if is_cut {
        add(" …", false)
    } else {
        add(line.get(at..).unwrap_or_default(), false)
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(query: &str, line: &str, accents: Accents) -> Option<String> {
        let pieces = Query::parse(query).expect("query").find(line, accents)?;
        let marked = |piece: Piece| if piece.is_found { format!("[{}]", piece.text) } else { piece.text };
        Some(pieces.into_iter().map(marked).collect())
    }

    #[test]
    fn words_are_found_with_or_without_accents_and_in_any_order() {
        let line = "Xây dựng 12 trạm Y tế xã (đạt 100%).";
        let marked = "Xây dựng 12 [trạm] [Y tế] xã (đạt 100%).".replace("] [", " ");
        assert_eq!(found("tram y te", line, Accents::Kept).as_deref(), Some(marked.as_str()));
        assert_eq!(found("Y TẾ trạm", line, Accents::Kept).as_deref(), Some(marked.as_str()));
        assert_eq!(found("tệ", line, Accents::Kept), None, "another accent is another word");
        assert!(found("tệ", line, Accents::Ignored).is_some());
        assert_eq!(found("trạm xá", line, Accents::Kept), None, "all words must be there");
        assert_eq!(found("tra", line, Accents::Kept), None, "a word is a whole word");
    }

    #[test]
    fn words_in_quotes_stand_behind_each_other() {
        let line = "trạm y tế xã";
        assert!(found("\"y te xa\"", line, Accents::Kept).is_some());
        assert!(found("“y tế”", line, Accents::Kept).is_some() && found("\"y te", line, Accents::Kept).is_some());
        assert_eq!(found("\"te y\"", line, Accents::Kept), None);
    }

    #[test]
    fn engines_get_words_in_quotes_and_nothing_else() {
        let query = |typed: &str| Query::parse(typed).map(|query| query.for_engines());
        assert_eq!(query("Trạm \"y tế\" OR -xã*").as_deref(), Some("\"tram\" \"y te\" \"or\" \"xa\""));
        for empty in ["", "  ", "\"\"", "!?*()", "\u{301}"] {
            assert_eq!(query(empty), None, "{empty:?}");
        }
        let long = "a ".repeat(50);
        assert_eq!(query(&long).map(|text| text.matches('a').count()), Some(MOST_WORDS));
    }

    #[test]
    fn a_long_line_is_cut_around_the_first_find() {
        let line = format!("{}đích {}", "trước ".repeat(40), "sau ".repeat(60));
        let shown = found("dich", &line, Accents::Kept).expect("found");
        assert!(shown.starts_with("… trước") && shown.contains(" [đích] sau") && shown.ends_with("sau …"), "{shown}");
    }

    proptest! {
        #[test]
        fn no_input_breaks_anything_and_pieces_are_the_line(typed in "\\PC{0,40}", line in "\\PC{0,80}") {
            if let Some(query) = Query::parse(&typed) {
                let text = query.for_engines();
                prop_assert!(text.chars().all(|c| c.is_alphanumeric() || c == '"' || c == ' ' || is_combining_mark(c)));
                prop_assert_eq!(text.matches('"').count() % 2, 0);
                if let Some(pieces) = query.find(&line, Accents::Kept) {
                    prop_assert!(pieces.iter().any(|piece| piece.is_found));
                    prop_assert!(query.find(&line, Accents::Ignored).is_some());
                }
            }
        }

        #[test]
        fn a_line_is_found_by_each_of_its_words(line in "[a-zàảãáạđêôưĐ ,.]{1,60}") {
            for placed in words(&line) {
                let query = Query::parse(&placed.word.typed).expect("a word");
                let pieces = query.find(&line, Accents::Kept).expect("its own word");
                let text: String = pieces.into_iter().map(|piece| piece.text).collect();
                prop_assert!(text == line || text.contains('…'));
            }
        }
    }
}
