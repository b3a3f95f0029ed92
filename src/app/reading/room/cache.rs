//! Released dossiers in memory. What was released never changes, so nothing here goes stale; there is only so much room.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::{CouncilId, PollId};
use store::releases::{Release, ReleasedDossier};

/// Bytes of drawn dossiers that are kept: a council's 40 of 300 facts take about half of it.
const MOST_BYTES: usize = 24 * 1024 * 1024;
/// Lists of dossiers that are kept.
const MOST_LISTS: usize = 64;

/// A release of one poll.
pub(super) type ReleaseKey = (CouncilId, PollId, u32);
/// A dossier of a release, by its place.
pub(super) type DossierKey = (ReleaseKey, u32);

/// A release with the list of its dossiers.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub release: Release,
    pub dossiers: Vec<ReleasedDossier>,
}

/// Values by key, each with its weight; what came first goes first when there is no more room.
#[derive(Debug)]
struct Bounded<K, V> {
    values: BTreeMap<K, (u64, usize, Arc<V>)>,
    order: BTreeMap<u64, K>,
    weight: usize,
    most: usize,
    next: u64,
}

impl<K: Ord + Clone, V> Bounded<K, V> {
    const fn new(most: usize) -> Self {
        Self { values: BTreeMap::new(), order: BTreeMap::new(), weight: 0, most, next: 0 }
    }

    fn get(&self, key: &K) -> Option<Arc<V>> {
        self.values.get(key).map(|(_, _, value)| Arc::clone(value))
    }

    fn put(&mut self, key: K, weight: usize, value: Arc<V>) {
        if weight > self.most || self.values.contains_key(&key) {
            return;
        }
        while self.weight + weight > self.most {
            let Some((_, oldest)) = self.order.pop_first() else { break };
            if let Some((_, gone, _)) = self.values.remove(&oldest) {
                self.weight -= gone;
            }
        }
        self.order.insert(self.next, key.clone());
        self.values.insert(key, (self.next, weight, value));
        self.weight += weight;
        self.next += 1;
    }
}

/// What this process remembers of releases. A clone is another handle.
#[derive(Clone, Debug)]
pub struct Shelves {
    lists: Arc<Mutex<Bounded<ReleaseKey, Listed>>>,
    texts: Arc<Mutex<Bounded<DossierKey, String>>>,
    /// Releases of which all dossiers were asked for.
    warmed: Arc<Mutex<BTreeSet<ReleaseKey>>>,
}

impl Default for Shelves {
    fn default() -> Self {
        Self {
            lists: Arc::new(Mutex::new(Bounded::new(MOST_LISTS))),
            texts: Arc::new(Mutex::new(Bounded::new(MOST_BYTES))),
            warmed: Arc::default(),
        }
    }
}

impl Shelves {
    pub(super) fn list(&self, key: &ReleaseKey) -> Option<Arc<Listed>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).get(key)
    }

    pub(super) fn keep_list(&self, key: ReleaseKey, listed: Listed) -> Arc<Listed> {
        let listed = Arc::new(listed);
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).put(key, 1, Arc::clone(&listed));
        listed
    }

    /// Whether this is the first time that somebody asks for all dossiers of a release.
    pub(super) fn is_first(&self, key: ReleaseKey) -> bool {
        self.warmed.lock().unwrap_or_else(PoisonError::into_inner).insert(key)
    }

    pub(super) fn text(&self, key: &DossierKey) -> Option<Arc<String>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).get(key)
    }

    pub(super) fn keep_text(&self, key: DossierKey, text: String) -> Arc<String> {
        let (weight, text) = (text.len(), Arc::new(text));
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).put(key, weight, Arc::clone(&text));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_only_so_much_room_and_the_oldest_goes_first() {
        let mut bounded: Bounded<u8, &str> = Bounded::new(10);
        for (key, weight) in [(1, 4), (2, 4), (3, 4), (4, 11)] {
            bounded.put(key, weight, Arc::new("x"));
        }
        let kept: Vec<u8> = (1..=4).filter(|key| bounded.get(key).is_some()).collect();
        assert_eq!((kept, bounded.weight), (vec![2, 3], 8), "4 is too large to be kept at all");
        bounded.put(2, 9, Arc::new("y"));
        assert_eq!(bounded.get(&2).as_deref(), Some(&"x"), "what was released does not change");
    }
}
