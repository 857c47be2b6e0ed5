//! Statement L: a batch of liquidations, clauses L1 to L6 of `docs/protocol.md`. `docs/circuit-liquidation.md` is its page.
//!
//! Laid out by the [builder](crate::builder), without gates or tables of its own. Files: [`rows`] (sizes, tags), [`layout`] (what surrounds the
//! transfers: parameters, round, state), `series` (the risk rows of the batch), `accounts` (leaves, lists, paths), `transfer` (L1 to L6 of one
//! liquidation), `interest` (what netting does to open interest), [`circuit`].

mod accounts;
pub mod circuit;
mod interest;
pub mod layout;
pub mod rows;
mod series;
mod transfer;

pub use circuit::{Liquidation, LiquidationCircuit, trace, trace_into};
pub use interest::rewritten;
pub use layout::{AssignError, Statement};
pub use rows::{SIZES, Size};
