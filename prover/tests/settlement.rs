//! Statement S, proven: a real batch at size xs, accepted, and refused after every kind of change.

#[path = "../../witness-gen/tests/support/mod.rs"]
mod support;

use std::time::Instant;

use circuits::check::failures_at;
use circuits::settlement::assign::assign;
use circuits::settlement::circuit::{Cells, SettlementCircuit};
use circuits::size::Size;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::{Backend, CellPlace, Checked, ColumnKind, Cpu, ProveError, Violation};
use prover::keys::{Keys, keygen};
use prover::srs::Setup;
use prover::srs::dev::UnsafeDevSetup;
use prover::verify::verify;
use support::*;
use witness_gen::statement::settlement::{Instance, execute};

/// A wrong value in the first cell that a gate of its row holds on to: found without a proof, with the cell among those of the gate.
fn check_names_a_wrong_cell(setup: &Setup, keys: &Keys, empty: &SettlementCircuit, cells: &Cells) {
    let mut wrong = Cells {
        advice: cells.advice.clone(),
        instance: cells.instance,
    };
    let mut places = (0..empty.size().end()).flat_map(|row| (0..8).map(move |column| (column, row)));
    let held = places.find(|(column, row)| {
        let value = wrong.advice.at(*column, *row, 0);
        wrong.advice.set(*column, *row, value + Fr::ONE);
        let failures = failures_at(&wrong.advice, empty.fixed(), &wrong.instance, *row);
        if failures.is_empty() {
            wrong.advice.set(*column, *row, value);
        }
        !failures.is_empty()
    });
    let (column, row) = held.expect("a cell under a gate");
    let circuit = empty.with_cells(wrong);
    let start = Instant::now();
    let refused = Checked::new(Cpu::default(), true).prove(setup, keys, &circuit, &cells.instance);
    println!("check: {:?}", start.elapsed());
    let Err(ProveError::Violated(Violation::Gate { gate, cells, .. })) = refused else {
        panic!("expected a gate, found {:?}", refused.map(|proof| proof.len()));
    };
    println!("{gate}, {cells:?}");
    let kind = ColumnKind::Advice;
    assert!(cells.contains(&CellPlace { kind, column, row }), "{gate}: {cells:?}");
}

fn prove(name: &str, seed: u64, accounts: usize, trades: usize) {
    let size = Size::by_name(name).expect("a named size");
    let mut venue = Venue::seeded(seed, accounts, trades);
    let indices = venue.indices();
    let witness = venue.witness(&indices);
    let (instance, outcome) = execute(Fr::from(99), &witness, 42, EXPIRY, false, both_prices()).expect("a valid batch");
    let start = Instant::now();
    let trace = assign(size, &instance, &witness, &outcome, None).expect("fits");
    let cells = Cells {
        advice: trace.finish().expect("no overlap").clone(),
        instance: instance.to_fields(),
    };
    let assigned = start.elapsed();
    let setup = UnsafeDevSetup::generate(size.k, "settlement test").expect("a development setup");
    let setup = &setup;
    let empty = SettlementCircuit::new(size);
    let keys = keygen(setup, &empty, Instance::LEN).expect("keys");
    check_names_a_wrong_cell(setup, &keys, &empty, &cells);
    let circuit = empty.with_cells(cells);
    let start = Instant::now();
    let fields = instance.to_fields();
    let proof = Cpu::default()
        .prove(setup, &keys, &circuit, &fields)
        .expect("a proof that verifies");
    println!(
        "{name}: assign {assigned:?}, prove and verify {:?}, proof {} bytes",
        start.elapsed(),
        proof.len()
    );
    for i in 0..fields.len() {
        let mut wrong = fields;
        wrong[i] += Fr::ONE;
        assert!(
            verify(setup, keys.verifier_key(), &wrong, &proof).is_err(),
            "instance {i}"
        );
    }
    for at in (0..proof.len()).step_by(97) {
        let mut wrong = proof.clone();
        wrong[at] ^= 1 << (at % 8);
        assert!(
            verify(setup, keys.verifier_key(), &fields, &wrong).is_err(),
            "byte {at}"
        );
    }
}

#[test]
fn a_batch_is_proven_and_every_change_is_refused() {
    prove("s", 2, 4, 12);
}
