//! The counted ballots under seal, and who received them.

use super::wish::{both, number, text};
use super::{Day, HALL};
use crate::Caller;
use crate::polls::{Requester, USHERS};
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::audit::event::poll::BallotsHandedOver;
use domain::day_record::HandOverTold;
use domain::id::PollId;
use domain::poll_state::Stage;
use domain::text::clean;
use macros::boxed;

/// The page of handing over.
#[derive(Clone, Debug)]
pub struct HandOverPage {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// As it was recorded last.
    pub told: Option<HandOverTold>,
    /// Whether the caller may record it now.
    pub may_record: bool,
}

/// Handing over, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedHandOver {
    /// Who sealed the packets.
    pub sealed_by: String,
    /// How many packets.
    pub packets: String,
    /// Who received them.
    pub received_by: String,
    /// What is in them, and where they are kept.
    pub note: String,
}

impl TypedHandOver {
    fn read(&self) -> Result<BallotsHandedOver, AppError> {
        let sealed_by = text("sealed_by", &self.sealed_by, "Hãy ghi ai niêm phong");
        let received_by = text("received_by", &self.received_by, "Hãy ghi ai nhận");
        let packets = number("packets", &self.packets, "Hãy ghi số gói niêm phong bằng chữ số.");
        let (sealed_by, (received_by, packets)) = both(sealed_by, both(received_by, packets))?;
        let note = clean(&self.note);
        let note = if note.is_empty() { note } else { text("note", &note, "Hãy ghi ngắn gọn")? };
        Ok(BallotsHandedOver { note, packets, received_by, sealed_by })
    }
}

impl App {
    /// Who received the counted ballots.
    ///
    /// # Errors
    /// When there is no such poll, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn hand_over_page(&self, caller: &Caller, poll: PollId) -> Result<HandOverPage, AppError> {
        caller.may(HALL)?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let stage = day.state.stage();
        let is_open = stage >= Stage::Declared && stage < Stage::Archived;
        Ok(HandOverPage {
            sitting: day.sitting(),
            stage,
            told: day.record(&mut tx).await?.handed_over,
            may_record: is_open && day.admits(caller, USHERS),
        })
    }

    /// Records that the counted ballots are sealed and handed over.
    ///
    /// # Errors
    /// When a field is wrong, the caller is neither head teller nor clerk, or the poll refuses it.
    #[boxed]
    pub async fn record_hand_over(&self, ask: Ask<'_>, poll: PollId, typed: &TypedHandOver) -> Result<(), AppError> {
        ask.caller.may(USHERS)?;
        let handed = typed.read()?;
        self.hand_over(Requester::Form(ask), poll, handed).await.map(drop)
    }
}
