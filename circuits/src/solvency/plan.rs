//! The builder: fixed cells, copies and witness of one size in one pass, so that key and witness cannot disagree about who is wired to whom.
//!
//! A [`Wire`] is a cell of `F`. Values are computed from what [`Trace::read`] says of a cell, and a wire that is used again is copied:
//! [`Plan::put`] writes the new cell and records the copy.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;

use witness_gen::units::fr_pow2;

use super::rows::*;
use crate::cell::{Grid, Trace};
use crate::chips::poseidon;

/// A cell of `F`, by its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wire(pub(super) usize);

/// One end of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// A cell of `F`, by its row.
    Cell(usize),
    /// A public input.
    Input(usize),
}

/// Two cells that are equal.
pub type Copy = (End, usize);

/// What one pass yields.
pub(super) struct Plan {
    pub(super) size: Size,
    pub(super) fixed: Grid,
    pub(super) copies: Vec<Copy>,
    pub(super) trace: Trace,
    constants: usize,
    arithmetic: usize,
    step: usize,
    plain: usize,
}

/// Coefficients of an arithmetic row: `c0·a·b + c1·a + c2·c + c3·d + c4 = 0`.
pub(super) type Coefficients = [Fr; 5];

impl Plan {
    pub(super) fn new(size: Size, trace: Trace) -> Self {
        let mut plan = Self {
            size,
            fixed: Grid::new(FIXED, size.rows()),
            copies: Vec::new(),
            trace,
            constants: size.constants(),
            arithmetic: size.arithmetic(),
            step: size.steps(),
            plain: size.plain(),
        };
        plan.frame();
        plan
    }

    /// Rows that do not depend on the statement: the table, the ends of the bus, what permutations look at before and after.
    fn frame(&mut self) {
        let size = self.size;
        for v in 0..TABLE {
            self.fix(Q_STATIC, v, Fr::from(fixed_row::TABLE));
            self.fix(RC[0], v, Fr::from(v as u64));
        }
        for row in 0..size.end() {
            self.fix(Q_BUS, row, Fr::ONE);
        }
        self.fix(CARRY, 0, Fr::from(2));
        self.fix(CARRY, size.end(), Fr::from(2));
        let constants = poseidon::constants();
        self.fix(Q_LAST, size.steps() - 1, Fr::ONE);
        let exit = constants.exit_row(&[Fr::ZERO; 5]);
        let enter = constants.enter_row(&[Fr::ZERO; 5]);
        for (j, c) in HASH.into_iter().enumerate() {
            self.write(c, size.steps() - 4, exit[j]);
            self.write(c, size.plain() + poseidon::ROW_PARTIAL, enter[j]);
        }
    }

    pub(super) fn fix(&mut self, col: usize, row: usize, value: Fr) {
        self.fixed.set(col, row, value);
    }

    #[track_caller]
    pub(super) fn write(&mut self, col: usize, row: usize, value: Fr) {
        self.trace.write(col, row, value);
    }

    #[track_caller]
    pub(super) fn read(&self, wire: Wire) -> Fr {
        self.trace.read(F, wire.0)
    }

    /// Writes a cell of `F` that nothing is copied to.
    #[track_caller]
    pub(super) fn free(&mut self, row: usize, value: Fr) -> Wire {
        self.write(F, row, value);
        Wire(row)
    }

    /// Copies a wire to a row of `F`.
    #[track_caller]
    pub(super) fn put(&mut self, row: usize, wire: Wire) -> Wire {
        let value = self.read(wire);
        self.write(F, row, value);
        self.copies.push((End::Cell(wire.0), row));
        Wire(row)
    }

    /// A public input at a row of `F`.
    #[track_caller]
    pub(super) fn input(&mut self, row: usize, input: usize, value: Fr) -> Wire {
        self.write(F, row, value);
        self.copies.push((End::Input(input), row));
        Wire(row)
    }

    /// Says that a cell of `F` is a public input.
    pub(super) fn is_input(&mut self, wire: Wire, input: usize) {
        self.copies.push((End::Input(input), wire.0));
    }

    /// Says that two cells of `F`, both written, are equal.
    pub(super) fn equal(&mut self, a: Wire, b: Wire) {
        self.copies.push((End::Cell(a.0), b.0));
    }

    /// A constant.
    #[track_caller]
    pub(super) fn constant(&mut self, value: Fr) -> Wire {
        let row = self.constants;
        self.constants += 1;
        self.fix(Q_STATIC, row, Fr::from(fixed_row::CONSTANT));
        self.fix(RC[0], row, value);
        self.free(row, value)
    }

    /// The next four arithmetic rows; their cells are the caller's to write.
    pub(super) fn arithmetic(&mut self, coefficients: Coefficients) -> usize {
        let row = self.arithmetic;
        self.arithmetic += 4;
        self.arithmetic_at(row, coefficients);
        row
    }

    /// Arithmetic rows at a place of the caller's.
    pub(super) fn arithmetic_at(&mut self, row: usize, coefficients: Coefficients) {
        self.fix(Q_STATIC, row, Fr::from(fixed_row::ARITHMETIC));
        for (c, v) in RC.into_iter().zip(coefficients) {
            self.fix(c, row, v);
        }
    }

    /// The next step that hashes; its kind is set, its inputs are the caller's to write.
    pub(super) fn step(&mut self, kind: u64) -> usize {
        let row = self.step;
        self.step += poseidon::ROWS;
        self.step_at(row, kind);
        row
    }

    /// Fixed cells of a step.
    pub(super) fn step_at(&mut self, row: usize, kind: u64) {
        self.fix(KIND, row, Fr::from(kind));
        let constants = poseidon::constants();
        for r in 0..poseidon::ROWS {
            for (c, v) in RC.into_iter().zip(constants.fixed_row(r)) {
                self.fix(c, row + r, v);
            }
            match r {
                5..=15 => self.fix(Q_PARTIAL, row + r, Fr::ONE),
                0..=3 | 17..=19 => self.fix(Q_FULL, row + r, Fr::ONE),
                poseidon::ROW_LAST => self.fix(Q_LAST, row + r, Fr::ONE),
                _ => {}
            }
        }
    }

    /// The hash of the step at `row`, whose four inputs stand in F already.
    pub(super) fn hash(&mut self, row: usize) -> Wire {
        for (j, r) in INPUTS.into_iter().enumerate() {
            let v = self.trace.read(F, row + r);
            self.write(HASH[j + 1], row, v);
        }
        self.permute(row)
    }

    /// A node of a path: the output before the step is its child at `position`.
    pub(super) fn path(&mut self, row: usize, position: usize, siblings: &[Fr; 3]) -> Wire {
        let child = self.trace.read(F, row - 1);
        let children = witness_gen::tree::with_siblings(position, child, siblings);
        for (j, v) in children.into_iter().enumerate() {
            self.write(HASH[j + 1], row, v);
        }
        self.permute(row)
    }

    fn permute(&mut self, row: usize) -> Wire {
        let constants = poseidon::constants();
        for r in 0..poseidon::ROW_LAST {
            let cells = HASH.map(|c| self.trace.read(c, row + r));
            for (c, v) in HASH.into_iter().zip(constants.next_row(r, &cells)) {
                self.write(c, row + r + 1, v);
            }
        }
        let cells = HASH.map(|c| self.trace.read(c, row + poseidon::ROW_LAST));
        self.free(row + OUTPUT, constants.output(&cells))
    }

    /// The next step without a hash.
    pub(super) fn plain(&mut self) -> usize {
        let row = self.plain;
        self.plain += poseidon::ROWS;
        row
    }

    /// A block of seven limbs at `row`, and its word: `coeff·value`, and the word before where it is carried on.
    pub(super) fn block(&mut self, row: usize, what: u64, coeff: Fr, carried: bool, value: u64) -> Wire {
        self.fix(Q_BLOCK, row, Fr::from(what));
        self.fix(COEFF, row, coeff);
        self.fix(CARRY, row, Fr::from(u64::from(carried)));
        for i in 0..block::ROWS {
            self.write(L, row + i, Fr::from((value >> (9 * i)) & 511));
        }
        let before = if carried {
            self.trace.read(F, row + block::WORD as usize - block::ROWS)
        } else {
            Fr::ZERO
        };
        let value = self.block_value(
            row,
            if what == block::PLAIN {
                block::ROWS
            } else {
                block::NARROW
            },
        );
        self.free(row + block::WORD as usize, coeff * value + before)
    }

    /// Three values of 63 bits in a step without a hash.
    pub(super) fn values(&mut self, values: [u64; 3]) -> [Wire; 3] {
        let row = self.plain();
        let mut wires = [Wire(row); 3];
        for (b, v) in values.into_iter().enumerate() {
            wires[b] = self.block(row + block::ROWS * b, block::PLAIN, Fr::ONE, false, v);
        }
        wires
    }

    /// Says that `up = 2^bits·wire`: if both are 63-bit values, the wire has 63 - bits.
    pub(super) fn scaled(&mut self, wire: Wire, up: Wire, bits: u32) {
        let row = self.arithmetic([Fr::ZERO, fr_pow2(bits), -Fr::ONE, Fr::ZERO, Fr::ZERO]);
        self.put(row, wire);
        self.put(row + 2, up);
    }

    /// a + 2^bits·b.
    pub(super) fn sum(&mut self, a: Wire, b: Wire, bits: u32) -> Wire {
        let row = self.arithmetic([Fr::ZERO, Fr::ONE, fr_pow2(bits), -Fr::ONE, Fr::ZERO]);
        self.put(row, a);
        self.put(row + 2, b);
        let sum = self.read(a) + fr_pow2(bits) * self.read(b);
        self.free(row + 3, sum)
    }

    /// What the first limbs of a block say.
    pub(super) fn block_value(&self, row: usize, limbs: usize) -> Fr {
        (0..limbs)
            .rev()
            .fold(Fr::ZERO, |sum, i| sum * Fr::from(512) + self.trace.read(L, row + i))
    }

    /// Counts every limb into the table, and checks that every row that was planned was used.
    pub(super) fn close(&mut self) {
        let mut counts = vec![0u64; TABLE];
        for row in 0..self.size.end() {
            let limb = super::low_u64(&self.trace.read(L, row)) as usize;
            if let Some(c) = counts.get_mut(limb) {
                *c += 1;
            }
        }
        for (v, c) in counts.into_iter().enumerate() {
            self.write(F, v, Fr::from(c));
        }
        let size = self.size;
        debug_assert_eq!(self.constants, size.arithmetic());
        debug_assert_eq!(self.arithmetic + 5, size.steps());
        debug_assert_eq!(self.step, size.first_position());
        debug_assert_eq!(self.plain, size.end());
    }
}
