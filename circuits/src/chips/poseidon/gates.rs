//! The gates of a permutation: each row pins the next one.

use halo2_proofs::halo2curves::bn256::Fr;

use super::Constants;
use crate::env::Env;

/// Selectors of the hash gates at one row, each already an expression.
pub struct Selectors<V> {
    /// [`RowKind::Full`](super::RowKind::Full): rows 0..3 and 17..19 at width 5.
    pub full: V,
    /// [`RowKind::Enter`](super::RowKind::Enter): row 4.
    pub enter: V,
    /// [`RowKind::Partial`](super::RowKind::Partial): rows 5..15 at width 5.
    pub partial: V,
    /// [`RowKind::Exit`](super::RowKind::Exit): row 16 at width 5.
    pub exit: V,
    /// [`RowKind::Last`](super::RowKind::Last): row 20 at width 5.
    pub last: V,
}

type Named<V> = Vec<(String, V)>;

/// A row, the next one, and their fifth powers.
struct Cells<'a, E: Env, const T: usize> {
    env: &'a E,
    here: [E::V; T],
    next: [E::V; T],
    /// Round constants, or constants of the recurrence.
    rc: [E::V; T],
    /// (word + round constant)^5.
    keyed: [E::V; T],
    here5: [E::V; T],
    next5: [E::V; T],
}

fn pow5<E: Env>(v: &E::V) -> E::V {
    let square = v.clone() * v.clone();
    square.clone() * square * v.clone()
}

impl<'a, E: Env, const T: usize> Cells<'a, E, T> {
    fn new(env: &'a E, state: [usize; T], rc: [usize; T]) -> Self {
        let here = state.map(|s| env.adv(s, 0));
        let next = state.map(|s| env.adv(s, 1));
        let rc = rc.map(|r| env.fix(r, 0));
        Self {
            env,
            keyed: std::array::from_fn(|j| pow5::<E>(&(here[j].clone() + rc[j].clone()))),
            here5: here.each_ref().map(pow5::<E>),
            next5: next.each_ref().map(pow5::<E>),
            here,
            next,
            rc,
        }
    }

    /// from + Σ coefficient · term.
    fn plus<'k, 'v>(&self, from: E::V, terms: impl Iterator<Item = (&'k Fr, &'v E::V)>) -> E::V
    where
        E::V: 'v,
    {
        terms.fold(from, |sum, (k, v)| sum + self.env.k(*k) * v.clone())
    }
}

impl<const T: usize> Constants<T> {
    /// The gates of the permutation, of degree 6. `state` are T advice columns, `rc` T fixed ones, `out` the output column.
    pub fn gates<E: Env>(
        &self,
        env: &E,
        sel: Selectors<E::V>,
        state: [usize; T],
        rc: [usize; T],
        out: usize,
    ) -> Vec<(String, E::V)> {
        let cells = Cells::new(env, state, rc);
        let mut polys = self.full_gates(&cells, &sel.full);
        polys.extend(self.enter_gates(&cells, &sel.enter));
        polys.extend(self.partial_gates(&cells, &sel.partial));
        polys.extend(self.exit_gates(&cells, &sel.exit));
        polys.push(("output".into(), sel.last * (env.adv(out, 0) - self.mixed(&cells, 0))));
        polys
    }

    /// Word `i` after a full round on this row.
    fn mixed<E: Env>(&self, cells: &Cells<'_, E, T>, i: usize) -> E::V {
        let row = &self.mds()[i];
        let first = cells.env.k(row[0]) * cells.keyed[0].clone();
        cells.plus(first, row[1..].iter().zip(&cells.keyed[1..]))
    }

    fn full_gates<E: Env>(&self, cells: &Cells<'_, E, T>, sel: &E::V) -> Named<E::V> {
        let gate = |i: usize| sel.clone() * (cells.next[i].clone() - self.mixed(cells, i));
        (0..T).map(|i| (format!("full round: word {i}"), gate(i))).collect()
    }

    /// w_{i+T} after `constant`: `words` are w_{i+1}.., `fifth` the powers of w_i...
    fn recurring<'v, E: Env>(
        &self,
        cells: &Cells<'_, E, T>,
        constant: E::V,
        words: impl Iterator<Item = &'v E::V>,
        fifth: impl Iterator<Item = &'v E::V>,
    ) -> E::V
    where
        E::V: 'v,
    {
        let sum = cells.plus(constant, self.recurrence.words[1..].iter().zip(words));
        cells.plus(sum, self.recurrence.sbox.iter().zip(fifth))
    }

    /// w_1..w_{T-1} from the state; w_T already by the recurrence.
    fn enter_gates<E: Env>(&self, cells: &Cells<'_, E, T>, sel: &E::V) -> Named<E::V> {
        let env = cells.env;
        let s0 = pow5::<E>(&(cells.here[0].clone() + env.k(self.key(0))));
        let fifth = || std::iter::once(&s0).chain(&cells.next5);
        let form = |j: usize| match self.enter[..T - 1].get(j) {
            Some(f) => {
                let sum = env.k(f.constant) + env.k(f.sbox[0]) * s0.clone();
                let sum = cells.plus(sum, f.words.iter().zip(&cells.here).skip(1));
                cells.plus(sum, f.sbox[..=j].iter().zip(fifth()).skip(1))
            }
            None => self.recurring(cells, env.k(self.recurrence.constants[0]), cells.next.iter(), fifth()),
        };
        let gate = |j: usize| sel.clone() * (cells.next[j].clone() - form(j));
        let name = |j| format!("into partial rounds: word {j}");
        (0..T).map(|j| (name(j), gate(j))).collect()
    }

    fn partial_gates<E: Env>(&self, cells: &Cells<'_, E, T>, sel: &E::V) -> Named<E::V> {
        let form = |j: usize| {
            let words = cells.here.iter().chain(&cells.next).skip(j + 1);
            let fifth = cells.here5.iter().chain(&cells.next5).skip(j);
            self.recurring(cells, cells.rc[j].clone(), words, fifth)
        };
        let gate = |j: usize| sel.clone() * (cells.next[j].clone() - form(j));
        let name = |j| format!("partial rounds: word {j}");
        (0..T).map(|j| (name(j), gate(j))).collect()
    }

    /// The first word goes on; the S-boxes of the last T - 1 rounds, computed backwards from the next row, pin its other words.
    fn exit_gates<E: Env>(&self, cells: &Cells<'_, E, T>, sel: &E::V) -> Named<E::V> {
        let word = sel.clone() * (cells.next[0].clone() - cells.here[T - 1].clone());
        let mut polys = vec![("out of partial rounds: word 0".into(), word)];
        for (r, back) in self.back.iter().enumerate() {
            let form = cells.plus(cells.env.k(back.constant), back.state.iter().zip(&cells.next));
            let after = back.words[..T - 1].iter().zip(&cells.here).rev().take(r);
            let name = format!("out of partial rounds: S-box of round {}", self.partial() - 1 - r);
            let sbox = cells.here5[T - 2 - r].clone();
            polys.push((name, sel.clone() * (sbox - cells.plus(form, after))));
        }
        polys
    }
}
