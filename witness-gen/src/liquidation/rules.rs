//! The numbers that governance sets for liquidations, under one digest that stands in the margin rules.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::poseidon::hash4;
use crate::units::{Cash, fr_pow2};

/// Rates count 10^-4.
pub const RATE_UNIT: u32 = 10_000;
/// Most liquidations of a batch under any rules.
pub const MAX_BATCH: u32 = 1 << 16;
/// Tag of the digest: "liq".
pub const TAG_LIQUIDATION: u64 = 0x6c_69_71;

/// A number out of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("liquidation rules, {name}: expected {expected}, found {found}")]
pub struct LiquidationRulesError {
    /// Which number.
    pub name: &'static str,
    /// Its range.
    pub expected: &'static str,
    /// The value that was given.
    pub found: i128,
}

/// Rules of liquidations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiquidationRules {
    /// Cushion that a liquidation restores beyond maintenance, in 10^-4 of the requirement: at most 10^4.
    pub buffer: u32,
    /// Most that the taker of positions is paid for taking them, in 10^-4 of the equity that goes over with them (of the requirement where
    /// there is no equity): at most 10^4, with the penalty below 10^4.
    pub max_discount: u32,
    /// Most that the insurance pool is paid, in 10^-4 of the equity that goes over.
    pub max_penalty: u32,
    /// Accounts with less equity than this are closed whole, in money units; not negative.
    pub cutoff: Cash,
    /// Most liquidations of a batch: 1 ..= 2^16.
    pub batch_cap: u32,
}

impl Default for LiquidationRules {
    /// A buffer of 15 %, discounts up to 30 % (the fast part of Derive's auction), a penalty of at most 10 %, a cutoff of 100 quote, 16 a batch.
    fn default() -> Self {
        Self {
            buffer: 1_500,
            max_discount: 3_000,
            max_penalty: 1_000,
            cutoff: Cash(100_000_000_000_000),
            batch_cap: 16,
        }
    }
}

impl LiquidationRules {
    /// Checks every range.
    ///
    /// # Errors
    /// The first number that is out of its range.
    pub fn validate(&self) -> Result<(), LiquidationRulesError> {
        let unit = i128::from(RATE_UNIT);
        let costs = i128::from(self.max_discount) + i128::from(self.max_penalty);
        for (name, expected, found, low, high) in [
            ("buffer", "at most 10000", self.buffer.into(), 0, unit),
            ("discount and penalty", "together at most 9999", costs, 0, unit - 1),
            ("cutoff", "0 .. 2^96", self.cutoff.get(), 0, (1 << 96) - 1),
            ("batch cap", "1 to 65536", self.batch_cap.into(), 1, MAX_BATCH.into()),
        ] {
            if !(low..=high).contains(&found) {
                return Err(LiquidationRulesError { name, expected, found });
            }
        }
        Ok(())
    }

    /// H("liq" | buffer 2^32 | discount 2^64 | penalty 2^96 | cap 2^128, cutoff + 2^127, 0, 0).
    pub fn digest(&self) -> Fr {
        let mut word = Fr::from(TAG_LIQUIDATION);
        for (bits, value) in [
            (32, self.buffer),
            (64, self.max_discount),
            (96, self.max_penalty),
            (128, self.batch_cap),
        ] {
            word += Fr::from(u64::from(value)) * fr_pow2(bits);
        }
        hash4([word, self.cutoff.to_field(), Fr::zero(), Fr::zero()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_moves_the_digest_and_has_a_range() {
        let base = LiquidationRules::default();
        assert_eq!(base.validate(), Ok(()));
        let changed = |edit: fn(&mut LiquidationRules)| {
            let mut rules = base;
            edit(&mut rules);
            rules
        };
        for rules in [
            changed(|rules| rules.buffer += 1),
            changed(|rules| rules.max_discount += 1),
            changed(|rules| rules.max_penalty += 1),
            changed(|rules| rules.cutoff.0 += 1),
            changed(|rules| rules.batch_cap += 1),
        ] {
            assert_ne!(rules.digest(), base.digest());
            assert_eq!(rules.validate(), Ok(()));
        }
        for rules in [
            changed(|rules| rules.buffer = 10_001),
            changed(|rules| rules.max_discount = 9_000),
            changed(|rules| rules.cutoff.0 = -1),
            changed(|rules| rules.batch_cap = 0),
            changed(|rules| rules.batch_cap = MAX_BATCH + 1),
        ] {
            assert!(rules.validate().is_err(), "{rules:?}");
        }
    }
}
