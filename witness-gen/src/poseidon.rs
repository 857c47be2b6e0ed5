//! `H`: Poseidon over BN254 Fr with circomlib constants, state (0, inputs), output word 0.
//!
//! Width 5 (four inputs) is the only width that commitments use; [`hash_n`] serves the published vectors.

use std::cell::RefCell;

use ark_ff::{BigInt, PrimeField as _};
use ff::PrimeField as _;
use halo2curves::bn256::Fr;
use light_poseidon::{Poseidon, PoseidonHasher};
use thiserror::Error;

use crate::units::fr_limbs;

/// The widest hash of the library, in inputs.
pub const MAX_INPUTS: usize = 12;

/// A number of inputs that the library has no constants for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("poseidon: expected 1 to {MAX_INPUTS} inputs, found {found}")]
pub struct ArityError {
    /// The number of inputs that was given.
    pub found: usize,
}

type Hasher = Poseidon<ark_bn254::Fr>;

thread_local! {
    // The library's hasher is a mutable sponge with its constants inside; one a thread and width.
    static HASHERS: RefCell<[Option<Hasher>; MAX_INPUTS + 1]> = const { RefCell::new([const { None }; MAX_INPUTS + 1]) };
}

/// H(a, b, c, d).
pub fn hash4(inputs: [Fr; 4]) -> Fr {
    hash_n(&inputs).expect("4 inputs lie in 1..=MAX_INPUTS")
}

/// Poseidon of 1 to 12 inputs (width = inputs + 1), circomlib constants.
pub fn hash_n(inputs: &[Fr]) -> Result<Fr, ArityError> {
    let arity = inputs.len();
    if !(1..=MAX_INPUTS).contains(&arity) {
        return Err(ArityError { found: arity });
    }
    let mut converted = [ark_bn254::Fr::from(0u64); MAX_INPUTS];
    for (to, from) in converted.iter_mut().zip(inputs) {
        *to = to_ark(from);
    }
    HASHERS.with_borrow_mut(|hashers| {
        let hasher = match &mut hashers[arity] {
            Some(hasher) => hasher,
            empty => empty.insert(Hasher::new_circom(arity).map_err(|_| ArityError { found: arity })?),
        };
        hasher
            .hash(&converted[..arity])
            .map(|out| from_ark(&out))
            .map_err(|_| ArityError { found: arity })
    })
}

fn to_ark(value: &Fr) -> ark_bn254::Fr {
    ark_bn254::Fr::from_bigint(BigInt::new(fr_limbs(value))).expect("a canonical Fr is below the shared modulus")
}

fn from_ark(value: &ark_bn254::Fr) -> Fr {
    let mut repr = <Fr as ff::PrimeField>::Repr::default();
    for (chunk, limb) in repr.as_mut().chunks_exact_mut(8).zip(value.into_bigint().0) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
    Option::from(Fr::from_repr(repr)).expect("a canonical ark Fr is below the shared modulus")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values() {
        let hex = |hash: Fr| format!("{hash:?}");
        let of = |inputs: &[u64]| {
            let inputs: Vec<Fr> = inputs.iter().copied().map(Fr::from).collect();
            hex(hash_n(&inputs).expect("1 to 12 inputs"))
        };
        assert_eq!(
            of(&[1, 2]),
            "0x115cc0f5e7d690413df64c6b9662e9cf2a3617f2743245519e19607a4417189a"
        );
        assert_eq!(
            of(&[1, 2, 3, 4]),
            "0x299c867db6c1fdd79dcefa40e4510b9837e60ebb1ce0663dbaa525df65250465"
        );
    }
}
