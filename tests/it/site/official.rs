//! Officials who sign in, and what is stated about them.

use domain::attachment::{Attachment, FileKind};
use domain::audit::Digest;
use domain::fact::{Fact, FactKind, FactState, KeptFact, Period, Source};
use domain::fact_state::By;
use domain::id::{AccountId, CouncilId, FactId, OfficialId};
use domain::official::Field;
use domain::record::{Action, Subject};
use store::facts::{self, StoredFact};
use store::{StoreError, attachments, roster};

use super::Site;
use super::records::{tell, tell_versions};

/// A small PDF.
pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

impl Site {
    /// An official of the roster who signs in as `account`.
    pub async fn has_linked_official(&self, council: CouncilId, account: AccountId, name: &str) -> OfficialId {
        let (id, now) = (self.has_official(council, name).await, self.clock.now());
        let written: Result<(), StoreError> = self
            .store
            .write(council, move |tx| {
                Box::pin(async move {
                    let mut kept = roster::official(tx, id).await?.expect("official");
                    kept.value.account = Some(account);
                    kept.version += 1;
                    roster::put_official(tx, &kept).await?;
                    tell(tx, now, (Subject::Official, Action::Changed), &[kept]).await
                })
            })
            .await;
        written.expect("linked");
        id
    }

    /// A fact about an official, with [`PDF`] and `mark` as the file of its source.
    pub async fn has_fact_with_file(
        &self,
        council: CouncilId,
        official: OfficialId,
        kind: FactKind,
        mark: &str,
    ) -> (FactId, Digest) {
        let at = "2026-12-01T01:00:00Z".parse().expect("time");
        let bytes = [PDF, mark.as_bytes(), b"\n%%EOF\n"].concat();
        let sha256 = Digest::of(&bytes);
        let attachment = Attachment {
            sha256,
            name: "nguon.pdf".into(),
            kind: FileKind::Pdf,
            size: u64::try_from(bytes.len()).expect("small"),
            added_at: at,
            added_by: "Văn phòng".into(),
        };
        let day = "2023-11-02".parse().expect("day");
        let number = "12/BC".to_owned();
        let source = Source { number, date: day, issuer: "UBND tỉnh".into(), page: None, file: Some(sha256) };
        let fact = Fact {
            officials: vec![official],
            field: Field("Y tế".into()),
            kind,
            period: Period::Day(day),
            text: mark.to_owned(),
            figures: None,
            status: None,
            due: None,
            source,
            reply: None,
        };
        let id = FactId::new(self.clock.now(), &super::roster::chance());
        let stored = StoredFact {
            id,
            kept: KeptFact::new(fact, FactState::Entered),
            entered: By { account: None, name: "Văn phòng".into() },
            verified: None,
            version: 1,
            changed_at: at,
            changed_by: "Văn phòng".into(),
        };
        let now = self.clock.now();
        let written: Result<(), StoreError> = self
            .store
            .write(council, move |tx| {
                Box::pin(async move {
                    if attachments::add(tx, &attachment).await? {
                        attachments::add_chunk(tx, sha256, 0, bytes).await?;
                    }
                    facts::put(tx, std::slice::from_ref(&stored)).await?;
                    let versions = [(&stored.id, stored.version, &stored.kept)];
                    tell_versions(tx, now, (Subject::Fact, Action::Added), versions.into_iter()).await
                })
            })
            .await;
        written.expect("fact");
        (id, sha256)
    }
}
