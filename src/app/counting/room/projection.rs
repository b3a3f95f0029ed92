//! Chiếu kết quả: the head of the board turns the pages of the result on the screen of the hall.

use super::access::{HEADS, NO_POLL};
use super::counting_room::CountingRoom;
use super::screen::{ScreenResults, pages};
use crate::Caller;
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::id::PollId;
use domain::poll_state::Stage;
use macros::boxed;
use store::{CouncilTx, polls, screen};

/// One page that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectionPage {
    /// Its number, from 1.
    pub number: u32,
    /// Khối.
    pub block: String,
    /// Who stands on it.
    pub names: Vec<String>,
}

/// What the head of the board turns.
#[derive(Clone, Debug)]
pub struct Projection {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// The page that the hall sees; 0 for none.
    pub shown: u32,
    /// All pages; none before the result is declared.
    pub pages: Vec<ProjectionPage>,
}

impl App {
    /// The pages of a result, and which of them the hall sees.
    ///
    /// # Errors
    /// When the caller is no head teller, or there is no such poll.
    #[boxed]
    pub async fn projection(&self, caller: &Caller, poll: PollId) -> Result<Projection, AppError> {
        caller.may(HEADS)?;
        let mut tx = self.store.read(caller.council).await?;
        let room = CountingRoom::load(&mut tx, poll).await?;
        room.admit(caller, HEADS)?;
        let page = |(number, page): (u32, ScreenResults)| ProjectionPage {
            number,
            block: page.block,
            names: page.officials.into_iter().map(|official| official.name).collect(),
        };
        Ok(Projection {
            sitting: room.sitting().to_owned(),
            stage: room.stage(),
            shown: screen::page(&mut tx, poll).await?,
            pages: (1..).zip(declared(&mut tx, &room).await?).map(page).collect(),
        })
    }

    /// Shows a page of the result in the hall, or none for 0.
    ///
    /// # Errors
    /// Before the result is declared, when there is no such page, and when the caller is no head teller.
    #[boxed]
    pub async fn project(&self, ask: Ask<'_>, poll: PollId, page: u32) -> Result<(), AppError> {
        ask.caller.may(HEADS)?;
        let caller = ask.caller.clone();
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let room = CountingRoom::load(tx, poll).await?;
                room.admit(&caller, HEADS)?;
                if !room.stage().has_result() {
                    let stage = room.stage();
                    let sentence =
                        format!("Chưa chiếu được kết quả: cuộc bỏ phiếu {}, chưa ghi kết quả.", stage.label());
                    return Err(AppError::Input(sentence));
                }
                let pages = declared(tx, &room).await?.len();
                if usize::try_from(page).map_or(true, |page| page > pages) {
                    return Err(AppError::NotFound("trang kết quả này"));
                }
                Ok(screen::turn_to(tx, poll, page).await?)
            })
        })
        .await
    }
}

/// The pages of a result that was declared.
async fn declared(tx: &mut CouncilTx, room: &CountingRoom) -> Result<Vec<ScreenResults>, AppError> {
    if !room.stage().has_result() {
        return Ok(Vec::new());
    }
    let stored = polls::find(tx, room.poll).await?.ok_or(NO_POLL)?;
    Ok(polls::closed_count(tx, &stored).await?.map(|counted| pages(room, &counted)).unwrap_or_default())
}
