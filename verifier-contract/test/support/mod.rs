//! What the tests share: circuits, a prover, a Rust verifier, committed artifacts, node.

#![allow(dead_code, unreachable_pub)]

pub mod plonkish;
pub mod proven;
pub mod statement;
pub mod synthetic;

use std::path::PathBuf;

use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::{Bn256, Fr, G1Affine};
use halo2_proofs::plonk::{Circuit, ProvingKey, VerifyingKey, create_proof, keygen_pk, keygen_vk, verify_proof};
use halo2_proofs::poly::kzg::commitment::{KZGCommitmentScheme, ParamsKZG};
use halo2_proofs::poly::kzg::multiopen::{ProverSHPLONK, VerifierSHPLONK};
use halo2_proofs::poly::kzg::strategy::SingleStrategy;
use prover::transcript::{Challenge, EvmRead, EvmWrite, scalar_bytes};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use verifier_contract::calldata::Revert;
use verifier_contract::evm::{Address, CallOutcome, Evm};
use verifier_contract::{Artifact, CompileError, Meta, SetupG2, calldata};

/// A setup, keys and a circuit with its witness.
pub struct Fixture<C> {
    pub params: ParamsKZG<Bn256>,
    pub pk: ProvingKey<G1Affine>,
    pub circuit: C,
    pub instance: Vec<Fr>,
    pub meta: Meta,
}

impl Fixture<synthetic::Synthetic> {
    /// The circuit that resembles the real ones. Another seed is another setup, with other fixed columns and another witness.
    pub fn synthetic(seed: u64) -> Self {
        let circuit = synthetic::Synthetic::new(seed, seed + 1);
        let instance = circuit.instance.clone();
        Self::new(seed, synthetic::K, circuit, instance, "Synthetic")
    }
}

impl Fixture<plonkish::Plonkish> {
    /// The circuit with copy constraints and lookups. Its two selectors are on in the same rows.
    pub fn plonkish(seed: u64) -> Self {
        let circuit = plonkish::Plonkish { seed };
        let instance = circuit.instance();
        let mut fixture = Self::new(seed, plonkish::K, circuit, instance, "Plonkish");
        fixture.meta.equal_columns = vec![(3, 4)];
        fixture
    }
}

impl<C: Circuit<Fr> + Clone> Fixture<C> {
    pub fn new(seed: u64, k: u32, circuit: C, instance: Vec<Fr>, name: &str) -> Self {
        let params = ParamsKZG::<Bn256>::setup(k, ChaCha20Rng::seed_from_u64(seed));
        let vk = keygen_vk(&params, &circuit).unwrap();
        let pk = keygen_pk(&params, vk, &circuit).unwrap();
        let meta = Meta {
            name: name.into(),
            statement: name.to_lowercase(),
            size: "test".into(),
            k,
            instances: instance.len(),
            equal_columns: Vec::new(),
        };
        Self {
            params,
            pk,
            circuit,
            instance,
            meta,
        }
    }

    pub fn vk(&self) -> &VerifyingKey<G1Affine> {
        self.pk.get_vk()
    }

    pub fn setup(&self) -> SetupG2 {
        SetupG2::from(&self.params)
    }

    pub fn contract(&self) -> String {
        format!("{}Verifier", self.meta.name)
    }

    pub fn source(&self) -> String {
        verifier_contract::emit_solidity(self.vk(), &self.setup(), &self.meta).unwrap()
    }

    /// The committed artifact of this circuit.
    pub fn golden(&self) -> Artifact {
        let path = golden_path(&self.contract());
        Artifact::from_json(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    /// The committed artifact with this key.
    pub fn runtime(&self) -> Vec<u8> {
        self.golden()
            .patch_runtime(self.vk(), &self.setup(), &self.meta)
            .unwrap()
    }

    pub fn prove(&self) -> Vec<u8> {
        let mut transcript = EvmWrite::new();
        create_proof::<KZGCommitmentScheme<Bn256>, ProverSHPLONK<'_, Bn256>, Challenge, _, _, _>(
            &self.params,
            &self.pk,
            std::slice::from_ref(&self.circuit),
            &[&[&self.instance]],
            ChaCha20Rng::seed_from_u64(1),
            &mut transcript,
        )
        .unwrap();
        transcript.into_proof()
    }

    /// The proof as the contract takes it, with the inverse behind it; a proof of another length with zeros.
    pub fn argument(&self, proof: &[u8], instance: &[[u8; 32]]) -> Vec<u8> {
        let hinted = verifier_contract::hinted(self.vk(), &self.meta, proof, instance);
        hinted.unwrap_or_else(|_| [proof, &[0; 32]].concat())
    }

    /// The Rust verdict: lengths, canonical values, the strict transcript, the library's verifier.
    pub fn accepts(&self, proof: &[u8], instance: &[[u8; 32]]) -> bool {
        let values: Option<Vec<Fr>> = instance.iter().map(field).collect();
        let Some(values) = values.filter(|values| values.len() == self.meta.instances) else {
            return false;
        };
        let mut transcript = EvmRead::new(proof);
        verify_proof::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'_, Bn256>, Challenge, _, _>(
            &self.params,
            self.vk(),
            SingleStrategy::new(&self.params),
            &[&[&values]],
            &mut transcript,
        )
        .is_ok()
            && transcript.finish().is_ok()
    }

    pub fn instance_words(&self) -> Vec<[u8; 32]> {
        self.instance.iter().map(scalar_bytes).collect()
    }
}

/// A verifier in an EVM.
#[derive(Clone)]
pub struct Deployed {
    pub evm: Evm,
    pub address: Address,
}

impl Deployed {
    pub fn new(runtime: &[u8]) -> Self {
        let mut evm = Evm::default();
        let address = evm.install(runtime);
        Self { evm, address }
    }

    pub fn verify(&mut self, proof: &[u8], instance: &[[u8; 32]]) -> CallOutcome {
        self.call(&calldata::verify(proof, instance))
    }

    /// The points that `accumulate` returns, or why it does not.
    #[allow(clippy::result_large_err, reason = "a test: one error, looked at once")]
    pub fn accumulate(&mut self, proof: &[u8], instance: &[[u8; 32]]) -> Result<[[u8; 32]; 4], Option<Revert>> {
        let outcome = self.call(&calldata::accumulate(proof, instance));
        if !outcome.success {
            return Err(outcome.revert);
        }
        let words: Vec<[u8; 32]> = outcome.output.chunks(32).map(|word| word.try_into().unwrap()).collect();
        Ok(words.try_into().unwrap())
    }

    pub fn call(&mut self, data: &[u8]) -> CallOutcome {
        self.evm.call(self.address, data).unwrap()
    }
}

fn field(word: &[u8; 32]) -> Option<Fr> {
    let mut bytes = *word;
    bytes.reverse();
    Fr::from_repr(bytes).into()
}

/// Gas is bounded: a call with changed arguments takes 120 % of an honest one at most.
pub fn is_bounded(gas: u64, honest: u64) -> bool {
    100 * gas <= 120 * honest
}

pub fn golden_path(contract: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("test/golden/{contract}.json"))
}

/// Passes without node unless `ZKSETTLE_REQUIRE_NODE=1`, and says that it did.
pub fn or_skip<T>(result: Result<T, CompileError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error @ (CompileError::NoNode(_) | CompileError::NoSolc { .. })) => {
            let required = std::env::var("ZKSETTLE_REQUIRE_NODE").as_deref() == Ok("1");
            assert!(!required, "{error}");
            println!("skipped: 1 check that needs node ({error})");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Prints what a call cost, in parts.
pub fn print_gas(title: &str, calldata: &[u8], outcome: &CallOutcome) {
    let zeros = calldata.iter().filter(|byte| **byte == 0).count() as u64;
    let data = 4 * zeros + 16 * (calldata.len() as u64 - zeros);
    println!(
        "{title}: {} gas, {} bytes of calldata",
        outcome.gas_used,
        calldata.len()
    );
    println!("  {:>8}  transaction", 21_000);
    println!("  {data:>8}  calldata");
    let mut rest = outcome.gas_used - 21_000 - data;
    for (address, used) in &outcome.precompiles {
        let name = match address {
            5 => "modular exponentiation",
            6 => "point additions",
            7 => "scalar multiplications",
            8 => "pairings",
            _ => "other precompiles",
        };
        println!("  {:>8}  {} {name}", used.gas, used.calls);
        rest -= used.gas;
    }
    println!("  {rest:>8}  everything else");
}
