//! Statement S as one halo2 circuit: columns, gates and fixed cells by size, first-phase cells from the trace, running sums after
//! the bus challenges.
//!
//! The constraint system does not depend on the size: only fixed cells and the height do.

use std::sync::Arc;

use ff::Field;
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{
    Advice, Challenge, Circuit, Column, ConstraintSystem, Error, Expression, FirstPhase, Fixed, Instance, SecondPhase,
};

use crate::cell::Grid;
use crate::chips::{bus, poseidon};
use crate::env::Symbolic;
use crate::rows::*;
use crate::settlement::gates;
use crate::settlement::program::{INPUT, Times, guard, input, program};
use crate::size::Size;

/// The degree of the constraint system: selector times fifth power.
pub const DEGREE: usize = 6;

/// The witness as the circuit takes it: first-phase cells and public inputs.
pub struct Cells {
    /// First-phase advice.
    pub advice: Grid,
    /// Public inputs.
    pub instance: [Fr; input::LEN],
}

/// Statement S at a size, with or without a witness.
#[derive(Clone)]
pub struct SettlementCircuit {
    size: Size,
    fixed: Arc<Grid>,
    cells: Option<Arc<Cells>>,
}

impl SettlementCircuit {
    /// The circuit of a size without a witness: enough for its keys.
    pub fn new(size: Size) -> Self {
        Self {
            size,
            fixed: Arc::new(fixed_cells(&size)),
            cells: None,
        }
    }
    /// The same circuit with a witness.
    pub fn with_cells(&self, cells: Cells) -> Self {
        Self {
            cells: Some(Arc::new(cells)),
            ..self.clone()
        }
    }
    /// The size.
    pub fn size(&self) -> Size {
        self.size
    }
    /// The fixed cells.
    pub fn fixed(&self) -> &Grid {
        &self.fixed
    }
}

/// Columns and challenges.
#[derive(Clone, Debug)]
pub struct Config {
    /// Advice columns, trace order; the last two belong to the second phase.
    pub advice: Vec<Column<Advice>>,
    /// Fixed columns.
    pub fixed: Vec<Column<Fixed>>,
    /// The public inputs.
    pub instance: Column<Instance>,
    /// alpha, beta.
    pub challenges: [Challenge; 2],
}

impl Circuit<Fr> for SettlementCircuit {
    type Config = Config;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = ();

    fn without_witnesses(&self) -> Self {
        Self {
            cells: None,
            ..self.clone()
        }
    }

    fn configure(meta: &mut ConstraintSystem<Fr>) -> Config {
        // The library caps the degree at 5 unless told otherwise, and then makes proofs that do not verify.
        meta.set_minimum_degree(DEGREE);
        let mut advice: Vec<Column<Advice>> = (0..PHASE0).map(|_| meta.advice_column_in(FirstPhase)).collect();
        let challenges = [
            meta.challenge_usable_after(FirstPhase),
            meta.challenge_usable_after(FirstPhase),
        ];
        advice.extend(PHI.map(|_| meta.advice_column_in(SecondPhase)));
        let fixed: Vec<Column<Fixed>> = (0..FIXED).map(|_| meta.fixed_column()).collect();
        let instance = meta.instance_column();
        meta.create_gate("S", |cells| -> Vec<(String, Expression<Fr>)> {
            let env = Symbolic::new(cells, &advice, &fixed, instance, Some(challenges));
            gates(&env).into_iter().chain(bus::gates(&env)).collect()
        });
        Config {
            advice,
            fixed,
            instance,
            challenges,
        }
    }

    fn synthesize(&self, config: Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        layouter.assign_region(
            || "settlement",
            |mut region| {
                for (c, column) in config.fixed.iter().enumerate() {
                    for (row, v) in self.fixed.col(c).iter().enumerate() {
                        if *v != Fr::ZERO {
                            region.assign_fixed(*column, row, *v);
                        }
                    }
                }
                let Some(cells) = &self.cells else { return Ok(()) };
                // The step after the end is read by the last one, as far as it is there: the rows at the very end blind, and are the prover's.
                let last = (self.size.end() + STEP).min(self.size.rows() - blinding_rows());
                for (c, column) in config.advice.iter().take(PHASE0).enumerate() {
                    for (row, v) in cells.advice.col(c)[..last].iter().enumerate() {
                        region.assign_advice(*column, row, Value::known(*v));
                    }
                }
                region.next_phase();
                let mut challenges = [Fr::ZERO; 2];
                let mut known = true;
                for (slot, challenge) in challenges.iter_mut().zip(config.challenges) {
                    let mut seen = None;
                    region.get_challenge(challenge).map(|v| seen = Some(v));
                    match seen {
                        Some(v) => *slot = v,
                        None => known = false,
                    }
                }
                if known {
                    let close = self.size.close();
                    let (sums, _) = bus::running_sums(&cells.advice, &self.fixed, &cells.instance, challenges, close);
                    for (sum, column) in sums.iter().zip(&config.advice[PHASE0..]) {
                        for (row, v) in sum[..=close].iter().enumerate() {
                            region.assign_advice(*column, row, Value::known(*v));
                        }
                    }
                }
                Ok(())
            },
        )
    }
}

/// Rows at the end of every column that hold no witness.
fn blinding_rows() -> usize {
    let mut cs = ConstraintSystem::default();
    SettlementCircuit::configure(&mut cs);
    cs.blinding_factors() + 1
}

fn small(v: u64) -> Fr {
    Fr::from(v)
}

/// The fixed cells of a size.
pub fn fixed_cells(size: &Size) -> Grid {
    let mut grid = Grid::new(FIXED, size.rows());
    for row in 0..size.close() {
        grid.set(Q_BUS, row, Fr::ONE);
    }
    let fixed = static_cells();
    for col in 0..FIXED {
        for (row, v) in fixed.col(col).iter().enumerate().filter(|(_, v)| **v != Fr::ZERO) {
            grid.set(col, row, *v);
        }
    }
    // The bus starts in row 0 and ends after everything.
    grid.set(Q_PROG, size.close(), small(3));
    for i in 0..size.dynamic_steps + size.interest_steps {
        let row = step_row(i);
        for half in [0, NEW as usize] {
            hash_cells(&mut grid, row + half);
        }
        let mut set = |col: usize, r: i32, v: u64| grid.set(col, row + r as usize, small(v));
        if i < size.dynamic_steps {
            let tags = dynamic::CHILD.into_iter().map(|r| (r, bus::T_NODE)).chain([
                (dynamic::RANK, bus::T_RANK),
                (dynamic::SERIES, bus::T_SERIES),
                (dynamic::SENTINEL, bus::T_SENTINEL),
                (dynamic::PRODUCT, bus::T_NODE),
            ]);
            tags.for_each(|(r, t)| set(TAG, r, t));
            dynamic::GROUPS.into_iter().for_each(|r| set(Q_GROUP, r, GROUP));
            dynamic::POSITIONS.into_iter().for_each(|r| set(Q_GROUP, r, POSITION));
        } else {
            let tags = [
                (interest::SERIES_SHORT, bus::T_SERIES),
                (interest::RANK, bus::T_RANK),
                (interest::EXPIRY, bus::T_KEY),
                (interest::SERIES_LONG, bus::T_SERIES + 1),
                (interest::TOTALS, bus::T_TOTALS),
                (interest::PRICE, bus::T_PRICE),
                (interest::FEES, bus::T_KEY),
                (interest::SCALE, bus::T_KEY),
                (interest::SLOT, bus::T_NODE),
            ];
            tags.into_iter().for_each(|(r, t)| set(TAG, r, t));
            interest::GROUPS.into_iter().for_each(|r| set(Q_GROUP, r, GROUP));
        }
    }
    // The last dynamic step is not busy: a program row pins its G to the round constant beside it, and that row of a permutation has none.
    let (_, busy) = dynamic::BUSY;
    let row = step_row(size.dynamic_steps - 1) + busy as usize;
    debug_assert!(RC.into_iter().all(|c| grid.at(c, row, 0) == Fr::ZERO));
    grid.set(Q_PROG, row, small(2));
    grid
}

fn hash_cells(grid: &mut Grid, row: usize) {
    let constants = poseidon::constants();
    for r in 0..poseidon::ROWS {
        for (c, v) in RC.into_iter().zip(constants.fixed_row(r)) {
            grid.set(c, row + r, v);
        }
        match r {
            0..=3 | 17..=19 => grid.set(Q_FULL, row + r, Fr::ONE),
            poseidon::ROW_LAST => grid.set(Q_LAST, row + r, Fr::ONE),
            _ => {}
        }
    }
}

/// The fixed cells of the static rows, but for the switch of the bus.
pub(super) fn static_cells() -> Grid {
    let mut grid = Grid::new(FIXED, STATIC_ROWS);
    // Public inputs and limb values are offered under their ids.
    for i in 0..input::LEN {
        grid.set(Q_GROUP, i, small(PRODUCE));
        grid.set(RC[0], i, small(INPUT + i as u64));
    }
    for v in 0..LIMBS {
        grid.set(Q_GROUP, TABLE_ROW + v, small(PRODUCE));
        grid.set(RC[0], TABLE_ROW + v, small(v as u64));
        // Their tag is T_LIMB, as a distance from the one of public inputs.
        grid.set(RC[1], TABLE_ROW + v, small(bus::T_LIMB - bus::T_FIX));
    }
    // The bus starts here.
    grid.set(Q_PROG, 0, small(3));
    let slots = program();
    assert!(
        PROGRAM_ROW + 2 * slots.len() < guard::before(-1),
        "the wiring program fits its rows"
    );
    for (i, s) in slots.iter().enumerate() {
        let row = PROGRAM_ROW + 2 * i;
        grid.set(TAG, row, small(s.tag));
        let times = match s.times {
            Times::Send => Fr::ONE,
            Times::Take => -Fr::ONE,
            Times::Free => small(2),
        };
        grid.set(Q_PROG, row, times);
        grid.set(RC[0], row, s.x1);
        for (c, v) in RC[1..].iter().zip(s.coeffs) {
            grid.set(*c, row, v);
        }
    }
    for pin in guard::pins() {
        grid.set(Q_PROG, pin.row, small(2));
        grid.set(RC[0], pin.row, small(pin.g));
        if let Some(times) = pin.next_f {
            // F of the next row = times · G of this one.
            grid.set(RC[1], pin.row, Fr::ONE);
            grid.set(RC[4], pin.row, -small(times));
        }
    }
    // The row before the first step ends a permutation, so that the gates of round 4 find their selector.
    grid.set(Q_LAST, STATIC_ROWS - 1, Fr::ONE);
    grid
}
