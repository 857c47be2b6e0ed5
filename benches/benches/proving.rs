//! A proof per size with the stock prover, self-check included; setup and keys are made before the clock starts.
#![allow(missing_docs, reason = "criterion's macros make public functions without docs")]

use std::time::Duration;

use benches::{batch, sizes};
use circuits::settlement::assign::assign;
use circuits::settlement::circuit::{Cells, SettlementCircuit};
use circuits::size::Size;
use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use prover::backend::{Backend, Stock};
use prover::keys::keygen;
use prover::srs::dev::UnsafeDevSetup;
use prover::verify::verify;
use witness_gen::statement::settlement::Instance;

fn proving(c: &mut Criterion) {
    let mut group = c.benchmark_group("proving");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(1));
    for size in sizes() {
        measure(&mut group, size);
    }
    group.finish();
}

fn measure(group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>, size: Size) {
    let batch = batch(&size);
    let instance = batch.instance.to_fields();
    let trace = assign(size, &batch.instance, &batch.witness, &batch.outcome, None).expect("the batch fits");
    let advice = trace.finish().expect("every cell is written once").clone();
    let setup = UnsafeDevSetup::generate(size.k, "benches").expect("a size below the largest");
    let empty = SettlementCircuit::new(size);
    let keys = keygen(&setup, &empty, Instance::LEN).expect("the circuit has keys");
    let circuit = empty.with_cells(Cells { advice, instance });
    let prove = || {
        Stock
            .prove(&setup, &keys, &circuit, &instance)
            .expect("a proof that verifies")
    };
    let proof = prove();
    println!("{}: {} proof bytes", size.name, proof.len());
    group.bench_function(BenchmarkId::new("prove", size.name), |b| b.iter(prove));
    group.bench_function(BenchmarkId::new("verify", size.name), |b| {
        b.iter(|| verify(&setup, keys.verifier_key(), &instance, &proof));
    });
}

criterion_group!(benches, proving);
criterion_main!(benches);
