//! Statement M, proven: an account at every size, accepted, and refused after every kind of change.

#[path = "../../circuits/tests/solvency/lender.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod lender;

use std::time::Instant;

use circuits::solvency::SolvencyCircuit;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use lender::*;
use prover::backend::{Backend, Cpu, Stock};
use prover::cpu_seconds;
use prover::keys::keygen;
use prover::srs::dev::UnsafeDevSetup;
use prover::verify::verify;
use witness_gen::statement::solvency::Instance;

fn timed(name: &str, held: usize, backend: &str, prove: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let (start, cpu_start) = (Instant::now(), cpu_seconds());
    let proof = prove();
    println!(
        "size {name}, {held} positions, {backend}: {:.2} s, {:.2} s of CPU, proof {} bytes",
        start.elapsed().as_secs_f64(),
        cpu_seconds() - cpu_start,
        proof.len()
    );
    proof
}

fn prove(name: &str, held: usize) {
    let size = size(name);
    let setup = &UnsafeDevSetup::generate(size.k, "solvency test").expect("a development setup");
    let lender = Lender::new(9, held);
    let empty = SolvencyCircuit::new(size);
    let keys = keygen(setup, &empty, Instance::LEN).expect("keys");
    println!("{}", keys.report);
    let circuit = empty.with_cells(lender.cells(size));
    let fields = lender.instance.to_fields();
    timed(name, held, "stock", || {
        Stock
            .prove(setup, &keys, &circuit, &fields)
            .expect("a proof that verifies")
    });
    let first = Cpu::seeded([7; 32]);
    let proof = timed(name, held, "cpu", || {
        first
            .prove(setup, &keys, &circuit, &fields)
            .expect("a proof that verifies")
    });
    let again = timed(name, held, "cpu, key prepared", || {
        first.prove(setup, &keys, &circuit, &fields).expect("a proof")
    });
    assert!(again == proof, "one seed, one proof");
    assert!(proof.len() <= 4096);
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
fn an_account_is_proven_and_every_change_is_refused() {
    prove("8", 5);
    prove("32", 32);
}
