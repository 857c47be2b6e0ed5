//! Which gate is violated where: the constraint system evaluated row by row over a trace, with the bus summed honestly.
//!
//! Stricter than a mock prover on a changed cell: the running sums are recomputed from the changed trace, so a bus violation shows as a
//! non-zero balance and not as a stale sum.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;

use crate::cell::Grid;
use crate::chips::bus;
use crate::env::Numeric;
use crate::settlement::gates;
use crate::size::Size;

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
    /// The multiplicities of some tuple do not add up to zero.
    Bus,
}

/// Bus challenges of the checker: any fixed values do, since the prover's choice does not depend on them.
pub const CHALLENGES: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f];

fn challenges() -> [Fr; 2] {
    CHALLENGES.map(|c| Fr::from(c).pow([5]))
}

/// All failures, rows ascending; empty iff the trace satisfies the statement for these public inputs.
pub fn check(size: &Size, advice: &Grid, fixed: &Grid, instance: &[Fr]) -> Vec<Failure> {
    let mut failures: Vec<Failure> = (0..size.end() + crate::rows::STEP)
        .into_par_iter()
        .flat_map_iter(|row| failures_at(advice, fixed, instance, row))
        .collect();
    let (_, left) = bus::running_sums(advice, fixed, instance, challenges(), size.close());
    if left != Fr::ZERO {
        failures.push(Failure::Bus);
    }
    failures
}

/// Failed gates of one row.
pub fn failures_at(advice: &Grid, fixed: &Grid, instance: &[Fr], row: usize) -> Vec<Failure> {
    let env = Numeric {
        advice,
        fixed,
        instance,
        row,
        challenges: challenges(),
    };
    gates(&env)
        .into_iter()
        .filter(|(_, v)| *v != Fr::ZERO)
        .map(|(name, _)| Failure::Gate { name, row })
        .collect()
}

/// What one row adds to the bus.
pub fn balance_at(advice: &Grid, fixed: &Grid, instance: &[Fr], row: usize) -> Fr {
    let env = Numeric {
        advice,
        fixed,
        instance,
        row,
        challenges: challenges(),
    };
    bus::ports(&env)
        .into_iter()
        .flatten()
        .filter(|p| p.mult != Fr::ZERO)
        .map(|p| p.mult * p.fold.invert().unwrap_or(Fr::ZERO))
        .sum()
}
