//! One file per subject: handlers and the structs of their pages.

pub mod accounts;
pub mod assets;
pub mod error;
pub mod home;
pub mod sign_in;
