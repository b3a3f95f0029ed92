//! Gói kiểm chứng: a folder from which a stranger recomputes the result. [`write()`] makes it, [`verify()`] checks it.
//!
//! Formats of the files: [`domain::audit`].

mod cosigned;
mod manifest;
mod report;
mod stream;
mod verify;
mod witnessed;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use domain::audit::canonical::{self, ReadError};
use domain::audit::checkpoint::CheckpointError;
use domain::audit::note::NoteError;
use domain::audit::path::is_path;
use domain::audit::settle::thin_batches;
use domain::audit::{Checkpoint, Digest, Log, LogEntry, MOMENTS, Moment, PollEvent, SealedCounts, Signer};
use domain::batch::PAPERS_PER_BATCH;
pub use report::{CHECKS, Failure, Passed, Report};
pub use stream::{LogFault, read_log};
pub use verify::{Options, Recompute, ResultInputs, verify};
pub use witnessed::witnessed;

/// Names of the files of a bundle.
pub mod layout {
    /// Signed list of all the others.
    pub const MANIFEST: &str = "MANIFEST";
    /// For people.
    pub const README: &str = "README.txt";
    /// Verifier key, one line.
    pub const KEY: &str = "key.pub";
    /// One entry a line.
    pub const LOG: &str = "log.jsonl";
    /// Signed heads, in the order of [`Moment::ALL`](domain::audit::Moment::ALL).
    pub const CHECKPOINTS: [&str; super::MOMENTS] = [
        "checkpoints/1-forms-sealed.txt",
        "checkpoints/2-voting-opened.txt",
        "checkpoints/3-counting-closed.txt",
        "checkpoints/4-minutes.txt",
        "checkpoints/5-published.txt",
    ];
    /// Between consecutive checkpoints.
    pub const CONSISTENCY: &str = "proofs/consistency.json";
    /// Of the entries that issue papers, in the last checkpoint.
    pub const INCLUSION: &str = "proofs/inclusion.json";
    /// Counts and nonces of the batches, in a sealed bundle.
    pub const OPENINGS: &str = "openings.json";
    /// Exact text of the rule set.
    pub const RULESET: &str = "ruleset.toml";
    /// The result as published.
    pub const RESULTS: &str = "results.json";
    /// Folder of papers.
    pub const PAPERS: &str = "papers/";
    /// Folder of what witnesses said of heads: `cosignatures/3-counting-closed.txt` is of the checkpoint of that name.
    pub const COSIGNATURES: &str = "cosignatures/";
    /// Signed head over the whole log, in a bundle that was written before the publication.
    pub const HEAD: &str = "checkpoints/head.txt";
    /// Files that a bundle has once their moment has come.
    pub const LATER: [&str; 3] = [CHECKPOINTS[3], CHECKPOINTS[4], HEAD];
    /// Files that only some bundles have.
    pub const OPTIONAL: [&str; 1] = [OPENINGS];
    /// Files that every bundle has, besides the manifest.
    pub const REQUIRED: [&str; 10] =
        [README, KEY, LOG, CHECKPOINTS[0], CHECKPOINTS[1], CHECKPOINTS[2], CONSISTENCY, INCLUSION, RULESET, RESULTS];
}

/// What goes into a bundle.
#[derive(Debug)]
pub struct BundleParts<'a> {
    /// Key of the log; its name is the log's origin.
    pub signer: &'a Signer,
    /// The whole log.
    pub log: &'a Log,
    /// Heads taken at the moments that have come, in their order; that of the publication is the log's head. Without one
    /// of the publication, the log's head as it is now is signed too.
    pub heads: &'a [(Moment, Checkpoint)],
    /// Lines of witnesses by the size of the head; those of heads that the bundle has are written.
    pub cosignatures: &'a BTreeMap<u64, Vec<String>>,
    /// One per committed batch; written in the order of form and number. None in a public bundle, which tells nothing of a
    /// batch.
    pub openings: Option<&'a [SealedCounts]>,
    /// Exact text of the rule set whose hash `poll.created` carries.
    pub ruleset: &'a str,
    /// Exact text of results.json whose hash `result.declared` carries.
    pub results: &'a str,
    /// Papers by file name; each has a `paper.issued` entry.
    pub papers: &'a BTreeMap<String, Vec<u8>>,
}

/// Why a bundle cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// There is something in the folder already.
    #[error("thư mục {} không trống; chọn thư mục mới hoặc dọn thư mục này trước", .0.display())]
    NotEmpty(PathBuf),
    /// The disk, or rights.
    #[error("không ghi được {}: {cause}", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A checkpoint is not a head that this log had.
    #[error("điểm chốt {} không khớp với nhật ký", .0.label())]
    Checkpoint(Moment),
    /// Opening it would nearly show its ballots.
    #[error("mẫu phiếu {form}, tập phiếu {batch}: chỉ có {papers} phiếu, mở số liệu sẽ lộ lá phiếu; không ghi gói này")]
    SmallBatch {
        /// Id of the form.
        form: String,
        /// Number of the batch.
        batch: u32,
        /// Papers in the pile.
        papers: u32,
    },
    /// A file name that leads elsewhere.
    #[error("tên văn bản \"{0}\" không dùng được làm tên tệp")]
    PaperName(String),
    /// A head that the key may not sign.
    #[error(transparent)]
    Sign(#[from] CheckpointError),
    /// A text that the key cannot sign.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A value without canonical text, or an entry that cannot be read back.
    #[error(transparent)]
    Text(#[from] ReadError),
}

/// `openings.json`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpeningsFile {
    openings: Vec<SealedCounts>,
    v: u8,
}

/// `proofs/consistency.json`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsistencyFile {
    proofs: Vec<ConsistencyProof>,
    v: u8,
}

/// From one checkpoint to the next.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsistencyProof {
    from: u64,
    hashes: Vec<Digest>,
    to: u64,
}

/// `proofs/inclusion.json`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InclusionFile {
    proofs: Vec<InclusionProof>,
    v: u8,
}

/// Of one entry in the last checkpoint; carries the entry, so that it can be shown without the log.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InclusionProof {
    entry: String,
    hashes: Vec<Digest>,
    seq: u64,
    size: u64,
}

/// How the names of logs begin whose key and nonces follow from a seed.
pub const SEEDED: &str = "tinnhiem/dien-tap/";

/// Version of the bundle's JSON files.
const VERSION: u8 = 1;

/// The files of a bundle by their paths, `MANIFEST` among them. The same parts give the same bytes.
///
/// # Errors
/// When the parts do not belong together, or a batch is too small to be opened.
pub fn files(parts: &BundleParts<'_>) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    refuse_small_batches(parts.openings.unwrap_or_default())?;
    let mut files = BTreeMap::new();
    let mut put = |file: &str, bytes: Vec<u8>| files.insert(file.to_owned(), bytes);
    put(layout::README, readme(parts).into_bytes());
    put(layout::KEY, format!("{}\n", parts.signer.verifier().to_text()).into_bytes());
    put(layout::LOG, log_text(parts.log));
    let heads = all_heads(parts);
    for (file, moment, checkpoint) in &heads {
        if parts.log.tree().root_at(checkpoint.size) != Some(checkpoint.root) {
            return Err(BundleError::Checkpoint(moment.unwrap_or(Moment::Published)));
        }
        put(file, checkpoint.sign(parts.signer)?.into_bytes());
        if let Some((path, lines)) = cosigned::file_of(file, parts.cosignatures.get(&checkpoint.size)) {
            put(&path, lines);
        }
    }
    put(layout::CONSISTENCY, json(&consistency(parts.log, &heads)?)?);
    put(layout::INCLUSION, json(&inclusion(parts)?)?);
    if let Some(openings) = parts.openings {
        let mut openings = openings.to_vec();
        openings.sort_by(|a, b| (&a.form, a.batch).cmp(&(&b.form, b.batch)));
        put(layout::OPENINGS, json(&OpeningsFile { openings, v: VERSION })?);
    }
    put(layout::RULESET, parts.ruleset.as_bytes().to_vec());
    put(layout::RESULTS, parts.results.as_bytes().to_vec());
    for (name, bytes) in parts.papers {
        if !is_paper(name) {
            return Err(BundleError::PaperName(name.clone()));
        }
        put(&format!("{}{name}", layout::PAPERS), bytes.clone());
    }
    list(&mut files, parts.signer)?;
    Ok(files)
}

/// Whether a paper may have this name: a path of one part.
fn is_paper(name: &str) -> bool {
    !name.contains('/') && is_path(name)
}

/// Puts a signed `MANIFEST` of all other files among them.
///
/// # Errors
/// When a path is none that a note can have.
pub fn list(files: &mut BTreeMap<String, Vec<u8>>, signer: &Signer) -> Result<(), NoteError> {
    files.remove(layout::MANIFEST);
    let listed = files.iter().map(|(path, bytes)| (path.clone(), manifest::Listed::of(bytes))).collect();
    let manifest = signer.sign(&manifest::Manifest(listed).to_text())?;
    files.insert(layout::MANIFEST.to_owned(), manifest.into_bytes());
    Ok(())
}

/// Writes a bundle into `dir`, which is made if need be and must be empty. The same parts give the same bytes.
///
/// # Errors
/// When `dir` is not empty or cannot be written, the parts do not belong together, or a batch is too small to be opened.
pub fn write(dir: &Path, parts: &BundleParts<'_>) -> Result<(), BundleError> {
    let io_error = |path: &Path| {
        let path = path.to_owned();
        move |cause| BundleError::Io { path, cause }
    };
    refuse_small_batches(parts.openings.unwrap_or_default())?;
    fs::create_dir_all(dir).map_err(io_error(dir))?;
    if fs::read_dir(dir).map_err(io_error(dir))?.next().is_some() {
        return Err(BundleError::NotEmpty(dir.to_owned()));
    }
    files(parts)?.iter().try_for_each(|(file, bytes)| put(dir, file, bytes))
}

/// A head with its file, and the moment at which it was taken.
type HeadFile = (&'static str, Option<Moment>, Checkpoint);

/// The heads of a bundle in their order: the last one covers the whole log.
fn all_heads(parts: &BundleParts<'_>) -> Vec<HeadFile> {
    let file = |moment: Moment| {
        let files = Moment::ALL.into_iter().zip(layout::CHECKPOINTS);
        files.filter(|(other, _)| *other == moment).map(|(_, file)| file).next().unwrap_or(layout::HEAD)
    };
    let mut heads: Vec<HeadFile> =
        parts.heads.iter().map(|(moment, head)| (file(*moment), Some(*moment), head.clone())).collect();
    if parts.heads.iter().all(|(moment, _)| *moment != Moment::Published) {
        heads.push((layout::HEAD, None, parts.log.head()));
    }
    heads
}

/// Writes `MANIFEST` over all files that are in `dir` now.
///
/// # Errors
/// When a file cannot be read or the manifest cannot be written.
pub fn seal(dir: &Path, signer: &Signer) -> Result<(), BundleError> {
    let walked = manifest::walk(dir);
    let paths = walked.map_err(|(path, why)| BundleError::Io { path: path.into(), cause: io::Error::other(why) })?;
    let mut listed = manifest::Manifest::default();
    for path in paths.into_iter().filter(|path| path != layout::MANIFEST) {
        let file = manifest::hash_file(&dir.join(&path));
        let file = file.map_err(|cause| BundleError::Io { path: dir.join(&path), cause })?;
        listed.0.insert(path, file);
    }
    put(dir, layout::MANIFEST, signer.sign(&listed.to_text())?.as_bytes())
}

/// What every bundle says to people, and what a rehearsal adds: that of the command line draws everything from a seed, that
/// of a council's service does not.
fn readme(parts: &BundleParts<'_>) -> String {
    let log = parts.log;
    let openings = match parts.openings {
        None => include_str!("readme-public.txt"),
        Some(_) => include_str!("readme-sealed.txt"),
    };
    let first = log.entries().iter().next().and_then(|text| LogEntry::parse(text).ok());
    let rehearsal = matches!(first.map(|entry| entry.event), Some(PollEvent::PollCreated(poll)) if poll.rehearsal);
    let more = match (rehearsal, is_seeded(log.origin().as_str())) {
        (true, true) => include_str!("readme-rehearsal.txt"),
        (true, false) => include_str!("readme-practice.txt"),
        (false, _) => "",
    };
    [include_str!("readme.txt"), openings, more].concat()
}

/// Whether a log of this name is that of a rehearsal whose key and nonces follow from a seed that everybody may know.
fn is_seeded(origin: &str) -> bool {
    origin.starts_with(SEEDED)
}

/// Spoiled papers can thin out a pile that was large enough, and then a reader is warned; a pile that was too small from
/// the start is nobody's accident and stays closed.
fn refuse_small_batches(openings: &[SealedCounts]) -> Result<(), BundleError> {
    match thin_batches(openings).find(|thin| thin.counts.papers < *PAPERS_PER_BATCH.start()) {
        None => Ok(()),
        Some(thin) => {
            Err(BundleError::SmallBatch { form: thin.form.clone(), batch: thin.batch, papers: thin.counts.papers })
        }
    }
}

fn put(dir: &Path, file: &str, bytes: &[u8]) -> Result<(), BundleError> {
    let path = dir.join(file);
    let folder = path.parent().unwrap_or(dir);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, bytes))
        .map_err(|cause| BundleError::Io { path: path.clone(), cause })
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, BundleError> {
    Ok(format!("{}\n", canonical::to_text(value)?).into_bytes())
}

fn log_text(log: &Log) -> Vec<u8> {
    let mut text = Vec::new();
    for entry in log.entries() {
        text.extend_from_slice(entry.as_bytes());
        text.push(b'\n');
    }
    text
}

fn consistency(log: &Log, heads: &[HeadFile]) -> Result<ConsistencyFile, BundleError> {
    let mut proofs = Vec::new();
    for ((_, _, old), (_, moment, new)) in heads.iter().zip(heads.iter().skip(1)) {
        let hashes = log.tree().consistency_proof(old.size, new.size);
        let hashes = hashes.ok_or(BundleError::Checkpoint(moment.unwrap_or(Moment::Published)))?;
        proofs.push(ConsistencyProof { from: old.size, hashes, to: new.size });
    }
    Ok(ConsistencyFile { proofs, v: VERSION })
}

fn inclusion(parts: &BundleParts<'_>) -> Result<InclusionFile, BundleError> {
    let size = parts.log.size();
    let mut proofs = Vec::new();
    for (seq, text) in (0..).zip(parts.log.entries()) {
        // Cheap test first: a log may have a million entries and two papers.
        if !text.contains("\"kind\":\"paper.issued\"") {
            continue;
        }
        let issues = LogEntry::parse(text).is_ok_and(|entry| matches!(entry.event, PollEvent::PaperIssued(_)));
        if let Some(hashes) = parts.log.tree().inclusion_proof(seq, size).filter(|_| issues) {
            proofs.push(InclusionProof { entry: text.clone(), hashes, seq, size });
        }
    }
    Ok(InclusionFile { proofs, v: VERSION })
}
