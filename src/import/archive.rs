//! A folder as one file: packed for a download, and unpacked again within bounds. The same files give the same bytes.

use std::io::{self, Cursor, Read, Write as _};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipArchive, ZipWriter};

/// Why an archive is not written or not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file itself.
    #[error("không phải tệp .zip lành lặn: {0}")]
    Zip(#[from] ZipError),
    /// What unpacks it refused.
    #[error("không giải nén được: {0}")]
    Io(#[from] io::Error),
    /// More than anybody makes.
    #[error("nội dung khi giải nén lớn hơn {0} MB")]
    TooLarge(u64),
}

const MEGABYTE: u64 = 1024 * 1024;

/// Packs files by their paths, in the order that is given.
///
/// # Errors
/// When a path is too long or the whole too large for the format.
pub fn pack<'f>(files: impl Iterator<Item = (&'f str, &'f [u8])>) -> Result<Vec<u8>, ArchiveError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    // No time of now: what is packed twice is the same twice.
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
    for (path, bytes) in files {
        writer.start_file(path, options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// Hands each file of an archive to `put`, by its path as the archive spells it: `put` decides whether such a path may be.
///
/// # Errors
/// When it is no archive, `put` refuses a file, or all files together have more than `most` bytes.
pub fn unpack(
    archive: &[u8],
    most: u64,
    put: &mut dyn FnMut(&str, &mut dyn Read) -> io::Result<u64>,
) -> Result<(), ArchiveError> {
    let mut archive = ZipArchive::new(Cursor::new(archive))?;
    let mut room = most;
    for index in 0..archive.len() {
        let file = archive.by_index(index)?;
        if file.is_dir() {
            continue;
        }
        let path = file.name()?.into_owned();
        // A size written in the archive may lie, so what comes out is measured.
        let size = put(&path, &mut file.take(room + 1))?;
        room = room.checked_sub(size).ok_or(ArchiveError::TooLarge(most / MEGABYTE))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(archive: &[u8], most: u64) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
        let mut files = Vec::new();
        unpack(archive, most, &mut |path, input| {
            let mut bytes = Vec::new();
            let size = input.read_to_end(&mut bytes)?;
            files.push((path.to_owned(), bytes));
            Ok(u64::try_from(size).unwrap_or(u64::MAX))
        })?;
        Ok(files)
    }

    #[test]
    fn what_is_packed_comes_out_again_and_twice_the_same() {
        let long = vec![b'x'; 100_000];
        let files = [("MANIFEST", b"one".as_slice()), ("papers/nghị quyết.pdf", long.as_slice())];
        let archive = pack(files.into_iter()).expect("packed");
        assert_eq!(archive, pack(files.into_iter()).expect("packed again"));
        assert!(archive.len() < 10_000, "it is compressed");
        let out = unpacked(&archive, MEGABYTE).expect("unpacked");
        assert_eq!(out, files.map(|(path, bytes)| (path.to_owned(), bytes.to_vec())));
    }

    #[test]
    fn an_archive_is_not_unpacked_beyond_its_bound_and_another_file_is_none() {
        let archive = pack([("zeros", vec![0_u8; 3 * 1024 * 1024].as_slice())].into_iter()).expect("packed");
        assert!(matches!(unpacked(&archive, 2 * MEGABYTE), Err(ArchiveError::TooLarge(2))));
        assert!(matches!(unpacked(b"not an archive", MEGABYTE), Err(ArchiveError::Zip(_))));
    }
}
