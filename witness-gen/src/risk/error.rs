//! What is wrong with a grid, with the oracle's inputs, or with the price of a series. All of it is public data.

use thiserror::Error;

use crate::market::UtcSeconds;
use crate::pricing::PricingError;
use crate::series::SeriesTerms;
use crate::units::{ExpiryMinutes, Price, Underlying};

/// A grid or regime that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GridError {
    /// A name that no grid has.
    #[error("grid: expected one of {expected}, found {found}")]
    Unknown {
        /// The names there are.
        expected: String,
        /// The name that was given.
        found: String,
    },
    /// Not TOML, or TOML of another shape.
    #[error("grid: {message}")]
    Syntax {
        /// The parser's words: what it expected and found.
        message: String,
    },
    /// A number out of its range.
    #[error("grid, {what}: expected {expected}, found {found}")]
    Range {
        /// Which number.
        what: &'static str,
        /// Its range.
        expected: &'static str,
        /// The number that was given.
        found: i64,
    },
    /// No reference volatility for an underlying.
    #[error("regime: expected a reference volatility of {found}, found none")]
    NoReference {
        /// The underlying.
        found: Underlying,
    },
}

/// Inputs that no risk arrays can stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InputError {
    /// Series or expiries are not strictly increasing.
    #[error("{what}: expected strictly increasing entries, found entry {position} not above the one before")]
    Order {
        /// "series" or "expiries".
        what: &'static str,
        /// Place in the list, from 0.
        position: usize,
    },
    /// A series of another underlying.
    #[error("{series}: expected underlying {expected}")]
    Underlying {
        /// That of the inputs.
        expected: Underlying,
        /// The series.
        series: SeriesTerms,
    },
    /// A series whose expiry has no forward.
    #[error("{series}: expected a forward of its expiry, found none")]
    NoForward {
        /// The series.
        series: SeriesTerms,
    },
    /// An expiry without a series.
    #[error("expiry {expiry}: expected a series of it, found none")]
    NoSeries {
        /// The expiry.
        expiry: ExpiryMinutes,
    },
    /// No series at all, or more than the tree has room for.
    #[error("series: expected 1 to {bound}, found {found}")]
    Count {
        /// Leaves of the tree.
        bound: usize,
        /// Number of series.
        found: usize,
    },
    /// A time outside its 40 bits.
    #[error("time: expected 0 .. 2^40 (Unix seconds), found {found}")]
    Time {
        /// The time.
        found: i64,
    },
    /// A spot price out of range.
    #[error("spot: expected 1 .. 2^45 (10^-6 quote), found {found}")]
    Spot {
        /// The price.
        found: Price,
    },
    /// A quote file without any forward, volatility or index that could be used.
    #[error("chain of {snapshot}: expected {what}, found none")]
    Missing {
        /// The snapshot.
        snapshot: UtcSeconds,
        /// What is missing.
        what: &'static str,
    },
    /// A series with terms that no series has.
    #[error(transparent)]
    Terms(#[from] crate::series::SeriesError),
    /// A regime state that the new one cannot follow.
    #[error("regime: expected {expected}, found {found}")]
    Regime {
        /// What the update needs.
        expected: &'static str,
        /// What was given.
        found: u64,
    },
}

/// Why risk arrays cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RiskError {
    /// Grid or regime.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// Inputs.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A scenario that moves spot or volatility out of range.
    #[error("scenario {scenario}: {source}")]
    Scenario {
        /// Its place in the grid, from 0.
        scenario: usize,
        /// What is out of range.
        source: PricingError,
    },
    /// A shocked forward or volatility of an expiry.
    #[error("expiry {expiry}: {source}")]
    Expiry {
        /// The expiry.
        expiry: ExpiryMinutes,
        /// What is out of range.
        source: PricingError,
    },
    /// The mark or a Greek of a series.
    #[error("{series}: {source}")]
    Mark {
        /// The series.
        series: SeriesTerms,
        /// What is out of range.
        source: PricingError,
    },
    /// A value of a series under a scenario.
    #[error("{series}, scenario {scenario}: {source}")]
    Value {
        /// The series.
        series: SeriesTerms,
        /// Its place in the grid, from 0.
        scenario: usize,
        /// What is out of range.
        source: PricingError,
    },
    /// A risk file that does not say what its own inputs lead to.
    #[error("risk file, {what}: expected {expected}, found {found}")]
    File {
        /// Which part.
        what: &'static str,
        /// What the inputs lead to, or the format asks for.
        expected: String,
        /// What the file says.
        found: String,
    },
}
