//! A rule file is read, or refused with its name and the key that is wrong.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = domain::rules::load("x.toml", text) {
        assert!(error.to_string().starts_with("x.toml, khóa "), "{error}");
    }
});
