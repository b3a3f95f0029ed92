//! A bundle held against itself, and its results recomputed from its counts and its rule set.

use std::path::Path;

use super::bundle::{self, Failure, Options, Recount, Report};
use super::results::{self, Provenance};
use crate::domain::official::Block;
use crate::domain::poll::BallotTotals;
use crate::domain::result::{FormCount, Listed, decide};
use crate::domain::rules::load;

/// Checks the bundle in `folder`; `root` is what a signed paper carries.
///
/// # Errors
/// The first thing that does not hold.
pub fn bundle(folder: &Path, root: Option<&str>) -> Result<Report, Failure> {
    bundle::verify(folder, &Options { expected_root: root, recompute: Some(&recompute) })
}

/// The text that `results.json` must have.
fn recompute(recount: &Recount<'_>) -> Result<String, String> {
    let rules = load(bundle::layout::RULESET, recount.ruleset).map_err(|e| e.to_string())?;
    if rules.id != recount.poll.ruleset {
        return Err(format!("bộ quy tắc là {}, nhật ký ghi {}", rules.id, recount.poll.ruleset));
    }
    let list = recount.list.officials.iter().map(|o| Listed {
        name: o.name.clone(),
        honorific: None,
        post: o.posts.clone(),
        block: Block(o.block.clone()),
    });
    let forms = recount.forms.iter().zip(recount.totals).map(|(form, totals)| {
        let invalid = u32::try_from(totals.counts.invalid_total()).map_err(|e| e.to_string())?;
        let valid = totals.returned.checked_sub(invalid).ok_or("phiếu không hợp lệ nhiều hơn phiếu thu về")?;
        Ok(FormCount {
            form: form.id.clone(),
            block: Block(form.block.clone()),
            ballots: BallotTotals { issued: totals.issued, returned: totals.returned, valid, invalid },
            invalid: totals.counts.invalid.clone(),
            lines: totals.counts.lines.clone(),
        })
    });
    let forms: Vec<FormCount> = forms.collect::<Result<_, String>>()?;
    let poll = recount.poll;
    let result =
        decide(&rules, poll.kind, poll.delegates, &list.collect::<Vec<_>>(), forms).map_err(|e| e.to_string())?;
    let provenance = Provenance { rehearsal: poll.rehearsal, simulated: poll.simulated };
    results::json_text(&rules, provenance, &result).map_err(|e| e.to_string())
}
