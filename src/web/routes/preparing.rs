//! A poll from its first day to its sealed forms, and its long work.

use super::Route;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![]
}
