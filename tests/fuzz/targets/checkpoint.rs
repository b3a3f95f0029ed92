//! Heads, keys, cosignatures, requests of a witness and what people type off paper have one spelling.

#![no_main]

use domain::audit::witness::{Cosignature, HeadRequest, WitnessKey};
use domain::audit::{Checkpoint, Digest, KeyName, Signer, UtcTime, VerifierKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(read) = VerifierKey::parse(text) {
        assert_eq!(read.to_text(), text);
    }
    if let Ok(read) = WitnessKey::parse(text) {
        assert_eq!(read.to_text(), text);
    }
    if let Ok(read) = Checkpoint::parse(text) {
        assert_eq!(read.to_text(), text);
    }
    if let Ok(read) = HeadRequest::parse(text) {
        assert_eq!(read.to_text(), text);
    }
    if let Ok(read) = Cosignature::parse(text) {
        assert_eq!(read.to_line().trim_end_matches('\n'), text.trim_end_matches('\n'));
    }
    if let Ok(read) = text.parse::<UtcTime>() {
        assert_eq!(read.as_str(), text);
    }
    if let Ok(read) = Digest::from_paper(text) {
        assert_eq!(read.to_string(), text.split_whitespace().collect::<String>().to_ascii_lowercase());
    }
    // Nobody signs by chance: what opens is what this key signed.
    let signer = Signer::from_seed(KeyName::new("tinnhiem/mau").expect("name"), &[7; 32]);
    if let Ok(head) = Checkpoint::open(text, signer.verifier()) {
        assert_eq!(head.sign(&signer).expect("note"), text);
    }
});
