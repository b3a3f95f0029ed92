//! The .zip of a bundle unpacks to no more than it may, or not at all, and no path leads out of its folder.

#![no_main]

use std::io::{self, Write};

use libfuzzer_sys::fuzz_target;

/// Most bytes that come out.
const MOST: u64 = 1 << 20;

struct Counted<'c>(&'c std::cell::Cell<u64>);

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + u64::try_from(bytes.len()).expect("length"));
        assert!(self.0.get() <= MOST, "more comes out than may");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut paths = std::collections::BTreeSet::new();
    let create = &mut |path: &str| -> io::Result<Box<dyn Write>> {
        assert!(!path.starts_with('/') && path.split('/').all(|part| !matches!(part, "" | "." | "..")), "{path:?}");
        assert!(paths.insert(path.to_owned()), "{path:?} comes twice");
        Ok(Box::new(Counted(Box::leak(Box::default()))))
    };
    drop(import::unpack_bundle(bytes, MOST, create));
});
