//! The contracts: the emitted verifier of a size, and the rollup, in an EVM of our own.

use std::time::{Duration, Instant};

use circuits::risk::{Part, Unit};
use circuits::{liquidation, risk, size, solvency};
use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::plonk::VerifyingKey;
use prover::keys::Keys;
use prover::proof_file::ProofFile;
use prover::srs::Setup;
use verifier_contract::artifact::init_code;
use verifier_contract::calldata;
use verifier_contract::evm::{Address, CallOutcome, Evm, EvmError};
use verifier_contract::venue::{self, BatchProof, Settlement, Terms, Venue, VenueError};
use verifier_contract::{
    Artifact, ArtifactError, EmitError, Meta, RISK_MARKET_EMPTY, SetupG2, compile_with_node, emit_solidity, hinted,
    key_digest,
};
use witness_gen::statement::settlement::Instance;

use crate::errors::Failure;
use crate::output::Output;

impl From<EmitError> for Failure {
    fn from(error: EmitError) -> Self {
        Self::internal(format!("contract: {error}"))
    }
}

impl From<ArtifactError> for Failure {
    fn from(error: ArtifactError) -> Self {
        Self::environment(format!("contract: {error}"))
    }
}

impl From<EvmError> for Failure {
    fn from(error: EvmError) -> Self {
        Self::internal(format!("EVM: {error}"))
    }
}

impl From<VenueError> for Failure {
    fn from(error: VenueError) -> Self {
        match error {
            VenueError::Artifact(error) => error.into(),
            VenueError::Evm(error) => error.into(),
        }
    }
}

/// A size of a statement, which has a verifier of its own.
pub(crate) trait Verifiable {
    /// What the verifier is called, and what it expects of the key.
    fn meta(&self) -> Meta;
}

impl Verifiable for size::Size {
    /// `SettlementMVerifier` for size m.
    fn meta(&self) -> Meta {
        Meta {
            name: format!("Settlement{}", capital(self.name)),
            statement: prover::sequencer::STATEMENT.to_owned(),
            size: self.name.to_owned(),
            k: self.k,
            instances: Instance::LEN,
            equal_columns: Vec::new(),
        }
    }
}

impl Verifiable for solvency::Size {
    /// `Solvency8Verifier` for 8 positions.
    fn meta(&self) -> Meta {
        Meta {
            name: format!("Solvency{}", self.name),
            statement: prover::solvency::STATEMENT.to_owned(),
            size: self.name.to_owned(),
            k: self.k,
            instances: witness_gen::statement::solvency::Instance::LEN,
            equal_columns: Vec::new(),
        }
    }
}

impl Verifiable for liquidation::Size {
    /// `LiquidationMVerifier` for size m.
    fn meta(&self) -> Meta {
        Meta {
            name: format!("Liquidation{}", capital(self.name)),
            statement: prover::liquidation::STATEMENT.to_owned(),
            size: self.name.to_owned(),
            k: self.k,
            instances: witness_gen::statement::liquidation::Instance::LEN,
            equal_columns: Vec::new(),
        }
    }
}

impl Verifiable for (Part, risk::Size) {
    /// `RiskSegment64Verifier` for segments of 64 series.
    fn meta(&self) -> Meta {
        let (part, size) = self;
        let name = match part {
            Part::Segment(Unit::Quote) => "RiskSegment",
            Part::Segment(Unit::Coin) => "RiskSegmentInCoin",
            Part::Market => "RiskMarket",
        };
        Meta {
            name: format!("{name}{}", size.name),
            statement: prover::risk::statement(*part).to_owned(),
            size: size.name.to_owned(),
            k: size.k,
            instances: prover::risk::about(*part, size).names.len(),
            equal_columns: match part {
                Part::Market => RISK_MARKET_EMPTY.to_vec(),
                Part::Segment(_) => Vec::new(),
            },
        }
    }
}

/// A size's name with a capital first letter.
fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn ends(setup: &Setup) -> SetupG2 {
    setup.params().into()
}

/// What `keyDigest()` of the verifier returns.
pub(crate) fn digest(keys: &Keys, setup: &Setup, size: &impl Verifiable) -> Result<[u8; 32], Failure> {
    key_digest(keys.pk.get_vk(), &ends(setup), &size.meta()).map_err(|error| EmitError::from(error).into())
}

/// What it takes to put the inverse behind a proof, as the contract wants it.
#[derive(Clone, Debug)]
pub(crate) struct Hinter {
    vk: VerifyingKey<G1Affine>,
    meta: Meta,
}

impl Hinter {
    pub(crate) fn new(keys: &Keys, size: &impl Verifiable) -> Self {
        Self {
            vk: keys.pk.get_vk().clone(),
            meta: size.meta(),
        }
    }

    /// The proof with its inverse; nothing is verified but lengths.
    pub(crate) fn argument(&self, proof: &[u8], instance: &[[u8; 32]]) -> Result<Vec<u8>, Failure> {
        hinted(&self.vk, &self.meta, proof, instance).map_err(|error| Failure::rejected(format!("contract: {error}")))
    }
}

/// The verifier's source.
pub(crate) fn source(keys: &Keys, setup: &Setup, size: &impl Verifiable) -> Result<String, Failure> {
    Ok(emit_solidity(keys.pk.get_vk(), &ends(setup), &size.meta())?)
}

/// The verifier's runtime code: a committed artifact with this key in it, or the source compiled now.
pub(crate) fn runtime(keys: &Keys, setup: &Setup, size: &impl Verifiable) -> Result<Vec<u8>, Failure> {
    let (meta, vk) = (size.meta(), keys.pk.get_vk());
    let contract = format!("{}Verifier", meta.name);
    let artifact = match Artifact::committed(&contract) {
        Ok(artifact) => artifact,
        Err(_) => compile_with_node(&source(keys, setup, size)?, &contract).map_err(|error| {
            Failure::environment(format!(
                "{contract}: expected a committed artifact or a compiler, found {error}"
            ))
        })?,
    };
    Ok(artifact.patch_runtime(vk, &ends(setup), &meta)?)
}

/// A field element as the EVM takes it: 32 bytes, big-endian.
pub(crate) fn word(value: &Fr) -> [u8; 32] {
    let mut bytes = value.to_repr();
    bytes.as_mut().reverse();
    bytes
}

/// The operator's commitment to a batch.
pub(crate) fn commit_calldata(instance: &Instance) -> Vec<u8> {
    let underlyings: Vec<u16> = instance
        .prices
        .iter()
        .flatten()
        .map(|slot| slot.underlying.get())
        .collect();
    venue::commit_settlement(&Settlement {
        batch: instance.batch,
        expiry: instance.expiry.get(),
        close: instance.close,
        underlyings: &underlyings,
        old_state: word(&instance.old_state),
        new_state: word(&instance.new_state),
    })
}

/// The calls that take a batch to the rollup, in order.
#[derive(Clone, Debug)]
pub(crate) struct BatchCalls {
    /// `commitBatch`, the operator's.
    pub(crate) commit: Vec<u8>,
    /// `proveBatches`.
    pub(crate) prove: Vec<u8>,
    /// `executeBatches`.
    pub(crate) execute: Vec<u8>,
}

impl BatchCalls {
    /// Of a settlement and its proof. `selector` names the verifier at the router.
    pub(crate) fn of(instance: &Instance, proof: &[u8], selector: [u8; 4]) -> Self {
        let words: Vec<[u8; 32]> = instance.to_fields().iter().map(word).collect();
        let batch = instance.batch;
        let one = BatchProof {
            selector,
            instance: &words,
            proof,
        };
        Self {
            commit: commit_calldata(instance),
            prove: venue::prove_batches(batch, &[one]),
            execute: venue::execute_batches(batch, &[&words]),
        }
    }
}

/// A chain with a verifier and the contracts of a venue on it.
#[derive(Debug)]
pub(crate) struct Chain {
    evm: Evm,
    hinter: Hinter,
    verifier: Address,
    selector: [u8; 4],
    venue: Venue,
    /// Gas of the verifier's deployment.
    pub(crate) deploy_gas: u64,
    /// Bytes of the verifier's code.
    pub(crate) code_bytes: usize,
}

/// What the chain made of a transaction.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) accepted: bool,
    pub(crate) gas: u64,
    pub(crate) reason: String,
    pub(crate) time: Duration,
}

impl Chain {
    /// Deploys all contracts; `genesis` is the first state root. Batches can be executed as soon as they are proven.
    pub(crate) fn deploy(
        runtime: &[u8],
        hinter: Hinter,
        digest: [u8; 32],
        parameters: &Fr,
        genesis: &Fr,
    ) -> Result<Self, Failure> {
        let mut evm = Evm::default();
        let deployed = evm.deploy(&init_code(runtime)?)?;
        let terms = Terms {
            genesis: word(genesis),
            parameters: word(parameters),
            // No risk round is proven here.
            risk_parameters: word(parameters),
            execution_delay: 0,
            risk_max_age: 3_600,
        };
        let venue = Venue::deploy(&mut evm, &terms)?;
        let added = venue.add_verifier(&mut evm, venue::statement::SETTLEMENT, deployed.address, digest)?;
        if let Some(revert) = added.revert {
            return Err(Failure::internal(format!(
                "router: expected the verifier to be added, found {revert}"
            )));
        }
        Ok(Self {
            evm,
            hinter,
            verifier: deployed.address,
            selector: venue::selector(&digest),
            venue,
            deploy_gas: deployed.gas_used,
            code_bytes: runtime.len(),
        })
    }

    /// The rollup's domain, which the proofs have to carry.
    pub(crate) fn domain(&mut self) -> Result<Fr, Failure> {
        self.field(&venue::domain(), "domain")
    }

    /// The rollup's state root.
    pub(crate) fn state_root(&mut self) -> Result<Fr, Failure> {
        self.field(&venue::state_root(), "state root")
    }

    fn field(&mut self, calldata: &[u8], what: &str) -> Result<Fr, Failure> {
        let outcome = self.evm.call(self.venue.rollup, calldata)?;
        let word: Option<[u8; 32]> = outcome.output.try_into().ok();
        let value = word.and_then(|mut word| {
            word.reverse();
            Option::from(Fr::from_repr(word))
        });
        value.ok_or_else(|| {
            Failure::internal(format!(
                "rollup, {what}: expected a field element, found {:?}",
                outcome.revert
            ))
        })
    }

    /// Posts a settlement price as the oracle.
    pub(crate) fn post_price(&mut self, expiry: u32, underlying: u16, price: u64) -> Result<Answer, Failure> {
        self.send(self.venue.sole, &venue::post_price(expiry, underlying, price))
    }

    /// Takes a batch through the rollup: commitment, proof, execution. The gas is that of the transactions together. A batch whose
    /// proof is refused is taken back, as an operator would.
    pub(crate) fn settle(&mut self, instance: &Instance, proof: &[u8]) -> Result<Answer, Failure> {
        let words: Vec<[u8; 32]> = instance.to_fields().iter().map(word).collect();
        let argument = self.hinter.argument(proof, &words)?;
        let calls = BatchCalls::of(instance, &argument, self.selector);
        let mut answer = self.send(self.venue.rollup, &calls.commit)?;
        for call in [&calls.prove, &calls.execute] {
            if !answer.accepted {
                break;
            }
            let next = self.send(self.venue.rollup, call)?;
            answer = Answer {
                gas: answer.gas + next.gas,
                time: answer.time + next.time,
                ..next
            };
            if !answer.accepted {
                let back = venue::withdraw_batches(instance.batch - 1, &words);
                let back = self.send(self.venue.rollup, &back)?;
                if !back.accepted {
                    let found = back.reason;
                    return Err(Failure::internal(format!(
                        "rollup: expected the batch to be taken back, found {found}"
                    )));
                }
            }
        }
        Ok(answer)
    }

    /// Asks the verifier alone.
    pub(crate) fn verify(&mut self, proof: &[u8], instance: &[[u8; 32]]) -> Result<Answer, Failure> {
        let argument = self.hinter.argument(proof, instance)?;
        self.send(self.verifier, &calldata::verify(&argument, instance))
    }

    fn send(&mut self, to: Address, calldata: &[u8]) -> Result<Answer, Failure> {
        let started = Instant::now();
        let CallOutcome {
            success,
            gas_used,
            revert,
            ..
        } = self.evm.call(to, calldata)?;
        let reason = revert.map_or_else(String::new, |revert| plain(&revert.to_string()));
        Ok(Answer {
            accepted: success,
            gas: gas_used,
            reason,
            time: started.elapsed(),
        })
    }
}

/// The verifier of a key by itself, on a chain of its own.
#[derive(Debug)]
pub(crate) struct Alone {
    evm: Evm,
    hinter: Hinter,
    address: Address,
}

impl Alone {
    /// Deploys the verifier.
    pub(crate) fn deploy(out: Output, keys: &Keys, setup: &Setup, size: &impl Verifiable) -> Result<Self, Failure> {
        let spinner = out.spinner("compiling the verifier");
        let runtime = runtime(keys, setup, size)?;
        drop(spinner);
        let mut evm = Evm::default();
        let address = evm.deploy(&init_code(&runtime)?)?.address;
        Ok(Self {
            evm,
            hinter: Hinter::new(keys, size),
            address,
        })
    }

    /// The gas of a whole transaction that verifies a proof.
    pub(crate) fn verify(&mut self, file: &ProofFile) -> Result<u64, Failure> {
        let words: Vec<[u8; 32]> = file.values().iter().map(word).collect();
        let argument = self.hinter.argument(&file.proof, &words)?;
        let outcome = self.evm.call(self.address, &calldata::verify(&argument, &words))?;
        if outcome.success {
            return Ok(outcome.gas_used);
        }
        let reason = outcome
            .revert
            .map_or_else(String::new, |revert| plain(&revert.to_string()));
        Err(Failure::rejected(format!(
            "contract: expected the proof to be accepted, found {reason}"
        )))
    }
}

/// `Name(Name { field: 1 })` as `Name { field: 1 }`.
fn plain(reason: &str) -> String {
    let inner = reason.split_once('(').filter(|(name, rest)| rest.starts_with(name));
    inner
        .and_then(|(_, rest)| rest.strip_suffix(')'))
        .unwrap_or(reason)
        .to_owned()
}
