//! What is wrong with a path, a book or a network. All of it is public or made up.

use std::io;

use thiserror::Error;

use crate::market::UtcSeconds;
use crate::risk::RiskError;
use crate::statement::liquidation::Violation;

/// Why a stress run is not possible.
#[derive(Debug, Error)]
pub enum StressError {
    /// A file that cannot be read.
    #[error("path: expected a readable file, found {0}")]
    Io(#[from] io::Error),
    /// A line that says something else than its column.
    #[error("path, line {line}: expected {expected}, found {found}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What the format asks for.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// An event, a currency or a date that the file does not have.
    #[error("{what}: expected {expected}, found {found}")]
    Unknown {
        /// "event", "date" or "currency".
        what: &'static str,
        /// What there is.
        expected: String,
        /// What was asked for.
        found: String,
    },
    /// Too few prices.
    #[error("path: expected at least 2 prices, found {found}")]
    Short {
        /// Number of prices.
        found: usize,
    },
    /// Too few accounts.
    #[error("stress book: expected at least {expected} accounts, found {found}")]
    Accounts {
        /// The fewest.
        expected: u32,
        /// The number asked for.
        found: u32,
    },
    /// A step whose prices cannot be computed.
    #[error("at {time}: {source}")]
    Pricing {
        /// The step.
        time: UtcSeconds,
        /// What is out of range.
        source: RiskError,
    },
    /// A step whose margins or liquidations cannot be computed.
    #[error("at {time}: {source}")]
    Liquidation {
        /// The step.
        time: UtcSeconds,
        /// The broken clause.
        source: Violation,
    },
    /// Money appeared or vanished: a mistake of this program.
    #[error("at {time}: expected cash, insurance and bad debt to add up to what they were, found another sum")]
    Conservation {
        /// The step.
        time: UtcSeconds,
    },
    /// A network that makes no sense.
    #[error("contagion, {what}: expected {expected}, found {found}")]
    Network {
        /// Which part.
        what: &'static str,
        /// What it has to be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
}
