//! From a circuit to a proof, and back to a verdict.
//!
//! | module | what it holds |
//! |---|---|
//! | [`srs`] | the KZG setup: importers for ceremony files, their checks, our own file format |
//! | [`keys`] | key generation with its checks, the key digest, the key cache on disk |
//! | [`transcript`] | the Keccak transcript that the contract replays |
//! | [`backend`] | one trait, several provers; every proof is verified before it is handed out |
//! | [`verify`] | the strict verifier |
//! | [`proof_file`] | the JSON file that carries a proof |
//! | [`sequencer`] | a stored expiry, batch by batch: pack, settle, prove, record |
//! | [`solvency`] | one account: its witness out of a ledger and risk arrays, its proof |
//! | [`liquidation`] | the next liquidations of a stored state: who, by whom, at which size; their proof, recorded |
//! | [`risk`] | the risk arrays of a round: its parts, their proofs, the file of all of them |
//! | [`error`] | one error type per module, carrying what was expected and what was found |
//!
//! The proving system is halo2 with KZG commitments over BN254 and SHPLONK openings, from the crate `halo2-axiom`.

mod atomic;
pub mod backend;
mod cpu_time;
pub mod error;
mod hexadecimal;
pub mod keys;
pub mod liquidation;
pub mod proof_file;
pub mod risk;
pub mod sequencer;
pub mod solvency;
pub mod srs;
pub mod transcript;
pub mod verify;

pub use self::cpu_time::cpu_seconds;

/// What the proving library panicked about is dropped on purpose: the text may quote witness values. The panic hook has
/// printed it already; a binary that handles secrets installs a silent hook.
fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok()
}
