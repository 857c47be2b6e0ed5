//! The two parts of statement R as halo2 circuits, one constraint system: columns, gates, copies; first-phase cells from the plan, running sums after the challenges.

use std::sync::Arc;

use ff::Field;
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{
    Advice, Challenge, Circuit, Column, ConstraintSystem, Error, Expression, FirstPhase, Fixed, Instance, SecondPhase,
};

use super::contexts::SegmentError;
use super::market::Market;
use super::plan::{Copy, End};
use super::rows::*;
use super::segment::Segment;
use super::{bus, gates, market, segment};
use crate::cell::{Grid, Lie, Trace};
use crate::env::Symbolic;

/// The degree of the constraint system: selector times fifth power.
pub const DEGREE: usize = 6;

/// What of statement R a circuit proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// R2, R3, R6, R7, R8: the rows of neighbouring series, under contexts.
    Segment,
    /// R1, R4, R5: the contexts.
    Market,
}

/// A part of statement R at a size, with or without a witness.
#[derive(Clone)]
pub struct RiskCircuit {
    part: Part,
    size: Size,
    fixed: Arc<Grid>,
    copies: Arc<Vec<Copy>>,
    used: (usize, usize),
    cells: Option<Arc<Grid>>,
}

/// The first-phase cells of a segment. `lie` is for tests.
///
/// # Errors
/// The segment does not fit the size.
pub fn trace(size: Size, of: &Segment, lie: Option<Lie>) -> Result<Trace, SegmentError> {
    trace_into(Trace::new(PHASE0, size.rows(), size.end()).with_lie(lie), size, of)
}

/// [`trace`] into a prepared one (one that lies, or records its reads).
///
/// # Errors
/// As [`trace`].
pub fn trace_into(trace: Trace, size: Size, of: &Segment) -> Result<Trace, SegmentError> {
    Ok(segment::build(size, trace, Some(of))?.trace)
}

/// The first-phase cells of a market. `lie` is for tests.
///
/// # Errors
/// The market does not fit the size.
pub fn market_trace(size: Size, of: &Market, lie: Option<Lie>) -> Result<Trace, SegmentError> {
    market_trace_into(Trace::new(PHASE0, size.rows(), size.end()).with_lie(lie), size, of)
}

/// [`market_trace`] into a prepared one (one that lies, or records its reads).
///
/// # Errors
/// As [`market_trace`].
pub fn market_trace_into(trace: Trace, size: Size, of: &Market) -> Result<Trace, SegmentError> {
    Ok(market::build(size, trace, Some(of))?.trace)
}

impl RiskCircuit {
    /// The circuit of a segment without a witness: enough for its keys.
    pub fn segment(size: Size) -> Self {
        Self::new(Part::Segment, size)
    }
    /// The circuit of a market without a witness: enough for its keys.
    pub fn market(size: Size) -> Self {
        Self::new(Part::Market, size)
    }
    /// The circuit of a part and size without a witness: enough for its keys.
    ///
    /// # Panics
    /// If a size does not hold what it names: a mistake of ours, which a test looks for.
    pub fn new(part: Part, size: Size) -> Self {
        let trace = Trace::new(PHASE0, size.rows(), size.end());
        let plan = match part {
            Part::Segment => segment::build(size, trace, None),
            Part::Market => market::build(size, trace, None),
        };
        // Invariant: a plan fails by its witness only.
        let plan = plan.expect("the plan of a named size");
        assert!(!plan.is_full(), "size {}: rows {:?} meet", size.name, plan.used());
        Self {
            part,
            size,
            used: plan.used(),
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
    /// The part.
    pub fn part(&self) -> Part {
        self.part
    }
    /// The size.
    pub fn size(&self) -> Size {
        self.size
    }
    /// The fixed cells.
    pub fn fixed(&self) -> &Grid {
        &self.fixed
    }
    /// The copies.
    pub fn copies(&self) -> &[Copy] {
        &self.copies
    }
    /// Rows in use: arithmetic and words, from above; hashes, tuples and scenarios, from below.
    pub fn used(&self) -> (usize, usize) {
        self.used
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

impl Circuit<Fr> for RiskCircuit {
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
        let challenges = [(); 2].map(|()| meta.challenge_usable_after(FirstPhase));
        advice.extend(PHI.map(|_| meta.advice_column_in(SecondPhase)));
        let fixed: Vec<Column<Fixed>> = (0..FIXED).map(|_| meta.fixed_column()).collect();
        let instance = meta.instance_column();
        for c in A {
            meta.enable_equality(advice[c]);
        }
        meta.enable_equality(instance);
        meta.create_gate("R", |cells| -> Vec<(String, Expression<Fr>)> {
            let env = Symbolic::new(cells, &advice, &fixed, instance, Some(challenges));
            gates::gates(&env).into_iter().chain(bus::gates(&env)).collect()
        });
        Config {
            advice,
            fixed,
            instance,
            challenges,
        }
    }

    fn synthesize(&self, config: Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        let end = self.size.end();
        let wires = layouter.assign_region(
            || "risk",
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
                    let (sums, _) = bus::running_sums(cells, &self.fixed, [alpha, beta], end);
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
