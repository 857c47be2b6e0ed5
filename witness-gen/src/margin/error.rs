//! Why a margin cannot be computed.

use thiserror::Error;

use crate::pricing::PricingError;
use crate::risk::{GridError, InputError, RiskError};
use crate::series::{Kind, SeriesTerms};
use crate::units::ExpiryMinutes;

/// A portfolio, or a file of one, that no margin can be computed for. Quantities stay out of the texts: they may be secret.
#[derive(Debug, Error)]
pub enum MarginError {
    /// Rows that disagree with the grid about the number of scenarios.
    #[error("{series}: expected {expected} scenario values, found {found}")]
    Scenarios {
        /// The series.
        series: SeriesTerms,
        /// Scenarios of the grid.
        expected: usize,
        /// Values of the row.
        found: usize,
    },
    /// A grid that a rule cannot work with.
    #[error("{rule}: expected a grid with {expected}, found {found}")]
    Grid {
        /// The rule.
        rule: &'static str,
        /// What it needs.
        expected: &'static str,
        /// The grid's name.
        found: String,
    },
    /// A kind of series that a rule does not know.
    #[error("{rule}: expected {expected}, found a series of kind {found:?}")]
    Kind {
        /// The rule.
        rule: &'static str,
        /// The kinds it knows.
        expected: &'static str,
        /// The kind.
        found: Kind,
    },
    /// No time left to an expiry, or too much.
    #[error("expiry {expiry}: {source}")]
    Time {
        /// The expiry.
        expiry: ExpiryMinutes,
        /// What is out of range.
        source: PricingError,
    },
    /// A sum that leaves 127 bits.
    #[error("{what}: expected a magnitude below 2^127, found more")]
    TooLarge {
        /// Which sum.
        what: &'static str,
    },
    /// A price of a series.
    #[error(transparent)]
    Risk(#[from] RiskError),
    /// A grid of the program.
    #[error(transparent)]
    Rules(#[from] GridError),
    /// Market inputs.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A file that is not CSV.
    #[error("{file}: expected CSV, found {source}")]
    Csv {
        /// Which file.
        file: &'static str,
        /// What the reader says.
        source: csv::Error,
    },
    /// A column that is not there.
    #[error("{file}: expected a column `{column}`, found none")]
    Column {
        /// Which file.
        file: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A field that is not what its column holds.
    #[error("{file}, line {line}: `{column}`: expected {expected}, found `{found}`")]
    Field {
        /// Which file.
        file: &'static str,
        /// The line.
        line: u64,
        /// The column.
        column: &'static str,
        /// What is accepted.
        expected: String,
        /// What stood there, cut.
        found: String,
    },
    /// Two files, or two lines, that do not fit each other.
    #[error("portfolio {portfolio}: expected {expected}, found {found}")]
    Portfolio {
        /// The portfolio's name in the file, cut.
        portfolio: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// An instrument that the risk file does not list.
    #[error("{instrument}: expected a series of the risk file, found none")]
    Unlisted {
        /// Its name, cut.
        instrument: String,
    },
    /// A trade that is not INSTRUMENT:QUANTITY.
    #[error(
        "trade {number}: expected INSTRUMENT:QUANTITY, the quantity a decimal in 10^-6 other than 0, found something else"
    )]
    Trade {
        /// Which one, from 1.
        number: usize,
    },
    /// A payoff or parameter that is out of range.
    #[error(transparent)]
    Payoff(#[from] crate::payoff::PayoffError),
}
