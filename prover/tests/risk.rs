//! Statement R, proven: a segment of 64 series and the market under it, accepted, and refused after every kind of change.

#[path = "../../circuits/tests/risk/listing.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod listing;

use std::time::Instant;

use circuits::cell::Grid;
use circuits::risk::RiskCircuit;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use listing::*;
use prover::backend::{Backend, Cpu};
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

fn prove(what: &str, empty: &RiskCircuit, fields: &[Fr], cells: impl Fn() -> Grid) {
    let setup = &UnsafeDevSetup::generate(empty.size().k, "risk test").expect("a development setup");
    let keys = keygen(setup, empty.laid(), fields.len()).expect("keys");
    println!("{}", keys.report);
    let (start, cpu_start) = (Instant::now(), cpu());
    let circuit = empty.with_cells(cells());
    let proof = Cpu::default()
        .prove(setup, &keys, &circuit, fields)
        .expect("a proof that verifies");
    println!(
        "{what}: {:.2} s, {:.2} s of CPU, proof {} bytes",
        start.elapsed().as_secs_f64(),
        cpu() - cpu_start,
        proof.len()
    );
    for i in 0..fields.len() {
        let mut wrong = fields.to_vec();
        wrong[i] += Fr::ONE;
        assert!(
            verify(setup, keys.verifier_key(), &wrong, &proof).is_err(),
            "instance {i}"
        );
    }
    for at in (0..proof.len()).step_by(97) {
        let mut wrong = proof.clone();
        wrong[at] ^= 1 << (at % 8);
        assert!(verify(setup, keys.verifier_key(), fields, &wrong).is_err(), "byte {at}");
    }
}

#[test]
fn a_segment_is_proven_and_every_change_is_refused() {
    let case = Case::first("64", 5, 64, 5);
    let circuit = RiskCircuit::segment(case.size);
    prove("segment of 64 series", &circuit, &case.instance.to_fields(), || {
        cells(case.size, &case.segment)
    });
}

#[test]
fn a_market_is_proven_and_every_change_is_refused() {
    let s = size("64");
    let market = market(s, &arrays(&inputs(5, 64, 5)));
    let fields = market.instance().expect("a later price");
    prove("market of 5 expiries", &RiskCircuit::market(s), &fields, || {
        market_cells(s, &market)
    });
}
