//! Black-76 in fixed point: every step an exact formula over integers, the same in plain Rust and in the circuit.
//!
//! | file | computes |
//! |---|---|
//! | [`tables`] | the fixed tables: normal density and distribution, logarithm, exponential |
//! | [`log`] | `ln` of a ratio, `exp`, powers |
//! | [`fixed`] | the types with their scales: time, total volatility, shocked forward |
//! | [`black76`] | value of a call and a put under one scenario |
//! | [`greeks`] | delta, gamma, vega, and the probabilities that digital kinds need |
//! | [`kinds`] | the eight kinds of series, by the two above |
//! | [`input`] | [`PricingInput`]: the admitted domain of a single price; discounting |
//! | [`bounds`] | how far from the exact value a result may lie |
//! | [`vectors`] | all of it against a file of reference values |
//!
//! The page `docs/pricing.md` has the formulas, the widths, the cost in limbs and the proof of the error bound. "@n" in
//! a comment means n fractional bits: the integer v stands for v / 2^n.

pub mod black76;
pub mod bounds;
mod error;
pub mod fixed;
pub mod greeks;
pub mod input;
pub mod kinds;
pub mod log;
pub mod tables;
pub mod vectors;

pub use black76::{ScenarioValue, Trace};
pub use error::PricingError;
pub use fixed::{
    LogRatio, RootTime, ShockedForward, SpotMultiplier, TimeToExpiry, TotalVolatility, VolMultiplier, VolTime,
};
pub use greeks::{Greeks, GreeksPoint};
pub use input::{Discount, PricingInput};
pub use kinds::{SeriesPricer, ValuePerLot};

/// Exclusive upper bound of every price, strike and value here: 5 limbs of 9 bits, 35 million quote.
pub const VALUE_BOUND: u64 = 1 << 45;
/// Least strike, cap or shocked forward: about 1 quote.
pub const PRICE_FLOOR: u64 = 1 << 20;
/// Least forward before any shock: about 17 quote, so that one unit is less than 6 10^-8 of it.
pub const FORWARD_FLOOR: u64 = 1 << 24;
/// Greatest ratio of forward and strike, either way.
pub const RATIO_BOUND: u64 = 1 << 10;
