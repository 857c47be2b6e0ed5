//! The state header, its root and its history.
//!
//! The whole state is one 4-ary tree; a node has a heap number: root 1, child j of node v is 4v + j ([`node`]).

use std::fmt;

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};

use crate::poseidon::hash4;
use crate::statement::settlement::{Instance, PriceSlot};
use crate::units::Cash;

/// Heap numbers of the nodes of the state tree.
pub mod node {
    use crate::tree::{ACCOUNT_DEPTH, SERIES_DEPTH};

    /// The state root.
    pub const ROOT: u64 = 1;
    /// H(accounts root, series root, insurance, fees).
    pub const HOLDINGS: u64 = 4;
    /// H(clearing, total cash, bad debt, 0).
    pub const POOLS: u64 = 5;
    /// The batch number.
    pub const BATCH: u64 = 6;
    /// The history.
    pub const HISTORY: u64 = 7;
    /// The root of the account tree.
    pub const ACCOUNTS: u64 = 16;
    /// The root of the series tree.
    pub const SERIES: u64 = 17;
    /// The insurance pool.
    pub const INSURANCE: u64 = 18;
    /// The fee pool.
    pub const FEES: u64 = 19;
    /// The clearing pool.
    pub const CLEARING: u64 = 20;
    /// The total of cash.
    pub const TOTAL_CASH: u64 = 21;
    /// The bad debt.
    pub const BAD_DEBT: u64 = 22;
    /// The reserved zero.
    pub const RESERVED: u64 = 23;

    /// The leaf of account `index` (below 4^12).
    pub const fn account(index: u32) -> u64 {
        (ACCOUNTS << (2 * ACCOUNT_DEPTH)) + index as u64
    }

    /// The leaf of series slot `slot`.
    pub const fn series_slot(slot: u8) -> u64 {
        (SERIES << (2 * SERIES_DEPTH)) + slot as u64
    }
}

/// The venue's pools of money, committed as `cash + 2^127` each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pools {
    /// The insurance fund, in the units of [`Cash`].
    pub insurance: Cash,
    /// Fees collected.
    pub fees: Cash,
    /// Payouts between the two sides of an expiry in settlement; 0 when an expiry is closed.
    pub clearing: Cash,
    /// Total of deposited money.
    pub total_cash: Cash,
    /// Losses nobody has borne yet.
    pub bad_debt: Cash,
}

impl fmt::Debug for Pools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pools").finish_non_exhaustive()
    }
}

/// Everything that a state root commits to, the two trees by their roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateHeader {
    /// Root of the account tree.
    pub accounts_root: Fr,
    /// Root of the series tree.
    pub series_root: Fr,
    /// The pools.
    pub pools: Pools,
    /// Number of batches so far.
    pub batch: u64,
    /// Hash chain over all statements so far.
    pub history: Fr,
}

impl StateHeader {
    /// The state root H(H(accounts, series, insurance, fees), H(clearing, total cash, bad debt, 0), batch, history).
    pub fn root(&self) -> Fr {
        let pools = &self.pools;
        let holdings = hash4([
            self.accounts_root,
            self.series_root,
            pools.insurance.to_field(),
            pools.fees.to_field(),
        ]);
        let rest = hash4([
            pools.clearing.to_field(),
            pools.total_cash.to_field(),
            pools.bad_debt.to_field(),
            Fr::zero(),
        ]);
        hash4([holdings, rest, Fr::from(self.batch), self.history])
    }
}

/// The inputs digest H(H(domain, parameters, expiry, close), H(u0, s0, u1, s1), u2, s2).
pub fn inputs_digest(instance: &Instance) -> Fr {
    let [(u0, s0), (u1, s1), (u2, s2)] = std::array::from_fn(|k| PriceSlot::to_fields(k, instance.prices[k].as_ref()));
    let terms = hash4([
        instance.domain,
        instance.parameters,
        Fr::from(u64::from(instance.expiry.get())),
        Fr::from(u64::from(instance.close)),
    ]);
    hash4([terms, hash4([u0, s0, u1, s1]), u2, s2])
}

/// history' = H(history, old state root, statement id, inputs digest).
pub fn next_history(history: Fr, old_root: Fr, statement_id: u64, inputs_digest: Fr) -> Fr {
    hash4([history, old_root, Fr::from(statement_id), inputs_digest])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heap_numbers_are_those_of_the_page() {
        assert_eq!(node::HOLDINGS, 4 * node::ROOT);
        assert_eq!(node::HISTORY, 4 * node::ROOT + 3);
        assert_eq!(node::ACCOUNTS, 4 * node::HOLDINGS);
        assert_eq!(node::RESERVED, 4 * node::POOLS + 3);
        assert_eq!(node::account(5), 16 * 4u64.pow(12) + 5);
        assert_eq!(node::series_slot(7), 17 * 256 + 7);
    }
}
