//! A folder as one file: packed for a download. The same files give the same bytes. What is unpacked again is
//! [`super::bundle_zip`].

use std::io::{self, Cursor, Write as _};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipWriter};

/// Why an archive is not written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A path is too long, or the whole too large.
    #[error("không nén được: {0}")]
    Zip(#[from] ZipError),
    /// A file.
    #[error("không nén được: {0}")]
    Io(#[from] io::Error),
}

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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io::Write;
    use std::rc::Rc;

    use super::*;
    use crate::bundle_zip::{ZipFault, unpack_bundle};

    const MEGABYTE: u64 = 1024 * 1024;

    #[derive(Clone, Default)]
    struct Sink(Rc<RefCell<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn unpacked(archive: &[u8], most: u64) -> Result<Vec<(String, Vec<u8>)>, ZipFault> {
        let mut files: Vec<(String, Sink)> = Vec::new();
        unpack_bundle(archive, most, &mut |path| {
            let sink = Sink::default();
            files.push((path.to_owned(), sink.clone()));
            Ok(Box::new(sink))
        })?;
        Ok(files.into_iter().map(|(path, sink)| (path, sink.0.take())).collect())
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
    fn an_archive_is_not_unpacked_beyond_its_bound_and_no_byte_of_it_is_for_nothing() {
        let archive = pack([("zeros", vec![0_u8; 3 * 1024 * 1024].as_slice())].into_iter()).expect("packed");
        assert!(matches!(unpacked(&archive, 2 * MEGABYTE), Err(ZipFault::TooLarge(_))));
        assert!(matches!(unpacked(b"not an archive", MEGABYTE), Err(ZipFault::Form(_))));
        for (at, what) in [(0, "before"), (archive.len() / 2, "inside"), (archive.len(), "after")] {
            let mut more = archive.clone();
            more.insert(at, 0);
            assert!(unpacked(&more, 4 * MEGABYTE).is_err(), "a byte {what}");
        }
        for cut in [1, 22, archive.len() / 2] {
            assert!(unpacked(&archive[..archive.len() - cut], 4 * MEGABYTE).is_err(), "{cut} bytes cut");
        }
    }
}
