//! What a form carries, bound to its id. A form is recognized by its id when it is sent again; but somebody who goes back,
//! corrects a field and sends once more sends another form under the same id, and must not hear that it was done.
//!
//! The id is claimed together with a digest of what came, made with the installation's key: nobody who reads the database can
//! try what a form may have said. What nobody may find in a database is not part of it, not even so: passwords, codes and
//! private notes (their digests stay in the memory of this process, under a key of its own), and all forms of the counting
//! rooms (they are not announced at all).

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::service::clock::Chance;
use crate::service::error::{AppError, FieldError};
use crate::service::keys::Keys;
use domain::audit::{Digest, UtcTime};
use domain::id::{AccountId, RequestId};
use store::CouncilTx;
use store::requests::{self, Claimed};

/// Forms whose secret fields are remembered.
const REMEMBERED: usize = 1000;
/// Different contents of secret fields that are told apart under one id.
const TOLD_APART: usize = 8;

/// What forms carry that are being done now, and secret fields of the last ones.
#[derive(Default)]
pub(crate) struct Carrying(Mutex<Contents>);

/// What a form carries.
struct Carried {
    content: Digest,
    /// The first field with a letter that nobody sees.
    fault: Option<FieldError>,
}

#[derive(Default)]
struct Contents {
    now: BTreeMap<RequestId, Carried>,
    secrets: BTreeMap<RequestId, Vec<Digest>>,
    order: VecDeque<RequestId>,
    /// Drawn when it is used first; it ends with the process.
    key: Option<Zeroizing<[u8; 32]>>,
}

impl Carrying {
    /// Remembers what a form carries while it is being done.
    ///
    /// # Errors
    /// [`AppError::OtherContent`] when one with the same id and another content is being done at this moment.
    pub(crate) fn announce(
        self: Arc<Self>,
        (keys, chance): (&Keys, &Chance),
        request: RequestId,
        (open, secret): (&[u8], &[u8]),
        fault: Option<FieldError>,
    ) -> Result<Announced, AppError> {
        let mut contents = self.lock();
        let which = if secret.is_empty() {
            0
        } else {
            let key = match &contents.key {
                Some(key) => key.clone(),
                None => Zeroizing::new(chance.block()?),
            };
            let digest = Digest::of_parts(&[b"tinnhiem form secret v1\n", &*key, secret]);
            contents.key = Some(key);
            contents.which(request, digest)
        };
        let content = keys.form_content(open, which);
        if contents.now.get(&request).is_some_and(|other| other.content != content) {
            return Err(AppError::OtherContent);
        }
        contents.now.insert(request, Carried { content, fault });
        drop(contents);
        Ok(Announced { carrying: self, request })
    }

    /// What the form of this id carries, while it is being done, and what is wrong with its letters.
    pub(crate) fn content(&self, request: RequestId) -> (Option<Digest>, Option<FieldError>) {
        let contents = self.lock();
        let carried = contents.now.get(&request);
        (carried.map(|carried| carried.content), carried.and_then(|carried| carried.fault.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    /// Which of the secret contents that came under this id it is: 0 for the first.
    fn which(&mut self, request: RequestId, secret: Digest) -> usize {
        if !self.secrets.contains_key(&request) {
            self.order.push_back(request);
            if self.order.len() > REMEMBERED
                && let Some(oldest) = self.order.pop_front()
            {
                self.secrets.remove(&oldest);
            }
        }
        let known = self.secrets.entry(request).or_default();
        let place = known.iter().position(|other| *other == secret);
        place.unwrap_or_else(|| {
            if known.len() < TOLD_APART {
                known.push(secret);
            }
            known.len() - 1
        })
    }
}

/// A form that is being done; its content is forgotten when this is dropped.
pub struct Announced {
    carrying: Arc<Carrying>,
    request: RequestId,
}

impl Drop for Announced {
    fn drop(&mut self) {
        self.carrying.lock().now.remove(&self.request);
    }
}

/// The id of a form with what it carries, to be claimed in the transaction that does it.
pub(crate) struct Claim {
    pub request: RequestId,
    pub account: Option<AccountId>,
    pub at: UtcTime,
    pub content: Option<Digest>,
    /// What is wrong with a letter in one of its fields.
    pub fault: Option<FieldError>,
}

impl Claim {
    /// Claims the id.
    ///
    /// # Errors
    /// [`AppError::AlreadyDone`] when this form was done before, [`AppError::OtherContent`] when another one was under its id;
    /// at the field with a letter that nobody sees.
    pub(crate) async fn make(self, tx: &mut CouncilTx) -> Result<(), AppError> {
        if let Some(fault) = self.fault {
            return Err(AppError::Fields { fields: vec![fault] });
        }
        match requests::claim_with(tx, self.request, self.account, self.at, self.content).await? {
            Claimed::New => Ok(()),
            Claimed::Before => Err(AppError::AlreadyDone),
            Claimed::WithOther => Err(AppError::OtherContent),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn secret_contents_under_one_id_are_told_apart_and_not_for_ever() {
        let id = |number: usize| {
            let [.., a, b] = number.to_be_bytes();
            RequestId::new(Timestamp::UNIX_EPOCH, &[0, 0, 0, 0, 0, 0, 0, 0, a, b])
        };
        let secret = |text: &str| Digest::of(text.as_bytes());
        let mut contents = Contents::default();
        let which: Vec<usize> = ["a", "a", "b", "a", "b"].map(|text| contents.which(id(1), secret(text))).into();
        assert_eq!(which, [0, 0, 1, 0, 1]);
        (0..20).for_each(|number| {
            contents.which(id(2), secret(&number.to_string()));
        });
        assert_eq!(contents.secrets[&id(2)].len(), TOLD_APART);
        (3..REMEMBERED + 10).for_each(|number| {
            contents.which(id(number), secret("c"));
        });
        assert_eq!((contents.secrets.len(), contents.order.len()), (REMEMBERED, REMEMBERED));
    }
}
