//! What must not compile, each beside its closest neighbour that does, so that it fails for its own reason.

/// Marks and papers are not written anywhere: no type of them can be serialized. Counts can.
///
/// ```
/// fn is_written<T: serde::Serialize>() {}
/// is_written::<tinnhiem_domain::count::BatchCounts>();
/// ```
///
/// ```compile_fail,E0277
/// fn is_written<T: serde::Serialize>() {}
/// is_written::<tinnhiem_domain::marks::Mark>();
/// ```
///
/// ```compile_fail,E0277
/// fn is_written<T: serde::Serialize>() {}
/// is_written::<tinnhiem_domain::batch::Paper>();
/// ```
///
/// ```compile_fail,E0277
/// fn is_written<T: serde::Serialize>() {}
/// is_written::<tinnhiem_domain::batch::Entry>();
/// ```
pub struct BallotsAreNotSerialized;

/// An entry is in one place: it has no copy that outlives its batch.
///
/// ```
/// fn is_copied<T: Clone>() {}
/// is_copied::<tinnhiem_domain::batch::Shape>();
/// ```
///
/// ```compile_fail,E0277
/// fn is_copied<T: Clone>() {}
/// is_copied::<tinnhiem_domain::batch::Entry>();
/// ```
pub struct EntriesAreNotCloned;

/// A batch is read a second time only after it was read once.
///
/// ```
/// use tinnhiem_domain::batch::{Batch, Entry, ReadOnce};
/// fn second(batch: Batch<ReadOnce>, entry: Entry) { batch.second(entry).ok(); }
/// ```
///
/// ```compile_fail,E0599
/// use tinnhiem_domain::batch::{Batch, Entry, Open};
/// fn second(batch: Batch<Open>, entry: Entry) { batch.second(entry).ok(); }
/// ```
pub struct BatchesAreReadInOrder;

/// Sealed counts are opened with a `MayOpen`, which closing the count makes and nothing else does.
///
/// ```
/// use tinnhiem_domain::{id::PollId, poll_state::MayOpen};
/// fn of(may: MayOpen) -> PollId { may.poll() }
/// ```
///
/// ```compile_fail,E0423
/// use tinnhiem_domain::{id::PollId, poll_state::MayOpen};
/// fn of(poll: PollId) -> MayOpen { MayOpen(poll) }
/// ```
pub struct NobodyElseOpensSealedCounts;

/// A fact has a source.
///
/// ```
/// use tinnhiem_domain::fact::{Fact, Source};
/// fn source(fact: Fact) -> Source { fact.source }
/// ```
///
/// ```compile_fail,E0308
/// use tinnhiem_domain::fact::{Fact, Source};
/// fn without(fact: Fact) -> Fact { Fact { source: None, ..fact } }
/// ```
pub struct FactsHaveSources;
