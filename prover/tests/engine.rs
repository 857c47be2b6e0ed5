//! The engine against the stock verifier, on circuits nobody chose: random gates, degrees, rotations, phases, lookups and copies.

#[path = "engine/random.rs"]
mod random;

use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::{Backend, Cpu, ProveError, Stock};
use prover::keys::{Keys, keygen};
use prover::srs::Setup;
use prover::srs::dev::UnsafeDevSetup;
use prover::verify::verify;
use random::{Change, Random};

/// Proofs of the run that CI makes; `ZKSETTLE_CIRCUITS` asks for another number.
const CIRCUITS: u64 = 1000;

fn setups() -> Vec<Setup> {
    (5..=7)
        .map(|k| {
            UnsafeDevSetup::generate(k, "engine test")
                .expect("a development setup")
                .clone()
        })
        .collect()
}

fn keys(setup: &Setup, circuit: &Random) -> Keys {
    keygen(setup, circuit, circuit.instance().len()).expect("a key of the circuit's own degree")
}

#[test]
fn random_circuits_are_accepted_and_refused_after_any_change() {
    let count = std::env::var("ZKSETTLE_CIRCUITS")
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(CIRCUITS);
    let setups = setups();
    let mut degrees = [0u32; 10];
    let (mut lookups, mut copies, mut phases) = (0, 0, 0);
    for seed in 0..count {
        let setup = &setups[seed as usize % setups.len()];
        let circuit = Random::new(seed, setup.k());
        let keys = keys(setup, &circuit);
        let instance = circuit.instance();
        let proof = Cpu::default().prove(setup, &keys, &circuit, &instance);
        let proof = proof.unwrap_or_else(|error| panic!("circuit {seed}: {error}"));
        assert_eq!(
            verify(setup, keys.verifier_key(), &instance, &proof),
            Ok(()),
            "circuit {seed}"
        );
        degrees[keys.report.degree] += 1;
        lookups += u32::from(keys.report.lookups > 0);
        copies += u32::from(circuit.copies() > 0);
        phases += u32::from(keys.report.advice_columns.len() > 1);
        for change in Change::ALL.into_iter().filter(|change| circuit.can(*change)) {
            let refused = Cpu::default().prove(setup, &keys, &circuit.clone().changed(change), &instance);
            let named = matches!(refused, Err(ProveError::SelfCheck { .. } | ProveError::Backend { .. }));
            assert!(
                named,
                "circuit {seed}, {change:?}: {:?}",
                refused.map(|proof| proof.len())
            );
        }
    }
    println!(
        "{count} circuits: {lookups} with lookups, {copies} with copies, {phases} with two phases; by degree {degrees:?}"
    );
    assert!(degrees[2..4].iter().sum::<u32>() > 0 && degrees[4..].iter().all(|d| *d > 0));
}

#[test]
fn a_seed_determines_the_proof_whatever_the_threads() {
    let setup = &setups()[1];
    let circuit = Random::new(11, setup.k());
    let keys = keys(setup, &circuit);
    let instance = circuit.instance();
    let prove = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(|| {
            Cpu::seeded([3; 32])
                .prove(setup, &keys, &circuit, &instance)
                .expect("a proof")
        })
    };
    let one = prove(1);
    assert!((2..=5).all(|threads| prove(threads) == one));
    let fresh = || {
        Cpu::default()
            .prove(setup, &keys, &circuit, &instance)
            .expect("a proof")
    };
    assert!(fresh() != fresh(), "fresh randomness, another proof");
}

/// On a CPU without a vector unit both provers are one, and the test says nothing.
#[test]
fn the_vector_unit_changes_no_byte_of_a_proof() {
    let setups = setups();
    let (mut lookups, mut phases) = (0, 0);
    for seed in 0..60 {
        let setup = &setups[seed as usize % setups.len()];
        let circuit = Random::new(seed, setup.k());
        let keys = keys(setup, &circuit);
        let prove = |prover: Cpu| {
            let proof = prover.prove(setup, &keys, &circuit, &circuit.instance());
            proof.unwrap_or_else(|error| panic!("circuit {seed}: {error}"))
        };
        let with = prove(Cpu::seeded([9; 32]));
        assert!(
            with == prove(Cpu::seeded([9; 32]).without_vector_unit()),
            "circuit {seed}"
        );
        lookups += u32::from(keys.report.lookups > 0);
        phases += u32::from(keys.report.advice_columns.len() > 1);
    }
    assert!(lookups > 0 && phases > 0);
}

#[test]
fn both_backends_prove_the_same_statement() {
    let setup = &setups()[0];
    let circuit = Random::new(5, setup.k());
    let keys = keys(setup, &circuit);
    let instance = circuit.instance();
    let mut wrong = instance.clone();
    wrong[0] += Fr::one();
    for proof in [
        Stock.prove(setup, &keys, &circuit, &instance),
        Cpu::default().prove(setup, &keys, &circuit, &instance),
    ] {
        let proof = proof.expect("a proof");
        assert_eq!(proof.len(), keys.report.proof_bytes);
        assert!(verify(setup, keys.verifier_key(), &wrong, &proof).is_err());
    }
}
