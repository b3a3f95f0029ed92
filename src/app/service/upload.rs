//! A file that somebody sent, on its way in: on the disk without a name, measured and hashed while it came.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};

use sha2::{Digest as _, Sha256};

use crate::service::error::AppError;
use domain::audit::Digest;

/// Longest file that is taken, in bytes.
pub const MAX_FILE_BYTES: u64 = 20 * 1024 * 1024;

/// A file that is being received.
pub struct Incoming {
    name: String,
    file: File,
    hash: Sha256,
    size: u64,
}

/// A file that was received whole.
#[derive(Debug)]
pub struct Received {
    /// As its sender calls it, without folders; for people.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    file: File,
}

/// The error for a failure in the folder where uploads are stored.
pub(crate) fn trouble(cause: std::io::Error) -> AppError {
    AppError::file(&std::env::temp_dir(), cause)
}

impl Incoming {
    /// Begins to receive a file that its sender calls `name`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn begin(name: &str) -> Result<Self, AppError> {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let shown: String = last.chars().filter(|letter| !letter.is_control()).take(120).collect();
        let name = if shown.trim().is_empty() { "tep".to_owned() } else { shown };
        Ok(Self { name, file: tempfile::tempfile().map_err(trouble)?, hash: Sha256::new(), size: 0 })
    }

    /// Takes the next bytes. Returns whether they still fit: nothing more of a file that is too long is stored.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn take(&mut self, bytes: &[u8]) -> Result<bool, AppError> {
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.size > MAX_FILE_BYTES {
            return Ok(false);
        }
        self.hash.update(bytes);
        self.file.write_all(bytes).map_err(trouble)?;
        Ok(true)
    }

    /// The file, whole.
    ///
    /// # Errors
    /// When it is longer than [`MAX_FILE_BYTES`], or empty.
    pub fn finish(self) -> Result<Received, AppError> {
        if self.size > MAX_FILE_BYTES {
            let sentence = format!("Tệp «{}» lớn hơn 20 MB; hãy nén hoặc chia nhỏ tệp rồi gửi lại.", self.name);
            return Err(AppError::field("file", sentence));
        }
        if self.size == 0 {
            return Err(AppError::field("file", format!("Tệp «{}» rỗng; hãy chọn lại tệp.", self.name)));
        }
        let sha256 = Digest::from_bytes(self.hash.finalize().into());
        Ok(Received { name: self.name, size: self.size, sha256, file: self.file })
    }
}

impl Received {
    /// All its bytes.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn bytes(&mut self) -> Result<Vec<u8>, AppError> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or(0));
        self.file.rewind().map_err(trouble)?;
        self.file.read_to_end(&mut bytes).map_err(trouble)?;
        Ok(bytes)
    }

    /// The file itself, at its first byte.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn into_file(mut self) -> Result<File, AppError> {
        self.file.rewind().map_err(trouble)?;
        Ok(self.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_up_to_its_limit_and_refused_a_byte_later() {
        let mut incoming = Incoming::begin("C:\\Users\\lan\\bao-cao.pdf").expect("file");
        let mib = vec![7_u8; 1024 * 1024];
        for _ in 0..20 {
            assert!(incoming.take(&mib).expect("disk"));
        }
        let mut received = incoming.finish().expect("whole");
        assert_eq!((received.name.as_str(), received.size), ("bao-cao.pdf", MAX_FILE_BYTES));
        assert_eq!(Digest::of(&received.bytes().expect("disk")), received.sha256);

        let mut over = Incoming::begin("a.pdf").expect("file");
        for _ in 0..20 {
            over.take(&mib).expect("disk");
        }
        assert!(!over.take(b"x").expect("disk"));
        assert!(over.finish().expect_err("too long").to_string().contains("20 MB"));
        assert!(Incoming::begin("").expect("file").finish().is_err());
    }
}
