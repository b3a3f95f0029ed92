//! Whether a signed paper is of a published result: anybody types two of its 16 groups, and is told which vote and which
//! moment it is, or that it is none.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::exposure::{is_public, stored};
use super::public::NOTHING;
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::paper::{Agreement, OnPaper};
use domain::audit::{Checkpoint, Digest, Moment, UtcTime, VerifierKey};
use domain::id::PollId;
use macros::boxed;
use store::{CouncilTx, StoreError, logs, polls};

/// Answers of «none» that one address gets in [`WINDOW`]: whoever copies a paper needs a few.
const MISSES: u32 = 30;
/// Seconds.
const WINDOW: i64 = 10 * 60;
/// Addresses that are remembered at once.
const REMEMBERED: usize = 10_000;

/// A published head that is the one on a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedHead {
    /// Of which poll.
    pub poll: PollId,
    /// Lấy phiếu or bỏ phiếu.
    pub kind: &'static str,
    /// Name of the sitting.
    pub sitting: String,
    /// `mở bỏ phiếu`.
    pub moment: &'static str,
    /// Entries that it covers.
    pub size: u64,
    /// Groups that agree, from 1.
    pub groups: Vec<usize>,
}

/// What is said of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaperAnswer {
    /// Nothing was asked yet.
    Unasked,
    /// What was typed says nothing: what to type.
    Unreadable(String),
    /// This address was told «none» too often.
    TooOften,
    /// It is of these heads; of one, unless groups agree by chance.
    Found(Vec<PublishedHead>),
    /// The paper names a published log with another root.
    OtherRoot(PublishedHead),
    /// It is of no published result.
    Nothing,
}

/// The page on which papers are compared.
#[derive(Clone, Debug)]
pub struct PaperCheck {
    /// Name of the council.
    pub council: String,
    /// Its name in addresses.
    pub slug: String,
    /// What was typed.
    pub typed: String,
    /// What is said of it.
    pub answer: PaperAnswer,
}

/// How often addresses were told «none», and since when.
#[derive(Default)]
struct Misses(Mutex<BTreeMap<Digest, (UtcTime, u32)>>);

impl Misses {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<Digest, (UtcTime, u32)>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_over(&self, address: Digest, now: UtcTime) -> bool {
        self.with(|known| {
            known.get(&address).is_some_and(|(since, count)| *count >= MISSES && since.seconds_until(now) < WINDOW)
        })
    }

    fn count(&self, address: Digest, now: UtcTime) {
        self.with(|known| {
            if known.len() >= REMEMBERED {
                known.retain(|_, (since, _)| since.seconds_until(now) < WINDOW);
            }
            if known.len() >= REMEMBERED {
                known.clear();
            }
            let (since, count) = known.entry(address).or_insert((now, 0));
            if since.seconds_until(now) >= WINDOW {
                (*since, *count) = (now, 0);
            }
            *count += 1;
        });
    }
}

impl App {
    /// What `typed`, read off a paper, is among the published heads of a council. `address` is where the request comes from.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the council shows nothing to everybody.
    #[boxed]
    pub async fn paper_check(&self, slug: &str, typed: &str, address: &str) -> Result<PaperCheck, AppError> {
        let found = self.store.read_installation().await?;
        let row = found.into_iter().find(|row| row.slug == slug).ok_or(NOTHING)?;
        let mut tx = self.store.read(row.id()?).await?;
        let heads = published(&mut tx).await?;
        if heads.is_empty() {
            return Err(NOTHING);
        }
        let answer = self.answer(typed, address, heads)?;
        Ok(PaperCheck { council: row.name, slug: slug.to_owned(), typed: typed.to_owned(), answer })
    }

    fn answer(
        &self,
        typed: &str,
        address: &str,
        heads: Vec<(PublishedHead, Checkpoint)>,
    ) -> Result<PaperAnswer, AppError> {
        if typed.trim().is_empty() {
            return Ok(PaperAnswer::Unasked);
        }
        let paper = match OnPaper::parse(typed) {
            Ok(paper) => paper,
            Err(slip) => return Ok(PaperAnswer::Unreadable(slip.to_string())),
        };
        let (misses, address, now) = (self.memory.of::<Misses>(), self.keys.address_hash(address), self.now_text()?);
        if misses.is_over(address, now) {
            return Ok(PaperAnswer::TooOften);
        }
        let (mut same, mut other) = (Vec::new(), None);
        for (head, checkpoint) in heads {
            match paper.agreement(&checkpoint) {
                Agreement::Same(groups) => same.push(PublishedHead { groups, ..head }),
                Agreement::OtherRoot => other = Some(head),
                Agreement::Other => {}
            }
        }
        if !same.is_empty() {
            return Ok(PaperAnswer::Found(same));
        }
        misses.count(address, now);
        Ok(other.map_or(PaperAnswer::Nothing, PaperAnswer::OtherRoot))
    }
}

/// The signed heads of all results that everybody may see.
async fn published(tx: &mut CouncilTx) -> Result<Vec<(PublishedHead, Checkpoint)>, AppError> {
    let mut heads = Vec::new();
    let keys = logs::heads(tx).await?;
    for summary in polls::list(tx).await? {
        let is_open = is_public(summary.stage) && !summary.rehearsal;
        if !is_open || !stored(tx, summary.id).await?.0.is_exposed {
            continue;
        }
        let Some(log) = keys.iter().find(|head| head.poll == Some(summary.id)) else { continue };
        let damaged = |cause: String| StoreError::Corrupt(format!("logs.public_key: {cause}"));
        let key = VerifierKey::parse(&log.public_key).map_err(|e| damaged(e.to_string()))?;
        for row in logs::checkpoints(tx, log.log).await? {
            // What the key did not sign is on no paper.
            let (Some(moment), Ok(checkpoint)) = (Moment::from_code(&row.moment), Checkpoint::open(&row.note, &key))
            else {
                continue;
            };
            let head = PublishedHead {
                poll: summary.id,
                kind: summary.kind.label(),
                sitting: summary.sitting.clone(),
                moment: moment.label(),
                size: checkpoint.size,
                groups: Vec::new(),
            };
            heads.push((head, checkpoint));
        }
    }
    Ok(heads)
}
