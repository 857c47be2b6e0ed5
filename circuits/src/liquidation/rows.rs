//! The sizes of statement L, and the tags of its tuples.

use serde::Serialize;

pub use crate::builder::rows::*;
use crate::size::RESERVED_ROWS;

/// Tags of tuples.
pub mod tag {
    /// (series, order; eight values), then this + 1: (series; nine values), then this + 2: (series; eight values, 0). The mark comes first.
    pub const VALUES: u64 = 2;
    /// (series, order).
    pub const SERIES: u64 = 5;
    /// (series), as often as lots leave both sides of the open interest.
    pub const INTEREST: u64 = 6;
    /// (series), as often as lots come to a liquidator, for transfer 0; each later transfer has the next tag.
    pub const MOVED: u64 = 16;
}

/// A named size: exactly so many transfers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Its name.
    pub name: &'static str,
    /// log2 of the number of rows.
    pub k: u32,
    /// Liquidations of the batch, exactly.
    pub transfers: usize,
    /// Positions of a liquidated account that fit.
    pub legs: usize,
    /// Positions of a liquidator that fit, before and after.
    pub held: usize,
    /// Distinct series of the batch that fit.
    pub series: usize,
    /// Expiries in which something is netted that fit.
    pub expiries: usize,
    /// Series with open interest that fit in each of them, from the first on that is netted.
    pub interest: usize,
}

/// All sizes, smallest first.
pub const SIZES: [Size; 4] = [
    Size {
        name: "xs",
        k: 13,
        transfers: 1,
        legs: 4,
        held: 6,
        series: 8,
        expiries: 1,
        interest: 8,
    },
    Size {
        name: "s",
        k: 15,
        transfers: 1,
        legs: 24,
        held: 48,
        series: 72,
        expiries: 1,
        interest: 96,
    },
    Size {
        name: "m",
        k: 15,
        transfers: 4,
        legs: 8,
        held: 24,
        series: 40,
        expiries: 1,
        interest: 48,
    },
    Size {
        name: "l",
        k: 17,
        transfers: 12,
        legs: 12,
        held: 40,
        series: 80,
        expiries: 2,
        interest: 128,
    },
];

impl Size {
    /// Looks a size up by name.
    pub fn by_name(name: &str) -> Option<Size> {
        SIZES.into_iter().find(|s| s.name == name)
    }
    /// Rows of the domain.
    pub const fn rows(&self) -> usize {
        1 << self.k
    }
    /// Row where the bus ends.
    pub const fn end(&self) -> usize {
        self.rows() - RESERVED_ROWS
    }
}
