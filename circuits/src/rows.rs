//! The row map: the **only** place where rows and columns are allotted.
//!
//! ```text
//! rows 0 .. STATIC_ROWS    static rows: 13 public inputs, the 512 limb values, the wiring program, a guard
//! then n_dyn steps         dynamic steps of 42 rows: chunks and leaves of accounts first, then tree nodes;
//!                          the series chain runs beside the nodes
//! then n_oi steps          open-interest steps, one per series of the expiry
//! then row `end`           the bus closes here
//! ```
//!
//! A step is two permutations under each other: rows 0..20 hash the old state, rows 21..41 the new one. What a dynamic
//! step *is* (chunk of positions, leaf, node, nothing) is decided by witness flags: capacity is a number of steps, not slots
//! per account. Beside the five hash columns stand two limb columns (every cell below 2^9) and two general ones, F and G.
//!
//! A **message** is two rows of F and G: `M X1 / X2 X3` (multiplicity, then three fields), under a tag that is fixed per row.
//! A **group** is four rows of the limb columns: limbs 0..6 make a 63-bit value, limb 7 a 9-bit one.

/// Hash columns.
pub const HASH: [usize; 5] = [0, 1, 2, 3, 4];
/// First limb column.
pub const LA: usize = 5;
/// Second limb column.
pub const LB: usize = 6;
/// First general column.
pub const F: usize = 7;
/// Second general column.
pub const G: usize = 8;
/// First-phase advice columns.
pub const PHASE0: usize = 9;
/// Running sums of the bus (second phase).
pub const PHI: [usize; 3] = [9, 10, 11];
/// All advice columns.
pub const ADVICE: usize = 12;

/// Round constants; in static rows the coefficients of the wiring program.
pub const RC: [usize; 5] = [0, 1, 2, 3, 4];
/// Tag of the message that begins in this row, 0 for none.
pub const TAG: usize = 5;
/// 1 in the last row of every permutation.
pub const Q_LAST: usize = 6;
/// 1 in partial-round rows.
pub const Q_PARTIAL: usize = 7;
/// 1 in full-round rows.
pub const Q_FULL: usize = 8;
/// What the limb columns mean here: [`GROUP`], [`POSITION`] or [`PRODUCE`].
pub const Q_GROUP: usize = 9;
/// Row 0 of a step: 1 dynamic, -1 open interest.
pub const Q_STEP: usize = 10;
/// Static program: 1, -1 (the multiplicity is that), 2 (free), 3 (the bus starts or ends).
pub const Q_PROG: usize = 11;
/// 1 where the bus runs.
pub const Q_BUS: usize = 12;
/// All fixed columns.
pub const FIXED: usize = 13;

/// `Q_GROUP`: F and G of this row are the two values of the limb group that begins here.
pub const GROUP: u64 = 1;
/// `Q_GROUP`: a position begins here.
pub const POSITION: u64 = 2;
/// `Q_GROUP`: a static row that offers its (id, public input), or a limb value, to the bus, F times.
pub const PRODUCE: u64 = 3;

/// Bits of a limb.
pub const LIMB_BITS: u64 = 9;
/// Limb values.
pub const LIMBS: usize = 1 << LIMB_BITS;
/// Bits of the value of a group.
pub const GROUP_BITS: u64 = 63;

/// Rows of a step.
pub const STEP: usize = 42;
/// Row of a step where the permutation of the new state begins.
pub const NEW: i32 = 21;
/// Row of the output of the old permutation (column G).
pub const OUT_OLD: i32 = 20;
/// Row of the output of the new permutation (column G).
pub const OUT_NEW: i32 = 41;

/// Static rows before the first step.
pub const STATIC_ROWS: usize = 772;
/// First row of the limb table.
pub const TABLE_ROW: usize = 13;
/// First row of the wiring program.
pub const PROGRAM_ROW: usize = TABLE_ROW + LIMBS;

/// Rows of the dynamic step's messages and cells; numbers are rows within the step.
pub mod dynamic {
    /// Children 0..3 of a node: messages at rows 0, 2, 4, 6.
    pub const CHILD: [i32; 4] = [0, 2, 4, 6];
    /// Limb groups beside those of the positions. A link of the chain stands in a step of any kind, so it has its own.
    pub const GROUPS: [i32; 5] = [8, 12, 16, 34, 38];
    /// Groups of a leaf: cash'.
    pub const CASH: [i32; 2] = [8, 38];
    /// Groups of a link: the difference to the word before. The eighth limb of the last one belongs to the leaf.
    pub const GAP: [i32; 3] = [12, 16, 34];
    /// Positions.
    pub const POSITIONS: [i32; 3] = [22, 26, 30];
    /// Offset from a position to the limb that holds the upper half of its rank gap.
    pub const GAP_HIGH: i32 = -22;
    /// Series message, long side.
    pub const SERIES_LONG: i32 = 10;
    /// Series message, short side.
    pub const SERIES_SHORT: i32 = 14;
    /// Message to the open-interest step of a settled series.
    pub const RANK: i32 = 17;
    /// Sentinel message.
    pub const SENTINEL: i32 = 36;
    /// Production of a node or leaf.
    pub const PRODUCT: i32 = 40;
    /// F: busy (chunk, or chain that goes on).
    pub const BUSY: i32 = 20;
    /// G: chunk flag (F of the row: chain flag).
    pub const CHUNK: i32 = 9;
    /// F: leaf flag; G: the account goes on from the previous step.
    pub const LEAF: i32 = 13;
    /// G: third new position present.
    pub const NEW_THIRD: i32 = 19;
    /// F: chain goes on; G: inside a priced interval.
    pub const LIVE: i32 = 35;
    /// F, G: first and second new position present.
    pub const NEW_FIRST: i32 = 39;
    /// F: rank before the first position of the chunk (row 19); F, G of row 21: carried count and cash before it.
    pub const BEFORE_RANK: i32 = 19;
    /// See [`BEFORE_RANK`].
    pub const BEFORE: i32 = 21;
}

/// Rows of the open-interest step.
pub mod interest {
    /// Limb groups: strike; cap or inverse payoff; |m - K|; |S - C| or remainder; S - 1 - remainder; long'; short'; fee;
    /// slack of the fee; spare.
    pub const GROUPS: [i32; 10] = [1, 5, 9, 13, 17, 21, 25, 29, 33, 37];
    /// Series message, long side.
    pub const SERIES_LONG: i32 = 2;
    /// Series message, short side.
    pub const SERIES_SHORT: i32 = 6;
    /// From the chain.
    pub const RANK: i32 = 10;
    /// Settlement price of the underlying.
    pub const PRICE: i32 = 14;
    /// Fee rate and cap.
    pub const FEES: i32 = 18;
    /// Inverse scale and the clearing pool afterwards.
    pub const SCALE: i32 = 22;
    /// Expiry and close flag (first step).
    pub const EXPIRY: i32 = 26;
    /// The slot of the series tree (last step).
    pub const SLOT: i32 = 30;
    /// Totals (last step).
    pub const TOTALS: i32 = 34;
}

/// First row of step `i`.
pub fn step_row(i: usize) -> usize {
    STATIC_ROWS + STEP * i
}
