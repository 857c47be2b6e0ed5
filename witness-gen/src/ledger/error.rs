//! What a ledger refuses, and what an audit finds.

use halo2curves::bn256::Fr;
use thiserror::Error;

use super::{MAX_ACCOUNTS, MAX_EXPIRIES};
use crate::market::UtcSeconds;
use crate::params::ParameterError;
use crate::series::SeriesTerms;
use crate::statement::liquidation;
use crate::statement::settlement::Violation;
use crate::tree::TreeError;
use crate::units::{ExpiryMinutes, UnitError};

/// What a ledger cannot do, or what is wrong with it. Shows no secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The batch breaks a clause.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The liquidations break a clause.
    #[error(transparent)]
    Liquidation(#[from] liquidation::Violation),
    /// Margin or liquidation rules that are not those of the ledger's parameters.
    #[error("ledger: expected margin rules of digest {expected:?}, found {found:?}")]
    OtherRules {
        /// What the parameters say, 0 where they have no margin rules.
        expected: Fr,
        /// The digest of those that were given.
        found: Fr,
    },
    /// More accounts than the tree has leaves.
    #[error("ledger: expected account numbers below {MAX_ACCOUNTS}, found {found}")]
    AccountNumber {
        /// The number.
        found: u64,
    },
    /// An account that does not exist.
    #[error("ledger: expected an existing account, found no account {index}")]
    UnknownAccount {
        /// Its number.
        index: u32,
    },
    /// An expiry without a slot.
    #[error("ledger: expected an open expiry, found none at {}", UtcSeconds::of_expiry(*expiry))]
    UnknownExpiry {
        /// The expiry.
        expiry: ExpiryMinutes,
    },
    /// More expiries than the series tree has slots.
    #[error("ledger: expected at most {MAX_EXPIRIES} expiries, found {found}")]
    TooManyExpiries {
        /// How many there are.
        found: usize,
    },
    /// Two expiries in one slot.
    #[error("ledger: expected one expiry a slot, found two in slot {slot}")]
    SharedSlot {
        /// The slot.
        slot: u8,
    },
    /// A batch over another state than this one.
    #[error("ledger: expected a batch over state {expected:?}, found one over {found:?}")]
    OtherState {
        /// This ledger's state root.
        expected: Fr,
        /// The batch's old state root.
        found: Fr,
    },
    /// A batch whose parts do not belong together.
    #[error("ledger: expected a batch that leads to {expected:?}, found {found:?}")]
    OtherResult {
        /// What the batch claims.
        expected: Fr,
        /// What applying it gives.
        found: Fr,
    },
    /// An account's positions are not strictly increasing.
    #[error("audit: account {index}: expected strictly increasing series, found others")]
    PositionOrder {
        /// The account.
        index: u32,
    },
    /// A tree that is not the one of the rows below it.
    #[error("audit: {tree} tree: expected root {expected:?}, found {found:?}")]
    Root {
        /// "account" or "series".
        tree: &'static str,
        /// Recomputed from the rows.
        expected: Fr,
        /// Held by the ledger.
        found: Fr,
    },
    /// Open interest that is not the sum of the positions.
    #[error("audit: open interest of {series}: expected the sum of the positions, found another")]
    OpenInterest {
        /// The first such series.
        series: SeriesTerms,
    },
    /// More lots of one side than an amount can say.
    #[error("ledger: open interest of {series}: expected fewer than 2^63 lots a side, found more")]
    OpenInterestRange {
        /// The series.
        series: SeriesTerms,
    },
    /// Money appeared or vanished.
    #[error(
        "audit: expected accounts, clearing, fees and insurance less bad debt to add up to total cash, found another sum"
    )]
    Conservation,
    /// A sum left its unit.
    #[error("ledger: {0}")]
    Unit(#[from] UnitError),
    /// A leaf that does not fit its tree.
    #[error("ledger: {0}")]
    Tree(#[from] TreeError),
    /// Parameters out of their range.
    #[error("ledger: {0}")]
    Parameters(#[from] ParameterError),
}
