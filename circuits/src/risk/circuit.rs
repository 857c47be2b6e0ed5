//! The two parts of statement R as halo2 circuits, one constraint system.

use std::sync::OnceLock;

use super::contexts::SegmentError;
use super::market::Market;
use super::rows::*;
use super::segment::Segment;
use super::{gates, market, segment, tables};
use crate::builder::{Laid, System, Table};
use crate::cell::{Lie, Trace};
use crate::env::Env;
use crate::settlement::Gate;

/// The constraint system of statement R: the builder's, scenarios, and the tables of pricing.
#[derive(Clone, Copy, Debug)]
pub struct Risk;

impl System for Risk {
    const NAME: &'static str = "risk";
    const FIXED: usize = FIXED;
    const TABLE: &'static [usize] = &TABLE;
    const SELECTORS: &'static [usize] = &[Q_SCENARIO];
    const HEIGHT: usize = scenario::ROWS;

    fn gates<E: Env>(env: &E) -> Vec<Gate<E::V>> {
        gates::scenario(env)
    }

    fn table() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Table::new(tables::rows()))
    }
}

/// What of statement R a circuit proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// R2, R3, R6, R7, R8: the rows of neighbouring series, under contexts.
    Segment,
    /// R1, R4, R5: the contexts.
    Market,
}

/// A part of statement R at a size, without a witness; [`Laid::with_cells`] adds one.
#[derive(Clone, Debug)]
pub struct RiskCircuit {
    part: Part,
    size: Size,
    laid: Laid<Risk>,
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
        let laid = Laid::new(size.name, size.end(), plan);
        Self { part, size, laid }
    }
    /// The part.
    pub fn part(&self) -> Part {
        self.part
    }
    /// The size.
    pub fn size(&self) -> Size {
        self.size
    }
    /// The circuit.
    pub fn laid(&self) -> &Laid<Risk> {
        &self.laid
    }
}

impl std::ops::Deref for RiskCircuit {
    type Target = Laid<Risk>;
    fn deref(&self) -> &Laid<Risk> {
        &self.laid
    }
}
