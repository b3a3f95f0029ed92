//! Progress of a command that takes long: silent for the first second, then one line per step.

use crate::service::clock::Stopwatch;

/// Where progress goes; the command line prints it to stderr.
pub struct Progress<'a> {
    watch: Stopwatch,
    last_ms: u128,
    print: &'a mut dyn FnMut(&str),
}

impl<'a> Progress<'a> {
    /// Work that takes less says nothing.
    const QUIET_MS: u128 = 1_000;
    /// Lines come no faster than this.
    const PAUSE_MS: u128 = 250;

    /// Progress that `print` shows, one line a call.
    pub fn new(print: &'a mut dyn FnMut(&str)) -> Self {
        Self { watch: Stopwatch::start(), last_ms: 0, print }
    }

    /// `what` begins, is sure to take over a second, and can't be counted.
    pub fn begin(&mut self, what: &str) {
        (self.print)(what);
    }

    /// `done` of `total` parts of `what` are finished.
    pub fn step(&mut self, what: &str, done: usize, total: usize) {
        let now = self.watch.elapsed_ms();
        if now < Self::QUIET_MS || (now - self.last_ms < Self::PAUSE_MS && done != total) {
            return;
        }
        self.last_ms = now;
        (self.print)(&format!("{what}: {done}/{total}"));
    }
}
