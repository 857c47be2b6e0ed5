//! Everything that governance sets for risk arrays, under one digest.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};

use super::GridError;
use super::grid::RiskGrid;
use super::regime::RegimeRules;
use crate::params::RiskParameters;
use crate::poseidon::hash4;
use crate::units::Underlying;

/// Grid, regime and the unit of the inverse kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskRules {
    /// The scenarios.
    pub grid: RiskGrid,
    /// The volatility regime.
    pub regime: RegimeRules,
    /// Payoff units per coin of the inverse kinds: 1 .. 2^34.
    pub inverse_scale: u64,
}

impl RiskRules {
    /// A grid of the program, its regime for an underlying, and the default inverse scale.
    pub fn builtin(grid: &str, underlying: Underlying) -> Result<Self, GridError> {
        Self::new(RiskGrid::builtin(grid)?, RegimeRules::builtin(underlying)?)
    }

    /// A grid with a regime and the default inverse scale.
    pub fn new(grid: RiskGrid, regime: RegimeRules) -> Result<Self, GridError> {
        let rules = Self {
            grid,
            regime,
            inverse_scale: RiskParameters::default().inverse_scale,
        };
        rules.validate()?;
        Ok(rules)
    }

    /// Checks every range.
    pub fn validate(&self) -> Result<(), GridError> {
        self.grid.validate()?;
        self.regime.validate()?;
        if !(1..1 << 34).contains(&self.inverse_scale) {
            return Err(GridError::Range {
                what: "inverse scale",
                expected: "1 to 2^34 - 1",
                found: i64::try_from(self.inverse_scale).unwrap_or(i64::MAX),
            });
        }
        Ok(())
    }

    /// H(grid digest, regime digest, inverse scale, 0).
    pub fn digest(&self) -> Fr {
        hash4([
            self.grid.digest(),
            self.regime.digest(),
            Fr::from(self.inverse_scale),
            Fr::zero(),
        ])
    }
}
