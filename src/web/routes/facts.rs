//! Facts, their sources, and what an official answers.

use super::Route;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![]
}
