//! From round constants and matrix to the coefficients of the layout.

use ark_ff::{BigInteger, PrimeField as _};
use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;
use thiserror::Error;

use super::HALF_FULL;

/// Parameters for which a permutation has no rows of this layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParameterError {
    /// The library carries no constants of this width.
    #[error("poseidon: expected a width of 2 to 13, found {found}")]
    Width {
        /// State words.
        found: usize,
    },
    /// Partial rounds do not fill rows.
    #[error("poseidon of width {width}: expected 8 rounds plus a multiple of {width}, found {found}")]
    Rounds {
        /// State words.
        width: usize,
        /// All rounds that have constants.
        found: usize,
    },
    /// The words without an S-box do not follow from the first words around them.
    #[error("poseidon of width {width}: expected a matrix that mixes all words into the first one, found another")]
    Matrix {
        /// State words.
        width: usize,
    },
}

/// A linear form over a row of words, S-box outputs, and a constant. Which words and S-boxes is said where a form stands.
#[derive(Clone)]
pub(super) struct Form<const T: usize> {
    pub(super) words: [Fr; T],
    pub(super) sbox: [Fr; T],
    pub(super) constant: Fr,
}

impl<const T: usize> Form<T> {
    const ZERO: Self = Form {
        words: [Fr::ZERO; T],
        sbox: [Fr::ZERO; T],
        constant: Fr::ZERO,
    };

    fn word(at: usize) -> Self {
        let mut form = Self::ZERO;
        form.words[at] = Fr::ONE;
        form
    }

    fn sbox(at: usize) -> Self {
        let mut form = Self::ZERO;
        form.sbox[at] = Fr::ONE;
        form
    }

    fn add_scaled(&mut self, other: &Self, by: Fr) {
        for (a, b) in self.words.iter_mut().zip(other.words) {
            *a += b * by;
        }
        for (a, b) in self.sbox.iter_mut().zip(other.sbox) {
            *a += b * by;
        }
        self.constant += other.constant * by;
    }
}

/// w_{i+T} = Σ sbox_l w_{i+l}^5 + Σ words_j w_{i+j} + constants_i.
pub(super) struct Recurrence<const T: usize> {
    /// words_0 is 0: w_i itself enters by its S-box only.
    pub(super) words: [Fr; T],
    pub(super) sbox: [Fr; T],
    pub(super) constants: Vec<Fr>,
}

/// An S-box output of the exit row as a form over the state after the partial rounds and the words of that row.
pub(super) struct Back<const T: usize> {
    pub(super) state: [Fr; T],
    /// All but the last: that one is the state's first word, and stands there.
    pub(super) words: [Fr; T],
    pub(super) constant: Fr,
}

/// Constants of the permutation of T words, and the coefficients of its rows.
pub struct Constants<const T: usize> {
    rounds: Vec<[Fr; T]>,
    mds: [[Fr; T]; T],
    pub(super) recurrence: Recurrence<T>,
    /// w_1..w_T over s_1..s_{T-1} and the S-boxes of rounds 0..T-1.
    pub(super) enter: Vec<Form<T>>,
    /// t_1..t_{T-1} over the exit row: its words but the first, its S-boxes but the last.
    pub(super) exit: Vec<Form<T>>,
    /// The S-boxes of the exit row but the last one, last round first.
    pub(super) back: Vec<Back<T>>,
}

fn fr(x: ark_bn254::Fr) -> Fr {
    let bytes = x.into_bigint().to_bytes_le();
    let mut repr = [0u8; 32];
    repr.copy_from_slice(&bytes);
    // Invariant: both libraries mean the same field, so a canonical element of one is canonical in the other.
    Option::from(Fr::from_repr(repr)).expect("one field, two libraries")
}

impl<const T: usize> Constants<T> {
    /// circomlib's permutation of T words, as `light-poseidon` carries it: widths 2 to 13.
    ///
    /// # Errors
    /// [`ParameterError::Width`] for any other width.
    pub fn circomlib() -> Result<Self, ParameterError> {
        let unknown = ParameterError::Width { found: T };
        let width = u8::try_from(T).map_err(|_| unknown)?;
        let p = get_poseidon_parameters::<ark_bn254::Fr>(width).map_err(|_| unknown)?;
        let rounds = p.ark.chunks(T).map(|c| std::array::from_fn(|i| fr(c[i]))).collect();
        Self::new(
            rounds,
            std::array::from_fn(|i| std::array::from_fn(|j| fr(p.mds[i][j]))),
        )
    }

    /// The permutation with these round constants, one array a round (full rounds, four before and four after, included), and
    /// this matrix.
    ///
    /// # Errors
    /// [`ParameterError::Rounds`] or [`ParameterError::Matrix`] where the permutation has no rows of this layout.
    pub fn new(rounds: Vec<[Fr; T]>, mds: [[Fr; T]; T]) -> Result<Self, ParameterError> {
        const { assert!(T >= 2, "a state has a capacity and an input") };
        let partial = rounds.len().saturating_sub(2 * HALF_FULL);
        if partial == 0 || !partial.is_multiple_of(T) {
            return Err(ParameterError::Rounds {
                width: T,
                found: rounds.len(),
            });
        }
        let mut c = Constants {
            rounds,
            mds,
            recurrence: Recurrence {
                words: [Fr::ZERO; T],
                sbox: [Fr::ZERO; T],
                constants: Vec::new(),
            },
            enter: Vec::new(),
            exit: Vec::new(),
            back: Vec::new(),
        };
        c.derive().ok_or(ParameterError::Matrix { width: T })?;
        Ok(c)
    }

    /// Round constants, full rounds included.
    pub fn rounds(&self) -> &[[Fr; T]] {
        &self.rounds
    }

    /// The matrix of every round.
    pub fn mds(&self) -> &[[Fr; T]; T] {
        &self.mds
    }

    /// Partial rounds.
    pub fn partial(&self) -> usize {
        self.rounds.len() - 2 * HALF_FULL
    }

    /// Constant of partial round `i` on the first word; the word after the last round has none.
    pub(super) fn key(&self, i: usize) -> Fr {
        if i < self.partial() {
            self.rounds[HALF_FULL + i][0]
        } else {
            Fr::ZERO
        }
    }

    /// First words u_{i+1}..u_{i+steps}, and the state after `steps` partial rounds, as forms over the state at round `i`
    /// (words_0 stays 0) and the S-box outputs of rounds i...
    fn unroll(&self, i: usize, steps: usize) -> (Vec<Form<T>>, [Form<T>; T]) {
        let mut state: [Form<T>; T] = std::array::from_fn(Form::word);
        let mut first = Vec::new();
        for (l, keys) in self.rounds[HALF_FULL + i..][..steps].iter().enumerate() {
            state[0] = Form::sbox(l);
            for (word, key) in state.iter_mut().zip(keys).skip(1) {
                word.constant += key;
            }
            state = self.mds.map(|row| {
                let mut mixed = Form::ZERO;
                row.iter().zip(&state).for_each(|(m, s)| mixed.add_scaled(s, *m));
                mixed
            });
            first.push(state[0].clone());
        }
        (first, state)
    }

    /// `None` where the matrix does not allow it.
    fn derive(&mut self) -> Option<()> {
        let (first, _) = self.unroll(0, T);
        // The words without an S-box, read off the T - 1 first words that follow: the same matrix at every round.
        let observe = invert(first[..T - 1].iter().map(|f| f.words[1..].to_vec()).collect())?;
        self.derive_recurrence(&first, &observe);
        self.derive_exit(&observe);
        self.enter = first;
        for j in 0..T {
            let key = self.key(j + 1);
            self.enter[j].constant += key;
        }
        self.derive_back()
    }

    /// Coefficients from the first T rounds, constants round by round.
    fn derive_recurrence(&mut self, first: &[Form<T>], observe: &[Vec<Fr>]) {
        for j in 1..T {
            self.recurrence.words[j] = (1..T).map(|r| first[T - 1].words[r] * observe[r - 1][j - 1]).sum();
        }
        let words = self.recurrence.words;
        for l in 0..T {
            let through_words: Fr = (1..T).map(|j| words[j] * first[j - 1].sbox[l]).sum();
            self.recurrence.sbox[l] = first[T - 1].sbox[l] - through_words;
        }
        for i in 0..=self.partial() - T {
            let (first, _) = self.unroll(i, T);
            let at = |j: usize| first[j - 1].constant + self.key(i + j);
            let d = at(T) - (1..T).map(|j| words[j] * at(j)).sum::<Fr>();
            self.recurrence.constants.push(d);
        }
    }

    /// The state after the partial rounds from the last T - 1 rounds.
    fn derive_exit(&mut self, observe: &[Vec<Fr>]) {
        let start = self.partial() - (T - 1);
        let (first, state) = self.unroll(start, T - 1);
        let forms = state[1..].iter().map(|word| {
            let read_off = |j: usize| (1..T).map(|r| word.words[r] * observe[r - 1][j - 1]).sum::<Fr>();
            let words = std::array::from_fn(|j| if j == 0 { Fr::ZERO } else { read_off(j) });
            let mut out = word.clone();
            for j in 1..T {
                out.add_scaled(&first[j - 1], -words[j]);
                out.constant -= words[j] * self.key(start + j);
            }
            // The words at round `start` have cancelled out; those of the exit row take their place.
            out.words = words;
            out
        });
        self.exit = forms.collect();
    }

    /// The exit solved for its S-boxes. Rounds run backwards give them one by one, each from the state and the words after its
    /// own round, so the form of the r-th last S-box has words of the r rounds after it only; w_{R_P} is the state's first word.
    fn derive_back(&mut self) -> Option<()> {
        let solve = invert(self.exit.iter().map(|f| f.sbox[..T - 1].to_vec()).collect())?;
        let back = solve.iter().rev().map(|row| {
            let mut state = [Fr::ZERO; T];
            state[1..].copy_from_slice(row);
            let through =
                |of: &dyn Fn(&Form<T>) -> Fr| -row.iter().zip(&self.exit).map(|(k, f)| *k * of(f)).sum::<Fr>();
            let words = std::array::from_fn(|c| through(&|f| f.words[c]));
            state[0] = words[T - 1];
            Back {
                state,
                words,
                constant: through(&|f| f.constant),
            }
        });
        self.back = back.collect();
        Some(())
    }
}

/// Gauss-Jordan; `None` for a singular matrix.
fn invert(matrix: Vec<Vec<Fr>>) -> Option<Vec<Vec<Fr>>> {
    let size = matrix.len();
    let mut rows = matrix;
    for (r, row) in rows.iter_mut().enumerate() {
        row.extend((0..size).map(|c| Fr::from(u64::from(c == r))));
    }
    for col in 0..size {
        let pivot = (col..size).find(|r| rows[*r][col] != Fr::ZERO)?;
        rows.swap(col, pivot);
        let inverse = Option::<Fr>::from(rows[col][col].invert())?;
        rows[col].iter_mut().for_each(|x| *x *= inverse);
        let pivot = rows[col].clone();
        for (r, row) in rows.iter_mut().enumerate() {
            if r != col {
                let f = row[col];
                row.iter_mut().zip(&pivot).for_each(|(x, y)| *x -= f * y);
            }
        }
    }
    rows.iter_mut().for_each(|row| drop(row.drain(..size)));
    Some(rows)
}
