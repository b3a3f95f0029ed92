//! One integration binary; each module is a story or a house rule.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::as_conversions,
    reason = "a test says what it expects by stopping there"
)]

mod architecture;
mod bundle;
mod merkle;
mod papers_render;
mod sample;
mod naive_tally;
mod published;
mod rules;
