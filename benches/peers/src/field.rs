//! Field elements between the libraries and in files.

use ark_ff::{BigInteger, PrimeField};
use ff::PrimeField as _;
use halo2_proofs::halo2curves::bn256::Fr;
use num_bigint::BigUint;

use crate::poseidon::F;

/// Of halo2's type.
pub(crate) fn to_halo2(value: &F) -> Fr {
    let mut repr = <Fr as ff::PrimeField>::Repr::default();
    repr.as_mut().copy_from_slice(&value.into_bigint().to_bytes_le());
    Option::from(Fr::from_repr(repr)).expect("both libraries have the same modulus")
}

/// Of arkworks' type.
pub(crate) fn to_ark(value: &Fr) -> F {
    F::from_le_bytes_mod_order(value.to_repr().as_ref())
}

/// Decimal, as Noir, circom and the job's file have it.
pub(crate) fn decimal(value: &F) -> String {
    BigUint::from(value.into_bigint()).to_string()
}

/// `value` as a field element: negative amounts are `r - |value|`.
pub(crate) fn signed(value: i128) -> F {
    F::from(value)
}

/// Decimal strings in the job's file.
pub(crate) mod text {
    use super::{F, decimal};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(value: &F, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&decimal(value))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<F, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|()| D::Error::custom("expected a decimal field element"))
    }
}

/// Lists of them.
pub(crate) mod texts {
    use super::{F, decimal};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(value: &[Vec<F>], serializer: S) -> Result<S::Ok, S::Error> {
        let lists: Vec<Vec<String>> = value.iter().map(|list| list.iter().map(decimal).collect()).collect();
        lists.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<F>>, D::Error> {
        let lists = Vec::<Vec<String>>::deserialize(deserializer)?;
        let parse = |text: String| {
            text.parse()
                .map_err(|()| D::Error::custom("expected a decimal field element"))
        };
        lists
            .into_iter()
            .map(|list| list.into_iter().map(parse).collect())
            .collect()
    }
}
