//! Records that are written past the use cases, told as the use cases tell them: `verify --db` finds nothing wrong.

use domain::audit::canonical::to_text;
use domain::audit::event::council::RecordsRevised;
use domain::audit::{Actor, CouncilEvent};
use domain::record::{Action, Revision, Subject, digest};
use domain::role::Role;
use jiff::Timestamp;
use serde::Serialize;
use store::StoredRecord;
use store::{CouncilTx, StoreError, logs, revisions};

/// Versions and entry of records of the roster.
pub async fn tell<I: ToString, T: Serialize>(
    tx: &mut CouncilTx,
    now: Timestamp,
    (subject, action): (Subject, Action),
    kept: &[StoredRecord<I, T>],
) -> Result<(), StoreError> {
    tell_versions(tx, now, (subject, action), kept.iter().map(|kept| (&kept.id, kept.version, &kept.value))).await
}

/// Versions and entry of any records.
pub async fn tell_versions<'r, I: ToString + 'r, T: Serialize + 'r>(
    tx: &mut CouncilTx,
    now: Timestamp,
    (subject, action): (Subject, Action),
    records: impl Iterator<Item = (&'r I, u64, &'r T)>,
) -> Result<(), StoreError> {
    let revision = |(id, version, value): (&I, u64, &T)| {
        let content = to_text(value).expect("canonical");
        Revision { subject, record: id.to_string(), version, action, content }
    };
    let versions: Vec<Revision> = records.map(revision).collect();
    let sha256 = digest(versions.iter().map(|r| (r.record.as_str(), r.version, r.content.as_str())));
    let count = u64::try_from(versions.len()).expect("small");
    let event = RecordsRevised { action, record: None, records: count, sha256, subject };
    let actor = Actor { account: None, name: "Văn phòng".into(), role: Role::Clerk };
    let (log, at) = (logs::own(tx).await?, now.try_into().expect("time"));
    let seq = tx.append(log, at, &actor, &CouncilEvent::from(event)).await?;
    revisions::add(tx, seq, at, &actor, &versions).await
}
