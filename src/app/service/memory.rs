//! What a running process remembers besides the database, one value per type.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Values that live as long as the process: caches, the table of open batches. Each subject defines the type of its own
/// value and asks for it by that type, so nothing here depends on a subject. A clone is another handle on the same values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl Memory {
    /// The value of type `T`, made by [`Default`] when it is asked for first.
    pub(crate) fn of<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = values.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        // The key is the type of the value, so this never makes a second one.
        Arc::clone(value).downcast().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    #[test]
    fn a_type_has_one_value_for_all_handles() {
        let memory = Memory::default();
        memory.of::<AtomicU8>().store(7, Ordering::Relaxed);
        assert_eq!(memory.clone().of::<AtomicU8>().load(Ordering::Relaxed), 7);
        assert!(!memory.of::<std::sync::atomic::AtomicBool>().load(Ordering::Relaxed), "another type, another value");
    }
}
