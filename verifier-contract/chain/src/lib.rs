//! The contracts on a chain: deployed, fed with prices and batches, watched and stopped, with nothing sent twice.

pub mod abi;
pub mod anvil;
pub mod client;
pub mod config;
pub mod deploy;
pub mod deployment;
mod error;
pub mod guard;
pub mod journal;
pub mod prices;
pub mod rounds;
pub mod safe;
pub mod sender;
pub mod signer;
pub mod status;
pub mod submit;

pub use alloy::primitives;
pub use alloy::sol_types::SolCall as Call;
pub use error::ChainError;
