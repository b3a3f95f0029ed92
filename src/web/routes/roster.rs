//! Officials and delegates, and the workbooks that bring them.

use super::Route;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![]
}
