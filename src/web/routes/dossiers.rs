//! Dossiers as the office compiles and releases them.

use super::Route;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![]
}
