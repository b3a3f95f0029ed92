//! Released dossiers in memory. What was released never changes, so nothing here goes stale; there is only so much room.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::service::bounded::Bounded;
use domain::id::{CouncilId, PollId};
use store::releases::{Release, ReleasedDossier};

/// Most bytes of drawn dossiers in the cache: a council's 40 of 300 facts take about half of it.
const MOST_BYTES: usize = 24 * 1024 * 1024;
/// Most lists of dossiers in the cache.
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

/// What this process remembers of releases. A clone is another handle.
#[derive(Clone, Debug)]
pub struct ReleaseCache {
    lists: Arc<Mutex<Bounded<ReleaseKey, Listed>>>,
    texts: Arc<Mutex<Bounded<DossierKey, String>>>,
    /// Releases of which all dossiers were asked for.
    warmed: Arc<Mutex<BTreeSet<ReleaseKey>>>,
}

impl Default for ReleaseCache {
    fn default() -> Self {
        Self {
            lists: Arc::new(Mutex::new(Bounded::new(MOST_LISTS))),
            texts: Arc::new(Mutex::new(Bounded::new(MOST_BYTES))),
            warmed: Arc::default(),
        }
    }
}

impl ReleaseCache {
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
