//! Why a batch does not satisfy statement S: one variant a clause, without any secret in its text.

use halo2curves::bn256::Fr;
use thiserror::Error;

use crate::params::ParameterError;
use crate::payoff::PayoffError;
use crate::series::SeriesTerms;
use crate::tree::TreeError;
use crate::units::{ExpiryMinutes, Underlying};

/// A broken clause of statement S.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Violation {
    /// Touched accounts do not open under the old state, or one is there twice.
    #[error("S1: {0}")]
    S1(#[from] OpeningError),
    /// A list of positions is not strictly increasing.
    #[error("S2: {0}")]
    S2(#[from] ListError),
    /// The price slots do not say which series are settled.
    #[error("S3: {0}")]
    S3(#[from] SlotError),
    /// Payoff or fee per lot is not defined, or the parameters are not those of the instance.
    #[error("S4: {0}")]
    S4(#[from] TermsError),
    /// Cash or nonce of an account leaves its range.
    #[error("S5: {0}")]
    S5(#[from] AccountError),
    /// The new state is not the one the batch leads to.
    #[error("S6: new state root: {0}")]
    S6(StateMismatch),
    /// A pool leaves its range.
    #[error("S7: {0}")]
    S7(#[from] PoolError),
    /// The batch is nothing but padding.
    #[error("S8: {0}")]
    S8(#[from] PaddingError),
    /// Open interest does not fall by what is settled, or an expiry is closed too early.
    #[error("S9: {0}")]
    S9(#[from] OpenInterestError),
}

impl Violation {
    /// The clause, as `docs/protocol.md` names it: "S1" to "S9".
    pub fn clause(&self) -> &'static str {
        match self {
            Self::S1(_) => "S1",
            Self::S2(_) => "S2",
            Self::S3(_) => "S3",
            Self::S4(_) => "S4",
            Self::S5(_) => "S5",
            Self::S6(_) => "S6",
            Self::S7(_) => "S7",
            Self::S8(_) => "S8",
            Self::S9(_) => "S9",
        }
    }
}

/// A claimed root or digest that differs from the derived one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected {expected:?}, found {found:?}")]
pub struct StateMismatch {
    /// Derived from the witness.
    pub expected: Fr,
    /// Claimed by the instance.
    pub found: Fr,
}

/// S1: what does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpeningError {
    /// Leaves and paths that are not of one tree.
    #[error("account tree: {0}")]
    Tree(TreeError),
    /// The witness stands over another state.
    #[error("old state root: {0}")]
    OldState(StateMismatch),
    /// There is no state before the batch.
    #[error("batch number: expected 1 .. 2^63, found {found}")]
    Batch {
        /// The number that was given.
        found: u64,
    },
}

/// S2: where a list stops increasing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("account {account}: expected strictly increasing series, found position {position} not above the one before")]
pub struct ListError {
    /// Number of the account's leaf.
    pub account: u32,
    /// Place in the list, from 0.
    pub position: usize,
}

/// S3: a price slot that decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SlotError {
    /// Underlying or price is 0 in a used slot.
    #[error("price slot {slot}: expected underlying and price above 0, found 0")]
    Zero {
        /// The slot, from 0.
        slot: usize,
    },
    /// An underlying in two slots.
    #[error("price slot {slot}: expected distinct underlyings, found {underlying} twice")]
    Duplicate {
        /// The second slot, from 0.
        slot: usize,
        /// The underlying.
        underlying: Underlying,
    },
}

/// S4: terms, prices or parameters without a payoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TermsError {
    /// Payoff or fee of a series.
    #[error("{series}: {source}")]
    Payoff {
        /// The series.
        series: SeriesTerms,
        /// What is not defined.
        source: PayoffError,
    },
    /// A parameter out of its range.
    #[error("parameters: {0}")]
    Range(ParameterError),
    /// The digest of the instance is that of other parameters.
    #[error("parameters digest: {0}")]
    Parameters(StateMismatch),
}

/// S5: an account that cannot take its settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccountError {
    /// The cash after leaves its range.
    #[error("account {account}: expected cash in -2^127 .. 2^127, found an overflow")]
    Cash {
        /// Number of the account's leaf.
        account: u32,
    },
    /// The nonce is used up.
    #[error("account {account}: expected a nonce below 2^32 - 1, found {found}")]
    Nonce {
        /// Number of the account's leaf.
        account: u32,
        /// The nonce before.
        found: u32,
    },
}

/// S7: a pool that cannot take its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("pool {pool}: expected money in -2^127 .. 2^127, found an overflow")]
pub struct PoolError {
    /// "clearing" or "fees".
    pub pool: &'static str,
}

/// S8: a batch without an account would be padding alone, and padding changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("accounts in the batch: expected at least {expected}, found {found}")]
pub struct PaddingError {
    /// 1.
    pub expected: usize,
    /// 0.
    pub found: usize,
}

/// S9: open interest that does not fit the batch. Its amounts are not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenInterestError {
    /// The list is not strictly increasing.
    #[error("open interest: expected strictly increasing series, found entry {position} not above the one before")]
    Order {
        /// Place in the list, from 0.
        position: usize,
    },
    /// An entry of another expiry.
    #[error("open interest: expected expiry {expected}, found {found}")]
    Expiry {
        /// The batch's.
        expected: ExpiryMinutes,
        /// The entry's.
        found: ExpiryMinutes,
    },
    /// An amount of 2^63 or more.
    #[error("open interest of {series}: expected amounts below 2^63, found more")]
    Range {
        /// The series.
        series: SeriesTerms,
    },
    /// More lots settled than are open.
    #[error("open interest of {series}: expected at least the lots settled, found fewer")]
    Exceeded {
        /// The series.
        series: SeriesTerms,
    },
    /// A settled series without open interest.
    #[error("open interest: expected all {expected} settled series, found {found}")]
    Unlisted {
        /// Number of settled series.
        expected: usize,
        /// Number of those in the list.
        found: usize,
    },
    /// A close while lots are open.
    #[error("close: expected open interest 0 of every series, found some of {series}")]
    StillOpen {
        /// The first such series.
        series: SeriesTerms,
    },
    /// A close while clearing is not 0.
    #[error("close: expected a clearing pool of 0, found another amount")]
    Clearing,
}
