//! The check of a poll's commitments on all cores.

use crate::service::parallel::in_parallel;
use domain::audit::pedersen::sums::{SumFault, SumsCheck};

/// # Errors
/// The first thing that does not hold.
pub(super) fn check_sums(check: &SumsCheck<'_>) -> Result<(), SumFault> {
    check.finish(in_parallel(check.pieces(), |index| check.piece(index), |_| {})?)
}
