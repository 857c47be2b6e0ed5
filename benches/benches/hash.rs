//! One Poseidon permutation of width 5: as the commitments compute it, and as the chip lays it out.
#![allow(missing_docs, reason = "criterion's macros make public functions without docs")]

use std::hint::black_box;

use circuits::chips::poseidon::{ROW_LAST, constants};
use criterion::{Criterion, criterion_group, criterion_main};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::poseidon::hash4;

/// The 20 rows after the input, then the output.
fn rows(input: [Fr; 4]) -> Fr {
    let constants = constants();
    let mut row = [Fr::ZERO, input[0], input[1], input[2], input[3]];
    for r in 0..ROW_LAST {
        row = constants.next_row(r, &row);
    }
    constants.output(&row)
}

fn hash(c: &mut Criterion) {
    let input = [1u64, 2, 3, 4].map(|i| Fr::from(i).pow([i + 40]));
    assert_eq!(hash4(input), rows(input), "both compute the same hash");
    let mut group = c.benchmark_group("poseidon");
    group.bench_function("native", |b| b.iter(|| hash4(black_box(input))));
    group.bench_function("chip rows", |b| b.iter(|| rows(black_box(input))));
    group.finish();
}

criterion_group!(benches, hash);
criterion_main!(benches);
