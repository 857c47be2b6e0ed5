//! Risk parameters of a venue, fixed by their digest in every instance.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::poseidon::hash4;
use crate::units::AMOUNT_BOUND;

/// Denominator of the two rates: they count 10^-5.
pub const RATE_UNIT: u32 = 100_000;

/// A parameter out of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParameterError {
    /// A rate above 1.
    #[error("{name}: expected at most 100000 (units of 10^-5), found {found}")]
    Rate {
        /// Which rate.
        name: &'static str,
        /// The value that was given, in 10^-5.
        found: u32,
    },
    /// An inverse scale of 0, or of 2^63 or more.
    #[error("inverse scale: expected 1 .. 2^63, found {found}")]
    InverseScale {
        /// The value that was given, in payoff units per coin.
        found: u64,
    },
}

/// Fee rate, fee cap and the unit of inverse payoffs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskParameters {
    /// Delivery fee on the notional, in 10^-5; at most 10^5.
    pub fee_rate: u32,
    /// Cap of the fee on the payoff, in 10^-5; at most 10^5.
    pub fee_cap: u32,
    /// Payoff units per coin of the inverse kinds; 1 .. 2^63.
    pub inverse_scale: u64,
    /// Digest of the margin rules, 0 where a venue has none. Settlement does not depend on them, but every statement is proven under one
    /// parameters digest.
    pub margin_rules: Fr,
}

impl RiskParameters {
    /// The parameters without margin rules, when each lies in its range.
    pub fn new(fee_rate: u32, fee_cap: u32, inverse_scale: u64) -> Result<Self, ParameterError> {
        let parameters = Self {
            fee_rate,
            fee_cap,
            inverse_scale,
            margin_rules: Fr::zero(),
        };
        parameters.validate()?;
        Ok(parameters)
    }

    /// Checks every range again, for values that did not come from [`RiskParameters::new`].
    pub fn validate(&self) -> Result<(), ParameterError> {
        for (name, found) in [("fee rate", self.fee_rate), ("fee cap", self.fee_cap)] {
            if found > RATE_UNIT {
                return Err(ParameterError::Rate { name, found });
            }
        }
        if self.inverse_scale == 0 || self.inverse_scale >= AMOUNT_BOUND {
            return Err(ParameterError::InverseScale {
                found: self.inverse_scale,
            });
        }
        Ok(())
    }

    /// The same parameters with margin rules of this digest.
    pub fn with_margin_rules(self, digest: Fr) -> Self {
        Self {
            margin_rules: digest,
            ..self
        }
    }

    /// The parameters digest H(fee rate, fee cap, inverse scale, margin rules).
    pub fn digest(&self) -> Fr {
        hash4([
            Fr::from(u64::from(self.fee_rate)),
            Fr::from(u64::from(self.fee_cap)),
            Fr::from(self.inverse_scale),
            self.margin_rules,
        ])
    }
}

impl Default for RiskParameters {
    /// 0.015 % of the notional, at most 12.5 % of the payoff, 10^9 payoff units per coin.
    fn default() -> Self {
        Self {
            fee_rate: 15,
            fee_cap: 12_500,
            inverse_scale: 1_000_000_000,
            margin_rules: Fr::zero(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_exact() {
        assert!(RiskParameters::new(RATE_UNIT, RATE_UNIT, 1).is_ok());
        assert!(RiskParameters::new(RATE_UNIT + 1, 0, 1).is_err());
        assert!(RiskParameters::new(0, RATE_UNIT + 1, 1).is_err());
        assert!(RiskParameters::new(0, 0, 0).is_err());
        assert!(RiskParameters::new(0, 0, AMOUNT_BOUND - 1).is_ok());
        assert!(RiskParameters::new(0, 0, AMOUNT_BOUND).is_err());
        assert!(RiskParameters::default().validate().is_ok());
    }
}
