//! A file that is attached is of a kind that is known, or refused.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    drop(import::attachment::examine(&mut Cursor::new(bytes)).expect("memory can be read"));
});
