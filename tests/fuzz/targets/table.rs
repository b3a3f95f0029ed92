//! Tables of text are read or refused with findings: a published result, a folder of sheets, cases of the law.

#![no_main]

use domain::finding::Finding;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(findings) = import::read_published(bytes, "bang.csv") {
        assert!(findings.iter().any(Finding::is_error));
    }
    if let Err(findings) = import::read_rule_cases(bytes, "truong-hop.csv") {
        assert!(findings.iter().any(Finding::is_error));
    }
    for sheet in ["du-kien.csv", "hoi-dong.csv", "nguoi-duoc-lay-phieu.csv"] {
        let read = import::read_csv_folder(vec![(sheet.to_owned(), bytes.to_vec())]);
        assert!(read.book.is_some() || read.findings.iter().any(Finding::is_error));
    }
});
