//! The rules of a venue for margins, by their digest part of its parameters.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::liquidation::LiquidationRules;
use crate::poseidon::hash4;
use crate::risk::{GridError, RiskRules};
use crate::units::Underlying;

/// Factors count 10^-4.
pub const FACTOR_UNIT: u64 = 10_000;
/// The largest factor, 100.
const FACTOR_BOUND: u64 = 100 * FACTOR_UNIT;

/// A number out of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RulesError {
    /// The factor of the initial margin.
    #[error("initial margin factor: expected 10000 ..= 1000000 (units of 10^-4), found {found}")]
    Factor {
        /// The value that was given, in 10^-4.
        found: u64,
    },
    /// The charge for short lots.
    #[error("charge for short lots: expected at most 10000 (units of 10^-4 of the spot), found {found}")]
    Charge {
        /// The value that was given, in 10^-4 of the spot.
        found: u64,
    },
}

/// Margin rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarginRules {
    /// Digest of the risk rules: grid, regime, inverse scale.
    pub risk: Fr,
    /// Initial margin counts a scenario's loss this many times, in 10^-4; at least 1, so that who meets initial margin meets maintenance
    /// margin in every scenario that loses.
    pub initial_factor: u64,
    /// Charge for every short lot beside what the scenarios say, in 10^-4 of the spot.
    pub short_charge: u64,
    /// Digest of the liquidation rules.
    pub liquidation: Fr,
}

impl MarginRules {
    /// The rules of a generated venue: the statement's grid, initial margin 1.25 times the loss (Derive's factor), 1 % of the spot for short lots.
    ///
    /// # Errors
    /// There is no volatility regime for the underlying.
    pub fn builtin(underlying: Underlying) -> Result<(Self, RiskRules), GridError> {
        let risk = RiskRules::builtin(super::GRID, underlying)?;
        let rules = Self {
            risk: risk.digest(),
            initial_factor: 12_500,
            short_charge: 100,
            liquidation: LiquidationRules::default().digest(),
        };
        Ok((rules, risk))
    }

    /// Checks every range.
    ///
    /// # Errors
    /// The factor is below 1 or above 100, or the charge above the spot.
    pub fn validate(&self) -> Result<(), RulesError> {
        if !(FACTOR_UNIT..=FACTOR_BOUND).contains(&self.initial_factor) {
            let found = self.initial_factor;
            return Err(RulesError::Factor { found });
        }
        if self.short_charge > FACTOR_UNIT {
            let found = self.short_charge;
            return Err(RulesError::Charge { found });
        }
        Ok(())
    }

    /// H(risk rules, initial factor, charge, liquidation).
    pub fn digest(&self) -> Fr {
        hash4([
            self.risk,
            Fr::from(self.initial_factor),
            Fr::from(self.short_charge),
            self.liquidation,
        ])
    }
}
