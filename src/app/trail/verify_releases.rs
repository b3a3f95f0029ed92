//! Compares released dossiers with the poll's log: every file has the hash that the log records, every text has its
//! own.

use domain::audit::Digest;
use domain::audit::event::poll::FileHash;
use domain::id::PollId;
use store::releases::{self, Release, ReleasedDossier};
use store::{CouncilTx, StoreError};

/// What does not hold: the number of the entry, where it is one's, and the cause.
pub(crate) type Wrong = (Option<u64>, String);

/// Checks the releases of a poll against the entries `told`, in their order. Returns the number of dossiers that agree;
/// the inner error is the first that does not. A rehearsal releases into its folder and keeps no rows.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn check(
    tx: &mut CouncilTx,
    poll: PollId,
    told: &[(u64, Vec<FileHash>)],
    is_rehearsal: bool,
) -> Result<Result<usize, Wrong>, StoreError> {
    let mut stored = releases::list(tx, poll).await?;
    stored.reverse();
    if is_rehearsal && stored.is_empty() {
        return Ok(Ok(0));
    }
    if stored.len() != told.len() {
        let cause = format!("bảng releases có {} bản phát hành, nhật ký ghi {}", stored.len(), told.len());
        return Ok(Err((None, cause)));
    }
    let mut dossiers = 0;
    for ((expected, release), (seq, files)) in (1_u32..).zip(&stored).zip(told) {
        let listed = releases::dossiers(tx, poll, release.number).await?;
        if let Err(cause) = list(expected, release, &listed, files) {
            return Ok(Err((Some(*seq), cause)));
        }
        for dossier in &listed {
            if let Some(cause) = content(tx, poll, release.number, dossier).await? {
                return Ok(Err((Some(*seq), cause)));
            }
        }
        dossiers += listed.len();
    }
    Ok(Ok(dossiers))
}

/// Checks a release against the files that its entry records.
fn list(expected: u32, release: &Release, listed: &[ReleasedDossier], files: &[FileHash]) -> Result<(), String> {
    if release.number != expected {
        return Err(format!("bảng releases có bản {} ở chỗ của bản {expected}", release.number));
    }
    let same = listed.len() == files.len()
        && listed.iter().zip(files).all(|(row, file)| (&row.name, row.pdf_sha256) == (&file.name, file.sha256));
    if same {
        Ok(())
    } else {
        Err(format!("hồ sơ của bản phát hành {expected} không đúng như nhật ký ghi"))
    }
}

/// What is wrong with the file or the text of one dossier.
async fn content(
    tx: &mut CouncilTx,
    poll: PollId,
    number: u32,
    dossier: &ReleasedDossier,
) -> Result<Option<String>, StoreError> {
    let (about, name) = (&dossier.about, &dossier.name);
    let pdf = releases::pdf(tx, poll, number, about).await?.unwrap_or_default();
    if Digest::of(&pdf) != dossier.pdf_sha256 {
        return Ok(Some(format!("tệp {name} đã lưu không khớp mã băm của nó")));
    }
    let stated = releases::stated(tx, poll, number, about).await?;
    let is_same = stated.is_some_and(|stated| Digest::of(stated.canonical.as_bytes()) == dossier.sha256);
    Ok((!is_same).then(|| format!("nội dung của hồ sơ {name} không khớp mã băm của nó")))
}
