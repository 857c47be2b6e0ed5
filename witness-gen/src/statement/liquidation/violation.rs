//! Why a liquidation does not satisfy statement L: one variant a clause, without any secret in its text.

use thiserror::Error;

use crate::liquidation::{LiquidationRulesError, MarginError};
use crate::statement::solvency::{RoundError, RulesError};
use crate::tree::TreeError;

/// A broken clause of statement L.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Violation {
    /// The account meets maintenance, or something it is judged by is not what the roots commit to.
    #[error("L1: {0}")]
    L1(#[from] BreachError),
    /// The wrong two accounts, or too many of them.
    #[error("L2: {0}")]
    L2(#[from] PartyError),
    /// The legs are not the share that the buffer equation asks for.
    #[error("L3: {0}")]
    L3(#[from] ShareError),
    /// Price or penalty out of bounds.
    #[error("L4: {0}")]
    L4(#[from] PriceError),
    /// An account does not stand as it has to afterwards.
    #[error("L5: {0}")]
    L5(#[from] AfterError),
    /// Value is not conserved, or the new state is another one.
    #[error("L6: {0}")]
    L6(#[from] ConservationError),
}

impl Violation {
    /// The clause, as `docs/protocol.md` names it: "L1" to "L6".
    pub fn clause(&self) -> &'static str {
        match self {
            Self::L1(_) => "L1",
            Self::L2(_) => "L2",
            Self::L3(_) => "L3",
            Self::L4(_) => "L4",
            Self::L5(_) => "L5",
            Self::L6(_) => "L6",
        }
    }
}

/// L1: the breach, and what it is judged by.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BreachError {
    /// No scenario takes more than there is.
    #[error("maintenance: expected a scenario in which it is breached, found none")]
    Healthy,
    /// The margin cannot be computed.
    #[error("margin of the liquidated account: {0}")]
    Margin(MarginError),
    /// Liquidation rules out of range.
    #[error(transparent)]
    Rules(#[from] LiquidationRulesError),
    /// Margin rules out of range.
    #[error(transparent)]
    MarginRules(#[from] RulesError),
    /// The round is out of range.
    #[error(transparent)]
    Round(#[from] RoundError),
    /// A digest or root that is not the instance's or not that of its opening.
    #[error("{what}: expected the committed one, found another")]
    Root {
        /// Which one.
        what: &'static str,
    },
    /// The breaker is on.
    #[error("breaker: expected 0, found 1")]
    Breaker,
    /// The batch number does not follow that of the state.
    #[error("batch number: expected {expected}, found {found}")]
    Batch {
        /// One more than the state's.
        expected: u64,
        /// The instance's.
        found: u64,
    },
    /// A leaf that does not fit its tree.
    #[error("trees: {0}")]
    Tree(TreeError),
    /// An account that does not open under the accounts root at its moment.
    #[error(
        "liquidation {at}, {party}: expected an account under the accounts root of that moment, found another root"
    )]
    Account {
        /// Place in the batch, from 0.
        at: usize,
        /// Which of the two.
        party: &'static str,
    },
    /// An account's positions are not strictly increasing.
    #[error("liquidation {at}, {party}: expected strictly increasing series, found others")]
    Positions {
        /// Place in the batch, from 0.
        at: usize,
        /// Which of the two.
        party: &'static str,
    },
    /// Risk rows that are not strictly increasing.
    #[error("risk row {at}: expected a higher series than before it, found none")]
    RowOrder {
        /// Place of the row, from 0.
        at: usize,
    },
    /// A risk row that does not open under the round.
    #[error("risk row {at}: expected it under the root of rows, found another root")]
    Row {
        /// Place of the row, from 0.
        at: usize,
    },
}

/// L2: who liquidates whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PartyError {
    /// Both are one account.
    #[error("liquidator: expected another account than the liquidated one, found the same")]
    SameAccount,
    /// Both have one owner.
    #[error("liquidator: expected another owner than that of the liquidated account, found the same")]
    SameOwner,
    /// An account that does not exist.
    #[error("liquidation {at}: expected two existing accounts, found none at one of the leaves")]
    Unknown {
        /// Place in the batch, from 0.
        at: usize,
    },
    /// None, or more liquidations than the rules allow.
    #[error("liquidations of a batch: expected 1 to {cap}, found {found}")]
    Cap {
        /// The cap.
        cap: u32,
        /// Number of liquidations.
        found: usize,
    },
}

/// L3: what is taken. Places are those in the account's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ShareError {
    /// The share is not counted in lots of the largest leg.
    #[error("share: expected it in lots of the largest leg, found another measure")]
    Measure,
    /// More than the buffer needs.
    #[error("share: expected no more than restores the buffer, found more")]
    TooMuch,
    /// Less than the buffer needs.
    #[error("share: expected enough to restore the buffer within one lot, found less")]
    TooLittle,
    /// Not one leg for each position of which the share is at least a lot.
    #[error("legs: expected {expected}, found {found}")]
    Count {
        /// Legs that the share has.
        expected: usize,
        /// Legs there are.
        found: usize,
    },
    /// A leg of another series.
    #[error("leg {at}: expected the account's series in their order, found another")]
    Series {
        /// Place of the leg, from 0.
        at: usize,
    },
    /// A leg that grows its position.
    #[error("leg {at}: expected a leg towards zero, found one away from it")]
    WrongWay {
        /// Place of the leg, from 0.
        at: usize,
    },
    /// A leg that turns its position around.
    #[error("leg {at}: expected at most the whole position, found more")]
    Through {
        /// Place of the leg, from 0.
        at: usize,
    },
    /// A leg that is not the share of its position, floored to whole lots.
    #[error("leg {at}: expected the common share floored to whole lots, found another quantity")]
    Disproportionate {
        /// Place of the leg, from 0.
        at: usize,
    },
}

/// L4: what is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PriceError {
    /// A discount above the largest one.
    #[error("discount: expected at most {cap} (10^-4), found {found}")]
    Discount {
        /// The largest.
        cap: u32,
        /// The one given.
        found: u32,
    },
    /// A penalty rate above the largest one.
    #[error("penalty: expected at most {cap} (10^-4), found {found}")]
    PenaltyRate {
        /// The largest.
        cap: u32,
        /// The one given.
        found: u32,
    },
    /// More than the legs' marks.
    #[error("price: expected at most the marks of the legs, found more")]
    AboveMark,
    /// Less than the marks less the largest discount.
    #[error("price: expected at least the floor, found less")]
    BelowFloor,
    /// Within bounds, but not what the discount leads to.
    #[error("price: expected that of the discount, found another")]
    Price,
    /// The penalty is not what its rate leads to.
    #[error("penalty: expected that of its rate, found another")]
    Penalty,
}

/// L5: how the two stand afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AfterError {
    /// Positions are left, and maintenance is breached still.
    #[error("liquidated account: expected maintenance to be met or the account to be closed, found neither")]
    StillBreached,
    /// The liquidator could not have opened these positions.
    #[error("liquidator: expected its initial margin to be met afterwards, found it breached")]
    Liquidator,
    /// The liquidator's margin cannot be computed.
    #[error("margin of the liquidator: {0}")]
    Margin(MarginError),
}

/// L6: what is conserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ConservationError {
    /// Cash of both accounts, insurance and bad debt do not add up to what they were.
    #[error("cash of both accounts and the pools: expected the sum before, found another")]
    Cash,
    /// Lots of both accounts do not add up.
    #[error("lots of both accounts: expected each series' sum before, found another")]
    Lots,
    /// A pool that a liquidation does not touch, or touches otherwise.
    #[error("{pool} pool: expected what the transfer leads to, found another amount")]
    Pool {
        /// Which pool.
        pool: &'static str,
    },
    /// A deficit is not covered by insurance first and bad debt for the rest.
    #[error("deficit: expected insurance first and the rest as bad debt, found another split")]
    Deficit,
    /// An owner, or anything else of an account but cash and positions, has changed.
    #[error("accounts: expected the same owners, found others")]
    Owner,
    /// Cash, lots or a nonce leaves its range.
    #[error("{what}: expected a value in range, found an overflow")]
    Range {
        /// Which quantity.
        what: &'static str,
    },
    /// Open interest that is not listed, or less than what two accounts net.
    #[error("open interest: expected the series of the legs with what is netted, found less")]
    OpenInterest,
    /// Another new state root.
    #[error("new state root: expected that of the batch, found another")]
    NewState,
}
