//! Statement M as a halo2 circuit: columns, gates, copies; first-phase cells from the plan, the running sum after the challenge.

use std::sync::Arc;

use ff::Field;
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{
    Advice, Challenge, Circuit, Column, ConstraintSystem, Error, Expression, FirstPhase, Fixed, Instance, SecondPhase,
};

use super::assign::{AssignError, Statement, build};
use super::plan::{Copy, End};
use super::rows::*;
use super::{check, gates};
use crate::cell::{Grid, Lie, Trace};
use crate::env::Symbolic;

/// The degree of the constraint system: selector times fifth power.
pub const DEGREE: usize = 6;

/// Statement M at a size, with or without a witness.
#[derive(Clone)]
pub struct SolvencyCircuit {
    size: Size,
    fixed: Arc<Grid>,
    copies: Arc<Vec<Copy>>,
    cells: Option<Arc<Grid>>,
}

/// The first-phase cells of a statement. `lie` is for tests.
///
/// # Errors
/// The account does not fit the size.
pub fn trace(size: Size, of: Statement<'_>, lie: Option<Lie>) -> Result<Trace, AssignError> {
    trace_into(Trace::new(PHASE0, size.rows(), size.end() + 6).with_lie(lie), size, of)
}

/// [`trace`] into a prepared one (one that lies, or records its reads).
///
/// # Errors
/// As [`trace`].
pub fn trace_into(trace: Trace, size: Size, of: Statement<'_>) -> Result<Trace, AssignError> {
    Ok(build(size, trace, Some(of))?.trace)
}

impl SolvencyCircuit {
    /// The circuit of a size without a witness: enough for its keys.
    ///
    /// # Panics
    /// Never: the plan of a named size has no overlap, which a test runs.
    pub fn new(size: Size) -> Self {
        let trace = Trace::new(PHASE0, size.rows(), size.end() + 6);
        // Invariant: a plan fails by its witness only.
        let plan = build(size, trace, None).expect("the plan of a named size");
        Self {
            size,
            fixed: Arc::new(plan.fixed),
            copies: Arc::new(plan.copies),
            cells: None,
        }
    }
    /// The same circuit with first-phase cells.
    pub fn with_cells(&self, cells: Grid) -> Self {
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
    /// The copies of `F`.
    pub fn copies(&self) -> &[Copy] {
        &self.copies
    }
}

/// Columns and the challenge.
#[derive(Clone, Debug)]
pub struct Config {
    advice: Vec<Column<Advice>>,
    fixed: Vec<Column<Fixed>>,
    instance: Column<Instance>,
    alpha: Challenge,
}

impl Circuit<Fr> for SolvencyCircuit {
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
        let alpha = meta.challenge_usable_after(FirstPhase);
        advice.push(meta.advice_column_in(SecondPhase));
        let fixed: Vec<Column<Fixed>> = (0..FIXED).map(|_| meta.fixed_column()).collect();
        let instance = meta.instance_column();
        meta.enable_equality(advice[F]);
        meta.enable_equality(instance);
        meta.create_gate("M", |cells| -> Vec<(String, Expression<Fr>)> {
            let env = Symbolic::new(cells, &advice, &fixed, instance, Some([alpha; 2]));
            gates::gates(&env).into_iter().chain(gates::bus(&env)).collect()
        });
        Config {
            advice,
            fixed,
            instance,
            alpha,
        }
    }

    fn synthesize(&self, config: Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        let end = self.size.end();
        let rows = end + 6;
        let wires = layouter.assign_region(
            || "solvency",
            |mut region| {
                for (c, column) in config.fixed.iter().enumerate() {
                    for (row, v) in self.fixed.col(c).iter().enumerate().filter(|(_, v)| **v != Fr::ZERO) {
                        region.assign_fixed(*column, row, *v);
                    }
                }
                let mut wires = Vec::with_capacity(rows);
                for (c, column) in config.advice.iter().take(PHASE0).enumerate() {
                    for row in 0..rows {
                        let value = self.cells.as_ref().map_or(Fr::ZERO, |cells| cells.at(c, row, 0));
                        let cell = region.assign_advice(*column, row, Value::known(value)).cell();
                        if c == F {
                            wires.push(cell);
                        }
                    }
                }
                for (from, to) in self.copies.iter() {
                    if let End::Cell(from) = from {
                        region.constrain_equal(wires[*from], wires[*to]);
                    }
                }
                let Some(cells) = &self.cells else { return Ok(wires) };
                region.next_phase();
                let mut alpha = None;
                region.get_challenge(config.alpha).map(|v| alpha = Some(v));
                if let Some(alpha) = alpha {
                    let (sum, _) = check::running_sum(cells, &self.fixed, alpha, end);
                    for (row, v) in sum.into_iter().enumerate() {
                        region.assign_advice(config.advice[PHI], row, Value::known(v));
                    }
                }
                Ok(wires)
            },
        )?;
        for (from, to) in self.copies.iter() {
            if let End::Input(input) = from {
                layouter.constrain_instance(wires[*to], config.instance, *input);
            }
        }
        Ok(())
    }
}
