//! Poseidon, width 5, circomlib constants: one permutation in 21 rows of 5 cells.
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
//! The 60 partial rounds are a linear recurrence in the first word: the four words that have no S-box follow from four
//! consecutive first words, so w_{i+5} = Σ a_l w_{i+l}^5 + Σ b_j w_{i+j} + d_i with coefficients that do not depend on i.
//! Every cell is pinned by the row before it; nothing here needs a range check. 105 cells, degree 6 with its selector.

#![allow(
    clippy::needless_range_loop,
    reason = "rows and columns of matrices are indices here, as in the paper"
)]

use std::sync::OnceLock;

use ark_ff::{BigInteger, PrimeField as _};
use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;

use crate::env::Env;

/// State words.
pub const WIDTH: usize = 5;
/// Rows of one permutation.
pub const ROWS: usize = 21;
/// Full rounds before, and again after, the partial ones.
pub const HALF_FULL: usize = 4;
/// Partial rounds.
pub const PARTIAL: usize = 60;

/// Row of the state before the partial rounds.
pub const ROW_ENTER: usize = 4;
/// First row of partial words.
pub const ROW_PARTIAL: usize = 5;
/// Row of w_56..w_60.
pub const ROW_EXIT: usize = 16;
/// Row after which only the output follows.
pub const ROW_LAST: usize = 20;

/// A linear form over named cells plus a constant.
#[derive(Clone)]
struct Form {
    words: [Fr; 4],
    sbox: [Fr; 6],
    constant: Fr,
}

impl Form {
    const ZERO: Form = Form {
        words: [Fr::ZERO; 4],
        sbox: [Fr::ZERO; 6],
        constant: Fr::ZERO,
    };
    fn add_scaled(&mut self, other: &Form, by: Fr) {
        for (a, b) in self.words.iter_mut().zip(other.words) {
            *a += b * by;
        }
        for (a, b) in self.sbox.iter_mut().zip(other.sbox) {
            *a += b * by;
        }
        self.constant += other.constant * by;
    }
}

/// Constants of the permutation and of the recurrence.
pub struct Constants {
    /// Round constants, 68 rounds of 5.
    pub rounds: Vec<[Fr; WIDTH]>,
    /// The MDS matrix.
    pub mds: [[Fr; WIDTH]; WIDTH],
    /// b_1..b_4 and a_0..a_4 of the recurrence.
    recur_w: [Fr; 4],
    recur_s: [Fr; 5],
    /// d_i for i = 1..=55: the constant that leads to w_{i+5}.
    recur_d: Vec<Fr>,
    enter: Vec<Form>,
    /// d_0: the constant that leads to w_5.
    enter_d: Fr,
    exit: Vec<Form>,
    back: Vec<Back>,
}

/// An S-box output as a form over the state t after the partial rounds and the first words after it: rounds run backwards.
#[derive(Clone)]
struct Back {
    state: [Fr; WIDTH],
    /// Coefficients of w_59, w_58, w_57.
    words: [Fr; 3],
    constant: Fr,
}

fn pow5(v: Fr) -> Fr {
    v.square().square() * v
}

fn fr(x: ark_bn254::Fr) -> Fr {
    let bytes = x.into_bigint().to_bytes_le();
    let mut repr = [0u8; 32];
    repr.copy_from_slice(&bytes);
    // Invariant: both libraries mean the same field, so a canonical element of one is canonical in the other.
    Option::from(Fr::from_repr(repr)).expect("one field, two libraries")
}

/// The constants, computed once.
pub fn constants() -> &'static Constants {
    static CONSTANTS: OnceLock<Constants> = OnceLock::new();
    CONSTANTS.get_or_init(Constants::new)
}

impl Constants {
    fn new() -> Self {
        // Invariant: width 5 is one of the widths for which the library carries circomlib's parameters.
        let p = get_poseidon_parameters::<ark_bn254::Fr>(WIDTH as u8).expect("width 5 is supported");
        let rounds: Vec<[Fr; WIDTH]> = p.ark.chunks(WIDTH).map(|c| std::array::from_fn(|i| fr(c[i]))).collect();
        let mds: [[Fr; WIDTH]; WIDTH] = std::array::from_fn(|i| std::array::from_fn(|j| fr(p.mds[i][j])));
        let mut c = Constants {
            rounds,
            mds,
            recur_w: [Fr::ZERO; 4],
            recur_s: [Fr::ZERO; 5],
            recur_d: Vec::new(),
            enter: Vec::new(),
            enter_d: Fr::ZERO,
            exit: Vec::new(),
            back: Vec::new(),
        };
        c.derive();
        c.derive_back();
        c
    }

    /// Constant of partial round `i` on the first word; w_60 has none.
    fn key(&self, i: usize) -> Fr {
        if i < PARTIAL {
            self.rounds[HALF_FULL + i][0]
        } else {
            Fr::ZERO
        }
    }

    /// First words u_{i+1}..u_{i+steps} and the other four words after `steps` partial rounds, as forms over the four other
    /// words at round `i` and the S-box outputs of rounds i...
    fn unroll(&self, i: usize, steps: usize) -> (Vec<Form>, [Form; 4]) {
        let mut hidden: [Form; 4] = std::array::from_fn(|j| {
            let mut f = Form::ZERO;
            f.words[j] = Fr::ONE;
            f
        });
        let mut first = Vec::new();
        for l in 0..steps {
            let rc = &self.rounds[HALF_FULL + i + l];
            let mut state: [Form; WIDTH] = std::array::from_fn(|_| Form::ZERO);
            state[0].sbox[l] = Fr::ONE;
            for (j, word) in hidden.iter().enumerate() {
                state[j + 1] = Form {
                    constant: word.constant + rc[j + 1],
                    ..word.clone()
                };
            }
            let mixed: [Form; WIDTH] = std::array::from_fn(|r| {
                let mut f = Form::ZERO;
                for (j, s) in state.iter().enumerate() {
                    f.add_scaled(s, self.mds[r][j]);
                }
                f
            });
            first.push(mixed[0].clone());
            hidden = std::array::from_fn(|j| mixed[j + 1].clone());
        }
        (first, hidden)
    }

    /// Solves for the four other words at round `i`, given forms of u_{i+1}..u_{i+4}: rows of the inverse matrix.
    fn observe(first: &[Form]) -> [[Fr; 4]; 4] {
        let mut m: Vec<[Fr; 8]> = (0..4)
            .map(|r| {
                std::array::from_fn(|c| {
                    if c < 4 {
                        first[r].words[c]
                    } else {
                        Fr::from((c - 4 == r) as u64)
                    }
                })
            })
            .collect();
        for col in 0..4 {
            // Invariant: the recurrence is observable for circomlib's matrix (else no width-5 layout of this kind exists).
            let pivot = (col..4)
                .find(|r| m[*r][col] != Fr::ZERO)
                .expect("observable recurrence");
            m.swap(col, pivot);
            let inv = m[col][col].invert().expect("non-zero pivot");
            m[col].iter_mut().for_each(|x| *x *= inv);
            for r in 0..4 {
                if r != col {
                    let f = m[r][col];
                    let row = m[col];
                    m[r].iter_mut().zip(row).for_each(|(x, y)| *x -= f * y);
                }
            }
        }
        std::array::from_fn(|r| std::array::from_fn(|c| m[r][c + 4]))
    }

    fn derive(&mut self) {
        // Recurrence: coefficients from any round, constants round by round.
        for i in 0..=PARTIAL - 5 {
            let (first, _) = self.unroll(i, 5);
            let inv = Self::observe(&first);
            let b: [Fr; 4] = std::array::from_fn(|j| (0..4).map(|r| first[4].words[r] * inv[r][j]).sum());
            let a: [Fr; 5] =
                std::array::from_fn(|l| first[4].sbox[l] - (0..4).map(|j| b[j] * first[j].sbox[l]).sum::<Fr>());
            let d = first[4].constant + self.key(i + 5)
                - (0..4)
                    .map(|j| b[j] * (first[j].constant + self.key(i + 1 + j)))
                    .sum::<Fr>();
            self.recur_w = b;
            self.recur_s = a;
            if i == 0 {
                self.enter_d = d;
            } else {
                self.recur_d.push(d);
            }
        }
        // Entry: w_1..w_5 from s_1..s_4 and the S-boxes of rounds 0..4.
        let (mut first, _) = self.unroll(0, 5);
        for (j, f) in first.iter_mut().enumerate() {
            f.constant += self.key(j + 1);
        }
        self.enter = first;
        // Exit: the other four words at round 60 from w_57..w_60 and the S-boxes of rounds 56..59.
        let (first, hidden) = self.unroll(PARTIAL - 4, 4);
        let inv = Self::observe(&first);
        self.exit = hidden
            .iter()
            .map(|h| {
                let mut out = Form {
                    words: [Fr::ZERO; 4],
                    ..h.clone()
                };
                for r in 0..4 {
                    for j in 0..4 {
                        let k = h.words[r] * inv[r][j];
                        out.words[j] += k;
                        for l in 0..6 {
                            out.sbox[l] -= k * first[j].sbox[l];
                        }
                        out.constant -= k * (first[j].constant + self.key(PARTIAL - 3 + j));
                    }
                }
                out
            })
            .collect();
    }

    /// The S-box outputs of rounds 59, 58, 57, 56 from the state after the partial rounds.
    fn derive_back(&mut self) {
        let inverse = invert_matrix(&self.mds);
        let zero = Back {
            state: [Fr::ZERO; WIDTH],
            words: [Fr::ZERO; 3],
            constant: Fr::ZERO,
        };
        let mut state: [Back; WIDTH] = std::array::from_fn(|i| {
            let mut b = zero.clone();
            b.state[i] = Fr::ONE;
            b
        });
        for round in 0..4 {
            let before: [Back; WIDTH] = std::array::from_fn(|r| {
                let mut sum = zero.clone();
                for (j, s) in state.iter().enumerate() {
                    let k = inverse[r][j];
                    (0..WIDTH).for_each(|i| sum.state[i] += k * s.state[i]);
                    (0..3).for_each(|i| sum.words[i] += k * s.words[i]);
                    sum.constant += k * s.constant;
                }
                sum
            });
            self.back.push(before[0].clone());
            let i = PARTIAL - 1 - round;
            let rc = self.rounds[HALF_FULL + i];
            state = before;
            for j in 1..WIDTH {
                state[j].constant -= rc[j];
            }
            state[0] = Back {
                constant: -self.key(i),
                ..zero.clone()
            };
            if round < 3 {
                state[0].words[round] = Fr::ONE;
            }
        }
    }

    /// Round constants that stand in the fixed columns beside row `row` of a permutation.
    pub fn fixed_row(&self, row: usize) -> [Fr; WIDTH] {
        match row {
            0..=3 => self.rounds[row],
            17..=20 => self.rounds[HALF_FULL + PARTIAL + row - 17],
            // Row 5 + t holds w_{5t+1}..; the next row's word j is w_{5t+6+j} = w_{i+5} with i = 5t + 1 + j.
            5..=15 => std::array::from_fn(|j| self.recur_d[5 * (row - 5) + j]),
            _ => [Fr::ZERO; WIDTH],
        }
    }

    /// The next row after the state before the partial rounds (w_1..w_5).
    pub fn enter_row(&self, s: &[Fr; WIDTH]) -> [Fr; WIDTH] {
        let mut w = [Fr::ZERO; WIDTH];
        let mut sbox = vec![pow5(s[0] + self.key(0))];
        for j in 0..WIDTH {
            let f = &self.enter[j];
            w[j] = f.constant
                + (0..4).map(|i| f.words[i] * s[i + 1]).sum::<Fr>()
                + sbox.iter().zip(f.sbox).map(|(x, c)| *x * c).sum::<Fr>();
            sbox.push(pow5(w[j]));
        }
        w
    }

    /// The state after the partial rounds from w_56..w_60.
    pub fn exit_row(&self, w: &[Fr; WIDTH]) -> [Fr; WIDTH] {
        std::array::from_fn(|r| {
            if r == 0 {
                return w[4];
            }
            let f = &self.exit[r - 1];
            f.constant
                + (0..4)
                    .map(|i| f.words[i] * w[i + 1] + f.sbox[i] * pow5(w[i]))
                    .sum::<Fr>()
        })
    }

    /// One full round on a row, with that row's constants.
    pub fn full_row(&self, s: &[Fr; WIDTH], rc: &[Fr; WIDTH]) -> [Fr; WIDTH] {
        let x: [Fr; WIDTH] = std::array::from_fn(|j| pow5(s[j] + rc[j]));
        std::array::from_fn(|i| (0..WIDTH).map(|j| self.mds[i][j] * x[j]).sum())
    }

    /// The row after a partial row.
    pub fn partial_row(&self, w: &[Fr; WIDTH], d: &[Fr; WIDTH]) -> [Fr; WIDTH] {
        let mut all = [Fr::ZERO; 2 * WIDTH];
        all[..WIDTH].copy_from_slice(w);
        let mut fifth = [Fr::ZERO; 2 * WIDTH];
        fifth.iter_mut().zip(w).for_each(|(x, w)| *x = pow5(*w));
        for j in 0..WIDTH {
            all[WIDTH + j] = d[j]
                + (0..5).map(|l| self.recur_s[l] * fifth[j + l]).sum::<Fr>()
                + (0..4).map(|l| self.recur_w[l] * all[j + 1 + l]).sum::<Fr>();
            fifth[WIDTH + j] = pow5(all[WIDTH + j]);
        }
        std::array::from_fn(|j| all[WIDTH + j])
    }

    /// The row that follows row `row` holding `cells` (rows 0..=19).
    pub fn next_row(&self, row: usize, cells: &[Fr; WIDTH]) -> [Fr; WIDTH] {
        let rc = self.fixed_row(row);
        match row {
            ROW_ENTER => self.enter_row(cells),
            5..=15 => self.partial_row(cells, &rc),
            ROW_EXIT => self.exit_row(cells),
            _ => self.full_row(cells, &rc),
        }
    }

    /// The output from row 20.
    pub fn output(&self, cells: &[Fr; WIDTH]) -> Fr {
        self.full_row(cells, &self.fixed_row(ROW_LAST))[0]
    }
}

/// Gauss-Jordan.
fn invert_matrix(m: &[[Fr; WIDTH]; WIDTH]) -> [[Fr; WIDTH]; WIDTH] {
    let mut rows: Vec<Vec<Fr>> = (0..WIDTH)
        .map(|r| {
            m[r].iter()
                .copied()
                .chain((0..WIDTH).map(|c| Fr::from(u64::from(c == r))))
                .collect()
        })
        .collect();
    for col in 0..WIDTH {
        // Invariant: an MDS matrix is invertible, so a pivot exists in every column.
        let pivot = (col..WIDTH)
            .find(|r| rows[*r][col] != Fr::ZERO)
            .expect("an MDS matrix is invertible");
        rows.swap(col, pivot);
        let inverse = rows[col][col].invert().expect("the pivot is not zero");
        rows[col].iter_mut().for_each(|x| *x *= inverse);
        let pivot = rows[col].clone();
        for (r, row) in rows.iter_mut().enumerate() {
            if r != col {
                let f = row[col];
                row.iter_mut().zip(&pivot).for_each(|(x, y)| *x -= f * y);
            }
        }
    }
    std::array::from_fn(|r| std::array::from_fn(|c| rows[r][c + WIDTH]))
}

/// Selectors of the hash gates at one row, each already an expression.
pub struct Selectors<V> {
    /// Full rounds (rows 0..3, 17..19).
    pub full: V,
    /// Row 4.
    pub enter: V,
    /// Rows 5..15.
    pub partial: V,
    /// Row 16.
    pub exit: V,
    /// Row 20.
    pub last: V,
}

/// The gates of the permutation. `state` are five advice columns, `rc` five fixed ones, `out` the output column.
pub fn gates<E: Env>(
    env: &E,
    sel: Selectors<E::V>,
    state: [usize; WIDTH],
    rc: [usize; WIDTH],
    out: usize,
) -> Vec<(String, E::V)> {
    let c = constants();
    let pow5 = |v: E::V| {
        let sq = v.clone() * v.clone();
        sq.clone() * sq * v
    };
    let cur: Vec<E::V> = state.iter().map(|s| env.adv(*s, 0)).collect();
    let next: Vec<E::V> = state.iter().map(|s| env.adv(*s, 1)).collect();
    let rcs: Vec<E::V> = rc.iter().map(|r| env.fix(*r, 0)).collect();
    let keyed: Vec<E::V> = (0..WIDTH).map(|j| pow5(cur[j].clone() + rcs[j].clone())).collect();
    let cur5: Vec<E::V> = cur.iter().cloned().map(pow5).collect();
    let next5: Vec<E::V> = next.iter().take(4).cloned().map(pow5).collect();
    let mix = |row: usize| {
        (1..WIDTH).fold(env.k(c.mds[row][0]) * keyed[0].clone(), |acc, j| {
            acc + env.k(c.mds[row][j]) * keyed[j].clone()
        })
    };
    let mut polys = Vec::new();
    for i in 0..WIDTH {
        polys.push((
            format!("full round: word {i}"),
            sel.full.clone() * (next[i].clone() - mix(i)),
        ));
    }
    let s0 = pow5(cur[0].clone() + env.k(c.key(0)));
    // w_1..w_4 from the state, w_5 already by the recurrence.
    for j in 0..WIDTH - 1 {
        let f = &c.enter[j];
        let mut form = env.k(f.constant) + env.k(f.sbox[0]) * s0.clone();
        for i in 0..4 {
            form = form + env.k(f.words[i]) * cur[i + 1].clone();
        }
        for l in 1..=j {
            form = form + env.k(f.sbox[l]) * next5[l - 1].clone();
        }
        polys.push((
            format!("into partial rounds: word {j}"),
            sel.enter.clone() * (next[j].clone() - form),
        ));
    }
    let recurrence = |constant: E::V, word: &[E::V], fifth: &[E::V]| {
        let sum = (0..4).fold(constant, |acc, l| acc + env.k(c.recur_w[l]) * word[l].clone());
        (0..5).fold(sum, |acc, l| acc + env.k(c.recur_s[l]) * fifth[l].clone())
    };
    let entered: Vec<E::V> = std::iter::once(s0).chain(next5.iter().cloned()).collect();
    let form = recurrence(env.k(c.enter_d), &next[..4], &entered);
    polys.push((
        "into partial rounds: word 4".into(),
        sel.enter.clone() * (next[4].clone() - form),
    ));
    let all: Vec<E::V> = cur.iter().chain(&next).cloned().collect();
    let all5: Vec<E::V> = cur5.iter().chain(&next5).cloned().collect();
    for j in 0..WIDTH {
        let form = recurrence(rcs[j].clone(), &all[j + 1..], &all5[j..]);
        polys.push((
            format!("partial rounds: word {j}"),
            sel.partial.clone() * (next[j].clone() - form),
        ));
    }
    polys.push((
        "out of partial rounds: word 0".into(),
        sel.exit.clone() * (next[0].clone() - cur[4].clone()),
    ));
    for (round, back) in c.back.iter().enumerate() {
        let state = (0..WIDTH).fold(env.k(back.constant), |acc, j| {
            acc + env.k(back.state[j]) * next[j].clone()
        });
        let form = (0..round).fold(state, |acc, l| acc + env.k(back.words[l]) * cur[3 - l].clone());
        let name = format!("out of partial rounds: S-box of round {}", PARTIAL - 1 - round);
        polys.push((name, sel.exit.clone() * (cur5[3 - round].clone() - form)));
    }
    polys.push(("output".into(), sel.last * (env.adv(out, 0) - mix(0))));
    polys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permute(input: [Fr; 4]) -> Fr {
        let c = constants();
        let mut row = [Fr::ZERO, input[0], input[1], input[2], input[3]];
        for r in 0..ROW_LAST {
            row = c.next_row(r, &row);
        }
        c.output(&row)
    }

    #[test]
    fn the_recurrence_is_the_permutation() {
        for seed in 0..20u64 {
            let input = std::array::from_fn(|i| Fr::from(seed * 7 + i as u64).pow([seed + 3]));
            assert_eq!(permute(input), witness_gen::poseidon::hash4(input), "seed {seed}");
        }
    }
}
