//! Reads a value out of a canonical text in one pass: the same steps that take the value apart see that the text is
//! canonical. It stops at whatever it does not know, for whoever names faults to look again, and it knows no escapes: texts
//! that have one are few.

use std::fmt::Display;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::{MAX_DEPTH, MAX_INTEGER, plain_prefix};

/// Something else than this reader knows. Why, is not its business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not read")]
pub(super) struct Unread;

impl Error for Unread {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// Stands in a text, of which it has read the part before.
pub(super) struct Reader<'de> {
    text: &'de str,
    at: usize,
    depth: usize,
}

impl<'de> Reader<'de> {
    pub(super) const fn new(text: &'de str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Bytes read so far.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'de [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Result<u8, Unread> {
        self.text.as_bytes().get(self.at).copied().ok_or(Unread)
    }

    fn eat(&mut self, expected: u8) -> Result<(), Unread> {
        if self.peek()? != expected {
            return Err(Unread);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, expected: &str) -> Result<(), Unread> {
        if !self.rest().starts_with(expected.as_bytes()) {
            return Err(Unread);
        }
        self.at += expected.len();
        Ok(())
    }

    /// A string without escapes.
    fn string(&mut self) -> Result<&'de str, Unread> {
        self.eat(b'"')?;
        let from = self.at;
        self.at += plain_prefix(self.rest());
        let inside = self.text.get(from..self.at).ok_or(Unread)?;
        self.eat(b'"')?;
        Ok(inside)
    }

    /// Digits as they are written of a number of at most [`MAX_INTEGER`], and nothing that makes it a fraction.
    fn digits(&mut self) -> Result<u64, Unread> {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, after) = self.rest().split_at_checked(digits).ok_or(Unread)?;
        let is_padded = digits > 1 && number.first() == Some(&b'0');
        // 16 digits are less than 2^64, and all that 2^53 has.
        if digits == 0 || digits > 16 || is_padded || matches!(after.first(), Some(b'.' | b'e' | b'E')) {
            return Err(Unread);
        }
        let value = number.iter().fold(0, |value: u64, digit| value * 10 + u64::from(digit - b'0'));
        self.at += digits;
        if value > MAX_INTEGER { Err(Unread) } else { Ok(value) }
    }

    fn enter(&mut self, bracket: u8) -> Result<(), Unread> {
        self.eat(bracket)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Unread) } else { Ok(()) }
    }

    fn leave(&mut self, bracket: u8) -> Result<(), Unread> {
        self.depth -= 1;
        self.eat(bracket)
    }

    fn array<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unread> {
        self.enter(b'[')?;
        let value = visitor.visit_seq(Items { reader: &mut *self, is_first: true })?;
        self.leave(b']')?;
        Ok(value)
    }

    fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unread> {
        self.enter(b'{')?;
        let value = visitor.visit_map(Fields { reader: &mut *self, before: None })?;
        self.leave(b'}')?;
        Ok(value)
    }
}

/// The values of an array.
struct Items<'r, 'de> {
    reader: &'r mut Reader<'de>,
    is_first: bool,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Unread;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unread> {
        if self.reader.peek()? == b']' {
            return Ok(None);
        }
        if !std::mem::take(&mut self.is_first) {
            self.reader.eat(b',')?;
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

/// The fields of an object, each key after the one before.
struct Fields<'r, 'de> {
    reader: &'r mut Reader<'de>,
    before: Option<&'de str>,
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Unread;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unread> {
        if self.reader.peek()? == b'}' {
            return Ok(None);
        }
        if self.before.is_some() {
            self.reader.eat(b',')?;
        }
        let key = self.reader.string()?;
        // The order of other letters is not that of their bytes.
        if !key.is_ascii() || self.before.is_some_and(|before| before >= key) {
            return Err(Unread);
        }
        self.before = Some(key);
        self.reader.eat(b':')?;
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unread> {
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.peek()? {
            b'"' => visitor.visit_borrowed_str(self.string()?),
            b'{' => self.object(visitor),
            b'[' => self.array(visitor),
            b'0'..=b'9' => visitor.visit_u64(self.digits()?),
            b't' => self.word("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.word("false").and_then(|()| visitor.visit_bool(false)),
            b'n' => self.word("null").and_then(|()| visitor.visit_unit()),
            _ => Err(Unread),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.peek()? {
            b'n' => self.word("null").and_then(|()| visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_newtype_struct(self)
    }

    /// A variant without content, which is its name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.string()?))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_borrowed_str(self.string()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_borrowed_str(self.string()?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.array(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.object(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.object(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}
