//! What a risk root says beside the rows: of which market at what time, under which rules.

use halo2curves::bn256::Fr;
use thiserror::Error;

use crate::poseidon::hash4;
use crate::risk::RiskArrays;
use crate::units::{Price, Underlying, fr_pow2};

/// Bits of series and time below the spot in the market word: 16 and 40.
pub const BELOW_SPOT_BITS: u32 = 56;
/// Bits of the spot in the market word.
pub const SPOT_BITS: u32 = 48;

/// A number out of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("risk round, {name}: expected below 2^{bits}, found {found}")]
pub struct RoundError {
    /// Which number.
    pub name: &'static str,
    /// Its bits.
    pub bits: u32,
    /// The value that was given.
    pub found: u64,
}

/// The opening of a risk root: H(rows root, risk rules, series | time 2^16 | spot 2^56 | underlying 2^104, factor).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RootOpening {
    /// Root of the tree of rows.
    pub rows_root: Fr,
    /// Number of series.
    pub series: u16,
    /// Time of the round, Unix seconds, 40 bits.
    pub time: u64,
    /// The spot of the underlying, 48 bits.
    pub spot: Price,
    /// The underlying of every row.
    pub underlying: Underlying,
    /// The regime factor.
    pub factor: Fr,
}

impl RootOpening {
    /// The round of risk arrays.
    pub fn of(arrays: &RiskArrays) -> Self {
        Self {
            rows_root: arrays.rows_root(),
            // At most 4^6 series.
            series: arrays.inputs.series.len() as u16,
            time: arrays.inputs.time,
            spot: arrays.inputs.spot,
            underlying: arrays.inputs.underlying,
            factor: Fr::from(u64::from(arrays.factor.get())),
        }
    }

    /// Checks every range.
    ///
    /// # Errors
    /// The time or the spot is too wide for the market word.
    pub fn validate(&self) -> Result<(), RoundError> {
        for (name, bits, found) in [("time", 40, self.time), ("spot", SPOT_BITS, self.spot.get())] {
            if found >> bits != 0 {
                return Err(RoundError { name, bits, found });
            }
        }
        Ok(())
    }

    /// The three parts of the market word: series and time, spot, underlying.
    pub fn market(&self) -> [u64; 3] {
        [
            u64::from(self.series) | self.time << 16,
            self.spot.get(),
            u64::from(self.underlying.get()),
        ]
    }

    /// The risk root under rules of this digest.
    pub fn root(&self, rules: Fr) -> Fr {
        let [low, spot, underlying] = self.market().map(Fr::from);
        let market = low + fr_pow2(BELOW_SPOT_BITS) * spot + fr_pow2(BELOW_SPOT_BITS + SPOT_BITS) * underlying;
        hash4([self.rows_root, rules, market, self.factor])
    }
}
