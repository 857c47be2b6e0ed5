//! What the tests share: circuits, a prover, a Rust verifier, node.

#![allow(dead_code, unreachable_pub)]

pub mod synthetic;
#[path = "../../../prover/src/transcript.rs"]
pub mod transcript;

use halo2_proofs::halo2curves::bn256::{Bn256, Fr, G1Affine};
use halo2_proofs::plonk::{Circuit, ProvingKey, VerifyingKey, create_proof, keygen_pk, keygen_vk, verify_proof};
use halo2_proofs::poly::kzg::commitment::{KZGCommitmentScheme, ParamsKZG};
use halo2_proofs::poly::kzg::multiopen::{ProverSHPLONK, VerifierSHPLONK};
use halo2_proofs::poly::kzg::strategy::SingleStrategy;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use transcript::{Challenge, EvmRead, EvmWrite, scalar_bytes};
use verifier_contract::{CompileError, Meta, SetupG2};

pub struct Fixture<C> {
    pub params: ParamsKZG<Bn256>,
    pub pk: ProvingKey<G1Affine>,
    pub circuit: C,
    pub instance: Vec<Fr>,
    pub meta: Meta,
}

impl<C: Circuit<Fr> + Clone> Fixture<C> {
    pub fn new(secret_seed: u64, k: u32, circuit: C, instance: Vec<Fr>, name: &str) -> Self {
        let params = ParamsKZG::<Bn256>::setup(k, ChaCha20Rng::seed_from_u64(secret_seed));
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
        Self { params, pk, circuit, instance, meta }
    }

    pub fn vk(&self) -> &VerifyingKey<G1Affine> {
        self.pk.get_vk()
    }

    pub fn setup(&self) -> SetupG2 {
        SetupG2::from(&self.params)
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

    /// The Rust verdict: the strict transcript, then the library's verifier.
    pub fn accepts(&self, proof: &[u8], instance: &[Fr]) -> bool {
        if instance.len() != self.meta.instances {
            return false;
        }
        let mut transcript = EvmRead::new(proof);
        let strategy = SingleStrategy::new(&self.params);
        verify_proof::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'_, Bn256>, Challenge, _, _>(
            &self.params,
            self.vk(),
            strategy,
            &[&[instance]],
            &mut transcript,
        )
        .is_ok()
            && transcript.finish().is_ok()
    }

    pub fn instance_words(&self) -> Vec<[u8; 32]> {
        self.instance.iter().map(scalar_bytes).collect()
    }
}

/// Skips without node unless `ZKSETTLE_REQUIRE_NODE=1`: prints the count of what was skipped.
pub fn or_skip<T>(result: Result<T, CompileError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error @ (CompileError::NoNode(_) | CompileError::NoSolc { .. }))
            if std::env::var("ZKSETTLE_REQUIRE_NODE").as_deref() != Ok("1") =>
        {
            println!("skipped: 1 test that needs node ({error})");
            None
        }
        Err(error) => panic!("{error}"),
    }
}
