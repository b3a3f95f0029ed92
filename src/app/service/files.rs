//! Files in and out. A folder of results appears whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::demo_folder;
use crate::service::error::AppError;

/// What a rehearsal writes. A folder that holds nothing else was made by an earlier run and may be replaced.
const OWN_NAMES: [&str; 13] = [
    "ballots",
    "bundle",
    "bundle-sealed",
    demo_folder::DATA,
    "deadlines.pdf",
    "dossiers",
    "list.pdf",
    "minutes.pdf",
    "resolution.pdf",
    "results.csv",
    "results.json",
    "results.xlsx",
    "sample.xlsx",
];

/// Largest input that is read.
const MAX_INPUT_BYTES: u64 = 50 * 1024 * 1024;

/// All bytes of the file `path`.
///
/// # Errors
/// When it can't be read or is over 50 MB.
pub fn read(path: &Path) -> Result<Vec<u8>, AppError> {
    let size = fs::metadata(path).map_err(|e| AppError::file(path, e))?.len();
    if size > MAX_INPUT_BYTES {
        return Err(AppError::Input(format!(
            "{}: tệp lớn hơn 50 MB; hãy bỏ ảnh và trang tính thừa rồi thử lại.",
            path.display()
        )));
    }
    fs::read(path).map_err(|e| AppError::file(path, e))
}

/// Files directly in `folder` whose name ends in `.extension`, whatever its case, in the order of their names.
///
/// # Errors
/// When the folder can't be read.
pub fn with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, AppError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| AppError::file(folder, e))? {
        let path = entry.map_err(|e| AppError::file(folder, e))?.path();
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension)) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Refuses to write over a file that somebody may need.
///
/// # Errors
/// When there is something of this name.
pub fn require_free(path: &Path) -> Result<(), AppError> {
    if path.symlink_metadata().is_ok() {
        return Err(AppError::Input(format!("{}: tệp đã có, không ghi đè; hãy chọn tên khác.", path.display())));
    }
    Ok(())
}

/// Refuses to write among files of somebody else.
///
/// # Errors
/// When `folder` is there and not an empty folder.
pub fn require_empty(folder: &Path) -> Result<(), AppError> {
    let mut entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(AppError::file(folder, e)),
    };
    if entries.next().is_none() {
        return Ok(());
    }
    let folder = folder.display();
    Err(AppError::Input(format!("{folder}: thư mục không trống; hãy chọn thư mục mới hoặc thư mục trống.")))
}

/// Writes `bytes` to `path` in one step: a reader sees the old file or the new one.
///
/// # Errors
/// When the folder can't be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), AppError> {
    let temporary = beside(path, "part");
    fs::write(&temporary, bytes).map_err(|e| AppError::file(path, e))?;
    fs::rename(&temporary, path).map_err(|e| AppError::file(path, e))
}

/// As [`write()`], for the owner alone, and on the disk when it returns.
///
/// # Errors
/// When the folder can't be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), AppError> {
    let put = || {
        let part = beside(path, "part");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        // One that was there before may have been for others, too.
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    put().map_err(|source| AppError::file(path, source))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{suffix}-{}", std::process::id()));
    path.with_file_name(name)
}

/// A folder of results under construction; [`Self::finish`] puts it in place, dropping it leaves nothing behind.
#[derive(Debug)]
pub struct OutFolder {
    target: PathBuf,
    building: PathBuf,
    /// Folders above the target that were not there before, the innermost first.
    made_above: Vec<PathBuf>,
    finished: bool,
}

impl OutFolder {
    /// Starts to build what will be `target`.
    ///
    /// # Errors
    /// When `target` holds anything that an earlier run did not make, or its parent can't be written.
    pub fn begin(target: &Path) -> Result<Self, AppError> {
        refuse_foreign(target)?;
        let target = std::path::absolute(target).map_err(|e| AppError::file(target, e))?;
        let building = beside(&target, "building");
        let above = target.ancestors().skip(1).take_while(|folder| !folder.exists());
        let folder = Self { made_above: above.map(Path::to_owned).collect(), building, target, finished: false };
        fs::create_dir_all(&folder.building).map_err(|e| AppError::file(&folder.target, e))?;
        Ok(folder)
    }

    /// Where parts that write themselves go until [`Self::finish`].
    pub fn path(&self) -> &Path {
        &self.building
    }

    /// Writes `bytes` as `name`, which may have folders in it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), AppError> {
        let path = self.building.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| AppError::file(folder, e))?;
        }
        fs::write(&path, bytes).map_err(|e| AppError::file(&self.target.join(name), e))
    }

    /// Puts the folder in place of an earlier one.
    ///
    /// # Errors
    /// When the disk refuses; the earlier folder is then still there. When only the earlier folder can't be removed, the
    /// new one is in place and the error says so.
    pub fn finish(mut self) -> Result<(), AppError> {
        let old = beside(&self.target, "old");
        let exists = self.target.exists();
        if exists {
            fs::rename(&self.target, &old).map_err(|e| AppError::file(&self.target, e))?;
        }
        if let Err(e) = fs::rename(&self.building, &self.target) {
            if exists {
                fs::rename(&old, &self.target).map_err(|e| AppError::file(&self.target, e))?;
            }
            return Err(AppError::file(&self.target, e));
        }
        self.finished = true;
        if exists {
            fs::remove_dir_all(&old).map_err(|_| {
                let (new, old) = (self.target.display(), old.display());
                AppError::Input(format!(
                    "{new}: giấy tờ mới đã ghi xong; không xóa được bản cũ ở {old}, hãy xóa bằng tay."
                ))
            })?;
        }
        Ok(())
    }
}

impl Drop for OutFolder {
    fn drop(&mut self) {
        if !self.finished {
            // Nothing more can be done about a folder that can't be removed; its name says that it is unfinished.
            drop(fs::remove_dir_all(&self.building));
            self.made_above.iter().for_each(|folder| drop(fs::remove_dir(folder)));
        }
    }
}

fn refuse_foreign(target: &Path) -> Result<(), AppError> {
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(_) if target.is_file() => {
            return Err(AppError::Input(format!(
                "{}: là tệp, không phải thư mục; hãy chọn tên thư mục khác bằng --out.",
                target.display()
            )));
        }
        Err(e) => return Err(AppError::file(target, e)),
    };
    for entry in entries {
        let name = entry.map_err(|e| AppError::file(target, e))?.file_name();
        if !OWN_NAMES.iter().any(|own| name == *own) {
            return Err(AppError::Input(format!(
                "{}: thư mục có tệp khác ({}), không ghi đè; hãy chọn thư mục trống bằng --out.",
                target.display(),
                name.to_string_lossy()
            )));
        }
        if name == demo_folder::DATA {
            demo_folder::may_replace(&target.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_result_is_replaced_whole_and_foreign_files_are_kept() {
        let home = tempfile::tempdir().expect("folder");
        let target = home.path().join("demo");
        for round in ["một", "hai"] {
            let out = OutFolder::begin(&target).expect("begin");
            out.put("results.json", round.as_bytes()).expect("put");
            out.put(&format!("dossiers/{round}.txt"), b"x").expect("put");
            out.finish().expect("finish");
        }
        assert_eq!(fs::read_to_string(target.join("results.json")).expect("results"), "hai");
        assert!(!target.join("dossiers/một.txt").exists());

        fs::write(target.join("ghi-chu.txt"), b"x").expect("write");
        assert!(matches!(OutFolder::begin(&target), Err(AppError::Input(_))));
        assert!(target.join("ghi-chu.txt").exists());
    }

    #[test]
    fn a_run_that_stops_leaves_nothing_behind() {
        let home = tempfile::tempdir().expect("folder");
        let target = home.path().join("2023/hai/demo");
        let out = OutFolder::begin(&target).expect("begin");
        out.put("a.txt", b"x").expect("put");
        drop(out);
        assert_eq!(fs::read_dir(home.path()).expect("list").count(), 0);
    }
}
