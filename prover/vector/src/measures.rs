//! What kernels take: `cargo test --release -p zksettle-vector --features halo2curves/asm -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use ff::{Field as _, PrimeField as _};
use halo2curves::bn256::{Fq, Fr, G1, G1Affine};
use halo2curves::group::{Curve, Group};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::fft::{Fft, Scratch};
use crate::points::{Adder, Line, Pair, take};
use crate::steps::{Step, Sum, Term};
use crate::{LANES, Pack, Unit};

/// The best of some runs, in nanoseconds of each of `count` operations.
fn best(name: &str, count: usize, mut work: impl FnMut()) {
    let run = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    let seconds = (0..15).map(|_| run(&mut work)).fold(f64::INFINITY, f64::min);
    println!("{name}: {:.2} ns", seconds * 1e9 / count as f64);
}

#[test]
#[ignore = "a measurement"]
fn kernels() {
    const BLOCK: usize = 8;
    const TIMES: usize = 2000;
    let unit = Unit::detect();
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let values: Vec<Fr> = (0..16 * BLOCK * LANES).map(|_| Fr::random(&mut rng)).collect();
    let mut arena = unit.packed(&values);
    arena.resize(17 * BLOCK, Pack::ZERO);
    let rows = BLOCK * LANES * TIMES;
    {
        let mut values = values.clone();
        let len = values.len();
        best("scalar multiplication", len * 16, || {
            for _ in 0..16 {
                let (low, high) = values.split_at_mut(len / 2);
                for (a, b) in low.iter_mut().zip(high.iter()) {
                    *a *= b;
                }
                for (a, b) in high.iter_mut().zip(low.iter()) {
                    *a *= b;
                }
            }
            black_box(&mut values);
        });
    }
    let terms = |term: fn(usize, Fr) -> Term<Fr>| -> Vec<Term<Fr>> { (0..16).map(|i| term(i, values[i])).collect() };
    let cases: [(&str, usize, Step<Fr>); 6] = [
        ("multiplication", 1, Step::Multiply { to: 16, a: 1, b: 2 }),
        ("square", 1, Step::Square { to: 16, of: 1 }),
        (
            "sum of 16 multiples, each",
            16,
            Step::Sum {
                to: 16,
                sum: Sum::new(Fr::ONE, &terms(Term::Multiple)),
            },
        ),
        (
            "sum of 16 products, each",
            16,
            Step::Sum {
                to: 16,
                sum: Sum::new(Fr::ONE, &terms(|i, _| Term::Product(i, 15 - i))),
            },
        ),
        (
            "sum of 16 slots, each",
            16,
            Step::Sum {
                to: 16,
                sum: Sum::new(Fr::ONE, &terms(|i, _| Term::Plus(i))),
            },
        ),
        (
            "sum of 1 slot",
            1,
            Step::Sum {
                to: 16,
                sum: Sum::new(Fr::ONE, &[Term::Plus(3)]),
            },
        ),
    ];
    for (name, terms, step) in cases {
        let steps = vec![step; TIMES / 10];
        best(name, rows / 10 * terms, || unit.run(&steps, &mut arena, BLOCK));
    }
    let n = 1 << 15;
    let column: Vec<Fr> = (0..n).map(|_| Fr::random(&mut rng)).collect();
    let mut packs = unit.packed(&column);
    best("pack", n, || unit.pack(&column, &mut packs));
    let mut out = column.clone();
    best("unpack", n, || unit.unpack(&packs, &mut out));
    best("evaluate", n, || {
        black_box(unit.evaluate(&packs, column[0]));
    });
    let root = (15..Fr::S).fold(Fr::ROOT_OF_UNITY, |root, _| root.square());
    if let Some(fft) = Fft::new(unit, 15, root, Fr::ONE) {
        let mut scratch = Scratch::default();
        best("transform of 2^15", 1, || {
            drop(black_box(fft.of_scaled(&packs, &packs, &mut scratch)))
        });
    }
    let mut point = G1::random(&mut rng);
    let points: Vec<G1> = (0..1 << 13)
        .map(|_| {
            point = point.double();
            point
        })
        .collect();
    let mut affine = vec![G1Affine::default(); points.len()];
    G1::batch_normalize(&points, &mut affine);
    let plain: Vec<[Fq; 2]> = affine.iter().map(|p| [p.x, p.y]).collect();
    if let Some(table) = unit.lines(&plain) {
        let entries: Vec<u32> = (0..4096u32).map(|i| i.wrapping_mul(2_654_435_761) >> 18).collect();
        let (mut lines, mut sums) = (vec![Line::ZERO; 4096], vec![Line::ZERO; 2048]);
        best("take", 4096, || take(&table, &entries, &mut lines));
        let pairs: Vec<Pair> = (0..2048).map(|i| Pair { from: 2 * i, to: i }).collect();
        let mut adder = Adder::new(unit);
        let source = &table[..4096];
        best("addition", 2048, || assert!(adder.add(&pairs, source, &mut sums)));
    }
}
