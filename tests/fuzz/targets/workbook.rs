//! A workbook is read or refused with findings, in bounded time and memory.

#![no_main]

use domain::finding::Finding;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["so.xlsx", "so.xls", "so.ods"] {
        let read = import::read_xlsx(bytes, name);
        assert!(read.book.is_some() || read.findings.iter().any(Finding::is_error));
    }
    import::read_parts(bytes, "phan.xlsx", &[]);
});
