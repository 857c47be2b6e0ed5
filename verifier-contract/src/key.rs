//! The words of a verifier that depend on the key and the setup, and the checks a key must pass.

use ff::PrimeField;
use halo2_proofs::halo2curves::CurveAffine;
use halo2_proofs::halo2curves::bn256::{Bn256, Fq, Fr, G1Affine, G2Affine};
use halo2_proofs::halo2curves::group::cofactor::CofactorGroup;
use halo2_proofs::halo2curves::group::prime::PrimeCurveAffine;
use halo2_proofs::plonk::VerifyingKey;
use halo2_proofs::poly::kzg::commitment::ParamsKZG;
use sha3::{Digest, Keccak256};

use crate::Meta;
use crate::error::KeyError;
use crate::shape::Poly;

/// The two points of a setup that a verifier needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetupG2 {
    /// The generator of G2.
    pub g2: G2Affine,
    /// The generator times the secret.
    pub s_g2: G2Affine,
}

impl From<&ParamsKZG<Bn256>> for SetupG2 {
    fn from(params: &ParamsKZG<Bn256>) -> Self {
        Self {
            g2: params.g2(),
            s_g2: params.s_g2(),
        }
    }
}

/// A word of the contract that depends on the key, by the name of the immutable that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyWord {
    /// Name of the immutable.
    pub name: String,
    /// Big-endian value.
    pub value: [u8; 32],
}

/// Name of the immutable that holds the digest of all others.
pub const DIGEST_NAME: &str = "KEY_DIGEST";

/// The words of the contract that depend on the key, in the order of the contract: the digest first.
///
/// Order after the digest: the transcript representation of the key (a hash of the whole circuit and of all commitments),
/// fixed commitments, permutation commitments, s·G2. Points as x, y; coordinates over Fp2 with the imaginary part first,
/// as the pairing precompile has them.
pub fn key_words(vk: &VerifyingKey<G1Affine>, setup: &SetupG2, meta: &Meta) -> Result<Vec<KeyWord>, KeyError> {
    check(vk, setup, meta)?;
    let mut words = vec![KeyWord {
        name: "TRANSCRIPT_REPR".into(),
        value: reversed(vk.transcript_repr().to_repr()),
    }];
    for (poly, point) in commitments(vk) {
        let [x, y] = [point.x, point.y].map(coordinate);
        for (axis, value) in [("X", x), ("Y", y)] {
            let name = format!("{}_{axis}", poly.name());
            words.push(KeyWord { name, value });
        }
    }
    let point = setup.s_g2;
    let parts = [
        ("X_IM", point.x.c1),
        ("X_RE", point.x.c0),
        ("Y_IM", point.y.c1),
        ("Y_RE", point.y.c0),
    ];
    words.extend(parts.map(|(part, value)| KeyWord {
        name: format!("S_G2_{part}"),
        value: coordinate(value),
    }));
    let digest = KeyWord {
        name: DIGEST_NAME.into(),
        value: digest(vk, setup),
    };
    words.insert(0, digest);
    Ok(words)
}

/// Keccak-256 over 32-byte big-endian words: transcript representation, x and y of every fixed commitment, k, s·G2, G2.
/// Permutation commitments are in the transcript representation. It is the name that the prover library gives the key.
fn digest(vk: &VerifyingKey<G1Affine>, setup: &SetupG2) -> [u8; 32] {
    let mut hash = Keccak256::new();
    hash.update(reversed(vk.transcript_repr().to_repr()));
    for point in vk.fixed_commitments() {
        hash.update(coordinate(point.x));
        hash.update(coordinate(point.y));
    }
    hash.update(reversed(Fr::from(u64::from(vk.get_domain().k())).to_repr()));
    for point in [setup.s_g2, setup.g2] {
        for part in [point.x.c1, point.x.c0, point.y.c1, point.y.c0] {
            hash.update(coordinate(part));
        }
    }
    hash.finalize().into()
}

/// What `keyDigest()` of the contract returns.
pub fn key_digest(vk: &VerifyingKey<G1Affine>, setup: &SetupG2, meta: &Meta) -> Result<[u8; 32], KeyError> {
    Ok(key_words(vk, setup, meta)?[0].value)
}

/// The commitments of the key in the order of the contract.
pub(crate) fn commitments(vk: &VerifyingKey<G1Affine>) -> Vec<(Poly, G1Affine)> {
    let fixed = vk.fixed_commitments().iter().enumerate();
    let permutation = vk.permutation().commitments().iter().enumerate();
    fixed
        .map(|(i, point)| (Poly::Fixed(i), *point))
        .chain(permutation.map(|(i, point)| (Poly::PermutationCommon(i), *point)))
        .collect()
}

fn check(vk: &VerifyingKey<G1Affine>, setup: &SetupG2, meta: &Meta) -> Result<(), KeyError> {
    let k = vk.get_domain().k();
    if k != meta.k {
        return Err(KeyError::WrongSize {
            expected: meta.k,
            found: k,
        });
    }
    let (expected, found) = (vk.cs().num_fixed_columns(), vk.fixed_commitments().len());
    if expected != found {
        return Err(KeyError::WrongCommitmentCount { expected, found });
    }
    if vk.transcript_repr() == Fr::from(0) {
        return Err(KeyError::ZeroTranscriptRepr);
    }
    check_commitments(&commitments(vk), &meta.equal_columns)?;
    check_setup(setup)
}

fn check_commitments(commitments: &[(Poly, G1Affine)], expected_equal: &[(usize, usize)]) -> Result<(), KeyError> {
    let generator = G1Affine::generator();
    let mut pairs = Vec::new();
    for (i, (poly, point)) in commitments.iter().enumerate() {
        let name = poly.name();
        if bool::from(point.is_identity()) {
            if expected(*poly, *poly, expected_equal) {
                continue;
            }
            return Err(KeyError::Infinity { name });
        }
        if !bool::from(point.is_on_curve()) {
            return Err(KeyError::NotOnCurve { name });
        }
        if point.x == generator.x {
            return Err(KeyError::Generator { name });
        }
        for (other, earlier) in &commitments[..i] {
            if earlier.x == point.x && !expected(*other, *poly, expected_equal) {
                pairs.push((other.name(), name.clone()));
            }
        }
    }
    if pairs.is_empty() {
        Ok(())
    } else {
        Err(KeyError::Duplicates { pairs })
    }
}

fn expected(a: Poly, b: Poly, equal: &[(usize, usize)]) -> bool {
    match (a, b) {
        (Poly::Fixed(a), Poly::Fixed(b)) => equal.contains(&(a, b)) || equal.contains(&(b, a)),
        _ => false,
    }
}

fn check_setup(setup: &SetupG2) -> Result<(), KeyError> {
    for (name, point) in [("g2", setup.g2), ("s_g2", setup.s_g2)] {
        let valid = !bool::from(point.is_identity())
            && bool::from(point.is_on_curve())
            && bool::from(point.to_curve().is_torsion_free());
        if !valid {
            return Err(KeyError::InvalidSetupPoint { name });
        }
    }
    if setup.g2 != G2Affine::generator() {
        return Err(KeyError::OtherGenerator);
    }
    if setup.s_g2.x == setup.g2.x {
        return Err(KeyError::TrivialSecret);
    }
    Ok(())
}

fn coordinate(value: Fq) -> [u8; 32] {
    reversed(value.to_repr())
}

fn reversed(mut bytes: [u8; 32]) -> [u8; 32] {
    bytes.reverse();
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use halo2_proofs::halo2curves::group::Curve;

    fn multiples(factors: &[u64]) -> Vec<(Poly, G1Affine)> {
        let points = factors
            .iter()
            .map(|&f| (G1Affine::generator() * Fr::from(f)).to_affine());
        points.enumerate().map(|(i, p)| (Poly::Fixed(i), p)).collect()
    }

    fn setup(secret: Fr) -> SetupG2 {
        let g2 = G2Affine::generator();
        let s_g2 = (g2 * secret).to_affine();
        SetupG2 { g2, s_g2 }
    }

    #[test]
    fn accepts_distinct_commitments() {
        assert_eq!(check_commitments(&multiples(&[2, 3, 5]), &[]), Ok(()));
    }

    #[test]
    fn refuses_infinity_and_the_generator() {
        let name = "F1".to_owned();
        let found = check_commitments(&multiples(&[2, 0]), &[]);
        assert_eq!(found, Err(KeyError::Infinity { name: name.clone() }));
        let found = check_commitments(&multiples(&[2, 1]), &[]);
        assert_eq!(found, Err(KeyError::Generator { name: name.clone() }));
        // Columns that are said to be empty, and no others.
        assert_eq!(check_commitments(&multiples(&[2, 0, 0]), &[(1, 1), (2, 2)]), Ok(()));
        let found = check_commitments(&multiples(&[2, 0, 0]), &[(1, 1), (1, 2)]);
        let third = "F2".to_owned();
        assert_eq!(found, Err(KeyError::Infinity { name: third }));
        let mut negative = multiples(&[2, 1]);
        negative[1].1 = -negative[1].1;
        assert_eq!(check_commitments(&negative, &[]), Err(KeyError::Generator { name }));
    }

    #[test]
    fn refuses_duplicates_that_are_not_expected() {
        let mut points = multiples(&[2, 3, 2, 3]);
        points[3].1 = -points[3].1;
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let pairs = vec![pair("F0", "F2"), pair("F1", "F3")];
        assert_eq!(check_commitments(&points, &[]), Err(KeyError::Duplicates { pairs }));
        assert_eq!(check_commitments(&points, &[(2, 0), (1, 3)]), Ok(()));
    }

    #[test]
    fn refuses_trivial_setups() {
        assert_eq!(check_setup(&setup(Fr::from(7))), Ok(()));
        assert_eq!(check_setup(&setup(Fr::from(1))), Err(KeyError::TrivialSecret));
        assert_eq!(check_setup(&setup(-Fr::from(1))), Err(KeyError::TrivialSecret));
        let invalid = KeyError::InvalidSetupPoint { name: "s_g2" };
        assert_eq!(check_setup(&setup(Fr::from(0))), Err(invalid));
        let other = SetupG2 {
            g2: (G2Affine::generator() * Fr::from(3)).to_affine(),
            ..setup(Fr::from(7))
        };
        assert_eq!(check_setup(&other), Err(KeyError::OtherGenerator));
    }
}
