//! Which gate, copy or tuple of a segment is violated where.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;

use super::circuit::SegmentCircuit;
use super::plan::End;
use super::rows::*;
use super::{bus, gates};
use crate::cell::{Cell, Grid};
use crate::env::Numeric;

/// A constraint that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// A gate, by name, at a row.
    Gate {
        /// Name of the gate, clause first where it has one.
        name: String,
        /// The row.
        row: usize,
    },
    /// Two cells that are not equal.
    Copy {
        /// One of them.
        from: End,
        /// The other.
        to: Cell,
    },
    /// A limb, a table entry or a tuple that nobody offers, or an offer that counts wrongly.
    Bus,
}

/// All failures; empty iff the cells satisfy the segment for these public inputs.
pub fn check(circuit: &SegmentCircuit, cells: &Grid, instance: &[Fr]) -> Vec<Failure> {
    let end = circuit.size().end();
    let mut failures: Vec<Failure> = (0..end + 6)
        .into_par_iter()
        .flat_map_iter(|row| failures_at(cells, circuit.fixed(), row))
        .collect();
    failures.extend(copies(circuit, cells, instance));
    if bus::running_sums(cells, circuit.fixed(), bus::challenges(), end).1 != Fr::ZERO {
        failures.push(Failure::Bus);
    }
    failures
}

/// Failed gates of one row.
pub fn failures_at(cells: &Grid, fixed: &Grid, row: usize) -> Vec<Failure> {
    // Most rows have neither a scenario nor a hash: their gates are the shortest.
    let selectors = [
        Q_ARITHMETIC,
        WORD,
        Q_SCENARIO,
        Q_FULL,
        Q_PARTIAL,
        Q_ENTER,
        Q_EXIT,
        Q_LAST,
    ];
    if selectors.iter().all(|q| fixed.at(*q, row, 0) == Fr::ZERO) {
        return Vec::new();
    }
    let env = Numeric {
        advice: cells,
        fixed,
        instance: &[],
        row,
        challenges: bus::challenges(),
    };
    gates::gates(&env)
        .into_iter()
        .filter(|(_, v)| *v != Fr::ZERO)
        .map(|(name, _)| Failure::Gate { name, row })
        .collect()
}

/// Copies that do not hold.
pub fn copies(circuit: &SegmentCircuit, cells: &Grid, instance: &[Fr]) -> Vec<Failure> {
    let value = |end: &End| match end {
        End::Cell(cell) => cells.at(cell.col, cell.row, 0),
        End::Input(i) => instance.get(*i).copied().unwrap_or(Fr::ZERO),
    };
    let broken = |(from, to): &&(End, Cell)| value(from) != cells.at(to.col, to.row, 0);
    let all = circuit.copies().iter().filter(broken);
    all.map(|(from, to)| Failure::Copy { from: *from, to: *to }).collect()
}
