//! Certificate and key from files: read, checked against each other and against the day before anybody connects.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, crypto, version};

/// Where certificate and key are, both in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate, followed by those that lead from it to an authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why TLS cannot be offered. One sentence.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Not there, or no right to read it.
    #[error("{}: không đọc được ({source}); hãy kiểm tra đường dẫn và quyền đọc.", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Read, but not PEM of the right kind.
    #[error("{}: không có {what} dạng PEM; hãy chỉ đúng tệp.", path.display())]
    Pem {
        /// Which.
        path: PathBuf,
        /// `chứng thư`.
        what: &'static str,
    },
    /// The key belongs to another certificate.
    #[error(
        "{}: khóa này không phải của chứng thư {}; hãy chỉ đúng cặp tệp.", key.display(), certificate.display()
    )]
    Mismatched {
        /// The key.
        key: PathBuf,
        /// The certificate.
        certificate: PathBuf,
    },
    /// Not yet, or no more.
    #[error(
        "{}: chứng thư chỉ có hiệu lực từ {} đến {}; hãy thay chứng thư mới hoặc kiểm tra đồng hồ của máy.",
        path.display(), day(*from), day(*until)
    )]
    Expired {
        /// The certificate.
        path: PathBuf,
        /// Its first moment.
        from: Timestamp,
        /// Its last.
        until: Timestamp,
    },
    /// Anything else that rustls refuses.
    #[error("{}: không dùng được chứng thư hoặc khóa này ({source}); hãy tạo lại cặp tệp.", path.display())]
    Refused {
        /// The certificate.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

fn day(at: Timestamp) -> String {
    at.strftime("%d/%m/%Y").to_string()
}

/// TLS 1.2 and newer with the certificate of `files`, which must be in force at `now`.
///
/// # Errors
/// One sentence: which file is wrong, and what to do.
pub fn load(files: &TlsFiles, now: Timestamp) -> Result<Arc<ServerConfig>, TlsError> {
    let TlsFiles { certificate, key } = files;
    let text = read(certificate)?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&text).filter_map(Result::ok).collect();
    let first = chain.first().ok_or_else(|| TlsError::Pem { path: certificate.clone(), what: "chứng thư" })?;
    let term =
        validity(first).ok_or_else(|| TlsError::Pem { path: certificate.clone(), what: "chứng thư X.509" })?;
    let private = PrivateKeyDer::from_pem_slice(&zeroize::Zeroizing::new(read(key)?))
        .map_err(|_| TlsError::Pem { path: key.clone(), what: "khóa bí mật" })?;
    let refused = |source| match source {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::Mismatched { key: key.clone(), certificate: certificate.clone() }
        }
        source => TlsError::Refused { path: certificate.clone(), source },
    };
    let provider = Arc::new(crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
        .map_err(refused)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let (from, until) = term;
    if now < from || until < now {
        return Err(TlsError::Expired { path: certificate.clone(), from, until });
    }
    Ok(Arc::new(config))
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|source| TlsError::File { path: path.to_owned(), source })
}

/// One value of DER: tag, content, what follows.
fn value(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let length = bytes.iter().try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add((*byte).into()))?;
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// From when to when a certificate is in force (RFC 5280, 4.1): the fourth field of what was signed, after an optional
/// version in brackets.
fn validity(certificate: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (_, signed, _) = value(value(certificate)?.1)?;
    let (tag, _, after) = value(signed)?;
    let mut rest = if tag == 0xa0 { after } else { signed };
    for _ in ["serial number", "algorithm", "issuer"] {
        (_, _, rest) = value(rest)?;
    }
    let (_, term, _) = value(rest)?;
    let (from_tag, from, rest) = value(term)?;
    let (until_tag, until, _) = value(rest)?;
    Some((moment(from_tag, from)?, moment(until_tag, until)?))
}

/// `UTCTime` has two digits of the year, those from 50 on of the century before; `GeneralizedTime` has four.
fn moment(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let full = match tag {
        0x17 if text.get(..2)? < "50" => format!("20{text}"),
        0x17 => format!("19{text}"),
        0x18 => text.to_owned(),
        _ => return None,
    };
    let part = |range: std::ops::Range<usize>| full.get(range);
    let (date, time) = ((part(0..4)?, part(4..6)?, part(6..8)?), (part(8..10)?, part(10..12)?, part(12..14)?));
    format!("{}-{}-{}T{}:{}:{}Z", date.0, date.1, date.2, time.0, time.1, time.2).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_century_of_a_short_year_follows_rfc_5280() {
        let read = |tag, text: &str| moment(tag, text.as_bytes()).map(|at| at.to_string());
        assert_eq!(read(0x17, "261231235959Z").as_deref(), Some("2026-12-31T23:59:59Z"));
        assert_eq!(read(0x17, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00Z"));
        assert_eq!(read(0x18, "20510630120000Z").as_deref(), Some("2051-06-30T12:00:00Z"));
        assert_eq!(read(0x17, "269931235959Z"), None);
    }

    #[test]
    fn a_length_that_goes_past_the_end_is_no_value() {
        assert_eq!(value(&[0x30, 0x02, 1, 2, 9]), Some((0x30, &[1, 2][..], &[9][..])));
        assert_eq!(value(&[0x30, 0x81, 0x01, 7]), Some((0x30, &[7][..], &[][..])));
        for broken in [&[][..], &[0x30], &[0x30, 5, 1], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x30, 0xff, 1]] {
            assert_eq!(value(broken), None);
        }
    }
}
