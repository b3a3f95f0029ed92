//! Facts that are simply there, for stories about something else.

use domain::fact::{Fact, FactKind, FactState, KeptFact, Period, Source};
use domain::fact_state::By;
use domain::id::{CouncilId, FactId, OfficialId};
use domain::official::Field;
use domain::record::{Action, Subject};
use jiff::civil::date;
use store::facts::{self, StoredFact};
use store::{CouncilTx, StoreError};

use super::Site;
use super::records::tell_versions;
use super::roster::chance;

/// A statement about somebody, out of a report of the province.
pub fn fact(official: OfficialId, text: &str) -> Fact<OfficialId> {
    Fact {
        officials: vec![official],
        field: Field("Ngân sách".into()),
        kind: FactKind::Target,
        period: Period::Year(2025),
        text: text.into(),
        figures: None,
        status: None,
        due: None,
        source: Source {
            number: "245/BC-UBND".into(),
            date: date(2025, 12, 5),
            issuer: "UBND tỉnh".into(),
            page: None,
            file: None,
        },
        reply: None,
    }
}

impl Site {
    /// A fact that somebody without an account entered, and that waits.
    pub async fn has_waiting_fact(&self, council: CouncilId, official: OfficialId, text: &str) -> FactId {
        let stored = StoredFact {
            id: FactId::new(self.clock.now(), &chance()),
            kept: KeptFact::new(fact(official, text), FactState::Entered),
            entered: By { account: None, name: "Văn phòng".into() },
            verified: None,
            version: 1,
            changed_at: self.clock.now().try_into().expect("time"),
            changed_by: "Văn phòng".into(),
        };
        let (id, now) = (stored.id, self.clock.now());
        let written: Result<(), StoreError> = self
            .store
            .write(council, move |tx: &mut CouncilTx| {
                Box::pin(async move {
                    facts::put(tx, std::slice::from_ref(&stored)).await?;
                    let versions = [(&stored.id, stored.version, &stored.kept)];
                    tell_versions(tx, now, (Subject::Fact, Action::Added), versions.into_iter()).await
                })
            })
            .await;
        written.expect("fact");
        id
    }
}
