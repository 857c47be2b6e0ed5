//! The account tree: 4-ary, depth 12, sparse.
#![allow(missing_docs, reason = "criterion's macros make public functions without docs")]

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::tree::{ACCOUNT_DEPTH, SparseTree, root_from_path};

fn leaves(count: u32) -> Vec<(u32, Fr)> {
    (0..count).map(|i| (i, Fr::from(u64::from(i) + 1))).collect()
}

fn tree_of(count: u32) -> SparseTree {
    SparseTree::from_leaves(ACCOUNT_DEPTH, leaves(count)).expect("fewer than 4^12 leaves")
}

fn tree(c: &mut Criterion) {
    let mut group = c.benchmark_group("account tree");
    group.sample_size(20);
    for count in [1 << 8, 1 << 12] {
        group.throughput(Throughput::Elements(count.into()));
        group.bench_with_input(BenchmarkId::new("build", count), &count, |b, count| {
            b.iter(|| tree_of(*count))
        });
    }
    group.throughput(Throughput::Elements(1));
    let full = tree_of(1 << 12);
    group.bench_function("set one leaf of 4096", |b| {
        b.iter_batched_ref(|| full.clone(), |tree| tree.set(77, Fr::from(5)), BatchSize::LargeInput);
    });
    group.bench_function("read a path", |b| b.iter(|| full.path(black_box(77))));
    let (leaf, path) = (full.get(77), full.path(77));
    group.bench_function("root from a path", |b| {
        b.iter(|| root_from_path(77, black_box(leaf), &path))
    });
    group.finish();
}

criterion_group!(benches, tree);
criterion_main!(benches);
