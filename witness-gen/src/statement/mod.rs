//! The statements: for each an instance, a witness, and a `check()` in the order of its clauses.

pub mod liquidation;
pub mod risk;
pub mod settlement;
pub mod solvency;
