//! The plan: fixed cells, copies and witness in one pass, and the operations that statements are made of.
//!
//! A [`Wire`] is a cell of the general columns. Values are computed from what [`Trace::read`] says of a cell; a wire that is used again is
//! copied. Arithmetic rows and words of limbs fill the rows from above, side by side; hashes, tuples and what else takes whole rows,
//! fill them from below.

use std::collections::BTreeMap;

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::units::{fr_from_i128, fr_limbs, fr_pow2};

use super::rows::*;
use super::{System, Table, bus};
use crate::cell::{Cell, Grid, Trace};
use crate::chips::poseidon;
use crate::chips::poseidon::RowKind;

/// A cell of the general columns.
pub(crate) type Wire = Cell;

/// One end of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// A cell.
    Cell(Cell),
    /// A public input.
    Input(usize),
}

/// Two cells that are equal.
pub type Copy = (End, Cell);

/// What goes into a cell.
#[derive(Clone, std::marker::Copy)]
pub(crate) enum Slot {
    /// A wire, copied.
    Wire(Wire),
    /// A value of its own.
    Free(Fr),
}

/// What one pass yields.
pub(crate) struct Plan {
    pub(crate) fixed: Grid,
    pub(crate) copies: Vec<Copy>,
    pub(crate) trace: Trace,
    end: usize,
    arithmetic: usize,
    words: usize,
    /// First row of those that are taken whole.
    whole: usize,
    offers: Vec<usize>,
    takes: Vec<usize>,
    table: &'static Table,
    constants: BTreeMap<[u8; 32], Wire>,
}

pub(crate) const ZERO: Fr = Fr::ZERO;
pub(crate) const ONE: Fr = Fr::ONE;

/// A signed integer of at most 127 bits; of anything larger the low bits, which no honest cell needs.
pub(crate) fn integer(v: &Fr) -> i128 {
    let low = |v: &Fr| {
        let limbs = fr_limbs(v);
        (u128::from(limbs[0]) | u128::from(limbs[1]) << 64) & (u128::MAX >> 1)
    };
    // Negative values have all high bits of r.
    if fr_limbs(v)[3] >> 60 != 0 {
        -(low(&-*v) as i128)
    } else {
        low(v) as i128
    }
}

pub(crate) fn number(v: i128) -> Fr {
    fr_from_i128(v)
}

/// 2^-n.
fn half_pow(n: u32) -> Fr {
    Fr::TWO_INV.pow([u64::from(n)])
}

impl Plan {
    /// An empty plan of a system's fixed columns over `rows` rows, of which `end` may be used. The system's table stands beside the first ones.
    pub(crate) fn new<S: System>(rows: usize, end: usize, trace: Trace) -> Self {
        let mut plan = Self {
            fixed: Grid::new(S::FIXED, rows),
            table: S::table(),
            copies: Vec::new(),
            trace,
            end,
            arithmetic: 0,
            words: 0,
            whole: end,
            offers: Vec::new(),
            takes: Vec::new(),
            constants: BTreeMap::new(),
        };
        for row in 0..end {
            plan.fix(Q_BUS, row, ONE);
        }
        plan.fix(EDGE, 0, ONE);
        plan.fix(EDGE, end, ONE);
        for (row, (tag, values)) in plan.table.rows().iter().enumerate().take(end) {
            plan.fix(TABLE_TAG, row, Fr::from(*tag));
            for (c, v) in S::TABLE.iter().zip(values) {
                plan.fix(*c, row, *v);
            }
        }
        plan
    }

    /// Rows that are in use: those from above, and those from below.
    pub(crate) fn used(&self) -> (usize, usize) {
        (self.arithmetic.max(self.words), self.end - self.whole)
    }

    pub(crate) fn fix(&mut self, col: usize, row: usize, value: Fr) {
        self.fixed.set(col, row, value);
    }

    #[track_caller]
    pub(crate) fn write(&mut self, col: usize, row: usize, value: Fr) -> Wire {
        self.trace.write(col, row, value);
        Cell { col, row }
    }

    #[track_caller]
    pub(crate) fn read(&self, wire: Wire) -> Fr {
        self.trace.read(wire.col, wire.row)
    }

    #[track_caller]
    pub(crate) fn int(&self, wire: Wire) -> i128 {
        integer(&self.read(wire))
    }

    #[track_caller]
    pub(crate) fn put(&mut self, col: usize, row: usize, slot: Slot) -> Wire {
        match slot {
            Slot::Free(value) => self.write(col, row, value),
            Slot::Wire(wire) => {
                let value = self.read(wire);
                let to = self.write(col, row, value);
                self.copies.push((End::Cell(wire), to));
                to
            }
        }
    }

    /// Says that a wire is a public input.
    pub(crate) fn is_input(&mut self, wire: Wire, input: usize) {
        self.copies.push((End::Input(input), wire));
    }

    /// Rows of their own, from below.
    pub(crate) fn whole(&mut self, height: usize) -> usize {
        self.whole = self.whole.saturating_sub(height);
        self.whole
    }

    /// True when rows from above and from below have met: the size is too small.
    pub(crate) fn is_full(&self) -> bool {
        self.used().0 > self.whole
    }

    /// `m·a·b + Σ c·wire + k = 0` over at most four cells, the first two of which are a and b.
    #[track_caller]
    fn row(&mut self, m: Fr, cells: &[(Slot, Fr)], k: Fr) -> [Wire; 4] {
        let row = self.arithmetic;
        self.arithmetic += 1;
        self.fix(Q_ARITHMETIC, row, ONE);
        self.fix(RC[0], row, m);
        self.fix(QK, row, k);
        let mut wires = [Cell { col: 0, row }; 4];
        for (i, (slot, c)) in cells.iter().enumerate() {
            self.fix(RC[i + 1], row, *c);
            wires[i] = self.put(A[i], row, *slot);
        }
        wires
    }

    /// Asserts `m·w0·w1 + Σ c·w + k = 0` over at most four wires.
    #[track_caller]
    pub(crate) fn assert(&mut self, m: Fr, wires: &[(Wire, Fr)], k: Fr) {
        let cells: Vec<(Slot, Fr)> = wires.iter().map(|(w, c)| (Slot::Wire(*w), *c)).collect();
        self.row(m, &cells, k);
    }

    /// `m·w0·w1 + Σ c·w + k` over at most three wires.
    #[track_caller]
    pub(crate) fn op(&mut self, m: Fr, wires: &[(Wire, Fr)], k: Fr) -> Wire {
        let values: Vec<Fr> = wires.iter().map(|(w, _)| self.read(*w)).collect();
        let product = if m == ZERO { ZERO } else { m * values[0] * values[1] };
        let value = wires
            .iter()
            .zip(&values)
            .fold(product + k, |sum, ((_, c), v)| sum + *c * v);
        let mut cells: Vec<(Slot, Fr)> = wires.iter().map(|(w, c)| (Slot::Wire(*w), *c)).collect();
        cells.push((Slot::Free(value), -ONE));
        self.row(m, &cells, k)[wires.len()]
    }

    /// a·b.
    #[track_caller]
    pub(crate) fn mul(&mut self, a: Wire, b: Wire) -> Wire {
        self.op(ONE, &[(a, ZERO), (b, ZERO)], ZERO)
    }

    /// c·w + k.
    #[track_caller]
    pub(crate) fn scale(&mut self, w: Wire, c: Fr, k: Fr) -> Wire {
        self.op(ZERO, &[(w, c)], k)
    }

    /// x + bit·(y - x).
    #[track_caller]
    pub(crate) fn select(&mut self, bit: Wire, x: Wire, y: Wire) -> Wire {
        let gap = self.op(ZERO, &[(y, ONE), (x, -ONE)], ZERO);
        self.op(ONE, &[(bit, ZERO), (gap, ZERO), (x, ONE)], ZERO)
    }

    /// A constant.
    #[track_caller]
    pub(crate) fn constant(&mut self, value: Fr) -> Wire {
        if let Some(wire) = self.constants.get(&value.to_bytes()) {
            return *wire;
        }
        let [wire, ..] = self.row(ZERO, &[(Slot::Free(value), -ONE)], value);
        self.constants.insert(value.to_bytes(), wire);
        wire
    }

    /// A witness bit.
    #[track_caller]
    pub(crate) fn bit(&mut self, bit: bool) -> Wire {
        let row = self.arithmetic;
        let free = (Slot::Free(Fr::from(u64::from(bit))), ZERO);
        let wire = Cell { col: A[0], row };
        // b·b - b = 0: the second cell is the first one, copied once that is written.
        self.arithmetic += 1;
        self.fix(Q_ARITHMETIC, row, ONE);
        self.fix(RC[0], row, ONE);
        self.fix(RC[1], row, -ONE);
        self.put(A[0], row, free.0);
        self.put(A[1], row, Slot::Wire(wire));
        wire
    }

    /// A witness cell that other constraints pin.
    #[track_caller]
    pub(crate) fn hint(&mut self, value: Fr) -> Wire {
        let row = self.arithmetic;
        self.arithmetic += 1;
        self.write(A[0], row, value)
    }

    /// A witness cell that is 0 where `bit` is 1.
    #[track_caller]
    pub(crate) fn zero_where(&mut self, bit: Wire, value: Fr) -> Wire {
        self.row(ONE, &[(Slot::Wire(bit), ZERO), (Slot::Free(value), ZERO)], ZERO)[1]
    }

    /// A witness cell, and how far a wire is from it.
    #[track_caller]
    pub(crate) fn gap(&mut self, wire: Wire, value: Fr) -> (Wire, Wire) {
        let gap = self.read(wire) - value;
        let cells = [
            (Slot::Wire(wire), ONE),
            (Slot::Free(value), -ONE),
            (Slot::Free(gap), -ONE),
        ];
        let [_, value, gap, _] = self.row(ZERO, &cells, ZERO);
        (value, gap)
    }

    /// An unsigned integer of 18 bits a row.
    #[track_caller]
    pub(crate) fn word(&mut self, value: i128, rows: usize) -> Wire {
        // A negative value, which no honest word has, stands as its low bits: far from 0.
        let value = value as u128;
        let value = fr_pow2(64) * Fr::from((value >> 64) as u64) + Fr::from(value as u64);
        self.limbs(&value, 2 * rows)
    }

    /// An unsigned integer of so many limbs of 9 bits, at most 28 of them: below 2^252, so it has one reading. Of a larger value the low bits.
    #[track_caller]
    pub(crate) fn limbs(&mut self, value: &Fr, limbs: usize) -> Wire {
        let (first, rows) = (self.words, limbs.div_ceil(2));
        self.words += rows;
        let bytes = value.to_bytes();
        let limb = |i: usize| {
            let (at, bit) = (9 * i / 8, 9 * i % 8);
            let low = bytes.get(at).copied().unwrap_or(0);
            let high = bytes.get(at + 1).copied().unwrap_or(0);
            let limb = (u16::from(low) | u16::from(high) << 8) >> bit & 511;
            if i < limbs { Fr::from(u64::from(limb)) } else { ZERO }
        };
        let mut below = ZERO;
        for i in (0..rows).rev() {
            let row = first + i;
            for (side, c) in L.into_iter().enumerate() {
                self.write(c, row, limb(2 * i + side));
            }
            let last = i + 1 == rows;
            self.fix(WORD, row, Fr::from(if last { 1 } else { 2 }));
            if last && limbs % 2 == 1 {
                self.fix(LONG, row, ONE);
            }
            let limbs = self.trace.read(L[0], row) + Fr::from(512) * self.trace.read(L[1], row);
            self.write(WORD_OF, row, limbs + below);
            below = fr_pow2(18) * self.trace.read(WORD_OF, row);
        }
        Cell {
            col: WORD_OF,
            row: first,
        }
    }

    /// A word that is `m·w0·w1 + Σ c·w + k`: says that this is an integer of 18 bits a row. At most three wires.
    #[track_caller]
    pub(crate) fn range(&mut self, m: Fr, wires: &[(Wire, Fr)], k: Fr, rows: usize) -> Wire {
        let values: Vec<Fr> = wires.iter().map(|(w, _)| self.read(*w)).collect();
        let product = if m == ZERO { ZERO } else { m * values[0] * values[1] };
        let value = wires
            .iter()
            .zip(&values)
            .fold(product + k, |sum, ((_, c), v)| sum + *c * v);
        let word = self.word(integer(&value), rows);
        let mut all = wires.to_vec();
        all.push((word, -ONE));
        self.assert(m, &all, k);
        word
    }

    /// ⌊(num + k) / 2^n⌋, at least `least`, in `rows` words; num is an integer. The remainder is checked times 2^c, where n + c are whole
    /// rows: it is an integer because the rest of the equation is, so it is below 2^n.
    #[track_caller]
    pub(crate) fn shift(&mut self, num: Wire, k: i128, n: u32, least: i128, rows: usize) -> Wire {
        let value = self.int(num) + k;
        let quotient = value >> n;
        let spare = n.next_multiple_of(18) - n;
        let q = self.word(quotient - least, rows);
        let rest = self.word((value - (quotient << n)) << spare, (n + spare) as usize / 18);
        let (unit, k) = (fr_pow2(n), number(k) - number(least) * fr_pow2(n));
        self.assert(ZERO, &[(num, ONE), (q, -unit), (rest, -half_pow(spare))], k);
        if least == 0 {
            q
        } else {
            self.scale(q, ONE, number(least))
        }
    }

    /// ⌊num / (times·den)⌋, at least `least`, in `rows` words, with a remainder of `rests` rows; num is an integer, den a positive one below
    /// 2^(18·rests) / times.
    #[track_caller]
    pub(crate) fn divide(&mut self, num: Wire, den: Wire, times: i128, least: i128, rows: usize, rests: usize) -> Wire {
        let value = self.int(num);
        let divisor = (times * self.int(den)).max(1);
        let quotient = value.div_euclid(divisor);
        let q = self.word(quotient - least, rows);
        let rest = self.word(value.rem_euclid(divisor), rests);
        let m = -number(times);
        self.assert(
            m,
            &[(q, ZERO), (den, m * number(least)), (num, ONE), (rest, -ONE)],
            ZERO,
        );
        self.range(ZERO, &[(den, number(times)), (rest, -ONE)], -ONE, rests);
        if least == 0 {
            q
        } else {
            self.scale(q, ONE, number(least))
        }
    }

    /// Takes a tuple of five or ten fields.
    #[track_caller]
    pub(crate) fn take(&mut self, tag: u64, fields: &[Slot]) -> Vec<Wire> {
        let rows = if fields.len() > 5 { 2 } else { 1 };
        let row = self.whole(rows);
        self.taken(row, tag, rows == 2);
        self.fields(row, fields)
    }

    /// Says that the tuple at `row` is taken.
    pub(crate) fn taken(&mut self, row: usize, tag: u64, long: bool) {
        self.fix(TAG, row, Fr::from(tag));
        self.fix(TAKE, row, ONE);
        self.fix(LONG, row, Fr::from(u64::from(long)));
        self.takes.push(row);
    }

    /// Offers a tuple of five or ten fields, as often as it is taken.
    #[track_caller]
    pub(crate) fn offer(&mut self, tag: u64, fields: &[Slot]) -> Vec<Wire> {
        let rows = if fields.len() > 5 { 2 } else { 1 };
        let row = self.whole(rows);
        self.fix(TAG, row, Fr::from(tag));
        self.fix(OFFER, row, ONE);
        self.fix(LONG, row, Fr::from(u64::from(rows == 2)));
        self.offers.push(row);
        self.fields(row, fields)
    }

    /// Offers a tuple of one to five fields as often as a wire says; what is offered so has to be balanced by other wires.
    #[track_caller]
    pub(crate) fn count(&mut self, tag: u64, fields: &[Wire], times: Wire) {
        let row = self.whole(1);
        self.fix(TAG, row, Fr::from(tag));
        self.fix(OFFER, row, ONE);
        let fields: Vec<Slot> = fields.iter().copied().map(Slot::Wire).collect();
        self.fields(row, &fields);
        self.put(OUT, row, Slot::Wire(times));
    }

    #[track_caller]
    fn fields(&mut self, row: usize, fields: &[Slot]) -> Vec<Wire> {
        let mut wires = Vec::with_capacity(fields.len());
        for (i, slot) in fields.iter().enumerate() {
            wires.push(self.put(HASH[i % 5], row + i / 5, *slot));
        }
        wires
    }

    /// H(a, b, c, d).
    #[track_caller]
    pub(crate) fn hash(&mut self, inputs: [Wire; 4]) -> Wire {
        let zero = self.constant(ZERO);
        let row = self.whole(poseidon::ROWS);
        let constants = poseidon::constants();
        for r in 0..poseidon::ROWS {
            for (c, v) in RC.into_iter().zip(constants.fixed_row(r)) {
                self.fix(c, row + r, v);
            }
            let selector = match constants.kind(r) {
                RowKind::Full => Q_FULL,
                RowKind::Enter => Q_ENTER,
                RowKind::Partial => Q_PARTIAL,
                RowKind::Exit => Q_EXIT,
                RowKind::Last => Q_LAST,
            };
            self.fix(selector, row + r, ONE);
        }
        for (c, wire) in HASH.into_iter().zip(std::iter::once(zero).chain(inputs)) {
            self.put(c, row, Slot::Wire(wire));
        }
        for r in 0..poseidon::ROW_LAST {
            let cells = HASH.map(|c| self.trace.read(c, row + r));
            for (c, v) in HASH.into_iter().zip(constants.next_row(r, &cells)) {
                self.write(c, row + r + 1, v);
            }
        }
        let last = row + poseidon::ROW_LAST;
        let cells = HASH.map(|c| self.trace.read(c, last));
        self.write(OUT, last, constants.output(&cells))
    }

    /// d = H(d, a, b, c) over the elements, three at a time, the last chunk padded with 0.
    #[track_caller]
    pub(crate) fn fold(&mut self, seed: Wire, elements: &[Wire]) -> Wire {
        let zero = self.constant(ZERO);
        elements.chunks(3).fold(seed, |digest, chunk| {
            let at = |i: usize| chunk.get(i).copied().unwrap_or(zero);
            self.hash([digest, at(0), at(1), at(2)])
        })
    }

    fn key_at(&self, row: usize) -> [u8; 32] {
        let long = self.fixed.at(LONG, row, 0) != ZERO;
        let tag = fr_limbs(&self.fixed.at(TAG, row, 0))[0];
        let mut fields: Vec<Fr> = HASH.iter().map(|c| self.trace.read(*c, row)).collect();
        if long {
            fields.extend(HASH.iter().map(|c| self.trace.read(*c, row + 1)));
        }
        bus::key(tag, &fields)
    }

    /// Writes how often everything is taken. Of equal tuples the first one counts.
    pub(crate) fn close(&mut self) {
        let mut uses: BTreeMap<[u8; 32], u64> = BTreeMap::new();
        for row in self.takes.clone() {
            *uses.entry(self.key_at(row)).or_default() += 1;
        }
        let mut limbs = vec![0u64; LIMBS as usize];
        for row in 0..self.end {
            for c in L {
                let [limb, ..] = fr_limbs(&self.trace.read(c, row));
                if let Some(count) = limbs.get_mut(limb as usize) {
                    *count += 1;
                }
            }
        }
        for row in self.offers.clone() {
            let count = uses.remove(&self.key_at(row)).unwrap_or(0);
            self.write(OUT, row, Fr::from(count));
        }
        for (row, (tag, key)) in self.table.keys().iter().enumerate().take(self.end) {
            let count = match limbs.get(row) {
                // The limbs are the first rows of the tables.
                Some(count) => *count,
                None => uses.remove(key).unwrap_or(0),
            };
            // The bus counts a table's row tag·M times.
            let count = Fr::from(count) * Fr::from(*tag).invert().unwrap_or(ZERO);
            self.write(M, row, count);
        }
    }
}
