//! A plan as a halo2 circuit: columns, gates, copies; first-phase cells from the plan, running sums after the challenges.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use ff::Field;
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{
    Advice, Challenge, Circuit, Column, ConstraintSystem, Error, Expression, FirstPhase, Fixed, Instance, SecondPhase,
};

use super::plan::{Copy, End, Plan};
use super::rows::*;
use super::{System, all_gates, bus};
use crate::cell::Grid;
use crate::env::Symbolic;

/// The degree of every system: selector times fifth power.
pub const DEGREE: usize = 6;

/// A plan's fixed cells and copies, with or without first-phase cells.
#[derive(Clone)]
pub struct Laid<S> {
    fixed: Arc<Grid>,
    copies: Arc<Vec<Copy>>,
    used: (usize, usize),
    end: usize,
    cells: Option<Arc<Grid>>,
    system: PhantomData<S>,
}

impl<S: System> fmt::Debug for Laid<S> {
    /// Without the cells.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(S::NAME);
        shown
            .field("used", &self.used)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

impl<S: System> Laid<S> {
    /// What a plan has laid out, without its witness.
    ///
    /// # Panics
    /// If the rows that the plan took from above and from below meet, or the table does not fit: a size that does not hold what it names, a mistake of ours that a test
    /// looks for.
    pub(crate) fn new(size: &str, end: usize, plan: Plan) -> Self {
        assert!(!plan.is_full(), "{}, size {size}: rows {:?} meet", S::NAME, plan.used());
        assert!(
            S::table().rows().len() <= end,
            "{}, size {size}: no room for the table",
            S::NAME
        );
        Self {
            used: plan.used(),
            fixed: Arc::new(plan.fixed),
            copies: Arc::new(plan.copies),
            end,
            cells: None,
            system: PhantomData,
        }
    }
    /// The same with first-phase cells.
    pub fn with_cells(&self, cells: Grid) -> Self {
        Self {
            cells: Some(Arc::new(cells)),
            ..self.clone()
        }
    }
    /// The same without them.
    pub fn without_cells(&self) -> Self {
        Self {
            cells: None,
            ..self.clone()
        }
    }
    /// The fixed cells.
    pub fn fixed(&self) -> &Grid {
        &self.fixed
    }
    /// The copies.
    pub fn copies(&self) -> &[Copy] {
        &self.copies
    }
    /// Rows in use: arithmetic and words, from above; what takes whole rows, from below.
    pub fn used(&self) -> (usize, usize) {
        self.used
    }
    /// Row where the bus ends.
    pub fn end(&self) -> usize {
        self.end
    }
}

/// Columns and challenges.
#[derive(Clone, Debug)]
pub struct Config {
    advice: Vec<Column<Advice>>,
    fixed: Vec<Column<Fixed>>,
    instance: Column<Instance>,
    challenges: [Challenge; 2],
}

impl<S: System> Circuit<Fr> for Laid<S> {
    type Config = Config;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = ();

    fn without_witnesses(&self) -> Self {
        self.without_cells()
    }

    fn configure(meta: &mut ConstraintSystem<Fr>) -> Config {
        // The library caps the degree at 5 unless told otherwise, and then makes proofs that do not verify.
        meta.set_minimum_degree(DEGREE);
        let mut advice: Vec<Column<Advice>> = (0..PHASE0).map(|_| meta.advice_column_in(FirstPhase)).collect();
        let challenges = [(); 2].map(|()| meta.challenge_usable_after(FirstPhase));
        advice.extend(PHI.map(|_| meta.advice_column_in(SecondPhase)));
        let fixed: Vec<Column<Fixed>> = (0..S::FIXED).map(|_| meta.fixed_column()).collect();
        let instance = meta.instance_column();
        for c in A {
            meta.enable_equality(advice[c]);
        }
        meta.enable_equality(instance);
        meta.create_gate(S::NAME, |cells| -> Vec<(String, Expression<Fr>)> {
            let env = Symbolic::new(cells, &advice, &fixed, instance, Some(challenges));
            let polys = all_gates::<S, _>(&env);
            polys.into_iter().chain(bus::gates::<S, _>(&env)).collect()
        });
        Config {
            advice,
            fixed,
            instance,
            challenges,
        }
    }

    fn synthesize(&self, config: Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        let end = self.end;
        let wires = layouter.assign_region(
            || S::NAME,
            |mut region| {
                for (c, column) in config.fixed.iter().enumerate() {
                    for (row, v) in self.fixed.col(c).iter().enumerate().filter(|(_, v)| **v != Fr::ZERO) {
                        region.assign_fixed(*column, row, *v);
                    }
                }
                let mut wires = Vec::with_capacity(A.len());
                for (c, column) in config.advice.iter().take(PHASE0).enumerate() {
                    let mut of = Vec::with_capacity(end);
                    for row in 0..end {
                        let value = self.cells.as_ref().map_or(Fr::ZERO, |cells| cells.at(c, row, 0));
                        of.push(region.assign_advice(*column, row, Value::known(value)).cell());
                    }
                    if A.contains(&c) {
                        wires.push(of);
                    }
                }
                for (from, to) in self.copies.iter() {
                    if let End::Cell(from) = from {
                        region.constrain_equal(wires[from.col][from.row], wires[to.col][to.row]);
                    }
                }
                let Some(cells) = &self.cells else { return Ok(wires) };
                region.next_phase();
                let mut challenges = [None; 2];
                for (value, challenge) in challenges.iter_mut().zip(config.challenges) {
                    region.get_challenge(challenge).map(|v| *value = Some(v));
                }
                if let [Some(alpha), Some(beta)] = challenges {
                    let (sums, _) = bus::running_sums::<S>(cells, &self.fixed, [alpha, beta], end);
                    for (c, sum) in PHI.into_iter().zip(sums) {
                        for (row, v) in sum.into_iter().enumerate() {
                            region.assign_advice(config.advice[c], row, Value::known(v));
                        }
                    }
                }
                Ok(wires)
            },
        )?;
        for (from, to) in self.copies.iter() {
            if let End::Input(input) = from {
                layouter.constrain_instance(wires[to.col][to.row], config.instance, *input);
            }
        }
        Ok(())
    }
}
