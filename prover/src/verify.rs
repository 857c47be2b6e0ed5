//! The strict verifier: one instance length, one proof length, one encoding of every proof.
//!
//! The library's `verify_proof` leaves three doors open that this one closes: it accepts trailing bytes, it does not check the
//! length of the instance, and its own transcript takes several encodings of one point. Here the proof is read by
//! [`EvmRead`], whose encoding is unique, and its length is compared first.

use halo2_proofs::halo2curves::bn256::{Bn256, Fr, G1Affine};
use halo2_proofs::plonk::{VerifyingKey, verify_proof};
use halo2_proofs::poly::kzg::commitment::KZGCommitmentScheme;
use halo2_proofs::poly::kzg::multiopen::VerifierSHPLONK;
use halo2_proofs::poly::kzg::strategy::SingleStrategy;

pub use crate::error::VerifyError;
use crate::srs::Setup;
use crate::transcript::{Challenge, EvmRead, POINT_BYTES, SCALAR_BYTES, TranscriptError};

/// What a verifier has to know of a statement: the key of the circuit and the number of public inputs, which the key alone
/// does not tell.
#[derive(Clone, Copy)]
pub struct VerifierKey<'a> {
    /// The library's verifying key.
    pub vk: &'a VerifyingKey<G1Affine>,
    /// Public inputs, exactly.
    pub instance_len: usize,
}

impl std::fmt::Debug for VerifierKey<'_> {
    /// Without the key's constraint system.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifierKey")
            .field("transcript_repr", &self.vk.transcript_repr())
            .field("instance_len", &self.instance_len)
            .finish_non_exhaustive()
    }
}

/// How many items a proof holds, in the order they stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ProofShape {
    /// Commitments before the evaluations: advice, lookups, products, the random polynomial, the quotient.
    pub commitments: usize,
    /// Evaluations at the challenge point.
    pub evaluations: usize,
    /// Points of the SHPLONK opening.
    pub opening: usize,
}

impl ProofShape {
    /// The shape of every proof under `vk`.
    pub fn of(vk: &VerifyingKey<G1Affine>) -> Self {
        let cs = vk.cs();
        let quotient_pieces = vk.get_domain().get_quotient_poly_degree();
        let lookups = cs.lookups().len();
        let permuted = cs.permutation().get_columns().len();
        // A product argument holds `degree - 2` columns, and degree = pieces + 1. The divisor is at least 1: a key has
        // degree 3 or more, and no division takes place for the empty permutation.
        let products = permuted.div_ceil(quotient_pieces.saturating_sub(1).max(1));

        let random = 1;
        let commitments = cs.num_advice_columns() + 3 * lookups + products + random + quotient_pieces;
        let product_evaluations = (3 * products).saturating_sub(1);
        let evaluations = cs.advice_queries().len()
            + cs.fixed_queries().len()
            + random
            + permuted
            + product_evaluations
            + 5 * lookups;
        Self {
            commitments,
            evaluations,
            opening: 2,
        }
    }

    /// Bytes of the proof.
    pub fn bytes(&self) -> usize {
        (self.commitments + self.opening) * POINT_BYTES + self.evaluations * SCALAR_BYTES
    }
}

/// The length in bytes of every proof under `vk`.
pub fn expected_proof_len(vk: &VerifyingKey<G1Affine>) -> usize {
    ProofShape::of(vk).bytes()
}

/// Accepts `proof` if it proves `instance` under `key`, and only in its one encoding.
///
/// Lengths first, then every point and scalar as it is read, then the equation. The instance is a list of field elements, so
/// its canonical form is the caller's matter: [`crate::proof_file`] and the contract refuse values not below r.
pub fn verify(setup: &Setup, key: VerifierKey<'_>, instance: &[Fr], proof: &[u8]) -> Result<(), VerifyError> {
    check_lengths(setup, key, instance, proof)?;
    let mut transcript = EvmRead::new(proof);
    let verdict = verify_proof::<
        KZGCommitmentScheme<Bn256>,
        VerifierSHPLONK<'_, Bn256>,
        Challenge,
        EvmRead<'_>,
        SingleStrategy<'_, Bn256>,
    >(
        setup.params(),
        key.vk,
        SingleStrategy::new(setup.params()),
        &[&[instance]],
        &mut transcript,
    );
    match verdict {
        Ok(()) => transcript.finish().map_err(malformed),
        // A malformed item is reported as such, not as the rejection it led to.
        Err(_) => Err(transcript.failure().cloned().map_or(VerifyError::Rejected, malformed)),
    }
}

fn check_lengths(setup: &Setup, key: VerifierKey<'_>, instance: &[Fr], proof: &[u8]) -> Result<(), VerifyError> {
    let (expected, found) = (key.vk.get_domain().k(), setup.k());
    if expected != found {
        return Err(VerifyError::WrongSetup { expected, found });
    }
    let (expected, found) = (key.instance_len, instance.len());
    if expected != found {
        return Err(VerifyError::InstanceLength { expected, found });
    }
    let (expected, found) = (expected_proof_len(key.vk), proof.len());
    if expected != found {
        return Err(VerifyError::WrongLength { expected, found });
    }
    Ok(())
}

fn malformed(error: TranscriptError) -> VerifyError {
    match error {
        TranscriptError::ScalarNotCanonical { offset, found }
        | TranscriptError::CoordinateNotCanonical { offset, found } => VerifyError::NotCanonical { offset, found },
        TranscriptError::NotOnCurve { offset } => VerifyError::NotOnCurve { offset },
        TranscriptError::Infinity { offset } => VerifyError::Infinity { offset },
        TranscriptError::Truncated {
            offset,
            expected,
            found,
        } => VerifyError::WrongLength {
            expected: offset + expected,
            found: offset + found,
        },
        TranscriptError::Trailing { expected, found } => VerifyError::WrongLength { expected, found },
    }
}
