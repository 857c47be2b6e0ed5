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
//!
//! The gates of a step stand at two rows of it, [`A`] and [`B`]. A cell that both read, or that the next step reads, stands where its
//! distance to one is the distance of another cell to the other: every pair of a column and a distance is one more value to open in a proof
//! and to pay for on the chain. `circuit info` prints how many there are.

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
pub const PHI: [usize; 2] = [9, 10];
/// All advice columns.
pub const ADVICE: usize = 11;

/// Round constants; in static rows the coefficients of the wiring program.
pub const RC: [usize; 5] = [0, 1, 2, 3, 4];
/// Tag of the message that begins in this row, 0 for none. Row 0 of a step always has one, and which one says what kind of step it is.
pub const TAG: usize = 5;
/// 1 in the last row of every permutation.
pub const Q_LAST: usize = 6;
/// 1 in full-round rows.
pub const Q_FULL: usize = 7;
/// What the limb columns mean here: [`GROUP`], [`POSITION`] or [`PRODUCE`].
pub const Q_GROUP: usize = 8;
/// Static program: 1, -1 (the multiplicity is that), 2 (free), 3 (the bus starts or ends).
pub const Q_PROG: usize = 9;
/// 1 where the bus runs.
pub const Q_BUS: usize = 10;
/// All fixed columns.
pub const FIXED: usize = 11;

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

/// The row of a step at which its first half's gates stand: old and new inputs of the hashes are read here.
pub const A: i32 = 0;
/// The row of a step at which the gates stand that need no hash input.
pub const B: i32 = NEW;
/// From a row to the same row of the step before.
pub const PREV: i32 = -(STEP as i32);
/// Rows after the last step in which the bus still runs: gates of the last permutation look at them.
pub const AFTER: usize = 5;

/// A cell of a step: column and row within the step.
pub type Place = (usize, i32);

/// Cells of the dynamic step; numbers are rows within the step.
pub mod dynamic {
    use super::{F, G, Place};
    /// Children 0..3 of a node, or words of a chunk's new list (the first three): messages at rows 0, 2, 4, 6.
    pub const CHILD: [i32; 4] = [0, 2, 4, 6];
    /// In a chunk or leaf: the number of the next word that is listed, in the place of the first child's heap number.
    pub const LISTED: Place = (G, 0);
    /// In a leaf: the two top bits of cash', in the place of the first and third child's old value.
    pub const CASH_TOP: [Place; 2] = [(F, 1), (F, 5)];
    /// In a leaf: 1 / nonce'.
    pub const NONCE_INVERSE: Place = (F, 3);
    /// In a chunk: 2·rank of the position before, count of carried ones and cash before.
    pub const BEFORE_RANK: Place = (G, 6);
    /// See [`BEFORE_RANK`].
    pub const BEFORE_COUNT: Place = (F, 7);
    /// See [`BEFORE_RANK`].
    pub const BEFORE_CASH: Place = (G, 7);
    /// Positions.
    pub const POSITIONS: [i32; 3] = [8, 12, 16];
    /// Offset from a position to the limb that holds the upper half of its rank gap.
    pub const GAP_HIGH: i32 = 12;
    /// Leaf flag.
    pub const LEAF: Place = (F, 20);
    /// Leaf or node.
    pub const PRODUCES: Place = (F, 21);
    /// Heap number of a leaf or node.
    pub const ID: Place = (G, 21);
    /// In a chunk: positions left of the old list.
    pub const LEFT: Place = (G, 21);
    /// In a chunk: positions left of the new list.
    pub const NEW_LEFT: Place = (F, 29);
    /// In a chunk or leaf: the new list of the chunk before goes on here.
    pub const CONTINUES: Place = (G, 29);
    /// Chunk flag.
    pub const CHUNK: Place = (F, 25);
    /// Chunk, or chain that goes on: 0 in the last dynamic step.
    pub const BUSY: Place = (G, 25);
    /// Limb groups beside those of the positions. A link of the chain stands in a step of any kind, so it has its own.
    pub const GROUPS: [i32; 5] = [22, 26, 30, 34, 38];
    /// Groups of a leaf: cash'. The eighth limb of the first one bounds the account index.
    pub const CASH: [i32; 2] = [22, 26];
    /// Groups of a link: the difference to the word before.
    pub const GAP: [i32; 3] = [30, 34, 38];
    /// Message to the open-interest step of a settled series.
    pub const RANK: i32 = 23;
    /// Series message: what a carried series offers.
    pub const SERIES: i32 = 27;
    /// Link flag: a link of the chain stands here.
    pub const LINK: Place = (F, 33);
    /// Sentinel message.
    pub const SENTINEL: i32 = 35;
    /// The chain goes on.
    pub const LIVE: Place = (F, 39);
    /// Inside a priced interval.
    pub const INSIDE: Place = (G, 39);
    /// Production of a node or leaf.
    pub const PRODUCT: i32 = 40;
}

/// Cells of a position; numbers are rows from its first one.
pub mod position {
    use super::{F, G, Place};
    /// Long, not short.
    pub const LONG: Place = (F, 0);
    /// Position word.
    pub const WORD: Place = (G, 0);
    /// A position stands here.
    pub const PRESENT: Place = (F, 1);
    /// Carried, not settled.
    pub const CARRIED: Place = (G, 1);
    /// Net per lot.
    pub const NET: Place = (F, 2);
    /// 2·rank of the series.
    pub const RANK: Place = (G, 2);
    /// Number of the last carried position up to here, from [`crate::chips::bus::LIST`] on.
    pub const COUNT: Place = (F, 3);
    /// Cash so far.
    pub const CASH: Place = (G, 3);
    /// Rows of a position: from a cell to that of the position before.
    pub const ROWS: i32 = 4;
}

/// Cells of the open-interest step.
pub mod interest {
    use super::{F, G, Place};
    /// Series message, short side.
    pub const SERIES_SHORT: i32 = 0;
    /// From the chain.
    pub const RANK: i32 = 2;
    /// The slack of the fee's lowest 63 bits once more, where both halves see it.
    pub const SLACK: Place = (F, 4);
    /// The fee is that of the rate, not of the cap.
    pub const BY_RATE: Place = (G, 4);
    /// Expiry and close flag (first step).
    pub const EXPIRY: i32 = 6;
    /// Notional.
    pub const NOTIONAL: Place = (F, 8);
    /// Series message, long side.
    pub const SERIES_LONG: i32 = 10;
    /// Totals (last step); payouts and fees so far in every step.
    pub const TOTALS: i32 = 18;
    /// Close flag.
    pub const CLOSE: Place = (F, 20);
    /// The step settles its series: present and not passing.
    pub const SETTLES: Place = (F, 21);
    /// A series stands here.
    pub const PRESENT: Place = (G, 21);
    /// Settlement price of the underlying.
    pub const PRICE: i32 = 23;
    /// Payoff per lot.
    pub const PAYOFF: Place = (F, 25);
    /// The list goes on in the next step.
    pub const GOES_ON: Place = (G, 25);
    /// Fee rate and cap.
    pub const FEES: i32 = 27;
    /// 10^5·fee + rest.
    pub const CHARGED: Place = (G, 29);
    /// Inverse scale and the clearing pool afterwards.
    pub const SCALE: i32 = 31;
    /// Call, not put.
    pub const CALL: Place = (F, 33);
    /// Capped, digital, inverse: at most one.
    pub const CAPPED: Place = (G, 33);
    /// See [`CAPPED`].
    pub const DIGITAL: Place = (F, 35);
    /// See [`CAPPED`].
    pub const INVERSE: Place = (G, 35);
    /// The cap binds.
    pub const BINDS: Place = (F, 36);
    /// In the money, strictly: a group's 9-bit value.
    pub const IN_THE_MONEY: Place = (F, SECOND_REST);
    /// Intrinsic value.
    pub const INTRINSIC: Place = (F, 37);
    /// The price after the cap.
    pub const CAPPED_PRICE: Place = (G, 37);
    /// The slot of the series tree (last step).
    pub const SLOT: i32 = 39;
    /// Limb groups.
    pub const GROUPS: [i32; 9] = [
        LONG_AFTER,
        SHORT_AFTER,
        FEE,
        SLACK_LOW,
        STRIKE,
        CAP,
        DISTANCE,
        FIRST_REST,
        SECOND_REST,
    ];
    /// Group: long lots afterwards; 9 bits: rest of the fee, low.
    pub const LONG_AFTER: i32 = 5;
    /// Group: short lots afterwards; 9 bits: rest of the fee, high.
    pub const SHORT_AFTER: i32 = 9;
    /// Group: fee per lot; 9 bits: complement of the rest, low.
    pub const FEE: i32 = 13;
    /// Group: slack of the fee, bits 0 to 62; 9 bits: complement of the rest, high.
    pub const SLACK_LOW: i32 = 17;
    /// Group: strike; 9 bits: slack of the fee, bits 63 to 71.
    pub const STRIKE: i32 = 22;
    /// Group: cap, or payoff of an inverse kind; 9 bits: slack of the fee, bits 72 to 80.
    pub const CAP: i32 = 26;
    /// Group: distance to the strike, less 1 in the money; 9 bits: slot.
    pub const DISTANCE: i32 = 30;
    /// Group: distance to the cap, or remainder of an inverse kind; 9 bits: twice the slot.
    pub const FIRST_REST: i32 = 34;
    /// Group: price - 1 - remainder of an inverse kind; 9 bits: in the money.
    pub const SECOND_REST: i32 = 38;
}

/// First row of step `i`.
pub fn step_row(i: usize) -> usize {
    STATIC_ROWS + STEP * i
}
