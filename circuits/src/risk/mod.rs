//! Statement R: risk arrays, clauses of `docs/protocol.md`, a segment of the listing at a time. `docs/circuit-risk.md` is its page.
//!
//! Laid out by the [builder](crate::builder); a scenario, six rows of all columns, is its own: 25 of a series under each other, from below.
//!
//! Files: [`rows`] (tags, the cells of a scenario, sizes), [`tables`], [`gates`], [`pricing`] (Black-76), [`contexts`] (what a segment takes as
//! given), [`segment`] (R2, R3, R6 to R8), [`market`] (R1, R4, R5), [`mod@compose`] (what accepted parts say together), [`circuit`].

pub mod circuit;
pub mod compose;
pub mod contexts;
pub mod gates;
pub mod market;
pub mod pricing;
#[cfg(test)]
mod pricing_tests;
pub mod rows;
pub mod segment;
pub mod tables;

pub use circuit::{Part, Risk, RiskCircuit, market_trace, market_trace_into, trace, trace_into};
pub use compose::{ComposeError, Composed, Parts, compose};
pub use contexts::{Contexts, Cursor, SegmentError, SegmentInstance};
pub use market::{Market, MarketInstance};
pub use rows::{SIZES, Size};
pub use segment::Segment;
