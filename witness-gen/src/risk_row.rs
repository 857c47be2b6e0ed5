//! A row of the risk arrays: what one lot of a series is worth now and under every scenario, and the tree over all rows.
//!
//! Rows are public work: whoever has the market data computes them. Statement M opens the rows of an account's positions under the
//! **risk root**, the root of a 4-ary tree of depth 6 whose leaves are the digests of the rows, series words strictly increasing, 0 after the last.
//!
//! ```text
//! e0 = charge | mark | v0 | v1        four values of 63 bits to an element, first lowest
//! e1 = v2 .. v5      e2 = v6 .. v9      e3 = v10 .. v13    e4 = v14 .. v17    e5 = v18 .. v21
//! e6 = v22 | v23     e7 = Greeks
//! d0 = TAG_RISK·2^64,  d = H(d0, series word, e0, e1),  d = H(d, e2, e3, e4),  digest = H(d, e5, e6, e7)
//! ```

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};

use crate::poseidon::hash4;
use crate::series::SeriesWord;
use crate::units::{PerLot, fr_pow2};

/// Domain tag of a row: "risk".
pub const TAG_RISK: u64 = 0x72_69_73_6b;
/// Scenario values of a row. A grid with fewer scenarios repeats its first.
pub const SCENARIOS: usize = 24;
/// Depth of the tree of rows: 4^6 series.
pub const RISK_DEPTH: usize = 6;

/// What one lot of a series is worth, in [`PerLot`] units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskRow {
    /// The series.
    pub series: SeriesWord,
    /// Charge for every short lot, beside what the scenarios say.
    pub charge: PerLot,
    /// Mark.
    pub mark: PerLot,
    /// Value under each scenario, weighted: `mark + weight·(value - mark)`.
    pub scenarios: [PerLot; SCENARIOS],
    /// Greeks, packed; opaque to statement M.
    pub greeks: Fr,
}

impl RiskRow {
    /// Charge, mark and scenario values, in the order in which they are packed.
    pub fn values(&self) -> [PerLot; SCENARIOS + 2] {
        std::array::from_fn(|i| match i {
            0 => self.charge,
            1 => self.mark,
            _ => self.scenarios[i - 2],
        })
    }

    /// The packed elements e0 .. e7.
    pub fn elements(&self) -> [Fr; 8] {
        let values = self.values();
        std::array::from_fn(|j| {
            if j == 7 {
                return self.greeks;
            }
            values[4 * j..(4 * j + 4).min(values.len())]
                .iter()
                .rev()
                .fold(Fr::zero(), |sum, v| sum * fr_pow2(63) + v.to_field())
        })
    }

    /// The digest of the row: a leaf of the tree.
    pub fn digest(&self) -> Fr {
        let e = self.elements();
        let seed = Fr::from(TAG_RISK) * fr_pow2(64);
        let d = hash4([seed, self.series.to_field(), e[0], e[1]]);
        let d = hash4([d, e[2], e[3], e[4]]);
        hash4([d, e[5], e[6], e[7]])
    }
}
