//! What lies outside the domain of the formulas. All of it is public market data.

use thiserror::Error;

use super::{FORWARD_FLOOR, PRICE_FLOOR, RATIO_BOUND, VALUE_BOUND};

/// An input or result outside the admitted domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PricingError {
    /// A forward, strike or cap that is too small or too large.
    #[error(
        "{what}: expected {PRICE_FLOOR} .. {VALUE_BOUND} (10^-6 quote; a forward before any shock from {FORWARD_FLOOR}), found {found}"
    )]
    Price {
        /// Which price.
        what: &'static str,
        /// The value, in 10^-6 quote.
        found: u64,
    },
    /// Forward and strike too far from each other.
    #[error("forward and strike: expected a ratio of at most {RATIO_BOUND} either way, found {forward} and {strike}")]
    Ratio {
        /// The forward, shocked where a scenario shocks it, in 10^-6 quote.
        forward: u64,
        /// The strike, in 10^-6 quote.
        strike: u64,
    },
    /// No time to expiry, or too much.
    #[error("time to expiry: expected 1 .. 2^27 seconds, found {found}")]
    Time {
        /// The time in seconds.
        found: i64,
    },
    /// Volatility times the root of time out of range.
    #[error("total volatility: expected 2^-16 .. 4, found {found} of 2^-26")]
    TotalVolatility {
        /// Volatility x root of time, @26.
        found: u64,
    },
    /// An implied volatility that is not in range.
    #[error("volatility: expected 1 .. 2^17 (10^-4), found {found}")]
    Volatility {
        /// The volatility, in 10^-4.
        found: u32,
    },
    /// A multiplier of volatility out of range.
    #[error("multiplier of volatility: expected above 0 and below 2^30 (of 2^-27), found {found}")]
    VolMultiplier {
        /// The multiplier, @27.
        found: i128,
    },
    /// A multiplier of the forward out of range.
    #[error("multiplier of the forward: expected 1 .. 2^45 (of 1/(10^4 x 2^18)), found {found}")]
    SpotMultiplier {
        /// The multiplier, in 1/(10^4 x 2^18).
        found: i128,
    },
    /// An exponent outside the table of the exponential.
    #[error("exponent: expected -1.5 .. 1.5, found {found} of 2^-36")]
    Exponent {
        /// The exponent, @36.
        found: i64,
    },
    /// The scale of the inverse kinds is too large for the widths here.
    #[error("inverse scale: expected 1 .. 2^34, found {found}")]
    InverseScale {
        /// The scale, in payoff units per coin.
        found: u64,
    },
    /// A value or Greek that does not fit its slot of a row.
    #[error("{what}: expected a magnitude below 2^45, found {found}")]
    TooWide {
        /// Which value.
        what: &'static str,
        /// The value, in its unit.
        found: i128,
    },
}
