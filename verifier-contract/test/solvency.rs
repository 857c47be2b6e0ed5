//! The emitted verifier of statement M in an EVM: an account's proof is accepted, and nothing that says something else is.

#[path = "../../circuits/tests/solvency/lender.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod lender;
mod support;

use alloy_sol_types::private::U256;
use circuits::solvency::{SolvencyCircuit, input};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use lender::{Lender, size};
use num_bigint::BigUint;
use prover::backend::{Backend, Stock};
use prover::keys::keygen;
use prover::solvency::STATEMENT;
use prover::srs::dev::UnsafeDevSetup;
use prover::transcript::scalar_bytes;
use prover::verify::verify;
use support::{Deployed, or_skip, print_gas};
use verifier_contract::artifact::MAX_RUNTIME;
use verifier_contract::calldata::{self, Revert, VerifierErrors, abi::Verifier};
use verifier_contract::evm::Evm;
use verifier_contract::{Meta, SetupG2, compile_with_node, emit_solidity, key_digest};
use witness_gen::statement::solvency::Instance;

/// What an accepted proof may cost; it costs 2 % less.
const GAS_TARGET: u64 = 450_000;
/// What a rejection may cost.
const REJECTION_GAS: u64 = 1_000_000;
const WORD: usize = 32;

/// A word plus the order of the scalar field: the same field element, written otherwise.
fn aliased(word: &[u8; WORD]) -> [u8; WORD] {
    let order = b"30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
    let order = BigUint::parse_bytes(order, 16).expect("digits");
    let bytes = (BigUint::from_bytes_be(word) + order).to_bytes_be();
    let mut sum = [0; WORD];
    sum[WORD - bytes.len()..].copy_from_slice(&bytes);
    sum
}

#[test]
fn an_account_is_accepted_and_every_change_is_refused() {
    let size = size("8");
    let setup = UnsafeDevSetup::generate(size.k, "solvency verifier").expect("a development setup");
    let empty = SolvencyCircuit::new(size);
    let keys = keygen(&setup, &empty, Instance::LEN).expect("keys");
    let (vk, ends) = (keys.pk.get_vk(), SetupG2::from(setup.params()));
    let meta = Meta {
        name: "Solvency8".into(),
        statement: STATEMENT.into(),
        size: size.name.into(),
        k: size.k,
        instances: Instance::LEN,
        equal_columns: Vec::new(),
    };
    let source = emit_solidity(vk, &ends, &meta).expect("a verifier");
    let Some(artifact) = or_skip(compile_with_node(&source, "Solvency8Verifier")) else {
        return;
    };

    // What the constructor leaves on the chain is what a patched artifact would be.
    let mut evm = Evm::default();
    let creation = artifact.creation_bytes().expect("hexadecimal");
    let deployed = evm.deploy(&creation).expect("a verifier that is deployed");
    let code = evm.code(deployed.address);
    assert!(code == artifact.patch_runtime(vk, &ends, &meta).expect("the same shape"));
    println!(
        "size {}: {} bytes of source, {} of code, deployed at {} gas",
        size.name,
        source.len(),
        code.len(),
        deployed.gas_used
    );
    assert!(code.len() <= MAX_RUNTIME, "{} bytes", code.len());
    let mut verifier = Deployed {
        evm,
        address: deployed.address,
    };
    let digest = verifier.call(&calldata::key_digest()).output;
    assert_eq!(digest, key_digest(vk, &ends, &meta).expect("a sound key"));

    let lender = Lender::new(9, 5);
    let fields = lender.instance.to_fields();
    let circuit = empty.with_cells(lender.cells(size));
    let proof = Stock
        .prove(&setup, &keys, &circuit, &fields)
        .expect("a proof that verifies");
    let words: Vec<[u8; WORD]> = fields.iter().map(scalar_bytes).collect();
    let outcome = verifier.verify(&proof, &words);
    println!("proof of {} bytes", proof.len());
    print_gas("accepted", &calldata::verify(&proof, &words), &outcome);
    assert_eq!(outcome.revert, None);
    assert!(
        outcome.success && outcome.gas_used <= GAS_TARGET,
        "{}",
        outcome.gas_used
    );

    let mut refused = 0;
    let mut most = 0;
    let mut refuse = |what: &str, proof: &[u8], words: &[[u8; WORD]], wanted: Option<VerifierErrors>| {
        let outcome = verifier.verify(proof, words);
        assert!(!outcome.success, "{what}: accepted");
        match wanted {
            Some(wanted) => assert_eq!(outcome.revert, Some(Revert::Verifier(wanted)), "{what}"),
            None => assert!(matches!(outcome.revert, Some(Revert::Verifier(_))), "{what}"),
        }
        refused += 1;
        most = most.max(outcome.gas_used);
    };
    let off = || VerifierErrors::PairingFailed(Verifier::PairingFailed {});

    // Another instance than the proof's, each of them one that somebody could want to pass it off for.
    let changes = [
        ("domain", input::DOMAIN, fields[input::DOMAIN] + Fr::ONE),
        ("parameters", input::PARAMETERS, fields[input::PARAMETERS] + Fr::ONE),
        ("state root", input::STATE, fields[input::STATE] + Fr::ONE),
        ("risk root", input::RISK_ROOT, fields[input::RISK_ROOT] + Fr::ONE),
        ("equity instead", input::REQUIREMENT, Fr::ZERO),
        ("initial instead", input::REQUIREMENT, Fr::from(2)),
        ("no requirement at all", input::REQUIREMENT, Fr::from(3)),
        ("one unit more", input::THRESHOLD, fields[input::THRESHOLD] + Fr::ONE),
        (
            "less than nothing",
            input::THRESHOLD,
            fields[input::THRESHOLD] - Fr::ONE,
        ),
        ("challenge", input::CHALLENGE, fields[input::CHALLENGE] + Fr::ONE),
        ("pseudonym", input::PSEUDONYM, fields[input::PSEUDONYM] + Fr::ONE),
    ];
    for (what, at, value) in changes {
        assert_ne!(value, fields[at], "{what}: no change");
        let mut changed = fields;
        changed[at] = value;
        assert!(verify(&setup, keys.verifier_key(), &changed, &proof).is_err(), "{what}");
        let words: Vec<[u8; WORD]> = changed.iter().map(scalar_bytes).collect();
        refuse(what, &proof, &words, Some(off()));
    }
    // The same field elements in other words, and other numbers of them.
    for i in 0..words.len() {
        let mut changed = words.clone();
        changed[i] = aliased(&words[i]);
        let index = U256::from(i);
        let error = VerifierErrors::InstanceNotCanonical(Verifier::InstanceNotCanonical { index });
        refuse("instance + r", &proof, &changed, Some(error));
    }
    for found in [0, words.len() - 1, words.len() + 1] {
        let mut changed = words.clone();
        changed.resize(found, [0; WORD]);
        let (expected, found) = (U256::from(words.len()), U256::from(found));
        let error = Verifier::InvalidInstanceLength { expected, found };
        let error = VerifierErrors::InvalidInstanceLength(error);
        refuse("instance length", &proof, &changed, Some(error));
    }
    // Truncated and extended proofs.
    for found in [
        0,
        proof.len() - WORD,
        proof.len() - 1,
        proof.len() + 1,
        proof.len() + WORD,
    ] {
        let mut changed = proof.clone();
        changed.resize(found, 0);
        let (expected, found) = (U256::from(proof.len()), U256::from(found));
        let error = VerifierErrors::InvalidProofLength(Verifier::InvalidProofLength { expected, found });
        refuse("proof length", &changed, &words, Some(error));
    }
    // A flipped bit in every word, so in every commitment and every evaluation.
    for at in (0..proof.len()).step_by(WORD) {
        let at = at + (at / WORD) % WORD;
        let mut changed = proof.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(
            verify(&setup, keys.verifier_key(), &fields, &changed).is_err(),
            "byte {at}"
        );
        refuse(&format!("byte {at}"), &changed, &words, None);
    }
    println!("{refused} changes refused, at {most} gas or less");
    assert!(most < REJECTION_GAS);
    // The verifier keeps no state that a refusal could have changed.
    assert!(verifier.verify(&proof, &words).success);
}
