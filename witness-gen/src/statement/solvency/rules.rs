//! The rules of a venue for margins, by their digest part of its parameters.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::poseidon::hash4;

/// Factors count 10^-4.
pub const FACTOR_UNIT: u64 = 10_000;
/// The largest factor, 100.
const FACTOR_BOUND: u64 = 100 * FACTOR_UNIT;

/// A factor out of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("initial margin factor: expected 10000 ..= 1000000 (units of 10^-4), found {found}")]
pub struct RulesError {
    /// The value that was given, in 10^-4.
    pub found: u64,
}

/// Margin rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarginRules {
    /// Digest of the scenario grid.
    pub grid: Fr,
    /// Digest of the volatility rules.
    pub volatility: Fr,
    /// Initial margin counts a scenario's loss this many times, in 10^-4; at least 1, so that who meets initial margin meets maintenance
    /// margin in every scenario that loses.
    pub initial_factor: u64,
    /// Digest of the liquidation rules.
    pub liquidation: Fr,
}

impl MarginRules {
    /// Checks the range of the factor.
    ///
    /// # Errors
    /// The factor is below 1 or above 100.
    pub fn validate(&self) -> Result<(), RulesError> {
        if (FACTOR_UNIT..=FACTOR_BOUND).contains(&self.initial_factor) {
            Ok(())
        } else {
            Err(RulesError {
                found: self.initial_factor,
            })
        }
    }

    /// H(grid, volatility, initial factor, liquidation).
    pub fn digest(&self) -> Fr {
        hash4([
            self.grid,
            self.volatility,
            Fr::from(self.initial_factor),
            self.liquidation,
        ])
    }
}
