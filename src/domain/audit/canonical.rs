//! The one text of a JSON value (RFC 8785), narrowed to whole numbers: what is hashed has one spelling.
//!
//! [`check`] does not re-write a text to compare it; it walks the bytes once and stops at the first that the canonical
//! text would not have there.
//!
//! Most texts are read in one pass by `at_once`, which says of a text that it is good, or nothing. Where it says nothing, the
//! same is done step by step, and what is wrong gets its name.

mod reading;
mod spelling;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Largest magnitude of a number that every JSON reader keeps exactly (RFC 8785, appendix D): 2^53 - 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;
/// Objects and arrays inside each other.
pub const MAX_DEPTH: usize = 16;

/// Where a text stops being canonical, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte thứ {at}: {what}")]
pub struct CanonicalError {
    /// Byte offset, from 0.
    pub at: usize,
    /// What is wrong there, Vietnamese.
    pub what: &'static str,
}

/// A text is no canonical text of the type that is read from it.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// A field is missing, unknown, or of another type.
    #[error("thiếu khóa, có khóa lạ, hoặc giá trị sai kiểu hay ngoài khoảng, ở trước byte thứ {}", .0.column())]
    Shape(#[source] serde_json::Error),
    /// Canonical, but not the text that the value itself has.
    #[error("không phải cách viết của giá trị đọc được")]
    Spelling,
}

/// The canonical text of `value`.
///
/// # Errors
/// When `value` holds a fraction, a number beyond [`MAX_INTEGER`], or is nested deeper than [`MAX_DEPTH`].
pub fn to_text<T: Serialize>(value: &T) -> Result<String, ReadError> {
    // serde_json escapes as RFC 8785 does, so a type with its fields in order is canonical at once.
    let plain = serde_json::to_string(value).map_err(ReadError::Shape)?;
    if check(&plain).is_ok() {
        return Ok(plain);
    }
    let text = serde_json_canonicalizer::to_string(value).map_err(ReadError::Shape)?;
    check(&text)?;
    Ok(text)
}

/// Reads `text` as a `T` and as nothing else: it must be letter by letter what [`to_text`] writes for that value.
///
/// # Errors
/// When it is not canonical, not a `T`, or spelled otherwise (an array for an object, a field left out).
pub fn from_text<T: DeserializeOwned + Serialize>(text: &str) -> Result<T, ReadError> {
    match at_once(text) {
        Some(value) => Ok(value),
        None => {
            check(text)?;
            from_canonical(text)
        }
    }
}

/// What [`from_text`] reads, where one pass shows it. `None` says nothing of the text.
pub(super) fn at_once<T: DeserializeOwned + Serialize>(text: &str) -> Option<T> {
    start_at_once(text).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

/// The same of a text with which another one begins; gives the rest of that too.
pub(super) fn start_at_once<T: DeserializeOwned + Serialize>(text: &str) -> Option<(T, &str)> {
    let mut reader = reading::Reader::new(text);
    let value = T::deserialize(&mut reader).ok()?;
    let (own, rest) = text.split_at_checked(reader.at())?;
    spelling::is_text_of(own, &value).then_some((value, rest))
}

/// [`from_text`] of a text that was checked already.
pub(super) fn from_canonical<T: DeserializeOwned + Serialize>(text: &str) -> Result<T, ReadError> {
    let value: T = serde_json::from_str(text).map_err(ReadError::Shape)?;
    // serde_json escapes as RFC 8785 does, so a type with its fields in order is canonical at once.
    let plain = serde_json::to_string(&value).map_err(ReadError::Shape)?;
    if plain == text || serde_json_canonicalizer::to_string(&value).map_err(ReadError::Shape)? == text {
        Ok(value)
    } else {
        Err(ReadError::Spelling)
    }
}

/// Whether `text` is one canonical JSON value and nothing more.
///
/// # Errors
/// The first byte that is wrong.
pub fn check(text: &str) -> Result<(), CanonicalError> {
    let mut scanner = Scanner::new(text);
    scanner.value()?;
    scanner.end()
}

/// Walks a canonical text; each step moves past what it names, or fails at its position.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Bytes read so far.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    const fn fail<T>(&self, what: &'static str) -> Result<T, CanonicalError> {
        Err(CanonicalError { at: self.at, what })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Text between `from` and here; both stand on ASCII, so never inside a character.
    fn since(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    /// Nothing may follow.
    pub(super) fn end(&self) -> Result<(), CanonicalError> {
        if self.at == self.text.len() { Ok(()) } else { self.fail("thừa ký tự sau giá trị JSON") }
    }

    /// Exactly `expected`.
    pub(super) fn literal(&mut self, expected: &'static str, what: &'static str) -> Result<(), CanonicalError> {
        if self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(expected.as_bytes())) {
            self.at += expected.len();
            Ok(())
        } else {
            self.fail(what)
        }
    }

    /// Any value; its text.
    pub(super) fn value(&mut self) -> Result<&'a str, CanonicalError> {
        let from = self.at;
        match self.peek() {
            Some(b'"') => {
                self.string()?;
            }
            Some(b'{') => self.object()?,
            Some(b'[') => self.array()?,
            Some(b'-' | b'0'..=b'9') => {
                self.integer()?;
            }
            Some(b't') => self.literal("true", "giá trị JSON không hợp lệ")?,
            Some(b'f') => self.literal("false", "giá trị JSON không hợp lệ")?,
            Some(b'n') => self.literal("null", "giá trị JSON không hợp lệ")?,
            Some(b' ' | b'\t' | b'\n' | b'\r') => return self.fail("không được có khoảng trắng giữa các phần"),
            _ => return self.fail("thiếu giá trị JSON"),
        }
        Ok(self.since(from))
    }

    fn enter(&mut self) -> Result<(), CanonicalError> {
        if self.depth == MAX_DEPTH {
            return self.fail("lồng nhau quá sâu");
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    fn object(&mut self) -> Result<(), CanonicalError> {
        self.enter()?;
        if self.peek() == Some(b'}') {
            self.leave();
            return Ok(());
        }
        let mut before: Option<&str> = None;
        loop {
            let at = self.at;
            let key = self.string()?;
            if before.is_some_and(|previous| !key_order(previous, key).is_lt()) {
                return Err(CanonicalError { at, what: "khóa lặp lại hoặc không theo thứ tự" });
            }
            before = Some(key);
            self.literal(":", "thiếu dấu hai chấm ngay sau khóa")?;
            self.value()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.leave();
                    return Ok(());
                }
                _ => return self.fail("thiếu dấu phẩy hoặc dấu đóng ngoặc nhọn"),
            }
        }
    }

    fn array(&mut self) -> Result<(), CanonicalError> {
        self.enter()?;
        if self.peek() == Some(b']') {
            self.leave();
            return Ok(());
        }
        loop {
            self.value()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.leave();
                    return Ok(());
                }
                _ => return self.fail("thiếu dấu phẩy hoặc dấu đóng ngoặc vuông"),
            }
        }
    }

    /// A string; the text between its quotes, escapes as they stand.
    pub(super) fn string(&mut self) -> Result<&'a str, CanonicalError> {
        self.literal("\"", "thiếu dấu nháy kép")?;
        let from = self.at;
        let bytes = self.text.as_bytes();
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            // Bytes of letters beyond ASCII are 0x80 and more, and the text is UTF-8 already.
            self.at += plain_prefix(rest);
            match self.peek() {
                Some(b'"') => {
                    let inside = self.since(from);
                    self.at += 1;
                    return Ok(inside);
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return self.fail("ký tự điều khiển phải viết bằng dấu gạch chéo ngược"),
                None => return self.fail("chuỗi không có dấu nháy đóng"),
            }
        }
    }

    /// RFC 8785, 3.2.2.2: the two-letter escapes where there is one, else \u00xx, and nothing else is escaped.
    fn escape(&mut self) -> Result<(), CanonicalError> {
        const WRONG: &str = "cách viết ký tự đặc biệt không theo RFC 8785";
        let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        match rest {
            [b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
            [b'u', b'0', b'0', b'0', b'0'..=b'7' | b'b' | b'e' | b'f', ..]
            | [b'u', b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f', ..] => self.at += 6,
            _ => return self.fail(WRONG),
        }
        Ok(())
    }

    /// A whole number of at most 2^53 - 1; its text.
    pub(super) fn integer(&mut self) -> Result<&'a str, CanonicalError> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let digits = self.at;
        let mut value: u64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = value.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let text = self.since(from);
        let zero_first = self.since(digits).len() > 1 && self.since(digits).starts_with('0');
        if digits == self.at || zero_first || text == "-0" {
            return Err(CanonicalError { at: from, what: "số nguyên viết không đúng" });
        }
        if value > MAX_INTEGER {
            return Err(CanonicalError { at: from, what: "số nguyên quá lớn" });
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return self.fail("chỉ được dùng số nguyên");
        }
        Ok(text)
    }
}

/// Bytes before the first quote, backslash or control character; eight at a time, for a log of a million entries.
fn plain_prefix(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    // The top bit of each byte below `limit`. A borrow can only mark bytes above a byte that is marked rightly.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & TOPS;
    let equal = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let mut at = 0;
    for chunk in bytes.chunks_exact(8) {
        let word = chunk.try_into().map_or(0, u64::from_le_bytes);
        let marked = below(word, 0x20) | equal(word, b'"') | equal(word, b'\\');
        if marked != 0 {
            return at + usize::try_from(marked.trailing_zeros() / 8).unwrap_or_default();
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20).unwrap_or(rest.len())
}

/// Order of two keys by UTF-16 code units (RFC 8785, 3.2.3), given as they stand between quotes.
fn key_order(a: &str, b: &str) -> std::cmp::Ordering {
    let simple = |key: &str| key.bytes().all(|byte| byte.is_ascii() && byte != b'\\');
    if simple(a) && simple(b) { a.cmp(b) } else { unescape(a).encode_utf16().cmp(unescape(b).encode_utf16()) }
}

/// The string that a checked text between quotes denotes.
fn unescape(inside: &str) -> String {
    serde_json::from_str(&format!("\"{inside}\"")).unwrap_or_else(|_| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::poll::PollKind;

    /// Sorting sample of RFC 8785, 3.2.3.
    const SORTED: &str = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O \
                          With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew \
                          Letter Dalet With Dagesh\"}";

    #[test]
    fn the_samples_of_rfc_8785_come_out_as_printed_there() {
        let sample: Value = serde_json::from_str(SORTED).expect("sample");
        assert_eq!(to_text(&sample).expect("canonical"), SORTED);
        let strings = json!({ "string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/", "literals": [null, true, false] });
        let expected = r#"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
        assert_eq!(to_text(&strings).expect("canonical"), expected);
    }

    #[test]
    fn other_spellings_of_the_same_value_are_refused_where_they_differ() {
        for (text, at) in [
            ("{ \"a\":1}", 1),
            ("{\"b\":1,\"a\":2}", 7),
            ("{\"a\":1,\"a\":1}", 7),
            ("{\"a\":01}", 5),
            ("{\"a\":-0}", 5),
            ("{\"a\":1.0}", 6),
            ("{\"a\":1e2}", 6),
            ("9007199254740992", 0),
            ("\"\\u000A\"", 1),
            ("\"\\u000a\"", 1),
            ("\"\\u001F\"", 1),
            ("\"\\/\"", 1),
            ("\"\\u0041\"", 1),
            ("\"a\nb\"", 2),
            ("\"a", 2),
            ("[1,]", 3),
            ("{\"a\":1,}", 7),
            ("1 ", 1),
            ("\u{feff}1", 0),
            ("{\"\u{fb33}\":1,\"😀\":2}", 9),
            ("", 0),
        ] {
            assert_eq!(check(text).map_err(|e| e.at), Err(at), "{text}");
        }
        assert!(check(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn eight_bytes_at_a_time_see_what_one_at_a_time_sees() {
        for special in ["\"", "\\", "\u{1f}", "\0"] {
            for before in 0..20 {
                for near in ["a", "!", "#", "[", "]", " ", "\u{7f}", "ẵ"] {
                    let text = near.repeat(before) + special + "\"\\abcdefgh";
                    assert_eq!(plain_prefix(text.as_bytes()), near.len() * before, "{text:?}");
                }
            }
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-(1_i64 << 53) + 1..1_i64 << 53).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Our data has no fractions; a `.` that damage puts into a number is refused, though RFC 8785 could write it.
    fn has_whole_numbers_only(value: &Value) -> bool {
        match value {
            Value::Number(n) => n.as_i64().is_some_and(|n| n.unsigned_abs() <= MAX_INTEGER),
            Value::Array(items) => items.iter().all(has_whole_numbers_only),
            Value::Object(map) => map.values().all(has_whole_numbers_only),
            _ => true,
        }
    }

    fn keys_of<'v>(value: &'v Value, keys: &mut Vec<&'v str>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| keys_of(item, keys)),
            Value::Object(map) => map.iter().for_each(|(key, item)| {
                keys.push(key);
                keys_of(item, keys);
            }),
            _ => {}
        }
    }

    #[test]
    fn what_is_read_at_once_is_canonical_to_the_last_byte() {
        assert_eq!(at_once::<Value>("[0,{\"a\":null,\"b\":[]}]"), Some(json!([0, { "a": null, "b": [] }])));
        for wrong in [
            "[0,]",
            "[,0]",
            "[0",
            "[0]]",
            "[00]",
            "[1.0]",
            "[1e2]",
            "{\"a\":1,}",
            "{\"b\":1,\"a\":1}",
            "{\"a\":1,\"a\":1}",
        ] {
            assert_eq!(at_once::<Value>(wrong), None, "{wrong}");
        }
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(at_once::<Value>(&nested(MAX_DEPTH)).is_some() && at_once::<Value>(&nested(MAX_DEPTH + 1)).is_none());
        assert_eq!((at_once::<u64>("9007199254740991"), at_once::<u64>("9007199254740992")), (Some(MAX_INTEGER), None));
        // Spelled as no value of the type is.
        assert_eq!((at_once::<Option<u32>>("null"), at_once::<u32>("null")), (Some(None), None));
        assert_eq!(at_once::<PollKind>("{\"rating\":null}"), None);
        assert_eq!(at_once::<PollKind>("\"rating\""), Some(PollKind::Rating));
    }

    proptest! {
        #[test]
        fn the_check_takes_what_the_canonicalizer_writes(value in any_value()) {
            let text = serde_json_canonicalizer::to_string(&value).expect("text");
            prop_assert_eq!(check(&text), Ok(()));
        }

        /// A damaged text is either refused or is the canonical text of another value.
        #[test]
        fn the_check_takes_nothing_else(value in any_value(), place in any::<prop::sample::Index>(), byte in 0_u8..128) {
            let mut bytes = serde_json_canonicalizer::to_string(&value).expect("text").into_bytes();
            let at = place.index(bytes.len());
            bytes[at] = byte;
            if let Ok(text) = String::from_utf8(bytes) {
                let same = serde_json::from_str::<Value>(&text).is_ok_and(|v| {
                    has_whole_numbers_only(&v) && serde_json_canonicalizer::to_string(&v).is_ok_and(|t| t == text)
                });
                prop_assert_eq!(check(&text).is_ok(), same, "{}", text);
                if let Some(value) = at_once::<Value>(&text) {
                    prop_assert!(same, "{}", text);
                    prop_assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
                }
            }
        }

        #[test]
        fn a_text_without_rarities_is_read_at_once(value in any_value()) {
            let text = serde_json_canonicalizer::to_string(&value).expect("text");
            let mut keys = Vec::new();
            keys_of(&value, &mut keys);
            if !text.contains(['\\', '-']) && keys.iter().all(|key| key.is_ascii()) {
                prop_assert_eq!(at_once::<Value>(&text), Some(value), "{}", text);
            }
        }
    }
}
