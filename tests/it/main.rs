//! One integration binary; each module is a story or a house rule.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::as_conversions,
    clippy::print_stderr,
    reason = "a test says what it expects by stopping there"
)]

mod accounts;
mod architecture;
mod attesting;
mod authority;
mod before_close;
mod board;
mod browser;
mod bundle;
mod bundle_days;
mod bundle_story;
mod choosing;
mod circles;
mod clock_jumps;
mod confirming;
mod council;
mod councils;
mod counting;
mod counting_deck;
mod day;
mod day_opening;
mod day_papers;
mod demo;
mod doctor;
mod dossiers;
mod events;
mod facts;
mod frozen_rules;
mod hall;
mod hostile;
mod hostile_http;
mod import_book;
mod import_messy;
mod import_published;
mod keying;
mod leading;
mod live_bundle;
mod live_secrecy;
mod log_pages;
mod log_proof;
mod merkle;
mod naive_tally;
mod office;
mod official;
mod official_papers;
mod outcome;
mod own_account;
mod paper_text;
mod papers_render;
mod pictures;
mod poll_model;
mod poll_state;
mod poll_state_figures;
mod polls;
mod preparing;
mod public_results;
mod published;
mod reading;
mod reading_groups;
mod reading_notes;
mod real_count;
mod rehearsal;
mod rehearse;
mod reviewed;
mod rights;
mod roster;
mod routes;
mod rule_cases;
mod rules;
mod sample;
mod secrecy;
mod serve;
mod set_up;
mod sign_in;
mod site;
mod slips;
mod store_attachments;
mod store_bad;
mod store_conformance;
mod store_facts;
mod store_lease;
mod store_log;
mod store_polls;
mod store_preparation;
mod store_reading;
mod store_records;
mod store_releases;
mod store_roster;
mod store_rules;
mod store_schema;
mod store_verify;
mod tally_command;
mod two_processes;
mod uncovered;
mod under_fire;
mod user_command;
mod wire;
mod workbooks;
