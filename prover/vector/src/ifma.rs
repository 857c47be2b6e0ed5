//! Arithmetic on eight elements at a time with AVX-512's 52-bit multiply-add.
//!
//! An element x is x·2^260 modulo p as five limbs of 52 bits, one lane of five registers. Values are not reduced: **every pack in memory is
//! below 16p with limbs below 2^52**, and 2^260 is more than 84p. Bounds are written at each function; p stands for either modulus.

// Loops over limbs are written by index, two arrays at a time; closures would be compiled without the vector unit's features.
#![allow(clippy::needless_range_loop, unsafe_code)]

use std::arch::x86_64::*;

use crate::Pack;
use crate::field::{Field, LIMB, Numbers};

/// Eight lanes.
pub(crate) type V = __m512i;
/// Eight elements.
pub(crate) type Limbs = [V; 5];

/// Proof that this CPU has what the instructions below need: it is made by [`detect`](Self::detect) alone.
///
/// Its methods are inlined into functions that enable the features; elsewhere they would be correct and slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx512(());

impl Avx512 {
    pub(crate) fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma");
        has.then_some(Self(()))
    }
}

macro_rules! wrap {
    ($($(#[$doc:meta])* $name:ident($($arg:ident),*) = $intrinsic:expr;)*) => {
        impl Avx512 {
            $($(#[$doc])*
            #[inline(always)]
            pub(crate) fn $name(self, $($arg: V),*) -> V {
                // SAFETY: there is no value of this type without the features.
                unsafe { $intrinsic }
            })*
        }
    };
}

wrap! {
    /// acc + low 52 bits of a·b.
    madlo(acc, a, b) = _mm512_madd52lo_epu64(acc, a, b);
    /// acc + bits 52 to 103 of a·b.
    madhi(acc, a, b) = _mm512_madd52hi_epu64(acc, a, b);
    add(a, b) = _mm512_add_epi64(a, b);
    sub(a, b) = _mm512_sub_epi64(a, b);
    and(a, b) = _mm512_and_si512(a, b);
    or(a, b) = _mm512_or_si512(a, b);
    /// a >> 52.
    carry(a) = _mm512_srli_epi64::<LIMB>(a);
}

impl Avx512 {
    #[inline(always)]
    pub(crate) fn splat(self, word: u64) -> V {
        // SAFETY: there is no value of this type without the features.
        unsafe { _mm512_set1_epi64(word as i64) }
    }

    #[inline(always)]
    pub(crate) fn zero(self) -> V {
        self.splat(0)
    }

    #[inline(always)]
    pub(crate) fn shl<const BITS: u32>(self, a: V) -> V {
        // SAFETY: there is no value of this type without the features.
        unsafe { _mm512_slli_epi64::<BITS>(a) }
    }

    #[inline(always)]
    pub(crate) fn shr<const BITS: u32>(self, a: V) -> V {
        // SAFETY: there is no value of this type without the features.
        unsafe { _mm512_srli_epi64::<BITS>(a) }
    }

    #[inline(always)]
    pub(crate) fn load_words(self, words: &[u64; 8]) -> V {
        // SAFETY: the features are there; the load needs no alignment and reads the 64 bytes of the array.
        unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
    }

    #[inline(always)]
    pub(crate) fn store_words(self, words: &mut [u64; 8], value: V) {
        // SAFETY: the features are there; the store needs no alignment and writes the 64 bytes of the array.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), value) }
    }

    /// a where the lane of `sign` is negative, else b.
    #[inline(always)]
    fn where_negative(self, sign: V, a: V, b: V) -> V {
        // SAFETY: there is no value of this type without the features.
        unsafe { _mm512_mask_blend_epi64(_mm512_cmplt_epi64_mask(sign, _mm512_setzero_si512()), b, a) }
    }

    #[inline(always)]
    pub(crate) fn load<F>(self, pack: &Pack<F>) -> Limbs {
        let [a, b, c, d, e] = &pack.words;
        [
            self.load_words(a),
            self.load_words(b),
            self.load_words(c),
            self.load_words(d),
            self.load_words(e),
        ]
    }

    #[inline(always)]
    pub(crate) fn store<F>(self, pack: &mut Pack<F>, value: Limbs) {
        for (words, limb) in pack.words.iter_mut().zip(value) {
            self.store_words(words, limb);
        }
    }

    /// One number in all lanes.
    #[inline(always)]
    pub(crate) fn splat_limbs(self, limbs: &[u64; 5]) -> Limbs {
        let [a, b, c, d, e] = *limbs;
        [
            self.splat(a),
            self.splat(b),
            self.splat(c),
            self.splat(d),
            self.splat(e),
        ]
    }

    /// Rows and columns of eight vectors exchanged.
    #[inline(always)]
    pub(crate) fn transpose(self, r: [V; 8]) -> [V; 8] {
        // SAFETY: there is no value of this type without the features.
        unsafe {
            let (mut even, mut odd) = ([r[0]; 4], [r[0]; 4]);
            for i in 0..4 {
                even[i] = _mm512_unpacklo_epi64(r[2 * i], r[2 * i + 1]);
                odd[i] = _mm512_unpackhi_epi64(r[2 * i], r[2 * i + 1]);
            }
            let (even, odd) = (self.transpose_pairs(even), self.transpose_pairs(odd));
            [even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3]]
        }
    }

    /// Rows and columns of four vectors of four pairs exchanged.
    #[inline(always)]
    fn transpose_pairs(self, t: [V; 4]) -> [V; 4] {
        // SAFETY: there is no value of this type without the features.
        unsafe {
            let u0 = _mm512_shuffle_i64x2::<0x88>(t[0], t[1]);
            let u1 = _mm512_shuffle_i64x2::<0xdd>(t[0], t[1]);
            let u2 = _mm512_shuffle_i64x2::<0x88>(t[2], t[3]);
            let u3 = _mm512_shuffle_i64x2::<0xdd>(t[2], t[3]);
            [
                _mm512_shuffle_i64x2::<0x88>(u0, u2),
                _mm512_shuffle_i64x2::<0x88>(u1, u3),
                _mm512_shuffle_i64x2::<0xdd>(u0, u2),
                _mm512_shuffle_i64x2::<0xdd>(u1, u3),
            ]
        }
    }

    /// The words of eight elements of four words each, word by word.
    #[inline(always)]
    fn gather<F: Field>(self, values: &[F; 8]) -> [V; 4] {
        const { assert!(size_of::<F>() == 32) };
        // SAFETY: the features are there; eight elements are 256 bytes, read in four loads that need no alignment.
        unsafe {
            let base: *const V = values.as_ptr().cast();
            self.by_words([
                _mm512_loadu_si512(base),
                _mm512_loadu_si512(base.add(1)),
                _mm512_loadu_si512(base.add(2)),
                _mm512_loadu_si512(base.add(3)),
            ])
        }
    }

    /// Of eight times four words, two times four in each vector, the words of each place.
    #[inline(always)]
    pub(crate) fn by_words(self, [a, b, c, d]: [V; 4]) -> [V; 4] {
        // SAFETY: there is no value of this type without the features.
        unsafe {
            let first = _mm512_setr_epi64(0, 4, 8, 12, 1, 5, 9, 13);
            let last = _mm512_setr_epi64(2, 6, 10, 14, 3, 7, 11, 15);
            let (ab0, ab2) = (
                _mm512_permutex2var_epi64(a, first, b),
                _mm512_permutex2var_epi64(a, last, b),
            );
            let (cd0, cd2) = (
                _mm512_permutex2var_epi64(c, first, d),
                _mm512_permutex2var_epi64(c, last, d),
            );
            [
                _mm512_shuffle_i64x2::<0x44>(ab0, cd0),
                _mm512_shuffle_i64x2::<0xee>(ab0, cd0),
                _mm512_shuffle_i64x2::<0x44>(ab2, cd2),
                _mm512_shuffle_i64x2::<0xee>(ab2, cd2),
            ]
        }
    }
}

/// A field's numbers in all lanes.
#[derive(Clone, Copy)]
pub(crate) struct Lanes {
    pub(crate) t: Avx512,
    p: Limbs,
    neg_inv: V,
    fold: Limbs,
    complement: Limbs,
    quotient: V,
    pub(crate) by_4: Limbs,
    pub(crate) by_8: Limbs,
    pub(crate) by_17: Limbs,
    mask: V,
}

impl Lanes {
    #[inline(always)]
    pub(crate) fn of<F: Field>(t: Avx512) -> Self {
        let n = const { &Numbers::of(F::MODULUS_WORDS) };
        Self {
            t,
            p: t.splat_limbs(&n.p),
            neg_inv: t.splat(n.neg_inv),
            fold: t.splat_limbs(&n.fold),
            complement: t.splat_limbs(&n.complement),
            quotient: t.splat(n.quotient),
            by_4: t.splat_limbs(&n.by_4),
            by_8: t.splat_limbs(&n.by_8),
            by_17: t.splat_limbs(&n.by_17),
            mask: t.splat(crate::field::MASK),
        }
    }

    /// The same number with limbs below 2^52, but for the highest one.
    #[inline(always)]
    fn carried(&self, mut a: Limbs) -> Limbs {
        let t = self.t;
        for i in 0..4 {
            a[i + 1] = t.add(a[i + 1], t.carry(a[i]));
            a[i] = t.and(a[i], self.mask);
        }
        a
    }

    /// acc + a·b. Each of the ten limbs grows by at most nine numbers below 2^52.
    #[inline(always)]
    pub(crate) fn product(&self, acc: &mut [V; 10], a: &Limbs, b: &Limbs) {
        for i in 0..5 {
            for j in 0..5 {
                acc[i + j] = self.t.madlo(acc[i + j], a[i], b[j]);
                acc[i + j + 1] = self.t.madhi(acc[i + j + 1], a[i], b[j]);
            }
        }
    }

    /// acc / 2^260 mod p, limbs below 2^52 but for the highest one; less than acc / 2^260 + (2 + 2^-50)·p. Of `acc`, limbs below `FROM` are 0.
    ///
    /// Limbs of `acc` are below 2^63.
    #[inline(always)]
    fn reduced<const FROM: usize>(&self, mut acc: [V; 10]) -> Limbs {
        let t = self.t;
        // Four times: the lowest limb m is taken away and m·(2^-52 mod p), one limb higher, put in its place: the same number modulo p
        // divided by 2^52, without a multiplication for a quotient. After all four, acc / 2^208 has grown by less than (2^52 + 2)·p.
        for i in FROM..4 {
            let m = acc[i];
            acc[i + 1] = t.add(acc[i + 1], t.carry(m));
            for j in 0..5 {
                acc[i + 1 + j] = t.madlo(acc[i + 1 + j], m, self.fold[j]);
                acc[i + 2 + j] = t.madhi(acc[i + 2 + j], m, self.fold[j]);
            }
        }
        // The last limb in Montgomery's way, since now the sum has to come down: it grows by less than p after division.
        let q = t.madlo(t.zero(), acc[4], self.neg_inv);
        for j in 0..5 {
            acc[4 + j] = t.madlo(acc[4 + j], q, self.p[j]);
            acc[5 + j] = t.madhi(acc[5 + j], q, self.p[j]);
        }
        acc[5] = t.add(acc[5], t.carry(acc[4]));
        self.carried([acc[5], acc[6], acc[7], acc[8], acc[9]])
    }

    /// a·b: below a·b / 84p + 2.01p. Limbs of both below 2^52.
    #[inline(always)]
    pub(crate) fn mul(&self, a: &Limbs, b: &Limbs) -> Limbs {
        let mut acc = [self.t.zero(); 10];
        self.product(&mut acc, a, b);
        self.reduced::<0>(acc)
    }

    /// a·a, bound as [`mul`](Self::mul).
    #[inline(always)]
    pub(crate) fn square(&self, a: &Limbs) -> Limbs {
        let t = self.t;
        let mut acc = [t.zero(); 10];
        for i in 0..5 {
            for j in i + 1..5 {
                acc[i + j] = t.madlo(acc[i + j], a[i], a[j]);
                acc[i + j + 1] = t.madhi(acc[i + j + 1], a[i], a[j]);
            }
        }
        for limb in &mut acc {
            *limb = t.add(*limb, *limb);
        }
        for i in 0..5 {
            acc[2 * i] = t.madlo(acc[2 * i], a[i], a[i]);
            acc[2 * i + 1] = t.madhi(acc[2 * i + 1], a[i], a[i]);
        }
        self.reduced::<0>(acc)
    }

    /// a mod p, below 2.01p, for a below 5,000p with limbs below 2^63.
    ///
    /// With a = a_4·2^208 + .. the quotient floor(floor(a_4 / 64)·floor(2^58 / (p_4 + 1)) / 2^52) is at most a / p, and less than 2.01 below it.
    #[inline(always)]
    pub(crate) fn weak(&self, a: Limbs) -> Limbs {
        let t = self.t;
        let mut a = self.carried(a);
        let q = t.madhi(t.zero(), t.shr::<6>(a[4]), self.quotient);
        // a - q·p = a + q·(2^260 - p) modulo 2^260.
        for i in 0..5 {
            a[i] = t.madlo(a[i], q, self.complement[i]);
            if i < 4 {
                a[i + 1] = t.madhi(a[i + 1], q, self.complement[i]);
            }
        }
        let mut a = self.carried(a);
        a[4] = t.and(a[4], self.mask);
        a
    }

    /// a + b, below the sum of their bounds, which is below 84p.
    #[inline(always)]
    pub(crate) fn add(&self, a: &Limbs, b: &Limbs) -> Limbs {
        self.carried(self.add_loose(a, b))
    }

    /// The same without carries: limbs twice as large.
    #[inline(always)]
    pub(crate) fn add_loose(&self, a: &Limbs, b: &Limbs) -> Limbs {
        let mut out = *a;
        for i in 0..5 {
            out[i] = self.t.add(a[i], b[i]);
        }
        out
    }

    /// a + multiple - b, for b below the spread multiple of p less p; the sum below 84p.
    #[inline(always)]
    pub(crate) fn sub(&self, a: &Limbs, b: &Limbs, multiple: &Limbs) -> Limbs {
        self.carried(self.sub_loose(a, b, multiple))
    }

    /// The same without carries: limbs below 2^54.
    #[inline(always)]
    pub(crate) fn sub_loose(&self, a: &Limbs, b: &Limbs, multiple: &Limbs) -> Limbs {
        let mut out = *a;
        for i in 0..5 {
            out[i] = self.t.add(a[i], self.t.sub(multiple[i], b[i]));
        }
        out
    }

    /// From a sum of constant rows (acc 4..10), whole values (acc 5..10) and, if there are any, products (acc 0..10): below 2.01p.
    #[inline(always)]
    pub(crate) fn finish(&self, acc: [V; 10], products: bool) -> Limbs {
        let sum = if products {
            self.reduced::<0>(acc)
        } else {
            self.reduced::<4>(acc)
        };
        self.weak(sum)
    }

    /// Below p, from a below 2.02p with limbs below 2^52.
    #[inline(always)]
    fn full(&self, a: Limbs) -> Limbs {
        let t = self.t;
        let mut a = a;
        for _ in 0..2 {
            // a + (2^260 - p) has bit 260 set exactly if a is at least p.
            let less = self.add(&a, &self.complement);
            let chosen = t.shl::<11>(less[4]);
            let mut kept = less;
            kept[4] = t.and(less[4], self.mask);
            for i in 0..5 {
                a[i] = t.where_negative(chosen, kept[i], a[i]);
            }
        }
        a
    }

    /// Five limbs below 2^256 as four words.
    #[inline(always)]
    pub(crate) fn narrow(&self, a: &Limbs) -> [V; 4] {
        let t = self.t;
        [
            t.or(a[0], t.shl::<52>(a[1])),
            t.or(t.shr::<12>(a[1]), t.shl::<40>(a[2])),
            t.or(t.shr::<24>(a[2]), t.shl::<28>(a[3])),
            t.or(t.shr::<36>(a[3]), t.shl::<16>(a[4])),
        ]
    }

    /// Four words as five limbs.
    #[inline(always)]
    pub(crate) fn widen(&self, w: [V; 4]) -> Limbs {
        let t = self.t;
        [
            t.and(w[0], self.mask),
            t.and(t.or(t.shr::<52>(w[0]), t.shl::<12>(w[1])), self.mask),
            t.and(t.or(t.shr::<40>(w[1]), t.shl::<24>(w[2])), self.mask),
            t.and(t.or(t.shr::<28>(w[2]), t.shl::<36>(w[3])), self.mask),
            t.shr::<16>(w[3]),
        ]
    }

    /// Four words of x·2^256 mod p as x·2^260, by a shift: below 16p.
    #[inline(always)]
    pub(crate) fn enter(&self, w: [V; 4]) -> Limbs {
        let t = self.t;
        [
            t.and(t.shl::<4>(w[0]), self.mask),
            t.and(t.or(t.shr::<48>(w[0]), t.shl::<16>(w[1])), self.mask),
            t.and(t.or(t.shr::<36>(w[1]), t.shl::<28>(w[2])), self.mask),
            t.and(t.or(t.shr::<24>(w[2]), t.shl::<40>(w[3])), self.mask),
            t.shr::<12>(w[3]),
        ]
    }

    /// Eight of the library's elements, below 16p.
    #[inline(always)]
    pub(crate) fn pack<F: Field>(&self, values: &[F; 8]) -> Limbs {
        self.enter(self.t.gather(values))
    }

    /// The reduced words of x·2^256 mod p, from x·2^260 below 16.2p: a multiple of p, at most 15p, makes the lowest four bits 0.
    #[inline(always)]
    pub(crate) fn leave(&self, a: Limbs) -> [V; 4] {
        let t = self.t;
        let four = t.splat(15);
        let q = t.and(t.madlo(t.zero(), a[0], self.neg_inv), four);
        let mut a = a;
        for i in 0..5 {
            a[i] = t.madlo(a[i], q, self.p[i]);
            if i < 4 {
                a[i + 1] = t.madhi(a[i + 1], q, self.p[i]);
            }
        }
        let a = self.carried(a);
        // (16.2p + 15p) / 16 < 2p.
        let mut shifted = a;
        for i in 0..5 {
            shifted[i] = t.shr::<4>(a[i]);
            if i < 4 {
                shifted[i] = t.and(t.or(shifted[i], t.shl::<48>(a[i + 1])), self.mask);
            }
        }
        self.narrow(&self.full(shifted))
    }

    /// The reduced words of x·2^260 mod p, for x below 5,000p.
    #[inline(always)]
    pub(crate) fn canonical(&self, a: Limbs) -> [V; 4] {
        self.narrow(&self.full(self.weak(a)))
    }
}
