//! MANIFEST: every file of a bundle with its size and hash, signed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::service::error::io_sentence;
use domain::audit::Digest;
use domain::audit::path::is_path;

/// First line of a manifest.
pub const HEADER: &str = "tinnhiem bundle v1";
/// Folders inside each other; a bundle has one level.
const MAX_DEPTH: usize = 8;
/// Files of a bundle; more is no bundle.
pub const MAX_FILES: usize = 10_000;

/// Size and hash of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Bytes.
    pub size: u64,
}

impl Listed {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: Digest::of(bytes), size: u64::try_from(bytes.len()).unwrap_or(u64::MAX) }
    }
}

/// Every file of a bundle but the manifest itself, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest(pub BTreeMap<String, Listed>);

impl Manifest {
    /// Header, then `sha256  size  path` by path.
    pub fn to_text(&self) -> String {
        let lines = self.0.iter().map(|(path, file)| format!("{}  {}  {path}\n", file.sha256, file.size));
        format!("{HEADER}\n{}", lines.collect::<String>())
    }

    /// Strict inverse of [`Self::to_text`]; the error says what is wrong, Vietnamese.
    ///
    /// # Errors
    /// On any other spelling, and on a path that leads out of the bundle.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n'));
        let lines = lines.ok_or_else(|| format!("dòng đầu phải là \"{HEADER}\""))?;
        let mut files = BTreeMap::new();
        for (number, line) in (2_u32..).zip(lines.split_terminator('\n')) {
            let (path, file) = parse_line(line).ok_or_else(|| format!("dòng {number} không đúng mẫu"))?;
            if files.insert(path.to_owned(), file).is_some() {
                return Err(format!("dòng {number} lặp lại tệp {path}"));
            }
        }
        let manifest = Self(files);
        if manifest.to_text() == text { Ok(manifest) } else { Err("các dòng không theo thứ tự".into()) }
    }
}

fn parse_line(line: &str) -> Option<(&str, Listed)> {
    let (sha256, rest) = line.split_once("  ")?;
    let (size, path) = rest.split_once("  ")?;
    is_path(path).then_some(())?;
    Some((path, Listed { sha256: sha256.parse().ok()?, size: size.parse().ok()? }))
}

/// Paths of all files below `dir`, with `/` between their parts, sorted.
///
/// # Errors
/// The path at fault and why: not readable, neither file nor folder (a link), no Unicode name, or too many.
pub fn walk(dir: &Path) -> Result<Vec<String>, (String, String)> {
    let mut found = Vec::new();
    walk_below(dir, "", 0, &mut found)?;
    found.sort();
    Ok(found)
}

/// Whether a file is one that macOS or Windows leaves in a folder that somebody looks at, or packs.
pub fn is_litter(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.starts_with("__MACOSX/")
        || name.starts_with("._")
        || [".DS_Store", "Thumbs.db", "desktop.ini", "ehthumbs.db"].iter().any(|own| name.eq_ignore_ascii_case(own))
}

fn walk_below(dir: &Path, prefix: &str, depth: usize, found: &mut Vec<String>) -> Result<(), (String, String)> {
    let here = || if prefix.is_empty() { dir.display().to_string() } else { prefix.to_owned() };
    let unreadable = |e: io::Error| (here(), io_sentence(&e));
    if depth > MAX_DEPTH {
        return Err((here(), "thư mục lồng nhau quá sâu".into()));
    }
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let path = format!("{prefix}{}", name.to_string_lossy());
        let kind = entry.file_type().map_err(unreadable)?;
        if name.to_str().is_none() {
            return Err((path, "tên tệp không phải Unicode".into()));
        }
        if kind.is_dir() {
            walk_below(&entry.path(), &format!("{path}/"), depth + 1, found)?;
        } else if kind.is_file() {
            found.push(path);
        } else {
            return Err((path, "không phải tệp thường".into()));
        }
        if found.len() > MAX_FILES {
            return Err((here(), format!("có hơn {MAX_FILES} tệp")));
        }
    }
    Ok(())
}

/// Size and hash of a file, read in pieces.
///
/// # Errors
/// When it cannot be read.
pub fn hash_file(path: &Path) -> io::Result<Listed> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 18];
    let mut size = 0;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(Listed { sha256: Digest::from_bytes(hasher.finalize().into()), size });
        }
        hasher.update(piece.get(..read).unwrap_or_default());
        size += u64::try_from(read).unwrap_or(u64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_spelling_of_a_manifest_and_no_way_out_of_the_bundle() {
        let file = Listed { sha256: Digest::of(b"x"), size: 1 };
        let manifest = Manifest(BTreeMap::from([("a.txt".into(), file), ("papers/b c.pdf".into(), file)]));
        let text = manifest.to_text();
        assert_eq!(Manifest::parse(&text), Ok(manifest));
        for (old, new) in [
            ("v1", "v2"),
            ("  1  a", "  01  a"),
            ("  1  a", "  +1  a"),
            ("  1  a", " 1 a"),
            ("a.txt", "z.txt"),
            ("a.txt", "../a.txt"),
            ("a.txt", "/a.txt"),
            ("papers/b c.pdf", "a.txt"),
            ("a.txt\n", "a.txt\n\n"),
            ("b c.pdf\n", "b c.pdf"),
        ] {
            let wrong = text.replacen(old, new, 1);
            assert!(wrong != text && Manifest::parse(&wrong).is_err(), "{wrong}");
        }
    }
}
