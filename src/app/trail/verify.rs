//! Checks that a bundle agrees with itself, with its results recomputed from its counts and its rule set.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::TempDir;

use crate::polls::results::{self, Provenance};
use crate::service::error::AppError;
use crate::trail::bundle::{self, Failure, Options, Report, ResultInputs, layout};
use domain::audit::entry::EntryReader;
use domain::audit::paper::{Agreement, OnPaper};
use domain::audit::witness::WitnessKey;
use domain::audit::{Checkpoint, Digest, KeyName, Moment, Replay};
use domain::recount;
use domain::result::{FormCount, Listed, decide};
use domain::rules::{RuleSet, builtin_texts, load};
use domain::text::shown;

/// Most bytes that a downloaded bundle unpacks to.
const MOST_BYTES: u64 = 4 << 30;

/// Checks the bundle in `folder`, or in a file that was downloaded; `root` is what a signed paper carries.
///
/// # Errors
/// When `folder` is no bundle or `root` is mistyped: then nothing was checked. The inner error is the first thing that
/// does not hold.
pub fn bundle(folder: &Path, root: Option<&str>) -> Result<Result<Report, Failure>, AppError> {
    bundle_with(folder, root, &[])
}

/// The same, and what each of these witnesses (key texts) said of the bundle's heads: every one of them cosigned at least one.
///
/// # Errors
/// As [`bundle()`], and when one is no key of a witness.
pub fn bundle_with(
    folder: &Path,
    root: Option<&str>,
    witnesses: &[String],
) -> Result<Result<Report, Failure>, AppError> {
    let witnesses = witnesses.iter().map(|key| {
        let wrong = |e| AppError::Input(format!("--witness: {e}; hãy chép lại dòng khóa mà nơi đồng chứng đưa."));
        WitnessKey::parse(key).map_err(wrong)
    });
    let witnesses = witnesses.collect::<Result<Vec<_>, _>>()?;
    // One file is the folder as it was downloaded.
    let (given, unpacked) = (folder, if folder.is_file() { Some(unpacked(folder)?) } else { None });
    let folder = unpacked.as_ref().map_or(folder, TempDir::path);
    require_bundle(given, folder)?;
    let expected_root = root.map(Digest::from_paper).transpose();
    let expected_root = expected_root
        .map_err(|e| AppError::Input(format!("--root: {e}; hãy gõ lại theo bản giấy, đặt trong dấu nháy kép.")))?;
    let held = bundle::verify(folder, &Options { expected_root, recompute: Some(&recompute) });
    let held = held.and_then(|report| bundle::witnessed(folder, &witnesses, report));
    Ok(held.map(|mut report| {
        report.notes.extend(foreign_rules(&report.ruleset));
        report
    }))
}

/// Checks the bundle as [`bundle()`] does, and whether it is the one on a paper: `typed` is what [`OnPaper`] reads. Either way one
/// paragraph, Vietnamese.
///
/// # Errors
/// When it is no bundle, or what was typed says nothing.
pub fn paper(folder: &Path, typed: &str) -> Result<Result<String, String>, AppError> {
    let paper = OnPaper::parse(typed).map_err(|slip| AppError::Input(slip.to_string()))?;
    let report = match bundle(folder, None)? {
        Ok(report) => report,
        Err(failure) => return Ok(Err(failure.to_string())),
    };
    let origin = KeyName::new(report.origin.clone()).map_err(|e| AppError::internal("so bản giấy", e))?;
    let mut told = Vec::new();
    for (moment, size, root) in &report.heads {
        let head = Checkpoint { origin: origin.clone(), size: *size, root: *root };
        let label = moment.map_or("cả nhật ký khi ghi gói", Moment::label);
        match paper.agreement(&head) {
            Agreement::Same(groups) => {
                let groups = groups.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
                told.push(format!("điểm chốt {label}, {size} bản ghi, đúng ở nhóm thứ {groups}"));
            }
            Agreement::OtherRoot => {
                return Ok(Err(format!(
                    "KHÔNG KHỚP: mã QR nói về nhật ký này khi có {size} bản ghi (điểm chốt {label}), nhưng với mã gốc khác; một \
                     trong hai không phải bản thật. Hãy giữ bản giấy và báo cơ quan đã ký nó."
                )));
            }
            Agreement::Other => {}
        }
    }
    if told.is_empty() {
        return Ok(Err(
            "KHÔNG KHỚP: không điểm chốt nào trong gói mang những nhóm này. Hãy gõ lại theo bản giấy; nếu vẫn không \
                       khớp thì gói này không phải gói của bản giấy đó."
                .to_owned(),
        ));
    }
    let checks = report.passed.len();
    Ok(Ok(format!(
        "KHỚP: bản giấy mang {} của nhật ký {}; gói đạt cả {checks} phép kiểm của nó.",
        told.join("; và "),
        shown(&report.origin)
    )))
}

/// A bundle that was downloaded as one file, in a folder of its own that goes away.
fn unpacked(file: &Path) -> Result<TempDir, AppError> {
    let bytes = fs::read(file).map_err(|e| AppError::file(file, e))?;
    let folder = tempfile::tempdir().map_err(|e| AppError::internal("giải nén gói kiểm chứng", e))?;
    let create = &mut |path: &str| -> io::Result<Box<dyn Write>> {
        let to = folder.path().join(path);
        fs::create_dir_all(to.parent().unwrap_or(folder.path()))?;
        Ok(Box::new(fs::File::create_new(to)?))
    };
    let refused = |e| {
        if let import::ZipFault::Io(cause) = &e {
            tracing::warn!(%cause, "a bundle is not unpacked");
        }
        let file = file.display();
        AppError::Input(format!("{file}: {e}. Hãy lấy lại đúng tệp .zip từ nơi phát hành, không nén lại."))
    };
    import::unpack_bundle(&bytes, MOST_BYTES, create).map_err(refused)?;
    Ok(folder)
}

/// A folder without any of the three files that everything else depends on is not a damaged bundle, but no bundle. `given` is it,
/// or the file that was unpacked into it.
fn require_bundle(given: &Path, folder: &Path) -> Result<(), AppError> {
    let looks = |folder: &Path| [layout::MANIFEST, layout::KEY, layout::LOG].iter().any(|f| folder.join(f).exists());
    fs::read_dir(folder).map_err(|e| AppError::file(folder, e))?;
    if looks(folder) {
        return Ok(());
    }
    let inside = given.join("bundle");
    let remedy = match (given == folder, looks(&inside)) {
        (true, true) => format!("hãy chỉ {}", inside.display()),
        (true, false) => "hãy chỉ đúng thư mục của gói".to_owned(),
        (false, _) => "hãy chỉ đúng tệp .zip của gói".to_owned(),
    };
    Err(AppError::Input(format!("{}: không phải gói kiểm chứng, không có MANIFEST; {remedy}.", given.display())))
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

/// Commitments hide exactly the reasons of the rule set: one more could hide a figure that no total names.
fn check_reasons(rules: &RuleSet, recount: &ResultInputs<'_>) -> Result<(), String> {
    let mut own = rules.reason_ids();
    own.sort_unstable();
    own.dedup();
    if recount.reasons.iter().all(|told| *told == own) {
        Ok(())
    } else {
        Err("cam kết trong nhật ký không có đúng các lý do không hợp lệ của bộ quy tắc".to_owned())
    }
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

/// The text that `results.json` must have after these entries, by the rule set of this text; `None` where none follows.
pub(super) fn result_of(entries: &[String], ruleset: &str) -> Option<String> {
    let mut replay = Replay::new(Vec::new());
    let mut reader = EntryReader::default();
    for entry in entries {
        replay.accept(reader.read(entry).ok()?).ok()?;
    }
    let record = replay.finish().ok()?;
    recompute(&ResultInputs::of(&record, ruleset)).ok()
}

/// The text that `results.json` must have.
fn recompute(recount: &ResultInputs<'_>) -> Result<String, String> {
    let rules = load(layout::RULESET, recount.ruleset).map_err(|e| e.to_string())?;
    if rules.id != recount.poll.ruleset {
        return Err(format!("bộ quy tắc là {}, nhật ký ghi {}", rules.id, recount.poll.ruleset));
    }
    check_reasons(&rules, recount)?;
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
