//! The circuit's check around a changed cell only: gates of the rows that can see it, and the bus before and after.

use std::collections::BTreeSet;

use circuits::cell::{Cell, Grid};
use circuits::check::{Failure, balance_at, failures_at};
use circuits::rows::*;
use circuits::settlement::circuit::fixed_cells;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;

use super::Built;

pub struct Local<'a> {
    pub honest: &'a Built,
    pub fixed: Grid,
    balance: Vec<Fr>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Gate(String),
    Bus,
    Accepted,
}

impl<'a> Local<'a> {
    pub fn new(honest: &'a Built) -> Self {
        let fixed = fixed_cells(&honest.size);
        let balance: Vec<Fr> = (0..honest.size.end() + STEP)
            .into_par_iter()
            .map(|row| balance_at(&honest.grid, &fixed, &honest.fields, row))
            .collect();
        assert_eq!(balance.iter().sum::<Fr>(), Fr::ZERO);
        Self { honest, fixed, balance }
    }

    /// Rows whose gates or ports can read a cell of this row: step rows up to a step away, others up to three rows, gap limbs 14.
    pub fn rows_that_see(&self, row: usize) -> BTreeSet<usize> {
        let last = self.balance.len() as i64 - 1;
        let row = row as i64;
        (row - 42..=row + 42)
            .filter(|r| (0..=last).contains(r))
            .filter(|r| {
                let step = self.fixed.at(Q_LAST, *r as usize, -1) != Fr::ZERO;
                step || (r - row).abs() <= 3 || r - row == -dynamic::GAP_HIGH as i64
            })
            .map(|r| r as usize)
            .collect()
    }

    /// The verdict on a grid that differs from the honest one in cells that only these rows can see.
    pub fn verdict(&self, grid: &Grid, rows: &BTreeSet<usize>) -> Verdict {
        let fields = &self.honest.fields;
        for row in rows {
            if let Some(Failure::Gate { name, .. }) = failures_at(grid, &self.fixed, fields, *row).pop() {
                return Verdict::Gate(name);
            }
        }
        let moved: Fr = rows
            .iter()
            .map(|r| balance_at(grid, &self.fixed, fields, *r) - self.balance[*r])
            .sum();
        if moved == Fr::ZERO {
            Verdict::Accepted
        } else {
            Verdict::Bus
        }
    }

    /// Cells of the first phase in which a grid differs from the honest one.
    pub fn changed(&self, grid: &Grid) -> Vec<Cell> {
        (0..PHASE0)
            .flat_map(|col| {
                let (a, b) = (self.honest.grid.col(col), grid.col(col));
                (0..self.balance.len())
                    .filter(move |row| a[*row] != b[*row])
                    .map(move |row| Cell { col, row })
            })
            .collect()
    }

    /// The verdict on any grid.
    pub fn verdict_of(&self, grid: &Grid) -> (Verdict, usize) {
        let changed = self.changed(grid);
        let rows: BTreeSet<usize> = changed.iter().flat_map(|c| self.rows_that_see(c.row)).collect();
        (self.verdict(grid, &rows), changed.len())
    }
}
