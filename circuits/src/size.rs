//! Named sizes: a height and how its steps are split.

use serde::Serialize;

use crate::rows::{AFTER, STATIC_ROWS, STEP};

/// A named size of statement S.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Its name.
    pub name: &'static str,
    /// log2 of the number of rows.
    pub k: u32,
    /// Hash lanes side by side.
    pub hash_lanes: usize,
    /// Steps for accounts, nodes and the series chain.
    pub dynamic_steps: usize,
    /// Steps for the series of the expiry.
    pub interest_steps: usize,
}

/// Rows at the end of the domain that only blinding may use, an upper bound that the key generation asserts.
pub const RESERVED_ROWS: usize = 72;

const fn size(name: &'static str, k: u32, interest_steps: usize) -> Size {
    let steps = ((1usize << k) - STATIC_ROWS - RESERVED_ROWS) / STEP;
    Size {
        name,
        k,
        hash_lanes: 1,
        dynamic_steps: steps - interest_steps,
        interest_steps,
    }
}

/// All sizes, smallest first.
pub const SIZES: [Size; 5] = [
    size("xs", 12, 8),
    size("s", 13, 48),
    size("m", 15, 128),
    size("l", 17, 256),
    size("xl", 19, 512),
];

impl Size {
    /// Looks a size up by name.
    pub fn by_name(name: &str) -> Option<Size> {
        SIZES.into_iter().find(|s| s.name == name)
    }
    /// Rows of the domain.
    pub fn rows(&self) -> usize {
        1 << self.k
    }
    /// The row after the last step.
    pub fn end(&self) -> usize {
        STATIC_ROWS + STEP * (self.dynamic_steps + self.interest_steps)
    }
    /// Row where the bus closes: everything of ours stands before it.
    pub fn close(&self) -> usize {
        self.end() + AFTER
    }
}
