//! Logs that the program wrote and nobody else: their heads have the tag of the installation's key, and their entries that head.

use super::error::StoreError;
use super::logs::{LogHead, entries, head_of, heads, strays};
use super::scope::CouncilTx;
use super::sql::execute;
use domain::audit::merkle::{Frontier, leaf_hash};
use domain::audit::tag::TaggedLog;
use domain::audit::{Checkpoint, Digest};
use domain::id::LogId;
use macros::boxed;

/// Step of the schema from which on logs have tags.
pub const SINCE: i64 = 14;
/// Entries that are read at a time.
const PAGE: u32 = 1_000;

/// Checks that the entries of a log are those that the program wrote, and all of them.
///
/// # Errors
/// [`StoreError::Rewritten`].
#[boxed]
pub async fn check_whole(tx: &mut CouncilTx, log: LogId) -> Result<LogHead, StoreError> {
    whole_in_pages(tx, log, &mut drop).await
}

/// The same, and gives the exact texts of the entries.
///
/// # Errors
/// [`StoreError::Rewritten`].
#[boxed]
pub async fn whole(tx: &mut CouncilTx, log: LogId) -> Result<(LogHead, Vec<String>), StoreError> {
    let mut texts = Vec::new();
    let head = whole_in_pages(tx, log, &mut |page| texts.extend(page)).await?;
    Ok((head, texts))
}

async fn whole_in_pages(
    tx: &mut CouncilTx,
    log: LogId,
    take: &mut (dyn FnMut(Vec<String>) + Send),
) -> Result<LogHead, StoreError> {
    let head = head_of(tx, log).await?.ok_or_else(|| StoreError::corrupt("logs: thiếu nhật ký"))?;
    tx.check_tag(&head)?;
    if strays(tx, log).await? > 0 {
        return Err(StoreError::Rewritten { origin: head.head.origin.as_str().to_owned() });
    }
    let mut frontier = Frontier::default();
    loop {
        let page = entries(tx, log, frontier.size(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        page.iter().for_each(|text| frontier.push(leaf_hash(text.as_bytes())));
        take(page);
    }
    if frontier == head.frontier {
        return Ok(head);
    }
    Err(StoreError::Rewritten { origin: head.head.origin.as_str().to_owned() })
}

/// Tags the heads of all logs of the council that have no tag or another one; how many these are. Whoever calls this vouches
/// for them.
#[boxed]
pub async fn tag_again(tx: &mut CouncilTx) -> Result<u32, StoreError> {
    let mut count = 0;
    for head in heads(tx).await? {
        if tx.check_tag(&head).is_ok() {
            continue;
        }
        let LogHead { log, public_key, head, .. } = head;
        let Some(tag) = tx.tag_of(log, &public_key, &head) else { continue };
        execute!(
            tx,
            "UPDATE logs SET tag = $3 WHERE council_id = $1 AND log_id = $2",
            log.to_string(),
            tag.to_string()
        )?;
        count += 1;
    }
    Ok(count)
}

impl CouncilTx {
    /// The tag of a head; `None` before the key is known.
    pub(super) fn tag_of(&self, log: LogId, public_key: &str, head: &Checkpoint) -> Option<Digest> {
        self.tags.get().map(|keys| keys.logs.tag(TaggedLog { council: self.council(), log, public_key }, head))
    }

    /// Refuses a log whose head the program did not write.
    ///
    /// # Errors
    /// [`StoreError::Rewritten`]. Before the key is known nothing is refused.
    pub fn check_tag(&self, head: &LogHead) -> Result<(), StoreError> {
        let Some(keys) = self.tags.get() else { return Ok(()) };
        let LogHead { log, public_key, head, tag, .. } = head;
        let of = TaggedLog { council: self.council(), log: *log, public_key };
        if tag.is_some_and(|tag| keys.logs.holds(of, head, &tag)) {
            return Ok(());
        }
        Err(StoreError::Rewritten { origin: head.origin.as_str().to_owned() })
    }
}
