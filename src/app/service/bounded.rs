//! A cache of bounded weight.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Values by key, each with its weight; what came first goes first when there is no more room.
#[derive(Debug)]
pub(crate) struct Bounded<K, V> {
    values: BTreeMap<K, (u64, usize, Arc<V>)>,
    order: BTreeMap<u64, K>,
    weight: usize,
    most: usize,
    next: u64,
}

impl<K: Ord + Clone, V> Bounded<K, V> {
    /// A cache for values of `most` weight together.
    pub(crate) const fn new(most: usize) -> Self {
        Self { values: BTreeMap::new(), order: BTreeMap::new(), weight: 0, most, next: 0 }
    }

    pub(crate) fn get(&self, key: &K) -> Option<Arc<V>> {
        self.values.get(key).map(|(_, _, value)| Arc::clone(value))
    }

    /// Adds a value. A key that has one keeps it, and a value heavier than the whole cache is not kept.
    pub(crate) fn put(&mut self, key: K, weight: usize, value: Arc<V>) {
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

    /// Removes all values whose keys `is_stale`.
    pub(crate) fn remove_if(&mut self, is_stale: impl Fn(&K) -> bool) {
        let stale: Vec<K> = self.values.keys().filter(|key| is_stale(key)).cloned().collect();
        for key in stale {
            if let Some((place, weight, _)) = self.values.remove(&key) {
                self.order.remove(&place);
                self.weight -= weight;
            }
        }
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
        bounded.remove_if(|key| *key == 2);
        assert_eq!((bounded.get(&2), bounded.weight), (None, 4), "room for others");
    }
}
