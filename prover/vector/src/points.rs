//! Additions of affine points of BN254's first group in pairs that share an inversion, on a CPU with a vector unit.
//!
//! Points stand in [`Line`]s of one cache line each; eight of them are transposed into lanes on the way in and back on the way out, so pairs
//! may stand anywhere. All points are finite and those of a pair have different x: [`Adder::add`] finds out and adds nothing if they have
//! not.

// Loops over limbs are written by index, two arrays at a time; closures would be compiled without the vector unit's features.
#![allow(clippy::needless_range_loop)]

use ff::Field as _;
use halo2curves::bn256::Fq;

#[cfg(target_arch = "x86_64")]
use crate::Kind;
use crate::field::sealed::Words;
use crate::{LANES, Pack, Unit, prefetch};

/// A finite point: four words of x and of y, each x·2^260 modulo p and below 2^256; reduced where [`Unit::lines`] made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Line([u64; 8]);

impl Line {
    /// No point.
    pub const ZERO: Self = Self([0; 8]);

    /// The same point, or its opposite; of a reduced line, a reduced line.
    #[inline(always)]
    fn signed(&self, negative: bool) -> Self {
        let mut out = *self;
        let modulus = <Fq as Words>::MODULUS_WORDS;
        let mut borrow = false;
        for i in 0..4 {
            // y is not 0: the group's order is odd.
            let (word, first) = modulus[i].overflowing_sub(self.0[4 + i]);
            let (word, second) = word.overflowing_sub(u64::from(borrow));
            borrow = first | second;
            out.0[4 + i] = if negative { word } else { self.0[4 + i] };
        }
        out
    }
}

/// Copies lines of a table, entry e being line e/2, and its opposite where e is odd.
///
/// # Panics
/// If a line is not in the table, or the lists have different lengths.
pub fn take(table: &[Line], entries: &[u32], out: &mut [Line]) {
    /// Lines that are on their way from memory at a time.
    const AHEAD: usize = 24;
    assert_eq!(entries.len(), out.len(), "lines to take");
    for (i, (entry, out)) in entries.iter().zip(out).enumerate() {
        if let Some(later) = entries.get(i + AHEAD) {
            prefetch(&table[(later >> 1) as usize]);
        }
        *out = table[(entry >> 1) as usize].signed(entry & 1 == 1);
    }
}

impl Unit {
    /// Points as lines. `None` without a vector unit.
    pub fn lines(&self, points: &[[Fq; 2]]) -> Option<Vec<Line>> {
        #[cfg(target_arch = "x86_64")]
        if let Kind::Vector(t) = self.kind {
            let mut out = vec![Line::ZERO; points.len().next_multiple_of(LANES)];
            crate::slices::vector::run(t, vector::Enter(points, &mut out));
            out.truncate(points.len());
            return Some(out);
        }
        let _ = points;
        None
    }

    /// The points of lines that a vector unit made, which this one is.
    ///
    /// # Panics
    /// Without a vector unit.
    pub fn points(&self, lines: &[Line]) -> Vec<[Fq; 2]> {
        #[cfg(target_arch = "x86_64")]
        if let Kind::Vector(t) = self.kind {
            let mut out = vec![[Fq::ZERO; 2]; lines.len()];
            crate::slices::vector::run(t, vector::Leave(lines, &mut out));
            return out;
        }
        let _ = lines;
        unreachable!("there are no lines without a vector unit")
    }
}

/// A pair: the lines `from` and `from` + 1 are added, and the sum is written to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The first line of the two in the source.
    pub from: u32,
    /// The line of the sum in the target.
    pub to: u32,
}

/// Adds pairs. Keeps its memory from one call to the next.
#[derive(Debug)]
pub struct Adder {
    unit: Unit,
    differences: Vec<Pack<Fq>>,
    before: Vec<Pack<Fq>>,
}

impl Adder {
    /// With a unit's arithmetic.
    pub fn new(unit: Unit) -> Self {
        Self {
            unit,
            differences: Vec::new(),
            before: Vec::new(),
        }
    }

    /// Adds the pairs, eight at a time. `false`, and nothing is added, if the points of any pair have one x.
    ///
    /// # Panics
    /// Without a vector unit, for pairs outside the lists, and unless their number is a multiple of eight.
    pub fn add(&mut self, pairs: &[Pair], source: &[Line], target: &mut [Line]) -> bool {
        assert_eq!(pairs.len() % LANES, 0, "pairs to add");
        let groups = pairs.len() / LANES;
        for list in [&mut self.differences, &mut self.before] {
            if list.len() < groups {
                list.resize(groups, Pack::ZERO);
            }
        }
        #[cfg(target_arch = "x86_64")]
        if let Kind::Vector(t) = self.unit.kind {
            use crate::slices::vector::run;
            let mut chains = [Pack::ZERO; vector::CHAINS];
            let (differences, before) = (&mut self.differences[..groups], &mut self.before[..groups]);
            run(t, vector::Differences(pairs, source, differences, before, &mut chains));
            let mut products = self.unit.unpacked(&chains);
            if !invert_all(&mut products) {
                return false;
            }
            self.unit.pack(&products, &mut chains);
            run(t, vector::Sums(pairs, source, target, differences, before, &mut chains));
            return true;
        }
        let _ = (source, target);
        unreachable!("there is no addition of lines without a vector unit")
    }
}

/// Inverts all values; `false` if one is 0.
fn invert_all(values: &mut [Fq]) -> bool {
    let mut product = Fq::ONE;
    let before: Vec<Fq> = values
        .iter()
        .map(|value| {
            let before = product;
            product *= value;
            before
        })
        .collect();
    let Some(mut inverse) = Option::<Fq>::from(product.invert()) else {
        return false;
    };
    for (value, before) in values.iter_mut().zip(before).rev() {
        let next = inverse * *value;
        *value = inverse * before;
        inverse = next;
    }
    true
}

#[cfg(target_arch = "x86_64")]
mod vector {
    use super::*;
    use crate::field::limbs;
    use crate::ifma::{Avx512, Lanes, Limbs, V};
    use crate::slices::vector::Work;

    /// Running products that do not wait for each other.
    pub(super) const CHAINS: usize = 4;

    /// Eight lines as words of x and of y.
    #[inline(always)]
    fn load(t: Avx512, lines: [&Line; 8]) -> [V; 8] {
        let mut rows = [t.zero(); 8];
        for i in 0..8 {
            rows[i] = t.load_words(&lines[i].0);
        }
        t.transpose(rows)
    }

    #[inline(always)]
    fn halves(words: [V; 8]) -> ([V; 4], [V; 4]) {
        let [a, b, c, d, e, f, g, h] = words;
        ([a, b, c, d], [e, f, g, h])
    }

    #[inline(always)]
    fn joined(t: Avx512, x: [V; 4], y: [V; 4]) -> [V; 8] {
        t.transpose([x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3]])
    }

    /// x and y, below 2^256 < 5.3p.
    #[inline(always)]
    fn coordinates(l: &Lanes, lines: [&Line; 8]) -> (Limbs, Limbs) {
        let (x, y) = halves(load(l.t, lines));
        (l.widen(x), l.widen(y))
    }

    pub(super) struct Enter<'a>(pub(super) &'a [[Fq; 2]], pub(super) &'a mut [Line]);

    impl Work for Enter<'_> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<Fq>(t);
            for (points, out) in self.0.chunks(LANES).zip(self.1.chunks_exact_mut(LANES)) {
                let lines: [Line; 8] = std::array::from_fn(|i| {
                    let [x, y] = points.get(i).copied().unwrap_or_default();
                    let (x, y) = (x.words(), y.words());
                    Line([x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3]])
                });
                let (x, y) = halves(load(t, lines.each_ref()));
                let rows = joined(t, l.canonical(l.enter(x)), l.canonical(l.enter(y)));
                for (line, row) in out.iter_mut().zip(rows) {
                    t.store_words(&mut line.0, row);
                }
            }
        }
    }

    pub(super) struct Leave<'a>(pub(super) &'a [Line], pub(super) &'a mut [[Fq; 2]]);

    impl Work for Leave<'_> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<Fq>(t);
            for (lines, out) in self.0.chunks(LANES).zip(self.1.chunks_mut(LANES)) {
                let none = Line::ZERO;
                let (x, y) = coordinates(&l, std::array::from_fn(|i| lines.get(i).unwrap_or(&none)));
                let rows = joined(t, l.leave(x), l.leave(y));
                for (point, row) in out.iter_mut().zip(rows) {
                    let mut words = [0; 8];
                    t.store_words(&mut words, row);
                    let [a, b, c, d, e, f, g, h] = words;
                    *point = [Fq::from_words([a, b, c, d]), Fq::from_words([e, f, g, h])];
                }
            }
        }
    }

    /// x of the second point less x of the first of each pair, products of those before in the same chain and lane, and of all of them.
    pub(super) struct Differences<'a>(
        pub(super) &'a [Pair],
        pub(super) &'a [Line],
        pub(super) &'a mut [Pack<Fq>],
        pub(super) &'a mut [Pack<Fq>],
        pub(super) &'a mut [Pack<Fq>; CHAINS],
    );

    impl Work for Differences<'_> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<Fq>(t);
            let Self(pairs, source, differences, before, chains) = self;
            let one = t.splat_limbs(&limbs(&Fq::ONE));
            for chain in chains.iter_mut() {
                t.store(chain, one);
            }
            let pairs = pairs.as_chunks::<LANES>().0;
            for (group, ((pairs, difference), before)) in pairs.iter().zip(differences).zip(before).enumerate() {
                let chain = &mut chains[group % CHAINS];
                let (a, b) = pairs_of(source, pairs);
                let (a, b) = (l.widen(t.first_words(a)), l.widen(t.first_words(b)));
                // Below 5.3p + 8p.
                let d = l.sub(&b, &a, &l.by_8);
                let product = t.load(chain);
                t.store(before, product);
                t.store(difference, d);
                // Below 3p·13.3p / 84p + 2.01p < 3p.
                t.store(chain, l.mul(&product, &d));
            }
        }
    }

    #[inline(always)]
    fn pairs_of<'a>(source: &'a [Line], pairs: &[Pair; LANES]) -> ([&'a Line; LANES], [&'a Line; LANES]) {
        let (mut a, mut b) = ([&source[0]; LANES], [&source[0]; LANES]);
        for i in 0..LANES {
            let from = pairs[i].from as usize;
            a[i] = &source[from];
            b[i] = &source[from + 1];
        }
        (a, b)
    }

    impl Avx512 {
        /// The first four words of eight lines.
        #[inline(always)]
        #[allow(unsafe_code)]
        fn first_words(self, lines: [&Line; LANES]) -> [V; 4] {
            use std::arch::x86_64::*;
            // SAFETY: the token proves the features; each load reads the first 32 bytes of a line of 64.
            unsafe {
                let mut rows = [_mm512_setzero_si512(); 4];
                for i in 0..4 {
                    let low = _mm256_loadu_si256(lines[2 * i].0.as_ptr().cast());
                    let high = _mm256_loadu_si256(lines[2 * i + 1].0.as_ptr().cast());
                    rows[i] = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high);
                }
                self.by_words(rows)
            }
        }
    }

    /// The sums, from the last pair to the first. The chains hold the inverses of the products of all differences.
    pub(super) struct Sums<'a>(
        pub(super) &'a [Pair],
        pub(super) &'a [Line],
        pub(super) &'a mut [Line],
        pub(super) &'a [Pack<Fq>],
        pub(super) &'a [Pack<Fq>],
        pub(super) &'a mut [Pack<Fq>; CHAINS],
    );

    impl Work for Sums<'_> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<Fq>(t);
            let Self(pairs, source, target, differences, before, chains) = self;
            let pairs = pairs.as_chunks::<LANES>().0;
            for (group, pairs) in pairs.iter().enumerate().rev() {
                let chain = &mut chains[group % CHAINS];
                let all = t.load(chain);
                // Both below 16p·13.3p / 84p + 2.01p < 4.6p.
                let inverse = l.mul(&all, &t.load(&before[group]));
                t.store(chain, l.mul(&all, &t.load(&differences[group])));
                let (a, b) = pairs_of(source, pairs);
                let ((ax, ay), (bx, by)) = (coordinates(&l, a), coordinates(&l, b));
                // Below 13.3p·4.6p / 84p + 2.01p < 2.8p.
                let slope = l.mul(&l.sub(&by, &ay, &l.by_8), &inverse);
                // Below 2.2p + 8p + 8p before.
                let x = l.sub_loose(&l.square(&slope), &ax, &l.by_8);
                let x = l.weak(l.sub_loose(&x, &bx, &l.by_8));
                // Below 2.8p·9.3p / 84p + 2.01p + 8p before.
                let y = l.mul(&slope, &l.sub(&ax, &x, &l.by_4));
                let y = l.weak(l.sub_loose(&y, &ay, &l.by_8));
                // Both below 2.01p < 2^256.
                let rows = joined(t, l.narrow(&x), l.narrow(&y));
                for (pair, row) in pairs.iter().zip(rows) {
                    t.store_words(&mut target[pair.to as usize].0, row);
                }
            }
        }
    }
}
