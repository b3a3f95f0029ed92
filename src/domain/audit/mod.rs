//! The log, its tree, its proofs and its signed heads.
