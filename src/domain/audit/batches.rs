//! The batches that stand, as the log tells them: what tables say of a batch is worth nothing beside it.

use std::collections::BTreeMap;

use super::event::PollEvent;
use super::event::poll::BatchCommitted;

/// Batches by form and number.
pub type ToldBatches = BTreeMap<(String, u32), BatchCommitted>;

/// The batches that were committed and not reopened since, of the events of a poll's log in their order.
pub fn standing<'e>(events: impl IntoIterator<Item = &'e PollEvent>) -> ToldBatches {
    let mut told = ToldBatches::new();
    for event in events {
        take(&mut told, event);
    }
    told
}

/// Takes the next event of the log.
pub fn take(told: &mut ToldBatches, event: &PollEvent) {
    match event {
        PollEvent::BatchCommitted(batch) => {
            told.insert((batch.form.clone(), batch.batch), batch.clone());
        }
        PollEvent::BatchReopened(batch) => {
            told.remove(&(batch.form.clone(), batch.batch));
        }
        _ => {}
    }
}

/// What is wrong with a batch under seal, held against the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchFault {
    /// Its counts are not those that the logged commitment binds.
    Differs,
    /// It does not open with the key of this installation: the key is another one, or the row was changed or moved.
    Locked,
    /// The log tells of it, the tables have it no more.
    Missing,
    /// The tables have it, the log tells of none.
    Untold,
}

impl BatchFault {
    /// In Vietnamese, after the name of the batch.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Differs => "không khớp cam kết mà nhật ký đã ghi",
            Self::Locked => "không mở được bằng khóa bí mật đang dùng",
            Self::Missing => "không còn trong cơ sở dữ liệu, trong khi nhật ký ghi là đã chốt",
            Self::Untold => "có trong cơ sở dữ liệu mà nhật ký không ghi",
        }
    }
}
