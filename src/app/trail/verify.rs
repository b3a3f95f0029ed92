//! Checks that a bundle agrees with itself, with its results recomputed from its counts and its rule set.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use tempfile::TempDir;

use crate::polls::results::{self, Provenance};
use crate::service::error::AppError;
use crate::trail::bundle::{self, Failure, Options, Report, ResultInputs, layout};
use domain::audit::Digest;
use domain::recount;
use domain::result::{FormCount, Listed, decide};
use domain::rules::{RuleSet, builtin_texts, load};

/// Most bytes that a downloaded bundle unpacks to.
const MOST_BYTES: u64 = 4 << 30;

/// Checks the bundle in `folder`, or in a file that was downloaded; `root` is what a signed paper carries.
///
/// # Errors
/// When `folder` is no bundle or `root` is mistyped: then nothing was checked. The inner error is the first thing that
/// does not hold.
pub fn bundle(folder: &Path, root: Option<&str>) -> Result<Result<Report, Failure>, AppError> {
    // One file is the folder as it was downloaded.
    let unpacked = if folder.is_file() { Some(unpacked(folder)?) } else { None };
    let folder = unpacked.as_ref().map_or(folder, TempDir::path);
    require_bundle(folder)?;
    let expected_root = root.map(Digest::from_paper).transpose();
    let expected_root = expected_root
        .map_err(|e| AppError::Input(format!("--root: {e}; hãy gõ lại theo bản giấy, đặt trong dấu nháy kép.")))?;
    let held = bundle::verify(folder, &Options { expected_root, recompute: Some(&recompute) });
    Ok(held.map(|mut report| {
        report.notes.extend(foreign_rules(&report.ruleset));
        report
    }))
}

/// A bundle that was downloaded as one file, in a folder of its own that goes away.
fn unpacked(file: &Path) -> Result<TempDir, AppError> {
    let bytes = fs::read(file).map_err(|e| AppError::file(file, e))?;
    let folder = tempfile::tempdir().map_err(|e| AppError::internal("giải nén gói kiểm chứng", e))?;
    let put = &mut |path: &str, input: &mut dyn Read| {
        if !bundle::is_inside(path) {
            return Err(io::Error::other(format!("tên tệp «{path}» chỉ ra ngoài gói")));
        }
        let to = folder.path().join(path);
        fs::create_dir_all(to.parent().unwrap_or(folder.path()))?;
        io::copy(input, &mut fs::File::create_new(to)?)
    };
    import::unpack(&bytes, MOST_BYTES, put).map_err(|e| AppError::Input(format!("{}: {e}.", file.display())))?;
    Ok(folder)
}

/// A folder without any of the three files that everything else depends on is not a damaged bundle, but no bundle.
fn require_bundle(folder: &Path) -> Result<(), AppError> {
    let looks = |folder: &Path| [layout::MANIFEST, layout::KEY, layout::LOG].iter().any(|f| folder.join(f).exists());
    fs::read_dir(folder).map_err(|e| AppError::file(folder, e))?;
    if looks(folder) {
        return Ok(());
    }
    let inside = folder.join("bundle");
    let (folder, inside, found) = (folder.display(), inside.display(), looks(&inside));
    let remedy =
        if found { format!("hãy chỉ {inside}") } else { "hãy chỉ đúng thư mục của gói".to_owned() };
    Err(AppError::Input(format!("{folder}: không phải gói kiểm chứng, không có MANIFEST; {remedy}.")))
}

/// The maker of a bundle chooses its rules: a set that only has the id of a known one has to be read by a person.
fn foreign_rules((id, sha256): &(String, Digest)) -> Option<String> {
    let known = builtin_texts().iter().any(|(own, text)| own == id && Digest::of(text.as_bytes()) == *sha256);
    (!known).then(|| {
        format!(
            "ruleset.toml không phải bộ quy tắc {id} đi kèm chương trình này; hãy đọc tệp đó: ngưỡng và căn cứ tính tỷ lệ \
             lấy từ đó."
        )
    })
}

/// What the rules ask for before a result is public. A rehearsal has no paper from which to count a line again.
fn check_duties(rules: &RuleSet, recount: &ResultInputs<'_>) -> Result<(), String> {
    let (poll, counted) = (recount.poll, recount.counted);
    let least = rules.quorum.value.least(poll.delegates);
    if recount.quorum.is_some_and(|told| told != least) {
        return Err(format!("bản ghi voting.opened ghi túc số khác với bộ quy tắc ({least})"));
    }
    if poll.rehearsal {
        return Ok(());
    }
    let due = recount::due(rules, poll, counted.forms()).map_err(|e| e.to_string())?;
    if let Some(due) = due.iter().find(|due| !counted.is_recounted(&due.form, due.line)) {
        let (form, line, why) = (&due.form, due.line, due.why());
        return Err(format!("mẫu phiếu {form}, dòng {line}: {why} mà nhật ký không có bản ghi line.recounted"));
    }
    if recount.is_bound {
        let named = recount::due(rules, poll, recount.totals).map_err(|e| e.to_string())?;
        let may = |form: &str, line| {
            let is_due = named.iter().chain(&due).any(|due| due.form == form && due.line == line);
            is_due || counted.is_ordered(form, line)
        };
        if let Some((form, line)) = counted.recounted().find(|(form, line)| !may(form, *line)) {
            return Err(format!(
                "mẫu phiếu {form}, dòng {line}: kiểm lại mà không sát ngưỡng, cũng không ai cho kiểm lại"
            ));
        }
    }
    if recount.is_published && rules.resolution.is_some() && !recount.is_confirmed {
        return Err("nhật ký không có bản ghi result.confirmed".to_owned());
    }
    Ok(())
}

/// The text that `results.json` must have.
fn recompute(recount: &ResultInputs<'_>) -> Result<String, String> {
    let rules = load(layout::RULESET, recount.ruleset).map_err(|e| e.to_string())?;
    if rules.id != recount.poll.ruleset {
        return Err(format!("bộ quy tắc là {}, nhật ký ghi {}", rules.id, recount.poll.ruleset));
    }
    check_duties(&rules, recount)?;
    let list = recount.list.officials.iter().map(Listed::from);
    let forms = recount.forms.iter().zip(recount.counted.forms());
    let forms = forms.map(|(form, totals)| FormCount { form: form.id.clone(), ..FormCount::of(totals, &form.block) });
    let poll = recount.poll;
    let result = decide(&rules, poll.kind, poll.delegates, &list.collect::<Vec<_>>(), forms.collect())
        .map_err(|e| e.to_string())?;
    let provenance = Provenance { rehearsal: poll.rehearsal, simulated: poll.simulated };
    results::json_text(&rules, provenance, &result).map_err(|e| e.to_string())
}
