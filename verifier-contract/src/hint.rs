//! The inverse that goes behind a proof: of the product of all denominators that the contract meets.
//!
//! The contract would spend more than 4,000 gas on the inversion, and spends some 600 on being told and checking. The word
//! follows from the proof and its instance, so whoever sends a proof can compute it; there is one that the contract accepts.

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::plonk::VerifyingKey;
use sha3::{Digest, Keccak256};

use crate::Meta;
use crate::error::{EmitError, HintError};
use crate::plan::{Denominator, Plan};
use crate::shape::Shape;

const WORD: usize = 32;
const POINT: usize = 64;

/// The proof as the contract takes it: with the inverse behind it.
///
/// The proof is not verified. `instances` holds the words of the instance, big-endian.
pub fn hinted(
    vk: &VerifyingKey<G1Affine>,
    meta: &Meta,
    proof: &[u8],
    instances: &[[u8; WORD]],
) -> Result<Vec<u8>, HintError> {
    let mut bytes = proof.to_vec();
    bytes.extend(hint(vk, meta, proof, instances)?);
    Ok(bytes)
}

/// The inverse alone, big-endian; 0 where a denominator is 0, which the contract refuses.
pub fn hint(
    vk: &VerifyingKey<G1Affine>,
    meta: &Meta,
    proof: &[u8],
    instances: &[[u8; WORD]],
) -> Result<[u8; WORD], HintError> {
    let shape = Shape::of(vk, meta.instances).map_err(EmitError::from)?;
    let (expected, found) = (shape.proof_length(), proof.len());
    if expected != found {
        return Err(HintError::ProofLength { expected, found });
    }
    let (expected, found) = (shape.instances, instances.len());
    if expected != found {
        return Err(HintError::InstanceLength { expected, found });
    }
    let (x, u) = challenges(vk, &shape, proof, instances);
    let inverse = product(&shape, x, u).invert().unwrap_or(Fr::ZERO);
    Ok(big_endian(inverse))
}

/// The transcript as far as it leads to x and u.
fn challenges(vk: &VerifyingKey<G1Affine>, shape: &Shape, proof: &[u8], instances: &[[u8; WORD]]) -> (Fr, Fr) {
    let mut sponge = Sponge {
        buffer: big_endian(vk.transcript_repr()).to_vec(),
        rest: proof,
    };
    instances.iter().for_each(|word| sponge.buffer.extend(word));
    for phase in &shape.phases {
        sponge.absorb(POINT * phase.advice.len());
        phase.challenges.iter().for_each(|_| {
            sponge.squeeze();
        });
    }
    sponge.squeeze();
    sponge.absorb(2 * POINT * shape.lookups);
    sponge.squeeze();
    sponge.squeeze();
    // Products, the random polynomial.
    sponge.absorb(POINT * (shape.permutation.len() + shape.lookups + 1));
    sponge.squeeze();
    sponge.absorb(POINT * shape.quotient_pieces);
    let x = sponge.squeeze();
    sponge.absorb(WORD * shape.evaluations.len());
    sponge.squeeze();
    sponge.squeeze();
    sponge.absorb(POINT);
    (x, sponge.squeeze())
}

/// What was absorbed since the last challenge, behind that challenge's hash, and what is still to be read.
struct Sponge<'p> {
    buffer: Vec<u8>,
    rest: &'p [u8],
}

impl Sponge<'_> {
    /// The caller has compared the proof's length, which is the sum of what is absorbed and two words more.
    fn absorb(&mut self, bytes: usize) {
        let (next, rest) = self.rest.split_at(bytes);
        self.buffer.extend(next);
        self.rest = rest;
    }

    fn squeeze(&mut self) -> Fr {
        if self.buffer.len() == WORD {
            self.buffer.push(1);
        }
        let hash: [u8; WORD] = Keccak256::digest(&self.buffer).into();
        self.buffer = hash.to_vec();
        let mut wide = [0; 2 * WORD];
        wide[..WORD].copy_from_slice(&hash);
        wide[..WORD].reverse();
        <Fr as ff::FromUniformBytes<64>>::from_uniform_bytes(&wide)
    }
}

/// The product of all denominators and of the first set's, which must not be 0 either.
fn product(shape: &Shape, x: Fr, u: Fr) -> Fr {
    let plan = Plan::of(shape);
    let power = |exponent: i64| {
        let exponent = exponent.rem_euclid(1 << shape.k);
        shape.omega.pow_vartime([exponent.unsigned_abs()])
    };
    let vanishing = |rotations: &[i32]| -> Fr { rotations.iter().map(|&r| u - x * power(r.into())).product() };
    let row = |row: i64| x * power(-row) - Fr::ONE;
    let value = |denominator| match denominator {
        Denominator::Set(i) => vanishing(&shape.sets[i].rotations),
        Denominator::Union => vanishing(&plan.union),
        Denominator::Power => x.pow_vartime([plan.top as u64]),
        Denominator::Row(i) => row(i.into()),
        Denominator::Blinded => (i64::from(shape.last_rotation()) + 1..0).map(row).product(),
        Denominator::Instance => (0..shape.instances as i64).map(row).product(),
        Denominator::Vanishing => x.pow_vartime([1 << shape.k]) - Fr::ONE,
    };
    let first: Fr = vanishing(&shape.sets[0].rotations);
    first * plan.denominators(shape).into_iter().map(value).product::<Fr>()
}

fn big_endian(value: Fr) -> [u8; WORD] {
    let mut bytes = value.to_repr();
    bytes.reverse();
    bytes
}
