//! What an office does at the command line: runs the program, looks at what it made.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::paper_text;

/// A desk with its own folder; it goes away with the test.
pub struct Office {
    home: tempfile::TempDir,
}

/// How a command ended.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Office {
    pub fn new() -> Self {
        Self { home: tempfile::tempdir().expect("folder") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn has(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("write");
    }

    pub fn runs(&self, arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_tinnhiem"))
            .args(arguments)
            .current_dir(self.home.path())
            .output()
            .expect("the program starts");
        Run::of(&output)
    }
}

impl Run {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout.clone()).expect("UTF-8 on stdout"),
            stderr: String::from_utf8(output.stderr.clone()).expect("UTF-8 on stderr"),
        }
    }

    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// Every file below `folder` with its bytes, by path.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
                found.insert(name, fs::read(&path).expect("file"));
            }
        }
    }
    found
}

/// The text of a PDF, page by page.
pub fn pages(pdf: &Path) -> Vec<String> {
    paper_text::pages(&fs::read(pdf).expect("paper"))
}
