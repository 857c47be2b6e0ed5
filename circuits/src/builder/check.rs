//! Which gate, copy or tuple is violated where.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;

use super::plan::End;
use super::rows::*;
use super::{Laid, System, bus, gates};
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

/// All failures; empty iff the cells satisfy the circuit for these public inputs.
pub fn check<S: System>(circuit: &Laid<S>, cells: &Grid, instance: &[Fr]) -> Vec<Failure> {
    let end = circuit.end();
    let mut failures: Vec<Failure> = (0..end + S::HEIGHT)
        .into_par_iter()
        .flat_map_iter(|row| failures_at::<S>(cells, circuit.fixed(), row))
        .collect();
    failures.extend(copies(circuit, cells, instance));
    if bus::running_sums::<S>(cells, circuit.fixed(), bus::challenges(), end).1 != Fr::ZERO {
        failures.push(Failure::Bus);
    }
    failures
}

/// Failed gates of one row.
pub fn failures_at<S: System>(cells: &Grid, fixed: &Grid, row: usize) -> Vec<Failure> {
    let env = Numeric {
        advice: cells,
        fixed,
        instance: &[],
        row,
        challenges: bus::challenges(),
    };
    // The checker evaluates what the row's selectors let through: every gate of another kind is 0 there.
    let any = |selectors: &[usize]| selectors.iter().any(|q| fixed.at(*q, row, 0) != Fr::ZERO);
    let mut polys = Vec::new();
    if any(&[Q_FULL, Q_PARTIAL, Q_ENTER, Q_EXIT, Q_LAST]) {
        polys.extend(gates::hash(&env));
    }
    if any(&[Q_ARITHMETIC, WORD]) {
        polys.extend(gates::rows(&env));
    }
    if any(S::SELECTORS) {
        polys.extend(S::gates(&env));
    }
    polys
        .into_iter()
        .filter(|(_, v)| *v != Fr::ZERO)
        .map(|(name, _)| Failure::Gate { name, row })
        .collect()
}

/// Copies that do not hold.
pub fn copies<S: System>(circuit: &Laid<S>, cells: &Grid, instance: &[Fr]) -> Vec<Failure> {
    let value = |end: &End| match end {
        End::Cell(cell) => cells.at(cell.col, cell.row, 0),
        End::Input(i) => instance.get(*i).copied().unwrap_or(Fr::ZERO),
    };
    let broken = |(from, to): &&(End, Cell)| value(from) != cells.at(to.col, to.row, 0);
    let all = circuit.copies().iter().filter(broken);
    all.map(|(from, to)| Failure::Copy { from: *from, to: *to }).collect()
}
