//! The tag of a row that says who somebody is or lets somebody in: an account, a session, an access slip. Somebody who writes to
//! the database alone can copy a password from one row into another, give a session to another account or add a role; they
//! cannot make the tag that such a row must have, so nobody is let in by it and nothing is decided by it.
//!
//! HMAC-SHA-256 (RFC 2104) over `tinnhiem row v1`, a line feed, and then the name of the table, the council and, column by
//! column, name and value. Each of these is a byte for its sort (0 nothing, 1 text, 2 number, 3 bytes), its length in bytes
//! (64 bits, big-endian) and its bytes, so no two rows are the same text.
//!
//! **A tag does not see that an earlier row of the same account, session or slip was put back whole**: its password of last
//! year, a role that was taken away since. What the log tells of it (roles, state, whether there is a second factor, who reset
//! it) `tinnhiem verify --db` still finds; an earlier password it does not.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::digest::Digest;
use super::hkdf::keyed;
use crate::id::CouncilId;

const TITLE: &[u8] = b"tinnhiem row v1\n";

/// A table whose rows have tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaggedTable {
    Accounts,
    Sessions,
    Slips,
}

impl TaggedTable {
    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Sessions => "sessions",
            Self::Slips => "slips",
        }
    }
}

/// What makes and checks tags of rows: 32 secret bytes that are used for nothing else.
pub struct RowKey(Zeroizing<[u8; 32]>);

/// The value of a column.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    Null,
    Text(&'a str),
    Integer(i64),
    Bytes(&'a [u8]),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(text: &'a Option<String>) -> Self {
        text.as_deref().map_or(Self::Null, Self::Text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Self::Integer(truth.into())
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

/// A row that is being read into its tag.
pub struct RowMac(Hmac<Sha256>);

impl RowKey {
    /// The key of 32 bytes that are used for nothing else.
    pub const fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(secret)
    }

    /// Begins the tag of a row.
    pub fn row(&self, table: TaggedTable, council: CouncilId) -> RowMac {
        let mut mac = keyed(&*self.0);
        mac.update(TITLE);
        let mut row = RowMac(mac);
        row.part(table.name().into());
        row.part((&council.to_string()).into());
        row
    }
}

impl RowMac {
    fn part(&mut self, value: Value<'_>) {
        let number;
        let (sort, bytes): (u8, &[u8]) = match value {
            Value::Null => (0, &[]),
            Value::Text(text) => (1, text.as_bytes()),
            Value::Integer(integer) => {
                number = integer.to_be_bytes();
                (2, &number)
            }
            Value::Bytes(bytes) => (3, bytes),
        };
        // No value of a row is longer than what memory holds.
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0.update(&[sort]);
        self.0.update(&length.to_be_bytes());
        self.0.update(bytes);
    }

    /// The same with one more column.
    #[must_use]
    pub fn with<'a>(mut self, column: &'static str, value: impl Into<Value<'a>>) -> Self {
        self.part(column.into());
        self.part(value.into());
        self
    }

    /// The tag.
    pub fn tag(self) -> Digest {
        Digest::from_bytes(self.0.finalize().into_bytes().into())
    }

    /// Whether a tag is that of this row; takes the same time whatever the tag is.
    pub fn holds(self, tag: &Digest) -> bool {
        self.0.verify_slice(tag.as_bytes()).is_ok()
    }
}

impl std::fmt::Debug for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RowKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_of_one_row_one_table_one_council_and_one_key() {
        let (key, other) = (RowKey::new(Zeroizing::new([7; 32])), RowKey::new(Zeroizing::new([8; 32])));
        let council: CouncilId = "01940000-0000-7000-8000-000000000001".parse().expect("id");
        let row = |key: &RowKey, table, council, values: [Value<'_>; 2]| {
            let [password, roles] = values;
            key.row(table, council).with("password", password).with("roles", roles)
        };
        let (accounts, slips) = (TaggedTable::Accounts, TaggedTable::Slips);
        let own = [Value::Text("a"), Value::Text("clerk")];
        let tag = row(&key, accounts, council, own).tag();
        assert!(row(&key, accounts, council, own).holds(&tag));
        assert!(!row(&other, accounts, council, own).holds(&tag));
        assert!(!row(&key, slips, council, own).holds(&tag));
        assert!(!row(&key, accounts, CouncilId::INSTALLATION, own).holds(&tag));
        // Nothing is not the empty text, bytes are no text, and what ends one column does not begin the next.
        for values in [
            [Value::Text("b"), Value::Text("clerk")],
            [Value::Null, Value::Text("clerk")],
            [Value::Text(""), Value::Text("aclerk")],
            [Value::Text("ac"), Value::Text("lerk")],
            [Value::Bytes(b"a"), Value::Text("clerk")],
            [Value::Text("a"), Value::Integer(0)],
        ] {
            assert!(!row(&key, accounts, council, values).holds(&tag));
        }
        assert_eq!(format!("{key:?}"), "RowKey(…)");
    }
}
