//! Risk arrays: what every listed series is worth now and under each scenario of a grid.
//!
//! | file | holds |
//! |---|---|
//! | [`grid`] | scenarios as data (`params/risk`), and what they do to spot and volatility |
//! | [`regime`] | the variance of the oracle's returns, and the factor by which it widens a grid |
//! | [`rules`] | grid, regime and inverse scale under one digest |
//! | [`inputs`] | what the oracle attests: spot, forwards, volatilities |
//! | [`row`] | one series' values, packed and hashed |
//! | [`arrays`] | all rows, their tree and the risk root |
//! | [`mod@file`] | the risk file that later verbs read |
//!
//! The specification is `docs/protocol.md`, "Statement R".

pub mod arrays;
mod error;
pub mod file;
pub mod grid;
pub mod inputs;
pub mod regime;
pub mod row;
pub mod rules;

use halo2curves::bn256::Fr;

use crate::poseidon::hash4;

pub use arrays::RiskArrays;
pub use error::{GridError, InputError, RiskError};
pub use grid::{RiskGrid, Scenario, VolatilityMove};
pub use inputs::{ExpiryInput, MarketInputs, SeriesInput};
pub use regime::{RegimeFactor, RegimeRules, RegimeState};
pub use row::RiskRow;
pub use rules::RiskRules;

/// d = H(d, a, b, c) over the elements, three at a time, the last chunk padded with 0.
pub(crate) fn fold(seed: Fr, elements: &[Fr]) -> Fr {
    elements.chunks(3).fold(seed, |digest, chunk| {
        let at = |place: usize| chunk.get(place).copied().unwrap_or(Fr::zero());
        hash4([digest, at(0), at(1), at(2)])
    })
}
