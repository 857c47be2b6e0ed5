//! Capabilities, a file each, with its gates and its tests.

pub mod bus;
pub mod poseidon;
