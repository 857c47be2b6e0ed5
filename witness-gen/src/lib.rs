//! Positions, commitments and statements in plain Rust: everything that stands before the circuits.
//!
//! The page `docs/protocol.md` is the specification; names, orders and clause numbers here are those of that page.

pub mod account;
pub mod book;
pub mod ledger;
pub mod liquidation;
pub mod margin;
pub mod market;
pub mod open_interest;
pub mod owner;
pub mod params;
pub mod payoff;
pub mod poseidon;
pub mod position;
pub mod pricing;
pub mod risk;
pub mod series;
pub mod state;
pub mod statement;
pub mod store;
pub mod stress;
pub mod tree;
pub mod units;

/// The scalar field of BN254, in which every commitment and public input lives.
pub use halo2curves::bn256::Fr;
