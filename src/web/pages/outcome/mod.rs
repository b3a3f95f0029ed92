//! The result of a closed count, its papers and what follows.

mod confidence;
mod follow_up;
mod papers;
mod public;
mod result;

pub use app::counting::outcome::PaperAnswer;
pub use confidence::{ask as confidence, begin as begin_confidence};
pub use follow_up::{ask as follow_up, mark as mark_follow_up};
pub use papers::{bundle, paper, sealed_bundle, show as papers};
pub use public::{bundle as public_bundle, file as public_file, list as public_list, on_paper, show as public_result};
pub use result::{expose, file, list, show};

use axum::response::Response;

use super::{PDF, disposition, file as file_as, is_clerk, read_poll};
use app::preparing::Paper;

/// Where the list of results is.
const LIST: &str = "/ket-qua";

/// A file of the type that its name says.
fn file_of(paper: Paper) -> Response {
    let media = media(&paper.name);
    file_as(paper, media)
}

/// Media type of a file, by its name.
fn media(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "pdf" => PDF,
        "csv" => "text/csv; charset=utf-8",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "json" => "application/json",
        "zip" => "application/zip",
        _ => "text/plain; charset=utf-8",
    }
}
