//! The builder: constraint systems for statements in which everything has a fixed place, wired by copies and tuples.
//!
//! ```text
//! A0 .. A4             A5        L0 L1      M
//! arithmetic rows      -         words      tables          from above, side by side
//! hashes, tuples       output    -                          from below
//! ```
//!
//! A statement writes itself down once, over a [`plan::Plan`]; with a witness that gives the cells, without one the key. What it needs beyond the
//! builder's own gates and table of limbs, its [`System`] says.
//!
//! Files: [`rows`] (columns), [`plan`] (the operations), `wide` (those on integers of more than 127 bits, and comparisons), [`gates`], [`bus`] (limbs, tables and tuples), [`circuit`] (columns and cells of the
//! proving library), [`check`] (which constraint is violated where).

use halo2_proofs::halo2curves::bn256::Fr;

use crate::env::Env;
use crate::settlement::Gate;

pub mod bus;
pub mod check;
pub mod circuit;
pub mod gates;
pub(crate) mod plan;
pub mod rows;
pub(crate) mod wide;

pub use circuit::{Config, Laid};
pub use plan::{Copy, End};

/// A row of the fixed tables: its tag and its values.
pub type TableRow = (u64, [Fr; 5]);

/// The fixed tables of a system: limbs first.
#[derive(Debug)]
pub struct Table {
    rows: Vec<TableRow>,
    keys: Vec<(u64, [u8; 32])>,
}

impl Table {
    /// The limbs, then these rows.
    pub fn new(others: impl IntoIterator<Item = TableRow>) -> Self {
        let limb = |v: u64| (rows::TAG_LIMB, [v, 0, 0, 0, 0].map(Fr::from));
        let rows: Vec<TableRow> = (0..rows::LIMBS).map(limb).chain(others).collect();
        let key = |(tag, values): &TableRow| (*tag, bus::key(*tag, values));
        let keys = rows.iter().map(key).collect();
        Self { rows, keys }
    }
    /// The rows.
    pub fn rows(&self) -> &[TableRow] {
        &self.rows
    }
    /// Tag of every row, and its key for counting.
    pub(crate) fn keys(&self) -> &[(u64, [u8; 32])] {
        &self.keys
    }
}

/// What a statement's constraint system has beside the builder's.
pub trait System: Clone + Send + Sync + std::fmt::Debug + 'static {
    /// Name of the system, for the proving library's reports.
    const NAME: &'static str;
    /// Fixed columns, those of the builder first.
    const FIXED: usize;
    /// Columns of the values of a table's row.
    const TABLE: &'static [usize];
    /// Fixed columns that switch the system's own gates on.
    const SELECTORS: &'static [usize];
    /// Rows that the highest gate looks at.
    const HEIGHT: usize;
    /// The system's own gates.
    fn gates<E: Env>(env: &E) -> Vec<Gate<E::V>>;
    /// The fixed tables.
    fn table() -> &'static Table;
}

/// Every gate of a system but the bus, in the order in which keys list them.
pub fn all_gates<S: System, E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let mut polys = gates::hash(env);
    polys.extend(gates::rows(env));
    polys.extend(S::gates(env));
    polys
}
