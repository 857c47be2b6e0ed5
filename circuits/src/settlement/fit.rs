//! What a batch needs of a size, counted before anything is built.

use std::collections::BTreeSet;

use witness_gen::position::Position;
use witness_gen::statement::settlement::PRICE_SLOTS;

use crate::size::Size;

/// Nodes of a batch beside the account tree: 3 of the state, 4 of the series path, 4 of the history, 1 of the parameters.
pub const OTHER_NODES: usize = 12;
/// Sentinels of the chain.
pub const SENTINELS: usize = 2 * PRICE_SLOTS + 1;

/// Steps and series that a batch uses. Grows account by account: a packer asks [`Need::fits`] before it takes the next one.
#[derive(Clone, Debug, Default)]
pub struct Need {
    /// Accounts.
    pub accounts: usize,
    /// Positions before settlement.
    pub positions: usize,
    account_steps: usize,
    parents: Vec<BTreeSet<u32>>,
    nodes: usize,
    series: BTreeSet<witness_gen::series::SeriesWord>,
    /// Series in the open interest of the expiry.
    pub interest: usize,
}

impl Need {
    /// The need of a batch without accounts over an expiry with so many series.
    pub fn new(interest: usize) -> Self {
        Self {
            interest,
            parents: vec![BTreeSet::new(); witness_gen::tree::ACCOUNT_DEPTH],
            ..Self::default()
        }
    }
    /// Adds an account.
    pub fn add(&mut self, index: u32, positions: &[Position]) {
        self.accounts += 1;
        self.positions += positions.len();
        self.account_steps += positions.len().div_ceil(3) + 1;
        for (h, set) in self.parents.iter_mut().enumerate() {
            if set.insert(index >> (2 * (h + 1))) {
                self.nodes += 1;
            } else {
                break;
            }
        }
        self.series.extend(positions.iter().map(|p| p.series.word()));
    }
    /// Dynamic steps that are needed.
    pub fn steps(&self) -> usize {
        (self.account_steps + self.nodes + OTHER_NODES).max(self.series.len() + SENTINELS) + 1
    }
    /// Distinct series, settled and carried.
    pub fn series(&self) -> usize {
        self.series.len()
    }
    /// True when the batch fits the size.
    pub fn fits(&self, size: &Size) -> bool {
        self.steps() <= size.dynamic_steps && self.interest <= size.interest_steps
    }
}

/// Capacity of a size, for people.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Capacity {
    /// Neighbouring accounts of up to three positions each, with [`sample_series`] distinct series.
    pub max_accounts: usize,
    /// Positions, when neighbouring accounts hold 40 each, with [`sample_series`] distinct series.
    pub max_positions: usize,
    /// Series of the settled expiry.
    pub max_series: usize,
}

/// Computes the capacity of a size.
pub fn capacity(size: &Size) -> Capacity {
    let chain = sample_series(size) + SENTINELS;
    let nodes = |n: usize| {
        (1..=witness_gen::tree::ACCOUNT_DEPTH)
            .map(|h| n.div_ceil(1 << (2 * h)))
            .sum::<usize>()
            + OTHER_NODES
    };
    let most = |chunks: usize| {
        (1..)
            .take_while(|n| (n * (chunks + 1) + nodes(*n)).max(chain) < size.dynamic_steps)
            .last()
            .unwrap_or(0)
    };
    Capacity {
        max_accounts: most(1),
        max_positions: 40 * most(14),
        max_series: size.interest_steps,
    }
}

/// The number of distinct series for which [`capacity`] is stated: 64, or fewer where a size is small.
pub fn sample_series(size: &Size) -> usize {
    (size.dynamic_steps / 4).min(64)
}
