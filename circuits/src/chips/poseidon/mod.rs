//! Poseidon over BN254: S-box x^5, 8 full rounds, one permutation of T words in 9 + R_P/T rows of T cells.
//!
//! Statements hash at width T = 5 with circomlib's constants, R_P = 60 partial rounds:
//!
//! ```text
//! row 0        0 a b c d      input (capacity first)
//! row 1..3     state after full rounds 1..3
//! row 4        state s after full round 4
//! row 5..16    w_1 .. w_60    first word, at the S-box, of the partial rounds (w_60: after the last one)
//! row 17       state t after the partial rounds
//! row 18..20   state after full rounds 5..7
//! row 20       output = first word after full round 8, in another column
//! ```
//!
//! The partial rounds are a linear recurrence in the first word: the T - 1 words that have no S-box follow from T - 1
//! consecutive first words, so w_{i+T} = Σ a_l w_{i+l}^5 + Σ b_j w_{i+j} + d_i with coefficients that do not depend on i.
//! Every cell is pinned by the row before it; nothing here needs a range check. At width 5: 105 cells, degree 6 with its
//! selector.
//!
//! The same code serves every width whose R_P is a multiple of T. Those are all of circomlib's, 2 to 17, with R_P/T rows of
//! first words instead of 12 and the same degree.
//!
//! [`Constants`] derives the coefficients and computes the rows, `Constants::gates` constrains them. What stands here is the
//! instance that statements use.

mod constants;
mod gates;
mod permutation;

use std::sync::OnceLock;

use halo2_proofs::halo2curves::bn256::Fr;

pub use self::constants::{Constants, ParameterError};
pub use self::gates::Selectors;
pub use self::permutation::RowKind;
use crate::env::Env;

/// State words of the statements' hash.
pub const WIDTH: usize = 5;
/// Full rounds before, and again after, the partial ones; at every width.
pub const HALF_FULL: usize = 4;
/// Partial rounds at [`WIDTH`].
pub const PARTIAL: usize = 60;

/// Row of the state before the partial rounds; at every width.
pub const ROW_ENTER: usize = HALF_FULL;
/// First row of partial words; at every width.
pub const ROW_PARTIAL: usize = ROW_ENTER + 1;
/// Row of w_56..w_60, the last first words, at [`WIDTH`].
pub const ROW_EXIT: usize = ROW_ENTER + PARTIAL / WIDTH;
/// Row after which only the output follows, at [`WIDTH`].
pub const ROW_LAST: usize = ROW_EXIT + HALF_FULL;
/// Rows of one permutation at [`WIDTH`].
pub const ROWS: usize = ROW_LAST + 1;

/// The constants of the statements' hash, computed once.
pub fn constants() -> &'static Constants<WIDTH> {
    static CONSTANTS: OnceLock<Constants<WIDTH>> = OnceLock::new();
    // Invariant: the library carries circomlib's parameters of width 5, and a test derives the layout from them.
    CONSTANTS.get_or_init(|| Constants::circomlib().expect("circomlib has width 5"))
}

/// The gates of the statements' hash: [`Constants::gates`] at [`WIDTH`].
pub fn gates<E: Env>(
    env: &E,
    sel: Selectors<E::V>,
    state: [usize; WIDTH],
    rc: [usize; WIDTH],
    out: usize,
) -> Vec<(String, E::V)> {
    constants().gates(env, sel, state, rc, out)
}

fn dot(a: &[Fr], b: &[Fr]) -> Fr {
    a.iter().zip(b).map(|(a, b)| *a * b).sum()
}

#[cfg(test)]
mod tests {
    use ff::Field;
    use witness_gen::poseidon::{MAX_INPUTS, hash_n};

    use super::*;

    fn agrees<const T: usize>() {
        let c = Constants::<T>::circomlib().expect("the library carries this width");
        for seed in 0..20u64 {
            let input: [Fr; T] = std::array::from_fn(|i| match i {
                0 => Fr::ZERO,
                _ => Fr::from(seed * 7 + i as u64).pow([seed + 3]),
            });
            let last = (0..c.row_last()).fold(input, |row, r| c.next_row(r, &row));
            assert_eq!(Ok(c.output(&last)), hash_n(&input[1..]), "width {T}, seed {seed}");
        }
    }

    #[test]
    fn the_recurrence_is_the_permutation() {
        agrees::<2>();
        agrees::<3>();
        agrees::<WIDTH>();
        agrees::<8>();
        agrees::<{ MAX_INPUTS + 1 }>();
    }

    #[test]
    fn the_rows_of_the_statements_hash() {
        let c = constants();
        assert_eq!((c.row_exit(), c.row_last()), (ROW_EXIT, ROW_LAST));
        assert_eq!((ROW_EXIT, ROW_LAST, ROWS), (16, 20, 21));
        let rows_of = |kind| (0..ROWS).filter(|r| c.kind(*r) == kind).collect::<Vec<_>>();
        assert_eq!(rows_of(RowKind::Full), [0, 1, 2, 3, 17, 18, 19]);
        assert_eq!(rows_of(RowKind::Enter), [ROW_ENTER]);
        assert_eq!(rows_of(RowKind::Partial), (ROW_PARTIAL..ROW_EXIT).collect::<Vec<_>>());
        assert_eq!(rows_of(RowKind::Exit), [ROW_EXIT]);
        assert_eq!(rows_of(RowKind::Last), [ROW_LAST]);
    }

    #[test]
    fn parameters_without_this_layout_are_refused() {
        let refusal = |rounds: usize, mds| Constants::<WIDTH>::new(constants().rounds()[..rounds].to_vec(), mds).err();
        let mds = *constants().mds();
        assert_eq!(refusal(68, mds), None);
        for found in [0, 8, 12, 67] {
            assert_eq!(
                refusal(found, mds),
                Some(ParameterError::Rounds { width: WIDTH, found })
            );
        }
        // Words that never mix into the first one cannot be read off it; a singular matrix loses one.
        let mut unmixed = [[Fr::ZERO; WIDTH]; WIDTH];
        (0..WIDTH).for_each(|i| unmixed[i][i] = Fr::ONE);
        let mut singular = mds;
        singular[4] = singular[3];
        for mds in [unmixed, singular] {
            assert_eq!(refusal(68, mds), Some(ParameterError::Matrix { width: WIDTH }));
        }
        assert_eq!(
            Constants::<14>::circomlib().err(),
            Some(ParameterError::Width { found: 14 })
        );
        assert_eq!(
            Constants::<258>::circomlib().err(),
            Some(ParameterError::Width { found: 258 })
        );
    }
}
