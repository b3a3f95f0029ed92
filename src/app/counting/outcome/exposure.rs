//! Trang kết quả công khai: whether everybody may see a result. A leader switches it on; it shows nothing before the result
//! is published, and never a rehearsal.

use super::LEADERS;
use super::day_data::DayData;
use crate::preparing::put_part;
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::id::PollId;
use domain::poll_state::Stage;
use domain::preparation::{Exposure, Part};
use macros::boxed;
use store::{CouncilTx, councils, preparation};

/// What everybody may see of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposureState {
    /// Whether a leader switched it on.
    pub is_exposed: bool,
    /// Whether it is published as well, and so really shown.
    pub is_shown: bool,
    /// Why it can't be switched on; `None` when it can.
    pub refusal: Option<&'static str>,
    /// The version that the next change replaces; 0 before the first.
    pub version: u64,
    /// Its public path: `/cong-bo/vinh-phuc/…`.
    pub path: String,
}

const REHEARSAL: &str = "Đợt này là diễn tập: số liệu không phải của đại biểu nên không công bố được.";

/// Whether the public page is switched on, with the version of that choice.
///
/// # Errors
/// When a stored value cannot be read.
pub(super) async fn stored(tx: &mut CouncilTx, poll: PollId) -> Result<(Exposure, u64), AppError> {
    let Some(part) = preparation::part(tx, poll, &Part::Exposure).await? else { return Ok((Exposure::default(), 0)) };
    let exposure = serde_json::from_str(&part.content).map_err(|e| AppError::internal("đọc trang công khai", e))?;
    Ok((exposure, part.version))
}

/// Whether a poll at this stage shows what was switched on.
pub(super) const fn is_public(stage: Stage) -> bool {
    matches!(stage, Stage::Published | Stage::Archived)
}

/// What everybody may see.
///
/// # Errors
/// When a stored value cannot be read.
pub(super) async fn state(tx: &mut CouncilTx, day_data: &DayData, poll: PollId) -> Result<ExposureState, AppError> {
    let (Exposure { is_exposed }, version) = stored(tx, poll).await?;
    let slug = councils::own(tx).await?.map(|row| row.slug).unwrap_or_default();
    Ok(ExposureState {
        is_exposed,
        is_shown: is_exposed && is_public(day_data.stage()) && !day_data.is_rehearsal(),
        refusal: day_data.is_rehearsal().then_some(REHEARSAL),
        version,
        path: format!("/cong-bo/{slug}/{poll}"),
    })
}

impl App {
    /// Shows the result to everybody from its publication on, or hides it again.
    ///
    /// # Errors
    /// When the caller is no leader, the poll is a rehearsal, or somebody else switched since `version`.
    #[boxed]
    pub async fn expose_result(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        version: u64,
        is_exposed: bool,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(LEADERS)?;
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let day_data = DayData::load(tx, poll).await?;
                if day_data.is_rehearsal() {
                    return Err(AppError::Input(REHEARSAL.to_owned()));
                }
                let (before, stands) = stored(tx, poll).await?;
                if stands != version {
                    let sentence = "Người khác vừa đổi mục này; hãy tải lại trang để xem trạng thái mới.";
                    return Err(AppError::Input(sentence.to_owned()));
                }
                let after = Exposure { is_exposed };
                if after == before {
                    return Ok(());
                }
                put_part(tx, poll, Part::Exposure, version + 1, &after, at, &actor).await
            })
        })
        .await
    }
}
