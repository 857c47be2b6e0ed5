//! The two parts of statement R as halo2 circuits, one constraint system.

use std::sync::OnceLock;

use witness_gen::series::Kind;

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

/// What the series of a segment settle in, which is what their values are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Calls and puts.
    Quote,
    /// Inverse calls and puts. At most 16 series a segment.
    Coin,
}

impl Unit {
    /// That of a kind of series, if a circuit prices it.
    pub const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Call | Kind::Put => Some(Self::Quote),
            Kind::InverseCall | Kind::InversePut => Some(Self::Coin),
            _ => None,
        }
    }
    /// Number of the kind of a call, which that of a put follows.
    pub const fn call(self) -> u8 {
        match self {
            Self::Quote => Kind::Call.number(),
            Self::Coin => Kind::InverseCall.number(),
        }
    }
    /// Whether segments of a size hold series in it.
    pub const fn fits(self, size: &Size) -> bool {
        matches!(self, Self::Quote) || size.levels <= 2
    }
}

/// What of statement R a circuit proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// R2, R3, R6, R7, R8: the rows of neighbouring series, under contexts.
    Segment(Unit),
    /// R1, R4, R5: the contexts.
    Market,
}

/// A part of statement R at a size, without a witness; [`Laid::with_cells`] adds one.
#[derive(Clone, Debug)]
pub struct RiskCircuit {
    part: Part,
    size: Size,
    written: usize,
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
    Ok(segment::build(size, of.unit()?, trace, Some(of))?.trace)
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
    /// The circuit of a segment of calls and puts without a witness: enough for its keys.
    pub fn segment(size: Size) -> Self {
        Self::new(Part::Segment(Unit::Quote), size)
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
            Part::Segment(unit) => segment::build(size, unit, trace, None),
            Part::Market => market::build(size, trace, None),
        };
        // Invariant: a plan fails by its witness only.
        let plan = plan.expect("the plan of a named size");
        let written = plan.trace.written_cells();
        let laid = Laid::new(size.name, size.end(), plan);
        Self {
            part,
            size,
            written,
            laid,
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
    /// First-phase cells that it writes, whatever the witness.
    pub fn written_cells(&self) -> usize {
        self.written
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
