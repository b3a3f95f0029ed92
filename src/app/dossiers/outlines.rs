//! What lists of dossiers tell, remembered until one of the council's logs grows. Whatever changes a dossier stands in a
//! log, so the roots of all logs say whether anything did; the roots of a council that nobody works in stay the same.

use std::sync::{Arc, Mutex, PoisonError};

use super::compile::Outline;
use domain::audit::Digest;
use domain::id::{CouncilId, PollId};
use domain::release::About;

/// Polls that are remembered at once.
const MOST: usize = 16;

/// All dossiers of a poll as lists tell them.
#[derive(Debug)]
pub(super) struct Told {
    /// Name of the sitting.
    pub sitting: String,
    /// In the order of a release.
    pub outlines: Vec<(About, Outline)>,
}

#[derive(Debug)]
struct Kept {
    of: (CouncilId, PollId),
    roots: Vec<Digest>,
    told: Arc<Told>,
}

/// What this process remembers. A clone is another handle.
#[derive(Clone, Debug, Default)]
pub struct Outlines(Arc<Mutex<Vec<Kept>>>);

impl Outlines {
    /// What was kept while the logs of the council had these roots.
    pub(super) fn get(&self, of: (CouncilId, PollId), roots: &[Digest]) -> Option<Arc<Told>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|kept| kept.of == of && kept.roots == roots)?;
        Some(Arc::clone(&found.told))
    }

    /// Keeps it in place of what was kept of the poll before; what was kept longest goes when there is no more room.
    pub(super) fn put(&self, of: (CouncilId, PollId), roots: Vec<Digest>, told: Told) -> Arc<Told> {
        let told = Arc::new(told);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.of != of);
        if kept.len() >= MOST {
            kept.remove(0);
        }
        kept.push(Kept { of, roots, told: Arc::clone(&told) });
        told
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_list_is_told_again_only_while_no_log_grew() {
        let poll =
            |n: u8| (CouncilId::new(Timestamp::UNIX_EPOCH, &[1; 10]), PollId::new(Timestamp::UNIX_EPOCH, &[n; 10]));
        let told = || Told { sitting: "Kỳ họp thứ 17".into(), outlines: Vec::new() };
        let (before, after) = (vec![Digest::of(b"1")], vec![Digest::of(b"2")]);
        let outlines = Outlines::default();
        outlines.put(poll(1), before.clone(), told());
        assert!(outlines.get(poll(1), &before).is_some());
        assert!(outlines.get(poll(1), &after).is_none() && outlines.get(poll(2), &before).is_none());
        outlines.put(poll(1), after.clone(), told());
        assert!(outlines.get(poll(1), &before).is_none(), "the newer one stands in its place");
        for n in 0..16 {
            outlines.put(poll(100 + n), before.clone(), told());
        }
        assert!(outlines.get(poll(1), &after).is_none(), "there is only so much room");
    }
}
