//! What a run tells while it goes and when it ends. Nothing of it is secret.

use std::path::PathBuf;
use std::time::Duration;

use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::statement::settlement::Instance;

/// A step of a batch, as an [`Observer`] hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Native settlement and layout.
    Witness,
    /// The proof, with its first verification.
    Prove,
    /// The proof file is read back and verified.
    Verify,
    /// The transaction.
    Record,
}

/// Hears how a run goes on. Nothing it is told is secret.
pub trait Observer {
    /// A batch begins: its number, its accounts and positions, and the accounts left after it.
    fn batch(&mut self, number: u64, accounts: usize, positions: usize, left: usize) {
        let _ = (number, accounts, positions, left);
    }
    /// A step of the batch begins.
    fn stage(&mut self, stage: Stage) {
        let _ = stage;
    }
    /// The batch is recorded.
    fn recorded(&mut self, batch: &BatchReport) {
        let _ = batch;
    }
}

/// Hears nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Observer for Silent {}

/// What one batch was and took.
#[derive(Clone, Debug)]
pub struct BatchReport {
    /// The public statement.
    pub instance: Instance,
    /// Accounts touched.
    pub accounts: usize,
    /// Their positions before.
    pub positions: usize,
    /// Series settled.
    pub series: usize,
    /// Packing, native settlement, layout.
    pub witness_time: Duration,
    /// The proof, with its first verification.
    pub prove_time: Duration,
    /// Verification of the file that was read back.
    pub verify_time: Duration,
    /// Length of the proof.
    pub proof_bytes: usize,
    /// Its file.
    pub path: PathBuf,
}

/// How far an expiry has come.
#[derive(Clone, Debug)]
pub struct Report {
    /// Batches of this run.
    pub batches: Vec<BatchReport>,
    /// Batches of the expiry that earlier runs recorded.
    pub earlier: usize,
    /// The state root now.
    pub final_root: Fr,
    /// Batches of the ledger in all.
    pub batch_number: u64,
    /// Whether the expiry is closed.
    pub closed: bool,
    /// Accounts that still wait, when the run was limited.
    pub remaining: usize,
    /// Why the expiry is still open although no account waits.
    pub open_because: Option<String>,
}
