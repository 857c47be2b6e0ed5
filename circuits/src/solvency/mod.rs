//! Statement M: a hidden account meets a margin requirement, clauses M1–M4 of `docs/protocol.md`.
//!
//! Another shape than statement S, for another user: one account, a proof in seconds on a laptop, a short proof. Everything has a fixed place,
//! so wiring is by copies of one column, and every position has the same nine steps whether it is there or not:
//!
//! ```text
//! rows   H0..H4                                L          F
//! 0      -                                     -          how often a limb is used     512 limbs of the table
//! ..     -                                     -          constants, arithmetic rows
//! ..     secret, owner, pseudonym, rules, list, leaf,     inputs and outputs of steps
//!        account path, state
//! ..     a position: digest of its row (3),    27 blocks  sums, words, the position    times 8, 32 or 128
//!        path to the risk root (6)
//! ..     -                                     3 blocks   cash, nonce; then 25 excesses, 189 bits each
//! ```
//!
//! The 27 values of a position (|lots|, charge, mark, 24 scenarios) are 189 limbs, as many as its nine permutations have rows: one column of
//! limbs is exactly enough. Files: [`rows`] (where a thing stands), [`gates`], [`plan`] (the builder), [`assign`] (the statement).

mod assign;
pub mod check;
pub mod circuit;
pub mod gates;
mod plan;
pub mod rows;

pub use assign::{AssignError, Statement, input};
pub use circuit::{SolvencyCircuit, trace, trace_into};
pub use plan::{Copy, End};
pub use rows::{SIZES, Size};

use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::Fr;

/// The low 64 bits of a field element.
fn low_u64(v: &Fr) -> u64 {
    let repr = v.to_repr();
    let mut low = [0u8; 8];
    low.copy_from_slice(&repr.as_ref()[..8]);
    u64::from_le_bytes(low)
}
