//! The delegates' reading room, questions, and discussion in groups.

use super::Route;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![]
}
