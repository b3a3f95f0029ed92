//! Checks a bundle from nothing but its own files and, if given, the root that is printed on paper.
//!
//! First that every byte is the one that was signed, so that damage is named by its file; then that what was signed
//! holds together. Anything malformed is a [`Failure`].

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cosigned;
use super::manifest::{self, Listed, Manifest};
use super::report::{Failure, Passed, Report};
use super::stream::read_log;
use super::{ConsistencyFile, InclusionFile, OpeningsFile, VERSION, is_paper, is_seeded, layout};
use crate::service::error::io_sentence;
use crate::trail::sums::check_sums;
use domain::audit::course::FormCourse;
use domain::audit::event::poll::{FormTotals, ListDecided, PollCreated, SealedForm};
use domain::audit::merkle::{leaf_hash, verify_consistency, verify_inclusion};
use domain::audit::pedersen::sums::SumsCheck;
use domain::audit::settle::{settle, settle_closed, thin_batches};
use domain::audit::{Checkpoint, Digest, Moment, Record, Replay, SealedCounts, VerifierKey, canonical};
use domain::poll_state::ClosedCount;

/// Largest file of a bundle but for the log and the papers, which are read in pieces; every verifier has this limit.
const MAX_TEXT_BYTES: u64 = 64 << 20;

/// Groups of a root that somebody may mistype and still mean it.
const MAX_SLIPS: usize = 4;

/// What the result is recomputed from: all of it checked before.
#[derive(Debug)]
pub struct ResultInputs<'a> {
    /// Exact text of the rule set.
    pub ruleset: &'a str,
    /// The poll.
    pub poll: &'a PollCreated,
    /// The officials who were voted on, in ballot order.
    pub list: &'a ListDecided,
    /// Forms in their order; a form's lines are the officials of its block, in the order of the list.
    pub forms: Vec<&'a SealedForm>,
    /// Totals of the close, in the order of the forms, with the lines that were counted again.
    pub counted: &'a ClosedCount,
    /// The totals alone.
    pub totals: &'a [FormTotals],
    /// Members of the board are known by their accounts: no line is counted again that is neither due nor ordered.
    pub is_bound: bool,
    /// Whether the council confirmed the result by a resolution.
    pub is_confirmed: bool,
    /// Whether the result is public. Before that a resolution may still come.
    pub is_published: bool,
    /// The reasons of each batch's commitments and of each form's blindings, sorted.
    pub reasons: Vec<Vec<&'a str>>,
    /// The quorum that the log told when the vote was opened; logs of older programs tell none.
    pub quorum: Option<u32>,
}

impl<'a> ResultInputs<'a> {
    /// What a finished log says, with the text of its rule set.
    pub fn of(record: &'a Record, ruleset: &'a str) -> Self {
        Self {
            ruleset,
            poll: &record.poll,
            list: &record.list,
            forms: record.forms.iter().map(|course| &course.form).collect(),
            counted: &record.counted,
            totals: &record.totals,
            is_bound: record.is_bound,
            is_confirmed: record.is_confirmed,
            is_published: record.came_at(Moment::Published).is_some(),
            reasons: reasons(record),
            quorum: record.quorum,
        }
    }
}

fn reasons(record: &Record) -> Vec<Vec<&str>> {
    let committed = record.forms.iter().flat_map(FormCourse::commitments).map(|told| told.reasons().collect());
    let closed = record.totals.iter().filter_map(|total| total.blindings.as_ref());
    committed.chain(closed.map(|told| told.invalid.keys().map(String::as_str).collect())).collect()
}

/// Makes the text of results.json out of the counts, or says in Vietnamese why it cannot.
pub type Recompute<'a> = dyn Fn(&ResultInputs<'_>) -> Result<String, String> + 'a;

/// What a verifier knows besides the bundle.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Root printed on paper, at any of the moments; [`Digest::from_paper`] reads it.
    pub expected_root: Option<Digest>,
    /// Without it the published result is held to its hash only.
    pub recompute: Option<&'a Recompute<'a>>,
}

/// Checks everything in the bundle `dir`.
///
/// # Errors
/// The first thing that does not hold.
pub fn verify(dir: &Path, options: &Options<'_>) -> Result<Report, Failure> {
    let mut passed = Passes(Vec::new());
    let key = check_key(dir, &mut passed)?;
    let manifest = check_manifest(dir, &key, &mut passed)?;
    check_files(dir, &manifest, &mut passed)?;
    let bundle = Bundle { dir, manifest };
    bundle.check_same_key(&key)?;
    let heads = open_heads(&bundle, &key)?;
    let record = check_log(&bundle, &heads, &mut passed)?;
    check_proofs(&bundle, &heads, &record, &mut passed)?;
    let origin = key.name().as_str();
    check_commitments(origin, &record, &mut passed)?;
    let (is_sealed, mut notes) = check_openings(&bundle, origin, &record, &mut passed)?;
    let ruleset = check_ruleset(&bundle, &record, &mut passed)?;
    notes.extend(check_papers(&bundle, &record, &mut passed)?);
    let cosignatures = read_cosignatures(&bundle, &heads)?;
    if !cosignatures.is_empty() {
        passed.note("witness", format!("{} chữ ký đồng chứng kèm theo, đúng mẫu", cosignatures.len()));
        notes.push(cosigned::UNCHECKED.to_owned());
    }
    let on_paper = options.expected_root.map(|root| check_expected_root(root, &heads, &mut passed)).transpose()?;
    let is_published = record.came_at(Moment::Published).is_some();
    if !is_published {
        notes.push(UNPUBLISHED.to_owned());
    }
    let recount = ResultInputs::of(&record, &ruleset);
    check_results(&bundle, &record, &recount, options, &mut passed)?;
    Ok(Report {
        passed: passed.0,
        roots: heads.iter().map(|head| (head.moment, head.checkpoint.root)).collect(),
        origin: key.name().as_str().to_owned(),
        heads: heads.iter().map(|head| (head.moment, head.checkpoint.size, head.checkpoint.root)).collect(),
        on_paper,
        key_fingerprint: key.fingerprint(),
        ruleset: (record.poll.ruleset.clone(), record.poll.ruleset_sha256),
        notes,
        is_sealed,
        rehearsal: record.poll.rehearsal,
        is_seeded: is_seeded(key.name().as_str()),
    })
}

/// What witnesses said of the heads of the bundle `dir`, which is read anew.
///
/// # Errors
/// What of key, manifest, heads and lines does not hold.
pub(super) fn cosignatures_of(dir: &Path) -> Result<Vec<cosigned::Beside>, Failure> {
    let mut passed = Passes(Vec::new());
    let key = check_key(dir, &mut passed)?;
    let bundle = Bundle { dir, manifest: check_manifest(dir, &key, &mut passed)? };
    let heads = open_heads(&bundle, &key)?;
    read_cosignatures(&bundle, &heads)
}

fn read_cosignatures(bundle: &Bundle<'_>, heads: &[Head]) -> Result<Vec<cosigned::Beside>, Failure> {
    let heads: Vec<_> = heads.iter().map(|head| (head.file, head.moment, &head.checkpoint)).collect();
    cosigned::read(bundle.manifest.0.keys(), &heads, &|file| bundle.text(cosigned::CHECK, file))
}

/// A signed head of the bundle.
struct Head {
    file: &'static str,
    /// `None` for the head over a log that goes on.
    moment: Option<Moment>,
    checkpoint: Checkpoint,
}

/// Of a file that was another one when it was read before.
pub(super) const CHANGED: &str = "tệp bị thay đổi trong khi kiểm tra";

/// Of a bundle that was written between the result and its publication.
const UNPUBLISHED: &str =
    "gói ghi khi kết quả chưa công bố: nhật ký còn ghi tiếp, gói sau có thêm bản ghi và điểm chốt.";

struct Passes(Vec<Passed>);

impl Passes {
    fn note(&mut self, check: &'static str, what: String) {
        self.0.push(Passed { check, what });
    }
}

/// A bundle whose files are those that were signed.
struct Bundle<'a> {
    dir: &'a Path,
    manifest: Manifest,
}

impl Bundle<'_> {
    /// A text file, read whole and held to the manifest once more: what is used is what was signed.
    fn text(&self, check: &'static str, file: &str) -> Result<String, Failure> {
        let text = read_text(check, self.dir, file)?;
        let listed = self.manifest.0.get(file).map(|listed| listed.sha256);
        if listed == Some(Digest::of(text.as_bytes())) { Ok(text) } else { Err(Failure::damaged(check, file, CHANGED)) }
    }

    /// The key was read before the manifest that it is held to.
    fn check_same_key(&self, key: &VerifierKey) -> Result<(), Failure> {
        if self.sha256(layout::KEY) == Some(Digest::of(format!("{}\n", key.to_text()).as_bytes())) {
            Ok(())
        } else {
            Err(Failure::damaged("files", layout::KEY, CHANGED))
        }
    }

    /// A canonical JSON file: one line.
    fn json<T: Serialize + DeserializeOwned>(&self, check: &'static str, file: &str) -> Result<T, Failure> {
        let text = self.text(check, file)?;
        let line = text.strip_suffix('\n').ok_or_else(|| Failure::disputed(check, file, "thiếu dấu xuống dòng"))?;
        canonical::from_text(line).map_err(|e| Failure::disputed(check, file, e.to_string()))
    }

    fn sha256(&self, file: &str) -> Option<Digest> {
        self.manifest.0.get(file).map(|listed| listed.sha256)
    }
}

fn read_text(check: &'static str, dir: &Path, file: &str) -> Result<String, Failure> {
    let path = dir.join(file);
    let unreadable = |e: std::io::Error| Failure::damaged(check, file, io_sentence(&e));
    let about = fs::symlink_metadata(&path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(Failure::damaged(check, file, "không phải tệp thường"));
    }
    if about.len() > MAX_TEXT_BYTES {
        return Err(too_large(check, file, about.len()));
    }
    let bytes = fs::read(&path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| Failure::damaged(check, file, "không phải văn bản UTF-8"))
}

fn too_large(check: &'static str, file: &str, size: u64) -> Failure {
    Failure::damaged(check, file, format!("tệp dài {size} byte, quá lớn"))
}

fn check_key(dir: &Path, passed: &mut Passes) -> Result<VerifierKey, Failure> {
    let wrong = |what: String| Failure::damaged("key", layout::KEY, what);
    let text = read_text("key", dir, layout::KEY)?;
    let line = text.strip_suffix('\n').ok_or_else(|| wrong("thiếu dấu xuống dòng".into()))?;
    let key = VerifierKey::parse(line).map_err(|e| wrong(e.to_string()))?;
    passed.note("key", format!("khóa công khai của {}", key.name().as_str()));
    Ok(key)
}

fn check_manifest(dir: &Path, key: &VerifierKey, passed: &mut Passes) -> Result<Manifest, Failure> {
    let wrong = |what: String| Failure::damaged("manifest", layout::MANIFEST, what);
    let note = read_text("manifest", dir, layout::MANIFEST)?;
    let text = key.open(&note).map_err(|e| wrong(e.to_string()))?;
    let manifest = Manifest::parse(text).map_err(wrong)?;
    for file in layout::REQUIRED {
        if !manifest.0.contains_key(file) {
            return Err(Failure::disputed("manifest", layout::MANIFEST, format!("danh sách thiếu tệp {file}")));
        }
    }
    passed.note("manifest", format!("danh sách {} tệp, chữ ký đúng", manifest.0.len()));
    Ok(manifest)
}

fn check_files(dir: &Path, manifest: &Manifest, passed: &mut Passes) -> Result<(), Failure> {
    let present = manifest::walk(dir).map_err(|(path, what)| Failure::damaged("files", &path, what))?;
    let strangers = present.iter().filter(|path| *path != layout::MANIFEST && !manifest.0.contains_key(*path));
    let (litter, strangers): (Vec<&String>, Vec<&String>) = strangers.partition(|path| manifest::is_litter(path));
    if let Some(path) = strangers.first() {
        return Err(Failure::damaged("files", path, "tệp không có trong danh sách đã ký"));
    }
    let mut bytes: u64 = 0;
    for (path, listed) in &manifest.0 {
        if present.binary_search(path).is_err() {
            return Err(Failure::damaged("files", path, "thiếu tệp"));
        }
        check_file(dir, path, *listed)?;
        bytes = bytes.saturating_add(listed.size);
    }
    // Whatever was changed is named before what a system left behind.
    if let Some(path) = litter.first() {
        return Err(Failure::littered(path));
    }
    passed.note("files", format!("{} tệp, {bytes} byte, đúng cỡ và mã băm, không thừa không thiếu", manifest.0.len()));
    Ok(())
}

fn check_file(dir: &Path, path: &str, listed: Listed) -> Result<(), Failure> {
    let unreadable = |e: std::io::Error| Failure::damaged("files", path, io_sentence(&e));
    let size = fs::metadata(dir.join(path)).map_err(unreadable)?.len();
    let is_limited = path != layout::LOG && !path.starts_with(layout::PAPERS);
    if is_limited && size > MAX_TEXT_BYTES {
        return Err(too_large("files", path, size));
    }
    if size != listed.size {
        return Err(Failure::damaged("files", path, format!("tệp dài {size} byte, đúng ra là {} byte", listed.size)));
    }
    let found = manifest::hash_file(&dir.join(path)).map_err(unreadable)?;
    if found == listed {
        Ok(())
    } else {
        Err(Failure::damaged("files", path, "nội dung tệp đã bị thay đổi"))
    }
}

/// The heads that the manifest lists, in their order; the last one is to cover the whole log.
fn open_heads(bundle: &Bundle<'_>, key: &VerifierKey) -> Result<Vec<Head>, Failure> {
    let files = Moment::ALL.into_iter().map(Some).zip(layout::CHECKPOINTS).chain([(None, layout::HEAD)]);
    let mut heads = Vec::new();
    for (moment, file) in files.filter(|(_, file)| bundle.manifest.0.contains_key(*file)) {
        let note = bundle.text("checkpoints", file)?;
        let opened = Checkpoint::open(&note, key);
        let checkpoint = opened.map_err(|e| Failure::disputed("checkpoints", file, e.to_string()))?;
        heads.push(Head { file, moment, checkpoint });
    }
    Ok(heads)
}

fn check_log(bundle: &Bundle<'_>, heads: &[Head], passed: &mut Passes) -> Result<Record, Failure> {
    let wrong = |what: String| Failure::disputed("log", layout::LOG, what);
    let mut replay = Replay::new(heads.iter().map(|head| head.checkpoint.size).collect());
    let mut file = File::open(bundle.dir.join(layout::LOG)).map_err(|e| wrong(io_sentence(&e)))?;
    read_log(&mut file, &mut |entry| replay.accept(entry).map_err(|e| e.to_string()))
        .map_err(|fault| wrong(fault.to_string()))?;
    let (size, roots) = (replay.size(), replay.roots().to_vec());
    let record = replay.finish().map_err(|e| wrong(e.to_string()))?;
    check_moments(heads, &record)?;
    for (Head { file, checkpoint, .. }, root) in heads.iter().zip(roots) {
        if root != Some(checkpoint.root) {
            let what = format!("mã gốc không phải của nhật ký này ở {} bản ghi", checkpoint.size);
            return Err(Failure::disputed("checkpoints", file, what));
        }
    }
    let sizes: Vec<(Moment, u64)> =
        heads.iter().filter_map(|head| Some((head.moment?, head.checkpoint.size))).collect();
    let file_of = |wanted| heads.iter().find(|head| head.moment == wanted).map_or(layout::HEAD, |head| head.file);
    if let Some(moment) = record.misplaced(&sizes, size) {
        let what = format!("điểm chốt {} không đứng đúng chỗ trong nhật ký", moment.label());
        return Err(Failure::disputed("checkpoints", file_of(Some(moment)), what));
    }
    if heads.last().is_none_or(|head| head.checkpoint.size != size) {
        let what = "điểm chốt cuối không phủ hết nhật ký";
        return Err(Failure::disputed("checkpoints", heads.last().map_or(layout::HEAD, |head| head.file), what));
    }
    let at = heads.iter().map(|head| head.checkpoint.size.to_string()).collect::<Vec<_>>().join(", ");
    let count = heads.len();
    passed.note("log", format!("{size} bản ghi liên tục, đúng mẫu, đúng thứ tự thời gian và diễn biến"));
    passed.note("checkpoints", format!("{count} điểm chốt ở {at} bản ghi, chữ ký và mã gốc đúng"));
    Ok(record)
}

/// Every moment that came has its head, and none that did not come; a head over a log that goes on is there exactly until
/// the result is public.
fn check_moments(heads: &[Head], record: &Record) -> Result<(), Failure> {
    let has = |wanted: Option<Moment>| heads.iter().any(|head| head.moment == wanted);
    let lacks = |file: &str| Failure::disputed("manifest", layout::MANIFEST, format!("danh sách thiếu tệp {file}"));
    for (moment, file) in Moment::ALL.into_iter().zip(layout::CHECKPOINTS) {
        match (record.came_at(moment).is_some(), has(Some(moment))) {
            (true, false) => return Err(lacks(file)),
            (false, true) => {
                let what = format!("nhật ký chưa đến lúc {} mà gói có {file}", moment.label());
                return Err(Failure::disputed("log", layout::LOG, what));
            }
            (true, true) | (false, false) => {}
        }
    }
    match (has(Some(Moment::Published)), has(None)) {
        (false, false) => Err(lacks(layout::HEAD)),
        (true, true) => Err(Failure::disputed("checkpoints", layout::HEAD, "gói đã công bố không có tệp này")),
        (true, false) | (false, true) => Ok(()),
    }
}

fn check_proofs(bundle: &Bundle<'_>, heads: &[Head], record: &Record, passed: &mut Passes) -> Result<(), Failure> {
    let file: ConsistencyFile = bundle.json("proofs", layout::CONSISTENCY)?;
    let wrong = |what: &str| Failure::disputed("proofs", layout::CONSISTENCY, what);
    let all = || heads.iter().map(|head| &head.checkpoint);
    let pairs: Vec<_> = all().zip(all().skip(1)).collect();
    if file.v != VERSION || file.proofs.len() != pairs.len() {
        return Err(wrong("phải có đúng một chứng minh giữa mỗi hai điểm chốt liền nhau"));
    }
    for (proof, (old, new)) in file.proofs.iter().zip(&pairs) {
        let about = (proof.from, proof.to) == (old.size, new.size);
        if !about || !verify_consistency(old.size, old.root, new.size, new.root, &proof.hashes) {
            return Err(wrong("chứng minh nhật ký chỉ ghi thêm không đúng"));
        }
    }
    let file: InclusionFile = bundle.json("proofs", layout::INCLUSION)?;
    let wrong = |what: &str| Failure::disputed("proofs", layout::INCLUSION, what);
    if file.v != VERSION || file.proofs.len() != record.papers.len() {
        return Err(wrong("phải có đúng một chứng minh cho mỗi văn bản trong nhật ký"));
    }
    let last = all().next_back().ok_or_else(|| wrong("gói không có điểm chốt nào"))?;
    for (proof, issued) in file.proofs.iter().zip(&record.papers) {
        let about = (proof.seq, proof.size) == (issued.seq, last.size);
        let same = leaf_hash(proof.entry.as_bytes()) == issued.leaf;
        if !about || !same || !verify_inclusion(issued.leaf, proof.seq, last.size, &proof.hashes, last.root) {
            return Err(wrong("chứng minh văn bản có trong nhật ký không đúng"));
        }
    }
    let papers = record.papers.len();
    passed.note(
        "proofs",
        format!("{} chứng minh chỉ ghi thêm, {papers} chứng minh văn bản có trong nhật ký", pairs.len()),
    );
    Ok(())
}

/// Every commitment is one, every line adds up to its papers, and the sums are the totals of the close.
fn check_commitments(origin: &str, record: &Record, passed: &mut Passes) -> Result<(), Failure> {
    let wrong = |what: String| Failure::disputed("commitments", layout::LOG, what);
    let check = SumsCheck::of(origin, &record.forms, &record.totals);
    check_sums(&check).map_err(|fault| wrong(fault.to_string()))?;
    let added = record.totals.iter().filter(|total| total.blindings.is_some()).count();
    let (batches, forms) = (check.batches(), record.forms.len());
    passed.note(
        "commitments",
        format!(
            "cam kết của {batches} tập phiếu đúng từng dòng; cộng lại đúng tổng số công bố của {added} trong {forms} mẫu phiếu"
        ),
    );
    Ok(())
}

/// Whether the batches are open, what that gives away, and which of them were counted anew.
fn check_openings(
    bundle: &Bundle<'_>,
    origin: &str,
    record: &Record,
    passed: &mut Passes,
) -> Result<(bool, Vec<String>), Failure> {
    let is_sealed = bundle.manifest.0.contains_key(layout::OPENINGS);
    let file: OpeningsFile = if is_sealed {
        bundle.json("openings", layout::OPENINGS)?
    } else {
        OpeningsFile { openings: Vec::new(), v: VERSION }
    };
    if file.v != VERSION {
        return Err(Failure::disputed("openings", layout::OPENINGS, "phiên bản tệp không đúng"));
    }
    let settled = if is_sealed { settle(record, origin, &file.openings) } else { settle_closed(record) };
    let totals = settled.map_err(|e| {
        let at_fault = if e.in_log() { layout::LOG } else { layout::OPENINGS };
        Failure::disputed("openings", at_fault, e.to_string())
    })?;
    let papers: u64 = totals.iter().map(|total| u64::from(total.returned)).sum();
    let (batches, forms) = (file.openings.len(), totals.len());
    let about = if is_sealed {
        format!("{batches} tập phiếu của {forms} mẫu phiếu khớp cam kết")
    } else {
        format!("gói công khai: không mở tập phiếu nào của {forms} mẫu phiếu")
    };
    let told = format!("{about}; tổng {papers} phiếu thu về; từng dòng: các mức + không tính = thu về");
    passed.note("openings", told);
    let thin = thin_batches(&file.openings).map(|SealedCounts { form, batch, counts, .. }| {
        let valid = counts.valid();
        format!("mẫu phiếu {form}, tập phiếu {batch}: chỉ {valid} phiếu hợp lệ, số liệu mở gần như lộ lá phiếu.")
    });
    let reopened = record.forms.iter().flat_map(|course| {
        let form = &course.form.id;
        course.reopened.iter().map(move |(batch, _)| {
            format!(
                "mẫu phiếu {form}, tập phiếu {batch}: đã được đếm lại từ đầu; cam kết cũ còn trong nhật ký, không mở."
            )
        })
    });
    Ok((is_sealed, thin.chain(reopened).collect()))
}

fn check_ruleset(bundle: &Bundle<'_>, record: &Record, passed: &mut Passes) -> Result<String, Failure> {
    let text = bundle.text("ruleset", layout::RULESET)?;
    if Digest::of(text.as_bytes()) != record.poll.ruleset_sha256 {
        let what = "không phải bộ quy tắc ghi trong bản ghi poll.created";
        return Err(Failure::disputed("ruleset", layout::RULESET, what));
    }
    passed.note("ruleset", format!("bộ quy tắc {} đúng mã băm trong nhật ký", record.poll.ruleset));
    Ok(text)
}

/// Which papers the log names and the bundle lacks.
fn check_papers(bundle: &Bundle<'_>, record: &Record, passed: &mut Passes) -> Result<Vec<String>, Failure> {
    // A later entry of the same name corrects the paper before.
    let issued: BTreeMap<&str, Digest> =
        record.papers.iter().map(|issued| (issued.paper.name.as_str(), issued.paper.sha256)).collect();
    if let Some(name) = issued.keys().find(|name| !is_paper(name)) {
        return Err(Failure::disputed("papers", layout::LOG, format!("văn bản «{name}» có tên không dùng được")));
    }
    let mut enclosed = 0_u32;
    for (path, listed) in &bundle.manifest.0 {
        if let Some(name) = path.strip_prefix(layout::PAPERS) {
            if issued.get(name) != Some(&listed.sha256) {
                let what = "nhật ký không có bản ghi phát hành văn bản này với mã băm này";
                return Err(Failure::disputed("papers", path, what));
            }
            enclosed += 1;
        } else if path.starts_with(layout::COSIGNATURES) {
            // Read below, each beside its head.
        } else if !layout::REQUIRED.iter().chain(&layout::LATER).chain(&layout::OPTIONAL).any(|known| known == path) {
            return Err(Failure::disputed("papers", path, "tệp lạ, không thuộc thành phần của gói"));
        }
    }
    let all = issued.len();
    passed.note("papers", format!("{enclosed} văn bản kèm theo đúng mã băm; nhật ký ghi {all} văn bản"));
    let lacks = |name: &&&str| !bundle.manifest.0.contains_key(&format!("{}{name}", layout::PAPERS));
    Ok(issued.keys().filter(lacks).map(|name| format!("nhật ký ghi đã phát hành {name}, gói không có.")).collect())
}

fn check_expected_root(expected: Digest, heads: &[Head], passed: &mut Passes) -> Result<Moment, Failure> {
    let heads = || heads.iter().filter_map(|head| Some((&head.checkpoint, head.moment?)));
    if let Some((_, moment)) = heads().find(|(checkpoint, _)| checkpoint.root == expected) {
        passed.note("expected-root", format!("mã gốc trên bản giấy đúng là điểm chốt {}", moment.label()));
        return Ok(moment);
    }
    // Nobody can make a root that agrees with another in most groups: this is a slip in copying.
    let slips = heads().map(|(checkpoint, moment)| (checkpoint.root.differing_groups(&expected), moment));
    Err(Failure::unmatched(match slips.min_by_key(|(groups, _)| groups.len()) {
        Some((groups, moment)) if groups.len() <= MAX_SLIPS => {
            let groups = groups.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
            format!("mã gốc gõ vào chỉ khác điểm chốt {} ở nhóm thứ {groups}", moment.label())
        }
        _ => "mã gốc trên bản giấy không phải của điểm chốt nào trong gói".into(),
    }))
}

fn check_results(
    bundle: &Bundle<'_>,
    record: &Record,
    recount: &ResultInputs<'_>,
    options: &Options<'_>,
    passed: &mut Passes,
) -> Result<(), Failure> {
    let wrong = |what: String| Failure::disputed("results", layout::RESULTS, what);
    if bundle.sha256(layout::RESULTS) != Some(record.results_sha256) {
        return Err(wrong("không phải kết quả ghi trong bản ghi result.declared".into()));
    }
    let Some(recompute) = options.recompute else {
        passed.note("results", "results.json đúng mã băm trong nhật ký (chưa tính lại)".into());
        return Ok(());
    };
    let text = bundle.text("results", layout::RESULTS)?;
    if recompute(recount).map_err(|e| wrong(format!("không tính lại được: {e}")))? != text {
        return Err(wrong("kết quả tính lại từ số liệu các tập phiếu khác với kết quả công bố".into()));
    }
    let officials = record.list.officials.len();
    passed.note("results", format!("results.json đúng mã băm và đúng khi tính lại cho {officials} người"));
    Ok(())
}
