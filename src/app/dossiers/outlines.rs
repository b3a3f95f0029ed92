//! A cache of dossier lists, by the roots of the council's logs. Whatever changes a dossier is an entry of a log, so the
//! roots of all logs tell whether anything has changed.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;

use super::compile::Outline;
use crate::service::bounded::Bounded;
use domain::audit::Digest;
use domain::id::{CouncilId, PollId};
use domain::release::About;

/// Lists in the cache, each of one poll.
const MAX_LISTS: usize = 16;

/// All dossiers of a poll as lists show them.
#[derive(Debug)]
pub(super) struct DossierList {
    /// Name of the sitting.
    pub sitting: String,
    /// In the order of a release.
    pub outlines: Vec<(About, Outline)>,
}

/// A poll on a day, by which what is missing is judged.
type Of = (CouncilId, PollId, Date);

/// The same, with the roots of its council's logs.
type Key = (Of, Vec<Digest>);

/// The lists that this process has compiled. A clone is another handle.
#[derive(Clone, Debug)]
pub struct OutlineCache(Arc<Mutex<Bounded<Key, DossierList>>>);

impl Default for OutlineCache {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Bounded::new(MAX_LISTS))))
    }
}

impl OutlineCache {
    /// The list that was compiled while the logs of the council had these roots.
    pub(super) fn get(&self, of: Of, roots: &[Digest]) -> Option<Arc<DossierList>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(of, roots.to_vec()))
    }

    /// Adds a list in place of the one of that poll with other roots.
    pub(super) fn put(&self, of: Of, roots: Vec<Digest>, list: DossierList) -> Arc<DossierList> {
        let list = Arc::new(list);
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.remove_if(|((council, poll, _), _)| (*council, *poll) == (of.0, of.1));
        lists.put((of, roots), 1, Arc::clone(&list));
        list
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_list_is_cached_while_no_log_grows() {
        let (council, day) = (CouncilId::new(Timestamp::UNIX_EPOCH, &[1; 10]), date(2026, 11, 29));
        let poll = |n: u8| (council, PollId::new(Timestamp::UNIX_EPOCH, &[n; 10]), day);
        let list = || DossierList { sitting: "Kỳ họp thứ 17".into(), outlines: Vec::new() };
        let (before, after) = (vec![Digest::of(b"1")], vec![Digest::of(b"2")]);
        let outlines = OutlineCache::default();
        outlines.put(poll(1), before.clone(), list());
        assert!(outlines.get(poll(1), &before).is_some());
        let (council, poll_1, _) = poll(1);
        assert!(outlines.get((council, poll_1, date(2026, 11, 30)), &before).is_none(), "another day judges anew");
        assert!(outlines.get(poll(1), &after).is_none() && outlines.get(poll(2), &before).is_none());
        outlines.put(poll(1), after.clone(), list());
        assert!(outlines.get(poll(1), &before).is_none(), "the newer one stands in its place");
        for n in 0..16 {
            outlines.put(poll(100 + n), before.clone(), list());
        }
        assert!(outlines.get(poll(1), &after).is_none(), "there is only so much room");
    }
}
