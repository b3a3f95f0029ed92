//! Encryption of backups: age files, to a passphrase or to public keys.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use age::secrecy::{ExposeSecret as _, SecretString};
use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};
use zeroize::Zeroizing;

use crate::service::backup_error::BackupError;
use crate::service::error::AppError;
use domain::audit::Digest;

/// Letters that a passphrase has at least.
pub const LEAST_PASSPHRASE: usize = 12;
/// Work to try one passphrase, as a power of two: what the age program does. It takes 256 MB and about a second.
const WORK: u8 = 18;
/// The most work that a file may ask for.
const MOST_WORK: u8 = 20;

/// What a backup is encrypted to.
pub enum Lock {
    /// A passphrase, and the work to try one.
    Passphrase(Zeroizing<String>, u8),
    /// Public keys.
    Recipients(Vec<x25519::Recipient>),
}

impl Lock {
    /// A passphrase.
    ///
    /// # Errors
    /// [`BackupError::ShortPassphrase`].
    pub fn passphrase(text: Zeroizing<String>) -> Result<Self, AppError> {
        if text.chars().count() < LEAST_PASSPHRASE {
            return Err(BackupError::ShortPassphrase(LEAST_PASSPHRASE).into());
        }
        Ok(Self::Passphrase(text, WORK))
    }

    /// Public keys, each `age1…`.
    ///
    /// # Errors
    /// [`BackupError::BadRecipient`].
    pub fn recipients(texts: &[String]) -> Result<Self, AppError> {
        let parsed = texts.iter().map(|text| {
            x25519::Recipient::from_str(text.trim())
                .map_err(|_| BackupError::BadRecipient(text.trim().to_owned()).into())
        });
        Ok(Self::Recipients(parsed.collect::<Result<_, AppError>>()?))
    }

    /// The folder beside backups that holds files encrypted to these public keys; `None` for a passphrase.
    pub(super) fn folder(&self) -> Option<String> {
        let Self::Recipients(keys) = self else { return None };
        let mut texts: Vec<String> = keys.iter().map(ToString::to_string).collect();
        texts.sort();
        let digest: String = Digest::of(texts.join("\n").as_bytes()).to_string().chars().take(12).collect();
        Some(format!("tep-{digest}"))
    }
}

/// Encrypts, and reads back what it encrypted.
pub(super) struct Sealing {
    lock: Lock,
    /// Opens what this process writes for the public keys of others; ends with it.
    own: x25519::Identity,
}

impl Sealing {
    /// For one backup.
    pub fn new(lock: Lock) -> Self {
        Self { lock, own: x25519::Identity::generate() }
    }

    /// Encrypts what is written.
    pub fn writer<W: Write>(&self, to: W) -> Result<io::Result<StreamWriter<W>>, AppError> {
        let internal = |e| AppError::internal("mã hóa bản sao lưu", e);
        let encryptor = match &self.lock {
            Lock::Passphrase(text, work) => {
                let mut recipient = scrypt::Recipient::new(secret(text));
                recipient.set_work_factor(*work);
                let recipient: &dyn age::Recipient = &recipient;
                Encryptor::with_recipients(std::iter::once(recipient)).map_err(internal)?
            }
            Lock::Recipients(keys) => {
                let own = self.own.to_public();
                let all = keys.iter().chain(std::iter::once(&own)).map(as_recipient);
                Encryptor::with_recipients(all).map_err(internal)?
            }
        };
        Ok(encryptor.wrap_output(to))
    }

    /// What opens it again.
    pub fn opener(&self) -> Opener {
        match &self.lock {
            Lock::Passphrase(text, _) => Opener::Passphrase(text.clone()),
            Lock::Recipients(_) => Opener::Identities(vec![self.own.clone()]),
        }
    }

    pub fn lock(&self) -> &Lock {
        &self.lock
    }
}

fn as_recipient(key: &x25519::Recipient) -> &dyn age::Recipient {
    key
}

fn as_identity(key: &x25519::Identity) -> &dyn age::Identity {
    key
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

/// What opens a backup.
#[derive(Clone)]
pub enum Opener {
    Passphrase(Zeroizing<String>),
    /// Secret keys.
    Identities(Vec<x25519::Identity>),
}

impl Opener {
    /// The secret keys in a file: `AGE-SECRET-KEY-1…`, a line each.
    ///
    /// # Errors
    /// [`BackupError::BadIdentity`], and when the file cannot be read.
    pub fn of_file(path: &Path) -> Result<Self, AppError> {
        let text = Zeroizing::new(fs::read_to_string(path).map_err(|e| AppError::file(path, e))?);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(x25519::Identity::from_str).collect::<Result<Vec<_>, _>>();
        match keys {
            Ok(keys) if !keys.is_empty() => Ok(Self::Identities(keys)),
            _ => Err(BackupError::BadIdentity(path.to_owned()).into()),
        }
    }
}

/// Makes a key pair: the secret one goes into a new file for its owner alone, the public one is returned.
///
/// # Errors
/// [`BackupError::Exists`], and when the file cannot be written.
pub fn new_identity(path: &Path) -> Result<String, AppError> {
    let identity = x25519::Identity::generate();
    let public = identity.to_public().to_string();
    let text = Zeroizing::new(format!("# {public}\n{}\n", identity.to_string().expose_secret()));
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = made.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(path.to_owned()).into(),
        _ => AppError::file(path, source),
    })?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.map_err(|e| AppError::file(path, e))?;
    Ok(public)
}

/// A file that counts how much of it was read.
pub(super) struct Counting {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.read.fetch_add(u64::try_from(length).unwrap_or(0), Ordering::Relaxed);
        Ok(length)
    }
}

/// A file that is decrypted while it is read.
pub(super) struct Opened {
    text: StreamReader<BufReader<Counting>>,
    read: Arc<AtomicU64>,
    length: u64,
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.text.read(buffer).map_err(|cause| match cause.kind() {
            // A short last part is not what was encrypted, and neither is one of which a byte was changed.
            io::ErrorKind::InvalidData if self.read.load(Ordering::Relaxed) >= self.length => {
                io::ErrorKind::UnexpectedEof.into()
            }
            _ => cause,
        })
    }
}

/// Opens an encrypted file.
///
/// # Errors
/// What is wrong with the file, or with what should open it.
pub(super) fn open(path: &Path, opener: &Opener) -> Result<BufReader<Opened>, AppError> {
    let file = File::open(path).map_err(|e| AppError::file(path, e))?;
    let length = file.metadata().map_err(|e| AppError::file(path, e))?.len();
    let read = Arc::<AtomicU64>::default();
    let counting = BufReader::new(Counting { file, read: Arc::clone(&read) });
    let here = || path.to_owned();
    let decryptor = Decryptor::new_buffered(counting).map_err(|cause| refused(path, opener, cause))?;
    let decrypted = match opener {
        Opener::Passphrase(_) if !decryptor.is_scrypt() => return Err(BackupError::NeedsIdentity(here()).into()),
        Opener::Identities(_) if decryptor.is_scrypt() => return Err(BackupError::NeedsPassphrase(here()).into()),
        Opener::Passphrase(text) => {
            let mut identity = scrypt::Identity::new(secret(text));
            identity.set_max_work_factor(MOST_WORK);
            let identity: &dyn age::Identity = &identity;
            decryptor.decrypt(std::iter::once(identity))
        }
        Opener::Identities(keys) => decryptor.decrypt(keys.iter().map(as_identity)),
    };
    let text = decrypted.map_err(|cause| refused(path, opener, cause))?;
    Ok(BufReader::with_capacity(128 * 1024, Opened { text, read, length }))
}

fn refused(path: &Path, opener: &Opener, cause: DecryptError) -> AppError {
    let path: PathBuf = path.to_owned();
    match cause {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => {
            match opener {
                Opener::Passphrase(_) => BackupError::WrongPassphrase(path).into(),
                Opener::Identities(_) => BackupError::WrongIdentity(path).into(),
            }
        }
        DecryptError::Io(source) => faulty(&path, source),
        DecryptError::InvalidMac | DecryptError::ExcessiveWork { .. } => BackupError::Changed(path).into(),
        _ => BackupError::NotABackup(path).into(),
    }
}

/// What reading an encrypted file gave.
pub(super) fn faulty(path: &Path, source: io::Error) -> AppError {
    match source.kind() {
        io::ErrorKind::UnexpectedEof => BackupError::Cut(path.to_owned()).into(),
        io::ErrorKind::InvalidData => BackupError::Changed(path.to_owned()).into(),
        _ => AppError::file(path, source),
    }
}
