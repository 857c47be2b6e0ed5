//! `liquidate prove`: a round of the queue, batch by batch.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use circuits::liquidation::{AssignError, LiquidationCircuit, SIZES, Size};
use clap::Args;
use prover::error::SrsError;
use prover::keys::CachedKeys;
use prover::liquidation::{
    BatchReport, LiquidationError, Proving, Round, check_earlier, check_round, prepare, prove_and_record, sizes_within,
};
use prover::sequencer::Observer;
use prover::srs::Setup;
use serde_json::{Value, json};
use witness_gen::ledger::{Ledger, LedgerError};
use witness_gen::liquidation::LiquidationRules;
use witness_gen::market::UtcSeconds;
use witness_gen::statement::solvency::{GRID, MarginRules};
use witness_gen::store::{BlindingUse, QueueState, Store, checkpoint};

use super::{INITIAL_FACTOR, SHORT_CHARGE};
use crate::backend::BackendOption;
use crate::book::about_secret;
use crate::errors::{Code, Failure, ledger_code, store_code};
use crate::machine;
use crate::output::{Output, field_hex, joined, seconds, table};
use crate::setups;
use crate::verbs::risk::read_round;

/// Sizes up to this one are used unless told otherwise.
const DEFAULT_K: u32 = 15;

/// Whose liquidation, at which prices.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The database.
    #[arg(long)]
    db: PathBuf,
    /// The risk file of the round (`risk build --grid paradex-24`, `stress --save`): marks and scenario values of every series that is held.
    #[arg(long)]
    risk: PathBuf,
    /// The setup: a ceremony's file, or one that `srs` stored.
    #[arg(long)]
    srs: PathBuf,
    /// Where the proof files go.
    #[arg(long)]
    out: PathBuf,
    /// An account that takes positions, by its leaf number; may be given many times, they are asked in this order. Default: those that the database remembers.
    #[arg(long = "taker", value_name = "LEAF")]
    takers: Vec<u32>,
    /// Only this size. Default: for each batch the one with the fewest rows a liquidation, of those up to k = 15 that the setup allows.
    #[arg(long)]
    size: Option<String>,
    /// Rounds of the queue: after each, who still waits is offered at a larger discount.
    #[arg(long, default_value_t = 1)]
    rounds: u32,
    /// At most so many batches in this run.
    #[arg(long)]
    max_batches: Option<usize>,
    /// Most liquidations of a round. Like the two below it has to be what the database's parameters are made of.
    #[arg(long, default_value_t = LiquidationRules::default().batch_cap)]
    cap: u32,
    /// Initial margin counts losses this many times, in 10^-4.
    #[arg(long, default_value_t = INITIAL_FACTOR)]
    initial_factor: u64,
    /// Charge for each short lot beside the scenarios, in 10^-4 of the spot.
    #[arg(long, default_value_t = SHORT_CHARGE)]
    short_charge: u64,
    #[command(flatten)]
    backend: BackendOption,
}

impl From<LiquidationError> for Failure {
    fn from(error: LiquidationError) -> Self {
        let message = error.to_string();
        let code = match error {
            LiquidationError::Grid | LiquidationError::Older { .. } | LiquidationError::NoTakers => Code::Usage,
            LiquidationError::Assign(AssignError::Trace(_)) | LiquidationError::Trace(_) => Code::Internal,
            LiquidationError::Assign(_) => Code::Resource,
            LiquidationError::Ledger(error) => ledger_code(&error),
            LiquidationError::Store(error) => store_code(&error),
            LiquidationError::Prove(error) => return error.into(),
            LiquidationError::Lost(error) => return error.into(),
            LiquidationError::ProofFile(_) => Code::Environment,
            _ => Code::Rejected,
        };
        Self::new(code, message)
    }
}

/// Setup, circuit and keys of a size.
struct Ready {
    setup: Setup,
    circuit: LiquidationCircuit,
    cached: CachedKeys,
}

/// What a run did.
#[derive(Default)]
struct Run {
    batches: Vec<BatchReport>,
    /// Below before the first batch.
    below: Option<usize>,
    untaken: usize,
    rounds: u32,
}

impl Prove {
    pub(super) fn run(self, out: Output) -> Result<(), Failure> {
        let mut store = Store::open(&self.db)?;
        let mut ledger = store.load_ledger()?;
        let spinner = out.spinner("computing the risk arrays again");
        let round = read_round(&self.risk)?;
        drop(spinner);
        let arrays = &round.arrays;
        let (rules, margin) = self.rules(arrays.rules.digest())?;
        let remembered = store.takers()?;
        let takers = if self.takers.is_empty() {
            &remembered
        } else {
            &self.takers
        };
        let mut sizes = match &self.size {
            Some(name) => vec![size_named(name)?],
            None => sizes_within(DEFAULT_K),
        };
        let queue = store.queue()?;
        // What makes no sense is said before a setup is read.
        let judged = Round {
            arrays,
            margin,
            rules,
            takers,
            sizes: &[],
        };
        check_round(&ledger, &queue, &judged).map_err(|error| self.explained(error))?;
        let secret = about_secret(out, &store)?;
        fs::create_dir_all(&self.out).map_err(|error| Failure::io(&self.out, "a folder that can be made", &error))?;
        let earlier = check_earlier(&store, &self.out)?;
        if self.size.is_none() {
            sizes = sizes_within(self.largest_k(out));
        }
        let started = Instant::now();
        let judged = Round {
            sizes: &sizes,
            ..judged
        };
        let run = self.work(out, &mut store, &mut ledger, &judged, queue)?;
        let waiting = store.queue()?.queue;
        let value = json!({
            "database": self.db,
            "batches": run.batches.iter().map(batch_json).collect::<Vec<_>>(),
            "earlier_batches": earlier,
            "batch_number": ledger.parts().batch,
            "final_root": field_hex(&ledger.state_root()),
            "risk_root": field_hex(&arrays.root()),
            "time": arrays.inputs.time,
            "below_maintenance": run.below,
            "liquidations": run.batches.iter().map(|batch| batch.liquidations).sum::<usize>(),
            "untaken": run.untaken,
            "waiting": waiting.waiting.len(),
            "round_is_over": waiting.done == 0,
            "rounds": run.rounds,
            "nothing_to_do": run.below == Some(0),
            "seconds": seconds(started.elapsed()),
            "peak_memory_bytes": machine::peak_memory(),
        });
        let text = self.text(&run, &ledger, &waiting, arrays.inputs.time);
        out.result(&joined(value, secret), &text)
    }

    /// Batches until a round is over, or as many as were asked for.
    fn work(
        &self,
        out: Output,
        store: &mut Store,
        ledger: &mut Ledger,
        round: &Round<'_>,
        mut queue: QueueState,
    ) -> Result<Run, Failure> {
        let mut ready: BTreeMap<&'static str, Ready> = BTreeMap::new();
        let mut run = Run::default();
        let seed = store.seed().clone();
        let blinding = |index, nonce| seed.blinding(BlindingUse::Leaf, index, nonce);
        while run.rounds < self.rounds && self.max_batches.is_none_or(|most| run.batches.len() < most) {
            checkpoint("before_witness");
            let spinner = out.spinner("looking for accounts below maintenance");
            let prepared = prepare(ledger, &queue, round, blinding)?;
            drop(spinner);
            run.below.get_or_insert(prepared.below);
            run.untaken = prepared.untaken;
            match &prepared.batch {
                Some((batch, size)) => {
                    let with = match ready.entry(size.name) {
                        std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                        std::collections::btree_map::Entry::Vacant(entry) => entry.insert(self.ready(out, *size)?),
                    };
                    let with = Proving {
                        setup: &with.setup,
                        keys: &with.cached.keys,
                        circuit: &with.circuit,
                    };
                    let mut bar = out.batches();
                    bar.batch(batch.instance.batch, 2 * size.transfers, 0, prepared.left);
                    let moved = (batch, &prepared.queue);
                    let report = prove_and_record(
                        &self.backend.prover(),
                        with,
                        (store, ledger),
                        moved,
                        &self.out,
                        &mut bar,
                    )?;
                    run.batches.push(report);
                }
                // The round ends without a batch: whoever waits grows older all the same.
                None if prepared.queue != queue => store.set_queue(&prepared.queue)?,
                None => {}
            }
            run.rounds += u32::from(prepared.round_over);
            queue = prepared.queue;
            if prepared.below == 0 {
                break;
            }
        }
        Ok(run)
    }

    fn ready(&self, out: Output, size: Size) -> Result<Ready, Failure> {
        let setup = setups::load_of(out, &self.srs, size.k)?;
        setups::warn_if_insecure(out, &setup);
        let (circuit, cached) = setups::liquidation_keys(out, &setup, size)?;
        Ok(Ready { setup, circuit, cached })
    }

    /// The largest k that the setup allows, at most the default; what else is wrong with it is said when it is used.
    fn largest_k(&self, out: Output) -> u32 {
        match setups::load(out, &self.srs, DEFAULT_K) {
            Err(SrsError::Size { k_max, .. }) => k_max,
            _ => DEFAULT_K,
        }
    }

    fn rules(&self, risk: halo2_proofs::halo2curves::bn256::Fr) -> Result<(LiquidationRules, MarginRules), Failure> {
        let rules = LiquidationRules {
            batch_cap: self.cap,
            ..LiquidationRules::default()
        };
        rules.validate().map_err(|error| Failure::usage(error.to_string()))?;
        let margin = MarginRules {
            liquidation: rules.digest(),
            ..super::margin_rules(risk, self.initial_factor, self.short_charge)?
        };
        Ok((rules, margin))
    }

    /// What to look at where prices, rules or takers do not fit.
    fn explained(&self, error: LiquidationError) -> Failure {
        let hint = match &error {
            LiquidationError::Grid => format!("build them with `risk build --grid {GRID}`"),
            LiquidationError::Older { .. } => "prices do not go back".into(),
            LiquidationError::Ledger(LedgerError::OtherRules { .. }) => {
                "is the regime of the risk file, --cap, --initial-factor or --short-charge another than that of the database?".into()
            }
            LiquidationError::NoTakers => "name them with --taker LEAF".into(),
            LiquidationError::Ledger(LedgerError::UnknownAccount { .. }) => "takers are accounts of the database".into(),
            _ => return error.into(),
        };
        let mut failure = Failure::from(error);
        failure.message = format!("{}; {hint}", failure.message);
        match failure.message.starts_with("risk arrays") {
            true => failure.about(&self.risk),
            false => failure.about(&self.db),
        }
    }

    fn text(&self, run: &Run, ledger: &Ledger, queue: &witness_gen::liquidation::Queue, time: u64) -> String {
        let header = [
            "batch",
            "size",
            "liquidations",
            "closed",
            "witness s",
            "prove s",
            "verify s",
            "proof bytes",
        ];
        let row = |batch: &BatchReport| {
            vec![
                batch.instance.batch.to_string(),
                batch.size.name.to_owned(),
                batch.liquidations.to_string(),
                batch.closed.to_string(),
                format!("{:.3}", seconds(batch.witness_time)),
                format!("{:.3}", seconds(batch.prove_time)),
                format!("{:.3}", seconds(batch.verify_time)),
                batch.proof_bytes.to_string(),
            ]
        };
        let rows: Vec<Vec<String>> = run.batches.iter().map(row).collect();
        let mut text = match (rows.is_empty(), run.below) {
            (true, Some(0)) => "nobody is below maintenance".to_owned(),
            (true, _) => "no batch: nobody takes".to_owned(),
            (false, _) => table(&header, &rows),
        };
        let over = if queue.done == 0 { "is over" } else { "goes on" };
        text.push_str(&format!(
            "\nprices of {}; {} below maintenance before; the round {over}, {} wait ({} found no taker)\nstate root after batch {}: {}",
            UtcSeconds(i64::try_from(time).unwrap_or(i64::MAX)),
            run.below.unwrap_or(0),
            queue.waiting.len(),
            run.untaken,
            ledger.parts().batch,
            field_hex(&ledger.state_root())
        ));
        if let Some(peak) = machine::peak_memory() {
            text.push_str(&format!("\npeak memory: {}", machine::mebibytes(peak)));
        }
        text
    }
}

/// A batch as JSON.
fn batch_json(batch: &BatchReport) -> Value {
    json!({
        "batch": batch.instance.batch,
        "size": batch.size.name,
        "liquidations": batch.liquidations,
        "closed": batch.closed,
        "old_state": field_hex(&batch.instance.old_state),
        "new_state": field_hex(&batch.instance.new_state),
        "witness_seconds": seconds(batch.witness_time),
        "prove_seconds": seconds(batch.prove_time),
        "verify_seconds": seconds(batch.verify_time),
        "proof_bytes": batch.proof_bytes,
        "proof_file": batch.path,
    })
}

/// A size by name.
fn size_named(name: &str) -> Result<Size, Failure> {
    let names = || SIZES.map(|size| size.name).join(", ");
    Size::by_name(name).ok_or_else(|| Failure::usage(format!("size: expected one of {}, found {name}", names())))
}
