//! Why risk arrays do not satisfy statement R: one variant a clause, sometimes two. Nothing in it is secret.

use halo2curves::bn256::Fr;
use thiserror::Error;

use crate::pricing::{Greeks, PricingError};
use crate::risk::{GridError, InputError, RiskError};
use crate::series::SeriesTerms;
use crate::units::Underlying;

/// A broken clause of statement R.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Violation {
    /// A rule out of its range.
    #[error("R1: {0}")]
    R1(#[from] GridError),
    /// The rules are not those of the instance.
    #[error("R1: parameters digest: {0}")]
    R1Parameters(Mismatch),
    /// Inputs without order, forward or range.
    #[error("R2: {0}")]
    R2(#[from] InputError),
    /// Underlying, spot or time are not those of the instance.
    #[error("R2: underlying, spot or time: {0}")]
    R2Mismatch(Mismatch),
    /// Forwards and volatilities are not those that the oracle attested.
    #[error("R3: digest of the volatility inputs: {0}")]
    R3(Mismatch),
    /// The regime does not go on from where it was, or not to where it should.
    #[error("R4: {0}")]
    R4(RegimeError),
    /// A scenario moves spot, forward or volatility out of the admitted range.
    #[error("R5: {0}")]
    R5(RiskError),
    /// A mark or Greek is not that of Black-76.
    #[error("R6: {0}")]
    R6(RowError),
    /// A scenario value is not that of Black-76.
    #[error("R7: {0}")]
    R7(RowError),
    /// The rows are not one for each series, in order.
    #[error("R8: {0}")]
    R8(RowError),
    /// The risk root is not that of the rows.
    #[error("R8: risk root: {0}")]
    R8Root(Mismatch),
}

impl Violation {
    /// The clause, as `docs/protocol.md` names it: "R1" to "R8".
    pub fn clause(&self) -> &'static str {
        match self {
            Self::R1(_) | Self::R1Parameters(_) => "R1",
            Self::R2(_) | Self::R2Mismatch(_) => "R2",
            Self::R3(_) => "R3",
            Self::R4(_) => "R4",
            Self::R5(_) => "R5",
            Self::R6(_) => "R6",
            Self::R7(_) => "R7",
            Self::R8(_) | Self::R8Root(_) => "R8",
        }
    }
}

/// A claimed root, digest or number that differs from the derived one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected {expected:?}, found {found:?}")]
pub struct Mismatch {
    /// Derived from the witness.
    pub expected: Fr,
    /// Claimed by the instance.
    pub found: Fr,
}

/// R4: what does not fit about the regime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RegimeError {
    /// The regime of another underlying.
    #[error("regime: expected underlying {expected}, found {found}")]
    Underlying {
        /// That of the inputs.
        expected: Underlying,
        /// That of the regime.
        found: Underlying,
    },
    /// A state before that is not the instance's.
    #[error("regime before: {0}")]
    Old(Mismatch),
    /// A state that cannot be updated.
    #[error("{0}")]
    Update(InputError),
    /// A state after that is not the instance's.
    #[error("regime after: {0}")]
    New(Mismatch),
    /// A factor that is not the instance's.
    #[error("factor: {0}")]
    Factor(Mismatch),
}

/// R6 to R8: a row that is not what its series is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RowError {
    /// The series lies outside the admitted domain.
    #[error("{series}: {source}")]
    Domain {
        /// The series.
        series: SeriesTerms,
        /// What is out of range.
        source: PricingError,
    },
    /// Another mark.
    #[error("mark of {series}: expected {expected}, found {found}")]
    Mark {
        /// The series.
        series: SeriesTerms,
        /// That of Black-76.
        expected: u64,
        /// The row's.
        found: u64,
    },
    /// Other Greeks.
    #[error("Greeks of {series}: expected {expected:?}, found {found:?}")]
    Greeks {
        /// The series.
        series: SeriesTerms,
        /// Those of Black-76.
        expected: Greeks,
        /// The row's.
        found: Greeks,
    },
    /// Another number of scenarios.
    #[error("{series}: expected {expected} scenario values, found {found}")]
    Scenarios {
        /// The series.
        series: SeriesTerms,
        /// The grid's number.
        expected: usize,
        /// The row's.
        found: usize,
    },
    /// Another scenario value.
    #[error("{series}, scenario {scenario}: expected {expected}, found {found}")]
    Value {
        /// The series.
        series: SeriesTerms,
        /// Its place in the grid, from 0.
        scenario: usize,
        /// That of Black-76.
        expected: u64,
        /// The row's.
        found: u64,
    },
    /// Another number of rows.
    #[error("rows: expected {expected}, found {found}")]
    Count {
        /// Number of listed series.
        expected: usize,
        /// Number of rows.
        found: usize,
    },
    /// Another series in a row.
    #[error("row: expected {expected}, found {found}")]
    Series {
        /// The listed series.
        expected: SeriesTerms,
        /// The row's.
        found: SeriesTerms,
    },
}
