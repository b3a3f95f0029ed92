//! Compares released dossiers with the poll's log and with the text that two people confirmed; draws each paper again from
//! what delegates read.

use std::collections::BTreeMap;

use super::findings::{Findings, Place};
use crate::dossiers::held::drawn;
use crate::dossiers::{OfferedDossier, OfferedRelease};
use crate::service::held::{Told, Want, is_time_of};
use domain::audit::event::poll::FileHash;
use domain::audit::{Digest, UtcTime};
use domain::document::text_lines;
use domain::fact::KeptFact;
use domain::id::PollId;
use domain::record::Subject;
use domain::release::{FrozenFact, Stated};
use domain::text::fold;
use store::releases::{self, Release, ReleasedDossier};
use store::tables::{Table, lines_of_poll};
use store::{CouncilTx, StoreError, revisions};

/// What an entry says of a release.
#[derive(Debug)]
pub(super) struct ToldRelease {
    pub seq: u64,
    pub files: Vec<FileHash>,
    pub at: UtcTime,
    pub has_waited: bool,
    /// Full name of who confirmed it.
    pub by: String,
}

/// Checks the releases of a poll against the entries `told` and the confirmed offers, both in their order. Returns the number
/// of dossiers. A rehearsal releases into its folder and keeps no rows.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn check(
    tx: &mut CouncilTx,
    (findings, place): (&mut Findings, &Place),
    poll: PollId,
    told: &[ToldRelease],
    offers: &BTreeMap<u32, OfferedRelease>,
    is_rehearsal: bool,
) -> Result<usize, StoreError> {
    let Some(mut stored) = findings.read(place, releases::list(tx, poll).await)? else { return Ok(0) };
    stored.reverse();
    let mut files = Told::new(Table::ReleasedFiles, &["sha256", "release"]);
    if !(is_rehearsal && stored.is_empty()) && stored.len() != told.len() {
        let cause = format!("bảng releases có {} bản phát hành, nhật ký ghi {}", stored.len(), told.len());
        findings.add(place, None, cause);
        return Ok(0);
    }
    let mut dossiers = 0;
    for ((expected, release), told) in (1_u32..).zip(&stored).zip(told) {
        let listed = releases::dossiers(tx, poll, release.number).await;
        let Some(listed) = findings.read(place, listed)? else { continue };
        let offered = offers.get(&expected);
        if let Some(cause) = list(expected, release, &listed, told, offered) {
            findings.add(place, Some(told.seq), cause);
            continue;
        }
        for dossier in &listed {
            if let Some(cause) = content(tx, poll, (release.number, dossier), &mut files).await? {
                findings.add(place, Some(told.seq), format!("bảng dossiers, hồ sơ {}: {cause}", dossier.name));
            }
        }
        dossiers += listed.len();
    }
    let differing = files.differences(lines_of_poll(tx, Table::ReleasedFiles, poll).await?);
    findings.rows(place, differing);
    Ok(dossiers)
}

/// What is wrong with a release as a list.
fn list(
    expected: u32,
    release: &Release,
    listed: &[ReleasedDossier],
    told: &ToldRelease,
    offered: Option<&OfferedRelease>,
) -> Option<String> {
    if release.number != expected {
        return Some(format!("bảng releases có bản {} ở chỗ của bản {expected}", release.number));
    }
    let wrong = |column: &str| Some(format!("bảng releases, bản {expected}: cột {column} khác nhật ký"));
    if !is_time_of(release.at, told.at, told.has_waited) {
        return wrong("released_at");
    }
    if release.by != told.by {
        return wrong("released_by");
    }
    let files = told.files.iter().map(|file| (file.name.as_str(), file.sha256));
    if !listed.iter().map(|row| (row.name.as_str(), row.pdf_sha256)).eq(files) {
        return Some(format!("hồ sơ của bản phát hành {expected} không đúng như nhật ký ghi"));
    }
    let Some(offered) = offered.filter(|offered| offered.dossiers.len() == listed.len()) else {
        return Some(format!("bản phát hành {expected} không có đề xuất nào đã được xác nhận như vậy"));
    };
    let row = |(place, (row, offer)): (u32, (&ReleasedDossier, &OfferedDossier))| {
        let column = differing(place, row, offer)?;
        Some(format!("bảng dossiers, hồ sơ {}: cột {column} khác nội dung đã được xác nhận", row.name))
    };
    (1_u32..).zip(listed.iter().zip(&offered.dossiers)).find_map(row)
}

fn differing(place: u32, row: &ReleasedDossier, offer: &OfferedDossier) -> Option<&'static str> {
    let as_offered = [
        (row.position == place, "position"),
        (row.about == offer.about, "kind, about"),
        (row.title == offer.title, "title"),
        (row.sha256 == offer.sha256, "sha256"),
        (row.pages == offer.pages, "pages"),
        (row.pdf_sha256 == offer.pdf_sha256, "pdf_sha256"),
    ];
    as_offered.into_iter().find(|(holds, _)| !holds).map(|(_, column)| column)
}

/// What is wrong with the file or the texts of one dossier; the files of its sources are added to `files`.
async fn content(
    tx: &mut CouncilTx,
    poll: PollId,
    (number, dossier): (u32, &ReleasedDossier),
    files: &mut Told,
) -> Result<Option<String>, StoreError> {
    let about = &dossier.about;
    let pdf = releases::pdf(tx, poll, number, about).await?.unwrap_or_default();
    if Digest::of(&pdf) != dossier.pdf_sha256 {
        return Ok(Some("cột pdf: tệp đã lưu không khớp mã băm của nó".to_owned()));
    }
    let stated = match releases::stated(tx, poll, number, about).await {
        Ok(stated) => stated,
        Err(StoreError::Corrupt(_)) => return Ok(Some("cột facts không đọc được".to_owned())),
        Err(other) => return Err(other),
    };
    let Some(stated) = stated.filter(|stated| Digest::of(stated.canonical.as_bytes()) == dossier.sha256) else {
        return Ok(Some("cột canonical: nội dung không khớp mã băm của nó".to_owned()));
    };
    if !facts(tx, poll, number, &stated, files).await? {
        return Ok(Some("cột facts không đúng các phiên bản dữ kiện đã lưu".to_owned()));
    }
    let text = releases::document(tx, poll, number, about).await?.unwrap_or_default();
    let Some((document, _)) = drawn(&text).filter(|(_, paper)| *paper == dossier.pdf_sha256) else {
        return Ok(Some("cột document: in lại không ra tệp PDF đã phát hành".to_owned()));
    };
    if !dossier.subtitle.split(", ").all(|part| text.contains(part)) {
        return Ok(Some("cột subtitle: không có trong hồ sơ".to_owned()));
    }
    let told = text_lines(&document).into_iter().map(|line| {
        let folded = fold(&line.text);
        (i64::from(dossier.position), line.anchor, line.text, folded)
    });
    let stored = releases::search_lines(tx, poll, number).await?;
    let own = stored.into_iter().filter(|(position, ..)| *position == i64::from(dossier.position));
    if !own.eq(told) {
        return Ok(Some("bảng search_lines khác nội dung của hồ sơ".to_owned()));
    }
    Ok(None)
}

/// Whether every fact of a dossier is a version that is kept, and as many stand in its canonical text; the files of their
/// sources are those that the release opens to delegates.
async fn facts(
    tx: &mut CouncilTx,
    poll: PollId,
    number: u32,
    stated: &Stated,
    files: &mut Told,
) -> Result<bool, StoreError> {
    let lines: Vec<&str> = stated.canonical.lines().filter(|line| line.starts_with("fact\t")).collect();
    if lines.len() != stated.facts.len() {
        return Ok(false);
    }
    let wanted: Vec<(String, u64)> = stated.facts.iter().map(|fact| (fact.fact.to_string(), fact.version)).collect();
    let texts = revisions::of_versions(tx, Subject::Fact, &wanted).await?;
    for (line, FrozenFact { fact, sha256, version }) in lines.into_iter().zip(&stated.facts) {
        let text = texts.get(&(fact.to_string(), *version)).filter(|text| Digest::of(text.as_bytes()) == *sha256);
        let kept = text.and_then(|text| serde_json::from_str(text).ok());
        let Some(KeptFact { fact, .. }) = kept else { return Ok(false) };
        // A line has no breaks and no tabs of its own: what stands between them is found as it is.
        let is_told = fact.text.split(['\n', '\t', '\r', '\\']).all(|part| line.contains(part));
        if !is_told {
            return Ok(false);
        }
        if let Some(file) = fact.source.file {
            files.row([
                ("sha256", file.to_string().into()),
                ("poll_id", poll.to_string().into()),
                ("release", Want::from(number)),
            ]);
        }
    }
    Ok(true)
}
