//! Why an expiry is not settled.

use std::path::PathBuf;

use circuits::cell::TraceError;
use circuits::settlement::assign::AssignError;
use witness_gen::ledger::LedgerError;
use witness_gen::store::StoreError;

use crate::error::{ProofFileError, ProveError, VerifyError};

/// Why an expiry is not settled, or not further. Says no secret.
#[derive(Debug, thiserror::Error)]
pub enum SequencerError {
    /// The ledger does not settle it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The batch does not fit, or the row map is wrong.
    #[error(transparent)]
    Assign(#[from] AssignError),
    /// The row map is wrong.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// No proof.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// A proof that was read back does not verify.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The proof file.
    #[error(transparent)]
    ProofFile(#[from] ProofFileError),
    /// One account alone is larger than the size, or the expiry has more series.
    #[error(
        "size {size}: expected at most {steps} steps and {interest} series of the expiry, found {found_steps} steps for \
         account {account} alone and {found_interest} series"
    )]
    TooLarge {
        /// Name of the size.
        size: &'static str,
        /// Dynamic steps it has.
        steps: usize,
        /// Series of an expiry it has.
        interest: usize,
        /// The account that does not fit.
        account: u32,
        /// Steps needed.
        found_steps: usize,
        /// Series needed.
        found_interest: usize,
    },
    /// A recorded proof is gone or changed.
    #[error("{path}: expected the recorded proof of batch {batch}, found {found}")]
    ProofLost {
        /// Where it should be.
        path: PathBuf,
        /// The batch.
        batch: u64,
        /// What is there.
        found: String,
    },
}
