//! Where a thing stands in the circuit of statement R: its columns beside those of the builder, tags of the bus, the cells of a scenario, the sizes.

use serde::Serialize;

pub use crate::builder::rows::*;
use crate::size::RESERVED_ROWS;

/// The values of the table's row.
pub const TABLE: [usize; 5] = [crate::builder::rows::TABLE, 21, 22, 23, 24];
/// 1 in the first row of a scenario.
pub const Q_SCENARIO: usize = 25;
/// All fixed columns.
pub const FIXED: usize = 26;

/// Tags of tuples.
pub mod tag {
    /// (limb).
    pub const LIMB: u64 = crate::builder::rows::TAG_LIMB;
    /// (node, or node + 2^40 from 0 on; N @36): d2 of a scenario.
    pub const SECOND: u64 = 2;
    /// (node; N @36, slope, curvature, weight): d1 of a scenario.
    pub const FIRST: u64 = 3;
    /// (node; N @36, n @36): Greeks.
    pub const GREEK: u64 = 4;
    /// (offset; correction).
    pub const CORRECTION: u64 = 5;
    /// (row; ln c @45, 1/c @46).
    pub const LN: u64 = 6;
    /// (e; 2^(44-e)), e in 0 ..= 44.
    pub const POWER: u64 = 7;
    /// (nodes, rest, half square, reciprocal, dead; place, strike, coarse ln(F/K), put, expiry): a strike under a move of volatility.
    pub const STRIKE: u64 = 8;
    /// (expiry, forward, root, ln forward, least forward; greatest one, three vol times, 0): an expiry.
    pub const EXPIRY: u64 = 9;
    /// (row; e^x @40).
    pub const EXP: u64 = 10;
    /// (expiry, shocked forward, coarse ln of the multiplier, move, coin): an expiry under scenario i - 1; 0 is the mark. Coin is 0 in quote.
    pub const SHOCK: u64 = 16;
}

/// A scenario: six rows of all columns.
pub mod scenario {
    /// Rows.
    pub const ROWS: usize = 6;
    /// Scenarios of a grid.
    pub const COUNT: usize = 24;
    /// The mark and the scenarios.
    pub const VALUES: usize = 1 + COUNT;
    /// (column, row) of nodes.
    pub const NODES: (usize, i32) = (0, 0);
    /// Rest of s.
    pub const REST: (usize, i32) = (1, 0);
    /// Half square of the rest.
    pub const HALF_SQUARE: (usize, i32) = (2, 0);
    /// 1 / s.
    pub const RECIPROCAL: (usize, i32) = (3, 0);
    /// From here on the scenario is dead.
    pub const DEAD: (usize, i32) = (4, 0);
    /// 1: live.
    pub const LIVE: (usize, i32) = (5, 0);
    /// Place of the strike and number of the move.
    pub const PLACE: (usize, i32) = (0, 1);
    /// Strike.
    pub const STRIKE: (usize, i32) = (1, 1);
    /// ln(F/K) @18 before the shock.
    pub const LOG: (usize, i32) = (2, 1);
    /// 1: a put.
    pub const PUT: (usize, i32) = (3, 1);
    /// Expiry of the strike.
    pub const EXPIRY: (usize, i32) = (4, 1);
    /// 1: the intrinsic side is the call's.
    pub const ABOVE: (usize, i32) = (5, 1);
    /// Node of d1, with what stands there.
    pub const FIRST: (usize, i32) = (0, 2);
    /// 1: the excess is negative.
    pub const NEGATIVE: (usize, i32) = (5, 2);
    /// Expiry, shocked forward, its logarithm, move, coin.
    pub const SHOCK: (usize, i32) = (0, 3);
    /// N(d1) @45.
    pub const UP: (usize, i32) = (5, 3);
    /// Key of the node of d2, and N there.
    pub const SECOND: (usize, i32) = (0, 4);
    /// Fixed column, in the first row: 1 where the value is in coin.
    pub const IN_COIN: usize = super::RC[3];
    /// The value in quote; in coin the excess, which the program of the series makes a value of.
    pub const VALUE: (usize, i32) = (5, 4);
    /// Offset of d2 below its node, and the correction.
    pub const OFFSET: (usize, i32) = (0, 5);
    /// The packed element so far.
    pub const ELEMENT: (usize, i32) = (5, 5);
}

/// A named size: 4^levels series of at most so many expiries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Its name: the number of series.
    pub name: &'static str,
    /// log2 of the number of rows.
    pub k: u32,
    /// Height of the subtree of rows.
    pub levels: usize,
    /// Expiries that fit.
    pub expiries: usize,
}

/// All sizes, smallest first. The tables alone take 18,440 rows, so k is 15 in all of them.
pub const SIZES: [Size; 3] = [
    Size {
        name: "4",
        k: 15,
        levels: 1,
        expiries: 4,
    },
    Size {
        name: "16",
        k: 15,
        levels: 2,
        expiries: 16,
    },
    Size {
        name: "64",
        k: 15,
        levels: 3,
        expiries: 8,
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
    /// Series that fit.
    pub const fn series(&self) -> usize {
        1 << (2 * self.levels)
    }
    /// Row where the bus ends.
    pub const fn end(&self) -> usize {
        self.rows() - RESERVED_ROWS
    }
}
