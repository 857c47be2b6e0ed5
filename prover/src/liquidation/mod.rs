//! The next liquidations of a stored state: who is below maintenance, who takes, at which size; then a proof of statement L, recorded.
//!
//! ```text
//! scan → queue → takers → size → execute natively → lay out → prove, verify → proof file → one transaction → next batch
//! ```
//!
//! A *round* of the queue is at most as many liquidations as the rules' cap. A size of the circuit holds exactly so many, so a round is proven in
//! one batch or in several. The state on disk, with the queue, moves in the transaction of a batch; the next batch follows from what is stored and
//! nothing else, so a run that was killed anywhere goes on to the same roots.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use circuits::cell::Grid;
use circuits::liquidation::{AssignError, LiquidationCircuit, SIZES, Size, Statement, trace};
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::account::Account;
use witness_gen::ledger::{Ledger, LedgerError, LiquidatedBatch};
use witness_gen::liquidation::{Auction, Done, LiquidationRules, Market, Terms, scan, schedule};
use witness_gen::risk::RiskArrays;
use witness_gen::series::SeriesTerms;
use witness_gen::statement::liquidation::{BreachError, Instance, Violation, Witness};
use witness_gen::statement::solvency::{MarginRules, grid};
use witness_gen::store::{self, QueueState, Store, checkpoint};

use crate::backend::Backend;
use crate::keys::{CircuitId, Keys};
use crate::proof_file::{Expected, ProofFile};
use crate::sequencer::{Observer, Stage, check_recorded};
use crate::srs::Setup;
use crate::verify::verify;

mod error;

pub use self::error::LiquidationError;

/// The name of statement L in key caches and proof files.
pub const STATEMENT: &str = "liquidation";

/// Prices and rules that accounts are judged by, and who takes.
#[derive(Clone, Copy, Debug)]
pub struct Round<'a> {
    /// The risk arrays.
    pub arrays: &'a RiskArrays,
    /// The margin rules.
    pub margin: MarginRules,
    /// The liquidation rules.
    pub rules: LiquidationRules,
    /// Who takes positions, in the order asked.
    pub takers: &'a [u32],
    /// Sizes that a batch may have.
    pub sizes: &'a [Size],
}

/// The next batch of a round, worked out natively. Secret.
#[derive(Debug)]
pub struct Prepared {
    /// The batch and the smallest size that holds it; `None` where nobody is liquidated.
    pub batch: Option<(LiquidatedBatch, Size)>,
    /// The queue after it.
    pub queue: QueueState,
    /// Accounts below maintenance before it.
    pub below: usize,
    /// Accounts that found no taker.
    pub untaken: usize,
    /// Accounts that wait after it.
    pub left: usize,
    /// Whether the round is over with it.
    pub round_over: bool,
}

/// What a proof takes beside the batch: all of one size.
#[derive(Clone, Copy, Debug)]
pub struct Proving<'a> {
    /// The setup, of the size's k.
    pub setup: &'a Setup,
    /// The keys of `circuit` under it.
    pub keys: &'a Keys,
    /// The circuit without a witness.
    pub circuit: &'a LiquidationCircuit,
}

/// What one batch was and took.
#[derive(Clone, Debug)]
pub struct BatchReport {
    /// The public statement.
    pub instance: Instance,
    /// The size.
    pub size: Size,
    /// Liquidations.
    pub liquidations: usize,
    /// Of them, accounts that were closed.
    pub closed: usize,
    /// Native execution and layout.
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

/// What a proof file of statement L at a size is about.
pub fn about(size: &Size) -> Expected<'static> {
    Expected {
        statement: STATEMENT,
        size: size.name,
        names: &Instance::NAMES,
    }
}

/// The cache's name of a circuit: changes with any fixed cell or copy.
pub fn circuit_id(circuit: &LiquidationCircuit) -> CircuitId {
    CircuitId::laid(STATEMENT, circuit.size().name, Instance::LEN, circuit.laid())
}

/// The sizes of at most so many rows, by rows a liquidation: of equal ones, that with more liquidations first.
pub fn sizes_within(k_max: u32) -> Vec<Size> {
    let mut sizes: Vec<Size> = SIZES.into_iter().filter(|size| size.k <= k_max).collect();
    sizes.sort_by_key(|size| (size.rows() / size.transfers, std::cmp::Reverse(size.transfers)));
    sizes
}

/// Whether prices fit the circuit, the queue and the takers.
///
/// # Errors
/// The first thing that does not fit.
pub fn check_round(ledger: &Ledger, queue: &QueueState, round: &Round<'_>) -> Result<(), LiquidationError> {
    let published = grid().map_err(|_| LiquidationError::Grid)?;
    if round.arrays.rules.grid.digest() != published.digest() {
        return Err(LiquidationError::Grid);
    }
    let (expected, found) = (ledger.parts().params.margin_rules, round.margin.digest());
    if expected != found {
        return Err(LedgerError::OtherRules { expected, found }.into());
    }
    let (expected, found) = (queue.time, round.arrays.inputs.time);
    if found < expected {
        return Err(LiquidationError::Older { expected, found });
    }
    if round.takers.is_empty() {
        return Err(LiquidationError::NoTakers);
    }
    match round.takers.iter().find(|taker| ledger.account(**taker).is_none()) {
        Some(index) => Err(LedgerError::UnknownAccount { index: *index }.into()),
        None => Ok(()),
    }
}

/// The next batch: those who wait longest first, as many as a size holds and the cap allows, checked natively.
///
/// # Errors
/// Prices that do not fit, an account without a margin, liquidations that fit no size.
pub fn prepare(
    ledger: &Ledger,
    before: &QueueState,
    round: &Round<'_>,
    new_blinding: impl Fn(u32, u32) -> Fr,
) -> Result<Prepared, LiquidationError> {
    check_round(ledger, before, round)?;
    let market = Market::of(round.arrays, round.margin).map_err(BreachError::Margin);
    let market = market.map_err(Violation::from)?;
    let unpriced = scan(&market, &ledger.parts().accounts).unpriced;
    if let Some((_, source)) = unpriced.first() {
        let (accounts, source) = (unpriced.len(), *source);
        return Err(LiquidationError::Unpriced { accounts, source });
    }
    // Sizes of one liquidation say what can be proven at all; where there are none, those that were asked for do.
    let single: Vec<Size> = round.sizes.iter().copied().filter(|size| size.transfers == 1).collect();
    let alone = if single.is_empty() { round.sizes } else { &single };
    let work = |most: usize| {
        let mut queue = before.queue.clone();
        let mut accounts = ledger.parts().accounts.clone();
        let mut pools = ledger.parts().pools;
        let auction = Auction {
            takers: round.takers,
            terms: |rounds| schedule(&round.rules, rounds),
            accepts: |accounts: [&Account; 2], done: &Done| {
                let need = Need::of(ledger, accounts, done);
                alone.iter().any(|size| need.fits(size))
            },
            most,
        };
        let report = queue.part(&market, &round.rules, &mut accounts, &mut pools, &auction)?;
        Ok::<_, Violation>((queue, report))
    };
    let most = round.sizes.iter().map(|size| size.transfers).max().unwrap_or(0);
    let (mut queue, mut report) = work(most)?;
    let below = report.below;
    let batch = match report.done.len() {
        0 => None,
        due => {
            let batch = choose(ledger, round, &report.done, &new_blinding)?;
            if batch.1.transfers < due {
                (queue, report) = work(batch.1.transfers)?;
            }
            Some(batch)
        }
    };
    let left = queue.waiting.len();
    Ok(Prepared {
        batch,
        queue: QueueState {
            queue,
            time: round.arrays.inputs.time,
        },
        below,
        untaken: report.untaken,
        left,
        round_over: report.round_over,
    })
}

/// The first of the sizes, in their order, that holds the first liquidations of a list.
fn choose(
    ledger: &Ledger,
    round: &Round<'_>,
    due: &[Done],
    new_blinding: &impl Fn(u32, u32) -> Fr,
) -> Result<(LiquidatedBatch, Size), LiquidationError> {
    let wanted: Vec<(u32, u32, Terms)> = due
        .iter()
        .map(|done| (done.index, done.liquidator, done.transfer.terms))
        .collect();
    let mut refused = None;
    for size in round.sizes {
        let Some(wanted) = wanted.get(..size.transfers) else {
            let (size, expected, found) = (size.name, size.transfers, wanted.len());
            refused = refused.or(Some(AssignError::Transfers { size, expected, found }));
            continue;
        };
        let batch = ledger.liquidate(round.arrays, round.margin, round.rules, wanted, new_blinding)?;
        match size.fits(&batch.witness) {
            Ok(()) => return Ok((batch, *size)),
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.unwrap_or(AssignError::NoRows).into())
}

/// What one liquidation needs of a size.
struct Need {
    legs: usize,
    held: usize,
    series: usize,
    expiries: usize,
    interest: usize,
}

impl Need {
    fn of(ledger: &Ledger, [liquidated, liquidator]: [&Account; 2], done: &Done) -> Self {
        let series: BTreeSet<SeriesTerms> = (liquidated.positions.iter().chain(&liquidator.positions))
            .map(|position| position.series)
            .collect();
        // A leg nets where the liquidator holds the other side.
        let nets = |leg: &&witness_gen::position::Position| {
            let held = liquidator
                .positions
                .iter()
                .find(|position| position.series == leg.series);
            held.is_some_and(|held| held.lots.is_long() != leg.lots.is_long())
        };
        let netted: BTreeSet<_> = done
            .transfer
            .legs
            .iter()
            .filter(nets)
            .map(|leg| leg.series.expiry)
            .collect();
        let lists = netted.iter().filter_map(|expiry| ledger.parts().expiries.get(expiry));
        Self {
            legs: liquidated.positions.len(),
            held: liquidator.positions.len().max(done.outcome.liquidator.positions.len()),
            series: series.len(),
            interest: lists.map(|(_, list)| list.len()).max().unwrap_or(0),
            expiries: netted.len(),
        }
    }

    fn fits(&self, size: &Size) -> bool {
        self.legs <= size.legs
            && self.held <= size.held
            && self.series <= size.series
            && self.expiries <= size.expiries
            && self.interest <= size.interest
    }
}

/// Lays a checked witness out and proves it.
///
/// # Errors
/// The batch does not fit the size, or the prover fails.
pub fn prove<B: Backend>(
    backend: &B,
    with: Proving<'_>,
    instance: &Instance,
    witness: &Witness,
) -> Result<Vec<u8>, LiquidationError> {
    let cells = lay_out(with.circuit, instance, witness)?;
    let circuit = with.circuit.with_cells(cells);
    Ok(backend.prove(with.setup, with.keys, &circuit, &instance.to_fields())?)
}

fn lay_out(circuit: &LiquidationCircuit, instance: &Instance, witness: &Witness) -> Result<Grid, LiquidationError> {
    let trace = trace(circuit.size(), Statement { instance, witness }, None)?;
    Ok(trace.finish()?.clone())
}

/// The proof files of the liquidations that a store has recorded are in a folder, as they were; how many there are.
///
/// # Errors
/// The first one that is gone or changed.
pub fn check_earlier(store: &Store, folder: &Path) -> Result<usize, LiquidationError> {
    let mut earlier = 0;
    for record in store.batches()? {
        if let Some(instance) = record.instance.liquidation() {
            check_recorded(folder, instance.batch, &record.proof)?;
            earlier += 1;
        }
    }
    Ok(earlier)
}

/// Proves a batch, writes its proof file, reads it back, verifies it, and moves store and ledger.
///
/// # Errors
/// The first thing that goes wrong; the store has then not moved, or has moved whole.
pub fn prove_and_record<B: Backend>(
    backend: &B,
    with: Proving<'_>,
    (store, ledger): (&mut Store, &mut Ledger),
    (batch, queue): (&LiquidatedBatch, &QueueState),
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<BatchReport, LiquidationError> {
    let LiquidatedBatch {
        instance,
        witness,
        outcome,
    } = batch;
    observer.stage(Stage::Witness);
    let started = Instant::now();
    let circuit = with.circuit.with_cells(lay_out(with.circuit, instance, witness)?);
    let witness_time = started.elapsed();
    checkpoint("after_witness");

    observer.stage(Stage::Prove);
    let started = Instant::now();
    let fields = instance.to_fields();
    let proof = backend.prove(with.setup, with.keys, &circuit, &fields)?;
    let (prove_time, proof_bytes) = (started.elapsed(), proof.len());
    checkpoint("after_prove");

    observer.stage(Stage::Verify);
    let size = with.circuit.size();
    let json = ProofFile::new(about(&size), with.keys, with.setup, &fields, proof)?.to_json();
    let written = store::ProofFile::write(folder, instance.batch, json.as_bytes())?;
    let path = folder.join(&written.name);
    let read = ProofFile::read(&path)?;
    read.check(about(&size), with.keys.digest, with.setup)?;
    let started = Instant::now();
    verify(with.setup, with.keys.verifier_key(), &read.values(), &read.proof)?;
    let verify_time = started.elapsed();
    checkpoint("after_proof_file");

    observer.stage(Stage::Record);
    store.record_liquidations(batch, queue, &written)?;
    ledger.apply_liquidation(batch)?;
    Ok(BatchReport {
        instance: *instance,
        size,
        liquidations: witness.steps.len(),
        closed: outcome.steps.iter().filter(|step| step.outcome.closed).count(),
        witness_time,
        prove_time,
        verify_time,
        proof_bytes,
        path,
    })
}
