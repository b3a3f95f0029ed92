//! A council that takes over what its overseer's installation published.

use super::ADOPTERS;
use super::propose::write_proposal;
use super::published::offered;
use crate::rules::attested;
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::id::AttestationId;
use macros::boxed;

impl App {
    /// Proposes that the council takes over what the installation published of a rule set.
    ///
    /// # Errors
    /// When nothing is published of it that the council does not have already.
    #[boxed]
    pub async fn propose_adoption(&self, ask: Ask<'_>, ruleset: &str) -> Result<AttestationId, AppError> {
        let actor = ask.caller.may(ADOPTERS)?;
        let base = attested::carried(ruleset)?;
        let published = self.published().await?;
        let (at, id) = (self.now_text()?, AttestationId::new(self.clock.now(), &self.chance.for_id()?));
        let proposed = self.write_once(ask, move |tx| {
            Box::pin(async move {
                let statement = offered(&base, &published, &attested::confirmed(tx).await?)?;
                let statement = statement.ok_or_else(|| {
                    AppError::Input(
                        "Hội đồng đã có mọi điều trong bộ đối chiếu được công bố; không có gì để lấy vào.".into(),
                    )
                })?;
                write_proposal(tx, id, at, &actor, statement).await
            })
        });
        proposed.await?;
        Ok(id)
    }
}
