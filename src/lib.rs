//! `tinnhiem` carries a confidence vote of a Vietnamese council from the first fact in an official's dossier to the
//! signed result: dossiers, ballots, count, papers, and a trail that a stranger can check.
//!
//! # Layers
//!
//! Arrows point down only; `tests/it/architecture.rs` reads the sources and fails on one that points up.
//!
//! ```text
//! main -> cli -> app -> { pdf, import } -> domain
//! ```
//!
//! * [`domain`]: pure values and decisions. No input or output, no clock, no randomness, no floats near a count.
//! * [`import`]: workbooks and CSV to domain values with findings, and back.
//! * [`pdf`]: document model to bytes; the same model gives the same bytes.
//! * [`app`]: use cases; the only layer that touches files.
//! * [`cli`]: one file per subcommand; data to stdout, messages to stderr.

pub mod app;
pub mod cli;
pub mod domain;
pub mod import;
pub mod pdf;
