//! Statement R, proven: a segment of four and one of 64 series, accepted, and refused after every kind of change.

#[path = "../../circuits/tests/risk/listing.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod listing;

use std::time::Instant;

use circuits::risk::{RiskCircuit, SegmentInstance};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use listing::*;
use prover::backend::{Backend, Stock};
use prover::keys::keygen;
use prover::srs::dev::UnsafeDevSetup;
use prover::verify::verify;

/// CPU seconds of this process so far, all threads.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let field = |n: usize| {
        after
            .split_whitespace()
            .nth(n)
            .and_then(|v| v.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (field(11) + field(12)) / 100.0
}

fn prove(name: &str, series: usize, expiries: usize) {
    let size = size(name);
    let setup = &UnsafeDevSetup::generate(size.k, "risk test").expect("a development setup");
    let case = Case::first(name, 5, series, expiries);
    let empty = RiskCircuit::segment(size);
    let keys = keygen(setup, &empty, SegmentInstance::LEN).expect("keys");
    println!("{}", keys.report);
    let (start, cpu_start) = (Instant::now(), cpu());
    let circuit = empty.with_cells(cells(size, &case.segment));
    let fields = case.instance.to_fields();
    let proof = Stock
        .prove(setup, &keys, &circuit, &fields)
        .expect("a proof that verifies");
    println!(
        "size {name}, {series} series: {:.2} s, {:.2} s of CPU, proof {} bytes",
        start.elapsed().as_secs_f64(),
        cpu() - cpu_start,
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
fn a_segment_is_proven_and_every_change_is_refused() {
    prove("4", 3, 2);
    prove("64", 64, 5);
}
