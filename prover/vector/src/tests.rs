//! Every kernel against the library's arithmetic, on both units, with values at the ends of their range and representatives at the ends of
//! theirs.

use ff::{Field as _, PrimeField as _};
use halo2curves::bn256::{Fq, Fr, G1, G1Affine};
use halo2curves::group::{Curve, Group};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::fft::{Fft, Scratch};
use crate::field::{LIMB, MASK, split};
use crate::points::{Adder, Line, Pair, take};
use crate::steps::{Step, Sum, TERMS, Term};
use crate::{Field, LANES, Pack, Unit};

fn units() -> Vec<Unit> {
    let mut units = vec![Unit::plain()];
    if Unit::detect().is_vector() {
        units.push(Unit::detect());
    }
    units
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Values of which many are small, or close to p, or have words of all ones.
fn values<F: Field>(count: usize, rng: &mut ChaCha20Rng) -> Vec<F> {
    let two = F::from(2);
    let value = |rng: &mut ChaCha20Rng| match rng.gen_range(0..10) {
        0 => F::ZERO,
        1 => F::ONE,
        2 => -F::ONE,
        3 => -F::from(rng.gen_range(0..4)),
        4 => two.pow_vartime([rng.gen_range(0..260)]),
        5 => two.pow_vartime([rng.gen_range(0..260)]) - F::ONE,
        // The library's form of this one is 1, and that of the next p - 1.
        6 => two.pow_vartime([256]).invert().unwrap_or(F::ZERO),
        7 => -two.pow_vartime([256]).invert().unwrap_or(F::ZERO),
        _ => F::random(rng),
    };
    (0..count).map(|_| value(rng)).collect()
}

/// The same elements, each with as large a representative as a pack may hold, or any other.
fn raised<F: Field>(unit: Unit, packs: &mut [Pack<F>], rng: &mut ChaCha20Rng) {
    if !unit.is_vector() {
        return;
    }
    let p = split(F::MODULUS_WORDS);
    let less = |a: &[u64; 5], b: &[u64; 5]| a.iter().rev().lt(b.iter().rev());
    let plus = |a: &[u64; 5], k: u64| {
        let (mut out, mut carry) = ([0; 5], 0u128);
        for i in 0..5 {
            carry += u128::from(a[i]) + u128::from(k) * u128::from(p[i]);
            out[i] = carry as u64 & MASK;
            carry >>= LIMB;
        }
        assert_eq!(carry, 0);
        out
    };
    let end = plus(&[0; 5], 16);
    for pack in packs {
        for lane in 0..LANES {
            let mut limbs: [u64; 5] = std::array::from_fn(|i| pack.words[i][lane]);
            assert!(less(&limbs, &end), "a pack holds less than 16p");
            assert!(limbs.iter().all(|limb| *limb <= MASK), "limbs of a pack are below 2^52");
            let steps = if rng.r#gen() { 16 } else { rng.gen_range(0..16) };
            for _ in 0..steps {
                let next = plus(&limbs, 1);
                if less(&next, &end) {
                    limbs = next;
                }
            }
            for (row, limb) in pack.words.iter_mut().zip(limbs) {
                row[lane] = limb;
            }
        }
    }
}

fn packs<F: Field>(unit: Unit, values: &[F], rng: &mut ChaCha20Rng) -> Vec<Pack<F>> {
    let mut packs = unit.packed(values);
    raised(unit, &mut packs, rng);
    packs
}

/// What packs hold, and that they hold it as a pack has to.
fn held<F: Field>(unit: Unit, packs: &mut [Pack<F>], rng: &mut ChaCha20Rng) -> Vec<F> {
    let before = unit.unpacked(packs);
    raised(unit, packs, rng);
    assert_eq!(unit.unpacked(packs), before, "another representative");
    before
}

fn slices<F: Field>() {
    let mut rng = rng(1);
    for unit in units() {
        for _ in 0..200 {
            let (a, b) = (values::<F>(64, &mut rng), values::<F>(64, &mut rng));
            let factor = values::<F>(1, &mut rng)[0];
            let (pa, pb) = (packs(unit, &a, &mut rng), packs(unit, &b, &mut rng));
            let expect = |of: &dyn Fn(F, F) -> F| a.iter().zip(&b).map(|(a, b)| of(*a, *b)).collect::<Vec<F>>();
            assert_eq!(unit.unpacked(&pa), a);
            let mut out = pa.clone();
            unit.multiply(&mut out, &pb);
            assert_eq!(held(unit, &mut out, &mut rng), expect(&|a, b| a * b));
            let mut out = pa.clone();
            unit.scale_add(&mut out, factor, &pb);
            assert_eq!(held(unit, &mut out, &mut rng), expect(&|a, b| a * factor + b));
            let mut out = pa.clone();
            unit.add_scaled(&mut out, factor, &pb);
            assert_eq!(held(unit, &mut out, &mut rng), expect(&|a, b| a + b * factor));
            let mut out = pa.clone();
            unit.scale(&mut out, factor);
            assert_eq!(held(unit, &mut out, &mut rng), expect(&|a, _| a * factor));
            for packs in [0, 1, 2, 7] {
                let powers = (0..8 * packs)
                    .map(|i| a[0] * factor.pow_vartime([i as u64]))
                    .collect::<Vec<F>>();
                let mut found = unit.powers(a[0], factor, packs);
                assert_eq!(held(unit, &mut found, &mut rng), powers, "{packs} packs");
            }
            let long = values::<F>(8 * 130, &mut rng);
            let value = long.iter().rev().fold(F::ZERO, |sum, c| sum * factor + c);
            assert_eq!(unit.evaluate_plain(&long, factor), value);
            for packs in [0, 1, 3, 4, 7, 8] {
                let value = a[..LANES * packs].iter().rev().fold(F::ZERO, |sum, c| sum * factor + c);
                assert_eq!(unit.evaluate(&pa[..packs], factor), value, "{packs} packs");
            }
            for rotation in [0, 1, -1, 7, 8, -8, 13, -70, 64] {
                let mut out = vec![Pack::ZERO; 3];
                unit.rotated(&pa, 48, rotation, &mut out);
                let row = |i: i32| a[(48 + i + rotation).rem_euclid(64) as usize];
                assert_eq!(
                    unit.unpacked(&out),
                    (0..24).map(row).collect::<Vec<F>>(),
                    "rotation {rotation}"
                );
            }
        }
    }
}

#[test]
fn slices_are_computed_like_the_librarys_elements() {
    slices::<Fr>();
    slices::<Fq>();
}

fn steps<F: Field>() {
    const SLOTS: usize = 6;
    const BLOCK: usize = 2;
    const ROWS: usize = BLOCK * LANES;
    let mut rng = rng(2);
    for unit in units() {
        for round in 0..300 {
            let slots = values::<F>(SLOTS * ROWS, &mut rng);
            let mut arena = packs(unit, &slots, &mut rng);
            arena.resize((SLOTS + 1) * BLOCK, Pack::ZERO);
            let numbers = values::<F>(TERMS + 1, &mut rng);
            let mut slot = || rng.gen_range(0..SLOTS);
            // The longest sums of one kind, and short ones of all.
            let count = if round < 10 { TERMS } else { round % 9 };
            let terms: Vec<Term<F>> = (0..count)
                .map(|i| match if round < 10 { round % 5 } else { slot() } {
                    0 => Term::Product(slot(), slot()),
                    1 => Term::Negated(slot(), slot()),
                    2 => Term::Multiple(slot(), numbers[i]),
                    3 => Term::Plus(slot()),
                    _ => Term::Minus(slot()),
                })
                .collect();
            let constant = numbers[TERMS];
            let (a, b) = (slot(), slot());
            let steps = [
                Step::Square { to: SLOTS, of: a },
                Step::Multiply { to: SLOTS, a, b },
                Step::Sum {
                    to: SLOTS,
                    sum: Sum::new(constant, &terms),
                },
            ];
            for step in steps {
                unit.run(std::slice::from_ref(&step), &mut arena, BLOCK);
                let found = held(unit, &mut arena[SLOTS * BLOCK..], &mut rng);
                for (row, found) in found.into_iter().enumerate() {
                    let at = |slot: usize| slots[slot * ROWS + row];
                    let expected = match &step {
                        Step::Square { .. } => at(a).square(),
                        Step::Multiply { .. } => at(a) * at(b),
                        Step::Sum { .. } => terms.iter().fold(constant, |sum, term| match *term {
                            Term::Product(a, b) => sum + at(a) * at(b),
                            Term::Negated(a, b) => sum - at(a) * at(b),
                            Term::Multiple(a, c) => sum + at(a) * c,
                            Term::Plus(a) => sum + at(a),
                            Term::Minus(a) => sum - at(a),
                        }),
                    };
                    assert_eq!(found, expected, "round {round}, row {row}, {terms:?}");
                }
            }
        }
    }
}

#[test]
fn steps_are_computed_like_the_librarys_elements() {
    steps::<Fr>();
    steps::<Fq>();
}

#[test]
fn transforms_give_the_values_at_the_roots_powers() {
    let unit = Unit::detect();
    let mut rng = rng(3);
    for k in [6u32, 7, 9, 14] {
        let n = 1usize << k;
        let root = (k..Fr::S).fold(Fr::ROOT_OF_UNITY, |root, _| root.square());
        let scale = Fr::random(&mut rng);
        let Some(fft) = Fft::new(unit, k, root, scale) else {
            assert!(!unit.is_vector());
            return;
        };
        let (coefficients, factors) = (values::<Fr>(n, &mut rng), values::<Fr>(n, &mut rng));
        let (pc, pf) = (packs(unit, &coefficients, &mut rng), packs(unit, &factors, &mut rng));
        let mut scratch = Scratch::default();
        let scaled: Vec<Fr> = coefficients.iter().zip(&factors).map(|(c, f)| c * f).collect();
        for (mut found, coefficients) in [
            (fft.of_values(&coefficients, &mut scratch), &coefficients),
            (fft.of_packs(&pc, &mut scratch), &coefficients),
            (fft.of_scaled(&pc, &pf, &mut scratch), &scaled),
        ] {
            let found = held(unit, &mut found, &mut rng);
            for row in (0..64).map(|_| rng.gen_range(0..n)).chain([0, 1, n / 2, n - 1]) {
                let x = root.pow_vartime([row as u64]);
                let value = coefficients.iter().rev().fold(Fr::ZERO, |value, c| value * x + c);
                assert_eq!(found[row], value * scale, "k {k}, row {row}");
            }
        }
    }
}

#[test]
fn points_are_added_in_pairs_or_the_pair_is_found() {
    let unit = Unit::detect();
    let mut rng = rng(4);
    let points: Vec<G1Affine> = (0..96).map(|_| G1::random(&mut rng).to_affine()).collect();
    let plain: Vec<[Fq; 2]> = points.iter().map(|p| [p.x, p.y]).collect();
    let Some(table) = unit.lines(&plain) else {
        assert!(!unit.is_vector());
        return;
    };
    assert_eq!(unit.points(&table), plain);
    assert_eq!(unit.points(&table[..13]), plain[..13]);
    // Signs and places at random.
    let entries: Vec<u32> = (0..96).map(|i| (i * 37 % 96) << 1 | rng.gen_range(0..2)).collect();
    let signed: Vec<G1Affine> = entries
        .iter()
        .map(|e| {
            if e & 1 == 1 {
                -points[(e >> 1) as usize]
            } else {
                points[(e >> 1) as usize]
            }
        })
        .collect();
    let mut lines = vec![Line::ZERO; 96];
    take(&table, &entries, &mut lines);
    let mut adder = Adder::new(unit);
    let mut pairs: Vec<Pair> = (0..48)
        .map(|i| Pair {
            from: 2 * i,
            to: 47 - i,
        })
        .collect();
    let mut sums = vec![Line::ZERO; 48];
    assert!(adder.add(&pairs, &lines, &mut sums));
    let affine = |[x, y]: [Fq; 2]| G1Affine { x, y };
    let mut expected: Vec<G1Affine> = (0..48)
        .map(|i| (signed[2 * i] + signed[2 * i + 1]).to_affine())
        .collect();
    expected.reverse();
    assert_eq!(unit.points(&sums).into_iter().map(affine).collect::<Vec<_>>(), expected);
    // Sums of sums, which are not reduced, over some more rounds.
    let mut next = vec![Line::ZERO; 24];
    pairs = (0..24).map(|i| Pair { from: 2 * i, to: i }).collect();
    assert!(adder.add(&pairs, &sums, &mut next));
    let fourth: Vec<G1Affine> = expected.chunks(2).map(|pair| (pair[0] + pair[1]).to_affine()).collect();
    assert_eq!(unit.points(&next).into_iter().map(affine).collect::<Vec<_>>(), fourth);
    // Equal and opposite points have one x.
    for negative in [0, 1] {
        let mut entries = entries.clone();
        entries[41] = entries[40] ^ negative;
        take(&table, &entries, &mut lines);
        let before = sums.clone();
        let pairs: Vec<Pair> = (0..48).map(|i| Pair { from: 2 * i, to: i }).collect();
        assert!(!adder.add(&pairs, &lines, &mut sums));
        assert_eq!(sums, before);
    }
}
