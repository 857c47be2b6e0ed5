//! Our circuit with the library's prover and with ours. It always proves the whole settlement, old state root to new one.

use std::collections::BTreeMap;
use std::path::Path;

use circuits::settlement::assign::assign;
use circuits::settlement::circuit::{Cells, SettlementCircuit};
use circuits::size::Size;
use clap::ValueEnum;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::{Backend, Chosen, Cpu, Stock};
use prover::keys::keygen;
use prover::srs::dev::UnsafeDevSetup;
use prover::verify::verify;
use serde::{Deserialize, Serialize};
use witness_gen::account::Account as OurAccount;
use witness_gen::open_interest::{OpenInterest, oi_digest};
use witness_gen::params::RiskParameters;
use witness_gen::position::Position;
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::state::Pools;
use witness_gen::statement::settlement::{AccountUpdate, Instance, Outcome, PriceSlot, Witness, execute};
use witness_gen::tree::{SERIES_DEPTH, SparseTree};
use witness_gen::units::{Cash, ExpiryMinutes, Lots, Price, Underlying};

use crate::error::Failure;
use crate::field::to_halo2;
use crate::job::{Account, Job, size_of};
use crate::measure::{Report, measured, proofs};

const EXPIRY: ExpiryMinutes = ExpiryMinutes(29_500_800);

/// Which prover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Prover {
    /// The library's.
    Stock,
    /// Ours.
    Cpu,
}

/// The account in our terms: the same owner, cash, position and blinding; our leaf has a nonce besides.
pub(crate) fn account(account: &Account) -> Result<OurAccount, Failure> {
    let kind = if account.put { Kind::Put } else { Kind::Call };
    let series = SeriesTerms::new(Underlying::ETH, EXPIRY, kind, Price::new(account.strike)?, Price::ZERO)?;
    let lots = i64::try_from(account.lots).map_err(|_| Failure::new("lots: expected fewer than 2^63"))?;
    Ok(OurAccount {
        owner: to_halo2(&account.owner),
        cash: Cash(i128::from(account.cash)),
        nonce: 0,
        positions: vec![Position {
            series,
            lots: Lots::new(if account.short { -lots } else { lots })?,
        }],
        blinding: to_halo2(&account.blinding),
    })
}

/// A job as our settlement.
pub(crate) struct Batch {
    instance: Instance,
    witness: Witness,
    /// What it does.
    pub(crate) outcome: Outcome,
}

impl Batch {
    /// Settles the job natively, without fees, as the peers do.
    pub(crate) fn of(job: &Job) -> Result<Self, Failure> {
        let witness = witness(job)?;
        let price = PriceSlot {
            underlying: Underlying::ETH,
            price: Price::new(job.price)?,
        };
        let (instance, outcome) = execute(Fr::from(1), &witness, 1, EXPIRY, false, [Some(price), None, None])?;
        Ok(Self {
            instance,
            witness,
            outcome,
        })
    }

    fn cells(&self, size: Size) -> Result<Cells, Failure> {
        let trace = assign(size, &self.instance, &self.witness, &self.outcome, None)
            .map_err(|error| Failure::new(error.to_string()))?;
        let advice = trace.finish().map_err(|error| Failure::new(error.to_string()))?.clone();
        Ok(Cells {
            advice,
            instance: self.instance.to_fields(),
        })
    }
}

fn witness(job: &Job) -> Result<Witness, Failure> {
    let mut sides: BTreeMap<SeriesTerms, u64> = BTreeMap::new();
    let mut accounts = Vec::new();
    for (own, path) in job.accounts.iter().zip(&job.ours) {
        let account = account(own)?;
        *sides.entry(account.positions[0].series).or_default() += own.lots;
        let level = |siblings: &[_]| -> [Fr; 3] { std::array::from_fn(|i| to_halo2(&siblings[i])) };
        let levels: Vec<[Fr; 3]> = path.chunks_exact(3).map(level).collect();
        accounts.push(AccountUpdate {
            index: own.index,
            account,
            new_blinding: to_halo2(&own.new_blinding),
            path: levels
                .try_into()
                .map_err(|_| Failure::new("a path: expected 12 times 3 siblings"))?,
        });
    }
    // The other side of every position is with accounts that another batch settles.
    let open_interest: Vec<OpenInterest> = sides
        .into_iter()
        .map(|(series, lots)| OpenInterest {
            series,
            long: lots,
            short: lots,
        })
        .collect();
    let tree = SparseTree::from_leaves(SERIES_DEPTH, [(0, oi_digest(EXPIRY, &open_interest))])?;
    let path = tree
        .path(0)
        .try_into()
        .map_err(|_| Failure::new("the series path: expected 4 levels"))?;
    Ok(Witness {
        params: RiskParameters::new(0, 0, 1)?,
        pools: Pools::default(),
        history: Fr::zero(),
        accounts,
        open_interest,
        slot: 0,
        series_path: path,
    })
}

/// Proves a job.
pub(crate) fn run(job: &Job, prover: Prover, runs: usize) -> Result<Report, Failure> {
    let size = size_of(job)?;
    let setup = UnsafeDevSetup::generate(size.k, "peers")?;
    let backend = match prover {
        Prover::Stock => Chosen::Stock(Stock),
        Prover::Cpu => Chosen::Cpu(Cpu::default()),
    };
    let ((batch, cells), witness) = measured(|| {
        let batch = Batch::of(job)?;
        let cells = batch.cells(size)?;
        Ok((batch, cells))
    })?;
    let paid = batch.outcome.total_payout.finish()?;
    if paid.0 != i128::from(job.total) {
        return Err(Failure::new(format!(
            "payouts: expected {}, found {}",
            job.total, paid.0
        )));
    }
    let instance = batch.instance.to_fields();
    let empty = SettlementCircuit::new(size);
    let circuit = empty.with_cells(cells);
    let (keys, setup_cost) = measured(|| {
        let keys = keygen(&setup, &empty, Instance::LEN)?;
        if prover == Prover::Cpu {
            // The tables of our prover belong to the key: they are made on its first proof, which counts as setup as a whole.
            backend.create(&setup, &keys, &circuit, &instance)?;
        }
        Ok(keys)
    })?;
    let (proof, costs, peak_bytes) = proofs(runs, || Ok(backend.create(&setup, &keys, &circuit, &instance)?))?;
    let accepts = |instance: &[Fr]| verify(&setup, keys.verifier_key(), instance, &proof);
    let ((), verify) = measured(|| accepts(&instance).map_err(|error| Failure::new(error.to_string())))?;
    // The total is in the new state root, the fourth public input.
    let mut other = instance;
    other[3] += Fr::one();
    if accepts(&other).is_ok() {
        return Err(Failure::new("the proof verifies for another state root"));
    }
    let (gas, note) = gas(size.name);
    Ok(Report {
        size: format!("{}, k = {}", size.name, size.k),
        setup: setup_cost,
        witness,
        proofs: costs,
        peak_bytes,
        proof_bytes: proof.len(),
        verify: Some(verify),
        gas,
        note,
        ..Report::default()
    })
}

/// Gas of our verifier from the repository's snapshot, which a test of the product keeps true; larger sizes cost what `m` does.
fn gas(size: &str) -> (Option<u64>, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../verifier-contract/gas-snapshot.json");
    let snapshot = std::fs::read_to_string(path).ok();
    let snapshot: Option<serde_json::Value> = snapshot.and_then(|text| serde_json::from_str(&text).ok());
    let at = |size: &str| snapshot.as_ref()?.get(format!("settlement/{size}/verify"))?.as_u64();
    match at(size) {
        Some(gas) => (Some(gas), "gas from verifier-contract/gas-snapshot.json".to_owned()),
        None => (
            at("m"),
            "gas from verifier-contract/gas-snapshot.json, size m".to_owned(),
        ),
    }
}
