//! Ids of what the program keeps: UUIDv7 (RFC 9562, 5.7), made from a moment and 10 bytes of chance that the caller
//! gives, so that they sort by time and are the same in every run of a rehearsal.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Not the one spelling of an id: 36 lower-case letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mã định danh phải viết dạng 0190b6a4-5c3d-7e2f-8a1b-0c2d3e4f5a6b")]
pub struct IdError;

fn version_7(at: Timestamp, chance: &[u8; 10]) -> Uuid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, chance).into_uuid()
}

fn parse(text: &str) -> Result<Uuid, IdError> {
    let id: Uuid = text.parse().map_err(|_| IdError)?;
    if id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text { Ok(id) } else { Err(IdError) }
}

/// Reads a string as what it denotes, without a copy of it.
pub(crate) struct Parsed<T>(PhantomData<T>);

impl<T> Default for Parsed<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Parsed<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

macro_rules! ids {
    ($( #[doc = $doc:literal] $name:ident )+) => { $(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The id of something that comes to be at `at`.
            pub fn new(at: Timestamp, chance: &[u8; 10]) -> Self {
                Self(version_7(at, chance))
            }

            /// The moment from which it was made, to the millisecond.
            pub fn at(self) -> Timestamp {
                let (seconds, nanos) = self.0.get_timestamp().map_or((0, 0), |moment| moment.to_unix());
                let parts = (i64::try_from(seconds), i32::try_from(nanos));
                let (Ok(seconds), Ok(nanos)) = parts else { return Timestamp::UNIX_EPOCH };
                Timestamp::new(seconds, nanos).unwrap_or(Timestamp::UNIX_EPOCH)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
                output.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                input.deserialize_str(Parsed::default())
            }
        }
    )+ };
}

ids! {
    /// A council of this installation, or the installation itself.
    CouncilId
    /// Somebody who may sign in.
    AccountId
    /// One sign-in on one device.
    SessionId
    /// An access slip for one delegate.
    SlipId
    /// A log: one for each council, one for each poll.
    LogId
    /// One vote at one sitting.
    PollId
    /// A web form as it was rendered: sent again, it carries the same id, so its work is done once.
    RequestId
    /// An official of the roster.
    OfficialId
    /// A delegate of the roster.
    DelegateId
    /// A fact.
    FactId
    /// A step that one person proposed and another confirms.
    ProposalId
    /// What an office says of parameters of a rule set: proposed by one person, confirmed by another.
    AttestationId
    /// A delegate's question to an official.
    QuestionId
    /// A group's summary of its discussion.
    SummaryId
    /// A background job, which goes on when its page is left.
    JobId
}

impl CouncilId {
    /// The installation: a body of its own, with accounts and a log, whose operators found councils and see nothing in
    /// them.
    pub const INSTALLATION: Self = Self(Uuid::nil());

    /// Whether this is the installation, not a council.
    pub fn is_installation(self) -> bool {
        self == Self::INSTALLATION
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_have_one_spelling() {
        let at = |second| Timestamp::from_second(second).expect("time");
        let (early, late) = (AccountId::new(at(1_000), &[0xff; 10]), AccountId::new(at(1_001), &[0; 10]));
        assert!(early < late && early.to_string() < late.to_string());
        let text = early.to_string();
        assert_eq!(text.parse::<AccountId>(), Ok(early));
        assert_eq!(&text[14..15], "7");
        for wrong in [text.to_uppercase(), text.replace('-', ""), format!("{{{text}}}"), String::new()] {
            assert_eq!(wrong.parse::<AccountId>(), Err(IdError), "{wrong}");
        }
    }
}
