//! A trace under edit: finders of steps, and hashes, nodes and limb counts that follow what was edited.

use std::collections::{BTreeMap, BTreeSet};

use circuits::cell::Grid;
use circuits::chips::poseidon;
use circuits::rows::*;
use circuits::size::Size;
use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::series::SeriesTerms;

pub struct Sheet {
    pub grid: Grid,
    pub size: Size,
    pinned: BTreeSet<(usize, usize)>,
}

pub fn fr(v: u64) -> Fr {
    Fr::from(v)
}

pub fn low(v: Fr) -> u64 {
    u64::from_le_bytes(v.to_repr().as_ref()[..8].try_into().expect("8 bytes"))
}

impl Sheet {
    pub fn new(grid: Grid, size: Size) -> Self {
        Self {
            grid,
            size,
            pinned: BTreeSet::new(),
        }
    }
    /// The cell `r` rows into the step at `row`.
    pub fn get(&self, col: usize, row: usize, r: i32) -> Fr {
        self.grid.at(col, row, r)
    }
    /// Sets a cell, and keeps it from following anything.
    pub fn set(&mut self, col: usize, row: usize, r: i32, v: Fr) {
        let at = (row as i64 + i64::from(r)) as usize;
        self.pinned.insert((col, at));
        self.grid.set(col, at, v);
    }
    /// A cell of the step or position at `row`.
    pub fn of(&self, row: usize, (col, r): Place) -> Fr {
        self.get(col, row, r)
    }
    /// Sets a cell of the step or position at `row`.
    pub fn put(&mut self, row: usize, (col, r): Place, v: Fr) {
        self.set(col, row, r, v);
    }
    /// Adds to a cell of the step or position at `row`.
    pub fn raise(&mut self, row: usize, (col, r): Place, v: Fr) {
        self.add(col, row, r, v);
    }
    pub fn add(&mut self, col: usize, row: usize, r: i32, v: Fr) {
        let old = self.get(col, row, r);
        self.set(col, row, r, old + v);
    }
    fn link(&mut self, col: usize, row: usize, r: i32, v: Fr) {
        let at = (row as i64 + i64::from(r)) as usize;
        if !self.pinned.contains(&(col, at)) {
            self.grid.set(col, at, v);
        }
    }
    pub fn dynamic_rows(&self) -> impl Iterator<Item = usize> + use<> {
        (0..self.size.dynamic_steps).map(step_row)
    }
    pub fn interest_rows(&self) -> impl Iterator<Item = usize> + use<> {
        let first = self.size.dynamic_steps;
        (first..first + self.size.interest_steps).map(step_row)
    }
    pub fn is_chunk(&self, row: usize) -> bool {
        self.of(row, dynamic::CHUNK) == Fr::ONE
    }
    pub fn is_leaf(&self, row: usize) -> bool {
        self.of(row, dynamic::LEAF) == Fr::ONE
    }
    pub fn is_node(&self, row: usize) -> bool {
        self.of(row, dynamic::PRODUCES) == Fr::ONE && !self.is_leaf(row)
    }
    pub fn in_chain(&self, row: usize) -> bool {
        self.of(row, dynamic::LINK) == Fr::ONE
    }
    /// The step of an account's leaf.
    pub fn leaf(&self, index: u32) -> usize {
        let id = fr((1 << 28) + u64::from(index));
        self.dynamic_rows()
            .find(|r| self.is_leaf(*r) && self.of(*r, dynamic::ID) == id)
            .expect("a leaf of the batch")
    }
    /// The first chunk of the account whose leaf stands at `leaf`.
    pub fn first_chunk(&self, leaf: usize) -> usize {
        let mut row = leaf;
        while self.is_chunk(row - STEP) {
            row -= STEP;
        }
        row
    }
    pub fn node(&self, id: u64) -> usize {
        self.dynamic_rows()
            .find(|r| self.is_node(*r) && self.of(*r, dynamic::ID) == fr(id))
            .expect("a node of the batch")
    }
    /// The chain link of a series.
    pub fn series_link(&self, series: SeriesTerms) -> usize {
        let word = series.word().to_field();
        self.dynamic_rows()
            .find(|r| self.in_chain(*r) && self.get(G, *r, dynamic::RANK) == word)
            .expect("a series of the batch")
    }
    /// The chain's links, in order.
    pub fn chain(&self) -> Vec<usize> {
        self.dynamic_rows().filter(|r| self.in_chain(*r)).collect()
    }
    /// The open-interest step of a series.
    pub fn interest(&self, series: SeriesTerms) -> usize {
        let word = series.word().to_field();
        self.interest_rows()
            .find(|r| self.get(G, *r, interest::SERIES_SHORT) == word)
            .expect("a series of the expiry")
    }
    /// The first step without any part in the batch.
    pub fn padding(&self) -> usize {
        self.dynamic_rows()
            .find(|r| !self.is_chunk(*r) && !self.is_leaf(*r) && !self.is_node(*r) && !self.in_chain(*r))
            .expect("room is left")
    }
    /// The position rows of an account, chunk after chunk, absent ones included.
    pub fn positions(&self, index: u32) -> Vec<usize> {
        let leaf = self.leaf(index);
        (self.first_chunk(leaf)..leaf)
            .step_by(STEP)
            .flat_map(|row| dynamic::POSITIONS.map(|r| row + r as usize))
            .collect()
    }

    /// Limbs of a group of 63 bits, and its value cell where there is one.
    pub fn set_group(&mut self, row: usize, r: i32, value: u64, has_value: bool) {
        for i in 0..7 {
            let limb = (value >> (9 * i)) & 511;
            self.set(if i % 2 == 0 { LA } else { LB }, row, r + i / 2, fr(limb));
        }
        if has_value {
            self.set(G, row, r, fr(value & (u64::MAX >> 1)));
        }
    }

    /// A difference of the chain, over its three groups.
    pub fn set_gap(&mut self, row: usize, gap: Fr) {
        let limbs = witness_gen::units::fr_limbs(&gap);
        let wide = |i: usize| u128::from(limbs[i]) | u128::from(limbs[i + 1]) << 64;
        let parts = [wide(0), wide(0) >> 63, wide(1) >> 62];
        for (r, part) in dynamic::GAP.into_iter().zip(parts) {
            self.set_group(row, r, part as u64 & (u64::MAX >> 1), true);
        }
    }

    /// Hashes both permutations of a step again.
    pub fn rehash(&mut self, row: usize) {
        let constants = poseidon::constants();
        for half in [0, NEW] {
            for r in 0..poseidon::ROW_LAST as i32 {
                let cells = HASH.map(|c| self.get(c, row, half + r));
                for (c, v) in HASH.into_iter().zip(constants.next_row(r as usize, &cells)) {
                    self.link(c, row, half + r + 1, v);
                }
            }
            let cells = HASH.map(|c| self.get(c, row, half + poseidon::ROW_LAST as i32));
            self.link(G, row, half + poseidon::ROW_LAST as i32, constants.output(&cells));
        }
        let old = self.get(G, row, OUT_OLD);
        self.link(F, row, OUT_NEW, old);
    }

    /// Carries every hash on to where it belongs: along chunks, into leaves, along the open interest, up the tree.
    pub fn relink(&mut self) {
        let mut made: BTreeMap<Vec<u8>, [Fr; 2]> = BTreeMap::new();
        let key = |v: Fr| v.to_repr().as_ref().to_vec();
        for row in self.dynamic_rows() {
            let on = self.is_chunk(row - STEP);
            if self.is_chunk(row) {
                if on {
                    let old = self.get(F, row, -1);
                    self.link(HASH[1], row, 0, old);
                }
                if self.of(row, dynamic::CONTINUES) == Fr::ONE {
                    let new = self.get(G, row, -1);
                    self.link(HASH[1], row, NEW, new);
                }
                for (j, r) in dynamic::CHILD[..3].iter().enumerate() {
                    let word = self.get(HASH[j + 2], row, NEW);
                    self.link(F, row, *r + 1, word);
                }
            } else if self.is_leaf(row) && on {
                let old = self.get(F, row, -1);
                self.link(HASH[3], row, 0, old);
                if self.of(row, dynamic::CONTINUES) == Fr::ONE {
                    let new = self.get(G, row, -1);
                    self.link(HASH[3], row, NEW, new);
                }
            }
            if self.is_node(row) {
                continue;
            }
            self.rehash(row);
            if self.is_leaf(row) {
                let out = [self.get(F, row, OUT_NEW), self.get(G, row, OUT_NEW)];
                made.insert(key(self.get(G, row, dynamic::PRODUCT)), out);
            }
        }
        for row in self.interest_rows() {
            let (first, present) = (self.get(F, row, interest::EXPIRY), self.of(row, interest::PRESENT));
            if present == Fr::ONE && first == Fr::ZERO {
                let (old, new) = (self.get(F, row, -1), self.get(G, row, -1));
                self.link(HASH[1], row, 0, old);
                self.link(HASH[1], row, NEW, new);
            }
            self.rehash(row);
            if self.get(F, row, interest::TOTALS) == Fr::ONE {
                let (old, new) = (self.get(F, row, OUT_NEW), self.get(G, row, OUT_NEW));
                let open = Fr::ONE - self.of(row, interest::CLOSE);
                self.link(F, row, interest::SLOT + 1, old);
                self.link(G, row, interest::SLOT + 1, new * open);
                let slot = [
                    self.get(F, row, interest::SLOT + 1),
                    self.get(G, row, interest::SLOT + 1),
                ];
                made.insert(key(self.get(G, row, interest::SLOT)), slot);
            }
        }
        for row in self.dynamic_rows().filter(|r| self.is_node(*r)).collect::<Vec<_>>() {
            for (j, r) in dynamic::CHILD.into_iter().enumerate() {
                if self.get(F, row, r) == -Fr::ONE
                    && let Some(child) = made.get(&key(self.get(G, row, r))).copied()
                {
                    self.link(HASH[j + 1], row, 0, child[0]);
                    self.link(HASH[j + 1], row, NEW, child[1]);
                }
                let (old, new) = (self.get(HASH[j + 1], row, 0), self.get(HASH[j + 1], row, NEW));
                self.link(F, row, r + 1, old);
                self.link(G, row, r + 1, new);
            }
            // Absent positions hand on what the last child holds before them.
            for r in dynamic::POSITIONS {
                for (col, at) in [position::COUNT, position::CASH] {
                    let before = self.get(col, row, r - position::ROWS + at);
                    self.link(col, row, r + at, before);
                }
            }
            self.rehash(row);
            let out = [self.get(F, row, OUT_NEW), self.get(G, row, OUT_NEW)];
            made.insert(key(self.get(G, row, dynamic::PRODUCT)), out);
        }
    }

    /// Counts the limbs anew; what is no limb is not counted.
    pub fn recount(&mut self) {
        let mut counts = vec![0u64; LIMBS];
        for col in [LA, LB] {
            for row in 0..self.size.close() {
                let limb = self.grid.at(col, row, 0);
                if let Some(c) = counts.get_mut(low(limb) as usize).filter(|_| fr(low(limb)) == limb) {
                    *c += 1;
                }
            }
        }
        for (v, c) in counts.into_iter().enumerate() {
            self.link(F, TABLE_ROW + v, 0, fr(c));
        }
    }

    /// The state root before and after.
    pub fn state(&self) -> [Fr; 2] {
        let row = self.node(1);
        [self.get(F, row, OUT_NEW), self.get(G, row, OUT_NEW)]
    }
}
