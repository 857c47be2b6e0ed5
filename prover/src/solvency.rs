//! An account that meets a requirement: witness from a ledger and risk arrays, then a proof of statement M.

use circuits::cell::Grid;
use circuits::solvency::{AssignError, End, Size, SolvencyCircuit, Statement, trace};
use halo2_proofs::halo2curves::bn256::Fr;
use sha2::Digest;
use thiserror::Error;
use witness_gen::ledger::{Ledger, LedgerError};
use witness_gen::owner::OwnerKey;
use witness_gen::risk::RiskArrays;
use witness_gen::statement::solvency::{
    Instance, MarginRules, Requirement, RootOpening, RowOpening, Violation, Witness, check,
};

use crate::backend::Backend;
use crate::error::ProveError;
use crate::keys::{CircuitId, Keys, fixed_cells_hash};
use crate::proof_file::Expected;
use crate::srs::Setup;

/// The name of statement M in key caches and proof files.
pub const STATEMENT: &str = "solvency";

/// Why an account's solvency was not proven. Shows no secret: neither what an account holds nor by how much it misses.
#[derive(Debug, Error)]
pub enum SolvencyError {
    /// No such account.
    #[error("account {index}: expected an account of the database, found none")]
    NoAccount {
        /// The leaf number.
        index: u32,
    },
    /// A book whose money is not in quote.
    #[error("account {index}: expected positions that settle in quote, found one that settles in coin")]
    Style {
        /// The leaf number.
        index: u32,
    },
    /// A position that the risk arrays don't list.
    #[error(
        "account {index}: expected a row of the risk arrays for every position, found {missing} positions without one"
    )]
    Unlisted {
        /// The leaf number.
        index: u32,
        /// Positions without a row.
        missing: usize,
    },
    /// Trees that do not hold together.
    #[error("{0}")]
    Ledger(#[from] LedgerError),
    /// A clause of the statement does not hold.
    #[error("{0}")]
    Violation(#[from] Violation),
    /// The account does not fit the size.
    #[error(transparent)]
    Assign(#[from] AssignError),
    /// The proof was not made.
    #[error(transparent)]
    Prove(#[from] ProveError),
}

/// What is asked of an account, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Its leaf number.
    pub index: u32,
    /// The requirement.
    pub requirement: Requirement,
    /// Money beyond it, in money units.
    pub threshold: u128,
    /// Chosen by whoever is to be convinced.
    pub challenge: Fr,
}

/// The instance and the witness of an answer, checked natively.
///
/// # Errors
/// There is no such account, the risk arrays lack a row, or a clause does not hold.
pub fn prepare(
    ledger: &Ledger,
    arrays: &RiskArrays,
    rules: MarginRules,
    owner: OwnerKey,
    question: Question,
) -> Result<(Instance, Witness), SolvencyError> {
    let index = question.index;
    let account = ledger.account(index).ok_or(SolvencyError::NoAccount { index })?.clone();
    if account.positions.iter().any(|p| p.series.kind.is_inverse()) {
        return Err(SolvencyError::Style { index });
    }
    let openings: Vec<Option<RowOpening>> = (account.positions.iter())
        .map(|position| {
            let (index, row) = arrays.find(position.series.word())?;
            Some(RowOpening {
                row: row.clone(),
                index,
                path: arrays.path(index).try_into().ok()?,
            })
        })
        .collect();
    let missing = openings.iter().filter(|o| o.is_none()).count();
    if missing != 0 {
        return Err(SolvencyError::Unlisted { index, missing });
    }
    let parts = ledger.parts();
    let witness = Witness {
        owner,
        index,
        path: ledger.account_path(index)?,
        header: ledger.header(),
        params: parts.params,
        rules,
        risk: arrays.rules.clone(),
        round: RootOpening::of(arrays),
        rows: openings.into_iter().flatten().collect(),
        account,
    };
    let instance = Instance {
        domain: parts.domain,
        parameters: parts.params.digest(),
        state: ledger.state_root(),
        risk_root: arrays.root(),
        requirement: question.requirement,
        threshold: question.threshold,
        challenge: question.challenge,
        pseudonym: owner.pseudonym(question.challenge, parts.domain),
    };
    check(&instance, &witness)?;
    Ok((instance, witness))
}

/// Lays a checked witness out and proves it.
///
/// # Errors
/// The account does not fit the size, or the prover fails.
pub fn prove<B: Backend>(
    backend: &B,
    setup: &Setup,
    keys: &Keys,
    circuit: &SolvencyCircuit,
    instance: &Instance,
    witness: &Witness,
) -> Result<Vec<u8>, SolvencyError> {
    let trace = trace(circuit.size(), Statement { instance, witness }, None)?;
    let cells: Grid = trace.finish().map_err(AssignError::from)?.clone();
    Ok(backend.prove(setup, keys, &circuit.with_cells(cells), &instance.to_fields())?)
}

/// What a proof file of statement M at a size is about.
pub fn about(size: &Size) -> Expected<'static> {
    Expected {
        statement: STATEMENT,
        size: size.name,
        names: &Instance::NAMES,
    }
}

/// The cache's name of a circuit: changes with any fixed cell or copy.
pub fn circuit_id(circuit: &SolvencyCircuit) -> CircuitId {
    let mut hash = fixed_cells_hash(circuit.fixed());
    for (from, to) in circuit.copies() {
        let (tag, from) = match from {
            End::Cell(row) => (0u64, *row),
            End::Input(input) => (1, *input),
        };
        for number in [tag, from as u64, *to as u64] {
            hash.update(number.to_be_bytes());
        }
    }
    CircuitId {
        statement: STATEMENT.to_owned(),
        size: circuit.size().name.to_owned(),
        instance_len: Instance::LEN,
        fingerprint: hash.finalize().into(),
    }
}
