//! The library's own prover: `create_proof` with KZG and SHPLONK.

use halo2_proofs::halo2curves::bn256::{Bn256, Fr};
use halo2_proofs::plonk::{Circuit, create_proof};
use halo2_proofs::poly::kzg::commitment::KZGCommitmentScheme;
use halo2_proofs::poly::kzg::multiopen::ProverSHPLONK;
use rand::rngs::OsRng;

use super::{Backend, ProveError};
use crate::keys::Keys;
use crate::srs::Setup;
use crate::transcript::{Challenge, EvmWrite};

/// The library's prover, with randomness from the operating system.
///
/// Its random polynomial comes from the thread's generator whatever is passed in, so two proofs of one witness always
/// differ, and no seed makes them equal.
#[derive(Clone, Copy, Debug)]
pub struct Stock;

impl Backend for Stock {
    fn name(&self) -> &'static str {
        "stock"
    }

    fn create<C: Circuit<Fr>>(
        &self,
        setup: &Setup,
        keys: &Keys,
        circuit: &C,
        instance: &[Fr],
    ) -> Result<Vec<u8>, ProveError> {
        let mut transcript = EvmWrite::new();
        create_proof::<KZGCommitmentScheme<Bn256>, ProverSHPLONK<'_, Bn256>, Challenge, OsRng, EvmWrite, C>(
            setup.params(),
            &keys.pk,
            std::slice::from_ref(circuit),
            &[&[instance]],
            OsRng,
            &mut transcript,
        )
        .map_err(|source| ProveError::Halo2 {
            backend: self.name(),
            source,
        })?;
        Ok(transcript.into_proof())
    }
}
