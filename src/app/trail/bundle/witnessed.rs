//! Holds a bundle to the witnesses whose keys a reader has.

use std::path::Path;

use super::cosigned::{Beside, CHECK, UNCHECKED};
use super::report::{Failure, Passed, Report};
use super::verify::{CHANGED, cosignatures_of};
use domain::audit::Checkpoint;
use domain::audit::witness::WitnessKey;

/// Adds to `report`, of the bundle `dir`, what each of `witnesses` said of its heads.
///
/// # Errors
/// When one of them said nothing of any head, or a line with its name does not hold.
pub fn witnessed(dir: &Path, witnesses: &[WitnessKey], mut report: Report) -> Result<Report, Failure> {
    if witnesses.is_empty() {
        return Ok(report);
    }
    let lines = cosignatures_of(dir)?;
    let is_known = |head: &Checkpoint| {
        head.origin.as_str() == report.origin
            && report.heads.iter().any(|(_, size, root)| (*size, *root) == (head.size, head.root))
    };
    if let Some(Beside { file, .. }) = lines.iter().find(|line| !is_known(&line.head)) {
        return Err(Failure::damaged(CHECK, file, CHANGED));
    }
    for witness in witnesses {
        let name = witness.name().as_str();
        let mut told = Vec::new();
        for Beside { file, label, head, cosignature } in lines.iter().filter(|line| witness.is_of(&line.cosignature)) {
            witness.check(cosignature, head).map_err(|e| Failure::disputed(CHECK, file, e.to_string()))?;
            let at = jiff::Timestamp::from_second(i64::try_from(cosignature.time).unwrap_or_default());
            let at = at.map_or_else(|_| cosignature.time.to_string(), |at| at.to_string());
            told.push(format!("điểm chốt {label} ({} bản ghi, lúc {at})", head.size));
        }
        if told.is_empty() {
            return Err(Failure::unwitnessed(format!("{name} không đồng chứng điểm chốt nào trong gói")));
        }
        report.passed.push(Passed { check: CHECK, what: format!("{name} đã đồng chứng {}", told.join("; ")) });
    }
    report.notes.retain(|note| note != UNCHECKED);
    Ok(report)
}
