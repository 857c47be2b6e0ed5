//! The figures of statement L.

use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{Circuit, ConstraintSystem};
use serde::Serialize;

use crate::builder::Laid;
use crate::liquidation::rows::{ADVICE, FIXED};
use crate::liquidation::{Liquidation, LiquidationCircuit, SIZES, Size};

/// One line of `circuit info` about statement L.
#[derive(Clone, Debug, Serialize)]
pub struct LiquidationInfo {
    /// Statement.
    pub statement: &'static str,
    /// What the size holds.
    #[serde(flatten)]
    pub size: Size,
    /// Rows that carry constraints.
    pub rows: usize,
    /// Of them, rows of arithmetic and words, from above.
    pub rows_above: usize,
    /// Rows of hashes and tuples, from below.
    pub rows_below: usize,
    /// Advice columns, the bus's two included.
    pub advice_columns: usize,
    /// Fixed columns.
    pub fixed_columns: usize,
    /// Degree of the constraint system.
    pub degree: usize,
    /// Lookup arguments of the proving library.
    pub lookups: usize,
    /// Permutation columns.
    pub permutation_columns: usize,
    /// Columns the prover commits to times 2^k.
    pub committed_cells: usize,
    /// First-phase advice cells that are written.
    pub cells: usize,
    /// Of them, those of one more liquidation.
    pub cells_per_liquidation: usize,
    /// Those of one more distinct series.
    pub cells_per_series: usize,
    /// Those of one more position of a liquidated account.
    pub cells_per_leg: usize,
    /// Those of one more position of a liquidator, before and after.
    pub cells_per_position: usize,
}

/// The figures of every size of statement L.
pub fn liquidation_sizes() -> Vec<LiquidationInfo> {
    let mut cs = ConstraintSystem::<Fr>::default();
    let _ = Laid::<Liquidation>::configure(&mut cs);
    let lookups = cs.lookups().len();
    let permutation_columns = cs.permutation().get_columns().len();
    let products = permutation_columns.div_ceil(cs.degree() - 2);
    // Small in everything but what is counted.
    let count = |of: Size| {
        let (k, series, interest) = (15, of.series.min(4), 1);
        LiquidationCircuit::new(Size {
            k,
            series,
            interest,
            ..of
        })
        .written_cells()
    };
    let base = Size { series: 3, ..SIZES[0] };
    let more = |of: Size, by: usize| (count(of) - count(base)).div_ceil(by);
    // Three positions at a time, so that the hash of their chunk is counted.
    let cells_per_series = more(Size { series: 4, ..base }, 1);
    let (legs, held) = (base.legs + 3, base.held + 3);
    let cells_per_leg = more(Size { legs, ..base }, 3);
    let cells_per_position = more(Size { held, ..base }, 3);
    let line = |size: &Size| {
        let circuit = LiquidationCircuit::new(*size);
        let (rows_above, rows_below) = circuit.used();
        let [one, two] = [1, 2].map(|transfers| count(Size { transfers, ..*size }));
        LiquidationInfo {
            statement: "liquidation",
            size: *size,
            rows: size.end(),
            rows_above,
            rows_below,
            advice_columns: ADVICE,
            fixed_columns: FIXED,
            degree: cs.degree(),
            lookups,
            permutation_columns,
            committed_cells: (ADVICE + 3 * lookups + products) << size.k,
            cells: circuit.written_cells(),
            cells_per_liquidation: two - one,
            cells_per_series,
            cells_per_leg,
            cells_per_position,
        }
    };
    SIZES.iter().map(line).collect()
}
