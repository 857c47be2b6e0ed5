//! From a stored ledger to a settled expiry: packs accounts into batches, proves each, records each.
//!
//! ```text
//! pack → settle natively → lay out → prove, verify → proof file → one transaction → next batch
//! ```
//!
//! Accounts go in index order, as many a batch as the size holds. The state on disk moves in the transaction and nowhere else: a
//! run that is killed anywhere leaves the old state or the new one, and [`Job::run`] goes on from whichever it finds.
//! [`checkpoint`] names the steps for the tests of that. Nothing here prints; progress goes to an [`Observer`].

use std::path::Path;
use std::time::Instant;

use circuits::settlement::assign::assign;
use circuits::settlement::circuit::{Cells, SettlementCircuit};
use circuits::settlement::fit::Need;
use circuits::size::Size;
use sha2::Digest;
use witness_gen::ledger::{Ledger, LedgerError, SettledBatch};
use witness_gen::statement::settlement::{Instance, PRICE_SLOTS, PriceSlot, Violation};
use witness_gen::store::{self, Store, checkpoint};
use witness_gen::units::{Cash, ExpiryMinutes, Underlying};

use crate::backend::Backend;
use crate::keys::{CircuitId, Keys, fixed_cells_hash};
use crate::proof_file::{Expected, ProofFile};
use crate::srs::Setup;
use crate::verify::verify;

mod error;
mod report;

pub use self::error::SequencerError;
pub use self::report::{BatchReport, Observer, Report, Silent, Stage};

/// The name of statement S in key caches and proof files.
pub const STATEMENT: &str = "settlement";

/// One expiry to settle.
pub struct Job<'a> {
    /// The state.
    pub store: &'a mut Store,
    /// The setup, of the size's k.
    pub setup: &'a Setup,
    /// The keys of `circuit` under it.
    pub keys: &'a Keys,
    /// The circuit without a witness.
    pub circuit: &'a SettlementCircuit,
    /// The expiry.
    pub expiry: ExpiryMinutes,
    /// The delivery prices.
    pub prices: [Option<PriceSlot>; PRICE_SLOTS],
    /// Where proof files go.
    pub folder: &'a Path,
    /// At most so many accounts a batch.
    pub max_accounts: Option<usize>,
    /// At most so many batches in this run.
    pub max_batches: Option<usize>,
}

/// A batch that is settled natively and waits for its proof. Secret.
#[derive(Debug)]
pub struct Prepared {
    /// Statement, witness, outcome.
    pub batch: SettledBatch,
    /// Accounts that wait after it.
    pub left: usize,
    /// Why a last batch leaves the expiry open.
    pub open_because: Option<String>,
}

/// What a proof file of statement S at a size is about.
pub fn about(size: &Size) -> Expected<'static> {
    Expected {
        statement: STATEMENT,
        size: size.name,
        names: &Instance::NAMES,
    }
}

/// The cache's name of a circuit: changes with any fixed cell. Gates are covered by the key digest that the cache checks.
pub fn circuit_id(circuit: &SettlementCircuit) -> CircuitId {
    CircuitId {
        statement: STATEMENT.to_owned(),
        size: circuit.size().name.to_owned(),
        instance_len: Instance::LEN,
        fingerprint: fixed_cells_hash(circuit.fixed()).finalize().into(),
    }
}

/// The underlyings that prices are given for.
fn priced(prices: &[Option<PriceSlot>; PRICE_SLOTS]) -> Vec<Underlying> {
    prices.iter().flatten().map(|slot| slot.underlying).collect()
}

/// The next accounts that fit, in index order, of those that wait.
fn pack(
    ledger: &Ledger,
    expiry: ExpiryMinutes,
    waiting: &[u32],
    size: &Size,
    max_accounts: Option<usize>,
) -> Result<usize, SequencerError> {
    let (_, interest) = ledger
        .parts()
        .expiries
        .get(&expiry)
        .ok_or(LedgerError::UnknownExpiry { expiry })?;
    let mut need = Need::new(interest.len());
    let most = max_accounts.unwrap_or(usize::MAX).max(1);
    for (taken, index) in waiting.iter().take(most).enumerate() {
        let account = ledger
            .account(*index)
            .ok_or(LedgerError::UnknownAccount { index: *index })?;
        need.add(*index, &account.positions);
        if need.fits(size) {
            continue;
        }
        if taken > 0 {
            return Ok(taken);
        }
        return Err(SequencerError::TooLarge {
            size: size.name,
            steps: size.dynamic_steps,
            interest: size.interest_steps,
            account: *index,
            found_steps: need.steps(),
            found_interest: need.interest,
        });
    }
    Ok(waiting.len().min(most))
}

/// Why the expiry could not close after a batch, if it could not.
fn still_open(batch: &SettledBatch) -> Option<String> {
    let outcome = &batch.outcome;
    if let Some(entry) = outcome
        .open_interest
        .iter()
        .find(|entry| entry.long != 0 || entry.short != 0)
    {
        let series = entry.series;
        return Some(format!(
            "expected open interest 0 in every series, found some in {series}"
        ));
    }
    (outcome.pools.clearing != Cash::ZERO)
        .then(|| "expected a clearing pool of 0 (longs = shorts), found payouts that do not cancel".to_owned())
}

impl Job<'_> {
    /// The next batch of a ledger; `None` when no account waits.
    ///
    /// # Errors
    /// A clause of the statement, or an account larger than the size.
    pub fn prepare(&self, ledger: &Ledger) -> Result<Option<Prepared>, SequencerError> {
        let waiting = ledger.affected_accounts(self.expiry, &priced(&self.prices));
        if waiting.is_empty() {
            return Ok(None);
        }
        let taken = pack(ledger, self.expiry, &waiting, &self.circuit.size(), self.max_accounts)?;
        let left = waiting.len() - taken;
        let settle = |close| {
            let blinding = |account, nonce| self.store.blinding(account, nonce);
            ledger.settle(&waiting[..taken], self.expiry, self.prices, close, blinding)
        };
        let (batch, open_because) = match settle(left == 0) {
            // The last batch closes, unless something keeps the expiry open; then it settles all the same and says what.
            Err(LedgerError::Violation(Violation::S9(_))) if left == 0 => {
                let batch = settle(false)?;
                let reason = still_open(&batch);
                (batch, reason)
            }
            settled => (settled?, None),
        };
        Ok(Some(Prepared {
            batch,
            left,
            open_because,
        }))
    }

    /// Settles what is left of the expiry. A finished expiry has nothing left: no batch, same root.
    ///
    /// # Errors
    /// The first thing that goes wrong; recorded batches stay recorded.
    pub fn run<B: Backend>(&mut self, backend: &B, observer: &mut dyn Observer) -> Result<Report, SequencerError> {
        let records = self.store.batches()?;
        let mut ledger = self.store.load_ledger()?;
        let (mut earlier, mut closed) = (0, false);
        for record in &records {
            let ours = record
                .instance
                .settlement()
                .filter(|settled| settled.expiry == self.expiry);
            let Some(settled) = ours else { continue };
            check_recorded(self.folder, settled.batch, &record.proof)?;
            earlier += 1;
            closed |= settled.close;
        }
        let mut report = Report {
            batches: Vec::new(),
            earlier,
            final_root: ledger.state_root(),
            batch_number: ledger.parts().batch,
            closed,
            remaining: 0,
            open_because: None,
        };
        if closed {
            return Ok(report);
        }
        if !ledger.parts().expiries.contains_key(&self.expiry) {
            return Err(LedgerError::UnknownExpiry { expiry: self.expiry }.into());
        }
        while self.max_batches.is_none_or(|most| report.batches.len() < most) {
            checkpoint("before_witness");
            let started = Instant::now();
            let Some(prepared) = self.prepare(&ledger)? else { break };
            let batch = self.one(prepared.batch, prepared.left, started, backend, observer, &mut ledger)?;
            report.closed |= batch.instance.close;
            report.open_because = prepared.open_because;
            report.batches.push(batch);
            if report.closed {
                break;
            }
        }
        report.final_root = ledger.state_root();
        report.batch_number = ledger.parts().batch;
        if !report.closed {
            report.remaining = ledger.affected_accounts(self.expiry, &priced(&self.prices)).len();
        }
        Ok(report)
    }

    fn one<B: Backend>(
        &mut self,
        batch: SettledBatch,
        left: usize,
        started: Instant,
        backend: &B,
        observer: &mut dyn Observer,
        ledger: &mut Ledger,
    ) -> Result<BatchReport, SequencerError> {
        let SettledBatch {
            instance,
            witness,
            outcome,
        } = &batch;
        let positions = witness
            .accounts
            .iter()
            .map(|update| update.account.positions.len())
            .sum();
        observer.batch(instance.batch, witness.accounts.len(), positions, left);
        observer.stage(Stage::Witness);
        let fields = instance.to_fields();
        let trace = assign(self.circuit.size(), instance, witness, outcome, None)?;
        let cells = Cells {
            advice: trace.finish()?.clone(),
            instance: fields,
        };
        drop(trace);
        let circuit = self.circuit.with_cells(cells);
        let witness_time = started.elapsed();
        checkpoint("after_witness");

        observer.stage(Stage::Prove);
        let started = Instant::now();
        let proof = backend.prove(self.setup, self.keys, &circuit, &fields)?;
        let (prove_time, proof_bytes) = (started.elapsed(), proof.len());
        checkpoint("after_prove");

        observer.stage(Stage::Verify);
        let about = about(&self.circuit.size());
        let json = ProofFile::new(about, self.keys, self.setup, &fields, proof)?.to_json();
        let written = store::ProofFile::write(self.folder, instance.batch, json.as_bytes())?;
        let path = self.folder.join(&written.name);
        let read = ProofFile::read(&path)?;
        read.check(about, self.keys.digest, self.setup)?;
        let started = Instant::now();
        verify(self.setup, self.keys.verifier_key(), &read.values(), &read.proof)?;
        let verify_time = started.elapsed();
        checkpoint("after_proof_file");

        observer.stage(Stage::Record);
        self.store.record_batch(&batch, &written)?;
        ledger.apply(&batch)?;
        let report = BatchReport {
            instance: *instance,
            accounts: witness.accounts.len(),
            positions,
            series: outcome.settled.len(),
            witness_time,
            prove_time,
            verify_time,
            proof_bytes,
            path,
        };
        observer.recorded(&report);
        Ok(report)
    }
}

/// The file of a recorded batch is there and is the one that was recorded.
pub(crate) fn check_recorded(folder: &Path, batch: u64, proof: &store::ProofFile) -> Result<(), SequencerError> {
    let path = folder.join(&proof.name);
    let lost = |found: String| SequencerError::ProofLost {
        path: path.clone(),
        batch,
        found,
    };
    let bytes = std::fs::read(&path).map_err(|error| lost(error.to_string()))?;
    if *blake3::hash(&bytes).as_bytes() != proof.digest {
        return Err(lost("a file with another digest".into()));
    }
    Ok(())
}
