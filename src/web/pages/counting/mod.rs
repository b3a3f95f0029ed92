//! The counting room and the screen of the hall.

mod abandon;
mod batch;
mod changing;
mod deck;
mod opening;
mod projection;
mod room;
mod screen;
mod sent;
mod tally;

pub use abandon::{abandon, ask as ask_abandon};
pub use batch::{commit, follow, key, show as batch};
pub use changing::{change, show as ask_change};
pub use deck::{paper as deck_paper, record as record_deck, show as deck};
pub use opening::{new, open};
pub use projection::{show as projection, turn as project};
pub use room::{list as rooms, show as room};
pub use screen::{follow as follow_screen, follow_pages, list as screens, show as screen};
pub use tally::key as key_tally;

use super::{PDF, file, read_poll};
use app::AppError;
use app::counting::room::table::BatchStage;
use domain::batch::Mode;

/// Where the counting room is.
const ROOM: &str = "/kiem-phieu";

/// The number of a batch in an address.
fn read_number(text: &str) -> Result<u32, AppError> {
    text.parse().map_err(|_| AppError::NotFound("tập phiếu này"))
}

const fn mode_words(mode: Mode) -> &'static str {
    match mode {
        Mode::Marks => "Nhập từng phiếu",
        Mode::HandTally => "Đếm tay",
        Mode::Recount => "Kiểm lại một dòng",
    }
}

/// How far a batch is, and the class of its mark.
pub(super) fn stage_words(stage: BatchStage) -> (String, &'static str) {
    match stage {
        BatchStage::Unread => ("Chưa ai nhập xong".to_owned(), "tag off"),
        BatchStage::ReadOnce => ("Một người đã nhập xong".to_owned(), "tag"),
        BatchStage::Differs(places) => (format!("Hai lượt lệch {places} chỗ, đang nhập lại"), "tag"),
        BatchStage::ForHead(places) => (format!("Còn lệch {places} chỗ, chờ Trưởng ban quyết định"), "tag bad"),
        BatchStage::Agreed => ("Hai lượt đã khớp".to_owned(), "tag good"),
    }
}
