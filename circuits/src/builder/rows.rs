//! Columns that every system of the builder has.

/// General columns, all with copies: hash state, operands, tuples.
pub const A: [usize; 6] = [0, 1, 2, 3, 4, 5];
/// The five hash columns, the first of [`A`].
pub const HASH: [usize; 5] = [0, 1, 2, 3, 4];
/// The word of the limbs of a row and of those below it.
pub const WORD_OF: usize = 4;
/// Output of a hash; how often a tuple is offered.
pub const OUT: usize = 5;
/// Limbs of 9 bits, two a row.
pub const L: [usize; 2] = [6, 7];
/// How often a row of the fixed tables is used.
pub const M: usize = 8;
/// First-phase advice columns.
pub const PHASE0: usize = 9;
/// Running sums of the bus (second phase): limbs and tables; tuples.
pub const PHI: [usize; 2] = [9, 10];
/// All advice columns.
pub const ADVICE: usize = 11;

/// Round constants; elsewhere the coefficients of an arithmetic row.
pub const RC: [usize; 5] = [0, 1, 2, 3, 4];
/// The constant of an arithmetic row.
pub const QK: usize = 5;
/// 1 in an arithmetic row: `RC0·A0·A1 + RC1·A0 + RC2·A1 + RC3·A2 + RC4·A3 + QK = 0`.
pub const Q_ARITHMETIC: usize = 6;
/// 1: A4 is the word of this row's limbs. 2: the word goes on in the next row.
pub const WORD: usize = 7;
/// 1 in full-round rows.
pub const Q_FULL: usize = 8;
/// 1 in partial-round rows.
pub const Q_PARTIAL: usize = 9;
/// 1 in the row before the partial rounds.
pub const Q_ENTER: usize = 10;
/// 1 in the last row of first words.
pub const Q_EXIT: usize = 11;
/// 1 in the last row of a permutation.
pub const Q_LAST: usize = 12;
/// Tag of the tuple that A0..A4 hold.
pub const TAG: usize = 13;
/// 1: the tuple is taken once.
pub const TAKE: usize = 14;
/// 1: the tuple is offered as often as A5 says.
pub const OFFER: usize = 15;
/// 1: the tuple goes on in A0..A4 of the next row. In the last row of a word: its second limb is 0.
pub const LONG: usize = 16;
/// 1 where the bus runs.
pub const Q_BUS: usize = 17;
/// 1 where the bus begins and ends.
pub const EDGE: usize = 18;
/// Tag of the table's row; 0 beyond the tables. M counts uses divided by it.
pub const TABLE_TAG: usize = 19;
/// The first value of the table's row. A system with wider tables has the others after [`FIXED`].
pub const TABLE: usize = 20;
/// Fixed columns that every system has.
pub const FIXED: usize = 21;

/// Tag of a limb in the table and on the bus; a statement's own tags begin after it.
pub const TAG_LIMB: u64 = 1;
/// Values of a limb.
pub const LIMBS: u64 = 512;
