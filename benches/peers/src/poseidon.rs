//! The two hashes of the peers, natively: circomlib's Poseidon and the Poseidon2 permutation that Noir's black box has.

use std::sync::OnceLock;

use ark_ff::{Field, Zero};
use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;
use taceo_poseidon2::bn254::t4;

/// The scalar field of BN254.
pub(crate) type F = ark_bn254::Fr;
/// A matrix by rows.
pub(crate) type Matrix = Vec<Vec<F>>;

/// Full rounds, half of them before the partial ones.
pub(crate) const FULL: usize = 8;

/// circomlib's Poseidon at one width.
pub(crate) struct Poseidon {
    /// Words of the state.
    pub(crate) width: usize,
    /// Rounds with one S-box.
    pub(crate) partial: usize,
    /// Round constants, `width` for each round.
    pub(crate) constants: Vec<F>,
    /// The matrix.
    pub(crate) matrix: Matrix,
    /// The same permutation with sparse matrices in the partial rounds.
    pub(crate) sparse: Sparse,
}

/// The permutation rewritten: the state before the partial rounds is brought into a basis in which each of their matrices is
/// `[[row], [column | identity]]`.
pub(crate) struct Sparse {
    /// Instead of the matrix, in the last full round before the partial ones.
    pub(crate) before: Matrix,
    /// The partial rounds.
    pub(crate) rounds: Vec<SparseRound>,
    /// Constants of the first full round after them.
    pub(crate) after: Vec<F>,
}

/// One partial round: `s0 = (s0 + constant)^5`, then `s0' = row·s`, `sj' = sj + column[j-1]·s0`.
pub(crate) struct SparseRound {
    /// Added to the first word.
    pub(crate) constant: F,
    /// The first row.
    pub(crate) row: Vec<F>,
    /// The first column below the first row.
    pub(crate) column: Vec<F>,
}

impl Poseidon {
    fn new(inputs: u8) -> Self {
        let width = usize::from(inputs) + 1;
        let parameters = get_poseidon_parameters::<F>(inputs + 1).expect("circomlib has 1 to 12 inputs");
        let (constants, matrix) = (parameters.ark, parameters.mds);
        let sparse = Sparse::new(&constants, &matrix, parameters.partial_rounds);
        Self {
            width,
            partial: parameters.partial_rounds,
            constants,
            matrix,
            sparse,
        }
    }

    /// The instance for two inputs.
    pub(crate) fn two() -> &'static Self {
        static TWO: OnceLock<Poseidon> = OnceLock::new();
        TWO.get_or_init(|| Self::new(2))
    }

    /// The instance for six inputs.
    pub(crate) fn six() -> &'static Self {
        static SIX: OnceLock<Poseidon> = OnceLock::new();
        SIX.get_or_init(|| Self::new(6))
    }

    /// The constants of a round.
    pub(crate) fn round(&self, round: usize) -> &[F] {
        &self.constants[round * self.width..][..self.width]
    }

    /// The hash of `width - 1` inputs.
    pub(crate) fn hash(&self, inputs: &[F]) -> F {
        assert_eq!(inputs.len() + 1, self.width);
        let half = FULL / 2;
        let mut state = vec![F::zero()];
        state.extend_from_slice(inputs);
        for round in 0..half {
            add(&mut state, self.round(round));
            state.iter_mut().for_each(fifth);
            let matrix = if round + 1 == half {
                &self.sparse.before
            } else {
                &self.matrix
            };
            state = product(matrix, &state);
        }
        for round in &self.sparse.rounds {
            state[0] += round.constant;
            fifth(&mut state[0]);
            let first = state[0];
            state[0] = dot(&round.row, &state);
            for (word, factor) in state[1..].iter_mut().zip(&round.column) {
                *word += first * factor;
            }
        }
        for round in 0..half {
            let constants = if round == 0 {
                &self.sparse.after
            } else {
                self.round(half + self.partial + round)
            };
            add(&mut state, constants);
            state.iter_mut().for_each(fifth);
            state = product(&self.matrix, &state);
        }
        state[0]
    }
}

impl Sparse {
    fn new(constants: &[F], matrix: &Matrix, partial: usize) -> Self {
        let (width, half) = (matrix.len(), FULL / 2);
        // Constants of the other words wait behind the S-box, which does not touch them: only the first word's stays.
        let mut waiting = vec![F::zero(); width];
        let mut firsts = Vec::new();
        for round in half..half + partial {
            add(&mut waiting, &constants[round * width..][..width]);
            firsts.push(waiting[0]);
            waiting[0] = F::zero();
            waiting = product(matrix, &waiting);
        }
        add(&mut waiting, &constants[(half + partial) * width..][..width]);
        // M = A·B with B = [[1, 0], [0, X]]: B does not touch the first word, so it moves before the S-box, into the round before.
        let mut current = matrix.clone();
        let mut rounds = Vec::new();
        for constant in firsts.into_iter().rev() {
            let lower: Matrix = current[1..].iter().map(|row| row[1..].to_vec()).collect();
            let inverse = inverse(&lower);
            let mut row = vec![current[0][0]];
            row.extend((0..width - 1).map(|j| (0..width - 1).map(|i| current[0][i + 1] * inverse[i][j]).sum::<F>()));
            let column = current[1..].iter().map(|row| row[0]).collect();
            rounds.push(SparseRound { constant, row, column });
            let mut moved = matrix.clone();
            for (i, row) in lower.iter().enumerate() {
                moved[i + 1] = (0..width)
                    .map(|j| (0..width - 1).map(|k| row[k] * matrix[k + 1][j]).sum())
                    .collect();
            }
            current = moved;
        }
        rounds.reverse();
        Self {
            before: current,
            rounds,
            after: waiting,
        }
    }
}

fn add(state: &mut [F], constants: &[F]) {
    for (word, constant) in state.iter_mut().zip(constants) {
        *word += constant;
    }
}

fn fifth(word: &mut F) {
    *word *= word.square().square();
}

fn dot(a: &[F], b: &[F]) -> F {
    a.iter().zip(b).map(|(a, b)| *a * b).sum()
}

fn product(matrix: &Matrix, state: &[F]) -> Vec<F> {
    matrix.iter().map(|row| dot(row, state)).collect()
}

/// Gauss and Jordan. The matrices of Poseidon have inverses at every step.
fn inverse(matrix: &Matrix) -> Matrix {
    let n = matrix.len();
    let mut rows: Matrix = matrix.clone();
    for (i, row) in rows.iter_mut().enumerate() {
        row.extend((0..n).map(|j| F::from(u64::from(i == j))));
    }
    for i in 0..n {
        let pivot = (i..n).find(|r| !rows[*r][i].is_zero()).expect("a regular matrix");
        rows.swap(i, pivot);
        let scale = rows[i][i].inverse().expect("not 0: it was chosen so");
        rows[i].iter_mut().for_each(|value| *value *= scale);
        let own = rows[i].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(r, _)| *r != i) {
            let factor = row[i];
            for (value, own) in row.iter_mut().zip(&own) {
                *value -= factor * own;
            }
        }
    }
    rows.into_iter().map(|row| row[n..].to_vec()).collect()
}

/// Which hash a peer's book is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    /// Poseidon with circomlib's constants.
    Circomlib,
    /// A sponge over Noir's Poseidon2 permutation, rate 3.
    Poseidon2,
}

impl Hash {
    /// The hash of two nodes.
    pub(crate) fn pair(self, left: F, right: F) -> F {
        match self {
            Self::Circomlib => Poseidon::two().hash(&[left, right]),
            Self::Poseidon2 => sponge(&[left, right]),
        }
    }

    /// The hash of the six fields of a leaf.
    pub(crate) fn leaf(self, fields: &[F; 6]) -> F {
        match self {
            Self::Circomlib => Poseidon::six().hash(fields),
            Self::Poseidon2 => sponge(fields),
        }
    }
}

/// The sponge of Noir's library for a message of fixed length: the capacity begins as length·2^64.
fn sponge(inputs: &[F]) -> F {
    let mut state = [F::zero(); 4];
    state[3] = F::from((inputs.len() as u128) << 64);
    for chunk in inputs.chunks(3) {
        add(&mut state, chunk);
        t4::permutation_in_place(&mut state);
    }
    state[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use light_poseidon::PoseidonHasher;

    #[test]
    fn the_sparse_form_is_circomlibs_poseidon() {
        for (inputs, poseidon) in [(2usize, Poseidon::two()), (6, Poseidon::six())] {
            let values: Vec<F> = (0..inputs as u64).map(|i| F::from(7 + i * i)).collect();
            let mut library = light_poseidon::Poseidon::<F>::new_circom(inputs).expect("a width of circomlib");
            assert_eq!(
                poseidon.hash(&values),
                library.hash(&values).expect("as many inputs as asked for")
            );
        }
    }
}
