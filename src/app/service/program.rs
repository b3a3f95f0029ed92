//! Which program runs: its version, and SHA-256 of its file as it was started.

use std::fs::File;
use std::io::Read as _;
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use crate::service::app::App;
use domain::audit::Digest;
use domain::audit::event::poll::Program;

/// Computed once for the process; `None` where the system does not give the file.
static RUNNING: LazyLock<Option<Program>> = LazyLock::new(|| {
    let sha256 = hash().inspect_err(|cause| tracing::warn!(%cause, "the program's own file cannot be read")).ok()?;
    Some(Program { sha256, version: env!("CARGO_PKG_VERSION").to_owned() })
});

/// The file that runs, also when another one took its place on the disk since.
fn hash() -> std::io::Result<Digest> {
    let mut file = File::open("/proc/self/exe").or_else(|_| File::open(std::env::current_exe()?))?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Digest::from_bytes(hasher.finalize().into())),
            length => hasher.update(buffer.get(..length).unwrap_or_default()),
        }
    }
}

impl App {
    /// The same, whose polls say which program began them. Rehearsals at the command line and demos do not: they come out the
    /// same on every machine.
    pub fn telling_program(self) -> Self {
        Self { tells_program: true, ..self }
    }

    /// The program, for the first entry of a poll. The first call reads its file.
    pub fn program(&self) -> Option<Program> {
        if self.tells_program { RUNNING.clone() } else { None }
    }
}
