//! Statement L as a halo2 circuit.

use std::sync::OnceLock;

use super::layout::{AssignError, Statement, build};
use super::rows::*;
use crate::builder::{Laid, System, Table};
use crate::cell::{Lie, Trace};
use crate::env::Env;
use crate::settlement::Gate;

/// The constraint system of statement L: the builder's, with the table of limbs alone.
#[derive(Clone, Copy, Debug)]
pub struct Liquidation;

impl System for Liquidation {
    const NAME: &'static str = "liquidation";
    const FIXED: usize = FIXED;
    const TABLE: &'static [usize] = &[TABLE];
    const SELECTORS: &'static [usize] = &[];
    const HEIGHT: usize = 2;

    fn gates<E: Env>(_: &E) -> Vec<Gate<E::V>> {
        Vec::new()
    }

    fn table() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Table::new([]))
    }
}

/// Statement L at a size, without a witness; [`Laid::with_cells`] adds one.
#[derive(Clone, Debug)]
pub struct LiquidationCircuit {
    size: Size,
    written: usize,
    laid: Laid<Liquidation>,
}

/// The first-phase cells of a batch. `lie` is for tests.
///
/// # Errors
/// The batch does not fit the size.
pub fn trace(size: Size, of: Statement<'_>, lie: Option<Lie>) -> Result<Trace, AssignError> {
    trace_into(Trace::new(PHASE0, size.rows(), size.end()).with_lie(lie), size, of)
}

/// [`trace`] into a prepared one (one that lies, or records its reads).
///
/// # Errors
/// As [`trace`].
pub fn trace_into(trace: Trace, size: Size, of: Statement<'_>) -> Result<Trace, AssignError> {
    Ok(build(size, trace, Some(of))?.trace)
}

impl LiquidationCircuit {
    /// The circuit of a size without a witness: enough for its keys.
    ///
    /// # Panics
    /// If a size does not hold what it names: a mistake of ours, which a test looks for.
    pub fn new(size: Size) -> Self {
        let plan = build(size, Trace::new(PHASE0, size.rows(), size.end()), None);
        // Invariant: a plan fails by its witness only.
        let plan = plan.expect("the plan of a named size");
        let written = plan.trace.written_cells();
        let laid = Laid::new(size.name, size.end(), plan);
        Self { size, written, laid }
    }
    /// The size.
    pub fn size(&self) -> Size {
        self.size
    }
    /// First-phase advice cells that are written.
    pub fn written_cells(&self) -> usize {
        self.written
    }
    /// The circuit.
    pub fn laid(&self) -> &Laid<Liquidation> {
        &self.laid
    }
}

impl std::ops::Deref for LiquidationCircuit {
    type Target = Laid<Liquidation>;
    fn deref(&self) -> &Laid<Liquidation> {
        &self.laid
    }
}
