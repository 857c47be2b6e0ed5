//! FFTs from coefficients to values: ours, the library's `best_fft`, arkworks' `Radix2EvaluationDomain`. Tables that an
//! implementation keeps for a size are made before the clock starts; each leaves its input as it was and pays for that. One thread each, so
//! times are work; the results are compared first.
#![allow(missing_docs, reason = "criterion's macros make public functions without docs")]

use std::hint::black_box;
use std::time::Duration;

use ark_ff::PrimeField as _;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use benches::logs;
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use ff::{Field, PrimeField};
use halo2_proofs::arithmetic::best_fft;
use halo2_proofs::fft::recursive::FFTData;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::cpu::bench_support::Transform;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

fn ark(value: &Fr) -> ark_bn254::Fr {
    ark_bn254::Fr::from_le_bytes_mod_order(&value.to_repr())
}

fn fft(c: &mut Criterion) {
    // The library takes its threads from the pool it runs in; one of our FFTs is one thread's work, and arkworks is built without any.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut group = c.benchmark_group("fft");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_secs(1));
    for k in logs() {
        let coefficients: Vec<Fr> = (0..1 << k).map(|_| Fr::random(&mut rng)).collect();
        let transform = Transform::new(k);
        let ours = || transform.forward(black_box(&coefficients));

        let omega = (k..Fr::S).fold(Fr::ROOT_OF_UNITY, |omega, _| omega.square());
        let data = FFTData::new(1 << k, omega, omega.invert().expect("not 0"));
        let library = || {
            pool.install(|| {
                let mut values = black_box(&coefficients).clone();
                best_fft(&mut values, omega, k, &data, false);
                values
            })
        };

        let ark_coefficients: Vec<ark_bn254::Fr> = coefficients.iter().map(ark).collect();
        let domain = Radix2EvaluationDomain::<ark_bn254::Fr>::new(1 << k).expect("a power of two");
        // arkworks has a root of unity of its own choice; with ours the values are the same.
        let (group_gen, group_gen_inv) = (ark(&omega), ark(&omega.invert().expect("not 0")));
        let domain = Radix2EvaluationDomain {
            group_gen,
            group_gen_inv,
            ..domain
        };
        let arkworks = || domain.fft(black_box(&ark_coefficients));

        let values = ours();
        assert_eq!(values, library(), "2^{k} values");
        assert_eq!(transform.inverse(&values), coefficients, "2^{k} values");
        assert!(values.iter().map(ark).eq(arkworks()), "2^{k} values");

        group.throughput(Throughput::Elements(1 << k));
        group.bench_function(BenchmarkId::new("ours", k), |b| b.iter(ours));
        group.bench_function(BenchmarkId::new("best_fft", k), |b| b.iter(library));
        group.bench_function(BenchmarkId::new("arkworks", k), |b| b.iter(arkworks));
    }
    group.finish();
}

criterion_group!(benches, fft);
criterion_main!(benches);
