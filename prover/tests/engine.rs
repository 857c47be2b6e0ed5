//! The engine against the stock verifier, on circuits nobody chose: random gates, degrees, rotations, phases, lookups and copies.

#[path = "engine/random.rs"]
mod random;
#[path = "common/setup_files.rs"]
#[allow(dead_code, reason = "shared with tests that need more of it")]
mod setup_files;

use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::{Backend, CellPlace, Checked, ColumnKind, Cpu, ProveError, Stock, Violation};
use prover::keys::{Keys, keygen};
use prover::srs::dev::UnsafeDevSetup;
use prover::srs::{Setup, import};
use prover::verify::verify;
use random::{Change, Random};
use setup_files::{Known, stored};

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

/// No text about a witness tells one of its values.
fn tells_nothing(circuit: &Random, error: &ProveError) {
    let text = format!("{error} {error:?}");
    for value in circuit.secrets() {
        // The last digits: they would stand in any way of writing it in hexadecimal.
        let digits = format!("{value:?}");
        assert!(!text.contains(&digits[digits.len() - 16..]), "{text}");
    }
}

/// Whether a violation is the one that a change of `cell` makes.
fn names(change: Change, cell: &CellPlace, violation: &Violation) -> bool {
    match violation {
        Violation::Gate { gate, row, cells, .. } => {
            let name = match change {
                Change::Output => "random",
                Change::Challenge => "challenge",
                Change::Lookup | Change::Copy => return false,
            };
            gate == name && *row == cell.row && cells.contains(cell)
        }
        Violation::Lookup { lookup, row, cells } => {
            matches!(change, Change::Lookup) && lookup == "table" && *row == cell.row && cells[..] == [*cell]
        }
        Violation::Copy { one, other } => matches!(change, Change::Copy) && [one, other].contains(&cell),
    }
}

/// Of every kind of constraint, one that does not hold: named with its row and cells, whichever prover was asked.
#[test]
fn a_check_names_the_first_violated_constraint() {
    let setups = setups();
    let mut found = [0; 4];
    for seed in 0..24 {
        let setup = &setups[seed as usize % setups.len()];
        let circuit = Random::new(seed, setup.k());
        let keys = keys(setup, &circuit);
        let instance = circuit.instance();
        let cpu = Checked::new(Cpu::default(), true);
        cpu.prove(setup, &keys, &circuit, &instance)
            .unwrap_or_else(|error| panic!("circuit {seed}: {error}"));
        for (number, change) in Change::ALL.into_iter().enumerate() {
            if !circuit.can(change) {
                continue;
            }
            found[number] += 1;
            let wrong = circuit.clone().changed(change);
            let error = match seed % 2 {
                0 => cpu.prove(setup, &keys, &wrong, &instance),
                _ => Checked::new(Stock, true).prove(setup, &keys, &wrong, &instance),
            };
            let error = error.expect_err("a wrong witness");
            tells_nothing(&wrong, &error);
            let (column, row) = circuit.cell(change);
            let cell = CellPlace {
                kind: ColumnKind::Advice,
                column,
                row,
            };
            let named = matches!(&error, ProveError::Violated(violation) if names(change, &cell, violation));
            assert!(named, "circuit {seed}, {change:?}, {cell}: {error}");
        }
    }
    assert!(found.iter().all(|count| *count > 0), "{found:?}");
}

/// A public input that is not what the witness says is a copy that does not hold.
#[test]
fn a_check_names_a_wrong_public_input() {
    let setup = &setups()[0];
    let circuit = Random::new(3, setup.k());
    let keys = keys(setup, &circuit);
    let mut instance = circuit.instance();
    instance[1] += Fr::one();
    let refused = Checked::new(Cpu::default(), true).prove(setup, &keys, &circuit, &instance);
    let Err(ProveError::Violated(Violation::Copy { one, other })) = refused else {
        panic!("expected a copy, found {:?}", refused.map(|proof| proof.len()));
    };
    let input = CellPlace {
        kind: ColumnKind::Instance,
        column: 0,
        row: 1,
    };
    assert!([one, other].contains(&input), "{one}, {other}");
}

#[test]
fn no_error_tells_a_witness_value() {
    let setup = &setups()[0];
    for seed in 0..8 {
        let circuit = Random::new(seed, setup.k());
        let keys = keys(setup, &circuit);
        let instance = circuit.instance();
        for backend in [false, true].map(|check| Checked::new(Cpu::default(), check)) {
            let panicking = circuit.clone().panicking();
            let error = backend.prove(setup, &keys, &panicking, &instance).expect_err("a panic");
            assert!(matches!(error, ProveError::Panicked { .. }), "{error}");
            tells_nothing(&circuit, &error);
            for change in Change::ALL.into_iter().filter(|change| circuit.can(*change)) {
                let wrong = circuit.clone().changed(change);
                let refused = backend.prove(setup, &keys, &wrong, &instance);
                tells_nothing(&wrong, &refused.expect_err("a wrong witness"));
            }
        }
    }
}

/// One tau, one witness, one seed: with a power more than rows the pieces of the quotient are blinded, and nothing before them changes.
#[test]
fn the_quotients_pieces_are_randomised_where_the_setup_allows() {
    const K: u32 = 5;
    let of = |powers| {
        let (_folder, file) = stored("powers", &Known::new(K, powers, 77).arkworks());
        import(&file, None, K).expect("a setup")
    };
    let (short, long) = (of(1 << K), of((1 << K) + 1));
    assert!(short.next_power().is_none() && long.next_power().is_some());
    for seed in [3, 4, 7, 11] {
        let circuit = Random::new(seed, K);
        let keys = keys(&short, &circuit);
        let instance = circuit.instance();
        let prove = |setup: &Setup, randomised| {
            let cpu = Cpu::seeded([9; 32]);
            let proof = cpu.prove(setup, &keys, &circuit, &instance).expect("a proof");
            assert_eq!(verify(setup, keys.verifier_key(), &instance, &proof), Ok(()));
            let profile = cpu.profiles().take().pop().expect("a profile");
            assert_eq!(profile.randomised_pieces, randomised);
            proof
        };
        let (plain, blinded) = (prove(&short, false), prove(&long, true));
        assert!(prove(&long, true) == blinded, "one seed, one proof");
        let report = &keys.report;
        let products = report.permutation_columns.div_ceil(report.degree - 2);
        let before = report.advice_columns.iter().sum::<usize>() + 3 * report.lookups + products + 1;
        let pieces = report.degree - 1;
        let same = |at: usize| plain[64 * at..64 * (at + 1)] == blinded[64 * at..64 * (at + 1)];
        assert!((0..before).all(same), "circuit {seed}: what stands before the pieces");
        assert!(!(before..before + pieces).any(same), "circuit {seed}: every piece");
    }
}
