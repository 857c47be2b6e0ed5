//! Which gate, copy or limb of statement M is violated where.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;

use super::circuit::SolvencyCircuit;
use super::gates::gates;
use super::plan::End;
use super::rows::*;
use crate::cell::Grid;
use crate::check::CHALLENGES;
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
        /// The other, a row of `F`.
        to: usize,
    },
    /// A cell of `L` is no limb, or the table counts wrongly.
    Limbs,
}

fn alpha() -> Fr {
    Fr::from(CHALLENGES[0]).pow([5])
}

/// All failures; empty iff the cells satisfy the statement for these public inputs.
pub fn check(circuit: &SolvencyCircuit, cells: &Grid, instance: &[Fr]) -> Vec<Failure> {
    let end = circuit.size().end();
    let mut failures: Vec<Failure> = (0..end + 6)
        .into_par_iter()
        .flat_map_iter(|row| failures_at(circuit, cells, row))
        .collect();
    failures.extend(copies(circuit, cells, instance));
    if running_sum(cells, circuit.fixed(), alpha(), end).1 != Fr::ZERO {
        failures.push(Failure::Limbs);
    }
    failures
}

/// Failed gates of one row.
pub fn failures_at(circuit: &SolvencyCircuit, cells: &Grid, row: usize) -> Vec<Failure> {
    let env = Numeric {
        advice: cells,
        fixed: circuit.fixed(),
        instance: &[],
        row,
        challenges: [alpha(); 2],
    };
    gates(&env)
        .into_iter()
        .filter(|(_, v)| *v != Fr::ZERO)
        .map(|(name, _)| Failure::Gate { name, row })
        .collect()
}

/// Copies that do not hold.
pub fn copies(circuit: &SolvencyCircuit, cells: &Grid, instance: &[Fr]) -> Vec<Failure> {
    let value = |end: &End| match end {
        End::Cell(row) => cells.at(F, *row, 0),
        End::Input(i) => instance.get(*i).copied().unwrap_or(Fr::ZERO),
    };
    circuit
        .copies()
        .iter()
        .filter(|(from, to)| value(from) != cells.at(F, *to, 0))
        .map(|(from, to)| Failure::Copy { from: *from, to: *to })
        .collect()
}

/// What one row adds to the bus of limbs.
pub fn balance_at(cells: &Grid, fixed: &Grid, row: usize) -> Fr {
    balance(cells, fixed, alpha(), row)
}

fn balance(cells: &Grid, fixed: &Grid, alpha: Fr, row: usize) -> Fr {
    let inverse = |v: Fr| v.invert().unwrap_or(Fr::ZERO);
    let taken = inverse(alpha - cells.at(L, row, 0));
    if fixed.at(Q_STATIC, row, 0) == Fr::from(fixed_row::TABLE) {
        cells.at(F, row, 0) * inverse(alpha - fixed.at(RC[0], row, 0)) - taken
    } else {
        -taken
    }
}

/// The running sum over rows `0..=end`, and what is left at `end` (zero iff every cell of `L` is a limb and the table counts right).
pub fn running_sum(cells: &Grid, fixed: &Grid, alpha: Fr, end: usize) -> (Vec<Fr>, Fr) {
    let deltas: Vec<Fr> = (0..end)
        .into_par_iter()
        .map(|row| balance(cells, fixed, alpha, row))
        .collect();
    let mut sum = Vec::with_capacity(end + 1);
    sum.push(Fr::ZERO);
    for delta in deltas {
        let last = sum.last().copied().unwrap_or(Fr::ZERO);
        sum.push(last + delta);
    }
    let left = sum.last().copied().unwrap_or(Fr::ZERO);
    (sum, left)
}
