//! A permutation as numbers, row by row.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;

use super::{Constants, HALF_FULL, ROW_ENTER, ROW_PARTIAL, dot};

/// What leads from a row to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKind {
    /// A full round.
    Full,
    /// From a state to the first words of partial rounds 1..T.
    Enter,
    /// From T first words to the T after them.
    Partial,
    /// From the last T first words to the state after the partial rounds.
    Exit,
    /// A full round of which one word is kept: the output.
    Last,
}

fn pow5(v: Fr) -> Fr {
    v.square().square() * v
}

impl<const T: usize> Constants<T> {
    /// Row of the last T first words.
    pub fn row_exit(&self) -> usize {
        ROW_ENTER + self.partial() / T
    }

    /// The last row; the output stands in it too, in another column.
    pub fn row_last(&self) -> usize {
        self.row_exit() + HALF_FULL
    }

    /// What row `row` is.
    pub fn kind(&self, row: usize) -> RowKind {
        let exit = self.row_exit();
        if row == ROW_ENTER {
            RowKind::Enter
        } else if (ROW_PARTIAL..exit).contains(&row) {
            RowKind::Partial
        } else if row == exit {
            RowKind::Exit
        } else if row >= exit + HALF_FULL {
            RowKind::Last
        } else {
            RowKind::Full
        }
    }

    /// Round constants that stand in the fixed columns beside row `row` of a permutation; 0 where a row needs none.
    pub fn fixed_row(&self, row: usize) -> [Fr; T] {
        match self.kind(row) {
            RowKind::Full | RowKind::Last => {
                let first_after = self.row_exit() + 1;
                let round = match row.checked_sub(first_after) {
                    Some(after) => HALF_FULL + self.partial() + after,
                    None => row,
                };
                self.rounds().get(round).copied().unwrap_or([Fr::ZERO; T])
            }
            // Row 5 + t holds w_{Tt+1}..; the next row's word j is w_{i+T} with i = Tt + 1 + j.
            RowKind::Partial => {
                let i = T * (row - ROW_PARTIAL) + 1;
                std::array::from_fn(|j| self.recurrence.constants[i + j])
            }
            RowKind::Enter | RowKind::Exit => [Fr::ZERO; T],
        }
    }

    /// The next row after the state before the partial rounds (w_1..w_T).
    pub fn enter_row(&self, s: &[Fr; T]) -> [Fr; T] {
        let mut w = [Fr::ZERO; T];
        let mut fifth = [Fr::ZERO; T];
        fifth[0] = pow5(s[0] + self.key(0));
        for (j, f) in self.enter.iter().enumerate() {
            w[j] = f.constant + dot(&f.words[1..], &s[1..]) + dot(&f.sbox[..=j], &fifth[..=j]);
            if let Some(next) = fifth.get_mut(j + 1) {
                *next = pow5(w[j]);
            }
        }
        w
    }

    /// The state after the partial rounds from the last T first words.
    pub fn exit_row(&self, w: &[Fr; T]) -> [Fr; T] {
        let mut t = [w[T - 1]; T];
        let fifth = w.map(pow5);
        for (word, f) in t[1..].iter_mut().zip(&self.exit) {
            *word = f.constant + dot(&f.words[1..], &w[1..]) + dot(&f.sbox[..T - 1], &fifth[..T - 1]);
        }
        t
    }

    /// One full round on a row, with that row's constants.
    pub fn full_row(&self, s: &[Fr; T], rc: &[Fr; T]) -> [Fr; T] {
        let x: [Fr; T] = std::array::from_fn(|j| pow5(s[j] + rc[j]));
        std::array::from_fn(|i| dot(&self.mds()[i], &x))
    }

    /// The row after a partial row, with that row's constants.
    pub fn partial_row(&self, w: &[Fr; T], d: &[Fr; T]) -> [Fr; T] {
        let r = &self.recurrence;
        let mut rows = [*w, [Fr::ZERO; T]];
        let mut fifths = [w.map(pow5), [Fr::ZERO; T]];
        let (words, fifth) = (rows.as_flattened_mut(), fifths.as_flattened_mut());
        for j in 0..T {
            let next = d[j] + dot(&r.sbox, &fifth[j..j + T]) + dot(&r.words[1..], &words[j + 1..j + T]);
            words[T + j] = next;
            fifth[T + j] = pow5(next);
        }
        rows[1]
    }

    /// The row that follows row `row` holding `cells`, for rows before the last.
    pub fn next_row(&self, row: usize, cells: &[Fr; T]) -> [Fr; T] {
        match self.kind(row) {
            RowKind::Full | RowKind::Last => self.full_row(cells, &self.fixed_row(row)),
            RowKind::Enter => self.enter_row(cells),
            RowKind::Partial => self.partial_row(cells, &self.fixed_row(row)),
            RowKind::Exit => self.exit_row(cells),
        }
    }

    /// The output from the last row.
    pub fn output(&self, cells: &[Fr; T]) -> Fr {
        self.full_row(cells, &self.fixed_row(self.row_last()))[0]
    }
}
