//! Liquidations in plain Rust: who may be liquidated, what is taken, at which price, and who bears what is missing.
//!
//! | file | holds | clauses |
//! |---|---|---|
//! | [`margin`] | what an account has beyond its margin, in exact integers | L1, L5 |
//! | [`rules`] | buffer, discounts, penalty, cutoff, cap of a batch, under one digest | |
//! | [`transfer`] | one liquidation: the share that the buffer equation asks for, its price, what it does; and its check | L1 to L6 |
//! | [`batch`] | many accounts in order, with a cap and a carry-over | L2 |
//!
//! The statement that commits to all of it is [`crate::statement::liquidation`]; the specification is `docs/protocol.md`, "Statement L".

pub mod batch;
pub mod margin;
pub mod rules;
pub mod transfer;

pub use batch::{Auction, BatchReport, Below, Done, Queue, Scan, Waiting, scan, schedule};
pub use margin::{EXCESS_UNIT, Level, Margin, MarginError, Market, Sums};
pub use rules::{LiquidationRules, LiquidationRulesError, RATE_UNIT, TAG_LIQUIDATION};
pub use transfer::{Outcome, Party, Terms, Transfer, check, liquidate};
