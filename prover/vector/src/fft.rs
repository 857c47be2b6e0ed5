//! FFTs of packs, on a CPU with a vector unit.
//!
//! With n = 8m values, pack v holds the coefficients of x^(8v) .. x^(8v+7), so lane l holds those of a polynomial C_l of degree below m with
//! P(x) = sum of x^l·C_l(x^8). The eight polynomials are transformed side by side, all lanes with the same twiddles; lane l is multiplied by
//! w^(l·j); then eight packs are transposed, which puts lanes into packs, and one transform of eight packs gives eight packs of
//! neighbouring rows. Nothing is reordered within a pack but in that transposition.

// Loops over limbs are written by index, two arrays at a time; closures would be compiled without the vector unit's features.
#![allow(clippy::needless_range_loop)]

#[cfg(target_arch = "x86_64")]
use crate::Kind;
use crate::field::{Field, limbs};
use crate::{LANES, Pack, Unit};

/// The fewest values of a transform, log2.
pub const MIN_LOG: u32 = 6;
/// The most values, log2: each layer lets values grow by 4p, from 3p to at most 79p.
pub const MAX_LOG: u32 = 22;

/// Packs that are transformed while they are in the second-level cache, log2 (2^10 packs, 320 KiB).
const BLOCK_LOG: u32 = 10;

/// The transform by one root of unity.
#[derive(Clone, Debug)]
pub struct Fft<F> {
    unit: Unit,
    /// log2 of the number of packs.
    log: u32,
    /// Twiddles of all layers of the side by side transforms, in vector form: those that join halves of h packs stand at h .. 2h.
    twiddles: Vec<[u64; 5]>,
    /// Pack j: scale · w^(l·j) for all lanes l, below p.
    crossing: Vec<Pack<F>>,
    /// w^m, w^(2m), w^(3m): powers of an eighth root of unity.
    eighth: [[u64; 5]; 3],
}

/// Room for one transform, to be used again. Overwritten when it is dropped, for it has held what was transformed.
#[derive(Debug, Default)]
pub struct Scratch<F>(Vec<Pack<F>>);

impl<F> Drop for Scratch<F> {
    fn drop(&mut self) {
        self.0.fill(Pack::ZERO);
        std::hint::black_box(&mut self.0);
    }
}

impl<F: Field> Fft<F> {
    /// The transform of 2^k values by a root of order 2^k, its results multiplied by `scale`. `None` without a vector unit, and for sizes
    /// outside [`MIN_LOG`] to [`MAX_LOG`].
    pub fn new(unit: Unit, k: u32, root: F, scale: F) -> Option<Self> {
        if !unit.is_vector() || !(MIN_LOG..=MAX_LOG).contains(&k) {
            return None;
        }
        let log = k - 3;
        let m = 1usize << log;
        let mut twiddles = vec![limbs(&F::ONE); m];
        let mut step = root.square().square().square();
        let mut half = m / 2;
        while half >= 1 {
            let mut power = F::ONE;
            for slot in &mut twiddles[half..2 * half] {
                *slot = limbs(&power);
                power *= step;
            }
            half /= 2;
            step = step.square();
        }
        let (mut crossing, mut row) = (vec![Pack::ZERO; m], F::ONE);
        for pack in &mut crossing {
            let mut power = scale;
            for lane in 0..LANES {
                // Below p, which a pack of the library's elements is not.
                for (words, limb) in pack.words.iter_mut().zip(limbs(&power)) {
                    words[lane] = limb;
                }
                power *= row;
            }
            row *= root;
        }
        // `row` is root^m now.
        let eighth = [limbs(&row), limbs(&row.square()), limbs(&(row.square() * row))];
        Some(Self {
            unit,
            log,
            twiddles,
            crossing,
            eighth,
        })
    }

    /// Values at all powers of the root, from coefficients.
    ///
    /// # Panics
    /// For another number of coefficients.
    pub fn of_values(&self, coefficients: &[F], scratch: &mut Scratch<F>) -> Vec<Pack<F>> {
        assert_eq!(coefficients.len(), LANES << self.log, "values to transform");
        self.start(scratch);
        #[cfg(target_arch = "x86_64")]
        if let Kind::Vector(t) = self.unit.kind {
            let source = vector::Plain(coefficients);
            return crate::slices::vector::run(t, vector::Transform(self, source, &mut scratch.0));
        }
        unreachable!("there is no transform without a vector unit")
    }

    /// The same from packs, each multiplied by one of `factors`.
    ///
    /// # Panics
    /// For another number of packs.
    pub fn of_scaled(&self, coefficients: &[Pack<F>], factors: &[Pack<F>], scratch: &mut Scratch<F>) -> Vec<Pack<F>> {
        assert_eq!(coefficients.len(), 1 << self.log, "packs to transform");
        assert_eq!(factors.len(), 1 << self.log, "packs of factors");
        self.start(scratch);
        #[cfg(target_arch = "x86_64")]
        if let Kind::Vector(t) = self.unit.kind {
            let source = vector::Scaled(coefficients, factors);
            return crate::slices::vector::run(t, vector::Transform(self, source, &mut scratch.0));
        }
        unreachable!("there is no transform without a vector unit")
    }

    /// The same from packs.
    ///
    /// # Panics
    /// For another number of packs.
    pub fn of_packs(&self, coefficients: &[Pack<F>], scratch: &mut Scratch<F>) -> Vec<Pack<F>> {
        assert_eq!(coefficients.len(), 1 << self.log, "packs to transform");
        self.start(scratch);
        #[cfg(target_arch = "x86_64")]
        if let Kind::Vector(t) = self.unit.kind {
            let source = vector::Packs(coefficients);
            return crate::slices::vector::run(t, vector::Transform(self, source, &mut scratch.0));
        }
        unreachable!("there is no transform without a vector unit")
    }

    fn start(&self, scratch: &mut Scratch<F>) {
        scratch.0.resize(1 << self.log, Pack::ZERO);
    }
}

#[cfg(target_arch = "x86_64")]
mod vector {
    use super::*;
    use crate::ifma::{Avx512, Lanes, Limbs};
    use crate::slices::vector::Work;

    /// Where coefficients come from: pack v, below 3p.
    pub(super) trait Source: Copy {
        fn load(self, l: &Lanes, v: usize) -> Limbs;
    }

    #[derive(Clone, Copy)]
    pub(super) struct Plain<'a, F>(pub(super) &'a [F]);
    #[derive(Clone, Copy)]
    pub(super) struct Packs<'a, F>(pub(super) &'a [Pack<F>]);
    #[derive(Clone, Copy)]
    pub(super) struct Scaled<'a, F>(pub(super) &'a [Pack<F>], pub(super) &'a [Pack<F>]);

    impl<F: Field> Source for Plain<'_, F> {
        #[inline(always)]
        fn load(self, l: &Lanes, v: usize) -> Limbs {
            l.weak(l.pack(&self.0.as_chunks::<LANES>().0[v]))
        }
    }

    impl<F: Field> Source for Packs<'_, F> {
        #[inline(always)]
        fn load(self, l: &Lanes, v: usize) -> Limbs {
            l.weak(l.t.load(&self.0[v]))
        }
    }

    impl<F: Field> Source for Scaled<'_, F> {
        #[inline(always)]
        fn load(self, l: &Lanes, v: usize) -> Limbs {
            // Below 16·16 / 84p + 2.01p: more than 3p, so reduced once more where both are as large as they may be. Factors are reduced
            // elements that were packed, below 16p; coefficients come out of transforms, below 2.01p, or are packed like the factors.
            l.weak(l.mul(&l.t.load(&self.0[v]), &l.t.load(&self.1[v])))
        }
    }

    pub(super) struct Transform<'a, F, S>(pub(super) &'a Fft<F>, pub(super) S, pub(super) &'a mut [Pack<F>]);

    impl<F: Field, S: Source> Work for Transform<'_, F, S> {
        type Output = Vec<Pack<F>>;

        #[inline(always)]
        fn work(self, t: Avx512) -> Vec<Pack<F>> {
            let l = Lanes::of::<F>(t);
            let Self(fft, source, values) = self;
            let m = values.len();
            for v in 0..m {
                t.store(
                    &mut values[v.reverse_bits() >> (usize::BITS - fft.log)],
                    source.load(&l, v),
                );
            }
            let block = m.min(1 << BLOCK_LOG);
            for chunk in values.chunks_exact_mut(block) {
                let mut half = 1;
                while half < block {
                    layer(&l, chunk, half, &fft.twiddles);
                    half *= 2;
                }
            }
            let mut half = block;
            while half < m {
                layer(&l, values, half, &fft.twiddles);
                half *= 2;
            }
            let mut out = vec![Pack::ZERO; m];
            let [first, second, third] = &fft.eighth;
            let eighth = [t.splat_limbs(first), t.splat_limbs(second), t.splat_limbs(third)];
            for (group, (values, crossing)) in values
                .chunks_exact(LANES)
                .zip(fft.crossing.chunks_exact(LANES))
                .enumerate()
            {
                // Below 79p·p / 84p + 2.01p < 3p.
                let mut columns = [[t.zero(); LANES]; 5];
                for j in 0..LANES {
                    let crossed = l.mul(&t.load(&values[j]), &t.load(&crossing[j]));
                    for limb in 0..5 {
                        columns[limb][j] = crossed[limb];
                    }
                }
                let mut rows = [[t.zero(); 5]; LANES];
                for limb in 0..5 {
                    let lanes = t.transpose(columns[limb]);
                    for j in 0..LANES {
                        rows[j][limb] = lanes[j];
                    }
                }
                let results = eight(&l, &rows, &eighth);
                for at in 0..LANES {
                    // Below 30p before.
                    t.store(&mut out[at * (m / LANES) + group], l.weak(results[at]));
                }
            }
            out
        }
    }

    /// Joins halves of `half` packs within each chunk of twice as many. Of the two results one is larger than the first operand by at most
    /// 3p, the other by at most 4p.
    #[inline(always)]
    fn layer<F: Field>(l: &Lanes, values: &mut [Pack<F>], half: usize, twiddles: &[[u64; 5]]) {
        let t = l.t;
        let twiddles = &twiddles[half..2 * half];
        for chunk in values.chunks_exact_mut(2 * half) {
            let (low, high) = chunk.split_at_mut(half);
            // The first twiddle is 1.
            let turned = l.weak(t.load(&high[0]));
            join(l, &mut low[0], &mut high[0], turned);
            for ((a, b), w) in low[1..].iter_mut().zip(&mut high[1..]).zip(&twiddles[1..]) {
                // Below 79p·p / 84p + 2.01p < 3p.
                let turned = l.mul(&t.load(b), &t.splat_limbs(w));
                join(l, a, b, turned);
            }
        }
    }

    #[inline(always)]
    fn join<F: Field>(l: &Lanes, low: &mut Pack<F>, high: &mut Pack<F>, b: Limbs) {
        let a = l.t.load(low);
        l.t.store(low, l.add(&a, &b));
        l.t.store(high, l.sub(&a, &b, &l.by_4));
    }

    /// The transform of four, by a fourth root: x below 3p; results below 14p, the first one below 12p.
    #[inline(always)]
    fn four(l: &Lanes, x: [&Limbs; 4], root: &Limbs) -> [Limbs; 4] {
        let (e0, e1) = (l.add(x[0], x[2]), l.sub(x[0], x[2], &l.by_4));
        let (o0, o1) = (l.add(x[1], x[3]), l.sub(x[1], x[3], &l.by_4));
        let o1 = l.mul(&o1, root);
        [
            l.add(&e0, &o0),
            l.add(&e1, &o1),
            l.sub(&e0, &o0, &l.by_8),
            l.sub(&e1, &o1, &l.by_4),
        ]
    }

    /// The transform of eight, by an eighth root: x below 3p; results below 30p, limbs below 2^54.
    #[inline(always)]
    fn eight(l: &Lanes, x: &[Limbs; 8], roots: &[Limbs; 3]) -> [Limbs; 8] {
        let even = four(l, [&x[0], &x[2], &x[4], &x[6]], &roots[1]);
        let odd = four(l, [&x[1], &x[3], &x[5], &x[7]], &roots[1]);
        let odd = [
            odd[0],
            l.mul(&odd[1], &roots[0]),
            l.mul(&odd[2], &roots[1]),
            l.mul(&odd[3], &roots[2]),
        ];
        [
            l.add_loose(&even[0], &odd[0]),
            l.add_loose(&even[1], &odd[1]),
            l.add_loose(&even[2], &odd[2]),
            l.add_loose(&even[3], &odd[3]),
            l.sub_loose(&even[0], &odd[0], &l.by_17),
            l.sub_loose(&even[1], &odd[1], &l.by_4),
            l.sub_loose(&even[2], &odd[2], &l.by_4),
            l.sub_loose(&even[3], &odd[3], &l.by_4),
        ]
    }
}
