//! Whether a canonical text is the one that a value has, without writing that text: the value is held against it piece by
//! piece.

use std::fmt::{self, Display, Write as _};

use serde::ser::{
    Error, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};

use super::plain_prefix;

/// Whether `value` is written as `text`. It says no as well of what is seldom written: escapes, variants with content, structs of tuples,
/// fractions.
pub(super) fn is_text_of<T: Serialize>(text: &str, value: &T) -> bool {
    let mut spelling = Spelling { rest: text.as_bytes() };
    value.serialize(&mut spelling).is_ok() && spelling.rest.is_empty()
}

/// The text differs from what the value would be written as, or is not looked at here.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("spelled otherwise")]
struct Unlike;

impl Error for Unlike {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// The part of a text that the value was not held against yet.
struct Spelling<'t> {
    rest: &'t [u8],
}

impl Spelling<'_> {
    fn literal(&mut self, expected: &[u8]) -> Result<(), Unlike> {
        self.rest = self.rest.strip_prefix(expected).ok_or(Unlike)?;
        Ok(())
    }

    fn byte(&mut self, expected: u8) -> Result<(), Unlike> {
        match self.rest.split_first() {
            Some((first, rest)) if *first == expected => {
                self.rest = rest;
                Ok(())
            }
            _ => Err(Unlike),
        }
    }

    /// Some letters of a string, none of which is escaped.
    fn letters(&mut self, letters: &str) -> Result<(), Unlike> {
        if plain_prefix(letters.as_bytes()) < letters.len() {
            return Err(Unlike);
        }
        self.literal(letters.as_bytes())
    }

    fn number(&mut self, number: u64) -> Result<(), Unlike> {
        let mut left = number;
        let mut text = [0; 20];
        let mut from = text.len();
        for digit in text.iter_mut().rev() {
            *digit = b'0' + u8::try_from(left % 10).unwrap_or_default();
            (left, from) = (left / 10, from - 1);
            if left == 0 {
                break;
            }
        }
        self.literal(text.get(from..).unwrap_or_default())
    }

    fn signed(&mut self, number: i64) -> Result<(), Unlike> {
        if number < 0 {
            self.byte(b'-')?;
        }
        self.number(number.unsigned_abs())
    }
}

/// What is written of a value that displays itself.
struct Letters<'s, 't>(&'s mut Spelling<'t>);

impl fmt::Write for Letters<'_, '_> {
    fn write_str(&mut self, letters: &str) -> fmt::Result {
        self.0.letters(letters).map_err(|_| fmt::Error)
    }
}

/// An array or an object, between its brackets.
struct Inside<'s, 't> {
    spelling: &'s mut Spelling<'t>,
    is_first: bool,
    bracket: u8,
}

impl Inside<'_, '_> {
    fn next(&mut self) -> Result<(), Unlike> {
        if std::mem::take(&mut self.is_first) { Ok(()) } else { self.spelling.byte(b',') }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unlike> {
        self.next()?;
        value.serialize(&mut *self.spelling)
    }

    fn close(self) -> Result<(), Unlike> {
        self.spelling.byte(self.bracket)
    }
}

impl<'t> Spelling<'t> {
    fn array(&mut self) -> Result<Inside<'_, 't>, Unlike> {
        self.byte(b'[')?;
        Ok(Inside { spelling: self, is_first: true, bracket: b']' })
    }

    fn object(&mut self) -> Result<Inside<'_, 't>, Unlike> {
        self.byte(b'{')?;
        Ok(Inside { spelling: self, is_first: true, bracket: b'}' })
    }
}

impl SerializeSeq for Inside<'_, '_> {
    type Ok = ();
    type Error = Unlike;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unlike> {
        self.item(value)
    }

    fn end(self) -> Result<(), Unlike> {
        self.close()
    }
}

impl SerializeTuple for Inside<'_, '_> {
    type Ok = ();
    type Error = Unlike;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unlike> {
        self.item(value)
    }

    fn end(self) -> Result<(), Unlike> {
        self.close()
    }
}

impl SerializeMap for Inside<'_, '_> {
    type Ok = ();
    type Error = Unlike;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unlike> {
        self.next()?;
        key.serialize(&mut *self.spelling)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unlike> {
        self.spelling.byte(b':')?;
        value.serialize(&mut *self.spelling)
    }

    fn end(self) -> Result<(), Unlike> {
        self.close()
    }
}

impl SerializeStruct for Inside<'_, '_> {
    type Ok = ();
    type Error = Unlike;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Unlike> {
        self.next()?;
        // The name of a field has nothing that is escaped.
        self.spelling.byte(b'"')?;
        self.spelling.literal(key.as_bytes())?;
        self.spelling.byte(b'"')?;
        self.serialize_value(value)
    }

    fn end(self) -> Result<(), Unlike> {
        self.close()
    }
}

impl<'s, 't> Serializer for &'s mut Spelling<'t> {
    type Ok = ();
    type Error = Unlike;
    type SerializeSeq = Inside<'s, 't>;
    type SerializeTuple = Inside<'s, 't>;
    type SerializeTupleStruct = Impossible<(), Unlike>;
    type SerializeTupleVariant = Impossible<(), Unlike>;
    type SerializeMap = Inside<'s, 't>;
    type SerializeStruct = Inside<'s, 't>;
    type SerializeStructVariant = Impossible<(), Unlike>;

    fn serialize_bool(self, value: bool) -> Result<(), Unlike> {
        self.literal(if value { b"true" } else { b"false" })
    }

    fn serialize_i8(self, value: i8) -> Result<(), Unlike> {
        self.signed(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Unlike> {
        self.signed(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Unlike> {
        self.signed(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Unlike> {
        self.signed(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Unlike> {
        self.number(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Unlike> {
        self.number(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Unlike> {
        self.number(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Unlike> {
        self.number(value)
    }

    fn serialize_f32(self, _: f32) -> Result<(), Unlike> {
        Err(Unlike)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Unlike> {
        Err(Unlike)
    }

    fn serialize_char(self, value: char) -> Result<(), Unlike> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Unlike> {
        self.byte(b'"')?;
        // As long as the one in the text, which ends before the first letter that would be escaped.
        if plain_prefix(self.rest) != value.len() {
            return Err(Unlike);
        }
        self.literal(value.as_bytes())?;
        self.byte(b'"')
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unlike> {
        Err(Unlike)
    }

    fn serialize_none(self) -> Result<(), Unlike> {
        self.literal(b"null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unlike> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unlike> {
        self.literal(b"null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unlike> {
        self.literal(b"null")
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Unlike> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unlike> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unlike> {
        Err(Unlike)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'s, 't>, Unlike> {
        self.array()
    }

    fn serialize_tuple(self, _: usize) -> Result<Inside<'s, 't>, Unlike> {
        self.array()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Impossible<(), Unlike>, Unlike> {
        Err(Unlike)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Unlike>, Unlike> {
        Err(Unlike)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'s, 't>, Unlike> {
        self.object()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'s, 't>, Unlike> {
        self.object()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Unlike>, Unlike> {
        Err(Unlike)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Unlike> {
        self.byte(b'"')?;
        write!(Letters(&mut *self), "{value}").map_err(|_| Unlike)?;
        self.byte(b'"')
    }
}
