//! Emitted verifiers against real proofs, in an EVM.
//!
//! Verifiers are the committed artifacts of `test/golden`, patched with fresh keys, so that all of this runs without node;
//! `compiler.rs` shows that they are what the compiler makes of the emitted source.

#![allow(clippy::type_complexity, reason = "tables of cases")]

mod support;

use alloy_sol_types::private::U256;
use ff::PrimeField;
use halo2_proofs::halo2curves::CurveAffine;
use halo2_proofs::halo2curves::bn256::{Fq, G1Affine, Gt, pairing};
use num_bigint::BigUint;
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use support::{Deployed, Fixture, is_bounded, print_gas};
use verifier_contract::SetupG2;
use verifier_contract::calldata::{self, Revert, VerifierErrors, abi::Verifier};

/// What the whole transaction may cost, for a circuit of 12 advice and 13 fixed columns and 137 evaluations.
const GAS_TARGET: u64 = 500_000;
const WORD: usize = 32;

fn order() -> BigUint {
    BigUint::parse_bytes(b"30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001", 16).unwrap()
}

fn base() -> BigUint {
    BigUint::parse_bytes(b"30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47", 16).unwrap()
}

fn word_of(value: &BigUint) -> [u8; WORD] {
    let bytes = value.to_bytes_be();
    let mut word = [0; WORD];
    word[WORD - bytes.len()..].copy_from_slice(&bytes);
    word
}

/// Adds to the word at `offset`.
fn raise(bytes: &mut [u8], offset: usize, by: &BigUint) {
    let word = &mut bytes[offset..offset + WORD];
    let sum = BigUint::from_bytes_be(word) + by;
    word.copy_from_slice(&word_of(&sum));
}

fn index(value: usize) -> U256 {
    U256::from(value)
}

#[test]
fn honest_proofs_are_accepted() {
    let synthetic = Fixture::synthetic(7);
    let proof = synthetic.prove();
    let words = synthetic.instance_words();
    assert!(synthetic.accepts(&proof, &words));
    let runtime = synthetic.runtime();
    println!("synthetic: {} bytes of code, {} of proof", runtime.len(), proof.len());
    let argument = synthetic.argument(&proof, &words);
    let outcome = Deployed::new(&runtime).verify(&argument, &words);
    print_gas("synthetic", &calldata::verify(&argument, &words), &outcome);
    assert_eq!(outcome.revert, None);
    assert!(outcome.gas_used <= GAS_TARGET, "{} gas", outcome.gas_used);

    let plonkish = Fixture::plonkish(5);
    let proof = plonkish.prove();
    let words = plonkish.instance_words();
    assert!(plonkish.accepts(&proof, &words));
    let runtime = plonkish.runtime();
    println!("plonkish: {} bytes of code, {} of proof", runtime.len(), proof.len());
    let argument = plonkish.argument(&proof, &words);
    let outcome = Deployed::new(&runtime).verify(&argument, &words);
    print_gas("plonkish", &calldata::verify(&argument, &words), &outcome);
    assert_eq!(outcome.revert, None);
}

#[test]
fn key_digest_is_that_of_the_key() {
    let f = Fixture::synthetic(7);
    let expected = verifier_contract::key_digest(f.vk(), &f.setup(), &f.meta).unwrap();
    let outcome = Deployed::new(&f.runtime()).call(&calldata::key_digest());
    assert_eq!(outcome.output, expected);
}

/// The word behind the proof has one value.
#[test]
fn other_inverses_are_refused() {
    for (runtime, argument, words) in [
        {
            let f = Fixture::synthetic(7);
            let words = f.instance_words();
            (f.runtime(), f.argument(&f.prove(), &words), words)
        },
        {
            let f = Fixture::plonkish(5);
            let words = f.instance_words();
            (f.runtime(), f.argument(&f.prove(), &words), words)
        },
    ] {
        let mut verifier = Deployed::new(&runtime);
        assert!(verifier.verify(&argument, &words).success);
        let at = argument.len() - WORD;
        let inverse = BigUint::from_bytes_be(&argument[at..]);
        let others = [
            &inverse + 1u8,
            &inverse + order(),
            order() - &inverse,
            BigUint::ZERO,
            1u8.into(),
            order(),
        ];
        for other in others {
            let mut changed = argument.clone();
            changed[at..].copy_from_slice(&word_of(&other));
            let expected = VerifierErrors::InvalidInverse(Verifier::InvalidInverse {});
            for outcome in [
                verifier.verify(&changed, &words).revert,
                verifier.accumulate(&changed, &words).unwrap_err(),
            ] {
                assert_eq!(outcome, Some(Revert::Verifier(expected.clone())), "{other}");
            }
        }
    }
}

/// e(a, G2)·e(b, s·G2) = 1 for the points of `accumulate`, exactly if the proof is valid.
#[test]
fn accumulated_points_stand_for_the_proof() {
    fn holds(words: [[u8; WORD]; 4], setup: SetupG2) -> bool {
        let [ax, ay, bx, by] = words.map(|mut word| {
            word.reverse();
            Fq::from_repr(word).expect("below p")
        });
        let point = |x, y| G1Affine::from_xy(x, y).expect("on the curve");
        pairing(&point(ax, ay), &setup.g2) + pairing(&point(bx, by), &setup.s_g2) == Gt::identity()
    }
    let f = Fixture::synthetic(7);
    let (proof, words) = (f.prove(), f.instance_words());
    let mut verifier = Deployed::new(&f.runtime());
    let claim = verifier.accumulate(&f.argument(&proof, &words), &words).unwrap();
    assert!(holds(claim, f.setup()));

    // An evaluation that is another, an instance that is another: well formed, and wrong.
    let mut changed = proof.clone();
    changed[64 * 18 + WORD - 1] ^= 1;
    let claim = verifier.accumulate(&f.argument(&changed, &words), &words).unwrap();
    assert!(!holds(claim, f.setup()));
    let mut others = words.clone();
    others[0][WORD - 1] ^= 1;
    let claim = verifier.accumulate(&f.argument(&proof, &others), &others).unwrap();
    assert!(!holds(claim, f.setup()));

    // s·G2 is the setup's.
    let point = f.setup().s_g2;
    let expected: Vec<u8> = [point.x.c1, point.x.c0, point.y.c1, point.y.c0]
        .iter()
        .flat_map(|part| part.to_repr().into_iter().rev().collect::<Vec<u8>>())
        .collect();
    assert_eq!(verifier.call(&calldata::setup()).output, expected);
}

#[test]
fn proofs_under_another_setup_are_refused() {
    let (a, b) = (Fixture::synthetic(7), Fixture::synthetic(8));
    let mut verifier = Deployed::new(&a.runtime());
    let argument = a.argument(&b.prove(), &b.instance_words());
    let outcome = verifier.verify(&argument, &b.instance_words());
    let expected = VerifierErrors::PairingFailed(Verifier::PairingFailed {});
    assert_eq!(outcome.revert, Some(Revert::Verifier(expected)));
}

/// Every class of malformed input, with the error it must lead to.
#[test]
fn malformed_inputs_are_refused_by_name() {
    let f = Fixture::synthetic(7);
    let (proof, words) = (f.prove(), f.instance_words());
    let mut verifier = Deployed::new(&f.runtime());
    let honest = verifier.verify(&f.argument(&proof, &words), &words).gas_used;
    let (length, points) = (proof.len(), 18);
    let scalars_at = 64 * points;

    let mut cases: Vec<(&str, Vec<u8>, Vec<[u8; WORD]>, VerifierErrors)> = Vec::new();
    let wrong_length = |found| {
        // The inverse stands behind the proof.
        let (expected, found) = (index(length + WORD), index(found + WORD));
        VerifierErrors::InvalidProofLength(Verifier::InvalidProofLength { expected, found })
    };
    let off_curve = |at| VerifierErrors::PointNotOnCurve(Verifier::PointNotOnCurve { index: index(at) });
    let proof_with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = proof.clone();
        change(&mut changed);
        changed
    };
    for found in [0, 32, length - 32, length - 1, length + 1, length + 32] {
        let resized = proof_with(&|p| p.resize(found, 0));
        cases.push(("length", resized, words.clone(), wrong_length(found)));
    }
    for found in [0, 12, 14] {
        let mut resized = words.clone();
        resized.resize(found, [0; WORD]);
        let (expected, found) = (index(13), index(found));
        let error = Verifier::InvalidInstanceLength { expected, found };
        let error = VerifierErrors::InvalidInstanceLength(error);
        cases.push(("instance length", proof.clone(), resized, error));
    }
    for i in 0..words.len() {
        let mut aliased = words.clone();
        raise(&mut aliased[i], 0, &order());
        let error = Verifier::InstanceNotCanonical { index: index(i) };
        let error = VerifierErrors::InstanceNotCanonical(error);
        cases.push(("instance + r", proof.clone(), aliased, error));
    }
    for i in 0..(length - scalars_at - 128) / WORD {
        let aliased = proof_with(&|p| raise(p, scalars_at + WORD * i, &order()));
        let error = Verifier::ScalarNotCanonical { index: index(i) };
        cases.push((
            "scalar + r",
            aliased,
            words.clone(),
            VerifierErrors::ScalarNotCanonical(error),
        ));
    }
    for i in 0..points + 2 {
        let at = if i < points {
            64 * i
        } else {
            length - 64 * (points + 2 - i)
        };
        let one = BigUint::from(1u8);
        let changes: [(&str, &dyn Fn(&mut Vec<u8>)); 5] = [
            ("x + p", &|p| raise(p, at, &base())),
            ("y + p", &|p| raise(p, at + WORD, &base())),
            ("y + 1", &|p| raise(p, at + WORD, &one)),
            ("infinity", &|p| p[at..at + 64].fill(0)),
            ("all ones", &|p| p[at..at + 64].fill(0xff)),
        ];
        for (title, change) in changes {
            cases.push((title, proof_with(change), words.clone(), off_curve(i)));
        }
    }
    // Every precompile that is given a point of the proof fails.
    let all_ones = proof_with(&|p| {
        p[..scalars_at].fill(0xff);
        p[length - 128..].fill(0xff);
    });
    cases.push(("all points", all_ones, words.clone(), off_curve(0)));
    let count = cases.len();
    let mut most = 0;
    for (title, proof, words, error) in cases {
        assert!(!f.accepts(&proof, &words), "{title}: accepted by Rust");
        let outcome = verifier.verify(&f.argument(&proof, &words), &words);
        assert_eq!(outcome.revert, Some(Revert::Verifier(error)), "{title}");
        // Whether a point is on the curve is for the precompiles to say; nothing else gets as far as them, nor to the pairing.
        let by_precompile = ["x + p", "y + p", "y + 1", "all ones", "all points"].contains(&title);
        assert_eq!(!outcome.precompiles.is_empty(), by_precompile, "{title}");
        assert!(!outcome.precompiles.contains_key(&8), "{title}");
        most = most.max(outcome.gas_used);
    }
    println!("{count} malformed inputs refused, at {most} gas or less, where an honest one takes {honest}");
    assert!(is_bounded(most, honest));
}

#[test]
fn other_encodings_of_the_arguments_are_refused() {
    let f = Fixture::synthetic(7);
    let words = f.instance_words();
    let proof = f.argument(&f.prove(), &words);
    let mut verifier = Deployed::new(&f.runtime());
    let good = calldata::verify(&proof, &words);
    let invalid = VerifierErrors::InvalidCalldata(Verifier::InvalidCalldata {});

    let trailing = [good.clone(), vec![0; WORD]].concat();
    assert_eq!(verifier.call(&trailing).revert, Some(Revert::Verifier(invalid)));

    // The instances first, the proof behind them: the same arguments to Solidity.
    let instances = &good[4 + 2 * WORD + WORD + proof.len()..];
    let mut swapped = good[..4].to_vec();
    swapped.extend_from_slice(&word_of(&BigUint::from(2 * WORD + instances.len())));
    swapped.extend_from_slice(&word_of(&BigUint::from(2 * WORD)));
    swapped.extend_from_slice(instances);
    swapped.extend_from_slice(&good[4 + 2 * WORD..4 + 2 * WORD + WORD + proof.len()]);
    assert_eq!(swapped.len(), good.len());
    let invalid = VerifierErrors::InvalidCalldata(Verifier::InvalidCalldata {});
    assert_eq!(verifier.call(&swapped).revert, Some(Revert::Verifier(invalid)));

    assert!(!verifier.call(&good[..good.len() - 1]).success);
    assert!(!verifier.call(&good[..4]).success);
    assert!(verifier.call(&good).success);
}

/// Any single flipped bit: both verifiers refuse, at bounded cost.
#[test]
fn flipped_bits_are_refused() {
    let f = Fixture::synthetic(7);
    let (proof, words) = (f.prove(), f.instance_words());
    let mut verifier = Deployed::new(&f.runtime());
    let honest = verifier.verify(&f.argument(&proof, &words), &words).gas_used;
    let mut most = 0;
    for place in 0..64 {
        let at = place * (proof.len() - 1) / 63;
        let mut changed = proof.clone();
        changed[at] ^= 1 << (place % 8);
        assert!(!f.accepts(&changed, &words), "byte {at}: accepted by Rust");
        let outcome = verifier.verify(&f.argument(&changed, &words), &words);
        assert!(matches!(outcome.revert, Some(Revert::Verifier(_))), "byte {at}");
        most = most.max(outcome.gas_used);
    }
    for i in 0..words.len() {
        let mut changed = words.clone();
        changed[i][31] ^= 1;
        assert!(!f.accepts(&proof, &changed), "instance {i}: accepted by Rust");
        let outcome = verifier.verify(&f.argument(&proof, &changed), &changed);
        assert!(!outcome.success, "instance {i}");
    }
    println!("flipped bits refused, at {most} gas or less, where an honest call takes {honest}");
    assert!(is_bounded(most, honest));
}

/// Random structured changes: the verdicts of Rust and of the EVM agree. `ZKSETTLE_DIFFERENTIAL` sets how many.
#[test]
fn verdicts_agree_on_mutated_proofs() {
    let count = std::env::var("ZKSETTLE_DIFFERENTIAL").map_or(300, |n| n.parse().unwrap());
    let f = Fixture::synthetic(7);
    let (proof, words) = (f.prove(), f.instance_words());
    let mut verifier = Deployed::new(&f.runtime());
    let honest = verifier.verify(&f.argument(&proof, &words), &words).gas_used;
    let mut rng = ChaCha20Rng::seed_from_u64(99);
    let mut accepted = 0;
    for round in 0..count {
        let (mut proof, mut words) = (proof.clone(), words.clone());
        for _ in 0..rng.gen_range(0..3) {
            mutate(&mut rng, &mut proof, &mut words);
        }
        let rust = f.accepts(&proof, &words);
        let outcome = verifier.verify(&f.argument(&proof, &words), &words);
        assert_eq!(rust, outcome.success, "round {round}: {:?}", outcome.revert);
        assert!(is_bounded(outcome.gas_used, honest), "round {round}");
        accepted += usize::from(rust);
    }
    println!("{count} verdicts agree, {accepted} of them accept");
    assert!(accepted > 0 && accepted < count);
}

fn mutate(rng: &mut ChaCha20Rng, proof: &mut Vec<u8>, words: &mut [[u8; WORD]]) {
    let word = |rng: &mut ChaCha20Rng| {
        let mut random = [0; WORD];
        rng.fill_bytes(&mut random);
        let fixed = [BigUint::ZERO, 1u8.into(), order() - 1u8, order(), base(), base() - 1u8];
        fixed.get(rng.gen_range(0..8)).map_or(random, word_of)
    };
    let at = WORD * rng.gen_range(0..proof.len() / WORD);
    let other = WORD * rng.gen_range(0..proof.len() / WORD);
    match rng.gen_range(0..8) {
        0 => proof[at + rng.gen_range(0..WORD)] ^= 1 << rng.gen_range(0..8),
        1 => proof[at..at + WORD].copy_from_slice(&word(rng)),
        2 => (0..WORD).for_each(|i| proof.swap(at + i, other + i)),
        3 => proof.truncate(rng.gen_range(at..proof.len())),
        4 => proof.extend_from_slice(&word(rng)),
        5 => words[rng.gen_range(0..13)] = word(rng),
        // The same words again: a change that changes nothing.
        6 => words.reverse(),
        _ => words.swap(0, rng.gen_range(0..13)),
    }
    // An accidental run out of words would end the round early.
    if proof.len() < WORD {
        proof.resize(WORD, 0);
    }
}
