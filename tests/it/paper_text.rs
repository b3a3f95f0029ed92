//! What a reader sees on a PDF, by poppler's `pdftotext`, which `scripts/test` installs.

use std::io::Write;
use std::process::{Command, Stdio};

/// Runs `pdftotext` with one option on a PDF.
fn pdftotext(option: &str, pdf: &[u8]) -> String {
    let mut tool = Command::new("pdftotext")
        .args([option, "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("pdftotext: run scripts/test, which installs it");
    tool.stdin.take().expect("input").write_all(pdf).expect("written");
    let output = tool.wait_with_output().expect("pdftotext");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// All words with single spaces, in the order of the content stream.
pub fn words(pdf: &[u8]) -> String {
    pdftotext("-raw", pdf).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of each page, laid out as on the paper.
pub fn pages(pdf: &[u8]) -> Vec<String> {
    let text = pdftotext("-layout", pdf);
    text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
}
