//! A line of a log that is accepted has no other spelling; canonical JSON is what the reference writes.

#![no_main]

use domain::audit::entry::entry_text;
use domain::audit::{CouncilEvent, LogEntry, PollEvent, canonical};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(entry) = LogEntry::<PollEvent>::parse(text) {
        assert_eq!(entry_text(entry.seq, entry.at, &entry.actor, &entry.event).expect("text"), text);
    }
    if let Ok(entry) = LogEntry::<CouncilEvent>::parse(text) {
        assert_eq!(entry_text(entry.seq, entry.at, &entry.actor, &entry.event).expect("text"), text);
    }
    let _ = canonical::check(text);
});
