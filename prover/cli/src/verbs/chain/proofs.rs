//! Proof files as the contracts take them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;

use chain::deployment::Deployment;
use chain::primitives::{Bytes, U256};
use chain::rounds::{Market, ProvenRound, Segment};
use chain::submit::Batch;
use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::proof_file::ProofFile;
use prover::risk::RiskProof;

use super::verifiers::Which;
use crate::errors::Failure;
use crate::evm::{Hinter, word};
use crate::output::Output;
use crate::setups;

/// A field element as a word.
pub(super) fn number(value: &Fr) -> U256 {
    U256::from_be_bytes(word(value))
}

/// A word as a field element, where it is one.
pub(super) fn field(value: U256) -> Option<Fr> {
    Fr::from_repr(value.to_le_bytes()).into()
}

/// The verifier that a proof file is for.
fn verifier(file: &ProofFile) -> Result<Which, Failure> {
    Which::of(&file.statement, &file.size).ok_or_else(|| {
        Failure::rejected(format!(
            "proof file: expected a known statement and size, found {:.40} {:.40}",
            file.statement, file.size
        ))
    })
}

/// Makes proofs what the contracts take: the inverse goes behind them, and follows from the verifier's key.
pub(super) struct Arguments {
    out: Output,
    /// The setup; none for the one that a proof file names, out of the cache.
    srs: Option<PathBuf>,
    hinters: BTreeMap<String, Hinter>,
}

impl Arguments {
    pub(super) fn new(out: Output, srs: Option<PathBuf>) -> Self {
        Self {
            out,
            srs,
            hinters: BTreeMap::new(),
        }
    }

    /// The proof as the verifier's contract takes it.
    pub(super) fn of(&mut self, which: Which, file: &ProofFile) -> Result<Bytes, Failure> {
        let hinter = match self.hinters.entry(which.contract()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let setup = match &self.srs {
                    Some(path) => setups::load_of(self.out, path, which.k())?,
                    None => setups::for_proof(self.out, &file.setup, which.k())?,
                };
                entry.insert(which.hinter(self.out, &setup)?)
            }
        };
        let words: Vec<[u8; 32]> = file.values().iter().map(word).collect();
        Ok(hinter.argument(&file.proof, &words)?.into())
    }
}

/// A batch of a proof file.
pub(super) fn batch(arguments: &mut Arguments, deployment: &Deployment, file: &ProofFile) -> Result<Batch, Failure> {
    let which = verifier(file)?;
    let instance = file.values().iter().map(number).collect();
    let selector = which.selector(deployment)?;
    let proof = arguments.of(which, file)?;
    Ok(Batch::new(which.statement(), selector, instance, proof)?)
}

/// A risk round of its proof file. The parts' proofs are checked on chain, and nowhere before.
pub(super) fn round(
    arguments: &mut Arguments,
    deployment: &Deployment,
    file: &RiskProof,
) -> Result<ProvenRound, Failure> {
    let claimed = file.claimed()?;
    let value = |part: &ProofFile, name: &str| {
        let found = part.instance.iter().find(|value| value.name == name);
        let found = found.map(|value| number(&value.value));
        found.ok_or_else(|| Failure::rejected(format!("risk proof: expected a public input {name}, found none")))
    };
    let mut markets = Vec::new();
    for part in &file.markets {
        let which = verifier(part)?;
        markets.push(Market {
            selector: which.selector(deployment)?,
            contexts: value(part, "contexts")?,
            proof: arguments.of(which, part)?,
        });
    }
    if file.cursors.len() != file.segments.len() + 1 {
        return Err(Failure::rejected(format!(
            "risk proof, cursors: expected {}, found {}",
            file.segments.len() + 1,
            file.cursors.len()
        )));
    }
    let mut segments = Vec::new();
    for (part, after) in file.segments.iter().zip(&file.cursors[1..]) {
        let cursor = after.cursor()?;
        let which = verifier(part)?;
        segments.push(Segment {
            selector: which.selector(deployment)?,
            contexts: value(part, "contexts")?,
            rows: value(part, "rows")?,
            digest: number(&cursor.digest),
            pending: cursor.pending.iter().map(number).collect(),
            order: U256::from(cursor.order),
            last: U256::from(cursor.expiry) + (U256::from(cursor.forward) << 36),
            count: u16::try_from(cursor.count)
                .map_err(|_| Failure::rejected("risk proof: expected at most 4096 series, found more"))?,
            proof: arguments.of(which, part)?,
        });
    }
    Ok(ProvenRound {
        underlying: claimed.underlying.get(),
        // At most 6.
        levels: file.size()?.levels as u8,
        time: claimed.time,
        factor: claimed.factor.get(),
        new_regime: number(&claimed.new_regime),
        markets,
        segments,
    })
}
