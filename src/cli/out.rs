//! The two streams: data to stdout, messages to stderr. A reader that hangs up early is no error.

use std::io::{self, BufRead as _, Write};

use app::AppError;
use domain::finding::Finding;
use zeroize::Zeroizing;

/// Writes `text` to stdout, with a newline at its end.
pub fn data(text: &str) {
    let mut stdout = io::stdout().lock();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    // `tinnhiem rules | head` closes the pipe early; there is nobody left to tell.
    drop(write!(stdout, "{text}{newline}").and_then(|()| stdout.flush()));
}

/// Writes one line to stderr.
pub fn message(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Writes to stderr what somebody may read. Where its reader hung up (`tinnhiem serve 2>&1 | head -1`) nobody is told: the log
/// would say so on stderr itself, which ends the task that had something to say, and with it the way to stop the service.
pub struct Unread;

impl Write for Unread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        drop(io::stderr().lock().write_all(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes every finding to stderr, one a line.
pub fn findings(findings: &[Finding]) {
    for finding in findings {
        message(&finding.to_string());
    }
}

/// Asks for a secret, which is the next line of stdin.
///
/// # Errors
/// When there is none.
pub fn secret(asked: &str) -> Result<Zeroizing<String>, AppError> {
    message(asked);
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line).map_err(|e| AppError::internal("đọc mật khẩu", e))?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
