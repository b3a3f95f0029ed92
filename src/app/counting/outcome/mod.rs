//! What comes after the count: the result as the office looks at it, the papers of the day, what follows, and what
//! everybody may see. All of it is read from what is stored: the poll's log, its list, its rules. Nothing here has a figure
//! before the count is closed.

mod board;
mod confidence;
mod corrigenda;
mod day_data;
mod exposure;
mod figures;
mod follow_up;
mod incidents;
mod on_paper;
mod page;
mod papers;
mod printed;
mod public;

pub use board::{FormTable, InvalidLine, OfficialLine, RecountLine};
pub use confidence::{ConfidenceOffer, TypedConfidence};
pub use corrigenda::{Correction, Corrigendum, correctable_papers};
pub(crate) use corrigenda::{corrigendum_paper, next_corrigendum};
pub use exposure::ExposureState;
pub use figures::{Figures, figures};
pub use follow_up::{FollowUpLine, TypedFollowUp};
pub use incidents::Incident;
pub use on_paper::{PaperAnswer, PaperCheck, PublishedHead};
pub use page::{ResultLine, ResultPage, ResultView};
pub(crate) use papers::resolution_drawn;
pub use papers::{PaperLine, PapersPage, issued_papers, minutes_paper, proposed_minutes, resolution_paper};
pub use printed::PrintedPaper;
pub use public::{PublicFile, PublicList, PublicPoll, PublicResult};

use domain::role::Role;

/// Roles that see the result of a closed count and its papers.
pub const READERS: &[Role] = &[Role::Clerk, Role::Leader, Role::HeadTeller, Role::Auditor];
/// Roles that record what was done after it, and begin the vote that follows.
pub const WRITERS: &[Role] = &[Role::Clerk];
/// Roles that show it to everybody.
pub const LEADERS: &[Role] = &[Role::Leader];

/// Where lines that are due are counted again. Switched on with the page that is there.
pub const RECOUNT_PATH: Option<&str> = Some("kiem-lai");
