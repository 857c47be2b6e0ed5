//! Why a batch of liquidations is not made.

use circuits::cell::TraceError;
use circuits::liquidation::AssignError;
use witness_gen::ledger::LedgerError;
use witness_gen::liquidation::MarginError;
use witness_gen::market::UtcSeconds;
use witness_gen::statement::liquidation::Violation;
use witness_gen::statement::solvency::GRID;
use witness_gen::store::StoreError;

use crate::error::{ProofFileError, ProveError, VerifyError};
use crate::sequencer::SequencerError;

/// Why liquidations are not proven, or not further. Says no secret.
#[derive(Debug, thiserror::Error)]
pub enum LiquidationError {
    /// Risk arrays that the circuit does not take.
    #[error("risk arrays: expected those of the grid {GRID}, found others")]
    Grid,
    /// Prices older than those that the queue was last worked by.
    #[error("risk arrays: expected a round not before {}, found one of {}", utc(*.expected), utc(*.found))]
    Older {
        /// Time of the newest round used, Unix seconds.
        expected: u64,
        /// Time of the one given.
        found: u64,
    },
    /// Accounts whose margin cannot be computed at these prices.
    #[error("{accounts} accounts without a margin, the first by {source}")]
    Unpriced {
        /// How many.
        accounts: usize,
        /// What is wrong with the first.
        source: MarginError,
    },
    /// Nobody who takes positions.
    #[error("takers: expected at least one account that takes positions, found none")]
    NoTakers,
    /// No proof of these liquidations has one of the sizes.
    #[error(transparent)]
    Assign(#[from] AssignError),
    /// A clause of the statement does not hold.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
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
    /// A recorded proof is gone or changed.
    #[error(transparent)]
    Lost(#[from] SequencerError),
}

fn utc(time: u64) -> String {
    UtcSeconds(i64::try_from(time).unwrap_or(i64::MAX)).to_string()
}
