//! Multi-scalar multiplications of scalars of 1, 16, 64 and 254 bits: ours over a table of multiples, which is made before the clock starts,
//! as a prover has it from its setup; the library's `best_multiexp`; arkworks' `msm`. One thread each, so times are work; the results are
//! compared first.
#![allow(missing_docs, reason = "criterion's macros make public functions without docs")]

use std::hint::black_box;
use std::time::Duration;

use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::PrimeField as _;
use benches::logs;
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use ff::{Field, PrimeField};
use halo2_proofs::arithmetic::best_multiexp;
use halo2_proofs::halo2curves::bn256::{Fr, G1, G1Affine};
use halo2_proofs::halo2curves::group::{Curve, Group};
use prover::backend::cpu::bench_support::Multiples;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

const WIDTHS: [u32; 4] = [1, 16, 64, 254];

/// P, P + Q, P + 2Q, …
fn points(count: usize, rng: &mut ChaCha20Rng) -> Vec<G1Affine> {
    let (first, step) = (G1::random(&mut *rng), G1::random(&mut *rng));
    let sums: Vec<G1> = std::iter::successors(Some(first), |p| Some(p + step))
        .take(count)
        .collect();
    let mut points = vec![G1Affine::default(); count];
    G1::batch_normalize(&sums, &mut points);
    points
}

fn scalar(bits: u32, rng: &mut ChaCha20Rng) -> Fr {
    match bits {
        ..=64 => Fr::from(rng.r#gen::<u64>() >> (64 - bits)),
        _ => Fr::random(rng),
    }
}

fn ark_scalar(value: &Fr) -> ark_bn254::Fr {
    ark_bn254::Fr::from_le_bytes_mod_order(&value.to_repr())
}

fn ark_point(point: &G1Affine) -> ark_bn254::G1Affine {
    let [x, y] = [&point.x, &point.y].map(|c| ark_bn254::Fq::from_le_bytes_mod_order(&c.to_repr()));
    ark_bn254::G1Affine::new(x, y)
}

fn msm(c: &mut Criterion) {
    // The library's and ours take their threads from the pool they run in; arkworks is built without any.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for k in logs() {
        let points = points(1 << k, &mut rng);
        let table = Multiples::new(&points);
        let ark_points: Vec<ark_bn254::G1Affine> = points.iter().map(ark_point).collect();
        for bits in WIDTHS {
            let scalars: Vec<Fr> = (0..points.len()).map(|_| scalar(bits, &mut rng)).collect();
            let ark_scalars: Vec<ark_bn254::Fr> = scalars.iter().map(ark_scalar).collect();
            let ours = || pool.install(|| table.product(black_box(&scalars)));
            let library = || pool.install(|| best_multiexp(black_box(&scalars), &points));
            let ark = || ark_bn254::G1Projective::msm(&ark_points, black_box(&ark_scalars)).expect("equal lengths");
            let sum = ours();
            assert_eq!(sum, library(), "2^{k} scalars of {bits} bits");
            assert!(!ark().into_affine().is_zero());
            assert_eq!(
                ark_point(&sum.to_affine()),
                ark().into_affine(),
                "2^{k} scalars of {bits} bits"
            );

            let mut group = c.benchmark_group(format!("msm, {bits} bits"));
            group
                .sample_size(10)
                .sampling_mode(SamplingMode::Flat)
                .warm_up_time(Duration::from_millis(1))
                .measurement_time(Duration::from_millis(500))
                .throughput(Throughput::Elements(1 << k));
            group.bench_function(BenchmarkId::new("ours", k), |b| b.iter(ours));
            group.bench_function(BenchmarkId::new("best_multiexp", k), |b| b.iter(library));
            group.bench_function(BenchmarkId::new("arkworks", k), |b| b.iter(ark));
            group.finish();
        }
    }
}

criterion_group!(benches, msm);
criterion_main!(benches);
