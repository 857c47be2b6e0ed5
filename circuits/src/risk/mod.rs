//! Statement R: risk arrays, clauses of `docs/protocol.md`, a segment of the listing at a time. `docs/circuit-risk.md` is its page.
//!
//! ```text
//! A0 .. A4             A5        L0 L1      M
//! arithmetic rows      -         words      fixed tables    from above, side by side
//! hashes, tuples       output    -                          from below
//! scenarios, six rows  cells     12 limbs                   from below, 25 of a series under each other
//! ```
//!
//! Files: [`rows`] (columns, tags, the cells of a scenario), [`tables`], [`gates`], [`bus`], [`plan`] (the builder and its operations),
//! [`pricing`] (Black-76), [`contexts`] (what a segment takes as given), [`segment`] (R2, R3, R6 to R8), [`market`] (R1, R4, R5), [`circuit`].

pub mod bus;
pub mod check;
pub mod circuit;
pub mod contexts;
pub mod gates;
pub mod market;
mod plan;
pub mod pricing;
#[cfg(test)]
mod pricing_tests;
pub mod rows;
pub mod segment;
pub mod tables;

pub use circuit::{Part, RiskCircuit, market_trace, market_trace_into, trace, trace_into};
pub use contexts::{Contexts, Cursor, SegmentError, SegmentInstance};
pub use market::Market;
pub use plan::{Copy, End};
pub use rows::{SIZES, Size};
pub use segment::{Composed, Segment, compose};
