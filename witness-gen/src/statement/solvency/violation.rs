//! Why an account does not satisfy statement M: one variant a clause, without any secret in its text.

use thiserror::Error;

use super::root_opening::RoundError;
use super::rules::RulesError;

/// A broken clause of statement M.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Violation {
    /// The secret is not the account's.
    #[error("M1: {0}")]
    Owner(#[from] OwnerError),
    /// The account does not stand in the state.
    #[error("M1: {0}")]
    Account(#[from] AccountError),
    /// A position has no row under the risk root.
    #[error("M2: {0}")]
    M2(#[from] RowError),
    /// The requirement is not met.
    #[error("M3: {0}")]
    M3(#[from] MarginError),
    /// The pseudonym is not the one of this challenge.
    #[error("M4: pseudonym: expected the one of the secret, the challenge and the domain, found another")]
    M4,
}

impl Violation {
    /// The clause, as `docs/protocol.md` names it: "M1" to "M4".
    pub fn clause(&self) -> &'static str {
        match self {
            Self::Owner(_) | Self::Account(_) => "M1",
            Self::M2(_) => "M2",
            Self::M3(_) => "M3",
            Self::M4 => "M4",
        }
    }
}

/// M1: whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OwnerError {
    /// The key hash of the leaf is another one.
    #[error("owner key hash: expected the one of the secret, found another")]
    KeyHash,
}

/// M1: where the account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccountError {
    /// The leaf does not open under the accounts root.
    #[error("account leaf: expected it under the accounts root, found another root")]
    NotInTree,
    /// The header is not the one of the state root.
    #[error("state root: expected the instance's, found another")]
    State,
    /// More positions than any size takes.
    #[error("positions: expected at most 128, found {found}")]
    TooMany {
        /// Positions of the account.
        found: usize,
    },
}

/// M2: rows of the risk arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RowError {
    /// Not one row for each position.
    #[error("risk rows: expected {expected}, one for each position, found {found}")]
    Count {
        /// Positions.
        expected: usize,
        /// Rows.
        found: usize,
    },
    /// The round is out of range.
    #[error("{0}")]
    Round(RoundError),
    /// The round is not the one of the instance.
    #[error("risk root: expected the instance's, found another")]
    Root,
    /// A row of a grid that the statement does not take.
    #[error("risk row {at}: expected 24 scenarios, found {found}")]
    Scenarios {
        /// Number of the position, from 0.
        at: usize,
        /// Scenarios of the row.
        found: usize,
    },
    /// A row in coin, whose values are no money of an account in quote.
    #[error("risk row {at}: expected a series that settles in quote, found one that settles in coin")]
    Coin {
        /// Number of the position, from 0.
        at: usize,
    },
    /// A row of another series.
    #[error("risk row {at}: expected the series of the position, found another")]
    Series {
        /// Number of the position, from 0.
        at: usize,
    },
    /// A row that does not open under the root of rows.
    #[error("risk row {at}: expected it under the root of rows, found another root")]
    NotInTree {
        /// Number of the position, from 0.
        at: usize,
    },
}

/// M3: the requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MarginError {
    /// The rules are out of range.
    #[error("{0}")]
    Rules(RulesError),
    /// The parameters are not those of the instance.
    #[error("parameters digest: expected the instance's, found another")]
    Parameters,
    /// The risk rules have another grid.
    #[error("scenario grid: expected paradex-24, found another")]
    Grid,
    /// The threshold is out of its range.
    #[error("threshold: expected below 2^127, found {found}")]
    Threshold {
        /// The threshold, which is public.
        found: u128,
    },
    /// A scenario leaves less than is required.
    #[error("scenario {number} (0: unmoved): expected at least what is required, found less")]
    NotMet {
        /// Number of the first such scenario, from 1; 0 is the market as it stands.
        number: usize,
    },
}
