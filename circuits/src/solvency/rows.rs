//! Where a thing stands in the circuit of statement M: columns, the cells of a position, the rows of a size.

use serde::Serialize;
use witness_gen::risk::inputs::RISK_DEPTH;
use witness_gen::statement::solvency::SCENARIOS;
use witness_gen::tree::ACCOUNT_DEPTH;

use crate::chips::poseidon::ROWS;
use crate::size::RESERVED_ROWS;

/// Hash columns.
pub const HASH: [usize; 5] = [0, 1, 2, 3, 4];
/// Limbs of 9 bits, one a row.
pub const L: usize = 5;
/// Everything else; the only column with copy constraints.
pub const F: usize = 6;
/// First-phase advice columns.
pub const PHASE0: usize = 7;
/// Running sum of the limb bus (second phase).
pub const PHI: usize = 7;
/// All advice columns.
pub const ADVICE: usize = 8;

/// Round constants; in rows without a hash the coefficients of an arithmetic row, a constant, or a limb of the table.
pub const RC: [usize; 5] = [0, 1, 2, 3, 4];
/// 1 in the last row of every permutation.
pub const Q_LAST: usize = 5;
/// 1 in partial-round rows.
pub const Q_PARTIAL: usize = 6;
/// 1 in full-round rows.
pub const Q_FULL: usize = 7;
/// A block of seven limbs begins here: [`block`].
pub const Q_BLOCK: usize = 8;
/// What the block's value counts in its word.
pub const COEFF: usize = 9;
/// 1 where the word goes on from the block before; 2 where the bus begins and ends.
pub const CARRY: usize = 10;
/// A step begins here: [`kind`].
pub const KIND: usize = 11;
/// A position begins here: 1 the first, 2 a later one.
pub const Q_POSITION: usize = 12;
/// [`fixed_row`].
pub const Q_STATIC: usize = 13;
/// 1 where the bus runs.
pub const Q_BUS: usize = 14;
/// All fixed columns.
pub const FIXED: usize = 15;

/// Values of [`Q_BLOCK`].
pub mod block {
    /// Seven limbs, 63 bits, go into a word.
    pub const PLAIN: u64 = 1;
    /// Five limbs, 45 bits, go into a word, and times lots begin a sum.
    pub const FIRST: u64 = 2;
    /// The same, added to the sum of the position before.
    pub const LATER: u64 = 3;
    /// Rows, one limb each.
    pub const ROWS: usize = 7;
    /// Limbs of a value of a risk row.
    pub const NARROW: usize = 5;
    /// F: sum of lots times value.
    pub const SUM: i32 = 0;
    /// F: lots of the position.
    pub const LOTS: i32 = 1;
    /// F: word so far.
    pub const WORD: i32 = 2;
}

/// Values of [`KIND`].
pub mod kind {
    /// The hash takes F of the rows [`super::INPUTS`].
    pub const INPUTS: u64 = 1;
    /// The output before is one of the four inputs.
    pub const PATH: u64 = 2;
}

/// Values of [`Q_STATIC`].
pub mod fixed_row {
    /// A limb of the table; F says how often it is used.
    pub const TABLE: u64 = 1;
    /// `RC0·F0·F1 + RC1·F0 + RC2·F2 + RC3·F3 + RC4 = 0` over F of four rows.
    pub const ARITHMETIC: u64 = 2;
    /// F is RC0.
    pub const CONSTANT: u64 = 3;
}

/// Rows of F, within a step, of the four inputs.
pub const INPUTS: [usize; 4] = [6, 3, 4, 5];
/// Row of F, within a step, of the output.
pub const OUTPUT: usize = ROWS - 1;

/// A position: two steps of its row's digest, six of its path and an idle one, under 27 blocks.
pub mod position {
    use super::{RISK_DEPTH, ROWS, SCENARIOS};
    /// Steps of the row's digest.
    pub const DIGEST_STEPS: usize = 2;
    /// Steps; the last one is idle.
    pub const STEPS: usize = DIGEST_STEPS + RISK_DEPTH + 1;
    /// Rows.
    pub const HEIGHT: usize = STEPS * ROWS;
    /// Block of |lots|.
    pub const LOTS: usize = 0;
    /// Block of the mark; the scenarios follow. The block before is empty but for the lots.
    pub const MARK: usize = 2;
    /// Blocks.
    pub const BLOCKS: usize = MARK + 1 + SCENARIOS;
    /// Series word, scenarios and tag: the first element of the row (first input of the first step).
    pub const SERIES: i32 = 6;
    /// Lots, signed.
    pub const SIGNED: i32 = 8;
    /// 1: short.
    pub const SHORT: i32 = 10;
    /// 1: present.
    pub const PRESENT: i32 = 11;
    /// The position word, 0 when absent.
    pub const WORD: i32 = 12;
    /// Positions so far.
    pub const COUNT: i32 = 13;
    /// Short lots so far.
    pub const SHORTS: i32 = 17;
    /// The root of rows.
    pub const ROOT: i32 = 18;
    /// The output of the last step of the path.
    pub const TOP: i32 = 19;
}

/// Limbs of the table.
pub const TABLE: usize = 512;
/// Constants.
pub const CONSTANTS: usize = 4;
/// Distinct weights of the grid's scenarios, and 0 for the market unmoved.
pub const WEIGHTS: usize = 10;
/// Arithmetic rows of every size; a chunk of the list adds two.
pub const ARITHMETIC: usize = 24 + WEIGHTS;
/// Checks of 189 bits: the market unmoved, and every scenario.
pub const CHECKS: usize = 1 + SCENARIOS;
/// Steps without a hash: market word, cash and nonce in two each, the threshold, then the checks.
pub const PLAIN_STEPS: usize = 5 + CHECKS;
/// Steps beside the positions' and the chunks': secret, owner, pseudonym, risk rules, margin rules, parameters, risk root, leaf, account
/// path, two of the state.
pub const OTHER_STEPS: usize = 10 + ACCOUNT_DEPTH;

/// A named size of statement M.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Its name: the number of positions.
    pub name: &'static str,
    /// log2 of the number of rows.
    pub k: u32,
    /// Positions that fit.
    pub positions: usize,
}

/// All sizes, smallest first.
pub const SIZES: [Size; 3] = [size("8", 12, 8), size("32", 13, 32), size("128", 15, 128)];

const fn size(name: &'static str, k: u32, positions: usize) -> Size {
    let size = Size { name, k, positions };
    assert!(size.end() + RESERVED_ROWS <= 1 << k, "the size fits its rows");
    size
}

impl Size {
    /// Looks a size up by name.
    pub fn by_name(name: &str) -> Option<Size> {
        SIZES.into_iter().find(|s| s.name == name)
    }
    /// The smallest size for so many positions.
    pub fn for_positions(positions: usize) -> Option<Size> {
        SIZES.into_iter().find(|s| positions <= s.positions)
    }
    /// Rows of the domain.
    pub const fn rows(&self) -> usize {
        1 << self.k
    }
    /// Chunks of three words in the longest list.
    pub const fn chunks(&self) -> usize {
        self.positions.div_ceil(3)
    }
    /// First row of the constants, after the table.
    pub const fn constants(&self) -> usize {
        TABLE
    }
    /// First arithmetic row.
    pub const fn arithmetic(&self) -> usize {
        self.constants() + CONSTANTS
    }
    /// First row of the steps that hash. The five rows before are empty but for what the gates of a permutation look back at.
    pub const fn steps(&self) -> usize {
        self.arithmetic() + 4 * (ARITHMETIC + 2 * self.chunks()) + 5
    }
    /// First row of the positions.
    pub const fn first_position(&self) -> usize {
        self.steps() + ROWS * (OTHER_STEPS + self.chunks())
    }
    /// First row of the steps without a hash.
    pub const fn plain(&self) -> usize {
        self.first_position() + position::HEIGHT * self.positions
    }
    /// Row where the bus ends.
    pub const fn end(&self) -> usize {
        self.plain() + ROWS * PLAIN_STEPS
    }
}
