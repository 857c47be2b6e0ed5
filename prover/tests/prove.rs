//! Key generation, proving, verification: what is accepted and everything that has to be refused.
#![cfg(not(feature = "production"))]
#![allow(non_snake_case)] // test_invalid_<object>__<reason>

mod common;

use std::sync::OnceLock;

use common::{Flaw, INSTANCE_LEN, Toy};
use ff::Field;
use halo2_proofs::dev::MockProver;
use halo2_proofs::halo2curves::bn256::{Fq, Fr};
use num_bigint::BigUint;
use prover::backend::{Backend, ProveError, Stock};
use prover::keys::{KeyDigest, KeyError, Keys, keygen};
use prover::srs::Setup;
use prover::srs::dev::UnsafeDevSetup;
use prover::transcript::scalar_bytes;
use prover::verify::{ProofShape, VerifyError, expected_proof_len, verify};

const K: u32 = 6;

struct Made {
    setup: Setup,
    keys: Keys,
    instance: Vec<Fr>,
    proof: Vec<u8>,
}

fn honest() -> Toy {
    Toy::new([3, 5, 11])
}

/// An honest proof, made once.
fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let setup = UnsafeDevSetup::generate(K, "prove").unwrap();
        let keys = keygen(&setup, &honest(), INSTANCE_LEN).unwrap();
        println!("{}\ndigest {}", keys.report, keys.digest);
        let instance = honest().instance();
        let proof = Stock.prove(&setup, &keys, &honest(), &instance).unwrap();
        Made {
            setup,
            keys,
            instance,
            proof,
        }
    })
}

fn verdict(instance: &[Fr], proof: &[u8]) -> Result<(), VerifyError> {
    let made = made();
    verify(&made.setup, made.keys.verifier_key(), instance, proof)
}

/// A generator that is the same everywhere: xorshift64*.
fn sequence(mut state: u64) -> impl Iterator<Item = u64> {
    std::iter::repeat_with(move || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    })
}

#[test]
fn honest_proof_is_accepted() {
    let made = made();
    let mock = MockProver::run(K, &honest(), vec![made.instance.clone()]).unwrap();
    mock.assert_satisfied();
    assert_eq!(verdict(&made.instance, &made.proof), Ok(()));
}

#[test]
fn key_report_tells_the_circuit() {
    let report = &made().keys.report;
    assert_eq!(report.degree, 6);
    assert_eq!(report.blinding_factors, 5);
    assert_eq!(report.usable_rows, (1 << K) - 6);
    assert_eq!(report.advice_columns, [2, 1]);
    assert_eq!((report.permutation_columns, report.lookups), (0, 0));
    assert_eq!((report.advice_queries, report.fixed_queries), (4, 4));
    let vk = made().keys.pk.get_vk();
    let shape = ProofShape {
        commitments: 3 + 1 + 5,
        evaluations: 4 + 4 + 1,
        opening: 2,
    };
    assert_eq!(ProofShape::of(vk), shape);
    assert_eq!(expected_proof_len(vk), made().proof.len());
}

#[test]
fn proofs_differ_and_both_verify() {
    let made = made();
    let again = Stock.prove(&made.setup, &made.keys, &honest(), &made.instance).unwrap();
    assert_ne!(again, made.proof);
    assert_eq!(verdict(&made.instance, &again), Ok(()));
}

#[test]
fn test_invalid_proof__trailing_and_missing_bytes() {
    let made = made();
    let expected = made.proof.len();
    for change in [1, 31, 32, 64, 1000] {
        let mut long = made.proof.clone();
        long.resize(expected + change, 0);
        let found = expected + change;
        let error = VerifyError::WrongLength { expected, found };
        assert_eq!(verdict(&made.instance, &long), Err(error));
        let short = &made.proof[..expected - change.min(expected)];
        let found = short.len();
        let error = VerifyError::WrongLength { expected, found };
        assert_eq!(verdict(&made.instance, short), Err(error));
    }
    let error = VerifyError::WrongLength { expected, found: 0 };
    assert_eq!(verdict(&made.instance, &[]), Err(error));
}

#[test]
fn test_invalid_instance__length() {
    let made = made();
    let mut long = made.instance.clone();
    long.push(Fr::ZERO);
    let longer = vec![Fr::ZERO; 1 << 12];
    for wrong in [&long[..], &made.instance[..2], &[], &longer] {
        let (expected, found) = (INSTANCE_LEN, wrong.len());
        let error = VerifyError::InstanceLength { expected, found };
        assert_eq!(verdict(wrong, &made.proof), Err(error));
    }
}

#[test]
fn test_invalid_instance__values() {
    let made = made();
    for place in 0..INSTANCE_LEN {
        let mut wrong = made.instance.clone();
        wrong[place] += Fr::ONE;
        assert_eq!(verdict(&wrong, &made.proof), Err(VerifyError::Rejected));
    }
    let mut swapped = made.instance.clone();
    swapped.swap(0, 1);
    assert_eq!(verdict(&swapped, &made.proof), Err(VerifyError::Rejected));
}

#[test]
fn test_invalid_proof__flipped_bits() {
    let made = made();
    let mut counts = std::collections::BTreeMap::new();
    for random in sequence(7).take(200) {
        let mut wrong = made.proof.clone();
        let bit = (random % (8 * wrong.len() as u64)) as usize;
        wrong[bit / 8] ^= 1 << (bit % 8);
        let error = verdict(&made.instance, &wrong).expect_err("a flipped bit was accepted");
        let kind = match error {
            VerifyError::NotOnCurve { offset } => {
                assert!((offset..offset + 64).contains(&(bit / 8)));
                "not on curve"
            }
            VerifyError::NotCanonical { offset, .. } => {
                assert_eq!(offset, bit / 8 / 32 * 32);
                "not canonical"
            }
            VerifyError::Rejected => "rejected",
            other => panic!("unexpected verdict {other}"),
        };
        *counts.entry(kind).or_insert(0) += 1;
    }
    println!("200 flipped bits: {counts:?}");
}

fn modulus_of(minus_one: [u8; 32]) -> BigUint {
    BigUint::from_bytes_be(&minus_one) + 1u8
}

/// Adds `modulus` to the word at `offset`; `None` if the sum takes more than 256 bits.
fn aliased(proof: &[u8], offset: usize, modulus: &BigUint) -> Option<Vec<u8>> {
    let sum = BigUint::from_bytes_be(&proof[offset..offset + 32]) + modulus;
    let bytes = sum.to_bytes_be();
    let mut wrong = proof.to_vec();
    let start = (offset + 32).checked_sub(bytes.len())?;
    (bytes.len() <= 32).then_some(())?;
    wrong[offset..offset + 32].fill(0);
    wrong[start..offset + 32].copy_from_slice(&bytes);
    Some(wrong)
}

#[test]
fn test_invalid_proof__second_encoding_of_every_word() {
    use ff::PrimeField;
    let made = made();
    let shape = ProofShape::of(made.keys.pk.get_vk());
    let scalars = 64 * shape.commitments..64 * shape.commitments + 32 * shape.evaluations;
    let r = modulus_of(scalar_bytes(&-Fr::ONE));
    let p = {
        let mut word = (-Fq::ONE).to_repr();
        word.reverse();
        modulus_of(word)
    };
    let mut tried = 0;
    for offset in (0..made.proof.len()).step_by(32) {
        let modulus = if scalars.contains(&offset) { &r } else { &p };
        let Some(wrong) = aliased(&made.proof, offset, modulus) else {
            continue;
        };
        tried += 1;
        match verdict(&made.instance, &wrong) {
            Err(VerifyError::NotCanonical { offset: at, .. }) => assert_eq!(at, offset),
            other => panic!("word at {offset}: {other:?}"),
        }
    }
    assert_eq!(tried, made.proof.len() / 32);
}

#[test]
fn test_invalid_proof__infinity_garbage_and_swaps() {
    let made = made();
    let shape = ProofShape::of(made.keys.pk.get_vk());
    let opening = 64 * shape.commitments + 32 * shape.evaluations;
    let points = (0..shape.commitments).map(|i| 64 * i).chain([opening, opening + 64]);
    for offset in points {
        let mut wrong = made.proof.clone();
        wrong[offset..offset + 64].fill(0);
        assert_eq!(verdict(&made.instance, &wrong), Err(VerifyError::Infinity { offset }));
        wrong[offset..offset + 64].fill(0xff);
        assert!(matches!(
            verdict(&made.instance, &wrong),
            Err(VerifyError::NotCanonical { offset: at, .. }) if at == offset
        ));
        // Another point of the curve: the generator.
        wrong[offset..offset + 64].fill(0);
        wrong[offset + 31] = 1;
        wrong[offset + 63] = 2;
        assert_eq!(verdict(&made.instance, &wrong), Err(VerifyError::Rejected));
        // The negated point.
        let mut negated = made.proof.clone();
        let p = BigUint::parse_bytes(b"30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47", 16).unwrap();
        let y = (p - BigUint::from_bytes_be(&negated[offset + 32..offset + 64])).to_bytes_be();
        negated[offset + 32..offset + 64].fill(0);
        negated[offset + 64 - y.len()..offset + 64].copy_from_slice(&y);
        assert_eq!(verdict(&made.instance, &negated), Err(VerifyError::Rejected));
    }
    let mut zeroed = made.proof.clone();
    zeroed[64 * shape.commitments..opening].fill(0);
    assert_eq!(verdict(&made.instance, &zeroed), Err(VerifyError::Rejected));
    let mut swapped = made.proof.clone();
    swapped[..128].rotate_left(64);
    assert_eq!(verdict(&made.instance, &swapped), Err(VerifyError::Rejected));
}

#[test]
fn test_invalid_setup__other_tau_or_size() {
    let made = made();
    let other = UnsafeDevSetup::generate(K, "another").unwrap();
    let key = made.keys.verifier_key();
    assert_eq!(
        verify(&other, key, &made.instance, &made.proof),
        Err(VerifyError::Rejected)
    );
    let larger = UnsafeDevSetup::generate(K + 1, "prove").unwrap();
    let (expected, found) = (K, K + 1);
    assert_eq!(
        verify(&larger, key, &made.instance, &made.proof),
        Err(VerifyError::WrongSetup { expected, found })
    );
    for setup in [&other, &larger] {
        assert!(matches!(
            Stock.prove(setup, &made.keys, &honest(), &made.instance),
            Err(ProveError::WrongSetup { .. })
        ));
    }
    assert_ne!(KeyDigest::of(key.vk, &other), made.keys.digest);
}

#[test]
fn test_invalid_witness__never_becomes_a_proof() {
    let made = made();
    for flaw in [Flaw::Power, Flaw::SecondPhase] {
        let circuit = honest().with(flaw);
        let result = Stock.prove(&made.setup, &made.keys, &circuit, &made.instance);
        assert!(
            matches!(
                result,
                Err(ProveError::SelfCheck {
                    source: VerifyError::Rejected,
                    ..
                })
            ),
            "{flaw:?}: {result:?}"
        );
    }
    let wrong = [Fr::ONE; INSTANCE_LEN];
    assert!(matches!(
        Stock.prove(&made.setup, &made.keys, &honest(), &wrong),
        Err(ProveError::SelfCheck { .. })
    ));
    assert!(matches!(
        Stock.prove(&made.setup, &made.keys, &honest(), &wrong[..2]),
        Err(ProveError::InstanceLength { expected: 3, found: 2 })
    ));
    // Without `next_phase` the library runs the synthesis once a phase, and panics on the unknown cells of the first pass.
    let circuit = honest().with(Flaw::NoPhaseChange);
    let result = Stock.prove(&made.setup, &made.keys, &circuit, &made.instance);
    assert!(matches!(result, Err(ProveError::Panicked { .. })));
}

#[test]
fn test_invalid_circuit__keygen_refuses() {
    let setup = &made().setup;
    let generate = |flaw| keygen(setup, &honest().with(flaw), INSTANCE_LEN).map(|keys| keys.digest);
    assert!(matches!(
        generate(Flaw::DegreeNotDeclared),
        Err(KeyError::DegreeCapped { expected: 5, found: 6 })
    ));
    assert!(matches!(
        generate(Flaw::DegreeLoose),
        Err(KeyError::DegreeLoose { expected: 6, found: 7 })
    ));
    let around = (1 << K) - 5;
    assert!(matches!(
        generate(Flaw::Collision(around)),
        Err(KeyError::QueryCollision { first: -5, second, .. }) if second == around
    ));
    assert!(matches!(
        generate(Flaw::TwoInstanceColumns),
        Err(KeyError::InstanceColumns { found: 2 })
    ));
    assert!(matches!(
        generate(Flaw::OutOfRows),
        Err(KeyError::Panicked { k: K, .. })
    ));
    assert!(matches!(
        keygen(setup, &honest(), 1 << K),
        Err(KeyError::InstanceTooLong { expected: 58, .. })
    ));
}

#[test]
fn key_digest_is_golden_and_independent_of_the_witness() {
    let made = made();
    let again = keygen(&made.setup, &Toy::new([1, 2, 3]), INSTANCE_LEN).unwrap();
    assert_eq!(again.digest, made.keys.digest);
    let digest = made.keys.digest.to_string();
    // The library hashes its own debug output into the key: another version of it, or of the compiler, shows here.
    assert_eq!(
        digest,
        "0x5051c54c53582a2f018774e2b3bf494a6e4e98fe6da39bbd0f3d97cb066e8bb4"
    );
    assert_eq!(digest.parse(), Ok(made.keys.digest));
    assert!(digest.to_uppercase().parse::<KeyDigest>().is_err());
}
