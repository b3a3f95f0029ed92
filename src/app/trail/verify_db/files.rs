//! Files of sources, hashed again piece by piece.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::{Findings, Place};
use domain::attachment::{Beginning, FileKind, HEAD_BYTES, beginning};
use domain::audit::Digest;
use sha2::{Digest as _, Sha256};
use store::tables::{Cell, Line, Table, lines};
use store::{CouncilTx, StoreError, attachments};

/// Hashes every file; `named` are those that records and statements name. Returns the number of files that hold.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn check(
    tx: &mut CouncilTx,
    (findings, place): (&mut Findings, &Place),
    named: &[Digest],
) -> Result<usize, StoreError> {
    let mut counts: BTreeMap<String, i64> = attachments::chunk_counts(tx).await?.into_iter().collect();
    let mut held = BTreeSet::new();
    for Line(cells) in lines(tx, Table::Attachments).await? {
        let text = |column: &str| match cells.get(column) {
            Some(Cell::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let name = text("sha256");
        let chunks = counts.remove(&name).unwrap_or_default();
        let size = match cells.get("size") {
            Some(Cell::Integer(size)) => u64::try_from(*size).ok(),
            _ => None,
        };
        match one(tx, &name, chunks).await? {
            Err(cause) => findings.add(place, None, format!("bảng attachment_chunks, tệp {name}: {cause}")),
            Ok((sha256, bytes, head)) => {
                held.insert(sha256);
                for (holds, column) in
                    [(Some(bytes) == size, "size"), (is_of(&head, &text("media_type")), "media_type")]
                {
                    if !holds {
                        let cause = format!("bảng attachments, dòng {name}: cột {column} khác nội dung của tệp");
                        findings.add(place, None, cause);
                    }
                }
            }
        }
    }
    for name in counts.keys() {
        findings.add(place, None, format!("bảng attachment_chunks có tệp {name} mà bảng attachments không có"));
    }
    let lost: BTreeSet<&Digest> = named.iter().filter(|file| !held.contains(file)).collect();
    for file in lost {
        findings.add(place, None, format!("bảng attachments thiếu tệp {file} mà một bản ghi dữ liệu nêu làm nguồn"));
    }
    Ok(held.len())
}

/// Hash, size and first bytes of a file, or what is wrong with it.
async fn one(
    tx: &mut CouncilTx,
    name: &str,
    chunks: i64,
) -> Result<Result<(Digest, u64, Vec<u8>), &'static str>, StoreError> {
    let Ok(sha256) = name.parse::<Digest>() else { return Ok(Err("tên không phải một mã băm SHA-256")) };
    let (mut hasher, mut size, mut head) = (Sha256::new(), 0_u64, Vec::new());
    for number in 0..u32::try_from(chunks).unwrap_or(u32::MAX) {
        let Some(bytes) = attachments::chunk(tx, sha256, number).await? else {
            return Ok(Err("các phần không liền nhau"));
        };
        hasher.update(&bytes);
        size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        head.extend(bytes.iter().take(HEAD_BYTES.saturating_sub(head.len())));
    }
    if Digest::from_bytes(hasher.finalize().into()) != sha256 {
        return Ok(Err("nội dung không khớp mã băm SHA-256 của tệp"));
    }
    Ok(Ok((sha256, size, head)))
}

/// Whether a file that begins so is of a kind. Which document a zip archive is, its members tell; that is not looked at again.
fn is_of(head: &[u8], media_type: &str) -> bool {
    let kind = FileKind::from_media_type(media_type);
    match beginning(head) {
        Ok(Beginning::Of(found)) => kind == Some(found),
        Ok(Beginning::Zip) => matches!(kind, Some(FileKind::Docx | FileKind::Xlsx)),
        Ok(Beginning::Compound) | Err(_) => false,
    }
}
