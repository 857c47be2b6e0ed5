//! Constraints of the protocol: chips, the row map, and statement S.
//!
//! Read in this order: [`rows`] (where a thing stands), [`chips::bus`] (how things find each other), [`settlement`]; for the other statements
//! [`builder`], [`risk`].

pub mod builder;
pub mod cell;
pub mod check;
pub mod chips;
pub mod env;
pub mod info;
pub mod liquidation;
pub mod risk;
pub mod rows;
pub mod settlement;
pub mod size;
pub mod solvency;
